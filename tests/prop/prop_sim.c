/* Whatever seed and size are drawn: the doctor finds nothing, and the ledger stays within its months. */
#include "care/doctor.h"
#include "tests/prop.h"
#include "tests/sim_run.h"

static bool healthy(struct prop *p, struct sim_test *t)
{
    struct doctor_settings s = {.store = t->e.store, .vault = t->e.vault, .model = t->e.model};
    struct doctor_report report;
    struct diags ds;
    diags_init(&ds, t->e.arena);
    enum rc rc = doctor_run(&s, t->e.arena, &report, &ds);
    for (size_t i = 0; i < ds.list.n && i < 3; i++)
        prop_note(p, "%s %.*s", ds.list.v[i].code, STR_ARG(ds.list.v[i].message));
    return rc == RC_OK && ds.list.n == 0 && report.replayed;
}

static bool within(const struct sim_test *t)
{
    struct instant end = {(int64_t)t->request.to.days * US_PER_DAY};
    return ledger_head(t->e.ledger).recorded_at.us < end.us;
}

static bool holds_healthy(struct prop *p, void *context)
{
    struct sim_test t;
    (void)context;
    struct sim_request r = {.seed = prop_draw(p, 1000),
                            .accounts = 1 + (size_t)prop_draw(p, 20),
                            .late = prop_once_in(p, 2)};
    prop_note(p, "seed %llu, %zu accounts", (unsigned long long)r.seed, r.accounts);
    bool good = sim_test_open(&t, r, 1 + (int32_t)prop_draw(p, 3)) && healthy(p, &t) && within(&t);
    engine_close(&t.e);
    return good;
}

int main(int argc, char **argv)
{
    const struct property all[] = {
        {"a simulated company is whole and keeps to its months", holds_healthy, 20},
    };
    return prop_main(argc, argv, all, sizeof all / sizeof *all, NULL);
}
