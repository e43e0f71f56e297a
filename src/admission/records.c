/* records.c - records and their children as a group sees them. */
#include "admission/steps.h"
#include "process/calendars.h"

#include <assert.h>
#include <string.h>

enum { CHILD_SLOTS = 1 << 12 };

/* Ids are spread by Fibonacci hashing: their low bits are a counter that is mostly 0. */
static size_t spread(uint64_t id, size_t cap)
{
    return (size_t)((id * UINT64_C(0x9E3779B97F4A7C15)) >> 20) & (cap - 1);
}

static struct entry **entry_slot(struct entry **slots, size_t cap, uint64_t id)
{
    size_t i = spread(id, cap);
    while (slots[i] && slots[i]->id != id)
        i = (i + 1) & (cap - 1);
    return &slots[i];
}

struct entry *entry_known(struct group *g, uint64_t id)
{
    return *entry_slot(g->entries, g->cap_entries, id);
}

static struct entry *entry_make(struct group *g, const struct object_plan *p, uint64_t id)
{
    if ((g->n_entries + 1) * 2 > g->cap_entries) {
        size_t cap = g->cap_entries * 2;
        struct entry **slots = ARENA_ARRAY(g->arena, cap, struct entry *);
        for (size_t i = 0; i < g->cap_entries; i++)
            if (g->entries[i])
                *entry_slot(slots, cap, g->entries[i]->id) = g->entries[i];
        g->entries = slots;
        g->cap_entries = cap;
    }
    struct entry *e = ARENA_NEW(g->arena, struct entry);
    *e = (struct entry){.plan = p, .id = id};
    *entry_slot(g->entries, g->cap_entries, id) = e;
    g->n_entries++;
    return e;
}

struct row *entry_row(const struct entry *e)
{
    return e->draft ? e->draft : e->row;
}

/* NULL, too, when it was looked for among the records of another object, where nobody has the id. */
static struct entry *entry_of(struct group *g, const struct object_plan *p, uint64_t id)
{
    struct entry *e = entry_known(g, id);
    return e && (e->plan == p || entry_row(e)) ? e : NULL;
}

void entries_load(struct group *g, const struct object_plan *p, const uint64_t *ids, size_t n)
{
    if (n == 0 || g->rc != RC_OK)
        return;
    uint64_t *missing = ARENA_ARRAY(g->arena, n, uint64_t);
    struct entry **made = ARENA_ARRAY(g->arena, n, struct entry *);
    size_t m = 0;
    for (size_t i = 0; i < n; i++) {
        if (ids[i] == 0 || entry_of(g, p, ids[i]))
            continue;
        struct entry *other = entry_known(g, ids[i]);
        made[m] = other ? other : entry_make(g, p, ids[i]);
        made[m]->plan = p;
        missing[m++] = ids[i];
    }
    if (m == 0)
        return;
    struct row **rows = ARENA_ARRAY(g->arena, m, struct row *);
    g->rc = rows_load(g->projection, p->object, missing, m, g->arena, rows);
    for (size_t i = 0; g->rc == RC_OK && i < m; i++)
        made[i]->row = rows[i];
}

struct entry *entry_get(struct group *g, const struct object_plan *p, uint64_t id)
{
    struct entry *e = entry_of(g, p, id);
    if (e)
        return e;
    entries_load(g, p, &id, 1);
    e = entry_known(g, id);
    return e ? e : entry_make(g, p, id); /* only after a store error, which ends the group */
}

struct entry *entry_follow(struct group *g, const struct object_plan *p, uint64_t id)
{
    struct entry *e = entry_get(g, p, id);
    const struct row *r = entry_row(e);
    if (!r || r->life != LIFE_MERGED || g->rc != RC_OK)
        return e;
    g->rc = redirects_resolve(g->projection, &id, 1);
    return entry_get(g, p, id);
}

struct entry *entry_new(struct group *g, const struct object_plan *p, uint64_t id)
{
    /* A refused command gives its id back; the entry it made for it is still here, empty. */
    struct entry *e = entry_known(g, id);
    if (!e)
        return entry_make(g, p, id);
    assert(!e->row && !e->draft);
    e->plan = p;
    return e;
}

struct str row_public_title(const struct object_plan *p, const struct row *r)
{
    const struct object *o = p->object;
    for (size_t i = 0; r && i < o->n_title; i++) {
        const struct value *v = &r->values[slot_of(p, o->title[i]->number)];
        if (!o->title[i]->personal && v->type == VT_TEXT)
            return v->text;
    }
    return STR_NONE;
}

bool entry_live(const struct entry *e)
{
    const struct row *r = entry_row(e);
    return r && r->life == LIFE_LIVE;
}

void group_flush(struct group *g)
{
    if (g->changed.n == 0 || g->rc != RC_OK)
        return;
    struct row **rows = ARENA_ARRAY(g->arena, g->changed.n, struct row *);
    size_t n = 0;
    for (size_t i = 0; i < g->changed.n; i++) {
        struct entry *e = g->changed.v[i];
        e->queued = false;
        if (!e->row || !e->row->dirty)
            continue;
        rows[n++] = e->row;
        if (e->draft && !e->refold) /* a refolded draft is no copy: the ledger writes it */
            row_leave(e->draft, e->row);
    }
    g->rc = rows_write(g->projection, rows, n);
    g->changed.n = 0;
}

/* ---- children ------------------------------------------------------------------------------------------------ */

static size_t child_slot(const struct object_plan *p, const struct field *via, uint64_t parent)
{
    uint64_t mix = parent ^ ((uint64_t)p->object->number << 40) ^ ((uint64_t)via->number << 52);
    return spread(mix, CHILD_SLOTS);
}

static struct child_list *child_list_find(struct group *g, const struct object_plan *p,
                                          const struct field *via, uint64_t parent)
{
    if (!g->child_slots)
        return NULL;
    struct child_list *l = g->child_slots[child_slot(p, via, parent)];
    while (l && (l->parent != parent || l->via != via))
        l = l->next;
    return l;
}

/* Keeps the order by id, in which conditions look at children. */
static void child_put(struct group *g, struct child_list *l, struct entry *e)
{
    size_t i = l->list.n;
    (void)VEC_PUSH(g->arena, &l->list);
    while (i > 0 && l->list.v[i - 1]->id > e->id) {
        l->list.v[i] = l->list.v[i - 1];
        i--;
    }
    l->list.v[i] = e;
}

static void child_drop(struct child_list *l, const struct entry *e)
{
    for (size_t i = l->list.n; i-- > 0;)
        if (l->list.v[i] == e) {
            memmove(&l->list.v[i], &l->list.v[i + 1], (--l->list.n - i) * sizeof(l->list.v[0]));
            return;
        }
}

/* Whom the group knows to be merged is read as its survivor. */
static uint64_t survivor_of(struct group *g, uint64_t id)
{
    struct entry *e = id ? entry_known(g, id) : NULL;
    const struct row *r = e ? entry_row(e) : NULL;
    return r && r->life == LIFE_MERGED ? entry_follow(g, e->plan, id)->id : id;
}

static bool refers(struct group *g, const struct row *r, size_t slot, uint64_t parent)
{
    return r && r->life == LIFE_LIVE && r->values[slot].type == VT_REF &&
           (r->values[slot].ref == parent || survivor_of(g, r->values[slot].ref) == parent);
}

/* Rows drafted by the command in hand are not in the table: they are put in or taken out by hand. */
static void draft_children(struct group *g, struct child_list *l)
{
    size_t slot = slot_of(l->plan, l->via->number), kept = 0;
    for (size_t i = 0; i < g->drafted.n; i++) {
        struct entry *e = g->drafted.v[i];
        if (!e->draft)
            continue;
        g->drafted.v[kept++] = e;
        if (e->plan != l->plan)
            continue;
        child_drop(l, e);
        if (refers(g, e->draft, slot, l->parent))
            child_put(g, l, e);
    }
    g->drafted.n = kept;
}

/* Rows that wait to be written are the only ones of which the table may say something else. */
static void flush_object(struct group *g, const struct object_plan *p)
{
    for (size_t i = 0; i < g->changed.n; i++)
        if (g->changed.v[i]->plan == p) {
            group_flush(g);
            return;
        }
}

/* Nothing stored refers to a record that this group made. */
static void made_children(struct group *g, struct child_list *l, const struct entry *parent)
{
    size_t slot = slot_of(l->plan, l->via->number);
    for (size_t i = 0; i < parent->referrers.n; i++) {
        struct entry *e = parent->referrers.v[i];
        if (e->plan != l->plan || !refers(g, entry_row(e), slot, l->parent))
            continue;
        child_drop(l, e); /* it may be named twice */
        child_put(g, l, e);
    }
}

/* A child of a record merged into the parent: when its reference changes, it leaves this list. */
static void know_merged(struct group *g, const struct child_list *l, const struct entry *e)
{
    const struct row *r = entry_row(e);
    const struct value *v = r ? &r->values[slot_of(l->plan, l->via->number)] : NULL;
    if (v && v->type == VT_REF && v->ref != l->parent)
        (void)entry_get(g, plan_get(&g->adm->plans, l->via->to->number), v->ref);
}

static void stored_children(struct group *g, struct child_list *l)
{
    uint64_t *ids = NULL;
    size_t *at = NULL, n = 0;
    flush_object(g, l->plan);
    if (g->rc == RC_OK)
        g->rc = rows_children(g->projection, l->plan->object, l->via, &l->parent, 1, CHILDREN_MAX,
                              g->arena, &ids, &at, &n);
    if (g->rc != RC_OK)
        return;
    entries_load(g, l->plan, ids, n);
    for (size_t i = 0; i < n; i++) {
        struct entry *e = entry_get(g, l->plan, ids[i]);
        *VEC_PUSH(g->arena, &l->list) = e;
        know_merged(g, l, e);
    }
    draft_children(g, l);
}

static bool is_made_here(const struct entry *e)
{
    return e && (e->made || (e->draft && !e->row));
}

struct child_list *children_of(struct group *g, const struct object_plan *children,
                               const struct field *via, uint64_t parent)
{
    struct child_list *l = child_list_find(g, children, via, parent);
    if (l)
        return l;
    if (!g->child_slots)
        g->child_slots = ARENA_ARRAY(g->arena, CHILD_SLOTS, struct child_list *);
    l = ARENA_NEW(g->arena, struct child_list);
    *l = (struct child_list){.plan = children, .via = via, .parent = parent};
    const struct entry *of = entry_known(g, parent);
    if (is_made_here(of))
        made_children(g, l, of);
    else
        stored_children(g, l);
    if (g->rc != RC_OK)
        return l;
    size_t slot = child_slot(children, via, parent);
    l->next = g->child_slots[slot];
    g->child_slots[slot] = l;
    return l;
}

bool children_are_few(struct group *g, const struct object_plan *children, const struct field *via,
                      uint64_t parent, size_t max)
{
    const struct child_list *l = child_list_find(g, children, via, parent);
    uint64_t *ids = NULL;
    size_t *at = NULL, n = 0;
    if (!l && is_made_here(entry_known(g, parent)))
        l = children_of(g, children, via, parent);
    if (l)
        return l->list.n <= max;
    flush_object(g, children);
    if (g->rc != RC_OK)
        return true;
    enum rc rc = rows_children(g->projection, children->object, via, &parent, 1, max, g->arena,
                               &ids, &at, &n);
    if (rc != RC_LIMIT)
        g->rc = rc;
    return rc != RC_LIMIT;
}

static void child_move(struct decision *d, struct child_list *l, struct entry *e, bool added)
{
    if (!l)
        return;
    if (added)
        child_put(d->g, l, e);
    else
        child_drop(l, e);
    *VEC_PUSH(d->g->arena, &d->moves) = (struct child_move){l, e, added};
}

void children_moved(struct decision *d, struct entry *e, const struct field *via, uint64_t from,
                    uint64_t to)
{
    struct entry *parent = to ? entry_known(d->g, to) : NULL;
    from = survivor_of(d->g, from);
    to = survivor_of(d->g, to);
    if (is_made_here(parent))
        *VEC_PUSH(d->g->arena, &parent->referrers) = e;
    if (from == to || !d->g->child_slots)
        return;
    if (from)
        child_move(d, child_list_find(d->g, e->plan, via, from), e, false);
    if (to)
        child_move(d, child_list_find(d->g, e->plan, via, to), e, true);
}

void children_undo(struct decision *d)
{
    while (d->moves.n > 0) {
        struct child_move *m = &d->moves.v[--d->moves.n];
        if (m->added)
            child_drop(m->list, m->entry);
        else
            child_put(d->g, m->list, m->entry);
    }
}

/* ---- the reader of conditions ---------------------------------------------------------------------------------- */

static enum rc read_field(void *ctx, const struct xrecord *r, const struct xfield *f,
                          struct value *out)
{
    const struct group *g = ctx;
    const struct row *row = r->row;
    const struct object_plan *p = plan_get(&g->adm->plans, row->object->number);
    size_t slot;
    *out = slot_known(p, f->number, &slot) ? row->values[slot] : VALUE_ABSENT;
    return RC_OK;
}

static enum rc read_follow(void *ctx, const struct xobject *o, uint64_t id, struct xrecord *out)
{
    struct group *g = ctx;
    const struct object_plan *p = plan_known(&g->adm->plans, o->number);
    if (!p)
        return RC_NOT_FOUND;
    struct entry *e = entry_follow(g, p, id);
    if (g->rc != RC_OK)
        return g->rc;
    if (!entry_live(e))
        return RC_NOT_FOUND;
    *out = (struct xrecord){.object = o, .id = e->id, .row = entry_row(e)};
    return RC_OK;
}

static enum rc read_children(void *ctx, const struct xrecord *parent, const struct xchild *c,
                             const struct xwindow *w, bool (*visit)(void *, const struct xrecord *),
                             void *vctx)
{
    struct group *g = ctx;
    const struct object_plan *p = plan_known(&g->adm->plans, c->object->number);
    size_t slot;
    if (!p || !slot_known(p, c->via->number, &slot))
        return g->rc;
    const struct field *via = p->object->fields[slot];
    if (p->object->is_fact)
        return facts_visit(g, p, via, parent->id, w, visit, vctx);
    struct child_list *l = children_of(g, p, via, parent->id);
    for (size_t i = 0; g->rc == RC_OK && i < l->list.n; i++) {
        const struct entry *e = l->list.v[i];
        struct xrecord r = {.object = c->object, .id = e->id, .row = entry_row(e)};
        if (entry_live(e) && !visit(vctx, &r))
            break;
    }
    return g->rc;
}

/* Open time for conditions: business_hours_between(). */
static enum rc business_time(void *ctx, struct str calendar, struct instant from, struct instant to,
                             struct duration *out)
{
    return calendars_business_time(ctx, calendar, from, to, out);
}

void group_init(struct group *g, struct admission *adm, struct arena *arena, size_t n)
{
    *g = (struct group){.adm = adm,
                        .model = adm->parts.model,
                        .projection = adm->parts.projection,
                        .arena = arena,
                        .n = n,
                        .cap_entries = 1024};
    while (g->cap_entries < n * 4)
        g->cap_entries *= 2;
    g->works = ARENA_ARRAY(arena, n, struct work);
    g->entries = ARENA_ARRAY(arena, g->cap_entries, struct entry *);
    map_init(&g->keys, arena);
    map_init(&g->sources, arena);
    map_init(&g->matches, arena);
    g->reader = (struct xreader){g, read_field, read_follow, read_children};
    g->host = (struct xhost){
        .ctx = adm->calendars, .zone = adm->parser.zone, .business_time = business_time};
    reading_init(g);
}
