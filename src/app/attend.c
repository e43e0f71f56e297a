/* attend.c - a listening thread, and one for each caller. */
#include "app/attend.h"

#include "app/forward.h"
#include "app/remote.h"

#include <pthread.h>
#include <time.h>

struct visit {
    struct attend *of;
    int fd;
    bool taken;
};

struct attend {
    struct app *app;
    struct host *host;
    int listener;
    pthread_t thread;
    pthread_mutex_t lock; /* of what stands below */
    pthread_cond_t left;
    struct visit visits[ATTEND_MAX];
    size_t n;
    bool closing;
};

/* ---- one verb -------------------------------------------------------------------------------------------------------------- */

static int run(struct app *app, const struct order *o)
{
    const struct command_def *c = app_command(str_of(o->argv[0]));
    struct args args;
    struct str error = STR_NONE;
    if (!c || !c->served)
        return app_fail(app, RC_USAGE, "'%s' is not run by `revos serve`", o->argv[0]);
    if (options_parse(c, o->argc, o->argv, app->arena, &args, &error) != RC_OK)
        return app_usage(app, &args, "%.*s", STR_ARG(error));
    return c->run(app, &args);
}

/* One run of a verb; `first`: the streams are as at the caller's end from now on. */
static int run_order(struct attend *t, struct remote *r, struct str bytes, bool first)
{
    struct order o;
    struct app app = {.env = remote_env(r),
                      .arena = arena_new(),
                      .out = remote_out(r),
                      .err = remote_err(r),
                      .caller = remote_caller(r),
                      .host = t->host};
    int code;
    if (order_read(bytes, app.arena, &o) != RC_OK) {
        code = app_fail(&app, RC_BUSY,
                        "`revos serve` here is another version of revos; start it again");
    } else {
        app.dir = o.dir;
        app.json = o.json;
        app.terminal = o.terminal;
        app.color = o.color;
        if (first)
            remote_like(r, &o);
        code = run(&app, &o);
    }
    arena_free(app.arena);
    return code;
}

/* Another model may go live while the verb waits for its turn: then it is decided under that one. */
static void serve_order(struct attend *t, struct remote *r, struct str bytes)
{
    int code = run_order(t, r, bytes, true);
    while (remote_again(r))
        code = run_order(t, r, bytes, false);
    remote_exit(r, code);
}

static void turn_away(struct attend *t, int fd, const char *why)
{
    struct remote *r = remote_new(fd, t->host, t->app->env);
    if (!r)
        return;
    fprintf(remote_err(r), "revos: %s\n", why);
    remote_exit(r, EXIT_ENVIRONMENT);
    remote_close(r);
}

static void leave(struct visit *v)
{
    struct attend *t = v->of;
    pthread_mutex_lock(&t->lock);
    wire_close(v->fd);
    v->taken = false;
    t->n--;
    pthread_cond_signal(&t->left);
    pthread_mutex_unlock(&t->lock);
}

/* The whole of an order into `b`; false when none came, or something else. */
static bool receive(int fd, struct buf *b)
{
    struct frame *f = mem_new(1, sizeof *f);
    enum rc rc;
    do {
        rc = wire_receive(fd, ATTEND_FIRST_MS, f);
        if (rc == RC_OK) {
            wire_drop(f);
            buf_put(b, f->bytes, f->n);
            rc = buf_ok(b);
        }
    } while (rc == RC_OK && f->kind == ORDER_MORE);
    bool whole = rc == RC_OK && f->kind == ORDER_RUN;
    mem_free(f);
    return whole;
}

static void *attend(void *self)
{
    struct visit *v = self;
    struct attend *t = v->of;
    struct buf order;
    buf_init(&order, ORDER_BYTES_MAX);
    struct remote *r = receive(v->fd, &order) ? remote_new(v->fd, t->host, t->app->env) : NULL;
    if (r) {
        serve_order(t, r, buf_view(&order));
        remote_close(r);
    }
    buf_release(&order);
    leave(v);
    return NULL;
}

/* ---- callers --------------------------------------------------------------------------------------------------------------- */

/* A place for a caller; NULL: all are taken. */
static struct visit *enter(struct attend *t, int fd)
{
    struct visit *v = NULL;
    pthread_mutex_lock(&t->lock);
    for (size_t i = 0; i < ATTEND_MAX && !v && !t->closing; i++)
        v = t->visits[i].taken ? NULL : &t->visits[i];
    if (v) {
        *v = (struct visit){t, fd, true};
        t->n++;
    }
    pthread_mutex_unlock(&t->lock);
    return v;
}

static void admit(struct attend *t, int fd)
{
    pthread_t thread;
    pthread_attr_t detached;
    struct visit *v = enter(t, fd);
    if (!v) {
        turn_away(t, fd, "too many commands run at once; try again");
        wire_close(fd);
        return;
    }
    pthread_attr_init(&detached);
    pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
    if (pthread_create(&thread, &detached, attend, v) != 0) {
        turn_away(t, fd, "the machine has no thread left for this command; try again");
        leave(v);
    }
    pthread_attr_destroy(&detached);
}

static void *listen_all(void *self)
{
    struct attend *t = self;
    enum rc rc = RC_OK;
    while (rc == RC_OK || rc == RC_REFUSED) {
        int fd;
        rc = wire_accept(t->listener, &fd);
        if (rc == RC_OK)
            admit(t, fd);
    }
    if (rc != RC_CANCELLED)
        (void)app_fail(t->app, rc, "no verb can reach this server any more: %s", env_error());
    return NULL;
}

/* ---- life ------------------------------------------------------------------------------------------------------------------ */

enum rc attend_open(struct app *app, struct host *host, struct attend **out)
{
    struct attend *t = mem_new(1, sizeof *t);
    const char *path = app_path(app, SOCKET_PATH);
    *out = NULL;
    t->app = app;
    t->host = host;
    pthread_mutex_init(&t->lock, NULL);
    pthread_cond_init(&t->left, NULL);
    enum rc rc = wire_listen(path, &t->listener);
    if (rc == RC_OK && pthread_create(&t->thread, NULL, listen_all, t) != 0) {
        wire_close(t->listener);
        rc = RC_IO;
    }
    if (rc == RC_OK) {
        *out = t;
        return RC_OK;
    }
    if (rc == RC_LIMIT)
        (void)app_fail(app, rc,
                       "%s is too long for the path of a socket; start the server inside the "
                       "workspace, without -C",
                       path);
    else
        (void)app_fail(app, rc, "cannot listen at %s: %s", path, env_error());
    pthread_cond_destroy(&t->left);
    pthread_mutex_destroy(&t->lock);
    mem_free(t);
    return rc;
}

static void wait_for_all(struct attend *t, int64_t wait_ms)
{
    struct timespec until;
    /* tidy: banned: the clock only bounds a wait for the threads of callers */
    (void)clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += wait_ms / 1000;
    while (t->n > 0 && pthread_cond_timedwait(&t->left, &t->lock, &until) == 0) {
    }
    for (size_t i = 0; i < ATTEND_MAX; i++)
        if (t->visits[i].taken)
            wire_shut(t->visits[i].fd);
    while (t->n > 0)
        pthread_cond_wait(&t->left, &t->lock);
}

void attend_close(struct attend *t, int64_t wait_ms)
{
    const struct env *env;
    if (!t)
        return;
    env = t->app->env;
    wire_shut(t->listener);
    pthread_join(t->thread, NULL);
    wire_close(t->listener);
    (void)!env->remove(env->self, app_path(t->app, SOCKET_PATH));
    pthread_mutex_lock(&t->lock);
    t->closing = true;
    wait_for_all(t, wait_ms);
    pthread_mutex_unlock(&t->lock);
    pthread_cond_destroy(&t->left);
    pthread_mutex_destroy(&t->lock);
    mem_free(t);
}
