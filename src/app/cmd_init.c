/* init - a workspace from a template. */
#include "app/commands.h"
#include "face/assets.h"

enum { TEMPLATE_NAMES_MAX = 16 };

/* "saas/objects/account.yaml" → "saas" */
static struct str template_of(const struct asset *f)
{
    struct str rest = str_of(f->path);
    struct str name;
    return str_split(&rest, '/', &name) ? name : STR_NONE;
}

static size_t template_names(struct str *names)
{
    size_t n = 0;
    for (size_t i = 0; i < assets_templates().n; i++) {
        struct str name = template_of(&assets_templates().v[i]);
        if (n < TEMPLATE_NAMES_MAX && (n == 0 || !str_eq(names[n - 1], name))) {
            names[n++] = name;
        }
    }
    return n;
}

static enum rc make_folders(struct app *app, const char *dir, struct str relative)
{
    for (size_t i = 0; i < relative.n; i++) {
        if (relative.p[i] != '/') {
            continue;
        }
        struct str path = str_printf(app->arena, "%s/%.*s", dir, (int)i, relative.p);
        enum rc rc = app->env->mkdir(app->env->self, path.p);
        if (rc != RC_OK) {
            return rc;
        }
    }
    return RC_OK;
}

static enum rc write_template(struct app *app, const char *dir, struct str name, size_t *written)
{
    for (size_t i = 0; i < assets_templates().n; i++) {
        const struct asset *f = &assets_templates().v[i];
        if (!str_eq(template_of(f), name)) {
            continue;
        }
        struct str relative = str_sub(str_of(f->path), name.n + 1, SIZE_MAX);
        const char *path = str_printf(app->arena, "%s/%.*s", dir, STR_ARG(relative)).p;
        enum rc rc = make_folders(app, dir, relative);
        if (rc == RC_OK) {
            rc = env_write_file(app->env, path, (struct str){(const char *)f->bytes, f->n});
        }
        if (rc != RC_OK) {
            app_fail(app, rc, "cannot write %s: %s", path, env_error());
            return rc;
        }
        (*written)++;
    }
    return RC_OK;
}

static int run(struct app *app, const struct args *args)
{
    const char *dir = args_operand(args, 0);
    if (dir == NULL || args->n_operands > 1) {
        return app_usage(app, args, "name one folder for the workspace");
    }
    dir = app_path(app, dir);
    struct str names[TEMPLATE_NAMES_MAX];
    size_t n = template_names(names);
    const char *wanted = args_text(args, "template");
    struct str name = str_of(wanted != NULL ? wanted : "minimal");
    bool known = false;
    for (size_t i = 0; i < n; i++) {
        known = known || str_eq(names[i], name);
    }
    if (!known) {
        struct str all = str_join(app->arena, names, n, STR(", "));
        return app_usage(app, args, "no template '%.*s'; there are: %.*s", STR_ARG(name),
                         STR_ARG(all));
    }
    bool is_dir = false;
    if (app->env->exists(app->env->self, str_printf(app->arena, "%s/revos.yaml", dir).p, &is_dir)) {
        return app_fail(app, RC_CONFLICT, "%s is a workspace already; nothing was changed", dir);
    }
    enum rc rc = app->env->mkdir(app->env->self, dir);
    if (rc != RC_OK) {
        return app_fail(app, rc, "cannot make %s: %s", dir, env_error());
    }
    size_t written = 0;
    rc = write_template(app, dir, name, &written);
    if (rc != RC_OK) {
        return rc_info(rc)->exit_code;
    }
    fprintf(app->err,
            "%s: %zu files of template '%.*s'\n"
            "next: revos -C %s check    what the definitions say, and what is wrong in them\n"
            "      revos -C %s apply    make them live\n",
            dir, written, STR_ARG(name), dir, dir);
    return EXIT_DONE;
}

static const struct option_def options[] = {
    {"template", 't', OPT_TEXT, "NAME", "starting model: minimal (default) or saas"},
};

const struct command_def command_init = {
    .name = "init",
    .summary = "start a workspace from a template",
    .usage = "DIR [--template NAME]",
    .details = "Writes the template's model files into DIR, which may exist but holds no workspace "
               "yet. The time zone of\n"
               "the company stands in revos.yaml; it is fixed when the model first goes live.",
    .options = options,
    .n_options = sizeof options / sizeof *options,
    .run = run,
};
