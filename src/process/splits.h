/* splits.h - how the credit of a record is shared among people.
 *
 * In:     definitions of `splits`, records of `share`, the record that is shared.   Out: what each share is worth.
 * Owns:   nothing.
 * Rule:   parts add up to the whole: shares that make up the total are worth the amount to the minor unit.
 */
#ifndef REVOS_PROCESS_SPLITS_H
#define REVOS_PROCESS_SPLITS_H

#include "base/decimal.h"
#include "base/text.h"

enum { SPLIT_PERCENT_MAX = 1000 }; /* of a share */

/* What `percents[i]` hundredths (0 to SPLIT_PERCENT_MAX, at most 1000 of them) of `whole` are, by largest remainder: each is the
 * exact part rounded down or up, and together they are the exact part of all, rounded half to even. Of equal remainders the first
 * goes before. False when an amount does not fit. */
bool split_credit(struct money whole, const struct decimal *percents, size_t n, struct arena *a,
                  struct money *out);

#endif
