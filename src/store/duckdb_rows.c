#include "store/duckdb.h"

#include "store/duckdb_impl.h"
#include <assert.h>
#include <string.h>

struct column {
    enum duck_type type;
    int storage; /* enum ddb_type_id of the cells in memory */
    uint8_t scale;
    const void *data;         /* of the current chunk */
    const uint64_t *validity; /* NULL: every cell is set */
};

struct duck_result {
    const struct ddb *api;
    struct ddb_result raw;
    struct ddb_chunk *chunk;
    uint64_t chunk_rows, row; /* row within the chunk; chunk_rows before the first */
    size_t n;
    struct column columns[];
};

/* Types that our own tables and queries never make fall to text, which fails loudly in duck_text. */
static enum duck_type type_of(int storage)
{
    switch (storage) {
    case DDB_BOOLEAN:
        return DUCK_BOOL;
    case DDB_FLOAT:
    case DDB_DOUBLE:
        return DUCK_DOUBLE;
    case DDB_DECIMAL:
        return DUCK_DECIMAL;
    case DDB_DATE:
        return DUCK_DATE;
    case DDB_TIMESTAMP:
        return DUCK_INSTANT;
    case DDB_TINYINT:
    case DDB_SMALLINT:
    case DDB_INTEGER:
    case DDB_BIGINT:
    case DDB_UTINYINT:
    case DDB_USMALLINT:
    case DDB_UINTEGER:
    case DDB_UBIGINT:
    case DDB_HUGEINT:
        return DUCK_INT;
    default:
        return DUCK_TEXT;
    }
}

struct duck_result *duck_result_new(const struct ddb *api, struct ddb_result raw)
{
    size_t n = (size_t)api->column_count(&raw);
    struct duck_result *r = mem_new(1, sizeof(*r) + n * sizeof(r->columns[0]));
    r->api = api;
    r->raw = raw;
    r->n = n;
    for (size_t i = 0; i < n; i++) {
        struct column *c = &r->columns[i];
        struct ddb_type *type = api->column_logical_type(&r->raw, i);
        c->storage = api->get_type_id(type);
        c->type = type_of(c->storage);
        if (c->type == DUCK_DECIMAL) {
            c->scale = api->decimal_scale(type);
            c->storage = api->decimal_internal_type(type);
        }
        api->destroy_logical_type(&type);
    }
    return r;
}

void duck_result_close(struct duck_result *r)
{
    if (!r)
        return;
    if (r->chunk)
        r->api->destroy_data_chunk(&r->chunk);
    r->api->destroy_result(&r->raw);
    mem_free(r);
}

size_t duck_columns(const struct duck_result *r)
{
    return r->n;
}

enum duck_type duck_column_type(const struct duck_result *r, size_t col)
{
    assert(col < r->n);
    return r->columns[col].type;
}

uint8_t duck_column_scale(const struct duck_result *r, size_t col)
{
    assert(col < r->n);
    return r->columns[col].scale;
}

const char *duck_column_name(struct duck_result *r, size_t col)
{
    assert(col < r->n);
    return r->api->column_name(&r->raw, col);
}

uint64_t duck_rows_changed(struct duck_result *r)
{
    return r->api->rows_changed(&r->raw);
}

static bool next_chunk(struct duck_result *r)
{
    do {
        if (r->chunk)
            r->api->destroy_data_chunk(&r->chunk);
        r->chunk = r->api->fetch_chunk(r->raw);
        r->chunk_rows = r->chunk ? r->api->data_chunk_get_size(r->chunk) : 0;
    } while (r->chunk && r->chunk_rows == 0);
    r->row = 0;
    for (size_t i = 0; r->chunk && i < r->n; i++) {
        struct ddb_vector *v = r->api->data_chunk_get_vector(r->chunk, i);
        r->columns[i].data = r->api->vector_get_data(v);
        r->columns[i].validity = r->api->vector_get_validity(v);
    }
    return r->chunk != NULL;
}

bool duck_next(struct duck_result *r)
{
    if (r->chunk && r->row + 1 < r->chunk_rows) {
        r->row++;
        return true;
    }
    return next_chunk(r);
}

bool duck_is_null(const struct duck_result *r, size_t col)
{
    assert(col < r->n && r->chunk);
    const uint64_t *validity = r->columns[col].validity;
    return validity && !(validity[r->row / 64] >> (r->row % 64) & 1);
}

bool duck_bool(const struct duck_result *r, size_t col)
{
    assert(col < r->n && r->columns[col].type == DUCK_BOOL);
    return !duck_is_null(r, col) && ((const bool *)r->columns[col].data)[r->row];
}

i128 duck_i128(const struct duck_result *r, size_t col)
{
    if (duck_is_null(r, col))
        return 0;
    const void *data = r->columns[col].data;
    switch (r->columns[col].storage) {
    case DDB_TINYINT:
        return ((const int8_t *)data)[r->row];
    case DDB_SMALLINT:
        return ((const int16_t *)data)[r->row];
    case DDB_INTEGER:
    case DDB_DATE:
        return ((const int32_t *)data)[r->row];
    case DDB_BIGINT:
    case DDB_TIMESTAMP:
        return ((const int64_t *)data)[r->row];
    case DDB_UTINYINT:
        return ((const uint8_t *)data)[r->row];
    case DDB_USMALLINT:
        return ((const uint16_t *)data)[r->row];
    case DDB_UINTEGER:
        return ((const uint32_t *)data)[r->row];
    case DDB_UBIGINT:
        return ((const uint64_t *)data)[r->row];
    case DDB_HUGEINT: {
        struct ddb_hugeint h = ((const struct ddb_hugeint *)data)[r->row];
        return (i128)h.upper * ((i128)1 << 64) + h.lower;
    }
    default:
        assert(false && "column is not an integer");
        return 0;
    }
}

int64_t duck_i64(const struct duck_result *r, size_t col)
{
    i128 v = duck_i128(r, col);
    assert(v >= INT64_MIN && v <= INT64_MAX);
    return (int64_t)v;
}

double duck_f64(const struct duck_result *r, size_t col)
{
    assert(col < r->n && r->columns[col].type == DUCK_DOUBLE);
    if (duck_is_null(r, col))
        return 0;
    if (r->columns[col].storage == DDB_FLOAT)
        return (double)((const float *)r->columns[col].data)[r->row];
    return ((const double *)r->columns[col].data)[r->row];
}

struct str duck_text(const struct duck_result *r, size_t col)
{
    assert(col < r->n && r->columns[col].storage == DDB_VARCHAR);
    if (duck_is_null(r, col))
        return STR_NONE;
    const union ddb_string *s = &((const union ddb_string *)r->columns[col].data)[r->row];
    size_t n = s->inlined.length;
    return (struct str){n <= sizeof(s->inlined.text) ? s->inlined.text : s->pointer.p, n};
}
