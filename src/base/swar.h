/* swar.h - eight bytes at a time in plain C, for the scanners of this room.
 *
 * In:     eight bytes as a little-endian word.   Out: a word whose lowest set bit lies in the first byte that matched.
 * Note:   bits above that first one may be set wrongly (borrow), so only the lowest may be used.
 */
#ifndef REVOS_BASE_SWAR_H
#define REVOS_BASE_SWAR_H

#include <endian.h>
#include <stdint.h>
#include <string.h>

#define SWAR_ONES UINT64_C(0x0101010101010101)
#define SWAR_HIGH (SWAR_ONES << 7)

static inline uint64_t swar_load(const char *p)
{
    uint64_t x;
    memcpy(&x, p, 8);
    return le64toh(x);
}

/* Bytes equal to `c`; bytes of 0x80 and above may match too. Combine with `&  SWAR_HIGH`. */
static inline uint64_t swar_is(uint64_t x, char c)
{
    return (x ^ SWAR_ONES * (unsigned char)c) - SWAR_ONES;
}

/* Bytes below `c`, for c at most 0x80; likewise. */
static inline uint64_t swar_below(uint64_t x, unsigned char c)
{
    return x - SWAR_ONES * c;
}

/* Number of the first byte that matched; `hits` must not be 0. */
static inline int swar_first(uint64_t hits)
{
    return __builtin_ctzll(hits) / 8;
}

#endif
