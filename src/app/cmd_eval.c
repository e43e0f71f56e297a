#include "app/commands.h"
#include "expr/expr.h"

#include <string.h>

static const struct option_def options[] = {
    {"bind", 'b', OPT_TEXT, "JSON", "values of names, an object: '{\"x\": 1}'"},
};

static int run(struct app *app, const struct args *args)
{
    const char *text = args_operand(args, 0), *json = args_text(args, "bind");
    if (!text || args->n_operands != 1)
        return app_usage(app, args, "give one expression, in quotes");
    struct diags ds;
    struct buf b;
    diags_init(&ds, app->arena);
    buf_init(&b, 64u << 20);
    enum rc rc = expr_eval_text(str_of(text), str_of(json), app->arena, &b, &ds);
    if (rc == RC_OK || rc == RC_REFUSED) {
        buf_char(&b, '\n');
        app_put(app, &b);
    }
    buf_release(&b);
    if (ds.list.n)
        (void)app_diags(app, &ds, 0);
    else if (rc != RC_OK && rc != RC_REFUSED)
        return app_fail(app, rc, "the value is too large to print");
    return rc == RC_OK ? EXIT_DONE : rc_info(rc)->exit_code;
}

const struct command_def command_eval = {
    .name = "eval",
    .summary = "evaluate one CEL expression and print its value as JSON",
    .usage = "EXPR [--bind JSON]",
    .details = "Plain CEL with the names given by --bind; records are not in scope. The value is "
               "printed as JSON: timestamps,\n"
               "durations, dates and money as text, bytes as base64. A fault is printed as an "
               "object with its code, message and\n"
               "place, and the exit code is 1. docs/cel.md is the reference of the language.",
    .options = options,
    .n_options = sizeof(options) / sizeof(*options),
    .run = run,
};
