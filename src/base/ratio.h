/* ratio.h - exact fractions: the arithmetic of metric expressions.
 *
 * In:     integers, decimals, money.   Out: fractions, and their value rounded half-even at the very end, once.
 * Range:  numerator and denominator of the reduced fraction stay within ±RATIO_LIMIT (10^37).
 * Errors: false when a result leaves the range, and for a division by zero; `*out` is then unchanged. Which of the two it
 *         was, the caller knows: it asks ratio_is_zero() of the divisor first, since that is a reasoned "no value".
 * Never:  rounds in between, or passes through a double.
 */
#ifndef REVOS_BASE_RATIO_H
#define REVOS_BASE_RATIO_H

#include "base/decimal.h"
#include "base/wide.h"

/* Always reduced, with a positive denominator: equal fractions have equal parts. */
struct ratio {
    i128 num, den;
};

struct ratio ratio_int(int64_t n);
struct ratio ratio_decimal(struct decimal d);
/* The amount in major units: 1234 minor units of EUR are 617/50. */
struct ratio ratio_money(struct money m);
/* num / den of any sign; false when den is 0 or the reduced form leaves the range. */
MUST_CHECK bool ratio_make(i128 num, i128 den, struct ratio *out);

MUST_CHECK bool ratio_add(struct ratio a, struct ratio b, struct ratio *out);
MUST_CHECK bool ratio_sub(struct ratio a, struct ratio b, struct ratio *out);
MUST_CHECK bool ratio_mul(struct ratio a, struct ratio b, struct ratio *out);
MUST_CHECK bool ratio_div(struct ratio a, struct ratio b, struct ratio *out);
/* -1, 0, 1; exact over the whole range. */
int ratio_cmp(struct ratio a, struct ratio b);
bool ratio_is_zero(struct ratio a);

enum { RATIO_DIGITS_MAX = 30, RATIO_TEXT_MAX = 80 };

/* Rounded half-even to `digits` (0..RATIO_DIGITS_MAX) after the point, all of them printed: "0.33", "-2.50", never "-0". */
struct str ratio_text(struct ratio r, int digits, char out[RATIO_TEXT_MAX]);
/* Rounded half-even to the minor unit of `c`; false when it does not fit. */
MUST_CHECK bool ratio_to_money(struct ratio r, struct currency c, struct money *out);
/* Rounded half-even to `digits` (0..9); false when more than 15 significant digits remain. */
MUST_CHECK bool ratio_to_decimal(struct ratio r, int digits, struct decimal *out);
/* For charts and JSON numbers: off by a few units in the last place at most. */
double ratio_double(struct ratio r);

#endif
