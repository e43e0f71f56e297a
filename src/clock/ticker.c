/* ticker.c - sleeps until something is due. */
#include "clock/ticker.h"

#include "ledger/ledger.h"
#include "store/store.h"

#include <pthread.h>
#include <time.h>

enum { AGAIN_MS = 200 }; /* the writer's queue was full */

struct ticker {
    struct ticker_parts parts;
    struct store *store; /* of the thread */
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t woken;
    bool nudged, closing; /* under the lock */
};

/* The ledger may stand a little ahead of a clock that stood still or went back. */
static struct instant now_of(const struct ticker *t)
{
    struct instant now = t->parts.env->now(t->parts.env->self);
    struct ledger_head head;
    bool ahead = ledger_read_head(t->store, &head) == RC_OK && head.recorded_at.us > now.us;
    return ahead ? head.recorded_at : now;
}

/* Waits for a nudge, at most `us`. False: it is to end. */
static bool rest(struct ticker *t, int64_t us)
{
    struct timespec until;
    int rc = 0;
    /* tidy: banned: the condition variable counts in the machine's own clock, whatever env's says */
    clock_gettime(CLOCK_REALTIME, &until);
    int64_t ns = until.tv_nsec + us % US_PER_SECOND * 1000;
    until.tv_sec += us / US_PER_SECOND + ns / 1000000000;
    until.tv_nsec = ns % 1000000000;
    pthread_mutex_lock(&t->lock);
    while (!t->nudged && !t->closing && rc == 0)
        rc = us == INT64_MAX ? pthread_cond_wait(&t->woken, &t->lock)
                             : pthread_cond_timedwait(&t->woken, &t->lock, &until);
    t->nudged = false;
    bool go_on = !t->closing;
    pthread_mutex_unlock(&t->lock);
    return go_on;
}

static bool goes_on(void *self, uint64_t fired)
{
    struct ticker *t = self;
    (void)fired;
    pthread_mutex_lock(&t->lock);
    bool go_on = !t->closing;
    pthread_mutex_unlock(&t->lock);
    return go_on;
}

/* Does what is due; `*us` until the next. */
static enum rc tick(struct ticker *t, int64_t *us)
{
    struct instant next, now = now_of(t);
    enum rc rc = clock_next(t->store, &next);
    uint64_t fired = 0;
    if (rc == RC_OK && next.us <= now.us) {
        struct clock_step step = {t, goes_on};
        rc = clock_fire(&t->parts.target, now, UINT64_MAX, &step, &fired);
        if (fired && t->parts.fired)
            t->parts.fired(t->parts.self, fired);
        if (rc == RC_OK)
            rc = clock_next(t->store, &next);
        now = now_of(t);
    }
    if (rc != RC_OK)
        return rc;
    *us = next.us == INSTANT_MAX.us ? INT64_MAX : next.us > now.us ? next.us - now.us : 0;
    return RC_OK;
}

static void *run(void *self)
{
    struct ticker *t = self;
    for (;;) {
        int64_t us = INT64_MAX;
        enum rc rc = tick(t, &us);
        if (rc == RC_BUSY)
            us = AGAIN_MS * 1000;
        else if (rc != RC_OK)
            return NULL;
        if (!rest(t, us))
            return NULL;
    }
}

enum rc ticker_open(const struct ticker_parts *parts, struct ticker **out, struct diags *ds)
{
    struct ticker *t = mem_new(1, sizeof *t);
    t->parts = *parts;
    *out = NULL;
    enum rc rc = store_open(parts->env, parts->data, STORE_READER, &t->store, ds);
    pthread_mutex_init(&t->lock, NULL);
    pthread_cond_init(&t->woken, NULL);
    if (rc == RC_OK && pthread_create(&t->thread, NULL, run, t) != 0)
        rc = RC_IO;
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
    pthread_mutex_lock(&t->lock);
    t->nudged = true;
    pthread_cond_signal(&t->woken);
    pthread_mutex_unlock(&t->lock);
}

void ticker_close(struct ticker *t)
{
    if (!t)
        return;
    pthread_mutex_lock(&t->lock);
    t->closing = true;
    pthread_cond_signal(&t->woken);
    pthread_mutex_unlock(&t->lock);
    pthread_join(t->thread, NULL);
    pthread_cond_destroy(&t->woken);
    pthread_mutex_destroy(&t->lock);
    store_close(t->store);
    mem_free(t);
}
