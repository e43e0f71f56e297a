/* insights.h - the warehouse and insight of an open session, caught up with the ledger.
 *
 * In:     an open session.   Out: what metrics are asked of.
 * Owns:   warehouse, connection, rates; until insights_close.
 * Errors: those of warehouse.h; diagnostics are printed, the exit code is the rc's.
 * Served: the warehouse is the server's; it is lent to one at a time, so close before anything is printed.
 * Layout: .revos/warehouse.duckdb and .revos/tmp, both may be deleted.
 */
#ifndef REVOS_APP_INSIGHTS_H
#define REVOS_APP_INSIGHTS_H

#include "app/session.h"
#include "insight/insight.h"

struct insights {
    struct figures *
        lent; /* by the server that this verb runs in: what follows is its own; NULL: all is ours */
    struct fx_rates rates;
    struct warehouse *warehouse;
    struct insight *insight;
};

MUST_CHECK enum rc insights_open(struct app *app, struct session *s, struct insights *out);
void insights_close(struct insights *i); /* a zeroed one is allowed */
/* Reads the company's rates; without a file there are none. */
MUST_CHECK enum rc insights_rates(struct app *app, const struct model *m, struct fx_rates *out,
                                  struct diags *ds);

#endif
