#include "base/text.h"
#include "tests/tap.h"

#include <string.h>

static void slices(void)
{
    struct str s = STR("  Hello, World\t\n");
    ok(str_is(str_trim(s), "Hello, World"));
    ok(str_is(str_trim(STR(" \t ")), ""));
    ok(str_eq(STR_NONE, STR("")));
    ok(!str_eq(STR("a"), STR("b")) && !str_eq(STR("a"), STR("ab")));
    ok(str_cmp(STR("a"), STR("ab")) < 0 && str_cmp(STR("b"), STR("ab")) > 0);
    ok(str_cmp(STR("z"), STR("é")) < 0);
    ok_int(str_cmp(STR_NONE, STR("")), 0);
    ok(str_starts(s, STR("  H")) && !str_starts(STR("a"), STR("ab")) && str_starts(s, STR("")));
    ok(str_ends(STR("abc"), STR("bc")) && !str_ends(STR("c"), STR("bc")));
    ok_int(str_find(STR("abcabc"), STR("bc"), 2), 4);
    ok_int(str_find(STR("abc"), STR("d"), 0), -1);
    ok_int(str_find(STR("abc"), STR(""), 3), 3);
    ok_int(str_find(STR("abc"), STR(""), 4), -1);
    ok(str_is(str_sub(STR("abc"), 1, 99), "bc"));
    ok_int(str_sub(STR("abc"), 5, 2).n, 0);
    ok(str_eq_nocase(STR("ÄbC"), STR("ÄBc")) && !str_eq_nocase(STR("ä"), STR("Ä")));
    ok_int(str_of(NULL).n, 0);
}

static void splits(void)
{
    struct str rest = STR("a,,b,"), part;
    ok(str_split(&rest, ',', &part) && str_is(part, "a"));
    ok(str_split(&rest, ',', &part) && part.n == 0);
    ok(str_split(&rest, ',', &part) && str_is(part, "b"));
    ok(str_split(&rest, ',', &part) && part.n == 0);
    ok(!str_split(&rest, ',', &part));
    rest = STR("");
    ok(str_split(&rest, ',', &part) && part.n == 0);
    ok(!str_split(&rest, ',', &part));
}

static void made_in_an_arena(void)
{
    struct arena *a = arena_new();
    char part[600];
    memset(part, 'x', sizeof part);
    struct str longer = str_printf(a, "%.*s|%d", (int)sizeof part, part, 7);
    ok(longer.n == 602 && str_ends(longer, STR("x|7")) && longer.p[602] == '\0');
    ok_str(str_printf(a, "%d%s", 1, "b").p, "1b");
    struct str parts[] = {STR("a"), STR_NONE, STR("c")};
    ok_str(str_join(a, parts, 3, STR(", ")).p, "a, , c");
    ok_str(str_join(a, parts, 0, STR(", ")).p, "");
    ok_str(str_c(a, STR_NONE), "");
    ok_str(str_lower(a, STR("AbÇ")).p, "abÇ");
    arena_free(a);
}

static void numbers(void)
{
    int64_t i = 0;
    uint64_t u = 0;
    ok(str_to_i64(STR("-9223372036854775808"), &i) && i == INT64_MIN);
    ok(str_to_i64(STR("9223372036854775807"), &i) && i == INT64_MAX);
    ok(str_to_i64(STR("-0"), &i) && i == 0);
    ok(str_to_u64(STR("18446744073709551615"), &u) && u == UINT64_MAX);
    static const char *const refused[] = {"",
                                          "-",
                                          "+1",
                                          " 1",
                                          "1 ",
                                          "1x",
                                          "0x1",
                                          "--1",
                                          "1.",
                                          "9223372036854775808",
                                          "-9223372036854775809"};
    for (size_t k = 0; k < sizeof refused / sizeof *refused; k++)
        ok_at(refused[k], !str_to_i64(str_of(refused[k]), &i));
    ok(!str_to_u64(STR("18446744073709551616"), &u) && !str_to_u64(STR("-1"), &u));
}

static void utf8(void)
{
    static const struct {
        const char *bytes;
        ptrdiff_t bad;
    } rows[] = {
        {"", -1},
        {"plain ascii of more than thirty-two bytes, \xc3\xa4 then more of it until the end", -1},
        {"\xef\xbf\xbf\xf4\x8f\xbf\xbf", -1},
        {"a\x80", 1},
        {"\xc0\xaf", 0},
        {"\xc1\xbf", 0},
        {"\xe0\x9f\xbf", 0},
        {"\xed\xa0\x80", 0},
        {"\xf0\x8f\xbf\xbf", 0},
        {"\xf4\x90\x80\x80", 0},
        {"\xf5\x80\x80\x80", 0},
        {"ab\xe2\x82", 2},
        {"0123456789012345678901234567890\xc3", 31},
        {"01234567890123456789012345678901\xff", 32},
        {"\xe2\x28\xa1", 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        ok_int_at(rows[i].bytes, utf8_invalid_at(str_of(rows[i].bytes)), rows[i].bad);
    uint32_t wrong = 0;
    for (uint32_t cp = 0; cp <= 0x110000; cp++) {
        char out[4];
        uint32_t back = UINT32_MAX;
        size_t n = utf8_encode(cp, out);
        bool none = cp > 0x10ffff || (cp >= 0xd800 && cp <= 0xdfff);
        if (none ? n != 0 : utf8_decode((struct str){out, n}, &back) != n || back != cp)
            wrong++;
    }
    ok_int(wrong, 0);
    uint32_t cp = 0;
    ok_int(utf8_decode(STR(""), &cp), 0);
    ok_int(utf8_length(STR("aé€😀")), 4);
}

static void nearest(void)
{
    static const struct str words[] = {STR_INIT("opportunity"), STR_INIT("account"),
                                       STR_INIT("contact"), STR_INIT("Umsätze")};
    ok(str_is(text_nearest(STR("oportunity"), words, 4), "opportunity"));
    ok(str_is(text_nearest(STR("acocunt"), words, 4), "account"));
    ok(str_is(text_nearest(STR("ACCOUNT"), words, 4), "account"));
    ok(str_is(text_nearest(STR("umsatze"), words, 4), "Umsätze"));
    ok(!text_nearest(STR("lead"), words, 4).p);
    ok(!text_nearest(STR(""), words, 4).p);
    ok(!text_nearest(STR("account"), words, 0).p);
    char longer[100];
    memset(longer, 'a', sizeof longer);
    ok(!text_nearest((struct str){longer, sizeof longer}, words, 4).p);
}

static void buffers(void)
{
    struct buf b;
    buf_init(&b, 1000);
    buf_cstr(&b, "abc");
    buf_char(&b, 'd');
    buf_fill(&b, 'e', 2);
    buf_str(&b, STR_NONE);
    buf_printf(&b, "%400s", "f");
    ok(buf_view(&b).n == 406 && buf_ok(&b) == RC_OK);
    ok_mem(buf_view(&b).p, "abcdee  ", 8);
    buf_fill(&b, 'x', 595);
    ok_int(buf_ok(&b), RC_LIMIT);
    buf_char(&b, 'y');
    ok_int(buf_view(&b).n, 406);
    buf_clear(&b);
    buf_fill(&b, 'z', 1000);
    ok(buf_view(&b).n == 1000 && buf_ok(&b) == RC_OK);
    buf_char(&b, 'z');
    ok_int(buf_ok(&b), RC_LIMIT);
    buf_release(&b);
    buf_init(&b, 1);
    buf_char(&b, 'a');
    ok_int(buf_ok(&b), RC_OK);
    buf_release(&b);
}

int main(void)
{
    slices();
    splits();
    made_in_an_arena();
    numbers();
    utf8();
    nearest();
    buffers();
    return tap_done();
}
