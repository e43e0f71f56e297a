#include "app/insights.h"

#include "app/host.h"

#include <inttypes.h>

enum { RATES_MAX = 16 << 20, TOLD_FROM = 100000, STEP_MS = 200 };

enum rc insights_rates(struct app *app, const struct model *m, struct fx_rates *out,
                       struct diags *ds)
{
    struct source *file = ARENA_NEW(app->arena, struct source);
    file->name = m->fx.file;
    if (m->fx.file.n > 0) {
        enum rc rc = env_read_file(app->env, app_path(app, str_c(app->arena, m->fx.file)),
                                   RATES_MAX, app->arena, &file->text);
        if (rc != RC_OK) {
            diag_add(ds, SEV_ERROR, "W0107", span_none(),
                     "the rates of exchange in %.*s cannot be read: %s", STR_ARG(m->fx.file),
                     env_error());
            return rc;
        }
    }
    return fx_read(file, m->company.currency, app->arena, out, ds);
}

struct told {
    struct app *app;
    uint64_t from;
};

static bool tell(void *self, uint64_t seq, uint64_t head)
{
    const struct told *t = self;
    if (t->app->terminal && head - t->from >= TOLD_FROM)
        fprintf(t->app->err, "\rwarehouse: %" PRIu64 " of %" PRIu64 " events%s", seq, head,
                seq == head ? "\n" : "");
    return true;
}

static enum rc open_all(struct app *app, struct session *s, struct insights *out, struct diags *ds)
{
    struct warehouse_settings settings = {.env = app->env,
                                          .duck = {.path = app_path(app, ".revos/warehouse.duckdb"),
                                                   .temp_dir = app_path(app, ".revos/tmp")},
                                          .model = s->model,
                                          .store = s->store,
                                          .vault = s->vault,
                                          .rates = &out->rates};
    enum rc rc = insights_rates(app, s->model, &out->rates, ds);
    if (rc == RC_OK)
        rc = warehouse_open(&settings, &out->warehouse, ds);
    if (rc != RC_OK)
        return rc;
    struct told told = {app, warehouse_mark(out->warehouse).seq};
    struct warehouse_progress progress = {&told, tell};
    rc = warehouse_follow(out->warehouse, &progress, ds);
    return rc == RC_OK ? insight_open(out->warehouse, &out->rates, &out->insight, ds) : rc;
}

/* Waits until what was committed before this verb began is in the server's warehouse, and borrows it. */
static enum rc borrow(struct app *app, struct session *s, struct insights *out)
{
    struct figures *f = api_figures(lease_api(s->lease));
    struct figures_state state;
    struct str why;
    uint64_t ticket = 0;
    while (!figures_followed(f, &ticket, STEP_MS))
        if (app_stopped(app))
            return RC_CANCELLED;
    figures_state(f, app->arena, &state);
    if (state.problem.n == 0 && figures_take(f, app->arena, &out->insight, &why) == RC_OK) {
        out->lent = f;
        return RC_OK;
    }
    if (state.told.n > 0)
        fwrite(state.told.p, 1, state.told.n, app->err);
    else
        (void)app_fail(app, RC_BUSY, "%.*s", STR_ARG(state.problem));
    return state.rc != RC_OK ? state.rc : RC_BUSY;
}

enum rc insights_open(struct app *app, struct session *s, struct insights *out)
{
    struct diags ds;
    *out = (struct insights){0};
    if (s->lease)
        return borrow(app, s, out);
    diags_init(&ds, app->arena);
    enum rc rc = open_all(app, s, out, &ds);
    if (ds.list.n > 0)
        (void)app_diags(app, &ds, 20);
    if (rc != RC_OK)
        insights_close(out);
    return rc;
}

void insights_close(struct insights *i)
{
    if (i->lent) {
        figures_release(i->lent);
        *i = (struct insights){0};
        return;
    }
    insight_close(i->insight);
    warehouse_close(i->warehouse);
    *i = (struct insights){0};
}
