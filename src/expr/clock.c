/* Timestamps and durations hold whole microseconds in `instant`/`duration` and 0..999 nanoseconds beside them: plain CEL
 * counts nanoseconds, stored values never do. */
#include "base/wide.h"
#include "expr/call.h"

#include <string.h>

/* CEL's own bound of a duration: 315,576,000,000 seconds, about 10,000 years, either way. */
#define SPAN_MAX_US (INT64_C(315576000000) * US_PER_SECOND)

bool span_in_range(int64_t us)
{
    return us >= -SPAN_MAX_US && us <= SPAN_MAX_US;
}

bool moment_in_range(int64_t us)
{
    return us >= INSTANT_MIN.us && us <= INSTANT_MAX.us;
}

/* ---- durations ---- */

struct scan {
    struct str s;
    size_t at;
};

static bool scan_digit(struct scan *c, int *d)
{
    if (c->at >= c->s.n || c->s.p[c->at] < '0' || c->s.p[c->at] > '9')
        return false;
    *d = c->s.p[c->at++] - '0';
    return true;
}

/* Nanoseconds of a unit; 0 for none. d and w are the model language's own. */
static int64_t scan_unit(struct scan *c)
{
    static const struct {
        const char *name;
        int64_t ns;
    } units[] = {
        {"ns", 1},
        {"us", 1000},
        {"\xC2\xB5s", 1000},
        {"ms", 1000000},
        {"s", 1000000000},
        {"m", INT64_C(60000000000)},
        {"h", INT64_C(3600000000000)},
        {"d", INT64_C(86400000000000)},
        {"w", INT64_C(604800000000000)},
    };
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        size_t n = strlen(units[i].name);
        if (c->s.n - c->at >= n && memcmp(c->s.p + c->at, units[i].name, n) == 0) {
            c->at += n;
            return units[i].ns;
        }
    }
    return 0;
}

/* One "12.5h" of a duration, added to `*total` nanoseconds. 128 bits hold any term the bound of text lets pass. */
static bool scan_term(struct scan *c, i128 *total)
{
    i128 whole = 0, fraction = 0, place = 1;
    int d, digits = 0;
    while (scan_digit(c, &d)) {
        whole = whole * 10 + d;
        if (++digits > 18)
            return false;
    }
    if (c->at < c->s.n && c->s.p[c->at] == '.') {
        c->at++;
        while (scan_digit(c, &d)) {
            digits++;
            if (place < 1000000000000000) {
                fraction = fraction * 10 + d;
                place *= 10;
            }
        }
    }
    int64_t unit = scan_unit(c);
    if (!digits || !unit)
        return false;
    *total += whole * unit + fraction * unit / place;
    return true;
}

static bool set_span(i128 ns, struct xvalue *out)
{
    i128 us = ns / 1000;
    int rest = (int)(ns % 1000);
    if (rest < 0) {
        rest += 1000;
        us--;
    }
    if (us > SPAN_MAX_US || us < -SPAN_MAX_US)
        return false;
    *out = (struct xvalue){.result = XV_VALUE, .kind = X_DURATION, .ns = (uint16_t)rest};
    out->duration.us = (int64_t)us;
    return true;
}

bool span_parse(struct str s, struct xvalue *out)
{
    struct scan c = {.s = s};
    bool negative = s.n && s.p[0] == '-';
    if (s.n && (s.p[0] == '-' || s.p[0] == '+'))
        c.at = 1;
    i128 total = 0;
    if (s.n > 64 || c.at == s.n)
        return false;
    if (s.n - c.at == 1 && s.p[c.at] == '0')
        return set_span(0, out);
    while (c.at < s.n)
        if (!scan_term(&c, &total))
            return false;
    return set_span(negative ? -total : total, out);
}

/* Appends a fraction of `nanos` (0..999999999) without trailing zeros. */
static struct str with_fraction(struct arena *a, const char *sign, uint64_t whole, uint32_t nanos,
                                const char *unit)
{
    char digits[16];
    if (!nanos)
        return str_printf(a, "%s%llu%s", sign, (unsigned long long)whole, unit);
    size_t n = 9;
    for (size_t i = 9; i-- > 0; nanos /= 10)
        digits[i] = (char)('0' + nanos % 10);
    while (digits[n - 1] == '0')
        n--;
    return str_printf(a, "%s%llu.%.*s%s", sign, (unsigned long long)whole, (int)n, digits, unit);
}

struct str span_text(const struct xvalue *v, struct arena *a)
{
    i128 ns = (i128)v->duration.us * 1000 + v->ns;
    bool negative = ns < 0;
    if (negative)
        ns = -ns;
    return with_fraction(a, negative ? "-" : "", (uint64_t)(ns / 1000000000),
                         (uint32_t)(ns % 1000000000), "s");
}

/* ---- timestamps ---- */

/* The digits of a fraction beyond the sixth, as nanoseconds. */
static uint16_t rest_of_fraction(struct str s)
{
    ptrdiff_t dot = str_find(s, STR("."), 0);
    if (dot < 0)
        return 0;
    uint16_t rest = 0;
    size_t digits = 0;
    for (size_t i = (size_t)dot + 1; i < s.n && s.p[i] >= '0' && s.p[i] <= '9' && digits < 9;
         i++, digits++)
        if (digits >= 6)
            rest = (uint16_t)(rest * 10 + (s.p[i] - '0'));
    while (digits > 6 && digits++ < 9)
        rest = (uint16_t)(rest * 10);
    return rest;
}

bool moment_parse(struct str s, struct xvalue *out)
{
    struct instant t;
    if (!instant_parse(s, &t))
        return false;
    *out = (struct xvalue){.result = XV_VALUE, .kind = X_TIMESTAMP, .ns = rest_of_fraction(s)};
    out->instant = t;
    return true;
}

struct str moment_text(const struct xvalue *v, struct arena *a)
{
    char room[40];
    struct str s = str_dup(a, instant_text(v->instant, room));
    if (!v->ns)
        return s;
    int64_t us = v->instant.us % US_PER_SECOND;
    uint32_t nanos = (uint32_t)(us < 0 ? us + US_PER_SECOND : us) * 1000 + v->ns;
    struct str fraction = with_fraction(a, "", 0, nanos, "Z");
    return str_printf(a, "%.*s%.*s", 19, s.p, (int)fraction.n - 1, fraction.p + 1);
}
