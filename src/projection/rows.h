/* rows.h - current rows: one row per record, equal to the fold of its events.
 *
 * In:     the model; events just appended.   Out: tables r_<object>, visit; rows in memory.
 * Owns:   prepared statements through the store; rows live in the caller's arena.
 * Errors: those of the store (text in store_error()); RC_CORRUPT when a stored row cannot be read.
 * Never:  opens or ends a transaction; decides anything; writes facts.
 *
 * The way of a group: rows_load what the commands can read; per event of an accepted command row_fold on the row in memory
 * (so later commands see it); at the end rows_write once per changed row. A retract asks for rows_refold instead.
 */
#ifndef REVOS_PROJECTION_ROWS_H
#define REVOS_PROJECTION_ROWS_H

#include "ledger/fold.h"
#include "ledger/ledger.h"
#include "model/model.h"

/* A record as it stands. `values` and `stamps` by position in object->fields; the positions of id, created_at and
 * updated_at repeat the members. */
struct row {
    const struct object *object;
    uint64_t id;
    uint64_t version; /* seq of its last event */
    uint64_t home;
    struct instant created_at, updated_at;
    enum life life; /* LIFE_NONE: not there yet, or no longer */
    struct stamp life_stamp;
    struct value *values;
    struct stamp *stamps;
    bool stored;               /* a row stands in the table */
    bool dirty;                /* differs from the table: rows_write will write it */
    struct row_visits *visits; /* stage moves not written yet; internal */
};

struct projection;
/* `m` outlives it; its tables are there (projection_evolve). Open another one when another model goes live. */
MUST_CHECK enum rc projection_open(struct store *s, const struct model *m, struct projection **out);
void projection_close(struct projection *p);
const struct model *projection_model(const struct projection *p);
struct store *projection_store(const struct projection *p);

/* Creates or widens the tables and indexes that `m` needs (r_, x_); inside the caller's transaction. A field that comes back
 * (rollback of a removal) has patches in the ledger already: refold its records with rows_refold. */
MUST_CHECK enum rc projection_evolve(struct store *s, const struct model *m);

/* ---- rows ----------------------------------------------------------------------------------------------------- */

/* Loads `n` records of one object; out[i] is NULL where none is stored. Ids are taken as they are: resolve redirects first. */
MUST_CHECK enum rc rows_load(struct projection *p, const struct object *o, const uint64_t *ids,
                             size_t n, struct arena *a, struct row **out);
/* An empty row for a record about to be created. */
struct row *row_new(const struct object *o, uint64_t id, struct arena *a);
/* A copy to decide on; text is shared. */
struct row *row_copy(const struct row *r, struct arena *a);
/* `r`, of which `copy` was made, is about to be written: the copy will write only what it has beyond it. */
void row_leave(struct row *copy, const struct row *r);
/* Folds one event of this record into the row; text values are shared with the event. A retract is not folded: returns
 * false, and the caller asks rows_refold. Late patches fold right by their stamps. */
MUST_CHECK bool row_fold(struct row *r, const struct event *e, struct arena *a);
/* never NULL; absent when empty */
const struct value *row_value(const struct row *r, const struct field *f);

/* Writes every dirty row and its visits. */
MUST_CHECK enum rc rows_write(struct projection *p, struct row *const *rows, size_t n);
/* Recomputes a record from the ledger and writes its row, visits, keys and redirect: after a retract, and by rebuild. `vault`
 * as in ledger_read. *out (which may be NULL) is the row, of LIFE_NONE when every create is retracted. RC_CONFLICT: a key it
 * would hold again belongs to another record. */
MUST_CHECK enum rc rows_refold(struct projection *p, struct vault *vault, const struct object *o,
                               uint64_t record, struct arena *a, struct row **out);

/* For showing: personal values that an erasure took become VT_SEALED, whose text is "(erased)"; those never said stay absent. */
MUST_CHECK enum rc row_show_erased(struct projection *p, struct row *r);

/* Ids of live records of `child` whose reference `via` names one of `parents` (redirects included), at most `max` in all
 * (RC_LIMIT beyond), ascending; parent_at[i] is the index in `parents`. */
MUST_CHECK enum rc rows_children(struct projection *p, const struct object *child,
                                 const struct field *via, const uint64_t *parents, size_t n,
                                 size_t max, struct arena *a, uint64_t **ids, size_t **parent_at,
                                 size_t *found);

/* Visits of one record, by field then entered; in the arena. */
MUST_CHECK enum rc rows_visits(struct projection *p, const struct object *o, uint64_t record,
                               struct arena *a, struct fold_visit **out, size_t *n);

/* A record as it was true at `true_at`, as known at `known_at`, from all its events; `*row` is NULL when it was not there yet. */
struct row_then {
    struct instant true_at, known_at;
    struct row *row;
    struct fold_visit *visits;
    size_t n_visits;
};
void row_as_of(struct projection *p, const struct object *o, const struct event *events, size_t n,
               struct arena *a, struct row_then *then);

/* Everything else an event changes outside r_ rows: keys, redirects, retractions of facts, import batches, versions.
 * Call it for every event appended, in order. */
MUST_CHECK enum rc projection_apply(struct projection *p, const struct event *e);

#endif
