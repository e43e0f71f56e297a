/* plan.h - the logical plan of a query: one tree of figures over scans of the warehouse.
 *
 * In:     a query and the model.   Out: what is read (scans), by which keys, in which buckets; no SQL yet.
 * Owns:   nothing; lives in the query's arena.   Errors: diagnostics I00xx.   Never: touches the warehouse.
 */
#ifndef REVOS_INSIGHT_PLAN_H
#define REVOS_INSIGHT_PLAN_H

#include "expr/sql.h"
#include "insight/insight.h"

struct plan_key {
    struct str name;
    struct path path; /* from the scan's object */
};

/* One metric read by a scan. */
struct measure {
    const struct metric *metric; /* simple, snapshot, stage_time, conversion or cohort: a leaf */
    size_t leaf;                 /* its place in plan.leaves and in every group's cells */
};

/* Metrics that read the same records under the same condition by the same time are one scan. */
struct scan {
    enum metric_kind kind; /* simple, snapshot, stage_time, conversion, cohort */
    const struct object *object;
    const struct field *time; /* simple; NULL: it has none */
    bool at_event;            /* dimensions as they were at the bucket time */
    struct plan_key *keys;    /* by plan.by */
    struct plan_key *pins;    /* by query pin */
    struct expr *filter;      /* the query's `where`; may be NULL */
    struct measure *measures;
    size_t n_measures;
    /* cumulative: a record counts in each bucket whose window [start, end of bucket) holds its time */
    bool cumulative;
    struct period_length trailing; /* count 0: `to_date` or since ever */
    enum period_unit to_date;
};

struct leaf {
    const struct metric
        *metric; /* whose figure it is: the cumulative metric itself where there is one */
    const struct metric *input; /* what is aggregated */
    size_t scan, measure;
};

/* A window in company days, and its buckets. */
struct span_days {
    bool bounded;
    struct date from, to;
};

struct plan {
    const struct model *model;
    const struct metric *metric;
    const struct query *query;
    struct fiscal fiscal;
    bool has_as_of, has_known;
    struct instant as_of, known; /* as_of is never after known */
    struct instant now;          /* what conditions see */
    struct date today;
    struct zone *zone; /* the company's; of the thread that runs the query */
    struct span_days window;
    bool has_grain;
    enum grain grain;
    struct period *buckets; /* when has_grain and the window is bounded */
    size_t n_buckets;
    const struct str *by;
    size_t n_by;
    struct scan *scans;
    size_t n_scans, cap_scans;
    struct leaf *leaves;
    size_t n_leaves, cap_leaves;
};

MUST_CHECK enum rc plan_make(const struct model *m, const struct query *q, struct zone *zone,
                             struct arena *a, struct plan *out, struct diags *ds);
/* The instants and the window of a query alone: what a funnel is asked by. */
MUST_CHECK enum rc plan_scope(const struct model *m, const struct query *q, struct zone *zone,
                              struct arena *a, struct plan *out, struct diags *ds);
/* The same plan over another window; for comparisons. */
void plan_shift(const struct plan *p, struct span_days window, struct arena *a, struct plan *out);
/* The period a comparison speaks of, when no window is given; false when it names none. */
bool window_of_compare(struct str compare, struct date today, struct fiscal f,
                       struct span_days *out);
/* The window that `compare` names for a plan's window; RC_INVALID when there is none. */
MUST_CHECK enum rc plan_compare_window(const struct plan *p, struct str compare,
                                       struct span_days *out, struct diags *ds);

/* "this_quarter", "last_12_months", … relative to `today`. False when it is no such word. */
bool window_parse(struct str word, struct date today, struct fiscal f, struct span_days *out);
/* `d` moved by `count` units; months clamp to the month's end. */
struct date date_shift(struct date d, int32_t count, enum period_unit unit);
bool unit_grain(enum period_unit u, enum grain *out);

#endif
