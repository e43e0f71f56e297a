/* clock.c - bounded transactions of what is due. */
#include "clock/clock.h"

#include "admission/writer.h"

#include <assert.h>

enum rc clock_next(struct store *s, struct instant *out)
{
    return agenda_next(s, out);
}

/* One transaction, in the thread that writes. */
struct batch {
    struct firing firing;
    struct arena *arena;
    size_t fired;
};

static enum rc fire_batch(void *self, struct admission *a)
{
    struct batch *b = self;
    return admission_fire(a, &b->firing, b->arena, &b->fired);
}

enum rc clock_fire(const struct clock_target *t, struct instant now, uint64_t max,
                   const struct clock_step *step, uint64_t *fired)
{
    struct arena *arena = arena_new();
    enum rc rc = RC_OK;
    bool more = true;
    *fired = 0;
    while (more && *fired < max && rc == RC_OK) {
        uint64_t left = max - *fired;
        struct batch b = {.firing = {.until = now, .max = CLOCK_BATCH}, .arena = arena};
        if (left < CLOCK_BATCH)
            b.firing.max = (size_t)left;
        arena_reset(arena);
        rc = writer_turn(t->writer, t->admission, fire_batch, &b);
        if (rc != RC_OK)
            break;
        assert(b.fired <= b.firing.max);
        *fired += b.fired;
        more = b.fired == b.firing.max;
        if (more && step && !step->go_on(step->self, *fired))
            rc = RC_CANCELLED;
    }
    arena_free(arena);
    return rc;
}
