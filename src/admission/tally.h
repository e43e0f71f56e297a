/* tally.h - an audit of whole objects added up: how many records break each criterion, of how many, and the first of them.
 *
 * In:     an open admission; which object and which criterion.
 * Out:    one tally per rule, gate and field with checks of its own, in the order of the model; each finding, to a callback.
 * Owns:   nothing; tallies live in the arena given.
 * Errors: those of the store; RC_CANCELLED when the callback says so; RC_NOT_FOUND when no criterion has the id asked for.
 * Never:  changes anything. The terminal and the HTTP door both ask here, so that they answer the same.
 */
#ifndef REVOS_ADMISSION_TALLY_H
#define REVOS_ADMISSION_TALLY_H

#include "admission/audit.h"

enum { TALLY_FIRST = 10 };

enum tally_kind {
    TALLY_FIELD, /* `required`, `min`, `max` and the known values of one field */
    TALLY_RULE,
    TALLY_GATE /* enter criteria, of the records that stand in the stage */
};

struct tally {
    enum tally_kind kind;
    struct str id; /* "OPP-1", "account.name" */
    const struct object *object;
    const struct field *field;         /* of TALLY_FIELD */
    const struct rule *rule;           /* of rules and gates */
    const struct process_def *process; /* of gates, with the stage */
    const struct stage *stage;
    enum enforcement enforcement;
    uint64_t broken, checked;    /* records; of a gate those that stand in its stage */
    uint64_t first[TALLY_FIRST]; /* in order of id */
    size_t n_first;
};

struct tallies {
    VEC(struct tally) list;
    uint64_t records; /* judged */
};

struct tally_scope {
    const struct object *object; /* NULL: every object */
    struct str id;               /* of one criterion; empty: all */
};

struct tally_report {
    void *self; /* a NULL `found` hears nothing */
    /* `t` has counted it already. False ends the audit with RC_CANCELLED. */
    bool (*found)(void *self, const struct tally *t, uint64_t record, const struct finding *f);
};

MUST_CHECK enum rc admission_tally(struct admission *a, const struct tally_scope *scope,
                                   const struct tally_report *report, struct arena *arena,
                                   struct tallies *out);

const char *tally_kind_name(enum tally_kind k); /* "field", "rule", "gate" */

#endif
