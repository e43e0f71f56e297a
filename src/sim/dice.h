/* dice.h - chance from a seed.
 *
 * In:     a seed and the number of a stream.   Out: draws; the same for ever on one machine and binary.
 * Rule:   each kind of story has its own dice, so that more of one thing does not change all others.
 */
#ifndef REVOS_SIM_DICE_H
#define REVOS_SIM_DICE_H

#include "base/rng.h"

#include <stdbool.h>
#include <stddef.h>

struct dice {
    struct rng rng;
};

void dice_init(struct dice *d, uint64_t seed, uint64_t stream);
size_t dice_below(struct dice *d, size_t n);                     /* 0 … n-1; n > 0 */
int64_t dice_between(struct dice *d, int64_t low, int64_t high); /* both included */
double dice_unit(struct dice *d);                                /* [0, 1) */
bool dice_chance(struct dice *d, double p);
double dice_normal(struct dice *d); /* mean 0, deviation 1 */
/* exp of a normal: half of the draws lie below `median`; `spread` is the deviation of the logarithm. */
double dice_around(struct dice *d, double median, double spread);
size_t dice_count(struct dice *d, double mean);                        /* Poisson */
size_t dice_weighted(struct dice *d, const double *weights, size_t n); /* index; sum > 0 */

#endif
