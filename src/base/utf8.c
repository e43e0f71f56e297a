/* The UTF-8 part of text.h. */
#include "base/text.h"

#include <string.h>

/* Bytes of the well-formed sequence at `p` (Unicode 15, table 3-7), 0 when it is none. */
static size_t sequence(const unsigned char *p, size_t n)
{
    unsigned char lead = p[0];
    if (lead < 0x80)
        return 1;
    size_t length = lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
    if (!length || n < length)
        return 0;
    /* The second byte's range keeps out overlong forms, surrogates and what lies beyond U+10FFFF. */
    unsigned char low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    unsigned char high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
    if (p[1] < low || p[1] > high)
        return 0;
    for (size_t i = 2; i < length; i++)
        if ((p[i] & 0xc0) != 0x80)
            return 0;
    return length;
}

ptrdiff_t utf8_invalid_at(struct str s)
{
    const unsigned char *p = (const unsigned char *)s.p;
    size_t i = 0;
    while (i < s.n) {
        uint64_t words[4];
        while (s.n - i >= sizeof words) {
            memcpy(words, p + i, sizeof words);
            if ((words[0] | words[1] | words[2] | words[3]) & UINT64_C(0x8080808080808080))
                break;
            i += sizeof words;
        }
        /* One block bytewise, then try the fast way again. */
        size_t stop = s.n - i < sizeof words ? s.n : i + sizeof words;
        while (i < stop) {
            size_t used = sequence(p + i, s.n - i);
            if (!used)
                return (ptrdiff_t)i;
            i += used;
        }
    }
    return -1;
}

size_t utf8_decode(struct str s, uint32_t *cp)
{
    const unsigned char *p = (const unsigned char *)s.p;
    size_t length = s.n ? sequence(p, s.n) : 0;
    switch (length) {
    case 1:
        *cp = p[0];
        break;
    case 2:
        *cp = (p[0] & 0x1fu) << 6 | (p[1] & 0x3fu);
        break;
    case 3:
        *cp = (p[0] & 0x0fu) << 12 | (p[1] & 0x3fu) << 6 | (p[2] & 0x3fu);
        break;
    case 4:
        *cp = (p[0] & 0x07u) << 18 | (p[1] & 0x3fu) << 12 | (p[2] & 0x3fu) << 6 | (p[3] & 0x3fu);
        break;
    default:
        break;
    }
    return length;
}

size_t utf8_encode(uint32_t cp, char out[4])
{
    if (cp < 0x80) {
        out[0] = (char)cp;
        return 1;
    }
    if (cp < 0x800) {
        out[0] = (char)(0xc0 | cp >> 6);
        out[1] = (char)(0x80 | (cp & 0x3f));
        return 2;
    }
    if (cp > 0x10ffff || (cp >= 0xd800 && cp <= 0xdfff))
        return 0;
    if (cp < 0x10000) {
        out[0] = (char)(0xe0 | cp >> 12);
        out[1] = (char)(0x80 | (cp >> 6 & 0x3f));
        out[2] = (char)(0x80 | (cp & 0x3f));
        return 3;
    }
    out[0] = (char)(0xf0 | cp >> 18);
    out[1] = (char)(0x80 | (cp >> 12 & 0x3f));
    out[2] = (char)(0x80 | (cp >> 6 & 0x3f));
    out[3] = (char)(0x80 | (cp & 0x3f));
    return 4;
}

size_t utf8_length(struct str s)
{
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++)
        n += (s.p[i] & 0xc0) != 0x80;
    return n;
}
