/* test_worker.c - no wake is lost, several are one, a time that has come is one too, and who is ended finishes what it was woken for. */
#include "base/arena.h"
#include "base/worker.h"
#include "tests/tap.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

enum { WAKERS = 4, EACH = 200 };

/* What there is to do, and what was done; rounds take all there is, as a writer does. */
struct work {
    pthread_mutex_t lock;
    long wanted, done;
    int64_t rest; /* what a round returns */
    atomic_long rounds, inside;
    atomic_bool together, here, ends;
    struct worker *w;
};

static int64_t work(void *self, struct worker *w)
{
    struct work *k = self;
    if (atomic_fetch_add(&k->inside, 1) > 0)
        k->together = true;
    k->here = worker_is_here(w);
    pthread_mutex_lock(&k->lock);
    k->done = k->wanted;
    pthread_mutex_unlock(&k->lock);
    atomic_fetch_add(&k->rounds, 1);
    atomic_fetch_sub(&k->inside, 1);
    return k->ends ? WORKER_ENDS : k->rest;
}

static bool begin(struct work *k, int64_t rest)
{
    *k = (struct work){.rest = rest};
    pthread_mutex_init(&k->lock, NULL);
    return worker_open(&(struct worker_round){k, work}, &k->w) == RC_OK;
}

static void end(struct work *k)
{
    worker_close(k->w);
    pthread_mutex_destroy(&k->lock);
}

static void *wake_often(void *self)
{
    struct work *k = self;
    for (int i = 0; i < EACH; i++) {
        pthread_mutex_lock(&k->lock);
        k->wanted++;
        pthread_mutex_unlock(&k->lock);
        worker_wake(k->w);
    }
    return NULL;
}

static void test_no_wake_is_lost(void)
{
    struct work k;
    pthread_t wakers[WAKERS];
    ok(begin(&k, WORKER_RESTS));
    for (size_t i = 0; i < WAKERS; i++)
        ok(pthread_create(&wakers[i], NULL, wake_often, &k) == 0);
    for (size_t i = 0; i < WAKERS; i++)
        pthread_join(wakers[i], NULL);
    ok(!worker_is_here(k.w));
    end(&k);
    ok_int_at("all that was asked for before the end is done", k.done, WAKERS * EACH);
    ok_at("in no more rounds than wakes, and the first", k.rounds <= WAKERS * EACH + 1);
    ok_at("one at a time", !k.together);
    ok_at("in its thread", k.here);
}

/* Nobody wakes it: its time comes again and again. */
static void test_time(void)
{
    struct work k;
    ok(begin(&k, 100));
    while (k.rounds < 5)
        usleep(100);
    end(&k);
    ok_at("rounds came by themselves", k.rounds >= 5);
}

static void test_rest(void)
{
    struct work k;
    ok(begin(&k, WORKER_RESTS));
    end(&k);
    ok_int_at("the first round comes in any case, and none without a wake", (long)k.rounds, 1);
}

/* A round may end the thread; wakes after that are for nobody, and closing is as ever. */
static void test_ends_itself(void)
{
    struct work k;
    ok(begin(&k, WORKER_RESTS));
    while (k.rounds < 1)
        usleep(100);
    k.ends = true;
    worker_wake(k.w);
    while (k.rounds < 2)
        usleep(100);
    for (int i = 0; i < 10; i++)
        worker_wake(k.w);
    end(&k);
    ok_int_at("no round after the last one", (long)k.rounds, 2);
}

static int64_t until_told(void *self, struct worker *w)
{
    atomic_long *rounds = self;
    atomic_fetch_add(rounds, 1);
    while (!worker_is_ending(w))
        usleep(100);
    return WORKER_RESTS;
}

static void test_a_long_round_hears_of_the_end(void)
{
    atomic_long rounds = 0;
    struct worker *w;
    ok(worker_open(&(struct worker_round){&rounds, until_told}, &w) == RC_OK);
    while (rounds == 0)
        usleep(100);
    worker_close(w);
    ok_int_at("and ends within it", (long)rounds, 1);
    worker_close(NULL);
}

int main(void)
{
    test_no_wake_is_lost();
    test_time();
    test_rest();
    test_ends_itself();
    test_a_long_round_hears_of_the_end();
    return tap_done();
}
