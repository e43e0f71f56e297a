/* ticker.h - the thread that lets what is due happen while the workspace is served.
 *
 * In:     the writer of the live model; a nudge after each commit.
 * Out:    clock_fire in time.
 * Owns:   its thread and a reading connection of its own.
 * Errors: from opening. Later, one that the writer does not end the process for ends the thread: it was retired or closed.
 * Never:  polls: it sleeps until the next instant or a nudge.
 */
#ifndef REVOS_CLOCK_TICKER_H
#define REVOS_CLOCK_TICKER_H

#include "base/diag.h"
#include "base/env.h"
#include "clock/clock.h"

struct ticker;

struct ticker_parts {
    const struct env *env;
    struct str data; /* path of the database */
    struct clock_target target;
    void *self;
    void (*fired)(void *self,
                  uint64_t n); /* from the thread, after something happened; may be NULL */
};

MUST_CHECK enum rc ticker_open(const struct ticker_parts *parts, struct ticker **out,
                               struct diags *ds);
/* Something was committed: what is next may have changed. From any thread. */
void ticker_nudge(struct ticker *t);
/* Ends the thread, after the transaction that runs. NULL is allowed. Close it before its writer. */
void ticker_close(struct ticker *t);

#endif
