/* test_titles.c - what records and actors are called: by title, by short name, and by id where they have neither. */
#include "model/builtin.h"
#include "projection/titles.h"
#include "tests/engine.h"

static const char model[] =
    "objects:\n"
    "- name: account\n"
    "  owner: ana\n"
    "  fields: [{name: name, type: text}]\n"
    "- name: deal\n"
    "  owner: ana\n"
    "  fields: [{name: account, type: ref, to: account}, {name: size, type: integer}]\n";

static void test_records(struct engine *e)
{
    const struct object *account = engine_object(e, "account"), *deal = engine_object(e, "deal");
    uint64_t a = engine_write(e, "account", "name=Acme").id,
             b = engine_write(e, "account", "name=").id;
    uint64_t d = engine_write(e, "deal",
                              str_printf(e->arena, "account=%llu;size=1", (unsigned long long)a).p)
                     .id;
    struct titles t;
    char room[64];
    titles_init(&t, e->projection, e->arena);
    titles_want(&t, account, b);
    titles_want(&t, account, b);
    titles_want(&t, deal, d);
    titles_want_row(&t, engine_row(e, "deal", d));
    ok_int(titles_load(&t), RC_OK);
    ok_str(str_c(e->arena, titles_text(&t, account, a)), "Acme");
    ok(str_eq(titles_text(&t, account, b), id_text(account->prefix, b, room)));
    ok(str_eq(titles_text(&t, deal, d), id_text(deal->prefix, d, room)));
    ok(!titles_deleted(&t, account, a));
}

static const char *actor(struct engine *e, const char *text)
{
    struct titles t;
    titles_init(&t, e->projection, e->arena);
    titles_want_actor(&t, str_of(text));
    if (titles_load(&t) != RC_OK)
        return "not loaded";
    return str_c(e->arena, titles_actor(&t, str_of(text)));
}

static void test_actors(struct engine *e)
{
    uint64_t tia = engine_write(e, "person", "name=tia;full_name=Tia Weber").id;
    ok_str(actor(e, str_printf(e->arena, "person:%llu", (unsigned long long)tia).p), "person:tia");
    ok_str(actor(e, "person:77"), "person:77");
    ok_str(actor(e, "person:operator"), "person:operator");
    ok_str(actor(e, "rule:inbound"), "rule:inbound");
    ok_str(actor(e, ""), "");
}

int main(void)
{
    struct engine e;
    ok(engine_open(&e, model));
    test_records(&e);
    test_actors(&e);
    engine_close(&e);
    return tap_done();
}
