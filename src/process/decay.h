/* decay.h - points that halve with time, in integers, so that C and SQL agree to the point.
 *
 * In:     points, whole days of age, a half-life in whole days.   Out: points.
 * Formula: share(r, h) = 2^(32 - r/h) for 0 <= r < h, an integer (error below 32 of 2^32);
 *          points after `age` days = sign(points) × ((|points| × share(age mod h, h) + 2^(31 + k)) >> (32 + k)),
 *          k = age div h. That is points × 2^(-age/h), rounded half up. SQL does the same from a table (h, r, share).
 * Rule:   |points| never grows with age, halves exactly after each half-life (before rounding), and ends at 0.
 * Never:  uses floating point.
 */
#ifndef REVOS_PROCESS_DECAY_H
#define REVOS_PROCESS_DECAY_H

#include <stdint.h>

enum { DECAY_POINTS_MAX = 100000, DECAY_DAYS_MAX = 3650 };

/* The table: 2^32 for r = 0, falling to just above 2^31. `half_life` from 1 to DECAY_DAYS_MAX, r below it. */
uint64_t decay_share(uint32_t r, uint32_t half_life);
/* What `points` (at most DECAY_POINTS_MAX either way) are worth after `age` >= 0 days. */
int64_t decay_points(int64_t points, int64_t age, uint32_t half_life);
/* The least age above `age` at which they are worth something else; -1: never again. */
int64_t decay_next(int64_t points, int64_t age, uint32_t half_life);

#endif
