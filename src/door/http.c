#include "door/http.h"
#include "base/diag.h"
#include "door/request.h"
#include "face/assets.h"

#include <arpa/inet.h>
#include <assert.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

struct http {
    struct http_options options;
    struct MHD_Daemon *daemon;
    uint16_t port;
    pthread_mutex_t mutex; /* of `running` */
    pthread_cond_t ended;
    size_t running; /* requests */
};

/* One request while it arrives. */
struct exchange {
    struct http *http;
    struct request q;
    struct response r;
    const struct route *route;
    struct buf body;
    FILE *upload;
    size_t received;
    bool refused;       /* the response is decided; the rest of the body is read and dropped */
    struct str allowed; /* methods of a path that was asked with another one; empty: it was not */
};

static const char policy[] = "default-src 'self'; base-uri 'none'; form-action 'self'; "
                             "frame-ancestors 'none'; object-src 'none'";

/* ---- answers ---------------------------------------------------------------------------------------------------- */

static void add_headers(const struct exchange *x, struct MHD_Response *m)
{
    const struct response *r = &x->r;
    bool api = str_starts(x->q.path, STR("/api/"));
    const char *type = r->type != NULL ? r->type : "application/json";
    (void)MHD_add_response_header(m, "Content-Type", type);
    (void)MHD_add_response_header(m, "Content-Security-Policy", policy);
    (void)MHD_add_response_header(m, "X-Content-Type-Options", "nosniff");
    (void)MHD_add_response_header(m, "Referrer-Policy", "no-referrer");
    (void)MHD_add_response_header(m, "Cross-Origin-Resource-Policy", "same-origin");
    const char *cache = api            ? "no-store"
                        : r->immutable ? "public, max-age=31536000, immutable"
                                       : "no-cache";
    (void)MHD_add_response_header(m, "Cache-Control", cache);
    if (r->etag.n > 0) {
        (void)MHD_add_response_header(m, "ETag", str_c(x->q.arena, r->etag));
    }
    if (r->gzip) {
        (void)MHD_add_response_header(m, "Content-Encoding", "gzip");
    }
    if (r->status == 503) {
        struct str value = str_printf(x->q.arena, "%d", HTTP_RETRY_SECONDS);
        (void)MHD_add_response_header(m, "Retry-After", value.p);
    }
    if (x->allowed.n > 0) {
        (void)MHD_add_response_header(m, "Allow", x->allowed.p);
    }
    if (r->file_name.n > 0) {
        struct str value = str_printf(x->q.arena, "attachment; filename=\"%.*s\"",
                                      STR_ARG(r->file_name));
        (void)MHD_add_response_header(m, "Content-Disposition", value.p);
    }
}

static enum MHD_Result answer(struct exchange *x, struct MHD_Connection *c)
{
    struct response *r = &x->r;
    struct MHD_Response *m;
    bool same = r->etag.n > 0 && r->status == 200 && str_eq(r->etag, x->q.if_none_match);
    if (buf_ok(&r->body) != RC_OK) {
        respond_problem(r, 507, "limit", NULL, "the answer is larger than %d MiB; ask for less",
                        HTTP_ANSWER_MAX >> 20);
    }
    if (same) {
        m = MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
    } else if (r->fixed != NULL) {
        m = MHD_create_response_from_buffer_with_free_callback(r->n_fixed,
                                                               (void *)(uintptr_t)r->fixed, NULL);
    } else {
        m = MHD_create_response_from_buffer(r->body.n, r->body.p, MHD_RESPMEM_MUST_COPY);
    }
    if (m == NULL) {
        return MHD_NO;
    }
    add_headers(x, m);
    enum MHD_Result queued = MHD_queue_response(c, same ? 304 : (unsigned)r->status, m);
    MHD_destroy_response(m);
    return queued;
}

/* ---- safety ------------------------------------------------------------------------------------------------------- */

struct header_count {
    unsigned host, content_length, transfer_encoding;
    bool bad_origin;
    struct str host_text, origin, key, none_match;
};

static enum MHD_Result see_header(void *self, enum MHD_ValueKind kind, const char *name,
                                  const char *value)
{
    struct header_count *h = self;
    (void)kind;
    struct str n = str_of(name);
    struct str v = str_of(value);
    if (str_eq_nocase(n, STR("Host"))) {
        h->host++;
        h->host_text = v;
    } else if (str_eq_nocase(n, STR("Content-Length"))) {
        h->content_length++;
    } else if (str_eq_nocase(n, STR("Transfer-Encoding"))) {
        h->transfer_encoding++;
    } else if (str_eq_nocase(n, STR("Origin"))) {
        h->origin = v;
    } else if (str_eq_nocase(n, STR("Idempotency-Key"))) {
        h->key = v;
    } else if (str_eq_nocase(n, STR("If-None-Match"))) {
        h->none_match = v;
    }
    return MHD_YES;
}

/* Framing that two parsers could read differently, and requests another site makes a browser send. */
static void check_headers(struct exchange *x, struct MHD_Connection *c)
{
    struct header_count h = {0};
    MHD_get_connection_values(c, MHD_HEADER_KIND, see_header, &h);
    x->q.idempotency_key = str_dup(x->q.arena, h.key);
    x->q.if_none_match = str_dup(x->q.arena, h.none_match);
    if (h.host != 1 || h.content_length > 1 || h.transfer_encoding > 1 ||
        (h.content_length > 0 && h.transfer_encoding > 0)) {
        respond_problem(&x->r, 400, "bad_request", NULL,
                        "the request's framing headers contradict each other");
        x->refused = true;
    } else if (!host_is_local(h.host_text, x->http->port)) {
        respond_problem(&x->r, 421, "foreign_host", NULL,
                        "this server answers loopback names only, not '%.*s'",
                        STR_ARG(h.host_text));
        x->refused = true;
    } else if (h.origin.n > 0 && !origin_is_local(h.origin, x->http->port)) {
        respond_problem(&x->r, 403, "foreign_origin", NULL,
                        "requests made by another site are refused");
        x->refused = true;
    }
}

/* ---- routing ------------------------------------------------------------------------------------------------------- */

static void serve_asset(struct exchange *x)
{
    struct asset_set web = assets_web();
    struct str path = str_sub(x->q.path, 1, x->q.path.n);
    const struct asset *f = path.n > 0 ? assets_find(web, path.p, path.n) : NULL;
    bool named_file = str_starts(path, STR("assets/"));
    if (f == NULL && !named_file) {
        f = assets_find(web, "index.html", strlen("index.html"));
    }
    if (f == NULL) {
        respond_problem(&x->r, 404, "not_found", NULL, "there is no %.*s", STR_ARG(x->q.path));
        return;
    }
    x->r.type = f->type;
    x->r.etag = str_of(f->etag);
    x->r.fixed = f->bytes;
    x->r.n_fixed = f->n;
    x->r.gzip = f->gzip;
    x->r.immutable = f->immutable;
}

/* Decides what will answer, before the body comes. */
static void choose_route(struct exchange *x)
{
    const struct http_options *o = &x->http->options;
    for (size_t i = 0; i < o->n_routes; i++) {
        if (!route_matches(o->routes[i].pattern, x->q.path, x->q.arena, x->q.args)) {
            continue;
        }
        if (str_is(x->q.method, o->routes[i].method)) {
            x->route = &o->routes[i];
            x->allowed = STR_NONE;
            return;
        }
        x->allowed = str_printf(x->q.arena, "%.*s%s%s", STR_ARG(x->allowed),
                                x->allowed.n > 0 ? ", " : "", o->routes[i].method);
    }
    if (x->allowed.n == 0 && !str_starts(x->q.path, STR("/api/")) && str_is(x->q.method, "GET")) {
        serve_asset(x);
    } else if (x->allowed.n > 0) {
        respond_problem(&x->r, 405, "bad_method", NULL, "%.*s does not go with %.*s: it takes %.*s",
                        STR_ARG(x->q.method), STR_ARG(x->q.path), STR_ARG(x->allowed));
    } else {
        respond_problem(&x->r, 404, "not_found", NULL,
                        "there is no %.*s; /api/v1/openapi.json lists all there is",
                        STR_ARG(x->q.path));
    }
    x->refused = true;
}

static void open_upload(struct exchange *x)
{
    struct str path = str_printf(x->q.arena, "%s/upload-XXXXXX", x->http->options.upload_dir);
    char *name = arena_copy(x->q.arena, path.p, path.n + 1);
    int fd = mkstemp(name);
    x->upload = fd >= 0 ? fdopen(fd, "wb") : NULL;
    if (x->upload == NULL) {
        respond_problem(&x->r, 507, "io", NULL, "the upload cannot be kept on this machine's disk");
        x->refused = true;
        return;
    }
    x->q.upload = name;
}

static enum MHD_Result begin(struct http *h, struct MHD_Connection *c, const char *url,
                             const char *method, void **state)
{
    struct exchange *x = mem_new(1, sizeof *x);
    x->http = h;
    pthread_mutex_lock(&h->mutex);
    h->running++;
    pthread_mutex_unlock(&h->mutex);
    x->q.arena = arena_new();
    /* HEAD is GET whose body the library leaves out. */
    bool head = strcmp(method, "HEAD") == 0;
    x->q.method = str_dup(x->q.arena, str_of(head ? "GET" : method));
    x->q.path = str_dup(x->q.arena, str_of(url));
    x->r.status = 200;
    buf_init(&x->r.body, HTTP_ANSWER_MAX);
    buf_init(&x->body, HTTP_BODY_MAX);
    *state = x;
    check_headers(x, c);
    if (!x->refused) {
        choose_route(x);
    }
    if (!x->refused && !request_read_params(&x->q, x->route, c, &x->r)) {
        x->refused = true;
    }
    if (!x->refused && x->route->upload) {
        open_upload(x);
    }
    return MHD_YES;
}

static void take_body(struct exchange *x, const char *data, size_t n)
{
    size_t most = x->route != NULL && x->route->upload ? HTTP_UPLOAD_MAX : HTTP_BODY_MAX;
    x->received += n;
    if (x->refused) {
        return;
    }
    if (x->received > most) {
        respond_problem(&x->r, 413, "limit", NULL, "the body is larger than %zu bytes", most);
        x->refused = true;
    } else if (x->upload == NULL) {
        buf_put(&x->body, data, n);
    } else if (fwrite(data, 1, n, x->upload) != n) {
        respond_problem(&x->r, 507, "io", NULL, "the upload does not fit on this machine's disk");
        x->refused = true;
    }
}

/* Once, with the context in use now. True: it is to be run again, with the next one. */
static bool run_once(struct exchange *x, bool last)
{
    const struct http_options *o = &x->http->options;
    void *hold;
    void *context = o->enter(o->self, &hold);
    x->route->run(context, &x->q, &x->r);
    bool again = x->r.outdated && !last && o->renew != NULL && o->renew(hold);
    o->leave(hold);
    return again;
}

static void run_handler(struct exchange *x)
{
    if (x->upload != NULL) {
        int failed = fclose(x->upload);
        x->upload = NULL;
        if (failed != 0) {
            respond_problem(&x->r, 507, "io", NULL,
                            "the upload does not fit on this machine's disk");
            return;
        }
    }
    x->q.body = buf_view(&x->body);
    for (int i = 0; run_once(x, i == HTTP_RENEWALS_MAX); i++) {
        struct buf body = x->r.body;
        buf_clear(&body);
        x->r = (struct response){.status = 200, .body = body};
    }
}

static enum MHD_Result handle(void *self, struct MHD_Connection *c, const char *url,
                              const char *method, const char *version, const char *data, size_t *n,
                              void **state)
{
    struct exchange *x = *state;
    (void)version;
    if (x == NULL) {
        return begin(self, c, url, method, state);
    }
    if (*n > 0) {
        take_body(x, data, *n);
        *n = 0;
        return MHD_YES;
    }
    if (!x->refused) {
        run_handler(x);
    }
    return answer(x, c);
}

static void completed(void *self, struct MHD_Connection *c, void **state,
                      enum MHD_RequestTerminationCode code)
{
    struct exchange *x = *state;
    (void)self;
    (void)c;
    (void)code;
    if (x == NULL) {
        return;
    }
    if (x->upload != NULL) {
        (void)fclose(x->upload);
    }
    if (x->q.upload != NULL) {
        (void)unlink(x->q.upload);
    }
    struct http *h = x->http;
    buf_release(&x->body);
    buf_release(&x->r.body);
    arena_free(x->q.arena);
    mem_free(x);
    *state = NULL;
    pthread_mutex_lock(&h->mutex);
    h->running--;
    pthread_cond_signal(&h->ended);
    pthread_mutex_unlock(&h->mutex);
}

/* ---- life ---------------------------------------------------------------------------------------------------------- */

static bool parse_address(struct str text, struct sockaddr_in *out)
{
    struct str rest = text;
    struct str host;
    uint64_t port;
    char name[64];
    if (!str_split(&rest, ':', &host) || !str_to_u64(rest, &port) || port > 65535 ||
        host.n >= sizeof name) {
        return false;
    }
    snprintf(name, sizeof name, "%.*s",
             STR_ARG(str_is(host, "localhost") ? STR("127.0.0.1") : host));
    *out = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    return inet_pton(AF_INET, name, &out->sin_addr) == 1 &&
           (ntohl(out->sin_addr.s_addr) >> 24) == 127;
}

/* The library writes a URL's escapes out itself; ours must see them to refuse what decodes to nothing valid. */
static size_t keep_escapes(void *self, struct MHD_Connection *c, char *s)
{
    (void)self;
    (void)c;
    return strlen(s);
}

enum rc http_open(const struct http_options *options, struct http **out, struct str *error,
                  struct arena *a)
{
    struct sockaddr_in address;
    *out = NULL;
    if (!parse_address(options->address, &address)) {
        *error = str_printf(a, "'%.*s' is no loopback address with a port, such as 127.0.0.1:8080",
                            STR_ARG(options->address));
        return RC_USAGE;
    }
    struct http *h = mem_new(1, sizeof *h);
    h->options = *options;
    pthread_mutex_init(&h->mutex, NULL);
    pthread_cond_init(&h->ended, NULL);
    /* Requests begin under the mutex: none is looked at before the port is known. */
    pthread_mutex_lock(&h->mutex);
    h->daemon = MHD_start_daemon(
        MHD_USE_THREAD_PER_CONNECTION | MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_POLL, 0, NULL,
        NULL, handle, h, MHD_OPTION_SOCK_ADDR, (struct sockaddr *)&address,
        MHD_OPTION_CONNECTION_LIMIT, (unsigned)HTTP_CONNECTIONS_MAX, MHD_OPTION_CONNECTION_TIMEOUT,
        (unsigned)HTTP_IDLE_SECONDS, MHD_OPTION_NOTIFY_COMPLETED, completed, NULL,
        MHD_OPTION_UNESCAPE_CALLBACK, keep_escapes, NULL, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)(64 << 10), MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_END);
    if (h->daemon == NULL) {
        pthread_mutex_unlock(&h->mutex);
        *error = str_printf(a, "cannot listen on %.*s: is it in use?", STR_ARG(options->address));
        mem_free(h);
        return RC_BUSY;
    }
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(h->daemon, MHD_DAEMON_INFO_BIND_PORT);
    h->port = info != NULL && info->port != 0 ? info->port : ntohs(address.sin_port);
    pthread_mutex_unlock(&h->mutex);
    *out = h;
    return RC_OK;
}

uint16_t http_port(const struct http *h)
{
    return h->port;
}

void http_close(struct http *h, int64_t wait_ms)
{
    if (h == NULL) {
        return;
    }
    int listening = MHD_quiesce_daemon(h->daemon);
    struct timespec until;
    /* tidy: banned: HTTP is outside the environment seam; the clock only bounds a wait */
    (void)clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += wait_ms / 1000;
    until.tv_nsec += wait_ms % 1000 * 1000000;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    pthread_mutex_lock(&h->mutex);
    while (h->running > 0 && pthread_cond_timedwait(&h->ended, &h->mutex, &until) == 0) {
    }
    pthread_mutex_unlock(&h->mutex);
    MHD_stop_daemon(h->daemon);
    if (listening >= 0) {
        close(listening);
    }
    pthread_cond_destroy(&h->ended);
    pthread_mutex_destroy(&h->mutex);
    mem_free(h);
}
