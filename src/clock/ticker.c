/* ticker.c - sleeps until something is due. */
#include "clock/ticker.h"

#include "base/worker.h"
#include "ledger/ledger.h"
#include "store/store.h"

enum { AGAIN_MS = 200 }; /* the writer's queue was full */

struct ticker {
    struct ticker_parts parts;
    struct store *store; /* of the thread */
    struct worker *worker;
};

/* The ledger may stand a little ahead of a clock that stood still or went back. */
static struct instant now_of(const struct ticker *t)
{
    struct instant now = t->parts.env->now(t->parts.env->self);
    struct ledger_head head;
    bool ahead = ledger_read_head(t->store, &head) == RC_OK && head.recorded_at.us > now.us;
    return ahead ? head.recorded_at : now;
}

static bool goes_on(void *self, uint64_t fired)
{
    (void)fired;
    return !worker_is_ending(self);
}

/* Does what is due; `*us` until the next. */
static enum rc tick(struct ticker *t, struct worker *w, int64_t *us)
{
    struct instant next, now = now_of(t);
    enum rc rc = clock_next(t->store, &next);
    uint64_t fired = 0;
    if (rc == RC_OK && next.us <= now.us) {
        struct clock_step step = {w, goes_on};
        rc = clock_fire(&t->parts.target, now, UINT64_MAX, &step, &fired);
        if (fired && t->parts.fired)
            t->parts.fired(t->parts.self, fired);
        if (rc == RC_OK)
            rc = clock_next(t->store, &next);
        now = now_of(t);
    }
    if (rc != RC_OK)
        return rc;
    *us = next.us == INSTANT_MAX.us ? WORKER_RESTS : next.us > now.us ? next.us - now.us : 0;
    return RC_OK;
}

static int64_t turn(void *self, struct worker *w)
{
    struct ticker *t = self;
    int64_t us = WORKER_RESTS;
    enum rc rc = worker_is_ending(w) ? RC_CANCELLED : tick(t, w, &us);
    if (rc == RC_BUSY)
        return AGAIN_MS * 1000;
    return rc == RC_OK ? us : WORKER_ENDS;
}

enum rc ticker_open(const struct ticker_parts *parts, struct ticker **out, struct diags *ds)
{
    struct ticker *t = mem_new(1, sizeof *t);
    t->parts = *parts;
    *out = NULL;
    enum rc rc = store_open(parts->env, parts->data, STORE_READER, &t->store, ds);
    if (rc == RC_OK)
        rc = worker_open(&(struct worker_round){t, turn}, &t->worker);
    if (rc == RC_OK) {
        *out = t;
        return RC_OK;
    }
    store_close(t->store);
    mem_free(t);
    return rc;
}

void ticker_nudge(struct ticker *t)
{
    worker_wake(t->worker);
}

void ticker_close(struct ticker *t)
{
    if (!t)
        return;
    worker_close(t->worker);
    store_close(t->store);
    mem_free(t);
}
