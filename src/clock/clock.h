/* clock.h - lets what is due happen.
 *
 * In:     an open admission, and the writer it belongs to when others write too; the instant.
 * Out:    what stands on the agenda by then, done in order of its instants; each item once, whatever is killed when.
 * Owns:   nothing.
 * Errors: those of admission and of the writer; RC_CANCELLED when the step said so: what was done stays done.
 * Never:  decides, waits, reads a clock.
 */
#ifndef REVOS_CLOCK_CLOCK_H
#define REVOS_CLOCK_CLOCK_H

#include "admission/agenda.h"
#include "base/rc.h"

struct admission;
struct writer;

struct clock_target {
    struct admission *admission;
    struct writer *writer; /* NULL: this thread is the only one that writes */
};

/* Told after every transaction; false stops. */
struct clock_step {
    void *self;
    bool (*go_on)(void *self, uint64_t fired);
};

/* Items of one transaction: others write between two of them. */
enum { CLOCK_BATCH = 256 };

/* When something is due next, past or future; INSTANT_MAX: nothing waits. From any connection. */
MUST_CHECK enum rc clock_next(struct store *s, struct instant *out);
/* Works off what is due by `now`, at most `max` items; `*fired` < max: nothing more is due. `step` may be NULL. */
MUST_CHECK enum rc clock_fire(const struct clock_target *t, struct instant now, uint64_t max,
                              const struct clock_step *step, uint64_t *fired);

#endif
