/* rollback - brings back the meaning of an earlier version, as a new version. */
#include "app/changes.h"
#include "app/commands.h"

static const struct option_def options[] = {
    {"yes", 'y', OPT_FLAG, NULL, "apply without asking"},
};

struct going_back {
    uint32_t number;
    struct arena *arena;
    struct change_plan *out;
    struct diags *ds;
};

static enum rc plan_job(void *self, struct session *w)
{
    struct going_back *b = self;
    struct change_parts *parts = ARENA_NEW(b->arena, struct change_parts);
    *parts = session_parts(w);
    return change_rollback(parts, b->number, b->arena, b->out, b->ds);
}

static int run(struct app *app, const struct args *args)
{
    struct session s;
    struct change_plan p;
    struct diags ds;
    uint64_t number;
    const char *operand = args_operand(args, 0);
    if (!operand || !str_to_u64(str_of(operand), &number) || number == 0 || number > UINT32_MAX)
        return app_usage(app, args, "name the version to go back to, as `revos history` lists it");
    enum rc rc = session_open(app, SESSION_LIVE, &s);
    if (rc != RC_OK)
        return rc_info(rc)->exit_code;
    diags_init(&ds, app->arena);
    struct going_back back = {(uint32_t)number, app->arena, &p, &ds};
    rc = session_write(&s, plan_job, &back);
    int code = EXIT_DONE;
    if (rc == RC_NOT_FOUND)
        code = app_fail(app, rc, "there is no version %s", operand);
    else if (rc == RC_INVALID)
        code = app_diags(app, &ds, 100);
    else if (rc != RC_OK)
        code = app_fail(app, rc, "cannot make the plan: %s", session_error(&s));
    if (code == EXIT_DONE) {
        changes_print(app, &p);
        code = changes_apply(app, &s, &p, NULL, args_flag(args, "yes"));
    }
    session_close(&s);
    return code;
}

const struct command_def command_rollback = {
    .name = "rollback",
    .summary = "bring back the meaning of an earlier version, as a new version",
    .usage = "[--yes] VERSION",
    .details =
        "Records and columns stay: what the later version added is no longer seen, and comes back\n"
        "when it is applied again. The workspace's files are not touched.",
    .options = options,
    .n_options = sizeof options / sizeof *options,
    .served = true,
    .run = run,
};
