#include "store/duckdb.h"

#include "store/duckdb_impl.h"
#include <assert.h>
#include <string.h>

struct target {
    int storage; /* enum ddb_type_id of the cells in memory */
    struct ddb_vector *vector;
    void *data;
    uint64_t *validity;
};

struct duck_append {
    const struct ddb *api;
    struct ddb_appender *appender;
    struct ddb_chunk *chunk;
    uint64_t capacity, rows; /* rows complete in the chunk */
    size_t n;
    struct target columns[];
};

static enum rc failed(const struct duck_append *a, struct diags *ds)
{
    const char *message = a->appender ? a->api->appender_error(a->appender) : NULL;
    diag_add(ds, SEV_ERROR, "W0004", span_none(), "warehouse append: %s",
             message ? message : "no reason given");
    return RC_IO;
}

/* A fresh chunk has every cell NULL, so that a row sets only what it has. */
static void chunk_begin(struct duck_append *a)
{
    a->api->data_chunk_reset(a->chunk);
    a->rows = 0;
    for (size_t i = 0; i < a->n; i++) {
        struct target *t = &a->columns[i];
        t->vector = a->api->data_chunk_get_vector(a->chunk, i);
        a->api->vector_ensure_validity_writable(t->vector);
        t->data = a->api->vector_get_data(t->vector);
        t->validity = a->api->vector_get_validity(t->vector);
        memset(t->validity, 0, (size_t)((a->capacity + 63) / 64) * sizeof(uint64_t));
    }
}

enum rc duck_append_open(struct duck_conn *c, const char *table, struct duck_append **out,
                         struct diags *ds)
{
    *out = NULL;
    struct ddb_appender *appender = NULL;
    if (c->api->appender_create(c->conn, NULL, table, &appender) != DDB_OK) {
        struct duck_append none = {.api = c->api, .appender = appender};
        enum rc rc = failed(&none, ds);
        c->api->appender_destroy(&appender);
        return rc;
    }
    size_t n = (size_t)c->api->appender_column_count(appender);
    struct duck_append *a = mem_new(1, sizeof(*a) + n * sizeof(a->columns[0]));
    struct ddb_type **types = mem_new(n, sizeof(struct ddb_type *));
    a->api = c->api;
    a->appender = appender;
    a->capacity = c->api->vector_size();
    a->n = n;
    for (size_t i = 0; i < n; i++) {
        types[i] = c->api->appender_column_type(appender, i);
        int id = c->api->get_type_id(types[i]);
        a->columns[i].storage = id == DDB_DECIMAL ? c->api->decimal_internal_type(types[i]) : id;
    }
    a->chunk = c->api->create_data_chunk(types, n);
    for (size_t i = 0; i < n; i++)
        c->api->destroy_logical_type(&types[i]);
    mem_free(types);
    chunk_begin(a);
    *out = a;
    return RC_OK;
}

static struct target *cell(struct duck_append *a, size_t col)
{
    assert(col < a->n && a->rows < a->capacity);
    struct target *t = &a->columns[col];
    t->validity[a->rows / 64] |= UINT64_C(1) << (a->rows % 64);
    return t;
}

void duck_put_bool(struct duck_append *a, size_t col, bool v)
{
    struct target *t = cell(a, col);
    assert(t->storage == DDB_BOOLEAN);
    ((bool *)t->data)[a->rows] = v;
}

void duck_put_i64(struct duck_append *a, size_t col, int64_t v)
{
    duck_put_i128(a, col, v);
}

void duck_put_i128(struct duck_append *a, size_t col, i128 v)
{
    struct target *t = cell(a, col);
    switch (t->storage) {
    case DDB_INTEGER:
    case DDB_DATE:
        assert(v >= INT32_MIN && v <= INT32_MAX);
        ((int32_t *)t->data)[a->rows] = (int32_t)v;
        return;
    case DDB_BIGINT:
    case DDB_TIMESTAMP:
        assert(v >= INT64_MIN && v <= INT64_MAX);
        ((int64_t *)t->data)[a->rows] = (int64_t)v;
        return;
    case DDB_HUGEINT:
        ((struct ddb_hugeint *)t->data)[a->rows] = (struct ddb_hugeint){
            .lower = (uint64_t)v, .upper = (int64_t)(v >> 64)};
        return;
    default:
        assert(false && "column is not an integer");
    }
}

void duck_put_f64(struct duck_append *a, size_t col, double v)
{
    struct target *t = cell(a, col);
    assert(t->storage == DDB_DOUBLE);
    ((double *)t->data)[a->rows] = v;
}

void duck_put_text(struct duck_append *a, size_t col, struct str v)
{
    struct target *t = cell(a, col);
    assert(t->storage == DDB_VARCHAR);
    a->api->vector_assign_string_element_len(t->vector, a->rows, v.n ? v.p : "", v.n);
}

static enum rc flush(struct duck_append *a, struct diags *ds)
{
    if (a->rows == 0)
        return RC_OK;
    a->api->data_chunk_set_size(a->chunk, a->rows);
    if (a->api->append_data_chunk(a->appender, a->chunk) != DDB_OK)
        return failed(a, ds);
    chunk_begin(a);
    return RC_OK;
}

enum rc duck_put_row(struct duck_append *a, struct diags *ds)
{
    a->rows++;
    return a->rows == a->capacity ? flush(a, ds) : RC_OK;
}

enum rc duck_append_close(struct duck_append *a, struct diags *ds)
{
    enum rc rc = flush(a, ds);
    if (rc == RC_OK && a->api->appender_close(a->appender) != DDB_OK)
        rc = failed(a, ds);
    duck_append_drop(a);
    return rc;
}

void duck_append_drop(struct duck_append *a)
{
    if (!a)
        return;
    a->api->destroy_data_chunk(&a->chunk);
    a->api->appender_destroy(&a->appender);
    mem_free(a);
}
