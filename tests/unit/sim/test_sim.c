/* The whole run at a small size: it fills every object, gates say no now and then, and a seed says everything. */
#include "tests/sim_run.h"

#include "projection/list.h"

static struct digest head_of(uint64_t seed, bool late)
{
    struct sim_test t;
    struct sim_request r = {.seed = seed, .accounts = 40, .late = late};
    struct digest head = {{0}};
    if (sim_test_open(&t, r, 2))
        head = ledger_head(t.e.ledger).hash;
    else
        fail("the run");
    engine_close(&t.e);
    return head;
}

static void test_same_bytes(void)
{
    struct digest one = head_of(3, true);
    ok_at("the same seed writes the same ledger", digest_eq(one, head_of(3, true)));
    ok_at("another seed another one", !digest_eq(one, head_of(4, true)));
    ok_at("without late entries another one", !digest_eq(one, head_of(3, false)));
}

static bool stop(void *self, const struct sim_progress *p)
{
    (void)p;
    return --*(int *)self > 0;
}

static void test_cancel(void)
{
    struct sim_test t;
    int left = 5;
    struct sim_request r = {.seed = 1, .accounts = 20, .self = &left, .go_on = stop};
    ok_at("stopped when told", !sim_test_open(&t, r, 2));
    engine_close(&t.e);
}

static void test_foreign_model(void)
{
    struct engine e;
    struct sim_report report;
    struct sim_clock clock;
    clock_init(&clock, 1, (struct instant){0});
    ok_at("a model without leads",
          engine_open(
              &e, "objects:\n- {name: account, owner: ana, fields: [{name: name, type: text}]}\n"));
    struct sim_request r = {.admission = e.adm, .store = e.store, .clock = &clock, .accounts = 1};
    ok_at("what the model lacks is named",
          sim_run(&r, e.arena, &report) == RC_NOT_FOUND && report.missing != NULL);
    engine_close(&e);
}

static uint64_t in_state(struct sim_test *t, const char *object, const char *state)
{
    const struct object *o = model_object(t->e.model, str_of(object));
    const struct field *f = object_field(o, STR("state"));
    struct list_query q = {.object = o, .test = {.asks = LIST_AMONG, .field = f, .n = 1}};
    uint64_t n = 0;
    q.test.numbers = &field_value(f, str_of(state))->number;
    return list_count(t->e.projection, &q, &n) == RC_OK ? n : 0;
}

/* What people do wrong in the story; anything else would be a field that is filled wrongly. */
static bool refusals_known(const struct sim_test *t)
{
    static const char *const codes[] = {" GATE ",           " RULE ",          " SKIP ",
                                        " REASON_REQUIRED", " TASK_MOVE",      " HANDOFF_ENDED",
                                        " HANDOFF_REASON",  " PACKET_MISSING", " HANDOFF_NOT_YOURS",
                                        " APPROVAL_",       " LOCKED ",        " NOTE_REQUIRED "};
    bool all = true;
    for (size_t i = 0; i < t->report.n_refusals; i++) {
        struct str code = t->report.refusals[i].code;
        bool known = false;
        for (size_t k = 0; k < sizeof codes / sizeof *codes; k++)
            known |= str_find(code, str_of(codes[k]), 0) > 0;
        if (!known)
            tap_diag("refused: %.*s", STR_ARG(code));
        all &= known;
    }
    return all;
}

static void test_everything(void)
{
    struct sim_test t;
    struct sim_request r = {.seed = 10, .accounts = 60, .late = true};
    ok_at("six months of sixty accounts", sim_test_open(&t, r, 6));
    ok_at("records were made", t.report.outcomes[VERDICT_CREATED] > 500);
    ok_at("and changed", t.report.outcomes[VERDICT_UPDATED] > 300);
    uint64_t refused = t.report.outcomes[VERDICT_REFUSED];
    ok_at("some were refused, by far not most", refused > 0 && refused * 10 < t.report.commands);
    ok_at("some with a warning; facts beside", t.report.warned > 0 && t.report.facts > 2000);
    ok_at("people do what waits for them", in_state(&t, "task", "done") > 10);
    ok_at("and leave out some of it", in_state(&t, "task", "skipped") > 0);
    ok_at("only rules, gates and answers that were wrong are refused", refusals_known(&t));
    engine_close(&t.e);
}

int main(void)
{
    test_same_bytes();
    test_cancel();
    test_foreign_model();
    test_everything();
    return tap_done();
}
