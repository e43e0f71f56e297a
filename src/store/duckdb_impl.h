/* duckdb_impl.h - what store/duckdb*.c share among themselves. */
#ifndef REVOS_STORE_DUCKDB_IMPL_H
#define REVOS_STORE_DUCKDB_IMPL_H

#include "store/duckdb.h"
#include "store/duckdb_api.h"

struct duck {
    struct ddb api;
    struct ddb_database *db;
};

struct duck_conn {
    const struct ddb *api;
    struct ddb_connection *conn;
};

/* Adds a diagnostic for a failed result and destroys it. */
enum rc duck_result_failed(const struct ddb *api, struct ddb_result *result, struct diags *ds);
/* Takes `raw` over, also on failure. */
struct duck_result *duck_result_new(const struct ddb *api, struct ddb_result raw);

#endif
