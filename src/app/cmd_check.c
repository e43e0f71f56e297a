#include "app/commands.h"
#include "app/workspace.h"
#include "connect/letter.h"
#include "model/codes.h"
#include "model/seeds.h"
#include "model/shape.h"
#include "process/calendars.h"
#include <string.h>

#define SHOWN 100 /* diagnostics without --all */

static const struct option_def options[] = {
    {"format", 0, OPT_TEXT, "FORMAT", "text (default), json or sarif, on standard output"},
    {"all", 0, OPT_FLAG, NULL, "show every diagnostic, not the first 100"},
    {"strict", 0, OPT_FLAG, NULL, "warnings count as errors for the exit code"},
    {"schema", 0, OPT_FLAG, NULL, "print the JSON Schema of model files (draft-07) and stop"},
    {"reference", 0, OPT_TEXT, "WHAT",
     "print the reference of `keys` or `codes` as Markdown and stop"},
};

static int print_reference(struct app *app, const struct args *args)
{
    const char *what = args_text(args, "reference");
    struct buf b;
    buf_init(&b, 16u << 20);
    if (args_flag(args, "schema"))
        model_schema(&b);
    else if (strcmp(what, "keys") == 0)
        shape_markdown(&b);
    else if (strcmp(what, "codes") == 0)
        model_codes_markdown(&b);
    bool known = b.n > 0;
    app_put(app, &b);
    buf_release(&b);
    return known ? EXIT_DONE
                 : app_usage(app, args, "there is no reference of '%s'; write keys or codes", what);
}

enum format { FORMAT_TEXT, FORMAT_JSON, FORMAT_SARIF, FORMAT_COUNT };

static enum format read_format(const struct app *app, const struct args *args)
{
    static const char *const names[] = {"text", "json", "sarif"};
    const char *given = args_text(args, "format");
    if (!given)
        return app->json ? FORMAT_JSON : FORMAT_TEXT;
    int f = 0;
    while (f < FORMAT_COUNT && strcmp(given, names[f]) != 0)
        f++;
    return (enum format)f;
}

static void print_diags(struct app *app, const struct diags *ds, enum format format, size_t limit)
{
    struct buf b;
    buf_init(&b, 256u << 20);
    if (format == FORMAT_JSON)
        diags_json(ds, limit, &b);
    else if (format == FORMAT_SARIF)
        diags_sarif(ds, &b);
    else
        diags_text(ds, limit, &b);
    if (format != FORMAT_TEXT && b.n && b.p[b.n - 1] != '\n')
        buf_char(&b, '\n');
    app_put(app, &b);
    buf_release(&b);
}

static int run(struct app *app, const struct args *args)
{
    if (args_flag(args, "schema") || args_text(args, "reference"))
        return print_reference(app, args);
    enum format format = read_format(app, args);
    if (format == FORMAT_COUNT)
        return app_usage(app, args, "there is no format '%s'; write text, json or sarif",
                         args_text(args, "format"));
    struct source_set sources;
    enum rc rc = workspace_sources(app, &sources);
    if (rc != RC_OK)
        return rc_info(rc)->exit_code;
    struct diags ds;
    struct model *m;
    diags_init(&ds, app->arena);
    rc = model_compile(&sources, NULL, app->arena, &m, &ds);
    if (rc == RC_OK) {
        seed_files_check(m, &ds);
        calendars_check(m, app->env, app->dir, app->arena, &ds);
        letters_check(m, app->env, app->dir, app->arena, &ds);
        rc = ds.errors ? RC_INVALID : RC_OK;
    }
    diags_sort(&ds);
    print_diags(app, &ds, format, args_flag(args, "all") ? 0 : SHOWN);
    bool bad = rc != RC_OK || (args_flag(args, "strict") && ds.warnings);
    return bad ? EXIT_ANSWER_NO : EXIT_DONE;
}

const struct command_def command_check = {
    .name = "check",
    .summary = "compile the model; every problem with its place, code and help",
    .usage = "[--format text|json|sarif] [--all] [--strict] | --schema | --reference keys|codes",
    .details = "Compiles all model files of the workspace as one model. Every problem is told "
               "once, with file, line and column,\n"
               "a stable code, the line and what to do; docs/codes/model.md explains each code. "
               "Warnings and notes are what a\n"
               "reviewer would raise; they change the exit code only with --strict.",
    .options = options,
    .n_options = sizeof(options) / sizeof(*options),
    .run = run,
};
