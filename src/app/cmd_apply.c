/* apply - makes the workspace's files, or a saved plan, the live version. */
#include "app/changes.h"
#include "app/commands.h"

enum { PLAN_FILE_MAX = 64 << 20 };

static const struct option_def options[] = {
    {"yes", 'y', OPT_FLAG, NULL, "apply without asking"},
    {"restart", 0, OPT_REPEATED, "DEFINITION",
     "what is open under an earlier version of it ends, and begins anew under the live one"},
    {"cancel", 0, OPT_REPEATED, "DEFINITION", "what is open under an earlier version of it ends"},
};

/* A saved plan is made again from its sources; it must still mean the same, against the same version. */
static int load(struct app *app, struct session *s, const char *file, struct change_plan *out)
{
    struct str bytes;
    struct saved_plan *saved = ARENA_NEW(app->arena, struct saved_plan);
    struct diags ds;
    diags_init(&ds, app->arena);
    enum rc rc = env_read_file(app->env, file, PLAN_FILE_MAX, app->arena, &bytes);
    if (rc != RC_OK) /* a file that is not there is a matter of the machine too */
        return app_fail(app, rc == RC_NOT_FOUND ? RC_IO : rc, "cannot read the plan %s: %s", file,
                        env_error());
    if (change_plan_decode(bytes, app->arena, saved) != RC_OK)
        return app_fail(app, RC_INVALID, "%s is no saved plan", file);
    uint32_t live = s->model ? s->version.number : 0;
    if (saved->base != live || (live && !digest_eq(saved->base_digest, s->version.digest)))
        return app_fail(app, RC_CONFLICT,
                        "%s was made against version %u, and version %u is live; plan again", file,
                        saved->base, live);
    rc = changes_make(s, &saved->sources, app->arena, out, &ds);
    if (rc == RC_INVALID)
        return app_diags(app, &ds, 100);
    if (rc != RC_OK)
        return app_fail(app, rc, "cannot make the plan: %s", session_error(s));
    if (!digest_eq(out->digest, saved->digest))
        return app_fail(app, RC_INVALID, "%s was changed after it was saved; plan again", file);
    return EXIT_DONE;
}

static int run(struct app *app, const struct args *args)
{
    struct session s;
    struct change_plan p;
    struct open_wishes wishes;
    const char *file = args_operand(args, 0);
    int refused = EXIT_DONE;
    if (!changes_wishes(app, args, &wishes, &refused))
        return refused;
    enum rc rc = session_open(app, SESSION_ANY, &s);
    if (rc != RC_OK)
        return rc_info(rc)->exit_code;
    int code = file ? load(app, &s, file, &p) : changes_plan(app, &s, &p);
    if (code == EXIT_DONE) {
        changes_print(app, &p);
        code = changes_apply(app, &s, &p, &wishes, args_flag(args, "yes"));
    }
    session_close(&s);
    return code;
}

const struct command_def command_apply = {
    .name = "apply",
    .summary = "make the workspace's files, or a saved plan, the live version",
    .usage = "[--yes] [--restart DEFINITION] [--cancel DEFINITION] [PLAN]",
    .details =
        "Plans again and shows it, asks, and applies in one transaction: killed anywhere, the old\n"
        "version or the new one is live. A saved plan is refused when another version is live.\n"
        "Handoffs, deadlines, runs and approvals that are open keep the definition they began\n"
        "under, until they end, also when it is removed. --restart and --cancel, once a "
        "definition\n"
        "(handoffs.mql_to_sales), say otherwise; they work without anything to apply, too.",
    .options = options,
    .n_options = sizeof options / sizeof *options,
    .served = true,
    .run = run,
};
