/* fact_bytes.c - canonical bytes of fact rows: from values when they are written, from columns when they are checked. */
#include "ledger/internal.h"

#include "ledger/format.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { CELL_BYTES_INT = 1, CELL_BYTES_DOUBLE, CELL_BYTES_TEXT, CELL_BYTES_BLOB };
enum { KEYS_FIRST = 3, SQL_MAX = 1 << 18 };

/* ---- cells ------------------------------------------------------------------------------------------------------ */

static void put_int(struct buf *out, int64_t x)
{
    buf_char(out, CELL_BYTES_INT);
    varint_put(out, zigzag(x));
}

static void put_double(struct buf *out, double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    buf_char(out, CELL_BYTES_DOUBLE);
    for (int shift = 56; shift >= 0; shift -= 8)
        buf_char(out, (char)(bits >> shift & 0xff));
}

static void put_text(struct buf *out, char kind, struct str s)
{
    buf_char(out, kind);
    text_put(out, s);
}

/* The cell that stmt_value binds for `v`. */
static void put_value(struct buf *out, const struct value *v)
{
    char letters[4];
    switch (v->type) {
    case VT_BOOL:
        put_int(out, v->boolean);
        return;
    case VT_INT:
        put_int(out, v->integer);
        return;
    case VT_DATE:
        put_int(out, v->date.days);
        return;
    case VT_INSTANT:
        put_int(out, v->instant.us);
        return;
    case VT_MONEY:
        put_int(out, v->money.minor);
        return;
    case VT_ENUM:
        put_int(out, v->number_of);
        return;
    case VT_REF:
        put_int(out, (int64_t)v->ref);
        return;
    case VT_NUM:
        put_double(out, decimal_double(v->number));
        return;
    case VT_TEXT:
    case VT_JSON:
        put_text(out, CELL_BYTES_TEXT, v->text);
        return;
    case VT_CURRENCY:
        put_text(out, CELL_BYTES_TEXT, currency_text(v->currency, letters));
        return;
    case VT_SEALED:
        put_text(out, CELL_BYTES_BLOB, v->text);
        return;
    case VT_ABSENT:
        break;
    }
    assert(false && "no cell for this value");
}

static void put_cell(struct buf *out, struct stmt *st, int col)
{
    switch (stmt_cell(st, col)) {
    case CELL_INT:
        put_int(out, stmt_get_int(st, col));
        return;
    case CELL_DOUBLE:
        put_double(out, stmt_get_double(st, col));
        return;
    case CELL_TEXT:
        put_text(out, CELL_BYTES_TEXT, stmt_get_text(st, col));
        return;
    case CELL_BLOB:
        put_text(out, CELL_BYTES_BLOB, stmt_get_blob(st, col));
        return;
    case CELL_NULL:
        break;
    }
    assert(false && "NULL has no cell");
}

/* ---- from values ------------------------------------------------------------------------------------------------ */

struct ordered {
    uint32_t number;
    size_t position;
};

static int by_number(const void *a, const void *b)
{
    const struct ordered *x = a, *y = b;
    return x->number < y->number ? -1 : x->number > y->number;
}

struct fact_shape fact_shape(const struct object *o, struct arena *a)
{
    struct ordered *fields = ARENA_ARRAY(a, o->n_fields, struct ordered);
    size_t *order = ARENA_ARRAY(a, o->n_fields, size_t);
    struct fact_shape shape = {.object = o, .order = order};
    for (size_t i = 0; i < o->n_fields; i++) {
        if (!column_own(o->fields[i]))
            continue;
        fields[shape.n++] = (struct ordered){o->fields[i]->number, i};
        shape.personal = shape.personal || o->fields[i]->personal;
    }
    qsort(fields, shape.n, sizeof *fields, by_number);
    for (size_t i = 0; i < shape.n; i++)
        order[i] = fields[i].position;
    return shape;
}

static void put_head(struct buf *out, uint64_t id, uint64_t home, int64_t at, uint64_t cells)
{
    buf_char(out, FACT_FORMAT);
    varint_put(out, id);
    varint_put(out, home);
    varint_put(out, zigzag(at));
    varint_put(out, cells);
}

void fact_row_encode(const struct fact_shape *shape, const struct fact_row *row, struct buf *out)
{
    uint64_t cells = 0;
    for (size_t i = 0; i < shape->n; i++) {
        const struct value *v = &row->values[shape->order[i]];
        cells += v->type == VT_ABSENT ? 0 : v->type == VT_MONEY ? 2 : 1;
    }
    put_head(out, row->id, row->home, row->at.us, cells);
    for (size_t i = 0; i < shape->n; i++) {
        const struct value *v = &row->values[shape->order[i]];
        uint64_t column = 2 * (uint64_t)shape->object->fields[shape->order[i]]->number;
        char letters[4];
        if (v->type == VT_ABSENT)
            continue;
        varint_put(out, column);
        put_value(out, v);
        if (v->type != VT_MONEY)
            continue;
        varint_put(out, column + 1);
        put_text(out, CELL_BYTES_TEXT, currency_text(v->money.currency, letters));
    }
}

/* ---- from columns ----------------------------------------------------------------------------------------------- */

static int by_column(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

/* "f12" is 24, "f12_c" is 25; 0 for a fixed column. */
static uint64_t column_number(struct str name)
{
    uint64_t number;
    bool currency = str_ends(name, STR("_c"));
    if (!name.n || name.p[0] != 'f')
        return 0;
    struct str digits = str_sub(name, 1, currency ? name.n - 2 : name.n);
    return str_to_u64(digits, &number) ? 2 * number + currency : 0;
}

static enum rc own_columns(struct store *s, struct str table, struct arena *a, uint64_t **out,
                           size_t *n, bool *exists)
{
    VEC(uint64_t) columns = {0};
    struct stmt *st;
    bool row = true;
    *exists = false;
    enum rc rc = store_named(s, SQL_TABLE_COLUMNS, &st);
    if (rc != RC_OK)
        return rc;
    stmt_text(st, 1, table);
    while (rc == RC_OK && (rc = stmt_step(st, &row)) == RC_OK && row) {
        uint64_t column = column_number(stmt_get_text(st, 0));
        *exists = true;
        if (column)
            *VEC_PUSH(a, &columns) = column;
    }
    stmt_reset(st);
    if (columns.n)
        qsort(columns.v, columns.n, sizeof *columns.v, by_column);
    *out = columns.v;
    *n = columns.n;
    return rc;
}

static void select_columns(struct store *s, uint32_t object, const uint64_t *columns, size_t n,
                           struct buf *sql)
{
    buf_cstr(sql, "SELECT id, home, at");
    for (size_t i = 0; i < n; i++)
        buf_printf(sql, ", f%llu%s", (unsigned long long)columns[i] / 2,
                   columns[i] % 2 ? "_c" : "");
    buf_printf(sql, " FROM x_%u WHERE id BETWEEN ", object);
    store_param(s, 1, sql);
    buf_cstr(sql, " AND ");
    store_param(s, 2, sql);
    buf_cstr(sql, " AND batch = ");
    store_param(s, 3, sql);
    buf_cstr(sql,
             " AND recorded_at = "); /* not in the bytes; a row that says otherwise is missed */
    store_param(s, 4, sql);
    buf_cstr(sql, " ORDER BY id");
}

static void row_bytes(struct stmt *st, const uint64_t *columns, size_t n, struct buf *out)
{
    uint64_t cells = 0;
    for (size_t i = 0; i < n; i++)
        cells += !stmt_is_null(st, KEYS_FIRST + (int)i);
    put_head(out, (uint64_t)stmt_get_int(st, 0), (uint64_t)stmt_get_int(st, 1), stmt_get_int(st, 2),
             cells);
    for (size_t i = 0; i < n; i++) {
        if (stmt_is_null(st, KEYS_FIRST + (int)i))
            continue;
        varint_put(out, columns[i]);
        put_cell(out, st, KEYS_FIRST + (int)i);
    }
}

static enum rc digest_rows(struct stmt *st, const uint64_t *columns, size_t n, uint64_t *rows,
                           struct digest *out)
{
    struct hasher h;
    struct buf bytes;
    bool row = true;
    enum rc rc = RC_OK;
    hasher_init(&h);
    buf_init(&bytes, EVENT_BODY_MAX);
    while (rc == RC_OK && (rc = stmt_step(st, &row)) == RC_OK && row) {
        buf_clear(&bytes);
        row_bytes(st, columns, n, &bytes);
        rc = buf_ok(&bytes);
        hasher_put(&h, buf_view(&bytes));
        ++*rows;
    }
    stmt_reset(st);
    buf_release(&bytes);
    *out = hasher_done(&h);
    return rc;
}

enum rc ledger_batch_digest(struct store *s, const struct event *batch, uint64_t *rows,
                            struct digest *out)
{
    assert(batch->kind == EV_BATCH);
    struct arena *a = arena_new();
    struct str table = str_printf(a, "x_%u", batch->object);
    struct stmt *st = NULL;
    struct buf sql;
    uint64_t *columns = NULL;
    size_t n = 0;
    bool exists = false;
    *rows = 0;
    buf_init(&sql, SQL_MAX);
    enum rc rc = own_columns(s, table, a, &columns, &n, &exists);
    if (rc == RC_OK && !exists)
        rc = RC_NOT_FOUND;
    select_columns(s, batch->object, columns, n, &sql);
    if (rc == RC_OK)
        rc = buf_ok(&sql);
    if (rc == RC_OK)
        rc = store_prepared(s, buf_view(&sql), &st);
    if (rc == RC_OK) {
        stmt_u64(st, 1, batch->batch.first);
        stmt_u64(st, 2, batch->batch.last);
        stmt_u64(st, 3, batch->seq);
        stmt_int(st, 4, batch->recorded_at.us);
        rc = digest_rows(st, columns, n, rows, out);
    }
    buf_release(&sql);
    arena_free(a);
    return rc;
}

enum rc ledger_count_facts(struct store *s, uint32_t object, uint64_t *rows)
{
    struct arena *a = arena_new();
    struct str table = str_printf(a, "x_%u", object);
    struct stmt *st;
    uint64_t *columns;
    size_t n;
    bool exists, row;
    *rows = 0;
    enum rc rc = own_columns(s, table, a, &columns, &n, &exists);
    if (rc == RC_OK && exists) {
        rc = store_prepared(s, str_printf(a, "SELECT count(*) FROM x_%u", object), &st);
        if (rc == RC_OK)
            rc = stmt_step(st, &row);
        if (rc == RC_OK) {
            *rows = (uint64_t)stmt_get_int(st, 0);
            stmt_reset(st);
        }
    }
    arena_free(a);
    return rc;
}
