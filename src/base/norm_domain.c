/* norm_domain.c - host names, registrable domains and web addresses; see norm.h. */
#include "base/norm_text.h"

#include <arpa/inet.h>
#include <assert.h>
#include <string.h>

static bool is_alnum(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* Checks the labels of an ASCII host name; `needs_idna` when one claims to be Punycode. */
static bool check_labels(struct str host, bool *needs_idna, enum norm_reason *why)
{
    struct str rest = host, label;
    *needs_idna = false;
    while (str_split(&rest, '.', &label)) {
        for (size_t i = 0; i < label.n; i++)
            if (!is_alnum(label.p[i]) && label.p[i] != '-')
                return norm_refuse(why, NORM_DOMAIN_CHARACTER);
        if (label.n == 0 || label.n > 63 || label.p[0] == '-' || label.p[label.n - 1] == '-')
            return norm_refuse(why, NORM_DOMAIN_LABEL);
        if (label.n >= 4 && str_eq_nocase(str_sub(label, 0, 4), STR("xn--")))
            *needs_idna = true;
    }
    return host.p[host.n - 1] != '.' || norm_refuse(why, NORM_DOMAIN_LABEL);
}

static bool through_idna(struct norm *n, struct str host, struct arena *a, struct str *out,
                         enum norm_reason *why)
{
    enum { ROOM = 512 };
    UErrorCode status = U_ZERO_ERROR;
    UIDNAInfo info = UIDNA_INFO_INITIALIZER;
    char *ascii = ARENA_ARRAY(a, ROOM, char);
    int32_t length = uidna_nameToASCII_UTF8(n->idna, host.p, (int32_t)host.n, ascii, ROOM, &info,
                                            &status);
    if (U_FAILURE(status) || length > NORM_DOMAIN_MAX)
        return norm_refuse(why, NORM_DOMAIN_LONG);
    if (info.errors & (UIDNA_ERROR_EMPTY_LABEL | UIDNA_ERROR_LABEL_TOO_LONG |
                       UIDNA_ERROR_LEADING_HYPHEN | UIDNA_ERROR_TRAILING_HYPHEN))
        return norm_refuse(why, NORM_DOMAIN_LABEL);
    if (info.errors)
        return norm_refuse(why, NORM_DOMAIN_IDN);
    if (length == 0 || ascii[length - 1] == '.') /* the root, which IDNA lets pass */
        return norm_refuse(why, NORM_DOMAIN_LABEL);
    *out = (struct str){ascii, (size_t)length};
    return true;
}

bool norm_host(struct norm *n, struct str host, struct arena *a, struct str *out,
               enum norm_reason *why)
{
    bool ascii = true, needs_idna = true;
    if (host.n && host.p[host.n - 1] == '.')
        host.n--;
    if (host.n == 0)
        return norm_refuse(why, NORM_DOMAIN_EMPTY);
    if (host.n > 4 * NORM_DOMAIN_MAX)
        return norm_refuse(why, NORM_DOMAIN_LONG);
    for (size_t i = 0; i < host.n; i++)
        ascii = ascii && (unsigned char)host.p[i] < 0x80;
    if (ascii && !check_labels(host, &needs_idna, why))
        return false;
    if (needs_idna)
        return through_idna(n, host, a, out, why);
    if (host.n > NORM_DOMAIN_MAX)
        return norm_refuse(why, NORM_DOMAIN_LONG);
    *out = str_lower(a, host);
    return true;
}

bool norm_host_has_dot(struct str host, enum norm_reason *why)
{
    size_t at = host.n;
    bool digits = true;
    while (at > 0 && host.p[at - 1] != '.') {
        at--;
        digits = digits && host.p[at] >= '0' && host.p[at] <= '9';
    }
    if (at == 0)
        return norm_refuse(why, NORM_DOMAIN_DOTLESS);
    return !digits || norm_refuse(why, NORM_DOMAIN_NUMERIC);
}

static size_t find_any(struct str s, const char *signs)
{
    size_t i = 0;
    while (i < s.n && !(s.p[i] && strchr(signs, s.p[i])))
        i++;
    return i;
}

/* The part between "scheme://" and the path. */
static struct str authority(struct str s)
{
    ptrdiff_t scheme = str_find(s, STR("://"), 0);
    size_t first = find_any(s, "/?#");
    if (scheme >= 0 && (size_t)scheme < first)
        s = str_sub(s, (size_t)scheme + 3, s.n);
    return str_sub(s, 0, find_any(s, "/?#"));
}

struct str norm_host_part(struct str s)
{
    struct str host = authority(s);
    for (size_t at; (at = find_any(host, "@")) < host.n;)
        host = str_sub(host, at + 1, host.n);
    return str_sub(host, 0, find_any(host, ":"));
}

bool norm_domain(struct norm *n, struct str in, struct arena *a, struct str *out,
                 enum norm_reason *why)
{
    struct str s, host;
    *out = STR_NONE;
    if (!norm_text(in, NORM_URL_MAX, a, &s, why))
        return false;
    if (s.n == 0)
        return true;
    if (!norm_host(n, norm_host_part(s), a, &host, why) || !norm_host_has_dot(host, why))
        return false;
    const char *name = str_c(a, host);
    const char *registrable = psl_registrable_domain(n->suffixes, name);
    if (!registrable)
        return norm_refuse(why, NORM_DOMAIN_SUFFIX);
    *out = str_of(registrable);
    return true;
}

/* ---- web addresses ---- */

struct url {
    bool secure;
    struct str host, port, rest; /* rest: path, query and fragment */
};

/* "host:port" or "[v6]:port". */
static bool split_port(struct str authority, struct url *u, enum norm_reason *why)
{
    size_t colon = find_any(authority, ":");
    if (authority.n && authority.p[0] == '[') {
        size_t end = find_any(authority, "]");
        colon = end < authority.n ? end + 1 : authority.n;
        if (colon < authority.n && authority.p[colon] != ':')
            return norm_refuse(why, NORM_URL_HOST);
    }
    u->host = str_sub(authority, 0, colon);
    u->port = str_sub(authority, colon + 1, authority.n);
    int64_t port;
    if (u->port.n && (u->port.n > 5 || find_any(u->port, "+-") < u->port.n ||
                      !str_to_i64(u->port, &port) || port < 1 || port > 65535))
        return norm_refuse(why, NORM_URL_PORT);
    if (str_is(u->port, u->secure ? "443" : "80"))
        u->port = STR_NONE;
    return u->host.n > 0 || norm_refuse(why, NORM_URL_HOST);
}

/* A colon that begins no port: the text before it is a scheme without "//", as in mailto: and javascript:. */
static bool other_scheme(struct str authority)
{
    size_t colon = find_any(authority, ":[");
    return colon < authority.n && authority.p[colon] == ':' &&
           (colon + 1 == authority.n || authority.p[colon + 1] < '0' ||
            authority.p[colon + 1] > '9');
}

static bool split_url(struct str s, struct url *u, enum norm_reason *why)
{
    struct str part = authority(s);
    size_t before = (size_t)(part.p - s.p); /* "https://" */
    struct str scheme = before ? str_sub(s, 0, before - 3) : STR("https");
    u->secure = str_eq_nocase(scheme, STR("https"));
    if ((!u->secure && !str_eq_nocase(scheme, STR("http"))) || (!before && other_scheme(part)))
        return norm_refuse(why, NORM_URL_SCHEME);
    u->rest = str_sub(s, before + part.n, s.n);
    if (find_any(part, "@") < part.n)
        return norm_refuse(why, NORM_URL_USER);
    return split_port(part, u, why);
}

static bool url_host(struct norm *n, struct str host, struct arena *a, struct str *out,
                     enum norm_reason *why)
{
    if (host.p[0] == '[') {
        struct in6_addr address;
        char text[INET6_ADDRSTRLEN];
        const char *inside = str_c(a, str_sub(host, 1, host.n - 1));
        if (host.p[host.n - 1] != ']' || inet_pton(AF_INET6, inside, &address) != 1)
            return norm_refuse(why, NORM_URL_HOST);
        *out = str_printf(a, "[%s]", inet_ntop(AF_INET6, &address, text, sizeof text));
        return true;
    }
    return norm_host(n, host, a, out, why);
}

/* Path, query and fragment: ASCII as written, other characters percent-encoded. */
static bool put_rest(struct str rest, struct buf *out, enum norm_reason *why)
{
    bool fragment = false;
    if (find_any(rest, "#") + 1 == rest.n)
        rest.n--;
    if (rest.n == 0 || rest.p[0] != '/')
        buf_char(out, '/');
    for (size_t i = 0; i < rest.n; i++) {
        unsigned char c = (unsigned char)rest.p[i];
        if (c <= ' ' || c == 0x7f || strchr("\"<>\\^`{|}", c) || (c == '#' && fragment))
            return norm_refuse(why, NORM_URL_CHARACTER);
        fragment = fragment || c == '#';
        if (c < 0x80)
            buf_char(out, (char)c);
        else
            buf_printf(out, "%%%02X", c);
    }
    return true;
}

bool norm_url(struct norm *n, struct str in, struct arena *a, struct str *out,
              enum norm_reason *why)
{
    struct str s, host;
    struct url u;
    *out = STR_NONE;
    if (!norm_text(in, NORM_URL_MAX, a, &s, why))
        return false;
    if (s.n == 0)
        return true;
    if (!split_url(s, &u, why) || !url_host(n, u.host, a, &host, why))
        return false;
    struct buf b;
    buf_init(&b, NORM_URL_MAX);
    buf_cstr(&b, u.secure ? "https://" : "http://");
    buf_str(&b, host);
    if (u.port.n) {
        buf_char(&b, ':');
        buf_str(&b, u.port);
    }
    bool fits = put_rest(u.rest, &b, why);
    if (fits && buf_ok(&b) != RC_OK)
        fits = norm_refuse(why, NORM_TEXT_LONG);
    if (fits)
        *out = str_dup(a, buf_view(&b));
    buf_release(&b);
    return fits;
}
