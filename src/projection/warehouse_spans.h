/* warehouse_spans.h - the history of one record as the warehouse keeps it. Pure.
 *
 * In:     the events of one record.   Out: spans in both times: rows, stage visits, merges; as few as tell the truth.
 * Owns:   nothing; results live in the arena.   Never: touches a table.
 *
 * Readers ask for (T, K) with T <= K only. Two neighbours in known time that say the same for every such pair are one:
 * a live write (effective when recorded) then costs one row instead of two.
 */
#ifndef REVOS_PROJECTION_WAREHOUSE_SPANS_H
#define REVOS_PROJECTION_WAREHOUSE_SPANS_H

#include "ledger/fold.h"

/* A fact about the record that holds from `from` to `to`, as known from known_from to known_to; all half-open. */
struct span_visit {
    uint32_t field, stage;
    uint64_t seq;          /* of the entering event: orders visits entered at one instant */
    int64_t entered, left; /* left TIME_OPEN: still there */
    int64_t known_from, known_to;
};

struct span_merge {
    uint64_t into;
    int64_t true_from;
    int64_t known_from, known_to;
};

struct record_history {
    struct fold_state state;
    struct fold_row *rows; /* by true_from, then known_from */
    size_t n_rows;
    struct span_visit *visits;
    size_t n_visits;
    struct span_merge *merges;
    size_t n_merges;
};

void record_history(const struct fold_layout *layout, const struct event *events, size_t n,
                    struct arena *a, struct record_history *out);

#endif
