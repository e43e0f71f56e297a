#include "base/worker.h"

#include "base/arena.h"

#include <pthread.h>
#include <time.h>

enum { US_OF_SECOND = 1000000, NS_OF_SECOND = 1000000000 };

struct worker {
    struct worker_round round;
    pthread_t thread;
    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t heard;
    bool woken, ending;
    bool has_begun;
    pthread_t self; /* once it has begun: as the thread itself knows it, before its opener may */
};

/* In the machine's own time of day, which a sleep of the machine and a clock that is set go into. */
static struct timespec instant_in(int64_t us)
{
    struct timespec t;
    /* tidy: banned: the condition variable counts in the machine's own clock, whatever env's says */
    clock_gettime(CLOCK_REALTIME, &t);
    int64_t ns = t.tv_nsec + us % US_OF_SECOND * 1000;
    t.tv_sec += us / US_OF_SECOND + ns / NS_OF_SECOND;
    t.tv_nsec = ns % NS_OF_SECOND;
    return t;
}

/* Waits for a wake, at most `us`. False: it is to end. */
static bool rest(struct worker *w, int64_t us)
{
    struct timespec until = {0};
    int rc = 0;
    if (us != WORKER_RESTS)
        until = instant_in(us);
    pthread_mutex_lock(&w->lock);
    while (!w->woken && !w->ending && rc == 0)
        rc = us == WORKER_RESTS ? pthread_cond_wait(&w->heard, &w->lock)
                                : pthread_cond_timedwait(&w->heard, &w->lock, &until);
    bool go_on = w->woken || !w->ending;
    w->woken = false;
    pthread_mutex_unlock(&w->lock);
    return go_on;
}

static void *run(void *self)
{
    struct worker *w = self;
    int64_t us;
    pthread_mutex_lock(&w->lock);
    w->self = pthread_self();
    w->has_begun = true;
    pthread_mutex_unlock(&w->lock);
    do
        us = w->round.call(w->round.self, w);
    while (us != WORKER_ENDS && rest(w, us));
    return NULL;
}

enum rc worker_open(const struct worker_round *round, struct worker **out)
{
    struct worker *w = mem_new(1, sizeof *w);
    w->round = *round;
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->heard, NULL);
    *out = w;
    if (pthread_create(&w->thread, NULL, run, w) == 0)
        return RC_OK;
    *out = NULL;
    pthread_cond_destroy(&w->heard);
    pthread_mutex_destroy(&w->lock);
    mem_free(w);
    return RC_IO;
}

static void say(struct worker *w, bool *what)
{
    pthread_mutex_lock(&w->lock);
    *what = true;
    pthread_cond_signal(&w->heard);
    pthread_mutex_unlock(&w->lock);
}

void worker_wake(struct worker *w)
{
    say(w, &w->woken);
}

bool worker_is_ending(struct worker *w)
{
    pthread_mutex_lock(&w->lock);
    bool ending = w->ending;
    pthread_mutex_unlock(&w->lock);
    return ending;
}

bool worker_is_here(struct worker *w)
{
    pthread_mutex_lock(&w->lock);
    bool here = w->has_begun && pthread_equal(pthread_self(), w->self);
    pthread_mutex_unlock(&w->lock);
    return here;
}

void worker_close(struct worker *w)
{
    if (!w)
        return;
    say(w, &w->ending);
    pthread_join(w->thread, NULL);
    pthread_cond_destroy(&w->heard);
    pthread_mutex_destroy(&w->lock);
    mem_free(w);
}
