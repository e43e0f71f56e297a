/* test_format.c - the same bytes as printf, or the word that somebody else must do it. */
#include "base/format.h"
#include "tests/tap.h"

#include <stdio.h>
#include <string.h>
#include <sys/types.h>

/* 1: the bytes of vsnprintf; 0: other bytes; -1: not done. */
static PRINTF_LIKE(2, 3) int plain(size_t room, const char *fmt, ...)
{
    char ours[400], theirs[400];
    size_t n = 0;
    va_list ap, again;
    va_start(ap, fmt);
    va_copy(again, ap);
    bool done = format_plain(ours, room, &n, fmt, ap);
    int want = vsnprintf(theirs, sizeof theirs, fmt, again);
    va_end(again);
    va_end(ap);
    return !done ? -1 : n == (size_t)want && memcmp(ours, theirs, n) == 0;
}

static void known(void)
{
    static const struct str ana = {"ana ruiz", 3};
    ok_int(plain(400, "nothing"), 1);
    ok_int(plain(400, "%s", ""), 1);
    ok_int(plain(400, "%s:%.*s, %c%%", "person", STR_ARG(ana), 'x'), 1);
    ok_int(plain(400, "%.*s|%.*s|%.*s", 0, "abc", 9, "abc", -1, "abc"), 1);
    ok_int(plain(400, "%d %u %d %d", 0, 4294967295u, INT32_MIN, INT32_MAX), 1);
    ok_int(plain(400, "%ld %lu", -5L, 5UL), 1);
    ok_int(plain(400, "%lld %lld %llu", (long long)INT64_MIN, (long long)INT64_MAX,
                 (unsigned long long)UINT64_MAX),
           1);
    ok_int(plain(400, "%zu%zd", (size_t)7, (ssize_t)-7), 1);
}

static void left_to_others(void)
{
    ok_int(plain(400, "%5d", 1), -1);
    ok_int(plain(400, "a%02xb", 1), -1);
    ok_int(plain(400, "%.3s", "abcd"), -1);
    ok_int(plain(400, "%.2f", 1.5), -1);
    ok_int(plain(7, "%s", "12345678"), -1);
    ok_int(plain(8, "%s", "12345678"), 1);
    ok_int(plain(2, "%d", -10), -1);
}

static void long_ones(void)
{
    struct arena *a = arena_new();
    struct buf b;
    char text[300];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = 0;
    ok_str(str_printf(a, "%s%d", text, 1).p + 299, "1");
    ok_int(str_printf(a, "%s%d", text, 1).n, 300);
    buf_init(&b, 1000);
    buf_printf(&b, "%s%05d%s", text, 12, "a");
    buf_printf(&b, "%d", -3);
    ok_int(b.n, 307);
    ok(memcmp(b.p + 299, "00012a-3", 8) == 0);
    buf_release(&b);
    arena_free(a);
}

int main(void)
{
    char room[I64_TEXT];
    known();
    left_to_others();
    long_ones();
    ok(str_is(i64_text(INT64_MIN, room), "-9223372036854775808"));
    ok(str_is(i64_text(0, room), "0"));
    ok(str_is(u64_text(UINT64_MAX, room), "18446744073709551615"));
    return tap_done();
}
