#include "app/workspace.h"
#include "model/seeds.h"
#include <stdlib.h>
#include <string.h>

struct walk {
    struct app *app;
    struct arena *a;
    VEC(struct source) files;
    size_t bytes;
};

static bool is_model_file(struct str name)
{
    return str_ends(name, STR(".yaml")) || str_ends(name, STR(".yml"));
}

/* Folders that hold other YAML than the model. */
static bool is_other_folder(struct str relative)
{
    return str_is(relative, "tests") || str_is(relative, "maps");
}

static enum rc add_file(struct walk *w, struct str relative)
{
    const char *path = app_path(w->app, relative.p);
    struct str text;
    enum rc rc = env_read_file(w->app->env, path, MODEL_FILE_MAX, w->a, &text);
    if (rc == RC_LIMIT) {
        app_fail(w->app, rc, "%s is larger than %d KiB, the limit of a model file; split it", path,
                 MODEL_FILE_MAX / 1024);
        return rc;
    }
    if (rc != RC_OK) {
        app_fail(w->app, rc, "cannot read %s: %s", path, env_error());
        return rc;
    }
    w->bytes += text.n;
    if (w->files.n >= MODEL_FILES_MAX || w->bytes > MODEL_BYTES_MAX) {
        app_fail(w->app, RC_LIMIT,
                 "the model has more than %d files or %d MiB; is %s meant to be part of it?",
                 MODEL_FILES_MAX, MODEL_BYTES_MAX >> 20, path);
        return RC_LIMIT;
    }
    *VEC_PUSH(w->a, &w->files) = (struct source){.name = relative, .text = text};
    return RC_OK;
}

static enum rc walk_folder(struct walk *w, struct str folder, int depth)
{
    struct str *names;
    size_t n;
    const char *path = app_path(w->app, folder.n > 0 ? folder.p : ".");
    const struct env *env = w->app->env;
    enum rc rc = env->list(env->self, path, w->a, &names, &n);
    if (rc != RC_OK) {
        app_fail(w->app, rc, "cannot list %s: %s", path, env_error());
        return rc;
    }
    for (size_t i = 0; i < n && rc == RC_OK; i++) {
        if (names[i].n == 0 || names[i].p[0] == '.') {
            continue;
        }
        struct str relative = folder.n > 0 ? str_printf(w->a, "%.*s/%.*s", STR_ARG(folder),
                                                        STR_ARG(names[i]))
                                           : str_dup(w->a, names[i]);
        bool is_dir = false;
        if (!env->exists(env->self, app_path(w->app, relative.p), &is_dir)) {
            continue;
        }
        if (is_dir && depth < 8 && !is_other_folder(relative)) {
            rc = walk_folder(w, relative, depth + 1);
        } else if (!is_dir && is_model_file(names[i])) {
            rc = add_file(w, relative);
        }
    }
    return rc;
}

/* CSV files with records that the model names. One that is not there is told with the model. */
static enum rc add_seed_files(struct walk *w)
{
    const struct source_set yaml = {w->files.v, w->files.n};
    struct str *names;
    size_t n;
    bool is_dir;
    enum rc rc = RC_OK;
    seed_files(&yaml, w->a, &names, &n);
    for (size_t i = 0; i < n && rc == RC_OK; i++)
        if (w->app->env->exists(w->app->env->self, app_path(w->app, str_c(w->a, names[i])),
                                &is_dir) &&
            !is_dir && str_ends(names[i], STR(".csv")))
            rc = add_file(w, str_dup(w->a, names[i]));
    return rc;
}

static int by_name(const void *a, const void *b)
{
    const struct source *x = a;
    const struct source *y = b;
    return str_cmp(x->name, y->name);
}

enum rc workspace_sources(struct app *app, struct source_set *out)
{
    *out = (struct source_set){0};
    bool is_dir = false;
    if (!app->env->exists(app->env->self, app_path(app, "revos.yaml"), &is_dir) || is_dir) {
        app_fail(app, RC_NOT_FOUND,
                 "no workspace in '%s': revos.yaml is missing; 'revos init %s' makes one", app->dir,
                 app->dir);
        return RC_NOT_FOUND;
    }
    struct walk w = {.app = app, .a = app->arena};
    enum rc rc = walk_folder(&w, STR_NONE, 0);
    if (rc != RC_OK) {
        return rc;
    }
    rc = add_seed_files(&w);
    if (rc != RC_OK) {
        return rc;
    }
    if (w.files.n > 0) {
        qsort(w.files.v, w.files.n, sizeof(*w.files.v), by_name);
    }
    out->files = w.files.v;
    out->n = w.files.n;
    return RC_OK;
}
