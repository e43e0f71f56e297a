/* Parts of an amount: they add up to the whole, whatever the shares, the sign and the size. */
#include "base/rng.h"
#include "base/wide.h"
#include "process/splits.h"
#include "tests/tap.h"

static const struct currency eur = {('E' << 16) | ('U' << 8) | 'R'};

static struct decimal percent(const char *text)
{
    struct decimal d = {0, 0};
    if (!decimal_parse(str_of(text), &d))
        tap_diag("no number: %s", text);
    return d;
}

static void known_parts(void)
{
    struct arena *a = arena_new();
    struct money out[3];
    struct decimal thirds[] = {percent("33.333333334"), percent("33.333333333"),
                               percent("33.333333333")};
    struct decimal unequal[] = {percent("80"), percent("20")};
    struct decimal beyond[] = {percent("100"), percent("50")};
    ok_at("a third each of 1.00", split_credit((struct money){100, eur}, thirds, 3, a, out));
    ok_at("the cent goes to the largest remainder",
          out[0].minor == 34 && out[1].minor == 33 && out[2].minor == 33);
    ok_at("of a credit note", split_credit((struct money){-5, eur}, unequal, 2, a, out));
    ok_at("the sign is kept", out[0].minor == -4 && out[1].minor == -1);
    ok_at("more than the whole", split_credit((struct money){3, eur}, beyond, 2, a, out));
    ok_at("150 % of 3 is 4, half to even", out[0].minor + out[1].minor == 4);
    ok_at("nothing of nothing",
          split_credit((struct money){0, eur}, unequal, 2, a, out) && out[0].minor == 0);
    ok_at("among nobody", split_credit((struct money){7, eur}, NULL, 0, a, out));
    ok_at("the greatest amount stays itself",
          !split_credit((struct money){INT64_MAX, eur}, beyond, 1, a, out) ||
              out[0].minor == INT64_MAX);
    struct decimal twice[] = {percent("200")};
    ok_at("what does not fit is told",
          !split_credit((struct money){INT64_MAX, eur}, twice, 1, a, out));
    arena_free(a);
}

static uint64_t below(struct rng *rng, uint64_t n)
{
    return rng_next(rng) % n;
}

/* Shares of 100 % in billionths, drawn by cutting the whole at `n` - 1 places. */
static void draw(struct rng *rng, size_t n, struct decimal *out)
{
    int64_t left = 100 * INT64_C(1000000000);
    for (size_t i = 0; i < n; i++) {
        int64_t take = i + 1 == n ? left : (int64_t)below(rng, (uint64_t)left / 2 + 1);
        if (!decimal_of_scaled(take, 9, &out[i]))
            tap_diag("a share does not fit");
        left -= take;
    }
}

static void drawn_parts_add_up(void)
{
    struct arena *a = arena_new();
    struct rng rng;
    bool whole = true, near = true;
    rng_init(&rng, 7, 0);
    for (int round = 0; round < 20000; round++) {
        struct decimal percents[12];
        struct money out[12];
        size_t n = 1 + (size_t)below(&rng, 12);
        int64_t minor = (int64_t)(rng_next(&rng) >> (1 + below(&rng, 60)));
        struct money amount = {below(&rng, 2) ? minor : -minor, eur};
        i128 sum = 0;
        draw(&rng, n, percents);
        arena_reset(a);
        whole = whole && split_credit(amount, percents, n, a, out);
        for (size_t i = 0; i < n; i++) {
            i128 scale = (i128)wide_pow10(9 - percents[i].scale) * percents[i].mantissa;
            i128 off = (i128)out[i].minor * 100 * 1000000000 - amount.minor * scale;
            near = near && off < (i128)100 * 1000000000 && off > -(i128)100 * 1000000000;
            sum += out[i].minor;
        }
        whole = whole && sum == amount.minor;
    }
    ok_at("20,000 drawn splits add up to the amount", whole);
    ok_at("and no part is a unit or more from its exact share", near);
    arena_free(a);
}

int main(void)
{
    known_parts();
    drawn_parts_add_up();
    return tap_done();
}
