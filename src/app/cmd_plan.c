/* plan - what applying the workspace's files would change. */
#include "app/changes.h"
#include "app/commands.h"

enum { PLAN_FILE_MAX = 64 << 20 };

static const struct option_def options[] = {
    {"out", 'o', OPT_TEXT, "FILE", "save the plan for `revos apply FILE`"},
};

static int save(struct app *app, const struct change_plan *p, const char *file)
{
    struct buf b;
    buf_init(&b, PLAN_FILE_MAX);
    change_plan_encode(p, &b);
    enum rc rc = buf_ok(&b);
    if (rc == RC_OK)
        rc = env_write_file(app->env, file, buf_view(&b));
    buf_release(&b);
    return rc == RC_OK ? EXIT_DONE : app_fail(app, rc, "cannot write %s: %s", file, env_error());
}

static int run(struct app *app, const struct args *args)
{
    struct session s;
    struct change_plan p;
    if (args_operand(args, 0))
        return app_usage(app, args, "plan takes no operand");
    enum rc rc = session_open(app, SESSION_ANY, &s);
    if (rc != RC_OK)
        return rc_info(rc)->exit_code;
    int code = changes_plan(app, &s, &p);
    if (code == EXIT_DONE)
        changes_print(app, &p);
    if (code == EXIT_DONE && args_text(args, "out"))
        code = save(app, &p, args_text(args, "out"));
    session_close(&s);
    return code;
}

const struct command_def command_plan = {
    .name = "plan",
    .summary = "show what applying the workspace's files would change",
    .usage = "[-o FILE]",
    .details =
        "The difference in meaning to the live version, the tables and columns it needs, and the\n"
        "records that break a new or tightened rule, with their count and the first ten.",
    .options = options,
    .n_options = sizeof options / sizeof *options,
    .served = true,
    .run = run,
};
