/* currency_sign.h - currencies as files write them beside an amount: codes, signs, and signs that several countries share.
 *
 * In:     a cell ("2.000,00 €", "US$ 1,200", "EUR 5"), and the currency that is usual where it stands.
 * Out:    the sign in the cell, and the currency it means.
 * Owns:   nothing.   Errors: in the answer.
 * Never:  guesses: a sign that several currencies use means one only where that one is usual.
 */
#ifndef REVOS_BASE_CURRENCY_SIGN_H
#define REVOS_BASE_CURRENCY_SIGN_H

#include "base/decimal.h"

/* What is written in `cell` beside digits, blanks and the signs of numbers: the first such word; empty when there is none. */
struct str currency_sign_in(struct str cell);

enum currency_sign {
    SIGN_NONE,   /* it names no currency */
    SIGN_SHARED, /* several use it, and the usual one is not among them */
    SIGN_KNOWN
};
/* A code in any case, or a sign. `usual` may be none. With SIGN_SHARED *users are the codes: "JPY, CNY"; else "". */
enum currency_sign currency_of_sign(struct str sign, struct currency usual, struct currency *out,
                                    const char **users);

#endif
