/* Exact fractions and 128-bit rounding: identities, limits, half-even printing. */
#include "base/ratio.h"
#include "tests/tap.h"

#include <string.h>

static struct ratio make(i128 num, i128 den)
{
    struct ratio r = {0, 1};
    ok(ratio_make(num, den, &r));
    return r;
}

static bool is(struct ratio r, i128 num, i128 den)
{
    return r.num == num && r.den == den;
}

static void test_make(void)
{
    struct ratio r = {7, 9};
    ok(is(make(6, -4), -3, 2));
    ok(is(make(-6, -4), 3, 2));
    ok(is(make(0, -5), 0, 1));
    ok(!ratio_make(1, 0, &r) && is(r, 7, 9));
    ok(is(make((i128)wide_pow10(37), 1), (i128)wide_pow10(37), 1));
    ok(!ratio_make((i128)wide_pow10(37) + 1, 1, &r));
    ok(is(make((i128)wide_pow10(38), 10), (i128)wide_pow10(37), 1));
    struct currency eur, kwd;
    ok(currency_parse(STR("EUR"), &eur));
    ok(currency_parse(STR("KWD"), &kwd));
    ok(is(ratio_money((struct money){1234, eur}), 617, 50));
    ok(is(ratio_money((struct money){1234, kwd}), 617, 500));
    ok(is(ratio_decimal((struct decimal){-25, 2}), -1, 4));
    ok(is(ratio_int(INT64_MIN), INT64_MIN, 1));
}

static void test_arithmetic(void)
{
    struct ratio r;
    ok(ratio_add(make(1, 3), make(1, 6), &r) && is(r, 1, 2));
    ok(ratio_sub(make(1, 3), make(1, 3), &r) && is(r, 0, 1));
    ok(ratio_mul(make(2, 3), make(-3, 4), &r) && is(r, -1, 2));
    ok(ratio_div(make(1, 3), make(-2, 3), &r) && is(r, -1, 2));
    ok(!ratio_div(make(1, 3), make(0, 3), &r));
    ok(ratio_is_zero(make(0, 3)) && !ratio_is_zero(make(1, 3)));
    /* Near the limit: reduced crosswise, no false overflow; real overflow is said. */
    struct ratio big = make((i128)wide_pow10(37), 7), small = make(7, (i128)wide_pow10(37));
    ok(ratio_mul(big, small, &r) && is(r, 1, 1));
    ok(ratio_div(big, big, &r) && is(r, 1, 1));
    ok(!ratio_mul(big, big, &r));
    ok(!ratio_add(make((i128)wide_pow10(37), 1), ratio_int(1), &r));
    ok(!ratio_mul(small, small, &r));
    ok(!ratio_add(make(1, (i128)wide_pow10(37)), make(1, (i128)wide_pow10(37) - 1), &r));
}

static void test_compare(void)
{
    ok_int(ratio_cmp(make(1, 3), make(1, 2)), -1);
    ok_int(ratio_cmp(make(-1, 3), make(-1, 2)), 1);
    ok_int(ratio_cmp(make(-1, 3), make(1, 2)), -1);
    ok_int(ratio_cmp(make(2, 4), make(1, 2)), 0);
    ok_int(ratio_cmp(make(3, 1), make(5, 2)), 1);
    ok_int(ratio_cmp(make(3, 1), make(7, 2)), -1);
    i128 p = (i128)wide_pow10(37);
    ok_int(ratio_cmp(make(p - 1, p), make(p - 2, p - 1)), 1);
    ok_int(ratio_cmp(make(p, p - 1), make(p - 1, p - 2)), -1);
    ok_int(ratio_cmp(make(-p, 1), make(p, 1)), -1);
}

static const struct {
    int64_t num, den;
    int digits;
    const char *text;
} printed[] = {
    {1, 3, 2, "0.33"},
    {2, 3, 2, "0.67"},
    {1, 8, 2, "0.12"},
    {3, 8, 2, "0.38"},
    {-5, 2, 0, "-2"},
    {-7, 2, 0, "-4"},
    {5, 2, 0, "2"},
    {-5, 2, 2, "-2.50"},
    {-1, 1000, 2, "0.00"},
    {999, 1000, 2, "1.00"},
    {995, 1000, 2, "1.00"},
    {985, 1000, 2, "0.98"},
    {0, 1, 3, "0.000"},
    {1, 7, 30, "0.142857142857142857142857142857"},
    {-199999, 100000, 4, "-2.0000"},
    {1, 2, 0, "0"},
    {3, 2, 0, "2"},
};

static void test_text(void)
{
    char text[RATIO_TEXT_MAX];
    for (size_t i = 0; i < sizeof printed / sizeof *printed; i++)
        ok_str_at(printed[i].text,
                  ratio_text(make(printed[i].num, printed[i].den), printed[i].digits, text).p,
                  printed[i].text);
    ratio_text(make(-(i128)wide_pow10(37), 1), RATIO_DIGITS_MAX, text);
    ok_int(strlen(text), 1 + 38 + 1 + RATIO_DIGITS_MAX);
}

static void test_conversions(void)
{
    struct currency jpy, eur;
    struct money m;
    struct decimal d;
    ok(currency_parse(STR("JPY"), &jpy));
    ok(currency_parse(STR("EUR"), &eur));
    ok(ratio_to_money(make(5, 2), jpy, &m) && m.minor == 2 && m.currency.code == jpy.code);
    ok(ratio_to_money(make(-1, 3), eur, &m) && m.minor == -33);
    ok(ratio_to_money(make(INT64_MAX, 100), eur, &m) && m.minor == INT64_MAX);
    ok(!ratio_to_money(make(INT64_MAX, 99), eur, &m));
    ok(!ratio_to_money(make((i128)wide_pow10(37), 1), eur, &m));
    ok(ratio_to_decimal(make(1, 3), 9, &d) && d.mantissa == 333333333 && d.scale == 9);
    ok(ratio_to_decimal(make(5, 2), 9, &d) && d.mantissa == 25 && d.scale == 1);
    ok(!ratio_to_decimal(make(INT64_MAX, 7), 0, &d));
    ok(ratio_double(make(-1, 4)) == -0.25);
}

static void test_wide(void)
{
    i128 top = (i128)(~(u128)0 >> 1);
    ok(wide_div_half_even(top, top) == 1);
    ok(wide_div_half_even(top / 2, top) == 0);
    ok(wide_div_half_even(top / 2 + 1, top) == 1);
    ok(wide_div_half_even(-top, 1) == -top);
    ok(wide_div_half_even(25, 10) == 2 && wide_div_half_even(35, 10) == 4);
    ok(wide_div_half_even(-25, 10) == -2 && wide_div_half_even(-26, 10) == -3);
    int64_t n;
    ok(wide_to_i64(INT64_MIN, &n) && n == INT64_MIN);
    ok(!wide_to_i64((i128)INT64_MIN - 1, &n));
    char digits[40];
    char *end = wide_digits(~(u128)0, digits);
    ok_int(end - digits, 39);
    ok_mem(digits, "340282366920938463463374607431768211455", 39);
}

/* A large number with few digits fits however many fraction digits are asked for. */
static void test_large_decimals(void)
{
    struct ratio r;
    struct decimal d;
    ok(ratio_make((i128)11698030000, 1, &r) && ratio_to_decimal(r, 9, &d));
    ok(d.mantissa == 11698030000 && d.scale == 0);
    ok(ratio_make((i128)999999999999999, 1000, &r) && ratio_to_decimal(r, 9, &d) && d.scale == 3);
    ok(ratio_make((i128)9999999999999999, 1, &r) && !ratio_to_decimal(r, 9, &d));
}

int main(void)
{
    test_make();
    test_arithmetic();
    test_compare();
    test_text();
    test_conversions();
    test_wide();
    test_large_decimals();
    return tap_done();
}
