/* changes.c - what the verbs about versions share. */
#include "app/changes.h"

#include "app/workspace.h"

#include <unistd.h>

enum { PLAN_TEXT_MAX = 64 << 20 };

struct change_parts session_parts(const struct session *s)
{
    return (struct change_parts){.store = s->store,
                                 .ledger = s->ledger,
                                 .vault = s->vault,
                                 .env = s->env,
                                 .live = &s->version,
                                 .model = s->model};
}

int changes_plan(struct app *app, const struct session *s, struct change_plan *out)
{
    struct source_set *sources = ARENA_NEW(app->arena, struct source_set);
    struct diags ds;
    diags_init(&ds, app->arena);
    enum rc rc = workspace_sources(app, sources);
    if (rc != RC_OK)
        return rc_info(rc)->exit_code;
    struct change_parts parts = session_parts(s);
    rc = change_plan_make(&parts, sources, app->arena, out, &ds);
    if (rc == RC_INVALID)
        return app_diags(app, &ds, 100);
    return rc == RC_OK ? EXIT_DONE
                       : app_fail(app, rc, "cannot make the plan: %s", store_error(s->store));
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
    char answer[16];
    if (!isatty(STDIN_FILENO)) {
        fputs("revos: nothing was applied; add --yes to apply this plan\n", app->err);
        return false;
    }
    fputs("Apply? [y/N] ", app->err);
    fflush(app->err);
    bool yes = fgets(answer, sizeof answer, stdin) && (answer[0] == 'y' || answer[0] == 'Y');
    if (!yes)
        fputs("revos: nothing was applied\n", app->err);
    return yes;
}

int changes_apply(struct app *app, const struct session *s, const struct change_plan *p, bool yes)
{
    struct change_parts parts = session_parts(s);
    struct actor actor = {.kind = ACTOR_PERSON, .name = STR("operator")};
    struct diags ds;
    diags_init(&ds, app->arena);
    if (change_plan_is_empty(p)) {
        fprintf(app->err, "version %u is live already and means the same\n", p->base);
        return EXIT_DONE;
    }
    if (!yes && !agreed(app))
        return EXIT_ANSWER_NO;
    enum rc rc = change_apply(&parts, p, &actor, app->arena, &ds);
    if (rc == RC_CONFLICT)
        return app_fail(app, rc, "the plan was made against version %u; plan again", p->base);
    if (rc == RC_REFUSED)
        return app_diags(app, &ds, 100);
    if (rc != RC_OK)
        return app_fail(app, rc, "nothing was applied: %s", store_error(s->store));
    fprintf(app->err, "version %u is live\n", p->base + 1);
    return EXIT_DONE;
}
