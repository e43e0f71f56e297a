/* format.h - the few directives of printf that nearly all our texts are made of, at a tenth of the C library's price.
 *
 * In:     a format and its arguments, as printf takes them.   Out: the bytes that printf would write, without an ending NUL.
 * Owns:   nothing.
 * Errors: false, and nothing to be used, for any other directive and for what does not fit: the caller asks the C library.
 */
#ifndef REVOS_BASE_FORMAT_H
#define REVOS_BASE_FORMAT_H

#include "base/text.h"

#include <stdarg.h>

/* Knows literal text, %%, %c, %s, %.*s, and d and u with no length, l, ll or z. */
bool format_plain(char *out, size_t room, size_t *n, const char *fmt, va_list ap);

enum { I64_TEXT = 20 }; /* bytes at most, sign included */
/* In decimal; `room` holds the text. */
struct str i64_text(int64_t x, char room[I64_TEXT]);
struct str u64_text(uint64_t x, char room[I64_TEXT]);

#endif
