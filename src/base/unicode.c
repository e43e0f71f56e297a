#include "base/unicode.h"

#include <assert.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

enum { BYTES_MOST = 64 << 20, STACK_UNITS = 512 };

/* UTF-16, which ICU's C functions speak: on the stack when short. */
struct units {
    UChar *p;
    int32_t n, cap;
    UChar room[STACK_UNITS];
};

static void units_init(struct units *u, int32_t cap)
{
    u->n = 0;
    u->cap = cap < STACK_UNITS ? STACK_UNITS : cap;
    u->p = cap < STACK_UNITS ? u->room : mem_new((size_t)cap, sizeof *u->p);
}

static void units_release(struct units *u)
{
    if (u->p != u->room)
        mem_free(u->p);
}

static void to_units(struct units *u, struct str s)
{
    assert(s.n <= BYTES_MOST);
    UErrorCode error = U_ZERO_ERROR;
    units_init(u, (int32_t)s.n + 1);
    (void)u_strFromUTF8(u->p, u->cap, &u->n, s.p, (int32_t)s.n, &error);
    assert(U_SUCCESS(error)); /* invalid UTF-8 should have stopped at a door */
}

static struct str to_text(struct arena *a, const struct units *u)
{
    UErrorCode error = U_ZERO_ERROR;
    int32_t cap = u->n * 3 + 1, n = 0;
    char *p = arena_alloc(a, (size_t)cap);
    (void)u_strToUTF8(p, cap, &n, u->p, u->n, &error);
    assert(U_SUCCESS(error));
    return (struct str){p, (size_t)n};
}

bool unicode_is_ascii(struct str s)
{
    size_t i = 0;
    for (uint64_t word; i + sizeof word <= s.n; i += sizeof word) {
        memcpy(&word, s.p + i, sizeof word);
        if (word & UINT64_C(0x8080808080808080))
            return false;
    }
    for (; i < s.n; i++)
        if ((unsigned char)s.p[i] >= 0x80)
            return false;
    return true;
}

static const UNormalizer2 *nfc(void)
{
    UErrorCode error = U_ZERO_ERROR;
    const UNormalizer2 *form = unorm2_getNFCInstance(&error);
    assert(U_SUCCESS(error));
    return form;
}

static bool units_are_nfc(const struct units *u)
{
    UErrorCode error = U_ZERO_ERROR;
    bool normal = unorm2_isNormalized(nfc(), u->p, u->n, &error);
    assert(U_SUCCESS(error));
    return normal;
}

/* Normalises `from` into `to`, which the caller releases. Composition never needs more than three times the room. */
static void compose(const struct units *from, struct units *to)
{
    UErrorCode error = U_ZERO_ERROR;
    units_init(to, from->n * 3 + 1);
    to->n = unorm2_normalize(nfc(), from->p, from->n, to->p, to->cap, &error);
    assert(U_SUCCESS(error));
}

bool unicode_is_nfc(struct str s)
{
    if (unicode_is_ascii(s))
        return true;
    struct units u;
    to_units(&u, s);
    bool normal = units_are_nfc(&u);
    units_release(&u);
    return normal;
}

struct str unicode_nfc(struct arena *a, struct str s)
{
    if (unicode_is_ascii(s))
        return s;
    struct units u, composed;
    to_units(&u, s);
    if (!units_are_nfc(&u)) {
        compose(&u, &composed);
        s = to_text(a, &composed);
        units_release(&composed);
    }
    units_release(&u);
    return s;
}

static bool has_capital(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] >= 'A' && s.p[i] <= 'Z')
            return true;
    return false;
}

struct str unicode_fold(struct arena *a, struct str s)
{
    if (unicode_is_ascii(s))
        return has_capital(s) ? str_lower(a, s) : s;
    struct units u, folded, composed;
    UErrorCode error = U_ZERO_ERROR;
    to_units(&u, s);
    units_init(&folded, u.n * 3 + 1); /* no character folds to more than three units */
    folded.n = u_strFoldCase(folded.p, folded.cap, u.p, u.n, U_FOLD_CASE_DEFAULT, &error);
    assert(U_SUCCESS(error));
    compose(&folded, &composed);
    struct str out = to_text(a, &composed);
    units_release(&composed);
    units_release(&folded);
    units_release(&u);
    return str_eq(out, s) ? s : out;
}

static bool is_invisible(uint32_t c)
{
    return c == 0xad || c == 0x61c || c == 0x180e || (c >= 0x200b && c <= 0x200f) ||
           (c >= 0x202a && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) || c == 0xfeff ||
           (c >= 0xfff9 && c <= 0xfffb);
}

static bool is_space(uint32_t c)
{
    return u_isUWhiteSpace((UChar32)c);
}

static struct str skip(struct str s, bool spaces)
{
    uint32_t cp = 0;
    size_t used;
    while ((used = utf8_decode(s, &cp)) && (is_invisible(cp) || (spaces && is_space(cp))))
        s = str_sub(s, used, s.n);
    return s;
}

struct str unicode_strip_lead(struct str s)
{
    return skip(s, false);
}

struct str unicode_trim(struct str s)
{
    s = skip(s, true);
    while (s.n) {
        size_t start = s.n - 1;
        uint32_t cp = 0;
        while (start && (s.p[start] & 0xc0) == 0x80)
            start--;
        if (!utf8_decode(str_sub(s, start, s.n), &cp) || !(is_invisible(cp) || is_space(cp)))
            break;
        s.n = start;
    }
    return s;
}

int unicode_width(uint32_t cp)
{
    if (cp < 0x300)
        return cp != 0xad;
    int8_t kind = u_charType((UChar32)cp);
    if (kind == U_NON_SPACING_MARK || kind == U_ENCLOSING_MARK || is_invisible(cp))
        return 0;
    int width = u_getIntPropertyValue((UChar32)cp, UCHAR_EAST_ASIAN_WIDTH);
    return width == U_EA_WIDE || width == U_EA_FULLWIDTH ? 2 : 1;
}

size_t unicode_columns(struct str s)
{
    size_t columns = 0, used;
    uint32_t cp = 0;
    while ((used = utf8_decode(s, &cp))) {
        columns += (size_t)unicode_width(cp);
        s = str_sub(s, used, s.n);
    }
    return columns;
}
