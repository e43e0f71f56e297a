/* rollup.h - aggregates over the children of one record.
 *
 * In:     values of the children, one at a time.   Out: one value of the roll-up field's type.
 * Rule:   exact: sums in 128 bits, averages and medians half-even. Empty fields do not count; nothing in gives 0 for
 *         count and sum of integers and numbers, else absent. Amounts in two currencies are a fault.
 * Owns:   nothing; values live in the arena.   Never: knows where children come from.
 */
#ifndef REVOS_ADMISSION_ROLLUP_H
#define REVOS_ADMISSION_ROLLUP_H

#include "model/model.h"

struct rollup_sum {
    const struct field *field; /* the roll-up field */
    enum aggregate aggregate;
    struct arena *arena;
    VEC(struct value) values;
    struct value latest;
    struct instant latest_at;
    uint64_t latest_id;
};

void rollup_begin(struct rollup_sum *s, const struct field *f, struct arena *a);
/* One child: its value (NULL for count), when it was, its id. */
void rollup_add(struct rollup_sum *s, const struct value *v, struct instant at, uint64_t id);
/* False: a fault, `*why` says what. */
bool rollup_end(struct rollup_sum *s, struct value *out, struct str *why);

#endif
