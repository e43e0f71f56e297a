/* scalar.h - what the text of a scalar means once a shape says what it should be.
 *
 * In:     the text of a scalar (YAML 1.2 core: true and false are booleans, no octal, no sexagesimal).
 * Out:    numbers, dates, spans of time.   Errors: false on malformed or out-of-range text.
 * Never:  adds a diagnostic; shape.c does.
 */
#ifndef REVOS_MODEL_SCALAR_H
#define REVOS_MODEL_SCALAR_H

#include "base/decimal.h"
#include "base/time.h"

struct period_length;

bool scalar_bool(struct str s, bool *out);
bool scalar_int(struct str s, int64_t *out);
bool scalar_name(struct str s); /* lower_case_with_underscores, a letter first, at most 63 bytes */
/* "25%" as 0.25, also plain "0.25" when `plain_too`. */
bool scalar_percent(struct str s, bool plain_too, struct decimal *out);
bool scalar_period(struct str s,
                   struct period_length *out); /* "12 months", "90d", "1 fiscal_year" */
/* A duration, or "3bd": that many working days. */
bool scalar_worktime(struct str s, struct duration *out, int32_t *working_days);
bool scalar_clock(struct str s, int32_t *minute);                  /* "09:30", also "24:00" */
bool scalar_month_day(struct str s, uint8_t *month, uint8_t *day); /* "02-01"; no 29 February */
/* "<40": the bound of a band. */
bool scalar_below(struct str s, struct decimal *out);

#endif
