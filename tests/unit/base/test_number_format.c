/* Numbers as files write them. */
#include "base/number_format.h"
#include "tests/tap.h"

static const struct {
    const char *text;
    char decimal, grouping;
    const char *unit, *plain;
} good[] = {
    {"1234.50", '.', 0, "", "1234.50"},
    {" 1,234.50 ", '.', ',', "", "1234.50"},
    {"1.234.567,8", ',', '.', "", "1234567.8"},
    {"1234567,8", ',', '.', "", "1234567.8"},
    {"1\xc2\xa0"
     "234,5\xc2\xa0\xe2\x82\xac",
     ',', ' ', "\xe2\x82\xac", "1234.5"},
    {"1\xe2\x80\xaf"
     "234",
     ',', ' ', "", "1234"},
    {"1'234'567.5", '.', '\'', "", "1234567.5"},
    {"1\xe2\x80\x99"
     "234",
     '.', '\'', "", "1234"},
    {"12,34,567.89", '.', ',', "", "1234567.89"},
    {"$-5", '.', 0, "$", "-5"},
    {"-$5", '.', 0, "$", "-5"},
    {"- $ 5", '.', 0, "$", "-5"},
    {"(1,234.50)", '.', ',', "", "-1234.50"},
    {"$(5)", '.', 0, "$", "-5"},
    {"($5)", '.', 0, "$", "-5"},
    {"\xe2\x88\x92"
     "5",
     '.', 0, "", "-5"},
    {"+5", '.', 0, "", "5"},
    {"12.5 %", '.', 0, "%", "12.5"},
    {"EUR 12", '.', 0, "EUR", "12"},
    {"0", '.', ',', "", "0"},
};

static const struct {
    const char *text;
    char decimal, grouping;
    const char *unit, *why;
    int at;
} bad[] = {
    {"", '.', 0, "", "a number is expected", 0},
    {"  ", '.', 0, "", "a number is expected", 2},
    {"%", '.', 0, "%", "a number is expected", 1},
    {"1,5", '.', ',', "", "the digits between grouping signs must be three", 3},
    {"1234,567", '.', ',', "", "the digits between grouping signs must be three", 4},
    {"1,2345", '.', ',', "", "the digits between grouping signs must be three", 6},
    {"1,,234", '.', ',', "", "the digits between grouping signs must be three", 2},
    {"1,", '.', ',', "", "the digits between grouping signs must be three", 2},
    {"1,234", '.', 0, "", "this sign is neither the decimal nor the grouping sign stated", 1},
    {"1.234", ',', 0, "", "this sign is neither the decimal nor the grouping sign stated", 1},
    {"1.2.3", '.', 0, "", "this sign is neither the decimal nor the grouping sign stated", 3},
    {"5.", '.', 0, "", "a digit is expected after the decimal sign", 2},
    {".5", '.', 0, "", "a digit is expected", 0},
    {"abc", '.', 0, "", "a digit is expected", 0},
    {"1e5", '.', 0, "", "this is no part of a number", 1},
    {"12 EUR", '.', 0, "USD", "this is no part of a number", 2},
    {"(-5)", '.', 0, "", "a number in parentheses has no sign of its own", 2},
    {"--5", '.', 0, "", "a digit is expected", 1},
    {"11111111112222222222333333333344444444445555555555666666666677777", '.', 0, "",
     "the number has too many digits", 62},
};

int main(void)
{
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct number_format f = {good[i].decimal, good[i].grouping, str_of(good[i].unit)};
        struct number_fault fault = {0};
        char out[NUMBER_TEXT_MAX];
        struct str plain = STR_NONE;
        ok_str_at(good[i].text, number_format_fault(&f), NULL);
        ok_at(good[i].text, number_plain(&f, str_of(good[i].text), out, &plain, &fault));
        ok_str_at(good[i].text, plain.p, good[i].plain);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct number_format f = {bad[i].decimal, bad[i].grouping, str_of(bad[i].unit)};
        struct number_fault fault = {0};
        char out[NUMBER_TEXT_MAX];
        struct str plain;
        ok_at(bad[i].text, !number_plain(&f, str_of(bad[i].text), out, &plain, &fault));
        ok_str_at(bad[i].text, fault.why, bad[i].why);
        ok_int_at(bad[i].text, (int64_t)fault.at, bad[i].at);
    }
    struct number_format f = number_format_plain();
    ok_str(number_format_fault(&f), NULL);
    f.grouping = '.';
    ok_str(number_format_fault(&f), "the grouping sign must differ from the decimal sign");
    f.grouping = ';';
    ok_str(number_format_fault(&f), "the grouping sign must be '.', ',', an apostrophe or a blank");
    f = (struct number_format){.decimal = ';'};
    ok_str(number_format_fault(&f), "the decimal sign must be '.' or ','");
    f = (struct number_format){.decimal = '.', .unit = STR("m2")};
    ok_str(number_format_fault(&f), "the unit must not hold a digit");
    return tap_done();
}
