/* serve - the workspace over HTTP on loopback, until a signal ends it. */
#include "app/attend.h"
#include "app/commands.h"

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
    struct host *host;
    struct http *http;
    struct attend *attend;
};

/* A request works with the model that is live when it begins. */
static void *enter(void *self, void **hold)
{
    struct lease *l = host_lease(self);
    *hold = l;
    return lease_api(l);
}

static void leave(void *hold)
{
    lease_end(hold);
}

static bool renew(void *hold)
{
    return lease_renewed(hold);
}

static enum rc listen_at(struct serving *s, const char *address)
{
    struct http_options o = {.address = str_of(address ? address : "127.0.0.1:8080"),
                             .self = s->host,
                             .enter = enter,
                             .leave = leave,
                             .renew = renew,
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

/* Callers and requests first, so that nothing waits for a writer that is gone. */
static void stop(struct serving *s)
{
    if (s->host)
        host_stop(s->host);
    attend_close(s->attend, CLOSE_WAIT_MS);
    http_close(s->http, CLOSE_WAIT_MS);
    host_close(s->host);
}

static int run(struct app *app, const struct args *args)
{
    struct serving s = {.app = app};
    const char *address = args_text(args, "listen");
    sigset_t signals;
    int sig = 0;
    if (args_operand(args, 0))
        return app_usage(app, args, "serve takes no operand");
    /* Blocked before any thread is made, so that only sigwait sees them. */
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    signal(SIGPIPE, SIG_IGN);
    enum rc rc = host_open(app, &s.host);
    if (rc == RC_OK)
        rc = attend_open(app, s.host, &s.attend);
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
    .details = "Holds the workspace while it runs: other verbs that touch data are run in it, "
               "through .revos/socket. The address is\n"
               "always one of this machine. SIGINT and SIGTERM end it after the requests that run. "
               "With --json one line\n"
               "on standard output tells url, port and pid once it answers. Exit 3 when the data "
               "cannot be written any more.",
    .options = options,
    .n_options = sizeof options / sizeof *options,
    .run = run,
};
