/* The machine of tests and simulations: the clock stands still until told, randomness comes from a seed. */
#include "base/env.h"

#include <string.h>

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

/* xoshiro256**, Blackman and Vigna 2018. */
static uint64_t next(uint64_t s[4])
{
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

static struct instant sim_now(void *self)
{
    return ((const struct env_sim *)self)->now;
}

static int64_t sim_monotonic_us(void *self)
{
    return ((const struct env_sim *)self)->now.us;
}

static void sim_random(void *self, void *out, size_t n)
{
    struct env_sim *s = self;
    unsigned char *p = out;
    while (n) {
        uint64_t word = next(s->rng);
        size_t part = n < sizeof word ? n : sizeof word;
        memcpy(p, &word, part);
        p += part;
        n -= part;
    }
}

void env_sim_init(struct env_sim *s, uint64_t seed, struct instant start)
{
    *s = (struct env_sim){.env = *env_real(), .now = start};
    s->env.self = s;
    s->env.now = sim_now;
    s->env.monotonic_us = sim_monotonic_us;
    s->env.random = sim_random;
    for (size_t i = 0; i < 4; i++)
        s->rng[i] = spread(&seed);
}
