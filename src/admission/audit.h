/* audit.h - stored records judged as they are: which break a criterion today.
 *
 * In:     an open admission, an object, a choice of criteria.
 * Out:    each live record that breaks one, criterion by criterion in order of id, to a callback.
 * Owns:   nothing; memory does not grow with the number of records.
 * Errors: those of the store.
 * Never:  changes anything; judges what needs a change to look at (`old`, `changed()`) or who asks (`actor`).
 *
 * The store is asked, in SQL, for the records a criterion may not hold for; those are judged by the evaluator, which has
 * the last word. A condition without exact SQL is evaluated on every record. A stored value that the
 * model does not know is found by AUDIT_VALUE; conditions over it may then be found faulty by the evaluator alone.
 */
#ifndef REVOS_ADMISSION_AUDIT_H
#define REVOS_ADMISSION_AUDIT_H

#include "admission/admission.h"

enum audit_kind {
    AUDIT_REQUIRED, /* the field is not empty */
    AUDIT_RANGE,    /* min <= field <= max */
    AUDIT_VALUE,    /* the value or stage is one the field knows */
    AUDIT_RULE,
    AUDIT_GATE /* a record that stands in `stage` meets its enter criterion */
};

struct audit_criterion {
    enum audit_kind kind;
    const struct field *field; /* of a gate: the stage field; of a rule: NULL */
    const struct rule *rule;   /* of rules and gates */
    uint32_t stage;            /* number of the gate's stage */
};

struct audit_choice {
    const struct object *object;
    const struct audit_criterion *criteria;
    size_t n;
    bool without_sql; /* evaluates every record; the answer is the same */
};

struct audit_report {
    void *self;
    /* `f` is valid during the call. False ends the audit with RC_CANCELLED. */
    bool (*broken)(void *self, const struct object *o, uint64_t id, const struct finding *f);
};

/* Can a stored record be asked about it? */
bool audit_can_ask(const struct rule *r);
/* Every criterion of `o`, those that cannot be asked too; `*out` in the arena. */
void audit_criteria(const struct object *o, struct arena *a, struct audit_criterion **out,
                    size_t *n);
/* Everything that can be judged of a stored record of `o`. */
struct audit_choice audit_everything(const struct object *o, struct arena *a);
/* `*seen`: live records of the object; may be NULL. */
MUST_CHECK enum rc admission_audit(struct admission *a, const struct audit_choice *choice,
                                   const struct audit_report *report, uint64_t *seen);

/* Makes the tables of the admission's model inside a transaction, runs `with`, and rolls all of it back: how the
 * next model would find the records. */
MUST_CHECK enum rc admission_rehearse(struct admission *a,
                                      enum rc (*with)(void *self, struct admission *a), void *self);

#endif
