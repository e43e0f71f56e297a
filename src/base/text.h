/* text.h - slices of UTF-8 text and a growing buffer.
 *
 * In:     bytes.   Out: struct str (a slice, not owned, not NUL-ended unless said) and struct buf.
 * Owns:   a buf owns its bytes until buf_release; a str owns nothing.
 * Errors: buf reports RC_LIMIT through buf_ok when its maximum is passed; nothing is lost silently.
 * Never:  knows a locale. Case folding, NFC and zones live in unicode.h and zone.h.
 */
#ifndef REVOS_BASE_TEXT_H
#define REVOS_BASE_TEXT_H

#include "base/arena.h"
#include "base/rc.h"
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct str {
    const char *p;
    size_t n;
};

#define STR(lit) ((struct str){"" lit "", sizeof(lit) - 1})
/* The same for a static initializer, where a compound literal is not allowed. */
#define STR_INIT(lit)              \
    {                              \
        "" lit "", sizeof(lit) - 1 \
    }
#define STR_NONE ((struct str){NULL, 0})
/* For printf: "%.*s", STR_ARG(s) */
#define STR_ARG(s) (int)((s).n), ((s).n ? (s).p : "")

struct str str_of(const char *c); /* NULL gives STR_NONE */
bool str_eq(struct str a, struct str b);
bool str_is(struct str a, const char *c);
int str_cmp(struct str a, struct str b); /* bytewise, which is code point order for UTF-8 */
bool str_starts(struct str s, struct str prefix);
bool str_ends(struct str s, struct str suffix);
/* Offset of `needle` at or after `from`, or -1. */
ptrdiff_t str_find(struct str s, struct str needle, size_t from);
struct str str_sub(struct str s, size_t from, size_t to); /* clamped to the text */
struct str str_trim(struct str s);                        /* ASCII white space at both ends */
bool str_eq_nocase(struct str a, struct str b);           /* ASCII letters only */
/* Cuts the part before `sep` off the front of `*rest`; false when `*rest` was exhausted. */
bool str_split(struct str *rest, char sep, struct str *part);

struct str str_dup(struct arena *a, struct str s); /* the copy is NUL-ended */
const char *str_c(struct arena *a, struct str s);  /* NUL-ended copy */
struct str str_printf(struct arena *a, const char *fmt, ...) PRINTF_LIKE(2, 3);
struct str str_vprintf(struct arena *a, const char *fmt, va_list ap) PRINTF_LIKE(2, 0);
struct str str_join(struct arena *a, const struct str *parts, size_t n, struct str sep);
struct str str_lower(struct arena *a, struct str s); /* ASCII only */

/* Whole text as a number; false on empty, extra characters or out of range. */
bool str_to_i64(struct str s, int64_t *out);
bool str_to_u64(struct str s, uint64_t *out);

/* Offset of the first byte that is not well-formed UTF-8 (surrogates and overlong forms are not), or -1. */
ptrdiff_t utf8_invalid_at(struct str s);
/* Decodes one code point; returns bytes used, 0 on malformed input or end. */
size_t utf8_decode(struct str s, uint32_t *cp);
size_t utf8_encode(uint32_t cp, char out[4]); /* bytes written, 0 for a surrogate or > U+10FFFF */
size_t utf8_length(struct str s);             /* code points */

/* Nearest of `words` to `s` by edit distance within a third of its length, or STR_NONE: "did you mean". */
struct str text_nearest(struct str s, const struct str *words, size_t n);

/* A growing byte buffer with a maximum from birth. */
struct buf {
    char *p;
    size_t n, cap, max;
    bool overflow;
};

void buf_init(struct buf *b, size_t max); /* max in bytes, > 0 */
void buf_release(struct buf *b);
void buf_clear(struct buf *b);
enum rc buf_ok(const struct buf *b); /* RC_OK, or RC_LIMIT when a put did not fit */
void buf_put(struct buf *b, const void *p, size_t n);
void buf_str(struct buf *b, struct str s);
void buf_cstr(struct buf *b, const char *c);
void buf_char(struct buf *b, char c);
void buf_fill(struct buf *b, char c, size_t n);
void buf_printf(struct buf *b, const char *fmt, ...) PRINTF_LIKE(2, 3);
struct str buf_view(const struct buf *b); /* valid until the next put */

#endif
