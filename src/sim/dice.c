/* dice.c - the few distributions a company needs. */
#include "sim/dice.h"

#include <assert.h>
#include <math.h>

/* Above this mean a Poisson draw is a rounded normal one: the difference cannot be seen in a day's count. */
#define MEAN_LARGE 30.0

void dice_init(struct dice *d, uint64_t seed, uint64_t stream)
{
    rng_init(&d->rng, seed, stream);
}

size_t dice_below(struct dice *d, size_t n)
{
    assert(n > 0);
    return (size_t)(dice_unit(d) * (double)n);
}

int64_t dice_between(struct dice *d, int64_t low, int64_t high)
{
    assert(low <= high);
    return low + (int64_t)dice_below(d, (size_t)(high - low) + 1);
}

double dice_unit(struct dice *d)
{
    return (double)(rng_next(&d->rng) >> 11) * 0x1p-53;
}

bool dice_chance(struct dice *d, double p)
{
    return dice_unit(d) < p;
}

double dice_normal(struct dice *d)
{
    double u = 1.0 - dice_unit(d); /* (0, 1]: its logarithm exists */
    return sqrt(-2.0 * log(u)) * cos(2.0 * M_PI * dice_unit(d));
}

double dice_around(struct dice *d, double median, double by)
{
    return median * exp(by * dice_normal(d));
}

size_t dice_count(struct dice *d, double mean)
{
    if (mean > MEAN_LARGE) {
        double x = round(mean + sqrt(mean) * dice_normal(d));
        return x > 0 ? (size_t)x : 0;
    }
    double limit = exp(-mean), product = dice_unit(d);
    size_t n = 0;
    while (product > limit) {
        product *= dice_unit(d);
        n++;
    }
    return n;
}

size_t dice_weighted(struct dice *d, const double *weights, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += weights[i];
    assert(sum > 0);
    double x = dice_unit(d) * sum;
    for (size_t i = 0; i + 1 < n; i++) {
        if (x < weights[i])
            return i;
        x -= weights[i];
    }
    return n - 1;
}
