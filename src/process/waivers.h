/* waivers.h - the only way past a rule: a record with reason, approver and expiry.
 *
 * In:     the id of a rule, gate or lock, a record.   Out: the approved waiver that lets it pass, if there is one.
 * Owns:   nothing.
 * Errors: those of the reader.
 * Rule:   a waiver is for one rule, and for one record or for the rows of one source whose import names it. Who asked does not
 *         approve, unless they are the approver. What passed on it says so for good: the event's reason names the waiver, and
 *         the waiver counts it; what is taken back is counted no longer.
 */
#ifndef REVOS_PROCESS_WAIVERS_H
#define REVOS_PROCESS_WAIVERS_H

#include "process/process.h"

struct waiver_ask {
    struct str rule; /* id of a rule, gate or lock */
    const struct object *object;
    uint64_t record;
    struct instant at;     /* when the change is true: waivers about the record */
    const uint64_t *named; /* by the command */
    size_t n_named;
    struct str source;  /* of the command */
    struct instant now; /* when it is written down: waivers for a source */
};
/* The waiver that lets it pass, about the record or named. *out NULL: none; then `*not_now` (may be NULL) is the first that
 * the command names for this rule, which lets nothing pass as it stands. */
MUST_CHECK enum rc waiver_find(const struct process *p, const struct process_reader *rd,
                               const struct waiver_ask *ask, const struct row **out,
                               const struct row **not_now);
/* Why a waiver named for a rule lets nothing pass, and what to do. */
struct str waiver_why_not(const struct row *w, const struct waiver_ask *ask, struct arena *a);

/* Can this be waived, for records of `o`? */
bool waiver_is_for(const struct process *p, struct str id, const struct object *o);
/* Ids of locks: of a field in a stage ("new_business.closed_won.amount"), while an approval is pending
 * ("approvals.discount.amount"). */
struct str stage_lock_id(struct arena *a, const struct process_def *p, const struct stage *s,
                         const struct field *f);
struct str approval_lock_id(struct arena *a, struct str approval, const struct field *f);

#endif
