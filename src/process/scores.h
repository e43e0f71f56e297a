/* scores.h - points with reasons: what each term of a score gives at an instant, and when that changes by itself.
 *
 * In:     a look at a record.   Out: the score, its kept terms, every term's answer; the next instant of change.
 * Owns:   nothing; the definitions live with the process, results in the arena of the look.
 * Errors: none of its own; a condition that faults gives no points and says so.
 * Rule:   the kept terms add up to the score, always: what the range cuts off is a term too. A term ages in whole company
 *         days since the newest child that meets it, or since a field; its points are those of decay.h.
 */
#ifndef REVOS_PROCESS_SCORES_H
#define REVOS_PROCESS_SCORES_H

#include "process/reaction.h"

extern const struct part scores_part;

struct score_term {
    struct str because;
    int64_t points;
    const struct expr *when;
    uint32_t half_life; /* whole days; 0: does not age */
    const struct field
        *since;  /* from which field it ages; NULL: from the newest child that meets it */
    int64_t cap; /* > 0: counts once for every child that meets it, so many points at most */
    const struct xchild *list; /* the children meant; NULL: none */
};

struct score {
    struct str name;
    const struct object *object;
    const struct field *total, *terms; /* <name>, <name>_terms */
    int64_t least, greatest;
    const struct score_term *v;
    size_t n;
};

/* What one term gives. */
struct score_given {
    enum xverdict state;
    struct xvalue why; /* of XT_ABSENT and XT_FAULT */
    int64_t points;    /* 0 unless met; also when it has aged away */
    int64_t whole;     /* without aging and cap */
    bool ages;
    struct date since;   /* of the newest, when it ages */
    size_t times;        /* children counted, of a capped term; else 1 */
    struct instant next; /* the company day at which its points change by age; INSTANT_MAX: never */
};

struct score_result {
    const struct score *score;
    int64_t sum, total;              /* before and after the range */
    const struct score_given *given; /* by term */
};

/* NULL: the object has none of that name. */
const struct score *score_named(const struct process *p, const struct object *o, struct str name);
void score_evaluate(struct look *l, const struct score *s, struct score_result *out);
/* The kept terms as stored in <name>_terms: canonical JSON. */
struct str score_terms_json(const struct score_result *r, struct arena *a);

#endif
