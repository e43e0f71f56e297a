/* ratio.c - see ratio.h. */
#include "base/ratio.h"

#include <assert.h>

static u128 limit(void)
{
    return wide_pow10(37);
}

static u128 magnitude(i128 x)
{
    return x < 0 ? -(u128)x : (u128)x;
}

static u128 gcd(u128 a, u128 b)
{
    while (b) {
        u128 rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

static void check(struct ratio r)
{
    assert(r.den > 0 && (u128)r.den <= limit() && magnitude(r.num) <= limit());
}

bool ratio_make(i128 num, i128 den, struct ratio *out)
{
    u128 n = magnitude(num), d = magnitude(den);
    if (d == 0)
        return false;
    u128 common = gcd(n, d);
    n /= common;
    d /= common;
    if (n > limit() || d > limit())
        return false;
    *out = (struct ratio){(num < 0) != (den < 0) ? -(i128)n : (i128)n, (i128)d};
    return true;
}

struct ratio ratio_int(int64_t n)
{
    return (struct ratio){n, 1};
}

/* n / 10^scale, which always fits. */
static struct ratio scaled(int64_t n, int scale)
{
    struct ratio r;
    bool fits = ratio_make(n, (i128)wide_pow10(scale), &r);
    assert(fits);
    return r;
}

struct ratio ratio_decimal(struct decimal d)
{
    return scaled(d.mantissa, d.scale);
}

struct ratio ratio_money(struct money m)
{
    return scaled(m.minor, currency_digits(m.currency));
}

bool ratio_is_zero(struct ratio a)
{
    return a.num == 0;
}

bool ratio_add(struct ratio a, struct ratio b, struct ratio *out)
{
    check(a);
    check(b);
    /* Over the least common denominator, so that sums of equal denominators do not grow. */
    i128 common = (i128)gcd((u128)a.den, (u128)b.den);
    i128 x, y, sum, den;
    if (__builtin_mul_overflow(a.num, b.den / common, &x) ||
        __builtin_mul_overflow(b.num, a.den / common, &y) || __builtin_add_overflow(x, y, &sum) ||
        __builtin_mul_overflow(a.den / common, b.den, &den))
        return false;
    return ratio_make(sum, den, out);
}

bool ratio_sub(struct ratio a, struct ratio b, struct ratio *out)
{
    return ratio_add(a, (struct ratio){-b.num, b.den}, out);
}

bool ratio_mul(struct ratio a, struct ratio b, struct ratio *out)
{
    check(a);
    check(b);
    /* Reduced crosswise first: the products are then reduced, and overflow means that the result is out of range. */
    i128 left = (i128)gcd(magnitude(a.num), (u128)b.den);
    i128 right = (i128)gcd(magnitude(b.num), (u128)a.den);
    i128 num, den;
    if (__builtin_mul_overflow(a.num / left, b.num / right, &num) ||
        __builtin_mul_overflow(a.den / right, b.den / left, &den))
        return false;
    return ratio_make(num, den, out);
}

bool ratio_div(struct ratio a, struct ratio b, struct ratio *out)
{
    if (b.num == 0)
        return false;
    struct ratio inverse = {b.num < 0 ? -b.den : b.den, (i128)magnitude(b.num)};
    return ratio_mul(a, inverse, out);
}

/* Floor and what is left, with 0 <= *rest < den. */
static i128 floor_div(i128 num, i128 den, i128 *rest)
{
    i128 q = num / den, r = num % den;
    if (r < 0) {
        r += den;
        q--;
    }
    *rest = r;
    return q;
}

int ratio_cmp(struct ratio a, struct ratio b)
{
    check(a);
    check(b);
    /* Continued fractions: compare the floors, then the inverses of what is left, the other way round. */
    for (int sign = 1;; sign = -sign) {
        i128 rest_a, rest_b;
        i128 x = floor_div(a.num, a.den, &rest_a), y = floor_div(b.num, b.den, &rest_b);
        if (x != y)
            return x < y ? -sign : sign;
        if (rest_a == 0 || rest_b == 0)
            return rest_a == rest_b ? 0 : rest_a == 0 ? -sign : sign;
        a = (struct ratio){a.den, rest_a};
        b = (struct ratio){b.den, rest_b};
    }
}

/* The magnitude of `r` rounded half-even to `digits`, as whole part and fraction. */
static void round_parts(struct ratio r, int digits, u128 *whole, u128 *fraction)
{
    check(r);
    assert(digits >= 0 && digits <= RATIO_DIGITS_MAX);
    u128 n = magnitude(r.num), d = (u128)r.den, rest = n % d;
    *whole = n / d;
    *fraction = 0;
    for (int i = 0; i < digits; i++) {
        rest *= 10; /* below 10^38 */
        *fraction = *fraction * 10 + rest / d;
        rest %= d;
    }
    u128 last = digits ? *fraction : *whole;
    if (rest > d - rest || (rest == d - rest && last % 2 != 0)) {
        if (digits && ++*fraction == wide_pow10(digits))
            *fraction = 0;
        else if (digits)
            return;
        ++*whole;
    }
}

struct str ratio_text(struct ratio r, int digits, char out[RATIO_TEXT_MAX])
{
    u128 whole, fraction;
    char *p = out;
    round_parts(r, digits, &whole, &fraction);
    if (r.num < 0 && (whole || fraction))
        *p++ = '-';
    p = wide_digits(whole, p);
    if (digits) {
        *p++ = '.';
        for (int i = digits - 1; i >= 0; i--, fraction /= 10)
            p[i] = (char)('0' + (int)(fraction % 10));
        p += digits;
    }
    *p = '\0';
    return (struct str){out, (size_t)(p - out)};
}

/* `r` as a whole number of 10^-digits; false when even its whole part leaves int64. */
static bool to_scaled(struct ratio r, int digits, i128 *out)
{
    u128 whole, fraction;
    round_parts(r, digits, &whole, &fraction);
    if (whole > INT64_MAX)
        return false;
    i128 v = (i128)(whole * wide_pow10(digits) + fraction);
    *out = r.num < 0 ? -v : v;
    return true;
}

bool ratio_to_money(struct ratio r, struct currency c, struct money *out)
{
    i128 scaled;
    int64_t minor;
    if (!to_scaled(r, currency_digits(c), &scaled) || !wide_to_i64(scaled, &minor))
        return false;
    *out = (struct money){minor, c};
    return true;
}

bool ratio_to_decimal(struct ratio r, int digits, struct decimal *out)
{
    i128 scaled;
    int64_t mantissa;
    assert(digits >= 0 && digits <= 9);
    if (!to_scaled(r, digits, &scaled))
        return false;
    for (; digits > 0 && scaled % 10 == 0; digits--)
        scaled /= 10; /* 11698030000.000000000 has 11 digits, not 20 */
    return wide_to_i64(scaled, &mantissa) && decimal_of_scaled(mantissa, digits, out);
}

double ratio_double(struct ratio r)
{
    check(r);
    return (double)r.num / (double)r.den;
}
