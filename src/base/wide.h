/* wide.h - 128-bit integers: the room in which exact money arithmetic cannot overflow unseen.
 *
 * In:     integers.   Out: integers.   Never: rounds other than half-even (IEEE 754, banker's) or by plain division.
 */
#ifndef REVOS_BASE_WIDE_H
#define REVOS_BASE_WIDE_H

#include <stdbool.h>
#include <stdint.h>

__extension__ typedef __int128 i128;
__extension__ typedef unsigned __int128 u128;

/* 10^n for n in 0..38. */
u128 wide_pow10(int n);
/* a / b rounded half to even; b > 0. */
i128 wide_div_half_even(i128 a, i128 b);
/* False when `a` is outside int64. */
bool wide_to_i64(i128 a, int64_t *out);
/* Decimal digits of `a` at `p`, at most 39; returns one past the last. Not NUL-ended. */
char *wide_digits(u128 a, char *p);

#endif
