/* norm_text.c - text, case and characters; see norm.h and norm_text.h. */
#include "base/norm_text.h"

#include "base/unicode.h"

#include <assert.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

enum { INPUT_MAX = 4 << 20 }; /* bytes, before anything is taken off */

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

bool norm_trimmed(struct str in, size_t max, struct str *out, enum norm_reason *why)
{
    *out = STR_NONE;
    *why = NORM_OK;
    if (in.n > INPUT_MAX)
        return norm_refuse(why, NORM_TEXT_LONG);
    if (utf8_invalid_at(in) >= 0)
        return norm_refuse(why, NORM_TEXT_UTF8);
    if (str_find(in, (struct str){"\0", 1}, 0) >= 0)
        return norm_refuse(why, NORM_TEXT_NUL);
    struct str s = unicode_trim(in);
    if (s.n > max)
        return norm_refuse(why, NORM_TEXT_LONG);
    *out = s;
    return true;
}

bool norm_text(struct str in, size_t max, struct arena *a, struct str *out, enum norm_reason *why)
{
    struct str s;
    *out = STR_NONE;
    /* Composed text may be shorter, so the bound comes after. */
    if (!norm_trimmed(in, INPUT_MAX, &s, why))
        return false;
    s = unicode_nfc(a, s);
    if (s.n > max)
        return norm_refuse(why, NORM_TEXT_LONG);
    *out = s;
    return true;
}

struct str norm_lower(struct str s, struct arena *a)
{
    if (unicode_is_ascii(s))
        return str_lower(a, s);
    UErrorCode status = U_ZERO_ERROR;
    int32_t n;
    UChar *wide = to_utf16(s, a, &n);
    int32_t need = u_strToLower(NULL, 0, wide, n, "", &status);
    status = U_ZERO_ERROR;
    UChar *lower = ARENA_ARRAY(a, (size_t)need + 1, UChar);
    u_strToLower(lower, need + 1, wide, n, "", &status);
    assert(U_SUCCESS(status));
    return unicode_nfc(a, to_utf8(lower, need, a));
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
