#include "process/decay.h"

#include <assert.h>

/* 2^32 × 2^(-2^-k) for k = 1 … 32, rounded: a fraction of a half-life is a product of those whose bit it has. */
static const uint32_t roots[32] = {
    0xb504f334, 0xd744fccb, 0xeac0c6e8, 0xf5257d15, 0xfa83b2db, 0xfd3e0c0d, 0xfe9e115c, 0xff4ecb59,
    0xffa75652, 0xffd3a752, 0xffe9d2b3, 0xfff4e91c, 0xfffa747f, 0xfffd3a3b, 0xfffe9d1d, 0xffff4e8e,
    0xffffa747, 0xffffd3a3, 0xffffe9d2, 0xfffff4e9, 0xfffffa74, 0xfffffd3a, 0xfffffe9d, 0xffffff4f,
    0xffffffa7, 0xffffffd4, 0xffffffea, 0xfffffff5, 0xfffffffa, 0xfffffffd, 0xffffffff, 0xffffffff,
};

uint64_t decay_share(uint32_t r, uint32_t half_life)
{
    assert(half_life >= 1 && half_life <= DECAY_DAYS_MAX && r < half_life);
    uint64_t fraction = ((uint64_t)r << 32) / half_life, share = UINT64_C(1) << 32;
    for (unsigned k = 0; k < 32; k++)
        if (fraction >> (31 - k) & 1)
            share = (share * roots[k] + (UINT64_C(1) << 31)) >> 32;
    return share;
}

int64_t decay_points(int64_t points, int64_t age, uint32_t half_life)
{
    assert(points >= -DECAY_POINTS_MAX && points <= DECAY_POINTS_MAX && age >= 0);
    int64_t halvings = age / half_life;
    if (halvings > 30)
        return 0; /* the most points there are have long been rounded away */
    uint64_t size = (uint64_t)(points < 0 ? -points : points);
    unsigned shift = 32 + (unsigned)halvings;
    uint64_t worth = size * decay_share((uint32_t)(age % half_life), half_life);
    int64_t kept = (int64_t)((worth + (UINT64_C(1) << (shift - 1))) >> shift);
    return points < 0 ? -kept : kept;
}

int64_t decay_next(int64_t points, int64_t age, uint32_t half_life)
{
    int64_t now = decay_points(points, age, half_life);
    if (now == 0)
        return -1;
    int64_t same = age, other = (int64_t)half_life * 31; /* worth nothing by then */
    while (other - same > 1) {
        int64_t middle = same + (other - same) / 2;
        if (decay_points(points, middle, half_life) == now)
            same = middle;
        else
            other = middle;
    }
    return other;
}
