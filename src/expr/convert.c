/* int(), double(), string() and their kind. What does not convert is a fault that quotes the value. */
#include "expr/arith.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void no_conversion(struct run *r, const struct node *n, struct str what, struct xvalue *out)
{
    run_fault(r, n, out, "X0203", "'%.*s' is no %.*s", STR_ARG(str_sub(what, 0, 60)),
              STR_ARG(n->name));
}

static void out_of_range(struct run *r, const struct node *n, struct xvalue *out)
{
    run_fault(r, n, out, "X0203", "the value is out of range for %.*s", STR_ARG(n->name));
}

static struct xvalue value_of_kind(enum xkind k)
{
    return (struct xvalue){.result = XV_VALUE, .kind = k};
}

CALLABLE(same_call)
{
    (void)r, (void)n;
    *out = args[0];
}

/* ---- int ---- */

CALLABLE(int_of_uint_call)
{
    *out = value_of_kind(X_INT);
    if (args[0].unsigned_integer > INT64_MAX)
        out_of_range(r, n, out);
    else
        out->integer = (int64_t)args[0].unsigned_integer;
}

bool int_of_double(double x, int64_t *out)
{
    /* Both ends are open: 2^63 is no int64, and -2^63 is as a double also every number that rounds to it. */
    if (!(x > -9223372036854775808.0 && x < 9223372036854775808.0))
        return false;
    *out = (int64_t)x;
    return true;
}

CALLABLE(int_of_double_call)
{
    *out = value_of_kind(X_INT);
    int64_t x;
    if (!int_of_double(args[0].number, &x))
        out_of_range(r, n, out);
    else
        out->integer = x;
}

bool int_of_text(struct str s, int64_t *out)
{
    return str_to_i64(s.n > 1 && s.p[0] == '+' && s.p[1] != '-' ? str_sub(s, 1, s.n) : s, out);
}

CALLABLE(int_of_text_call)
{
    *out = value_of_kind(X_INT);
    int64_t x;
    if (!int_of_text(args[0].text, &x))
        no_conversion(r, n, args[0].text, out);
    else
        out->integer = x;
}

CALLABLE(int_of_time_call)
{
    (void)r, (void)n;
    *out = value_of_kind(X_INT);
    int64_t us = args[0].instant.us;
    out->integer = us >= 0 ? us / US_PER_SECOND : -((-us + US_PER_SECOND - 1) / US_PER_SECOND);
}

/* ---- uint ---- */

CALLABLE(uint_of_int_call)
{
    *out = value_of_kind(X_UINT);
    if (args[0].integer < 0)
        out_of_range(r, n, out);
    else
        out->unsigned_integer = (uint64_t)args[0].integer;
}

CALLABLE(uint_of_double_call)
{
    *out = value_of_kind(X_UINT);
    if (!(args[0].number >= 0 && args[0].number < 18446744073709551616.0))
        out_of_range(r, n, out);
    else
        out->unsigned_integer = (uint64_t)args[0].number;
}

CALLABLE(uint_of_text_call)
{
    *out = value_of_kind(X_UINT);
    uint64_t x;
    if (!str_to_u64(args[0].text, &x))
        no_conversion(r, n, args[0].text, out);
    else
        out->unsigned_integer = x;
}

/* ---- double ---- */

CALLABLE(double_of_int_call)
{
    (void)r, (void)n;
    *out = value_of_kind(X_DOUBLE);
    out->number = (double)args[0].integer;
}

CALLABLE(double_of_uint_call)
{
    (void)r, (void)n;
    *out = value_of_kind(X_DOUBLE);
    out->number = (double)args[0].unsigned_integer;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static size_t digits_from(struct str s, size_t at)
{
    size_t n = 0;
    while (at + n < s.n && is_digit(s.p[at + n]))
        n++;
    return n;
}

/* Digits with an optional fraction and exponent; strtod alone would also take spaces, hexadecimal and "nan(…)". */
static bool decimal_shape(struct str s)
{
    size_t at = s.n && (s.p[0] == '-' || s.p[0] == '+') ? 1 : 0;
    size_t whole = digits_from(s, at), fraction = 0;
    at += whole;
    if (at < s.n && s.p[at] == '.') {
        fraction = digits_from(s, at + 1);
        at += 1 + fraction;
    }
    if (!whole && !fraction)
        return false;
    if (at < s.n && (s.p[at] == 'e' || s.p[at] == 'E')) {
        at++;
        if (at < s.n && (s.p[at] == '-' || s.p[at] == '+'))
            at++;
        size_t exponent = digits_from(s, at);
        if (!exponent)
            return false;
        at += exponent;
    }
    return at == s.n;
}

bool double_of_text(struct str s, double *out)
{
    char room[512];
    if (s.n >= sizeof room || !decimal_shape(s))
        return false;
    memcpy(room, s.p, s.n);
    room[s.n] = '\0';
    *out = strtod(room, NULL);
    return isfinite(*out);
}

CALLABLE(double_of_text_call)
{
    static const struct {
        const char *name;
        double value;
    } words[] = {{"NaN", NAN},
                 {"Inf", INFINITY},
                 {"+Inf", INFINITY},
                 {"-Inf", -INFINITY},
                 {"Infinity", INFINITY},
                 {"+Infinity", INFINITY},
                 {"-Infinity", -INFINITY}};
    *out = value_of_kind(X_DOUBLE);
    double x;
    if (double_of_text(args[0].text, &x)) {
        out->number = x;
        return;
    }
    for (size_t i = 0; r->e->plain && i < sizeof words / sizeof *words; i++)
        if (str_eq_nocase(args[0].text, str_of(words[i].name))) {
            out->number = words[i].value;
            return;
        }
    no_conversion(r, n, args[0].text, out);
}

/* ---- text ---- */

struct str double_text(double x, struct arena *a)
{
    char room[40];
    if (isnan(x))
        return STR("NaN");
    if (isinf(x))
        return x > 0 ? STR("+Infinity") : STR("-Infinity");
    for (int precision = 1; precision <= 17; precision++) {
        (void)snprintf(room, sizeof room, "%.*g", precision, x);
        double back = strtod(room, NULL);
        if (memcmp(&back, &x, sizeof x) == 0)
            break;
    }
    return str_dup(a, str_of(room));
}

CALLABLE(text_of_call)
{
    const struct xvalue *v = &args[0];
    char room[64];
    struct str s = STR_NONE;
    switch ((int)v->kind) {
    case X_BOOL:
        s = v->boolean ? STR("true") : STR("false");
        break;
    case X_INT:
        s = str_printf(r->arena, "%lld", (long long)v->integer);
        break;
    case X_UINT:
        s = str_printf(r->arena, "%llu", (unsigned long long)v->unsigned_integer);
        break;
    case X_DOUBLE:
        s = double_text(v->number, r->arena);
        break;
    case X_TIMESTAMP:
        s = moment_text(v, r->arena);
        break;
    case X_DURATION:
        s = span_text(v, r->arena);
        break;
    case X_DATE:
        s = str_dup(r->arena, date_text(v->date, room));
        break;
    case X_MONEY:
        s = str_dup(r->arena, money_text(v->money, room));
        break;
    default:
        run_fault(r, n, out, "X0206", "string() does not take a %.*s", STR_ARG(kind_text(v->kind)));
        return;
    }
    *out = (struct xvalue){.result = XV_VALUE, .kind = X_STRING, .text = s};
}

CALLABLE(text_of_bytes_call)
{
    *out = args[0];
    out->kind = X_STRING;
    if (utf8_invalid_at(args[0].text) >= 0)
        run_fault(r, n, out, "X0203", "the bytes are not UTF-8");
}

CALLABLE(bytes_of_text_call)
{
    (void)r, (void)n;
    *out = args[0];
    out->kind = X_BYTES;
}

/* ---- the rest ---- */

CALLABLE(bool_of_text_call)
{
    static const char *const yes[] = {"1", "t", "T", "true", "TRUE", "True"};
    static const char *const no[] = {"0", "f", "F", "false", "FALSE", "False"};
    *out = value_of_kind(X_BOOL);
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++) {
        out->boolean = str_is(args[0].text, yes[i]);
        if (out->boolean || str_is(args[0].text, no[i]))
            return;
    }
    no_conversion(r, n, args[0].text, out);
}

CALLABLE(time_of_int_call)
{
    *out = value_of_kind(X_TIMESTAMP);
    int64_t us;
    if (__builtin_mul_overflow(args[0].integer, US_PER_SECOND, &us) || !moment_in_range(us))
        out_of_range(r, n, out);
    else
        out->instant.us = us;
}

CALLABLE(time_of_text_call)
{
    if (!moment_parse(args[0].text, out))
        no_conversion(r, n, args[0].text, out);
}

CALLABLE(span_of_text_call)
{
    if (!span_parse(args[0].text, out))
        no_conversion(r, n, args[0].text, out);
}

CALLABLE(money_of_text_call)
{
    *out = value_of_kind(X_MONEY);
    struct money m;
    if (!money_parse(args[0].text, r->e->currency, &m))
        run_fault(r, n, out, "X0203", "'%.*s' is no amount of money; write it as '1200.50 EUR'",
                  STR_ARG(str_sub(args[0].text, 0, 60)));
    else
        out->money = m;
}

CALLABLE(type_call)
{
    static const char *const names[X_KIND_COUNT] = {
        [X_DYN] = "dyn",
        [X_NULL] = "null_type",
        [X_BOOL] = "bool",
        [X_INT] = "int",
        [X_UINT] = "uint",
        [X_DOUBLE] = "double",
        [X_STRING] = "string",
        [X_BYTES] = "bytes",
        [X_DURATION] = "google.protobuf.Duration",
        [X_TIMESTAMP] = "google.protobuf.Timestamp",
        [X_DATE] = "date",
        [X_MONEY] = "money",
        [X_RECORD] = "record",
        [X_STRUCT] = "map",
        [X_LIST] = "list",
        [X_MAP] = "map",
        [X_TYPE] = "type",
    };
    (void)r, (void)n;
    *out = (struct xvalue){.result = XV_VALUE, .kind = X_TYPE, .text = str_of(names[args[0].kind])};
}
