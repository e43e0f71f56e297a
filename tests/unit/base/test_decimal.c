/* Decimals, currencies and money: exact reading, writing and arithmetic. */
#include "base/decimal.h"
#include "tests/shared.h"
#include "tests/tap.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *text;
    int64_t mantissa;
    int scale;
    const char *printed;
} decimals[] = {
    {"0", 0, 0, "0"},
    {"-0", 0, 0, "0"},
    {"-0.000", 0, 0, "0"},
    {"007", 7, 0, "7"},
    {"1.50", 15, 1, "1.5"},
    {"-12.345", -12345, 3, "-12.345"},
    {"100", 100, 0, "100"},
    {"1e3", 1000, 0, "1000"},
    {"1.5E+2", 150, 0, "150"},
    {"25e-1", 25, 1, "2.5"},
    {"0.000000001", 1, 9, "0.000000001"},
    {"999999999999999", INT64_C(999999999999999), 0, "999999999999999"},
    {"999999.999999999", INT64_C(999999999999999), 9, "999999.999999999"},
    {"1.0000000000000000000", 1, 0, "1"},
    {"0e9999999999", 0, 0, "0"},
};

static const char *const bad_decimals[] = {
    "",
    "-",
    "+1",
    ".5",
    "5.",
    "1,5",
    " 1",
    "1 ",
    "1e",
    "1e+",
    "0x10",
    "1000000000000000",
    "0.0000000001",
    "1e15",
    "1e-10",
    "9999999999999999",
    "1.23456789012345678",
    "NaN",
    "inf",
    "1e999999999999",
    "--1",
    "1.2.3",
    "99999999999999999999999999999999999999999",
};

static void test_decimals(void)
{
    for (size_t i = 0; i < sizeof decimals / sizeof *decimals; i++) {
        struct decimal d = {-1, 77}, back;
        char text[32];
        ok_at(decimals[i].text, decimal_parse(str_of(decimals[i].text), &d));
        ok_int_at(decimals[i].text, d.mantissa, decimals[i].mantissa);
        ok_int_at(decimals[i].text, d.scale, decimals[i].scale);
        ok_str_at(decimals[i].text, decimal_text(d, text).p, decimals[i].printed);
        ok_at(decimals[i].text,
              decimal_from_double(decimal_double(d), &back) && decimal_cmp(back, d) == 0);
    }
    for (size_t i = 0; i < sizeof bad_decimals / sizeof *bad_decimals; i++) {
        struct decimal d;
        ok_at(bad_decimals[i], !decimal_parse(str_of(bad_decimals[i]), &d));
    }
}

static void test_doubles(void)
{
    struct decimal d;
    char text[32];
    ok(decimal_double((struct decimal){1, 1}) == 0.1);
    ok(decimal_from_double(0.1, &d));
    ok_str(decimal_text(d, text).p, "0.1");
    ok(decimal_from_double(-1234567.25, &d));
    ok_str(decimal_text(d, text).p, "-1234567.25");
    ok(decimal_from_double(-0.0, &d));
    ok_str(decimal_text(d, text).p, "0");
    ok(!decimal_from_double(0.1 + 0.2, &d));
    ok(!decimal_from_double(1.0 / 3, &d));
    ok(!decimal_from_double((double)NAN, &d));
    ok(!decimal_from_double((double)INFINITY, &d));
    ok(!decimal_from_double(1e15, &d));
    ok(!decimal_from_double(1e-10, &d));
}

static void test_compare(void)
{
    ok_int(decimal_cmp((struct decimal){15, 1}, (struct decimal){149, 2}), 1);
    ok_int(decimal_cmp((struct decimal){-15, 1}, (struct decimal){149, 2}), -1);
    ok_int(decimal_cmp((struct decimal){150, 2}, (struct decimal){15, 1}), 0);
    ok_int(decimal_cmp((struct decimal){999999999999999, 0}, (struct decimal){1, 9}), 1);
}

static struct currency cur(const char *code)
{
    struct currency c = {0};
    ok_at(code, currency_parse(str_of(code), &c));
    return c;
}

static void test_currencies(void)
{
    char text[4];
    ok_str(currency_text(cur("eur"), text).p, "EUR");
    ok_str(currency_text((struct currency){0}, text).p, "");
    ok_int(currency_digits(cur("JPY")), 0);
    ok_int(currency_digits(cur("EUR")), 2);
    ok_int(currency_digits(cur("KWD")), 3);
    ok_int(currency_digits(cur("CLF")), 4);
    ok_int(currency_digits(cur("IQD")), 3);
    ok_int(currency_digits(cur("DEM")), 2);
    ok_int(currency_digits(cur("XCG")), 2);
    static const char *const bad[] = {"", "EU", "EURO", "E1R", "ZZZ", "XXX", "XAU", "\xc3\xa9U"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct currency c;
        ok_at(bad[i], !currency_parse(str_of(bad[i]), &c));
    }
}

/* Each current code of the published list is known and has its minor unit; those without one are refused. */
static void test_published_list(void)
{
    const char *data = getenv("DATA");
    char path[4096];
    snprintf(path, sizeof path, "%s/reference/currency_codes.csv", data ? data : "");
    FILE *f = fopen(path, "r");
    if (!f) {
        tap_skip("published ISO 4217 list", "the real data sets are not there");
        return;
    }
    char line[512];
    int seen = 0, wrong = 0;
    while (fgets(line, sizeof line, f)) {
        /* From the end: withdrawal date, minor unit, number, code; names before them may hold quoted commas. */
        line[strcspn(line, "\r\n")] = '\0';
        char *cells[4];
        int n = 0;
        for (char *comma; n < 4 && (comma = strrchr(line, ',')) != NULL; n++) {
            *comma = '\0';
            cells[n] = comma + 1;
        }
        if (n < 4 || cells[0][0] || strlen(cells[3]) != 3)
            continue;
        struct currency c;
        bool known = currency_parse(str_of(cells[3]), &c);
        bool has_unit = cells[1][0] >= '0' && cells[1][0] <= '9';
        seen++;
        if (known != has_unit || (known && currency_digits(c) != cells[1][0] - '0')) {
            wrong++;
            tap_diag("%s: minor unit %s", cells[3], cells[1]);
        }
    }
    fclose(f);
    ok_int(wrong, 0);
    ok(seen > 250);
}

static const struct {
    const char *text, *fallback;
    int64_t minor;
    const char *printed; /* NULL: refused */
} monies[] = {
    {"1234.5", "EUR", 123450, "1234.50 EUR"},
    {"1234.50 usd", "EUR", 123450, "1234.50 USD"},
    {"1234.50   USD", NULL, 123450, "1234.50 USD"},
    {"-0.05", "EUR", -5, "-0.05 EUR"},
    {"100 JPY", NULL, 100, "100 JPY"},
    {"100.00 JPY", NULL, 100, "100 JPY"},
    {"1.234 KWD", NULL, 1234, "1.234 KWD"},
    {"0", "EUR", 0, "0.00 EUR"},
    {"92233720368547758.07", "EUR", INT64_MAX, "92233720368547758.07 EUR"},
    {"-92233720368547758.07", "EUR", -INT64_MAX, "-92233720368547758.07 EUR"},
    {"1e3", "EUR", 100000, "1000.00 EUR"},
    {"92233720368547758.08", "EUR", 0, NULL},
    {"1.005", "EUR", 0, NULL},
    {"100.5 JPY", NULL, 0, NULL},
    {"12", NULL, 0, NULL},
    {"EUR 12", NULL, 0, NULL},
    {"1,234.50", "EUR", 0, NULL},
    {"12 ZZZ", "EUR", 0, NULL},
    {"12EUR", NULL, 0, NULL},
    {"", "EUR", 0, NULL},
    {" EUR", NULL, 0, NULL},
    {"12 ", "EUR", 0, NULL},
};

static void test_money_text(void)
{
    for (size_t i = 0; i < sizeof monies / sizeof *monies; i++) {
        struct money m = {0};
        struct currency fallback = {0};
        char text[40];
        if (monies[i].fallback)
            (void)currency_parse(str_of(monies[i].fallback), &fallback);
        bool read = money_parse(str_of(monies[i].text), fallback, &m);
        if (!ok_at(monies[i].text, read == (monies[i].printed != NULL)) || !read)
            continue;
        ok_int_at(monies[i].text, m.minor, monies[i].minor);
        ok_str_at(monies[i].text, money_text(m, text).p, monies[i].printed);
    }
    char text[40];
    ok_str(money_text((struct money){INT64_MIN, cur("EUR")}, text).p, "-92233720368547758.08 EUR");
}

static void test_money_arithmetic(void)
{
    struct currency eur = cur("EUR"), usd = cur("USD"), jpy = cur("JPY"), kwd = cur("KWD");
    struct money m;
    ok(money_add((struct money){1, eur}, (struct money){2, eur}, &m) && m.minor == 3);
    ok(!money_add((struct money){1, eur}, (struct money){2, usd}, &m));
    ok(!money_add((struct money){INT64_MAX, eur}, (struct money){1, eur}, &m));
    /* Ties go to the even neighbour, on both sides of zero. */
    ok(money_scale((struct money){1, eur}, (struct decimal){5, 1}, eur, &m) && m.minor == 0);
    ok(money_scale((struct money){3, eur}, (struct decimal){5, 1}, eur, &m) && m.minor == 2);
    ok(money_scale((struct money){5, eur}, (struct decimal){5, 1}, eur, &m) && m.minor == 2);
    ok(money_scale((struct money){-3, eur}, (struct decimal){5, 1}, eur, &m) && m.minor == -2);
    ok(money_scale((struct money){-5, eur}, (struct decimal){5, 1}, eur, &m) && m.minor == -2);
    ok(money_scale((struct money){7, eur}, (struct decimal){5, 1}, eur, &m) && m.minor == 4);
    ok(money_scale((struct money){10001, eur}, (struct decimal){1637, 1}, jpy, &m) &&
       m.minor == 16372);
    ok(money_scale((struct money){10000, jpy}, (struct decimal){19, 4}, kwd, &m) &&
       m.minor == 19000);
    ok(!money_scale((struct money){INT64_MAX, eur}, (struct decimal){2, 0}, eur, &m));
    ok(money_scale((struct money){INT64_MAX, kwd}, (struct decimal){1, 0}, kwd, &m) &&
       m.minor == INT64_MAX);
    ok(!money_scale((struct money){INT64_MIN, jpy}, (struct decimal){999999999999999, 0},
                    cur("CLF"), &m));
}

int main(void)
{
    test_decimals();
    test_doubles();
    test_compare();
    test_currencies();
    test_published_list();
    test_money_text();
    test_money_arithmetic();
    return tap_done();
}
