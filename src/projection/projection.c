/* projection.c - the tables of current rows and how an object maps to its own. */
#include "projection/alike.h"
#include "projection/internal.h"
#include "projection/match.h"

#include <assert.h>
#include <stdlib.h>

struct object_plan *plan_of(struct projection *p, const struct object *o)
{
    assert(o->number <= p->max_number && p->by_number[o->number] > 0);
    struct object_plan *plan = &p->plans[p->by_number[o->number] - 1];
    assert(plan->object == o);
    return plan;
}

struct numbered {
    uint32_t number;
    size_t position;
};

static int by_number(const void *a, const void *b)
{
    const struct numbered *x = a, *y = b;
    return x->number < y->number ? -1 : x->number > y->number;
}

static void plan_columns(struct object_plan *plan, const struct object *o, struct arena *a)
{
    plan->columns = ARENA_ARRAY(a, o->n_fields, struct own_column);
    for (size_t i = 0; i < o->n_fields; i++) {
        const struct field *f = o->fields[i];
        if (column_own(f))
            plan->columns[plan->n_columns++] = (struct own_column){i, column_type(f),
                                                                   f->type == FT_REF};
        else if (f->number == FN_CREATED_AT)
            plan->created_at = i;
        else if (f->number == FN_UPDATED_AT)
            plan->updated_at = i;
    }
    assert(o->fields[plan->created_at]->number == FN_CREATED_AT);
    assert(o->fields[plan->updated_at]->number == FN_UPDATED_AT);
}

static void plan_layout(struct object_plan *plan, const struct object *o, struct arena *a)
{
    struct numbered *own = ARENA_ARRAY(a, o->n_fields, struct numbered);
    uint32_t *fields = ARENA_ARRAY(a, o->n_fields, uint32_t);
    uint32_t *stages = ARENA_ARRAY(a, o->n_fields, uint32_t);
    size_t n = 0, n_stages = 0;
    for (size_t i = 0; i < o->n_fields; i++)
        if (column_own(o->fields[i]))
            own[n++] = (struct numbered){o->fields[i]->number, i};
    qsort(own, n, sizeof *own, by_number);
    plan->object = o;
    plan->position = ARENA_ARRAY(a, n, size_t);
    for (size_t i = 0; i < n; i++) {
        fields[i] = own[i].number;
        plan->position[i] = own[i].position;
        if (o->fields[own[i].position]->kind == FIELD_STAGE)
            stages[n_stages++] = own[i].number;
    }
    plan->layout = (struct fold_layout){fields, n, stages, n_stages};
    plan_columns(plan, o, a);
}

/* ---- statements ------------------------------------------------------------------------------------------------- */

static enum rc prepared(struct projection *p, struct buf *sql, struct stmt **out)
{
    enum rc rc = buf_ok(sql);
    if (rc == RC_OK)
        rc = store_prepare(p->store, buf_view(sql), out);
    buf_clear(sql);
    return rc;
}

/* `SET f3 = ?9, …`; a statement without references leaves them and their parameters out. */
static int assignments(const struct projection *p, const struct object *o, bool references,
                       struct buf *sql)
{
    static const char *const fixed[] = {"version", "created_at", "updated_at", "deleted_at",
                                        "life",    "home",       "stamps"};
    int param = 2;
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++) {
        buf_printf(sql, "%s%s = ", i ? ", " : "", fixed[i]);
        store_param(p->store, param++, sql);
    }
    for (size_t i = 0; i < o->n_fields; i++) {
        char name[COLUMN_MAX];
        const struct field *f = o->fields[i];
        if (!column_own(f) || (!references && f->type == FT_REF))
            continue;
        struct str column = column_of(f, name);
        buf_printf(sql, ", %.*s = ", STR_ARG(column));
        store_param(p->store, param++, sql);
        if (column_type(f) != VT_MONEY)
            continue;
        buf_printf(sql, ", %.*s_c = ", STR_ARG(column));
        store_param(p->store, param++, sql);
    }
    return param;
}

static enum rc plan_update(struct projection *p, const struct object *o, bool references,
                           struct buf *sql, struct stmt **out)
{
    char name[COLUMN_MAX];
    buf_printf(sql, "UPDATE %.*s SET ", STR_ARG(table_of(o, name)));
    assignments(p, o, references, sql);
    buf_cstr(sql, " WHERE id = ");
    store_param(p->store, 1, sql);
    return prepared(p, sql, out);
}

enum rc plan_ready(struct projection *p, struct object_plan *plan)
{
    if (plan->update_light)
        return RC_OK;
    stmt_close(plan->select);
    stmt_close(plan->insert);
    stmt_close(plan->update);
    plan->select = plan->insert = plan->update = NULL;
    const struct object *o = plan->object;
    char name[COLUMN_MAX];
    struct str table = table_of(o, name);
    struct buf sql;
    buf_init(&sql, SQL_MAX);
    buf_cstr(&sql, "SELECT id, version, created_at, updated_at, deleted_at, life, home, stamps");
    columns_list(o, &sql);
    buf_printf(&sql, " FROM %.*s WHERE id = ", STR_ARG(table));
    store_param(p->store, 1, &sql);
    enum rc rc = prepared(p, &sql, &plan->select);
    buf_printf(&sql,
               "INSERT INTO %.*s (id, version, created_at, updated_at, deleted_at, life, home, "
               "stamps",
               STR_ARG(table));
    columns_list(o, &sql);
    buf_cstr(&sql, ") VALUES (");
    params_list(p->store, 1, ROW_FIXED + columns_count(o), &sql);
    buf_char(&sql, ')');
    if (rc == RC_OK)
        rc = prepared(p, &sql, &plan->insert);
    if (rc == RC_OK)
        rc = plan_update(p, o, true, &sql, &plan->update);
    if (rc == RC_OK)
        rc = plan_update(p, o, false, &sql, &plan->update_light);
    buf_release(&sql);
    return rc;
}

/* ---- open and evolve -------------------------------------------------------------------------------------------- */

enum rc projection_open(struct store *s, const struct model *m, struct projection **out)
{
    struct projection *p = mem_new(1, sizeof *p);
    p->store = s;
    p->model = m;
    p->arena = arena_new();
    p->n_plans = m->n_objects;
    p->plans = ARENA_ARRAY(p->arena, m->n_objects, struct object_plan);
    buf_init(&p->stamps, 1 << 20);
    for (size_t i = 0; i < m->n_objects; i++)
        if (m->objects[i]->number > p->max_number)
            p->max_number = m->objects[i]->number;
    p->by_number = ARENA_ARRAY(p->arena, p->max_number + (size_t)1, size_t);
    for (size_t i = 0; i < m->n_objects; i++) {
        if (m->objects[i]->is_fact)
            continue;
        p->by_number[m->objects[i]->number] = i + 1;
        plan_layout(&p->plans[i], m->objects[i], p->arena);
    }
    *out = p;
    return RC_OK;
}

void projection_close(struct projection *p)
{
    if (!p)
        return;
    for (size_t i = 0; i < p->n_plans; i++) {
        stmt_close(p->plans[i].select);
        stmt_close(p->plans[i].insert);
        stmt_close(p->plans[i].update);
        stmt_close(p->plans[i].update_light);
    }
    buf_release(&p->stamps);
    arena_free(p->arena);
    arena_free(p->brief);
    mem_free(p);
}

const struct model *projection_model(const struct projection *p)
{
    return p->model;
}

struct store *projection_store(const struct projection *p)
{
    return p->store;
}

enum rc projection_evolve(struct store *s, const struct model *m)
{
    enum rc rc = RC_OK;
    for (size_t i = 0; i < m->n_objects && rc == RC_OK; i++) {
        if (m->objects[i]->is_fact)
            rc = ledger_evolve_facts(s, m->objects[i]);
        else
            rc = table_evolve(s, m->objects[i],
                              STR("id INTEGER NOT NULL PRIMARY KEY, version INTEGER NOT NULL, "
                                  "created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, "
                                  "deleted_at INTEGER, life INTEGER NOT NULL, "
                                  "home INTEGER NOT NULL, stamps BLOB NOT NULL"),
                              STR(""));
        if (rc == RC_OK && !m->objects[i]->is_fact)
            rc = matches_evolve(s, m->objects[i]);
    }
    return rc == RC_OK ? alike_evolve(s, m) : rc;
}
