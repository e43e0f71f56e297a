/* norm_country.c - countries and currencies; see norm.h. Names come from ICU; the aliases below are what people write and CLDR
 * does not have. */
#include "base/norm_text.h"

#include <string.h>
#include <unicode/uldnames.h>
#include <unicode/uloc.h>
#include <unicode/ustring.h>

static const struct {
    const char *name, *code;
} aliases[] = {
    {"UK", "GB"},
    {"Great Britain", "GB"},
    {"Britain", "GB"},
    {"England", "GB"},
    {"Scotland", "GB"},
    {"Wales", "GB"},
    {"Northern Ireland", "GB"},
    {"United Kingdom of Great Britain and Northern Ireland", "GB"},
    {"America", "US"},
    {"United States of America", "US"},
    {"EL", "GR"}, /* as the EU's statistics and VAT numbers write it */
    {"Holland", "NL"},
    {"Kingdom of the Netherlands", "NL"},
    {"Republic of Ireland", "IE"},
    {"Eire", "IE"},
    {"Czech Republic", "CZ"},
    {"Czechia", "CZ"},
    {"Slovak Republic", "SK"},
    {"Russian Federation", "RU"},
    {"Korea", "KR"},
    {"Republic of Korea", "KR"},
    {"Korea, Republic of", "KR"},
    {"Korea, South", "KR"},
    {"Democratic People's Republic of Korea", "KP"},
    {"Korea, Democratic People's Republic of", "KP"},
    {"Korea, North", "KP"},
    {"People's Republic of China", "CN"},
    {"PRC", "CN"},
    {"Mainland China", "CN"},
    {"Taiwan, Province of China", "TW"},
    {"Republic of China", "TW"},
    {"Hong Kong", "HK"},
    {"China, Hong Kong Special Administrative Region", "HK"},
    {"China, Macao Special Administrative Region", "MO"},
    {"Macau", "MO"},
    {"Macao", "MO"},
    {"Viet Nam", "VN"},
    {"Burma", "MM"},
    {"Myanmar", "MM"},
    {"Lao People's Democratic Republic", "LA"},
    {"Brunei Darussalam", "BN"},
    {"East Timor", "TL"},
    {"Iran, Islamic Republic of", "IR"},
    {"Iran (Islamic Republic of)", "IR"},
    {"Syrian Arab Republic", "SY"},
    {"Palestine", "PS"},
    {"State of Palestine", "PS"},
    {"Palestine, State of", "PS"},
    {"Moldova, Republic of", "MD"},
    {"Republic of Moldova", "MD"},
    {"Macedonia", "MK"},
    {"North Macedonia", "MK"},
    {"The former Yugoslav Republic of Macedonia", "MK"},
    {"Turkey", "TR"},
    {"UAE", "AE"},
    {"KSA", "SA"},
    {"Tanzania, United Republic of", "TZ"},
    {"United Republic of Tanzania", "TZ"},
    {"Congo", "CG"},
    {"Republic of the Congo", "CG"},
    {"Congo, Republic of the", "CG"},
    {"Democratic Republic of the Congo", "CD"},
    {"Congo, Democratic Republic of the", "CD"},
    {"Congo, the Democratic Republic of the", "CD"},
    {"DR Congo", "CD"},
    {"DRC", "CD"},
    {"Ivory Coast", "CI"},
    {"Cape Verde", "CV"},
    {"Cabo Verde", "CV"},
    {"Swaziland", "SZ"},
    {"Bolivia (Plurinational State of)", "BO"},
    {"Bolivia, Plurinational State of", "BO"},
    {"Venezuela (Bolivarian Republic of)", "VE"},
    {"Venezuela, Bolivarian Republic of", "VE"},
    {"Micronesia (Federated States of)", "FM"},
    {"Micronesia, Federated States of", "FM"},
    {"Saint Martin (French part)", "MF"},
    {"Saint-Martin", "MF"},
    {"Sint Maarten (Dutch part)", "SX"},
    {"Bonaire, Sint Eustatius and Saba", "BQ"},
    {"Virgin Islands, British", "VG"},
    {"British Virgin Islands", "VG"},
    {"Virgin Islands, U.S.", "VI"},
    {"United States Virgin Islands", "VI"},
    {"Falkland Islands (Malvinas)", "FK"},
    {"Falkland Islands", "FK"},
    {"Holy See", "VA"},
    {"Holy See (Vatican City State)", "VA"},
    {"Vatican", "VA"},
    {"Saint Helena, Ascension and Tristan da Cunha", "SH"},
    {"South Georgia and the South Sandwich Islands", "GS"},
    {"Pitcairn", "PN"},
    {"Svalbard and Jan Mayen Islands", "SJ"},
    {"Wallis and Futuna Islands", "WF"},
    {"Heard Island and McDonald Islands", "HM"},
    {"Saint Vincent and the Grenadines", "VC"},
    {"The Bahamas", "BS"},
    {"The Gambia", "GM"},
    {"Bosnia", "BA"},
    {"Cocos Islands", "CC"},
    {"United States Minor Outlying Islands", "UM"},
    {"XK", "XK"},
    {"XKX", "XK"},
    {"Kosovo", "XK"},
};

/* The languages of most CRM exports; the countries' own come from ICU's locales. */
static const char *const languages[] = {
    "en", "de", "fr", "es", "it", "pt", "nl", "pl", "sv", "da", "nb", "fi",
    "cs", "hu", "ro", "el", "tr", "ru", "uk", "ar", "he", "ja", "ko", "zh",
};

/* What a name stands for. */
struct place {
    char code[3];
    bool fixed;   /* a code, an alias or an English name: other languages cannot take it */
    bool several; /* more than one country has the name */
};

static void add_name(struct norm *n, struct str name, const char *code, bool fixed)
{
    struct str key = norm_fold(name, n->arena);
    struct place *p = key.n ? map_find(&n->countries, key) : NULL;
    if (key.n == 0 || (p && p->fixed))
        return;
    if (p && !fixed) {
        p->several = p->several || strcmp(p->code, code) != 0;
        return;
    }
    p = ARENA_NEW(n->arena, struct place);
    memcpy(p->code, code, 3);
    p->fixed = fixed;
    map_put(&n->countries, key, p);
}

/* The name of a country in one language. */
static void add_display(struct norm *n, const ULocaleDisplayNames *names, const char *code,
                        bool fixed)
{
    UChar wide[128];
    char text[sizeof wide / sizeof *wide * 3];
    int32_t used = 0;
    UErrorCode status = U_ZERO_ERROR;
    int32_t length = uldn_regionDisplayName(names, code, wide, 128, &status);
    if (U_FAILURE(status) || length >= 128)
        return;
    u_strToUTF8(text, sizeof text, &used, wide, length, &status);
    struct str name = {text, (size_t)used};
    if (U_FAILURE(status))
        return;
    add_name(n, name, code, fixed);
    if (fixed && str_starts(name, STR("St. ")))
        add_name(n, str_printf(n->arena, "Saint %.*s", STR_ARG(str_sub(name, 4, name.n))), code,
                 fixed);
}

/* The names of all countries in one language, or of `only` when given. */
static void add_language(struct norm *n, const char *locale, const char *only, bool fixed)
{
    UErrorCode status = U_ZERO_ERROR;
    ULocaleDisplayNames *names = uldn_open(locale, ULDN_STANDARD_NAMES, &status);
    if (U_FAILURE(status))
        return; /* a language that this ICU was built without */
    for (const char *const *c = uloc_getISOCountries(); *c && !only; c++)
        add_display(n, names, *c, fixed);
    if (only)
        add_display(n, names, only, fixed);
    uldn_close(names);
}

static void add_codes(struct norm *n)
{
    char locale[8] = "und_";
    for (const char *const *c = uloc_getISOCountries(); *c; c++) {
        add_name(n, str_of(*c), *c, true);
        memcpy(locale + 4, *c, 3);
        add_name(n, str_of(uloc_getISO3Country(locale)), *c, true);
    }
    for (size_t i = 0; i < sizeof aliases / sizeof *aliases; i++)
        add_name(n, str_of(aliases[i].name), aliases[i].code, true);
}

/* Each country in the languages for which ICU has a locale of it: Deutschland, Suisse, Svizzera. */
static void add_own_languages(struct norm *n)
{
    for (int32_t i = 0; i < uloc_countAvailable(); i++) {
        char country[ULOC_COUNTRY_CAPACITY];
        UErrorCode status = U_ZERO_ERROR;
        int32_t length = uloc_getCountry(uloc_getAvailable(i), country, sizeof country, &status);
        if (U_SUCCESS(status) && length == 2)
            add_language(n, uloc_getAvailable(i), country, false);
    }
}

static void build(struct norm *n)
{
    add_codes(n);
    add_language(n, "en", NULL, true);
    add_own_languages(n);
    for (size_t i = 0; i < sizeof languages / sizeof *languages; i++)
        add_language(n, languages[i], NULL, false);
}

bool norm_country(struct norm *n, struct str in, struct arena *a, struct str *out,
                  enum norm_reason *why)
{
    struct str s;
    *out = STR_NONE;
    if (!norm_text(in, 256, a, &s, why))
        return false;
    if (s.n == 0)
        return true;
    if (n->countries.n == 0)
        build(n);
    struct str key = norm_fold(s, a);
    const struct place *p = map_find(&n->countries, key);
    if (!p && str_starts(key, STR("the")))
        p = map_find(&n->countries, str_sub(key, 3, key.n));
    if (!p && str_ends(key, STR("the"))) /* "Netherlands (the)" */
        p = map_find(&n->countries, str_sub(key, 0, key.n - 3));
    if (!p)
        return norm_refuse(why, NORM_COUNTRY_UNKNOWN);
    if (p->several)
        return norm_refuse(why, NORM_COUNTRY_AMBIGUOUS);
    *out = str_dup(a, str_of(p->code));
    return true;
}

bool norm_currency(struct str in, struct currency *out, enum norm_reason *why)
{
    *out = (struct currency){0};
    *why = NORM_OK;
    struct str s = str_trim(in);
    return s.n == 0 || currency_parse(s, out) || norm_refuse(why, NORM_CURRENCY_UNKNOWN);
}
