/* number_format.h - numbers as files write them, by stated signs.
 *
 * In:     "1.234,50 €", "(1'234.50)", "12,5 %", and a format that names the decimal sign, the grouping sign and the unit.
 * Out:    the same number as plain text ("1234.50", "-1234.50", "12.5") for decimal_parse and money_parse.
 * Errors: a fixed sentence for people, and the byte where it went wrong.
 * Never:  guesses a sign. A group that is not one is refused: "1,5" with ',' as grouping sign is not 15.
 */
#ifndef REVOS_BASE_NUMBER_FORMAT_H
#define REVOS_BASE_NUMBER_FORMAT_H

#include "base/text.h"

struct number_format {
    char decimal; /* '.' or ',' */
    char
        grouping; /* 0 none, '.', ',', '\'' (also U+2019) or ' ' (any of U+0020, U+00A0, U+2009, U+202F) */
    struct str
        unit; /* may stand before or behind the number, with or without blanks; empty: none */
};

/* The format of plain text: decimal point, no groups, no unit. */
struct number_format number_format_plain(void);
/* What is wrong with a format; NULL when it is usable. */
const char *number_format_fault(const struct number_format *f);

enum { NUMBER_TEXT_MAX = 64 };

struct number_fault {
    const char *why;
    size_t at; /* byte offset in the text */
};

/* Accepts '+', '-', U+2212, and parentheses for a negative number; groups of three digits, or of two and a last one of
 * three as in India. `out` is NUL-ended. */
MUST_CHECK bool number_plain(const struct number_format *f, struct str s, char out[NUMBER_TEXT_MAX],
                             struct str *plain, struct number_fault *fault);

#endif
