/* reading.c - what a process may ask: current rows with everything on top that the group accepted so far. */
#include "admission/steps.h"
#include "projection/list.h"

#include <assert.h>
#include <string.h>

enum { WHOLE_PAGE = 1000, WHOLE_MAX = 100000 };

/* ---- records ----------------------------------------------------------------------------------------------------------- */

static const struct object_plan *plan_of(struct group *g, const struct object *o)
{
    return plan_get(&g->adm->plans, o->number);
}

static enum rc ask_row(void *ctx, const struct object *o, uint64_t id, const struct row **out)
{
    struct group *g = ctx;
    *out = NULL;
    if (id == 0)
        return g->rc;
    struct entry *e = entry_follow(g, plan_of(g, o), id);
    if (g->rc == RC_OK && entry_live(e) && e->plan->object == o)
        *out = entry_row(e);
    return g->rc;
}

static enum rc ask_children(void *ctx, const struct field *via, uint64_t parent,
                            const struct row ***out, size_t *n)
{
    struct group *g = ctx;
    struct child_list *l = children_of(g, plan_of(g, via->object), via, parent);
    const struct row **rows = ARENA_ARRAY(g->arena, l->list.n, const struct row *);
    *n = 0;
    for (size_t i = 0; i < l->list.n; i++)
        if (entry_live(l->list.v[i]))
            rows[(*n)++] = entry_row(l->list.v[i]);
    *out = rows;
    return g->rc;
}

static enum rc ask_by_key(void *ctx, const struct object *o, const struct key_def *key,
                          const struct value *values, const struct row **out)
{
    struct group *g = ctx;
    const struct object_plan *p = plan_of(g, o);
    struct value *by_slot = ARENA_ARRAY(g->arena, p->n_slots, struct value);
    struct key_ref ref;
    *out = NULL;
    for (size_t i = 0; i < key->n_fields; i++)
        by_slot[slot_of(p, key->fields[i]->number)] = values[i];
    if (!key_of_values(p, key, by_slot, g->arena, &ref))
        return g->rc;
    return ask_row(ctx, o, key_record(g, &ref), out);
}

/* ---- all of an object --------------------------------------------------------------------------------------------------- */

static void whole_put(struct group *g, struct whole *w, struct entry *e)
{
    size_t i = w->list.n;
    while (i > 0 && w->list.v[i - 1]->id > e->id)
        i--;
    if (i > 0 && w->list.v[i - 1] == e)
        return;
    (void)VEC_PUSH(g->arena, &w->list);
    memmove(&w->list.v[i + 1], &w->list.v[i], (w->list.n - 1 - i) * sizeof w->list.v[0]);
    w->list.v[i] = e;
}

static struct whole *whole_load(struct group *g, const struct object *o)
{
    struct list_query q = {.object = o};
    struct list_place *page, after = {0};
    struct whole *w = ARENA_NEW(g->arena, struct whole);
    size_t n = WHOLE_PAGE;
    w->stale = true;
    group_flush(g);
    while (g->rc == RC_OK && n == WHOLE_PAGE) {
        g->rc = list_page(g->projection, &q, &after, WHOLE_PAGE, g->arena, &page, &n);
        uint64_t *ids = ARENA_ARRAY(g->arena, WHOLE_PAGE, uint64_t);
        for (size_t i = 0; g->rc == RC_OK && i < n; i++)
            after.id = ids[i] = page[i].id;
        if (g->rc == RC_OK)
            entries_load(g, plan_of(g, o), ids, n);
        for (size_t i = 0; g->rc == RC_OK && i < n; i++)
            whole_put(g, w, entry_get(g, plan_of(g, o), ids[i]));
        if (g->rc == RC_OK && w->list.n > WHOLE_MAX)
            g->rc = RC_LIMIT;
    }
    return w;
}

static enum rc ask_all(void *ctx, const struct object *o, const struct row ***out, size_t *n)
{
    struct group *g = ctx;
    assert(o->builtin && o->number < ON_FIRST_FREE);
    if (!g->wholes)
        g->wholes = ARENA_ARRAY(g->arena, ON_FIRST_FREE, struct whole *);
    struct whole *w = g->wholes[o->number];
    if (!w)
        w = g->wholes[o->number] = whole_load(g, o);
    if (w->stale) {
        w->rows = ARENA_ARRAY(g->arena, w->list.n, const struct row *);
        w->n = 0;
        for (size_t i = 0; i < w->list.n; i++)
            if (entry_live(w->list.v[i]))
                w->rows[w->n++] = entry_row(w->list.v[i]);
        w->stale = false;
    }
    *out = w->rows;
    *n = w->n;
    return g->rc;
}

static uint64_t ask_person_id(void *ctx, struct str name)
{
    struct group *g = ctx;
    const struct object *person = model_object_numbered(g->model, ON_PERSON);
    struct value v = {.type = VT_TEXT, .text = name};
    const struct row *row = NULL;
    for (size_t i = 0; i < person->n_keys && name.n; i++)
        if (person->keys[i].n_fields == 1 && str_is(person->keys[i].fields[0]->name, "name") &&
            ask_by_key(ctx, person, &person->keys[i], &v, &row) == RC_OK && row)
            return row->id;
    return 0;
}

/* ---- how much a person has --------------------------------------------------------------------------------------------- */

/* The numbers of open stages of field `f`. */
static size_t open_stages(const struct object *o, const struct field *f, uint32_t *numbers)
{
    size_t n = 0;
    for (size_t i = 0; i < o->n_processes; i++)
        for (size_t k = 0; o->processes[i]->field == f && k < o->processes[i]->n_stages; k++)
            if (o->processes[i]->stages[k].outcome == OUTCOME_OPEN)
                numbers[n++] = o->processes[i]->stages[k].number;
    return n;
}

static size_t count_stages(const struct object *o)
{
    size_t n = 0;
    for (size_t i = 0; i < o->n_processes; i++)
        n += o->processes[i]->n_stages;
    return n;
}

/* Stands in an open stage of each process that it is in. */
static bool is_open(const struct object_plan *p, const struct row *r)
{
    bool staged = false;
    for (size_t i = 0; i < p->object->n_processes; i++) {
        const struct process_def *d = p->object->processes[i];
        const struct value *v = &r->values[slot_of(p, d->field->number)];
        const struct stage *s = v->type == VT_ENUM ? process_stage_numbered(d, v->number_of) : NULL;
        if (s && s->outcome != OUTCOME_OPEN)
            return false;
        staged |= s != NULL;
    }
    return staged || p->object->n_processes == 0;
}

static uint64_t open_owner(const struct object_plan *p, const struct row *r)
{
    if (!r || r->life != LIFE_LIVE || !is_open(p, r))
        return 0;
    const struct value *v = &r->values[slot_of(p, FN_OWNER)];
    return v->type == VT_REF ? v->ref : 0;
}

/* One stage field is asked in the table; several are looked at record by record. */
static void count_owned(struct group *g, struct owned *c)
{
    const struct object *o = c->object;
    const struct object_plan *p = plan_of(g, o);
    const struct field *owner = object_field_numbered(o, FN_OWNER);
    const struct field *stage = o->n_processes ? o->processes[0]->field : NULL;
    bool one = true;
    for (size_t i = 1; i < o->n_processes; i++)
        one &= o->processes[i]->field == stage;
    if (!one) {
        const struct child_list *l = children_of(g, p, owner, c->owner);
        for (size_t i = 0; i < l->list.n; i++)
            c->n += open_owner(p, entry_row(l->list.v[i])) == c->owner;
        return;
    }
    struct list_query q = {.object = o, .via = owner, .parent = c->owner};
    if (stage) {
        uint32_t *numbers = ARENA_ARRAY(g->arena, count_stages(o), uint32_t);
        q.test = (struct list_test){.asks = LIST_AMONG, .field = stage, .numbers = numbers};
        q.test.n = open_stages(o, stage, numbers);
    }
    group_flush(g);
    if (g->rc == RC_OK)
        g->rc = list_count(g->projection, &q, &c->n);
}

static struct str owned_name(const struct owned *c)
{
    return (struct str){(const char *)c, offsetof(struct owned, n)};
}

static enum rc ask_open_count(void *ctx, const struct object *o, uint64_t owner, uint64_t *n)
{
    struct group *g = ctx;
    struct owned asked = {.object = o, .owner = owner};
    struct owned *c = map_find(&g->owned, owned_name(&asked));
    if (!c) {
        c = arena_copy(g->arena, &asked, sizeof asked);
        map_put(&g->owned, owned_name(c), c);
        count_owned(g, c);
    }
    *n = c->n;
    return g->rc;
}

static struct owned *counted(struct group *g, const struct object *o, uint64_t owner)
{
    struct owned asked = {.object = o, .owner = owner};
    return owner ? map_find(&g->owned, owned_name(&asked)) : NULL;
}

/* ---- keeping in step --------------------------------------------------------------------------------------------------- */

void reading_follow(struct group *g, const struct entry *e, const struct row *before)
{
    const struct object *o = e->plan->object;
    struct whole *w = g->wholes && o->number < ON_FIRST_FREE ? g->wholes[o->number] : NULL;
    if (w) {
        whole_put(g, w, entry_known(g, e->id));
        w->stale = true;
    }
    if (g->owned.n == 0 || o->is_fact)
        return;
    uint64_t was = open_owner(e->plan, before), is = open_owner(e->plan, e->row);
    struct owned *lost = counted(g, o, was), *got = counted(g, o, is);
    if (was == is)
        return;
    if (lost)
        lost->n--;
    if (got)
        got->n++;
}

static enum rc ask_remembered(void *ctx, struct str trigger, uint64_t record, bool *on)
{
    struct group *g = ctx;
    struct entry *e = entry_known(g, record);
    *on = e && trigger_is_on(g, e, trigger);
    return g->rc;
}

void reading_init(struct group *g)
{
    map_init(&g->owned, g->arena);
    map_init(&g->wishes, g->arena);
    g->asks = (struct process_reader){.ctx = g,
                                      .records = &g->reader,
                                      .host = &g->host,
                                      .row = ask_row,
                                      .children = ask_children,
                                      .all = ask_all,
                                      .by_key = ask_by_key,
                                      .open_count = ask_open_count,
                                      .remembered = ask_remembered,
                                      .person_id = ask_person_id};
}
