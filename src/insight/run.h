/* run.h - runs the scans of a plan and gathers what they found by group and bucket.
 *
 * In:     a plan, a connection.   Out: cells: exact aggregates with the counts of what went in and what did not.
 * Owns:   nothing; lives in the query's arena.   Errors: those of msql.h and duckdb.h; RC_LIMIT beyond QUERY_ROWS_MAX groups.
 * Never:  divides, rounds or fills in; eval.h does.
 */
#ifndef REVOS_INSIGHT_RUN_H
#define REVOS_INSIGHT_RUN_H

#include "insight/msql.h"
#include "store/duckdb.h"

/* What one leaf's aggregate found in one group. */
struct tally {
    uint64_t met, unknown;    /* the condition held; was absent */
    uint64_t present, values; /* of those met: had a value; had one in company currency */
    bool has_a, has_b;
    struct ratio a, b; /* as aggregated: minor units, microseconds */
    struct str text;   /* `latest` of something that is no number */
};

struct group {
    struct answer_key *keys;
    int32_t bucket;      /* first day; 0 without grain */
    struct tally *cells; /* by leaf */
};

/* Facts about a scan's object that reasons rest on. */
struct scan_facts {
    uint64_t records;  /* of the object, at the as-of; 0 where every figure has a value */
    uint64_t later;    /* live now, but not yet at the as-of */
    uint64_t *no_time; /* by measure: met the condition, without a value in the time field */
    uint64_t *unknown; /* by measure: in the window, the condition absent */
};

struct found {
    const struct plan *plan;
    struct group **groups;
    size_t n_groups, cap_groups;
    struct map by_key;
    struct scan_facts *facts; /* by scan */
};

struct runner {
    struct view *view;
    const struct msql_facts *facts;
    struct arena *a;
    struct diags *ds;
};

MUST_CHECK enum rc run_plan(struct runner *r, const struct plan *p, struct found *out);
/* Runs one statement, planned before or now; the caller ends it with run_done, also after a failure. */
MUST_CHECK enum rc run_statement(struct runner *r, const struct statement *s,
                                 struct duck_stmt **stmt, struct duck_result **out);
void run_done(struct runner *r, struct duck_stmt *stmt, struct duck_result *row);
/* A number in a result; false when it is NULL or no number. */
bool run_ratio(const struct duck_result *r, size_t col, struct ratio *out);
/* Records with an amount before conversion, behind one leaf; asked only when some have no value. */
MUST_CHECK enum rc run_present(struct runner *r, const struct plan *p, const struct leaf *l,
                               uint64_t *out);
/* Fills labels of record keys from the records' names. */
MUST_CHECK enum rc run_labels(struct runner *r, const struct found *f);

#endif
