/* slices.h - two programs take turns at one disk, so that what it does to one it does to the other.
 *
 * In:     when the first slice begins (CLOCK_MONOTONIC, seconds), the pace, whose turn. Out: when the i-th thing is due.
 * Shape:  a period is a slice of turn 0, one of turn 1, and a gap in which turn 1 reads what it needs next.
 */
#ifndef REVOS_BENCH_SLICES_H
#define REVOS_BENCH_SLICES_H

#include <errno.h>
#include <stdint.h>
#include <time.h>

enum { SLICE = 200 /* things of a slice */ };

struct slices {
    double start, rate;
    unsigned turn;
};

static inline double slices_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static inline double slices_due(const struct slices *s, uint64_t i)
{
    double length = SLICE / s->rate, period = 2.25 * length;
    return s->start + (double)(i / SLICE) * period + s->turn * length +
           (double)(i % SLICE) / s->rate;
}

static inline void slices_sleep(double until)
{
    struct timespec t = {.tv_sec = (time_t)until};
    t.tv_nsec = (long)((until - (double)t.tv_sec) * 1e9);
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == EINTR)
        continue;
}

static inline int slices_by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

#endif
