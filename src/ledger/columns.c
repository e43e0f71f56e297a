#include "ledger/columns.h"

#include <assert.h>
#include <stdio.h>

static struct str numbered(const char *prefix, uint32_t number, char out[COLUMN_MAX])
{
    int n = snprintf(out, COLUMN_MAX, "%s%u", prefix, number);
    assert(n > 0 && n < COLUMN_MAX);
    return (struct str){out, (size_t)n};
}

struct str table_of(const struct object *o, char out[COLUMN_MAX])
{
    return numbered(o->is_fact ? "x_" : "r_", o->number, out);
}

static bool is_fact_time(const struct field *f)
{
    return f->object->is_fact && f == f->object->time_field && f->type == FT_INSTANT;
}

bool column_own(const struct field *f)
{
    return f->number != FN_ID && f->number != FN_CREATED_AT && f->number != FN_UPDATED_AT &&
           !is_fact_time(f);
}

struct str column_of(const struct field *f, char out[COLUMN_MAX])
{
    if (column_own(f))
        return numbered("f", f->number, out);
    if (f->number == FN_ID)
        return STR("id");
    if (is_fact_time(f))
        return STR("at");
    if (f->object->is_fact)
        return STR("recorded_at");
    return f->number == FN_CREATED_AT ? STR("created_at") : STR("updated_at");
}

enum value_type column_type(const struct field *f)
{
    if (f->object->is_fact && f->personal)
        return VT_SEALED;
    return field_type_info(f->type)->stored;
}

void columns_list(const struct object *o, struct buf *out)
{
    for (size_t i = 0; i < o->n_fields; i++) {
        char name[COLUMN_MAX];
        if (!column_own(o->fields[i]))
            continue;
        struct str column = column_of(o->fields[i], name);
        buf_printf(out, ", %.*s", STR_ARG(column));
        if (column_type(o->fields[i]) == VT_MONEY)
            buf_printf(out, ", %.*s_c", STR_ARG(column));
    }
}

int columns_count(const struct object *o)
{
    int n = 0;
    for (size_t i = 0; i < o->n_fields; i++)
        if (column_own(o->fields[i]))
            n += column_type(o->fields[i]) == VT_MONEY ? 2 : 1;
    return n;
}

void params_list(const struct store *s, int first, int n, struct buf *out)
{
    for (int i = 0; i < n; i++) {
        if (i)
            buf_cstr(out, ", ");
        store_param(s, first + i, out);
    }
}

/* ---- tables --------------------------------------------------------------------------------------------------- */

static enum rc column_names(struct store *s, struct str table, struct arena *a, struct map *out)
{
    map_init(out, a);
    struct stmt *st;
    bool row = true;
    enum rc rc = store_named(s, SQL_TABLE_COLUMNS, &st);
    if (rc != RC_OK)
        return rc;
    stmt_text(st, 1, table);
    while (rc == RC_OK && (rc = stmt_step(st, &row)) == RC_OK && row)
        map_put(out, str_dup(a, stmt_get_text(st, 0)), out);
    stmt_reset(st);
    return rc;
}

enum rc table_exists(struct store *s, const struct object *o, bool *out)
{
    struct arena *a = arena_new();
    struct map there;
    char name[COLUMN_MAX];
    enum rc rc = column_names(s, table_of(o, name), a, &there);
    *out = rc == RC_OK && there.n > 0;
    arena_free(a);
    return rc;
}

static void define(struct store *s, struct str column, enum value_type type, struct buf *sql)
{
    buf_printf(sql, "%.*s %s", STR_ARG(column), store_column_type(s, type));
    if (type == VT_MONEY)
        buf_printf(sql, ", %.*s_c %s", STR_ARG(column), store_column_type(s, VT_CURRENCY));
}

static void create_table(struct store *s, const struct object *o, struct str table, struct str head,
                         struct buf *sql)
{
    buf_printf(sql, "CREATE TABLE %.*s (%.*s", STR_ARG(table), STR_ARG(head));
    for (size_t i = 0; i < o->n_fields; i++) {
        char name[COLUMN_MAX];
        if (!column_own(o->fields[i]))
            continue;
        buf_cstr(sql, ", ");
        define(s, column_of(o->fields[i], name), column_type(o->fields[i]), sql);
    }
    buf_cstr(sql, ") STRICT;\n");
}

static void add_column(struct store *s, struct str table, struct str column, enum value_type type,
                       struct buf *sql)
{
    buf_printf(sql, "ALTER TABLE %.*s ADD COLUMN %.*s %s;\n", STR_ARG(table), STR_ARG(column),
               store_column_type(s, type));
    if (type == VT_MONEY)
        buf_printf(sql, "ALTER TABLE %.*s ADD COLUMN %.*s_c %s;\n", STR_ARG(table), STR_ARG(column),
                   store_column_type(s, VT_CURRENCY));
}

static void reference_indexes(const struct object *o, struct str table, struct str after,
                              struct buf *sql)
{
    for (size_t i = 0; i < o->n_fields; i++) {
        const struct field *f = o->fields[i];
        char name[COLUMN_MAX];
        if (!column_own(f) || column_type(f) != VT_REF)
            continue;
        struct str column = column_of(f, name);
        buf_printf(sql,
                   "CREATE INDEX IF NOT EXISTS %.*s_%.*s ON %.*s (%.*s%s%.*s) WHERE %.*s > 0;\n",
                   STR_ARG(table), STR_ARG(column), STR_ARG(table), STR_ARG(column),
                   after.n ? ", " : "", STR_ARG(after), STR_ARG(column));
    }
}

enum rc table_evolve(struct store *s, const struct object *o, struct str head, struct str after)
{
    struct arena *a = arena_new();
    struct map there;
    struct buf sql;
    char name[COLUMN_MAX];
    struct str table = table_of(o, name);
    buf_init(&sql, 1 << 20);
    enum rc rc = column_names(s, table, a, &there);
    if (rc == RC_OK && there.n == 0)
        create_table(s, o, table, head, &sql);
    for (size_t i = 0; i < o->n_fields && rc == RC_OK && there.n > 0; i++) {
        char column[COLUMN_MAX];
        if (column_own(o->fields[i]) && !map_find(&there, column_of(o->fields[i], column)))
            add_column(s, table, column_of(o->fields[i], column), column_type(o->fields[i]), &sql);
    }
    reference_indexes(o, table, after, &sql);
    if (rc == RC_OK)
        rc = buf_ok(&sql);
    if (rc == RC_OK && sql.n)
        rc = store_exec(s, buf_view(&sql));
    buf_release(&sql);
    arena_free(a);
    return rc;
}
