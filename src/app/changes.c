/* changes.c - what the verbs about versions share. */
#include "app/changes.h"

#include "app/workspace.h"
#include "model/seeds.h"

enum { PLAN_TEXT_MAX = 64 << 20 };

struct change_parts session_parts(const struct session *s)
{
    return (struct change_parts){.store = s->store,
                                 .ledger = s->ledger,
                                 .vault = s->vault,
                                 .env = s->env,
                                 .workspace = s->workspace,
                                 .live = &s->version,
                                 .model = s->model};
}

struct planning {
    const struct source_set *sources;
    struct arena *arena;
    struct change_plan *out;
    struct diags *ds;
};

/* A plan makes the tables of the next model and takes them back: that is the writer's to do. */
static enum rc plan_job(void *self, struct session *w)
{
    struct planning *p = self;
    struct change_parts *parts = ARENA_NEW(p->arena, struct change_parts);
    *parts = session_parts(w);
    return change_plan_make(parts, p->sources, p->arena, p->out, p->ds);
}

enum rc changes_make(struct session *s, const struct source_set *sources, struct arena *a,
                     struct change_plan *out, struct diags *ds)
{
    struct planning p = {sources, a, out, ds};
    return session_write(s, plan_job, &p);
}

int changes_plan(struct app *app, struct session *s, struct change_plan *out)
{
    struct source_set *sources = ARENA_NEW(app->arena, struct source_set);
    struct diags ds;
    diags_init(&ds, app->arena);
    enum rc rc = workspace_sources(app, sources);
    if (rc != RC_OK)
        return rc_info(rc)->exit_code;
    rc = changes_make(s, sources, app->arena, out, &ds);
    if (rc == RC_OK) {
        seed_files_check(out->next, &ds);
        rc = diags_rc(&ds);
    }
    if (rc == RC_INVALID)
        return app_diags(app, &ds, 100);
    return rc == RC_OK ? EXIT_DONE
                       : app_fail(app, rc, "cannot make the plan: %s", session_error(s));
}

void changes_print(struct app *app, const struct change_plan *p)
{
    struct buf b;
    buf_init(&b, PLAN_TEXT_MAX);
    if (app->json) {
        change_plan_json(p, &b);
        buf_char(&b, '\n');
    } else {
        change_plan_text(p, &b);
    }
    app_put(app, &b);
    buf_release(&b);
}

/* On a terminal the person is asked; anything else has to say --yes. */
static bool agreed(struct app *app)
{
    if (!app_can_ask(app)) {
        fputs("revos: nothing was applied; add --yes to apply this plan\n", app->err);
        return false;
    }
    bool yes = app_agrees(app, "Apply? [y/N] ");
    if (!yes)
        fputs("revos: nothing was applied\n", app->err);
    return yes;
}

struct applying {
    const struct change_plan *plan;
    struct arena *arena;
    struct diags *ds;
};

static enum rc apply_job(void *self, struct session *w)
{
    struct applying *a = self;
    struct change_parts parts = session_parts(w);
    struct actor actor = session_operator();
    return change_apply(&parts, a->plan, &actor, a->arena, a->ds);
}

/* The new version looks at the records that are there, and what fell due meanwhile happens under it. Where the workspace is
 * served, the server does it. */
static enum rc settle(struct app *app, const struct session *s)
{
    struct session now;
    if (s->lease)
        return RC_OK;
    enum rc rc = session_open_live(app, s, &now);
    if (rc != RC_OK)
        return rc;
    rc = session_due(app, &now);
    if (rc != RC_OK)
        (void)app_fail(app, rc, "what fell due cannot be done: %s", session_error(&now));
    session_close_live(&now);
    return rc;
}

int changes_apply(struct app *app, struct session *s, const struct change_plan *p, bool yes)
{
    struct diags ds;
    struct applying job = {p, app->arena, &ds};
    diags_init(&ds, app->arena);
    if (change_plan_is_empty(p)) {
        fprintf(app->err, "version %u is live already and means the same\n", p->base);
        return EXIT_DONE;
    }
    if (!yes && !agreed(app))
        return EXIT_ANSWER_NO;
    enum rc rc = session_go_live(s, apply_job, &job);
    if (rc == RC_CONFLICT)
        return app_fail(app, rc, "the plan was made against version %u; plan again", p->base);
    if (rc == RC_REFUSED)
        return app_diags(app, &ds, 100);
    if (rc != RC_OK)
        return app_fail(app, rc, "nothing was applied: %s", session_error(s));
    fprintf(app->err, "version %u is live\n", p->base + 1);
    rc = settle(app, s);
    return rc == RC_OK ? EXIT_DONE : rc_info(rc)->exit_code;
}
