/* queue.h - the calendar of events: stories in order of the instant at which each acts next.
 *
 * In:     stories.   Out: the earliest; ties in the order in which they were put.
 * Owns:   the heap, and every story in it until it is taken.
 */
#ifndef REVOS_SIM_QUEUE_H
#define REVOS_SIM_QUEUE_H

#include "base/time.h"

struct sim;
struct story;

/* Something that acts in time: the first member of a lead, a deal, a subscription, the office calendar. */
struct story {
    void (*step)(struct sim *s, struct story *l);
    struct instant at; /* of its next step */
    uint64_t order;    /* of its last put */
    uint32_t waiting;  /* commands sent and not answered yet */
    bool queued, over; /* over: freed as soon as nothing is waiting */
};

struct queue {
    struct story **heap;
    size_t n, cap;
    uint64_t order;
};

void queue_put(struct queue *q, struct story *l);
struct story *queue_first(const struct queue *q); /* NULL when empty */
struct story *queue_take(struct queue *q);
void queue_release(struct queue *q); /* frees the stories that are still in it */

#endif
