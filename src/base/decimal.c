/* decimal.c - see decimal.h. */
#include "base/decimal.h"

#include "base/wide.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/ucurr.h>

#define MANTISSA_MAX INT64_C(999999999999999) /* 15 digits */
#define SCALE_MAX 9

static const int64_t pow10_table[] = {1,      10,      100,      1000,      10000,
                                      100000, 1000000, 10000000, 100000000, 1000000000};

/* The number as read: digits × 10^exponent, trailing zeros moved into the exponent. */
struct scanned {
    bool negative;
    u128 digits; /* below 10^30 */
    int exponent;
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Adds the digits at `*at` to `v`; counts them; false when more than 30 are significant. */
static bool scan_digits(struct str s, size_t *at, struct scanned *v, size_t *count)
{
    const u128 room = wide_pow10(29);
    for (*count = 0; *at < s.n && is_digit(s.p[*at]); ++*at, ++*count) {
        if (v->digits >= room)
            return false;
        v->digits = v->digits * 10 + (unsigned)(s.p[*at] - '0');
    }
    return true;
}

static bool scan_exponent(struct str s, size_t *at, int *exponent)
{
    *exponent = 0;
    if (*at == s.n || (s.p[*at] != 'e' && s.p[*at] != 'E'))
        return true;
    ++*at;
    bool negative = *at < s.n && s.p[*at] == '-';
    if (negative || (*at < s.n && s.p[*at] == '+'))
        ++*at;
    size_t first = *at;
    for (; *at < s.n && is_digit(s.p[*at]); ++*at)
        if (*exponent < 10000)
            *exponent = *exponent * 10 + (s.p[*at] - '0');
    if (negative)
        *exponent = -*exponent;
    return *at > first;
}

/* [-]digits[.digits][e[±]digits], the whole of `s`. */
static bool scan_number(struct str s, struct scanned *v)
{
    size_t at = 0, whole, fraction = 0;
    int exponent;
    *v = (struct scanned){.negative = s.n > 0 && s.p[0] == '-'};
    at += v->negative;
    if (!scan_digits(s, &at, v, &whole) || whole == 0)
        return false;
    if (at < s.n && s.p[at] == '.') {
        at++;
        if (!scan_digits(s, &at, v, &fraction) || fraction == 0)
            return false;
    }
    if (fraction > 10000 || !scan_exponent(s, &at, &exponent) || at != s.n)
        return false;
    v->exponent = exponent - (int)fraction;
    if (v->digits == 0)
        *v = (struct scanned){0};
    /* Division of 128 bits is slow, and nearly every number fits 64. */
    while (v->digits > UINT64_MAX && v->digits % 10 == 0) {
        v->digits /= 10;
        v->exponent++;
    }
    while (v->digits != 0 && v->digits <= UINT64_MAX && (uint64_t)v->digits % 10 == 0) {
        v->digits = (uint64_t)v->digits / 10;
        v->exponent++;
    }
    return true;
}

/* The number as an integer count of 10^-scale; false unless exact and within int64. */
static bool scanned_at_scale(const struct scanned *v, int scale, int64_t *out)
{
    int shift = v->exponent + scale;
    if (v->digits == 0) {
        *out = 0;
        return true;
    }
    if (shift < 0 || shift > 18 || v->digits > INT64_MAX)
        return false;
    u128 magnitude = v->digits * wide_pow10(shift);
    if (magnitude > INT64_MAX)
        return false;
    *out = v->negative ? -(int64_t)magnitude : (int64_t)magnitude;
    return true;
}

bool decimal_parse(struct str s, struct decimal *out)
{
    struct scanned v;
    if (!scan_number(s, &v))
        return false;
    int scale = v.exponent < 0 ? -v.exponent : 0;
    int64_t mantissa;
    return scale <= SCALE_MAX && scanned_at_scale(&v, scale, &mantissa) &&
           decimal_of_scaled(mantissa, scale, out);
}

bool decimal_of_scaled(int64_t n, int scale, struct decimal *out)
{
    assert(scale >= 0 && scale <= SCALE_MAX);
    for (; scale > 0 && n % 10 == 0; scale--)
        n /= 10;
    if (n > MANTISSA_MAX || n < -MANTISSA_MAX)
        return false;
    *out = (struct decimal){n, (uint8_t)scale};
    return true;
}

/* Digits of `magnitude` with `scale` of them after the point. */
static char *put_scaled(char *p, uint64_t magnitude, int scale)
{
    assert(scale >= 0 && scale <= SCALE_MAX);
    uint64_t unit = (uint64_t)pow10_table[scale];
    p = wide_digits(magnitude / unit, p);
    if (scale == 0)
        return p;
    *p++ = '.';
    uint64_t fraction = magnitude % unit;
    for (int i = scale - 1; i >= 0; i--, fraction /= 10)
        p[i] = (char)('0' + fraction % 10);
    return p + scale;
}

static uint64_t magnitude_of(int64_t x)
{
    return x < 0 ? 0 - (uint64_t)x : (uint64_t)x;
}

struct str decimal_text(struct decimal d, char out[32])
{
    char *p = out;
    if (d.mantissa < 0)
        *p++ = '-';
    p = put_scaled(p, magnitude_of(d.mantissa), d.scale);
    *p = '\0';
    return (struct str){out, (size_t)(p - out)};
}

double decimal_double(struct decimal d)
{
    assert(d.scale <= SCALE_MAX && d.mantissa <= MANTISSA_MAX && d.mantissa >= -MANTISSA_MAX);
    /* Both operands are exact doubles, so the quotient is the correctly rounded one. */
    return (double)d.mantissa / (double)pow10_table[d.scale];
}

bool decimal_from_double(double x, struct decimal *out)
{
    /* A double is the image of at most one decimal of 15 digits; when there is one, it is the shortest text. */
    char text[40];
    if (!isfinite(x))
        return false;
    int n = snprintf(text, sizeof text, "%.14e", x);
    assert(n > 0 && (size_t)n < sizeof text);
    return strtod(text, NULL) == x && decimal_parse((struct str){text, (size_t)n}, out);
}

int decimal_cmp(struct decimal a, struct decimal b)
{
    assert(a.scale <= SCALE_MAX && b.scale <= SCALE_MAX);
    i128 x = (i128)a.mantissa * pow10_table[b.scale], y = (i128)b.mantissa * pow10_table[a.scale];
    return (x > y) - (x < y);
}

/* ---- currencies ---- */

#define CODE(a, b, c) ((uint32_t)(a) << 16 | (uint32_t)(b) << 8 | (uint32_t)(c))

/* Codes whose minor unit has other than two digits by ISO 4217. The table is ours because amounts are stored in minor
 * units: their meaning must not move with a library, and CLDR states the digits of daily use (IQD 0) instead. */
static const struct {
    uint32_t code;
    int digits;
} minor_digits[] = {
    {CODE('A', 'D', 'P'), 0}, {CODE('B', 'H', 'D'), 3}, {CODE('B', 'I', 'F'), 0},
    {CODE('B', 'Y', 'R'), 0}, {CODE('C', 'L', 'F'), 4}, {CODE('C', 'L', 'P'), 0},
    {CODE('D', 'J', 'F'), 0}, {CODE('E', 'S', 'P'), 0}, {CODE('G', 'N', 'F'), 0},
    {CODE('I', 'Q', 'D'), 3}, {CODE('I', 'S', 'K'), 0}, {CODE('I', 'T', 'L'), 0},
    {CODE('J', 'O', 'D'), 3}, {CODE('J', 'P', 'Y'), 0}, {CODE('K', 'M', 'F'), 0},
    {CODE('K', 'R', 'W'), 0}, {CODE('K', 'W', 'D'), 3}, {CODE('L', 'U', 'F'), 0},
    {CODE('L', 'Y', 'D'), 3}, {CODE('M', 'G', 'F'), 0}, {CODE('O', 'M', 'R'), 3},
    {CODE('P', 'Y', 'G'), 0}, {CODE('R', 'W', 'F'), 0}, {CODE('T', 'N', 'D'), 3},
    {CODE('T', 'R', 'L'), 0}, {CODE('U', 'G', 'X'), 0}, {CODE('U', 'Y', 'I'), 0},
    {CODE('U', 'Y', 'W'), 4}, {CODE('V', 'N', 'D'), 0}, {CODE('V', 'U', 'V'), 0},
    {CODE('X', 'A', 'F'), 0}, {CODE('X', 'O', 'F'), 0}, {CODE('X', 'P', 'F'), 0},
};

/* ISO 4217 codes newer than the oldest ICU we build with (72). */
static const char newer_codes[][4] = {"XAD", "XCG", "ZWG"};

/* Codes of metals, units of account and "no currency": they have no minor unit, so there is no money in them. */
static const char unit_codes[][4] = {
    "XAG", "XAU", "XBA", "XBB", "XBC", "XBD", "XDR", "XFO",
    "XFU", "XPD", "XPT", "XRE", "XSU", "XTS", "XUA", "XXX",
};

static bool is_listed(const char list[][4], size_t n, const char code[4])
{
    for (size_t i = 0; i < n; i++)
        if (memcmp(list[i], code, 3) == 0)
            return true;
    return false;
}

static bool icu_knows(const char code[4])
{
    UChar wide[4] = {(UChar)code[0], (UChar)code[1], (UChar)code[2], 0};
    UErrorCode status = U_ZERO_ERROR;
    const double always = 8e15; /* ms, beyond any year in the data */
    return ucurr_isAvailable(wide, -always, always, &status) && U_SUCCESS(status);
}

bool currency_parse(struct str s, struct currency *out)
{
    char code[4] = {0};
    if (s.n != 3)
        return false;
    for (size_t i = 0; i < 3; i++) {
        code[i] = s.p[i] >= 'a' && s.p[i] <= 'z' ? (char)(s.p[i] - 'a' + 'A') : s.p[i];
        if (code[i] < 'A' || code[i] > 'Z')
            return false;
    }
    if (is_listed(unit_codes, sizeof unit_codes / sizeof *unit_codes, code))
        return false;
    if (!icu_knows(code) && !is_listed(newer_codes, sizeof newer_codes / sizeof *newer_codes, code))
        return false;
    out->code = CODE(code[0], code[1], code[2]);
    return true;
}

struct str currency_text(struct currency c, char out[4])
{
    if (c.code == 0) {
        out[0] = '\0';
        return (struct str){out, 0};
    }
    out[0] = (char)(c.code >> 16 & 0xff);
    out[1] = (char)(c.code >> 8 & 0xff);
    out[2] = (char)(c.code & 0xff);
    out[3] = '\0';
    return (struct str){out, 3};
}

int currency_digits(struct currency c)
{
    size_t low = 0, high = sizeof minor_digits / sizeof *minor_digits;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (minor_digits[mid].code == c.code)
            return minor_digits[mid].digits;
        if (minor_digits[mid].code < c.code)
            low = mid + 1;
        else
            high = mid;
    }
    return 2;
}

/* ---- money ---- */

bool money_parse(struct str s, struct currency fallback, struct money *out)
{
    struct currency currency = fallback;
    struct scanned v;
    size_t end = s.n;
    if (s.n > 4 && s.p[s.n - 4] == ' ') {
        if (!currency_parse(str_sub(s, s.n - 3, s.n), &currency))
            return false;
        end = s.n - 4;
    }
    while (end < s.n && end > 0 && s.p[end - 1] == ' ')
        end--;
    int64_t minor;
    if (currency.code == 0 || !scan_number(str_sub(s, 0, end), &v) ||
        !scanned_at_scale(&v, currency_digits(currency), &minor))
        return false;
    *out = (struct money){minor, currency};
    return true;
}

struct str money_text(struct money m, char out[40])
{
    char code[4], *p = out;
    if (m.minor < 0)
        *p++ = '-';
    p = put_scaled(p, magnitude_of(m.minor), currency_digits(m.currency));
    struct str c = currency_text(m.currency, code);
    if (c.n) {
        *p++ = ' ';
        memcpy(p, c.p, c.n);
        p += c.n;
    }
    *p = '\0';
    return (struct str){out, (size_t)(p - out)};
}

bool money_add(struct money a, struct money b, struct money *out)
{
    int64_t sum;
    if (a.currency.code != b.currency.code || __builtin_add_overflow(a.minor, b.minor, &sum))
        return false;
    *out = (struct money){sum, a.currency};
    return true;
}

bool money_scale(struct money m, struct decimal factor, struct currency to, struct money *out)
{
    assert(factor.scale <= SCALE_MAX && factor.mantissa <= MANTISSA_MAX &&
           factor.mantissa >= -MANTISSA_MAX);
    /* At most 9.3e18 × 1e15 × 1e4, below the 1.7e38 of 128 bits. */
    i128 product = (i128)m.minor * factor.mantissa * pow10_table[currency_digits(to)];
    i128 unit = (i128)pow10_table[currency_digits(m.currency)] * pow10_table[factor.scale];
    int64_t minor;
    if (!wide_to_i64(wide_div_half_even(product, unit), &minor))
        return false;
    *out = (struct money){minor, to};
    return true;
}
