/* store.h - one connection to the database of a workspace.
 *
 * In:     named statements (files in sql/, by number), generated statements (by text), bound values.
 * Out:    typed columns. A driver struct stands behind it: SQLite now, PostgreSQL with the same tables.
 * Owns:   the connection, its named and its cached statements.
 * Errors: RC_IO (also a full disk), RC_BUSY, RC_CORRUPT, RC_CONFLICT (a unique key), RC_LIMIT (a value too large), RC_INVALID
 *         (a generated statement is wrong or fails on the data), RC_CANCELLED; text in store_error().
 * Broken: after a failed sync, an I/O error or damage the store is *broken*: nothing more is executed, every later call
 *         returns RC_IO, so that nothing is acknowledged that may not be there. Close it and start again.
 * Never:  used by two threads at once; decides what to write; retries a failed sync.
 */
#ifndef REVOS_STORE_STORE_H
#define REVOS_STORE_STORE_H

#include "base/diag.h"
#include "base/env.h"
#include "base/value.h"
#include "store/sql_gen.h"

struct store;
struct stmt;
struct xdialect; /* expr/sql.h */

enum store_mode {
    /* the one writing connection; creates the file and the fixed tables when absent */
    STORE_WRITER,
    STORE_READER, /* sees the last committed state; a write is refused */
    STORE_PLAIN   /* a writer of a file with tables of its own: the keys of persons */
};

/* Opens `path`. A missing file, a foreign one or one of a newer format is a diagnostic naming it. `env` must outlive it. */
MUST_CHECK enum rc store_open(const struct env *env, struct str path, enum store_mode mode,
                              struct store **out, struct diags *ds);
/* A private database in memory or a temporary file, for replays and dry runs; vanishes on close. */
MUST_CHECK enum rc store_open_temporary(const struct env *env, struct store **out,
                                        struct diags *ds);
void store_close(struct store *s); /* NULL is allowed; an open transaction is rolled back */

/* Version of the embedded database: "3.54.1". */
const char *store_engine_version(void);
bool store_broken(const struct store *s);
/* reason of the last failure, one line for people */
const char *store_error(const struct store *s);
const struct env *store_env(const struct store *s);
bool store_writes(const struct store *s); /* not a STORE_READER */

/* ---- transactions -------------------------------------------------------------------------------------------- */

/* writer: takes the write lock now; reader: one snapshot */
MUST_CHECK enum rc store_begin(struct store *s);
MUST_CHECK enum rc store_commit(struct store *s); /* RC_OK: it is on the disk */
void store_rollback(struct store *s); /* also after a failed commit; no-op outside a transaction */
bool store_in_transaction(const struct store *s);
/* Nested; each savepoint ends by exactly one of release (keep) and rollback_to (undo). */
MUST_CHECK enum rc store_savepoint(struct store *s);
MUST_CHECK enum rc store_release(struct store *s);
MUST_CHECK enum rc store_rollback_to(struct store *s);

/* ---- statements ---------------------------------------------------------------------------------------------- */

/* A fixed statement, prepared once. It is reset and its parameters are NULL. */
MUST_CHECK enum rc store_named(struct store *s, enum sql_id id, struct stmt **out);
/* A generated statement that the caller keeps, until stmt_close() before store_close(). Identifiers in it come from numbers
 * or pass store_quote(); values are always bound. Parameters are ?1 … in SQLite, $1 … in PostgreSQL: write store_param(). */
MUST_CHECK enum rc store_prepare(struct store *s, struct str sql, struct stmt **out);
void stmt_close(struct stmt *st); /* NULL is allowed; not for named and cached ones */
/* The same from a cache by text: the longest unused of STORE_CACHE statements leaves, so use it at once, do not keep it. */
MUST_CHECK enum rc store_prepared(struct store *s, struct str sql, struct stmt **out);
/* DDL and other text without parameters and rows; may hold several statements. */
MUST_CHECK enum rc store_exec(struct store *s, struct str sql);
/* The same for a reader that steps through rows while others run: nobody else gets the statement until stmt_return(). */
MUST_CHECK enum rc store_borrow(struct store *s, struct str sql, struct stmt **out);
void stmt_return(struct stmt *st); /* resets it; NULL is allowed */
#define STORE_CACHE 256

/* How conditions are said here. */
const struct xdialect *store_dialect(const struct store *s);
void store_quote(struct str identifier, struct buf *out);        /* "name", quotes doubled */
void store_param(const struct store *s, int i, struct buf *out); /* ?3 or $3 */

/* Parameters count from 1. A failed bind is remembered and returned by the next step. Text and blobs must stay valid
 * until the statement is reset or bound again; they are not copied. */
void stmt_null(struct stmt *st, int i);
void stmt_int(struct stmt *st, int i, int64_t x);
void stmt_u64(struct stmt *st, int i, uint64_t x); /* asserts x <= INT64_MAX */
void stmt_double(struct stmt *st, int i, double x);
void stmt_text(struct stmt *st, int i, struct str x); /* STR_NONE binds NULL, STR("") empty text */
void stmt_blob(struct stmt *st, int i, struct str x);
/* Binds a value into a column of stored type `type`: one parameter, for money two (minor, currency). Absent binds NULL.
 * Returns the next free parameter. Asserts that the value is absent, sealed or of that type. */
int stmt_value(struct stmt *st, int i, enum value_type type, const struct value *v);

/* One row or the end. After the end or an error the statement is reset, its parameters kept. */
MUST_CHECK enum rc stmt_step(struct stmt *st, bool *row);
/* Runs a statement without rows to its end; changed rows by stmt_changes. */
MUST_CHECK enum rc stmt_run(struct stmt *st);
void stmt_reset(struct stmt *st); /* before the end of rows is reached, to let the read go */
int64_t stmt_changes(const struct stmt *st);

/* One statement over a set of parameter rows: SQLite loops, PostgreSQL sends them in one round trip. `bind` binds row i,
 * `row` (may be NULL) is called for each result row of parameter row i; either may stop with an error. */
struct stmt_set {
    void *self;
    void (*bind)(void *self, struct stmt *st, size_t i);
    enum rc (*row)(void *self, struct stmt *st, size_t i);
};
MUST_CHECK enum rc stmt_each(struct stmt *st, size_t n, const struct stmt_set *set);

/* Columns count from 0; text and blobs are valid until the next step or reset. */
enum store_cell { CELL_NULL, CELL_INT, CELL_DOUBLE, CELL_TEXT, CELL_BLOB };
enum store_cell stmt_cell(struct stmt *st, int col);
bool stmt_is_null(struct stmt *st, int col);
int64_t stmt_get_int(struct stmt *st, int col);
uint64_t stmt_get_u64(struct stmt *st, int col);
double stmt_get_double(struct stmt *st, int col);
struct str stmt_get_text(struct stmt *st, int col);
struct str stmt_get_blob(struct stmt *st, int col);
int stmt_columns(struct stmt *st);
/* Reads a column of stored type `type` (money: two columns); returns the next column. Text points into the statement.
 * RC_CORRUPT through `rc` when the column holds something else. */
int stmt_get_value(struct stmt *st, int col, enum value_type type, struct value *out, enum rc *rc);

/* The SQL type of a column that holds `type`: "INTEGER", "REAL", "TEXT", "BLOB". Money: its first column. */
const char *store_column_type(const struct store *s, enum value_type type);

/* ---- upkeep -------------------------------------------------------------------------------------------------- */

/* Moves committed pages into the main file without waiting for readers; call it from a timer or between chunks. */
MUST_CHECK enum rc store_checkpoint(struct store *s);
/* The same, and the log is emptied, so that it keeps nothing that the file has lost. RC_BUSY: a reader needs it still. */
MUST_CHECK enum rc store_empty_log(struct store *s);
/* The database's own check of its pages and indexes; each finding is a diagnostic. */
MUST_CHECK enum rc store_integrity(struct store *s, struct diags *ds);
/* A consistent copy into a new file at `path`, synced; RC_CANCELLED when `go_on` answers false. */
MUST_CHECK enum rc store_copy(struct store *s, struct str path,
                              bool (*go_on)(void *self, uint64_t done, uint64_t total), void *self);

#endif
