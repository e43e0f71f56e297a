/* apply.h - makes a plan live: values of fields that change their type are filled in batches, then one small transaction:
 *           old or new whenever it is killed.
 *
 * In:     a plan made against the version that is live.
 * Out:    a new version in the ledger, its tables, people and teams of the model text as records.
 * Errors: RC_CONFLICT when another version is live than the plan was made against; RC_REFUSED when a person or team
 *         was refused, a value or stage in use goes without `moved_to`, or part of a key changes its type (a diagnostic
 *         says which); RC_LIMIT when what
 *         derives from moved records is too much; those of the store. Nothing is changed then.
 * Never:  touches existing records but those it moves by `moved_to`; fires any process on them.
 */
#ifndef REVOS_CHANGE_APPLY_H
#define REVOS_CHANGE_APPLY_H

#include "admission/command.h"
#include "change/plan.h"

MUST_CHECK enum rc change_apply(const struct change_parts *parts, const struct change_plan *plan,
                                const struct actor *actor, struct arena *a, struct diags *ds);

/* A plan that brings back the meaning of version `number` as a new version. */
MUST_CHECK enum rc change_rollback(const struct change_parts *parts, uint32_t number,
                                   struct arena *a, struct change_plan *out, struct diags *ds);

#endif
