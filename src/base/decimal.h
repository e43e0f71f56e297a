/* decimal.h - exact decimals and money.
 *
 * decimal: mantissa × 10^-scale, at most 15 significant digits and 9 fraction digits, so that a double carries
 *          it without loss and prints back to the same text. Kept normalised: no trailing zero in the fraction.
 * money:   integer minor units of an ISO 4217 currency (JPY 0 digits, EUR 2, KWD 3). Never a float.
 * Errors:  false on malformed text, overflow or too many digits; arithmetic returns false on overflow.
 */
#ifndef REVOS_BASE_DECIMAL_H
#define REVOS_BASE_DECIMAL_H

#include "base/text.h"

struct decimal {
    int64_t mantissa;
    uint8_t scale; /* 0..9 */
};

/* [-]digits[.digits], also 1e3 forms that stay exact. */
bool decimal_parse(struct str s, struct decimal *out);
/* n × 10^-scale, normalised; false when more than 15 digits remain. `scale` 0..9. */
bool decimal_of_scaled(int64_t n, int scale, struct decimal *out);
struct str decimal_text(struct decimal d, char out[32]);
double decimal_double(struct decimal d);
/* The decimal that prints as the shortest text that reads back as `x`; false for NaN, infinities, too many digits. */
bool decimal_from_double(double x, struct decimal *out);
int decimal_cmp(struct decimal a, struct decimal b);

/* A currency is its three letters packed: 'E'<<16 | 'U'<<8 | 'R'. 0 is none. */
struct currency {
    uint32_t code;
};
/* Known ISO 4217 codes, past and present, any case; not those without a minor unit (gold, XXX). */
bool currency_parse(struct str s, struct currency *out);
struct str currency_text(struct currency c, char out[4]);
/* Digits of the minor unit by ISO 4217, 0..4. */
int currency_digits(struct currency c);

struct money {
    int64_t minor;
    struct currency currency;
};

/* "1234.5" or "1234.50 EUR"; "EUR 1,234.50" is not accepted: separators belong to the mapping (number.h). `fallback` is
 * used when no code stands in the text; false when neither names one or digits exceed the minor unit. */
bool money_parse(struct str s, struct currency fallback, struct money *out);
struct str money_text(struct money m, char out[40]); /* "1234.50 EUR" */
/* False on overflow or when the currencies differ. */
bool money_add(struct money a, struct money b, struct money *out);
/* Half-even product with a decimal factor; false on overflow. */
bool money_scale(struct money m, struct decimal factor, struct currency to, struct money *out);

#endif
