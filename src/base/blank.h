/* blank.h - horizontal white space as exports write it: blank, tab, and the no-break and thin blanks that spreadsheets and
 * browsers put between groups of digits and before AM and PM.
 *
 * In:     slices.   Out: slices.   Never: crosses a line break.
 */
#ifndef REVOS_BASE_BLANK_H
#define REVOS_BASE_BLANK_H

#include "base/text.h"

/* Bytes of the one blank at the front of `s` (U+0020, U+0009, U+00A0, U+2009, U+202F); 0 when there is none. */
size_t blank_at(struct str s);
struct str blank_skip(struct str s); /* without the blanks at the front */
struct str blank_trim(struct str s); /* nor those at the end */

#endif
