/* warehouse.h - the ledger's history as columns, for metrics: a DuckDB file that follows the ledger.
 *
 * In:     the live model, a reading connection to the store, the vault; rates of exchange.
 * Out:    tables (below), a mark saying how far they follow, connections to query them.
 * Owns:   the file, its spill folder and its own connection. One process and one following thread at a time; readers
 *         take connections of their own and see whole batches only.
 * Errors: those of duckdb.h and store.h; codes W00xx (docs/codes/insight.md).
 * Never:  holds a fact of its own: the file may be deleted and is built anew. Decides nothing.
 *
 * Tables, <n> being the object's number; columns as in the store (projection/rows.h, column_of), but numbers are
 * DECIMAL(24,9), booleans BOOLEAN, and each instant has a second column with its company day, the same name with "_d":
 *   c_<n>     live records as they stand: home, id, fields.
 *   w_<n>     their history: one row per span [true_from, true_to) x [known_from, known_to), live spans only.
 *   v_<n>     stage visits: field, stage, entered, left (TIME_OPEN: still there), known_from, known_to; nth: their order within the
 *             record, the same for one visit told twice; alive: the record is in c_<n>.
 *   x_<n>     fact rows: batch, recorded_at, at, retracted_at (TIME_OPEN: in force).
 *   redirect  merges: object, id, into_id, true_from, known_from, known_to.
 *   day       company days 1970 to 2149: bounds in UTC, and the first day of the week, month … it lies in.
 *   seen      per object and field: was it absent in any row ever written, in how many currencies and which (NULL: none yet).
 *   fx        rates by currency and day (INT32_MIN: the plan rate): minor * rate / den are the company's minor units.
 *
 * Reading at (true T, known K): since nothing takes effect after it is recorded, a reader must take T <= K; spans that
 * differ only for T > K are kept as one (warehouse_spans.h). Visits that end after T are open at T.
 */
#ifndef REVOS_PROJECTION_WAREHOUSE_H
#define REVOS_PROJECTION_WAREHOUSE_H

#include "base/period.h"
#include "ledger/ledger.h"
#include "model/model.h"
#include "projection/fx.h"
#include "store/duckdb.h"

struct warehouse;

struct warehouse_settings {
    const struct env *env;
    struct duck_settings duck;    /* path NULL: in memory */
    const struct model *model;    /* the live one; outlives the warehouse or warehouse_model() */
    struct store *store;          /* read connection, used by warehouse_follow only */
    struct vault *vault;          /* may be NULL: personal values are then absent */
    const struct fx_rates *rates; /* NULL: one currency */
};

/* How far the tables follow the ledger. */
struct warehouse_mark {
    uint64_t seq; /* 0: nothing yet */
    struct digest hash;
    struct instant recorded_at;
    uint32_t model_version;
};

/* Opens or makes the file; one of another format or of another ledger is made anew. */
MUST_CHECK enum rc warehouse_open(const struct warehouse_settings *s, struct warehouse **out,
                                  struct diags *ds);
void warehouse_close(struct warehouse *w); /* NULL is allowed */

/* Told after each batch; false stops with RC_CANCELLED, keeping whole batches. */
struct warehouse_progress {
    void *self;
    bool (*step)(void *self, uint64_t seq, uint64_t head);
};
/* Brings the tables to the ledger's head. `p` may be NULL. */
MUST_CHECK enum rc warehouse_follow(struct warehouse *w, const struct warehouse_progress *p,
                                    struct diags *ds);
/* Another model is live, or other rates: tables are widened on the next follow. */
void warehouse_set_model(struct warehouse *w, const struct model *m, const struct fx_rates *rates);

const struct model *warehouse_model(const struct warehouse *w);
struct warehouse_mark warehouse_mark(const struct warehouse *w);
struct zone *warehouse_zone(const struct warehouse *w); /* company zone, for the following thread */
/* Counts changes of what readers see: even while nothing changes. What was read between two answers that are the same even number
 * is of one state, without a transaction. From any thread. */
uint64_t warehouse_generation(struct warehouse *w);
/* A connection of the caller's own, to be closed before the warehouse. */
MUST_CHECK enum rc warehouse_connect(struct warehouse *w, struct duck_conn **out, struct diags *ds);

/* Setting of the store: a version of the model. A warehouse that follows the ledger to before it starts over. */
#define WAREHOUSE_ANEW "warehouse_anew"

enum {
    WAREHOUSE_DAY_FIRST = 0,
    WAREHOUSE_DAY_END = 65744
}; /* table day: 1970-01-01 up to 2150-01-01 */

#endif
