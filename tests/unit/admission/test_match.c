/* test_match.c - match rules with `similar`: who is joined, who is not, and what is said when too many might be. */
#include "tests/engine.h"

static const char model[] = "objects:\n"
                            "- name: account\n"
                            "  owner: ana\n"
                            "  match: [{all: [{similar: name, at_least: 0.5}, {exact: [city]}]}]\n"
                            "  fields:\n"
                            "  - {name: name, type: text}\n"
                            "  - {name: city, type: text}\n";

enum { MANY = 202, LETTERS = 18 };

/* Names that share their first two letters and little else. */
static struct str drawn_name(struct engine *e, uint64_t *state)
{
    char s[LETTERS + 1];
    for (int i = 0; i < LETTERS; i++) {
        *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        s[i] = (char)('a' + (int)(*state >> 33) % 26);
    }
    return str_printf(e->arena, "name=ab%.*s;city=Hof", LETTERS, s);
}

static void too_many(struct engine *e)
{
    uint64_t state = 7;
    size_t created = 0;
    struct verdict v = {0};
    for (size_t i = 0; i < MANY; i++) {
        v = engine_write(e, "account", str_c(e->arena, drawn_name(e, &state)));
        created += v.outcome == VERDICT_CREATED;
    }
    ok_int(created, MANY);
    ok_str(engine_codes(e, &v), "ALIKE_MANY"); /* a warning: it stands */
    v = engine_write(e, "account", "name=zq;city=Hof");
    ok_str(engine_codes(e, &v), "");
}

static void who_is_joined(struct engine *e)
{
    struct verdict first = engine_write(e, "account", "name=Kelvin Works GmbH;city=Ulm");
    struct verdict v = engine_write(e, "account", "name=kelvin wroks;city=Ulm");
    ok(v.outcome == VERDICT_MERGED && v.id == first.id);
    v = engine_write(e, "account", "name=Kelvin Works;city=Bonn");
    ok(v.outcome == VERDICT_CREATED);
    v = engine_write(e, "account", "name=Kelvin Works");
    ok(v.outcome == VERDICT_CREATED); /* without a city the rule does not fire */
    struct verdict renamed = engine_update(e, "account", first.id, "name=Zenith Foods");
    ok(renamed.outcome == VERDICT_UPDATED);
    v = engine_write(e, "account", "name=Kelvin Works;city=Ulm");
    ok(v.outcome == VERDICT_CREATED); /* nobody there is called so any more */
}

int main(void)
{
    struct engine e;
    ok(engine_open_memory(&e, model));
    who_is_joined(&e);
    too_many(&e);
    engine_close(&e);
    return tap_done();
}
