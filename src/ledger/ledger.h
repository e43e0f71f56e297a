/* ledger.h - the only writer of facts: appends accepted events, chains them, reads them back.
 *
 * In:     events inside an open transaction of the store.   Out: rows of `event` and `x_<object>`.
 * Owns:   the head (seq, txn, recorded_at, hash); the store and the vault are the caller's and outlive it.
 * Errors: those of the store; RC_CORRUPT when what is read back contradicts itself; reason in store_error().
 * Never:  updates or deletes a row; reads a clock; judges a change; keeps a personal value in the clear.
 *
 * A group: ledger_begin_group, then per command ledger_begin, ledger_append …, (ledger_guard and ledger_undo to drop that command),
 * then ledger_commit, which syncs new person keys first. Only admission does this.
 */
#ifndef REVOS_LEDGER_LEDGER_H
#define REVOS_LEDGER_LEDGER_H

#include "ledger/columns.h"
#include "ledger/event.h"

struct ledger;
struct vault; /* keys of persons; ledger/vault.h */

struct ledger_head {
    uint64_t seq, txn;
    struct instant recorded_at;
    struct digest hash; /* zeros before the genesis event */
};

/* `vault` may be NULL: personal values are then refused on append (RC_UNSUPPORTED) and erased on reading. */
MUST_CHECK enum rc ledger_open(struct store *s, struct vault *vault, struct ledger **out);
void ledger_close(struct ledger *l);
/* includes what is appended but not committed */
struct ledger_head ledger_head(const struct ledger *l);
/* committed, from any connection */
MUST_CHECK enum rc ledger_read_head(struct store *s, struct ledger_head *out);

MUST_CHECK enum rc ledger_begin_group(struct ledger *l); /* begins the store's write transaction */
MUST_CHECK enum rc ledger_commit(struct ledger *l);
void ledger_rollback(struct ledger *l); /* the whole group */

/* Begins one command: its transaction number and recorded_at = max(now, head + 1 us). */
struct ledger_txn {
    uint64_t txn;
    struct instant recorded_at;
};
MUST_CHECK enum rc ledger_begin(struct ledger *l, struct instant now, struct ledger_txn *out);
/* From here on the command can be dropped by ledger_undo. A savepoint makes the database copy every page it touches, so a command
 * that is decided in memory before it writes does without. */
MUST_CHECK enum rc ledger_guard(struct ledger *l);
/* keeps the command; a command without events takes no number */
MUST_CHECK enum rc ledger_end(struct ledger *l);
/* Drops all it wrote since ledger_guard, in every table; its number is free again. Asserts the guard, unless nothing was appended. */
MUST_CHECK enum rc ledger_undo(struct ledger *l);

/* Appends one event of the current command. Fills seq, txn, recorded_at and hash; the caller fills the rest.
 * Fields marked with a person are sealed in the stored body; `e` keeps them plain for the projection. */
MUST_CHECK enum rc ledger_append(struct ledger *l, struct event *e);

/* A row of a fact object; `values` by position in object->fields, as for records. */
struct fact_row {
    uint64_t id;       /* ascending within the batch */
    uint64_t home;     /* account it belongs to when written, else its own id */
    struct instant at; /* own time */
    const struct value *values;
    uint64_t batch;             /* on reading: seq of its batch event */
    struct instant recorded_at; /* on reading */
};
/* Appends one `batch` event (object, actor, cause, effective_at, model_version from `e`) and its rows, in one pass. */
MUST_CHECK enum rc ledger_append_facts(struct ledger *l, const struct object *o,
                                       const struct fact_row *rows, size_t n, struct event *e);

/* ---- reading; any connection ---------------------------------------------------------------------------------- */

/* Events seq `from` to `to` (inclusive; 0: the head), in order. Personal values are opened with `vault`; where the key
 * is gone, or `vault` is NULL, they read as absent ("erased"). One reader a connection at a time. */
struct ledger_reader;
MUST_CHECK enum rc ledger_read(struct store *s, struct vault *vault, uint64_t from, uint64_t to,
                               struct ledger_reader **out);
/* The same as stored, personal values sealed: for checks. */
MUST_CHECK enum rc ledger_read_stored(struct store *s, uint64_t from, uint64_t to,
                                      struct ledger_reader **out);
/* All events of no record, by seq: for replays. */
MUST_CHECK enum rc ledger_read_others(struct store *s, struct ledger_reader **out);
/* The next event, its parts in `a` (reset it as you like between calls); *more is false at the end. */
MUST_CHECK enum rc ledger_next(struct ledger_reader *r, struct arena *a, struct event *e,
                               bool *more);
/* stored bytes of the last event read, for checks */
struct str ledger_body(const struct ledger_reader *r);
void ledger_read_end(struct ledger_reader *r); /* NULL is allowed */

/* Is the ledger what it was when it was written? Adds a diagnostic L02xx per finding (codes: docs/codes/ledger.md): sequence, order
 * of time, chain, canonical bodies, fact batches. `since` (may be NULL): an event that must be there with this hash. `step` (may
 * be NULL) is told after every thousand events; false gives RC_CANCELLED. */
struct ledger_check {
    uint64_t events, batches, fact_rows; /* looked at */
    struct ledger_head head;
};
struct ledger_since {
    uint64_t seq;
    struct digest hash;
};
struct ledger_step {
    void *self;
    bool (*call)(void *self, uint64_t done, uint64_t total);
};
MUST_CHECK enum rc ledger_verify(struct store *s, const struct ledger_since *since,
                                 const struct ledger_step *step, struct ledger_check *out,
                                 struct diags *ds);

/* All events of one record in order of seq, in the arena. */
MUST_CHECK enum rc ledger_of_record(struct store *s, struct vault *vault, uint32_t object,
                                    uint64_t record, struct arena *a, struct event **out,
                                    size_t *n);
/* The least record with events above `after`, and its object; *record 0: there is none. */
MUST_CHECK enum rc ledger_next_record(struct store *s, uint64_t after, uint64_t *record,
                                      uint32_t *object);
/* The records that hold values sealed under the key of one of `persons`, ascending, each once: reads the whole ledger, for
 * only the values themselves say whose they are. */
struct person_record {
    uint64_t record;
    uint32_t object;
};
MUST_CHECK enum rc ledger_of_persons(struct store *s, const uint64_t *persons, size_t n,
                                     struct arena *a, struct person_record **out, size_t *n_out);
/* seq of the last erase event of a record; 0: there is none. */
MUST_CHECK enum rc ledger_erased(struct store *s, uint64_t record, uint64_t *seq);
/* One event by seq; RC_NOT_FOUND. */
MUST_CHECK enum rc ledger_get(struct store *s, struct vault *vault, uint64_t seq, struct arena *a,
                              struct event *out);

/* ---- fact tables ---------------------------------------------------------------------------------------------- */

/* Creates x_<object> or adds the columns and indexes it lacks; inside the caller's transaction. */
MUST_CHECK enum rc ledger_evolve_facts(struct store *s, const struct object *o);
/* The greatest id of any record or fact row of `m`'s objects, 0 when there is none: new ids are greater. */
MUST_CHECK enum rc ledger_last_id(struct store *s, const struct model *m, uint64_t *out);
/* Counts and hashes the stored rows of a `batch` event; needs no model and no keys. RC_NOT_FOUND: its table is missing. */
MUST_CHECK enum rc ledger_batch_digest(struct store *s, const struct event *batch, uint64_t *rows,
                                       struct digest *out);
/* Rows of the table of fact object number `object`, in whatever batch; 0 without a table. */
MUST_CHECK enum rc ledger_count_facts(struct store *s, uint32_t object, uint64_t *rows);
/* Row ids of fact object `o` whose key `k` holds these values (by position in k->fields), not retracted; ids[i] = 0: none. */
MUST_CHECK enum rc ledger_find_facts(struct store *s, const struct object *o,
                                     const struct key_def *k, const struct value *const *values,
                                     size_t n, uint64_t *ids);
/* Fact rows with ids from `first` to `last`, ascending; retracted ones too. One batch: its event's first and last, leaving out
 * rows of another batch. Personal values are opened with `vault`, absent where the key is gone; FACTS_STORED leaves them
 * sealed, for checks. */
enum fact_view { FACTS_OPEN, FACTS_STORED, FACTS_IN_FORCE /* opened, without the retracted */ };
struct fact_reader;
MUST_CHECK enum rc ledger_read_facts(struct store *s, struct vault *vault, const struct object *o,
                                     uint64_t first, uint64_t last, enum fact_view view,
                                     struct fact_reader **out);
/* Fact rows not retracted whose reference `via` names `parent`, or a record merged into it, and whose own time lies in
 * [from, to]; by time, then id. */
MUST_CHECK enum rc ledger_facts_of(struct store *s, struct vault *vault, const struct field *via,
                                   uint64_t parent, struct instant from, struct instant to,
                                   struct fact_reader **out);
MUST_CHECK enum rc fact_next(struct fact_reader *r, struct arena *a, struct fact_row *row,
                             bool *more);
void fact_read_end(struct fact_reader *r); /* NULL is allowed */

#endif
