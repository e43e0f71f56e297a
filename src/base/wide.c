/* wide.c - see wide.h. */
#include "base/wide.h"

#include <assert.h>

u128 wide_pow10(int n)
{
    assert(n >= 0 && n <= 38);
    u128 p = 1;
    while (n-- > 0)
        p *= 10;
    return p;
}

i128 wide_div_half_even(i128 a, i128 b)
{
    assert(b > 0);
    i128 q = a / b, r = a % b;
    i128 left = r < 0 ? -r : r;
    /* Twice the remainder could overflow, so the comparison is with what is missing to the next multiple. */
    i128 missing = b - left;
    if (left > missing || (left == missing && q % 2 != 0))
        q += a < 0 ? -1 : 1;
    return q;
}

bool wide_to_i64(i128 a, int64_t *out)
{
    if (a < INT64_MIN || a > INT64_MAX)
        return false;
    *out = (int64_t)a;
    return true;
}

char *wide_digits(u128 a, char *p)
{
    char reversed[40];
    int n = 0;
    do
        reversed[n++] = (char)('0' + (int)(a % 10));
    while (a /= 10);
    while (n)
        *p++ = reversed[--n];
    return p;
}
