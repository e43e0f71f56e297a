/* writer.c - queue, thread, group commit. */
#include "admission/writer.h"

#include "base/worker.h"

#include <assert.h>
#include <pthread.h>
#include <string.h>
#include <time.h>

/* One call of writer_submit or writer_run; it lives on the caller's stack while the caller waits. */
struct request {
    const struct command *commands; /* NULL: a job */
    size_t n, done;                 /* commands; how many of them are answered */
    struct arena *arena;            /* the caller's; used by the writer while the caller waits */
    struct verdict *out;
    enum rc (*job)(void *self, struct admission *a);
    void *self;
    enum rc rc;
    bool endless; /* waits for its turn however long that takes */
    bool taken;   /* in hand: it can no longer be withdrawn */
    bool finished;
    pthread_cond_t answered;
    struct request *next;
};

struct writer {
    struct admission *admission;
    struct writer_broken on_broken;
    struct worker *worker;
    pthread_mutex_t lock;
    pthread_cond_t told; /* the watch was called and has returned */
    struct request *first, *last;
    size_t queued; /* commands and jobs not yet taken */
    bool closing, retired, telling;
    int64_t patience_ms;
    enum rc broken; /* RC_OK while the store works */

    /* Of the thread alone: the group in hand. */
    struct writer_watch watch; /* under the lock */
    struct arena *arena;
    struct command group[WRITER_GROUP_MAX];
    struct verdict verdicts[WRITER_GROUP_MAX];
};

static bool is_broken(enum rc rc)
{
    return rc == RC_IO || rc == RC_CORRUPT;
}

/* Takes the first request off the queue and answers it. Holds the lock. */
static void answer(struct writer *w, enum rc rc)
{
    struct request *r = w->first;
    assert(r && !r->finished);
    w->first = r->next;
    if (!w->first)
        w->last = NULL;
    r->rc = rc;
    r->finished = true;
    pthread_cond_signal(&r->answered);
}

/* Fills the group from the front of the queue, whole requests where they fit. Holds the lock. */
static size_t gather(struct writer *w)
{
    size_t n = 0;
    for (struct request *r = w->first; r && !r->job && n < WRITER_GROUP_MAX; r = r->next) {
        size_t left = r->n - r->done, room = WRITER_GROUP_MAX - n;
        if (left > room && n > 0)
            break; /* what was submitted together stays together when it can */
        size_t take = left < room ? left : room;
        r->taken = true;
        memcpy(&w->group[n], &r->commands[r->done], take * sizeof(w->group[0]));
        n += take;
    }
    return n;
}

/* Hands the verdicts of a committed group of `n` to those who wait. Holds the lock. */
static void deliver(struct writer *w, size_t n)
{
    for (size_t i = 0; i < n;) {
        struct request *r = w->first;
        while (i < n && r->done < r->n)
            verdict_copy(r->arena, &w->verdicts[i++], &r->out[r->done++]);
        if (r->done == r->n)
            answer(w, RC_OK);
    }
    w->queued -= n;
}

/* Answers the requests a failed group of `n` commands was made of. Holds the lock. */
static void fail_group(struct writer *w, size_t n, enum rc rc)
{
    for (size_t i = 0; i < n;) {
        size_t left = w->first->n - w->first->done;
        i += left;
        w->queued -= left;
        answer(w, rc);
    }
}

static void fail_all(struct writer *w, enum rc rc)
{
    while (w->first)
        answer(w, rc);
    w->queued = 0;
}

/* One round: a job, or one group. Called and left with the lock held. */
static enum rc work(struct writer *w)
{
    struct request *r = w->first;
    if (r->job) {
        r->taken = true;
        pthread_mutex_unlock(&w->lock);
        enum rc rc = r->job(r->self, w->admission);
        pthread_mutex_lock(&w->lock);
        w->queued--;
        answer(w, rc);
        return rc;
    }
    size_t n = gather(w);
    pthread_mutex_unlock(&w->lock);
    arena_reset(w->arena);
    enum rc rc = admission_group(w->admission, w->group, n, NULL, w->arena, w->verdicts);
    pthread_mutex_lock(&w->lock);
    if (rc == RC_OK)
        deliver(w, n);
    else
        fail_group(w, n, rc);
    return rc;
}

/* Called and left with the lock held. */
static void tell(struct writer *w)
{
    struct writer_watch watch = w->watch;
    if (!watch.call)
        return;
    w->telling = true;
    pthread_mutex_unlock(&w->lock);
    watch.call(watch.self);
    pthread_mutex_lock(&w->lock);
    w->telling = false;
    pthread_cond_broadcast(&w->told);
}

/* Works the queue off. */
static int64_t turn(void *self, struct worker *worker)
{
    struct writer *w = self;
    (void)worker;
    pthread_mutex_lock(&w->lock);
    while (w->first) {
        enum rc rc = work(w);
        if (w->retired)
            fail_all(w, RC_CONFLICT);
        if (is_broken(rc)) {
            w->broken = rc;
            fail_all(w, rc);
            pthread_mutex_unlock(&w->lock);
            w->on_broken.call(w->on_broken.self, rc);
            return WORKER_ENDS;
        }
        tell(w);
    }
    pthread_mutex_unlock(&w->lock);
    return WORKER_RESTS;
}

enum rc writer_open(struct admission *a, struct writer_broken on_broken, struct writer **out)
{
    assert(a && on_broken.call);
    struct writer *w = mem_new(1, sizeof(*w));
    w->admission = a;
    w->on_broken = on_broken;
    w->patience_ms = WRITER_PATIENCE_MS;
    w->arena = arena_new();
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->told, NULL);
    enum rc rc = worker_open(&(struct worker_round){w, turn}, &w->worker);
    *out = rc == RC_OK ? w : NULL;
    if (rc == RC_OK)
        return rc;
    arena_free(w->arena);
    mem_free(w);
    return rc;
}

void writer_watch(struct writer *w, struct writer_watch watch)
{
    assert(!worker_is_here(w->worker));
    pthread_mutex_lock(&w->lock);
    w->watch = watch;
    while (w->telling)
        pthread_cond_wait(&w->told, &w->lock);
    pthread_mutex_unlock(&w->lock);
}

void writer_close(struct writer *w)
{
    if (!w)
        return;
    pthread_mutex_lock(&w->lock);
    w->closing = true;
    pthread_mutex_unlock(&w->lock);
    worker_close(w->worker);
    pthread_cond_destroy(&w->told);
    pthread_mutex_destroy(&w->lock);
    arena_free(w->arena);
    mem_free(w);
}

void writer_retire(struct writer *w)
{
    assert(worker_is_here(w->worker));
    pthread_mutex_lock(&w->lock);
    w->retired = true;
    pthread_mutex_unlock(&w->lock);
}

void writer_patience(struct writer *w, int64_t ms)
{
    pthread_mutex_lock(&w->lock);
    w->patience_ms = ms;
    pthread_mutex_unlock(&w->lock);
}

/* Takes a request that is not in hand off the queue. Holds the lock. */
static void withdraw(struct writer *w, struct request *r, size_t weight)
{
    struct request *before = NULL;
    for (struct request *at = w->first; at != r; at = at->next)
        before = at;
    if (before)
        before->next = r->next;
    else
        w->first = r->next;
    if (w->last == r)
        w->last = before;
    w->queued -= weight;
}

/* Until it is answered; RC_BUSY: it was not taken in hand for longer than callers wait. Holds the lock. */
static enum rc await(struct writer *w, struct request *r, size_t weight)
{
    struct timespec until;
    /* tidy: banned: the clock only bounds a wait for the writer's turn */
    (void)clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += w->patience_ms / 1000;
    until.tv_nsec += w->patience_ms % 1000 * 1000000;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    bool late = false;
    while (!r->finished && (r->taken || r->endless || !late))
        if (r->taken || r->endless)
            pthread_cond_wait(&r->answered, &w->lock);
        else
            late = pthread_cond_timedwait(&r->answered, &w->lock, &until) != 0;
    if (r->finished)
        return r->rc;
    withdraw(w, r, weight);
    return RC_BUSY;
}

/* Queues `r`, which counts as `weight` commands, and waits for its answer. */
static enum rc wait_for(struct writer *w, struct request *r, size_t weight)
{
    pthread_mutex_lock(&w->lock);
    enum rc rc = w->broken    ? w->broken
                 : w->retired ? RC_CONFLICT
                 : w->closing ? RC_CANCELLED
                              : RC_OK;
    /* A request larger than the queue is let into an empty one: it is sliced. */
    if (rc == RC_OK && w->queued > 0 && w->queued + weight > WRITER_QUEUE_MAX)
        rc = RC_BUSY;
    if (rc == RC_OK) {
        pthread_cond_init(&r->answered, NULL);
        if (w->last)
            w->last->next = r;
        else
            w->first = r;
        w->last = r;
        w->queued += weight;
        worker_wake(w->worker);
        rc = await(w, r, weight);
        pthread_cond_destroy(&r->answered);
    }
    pthread_mutex_unlock(&w->lock);
    return rc;
}

enum rc writer_submit(struct writer *w, const struct command *commands, size_t n,
                      struct arena *arena, struct verdict *out)
{
    if (n == 0)
        return RC_OK;
    struct request r = {.commands = commands, .n = n, .arena = arena, .out = out};
    return wait_for(w, &r, n);
}

enum rc writer_run(struct writer *w, enum rc (*job)(void *self, struct admission *a), void *self)
{
    assert(job);
    struct request r = {.job = job, .self = self};
    return wait_for(w, &r, 1);
}

enum rc writer_turn(struct writer *w, struct admission *a,
                    enum rc (*job)(void *self, struct admission *a), void *self)
{
    struct request r = {.job = job, .self = self, .endless = true};
    return w ? wait_for(w, &r, 1) : job(self, a);
}
