#include "base/text.h"

#include "base/format.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

struct str str_of(const char *c)
{
    return c ? (struct str){c, strlen(c)} : STR_NONE;
}

bool str_eq(struct str a, struct str b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool str_is(struct str a, const char *c)
{
    return str_eq(a, str_of(c));
}

int str_cmp(struct str a, struct str b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int order = n ? memcmp(a.p, b.p, n) : 0;
    return order ? order : (a.n > b.n) - (a.n < b.n);
}

bool str_starts(struct str s, struct str prefix)
{
    return s.n >= prefix.n && str_eq((struct str){s.p, prefix.n}, prefix);
}

bool str_ends(struct str s, struct str suffix)
{
    return s.n >= suffix.n && str_eq(str_sub(s, s.n - suffix.n, s.n), suffix);
}

ptrdiff_t str_find(struct str s, struct str needle, size_t from)
{
    if (from > s.n || needle.n > s.n - from)
        return -1;
    if (!needle.n)
        return (ptrdiff_t)from;
    const char *at = memmem(s.p + from, s.n - from, needle.p, needle.n);
    return at ? at - s.p : -1;
}

struct str str_sub(struct str s, size_t from, size_t to)
{
    if (to > s.n)
        to = s.n;
    if (from >= to)
        return (struct str){s.p ? s.p + (from < s.n ? from : s.n) : NULL, 0};
    return (struct str){s.p + from, to - from};
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

struct str str_trim(struct str s)
{
    while (s.n && is_space(s.p[0])) {
        s.p++;
        s.n--;
    }
    while (s.n && is_space(s.p[s.n - 1]))
        s.n--;
    return s;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool str_eq_nocase(struct str a, struct str b)
{
    if (a.n != b.n)
        return false;
    for (size_t i = 0; i < a.n; i++)
        if (lower(a.p[i]) != lower(b.p[i]))
            return false;
    return true;
}

/* The rest after the last part is marked by p == NULL, so that "a," has two parts and "" has one. */
bool str_split(struct str *rest, char sep, struct str *part)
{
    if (!rest->p)
        return false;
    const char *at = rest->n ? memchr(rest->p, sep, rest->n) : NULL;
    if (!at) {
        *part = *rest;
        *rest = STR_NONE;
        return true;
    }
    size_t n = (size_t)(at - rest->p);
    *part = (struct str){rest->p, n};
    *rest = (struct str){at + 1, rest->n - n - 1};
    return true;
}

struct str str_dup(struct arena *a, struct str s)
{
    char *p = arena_array(a, s.n + 1, 1);
    if (s.n)
        memcpy(p, s.p, s.n);
    return (struct str){p, s.n};
}

const char *str_c(struct arena *a, struct str s)
{
    return str_dup(a, s).p;
}

struct str str_vprintf(struct arena *a, const char *fmt, va_list ap)
{
    char small[256];
    size_t plain;
    if (format_plain(small, sizeof small, &plain, fmt, ap))
        return str_dup(a, (struct str){small, plain});
    va_list again;
    va_copy(again, ap);
    int n = vsnprintf(small, sizeof small, fmt, ap);
    assert(n >= 0);
    char *p = (char *)small;
    if ((size_t)n >= sizeof small) {
        p = arena_alloc(a, (size_t)n + 1);
        (void)vsnprintf(p, (size_t)n + 1, fmt, again);
    } else {
        p = arena_copy(a, small, (size_t)n + 1);
    }
    va_end(again);
    return (struct str){p, (size_t)n};
}

struct str str_printf(struct arena *a, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    struct str s = str_vprintf(a, fmt, ap);
    va_end(ap);
    return s;
}

struct str str_join(struct arena *a, const struct str *parts, size_t n, struct str sep)
{
    size_t total = n > 1 ? (n - 1) * sep.n : 0;
    for (size_t i = 0; i < n; i++)
        total += parts[i].n;
    char *p = arena_alloc(a, total + 1);
    size_t at = 0;
    for (size_t i = 0; i < n; i++) {
        if (i && sep.n) {
            memcpy(p + at, sep.p, sep.n);
            at += sep.n;
        }
        if (parts[i].n)
            memcpy(p + at, parts[i].p, parts[i].n);
        at += parts[i].n;
    }
    return (struct str){p, total};
}

struct str str_lower(struct arena *a, struct str s)
{
    char *p = arena_alloc(a, s.n + 1);
    for (size_t i = 0; i < s.n; i++)
        p[i] = lower(s.p[i]);
    return (struct str){p, s.n};
}

bool str_to_u64(struct str s, uint64_t *out)
{
    uint64_t x = 0;
    if (!s.n)
        return false;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9')
            return false;
        uint64_t digit = (uint64_t)(s.p[i] - '0');
        if (__builtin_mul_overflow(x, UINT64_C(10), &x) || __builtin_add_overflow(x, digit, &x))
            return false;
    }
    *out = x;
    return true;
}

bool str_to_i64(struct str s, int64_t *out)
{
    bool negative = s.n && s.p[0] == '-';
    uint64_t x = 0;
    if (!str_to_u64(negative ? str_sub(s, 1, s.n) : s, &x))
        return false;
    if (x > (uint64_t)INT64_MAX + (negative ? 1 : 0))
        return false;
    *out = negative && x ? -(int64_t)(x - 1) - 1 : (int64_t)x;
    return true;
}

enum { NEAREST_MOST = 64 };

/* Letters of `s` in lower case; 0 when there are too many to compare, or none. */
static size_t letters(struct str s, uint32_t out[NEAREST_MOST])
{
    size_t n = 0;
    while (s.n) {
        uint32_t cp = 0;
        size_t used = utf8_decode(s, &cp);
        if (!used || n == NEAREST_MOST)
            return 0;
        out[n++] = cp < 0x80 ? (uint32_t)lower((char)cp) : cp;
        s = str_sub(s, used, s.n);
    }
    return n;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Insertions, deletions, replacements and swaps of neighbours that lead from `a` to `b`. */
static size_t distance(const uint32_t *a, size_t na, const uint32_t *b, size_t nb)
{
    size_t rows[3][NEAREST_MOST + 1];
    size_t *before = rows[0], *last = rows[1], *now = rows[2];
    for (size_t j = 0; j <= nb; j++)
        before[j] = last[j] = j;
    for (size_t i = 1; i <= na; i++) {
        now[0] = i;
        for (size_t j = 1; j <= nb; j++) {
            size_t replace = last[j - 1] + (a[i - 1] != b[j - 1]);
            now[j] = least(replace, least(last[j], now[j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                now[j] = least(now[j], before[j - 2] + 1);
        }
        size_t *oldest = before;
        before = last;
        last = now;
        now = oldest;
    }
    return last[nb];
}

struct str text_nearest(struct str s, const struct str *words, size_t n)
{
    uint32_t want[NEAREST_MOST], word[NEAREST_MOST];
    size_t length = letters(s, want);
    size_t best = length / 3 + 1;
    struct str nearest = STR_NONE;
    for (size_t i = 0; length && i < n; i++) {
        size_t m = letters(words[i], word);
        if (!m || m > length + best || length > m + best)
            continue;
        size_t d = distance(want, length, word, m);
        if (d < best) {
            best = d;
            nearest = words[i];
        }
    }
    return nearest;
}
