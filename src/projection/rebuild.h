/* rebuild.h - derived tables made anew from the ledger, and compared by what they say.
 *
 * In:     a ledger and the keys of persons.   Out: derived tables; a digest of each.
 * Errors: those of the store; RC_CANCELLED; RC_CONFLICT or RC_CORRUPT for a ledger that contradicts itself.
 * Never:  touches a fact table; begins or ends a transaction of the target.
 */
#ifndef REVOS_PROJECTION_REBUILD_H
#define REVOS_PROJECTION_REBUILD_H

#include "projection/rows.h"

/* Clears the derived tables of `to` and fills them from the ledger in `from`, which may be the same store. `step` (may be NULL) is
 * told how many of the ledger's events are behind. */
MUST_CHECK enum rc projection_rebuild(struct projection *to, struct store *from,
                                      struct vault *vault, const struct ledger_step *step);

/* A derived table's canonical dump, rows by key; equal digests, equal content. Columns of fields that the model does not have
 * are left out, and visits of fields that are no stage fields. */
struct table_digest {
    struct str name;             /* "r_7", "record_key" */
    const struct object *object; /* of an r_ table, else NULL */
    uint64_t rows;
    struct digest digest;
};
/* Every derived table, in an order that only the model decides. */
MUST_CHECK enum rc projection_digests(struct projection *p, struct arena *a,
                                      struct table_digest **out, size_t *n);

/* Up to `max` ids of records whose rows differ between two projections of one model, ascending. */
MUST_CHECK enum rc projection_differences(struct projection *x, struct projection *y,
                                          const struct object *o, size_t max, uint64_t *ids,
                                          size_t *n);

#endif
