/* Normal forms of typed text, field by field; each row was judged by hand. */
#include "base/env.h"
#include "base/norm.h"
#include "tests/tap.h"

#include <string.h>

static struct norm *norm;
static struct arena *arena;

struct row {
    const char *in, *out; /* out NULL: refused */
    const char *code;
};

typedef bool (*normal_fn)(struct norm *, struct str, struct arena *, struct str *,
                          enum norm_reason *);

/* Each normal form is its own normal form. */
static void run(const struct row *rows, size_t n, normal_fn fn)
{
    for (size_t i = 0; i < n; i++) {
        struct str out, again;
        enum norm_reason why;
        bool done = fn(norm, str_of(rows[i].in), arena, &out, &why);
        if (!rows[i].out) {
            ok_str_at(rows[i].in, done ? str_c(arena, out) : norm_reason_info(why)->code,
                      rows[i].code);
            continue;
        }
        ok_str_at(rows[i].in, done ? str_c(arena, out) : norm_reason_info(why)->code, rows[i].out);
        ok_at(rows[i].in, !done || (fn(norm, out, arena, &again, &why) && str_eq(again, out)));
    }
}

static bool text_100(struct norm *n, struct str in, struct arena *a, struct str *out,
                     enum norm_reason *why)
{
    (void)n;
    return norm_text(in, 100, a, out, why);
}

static const struct row texts[] = {
    {"", "", NULL},
    {" \t\r\n ", "", NULL},
    {"  two  words ", "two  words", NULL},
    {"\xef\xbb\xbfhead", "head", NULL},                             /* byte order mark */
    {"\xc2\xa0\xe3\x80\x80x\xe2\x80\x8b", "x", NULL},               /* no-break, wide, zero width */
    {"e\xcc\x81t\xc3\xa9", "\xc3\xa9t\xc3\xa9", NULL},              /* NFC */
    {"\xe1\x84\x80\xe1\x85\xa1", "\xea\xb0\x80", NULL},             /* Hangul */
    {"\xe2\x9d\xa4\xef\xb8\x8f", "\xe2\x9d\xa4\xef\xb8\x8f", NULL}, /* a variation selector stays */
    {"bad \xff", NULL, "TEXT_UTF8"},
    {"\xed\xa0\x80", NULL, "TEXT_UTF8"}, /* a surrogate */
    {"012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012"
     "3456789x",
     NULL, "TEXT_LONG"},
};

static const struct row emails[] = {
    {"", "", NULL},
    {" Ana.Ruiz+News@ACME.Example ", "ana.ruiz+news@acme.example", NULL},
    {"\xc3\x89lo\xc3\xafse@soci\xc3\xa9t\xc3\xa9.fr", "\xc3\xa9lo\xc3\xafse@xn--socit-esab.fr",
     NULL},
    {"user@stra\xc3\x9f"
     "e.de",
     "user@xn--strae-oqa.de", NULL},
    {"o'hara@x.ie", "o'hara@x.ie", NULL},
    {"a@b.co", "a@b.co", NULL},
    {"ana", NULL, "EMAIL_NO_AT"},
    {"ana@gmail", NULL, "DOMAIN_DOTLESS"},
    {"ana@", NULL, "DOMAIN_EMPTY"},
    {"@acme.com", NULL, "EMAIL_NO_LOCAL"},
    {"a@b@acme.com", NULL, "EMAIL_MANY_AT"},
    {"a@x.com, b@x.com", NULL, "EMAIL_MANY_AT"},
    {"a.@acme.com", NULL, "EMAIL_DOTS"},
    {"a..b@acme.com", NULL, "EMAIL_DOTS"},
    {"a b@acme.com", NULL, "EMAIL_CHARACTER"},
    {"Ana Ruiz <ana@acme.com>", NULL, "EMAIL_CHARACTER"},
    {"<ana@acme.com>", NULL, "EMAIL_COMMENT"},
    {"\"ana\"@acme.com", NULL, "EMAIL_QUOTED"},
    {"ana@[1.2.3.4]", NULL, "EMAIL_LITERAL"},
    {"ana@1.2.3.4", NULL, "DOMAIN_NUMERIC"},
    {"ana@acme_corp.com", NULL, "DOMAIN_CHARACTER"},
    {"ana@acme..com", NULL, "DOMAIN_LABEL"},
    {"ana@acme.com.", NULL, "DOMAIN_LABEL"},
    {"ana@xn--a.com", NULL, "DOMAIN_IDN"},
    {"a\xe2\x80\x8b"
     "b@acme.com",
     NULL, "EMAIL_CHARACTER"}, /* zero width space within */
    {"aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffggggg@acme.com", NULL,
     "EMAIL_LOCAL_LONG"},
};

static const struct row domains[] = {
    {"", "", NULL},
    {"acme.com", "acme.com", NULL},
    {"https://www.Acme.co.uk:8443/x?y#z", "acme.co.uk", NULL},
    {"HTTP://ACME.COM", "acme.com", NULL},
    {"ana@mail.acme.com", "acme.com", NULL},
    {"https://ana:pw@www.acme.com/", "acme.com", NULL},
    {"www.acme.com.", "acme.com", NULL},
    {"team.github.io", "team.github.io", NULL},
    {"\xe9\xa3\x9f\xe7\x8b\xae.\xe5\x85\xac\xe5\x8f\xb8.cn", "xn--85x722f.xn--55qx5d.cn", NULL},
    {"co.uk", NULL, "DOMAIN_SUFFIX"},
    {"github.io", NULL, "DOMAIN_SUFFIX"},
    {"acme", NULL, "DOMAIN_DOTLESS"},
    {"http://10.0.0.1/", NULL, "DOMAIN_NUMERIC"},
    {"http://[::1]/", NULL, "DOMAIN_CHARACTER"},
    {"acme corp.com", NULL, "DOMAIN_CHARACTER"},
    {"https:///x", NULL, "DOMAIN_EMPTY"},
    {"-acme.com", NULL, "DOMAIN_LABEL"},
    {".acme.com", NULL, "DOMAIN_LABEL"},
};

static const struct row urls[] = {
    {"", "", NULL},
    {"acme.com", "https://acme.com/", NULL},
    {"HTTPS://WWW.Acme.COM:443/Pricing?Plan=Pro#Top", "https://www.acme.com/Pricing?Plan=Pro#Top",
     NULL},
    {"http://acme.com:80", "http://acme.com/", NULL},
    {"http://acme.com:443/#", "http://acme.com:443/", NULL},
    {"http://localhost:3000?x=1", "http://localhost:3000/?x=1", NULL},
    {"http://10.0.0.1/", "http://10.0.0.1/", NULL},
    {"http://[2001:DB8::1]:8080/a", "http://[2001:db8::1]:8080/a", NULL},
    {"https://caf\xc3\xa9.fr/men\xc3\xbc", "https://xn--caf-dma.fr/men%C3%BC", NULL},
    {"https://acme.com/a@b?u=http://x.com", "https://acme.com/a@b?u=http://x.com", NULL},
    {"ftp://acme.com", NULL, "URL_SCHEME"},
    {"mailto:ana@acme.com", NULL, "URL_SCHEME"},
    {"javascript:alert(1)", NULL, "URL_SCHEME"},
    {"https://ana:pw@acme.com/", NULL, "URL_USER"},
    {"https://", NULL, "URL_HOST"},
    {"https://:80/", NULL, "URL_HOST"},
    {"https://acme.com:0/", NULL, "URL_PORT"},
    {"https://acme.com:65536/", NULL, "URL_PORT"},
    {"https://acme.com:+80/", NULL, "URL_PORT"},
    {"https://[::1", NULL, "URL_HOST"},
    {"https://[zz]/", NULL, "URL_HOST"},
    {"https://acme.com/#a", "https://acme.com/#a", NULL},
    {"https://acme.com/##", NULL, "URL_CHARACTER"},
    {"https://acme.com/a b", NULL, "URL_CHARACTER"},
    {"https://acme.com/<script>", NULL, "URL_CHARACTER"},
    {"https://ac me.com/", NULL, "DOMAIN_CHARACTER"},
};

static const struct row countries[] = {
    {"", "", NULL},
    {"de", "DE", NULL},
    {"DEU", "DE", NULL},
    {"Germany", "DE", NULL},
    {"Deutschland", "DE", NULL},
    {"ALLEMAGNE", "DE", NULL},
    {"USA", "US", NULL},
    {"U.S.A.", "US", NULL},
    {"United States of America", "US", NULL},
    {"UK", "GB", NULL},
    {"England", "GB", NULL},
    {"Great Britain", "GB", NULL},
    {"The Netherlands", "NL", NULL},
    {"Netherlands (the)", "NL", NULL},
    {"Cote d'Ivoire", "CI", NULL},
    {"C\xc3\xb4te d\xe2\x80\x99Ivoire", "CI", NULL},
    {"Trinidad & Tobago", "TT", NULL},
    {"Trinidad and Tobago", "TT", NULL},
    {"\xc3\x96sterreich", "AT", NULL},
    {"osterreich", "AT", NULL},
    {"\xe6\x97\xa5\xe6\x9c\xac", "JP", NULL},
    {"Schweiz", "CH", NULL},
    {"Suisse", "CH", NULL},
    {"Saint Lucia", "LC", NULL},
    {"Turkey", "TR", NULL},
    {"T\xc3\xbcrkiye", "TR", NULL},
    {"Niger", "NE", NULL},
    {"Nigeria", "NG", NULL},
    {"Korea, Republic of", "KR", NULL},
    {"Congo", "CG", NULL},
    {"Kosovo", "XK", NULL},
    {"Georgia", "GE", NULL},
    {"Germny", NULL, "COUNTRY_UNKNOWN"},
    {"ZZ", NULL, "COUNTRY_UNKNOWN"},
    {"Europe", NULL, "COUNTRY_UNKNOWN"},
    {"the", NULL, "COUNTRY_UNKNOWN"},
    {"--", NULL, "COUNTRY_UNKNOWN"},
};

static const struct {
    const char *in, *country, *out, *code;
} phones[] = {
    {"", "DE", "", NULL},
    {"+49 30 123456", "", "+4930123456", NULL},
    {"030 / 12 34 56", "DE", "+4930123456", NULL},
    {"0049 30 123456", "DE", "+4930123456", NULL},
    {"+44 (0)20 7946 0000", "", "+442079460000", NULL},
    {"020 7946 0000", "gb", "+442079460000", NULL},
    {"(415) 555-0100", "US", "+14155550100", NULL},
    {"1-415-555-0100", "US", "+14155550100", NULL},
    {"011 49 30 123456", "US", "+4930123456", NULL},
    {"+1 415.555.0100 ext. 12", "", "+14155550100;ext=12", NULL},
    {"+14155550100x12", "", "+14155550100;ext=12", NULL},
    {"tel:+1-415-555-0100;ext=12", "", "+14155550100;ext=12", NULL},
    {"06 12345678", "IT", "+390612345678", NULL}, /* Italy keeps its 0 */
    {"8 (912) 345-67-89", "RU", "+79123456789", NULL},
    {"800 555 35 35", "RU", "+78005553535", NULL}, /* an 8 that is no trunk prefix */
    {"06 1 234 5678", "HU", "+3612345678", NULL},
    {"\xef\xbc\x8b\xef\xbc\x94\xef\xbc\x99 30 123456", "", "+4930123456", NULL}, /* full width */
    {"\xe2\x80\xaa+49 30 123456\xe2\x80\xac", "", "+4930123456", NULL}, /* direction marks */
    {"+49\xe2\x80\x91"
     "30\xe2\x80\x93"
     "123456",
     "", "+4930123456", NULL}, /* dashes */
    {"+800 1234 5678", "", "+80012345678", NULL},
    {"030 123456", "", NULL, "PHONE_NO_COUNTRY"},
    {"030 123456", "XX", NULL, "PHONE_COUNTRY"},
    {"+999 123456", "", NULL, "PHONE_CODE"},
    {"+1 415 555 010", "", NULL, "PHONE_LENGTH"},
    {"+49 30", "", NULL, "PHONE_LENGTH"},
    {"+49 30 1234567890123", "", NULL, "PHONE_LENGTH"},
    {"12", "DE", NULL, "PHONE_LENGTH"},
    {"+", "DE", NULL, "PHONE_LENGTH"},
    {"call me", "DE", NULL, "PHONE_CHARACTER"},
    {"1-800-FLOWERS", "US", NULL, "PHONE_CHARACTER"},
    {"+49 30 123456 / +49 30 654321", "", NULL, "PHONE_CHARACTER"},
    {"+14155550100 ext", "", NULL, "PHONE_EXTENSION"},
    {"+14155550100 ext 12345678", "", NULL, "PHONE_EXTENSION"},
    {"1111111111111111111111111111111111111111111111111111", "DE", NULL, "PHONE_LENGTH"},
};

static void test_phones(void)
{
    for (size_t i = 0; i < sizeof phones / sizeof *phones; i++) {
        struct str out, again;
        enum norm_reason why;
        bool done = norm_phone(str_of(phones[i].in), str_of(phones[i].country), arena, &out, &why);
        ok_str_at(phones[i].in, done ? str_c(arena, out) : norm_reason_info(why)->code,
                  phones[i].out ? phones[i].out : phones[i].code);
        if (done && phones[i].out)
            ok_at(phones[i].in,
                  norm_phone(out, STR_NONE, arena, &again, &why) && str_eq(again, out));
    }
}

static const struct row utms[] = {
    {"", "", NULL},
    {"utm_source=Google&utm_medium=PPC&utm_campaign=Spring+Sale%21&utm_content=Hero-A",
     "{\"campaign\":\"spring "
     "sale!\",\"content\":\"Hero-A\",\"medium\":\"cpc\",\"source\":\"google\"}",
     NULL},
    {"https://acme.com/?gclid=1&UTM_Source=x#utm_source=y", "{\"source\":\"x\"}", NULL},
    {"https://acme.com/", "", NULL},
    {"gclid=1", "", NULL},
    {"{\"utm_source\": \" Google \", \"medium\": null}", "{\"source\":\"google\"}", NULL},
    {"{}", "", NULL},
    {"utm_source=a&utm_source=A", "{\"source\":\"a\"}", NULL},
    {"utm_source=%C3%A9", "{\"source\":\"\xc3\xa9\"}", NULL},
    {"utm_source=100%", "{\"source\":\"100%\"}", NULL},
    {"utm_source=a&utm_source=b", NULL, "UTM_PART"},
    {"{\"channel\": \"x\"}", NULL, "UTM_PART"},
    {"{\"source\": 1}", NULL, "UTM_PART"},
    {"{\"source\": \"x\"", NULL, "UTM_FORM"},
    {"google", NULL, "UTM_FORM"},
    {"utm_source=%00", NULL, "TEXT_NUL"},
    {"utm_source=%FF", NULL, "TEXT_UTF8"},
};

static struct utm_taxonomy taxonomy;

static bool utm(struct norm *n, struct str in, struct arena *a, struct str *out,
                enum norm_reason *why)
{
    (void)n;
    return norm_utm(in, &taxonomy, a, out, why);
}

/* Codes are told apart, and each is explained to users. */
static void test_reasons(void)
{
    struct str page = STR_NONE;
    ok_int(env_read_file(env_real(), "docs/normal-forms.md", 1 << 20, arena, &page), RC_OK);
    for (int r = NORM_OK + 1; r < NORM_REASON_COUNT; r++) {
        const struct norm_reason_info *info = norm_reason_info((enum norm_reason)r);
        struct str row = str_printf(arena, "\n| %s | ", info->code);
        ok_at(info->code, info->message[0] && info->help[0] && str_find(page, row, 0) >= 0);
        for (int q = 0; q < r; q++)
            if (strcmp(info->code, norm_reason_info((enum norm_reason)q)->code) == 0)
                fail(info->code);
    }
}

static void test_rest(void)
{
    struct currency c;
    enum norm_reason why;
    struct str out;
    ok(norm_currency(STR(" eur "), &c, &why) && c.code == ('E' << 16 | 'U' << 8 | 'R'));
    ok(norm_currency(STR("  "), &c, &why) && c.code == 0);
    ok(!norm_currency(STR("EURO"), &c, &why) && why == NORM_CURRENCY_UNKNOWN);
    ok(!norm_text((struct str){"a\0b", 3}, 100, arena, &out, &why) && why == NORM_TEXT_NUL);
    ok(norm_domain_is_freemail(STR("gmail.com")) && norm_domain_is_freemail(STR("126.com")) &&
       norm_domain_is_freemail(STR("zoho.com")));
    ok(!norm_domain_is_freemail(STR("acme.com")) && !norm_domain_is_freemail(STR("")));
    ok(str_is(norm_email_domain(STR("ana@acme.com")), "acme.com") &&
       norm_email_domain(STR("ana")).n == 0);
    norm_close(NULL);
}

#define RUN(rows, fn) run(rows, sizeof rows / sizeof *rows, fn)

int main(void)
{
    arena = arena_new();
    ok_int(norm_open(&norm), RC_OK);
    utm_taxonomy_init(&taxonomy, arena);
    utm_taxonomy_add(&taxonomy, UTM_MEDIUM, STR("PPC"), STR("cpc"));
    RUN(texts, text_100);
    RUN(emails, norm_email);
    RUN(domains, norm_domain);
    RUN(urls, norm_url);
    RUN(countries, norm_country);
    RUN(utms, utm);
    test_phones();
    test_reasons();
    test_rest();
    norm_close(norm);
    arena_free(arena);
    return tap_done();
}
