/* rng.c - see rng.h. */
#include "base/rng.h"

#include <stddef.h>

/* splitmix64: spreads one seed over the generator's state, which must not be all zero. */
static uint64_t spread(uint64_t *seed)
{
    uint64_t x = *seed += UINT64_C(0x9e3779b97f4a7c15);
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}

static uint64_t rotate(uint64_t x, int by)
{
    return x << by | x >> (64 - by);
}

void rng_init(struct rng *r, uint64_t seed, uint64_t stream)
{
    uint64_t start = seed ^ rotate(stream * UINT64_C(0xd6e8feb86659fd93), 32);
    for (size_t i = 0; i < 4; i++)
        r->s[i] = spread(&start);
}

uint64_t rng_next(struct rng *r)
{
    uint64_t *s = r->s;
    uint64_t result = rotate(s[1] * 5, 7) * 9;
    uint64_t shifted = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= shifted;
    s[3] = rotate(s[3], 45);
    return result;
}
