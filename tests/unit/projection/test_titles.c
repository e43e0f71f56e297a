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
    "  fields: [{name: account, type: ref, to: account}, {name: size, type: integer}]\n"
    "- name: contact\n"
    "  owner: ana\n"
    "  fields: [{name: email, type: email}, {name: first_name, type: text}, {name: last_name, "
    "type: text}, {name: title, "
    "type: text}]\n"
    "- name: subscription\n"
    "  owner: ana\n"
    "  keys: [number]\n"
    "  title: [account, plan]\n"
    "  fields: [{name: account, type: ref, to: account}, {name: plan, type: text}, {name: number, "
    "type: text}]\n"
    "- name: line\n"
    "  parent: subscription\n"
    "  owner: ana\n"
    "  fields: [{name: seats, type: integer}]\n"
    "- name: node\n"
    "  owner: ana\n"
    "  title: above\n"
    "  fields: [{name: above, type: ref, to: node}]\n";

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

static const char *called(struct engine *e, const char *object, uint64_t id)
{
    const struct object *o = engine_object(e, object);
    struct titles t;
    titles_init(&t, e->projection, e->arena);
    titles_want(&t, o, id);
    if (titles_load(&t) != RC_OK)
        return "not loaded";
    return str_c(e->arena, titles_text(&t, o, id));
}

static const char *written(struct engine *e, const char *object, const char *fields)
{
    return called(e, object, engine_write(e, object, fields).id);
}

static const char *with_ref(struct engine *e, const char *ref, uint64_t id, const char *more)
{
    return str_printf(e->arena, "%s=%llu%s", ref, (unsigned long long)id, more).p;
}

/* Titles of several fields, and of what a record refers to. */
static void test_parts(struct engine *e)
{
    ok_str(written(e, "contact", "first_name=Max;last_name=Weber;email=max@acme.example;title=CFO"),
           "Max Weber");
    ok_str(written(e, "contact", "last_name=Weber"), "Weber");
    ok_str(written(e, "contact", "email=kim@acme.example;title=CFO"), "kim@acme.example");
    uint64_t acme = engine_write(e, "account", "name=Acme").id;
    uint64_t sub = engine_write(e, "subscription", with_ref(e, "account", acme, ";plan=Growth")).id;
    ok_str(called(e, "subscription", sub), "Acme · Growth");
    ok_str(written(e, "subscription", with_ref(e, "account", acme, "")), "Acme");
    ok_str(written(e, "subscription", "number=S-7"), "S-7");
    ok_str(written(e, "line", with_ref(e, "subscription", sub, ";seats=3")), "Acme · Growth");
}

/* Records that are called after each other end somewhere. */
static void test_circle(struct engine *e)
{
    const struct object *node = engine_object(e, "node");
    uint64_t id = engine_write(e, "node", "").id;
    char room[64];
    ok(str_is(id_text(node->prefix, id, room), called(e, "node", id)));
    engine_update(e, "node", id, with_ref(e, "above", id, ""));
    ok(str_is(id_text(node->prefix, id, room), called(e, "node", id)));
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
    test_parts(&e);
    test_circle(&e);
    test_actors(&e);
    engine_close(&e);
    return tap_done();
}
