/* worker.h - a thread that sleeps until it is woken or its time has come, works, and is ended.
 *
 * In:     what a round does; wakes from any thread.   Out: rounds, one at a time, in a thread of its own.
 * Owns:   the thread.
 * Errors: RC_IO when there is no thread to be had.
 * Rule:   after a wake a round begins that has not begun yet: none is lost, several are one. The first round comes at once.
 * Never:  polls.
 */
#ifndef REVOS_BASE_WORKER_H
#define REVOS_BASE_WORKER_H

#include "base/rc.h"

#include <stdbool.h>
#include <stdint.h>

struct worker;

enum { WORKER_ENDS = -1 };
#define WORKER_RESTS INT64_MAX

struct worker_round {
    void *self;
    /* Returns after how many microseconds the next one is to come if nobody wakes it: WORKER_RESTS, none; WORKER_ENDS: the thread
     * has nothing more to do, ever. */
    int64_t (*call)(void *self, struct worker *w);
};

MUST_CHECK enum rc worker_open(const struct worker_round *round, struct worker **out);
void worker_wake(struct worker *w);
/* Asked within a long round: it is to end. */
bool worker_is_ending(struct worker *w);
/* Is this its thread? */
bool worker_is_here(struct worker *w);
/* Ends the thread, after the round that runs and one for a wake that was not heard yet. NULL is allowed. */
void worker_close(struct worker *w);

#endif
