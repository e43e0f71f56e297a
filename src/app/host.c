/* host.c - one engine, the models that were live in it while somebody works with them. */
#include "app/host.h"

#include "app/caller.h"
#include "app/delivery.h"
#include "app/insights.h"
#include "care/erase.h"
#include "clock/ticker.h"
#include "connect/postman.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>
#include <unistd.h>

enum { TOLD_MAX = 64 << 10 };

/* A model that is or was live. */
struct lease {
    struct host *host;
    size_t held;    /* leases, and one while it is the live one */
    struct app app; /* the server's, with the arena that owns the model */
    struct session writing;
    struct fx_rates rates;
    struct writer *writer;
    struct ticker *ticker;
    struct postman *postman;
    struct api *api;
};

struct host {
    struct app *app;
    struct session engine; /* lock, store, vault, ledger */
    struct running *running;
    atomic_bool stopping;
    pthread_mutex_t copying;
    pthread_mutex_t lock; /* of `live`, and of every `held` */
    pthread_cond_t next;  /* another is live */
    struct lease *live;
};

/* ---- a model goes live ------------------------------------------------------------------------------------------------- */

/* What was not acknowledged may be lost; what was is on the disk. The next start reads it from there. */
static void on_broken(void *self, enum rc rc)
{
    struct host *h = self;
    (void)app_fail(h->app, rc, "the data cannot be written any more: %s; nothing more is accepted",
                   store_error(h->engine.store));
    _exit(EXIT_ENVIRONMENT);
}

static enum rc open_copy(void *self, struct arena *a, struct api_copy *out)
{
    struct lease *l = self;
    struct app *app = ARENA_NEW(a, struct app);
    struct session *all = ARENA_ARRAY(a, 2, struct session); /* of, copy */
    *app = l->app;
    app->arena = a;
    enum rc rc = host_session(l->host, app, &all[0]);
    if (rc != RC_OK)
        return rc;
    rc = session_open_copy(app, &all[0], &all[1]);
    if (rc == RC_OK)
        *out = (struct api_copy){all[1].store, all[1].vault, all[1].admission, all};
    else
        session_close(&all[0]);
    return rc;
}

static void close_copy(void *self, struct api_copy *copy)
{
    struct session *all = copy->handle;
    (void)self;
    session_close(&all[1]);
    session_close(&all[0]);
}

static struct figures_settings figures_of(struct lease *l)
{
    struct app *app = &l->app;
    struct diags ds;
    struct buf told;
    diags_init(&ds, app->arena);
    struct figures_settings f = {.env = app->env,
                                 .data = str_of(app_path(app, ".revos/revos.db")),
                                 .keys = str_of(app_path(app, ".revos/keys.db")),
                                 .path = app_path(app, ".revos/warehouse.duckdb"),
                                 .temp_dir = app_path(app, ".revos/tmp"),
                                 .model = l->writing.model,
                                 .rates = &l->rates};
    if (insights_rates(app, l->writing.model, &l->rates, &ds) == RC_OK)
        return f;
    buf_init(&told, TOLD_MAX);
    diags_text(&ds, 20, &told);
    f.problem = ds.list.n > 0 ? ds.list.v[0].message : STR("the rates of exchange are broken");
    f.told = str_dup(app->arena, buf_view(&told));
    buf_release(&told);
    (void)app_diags(app, &ds, 20);
    return f;
}

static enum rc close_job(void *self, struct admission *a)
{
    (void)a;
    session_close_live(&((struct lease *)self)->writing);
    return RC_OK;
}

/* Its statements stand on the engine's connection, which the writer of the live model uses: they end in that one's turn. */
static void close_writing(struct lease *l)
{
    struct host *h = l->host;
    enum rc rc = RC_CONFLICT;
    while (rc == RC_CONFLICT) {
        pthread_mutex_lock(&h->lock);
        struct lease *live = h->live && h->live != l ? h->live : NULL;
        if (live)
            live->held++;
        pthread_mutex_unlock(&h->lock);
        rc = live ? writer_turn(live->writer, NULL, close_job, l) : close_job(l, NULL);
        if (rc == RC_CONFLICT)
            (void)lease_renewed(live);
        if (live)
            lease_end(live);
    }
}

/* `alone`: nobody else uses the engine now. */
static void lease_free(struct lease *l, bool alone)
{
    if (l->ticker)
        writer_watch(l->writer, (struct writer_watch){0});
    ticker_close(l->ticker);
    postman_close(l->postman);
    writer_close(l->writer);
    api_close(l->api);
    if (alone)
        session_close_live(&l->writing);
    else
        close_writing(l);
    arena_free(l->app.arena);
    mem_free(l);
}

static void on_commit(void *self)
{
    struct lease *l = self;
    ticker_nudge(l->ticker);
    postman_nudge(l->postman);
}

static void on_fired(void *self, uint64_t n)
{
    (void)n;
    lease_written(self);
}

/* What falls due while the model is live. */
static enum rc start_ticker(struct lease *l)
{
    struct diags ds;
    struct ticker_parts parts = {.env = l->app.env,
                                 .data = str_of(app_path(&l->app, ".revos/revos.db")),
                                 .target = {l->writing.admission, l->writer},
                                 .self = l,
                                 .fired = on_fired};
    diags_init(&ds, l->app.arena);
    enum rc rc = ticker_open(&parts, &l->ticker, &ds);
    if (rc == RC_OK)
        writer_watch(l->writer, (struct writer_watch){l, on_commit});
    else
        (void)app_diags(&l->app, &ds, 10);
    return rc;
}

/* What waits in the outbox, when there is a way out for it. */
static enum rc start_postman(struct lease *l)
{
    struct diags ds;
    struct outbox o = delivery_outbox(&l->app, &l->writing);
    o.writer = l->writer;
    diags_init(&ds, l->app.arena);
    if (!o.settings.has_mail && !o.settings.has_chat)
        return RC_OK;
    enum rc rc = postman_open(&o, str_of(app_path(&l->app, ".revos/revos.db")), &l->postman, &ds);
    if (rc != RC_OK)
        (void)app_diags(&l->app, &ds, 10);
    return rc;
}

static enum rc erase(void *self, const struct api_erasure *what, struct arena *a,
                     struct erased *out, struct diags *ds);

static enum rc lease_new(struct host *h, struct lease **out)
{
    struct lease *l = mem_new(1, sizeof *l);
    l->host = h;
    l->held = 1;
    l->app = *h->app;
    l->app.arena = arena_new();
    enum rc rc = session_open_live(&l->app, &h->engine, &l->writing);
    if (rc == RC_OK)
        rc = writer_open(l->writing.admission, (struct writer_broken){h, on_broken}, &l->writer);
    struct api_parts parts = {.env = l->app.env,
                              .dir = l->app.dir,
                              .data = str_of(app_path(&l->app, ".revos/revos.db")),
                              .keys = str_of(app_path(&l->app, ".revos/keys.db")),
                              .model = l->writing.model,
                              .version = &l->writing.version,
                              .writer = l->writer,
                              .store = h->engine.store,
                              .running = h->running,
                              .self = l,
                              .erase = erase,
                              .open_copy = open_copy,
                              .close_copy = close_copy};
    if (rc == RC_OK)
        parts.figures = figures_of(l);
    if (rc == RC_OK)
        rc = api_open(&parts, &l->api);
    if (rc == RC_OK)
        rc = start_postman(l);
    if (rc == RC_OK)
        rc = start_ticker(l);
    *out = rc == RC_OK ? l : NULL;
    if (rc != RC_OK)
        lease_free(l, true);
    return rc;
}

/* The warehouse is made anew from what the ledger says; a follower that finds an erasure there begins anew as well. The log of the
 * store keeps what the file has lost until nobody reads from it: now nobody does for long. */
static void forget_values(const struct host *h)
{
    static const char *const files[] = {".revos/warehouse.duckdb", ".revos/warehouse.duckdb.wal"};
    const struct env *env = h->app->env;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        enum rc rc = env->remove(env->self, app_path(h->app, files[i]));
        if (rc != RC_OK && rc != RC_NOT_FOUND)
            (void)app_fail(h->app, rc, "cannot remove %s: %s", files[i], env_error());
    }
    enum rc rc = store_empty_log(h->engine.store);
    if (rc == RC_BUSY)
        (void)app_fail(
            h->app, rc,
            "a reader holds the log of the data, which has in the clear what was erased: "
            "the next checkpoint empties it");
}

/* The warehouse has one user: the old model's lets it go first. New leases wait meanwhile; those held go on. */
static void take_over(struct host *h, bool forget)
{
    struct lease *next;
    pthread_mutex_lock(&h->lock);
    struct lease *old = h->live;
    api_retire(old->api);
    if (forget)
        forget_values(h);
    enum rc rc = lease_new(h, &next);
    if (rc != RC_OK) {
        (void)app_fail(h->app, rc, "what is live now cannot be served; start `revos serve` again");
        _exit(EXIT_ENVIRONMENT);
    }
    h->live = next;
    pthread_cond_broadcast(&h->next);
    pthread_mutex_unlock(&h->lock);
    lease_end(old);
}

/* ---- leases -------------------------------------------------------------------------------------------------------------- */

struct lease *host_lease(struct host *h)
{
    pthread_mutex_lock(&h->lock);
    struct lease *l = h->live;
    l->held++;
    pthread_mutex_unlock(&h->lock);
    return l;
}

void lease_end(struct lease *l)
{
    struct host *h = l->host;
    pthread_mutex_lock(&h->lock);
    assert(l->held > 0);
    bool last = --l->held == 0;
    pthread_mutex_unlock(&h->lock);
    if (last)
        lease_free(l, false);
}

bool lease_renewed(struct lease *l)
{
    struct host *h = l->host;
    struct timespec until;
    bool late = false;
    /* tidy: banned: the clock only bounds a wait for the next model */
    (void)clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += LEASE_PATIENCE_MS / 1000;
    pthread_mutex_lock(&h->lock);
    while (h->live == l && !late)
        late = pthread_cond_timedwait(&h->next, &h->lock, &until) != 0;
    bool renewed = h->live != l;
    pthread_mutex_unlock(&h->lock);
    return renewed;
}

struct host *lease_host(struct lease *l)
{
    return l->host;
}

struct api *lease_api(struct lease *l)
{
    return l->api;
}

struct session *lease_writing(struct lease *l)
{
    return &l->writing;
}

void lease_written(struct lease *l)
{
    figures_follow(api_figures(l->api));
}

/* ---- writing ------------------------------------------------------------------------------------------------------------- */

struct turn {
    struct lease *lease;
    enum rc (*job)(void *self, struct session *w);
    void *self;
    enum turn_end end;
    bool taken;
    enum rc rc;
    char *error; /* what the store said; at most ERROR_MAX bytes */
};

/* A failure of the job alone is its caller's; one of the store is the writer's, which ends the process. */
static enum rc take_turn(void *self, struct admission *a)
{
    struct turn *t = self;
    (void)a;
    struct session *w = &t->lease->writing;
    t->taken = true;
    t->rc = t->job(t->self, w);
    if (t->rc == RC_OK && t->end != TURN_PLAIN)
        writer_retire(t->lease->writer);
    if (t->rc != RC_OK)
        (void)snprintf(t->error, SESSION_ERROR_MAX, "%s", store_error(w->store));
    return store_broken(w->store) ? RC_IO : RC_OK;
}

static enum rc run_turn(struct turn *t)
{
    t->error[0] = '\0';
    enum rc rc = writer_run(t->lease->writer, take_turn, t);
    return rc == RC_OK ? t->rc : rc;
}

static void end_turn(struct turn *t)
{
    if (t->end == TURN_PLAIN)
        lease_written(t->lease);
    else
        take_over(t->lease->host, t->end == TURN_FORGETS);
}

/* The session's snapshot ends with it: nothing that is written then has to be kept beside the file for it. */
enum rc lease_write(struct session *s, enum rc (*job)(void *self, struct session *w), void *self,
                    enum turn_end end)
{
    struct turn t = {.lease = s->lease, .job = job, .self = self, .end = end, .error = s->error};
    store_rollback(s->store);
    caller_hold(s->caller, true);
    enum rc rc = run_turn(&t);
    /* A plan that goes live was made against the model that was; any other work can begin again under the next. */
    if (rc == RC_CONFLICT && !t.taken && end != TURN_LIVE && lease_renewed(s->lease))
        caller_outdate(s->caller);
    caller_hold(s->caller, false);
    if (rc == RC_OK)
        caller_wrote(s->caller);
    else if (!s->error[0])
        (void)snprintf(s->error, sizeof s->error, "%s",
                       rc == RC_CONFLICT
                           ? "another version of the model went live meanwhile; give it again"
                       : rc == RC_BUSY ? "too many changes wait for their turn; give it again"
                                       : rc_info(rc)->name);
    if (rc == RC_OK)
        end_turn(&t);
    enum rc again = store_begin(s->store);
    return rc == RC_OK ? again : rc;
}

/* ---- erasing ------------------------------------------------------------------------------------------------------------- */

struct erasing_turn {
    const struct api_erasure *what;
    struct arena *arena;
    struct erased *out;
    struct diags *ds;
};

static enum rc erase_job(void *self, struct session *w)
{
    struct erasing_turn *e = self;
    char room[64];
    uint64_t record;
    struct erase_order order = {.admission = w->admission,
                                .env = w->env,
                                .object = e->what->object,
                                .who = id_text(e->what->object->prefix, e->what->record, room),
                                .reason = e->what->reason,
                                .actor = e->what->actor,
                                .allow_return = e->what->allow_return};
    return care_erase(&order, e->arena, &record, e->out, e->ds);
}

static enum rc erase(void *self, const struct api_erasure *what, struct arena *a,
                     struct erased *out, struct diags *ds)
{
    char error[SESSION_ERROR_MAX];
    struct erasing_turn e = {what, a, out, ds};
    struct turn t = {
        .lease = self, .job = erase_job, .self = &e, .end = TURN_FORGETS, .error = error};
    enum rc rc = run_turn(&t);
    if (rc == RC_OK)
        end_turn(&t);
    return rc;
}

/* ---- sessions ------------------------------------------------------------------------------------------------------------ */

static enum rc open_reader(struct app *app, struct session *s)
{
    struct diags ds;
    diags_init(&ds, app->arena);
    enum rc rc = store_open(s->env, str_of(app_path(app, ".revos/revos.db")), STORE_READER,
                            &s->store, &ds);
    if (rc == RC_OK)
        rc = vault_open(s->env, str_of(app_path(app, ".revos/keys.db")), &s->vault, &ds);
    if (rc == RC_OK)
        rc = store_begin(s->store);
    if (rc == RC_OK)
        rc = ledger_open(s->store, s->vault, &s->ledger);
    if (rc == RC_OK)
        rc = projection_open(s->store, s->model, &s->projection);
    struct admission_parts parts = {.store = s->store,
                                    .ledger = s->ledger,
                                    .vault = s->vault,
                                    .projection = s->projection,
                                    .model = s->model,
                                    .env = s->env,
                                    .workspace = s->workspace};
    return rc == RC_OK ? admission_open(&parts, &s->admission) : rc;
}

enum rc host_session(struct host *h, struct app *app, struct session *out)
{
    struct lease *l = host_lease(h);
    *out = (struct session){.env = h->app->env,
                            .workspace = h->app->dir,
                            .lease = l,
                            .caller = app->caller,
                            .writer = l->writer,
                            .running = h->running,
                            .version = l->writing.version,
                            .model = l->writing.model};
    enum rc rc = open_reader(host_app(h, app), out);
    if (rc == RC_OK)
        return RC_OK;
    (void)app_fail(app, rc, "cannot open the data: %s", out->store ? store_error(out->store) : "");
    session_close(out);
    return rc;
}

struct app *host_app(const struct host *h, const struct app *app)
{
    struct app *here = ARENA_NEW(app->arena, struct app);
    *here = *app;
    here->env = h->app->env;
    here->dir = h->app->dir;
    return here;
}

void host_begin_copy(struct host *h)
{
    pthread_mutex_lock(&h->copying);
}

void host_end_copy(struct host *h)
{
    pthread_mutex_unlock(&h->copying);
}

/* ---- life ---------------------------------------------------------------------------------------------------------------- */

enum rc host_open(struct app *app, struct host **out)
{
    struct host *h = mem_new(1, sizeof *h);
    const struct env *env = app->env;
    h->app = app;
    h->running = running_new();
    atomic_init(&h->stopping, false);
    pthread_mutex_init(&h->copying, NULL);
    pthread_mutex_init(&h->lock, NULL);
    pthread_cond_init(&h->next, NULL);
    enum rc rc = session_open(app, SESSION_DATA, &h->engine);
    if (rc == RC_OK) {
        rc = env->mkdir(env->self, app_path(app, ".revos/tmp"));
        if (rc == RC_OK)
            rc = lease_new(h, &h->live);
        if (rc == RC_NOT_FOUND)
            (void)app_fail(app, rc, "no model is live here yet; run `revos apply` first");
        else if (rc != RC_OK)
            (void)app_fail(app, rc, "cannot begin to serve: %s", env_error());
    }
    *out = h;
    if (rc != RC_OK) {
        host_close(h);
        *out = NULL;
    }
    return rc;
}

void host_stop(struct host *h)
{
    atomic_store(&h->stopping, true);
    pthread_mutex_lock(&h->lock);
    api_stop(h->live->api);
    pthread_mutex_unlock(&h->lock);
}

bool host_stopping(struct host *h)
{
    return atomic_load(&h->stopping);
}

void host_close(struct host *h)
{
    if (!h)
        return;
    if (h->live)
        lease_end(h->live);
    session_close(&h->engine);
    running_free(h->running);
    pthread_mutex_destroy(&h->copying);
    pthread_mutex_destroy(&h->lock);
    pthread_cond_destroy(&h->next);
    mem_free(h);
}
