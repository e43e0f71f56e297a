/* Draws follow their seed and keep to their range; means lie where they should. */
#include "sim/dice.h"
#include "tests/tap.h"

#include <math.h>

enum { DRAWS = 20000 };

static void test_repeat(void)
{
    struct dice a, b, c;
    bool same = true, other = false;
    dice_init(&a, 7, 1);
    dice_init(&b, 7, 1);
    dice_init(&c, 7, 2);
    for (int i = 0; i < 100; i++) {
        double x = dice_unit(&a);
        same = same && x == dice_unit(&b);
        other = other || x != dice_unit(&c);
    }
    ok_at("the same seed and stream draw the same", same);
    ok_at("another stream draws something else", other);
}

static void test_ranges(void)
{
    struct dice d;
    bool inside = true;
    dice_init(&d, 1, 1);
    for (int i = 0; i < DRAWS; i++) {
        int64_t x = dice_between(&d, -3, 3);
        inside = inside && x >= -3 && x <= 3 && dice_below(&d, 5) < 5;
    }
    ok_at("draws keep to their range", inside);
    ok_at("a range of one", dice_between(&d, 4, 4) == 4 && dice_below(&d, 1) == 0);
    const double only[] = {0, 3, 0};
    ok_at("what weighs nothing is never drawn", dice_weighted(&d, only, 3) == 1);
}

static void test_means(void)
{
    struct dice d;
    double few = 0, many = 0, normal = 0;
    size_t below = 0;
    dice_init(&d, 2, 1);
    for (int i = 0; i < DRAWS; i++) {
        few += (double)dice_count(&d, 1.5);
        many += (double)dice_count(&d, 80);
        normal += dice_normal(&d);
        below += dice_around(&d, 10, 0.8) < 10;
    }
    ok_at("counts have their mean",
          fabs(few / DRAWS - 1.5) < 0.05 && fabs(many / DRAWS - 80) < 0.5);
    ok_at("a normal lies around nothing", fabs(normal / DRAWS) < 0.03);
    ok_at("half lie below the median", fabs((double)below / DRAWS - 0.5) < 0.02);
}

int main(void)
{
    test_repeat();
    test_ranges();
    test_means();
    return tap_done();
}
