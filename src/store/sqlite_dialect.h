/* sqlite_dialect.h - the leaves from which expr/ emits SQL for SQLite, and the functions they call.
 *
 * In:     a connection.   Out: a table of templates that mean what the evaluator means: NULL for absent and for faults.
 * Owns:   what it registers, until the connection closes.
 */
#ifndef REVOS_STORE_SQLITE_DIALECT_H
#define REVOS_STORE_SQLITE_DIALECT_H

#include "expr/sql.h"

#include <sqlite3.h>

const struct xdialect *sqlite_dialect(void);
/* Gives the connection the functions of expr_functions(); a SQLite result code. */
MUST_CHECK int sqlite_add_functions(sqlite3 *db);

#endif
