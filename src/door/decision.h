/* decision.h - what an approval decides on: why it is needed, the values, who decided before, what it holds back. Private to the door.
 *
 * In:     an admission over a reading connection, an item that is an approval.   Out: what is told of it; JSON.
 * Owns:   nothing; everything lives in the arena given.   Errors: those of the store.
 * Never:  shows a personal value.
 */
#ifndef REVOS_DOOR_DECISION_H
#define REVOS_DOOR_DECISION_H

#include "admission/admission.h"
#include "base/json.h"
#include "insight/waiting.h"
#include "process/approvals.h"
#include "projection/titles.h"

/* Outlives the admission it was read with, whose definitions do not. */
struct decision {
    const struct row *about; /* the record as it is now; NULL: nothing is known of it any more */
    struct str condition, lapses, gates; /* the latter two may be empty */
    size_t steps;                        /* of the chain */
    const struct field **values;         /* worth showing */
    size_t n_values;
    const struct field **locks;
    size_t n_locks;
    const struct row *
        *before; /* approvals of the same name about the record that ended, oldest first */
    size_t n_before;
};

MUST_CHECK enum rc decision_read(struct admission *a, const struct waiting_item *i,
                                 struct arena *arena, struct decision *out);
/* Records it names. */
void decision_titles(const struct decision *d, struct titles *t);
/* The member `decision` of an item. */
void decision_put(const struct decision *d, const struct waiting_item *i, struct titles *t,
                  struct arena *a, struct json_out *w);

#endif
