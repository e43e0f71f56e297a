/* test_tally.c - an audit added up: what is counted, out of how many, and what it is called. */
#include "admission/tally.h"
#include "tests/engine.h"

static const char objects[] =
    "objects:\n"
    "- name: deal\n"
    "  owner: ben\n"
    "  keys: [code]\n"
    "  fields:\n"
    "  - {name: code, type: text}\n"
    "  - {name: amount, type: integer, min: 1, max: 50}\n"
    "pipelines:\n"
    "- name: sales\n"
    "  object: deal\n"
    "  owner: ben\n"
    "  skip: allow\n"
    "  stages: [{name: open}, {name: offer, enter: [{id: G-1, require: \"deal.amount > 3\", "
    "message: "
    "More., enforcement: warn}]}, {name: won, outcome: won}, {name: lost, outcome: lost}]\n"
    "rules:\n"
    "- {id: R-1, object: deal, owner: ana, require: \"deal.amount > 1\", message: Small., "
    "enforcement: audit}\n";

static bool note(void *self, const struct tally *t, uint64_t id, const struct finding *f)
{
    size_t *n = self;
    (void)f;
    return id > 0 && t->broken > 0 && ++*n < 100;
}

static bool refuse(void *self, const struct tally *t, uint64_t id, const struct finding *f)
{
    (void)self;
    (void)t;
    (void)id;
    (void)f;
    return false;
}

static const struct tally *find(const struct tallies *all, const char *id)
{
    for (size_t i = 0; i < all->list.n; i++)
        if (str_is(all->list.v[i].id, id))
            return &all->list.v[i];
    return NULL;
}

static void fill(struct engine *e)
{
    for (int i = 0; i < 30; i++) {
        struct verdict v = engine_write(
            e, "deal",
            str_c(e->arena, str_printf(e->arena, "code=d%d;stage=%s;amount=%d", i,
                                       i % 2 ? "offer" : "open", 1 + i % 5)));
        ok(verdict_accepted(&v));
    }
}

static void test_all(struct engine *e)
{
    struct tally_scope scope = {0};
    size_t heard = 0;
    struct tally_report report = {&heard, note};
    struct tallies all;
    ok_int(admission_tally(e->adm, &scope, &report, e->arena, &all), RC_OK);
    const struct tally *gate = find(&all, "G-1"), *rule = find(&all, "R-1"),
                       *field = find(&all, "deal.amount");
    if (!ok(gate && rule && field))
        return;
    ok_int(gate->kind, TALLY_GATE);
    ok_int(gate->checked, 15);
    ok_int(gate->broken, 9);
    ok_int(gate->enforcement, ENFORCE_WARN);
    ok(str_is(gate->stage->name, "offer"));
    ok(str_is(gate->process->name, "sales"));
    ok_int(gate->n_first, 9);
    ok_int(rule->kind, TALLY_RULE);
    ok_int(rule->checked, 30);
    ok_int(rule->broken, 6);
    ok_int(field->kind, TALLY_FIELD);
    ok_int(field->broken, 0);
    ok_int(heard, 15);
    ok(all.records >= 30);
}

static void test_scope(struct engine *e)
{
    struct tally_scope scope = {.object = engine_object(e, "deal"), .id = STR("R-1")};
    struct tally_report silent = {0}, refusing = {NULL, refuse};
    struct tallies all;
    ok_int(admission_tally(e->adm, &scope, &silent, e->arena, &all), RC_OK);
    ok_int(all.list.n, 1);
    ok_int(all.list.v[0].broken, 6);
    ok_int(admission_tally(e->adm, &scope, &refusing, e->arena, &all), RC_CANCELLED);
    scope.id = STR("R-9");
    ok_int(admission_tally(e->adm, &scope, &silent, e->arena, &all), RC_NOT_FOUND);
}

int main(void)
{
    struct engine e;
    if (!ok(engine_open(&e, objects)))
        return tap_done();
    fill(&e);
    test_all(&e);
    test_scope(&e);
    engine_close(&e);
    return tap_done();
}
