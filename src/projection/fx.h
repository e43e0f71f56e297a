/* fx.h - rates of exchange: one file, versioned by its digest, and the rule that says which rate a record takes.
 *
 * In:     CSV text `currency,date,rate`: company currency per unit of `currency`, in force from that day until the
 *         currency's next line; an empty date is the plan rate.
 * Out:    money in the company's currency, each amount converted once, half-even to the minor unit.
 * Owns:   nothing; rates live in the arena.
 * Errors: every bad line is a diagnostic W01xx at its place; RC_INVALID.
 * Never:  guesses a rate: without one an amount has no company value, and whoever adds it up counts it as left out.
 */
#ifndef REVOS_PROJECTION_FX_H
#define REVOS_PROJECTION_FX_H

#include "base/diag.h"
#include "model/model.h"

struct fx_rate {
    struct currency currency;
    struct date from; /* days INT32_MIN: the plan rate */
    struct decimal rate;
};

struct fx_rates {
    struct currency company;
    struct digest version;
    const struct fx_rate *v; /* by currency, then from */
    size_t n;
};

#define FX_PLAN ((struct date){INT32_MIN})

/* `text` empty: no rates, which suits a company of one currency. */
MUST_CHECK enum rc fx_read(const struct source *file, struct currency company, struct arena *a,
                           struct fx_rates *out, struct diags *ds);
/* The rate in force on `day` (FX_PLAN: the plan rate), or NULL. */
const struct fx_rate *fx_find(const struct fx_rates *r, struct currency c, struct date day);
/* RC_NOT_FOUND: no rate; RC_LIMIT: does not fit. `r` may be NULL: only the company's own currency converts. */
MUST_CHECK enum rc fx_convert(const struct fx_rates *r, struct currency company, struct money m,
                              struct date day, struct money *out);

/* Which day's rate the amounts of an object take. A record in a won or lost stage is closed: it takes the day in `closed`; any
 * other the day in `open`. NULL: the plan rate. A fact has happened: both are its own time. */
struct fx_rule {
    const struct process_def *process; /* NULL: never closed */
    const struct field *open, *closed; /* dates or instants */
};
void fx_rule_of(const struct model *m, const struct object *o, struct fx_rule *out);

#endif
