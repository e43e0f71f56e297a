/* duckdb_api.h - the part of DuckDB's C interface that Revos calls, and where it is loaded from.
 *
 * In:     a path to libduckdb.so, or none.   Out: a table of functions, filled by dlsym.
 * Owns:   nothing that ends: the library stays loaded for the life of the process (its threads may outlive a close).
 * Errors: RC_UNSUPPORTED with a diagnostic that names the places searched and what to do.
 * Never:  is included outside src/store/duckdb*.c.
 *
 * The names, numbers and struct layouts below are DuckDB's binary interface, which only grows; 1.4 is the oldest that
 * has all of it. Handles are pointers to structs that only DuckDB knows.
 */
#ifndef REVOS_STORE_DUCKDB_API_H
#define REVOS_STORE_DUCKDB_API_H

#include "base/diag.h"

struct ddb_database;
struct ddb_connection;
struct ddb_config;
struct ddb_statement;
struct ddb_appender;
struct ddb_chunk;
struct ddb_vector;
struct ddb_type;

enum { DDB_OK = 0 }; /* every other state is a failure */

enum ddb_type_id {
    DDB_BOOLEAN = 1,
    DDB_TINYINT = 2,
    DDB_SMALLINT = 3,
    DDB_INTEGER = 4,
    DDB_BIGINT = 5,
    DDB_UTINYINT = 6,
    DDB_USMALLINT = 7,
    DDB_UINTEGER = 8,
    DDB_UBIGINT = 9,
    DDB_FLOAT = 10,
    DDB_DOUBLE = 11,
    DDB_TIMESTAMP = 12,
    DDB_DATE = 13,
    DDB_HUGEINT = 16,
    DDB_VARCHAR = 17,
    DDB_DECIMAL = 19
};

enum ddb_error_type { DDB_ERROR_IO = 28, DDB_ERROR_INTERRUPT = 29, DDB_ERROR_OUT_OF_MEMORY = 33 };

struct ddb_hugeint {
    uint64_t lower;
    int64_t upper;
};

/* Text in a vector: short ones stand inside, longer ones behind the pointer. */
union ddb_string {
    struct {
        uint32_t length;
        char prefix[4];
        char *p;
    } pointer;
    struct {
        uint32_t length;
        char text[12];
    } inlined;
};
_Static_assert(sizeof(union ddb_string) == 16, "DuckDB's text cells have 16 bytes");

/* Passed by value, so its size counts; the content is DuckDB's. */
struct ddb_result {
    uint64_t unused[3];
    void *unused_too[2];
    void *internal;
};

/* X(return type, name without "duckdb_", arguments) */
#define DUCKDB_FUNCTIONS(X)                                                                 \
    X(const char *, library_version, (void))                                                \
    X(int, create_config, (struct ddb_config **))                                           \
    X(int, set_config, (struct ddb_config *, const char *, const char *))                   \
    X(void, destroy_config, (struct ddb_config **))                                         \
    X(int, open_ext, (const char *, struct ddb_database **, struct ddb_config *, char **))  \
    X(void, close, (struct ddb_database **))                                                \
    X(int, connect, (struct ddb_database *, struct ddb_connection **))                      \
    X(void, disconnect, (struct ddb_connection **))                                         \
    X(void, interrupt, (struct ddb_connection *))                                           \
    X(void, free, (void *))                                                                 \
    X(int, query, (struct ddb_connection *, const char *, struct ddb_result *))             \
    X(int, prepare, (struct ddb_connection *, const char *, struct ddb_statement **))       \
    X(void, destroy_prepare, (struct ddb_statement **))                                     \
    X(const char *, prepare_error, (struct ddb_statement *))                                \
    X(uint64_t, nparams, (struct ddb_statement *))                                          \
    X(int, bind_boolean, (struct ddb_statement *, uint64_t, bool))                          \
    X(int, bind_int64, (struct ddb_statement *, uint64_t, int64_t))                         \
    X(int, bind_double, (struct ddb_statement *, uint64_t, double))                         \
    X(int, bind_varchar_length, (struct ddb_statement *, uint64_t, const char *, uint64_t)) \
    X(int, bind_null, (struct ddb_statement *, uint64_t))                                   \
    X(int, execute_prepared, (struct ddb_statement *, struct ddb_result *))                 \
    X(void, destroy_result, (struct ddb_result *))                                          \
    X(const char *, result_error, (struct ddb_result *))                                    \
    X(int, result_error_type, (struct ddb_result *))                                        \
    X(uint64_t, rows_changed, (struct ddb_result *))                                        \
    X(uint64_t, column_count, (struct ddb_result *))                                        \
    X(const char *, column_name, (struct ddb_result *, uint64_t))                           \
    X(struct ddb_type *, column_logical_type, (struct ddb_result *, uint64_t))              \
    X(struct ddb_chunk *, fetch_chunk, (struct ddb_result))                                 \
    X(int, get_type_id, (struct ddb_type *))                                                \
    X(int, decimal_internal_type, (struct ddb_type *))                                      \
    X(uint8_t, decimal_scale, (struct ddb_type *))                                          \
    X(void, destroy_logical_type, (struct ddb_type **))                                     \
    X(uint64_t, vector_size, (void))                                                        \
    X(struct ddb_chunk *, create_data_chunk, (struct ddb_type **, uint64_t))                \
    X(void, destroy_data_chunk, (struct ddb_chunk **))                                      \
    X(void, data_chunk_reset, (struct ddb_chunk *))                                         \
    X(uint64_t, data_chunk_get_size, (struct ddb_chunk *))                                  \
    X(void, data_chunk_set_size, (struct ddb_chunk *, uint64_t))                            \
    X(struct ddb_vector *, data_chunk_get_vector, (struct ddb_chunk *, uint64_t))           \
    X(void *, vector_get_data, (struct ddb_vector *))                                       \
    X(uint64_t *, vector_get_validity, (struct ddb_vector *))                               \
    X(void, vector_ensure_validity_writable, (struct ddb_vector *))                         \
    X(void, vector_assign_string_element_len,                                               \
      (struct ddb_vector *, uint64_t, const char *, uint64_t))                              \
    X(int, appender_create,                                                                 \
      (struct ddb_connection *, const char *, const char *, struct ddb_appender **))        \
    X(uint64_t, appender_column_count, (struct ddb_appender *))                             \
    X(struct ddb_type *, appender_column_type, (struct ddb_appender *, uint64_t))           \
    X(const char *, appender_error, (struct ddb_appender *))                                \
    X(int, append_data_chunk, (struct ddb_appender *, struct ddb_chunk *))                  \
    X(int, appender_close, (struct ddb_appender *))                                         \
    X(int, appender_destroy, (struct ddb_appender **))

struct ddb {
#define DDB_MEMBER(ret, name, args) ret(*name) args;
    DUCKDB_FUNCTIONS(DDB_MEMBER)
#undef DDB_MEMBER
};

/* Loads the library: `path` when given, else $REVOS_DUCKDB, else libduckdb.so beside the executable, in
 * ../lib/revos from there, and where the build found it. Refuses versions before 1.4 and from 2 on. */
MUST_CHECK enum rc ddb_load(const char *path, struct ddb *out, struct diags *ds);

#endif
