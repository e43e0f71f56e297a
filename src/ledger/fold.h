/* fold.h - from the events of one record to what is and was true of it. Pure.
 *
 * In:     all events of a record in order of seq, and the fields wanted.
 * Out:    its current state with a stamp per field, its stage visits, and its bitemporal rows.
 * Rule:   a field's value true at t as known at k is that of the patch with the greatest (effective_at, seq) among those
 *         effective by t, recorded by k and not retracted by k. Existence folds like one more field: create and restore
 *         make it live, delete and redirect end it. A retracted retract counts for nothing.
 * Owns:   nothing; results live in the arena.   Never: needs a model or a store.
 */
#ifndef REVOS_LEDGER_FOLD_H
#define REVOS_LEDGER_FOLD_H

#include "ledger/event.h"

#define TIME_OPEN INT64_MAX /* the open end of an interval, in microseconds */

/* Which field numbers stand in which slot of `values`; ascending, each once. */
struct fold_layout {
    const uint32_t *fields;
    size_t n;
    const uint32_t *stages; /* those of them whose visits are wanted */
    size_t n_stages;
};

enum life { LIFE_NONE, LIFE_LIVE, LIFE_DELETED, LIFE_MERGED };

/* The record as it stands after the last event. */
struct fold_state {
    enum life life;          /* LIFE_NONE: every create is retracted */
    struct stamp life_stamp; /* of the event that made it so */
    uint64_t version;        /* seq of the last event of the record, of any kind */
    uint64_t home;
    struct instant created_at; /* effective_at of the first create in force */
    struct instant updated_at; /* greatest recorded_at of the events in force */
    struct value *values;      /* by slot */
    struct stamp *stamps;      /* by slot; seq 0: never set */
};

/* One stay in a stage, [entered, left); left.seq 0 and effective_at TIME_OPEN: still there. */
struct fold_visit {
    uint32_t field, stage;
    struct stamp entered, left;
};

/* One rectangle of the bitemporal history, half-open in both times; only spans in which the record is live. The rows answer for
 * t <= k: nothing takes effect after it is recorded, so what is asked for true time t known by k < t is what was true at k.
 * Ask for (min(t, k), k). A record that is only ever changed as of now has one row per change. */
struct fold_row {
    int64_t true_from, true_to, known_from, known_to;
    struct instant created_at, updated_at; /* as at that span */
    const struct value *values;            /* by slot */
};

struct folded {
    struct fold_state state;
    struct fold_visit *visits; /* by field, then entered */
    size_t n_visits;
    struct fold_row *rows; /* by known_from, then true_from */
    size_t n_rows;
    const bool *active; /* by event: not retracted */
};

/* `events` are those of one record, ascending seq. */
void fold_record(const struct fold_layout *layout, const struct event *events, size_t n,
                 struct arena *a, struct folded *out);
/* The same without bitemporal rows; for the current row and its visits. */
void fold_current(const struct fold_layout *layout, const struct event *events, size_t n,
                  struct arena *a, struct folded *out);

#endif
