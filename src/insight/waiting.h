/* waiting.h - what waits for somebody, item by item: the slices of a worklist with their rows, deadlines, and what they are about.
 *
 * In:     a query of worklist.h over a queue.   Out: items, slice by slice, each slice as it is sorted.
 * Owns:   nothing; everything lives in the arena given.
 * Errors: those of worklist_read.
 * Never:  writes; says again who is meant: worklist.c knows.
 */
#ifndef REVOS_INSIGHT_WAITING_H
#define REVOS_INSIGHT_WAITING_H

#include "insight/worklist.h"
#include "process/process.h"

struct waiting_item {
    const struct work_slice *slice;
    const struct row *row;
    const struct object *about_object; /* NULL: about no record */
    uint64_t about;
    const struct row *clock; /* its deadline, running or missed; NULL: none */
    struct instant due;      /* INSTANT_MAX: never */
    const struct standing *
        answers_for; /* whose it is, whom the person asked for answers for; NULL: their own, or anybody's */
};

struct waiting {
    struct work_list slices;
    VEC(struct waiting_item) items; /* those that are still there */
    uint64_t total; /* of all slices; more than there are items: cut by the query's limit */
};

MUST_CHECK enum rc waiting_read(struct projection *p, struct admission *judge,
                                const struct work_query *q, struct arena *a, struct waiting *out);

/* Why it is on the list of somebody whose it is not: "for tia, who is away until 2026-12-03"; empty: it is theirs, or whoever's. */
struct str waiting_why(const struct waiting_item *i, struct arena *a);

/* How an item stands to its deadline. */
enum waiting_band { WAITING_OVERDUE, WAITING_TODAY, WAITING_LATER, WAITING_NEVER };
enum waiting_band waiting_band(const struct waiting_item *i, struct instant now, struct zone *zone);
/* Open time until it is due, negative behind it; of a paused clock what it has left. False: it has no clock, or its calendar is
 * not known any more. */
bool waiting_left(const struct waiting_item *i, struct calendars *c, struct instant now,
                  struct duration *out);

#endif
