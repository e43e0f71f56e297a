/* test_worklist.c - lists and queues: who is on them, in which order, and why. */
#include "insight/worklist.h"
#include "tests/engine.h"

static const char objects[] =
    "objects:\n"
    "- name: account\n"
    "  owner: ben\n"
    "  keys: [code]\n"
    "  fields: [{name: code, type: text}, {name: domain, type: domain}, {name: usage, type: "
    "integer}]\n"
    "  match: [{exact: [domain]}]\n"
    "- name: deal\n"
    "  owner: ben\n"
    "  keys: [code]\n"
    "  fields:\n"
    "  - {name: code, type: text}\n"
    "  - {name: name, type: text}\n"
    "  - {name: amount, type: money}\n"
    "  - {name: close_date, type: date}\n"
    "  - {name: champion, type: text}\n"
    "- name: contract\n"
    "  owner: ben\n"
    "  keys: [code]\n"
    "  fields: [{name: code, type: text}, {name: account, type: ref, to: account, required: true}, "
    "{name: renewal_date, type: date}, {name: end_date, type: date}]\n"
    "health:\n"
    "- {name: account_health, object: account, owner: ben, inputs: [{name: use, weight: 100, "
    "value: "
    "\"account.usage > 5 ? 1.0 : 0.0\"}], bands: {red: \"<40\", green: else}}\n"
    "pipelines:\n"
    "- name: sales\n"
    "  object: deal\n"
    "  owner: ben\n"
    "  skip: allow\n"
    "  stages:\n"
    "  - {name: open, label: Opened}\n"
    "  - {name: offer, max_age: 10d, enter: [{id: G-1, require: is_positive(deal.amount), field: "
    "amount, "
    "message: Add an amount.}, {id: G-2, require: has(deal.champion), message: Name a champion.}, "
    "{id: G-3, require: has(deal.close_date), message: Say when., enforcement: warn}]}\n"
    "  - {name: won, outcome: won}\n"
    "  - {name: lost, outcome: lost}\n";

static const struct instant later = {INT64_C(1769904000) * US_PER_SECOND}; /* a month on */

static void put(struct engine *e, const char *object, const char *fields)
{
    struct verdict v = engine_write(e, object, fields);
    if (!ok(verdict_accepted(&v)))
        fprintf(stderr, "%s %s was refused\n", object, fields);
}

static void fill(struct engine *e)
{
    put(e, "person", "name=ana");
    put(e, "person", "name=ben");
    put(e, "account", "code=a;domain=same.example");
    put(e, "account", "code=b;domain=other.example");
    put(e, "account", "code=c;domain=third.example");
    put(e, "deal", "code=ready;stage=open;amount=10;champion=Ann;owner=ben");
    put(e, "deal", "code=one;stage=open;amount=10;owner=ben");
    put(e, "deal", "code=two;stage=open;owner=ana");
    put(e, "deal", "code=late;stage=offer;amount=5;champion=Ann;close_date=2026-01-05");
    put(e, "deal", "code=lost;stage=lost;close_date=2026-01-05");
    put(e, "contract", "code=soon;account=a;renewal_date=2026-02-20");
    put(e, "contract", "code=ended;account=a;renewal_date=2026-02-20;end_date=2026-02-10");
    put(e, "contract", "code=far;account=b;renewal_date=2027-02-20");
}

static enum rc ask(struct engine *e, const char *kind, const char *name, const char *person,
                   struct work_list *out)
{
    struct zone *zone;
    struct work_query q = {.model = e->model,
                           .kind = str_of(kind),
                           .name = str_of(name),
                           .person = str_of(person),
                           .now = later,
                           .limit = 5};
    ok_int(zone_open(STR("Europe/Berlin"), &zone), RC_OK);
    q.zone = zone;
    enum rc rc = worklist_read(e->projection, e->adm, &q, e->arena, out);
    zone_close(zone);
    return rc;
}

static const struct work_slice *only(struct engine *e, const char *name)
{
    struct work_list out;
    ok_int(ask(e, "list", name, NULL, &out), RC_OK);
    if (ok_int(out.slices.n, 1))
        return &out.slices.v[0];
    static const struct work_slice none;
    return &none;
}

static void test_blocked(struct engine *e)
{
    struct work_list out;
    const struct work_slice *s = only(e, "gate_blocked");
    ok_int(s->total, 2);
    ok(str_is(s->label, "Sales: Opened \xe2\x86\x92 offer"));
    if (!ok_int(s->n_rows, 2))
        return;
    ok_int(s->rows[0].n_findings, 1);
    ok(str_is(s->rows[0].findings[0].criterion, "G-2"));
    ok_int(s->rows[1].n_findings, 2);
    ok(str_is(s->rows[1].findings[0].criterion, "G-1"));
    ok(str_is(s->rows[1].findings[0].message, "Add an amount."));
    ok_int(ask(e, "list", "gate_blocked", "ana", &out), RC_OK);
    if (ok_int(out.slices.n, 1))
        ok_int(out.slices.v[0].rows[0].n_findings, 2);
    ok_int(ask(e, "list", "gate_blocked", "nobody", &out), RC_OK);
    ok_int(out.slices.n, 0);
}

static void test_conditions(struct engine *e)
{
    const struct work_slice *s = only(e, "stale");
    ok_int(s->total, 1);
    ok_int(s->n_rows, 1);
    ok(str_is(s->sort->name, "stage_since"));
    s = only(e, "renewals");
    ok_int(s->total, 1);
    ok(str_is(s->columns[0]->name, "owner"));
    s = only(e, "at_risk");
    ok_int(s->total + s->unknown, 3);
    ok(str_is(s->where, "account.health == 'red'"));
    struct work_list out;
    ok_int(ask(e, "list", "overdue", NULL, &out), RC_OK);
    s = &out.slices.v[out.slices.n - 1];
    ok_int(s->total, 1);
    ok(str_is(s->sort->name, "close_date"));
    ok_int(ask(e, "queue", "unowned", NULL, &out), RC_OK);
    ok_int(out.slices.v[0].total, 1);
}

/* Changed after they came in, two accounts have one domain. */
static void test_duplicates(struct engine *e)
{
    struct work_list out;
    ok_int(ask(e, "list", "duplicates", NULL, &out), RC_OK);
    ok_int(out.slices.n, 0);
    put(e, "account", "code=c;domain=same.example");
    const struct work_slice *s = only(e, "duplicates");
    ok_int(s->total, 2);
    ok(str_is(s->label, "Account: same domain"));
}

static void test_names(struct engine *e)
{
    static const char *const queues[] = {"mine",     "team",  "triage",
                                         "handoffs", "tasks", "approvals"};
    struct work_list out;
    for (size_t i = 0; i < sizeof queues / sizeof *queues; i++) {
        ok_int(ask(e, "queue", queues[i], "ben", &out), RC_OK);
        for (size_t k = 0; k < out.slices.n; k++)
            ok_int(out.slices.v[k].total, 0);
        ok(worklist_label(STR("queue"), str_of(queues[i])).n > 0);
    }
    ok_int(ask(e, "list", "waivers", NULL, &out), RC_OK);
    ok_int(ask(e, "list", "quarantine", NULL, &out), RC_OK);
    ok_int(out.slices.n, 0);
    ok_int(ask(e, "list", "nothing", NULL, &out), RC_NOT_FOUND);
    ok_int(ask(e, "queue", "stale", NULL, &out), RC_NOT_FOUND);
    ok(!worklist_word(STR("a' || true || '")));
    ok(worklist_word(STR("ben")));
}

int main(void)
{
    struct engine e;
    if (!ok(engine_open(&e, objects)))
        return tap_done();
    fill(&e);
    test_blocked(&e);
    test_conditions(&e);
    test_duplicates(&e);
    test_names(&e);
    engine_close(&e);
    return tap_done();
}
