/* rows_store.c - records between memory and their tables. */
#include "projection/internal.h"

#include "projection/alike.h"
#include "projection/keys.h"

#include <assert.h>

/* ---- load ------------------------------------------------------------------------------------------------------- */

struct loading {
    struct object_plan *plan;
    const uint64_t *ids;
    struct arena *arena;
    struct row **out;
};

static void load_bind(void *self, struct stmt *st, size_t i)
{
    stmt_u64(st, 1, ((struct loading *)self)->ids[i]);
}

static void load_system(const struct object_plan *plan, struct row *r)
{
    r->values[plan->created_at] = (struct value){.type = VT_INSTANT, .instant = r->created_at};
    r->values[plan->updated_at] = (struct value){.type = VT_INSTANT, .instant = r->updated_at};
}

enum rc row_read(const struct object_plan *plan, struct stmt *st, struct arena *a, struct row **out)
{
    const struct object *o = plan->object;
    enum rc rc = RC_OK;
    int col = ROW_FIXED;
    int64_t id = stmt_get_int(st, 0), version = stmt_get_int(st, 1), life = stmt_get_int(st, 5),
            home = stmt_get_int(st, 6);
    if (id <= 0 || version <= 0 || home <= 0 || life < LIFE_LIVE || life > LIFE_MERGED)
        return RC_CORRUPT;
    struct row *r = row_new(o, (uint64_t)id, a);
    r->version = (uint64_t)version;
    r->created_at.us = stmt_get_int(st, 2);
    r->updated_at.us = stmt_get_int(st, 3);
    r->life = (enum life)life;
    r->home = (uint64_t)home;
    r->stored = true;
    for (size_t k = 0; k < plan->n_columns; k++) {
        struct value *v = &r->values[plan->columns[k].position];
        col = stmt_get_value(st, col, plan->columns[k].type, v, &rc);
        if (value_holds_text(v->type)) /* still the statement's */
            v->text = str_dup(a, v->text);
    }
    load_system(plan, r);
    if (rc == RC_OK)
        rc = stamps_decode(plan, stmt_get_blob(st, 7), r);
    *out = r;
    return rc;
}

static enum rc load_row(void *self, struct stmt *st, size_t i)
{
    struct loading *l = self;
    return row_read(l->plan, st, l->arena, &l->out[i]);
}

enum rc rows_load(struct projection *p, const struct object *o, const uint64_t *ids, size_t n,
                  struct arena *a, struct row **out)
{
    struct loading l = {plan_of(p, o), ids, a, out};
    for (size_t i = 0; i < n; i++)
        out[i] = NULL;
    enum rc rc = plan_ready(p, l.plan);
    return rc == RC_OK ? stmt_each(l.plan->select, n, &(struct stmt_set){&l, load_bind, load_row})
                       : rc;
}

/* ---- write ------------------------------------------------------------------------------------------------------ */

static void bind_row(struct projection *p, const struct object_plan *plan, const struct row *r,
                     bool references, struct stmt *st)
{
    buf_clear(&p->stamps);
    stamps_encode(plan, r, &p->stamps);
    stmt_u64(st, 1, r->id);
    stmt_u64(st, 2, r->version);
    stmt_int(st, 3, r->created_at.us);
    stmt_int(st, 4, r->updated_at.us);
    if (r->life == LIFE_LIVE)
        stmt_null(st, 5);
    else
        stmt_int(st, 5, r->life_stamp.effective_at.us);
    stmt_int(st, 6, r->life);
    stmt_u64(st, 7, r->home);
    stmt_blob(st, 8, buf_view(&p->stamps));
    int param = ROW_FIXED + 1;
    for (size_t i = 0; i < plan->n_columns; i++) {
        const struct own_column *c = &plan->columns[i];
        if (references || !c->reference)
            param = stmt_value(st, param, c->type, &r->values[c->position]);
    }
}

static enum rc run_with(struct projection *p, enum sql_id id, uint64_t record)
{
    struct stmt *st;
    enum rc rc = store_named(p->store, id, &st);
    if (rc != RC_OK)
        return rc;
    stmt_u64(st, 1, record);
    return stmt_run(st);
}

static enum rc row_remove(struct projection *p, const struct row *r)
{
    char name[COLUMN_MAX];
    struct buf sql;
    struct stmt *st;
    buf_init(&sql, 128);
    buf_printf(&sql, "DELETE FROM %.*s WHERE id = ", STR_ARG(table_of(r->object, name)));
    store_param(p->store, 1, &sql);
    enum rc rc = buf_ok(&sql);
    if (rc == RC_OK)
        rc = store_prepared(p->store, buf_view(&sql), &st);
    buf_release(&sql);
    if (rc != RC_OK)
        return rc;
    stmt_u64(st, 1, r->id);
    return stmt_run(st);
}

/* Before the row is written: what stands there now is what the index knows. */
static enum rc index_follow(struct projection *p, const struct row *r)
{
    struct row *before = NULL;
    enum rc rc = RC_OK;
    if (!alike_is_asked(r->object))
        return RC_OK;
    if (!p->brief)
        p->brief = arena_new();
    arena_reset(p->brief);
    if (r->stored)
        rc = rows_load(p, r->object, &r->id, 1, p->brief, &before);
    return rc == RC_OK ? alike_follow(p, before, r, p->brief) : rc;
}

static enum rc row_write(struct projection *p, struct row *r)
{
    struct object_plan *plan = plan_of(p, r->object);
    enum rc rc = plan_ready(p, plan);
    if (rc == RC_OK)
        rc = index_follow(p, r);
    if (rc != RC_OK)
        return rc;
    if (r->life == LIFE_NONE) {
        rc = r->stored ? row_remove(p, r) : RC_OK;
    } else {
        bool references = !r->stored || r->visits->references;
        struct stmt *st = !r->stored   ? plan->insert
                          : references ? plan->update
                                       : plan->update_light;
        bind_row(p, plan, r, references, st);
        rc = stmt_run(st);
        if (rc == RC_OK && stmt_changes(st) != 1) /* it was said to be stored */
            rc = RC_CORRUPT;
    }
    if (rc != RC_OK)
        return rc;
    r->stored = r->life != LIFE_NONE;
    r->dirty = r->visits->references = false;
    return RC_OK;
}

enum rc rows_write(struct projection *p, struct row *const *rows, size_t n)
{
    enum rc rc = RC_OK;
    for (size_t i = 0; i < n && rc == RC_OK; i++) {
        if (!rows[i]->dirty)
            continue;
        bool fresh = !rows[i]->stored;
        rc = row_write(p, rows[i]);
        if (rc == RC_OK)
            rc = visits_write(p, rows[i], fresh);
    }
    return rc;
}

/* ---- refold ----------------------------------------------------------------------------------------------------- */

static struct row *row_of_state(const struct object_plan *plan, uint64_t record,
                                const struct fold_state *s, struct arena *a)
{
    struct row *r = row_new(plan->object, record, a);
    r->version = s->version;
    r->home = s->home;
    r->created_at = s->created_at;
    r->updated_at = s->updated_at;
    r->life = s->life;
    r->life_stamp = s->life_stamp;
    for (size_t i = 0; i < plan->layout.n; i++) {
        r->values[plan->position[i]] = s->values[i];
        r->stamps[plan->position[i]] = s->stamps[i];
    }
    load_system(plan, r);
    r->dirty = true;
    return r;
}

enum rc record_write(struct projection *p, const struct object *o, uint64_t record,
                     const struct event *events, size_t n, bool stored, struct arena *a,
                     struct row **out)
{
    const struct object_plan *plan = plan_of(p, o);
    struct folded f;
    fold_current(&plan->layout, events, n, a, &f);
    struct row *r = row_of_state(plan, record, &f.state, a);
    r->stored = stored;
    r->visits->references = true;
    enum rc rc = row_write(p, r);
    if (rc == RC_OK)
        rc = visits_replace(p, o, record, f.visits, f.n_visits);
    /* A record that is not there holds no key: who finds one need not look whether there is a record. */
    if (rc == RC_OK)
        rc = keys_refold(p, o->number, record, events, f.active, r->life == LIFE_NONE ? 0 : n);
    if (rc == RC_OK)
        rc = redirect_refold(p, record, events, f.active, n);
    if (out)
        *out = r;
    return rc;
}

enum rc rows_refold(struct projection *p, struct vault *vault, const struct object *o,
                    uint64_t record, struct arena *a, struct row **out)
{
    struct event *events;
    struct row *old = NULL;
    size_t n;
    enum rc rc = ledger_of_record(p->store, vault, o->number, record, a, &events, &n);
    if (rc == RC_OK)
        rc = rows_load(p, o, &record, 1, a, &old);
    return rc == RC_OK ? record_write(p, o, record, events, n, old != NULL, a, out) : rc;
}

enum rc row_show_erased(struct projection *p, struct row *r)
{
    uint64_t seq;
    bool personal = false;
    for (size_t i = 0; i < r->object->n_fields; i++)
        personal = personal || r->object->fields[i]->personal;
    if (!personal)
        return RC_OK;
    enum rc rc = ledger_erased(p->store, r->id, &seq);
    for (size_t i = 0; i < r->object->n_fields && rc == RC_OK && seq > 0; i++)
        if (r->object->fields[i]->personal && r->values[i].type == VT_ABSENT &&
            r->stamps[i].seq > 0 && r->stamps[i].seq < seq)
            r->values[i] = (struct value){.type = VT_SEALED};
    return rc;
}

/* What took effect later, or was recorded later, is not there; a retract counts from when it was recorded. */
void row_as_of(struct projection *p, const struct object *o, const struct event *events, size_t n,
               struct arena *a, struct row_then *then)
{
    const struct object_plan *plan = plan_of(p, o);
    struct event *kept = ARENA_ARRAY(a, n + 1, struct event);
    struct folded f;
    size_t n_kept = 0;
    for (size_t i = 0; i < n; i++) {
        bool known = events[i].recorded_at.us <= then->known_at.us;
        bool effective = events[i].effective_at.us <= then->true_at.us;
        if (known && (effective || events[i].kind == EV_RETRACT))
            kept[n_kept++] = events[i];
    }
    then->row = NULL;
    then->visits = NULL;
    then->n_visits = 0;
    if (n_kept == 0)
        return;
    fold_current(&plan->layout, kept, n_kept, a, &f);
    if (f.state.life == LIFE_NONE)
        return;
    then->row = row_of_state(plan, events[0].record, &f.state, a);
    then->visits = f.visits;
    then->n_visits = f.n_visits;
}

/* ---- visits ----------------------------------------------------------------------------------------------------- */

static enum rc visit_insert(struct projection *p, const struct object *o, uint64_t record,
                            const struct fold_visit *v)
{
    struct stmt *st;
    enum rc rc = store_named(p->store, SQL_VISIT_ENTER, &st);
    if (rc != RC_OK)
        return rc;
    stmt_u64(st, 1, record);
    stmt_int(st, 2, v->field);
    stmt_int(st, 3, v->entered.effective_at.us);
    stmt_u64(st, 4, v->entered.seq);
    stmt_int(st, 5, o->number);
    stmt_int(st, 6, v->stage);
    if (v->left.seq) {
        stmt_int(st, 7, v->left.effective_at.us);
        stmt_u64(st, 8, v->left.seq);
    } else {
        stmt_null(st, 7);
        stmt_null(st, 8);
    }
    return stmt_run(st);
}

static enum rc visit_leave(struct projection *p, uint64_t record, const struct row_move *m)
{
    struct stmt *st;
    enum rc rc = store_named(p->store, SQL_VISIT_LEAVE, &st);
    if (rc != RC_OK)
        return rc;
    stmt_u64(st, 1, record);
    stmt_int(st, 2, m->field);
    stmt_int(st, 3, m->at.effective_at.us);
    stmt_u64(st, 4, m->at.seq);
    return stmt_run(st);
}

enum rc visits_replace(struct projection *p, const struct object *o, uint64_t record,
                       const struct fold_visit *visits, size_t n)
{
    enum rc rc = run_with(p, SQL_VISIT_CLEAR, record);
    for (size_t i = 0; i < n && rc == RC_OK; i++)
        rc = visit_insert(p, o, record, &visits[i]);
    return rc;
}

static enum rc visits_refold(struct projection *p, const struct row *r)
{
    struct arena *a = arena_new();
    struct event *events;
    struct folded f;
    size_t n;
    /* Stages are not personal, so no key is needed. */
    enum rc rc = ledger_of_record(p->store, NULL, r->object->number, r->id, a, &events, &n);
    if (rc == RC_OK) {
        fold_current(&plan_of(p, r->object)->layout, events, n, a, &f);
        rc = visits_replace(p, r->object, r->id, f.visits, f.n_visits);
    }
    arena_free(a);
    return rc;
}

/* The move of the same field before move `i`, or after it; NULL: none of this list. */
static const struct row_move *move_beside(const struct row_visits *v, size_t i, bool before)
{
    for (size_t k = before ? i - 1 : i + 1; k < v->moves.n; k = before ? k - 1 : k + 1)
        if (v->moves.v[k].field == v->moves.v[i].field)
            return &v->moves.v[k];
    return NULL;
}

enum rc visits_write(struct projection *p, struct row *r, bool fresh)
{
    struct row_visits *v = r->visits;
    enum rc rc = RC_OK;
    if (v->refold || r->life == LIFE_NONE) {
        rc = visits_refold(p, r);
        v->moves.n = 0;
        v->refold = false;
        return rc;
    }
    for (size_t i = 0; i < v->moves.n && rc == RC_OK; i++) {
        const struct row_move *m = &v->moves.v[i], *next = move_beside(v, i, false);
        if (!fresh && !move_beside(v, i, true)) /* it ends a visit that stands in the table */
            rc = visit_leave(p, r->id, m);
        struct fold_visit visit = {m->field, m->stage, m->at, {{TIME_OPEN}, 0}};
        if (next)
            visit.left = next->at;
        if (rc == RC_OK && m->stage)
            rc = visit_insert(p, r->object, r->id, &visit);
    }
    v->moves.n = 0;
    return rc;
}

enum rc rows_visits(struct projection *p, const struct object *o, uint64_t record, struct arena *a,
                    struct fold_visit **out, size_t *n)
{
    VEC(struct fold_visit) v = {0};
    struct stmt *st;
    bool row = true;
    (void)o; /* ids are unique over all objects */
    enum rc rc = store_named(p->store, SQL_VISIT_OF, &st);
    if (rc != RC_OK)
        return rc;
    stmt_u64(st, 1, record);
    while (rc == RC_OK && (rc = stmt_step(st, &row)) == RC_OK && row) {
        struct fold_visit *one = VEC_PUSH(a, &v);
        *one = (struct fold_visit){(uint32_t)stmt_get_int(st, 0),
                                   (uint32_t)stmt_get_int(st, 1),
                                   {{stmt_get_int(st, 2)}, stmt_get_u64(st, 3)},
                                   {{TIME_OPEN}, 0}};
        if (!stmt_is_null(st, 4))
            one->left = (struct stamp){{stmt_get_int(st, 4)}, stmt_get_u64(st, 5)};
    }
    stmt_reset(st);
    *out = v.v;
    *n = v.n;
    return rc;
}

/* ---- children --------------------------------------------------------------------------------------------------- */

struct children {
    const uint64_t *parents;
    size_t max;
    struct arena *arena;
    VEC(uint64_t) ids;
    VEC(size_t) at;
};

static void children_bind(void *self, struct stmt *st, size_t i)
{
    stmt_u64(st, 1, ((struct children *)self)->parents[i]);
}

static enum rc children_row(void *self, struct stmt *st, size_t i)
{
    struct children *c = self;
    if (c->ids.n == c->max)
        return RC_LIMIT;
    *VEC_PUSH(c->arena, &c->ids) = stmt_get_u64(st, 0);
    *VEC_PUSH(c->arena, &c->at) = i;
    return RC_OK;
}

enum rc rows_children(struct projection *p, const struct object *child, const struct field *via,
                      const uint64_t *parents, size_t n, size_t max, struct arena *a,
                      uint64_t **ids, size_t **parent_at, size_t *found)
{
    char table[COLUMN_MAX], column[COLUMN_MAX];
    struct children c = {.parents = parents, .max = max, .arena = a};
    struct stmt *st = NULL;
    struct buf sql;
    assert(via->object == child && via->type == FT_REF);
    struct str name = column_of(via, column);
    buf_init(&sql, 1024);
    buf_cstr(&sql, "WITH RECURSIVE merged (id) AS (SELECT ");
    store_param(p->store, 1, &sql);
    buf_cstr(&sql,
             " UNION SELECT r.record FROM redirect AS r JOIN merged AS m ON r.survivor = m.id) ");
    buf_printf(&sql,
               "SELECT c.id FROM merged AS m JOIN %.*s AS c ON c.%.*s = m.id AND c.%.*s > 0 "
               "WHERE c.life = %d ORDER BY c.id",
               STR_ARG(table_of(child, table)), STR_ARG(name), STR_ARG(name), LIFE_LIVE);
    enum rc rc = buf_ok(&sql);
    if (rc == RC_OK)
        rc = store_prepared(p->store, buf_view(&sql), &st);
    if (rc == RC_OK)
        rc = stmt_each(st, n, &(struct stmt_set){&c, children_bind, children_row});
    buf_release(&sql);
    *ids = c.ids.v;
    *parent_at = c.at.v;
    *found = c.ids.n;
    return rc;
}
