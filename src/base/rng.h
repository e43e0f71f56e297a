/* rng.h - the one generator of chance from a seed: xoshiro256** (Blackman and Vigna 2018).
 *
 * In:     a seed and the number of a stream.   Out: 64 bits a draw; the same for ever, on every machine.
 * Owns:   nothing; the caller owns the state.   Errors: none.
 * Never:  serves a key or a token: env->random of a real machine does.
 */
#ifndef REVOS_BASE_RNG_H
#define REVOS_BASE_RNG_H

#include <stdint.h>

struct rng {
    uint64_t s[4]; /* not all zero */
};

/* Streams of one seed are independent of each other; stream 0 is the seed's own. */
void rng_init(struct rng *r, uint64_t seed, uint64_t stream);
uint64_t rng_next(struct rng *r);

#endif
