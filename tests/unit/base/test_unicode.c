#include "base/unicode.h"
#include "tests/tap.h"

#include <string.h>

static struct arena *arena;

static void normal_form(void)
{
    static const struct {
        const char *in, *out;
    } rows[] = {
        {"", ""},
        {"plain ASCII text", "plain ASCII text"},
        {"cafe\xcc\x81", "café"},
        {"é", "é"},
        {"\xe2\x84\xab", "Å"},                                    /* ANGSTROM SIGN */
        {"\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab", "한"},           /* Hangul jamo */
        {"q\xcc\x87\xcc\xa3", "q\xcc\xa3\xcc\x87"},               /* order of marks */
        {"\xf0\x9d\x85\x9e", "\xf0\x9d\x85\x97\xf0\x9d\x85\xa5"}, /* excluded from composition */
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct str in = str_of(rows[i].in), out = unicode_nfc(arena, in);
        ok_str_at(rows[i].out, str_c(arena, out), rows[i].out);
        ok_at(rows[i].out, unicode_is_nfc(out) && unicode_is_nfc(in) == str_eq(in, out));
        ok_at("unchanged text is not copied", !str_eq(in, out) || in.p == out.p);
    }
    char longer[3000];
    for (size_t i = 0; i < sizeof longer; i += 3)
        memcpy(longer + i, "e\xcc\x81", 3);
    struct str out = unicode_nfc(arena, (struct str){longer, sizeof longer});
    ok(out.n == 2000 && str_starts(out, STR("éé")) && unicode_is_nfc(out));
    ok(unicode_is_ascii(STR("0123456789")) && !unicode_is_ascii(STR("01234567é")) &&
       !unicode_is_ascii(STR("é")));
}

static void folding(void)
{
    static const struct {
        const char *in, *out;
    } rows[] = {
        {"", ""},
        {"lower", "lower"},
        {"Acme GmbH", "acme gmbh"},
        {"STRASSE", "strasse"},
        {"straße", "strasse"},
        {"ÉCOLE", "école"},
        {"E\xcc\x81", "é"},
        {"ΣΊΣΥΦΟΣ", "σίσυφοσ"},
        {"I", "i"},
        {"İ", "i̇"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct str out = unicode_fold(arena, str_of(rows[i].in));
        ok_str_at(rows[i].in, str_c(arena, out), rows[i].out);
        ok_at("folding twice changes nothing", str_eq(unicode_fold(arena, out), out));
    }
    char longer[1200];
    for (size_t i = 0; i < sizeof longer; i += 2)
        memcpy(longer + i, "\xc3\x9f", 2);
    ok_int(unicode_fold(arena, (struct str){longer, sizeof longer}).n, 1200);
}

static void trimming(void)
{
    static const struct {
        const char *in, *trimmed, *stripped;
    } rows[] = {
        {"", "", ""},
        {" \t\n", "", " \t\n"},
        {"\xef\xbb\xbf Name \xc2\xa0", "Name", " Name \xc2\xa0"},
        {"\xe2\x80\x8b\xe2\x80\x8bid\xe2\x80\x8b", "id", "id\xe2\x80\x8b"},
        {"\xe3\x80\x80日本\xe3\x80\x80", "日本", "\xe3\x80\x80日本\xe3\x80\x80"},
        {"a b\xc2\xad", "a b", "a b\xc2\xad"},
        {"\xef\xbb\xbf", "", ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        ok_str_at(rows[i].in, str_c(arena, unicode_trim(str_of(rows[i].in))), rows[i].trimmed);
        ok_str_at(rows[i].in, str_c(arena, unicode_strip_lead(str_of(rows[i].in))),
                  rows[i].stripped);
    }
}

static void widths(void)
{
    static const struct {
        const char *text;
        size_t columns;
    } rows[] = {
        {"", 0},
        {"abc", 3},
        {"né", 2},
        {"ne\xcc\x81", 2},
        {"日本", 4},
        {"한", 2},
        {"\xef\xbc\xa1", 2}, /* FULLWIDTH A */
        {"😀", 2},
        {"a\xe2\x80\x8b\xc2\xad"
         "b",
         2},
        {"€ 5", 3},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        ok_int_at(rows[i].text, unicode_columns(str_of(rows[i].text)), rows[i].columns);
}

int main(void)
{
    arena = arena_new();
    widths();
    normal_form();
    folding();
    trimming();
    arena_free(arena);
    return tap_done();
}
