/* The machine of tests and simulations: the clock stands still until told, randomness comes from a seed. */
#include "base/env.h"

#include <string.h>

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
        uint64_t word = rng_next(&s->rng);
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
    rng_init(&s->rng, seed, 0);
}
