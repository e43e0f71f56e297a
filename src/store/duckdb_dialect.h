/* duckdb_dialect.h - the leaves from which expr/ emits SQL for DuckDB.
 *
 * In:     nothing.   Out: a table of templates that mean what the evaluator means: NULL for absent and for faults.
 * Never:  lets a row end a query: what overflows is cast with TRY_CAST, what divides gives NULL for zero.
 */
#ifndef REVOS_STORE_DUCKDB_DIALECT_H
#define REVOS_STORE_DUCKDB_DIALECT_H

#include "expr/sql.h"

const struct xdialect *duck_dialect(void);

#endif
