/* backfill.h - the values of fields whose type changes, written under the new type before its version goes live; and the
 *              rows of fields that come back, which lost their stamps while the field was not there.
 *
 * In:     a plan with its conversions and the fields that come back.
 * Out:    for each value that a field had, at the instant it took effect, a patch of the new field: so the past reads the same,
 *         as known now. What does not convert leaves the new field empty from that instant on; the old values stay in the ledger.
 * Owns:   setting "backfill": how far it is.
 * Errors: those of the store. Whatever was committed stays and harms nothing: the live version does not look at it.
 * Resume: the same plan goes on behind the last batch; when anything else was written meanwhile it looks at every record again, and
 *         writes what differs. Another plan starts anew.
 * Never:  more than a batch of records in memory or in a transaction; a patch that is there already.
 */
#ifndef REVOS_CHANGE_BACKFILL_H
#define REVOS_CHANGE_BACKFILL_H

#include "change/plan.h"

struct backfill_way {
    size_t batch; /* records a transaction, at most 500; 0: 500 */
    void *self;
    /* Told after each batch how many records it looked at; false stops with RC_CANCELLED. May be NULL. */
    bool (*step)(void *self, const struct field *to, uint64_t records);
};

/* Fills `returning` of the plan. */
MUST_CHECK enum rc backfill_returning(const struct change_parts *parts, struct change_plan *plan,
                                      struct arena *a);
/* `way` may be NULL. */
MUST_CHECK enum rc backfill_run(const struct change_parts *parts, const struct change_plan *plan,
                                const struct backfill_way *way, struct diags *ds);

#endif
