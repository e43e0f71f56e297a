/* Currencies as files write them. */
#include "base/currency_sign.h"
#include "tests/tap.h"

static struct currency known(const char *code)
{
    struct currency c = {0};
    if (code[0] && !currency_parse(str_of(code), &c))
        fail(code);
    return c;
}

static void signs_in_cells(void)
{
    static const struct {
        const char *cell, *sign;
    } rows[] = {
        {"2.000,00 \xe2\x82\xac", "\xe2\x82\xac"},
        {"1000.50 EUR", "EUR"},
        {"EUR 5", "EUR"},
        {"-$5", "$"},
        {"($1,200)", "$"},
        {"US$\xc2\xa0"
         "1'200",
         "US$"},
        {"1\xe2\x80\xaf"
         "234 z\xc5\x82",
         "z\xc5\x82"},
        {"12 %", "%"},
        {"\xe2\x88\x92"
         "5",
         ""},
        {"1200.-", ""},
        {"", ""},
    };
    struct arena *a = arena_new();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        ok_str_at(rows[i].cell, str_c(a, currency_sign_in(str_of(rows[i].cell))), rows[i].sign);
    arena_free(a);
}

static void meanings(void)
{
    static const struct {
        const char *sign, *usual;
        enum currency_sign want;
        const char *code;
    } rows[] = {
        {"EUR", "USD", SIGN_KNOWN, "EUR"},
        {"usd", "EUR", SIGN_KNOWN, "USD"},
        {"\xe2\x82\xac", "USD", SIGN_KNOWN, "EUR"},
        {"US$", "CAD", SIGN_KNOWN, "USD"},
        {"$", "USD", SIGN_KNOWN, "USD"},
        {"$", "CAD", SIGN_KNOWN, "CAD"},
        {"$", "EUR", SIGN_SHARED, ""},
        {"$", "", SIGN_SHARED, ""},
        {"\xc2\xa3", "GBP", SIGN_KNOWN, "GBP"},
        {"\xc2\xa3", "EUR", SIGN_SHARED, ""},
        {"KR", "SEK", SIGN_KNOWN, "SEK"},
        {"%", "EUR", SIGN_NONE, ""},
        {"", "EUR", SIGN_NONE, ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct currency got;
        const char *users;
        ok_int_at(rows[i].sign,
                  currency_of_sign(str_of(rows[i].sign), known(rows[i].usual), &got, &users),
                  rows[i].want);
        ok_int_at(rows[i].code, got.code, known(rows[i].code).code);
        ok_at("a shared sign says whose it is", (users[0] != 0) == (rows[i].want == SIGN_SHARED));
    }
}

int main(void)
{
    signs_in_cells();
    meanings();
    return tap_done();
}
