/* insight.h - a metric asked of the warehouse, and the answer with everything needed to open it.
 *
 * In:     a query (metric, dimensions, grain, window, filter, as-of, known), the live model, a warehouse.
 * Out:    struct answer (answer.h): exact figures by group and bucket, what was left out and why, and the mark of the ledger it
 *         was read at; or an explanation: the same figure down to its records.
 * Owns:   a connection; answers live in the caller's arena. One insight belongs to one thread at a time.
 * Errors: RC_INVALID with diagnostics I0xxx (docs/codes/insight.md) for a query that cannot be meant; RC_NOT_FOUND for an unknown
 *         metric; RC_LIMIT when the answer would pass the bounds below; RC_CANCELLED; those of duckdb.h.
 * Never:  writes; does zone arithmetic in SQL; turns a missing value into 0; rounds before the end.
 */
#ifndef REVOS_INSIGHT_INSIGHT_H
#define REVOS_INSIGHT_INSIGHT_H

#include "insight/answer.h"
#include "projection/warehouse.h"

struct insight;

MUST_CHECK enum rc insight_open(struct warehouse *w, const struct fx_rates *rates,
                                struct insight **out, struct diags *ds);
void insight_close(struct insight *i); /* NULL is allowed */
void insight_interrupt(
    struct insight *i); /* from any thread: the running query ends with RC_CANCELLED */

enum {
    QUERY_DIMENSIONS_MAX = 4,
    QUERY_BUCKETS_MAX = 4000,
    QUERY_ROWS_MAX = 200000,
    QUERY_TEXT_MAX = 4096
};

/* Keeps one group of a dimension: the value as an answer's key shows it (`none`: the records without). */
struct query_pin {
    struct str dimension, value;
    bool none;
};

/* Texts as a person writes them; empty: not given. */
struct query {
    struct str metric;
    const struct str *by; /* names of dimensions, or paths */
    size_t n_by;
    struct str grain; /* "month"; "none": one figure, also when the metric has a grain of its own */
    struct str
        window; /* "this_quarter", "last_12_months", … (docs/metrics.md); excludes from and to */
    struct str from,
        to;           /* [from, to): a date or the label of a period: 2026-03-01, 2026-Q1, FY2026 */
    struct str where; /* CEL over the metric's object */
    struct str as_of, known; /* an instant, or a date: the end of that company day */
    struct str
        compare; /* "previous": the window before; "previous_year" …: this one that much earlier */
    const struct query_pin *pins;
    size_t n_pins;
    struct instant now; /* of the caller's clock */
};

MUST_CHECK enum rc insight_query(struct insight *i, const struct model *m, const struct query *q,
                                 struct arena *a, struct answer *out, struct diags *ds);

/* Records that first entered a process in the window of `q` (the last 12 months unless it says), and how far each got by the
 * as-of: a record counts once per stage, and in every stage before the furthest it was in. Reads times and window of `q`. */
MUST_CHECK enum rc insight_funnel(struct insight *i, const struct model *m,
                                  const struct process_def *process, const struct query *q,
                                  struct arena *a, struct funnel *out, struct diags *ds);

/* Opens the figure of a query without `by` and `grain`: its inputs, and one page of the records of each. */
MUST_CHECK enum rc insight_explain(struct insight *i, const struct model *m, const struct query *q,
                                   size_t offset, size_t limit, struct arena *a,
                                   struct explanation *out, struct diags *ds);

#endif
