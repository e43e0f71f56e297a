/* agenda.h - what is to be looked at later: one row a record and kind, the earliest wish.
 *
 * In:     wishes of processes, of values that age, of changes with many dependents.   Out: what is due, in order.
 * Owns:   tables agenda, looked and trigger_on: state, written in the transaction of the look that asks.
 * Errors: those of the store.
 * Rule:   a look at a record takes its row away and puts back what it still waits for, in one transaction, so that what is due
 *         happens once, whatever is killed when.
 */
#ifndef REVOS_ADMISSION_AGENDA_H
#define REVOS_ADMISSION_AGENDA_H

#include "base/time.h"
#include "model/model.h"

struct store;

/* Values of agenda.kind; never changed. */
enum agenda_kind {
    AGENDA_LOOK = 1,   /* look at the record */
    AGENDA_QUIET = 2,  /* the same, starting nothing: remember what holds, arm what waits */
    AGENDA_AGE = 3,    /* its derived values can have changed by time */
    AGENDA_SPREAD = 4, /* what derives from the record or watches it, piece by piece */
    AGENDA_SWEEP = 5,  /* quiet looks at all records of the object, piece by piece; record 0 */
    AGENDA_KINDS
};

struct agenda_item {
    enum agenda_kind kind;
    uint64_t record;
    const struct object *object;
    struct instant at;
    uint64_t cause; /* seq of the event it follows from; 0: none */
    uint64_t by;    /* whose look asked for it within the same second; 0: none did */
};

/* When something is due next, past or future; INSTANT_MAX: never. From any connection. */
MUST_CHECK enum rc agenda_next(struct store *s, struct instant *out);
/* How many rows are due by `now`. */
MUST_CHECK enum rc agenda_due_count(struct store *s, struct instant now, uint64_t *out);
/* The first `max` of them, in order of (at, record, kind). Rows of objects that `m` does not have are left out: they went when
 * it became live. */
MUST_CHECK enum rc agenda_due(struct store *s, const struct model *m, struct instant now,
                              size_t max, struct arena *a, struct agenda_item **out, size_t *n);

#endif
