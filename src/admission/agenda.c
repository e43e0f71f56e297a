/* agenda.c - wishes and triggers of a group, and what is due. */
#include "admission/agenda.h"

#include "admission/steps.h"

#include "projection/match.h"

#include <assert.h>
#include <string.h>

/* ---- wishes ------------------------------------------------------------------------------------------------------------ */

static struct wishes *wishes_of(struct group *g, uint32_t object, uint64_t record)
{
    struct str name = {(const char *)&record, sizeof record};
    struct wishes *w = map_find(&g->wishes, name);
    if (w)
        return w;
    w = ARENA_NEW(g->arena, struct wishes);
    *w = (struct wishes){
        .record = record, .object = object, .at = {INSTANT_MAX, INSTANT_MAX, INSTANT_MAX}};
    map_put(&g->wishes, (struct str){(const char *)&w->record, sizeof w->record}, w);
    return w;
}

void agenda_done(struct group *g, const struct entry *e, enum agenda_kind kind)
{
    struct str name = {(const char *)&e->id, sizeof e->id};
    struct wishes *w = map_find(&g->wishes, name);
    bool stands = !e->made || e->on_agenda; /* may a row stand there? */
    if (!w && (!stands || !g->adm->has_agenda))
        return;
    w = w ? w : wishes_of(g, e->plan->object->number, e->id);
    w->done[kind - 1] |= stands;
    w->at[kind - 1] = INSTANT_MAX;
}

void agenda_wish(struct group *g, enum agenda_kind kind, const struct object *o, uint64_t record,
                 struct instant at, uint64_t cause)
{
    assert(kind >= AGENDA_LOOK && kind <= AGENDA_AGE && record);
    struct wishes *w = wishes_of(g, o->number, record);
    if (at.us >= w->at[kind - 1].us)
        return;
    w->at[kind - 1] = at;
    w->cause[kind - 1] = cause;
    w->by[kind - 1] = at.us - g->fired_at.us < US_PER_SECOND ? g->firing : 0;
}

static void write_wish(struct group *g, const struct wishes *w, enum agenda_kind kind)
{
    struct stmt *st;
    bool replaces = w->done[kind - 1];
    if (g->rc != RC_OK || w->at[kind - 1].us == INSTANT_MAX.us)
        return;
    g->rc = store_named(g->adm->parts.store, replaces ? SQL_AGENDA_PUT : SQL_AGENDA_WAKE, &st);
    if (g->rc != RC_OK)
        return;
    stmt_u64(st, 1, w->record);
    stmt_int(st, 2, kind);
    stmt_int(st, 3, w->object);
    stmt_int(st, 4, w->at[kind - 1].us);
    stmt_u64(st, 5, w->cause[kind - 1]);
    stmt_u64(st, 6, w->by[kind - 1]);
    if (replaces)
        stmt_int(st, 7, 0);
    g->rc = stmt_run(st);
    g->adm->has_agenda = true;
    struct entry *e = entry_known(g, w->record);
    if (e)
        e->on_agenda = true;
}

static enum rc drop_rows(struct admission *a, uint64_t record, uint32_t object, int first, int last)
{
    struct stmt *st;
    enum rc rc = store_named(a->parts.store, SQL_AGENDA_DROP, &st);
    if (rc != RC_OK)
        return rc;
    stmt_u64(st, 1, record);
    stmt_int(st, 2, first);
    stmt_int(st, 3, last);
    stmt_int(st, 4, object);
    return stmt_run(st);
}

static bool only_goes(const struct wishes *w, int kind)
{
    return w->done[kind - 1] && w->at[kind - 1].us == INSTANT_MAX.us;
}

/* Kinds beside each other go with one statement. */
static void write_wishes(struct group *g, const struct wishes *w)
{
    for (int kind = AGENDA_LOOK; kind <= AGENDA_AGE; kind++) {
        int first = kind;
        while (kind <= AGENDA_AGE && only_goes(w, kind))
            kind++;
        if (kind > first && g->rc == RC_OK)
            g->rc = drop_rows(g->adm, w->record, w->object, first, kind - 1);
        if (kind <= AGENDA_AGE)
            write_wish(g, w, (enum agenda_kind)kind);
    }
}

/* ---- triggers ---------------------------------------------------------------------------------------------------------- */

static struct triggers *triggers_of(struct group *g, struct entry *e)
{
    struct stmt *st;
    bool row = true;
    if (e->triggers)
        return e->triggers;
    e->triggers = ARENA_NEW(g->arena, struct triggers);
    if (e->made || !g->adm->has_triggers || g->rc != RC_OK)
        return e->triggers;
    g->rc = store_named(g->adm->parts.store, SQL_TRIGGER_OF, &st);
    if (g->rc != RC_OK)
        return e->triggers;
    stmt_u64(st, 1, e->id);
    while ((g->rc = stmt_step(st, &row)) == RC_OK && row)
        *VEC_PUSH(g->arena, &e->triggers->list) = (struct held_trigger){
            str_dup(g->arena, stmt_get_text(st, 0)), true, true};
    return e->triggers;
}

static struct held_trigger *held(struct triggers *t, struct str name)
{
    for (size_t i = 0; i < t->list.n; i++)
        if (str_eq(t->list.v[i].name, name))
            return &t->list.v[i];
    return NULL;
}

bool trigger_is_on(struct group *g, struct entry *e, struct str name)
{
    const struct held_trigger *h = held(triggers_of(g, e), name);
    return h && h->on;
}

void trigger_set(struct group *g, struct entry *e, struct str name, bool on)
{
    struct triggers *t = triggers_of(g, e);
    struct held_trigger *h = held(t, name);
    if (!h) {
        h = VEC_PUSH(g->arena, &t->list);
        *h = (struct held_trigger){.name = str_dup(g->arena, name)};
    }
    h->on = on;
    if (!t->changed)
        *VEC_PUSH(g->arena, &g->triggered) = e;
    t->changed = true;
}

static void write_trigger(struct group *g, const struct entry *e, struct held_trigger *h)
{
    struct stmt *st;
    if (h->on == h->stored || g->rc != RC_OK)
        return;
    g->rc = store_named(g->adm->parts.store, h->on ? SQL_TRIGGER_PUT : SQL_TRIGGER_DROP, &st);
    if (g->rc != RC_OK)
        return;
    stmt_u64(st, 1, e->id);
    stmt_text(st, 2, h->name);
    g->rc = stmt_run(st);
    h->stored = h->on;
    g->adm->has_triggers = true;
}

bool agenda_piece(struct group *g, struct piece *p)
{
    struct stmt *st;
    bool row = false;
    if (g->rc == RC_OK)
        g->rc = store_named(g->adm->parts.store, SQL_AGENDA_GET, &st);
    if (g->rc != RC_OK)
        return false;
    stmt_u64(st, 1, p->record);
    stmt_int(st, 2, p->kind);
    stmt_int(st, 3, p->object->number);
    g->rc = stmt_step(st, &row);
    if (g->rc == RC_OK && row) {
        p->place = stmt_get_u64(st, 0);
        p->reached = stmt_get_u64(st, 1);
        p->cause = stmt_get_u64(st, 2);
    }
    stmt_reset(st);
    return g->rc == RC_OK && row;
}

static enum rc write_piece(struct admission *a, const struct piece *p)
{
    struct stmt *st;
    if (p->over)
        return drop_rows(a, p->record, p->object->number, (int)p->kind, (int)p->kind);
    enum rc rc = store_named(a->parts.store, SQL_AGENDA_PUT, &st);
    if (rc != RC_OK)
        return rc;
    stmt_u64(st, 1, p->record);
    stmt_int(st, 2, p->kind);
    stmt_int(st, 3, p->object->number);
    stmt_int(st, 4, p->at.us);
    stmt_u64(st, 5, p->cause);
    stmt_u64(st, 6, p->place);
    stmt_u64(st, 7, p->reached);
    a->has_agenda = true;
    return stmt_run(st);
}

void agenda_write(struct group *g)
{
    for (size_t i = 0; i < g->pieces.n && g->rc == RC_OK; i++) {
        struct entry *e = entry_known(g, g->pieces.v[i].record);
        if (e)
            e->on_agenda = true;
        g->rc = write_piece(g->adm, &g->pieces.v[i]);
    }
    g->pieces.n = 0;
    for (size_t i = 0; i < g->wishes.n; i++)
        write_wishes(g, g->wishes.entries[i].value);
    for (size_t i = 0; i < g->triggered.n; i++) {
        struct triggers *t = g->triggered.v[i]->triggers;
        t->changed = false;
        for (size_t k = 0; k < t->list.n; k++)
            write_trigger(g, g->triggered.v[i], &t->list.v[k]);
    }
    map_init(&g->wishes, g->arena);
    g->triggered.n = 0;
}

/* ---- what is due ------------------------------------------------------------------------------------------------------- */

static enum rc one_number(struct stmt *st, int64_t absent, int64_t *out)
{
    bool row = false;
    enum rc rc = stmt_step(st, &row);
    *out = rc == RC_OK && row ? stmt_get_int(st, 0) : absent;
    stmt_reset(st);
    return rc;
}

enum rc agenda_next(struct store *s, struct instant *out)
{
    struct stmt *st;
    *out = INSTANT_MAX;
    enum rc rc = store_named(s, SQL_AGENDA_NEXT, &st);
    return rc == RC_OK ? one_number(st, INSTANT_MAX.us, &out->us) : rc;
}

enum rc agenda_due_count(struct store *s, struct instant now, uint64_t *out)
{
    struct stmt *st;
    int64_t n = 0;
    enum rc rc = store_named(s, SQL_AGENDA_COUNT, &st);
    if (rc == RC_OK)
        stmt_int(st, 1, now.us);
    if (rc == RC_OK)
        rc = one_number(st, 0, &n);
    *out = (uint64_t)n;
    return rc;
}

enum rc agenda_due(struct store *s, const struct model *m, struct instant now, size_t max,
                   struct arena *a, struct agenda_item **out, size_t *n)
{
    struct stmt *st;
    bool row = true;
    *n = 0;
    *out = ARENA_ARRAY(a, max, struct agenda_item);
    enum rc rc = store_named(s, SQL_AGENDA_DUE, &st);
    if (rc != RC_OK)
        return rc;
    stmt_int(st, 1, now.us);
    stmt_int(st, 2, (int64_t)max);
    while ((rc = stmt_step(st, &row)) == RC_OK && row) {
        int64_t kind = stmt_get_int(st, 1);
        const struct object *o = model_object_numbered(m, (uint32_t)stmt_get_int(st, 2));
        if (o && kind > 0 && kind < AGENDA_KINDS)
            (*out)[(*n)++] = (struct agenda_item){.kind = (enum agenda_kind)kind,
                                                  .record = stmt_get_u64(st, 0),
                                                  .object = o,
                                                  .at = {stmt_get_int(st, 3)},
                                                  .cause = stmt_get_u64(st, 4),
                                                  .by = kind <= AGENDA_AGE ? stmt_get_u64(st, 5)
                                                                           : 0};
    }
    return rc;
}

/* ---- records that wake each other -------------------------------------------------------------------------------------- */

static enum rc any_row(struct admission *a, enum sql_id id, bool *out)
{
    struct stmt *st;
    int64_t seen = 0;
    enum rc rc = store_named(a->parts.store, id, &st);
    if (rc == RC_OK)
        rc = one_number(st, 0, &seen);
    *out = seen > 0;
    return rc;
}

bool agenda_count(struct group *g, const struct agenda_item *item)
{
    struct stmt *st;
    int64_t looks = 0;
    if (item->by == 0 || g->rc != RC_OK)
        return true;
    g->rc = store_named(g->adm->parts.store, SQL_LOOKED_COUNT, &st);
    if (g->rc != RC_OK)
        return true;
    stmt_u64(st, 1, item->record);
    stmt_int(st, 2, item->object->number);
    stmt_int(st, 3, item->at.us);
    stmt_u64(st, 4, item->by);
    stmt_int(st, 5, US_PER_SECOND);
    g->rc = one_number(st, 0, &looks);
    g->adm->has_looked = true;
    return looks <= LOOKS_MAX;
}

static struct str shown_record(struct group *g, const struct object *o, uint64_t record)
{
    const struct object_plan *p = plan_get(&g->adm->plans, o->number);
    const struct row *row = entry_row(entry_get(g, p, record));
    struct str title = row_public_title(p, row);
    char id[64];
    struct str named = id_text(o->prefix, record, id);
    if (title.n)
        return str_printf(g->arena, "%.*s %.*s (%.*s)", STR_ARG(o->name), STR_ARG(named),
                          STR_ARG(str_sub(title, 0, 60)));
    return str_printf(g->arena, "%.*s %.*s", STR_ARG(o->name), STR_ARG(named));
}

/* Who asked for the last look at the record; 0: no look. */
static uint64_t woken_by(struct group *g, uint64_t record, const struct object **o)
{
    struct stmt *st;
    bool row = false;
    uint64_t by = 0;
    *o = NULL;
    g->rc = store_named(g->adm->parts.store, SQL_LOOKED_GET, &st);
    if (g->rc != RC_OK)
        return 0;
    stmt_u64(st, 1, record);
    g->rc = stmt_step(st, &row);
    if (g->rc == RC_OK && row) {
        *o = model_object_numbered(g->model, (uint32_t)stmt_get_int(st, 0));
        by = stmt_get_u64(st, 1);
    }
    stmt_reset(st);
    return by;
}

struct str agenda_cycle(struct group *g, const struct agenda_item *item)
{
    struct str text = shown_record(g, item->object, item->record);
    const struct object *o = NULL;
    uint64_t record = item->by;
    for (int i = 0; i < CYCLE_MOST && record && g->rc == RC_OK; i++) {
        uint64_t by = woken_by(g, record, &o);
        if (!o)
            break;
        text = str_printf(g->arena, "%.*s, woken by %.*s", STR_ARG(text),
                          STR_ARG(shown_record(g, o, record)));
        record = record == item->record ? 0 : by;
    }
    return text;
}

void agenda_calm(struct group *g, struct instant at)
{
    struct stmt *st;
    if (!g->adm->has_looked || g->rc != RC_OK)
        return;
    g->rc = store_named(g->adm->parts.store, SQL_LOOKED_FORGET, &st);
    if (g->rc != RC_OK)
        return;
    stmt_int(st, 1, at.us - US_PER_SECOND);
    g->rc = stmt_run(st);
    if (g->rc == RC_OK)
        g->rc = any_row(g->adm, SQL_LOOKED_ANY, &g->adm->has_looked);
}

/* ---- a model goes live -------------------------------------------------------------------------------------------------- */

static enum rc forget_objects(struct admission *a)
{
    struct arena *arena = arena_new();
    VEC(uint32_t) gone = {NULL, 0, 0};
    struct stmt *st;
    bool row = true;
    enum rc rc = store_named(a->parts.store, SQL_AGENDA_OBJECTS, &st);
    while (rc == RC_OK && (rc = stmt_step(st, &row)) == RC_OK && row)
        if (!model_object_numbered(a->parts.model, (uint32_t)stmt_get_int(st, 0)))
            *VEC_PUSH(arena, &gone) = (uint32_t)stmt_get_int(st, 0);
    for (size_t i = 0; i < gone.n && rc == RC_OK; i++) {
        rc = store_named(a->parts.store, SQL_AGENDA_FORGET_OBJECT, &st);
        if (rc == RC_OK)
            stmt_int(st, 1, gone.v[i]);
        if (rc == RC_OK)
            rc = stmt_run(st);
    }
    arena_free(arena);
    return rc;
}

enum rc agenda_sweep(struct admission *a, struct instant at)
{
    const struct model *m = a->parts.model;
    enum rc rc = forget_objects(a);
    for (size_t i = 0; i < m->n_objects && rc == RC_OK; i++) {
        const struct object *o = m->objects[i];
        uint64_t first = 0;
        size_t n = 0;
        if (o->is_fact || !plan_get(&a->plans, o->number)->is_swept)
            continue;
        rc = rows_after(a->parts.projection, o, 0, 1, &first, &n);
        if (rc == RC_OK && n > 0)
            rc = write_piece(a, &(struct piece){.kind = AGENDA_SWEEP, .object = o, .at = at});
    }
    return rc;
}

enum rc agenda_see(struct admission *a)
{
    struct instant next;
    enum rc rc = agenda_next(a->parts.store, &next);
    a->has_agenda = next.us < INSTANT_MAX.us;
    if (rc == RC_OK)
        rc = any_row(a, SQL_TRIGGER_ANY, &a->has_triggers);
    return rc == RC_OK ? any_row(a, SQL_LOOKED_ANY, &a->has_looked) : rc;
}
