/* facts.c - rows of fact objects: themselves ledger, vouched for by the digest in their batch event. */
#include "ledger/internal.h"

#include "ledger/format.h"

#include <assert.h>

enum { FIXED_COLUMNS = 5, FACT_ROWS_MAX = 1 << 20, SQL_MAX = 1 << 18 };

enum rc ledger_evolve_facts(struct store *s, const struct object *o)
{
    assert(o->is_fact);
    enum rc rc = table_evolve(s, o,
                              STR("id INTEGER NOT NULL PRIMARY KEY, batch INTEGER NOT NULL, "
                                  "home INTEGER NOT NULL, recorded_at INTEGER NOT NULL, "
                                  "at INTEGER NOT NULL"),
                              STR("at"));
    for (size_t i = 0; i < o->n_keys && rc == RC_OK; i++) {
        char table[COLUMN_MAX], column[COLUMN_MAX];
        struct buf sql;
        buf_init(&sql, SQL_MAX);
        struct str t = table_of(o, table);
        buf_printf(&sql, "CREATE INDEX IF NOT EXISTS %.*s_k%u ON %.*s (", STR_ARG(t),
                   o->keys[i].number, STR_ARG(t));
        for (size_t j = 0; j < o->keys[i].n_fields; j++)
            buf_printf(&sql, "%s%.*s", j ? ", " : "",
                       STR_ARG(column_of(o->keys[i].fields[j], column)));
        buf_char(&sql, ')');
        rc = buf_ok(&sql);
        if (rc == RC_OK)
            rc = store_exec(s, buf_view(&sql));
        buf_release(&sql);
    }
    return rc;
}

static enum rc last_fact(struct store *s, const struct object *o, uint64_t *out)
{
    char name[COLUMN_MAX];
    struct buf sql;
    struct stmt *st = NULL;
    bool row = false;
    buf_init(&sql, SQL_MAX);
    buf_printf(&sql, "SELECT coalesce(max(id), 0) FROM %.*s", STR_ARG(table_of(o, name)));
    enum rc rc = store_prepared(s, buf_view(&sql), &st);
    buf_release(&sql);
    if (rc == RC_OK)
        rc = stmt_step(st, &row);
    if (rc == RC_OK && row && stmt_get_u64(st, 0) > *out)
        *out = stmt_get_u64(st, 0);
    if (st)
        stmt_reset(st);
    return rc;
}

enum rc ledger_last_id(struct store *s, const struct model *m, uint64_t *out)
{
    struct stmt *st;
    bool row = false;
    *out = 0;
    enum rc rc = store_named(s, SQL_EVENT_LAST_RECORD, &st);
    if (rc == RC_OK)
        rc = stmt_step(st, &row);
    if (rc != RC_OK)
        return rc;
    if (row)
        *out = stmt_get_u64(st, 0);
    stmt_reset(st);
    for (size_t i = 0; i < m->n_objects && rc == RC_OK; i++) {
        bool there = false;
        if (m->objects[i]->is_fact)
            rc = table_exists(s, m->objects[i], &there);
        if (there && rc == RC_OK)
            rc = last_fact(s, m->objects[i], out);
    }
    return rc;
}

/* ---- append --------------------------------------------------------------------------------------------------- */

/* Whose personal value field `f` of a fact row holds. */
static uint64_t person_of(const struct object *o, const struct field *f, const struct fact_row *row)
{
    for (size_t i = 0; i < o->n_fields && f->person_of.n; i++)
        if (str_eq(o->fields[i]->name, f->person_of) && row->values[i].type == VT_REF)
            return row->values[i].ref;
    return row->id;
}

/* A copy of the values with the personal ones sealed. */
static enum rc seal_row(struct ledger *l, const struct fact_shape *shape, struct fact_row *row,
                        struct value *sealed)
{
    const struct object *o = shape->object;
    enum rc rc = l->vault ? RC_OK : RC_UNSUPPORTED;
    for (size_t i = 0; i < o->n_fields && rc == RC_OK; i++) {
        const struct field *f = o->fields[i];
        struct vault_place at = {o->number, row->id, l->head.seq + 1, f->number};
        sealed[i] = row->values[i];
        if (f->personal && column_own(f) && sealed[i].type != VT_ABSENT)
            rc = vault_seal(l->vault, person_of(o, f, row), at, &row->values[i], l->arena,
                            &sealed[i]);
    }
    row->values = sealed;
    return rc;
}

static enum rc prepare_insert(struct ledger *l, const struct object *o, struct stmt **st)
{
    char name[COLUMN_MAX];
    struct buf sql;
    buf_init(&sql, SQL_MAX);
    buf_printf(&sql, "INSERT INTO %.*s (id, batch, home, recorded_at, at",
               STR_ARG(table_of(o, name)));
    columns_list(o, &sql);
    buf_cstr(&sql, ") VALUES (");
    params_list(l->store, 1, FIXED_COLUMNS + columns_count(o), &sql);
    buf_char(&sql, ')');
    enum rc rc = buf_ok(&sql);
    if (rc == RC_OK)
        rc = store_prepared(l->store, buf_view(&sql), st);
    buf_release(&sql);
    return rc;
}

static enum rc insert_row(struct ledger *l, const struct object *o, const struct fact_row *row,
                          struct stmt *st)
{
    stmt_u64(st, 1, row->id);
    stmt_u64(st, 2, l->head.seq + 1);
    stmt_u64(st, 3, row->home);
    stmt_int(st, 4, l->recorded_at.us);
    stmt_int(st, 5, row->at.us);
    int p = FIXED_COLUMNS + 1;
    for (size_t i = 0; i < o->n_fields; i++)
        if (column_own(o->fields[i]))
            p = stmt_value(st, p, column_type(o->fields[i]), &row->values[i]);
    return stmt_run(st);
}

enum rc ledger_append_facts(struct ledger *l, const struct object *o, const struct fact_row *rows,
                            size_t n, struct event *e)
{
    assert(l->in_command && o->is_fact && n > 0 && n <= FACT_ROWS_MAX);
    assert(e->object == o->number && e->record == 0);
    arena_reset(l->arena);
    struct fact_shape shape = fact_shape(o, l->arena);
    struct stmt *st;
    struct hasher h;
    enum rc rc = prepare_insert(l, o, &st);
    hasher_init(&h);
    for (size_t i = 0; i < n && rc == RC_OK; i++) {
        struct fact_row row = rows[i];
        struct arena_mark mark = arena_mark(l->arena);
        assert(i == 0 || rows[i - 1].id < row.id);
        if (shape.personal)
            rc = seal_row(l, &shape, &row, ARENA_ARRAY(l->arena, o->n_fields, struct value));
        if (rc != RC_OK)
            break;
        buf_clear(&l->bytes);
        fact_row_encode(&shape, &row, &l->bytes);
        hasher_put(&h, buf_view(&l->bytes));
        rc = buf_ok(&l->bytes);
        if (rc == RC_OK)
            rc = insert_row(l, o, &row, st);
        arena_release(l->arena, mark);
    }
    if (rc != RC_OK)
        return rc;
    e->kind = EV_BATCH;
    e->batch.rows = n;
    e->batch.first = rows[0].id;
    e->batch.last = rows[n - 1].id;
    e->batch.digest = hasher_done(&h);
    buf_clear(&l->body);
    rc = event_body_encode(e, &l->body);
    return rc == RC_OK ? ledger_write(l, e) : rc;
}

/* ---- reading -------------------------------------------------------------------------------------------------- */

struct finder {
    const struct key_def *key;
    const struct value *const *values;
    uint64_t *ids;
    uint32_t object;
};

static void find_bind(void *self, struct stmt *st, size_t i)
{
    struct finder *f = self;
    int p = 2;
    stmt_int(st, 1, f->object);
    for (size_t j = 0; j < f->key->n_fields; j++)
        p = stmt_value(st, p, column_type(f->key->fields[j]), &f->values[i][j]);
}

static enum rc find_row(void *self, struct stmt *st, size_t i)
{
    struct finder *f = self;
    f->ids[i] = stmt_get_u64(st, 0);
    return RC_OK;
}

/* " AND x is not retracted"; parameter `object` holds the object's number. */
static void not_retracted(struct store *s, int object, struct buf *sql)
{
    buf_cstr(sql, " AND NOT EXISTS (SELECT 1 FROM fact_retraction AS t WHERE t.object = ");
    store_param(s, object, sql);
    buf_cstr(sql, " AND t.batch = x.batch AND t.row_id IN (0, x.id))");
}

enum rc ledger_find_facts(struct store *s, const struct object *o, const struct key_def *k,
                          const struct value *const *values, size_t n, uint64_t *ids)
{
    char name[COLUMN_MAX];
    struct buf sql;
    struct stmt *st = NULL;
    struct finder f = {k, values, ids, o->number};
    int p = 2;
    buf_init(&sql, SQL_MAX);
    buf_printf(&sql, "SELECT id FROM %.*s AS x WHERE ", STR_ARG(table_of(o, name)));
    for (size_t j = 0; j < k->n_fields; j++) {
        struct str column = column_of(k->fields[j], name);
        assert(column_type(k->fields[j]) != VT_SEALED); /* ciphertext finds nothing */
        buf_printf(&sql, "%s%.*s = ", j ? " AND " : "", STR_ARG(column));
        store_param(s, p++, &sql);
        if (column_type(k->fields[j]) != VT_MONEY)
            continue;
        buf_printf(&sql, " AND %.*s_c = ", STR_ARG(column));
        store_param(s, p++, &sql);
    }
    not_retracted(s, 1, &sql);
    buf_cstr(&sql, " ORDER BY id LIMIT 1");
    for (size_t i = 0; i < n; i++)
        ids[i] = 0;
    enum rc rc = buf_ok(&sql);
    if (rc == RC_OK)
        rc = store_prepared(s, buf_view(&sql), &st);
    if (rc == RC_OK)
        rc = stmt_each(st, n, &(struct stmt_set){&f, find_bind, find_row});
    buf_release(&sql);
    return rc;
}

struct fact_reader {
    struct store *store;
    struct vault *vault;
    const struct object *object;
    enum fact_view view;
    struct stmt *st;
};

static void select_facts(const struct object *o, struct buf *sql)
{
    char name[COLUMN_MAX];
    buf_cstr(sql, "SELECT id, batch, home, recorded_at, at");
    columns_list(o, sql);
    buf_printf(sql, " FROM %.*s AS x WHERE ", STR_ARG(table_of(o, name)));
}

/* Releases `sql`. */
static enum rc reader_of(const struct fact_reader *like, struct buf *sql, struct fact_reader **out)
{
    struct stmt *st = NULL;
    enum rc rc = buf_ok(sql);
    *out = NULL;
    if (rc == RC_OK)
        rc = store_borrow(like->store, buf_view(sql), &st);
    buf_release(sql);
    if (rc != RC_OK)
        return rc;
    *out = mem_new(1, sizeof **out);
    **out = *like;
    (*out)->st = st;
    return RC_OK;
}

enum rc ledger_read_facts(struct store *s, struct vault *vault, const struct object *o,
                          uint64_t first, uint64_t last, enum fact_view view,
                          struct fact_reader **out)
{
    struct buf sql;
    buf_init(&sql, SQL_MAX);
    select_facts(o, &sql);
    buf_cstr(&sql, "id BETWEEN ");
    store_param(s, 1, &sql);
    buf_cstr(&sql, " AND ");
    store_param(s, 2, &sql);
    if (view == FACTS_IN_FORCE)
        not_retracted(s, 3, &sql);
    buf_cstr(&sql, " ORDER BY id");
    enum rc rc = reader_of(&(struct fact_reader){s, vault, o, view, NULL}, &sql, out);
    if (rc != RC_OK)
        return rc;
    stmt_u64((*out)->st, 1, first);
    stmt_u64((*out)->st, 2, last);
    if (view == FACTS_IN_FORCE)
        stmt_int((*out)->st, 3, o->number);
    return RC_OK;
}

enum rc ledger_facts_of(struct store *s, struct vault *vault, const struct field *via,
                        uint64_t parent, struct instant from, struct instant to,
                        struct fact_reader **out)
{
    char name[COLUMN_MAX];
    struct buf sql;
    struct str column = column_of(via, name);
    assert(via->object->is_fact && via->type == FT_REF);
    buf_init(&sql, SQL_MAX);
    /* Facts keep the reference as it was written; those of records merged into the parent are its own. */
    buf_cstr(&sql, "WITH RECURSIVE merged (record) AS (SELECT ");
    store_param(s, 1, &sql);
    buf_cstr(
        &sql,
        " UNION SELECT r.record FROM redirect AS r JOIN merged AS m ON r.survivor = m.record) ");
    select_facts(via->object, &sql);
    buf_printf(&sql, "%.*s > 0 AND %.*s IN (SELECT record FROM merged)", STR_ARG(column),
               STR_ARG(column));
    buf_cstr(&sql, " AND at BETWEEN ");
    store_param(s, 2, &sql);
    buf_cstr(&sql, " AND ");
    store_param(s, 3, &sql);
    not_retracted(s, 4, &sql);
    buf_cstr(&sql, " ORDER BY at, id");
    enum rc rc = reader_of(&(struct fact_reader){s, vault, via->object, FACTS_OPEN, NULL}, &sql,
                           out);
    if (rc != RC_OK)
        return rc;
    stmt_u64((*out)->st, 1, parent);
    stmt_int((*out)->st, 2, from.us);
    stmt_int((*out)->st, 3, to.us);
    stmt_int((*out)->st, 4, via->object->number);
    return RC_OK;
}

/* The value of a column that `f` owns, opened unless it is to stay as stored. */
static enum rc read_own(struct fact_reader *r, const struct field *f, uint64_t id, uint64_t batch,
                        int *col, struct arena *a, struct value *out)
{
    enum rc rc = RC_OK;
    *col = stmt_get_value(r->st, *col, column_type(f), out, &rc);
    if (rc != RC_OK || out->type != VT_SEALED || r->view == FACTS_STORED) {
        *out = value_copy(a, out);
        return rc;
    }
    struct vault_place at = {r->object->number, id, batch, f->number};
    struct value sealed = *out;
    *out = VALUE_ABSENT;
    rc = r->vault ? vault_unseal(r->vault, at, &sealed, a, out) : RC_NOT_FOUND;
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc fact_next(struct fact_reader *r, struct arena *a, struct fact_row *row, bool *more)
{
    enum rc rc = stmt_step(r->st, more);
    if (rc != RC_OK || !*more)
        return rc;
    const struct object *o = r->object;
    struct value *values = ARENA_ARRAY(a, o->n_fields, struct value);
    for (int col = 0; col < 3; col++)
        if (stmt_get_int(r->st, col) < 0)
            return RC_CORRUPT;
    *row = (struct fact_row){.id = stmt_get_u64(r->st, 0),
                             .batch = stmt_get_u64(r->st, 1),
                             .home = stmt_get_u64(r->st, 2),
                             .recorded_at = {stmt_get_int(r->st, 3)},
                             .at = {stmt_get_int(r->st, 4)},
                             .values = values};
    int col = FIXED_COLUMNS;
    for (size_t i = 0; i < o->n_fields && rc == RC_OK; i++) {
        const struct field *f = o->fields[i];
        if (column_own(f))
            rc = read_own(r, f, row->id, row->batch, &col, a, &values[i]);
        else if (f->number == FN_ID)
            values[i] = (struct value){.type = VT_REF, .ref = row->id};
        else if (f == o->time_field)
            values[i] = (struct value){.type = VT_INSTANT, .instant = row->at};
        else
            values[i] = (struct value){.type = VT_INSTANT, .instant = row->recorded_at};
    }
    return rc;
}

void fact_read_end(struct fact_reader *r)
{
    if (!r)
        return;
    stmt_return(r->st);
    mem_free(r);
}
