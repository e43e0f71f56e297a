/* msql.h - SQL for the scans of a plan, piece by piece.
 *
 * In:     a scan, the instants it is read at, what the warehouse holds (rates, merges).
 * Out:    text and parameters; columns as `struct scan_columns` says.
 * Owns:   nothing; lives in the query's arena.
 * Errors: RC_UNSUPPORTED with I0020 when an expression has no exact SQL; RC_LIMIT when the text grows too long.
 * Never:  runs anything; puts a value from outside into the text: those are parameters.
 */
#ifndef REVOS_INSIGHT_MSQL_H
#define REVOS_INSIGHT_MSQL_H

#include "insight/plan.h"
#include "insight/view.h"

/* What emitting must know of the warehouse: its rates, and by its view whether there are merges, absent values, currencies. */
struct msql_facts {
    const struct fx_rates *rates;
    const struct view *view;
};

struct msql {
    const struct plan *plan;
    const struct scan *scan;
    const struct msql_facts *facts;
    struct arena *a;
    struct diags *ds;
    VEC(struct xbound) params; /* in order of their numbers, from 1 */
    bool merges_used;
    bool untimed; /* rows without a time are kept, b NULL, for the scan to count */
    enum rc rc;   /* first failure */
};

/* How rows are read: at the plan's as-of, or each at an instant of its own. */
struct place {
    struct msql *e;
    const char *instant;   /* SQL; NULL: at the as-of */
    bool exact;            /* numbers as decimals, not doubles */
    struct str last_alias; /* of the last column asked for */
    const struct xobject *last_object;
    const struct field *last_field;
};

enum { MSQL_MAX = 4 << 20 };

void msql_init(struct msql *e, const struct plan *p, const struct scan *s,
               const struct msql_facts *f, struct arena *a, struct diags *ds);
/* Tables of the warehouse as `pl` sees them. */
void place_tables(struct place *pl, struct xtables *out);
/* "c_5 AS r" and the condition on its rows ("" for none). */
void msql_source(struct place *pl, const struct object *o, const char *alias, struct buf *from,
                 struct buf *where);
/* " AND a.known_to = …": what was known, for a table with known_from and known_to. */
void msql_known(struct msql *e, const char *alias, struct buf *out);
/* Begins and ends a query whose parameters continue those of `e`. */
void msql_begin(struct place *pl, struct xquery *q, const struct xtables *t, const char *root);
void msql_end(struct msql *e, struct xquery *q, struct instant now);
/* The parameters of `q` as they are at `now`. */
void msql_bind(const struct msql *e, const struct xquery *q, struct instant now,
               struct xbound *values);

/* A condition (three-valued), the end of a path, and an amount in company currency with whether it was there before
 * conversion. The text lives in the arena. */
struct str msql_condition(struct msql *e, struct xquery *q, const struct expr *x,
                          enum xshape shape);
struct str msql_path(struct place *pl, struct xquery *q, const struct path *p);
struct value_sql {
    struct str value;   /* empty: counts only */
    struct str present; /* condition: there was something to convert; empty: as `value` */
};
struct value_sql msql_value(struct place *pl, struct xquery *q, const struct metric *m,
                            const char *root);
/* Names of the columns that hold an instant's or date's company day, and the instant or date itself. */
struct str msql_day_of(struct arena *a, const char *alias, const struct field *f);

/* One statement. `keys`, then the bucket, then per measure the columns below. */
enum { MC_MET, MC_VALUES, MC_A, MC_B, MC_COUNT };
struct statement {
    struct str sql;
    const struct xbound *params;
    size_t n_params;
};
/* Figures of a scan, by group and bucket. */
MUST_CHECK enum rc msql_scan(struct msql *e, struct statement *out);
/* Records behind one measure: id, value, second value, ascending ids; and their number. */
MUST_CHECK enum rc msql_records(struct msql *e, size_t measure, size_t offset, size_t limit,
                                struct statement *page, struct statement *count);
/* Does the scan itself count the records that have no time? Over all time it meets them anyway: by grain in a row whose bucket is
 * NULL, else in a last column. In a window they are asked for apart, so that the warehouse may skip by the window. */
bool msql_tells_untimed(const struct plan *p, const struct scan *s, const struct view *v);
/* One row: records of the object (0 unless `records`), those that took effect after the as-of, then per measure: without a time
 * though the condition holds (0 where the scan tells); in the window with the condition absent. `*asks`: is there anything to ask? */
MUST_CHECK enum rc msql_left_out(struct msql *e, bool records, struct statement *out, bool *asks);
/* One row for a measure in money: records with an amount, before its conversion. */
MUST_CHECK enum rc msql_present(struct msql *e, size_t measure, struct statement *out);
const char *msql_grain(
    enum grain g); /* column of table day that holds the first day of its period */
/* "(VALUES (bucket, from, to), ...) win(b, f, t)": the days that count in each bucket of a cumulative metric. */
void msql_windows(struct msql *e, struct buf *out);

/* One row: per stage of the process how many records got that far, of those that first entered it in the window. */
MUST_CHECK enum rc msql_funnel(struct msql *e, const struct process_def *p, struct statement *out);

/* ---- the parts msql_scan is made of, one per kind of scan; each writes the relation of single records --------- */

/* id, k0…, b, and per measure v<i> (value), p<i> (present), o<i> (order of latest). The bucket of records with a time is its
 * day; the scan makes periods of it. */
void msql_simple(struct msql *e, struct buf *out);
void msql_snapshot(struct msql *e, struct buf *out);
void msql_stage_time(struct msql *e, struct buf *out);
/* v0 1 or 0. */
void msql_conversion(struct msql *e, struct buf *out);
/* One row per entity: id, k0…, b, v0 at the start, w0 what counts at the end. */
void msql_cohort(struct msql *e, struct buf *out);

/* "k0 AS …" of the scan's keys, and the conditions of its pins. */
void msql_keys(struct place *pl, struct xquery *q, struct buf *columns, struct buf *where);
void msql_filter(struct msql *e, struct xquery *q, struct buf *where);
struct str msql_take(struct msql *e, struct buf *b); /* the text, in the arena; releases `b` */
void msql_fail(struct msql *e, enum rc rc);

#endif
