/* list.c - a page of rows as one generated statement. */
#include "projection/list.h"

#include "ledger/columns.h"

#include <assert.h>

enum { LIST_SQL_MAX = 1 << 20 };

/* One statement under construction. */
struct listing {
    struct projection *p;
    const struct list_query *q;
    struct arena *a;
    struct buf sql;
    VEC(struct xbound) params; /* in order of their numbers, from 1 */
    bool merges;               /* there are merged records: references are read through them */
};

/* ---- tables as conditions see them ------------------------------------------------------------------------------- */

static const struct object *object_of(const struct listing *l, const struct xobject *o)
{
    return model_object_numbered(projection_model(l->p), o->number);
}

static enum rc put_id(void *ctx, struct str alias, const struct xobject *o, struct buf *out)
{
    (void)ctx;
    (void)o;
    buf_printf(out, "%.*s.id", STR_ARG(alias));
    return RC_OK;
}

/* The record a reference means today: the end of its chain of merges. */
static void put_survivor(struct str alias, struct str column, struct buf *out)
{
    buf_printf(out,
               "(WITH RECURSIVE m (id) AS (SELECT %.*s.%.*s UNION SELECT d.survivor FROM redirect "
               "AS d JOIN m ON d.record = m.id) SELECT m.id FROM m WHERE NOT EXISTS (SELECT 1 FROM "
               "redirect AS e WHERE e.record = m.id) ORDER BY m.id LIMIT 1)",
               STR_ARG(alias), STR_ARG(column));
}

static enum rc put_column(void *ctx, struct str alias, const struct xobject *o,
                          const struct xfield *f, struct buf *out, struct buf *currency)
{
    struct listing *l = ctx;
    char room[COLUMN_MAX];
    const struct field *field = object_field_numbered(object_of(l, o), f->number);
    assert(field);
    struct str column = column_of(field, room);
    if (column_type(field) == VT_SEALED)
        return RC_UNSUPPORTED;
    if (f->stored == VT_REF && l->merges)
        put_survivor(alias, column, out);
    else
        buf_printf(out, "%.*s.%.*s", STR_ARG(alias), STR_ARG(column));
    if (f->stored == VT_MONEY && currency)
        buf_printf(currency, "%.*s.%.*s_c", STR_ARG(alias), STR_ARG(column));
    return RC_OK;
}

static void put_in_force(const struct object *o, struct str alias, struct buf *out)
{
    if (o->is_fact)
        buf_printf(out,
                   "NOT EXISTS (SELECT 1 FROM fact_retraction AS fr WHERE fr.object = %u AND "
                   "fr.batch = %.*s.batch AND fr.row_id IN (0, %.*s.id))",
                   o->number, STR_ARG(alias), STR_ARG(alias));
    else
        buf_printf(out, "%.*s.life = %d", STR_ARG(alias), LIFE_LIVE);
}

static enum rc put_table(void *ctx, struct str alias, const struct xobject *o, struct buf *from,
                         struct buf *where)
{
    const struct object *object = object_of(ctx, o);
    char room[COLUMN_MAX];
    buf_printf(from, "%.*s AS %.*s", STR_ARG(table_of(object, room)), STR_ARG(alias));
    put_in_force(object, alias, where);
    return RC_OK;
}

/* ---- the statement ------------------------------------------------------------------------------------------------- */

static void put_param(struct listing *l, struct xbound value)
{
    *VEC_PUSH(l->a, &l->params) = value;
    store_param(projection_store(l->p), (int)l->params.n, &l->sql);
}

static void put_int(struct listing *l, int64_t x)
{
    put_param(l, (struct xbound){.value = {.type = VT_INT, .integer = x}});
}

/* A value as its (first) column holds it. */
static struct xbound stored(struct arena *a, const struct value *v)
{
    char code[4];
    struct xbound out = {.value = {.type = VT_INT}};
    switch (v->type) {
    case VT_BOOL:
        out.value.integer = v->boolean;
        break;
    case VT_INT:
        out.value.integer = v->integer;
        break;
    case VT_NUM:
        return (struct xbound){.is_double = true, .number = decimal_double(v->number)};
    case VT_DATE:
        out.value.integer = v->date.days;
        break;
    case VT_INSTANT:
        out.value.integer = v->instant.us;
        break;
    case VT_MONEY:
        out.value.integer = v->money.minor;
        break;
    case VT_ENUM:
        out.value.integer = v->number_of;
        break;
    case VT_REF:
        out.value.integer = (int64_t)v->ref;
        break;
    case VT_CURRENCY:
        out.value = (struct value){.type = VT_TEXT,
                                   .text = str_dup(a, currency_text(v->currency, code))};
        break;
    case VT_TEXT:
    case VT_JSON:
        out.value = (struct value){.type = VT_TEXT, .text = v->text};
        break;
    case VT_ABSENT:
    case VT_SEALED:
        out.value = VALUE_ABSENT;
        break;
    }
    return out;
}

/* What is sorted by. Of a text its first 200 characters decide, so that the place where a page ended stays short. */
static struct str sort_column(const struct listing *l)
{
    char room[COLUMN_MAX];
    const struct field *f = l->q->sort;
    struct str c = column_of(f, room);
    enum value_type t = column_type(f);
    return str_printf(l->a, t == VT_TEXT || t == VT_JSON ? "substr(t.%.*s, 1, 200)" : "t.%.*s",
                      STR_ARG(c));
}

/* The rows behind `after` in the order of the page. */
static void put_after(struct listing *l, const struct list_place *after)
{
    const struct field *f = l->q->sort;
    if (after == NULL || after->id == 0)
        return;
    struct str c = f ? sort_column(l) : STR_NONE;
    buf_cstr(&l->sql, " AND (");
    if (!f) {
        buf_printf(&l->sql, "t.id %s ", l->q->descending ? "<" : ">");
        put_int(l, (int64_t)after->id);
    } else if (after->value.type == VT_ABSENT) {
        buf_printf(&l->sql, "%.*s IS NULL AND t.id > ", STR_ARG(c));
        put_int(l, (int64_t)after->id);
    } else {
        struct xbound value = stored(l->a, &after->value);
        buf_printf(&l->sql, "%.*s %s ", STR_ARG(c), l->q->descending ? "<" : ">");
        put_param(l, value);
        buf_printf(&l->sql, " OR %.*s IS NULL OR (%.*s = ", STR_ARG(c), STR_ARG(c));
        put_param(l, value);
        buf_cstr(&l->sql, " AND t.id > ");
        put_int(l, (int64_t)after->id);
        buf_char(&l->sql, ')');
    }
    buf_char(&l->sql, ')');
}

static void put_ids(struct listing *l)
{
    const struct list_query *q = l->q;
    buf_cstr(&l->sql, " AND t.id IN (0");
    for (size_t i = 0; i < q->n_ids; i++)
        buf_printf(&l->sql, ", %llu", (unsigned long long)q->ids[i]);
    buf_char(&l->sql, ')');
}

static void put_parent(struct listing *l)
{
    char room[COLUMN_MAX];
    struct str column = column_of(l->q->via, room);
    buf_printf(&l->sql, " AND t.%.*s > 0 AND t.%.*s IN (WITH RECURSIVE merged (id) AS (SELECT ",
               STR_ARG(column), STR_ARG(column));
    put_int(l, (int64_t)l->q->parent);
    buf_cstr(&l->sql, " UNION SELECT d.record FROM redirect AS d JOIN merged AS m ON d.survivor = "
                      "m.id) SELECT id FROM merged)");
}

/* Are there merged records at all? Without any a reference is its column. */
static enum rc see_merges(struct listing *l)
{
    struct stmt *st;
    bool row = false;
    enum rc rc = store_prepared(projection_store(l->p), STR("SELECT 1 FROM redirect LIMIT 1"), &st);
    if (rc == RC_OK)
        rc = stmt_step(st, &row);
    if (rc == RC_OK)
        stmt_reset(st);
    l->merges = row;
    return rc;
}

/* Neither condition is said twice: they can be long. */
static enum rc put_rule(struct xquery *x, const struct list_query *q, struct buf *out)
{
    enum rc rc = RC_OK;
    if (!q->require)
        return RC_OK;
    buf_cstr(out, q->when ? " AND CASE COALESCE(CAST((" : " AND (");
    if (q->when) {
        rc = expr_emit(q->when, x, XS_VALUE, out, NULL);
        buf_cstr(out, ") AS INTEGER), 2) WHEN 0 THEN FALSE WHEN 2 THEN TRUE ELSE (");
    }
    if (rc == RC_OK)
        rc = expr_emit(q->require, x, XS_CONDITION, out, NULL);
    buf_cstr(out, q->when ? ") IS NOT TRUE END" : ") IS NOT TRUE");
    return rc;
}

static enum rc put_condition(struct xquery *x, const struct expr *e, struct buf *out)
{
    if (!e)
        return RC_OK;
    buf_cstr(out, " AND (");
    enum rc rc = expr_emit(e, x, XS_CONDITION, out, NULL);
    buf_char(out, ')');
    return rc;
}

/* The conditions, with their parameters first: their numbers are counted from 1. */
static enum rc put_where(struct listing *l, struct buf *joins, struct buf *conditions)
{
    const struct list_query *q = l->q;
    struct xtables tables = {.ctx = l, .id = put_id, .column = put_column, .table = put_table};
    struct xquery x;
    if (!q->where && !q->require)
        return RC_OK;
    enum rc rc = see_merges(l);
    if (rc != RC_OK)
        return rc;
    xquery_init(&x, store_dialect(projection_store(l->p)), &tables, STR("t"), 1, l->a);
    rc = put_condition(&x, q->where, conditions);
    if (rc == RC_OK)
        rc = put_rule(&x, q, conditions);
    if (rc == RC_OK) {
        struct xbound *values = ARENA_ARRAY(l->a, x.params.n + 1, struct xbound);
        struct xhost host = {.zone = q->zone};
        struct xbindings b = {.now = q->now, .today = zone_date(q->zone, q->now)};
        xquery_bind(&x, NULL, &host, &b, l->a, values);
        for (size_t i = 0; i < x.params.n; i++)
            *VEC_PUSH(l->a, &l->params) = values[i];
        buf_str(joins, buf_view(&x.joins));
    }
    xquery_release(&x);
    return rc;
}

static void put_bound(struct listing *l, struct str column, const char *sign, struct decimal bound)
{
    buf_printf(&l->sql, " OR t.%.*s %s ", STR_ARG(column), sign);
    put_param(l, (struct xbound){.is_double = true, .number = decimal_double(bound)});
}

static void put_test(struct listing *l)
{
    const struct list_test *t = &l->q->test;
    char room[COLUMN_MAX];
    if (t->asks == LIST_NOTHING)
        return;
    struct str column = column_of(t->field, room);
    bool amount = column_type(t->field) == VT_MONEY; /* its digits differ by currency */
    buf_printf(&l->sql, " AND t.%.*s IS %sNULL", STR_ARG(column),
               t->asks == LIST_EMPTY ? "" : "NOT ");
    if (t->asks == LIST_OUTSIDE && !amount) {
        buf_cstr(&l->sql, " AND (1 = 0");
        if (t->field->has_min)
            put_bound(l, column, "<=", t->field->min);
        if (t->field->has_max)
            put_bound(l, column, ">=", t->field->max);
        buf_char(&l->sql, ')');
    } else if (t->asks == LIST_AMONG || t->asks == LIST_NOT_AMONG) {
        buf_printf(&l->sql, " AND t.%.*s %sIN (0", STR_ARG(column),
                   t->asks == LIST_AMONG ? "" : "NOT ");
        for (size_t i = 0; i < t->n; i++)
            buf_printf(&l->sql, ", %u", t->numbers[i]);
        buf_char(&l->sql, ')');
    }
}

/* SELECT `what` FROM …, without an order. */
static enum rc put_select(struct listing *l, const char *what, const struct list_place *after)
{
    const struct list_query *q = l->q;
    char room[COLUMN_MAX];
    struct buf joins, conditions;
    buf_init(&joins, LIST_SQL_MAX);
    buf_init(&conditions, LIST_SQL_MAX);
    enum rc rc = put_where(l, &joins, &conditions);
    buf_printf(&l->sql, "SELECT %s FROM %.*s AS t", what, STR_ARG(table_of(q->object, room)));
    buf_str(&l->sql, buf_view(&joins));
    buf_cstr(&l->sql, " WHERE ");
    put_in_force(q->object, STR("t"), &l->sql);
    buf_str(&l->sql, buf_view(&conditions));
    put_test(l);
    if (q->via)
        put_parent(l);
    if (q->ids)
        put_ids(l);
    put_after(l, after);
    if (rc == RC_OK && (buf_ok(&joins) != RC_OK || buf_ok(&conditions) != RC_OK))
        rc = RC_LIMIT;
    buf_release(&joins);
    buf_release(&conditions);
    return rc;
}

static void bind(struct listing *l, struct stmt *st)
{
    for (size_t i = 0; i < l->params.n; i++) {
        const struct xbound *b = &l->params.v[i];
        int at = (int)i + 1;
        if (b->is_double)
            stmt_double(st, at, b->number);
        else if (b->value.type == VT_TEXT)
            stmt_text(st, at, b->value.text.p ? b->value.text : STR(""));
        else if (b->value.type == VT_BOOL)
            stmt_int(st, at, b->value.boolean);
        else if (b->value.type == VT_INT)
            stmt_int(st, at, b->value.integer);
        else
            stmt_null(st, at);
    }
}

/* A statement of its own: with thousands of ids in it the cache by text would only fill up. */
static enum rc prepare(struct listing *l, struct stmt **out)
{
    *out = NULL;
    enum rc rc = buf_ok(&l->sql);
    if (rc == RC_OK)
        rc = store_prepare(projection_store(l->p), buf_view(&l->sql), out);
    if (rc == RC_OK)
        bind(l, *out);
    return rc;
}

static enum rc read_page(struct listing *l, struct stmt *st, size_t limit, struct list_place *out,
                         size_t *n)
{
    const struct field *f = l->q->sort;
    enum rc rc = RC_OK;
    bool row = true;
    while (rc == RC_OK && *n < limit && (rc = stmt_step(st, &row)) == RC_OK && row) {
        struct list_place *place = &out[(*n)++];
        place->id = stmt_get_u64(st, 0);
        if (f) {
            (void)stmt_get_value(st, 1, column_type(f), &place->value, &rc);
            place->value = value_copy(l->a, &place->value);
        }
    }
    return rc;
}

static void put_order(struct listing *l, size_t limit)
{
    const struct field *f = l->q->sort;
    const char *way = l->q->descending ? " DESC" : "";
    if (f)
        buf_printf(&l->sql, " ORDER BY %.*s%s NULLS LAST, t.id", STR_ARG(sort_column(l)), way);
    else
        buf_printf(&l->sql, " ORDER BY t.id%s", way);
    buf_printf(&l->sql, " LIMIT %zu", limit);
}

enum rc list_page(struct projection *p, const struct list_query *q, const struct list_place *after,
                  size_t limit, struct arena *a, struct list_place **out, size_t *n)
{
    struct listing l = {.p = p, .q = q, .a = a};
    struct stmt *st = NULL;
    char room[COLUMN_MAX];
    struct str what = STR("t.id");
    *n = 0;
    *out = ARENA_ARRAY(a, limit + 1, struct list_place);
    if (q->sort && column_type(q->sort) == VT_SEALED)
        return RC_UNSUPPORTED;
    if (q->sort) {
        struct str c = column_of(q->sort, room);
        what = column_type(q->sort) == VT_MONEY
                   ? str_printf(a, "t.id, t.%.*s, t.%.*s_c", STR_ARG(c), STR_ARG(c))
                   : str_printf(a, "t.id, %.*s", STR_ARG(sort_column(&l)));
    }
    buf_init(&l.sql, LIST_SQL_MAX);
    enum rc rc = put_select(&l, str_c(a, what), after);
    put_order(&l, limit);
    if (rc == RC_OK)
        rc = prepare(&l, &st);
    if (rc == RC_OK)
        rc = read_page(&l, st, limit, *out, n);
    stmt_close(st);
    buf_release(&l.sql);
    return rc;
}

enum rc list_count(struct projection *p, const struct list_query *q, uint64_t *out)
{
    struct arena *a = arena_new();
    struct listing l = {.p = p, .q = q, .a = a};
    struct stmt *st = NULL;
    bool row = false;
    *out = 0;
    buf_init(&l.sql, LIST_SQL_MAX);
    enum rc rc = put_select(&l, "count(*)", NULL);
    if (rc == RC_OK)
        rc = prepare(&l, &st);
    if (rc == RC_OK)
        rc = stmt_step(st, &row);
    if (rc == RC_OK && row)
        *out = stmt_get_u64(st, 0);
    stmt_close(st);
    buf_release(&l.sql);
    arena_free(a);
    return rc;
}
