/* postman.c - waits for what is due next, and sends it. */
#include "connect/postman.h"

#include "base/worker.h"
#include "store/store.h"

enum { AGAIN_MS = 1000, ROUND_MAX = 20 };

struct postman {
    struct outbox outbox;
    struct store *store; /* of the thread */
    struct worker *worker;
};

/* Sends what is due, a few at a time so that a nudge to end is heard; `*us` until the next. */
static enum rc go_round(struct postman *p, int64_t *us)
{
    struct outbox *o = &p->outbox;
    struct instant next;
    struct outbox_counts counts;
    enum rc rc = outbox_next(p->store, &o->settings, &next);
    struct instant now = o->env->now(o->env->self);
    *us = WORKER_RESTS;
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

static int64_t turn(void *self, struct worker *w)
{
    int64_t us;
    enum rc rc = worker_is_ending(w) ? RC_CANCELLED : go_round(self, &us);
    if (rc == RC_BUSY)
        return AGAIN_MS * 1000;
    return rc == RC_OK ? us : WORKER_ENDS;
}

enum rc postman_open(const struct outbox *o, struct str data, struct postman **out,
                     struct diags *ds)
{
    struct postman *p = mem_new(1, sizeof *p);
    p->outbox = *o;
    *out = NULL;
    enum rc rc = store_open(o->env, data, STORE_READER, &p->store, ds);
    if (rc == RC_OK)
        rc = worker_open(&(struct worker_round){p, turn}, &p->worker);
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
    if (p)
        worker_wake(p->worker);
}

void postman_close(struct postman *p)
{
    if (!p)
        return;
    worker_close(p->worker);
    store_close(p->store);
    mem_free(p);
}
