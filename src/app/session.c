/* session.c - opens and closes what the verbs that touch data work on. */
#include "app/session.h"

#include "app/forward.h"
#include "app/host.h"
#include "change/widen.h"
#include "clock/clock.h"

static enum rc hold(struct app *app, struct session *s)
{
    const struct env *env = app->env;
    bool is_dir = false;
    if (!env->exists(env->self, app_path(app, "revos.yaml"), &is_dir)) {
        (void)app_fail(app, RC_NOT_FOUND,
                       "%s is no workspace: it has no revos.yaml; run `revos init`", app->dir);
        return RC_NOT_FOUND;
    }
    enum rc rc = env->mkdir(env->self, app_path(app, ".revos"));
    if (rc == RC_OK && env->lock)
        rc = env->lock(env->self, app_path(app, ".revos/lock"), &s->lock);
    if (rc == RC_BUSY)
        (void)app_fail(app, rc,
                       forward_is_served(app)
                           ? "`revos serve` holds %s, and this verb needs it alone; stop the server"
                           : "another revos process works in %s; wait until it has ended",
                       app->dir);
    else if (rc != RC_OK)
        (void)app_fail(app, rc, "cannot use %s: %s", app_path(app, ".revos"), env_error());
    return rc;
}

static enum rc open_files(struct app *app, const char *data, const char *keys, struct session *s)
{
    struct diags ds;
    diags_init(&ds, app->arena);
    enum rc rc = store_open(app->env, str_of(app_path(app, data)), STORE_WRITER, &s->store, &ds);
    if (rc == RC_OK)
        rc = vault_open(app->env, str_of(app_path(app, keys)), &s->vault, &ds);
    if (rc == RC_OK)
        rc = ledger_open(s->store, s->vault, &s->ledger);
    if (rc == RC_OK)
        return rc;
    if (ds.list.n)
        (void)app_diags(app, &ds, 10);
    else
        (void)app_fail(app, rc, "cannot open the data: %s", s->store ? store_error(s->store) : "");
    return rc;
}

/* Rows and admission over the model in hand. */
static enum rc open_admission(struct app *app, struct session *s)
{
    enum rc rc = projection_open(s->store, s->model, &s->projection);
    struct admission_parts parts = {.store = s->store,
                                    .ledger = s->ledger,
                                    .vault = s->vault,
                                    .projection = s->projection,
                                    .model = s->model,
                                    .env = app->env,
                                    .workspace = s->workspace};
    if (rc == RC_OK)
        rc = admission_open(&parts, &s->admission);
    if (rc != RC_OK)
        (void)app_fail(app, rc, "cannot open the live model: %s", store_error(s->store));
    return rc;
}

struct change_parts session_parts(const struct session *s)
{
    return (struct change_parts){.store = s->store,
                                 .ledger = s->ledger,
                                 .vault = s->vault,
                                 .env = s->env,
                                 .workspace = s->workspace,
                                 .live = &s->version,
                                 .model = s->model};
}

/* An older program made it: what the built-in objects gained since goes live before anything else happens. */
static enum rc widen(struct app *app, struct session *s, struct diags *ds)
{
    struct change_parts parts = session_parts(s);
    enum rc rc = widen_run(&parts, app->arena, ds);
    if (rc == RC_OK)
        rc = live_load(s->store, app->arena, &s->version, &s->model, ds);
    if (rc == RC_OK)
        fprintf(app->err, "an older revos made this workspace: version %u has what is new since\n",
                s->version.number);
    return rc;
}

static enum rc open_live(struct app *app, struct session *s)
{
    struct diags ds;
    bool older;
    diags_init(&ds, app->arena);
    enum rc rc = widen_check(s->store, &older, &ds);
    if (rc == RC_OK)
        rc = live_load(s->store, app->arena, &s->version, &s->model, &ds);
    if (rc == RC_NOT_FOUND)
        return rc;
    if (rc == RC_OK && older)
        rc = widen(app, s, &ds);
    if (rc == RC_OK)
        return open_admission(app, s);
    if (ds.list.n)
        (void)app_diags(app, &ds, 10);
    if (!ds.list.n || rc != RC_INVALID)
        (void)app_fail(app, rc, "cannot load the live model: %s", store_error(s->store));
    return rc;
}

static enum rc catch_up(struct app *app, struct session *s)
{
    enum rc rc = session_due(app, s);
    if (rc != RC_OK)
        (void)app_fail(app, rc, "what fell due cannot be done: %s", session_error(s));
    return rc;
}

enum rc session_open(struct app *app, enum session_need need, struct session *out)
{
    *out = (struct session){.env = app->env, .workspace = app->dir};
    if (app->host)
        return host_session(app->host, app, out);
    enum rc rc = hold(app, out);
    if (rc == RC_OK)
        rc = open_files(app, ".revos/revos.db", ".revos/keys.db", out);
    if (rc == RC_OK && need != SESSION_DATA)
        rc = open_live(app, out);
    if (rc == RC_NOT_FOUND && out->ledger && need == SESSION_ANY)
        rc = RC_OK;
    else if (rc == RC_NOT_FOUND && out->ledger)
        (void)app_fail(app, rc, "no model is live here yet; run `revos apply` first");
    if (rc == RC_OK && (need == SESSION_NOW || need == SESSION_ANY))
        rc = catch_up(app, out);
    if (rc != RC_OK)
        session_close(out);
    return rc;
}

enum rc session_open_live(struct app *app, const struct session *of, struct session *out)
{
    *out = (struct session){.env = of->env,
                            .workspace = of->workspace,
                            .store = of->store,
                            .vault = of->vault,
                            .ledger = of->ledger};
    enum rc rc = open_live(app, out);
    if (rc != RC_OK)
        session_close_live(out);
    return rc;
}

void session_close_live(struct session *s)
{
    admission_close(s->admission);
    projection_close(s->projection);
    *s = (struct session){0};
}

/* ---- a private copy ------------------------------------------------------------------------------------------------------ */

#define COPY_DATA ".revos/dry-run.db"
#define COPY_KEYS ".revos/dry-run-keys.db"

static void remove_copy(struct app *app)
{
    static const char *const files[] = {COPY_DATA, COPY_DATA "-wal", COPY_DATA "-shm",
                                        COPY_KEYS, COPY_KEYS "-wal", COPY_KEYS "-shm"};
    const struct env *env = app->env;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        enum rc rc = env->remove(env->self, app_path(app, files[i]));
        if (rc != RC_OK && rc != RC_NOT_FOUND)
            (void)app_fail(app, rc, "cannot remove %s: %s", app_path(app, files[i]), env_error());
    }
}

static bool go_on(void *self, uint64_t done, uint64_t total)
{
    (void)self;
    (void)done;
    (void)total;
    return true;
}

static enum rc open_copy(struct app *app, struct session *of, struct session *out)
{
    remove_copy(app);
    enum rc rc = store_copy(of->store, str_of(app_path(app, COPY_DATA)), go_on, NULL);
    if (rc != RC_OK)
        (void)app_fail(app, rc, "cannot copy the data for a dry run: %s", store_error(of->store));
    if (rc == RC_OK)
        rc = open_files(app, COPY_DATA, COPY_KEYS, out);
    if (rc == RC_OK)
        rc = vault_digest_as(out->vault, of->vault);
    return rc == RC_OK ? open_admission(app, out) : rc;
}

/* The model is shared, so that what was resolved against it holds in the copy. The keys are not copied: nobody reads
 * what the copy's ledger seals. Digests must agree, or what a source said before would be news. */
enum rc session_open_copy(struct app *app, struct session *of, struct session *out)
{
    struct app *here = of->lease ? host_app(lease_host(of->lease), app) : app;
    *out = (struct session){.env = here->env,
                            .workspace = of->workspace,
                            .copy_of = here,
                            .version = of->version,
                            .model = of->model};
    if (of->lease) {
        out->copying = lease_host(of->lease);
        host_begin_copy(out->copying);
    }
    enum rc rc = open_copy(here, of, out);
    if (rc != RC_OK)
        session_close(out);
    return rc;
}

/* ---- writing ------------------------------------------------------------------------------------------------------------- */

enum rc session_write(struct session *s, enum rc (*job)(void *self, struct session *w), void *self)
{
    return s->lease ? lease_write(s, job, self, TURN_PLAIN) : job(self, s);
}

enum rc session_go_live(struct session *s, enum rc (*job)(void *self, struct session *w),
                        void *self)
{
    return s->lease ? lease_write(s, job, self, TURN_LIVE) : job(self, s);
}

enum rc session_forget(struct session *s, enum rc (*job)(void *self, struct session *w), void *self)
{
    return s->lease ? lease_write(s, job, self, TURN_FORGETS) : job(self, s);
}

/* ---- what fell due ------------------------------------------------------------------------------------------------------- */

enum { DUE_MAX = 100000 };

struct catching_up {
    struct app *app;
    bool shown;
};

static bool show_due(void *self, uint64_t fired)
{
    struct catching_up *c = self;
    if (c->app->terminal) {
        fprintf(c->app->err, "\r%llu things that fell due …", (unsigned long long)fired);
        fflush(c->app->err);
        c->shown = true;
    }
    return true;
}

enum rc session_due(struct app *app, struct session *s)
{
    struct catching_up c = {.app = app};
    struct clock_step step = {&c, show_due};
    struct clock_target target = {.admission = s->admission};
    uint64_t fired = 0;
    if (s->lease || !s->admission)
        return RC_OK;
    /* The ledger may stand a little ahead of a clock that stood still or went back. */
    struct instant now = s->env->now(s->env->self), head = ledger_head(s->ledger).recorded_at;
    enum rc rc = clock_fire(&target, head.us > now.us ? head : now, DUE_MAX, &step, &fired);
    if (c.shown)
        fprintf(app->err, "\r%llu things that fell due were done\n", (unsigned long long)fired);
    return rc;
}

struct session *session_writing(struct session *s)
{
    return s->lease ? lease_writing(s->lease) : s;
}

void session_written(struct session *s)
{
    if (s->lease)
        lease_written(s->lease);
}

const char *session_error(const struct session *s)
{
    return s->error[0] ? s->error : store_error(s->store);
}

struct actor session_operator(void)
{
    return (struct actor){.kind = ACTOR_PERSON, .name = STR("operator")};
}

void session_close(struct session *s)
{
    admission_close(s->admission);
    projection_close(s->projection);
    ledger_close(s->ledger);
    vault_close(s->vault);
    store_close(s->store);
    if (s->lock)
        s->env->close(s->lock);
    if (s->copy_of)
        remove_copy(s->copy_of);
    if (s->copying)
        host_end_copy(s->copying);
    if (s->lease)
        lease_end(s->lease);
    *s = (struct session){0};
}
