/* sim_run.h - the simulated company over the model of the template, in a temporary folder, for tests.
 *
 * In:     a seed and a size.   Out: an engine (engine.h) whose ledger the run has filled, and the run's report.
 * Owns:   the folder; engine_close removes it.
 */
#ifndef TESTS_SIM_RUN_H
#define TESTS_SIM_RUN_H

#include "face/assets.h"
#include "sim/sim.h"
#include "tests/engine.h"

struct sim_test {
    struct engine e;
    struct sim_clock clock;
    struct sim_request request;
    struct sim_report report;
};

static inline bool sim_test_model(struct sim_test *t)
{
    struct asset_set all = assets_templates();
    struct source_set *set = ARENA_NEW(t->e.arena, struct source_set);
    set->files = ARENA_ARRAY(t->e.arena, all.n, struct source);
    for (size_t i = 0; i < all.n; i++) {
        struct str path = str_of(all.v[i].path);
        if (str_starts(path, STR("saas/")) && !str_starts(path, STR("saas/tests/")) &&
            str_ends(path, STR(".yaml")))
            set->files[set->n++] = (struct source){str_sub(path, 5, path.n),
                                                   {(const char *)all.v[i].bytes, all.v[i].n}};
    }
    diags_init(&t->e.ds, t->e.arena);
    return model_compile(set, NULL, t->e.arena, &t->e.model, &t->e.ds) == RC_OK;
}

/* People and teams, as apply seeds them: owners are named by key. */
static inline bool sim_test_people(struct sim_test *t)
{
    const struct model *m = t->e.model;
    bool good = true;
    for (size_t i = 0; i < m->n_people && good; i++)
        good = engine_write(&t->e, "person",
                            str_printf(t->e.arena, "name=%.*s", STR_ARG(m->people[i].name)).p)
                   .outcome == VERDICT_CREATED;
    for (size_t i = 0; i < m->n_teams && good; i++)
        good = engine_write(&t->e, "team",
                            str_printf(t->e.arena, "name=%.*s", STR_ARG(m->teams[i].name)).p)
                   .outcome == VERDICT_CREATED;
    return good;
}

/* Runs `months` up to 2026-06-30; `request` gives seed and size. */
static inline bool sim_test_open(struct sim_test *t, struct sim_request request, int32_t months)
{
    *t = (struct sim_test){.e = {.arena = arena_new()}};
    request.to = date_from_ymd((struct ymd){2026, 7, 1});
    request.from = date_add_months(request.to, -months);
    clock_init(&t->clock, request.seed,
               (struct instant){((int64_t)request.from.days - 1) * US_PER_DAY});
    t->e.env.env = t->clock.machine.env;
    snprintf(t->e.dir, sizeof t->e.dir, "/tmp/revos-sim-XXXXXX");
    if (!mkdtemp(t->e.dir) || !sim_test_model(t) || !engine_attach(&t->e, false) ||
        !sim_test_people(t))
        return false;
    request.admission = t->e.adm;
    request.store = t->e.store;
    request.projection = t->e.projection;
    request.clock = &t->clock;
    t->request = request;
    enum rc rc = sim_run(&t->request, t->e.arena, &t->report);
    if (rc != RC_OK)
        tap_diag("%s: %s", rc_info(rc)->name, store_error(t->e.store));
    return rc == RC_OK;
}

#endif
