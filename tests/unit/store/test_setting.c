/* test_setting.c - a text by name: none, put, put again, empty. */
#include "store/setting.h"
#include "tests/tap.h"

static const char *value_of(struct store *s, struct arena *a, const char *name)
{
    struct str text;
    return setting_get(s, str_of(name), a, &text) == RC_OK ? str_c(a, text) : "not read";
}

static void put(struct store *s, const char *name, const char *text)
{
    ok_int(store_begin(s), RC_OK);
    ok_int(setting_put(s, str_of(name), str_of(text)), RC_OK);
    ok_int(store_commit(s), RC_OK);
}

int main(void)
{
    struct arena *a = arena_new();
    struct env_sim env;
    struct store *s = NULL;
    struct diags ds;
    diags_init(&ds, a);
    env_sim_init(&env, 1, (struct instant){0});
    if (!ok_int(store_open_temporary(&env.env, &s, &ds), RC_OK))
        return tap_done();
    ok_str(value_of(s, a, "place"), "");
    put(s, "place", "1 2");
    put(s, "other", "x");
    ok_str(value_of(s, a, "place"), "1 2");
    put(s, "place", "3");
    ok_str(value_of(s, a, "place"), "3");
    put(s, "place", "");
    ok_str(value_of(s, a, "place"), "");
    ok_str(value_of(s, a, "other"), "x");
    store_close(s);
    arena_free(a);
    return tap_done();
}
