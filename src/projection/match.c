/* match.c - live records by the values of some fields. */
#include "projection/match.h"

#include <assert.h>

enum { MATCH_SQL_MAX = 1 << 16 };

enum rc matches_evolve(struct store *s, const struct object *o)
{
    enum rc rc = RC_OK;
    for (size_t i = 0; i < o->n_match && rc == RC_OK; i++) {
        const struct match_rule *m = &o->match[i];
        char table[COLUMN_MAX], column[COLUMN_MAX];
        struct buf sql, columns, name;
        if (m->n_exact == 0)
            continue;
        buf_init(&sql, MATCH_SQL_MAX);
        buf_init(&columns, MATCH_SQL_MAX);
        buf_init(&name, MATCH_SQL_MAX);
        struct str t = table_of(o, table);
        buf_printf(&name, "%.*s_m", STR_ARG(t));
        for (size_t k = 0; k < m->n_exact; k++) {
            struct str c = column_of(m->exact[k], column);
            buf_printf(&name, "_%.*s", STR_ARG(c));
            buf_printf(&columns, "%s%.*s", k ? ", " : "", STR_ARG(c));
        }
        buf_printf(&sql, "CREATE INDEX IF NOT EXISTS %.*s ON %.*s (%.*s) WHERE %.*s IS NOT NULL",
                   STR_ARG(buf_view(&name)), STR_ARG(t), STR_ARG(buf_view(&columns)),
                   STR_ARG(column_of(m->exact[0], column)));
        rc = buf_ok(&sql);
        if (rc == RC_OK)
            rc = store_exec(s, buf_view(&sql));
        buf_release(&name);
        buf_release(&columns);
        buf_release(&sql);
    }
    return rc;
}

static void condition(struct projection *p, const struct object *o,
                      const struct field *const *fields, size_t n_fields, size_t max,
                      struct buf *sql)
{
    char name[COLUMN_MAX];
    int param = 1;
    buf_printf(sql, "SELECT id FROM %.*s WHERE life = %d", STR_ARG(table_of(o, name)), LIFE_LIVE);
    for (size_t i = 0; i < n_fields; i++) {
        struct str column = column_of(fields[i], name);
        buf_printf(sql, " AND %.*s = ", STR_ARG(column));
        store_param(projection_store(p), param++, sql);
        if (column_type(fields[i]) != VT_MONEY)
            continue;
        buf_printf(sql, " AND %.*s_c = ", STR_ARG(column));
        store_param(projection_store(p), param++, sql);
    }
    buf_printf(sql, " ORDER BY id LIMIT %zu", max);
}

enum rc rows_match(struct projection *p, const struct object *o, const struct field *const *fields,
                   size_t n_fields, const struct value *values, size_t max, uint64_t *ids,
                   size_t *n)
{
    struct buf sql;
    struct stmt *st = NULL;
    bool row = true;
    int param = 1;
    *n = 0;
    buf_init(&sql, MATCH_SQL_MAX);
    condition(p, o, fields, n_fields, max, &sql);
    enum rc rc = buf_ok(&sql);
    if (rc == RC_OK)
        rc = store_prepared(projection_store(p), buf_view(&sql), &st);
    buf_release(&sql);
    if (rc != RC_OK)
        return rc;
    for (size_t i = 0; i < n_fields; i++) {
        assert(values[i].type != VT_ABSENT);
        param = stmt_value(st, param, column_type(fields[i]), &values[i]);
    }
    while ((rc = stmt_step(st, &row)) == RC_OK && row && *n < max)
        ids[(*n)++] = stmt_get_u64(st, 0);
    stmt_reset(st);
    return rc;
}

/* Runs a statement whose rows are ids; its first parameters are `parent` (0: none) and `after`. */
static enum rc read_ids(struct projection *p, const struct buf *sql, uint64_t parent,
                        uint64_t after, size_t max, uint64_t *ids, size_t *n)
{
    struct stmt *st = NULL;
    bool row = true;
    int i = 1;
    *n = 0;
    enum rc rc = buf_ok(sql);
    if (rc == RC_OK)
        rc = store_prepared(projection_store(p), buf_view(sql), &st);
    if (rc != RC_OK)
        return rc;
    if (parent)
        stmt_u64(st, i++, parent);
    stmt_u64(st, i, after);
    while ((rc = stmt_step(st, &row)) == RC_OK && row && *n < max)
        ids[(*n)++] = stmt_get_u64(st, 0);
    stmt_reset(st);
    return rc;
}

static enum rc walk(struct projection *p, const struct object *o, bool live, uint64_t after,
                    size_t max, uint64_t *ids, size_t *n)
{
    char name[COLUMN_MAX];
    struct buf sql;
    buf_init(&sql, MATCH_SQL_MAX);
    buf_printf(&sql, "SELECT id FROM %.*s WHERE id > ", STR_ARG(table_of(o, name)));
    store_param(projection_store(p), 1, &sql);
    if (live)
        buf_printf(&sql, " AND life = %d", LIFE_LIVE);
    buf_printf(&sql, " ORDER BY id LIMIT %zu", max);
    enum rc rc = read_ids(p, &sql, 0, after, max, ids, n);
    buf_release(&sql);
    return rc;
}

enum rc rows_after(struct projection *p, const struct object *o, uint64_t after, size_t max,
                   uint64_t *ids, size_t *n)
{
    return walk(p, o, true, after, max, ids, n);
}

enum rc rows_all_after(struct projection *p, const struct object *o, uint64_t after, size_t max,
                       uint64_t *ids, size_t *n)
{
    return walk(p, o, false, after, max, ids, n);
}

enum rc rows_children_after(struct projection *p, const struct field *via, uint64_t parent,
                            uint64_t after, size_t max, uint64_t *ids, size_t *n)
{
    char table[COLUMN_MAX], column[COLUMN_MAX];
    struct buf sql;
    struct str name = column_of(via, column);
    buf_init(&sql, MATCH_SQL_MAX);
    buf_cstr(&sql, "WITH RECURSIVE merged (id) AS (SELECT ");
    store_param(projection_store(p), 1, &sql);
    buf_cstr(&sql,
             " UNION SELECT r.record FROM redirect AS r JOIN merged AS m ON r.survivor = m.id) ");
    buf_printf(&sql,
               "SELECT c.id FROM merged AS m JOIN %.*s AS c ON c.%.*s = m.id AND c.%.*s > 0 "
               "WHERE c.life = %d AND c.id > ",
               STR_ARG(table_of(via->object, table)), STR_ARG(name), STR_ARG(name), LIFE_LIVE);
    store_param(projection_store(p), 2, &sql);
    buf_printf(&sql, " ORDER BY c.id LIMIT %zu", max);
    enum rc rc = read_ids(p, &sql, parent, after, max, ids, n);
    buf_release(&sql);
    return rc;
}
