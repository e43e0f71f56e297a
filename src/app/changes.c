/* changes.c - what the verbs about versions share. */
#include "app/changes.h"

#include "app/workspace.h"
#include "clock/clock.h"
#include "model/seeds.h"

enum { PLAN_TEXT_MAX = 64 << 20, LOOKS_MAX = 1000000 };

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
    fflush(app->out); /* the plan first, then what became of it, wherever both go */
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

/* ---- what is open --------------------------------------------------------------------------------------------------- */

static bool wish_add(struct app *app, const struct args *args, const char *option, bool again,
                     struct open_wishes *out, int *code)
{
    const struct option_value *v = args_option(args, option);
    for (size_t i = 0; i < v->n; i++) {
        struct str name = str_of(v->all[i]);
        if (!open_is_wish(name)) {
            *code = app_usage(app, args,
                              "--%s takes a definition such as handoffs.NAME, slas.NAME, "
                              "playbooks.NAME, sequences.NAME or approvals.NAME, not '%s'",
                              option, v->all[i]);
            return false;
        }
        out->v[out->n++] = (struct open_wish){name, again};
    }
    return true;
}

bool changes_wishes(struct app *app, const struct args *args, struct open_wishes *out, int *code)
{
    size_t n = args_option(args, "restart")->n + args_option(args, "cancel")->n;
    *out = (struct open_wishes){.v = ARENA_ARRAY(app->arena, n, struct open_wish)};
    return wish_add(app, args, "restart", true, out, code) &&
           wish_add(app, args, "cancel", false, out, code);
}

struct settling_open {
    const struct change_plan *plan;
    const struct open_wishes *wishes;
    struct open_done *done; /* one a wish */
    struct arena *arena;
};

/* What the new version asked for comes first: its quiet looks would take what begins anew for something that stood. */
static enum rc settle_job(void *self, struct session *w)
{
    struct settling_open *x = self;
    struct change_parts parts = session_parts(w);
    struct actor actor = session_operator();
    struct clock_target target = {.admission = w->admission};
    uint64_t fired = 0;
    enum rc rc = x->wishes->n ? clock_fire(&target, ledger_head(w->ledger).recorded_at, LOOKS_MAX,
                                           NULL, &fired)
                              : RC_OK;
    if (rc == RC_OK)
        rc = open_tell(x->plan, w->admission, w->version.seq, x->arena);
    for (size_t i = 0; i < x->wishes->n && rc == RC_OK; i++)
        rc = open_settle(&parts, w->admission, &x->wishes->v[i], &actor, x->arena, &x->done[i]);
    return rc;
}

static void say_settled(struct app *app, const struct settling_open *x)
{
    for (size_t i = 0; i < x->wishes->n; i++) {
        const struct open_wish *w = &x->wishes->v[i];
        const struct open_done *d = &x->done[i];
        fprintf(app->err, "%.*s: %llu %s\n", STR_ARG(w->definition), (unsigned long long)d->records,
                w->again ? "begun anew" : "ended");
        if (d->refused)
            fprintf(app->err, "%.*s: %llu changes were refused: %.*s\n", STR_ARG(w->definition),
                    (unsigned long long)d->refused, STR_ARG(d->why));
    }
}

/* Under the version that is live now: what was open under an earlier one as it was wished, and what fell due meanwhile. Where the
 * workspace is served, the server does the latter. */
static enum rc settle(struct app *app, const struct session *s, const struct change_plan *p,
                      const struct open_wishes *wishes)
{
    struct session now;
    struct settling_open x = {p, wishes, ARENA_ARRAY(app->arena, wishes->n, struct open_done),
                              app->arena};
    enum rc rc = s->lease ? session_open(app, SESSION_NOW, &now) : session_open_live(app, s, &now);
    if (rc != RC_OK)
        return rc;
    if (wishes->n || p->n_open)
        rc = session_write(&now, settle_job, &x);
    if (rc == RC_OK)
        rc = session_due(app, &now);
    if (rc == RC_OK)
        say_settled(app, &x);
    else
        (void)app_fail(app, rc, "what was open cannot be seen to: %s", session_error(&now));
    if (s->lease)
        session_close(&now);
    else
        session_close_live(&now);
    return rc;
}

int changes_apply(struct app *app, struct session *s, const struct change_plan *p,
                  const struct open_wishes *wishes, bool yes)
{
    struct diags ds;
    const struct open_wishes none = {NULL, 0};
    struct change_plan told = *p;
    struct applying job = {&told, app->arena, &ds};
    wishes = wishes ? wishes : &none;
    told.wishes = wishes->v;
    told.n_wishes = wishes->n;
    bool empty = change_plan_is_empty(p);
    diags_init(&ds, app->arena);
    if (empty)
        fprintf(app->err, "version %u is live already and means the same\n", p->base);
    if (empty && wishes->n == 0)
        return EXIT_DONE;
    if (!yes && !agreed(app))
        return EXIT_ANSWER_NO;
    enum rc rc = empty ? RC_OK : session_go_live(s, apply_job, &job);
    if (rc == RC_CONFLICT)
        return app_fail(app, rc, "the plan was made against version %u; plan again", p->base);
    if (rc == RC_REFUSED)
        return app_diags(app, &ds, 100);
    if (rc != RC_OK)
        return app_fail(app, rc, "nothing was applied: %s", session_error(s));
    if (!empty)
        fprintf(app->err, "version %u is live\n", p->base + 1);
    rc = settle(app, s, p, wishes);
    return rc == RC_OK ? EXIT_DONE : rc_info(rc)->exit_code;
}
