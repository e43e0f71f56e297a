/* test - runs the workspace's own examples. */
#include "app/commands.h"
#include "app/workspace.h"
#include "base/json.h"
#include "change/examples.h"

enum { TEST_FILE_MAX = 1 << 20, TEST_TEXT_MAX = 16 << 20 };

struct testing {
    struct app *app;
    const struct model *model;
    struct diags ds;
    size_t passed, failed;
};

static void print(struct testing *t, const struct example_result *r)
{
    struct buf b;
    buf_init(&b, TEST_TEXT_MAX);
    if (t->app->json) {
        struct json_out w;
        json_out_init(&w, &b, false);
        json_begin_object(&w);
        json_field_str(&w, "file", r->file);
        json_field_int(&w, "line", r->line);
        json_field_str(&w, "name", r->name);
        json_field_bool(&w, "passed", r->passed);
        json_field_str(&w, "why", r->why);
        json_end_object(&w);
        json_out_done(&w);
        buf_char(&b, '\n');
    } else {
        buf_printf(&b, "%s  %.*s\n", r->passed ? "ok  " : "FAIL", STR_ARG(r->name));
        if (!r->passed)
            buf_printf(&b, "  %.*s:%u: %.*s", STR_ARG(r->file), r->line, STR_ARG(r->why));
    }
    app_put(t->app, &b);
    buf_release(&b);
    t->passed += r->passed;
    t->failed += !r->passed;
}

static enum rc run_file(struct testing *t, struct str name)
{
    struct app *app = t->app;
    struct source *file = ARENA_NEW(app->arena, struct source);
    struct example_result *results;
    size_t n;
    file->name = str_printf(app->arena, "tests/%.*s", STR_ARG(name));
    const char *path = app_path(app, file->name.p);
    enum rc rc = env_read_file(app->env, path, TEST_FILE_MAX, app->arena, &file->text);
    if (rc != RC_OK) {
        (void)app_fail(app, rc, "cannot read %s: %s", path, env_error());
        return rc;
    }
    struct instant now = app->env->now(app->env->self);
    rc = examples_run(t->model, file, now, app->arena, &results, &n, &t->ds);
    for (size_t i = 0; i < n && rc == RC_OK; i++)
        print(t, &results[i]);
    return rc;
}

static int run_folder(struct testing *t)
{
    struct app *app = t->app;
    struct str *names;
    size_t n;
    enum rc rc = app->env->list(app->env->self, app_path(app, "tests"), app->arena, &names, &n);
    if (rc != RC_OK)
        return app_fail(app, RC_NOT_FOUND,
                        "there are no examples: make a folder tests/ with *.yaml");
    for (size_t i = 0; i < n && rc == RC_OK; i++)
        if (str_ends(names[i], STR(".yaml")))
            rc = run_file(t, names[i]);
    if (t->ds.list.n)
        return app_diags(app, &t->ds, 100);
    if (rc != RC_OK)
        return app_fail(app, rc, "the examples could not be run");
    fprintf(app->err, "%zu passed, %zu failed\n", t->passed, t->failed);
    return t->failed ? EXIT_ANSWER_NO : EXIT_DONE;
}

static int run(struct app *app, const struct args *args)
{
    struct testing t = {.app = app};
    struct source_set *sources = ARENA_NEW(app->arena, struct source_set);
    struct model *model;
    if (args_operand(args, 0))
        return app_usage(app, args, "test takes no operand");
    diags_init(&t.ds, app->arena);
    enum rc rc = workspace_sources(app, sources);
    if (rc != RC_OK)
        return rc_info(rc)->exit_code;
    if (model_compile(sources, NULL, app->arena, &model, &t.ds) != RC_OK)
        return app_diags(app, &t.ds, 100);
    diags_init(&t.ds, app->arena); /* warnings of the model are `revos check`'s business */
    t.model = model;
    return run_folder(&t);
}

const struct command_def command_test = {
    .name = "test",
    .summary = "run the workspace's own examples",
    .usage = "",
    .details =
        "Each example of tests/*.yaml gives some records and says what is expected of one more. "
        "The files of the\n"
        "workspace decide, applied or not; its data is not touched. docs/examples.md has the form.",
    .run = run,
};
