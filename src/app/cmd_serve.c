/* serve - the workspace over HTTP on loopback, until a signal ends it. */
#include "app/commands.h"
#include "app/insights.h"
#include "app/session.h"
#include "base/json.h"
#include "door/api.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

enum { CLOSE_WAIT_MS = 10000, ADDRESS_MAX = 64 };

static const struct option_def options[] = {
    {"listen", 'l', OPT_TEXT, "ADDRESS",
     "loopback address and port (127.0.0.1:8080); port 0 takes a free one"},
};

struct serving {
    struct app *app;
    struct session session;
    struct fx_rates rates;
    struct writer *writer;
    struct running *running;
    struct api *api;
    struct http *http;
};

/* ---- a private copy for dry runs ----------------------------------------------------------------------------------- */

struct copy {
    struct app app; /* its words go nowhere: the request's answer says what failed */
    struct session session;
};

static enum rc open_copy(void *self, struct reader *of, struct arena *a, struct api_copy *out)
{
    struct serving *s = self;
    struct copy *c = ARENA_NEW(a, struct copy);
    struct session from = s->session;
    c->app = *s->app;
    c->app.arena = a;
    from.store = of->store;
    from.vault = of->vault;
    enum rc rc = session_open_copy(&c->app, &from, &c->session);
    if (rc == RC_OK)
        *out = (struct api_copy){c->session.store, c->session.vault, c->session.admission, c};
    return rc;
}

static void close_copy(void *self, struct api_copy *copy)
{
    struct copy *c = copy->handle;
    (void)self;
    session_close(&c->session);
}

/* ---- open and close ------------------------------------------------------------------------------------------------- */

/* What was not acknowledged may be lost; what was is on the disk. The next start reads it from there. */
static void on_broken(void *self, enum rc rc)
{
    struct serving *s = self;
    (void)app_fail(s->app, rc, "the data cannot be written any more: %s; nothing more is accepted",
                   store_error(s->session.store));
    _exit(EXIT_ENVIRONMENT);
}

static struct figures_settings figures_of(struct serving *s)
{
    struct app *app = s->app;
    struct diags ds;
    diags_init(&ds, app->arena);
    struct figures_settings f = {.env = app->env,
                                 .data = str_of(app_path(app, ".revos/revos.db")),
                                 .keys = str_of(app_path(app, ".revos/keys.db")),
                                 .path = app_path(app, ".revos/warehouse.duckdb"),
                                 .temp_dir = app_path(app, ".revos/tmp"),
                                 .model = s->session.model,
                                 .rates = &s->rates};
    if (insights_rates(app, s->session.model, &s->rates, &ds) != RC_OK) {
        f.problem = ds.list.n > 0 ? ds.list.v[0].message : STR("the rates of exchange are broken");
        (void)app_diags(app, &ds, 20);
    }
    return f;
}

static enum rc open_engine(struct serving *s)
{
    struct app *app = s->app;
    const struct env *env = app->env;
    enum rc rc = env->mkdir(env->self, app_path(app, ".revos/tmp"));
    if (rc == RC_OK)
        rc = writer_open(s->session.admission, (struct writer_broken){s, on_broken}, &s->writer);
    struct api_parts parts = {.env = env,
                              .dir = app->dir,
                              .data = str_of(app_path(app, ".revos/revos.db")),
                              .keys = str_of(app_path(app, ".revos/keys.db")),
                              .model = s->session.model,
                              .version = &s->session.version,
                              .writer = s->writer,
                              .store = s->session.store,
                              .running = s->running,
                              .figures = figures_of(s),
                              .self = s,
                              .open_copy = open_copy,
                              .close_copy = close_copy};
    if (rc == RC_OK)
        rc = api_open(&parts, &s->api);
    if (rc != RC_OK)
        (void)app_fail(app, rc, "cannot begin to serve: %s", env_error());
    return rc;
}

static enum rc listen_at(struct serving *s, const char *address)
{
    struct http_options o = {.address = str_of(address ? address : "127.0.0.1:8080"),
                             .context = s->api,
                             .upload_dir = app_path(s->app, ".revos/tmp")};
    struct str error = STR_NONE;
    o.routes = api_routes(&o.n_routes);
    enum rc rc = http_open(&o, &s->http, &error, s->app->arena);
    if (rc != RC_OK)
        (void)app_fail(s->app, rc, "%.*s", STR_ARG(error));
    return rc;
}

static void announce(struct serving *s, struct str host)
{
    unsigned port = http_port(s->http);
    fprintf(s->app->err, "revos: serving %s at http://%.*s:%u/ (stop with Ctrl-C)\n", s->app->dir,
            STR_ARG(host), port);
    fflush(s->app->err);
    if (!s->app->json)
        return;
    fprintf(s->app->out, "{\"url\": \"http://%.*s:%u/\", \"port\": %u, \"pid\": %ld}\n",
            STR_ARG(host), port, port, (long)getpid());
    fflush(s->app->out);
}

/* Requests first, so that nothing waits for a writer that is gone. */
static void stop(struct serving *s)
{
    if (s->api)
        api_stop(s->api);
    http_close(s->http, CLOSE_WAIT_MS);
    writer_close(s->writer);
    api_close(s->api);
    running_free(s->running);
    session_close(&s->session);
}

static int run(struct app *app, const struct args *args)
{
    struct serving s = {.app = app, .running = running_new()};
    const char *address = args_text(args, "listen");
    sigset_t signals;
    int sig = 0;
    if (args_operand(args, 0))
        return app_usage(app, args, "serve takes no operand");
    enum rc rc = session_open(app, SESSION_LIVE, &s.session);
    if (rc != RC_OK)
        return rc_info(rc)->exit_code;
    /* Blocked before any thread is made, so that only sigwait sees them. */
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    signal(SIGPIPE, SIG_IGN);
    rc = open_engine(&s);
    if (rc == RC_OK)
        rc = listen_at(&s, address);
    if (rc == RC_OK) {
        struct str rest = str_of(address ? address : "127.0.0.1"), host;
        (void)str_split(&rest, ':', &host);
        announce(&s, host);
        (void)sigwait(&signals, &sig);
        fprintf(app->err, "revos: stopping\n");
    }
    stop(&s);
    return rc_info(rc)->exit_code;
}

const struct command_def command_serve = {
    .name = "serve",
    .summary = "answer HTTP on this machine: the interface and the API",
    .usage = "[--listen ADDRESS]",
    .details = "Holds the workspace while it runs: other verbs that touch data wait until it has "
               "ended. The address is\n"
               "always one of this machine. SIGINT and SIGTERM end it after the requests that run. "
               "With --json one line\n"
               "on standard output tells url, port and pid once it answers. Exit 3 when the data "
               "cannot be written any more.",
    .options = options,
    .n_options = sizeof options / sizeof *options,
    .run = run,
};
