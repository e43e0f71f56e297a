/* Numbers: what is printed reads back; decimals, money and fractions agree with each other and with slow arithmetic. */
#include "base/number_format.h"
#include "base/ratio.h"
#include "tests/prop.h"

#include <string.h>

static const char *const codes[] = {"EUR", "JPY", "KWD", "CLF", "USD"};

static struct currency draw_currency(struct prop *p)
{
    struct currency c = {0};
    (void)currency_parse(str_of(codes[prop_draw(p, sizeof codes / sizeof *codes)]), &c);
    return c;
}

static struct decimal draw_decimal(struct prop *p)
{
    struct decimal d = {0, 0};
    int64_t limit = prop_once_in(p, 3) ? INT64_C(999999999999999) : 5000;
    (void)decimal_of_scaled(prop_range(p, -limit, limit), (int)prop_draw(p, 10), &d);
    return d;
}

static struct money draw_money(struct prop *p)
{
    int64_t limit = prop_once_in(p, 3) ? INT64_MAX : 100000;
    int64_t minor = prop_range(p, -limit, limit);
    return (struct money){minor, draw_currency(p)};
}

static struct ratio draw_ratio(struct prop *p)
{
    int64_t limit = prop_once_in(p, 3) ? INT64_MAX : 60;
    struct ratio r = {0, 1};
    int64_t num = prop_range(p, -limit, limit);
    (void)!ratio_make(num, prop_range(p, 1, limit), &r);
    return r;
}

static void note_ratio(struct prop *p, struct ratio r)
{
    char text[RATIO_TEXT_MAX];
    prop_note(p, "%s with denominator %.0f", ratio_text(r, 9, text).p, (double)r.den);
}

static bool decimal_reads_back(struct prop *p, void *context)
{
    (void)context;
    struct decimal d = draw_decimal(p), text_back, double_back;
    char text[32];
    struct str s = decimal_text(d, text);
    prop_note(p, "%s", text);
    return decimal_parse(s, &text_back) && text_back.mantissa == d.mantissa &&
           text_back.scale == d.scale && decimal_from_double(decimal_double(d), &double_back) &&
           double_back.mantissa == d.mantissa && double_back.scale == d.scale;
}

static bool decimals_compare_as_fractions(struct prop *p, void *context)
{
    (void)context;
    struct decimal a = draw_decimal(p), b = draw_decimal(p);
    char x[32], y[32];
    prop_note(p, "%s and %s", decimal_text(a, x).p, decimal_text(b, y).p);
    return decimal_cmp(a, b) == ratio_cmp(ratio_decimal(a), ratio_decimal(b)) &&
           decimal_cmp(a, b) == -decimal_cmp(b, a);
}

static bool money_reads_back(struct prop *p, void *context)
{
    (void)context;
    struct money m = draw_money(p), back;
    char text[40];
    struct str s = money_text(m, text);
    prop_note(p, "%s", text);
    return money_parse(s, (struct currency){0}, &back) && back.minor == m.minor &&
           back.currency.code == m.currency.code;
}

/* Scaling money is the exact product, rounded once. */
static bool money_scales_exactly(struct prop *p, void *context)
{
    (void)context;
    struct money m = draw_money(p), got = {0}, want = {0};
    struct decimal f = draw_decimal(p);
    struct currency to = draw_currency(p);
    struct ratio product;
    char x[40], y[32];
    prop_note(p, "%s times %s", money_text(m, x).p, decimal_text(f, y).p);
    bool exact = ratio_mul(ratio_money(m), ratio_decimal(f), &product) &&
                 ratio_to_money(product, to, &want);
    return money_scale(m, f, to, &got) == exact && (!exact || got.minor == want.minor);
}

/* What is added can be taken away, what is multiplied divided, and order is the sign of the difference. */
static bool fractions_are_a_field(struct prop *p, void *context)
{
    (void)context;
    struct ratio a = draw_ratio(p), b = draw_ratio(p), x, y;
    note_ratio(p, a);
    note_ratio(p, b);
    if (ratio_add(a, b, &x) && (!ratio_sub(x, b, &y) || ratio_cmp(y, a) != 0))
        return false;
    if (ratio_mul(a, b, &x) && !ratio_is_zero(b) && (!ratio_div(x, b, &y) || ratio_cmp(y, a) != 0))
        return false;
    if (!ratio_sub(a, b, &x))
        return true;
    int sign = (x.num > 0) - (x.num < 0);
    return ratio_cmp(a, b) == sign && ratio_cmp(b, a) == -sign;
}

/* The printed value lies within half a unit of the last place, and on a tie its last digit is even. */
static bool fraction_prints_nearest(struct prop *p, void *context)
{
    (void)context;
    struct ratio r = draw_ratio(p), error, half;
    int digits = (int)prop_draw(p, 7);
    char text[RATIO_TEXT_MAX];
    struct decimal d;
    struct str s = ratio_text(r, digits, text);
    note_ratio(p, r);
    prop_note(p, "to %d digits: %s", digits, text);
    if (!decimal_parse(s, &d))
        return true; /* more digits than a decimal holds */
    if (!ratio_sub(ratio_decimal(d), r, &error) ||
        !ratio_make(1, 2 * (i128)wide_pow10(digits), &half))
        return false;
    error.num = error.num < 0 ? -error.num : error.num;
    int c = ratio_cmp(error, half);
    return c < 0 || (c == 0 && (s.p[s.n - 1] - '0') % 2 == 0);
}

/* Grouped digits with signs and a unit read as the plain number. */
static bool grouped_number_is_plain(struct prop *p, void *context)
{
    (void)context;
    static const struct number_format formats[] = {{'.', ',', {"$", 1}},
                                                   {',', '.', {"\xe2\x82\xac", 3}},
                                                   {'.', '\'', {"CHF", 3}},
                                                   {',', ' ', {"kg", 2}}};
    const struct number_format *f = &formats[prop_draw(p, sizeof formats / sizeof *formats)];
    struct money m = draw_money(p);
    char plain[40], text[96], out[NUMBER_TEXT_MAX];
    struct number_fault fault = {0};
    struct str want = money_text((struct money){m.minor, m.currency}, plain), got;
    want = str_sub(want, 0, want.n - 4); /* without the code */
    size_t n = 0, point = 0, at = want.p[0] == '-';
    while (point < want.n && want.p[point] != '.')
        point++;
    if (at)
        text[n++] = '-';
    bool unit_first = prop_once_in(p, 2);
    if (unit_first)
        memcpy(text + n, f->unit.p, f->unit.n), n += f->unit.n;
    for (; at < want.n; at++) {
        text[n++] = at == point ? f->decimal : want.p[at];
        if (at + 1 < point && (point - at - 1) % 3 == 0)
            text[n++] = f->grouping;
    }
    if (!unit_first)
        memcpy(text + n, f->unit.p, f->unit.n), n += f->unit.n;
    bool read = number_plain(f, (struct str){text, n}, out, &got, &fault);
    prop_note(p, "%.*s: %s", (int)n, text, read ? out : fault.why);
    return read && str_eq(got, want);
}

int main(int argc, char **argv)
{
    static const struct property properties[] = {
        {"a decimal reads back", decimal_reads_back, 1},
        {"decimals compare as fractions", decimals_compare_as_fractions, 1},
        {"money reads back", money_reads_back, 1},
        {"money scales exactly", money_scales_exactly, 1},
        {"fractions are a field", fractions_are_a_field, 1},
        {"a fraction prints as the nearest", fraction_prints_nearest, 1},
        {"a grouped number is the plain one", grouped_number_is_plain, 1},
    };
    return prop_main(argc, argv, properties, sizeof properties / sizeof *properties, NULL);
}
