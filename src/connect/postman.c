/* postman.c - waits for what is due next, and sends it. */
#include "connect/postman.h"

#include "store/store.h"

#include <pthread.h>
#include <time.h>

enum { AGAIN_MS = 1000, ROUND_MAX = 20 };

struct postman {
    struct outbox outbox;
    struct store *store; /* of the thread */
    pthread_t thread;
    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t woken;
    bool nudged, closing;
};

/* Waits for a nudge, at most `us`. False: it is to end. */
static bool rest(struct postman *p, int64_t us)
{
    struct timespec until;
    int rc = 0;
    /* tidy: banned: the condition variable counts in the machine's own clock, whatever env's says */
    clock_gettime(CLOCK_REALTIME, &until);
    if (us != INT64_MAX) {
        int64_t ns = until.tv_nsec + us % US_PER_SECOND * 1000;
        until.tv_sec += us / US_PER_SECOND + ns / 1000000000;
        until.tv_nsec = ns % 1000000000;
    }
    pthread_mutex_lock(&p->lock);
    while (!p->nudged && !p->closing && rc == 0)
        rc = us == INT64_MAX ? pthread_cond_wait(&p->woken, &p->lock)
                             : pthread_cond_timedwait(&p->woken, &p->lock, &until);
    p->nudged = false;
    bool go_on = !p->closing;
    pthread_mutex_unlock(&p->lock);
    return go_on;
}

/* Sends what is due, a few at a time so that a nudge to end is heard; `*us` until the next. */
static enum rc go_round(struct postman *p, int64_t *us)
{
    struct outbox *o = &p->outbox;
    struct instant next;
    struct outbox_counts counts;
    enum rc rc = outbox_next(p->store, &o->settings, &next);
    struct instant now = o->env->now(o->env->self);
    *us = INT64_MAX;
    if (rc == RC_OK && next.us <= now.us) {
        rc = outbox_deliver(o, ROUND_MAX, &counts);
        if (rc == RC_OK)
            rc = outbox_next(p->store, &o->settings, &next);
        now = o->env->now(o->env->self);
    }
    if (rc == RC_OK && next.us != INSTANT_MAX.us)
        *us = next.us > now.us ? next.us - now.us : 0;
    return rc;
}

static void *run(void *self)
{
    struct postman *p = self;
    for (;;) {
        int64_t us;
        enum rc rc = go_round(p, &us);
        if (rc == RC_BUSY)
            us = AGAIN_MS * 1000;
        else if (rc != RC_OK)
            return NULL;
        if (!rest(p, us))
            return NULL;
    }
}

enum rc postman_open(const struct outbox *o, struct str data, struct postman **out,
                     struct diags *ds)
{
    struct postman *p = mem_new(1, sizeof *p);
    p->outbox = *o;
    *out = NULL;
    enum rc rc = store_open(o->env, data, STORE_READER, &p->store, ds);
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->woken, NULL);
    if (rc == RC_OK && pthread_create(&p->thread, NULL, run, p) != 0)
        rc = RC_IO;
    if (rc == RC_OK) {
        *out = p;
        return RC_OK;
    }
    store_close(p->store);
    mem_free(p);
    return rc;
}

void postman_nudge(struct postman *p)
{
    if (!p)
        return;
    pthread_mutex_lock(&p->lock);
    p->nudged = true;
    pthread_cond_signal(&p->woken);
    pthread_mutex_unlock(&p->lock);
}

void postman_close(struct postman *p)
{
    if (!p)
        return;
    pthread_mutex_lock(&p->lock);
    p->closing = true;
    pthread_cond_signal(&p->woken);
    pthread_mutex_unlock(&p->lock);
    pthread_join(p->thread, NULL);
    pthread_cond_destroy(&p->woken);
    pthread_mutex_destroy(&p->lock);
    store_close(p->store);
    mem_free(p);
}
