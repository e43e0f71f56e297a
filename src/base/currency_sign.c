/* currency_sign.c - see currency_sign.h. */
#include "base/currency_sign.h"

#include "base/blank.h"

/* `users` are codes with ", " between them; one alone may be relied on. The shared ones as CLDR's narrow signs have them. */
static const struct {
    const char *sign, *users;
} signs[] = {
    {"\xe2\x82\xac", "EUR"},
    {"$",
     "USD, CAD, AUD, NZD, HKD, SGD, MXN, ARS, CLP, COP, TWD, BSD, BBD, BZD, BMD, BND, FJD, GYD, "
     "JMD, KYD, LRD, NAD, SBD, SRD, TTD, XCD"},
    {"US$", "USD"},
    {"CA$", "CAD"},
    {"C$", "CAD, NIO"},
    {"AU$", "AUD"},
    {"A$", "AUD"},
    {"NZ$", "NZD"},
    {"HK$", "HKD"},
    {"S$", "SGD"},
    {"MX$", "MXN"},
    {"NT$", "TWD"},
    {"R$", "BRL"},
    {"\xc2\xa3", "GBP, EGP, FKP, GIP, LBP, SHP, SSP, SYP"},
    {"\xc2\xa5", "JPY, CNY"},
    {"\xe5\x86\x86", "JPY"},
    {"RMB", "CNY"},
    {"kr", "SEK, NOK, DKK, ISK"},
    {"Fr", "CHF"},
    {"SFr", "CHF"},
    {"z\xc5\x82", "PLN"},
    {"K\xc4\x8d", "CZK"},
    {"Ft", "HUF"},
    {"lei", "RON, MDL"},
    {"\xd0\xbb\xd0\xb2", "BGN"},
    {"\xe2\x82\xba", "TRY"},
    {"\xe2\x82\xbd", "RUB"},
    {"\xe2\x82\xb4", "UAH"},
    {"\xe2\x82\xaa", "ILS"},
    {"\xe2\x82\xb9", "INR"},
    {"Rs", "INR, PKR, LKR, NPR, MUR, SCR"},
    {"\xe2\x82\xa9", "KRW, KPW"},
    {"\xe0\xb8\xbf", "THB"},
    {"\xe2\x82\xab", "VND"},
    {"\xe2\x82\xb1", "PHP, CUP"},
    {"\xe2\x82\xa6", "NGN"},
    {"R", "ZAR"},
};

/* Bytes of what belongs to a number at the front of `s`: a digit, a blank, a sign of grouping, decimals or less than zero. */
static size_t number_part(struct str s)
{
    static const char one_byte[] = "0123456789+-.,'()";
    static const char *const others[] = {"\xe2\x88\x92", "\xe2\x80\x99"};
    for (const char *p = one_byte; *p; p++)
        if (s.p[0] == *p)
            return 1;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (str_starts(s, str_of(others[i])))
            return 3;
    return blank_at(s);
}

struct str currency_sign_in(struct str cell)
{
    size_t from = 0, n;
    while (from < cell.n && (n = number_part(str_sub(cell, from, cell.n))) > 0)
        from += n;
    size_t to = from;
    while (to < cell.n && number_part(str_sub(cell, to, cell.n)) == 0)
        to++;
    return str_sub(cell, from, to);
}

enum currency_sign currency_of_sign(struct str sign, struct currency usual, struct currency *out,
                                    const char **users)
{
    *out = (struct currency){0};
    *users = "";
    if (currency_parse(sign, out))
        return SIGN_KNOWN;
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        if (!str_eq_nocase(sign, str_of(signs[i].sign)))
            continue;
        struct str rest = str_of(signs[i].users), code;
        bool shared = rest.n > 3, found = false;
        while (!found && str_split(&rest, ',', &code))
            found = currency_parse(str_trim(code), out) && (!shared || out->code == usual.code);
        if (found)
            return SIGN_KNOWN;
        *out = (struct currency){0};
        *users = signs[i].users;
        return SIGN_SHARED;
    }
    return SIGN_NONE;
}
