/* test_change.c - plans, apply, rollback and examples on a private store. */
#include "care/doctor.h"
#include "change/apply.h"
#include "change/backfill.h"
#include "change/examples.h"
#include "tests/engine.h"

static const char first[] = "objects:\n"
                            "- name: account\n"
                            "  owner: ana\n"
                            "  keys: [name]\n"
                            "  fields:\n"
                            "  - {name: name, type: text, required: true}\n"
                            "  - {name: employees, type: integer}\n";

static const char second[] = "objects:\n"
                             "- name: account\n"
                             "  owner: ana\n"
                             "  keys: [name]\n"
                             "  fields:\n"
                             "  - {name: name, type: text, required: true}\n"
                             "  - {name: employees, type: integer, required: true}\n"
                             "  - {name: city, type: text}\n"
                             "rules:\n"
                             "- {id: ACC-1, object: account, owner: ana, require: "
                             "account.employees >= 10, message: Too small.}\n"
                             "- {id: ACC-2, object: account, owner: ana, require: account.city != "
                             "'X', message: No X., enforcement: audit}\n";

struct bench {
    struct engine e; /* its store, vault and ledger; models come from the ledger */
    struct version live;
    struct model *model;
    struct change_parts parts;
};

static struct source_set *sources(struct bench *b, const char *yaml)
{
    struct source *file = ARENA_NEW(b->e.arena, struct source);
    struct source_set *set = ARENA_NEW(b->e.arena, struct source_set);
    *file = (struct source){STR("revos.yaml"), str_printf(b->e.arena, "%s%s", ENGINE_HEAD, yaml)};
    *set = (struct source_set){file, 1};
    return set;
}

static bool open_bench(struct bench *b)
{
    *b = (struct bench){.e = {.arena = arena_new()}};
    struct engine *e = &b->e;
    env_sim_init(&e->env, 1, (struct instant){INT64_C(1767225600) * US_PER_SECOND});
    diags_init(&e->ds, e->arena);
    b->parts.env = &e->env.env;
    b->parts.live = &b->live;
    return store_open_temporary(&e->env.env, &e->store, &e->ds) == RC_OK &&
           vault_open(&e->env.env, STR(""), &e->vault, &e->ds) == RC_OK &&
           ledger_open(e->store, e->vault, &e->ledger) == RC_OK;
}

static void close_bench(struct bench *b)
{
    engine_detach(&b->e);
    arena_free(b->e.arena);
}

/* Reads what is live now, and opens admission on it. */
static bool reload(struct bench *b)
{
    struct engine *e = &b->e;
    admission_close(e->adm);
    projection_close(e->projection);
    b->parts.store = e->store;
    b->parts.ledger = e->ledger;
    b->parts.vault = e->vault;
    struct admission_parts parts = {
        .store = e->store, .ledger = e->ledger, .vault = e->vault, .env = &e->env.env};
    if (live_load(e->store, e->arena, &b->live, &e->model, &e->ds) != RC_OK ||
        projection_open(e->store, e->model, &e->projection) != RC_OK)
        return false;
    b->parts.model = parts.model = e->model;
    parts.projection = e->projection;
    return admission_open(&parts, &e->adm) == RC_OK;
}

static enum rc plan(struct bench *b, const char *yaml, struct change_plan *p)
{
    b->parts.store = b->e.store;
    b->parts.ledger = b->e.ledger;
    b->parts.vault = b->e.vault;
    return change_plan_make(&b->parts, sources(b, yaml), b->e.arena, p, &b->e.ds);
}

static enum rc apply(struct bench *b, const struct change_plan *p)
{
    struct actor actor = {.kind = ACTOR_PERSON, .name = STR("ana")};
    return change_apply(&b->parts, p, &actor, b->e.arena, &b->e.ds);
}

static void test_first(struct bench *b)
{
    struct change_plan p;
    ok_int(plan(b, first, &p), RC_OK);
    ok(p.base == 0 && p.changes.n > 0 && p.n_migration > 0 && !change_plan_is_empty(&p));
    ok_int(apply(b, &p), RC_OK);
    ok(reload(b));
    ok_int(b->live.number, 1);
    struct verdict v = engine_write(&b->e, "person", "name=ana;role=boss");
    ok_str(verdict_outcome_name(v.outcome), "updated"); /* the seed is there */
    for (int i = 0; i < 12; i++)
        engine_write(&b->e, "account",
                     str_c(b->e.arena, str_printf(b->e.arena, "name=A%d;employees=%d", i, i)));
    engine_write(&b->e, "account", "name=Unknown");
}

static void test_second(struct bench *b)
{
    struct change_plan p, same;
    struct saved_plan saved;
    struct buf bytes;
    ok_int(plan(b, first, &same), RC_OK);
    ok(change_plan_is_empty(&same));
    uint64_t seq = ledger_head(b->e.ledger).seq;
    ok_int(plan(b, second, &p), RC_OK);
    ok(ledger_head(b->e.ledger).seq == seq);
    ok_int(p.n_migration, 1);
    ok_int(p.n_breaches, 3);
    for (size_t i = 0; i < p.n_breaches; i++) {
        const struct breach *br = &p.breaches[i];
        uint64_t wanted = str_is(br->criterion, "ACC-1")   ? 11 /* 0 … 9, and who has none */
                          : str_is(br->criterion, "ACC-2") ? 13 /* nobody has a city yet */
                                                           : 1;
        ok_int(br->count, wanted);
        ok_int(br->n_first, wanted < BREACH_FIRST ? wanted : BREACH_FIRST);
    }
    buf_init(&bytes, 1 << 20);
    change_plan_encode(&p, &bytes);
    ok_int(change_plan_decode(buf_view(&bytes), b->e.arena, &saved), RC_OK);
    ok(saved.base == 1 && digest_eq(saved.digest, p.digest) && saved.sources.n == 1);
    ok_int(change_plan_decode(STR("{}"), b->e.arena, &saved), RC_INVALID);
    buf_release(&bytes);
    ok_int(apply(b, &p), RC_OK);
    ok(reload(b));
    ok_int(apply(b, &p), RC_CONFLICT); /* made against version 1 */
    ok_int(b->live.number, 2);
    struct verdict v = engine_write(&b->e, "account", "name=A3;employees=4");
    ok_str(engine_codes(&b->e, &v), "RULE:ACC-1");
    v = engine_write(&b->e, "account",
                     "name=A3;city=Bonn"); /* what it does not touch is not judged */
    ok_str(verdict_outcome_name(v.outcome), "updated");
    v = engine_write(&b->e, "person", "name=ana");
    ok_str(verdict_outcome_name(v.outcome),
           "unchanged"); /* role=boss was not reverted by the seed */
}

static void test_rollback(struct bench *b)
{
    struct change_plan p;
    struct version *all;
    size_t n;
    ok_int(change_rollback(&b->parts, 9, b->e.arena, &p, &b->e.ds), RC_NOT_FOUND);
    ok_int(change_rollback(&b->parts, 1, b->e.arena, &p, &b->e.ds), RC_OK);
    ok_int(apply(b, &p), RC_OK);
    ok(reload(b));
    ok_int(b->live.number, 3);
    ok_int(version_list(b->e.store, b->e.arena, &all, &n), RC_OK);
    ok(n == 3 && digest_eq(all[0].digest, all[2].digest) &&
       !digest_eq(all[0].digest, all[1].digest));
    struct verdict v = engine_write(&b->e, "account", "name=A3;employees=4");
    ok_str(verdict_outcome_name(v.outcome), "updated");
}

#define DEALS(size, kinds, stages, rules)                                                   \
    "objects:\n"                                                                            \
    "- name: account\n"                                                                     \
    "  owner: ana\n"                                                                        \
    "  keys: [name]\n"                                                                      \
    "  fields:\n"                                                                           \
    "  - {name: name, type: text, required: true}\n" size                                   \
    "  - {name: kind, type: enum, values: [" kinds "]}\n"                                   \
    "  - {name: n_offers, type: integer, rollup: {of: deal, aggregate: count, "             \
    "where: \"deal.stage == 'offer'\"}}\n"                                                  \
    "- name: deal\n"                                                                        \
    "  owner: ben\n"                                                                        \
    "  keys: [code]\n"                                                                      \
    "  fields:\n"                                                                           \
    "  - {name: code, type: text}\n"                                                        \
    "  - {name: account, type: ref, to: account}\n"                                         \
    "  - {name: amount, type: integer}\n"                                                   \
    "pipelines:\n"                                                                          \
    "- {name: sales, object: deal, owner: ben, skip: allow, stages: [{name: open}, " stages \
    ", {name: won, outcome: won}]}\n" rules

static const struct leftover *left_named(const struct change_plan *p, const char *name)
{
    for (size_t i = 0; i < p->n_left; i++)
        if (str_is(p->left[i].name, name))
            return &p->left[i];
    return NULL;
}

static uint64_t breaches_of(const struct change_plan *p, const char *criterion)
{
    for (size_t i = 0; i < p->n_breaches; i++)
        if (str_is(p->breaches[i].criterion, criterion))
            return p->breaches[i].count;
    return 0;
}

static void fill_deals(struct bench *b)
{
    struct change_plan p;
    ok_int(plan(b,
                DEALS("  - {name: employees, type: integer}\n", "small, large, other",
                      "{name: try}, {name: offer}", ""),
                &p),
           RC_OK);
    ok_int(apply(b, &p), RC_OK);
    ok(reload(b));
    for (int i = 0; i < 6; i++) {
        struct verdict v = engine_write(
            &b->e, "account",
            str_c(b->e.arena, str_printf(b->e.arena, "name=K%d;employees=%d;kind=%s", i, i,
                                         i < 2 ? "small" : "large")));
        ok(verdict_accepted(&v));
        v = engine_write(
            &b->e, "deal",
            str_c(b->e.arena, str_printf(b->e.arena, "code=D%d;account=K0;amount=%d;stage=%s", i, i,
                                         i % 2 ? "try" : "offer")));
        ok(verdict_accepted(&v));
    }
}

/* Ranges, gates of the stage a record stands in, and what cannot be asked. */
static void test_tighter(struct bench *b)
{
    struct change_plan p;
    struct buf text;
    ok_int(plan(b,
                DEALS("  - {name: employees, type: integer, min: 2}\n", "small, large, other",
                      "{name: try}, {name: offer, enter: [{id: G-1, require: deal.amount > 2}]}",
                      "rules: [{id: D-1, object: deal, owner: ben, require: "
                      "changed(deal.amount), message: Change it.}]\n"),
                &p),
           RC_OK);
    ok_int(breaches_of(&p, "account.employees"), 4); /* A0, A1 from before, K0, K1 */
    ok_int(breaches_of(&p, "G-1"), 2);               /* D0 and D2; D4 has 4 */
    ok(p.n_uncounted == 1 && str_is(p.uncounted[0], "D-1"));
    ok_int(p.n_left, 0);
    buf_init(&text, 1 << 16);
    change_plan_text(&p, &text);
    ok(str_find(buf_view(&text), STR("not to be asked"), 0) > 0);
    buf_release(&text);
}

static void test_in_use(struct bench *b)
{
    struct change_plan p;
    const struct leftover *l;
    uint64_t seq = ledger_head(b->e.ledger).seq;
    ok_int(plan(b,
                DEALS("  - {name: employees, type: text}\n", "large, other", "{name: offer}", ""),
                &p),
           RC_OK);
    ok(!left_named(&p, "account.employees")); /* its values convert */
    ok(p.n_conversions == 1 && p.conversions[0].converts == 18 && p.conversions[0].fails == 0);
    l = left_named(&p, "account.kind: small");
    ok(l && l->kind == LEFT_IN_USE && l->count == 2);
    l = left_named(&p, "deal.stage: try");
    ok(l && l->kind == LEFT_IN_USE && l->count == 3);
    size_t errors = b->e.ds.errors;
    ok_int(apply(b, &p), RC_REFUSED);
    ok_int(b->e.ds.errors - errors, 2);
    ok(ledger_head(b->e.ledger).seq == seq);
    ok_int(plan(b, DEALS("", "small, large", "{name: try}, {name: offer}", ""), &p), RC_OK);
    l = left_named(&p, "account.employees");
    ok(l && str_is(l->what, "removed"));
    ok(!left_named(&p, "account.kind: other")); /* nobody has it */
}

static void test_moved(struct bench *b)
{
    struct change_plan p;
    const struct leftover *l;
    ok_int(plan(b,
                DEALS("", "{name: small, moved_to: other}, large, other",
                      "{name: try, moved_to: offer}, {name: offer}", ""),
                &p),
           RC_OK);
    l = left_named(&p, "deal.stage: try");
    ok(l && l->kind == LEFT_MOVED && str_is(l->what, "offer") && l->count == 3);
    ok_int(apply(b, &p), RC_OK);
    ok(reload(b));
    struct verdict v = engine_write(&b->e, "deal", "code=D1;stage=offer");
    ok_str(verdict_outcome_name(v.outcome), "unchanged");
    v = engine_write(&b->e, "account", "name=K1;kind=other");
    ok_str(verdict_outcome_name(v.outcome), "unchanged");
    v = engine_write(&b->e, "deal", "code=D1;stage=try");
    ok_str(engine_codes(&b->e, &v), "UNKNOWN_VALUE");
    v = engine_write(&b->e, "account", "name=K0");
    struct row *r = engine_row(&b->e, "account", v.id);
    const struct field *f = object_field(engine_object(&b->e, "account"), STR("n_offers"));
    ok(r && row_value(r, f)->integer == 6); /* what derives from the stage followed */
    ok_int(plan(b,
                DEALS("", "{name: small, moved_to: other}, large, other",
                      "{name: try, moved_to: offer}, {name: offer}", ""),
                &p),
           RC_OK);
    ok(change_plan_is_empty(&p) && p.n_left == 0);
}

/* ---- a field gets another type --------------------------------------------------------------------------------------- */

#define SIZED(type)                                    \
    "objects:\n"                                       \
    "- name: account\n"                                \
    "  owner: ana\n"                                   \
    "  keys: [name]\n"                                 \
    "  fields:\n"                                      \
    "  - {name: name, type: text, required: true}\n"   \
    "  - {name: secret, type: text, personal: true}\n" \
    "  - {name: size, type: " type "}\n"

static bool is_whole(struct bench *b)
{
    struct doctor_settings s = {.store = b->e.store, .vault = b->e.vault, .model = b->e.model};
    struct doctor_report report;
    struct diags ds;
    diags_init(&ds, b->e.arena);
    bool whole = doctor_run(&s, b->e.arena, &report, &ds) == RC_OK && ds.errors == 0;
    for (size_t i = 0; i < ds.list.n; i++)
        tap_diag("%.*s", STR_ARG(ds.list.v[i].message));
    return whole && report.replayed;
}

static const char *size_of(struct bench *b, uint64_t id)
{
    struct row *r = engine_row(&b->e, "account", id);
    const struct field *f = object_field(engine_object(&b->e, "account"), STR("size"));
    return r ? str_c(b->e.arena, field_value_text(f, row_value(r, f), b->e.arena)) : "?";
}

static bool five_times(void *self, const struct field *to, uint64_t records)
{
    (void)to, (void)records;
    return ++*(int *)self < 5;
}

/* Stopped in the middle, work goes on under the live version, and the next apply takes all of it along. */
static void test_types(struct bench *b)
{
    struct change_plan p;
    uint64_t ids[7];
    ok_int(plan(b, SIZED("text"), &p), RC_OK);
    ok_int(apply(b, &p), RC_OK);
    ok(reload(b));
    for (int i = 0; i < 7; i++)
        ids[i] = engine_write(&b->e, "account",
                              str_printf(b->e.arena, "name=S%d;size=%d%s;secret=x%d", i, i,
                                         i == 5 ? " or so" : "", i)
                                  .p)
                     .id;
    struct command gone = {
        .kind = CMD_DELETE, .object = engine_object(&b->e, "account"), .id = ids[6]};
    (void)engine_send(&b->e, &gone);
    ok_int(plan(b, SIZED("integer"), &p), RC_OK);
    ok_int(p.n_conversions, 1);
    const struct conversion *c = &p.conversions[0];
    ok(c->converts == 5 && c->fails == 1 && c->n_first == 1 && c->first[0].record == ids[5]);
    ok_str(str_c(b->e.arena, c->first[0].value), "5 or so");

    int batches = 0;
    struct backfill_way way = {.batch = 5, .self = &batches, .step = five_times};
    uint64_t seq = ledger_head(b->e.ledger).seq;
    ok_int(backfill_run(&b->parts, &p, &way, &b->e.ds), RC_CANCELLED);
    uint64_t stopped = ledger_head(b->e.ledger).seq;
    ok_at("batches with values are written", stopped > seq);
    ok_at("the live version stands on whole tables", is_whole(b));
    ok_str(size_of(b, ids[0]), "0");
    ok_int(plan(b, SIZED("integer"), &p), RC_OK);
    batches = -100;
    ok_int(backfill_run(&b->parts, &p, &way, &b->e.ds), RC_OK);
    ok_int_at("the same plan goes on where it stopped", batches, -100 + 1);
    uint64_t filled = ledger_head(b->e.ledger).seq;
    struct verdict v = engine_update(&b->e, "account", ids[0], "size=70");
    ok_str(verdict_outcome_name(v.outcome), "updated");
    ok(is_whole(b));
    ok_int(plan(b, SIZED("integer"), &p), RC_OK);
    ok_int(apply(b, &p), RC_OK);
    ok_int_at("one value was said meanwhile", ledger_head(b->e.ledger).seq, filled + 3);
    ok(reload(b));
    ok_str(size_of(b, ids[0]), "70");
    ok_str(size_of(b, ids[4]), "4");
    ok_str(size_of(b, ids[5]), "");
    ok(is_whole(b));
    struct command back = {
        .kind = CMD_RESTORE, .object = engine_object(&b->e, "account"), .id = ids[6]};
    (void)engine_send(&b->e, &back);
    ok_str_at("deleted records are filled too", size_of(b, ids[6]), "6");
    v = engine_update(&b->e, "account", ids[1], "size=71");
    ok_int(change_rollback(&b->parts, b->live.number - 1, b->e.arena, &p, &b->e.ds), RC_OK);
    ok_int(apply(b, &p), RC_OK);
    ok(reload(b));
    ok_str_at("what was said since comes along", size_of(b, ids[1]), "71");
    ok_str_at("what had not converted is back", size_of(b, ids[5]), "5 or so");
    ok(is_whole(b));
}

/* A field that goes and comes back: rows written meanwhile lost its stamps. */
static void test_return(struct bench *b)
{
    struct change_plan p;
    ok_int(plan(b, SIZED("text"), &p), RC_OK);
    uint64_t id = engine_write(&b->e, "account", "name=R;size=1;secret=y").id;
    (void)engine_update(&b->e, "account", id, "size=2");
    ok_int(plan(b,
                "objects:\n- {name: account, owner: ana, keys: [name], fields: [{name: name, type: "
                "text, "
                "required: true}, {name: secret, type: text, personal: true}]}\n",
                &p),
           RC_OK);
    ok_int(apply(b, &p), RC_OK);
    ok(reload(b));
    (void)engine_update(&b->e, "account", id, "secret=z");
    ok_int(change_rollback(&b->parts, b->live.number - 1, b->e.arena, &p, &b->e.ds), RC_OK);
    ok(p.n_returning == 1 && change_plan_refills(&p) && p.n_conversions == 0);
    ok_int(apply(b, &p), RC_OK);
    ok(reload(b));
    ok_str(size_of(b, id), "2");
    ok(is_whole(b));
}

static void test_key_types(struct bench *b)
{
    struct change_plan p;
    size_t errors = b->e.ds.errors;
    ok_int(plan(b,
                "objects:\n- {name: account, owner: ana, keys: [name], fields: [{name: name, type: "
                "integer}]}\n",
                &p),
           RC_OK);
    ok_int(apply(b, &p), RC_REFUSED);
    ok_int(b->e.ds.errors - errors, 1);
}

/* What the process did is looked for and answered; who acts counts; a mistake says what came nearest. */
static void test_examples_of_process(struct bench *b)
{
    static const char model[] = "objects:\n"
                                "- name: deal\n"
                                "  owner: ana\n"
                                "  fields:\n"
                                "  - {name: name, type: text, required: true}\n"
                                "  - {name: big, type: boolean}\n"
                                "automations:\n"
                                "- {name: look, owner: ana, object: deal, when: deal.big, do: "
                                "[{task: {name: Look at it, to: ana, due: 2d}}]}\n";
    static const char text[] =
        "tests:\n"
        "- name: made, found, late, done\n"
        "  at: \"2026-03-02T09:00:00Z\"\n"
        "  given:\n"
        "  - {deal: {name: A, big: true, owner: ana}, as: d}\n"
        "  - {find: {task: {deal: $d, state: open}}, as: t}\n"
        "  - {wait: 3d}\n"
        "  record: {task: {state: done}, as: t, by: ana}\n"
        "  expect:\n"
        "    fields: {due_at: \"2026-03-04T09:00:00Z\", state: done}\n"
        "    there: [{clock: {deal: $d, state: breached}}, {deal: {name: A, owner: ana}}]\n"
        "    not_there: [{task: {state: open}}]\n"
        "- name: nearest\n"
        "  record: {deal: {name: A, big: true}, as: d}\n"
        "  expect: {there: [{task: {deal: $d, state: done}}]}\n"
        "- name: found two\n"
        "  given: [{deal: {name: A}}, {deal: {name: A}}, {find: {deal: {name: A}}, as: x}]\n"
        "  record: {deal: {name: A}}\n"
        "  expect: allowed\n";
    struct source file = {STR("tests/p.yaml"), str_of(text)};
    struct example_result *r;
    struct model *m;
    struct diags ds;
    size_t n;
    diags_init(&ds, b->e.arena);
    ok_int(model_compile(sources(b, model), NULL, b->e.arena, &m, &ds), RC_OK);
    ok_int(examples_run(m, &file, b->e.env.now, b->e.arena, &r, &n, &ds), RC_OK);
    if (!ok_int(n, 3))
        return;
    ok(r[0].passed);
    ok_str(str_c(b->e.arena, r[0].why), "");
    ok(!r[1].passed && str_find(r[1].why, STR("expected state: done, but it is 'open'"), 0) > 0);
    ok(!r[2].passed && str_find(r[2].why, STR("there are 2 such deals"), 0) > 0);
    file.text = STR("tests: [{name: x, record: {deal: {name: A}, by: nobody}, expect: allowed}]");
    ok_int(examples_run(m, &file, b->e.env.now, b->e.arena, &r, &n, &ds), RC_INVALID);
    ok_int(ds.errors, 1);
}

static void test_examples(struct bench *b)
{
    static const char text[] = "tests:\n"
                               "- name: small ones are refused\n"
                               "  record: {account: {name: A, employees: 3}}\n"
                               "  expect: {refused: [ACC-1]}\n"
                               "- name: a second word changes the first record\n"
                               "  at: 2026-03-01\n"
                               "  given: [{account: {name: A, employees: 30, city: Bonn}, as: a}]\n"
                               "  record: {account: {city: Ulm}, as: a}\n"
                               "  expect: {allowed: [], fields: {employees: 30, city: Ulm}}\n"
                               "- name: wrong\n"
                               "  record: {account: {name: A, employees: 3}}\n"
                               "  expect: allowed\n";
    struct source file = {STR("tests/a.yaml"), str_of(text)};
    struct example_result *r;
    struct model *m;
    struct diags ds;
    size_t n;
    diags_init(&ds, b->e.arena);
    ok_int(model_compile(sources(b, second), NULL, b->e.arena, &m, &ds), RC_OK);
    diags_init(&ds, b->e.arena);
    ok_int(examples_run(m, &file, b->e.env.now, b->e.arena, &r, &n, &ds), RC_OK);
    ok_int(n, 3);
    ok(n == 3 && r[0].passed && r[1].passed && !r[2].passed);
    ok(n == 3 && str_find(r[2].why, STR("ACC-1"), 0) > 0);
    file.text = STR("tests: [{name: x, record: {nothing: {a: 1}}, expect: allowed}]");
    ok_int(examples_run(m, &file, b->e.env.now, b->e.arena, &r, &n, &ds), RC_INVALID);
    ok_int(ds.errors, 1);
}

int main(void)
{
    struct bench b;
    if (!ok(open_bench(&b)))
        return tap_done();
    test_first(&b);
    test_second(&b);
    test_rollback(&b);
    fill_deals(&b);
    test_tighter(&b);
    test_in_use(&b);
    test_moved(&b);
    test_types(&b);
    test_return(&b);
    test_key_types(&b);
    test_examples(&b);
    test_examples_of_process(&b);
    close_bench(&b);
    return tap_done();
}
