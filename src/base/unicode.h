/* unicode.h - what needs the Unicode tables: normal form, case folding, what cannot be seen. Through ICU.
 *
 * In:     valid UTF-8 (asserted), at most 64 MiB.   Out: UTF-8, the text given when nothing changes, else in the arena.
 * Errors: none.   Never: knows a locale; folding is the same for everybody ("I" folds to "i").
 */
#ifndef REVOS_BASE_UNICODE_H
#define REVOS_BASE_UNICODE_H

#include "base/text.h"

bool unicode_is_ascii(struct str s);
bool unicode_is_nfc(struct str s);
/* Canonical composition: equal-looking texts of different code points become equal. */
struct str unicode_nfc(struct arena *a, struct str s);
/* Full case folding, then NFC: the key under which texts are equal whatever their case ("STRASSE", "straße"). */
struct str unicode_fold(struct arena *a, struct str s);

/* Cuts white space (Unicode's, such as U+00A0) and characters that show nothing (zero width, byte order and direction marks, soft
 * hyphen) off both ends. A slice of `s`. */
struct str unicode_trim(struct str s);
/* The same for invisible characters at the beginning only, white space kept: a header cell that hides a mark. */
struct str unicode_strip_lead(struct str s);

/* Columns that a character takes on a terminal: 0 for marks that combine and for what shows nothing, 2 for wide East Asian ones
 * and emoji, else 1. And those of a text. */
int unicode_width(uint32_t cp);
size_t unicode_columns(struct str s);

#endif
