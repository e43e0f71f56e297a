/* approvals.h - who must agree before a record goes on: a chain of people, locked fields, a deadline of its own.
 *
 * In:     definitions of `approvals:`, records of the built-in object.   Out: findings on the record they are about.
 * Owns:   nothing.
 * Rule:   an approval is asked for when its condition rises while the record is open. While it is pending the locked fields
 *         stay; the gated stage, and those behind it, wait until every step of the chain agreed. A change that `void_when`
 *         names makes it void, and it is asked for again as long as it is needed. Marking lost never waits.
 */
#ifndef REVOS_PROCESS_APPROVALS_H
#define REVOS_PROCESS_APPROVALS_H

#include "process/reaction.h"

struct approval_def {
    struct str name, id; /* "discount", "approvals.discount" */
    const struct object *object;
    const struct expr *needed, *voids; /* voids may be NULL */
    const struct node *chain;
    const struct field **locks;
    size_t n_locks;
    const struct process_def *pipeline; /* of the gated stage; NULL: gates nothing */
    const struct stage *gated;
    struct str calendar, decide_within;
    struct str owner; /* short name of who answers for the definition */
    bool delegates;   /* to whoever stands in for the absent */
};

/* The definition of an approval, as it was when it was asked for; NULL: there is none. */
const struct approval_def *approval_begun(struct reaction *r, const struct row *approval);

#endif
