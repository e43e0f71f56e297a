/* audit.h - stored records judged as they are: which break a rule today.
 *
 * In:     an open admission, an object, a choice of criteria.
 * Out:    each broken criterion of each live record, in order of id, to a callback.
 * Owns:   nothing; memory does not grow with the number of records.
 * Errors: those of the store.
 * Never:  changes anything; judges what needs a change to look at (`old`, `changed()`) or who asks (`actor`).
 */
#ifndef REVOS_ADMISSION_AUDIT_H
#define REVOS_ADMISSION_AUDIT_H

#include "admission/admission.h"

struct audit_choice {
    const struct object *object;
    const struct rule *const *rules; /* of the object */
    size_t n_rules;
    const struct field *const *required; /* fields that must not be empty */
    size_t n_required;
};

struct audit_report {
    void *self;
    /* `f` is valid during the call. False ends the audit with RC_CANCELLED. */
    bool (*broken)(void *self, const struct object *o, uint64_t id, const struct finding *f);
};

/* Everything that can be judged of a stored record of `o`. */
struct audit_choice audit_everything(const struct object *o, struct arena *a);
/* `*seen`: records judged; may be NULL. */
MUST_CHECK enum rc admission_audit(struct admission *a, const struct audit_choice *choice,
                                   const struct audit_report *report, uint64_t *seen);

/* Makes the tables of the admission's model inside a transaction, runs `with`, and rolls all of it back: how the
 * next model would find the records. */
MUST_CHECK enum rc admission_rehearse(struct admission *a,
                                      enum rc (*with)(void *self, struct admission *a), void *self);

#endif
