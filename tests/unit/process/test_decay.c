#include "process/decay.h"
#include "tests/tap.h"

#include <math.h>

static void table(void)
{
    ok(decay_share(0, 45) == UINT64_C(1) << 32);
    double worst = 0;
    bool falls = true;
    for (uint32_t h = 1; h <= DECAY_DAYS_MAX; h += h < 50 ? 1 : 97) {
        for (uint32_t r = 0; r < h; r++) {
            double want = ldexp(exp2(-(double)r / h), 32);
            worst = fmax(worst, fabs((double)decay_share(r, h) - want));
            falls &= r == 0 || decay_share(r, h) < decay_share(r - 1, h);
        }
        falls &= decay_share(h - 1, h) > UINT64_C(1) << 31 || h == 1;
    }
    ok_at("within 32 of 2^32 of the formula", worst < 32);
    ok_at("falls with age", falls);
}

static void points(void)
{
    ok_int(decay_points(40, 0, 45), 40);
    ok_int(decay_points(40, 45, 45), 20);
    ok_int(decay_points(40, 90, 45), 10);
    ok_int(decay_points(40, 12, 45), 33); /* 33.25 */
    ok_int(decay_points(-40, 45, 45), -20);
    ok_int(decay_points(1, 1, 1), 1); /* a half is rounded away from zero */
    ok_int(decay_points(1, 2, 1), 0);
    ok_int(decay_points(100000, 17, 1), 1);
    ok_int(decay_points(100000, 18, 1), 0);
    ok_int(decay_points(100000, 4000000, 3650), 0);
    ok_int(decay_points(0, 5, 45), 0);
}

/* Stepping from change to change meets every value that the days give one by one. */
static void steps(void)
{
    static const struct {
        int64_t points;
        uint32_t half_life;
    } cases[] = {{20, 45}, {-20, 45}, {100, 7}, {1, 1}, {3, 365}, {100000, 30}, {0, 9}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t p = cases[i].points, next = decay_next(p, 0, cases[i].half_life);
        bool agrees = true;
        for (int64_t age = 1; age < (int64_t)cases[i].half_life * 20; age++) {
            bool changed = decay_points(p, age, cases[i].half_life) !=
                           decay_points(p, age - 1, cases[i].half_life);
            agrees &= changed == (age == next);
            if (age == next)
                next = decay_next(p, age, cases[i].half_life);
        }
        ok_at("every change is announced, and no other", agrees && next == -1);
    }
}

int main(void)
{
    table();
    points();
    steps();
    return tap_done();
}
