/* http.h - requests in, responses out: transport, limits and safety, no rules.
 *
 * In:     a table of routes and their context; bytes from the network.
 * Out:    calls of handlers with a parsed request; their responses, or problem+json (RFC 9457).
 * Owns:   the listening socket and its threads, until http_close.
 * Errors: RC_BUSY the address is in use, RC_USAGE it is no loopback address, RC_IO.
 * Never:  listens beyond loopback, serves a file of the machine, lets a foreign Host (421) or Origin (403) in, changes
 *         anything on GET.
 */
#ifndef REVOS_DOOR_HTTP_H
#define REVOS_DOOR_HTTP_H

#include "base/json.h"
#include "base/map.h"

enum {
    HTTP_BODY_MAX = 1 << 20,   /* bytes of a JSON body */
    HTTP_UPLOAD_MAX = 1 << 30, /* of an uploaded file, which goes to disk */
    HTTP_PARAMS_MAX = 64,
    HTTP_TARGET_MAX = 8 << 10,
    HTTP_CONNECTIONS_MAX = 64,
    HTTP_IDLE_SECONDS = 60,
    HTTP_ARGS_MAX = 4,
    HTTP_ANSWER_MAX = 64 << 20,
    HTTP_RETRY_SECONDS = 5, /* Retry-After of every 503 */
    HTTP_RENEWALS_MAX = 8   /* contexts that one request may outlive */
};

struct http_param {
    struct str name, value;
};

struct request {
    struct arena *arena; /* of the request */
    struct str method, path;
    struct str args[HTTP_ARGS_MAX]; /* what stood for {…} in the route's pattern, decoded */
    struct http_param *params;      /* of the query, decoded, in order */
    size_t n_params;
    struct str body;    /* of a JSON request; empty for an upload */
    const char *upload; /* path of the file that holds an uploaded body; NULL: none */
    struct str idempotency_key, if_none_match;
};

struct response {
    int status;       /* 200 unless a handler says otherwise */
    const char *type; /* Content-Type; JSON unless set */
    struct str etag;
    struct str file_name; /* Content-Disposition of a download; empty: none */
    struct buf body;
    const unsigned char *fixed; /* bytes of the program instead of `body` */
    size_t n_fixed;
    bool gzip, immutable;
    bool
        outdated; /* nothing was done, because the context is no longer the one in use: with the next it may be */
};

struct http_param_def {
    const char *name, *summary;
    bool repeated;
};

struct route {
    const char *method;  /* "GET", "POST" */
    const char *pattern; /* "/api/v1/objects/{object}/records" */
    const char *summary;
    const struct http_param_def *params; /* what the query may hold; anything else is a 400 */
    size_t n_params;
    const char *answers; /* the shape of a 200 (shape.h) */
    const char *body;    /* of a JSON request; NULL: it has none */
    bool upload;         /* the body is a file */
    void (*run)(void *context, const struct request *q, struct response *r);
};

struct http;

struct http_options {
    struct str address; /* "127.0.0.1:8080"; port 0: any free one */
    const struct route *routes;
    size_t n_routes;
    /* The context a handler runs with, which stays whole for one request: until `leave` of the `*hold` it came with. */
    void *self;
    void *(*enter)(void *self, void **hold);
    void (*leave)(void *hold);
    /* Waits, within a bound, until `enter` gives another context than that of `hold`; false: it does not. NULL: never. */
    bool (*renew)(void *hold);
    const char *upload_dir; /* where bodies of uploads are kept while they are read */
};

MUST_CHECK enum rc http_open(const struct http_options *options, struct http **out,
                             struct str *error, struct arena *a);
uint16_t http_port(const struct http *h);
/* Stops accepting, lets running requests end (at most `wait_ms`), closes. NULL is allowed. */
void http_close(struct http *h, int64_t wait_ms);

/* ---- for handlers ------------------------------------------------------------------------------------------- */

/* The value of a query parameter, or STR_NONE; the first of a repeated one. */
struct str request_param(const struct request *q, const char *name);
/* A whole number within bounds; false after a 400 was put into `r`. */
bool request_number(const struct request *q, struct response *r, const char *name, int64_t least,
                    int64_t most, int64_t fallback, int64_t *out);

/* Replaces the body by a problem. `detail` may be empty, `parameter` NULL. */
void respond_problem(struct response *r, int status, const char *code, const char *parameter,
                     const char *fmt, ...) PRINTF_LIKE(5, 6);
/* A problem from a result code: status of its table, code its name. */
void respond_rc(struct response *r, enum rc rc, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* A 400 with the diagnostics of a text the request brought: `code` is bad_expression or bad_parameter. */
void respond_diags(struct response *r, const char *code, const char *parameter,
                   const struct diags *ds);

/* The OpenAPI document of a route table. */
void routes_openapi(const struct route *routes, size_t n, struct buf *out);

#endif
