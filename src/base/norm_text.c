/* norm_text.c - text, case and characters; see norm.h and norm_text.h. */
#include "base/norm_text.h"

#include <assert.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

enum { INPUT_MAX = 4 << 20 }; /* bytes, before anything is taken off */

static bool is_ascii(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] >= 0x80)
            return false;
    return true;
}

/* White space and marks that are not seen, which exports and copied numbers carry at their ends. */
static bool is_edge(uint32_t cp)
{
    return u_isUWhiteSpace((UChar32)cp) || cp == 0xfeff || cp == 0x200b || cp == 0x200e ||
           cp == 0x200f || (cp >= 0x202a && cp <= 0x202e) || (cp >= 0x2066 && cp <= 0x2069);
}

/* `s` is valid UTF-8. */
static struct str trim(struct str s)
{
    uint32_t cp;
    for (size_t n; (n = utf8_decode(s, &cp)) > 0 && is_edge(cp);)
        s = str_sub(s, n, s.n);
    while (s.n) {
        size_t at = s.n - 1;
        while (at > 0 && ((unsigned char)s.p[at] & 0xc0) == 0x80)
            at--;
        if (!utf8_decode(str_sub(s, at, s.n), &cp) || !is_edge(cp))
            break;
        s.n = at;
    }
    return s;
}

/* UTF-16 in the arena; `s` is valid UTF-8, whose UTF-16 form never has more units than it has bytes. */
static UChar *to_utf16(struct str s, struct arena *a, int32_t *n)
{
    UErrorCode status = U_ZERO_ERROR;
    assert(s.n < INT32_MAX / 8);
    UChar *wide = ARENA_ARRAY(a, s.n + 1, UChar);
    u_strFromUTF8(wide, (int32_t)s.n + 1, n, s.n ? s.p : "", (int32_t)s.n, &status);
    assert(U_SUCCESS(status));
    return wide;
}

static struct str to_utf8(const UChar *wide, int32_t n, struct arena *a)
{
    UErrorCode status = U_ZERO_ERROR;
    int32_t length = 0;
    size_t room = (size_t)n * 3 + 1;
    char *p = ARENA_ARRAY(a, room, char);
    u_strToUTF8(p, (int32_t)room, &length, wide, n, &status);
    assert(U_SUCCESS(status));
    return (struct str){p, (size_t)length};
}

/* One of ICU's normal forms. */
static UChar *normalize(const UNormalizer2 *form, const UChar *wide, int32_t *n, struct arena *a)
{
    UErrorCode status = U_ZERO_ERROR;
    int32_t need = unorm2_normalize(form, wide, *n, NULL, 0, &status);
    status = U_ZERO_ERROR;
    UChar *out = ARENA_ARRAY(a, (size_t)need + 1, UChar);
    *n = unorm2_normalize(form, wide, *n, out, need + 1, &status);
    assert(U_SUCCESS(status));
    return out;
}

bool norm_text(struct str in, size_t max, struct arena *a, struct str *out, enum norm_reason *why)
{
    *out = STR_NONE;
    *why = NORM_OK;
    /* Composition never makes UTF-8 more than three times longer, so the bound holds the work down too. */
    if (in.n > INPUT_MAX)
        return norm_refuse(why, NORM_TEXT_LONG);
    if (utf8_invalid_at(in) >= 0)
        return norm_refuse(why, NORM_TEXT_UTF8);
    if (str_find(in, (struct str){"\0", 1}, 0) >= 0)
        return norm_refuse(why, NORM_TEXT_NUL);
    struct str s = trim(in);
    if (!is_ascii(s)) {
        UErrorCode status = U_ZERO_ERROR;
        const UNormalizer2 *nfc = unorm2_getNFCInstance(&status);
        int32_t n;
        UChar *wide = to_utf16(s, a, &n);
        bool done = unorm2_isNormalized(nfc, wide, n, &status);
        assert(U_SUCCESS(status));
        if (!done) {
            wide = normalize(nfc, wide, &n, a);
            s = to_utf8(wide, n, a);
        }
    }
    if (s.n > max)
        return norm_refuse(why, NORM_TEXT_LONG);
    *out = s;
    return true;
}

struct str norm_lower(struct str s, struct arena *a)
{
    if (is_ascii(s))
        return str_lower(a, s);
    UErrorCode status = U_ZERO_ERROR;
    int32_t n;
    UChar *wide = to_utf16(s, a, &n);
    int32_t need = u_strToLower(NULL, 0, wide, n, "", &status);
    status = U_ZERO_ERROR;
    UChar *lower = ARENA_ARRAY(a, (size_t)need + 1, UChar);
    u_strToLower(lower, need + 1, wide, n, "", &status);
    const UNormalizer2 *nfc = unorm2_getNFCInstance(&status);
    assert(U_SUCCESS(status));
    lower = normalize(nfc, lower, &need, a);
    return to_utf8(lower, need, a);
}

struct str norm_fold(struct str s, struct arena *a)
{
    UErrorCode status = U_ZERO_ERROR;
    const UNormalizer2 *folding = unorm2_getNFKCCasefoldInstance(&status),
                       *nfd = unorm2_getNFDInstance(&status);
    assert(U_SUCCESS(status));
    int32_t n, kept = 0;
    UChar *wide = to_utf16(s, a, &n);
    wide = normalize(folding, wide, &n, a);
    wide = normalize(nfd, wide, &n, a);
    UChar *key = ARENA_ARRAY(a, (size_t)n * 3 + 1, UChar);
    for (int32_t i = 0; i < n;) {
        int32_t first = i;
        uint32_t c = wide[i++];
        if (U16_IS_LEAD(c) && i < n) /* ICU's own macro for this does not pass -Wsign-conversion */
            c = 0x10000u + ((c - 0xd800u) << 10) + (wide[i++] - 0xdc00u);
        if (c == '&') { /* Trinidad & Tobago */
            key[kept++] = 'a';
            key[kept++] = 'n';
            key[kept++] = 'd';
        } else if (u_isalnum((UChar32)c) || u_charType((UChar32)c) == U_COMBINING_SPACING_MARK) {
            while (first < i)
                key[kept++] = wide[first++];
        }
    }
    return to_utf8(key, kept, a);
}
