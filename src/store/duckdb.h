/* duckdb.h - DuckDB behind our own words: a database, connections, queries with typed columns, bulk appends.
 *
 * In:     SQL made by projection/ and insight/, bound values, rows to append.
 * Out:    result columns read in place, chunk by chunk.
 * Owns:   the database file while it is open (one process at a time); each handle until it is closed.
 * Errors: RC_UNSUPPORTED without the library; RC_BUSY when another process has the file; RC_CANCELLED after
 *         duck_interrupt; RC_LIMIT when memory is out; else RC_IO. Every one adds a diagnostic.
 * Never:  holds anything that cannot be rebuilt from the ledger; reads other files, extensions or the network: outside
 *         access is off and the configuration locked.
 *
 * A database may have many connections. A connection and what hangs on it belong to one thread at a time;
 * duck_interrupt alone may come from any.
 */
#ifndef REVOS_STORE_DUCKDB_H
#define REVOS_STORE_DUCKDB_H

#include "base/diag.h"
#include "base/value.h"
#include "base/wide.h"

struct duck;
struct duck_conn;
struct duck_stmt;
struct duck_result;
struct duck_append;

struct duck_settings {
    const char *path;      /* database file; NULL: in memory */
    const char *temp_dir;  /* where large sorts spill; made when needed */
    const char *library;   /* libduckdb.so; NULL: the usual places (duckdb_api.h) */
    uint64_t memory_bytes; /* 0: 512 MiB */
    uint64_t temp_bytes;   /* limit of temp_dir; 0: 8 GiB */
    unsigned threads;      /* 0: 2 */
};

MUST_CHECK enum rc duck_open(const struct duck_settings *s, struct duck **out, struct diags *ds);
void duck_close(struct duck *d); /* NULL is allowed; connections must be closed before */
const char *duck_version(const struct duck *d);

MUST_CHECK enum rc duck_connect(struct duck *d, struct duck_conn **out, struct diags *ds);
void duck_disconnect(struct duck_conn *c); /* NULL is allowed */
void duck_interrupt(struct duck_conn *c);  /* the running query ends with RC_CANCELLED */

/* Runs one or more statements without values or results. */
MUST_CHECK enum rc duck_exec(struct duck_conn *c, const char *sql, struct diags *ds);
/* Runs a query of one row and one integer column; NULL and no row give 0. */
MUST_CHECK enum rc duck_get_i64(struct duck_conn *c, const char *sql, int64_t *out,
                                struct diags *ds);

/* ---- prepared statements: parameters are ?1 … ?n ----------------------------------------------------------- */

MUST_CHECK enum rc duck_prepare(struct duck_conn *c, struct str sql, struct duck_stmt **out,
                                struct diags *ds);
void duck_finalize(struct duck_stmt *s); /* NULL is allowed */
size_t duck_parameters(const struct duck_stmt *s);
/* `index` counts from 1; asserts that the parameter exists. */
void duck_bind_null(struct duck_stmt *s, size_t index);
void duck_bind_bool(struct duck_stmt *s, size_t index, bool v);
void duck_bind_i64(struct duck_stmt *s, size_t index, int64_t v);
void duck_bind_f64(struct duck_stmt *s, size_t index, double v);
void duck_bind_text(struct duck_stmt *s, size_t index, struct str v);

MUST_CHECK enum rc duck_run(struct duck_stmt *s, struct duck_result **out, struct diags *ds);
void duck_result_close(struct duck_result *r); /* NULL is allowed */

/* ---- results ----------------------------------------------------------------------------------------------- */

enum duck_type {
    DUCK_BOOL,
    DUCK_INT,
    DUCK_DOUBLE,
    DUCK_DECIMAL,
    DUCK_TEXT,
    DUCK_DATE,
    DUCK_INSTANT
};

size_t duck_columns(const struct duck_result *r);
enum duck_type duck_column_type(const struct duck_result *r, size_t col);
uint8_t duck_column_scale(const struct duck_result *r,
                          size_t col); /* fraction digits of a decimal; else 0 */
const char *duck_column_name(struct duck_result *r, size_t col);
uint64_t duck_rows_changed(struct duck_result *r);

/* Moves to the next row; false at the end. Cells are valid until the next call. */
bool duck_next(struct duck_result *r);
bool duck_is_null(const struct duck_result *r, size_t col);
bool duck_bool(const struct duck_result *r, size_t col); /* false when null */
int64_t duck_i64(const struct duck_result *r,
                 size_t col); /* integers that fit, dates, instants; 0 when null */
double duck_f64(const struct duck_result *r, size_t col); /* doubles; 0 when null */
i128 duck_i128(const struct duck_result *r,
               size_t col); /* integers and the mantissa of decimals; 0 when null */
struct str duck_text(const struct duck_result *r, size_t col); /* empty when null */

/* ---- appends: fast bulk inserts; call inside BEGIN … COMMIT ------------------------------------------------- */

MUST_CHECK enum rc duck_append_open(struct duck_conn *c, const char *table,
                                    struct duck_append **out, struct diags *ds);
/* Sets a cell of the row being built; a cell not set is NULL. Asserts that the column has that type. */
void duck_put_bool(struct duck_append *a, size_t col, bool v);
void duck_put_i64(struct duck_append *a, size_t col,
                  int64_t v); /* BIGINT, INTEGER, DATE; asserts the range */
void duck_put_i128(struct duck_append *a, size_t col,
                   i128 v); /* HUGEINT and mantissa of a decimal of > 18 digits */
void duck_put_f64(struct duck_append *a, size_t col, double v);
void duck_put_text(struct duck_append *a, size_t col, struct str v);
/* Ends the row; every 2,048 rows go to DuckDB. */
MUST_CHECK enum rc duck_put_row(struct duck_append *a, struct diags *ds);
/* Sends the rest and closes, also after a failure. */
MUST_CHECK enum rc duck_append_close(struct duck_append *a, struct diags *ds);
/* Closes without sending the rest; for a transaction that is rolled back. NULL is allowed. */
void duck_append_drop(struct duck_append *a);

#endif
