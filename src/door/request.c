#include "door/request.h"

#include <microhttpd.h>

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    char lower = (char)(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

bool url_decode(struct str s, bool query, struct arena *a, struct str *out)
{
    char *p = arena_alloc(a, s.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (c == '+' && query) {
            c = ' ';
        } else if (c == '%') {
            if (i + 2 >= s.n || hex_digit(s.p[i + 1]) < 0 || hex_digit(s.p[i + 2]) < 0) {
                return false;
            }
            c = (char)(hex_digit(s.p[i + 1]) * 16 + hex_digit(s.p[i + 2]));
            i += 2;
        }
        if (c == '\0') {
            return false;
        }
        p[n++] = c;
    }
    *out = (struct str){p, n};
    return utf8_invalid_at(*out) < 0;
}

bool route_matches(const char *pattern, struct str path, struct arena *a,
                   struct str args[HTTP_ARGS_MAX])
{
    struct str rest_pattern = str_of(pattern);
    struct str rest_path = path;
    struct str want;
    struct str have;
    size_t n = 0;
    for (;;) {
        bool more_pattern = str_split(&rest_pattern, '/', &want);
        bool more_path = str_split(&rest_path, '/', &have);
        if (!more_pattern || !more_path) {
            return more_pattern == more_path;
        }
        if (want.n > 0 && want.p[0] == '{') {
            if (n == HTTP_ARGS_MAX || have.n == 0 || !url_decode(have, false, a, &args[n++])) {
                return false;
            }
        } else if (!str_eq(want, have)) {
            return false;
        }
    }
}

struct params {
    struct request *q;
    const struct route *route;
    struct response *r;
    bool good;
};

static const struct http_param_def *param_def(const struct route *route, struct str name)
{
    for (size_t i = 0; i < route->n_params; i++) {
        if (str_is(name, route->params[i].name)) {
            return &route->params[i];
        }
    }
    return NULL;
}

static bool is_given(const struct request *q, struct str name)
{
    for (size_t i = 0; i < q->n_params; i++) {
        if (str_eq(q->params[i].name, name)) {
            return true;
        }
    }
    return false;
}

static void unknown_param(struct params *p, struct str name)
{
    struct str *names = ARENA_ARRAY(p->q->arena, p->route->n_params + 1, struct str);
    for (size_t i = 0; i < p->route->n_params; i++) {
        names[i] = str_of(p->route->params[i].name);
    }
    struct str near = text_nearest(name, names, p->route->n_params);
    respond_problem(p->r, 400, "bad_parameter", str_c(p->q->arena, name),
                    "there is no parameter '%.*s' here%s%.*s%s", STR_ARG(name),
                    near.n > 0 ? "; did you mean '" : "", STR_ARG(near), near.n > 0 ? "'?" : "");
}

static enum MHD_Result see_param(void *self, enum MHD_ValueKind kind, const char *key,
                                 const char *text)
{
    struct params *p = self;
    struct str name;
    struct str value;
    (void)kind;
    if (!url_decode(str_of(key), true, p->q->arena, &name) ||
        !url_decode(str_of(text), true, p->q->arena, &value)) {
        respond_problem(p->r, 400, "bad_parameter", NULL,
                        "the query is not valid percent-encoded UTF-8");
        p->good = false;
        return MHD_NO;
    }
    const struct http_param_def *def = param_def(p->route, name);
    if (def == NULL) {
        unknown_param(p, name);
    } else if (!def->repeated && is_given(p->q, name)) {
        respond_problem(p->r, 400, "bad_parameter", def->name, "'%s' is given twice", def->name);
    } else if (p->q->n_params == HTTP_PARAMS_MAX) {
        respond_problem(p->r, 400, "limit", NULL, "a query holds at most %d parameters",
                        HTTP_PARAMS_MAX);
    } else {
        p->q->params[p->q->n_params++] = (struct http_param){name, value};
        return MHD_YES;
    }
    p->good = false;
    return MHD_NO;
}

bool request_read_params(struct request *q, const struct route *route, struct MHD_Connection *c,
                         struct response *r)
{
    struct params p = {.q = q, .route = route, .r = r, .good = true};
    q->params = ARENA_ARRAY(q->arena, HTTP_PARAMS_MAX, struct http_param);
    MHD_get_connection_values(c, MHD_GET_ARGUMENT_KIND, see_param, &p);
    return p.good;
}

static bool name_is_local(struct str name)
{
    return str_eq_nocase(name, STR("localhost")) || str_is(name, "127.0.0.1") ||
           str_is(name, "[::1]");
}

bool host_is_local(struct str host, uint16_t port)
{
    struct str name = host;
    ptrdiff_t colon = str_starts(host, STR("[")) ? str_find(host, STR("]:"), 0)
                                                 : str_find(host, STR(":"), 0);
    if (colon >= 0) {
        size_t skip = str_starts(host, STR("[")) ? 2 : 1;
        uint64_t stated;
        if (!str_to_u64(str_sub(host, (size_t)colon + skip, host.n), &stated) || stated != port) {
            return false;
        }
        name = str_sub(host, 0, (size_t)colon + skip - 1);
    }
    return name_is_local(name);
}

bool origin_is_local(struct str origin, uint16_t port)
{
    return str_starts(origin, STR("http://")) && host_is_local(str_sub(origin, 7, origin.n), port);
}

struct str request_param(const struct request *q, const char *name)
{
    for (size_t i = 0; i < q->n_params; i++) {
        if (str_is(q->params[i].name, name)) {
            return q->params[i].value;
        }
    }
    return STR_NONE;
}

bool request_number(const struct request *q, struct response *r, const char *name, int64_t least,
                    int64_t most, int64_t fallback, int64_t *out)
{
    struct str text = request_param(q, name);
    *out = fallback;
    if (text.p == NULL) {
        return true;
    }
    if (str_to_i64(text, out) && *out >= least && *out <= most) {
        return true;
    }
    respond_problem(r, 400, "bad_parameter", name, "'%s' is a whole number from %lld to %lld", name,
                    (long long)least, (long long)most);
    return false;
}
