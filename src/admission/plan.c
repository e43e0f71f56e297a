/* plan.c - what admission derives once from a model. */
#include "admission/plan.h"

#include "model/tree.h"
#include <assert.h>

const struct object_plan *plan_get(const struct plan_set *p, uint32_t object_number)
{
    assert(object_number <= p->max_number && p->by_number[object_number]);
    return p->by_number[object_number];
}

const struct object_plan *plan_known(const struct plan_set *p, uint32_t object_number)
{
    return object_number <= p->max_number ? p->by_number[object_number] : NULL;
}

size_t slot_of(const struct object_plan *p, uint32_t field_number)
{
    assert(field_number <= p->max_number && p->slot_by_number[field_number] > 0);
    return p->slot_by_number[field_number] - 1u;
}

bool slot_known(const struct object_plan *p, uint32_t field_number, size_t *out)
{
    if (field_number > p->max_number || p->slot_by_number[field_number] == 0)
        return false;
    *out = p->slot_by_number[field_number] - 1u;
    return true;
}

uint64_t *bits_new(const struct object_plan *p, struct arena *a)
{
    return ARENA_ARRAY(a, p->n_words, uint64_t);
}

void bits_set(uint64_t *bits, size_t slot)
{
    bits[slot / 64] |= UINT64_C(1) << (slot % 64);
}

void bits_clear(uint64_t *bits, size_t slot)
{
    bits[slot / 64] &= ~(UINT64_C(1) << (slot % 64));
}

bool bits_has(const uint64_t *bits, size_t slot)
{
    return (bits[slot / 64] >> (slot % 64) & 1) != 0;
}

bool bits_meet(const struct object_plan *p, const uint64_t *a, const uint64_t *b)
{
    for (size_t i = 0; i < p->n_words; i++)
        if (a[i] & b[i])
            return true;
    return false;
}

/* The own field a read begins with: a step over a reference, or the field itself. Children begin with none. */
static const struct xfield *own_field(const struct xread *r)
{
    if (r->n_steps == 0)
        return r->field;
    return r->steps[0].ref;
}

static void add_reads(const struct object_plan *p, const struct expr *e, uint64_t *bits)
{
    if (!e)
        return;
    const struct xread *reads;
    size_t n = expr_reads(e, &reads);
    for (size_t i = 0; i < n; i++) {
        const struct xfield *f = reads[i].root == XR_ACTOR ? NULL : own_field(&reads[i]);
        if (f)
            bits_set(bits, slot_of(p, f->number));
    }
}

static void add_follows(const struct object_plan *p, const struct expr *e, uint64_t *bits)
{
    const struct xread *reads;
    size_t slot, n = e ? expr_reads(e, &reads) : 0;
    for (size_t i = 0; i < n; i++)
        if (reads[i].root != XR_ACTOR && reads[i].n_steps > 0 && reads[i].steps[0].ref &&
            slot_known(p, reads[i].steps[0].ref->number, &slot))
            bits_set(bits, slot);
}

static void add_rules(const struct object_plan *p, struct rule *const *rules, size_t n,
                      uint64_t *bits)
{
    for (size_t i = 0; i < n; i++) {
        add_follows(p, rules[i]->when, bits);
        add_follows(p, rules[i]->require, bits);
    }
}

static void plan_follows(struct object_plan *p, const struct process *process, struct arena *a)
{
    const struct object *o = p->object;
    uint64_t *bits = bits_new(p, a);
    add_rules(p, o->rules, o->n_rules, bits);
    for (size_t i = 0; i < o->n_processes; i++)
        for (size_t k = 0; k < o->processes[i]->n_stages; k++) {
            const struct stage *s = &o->processes[i]->stages[k];
            add_rules(p, s->enter, s->n_enter, bits);
            add_rules(p, s->exit, s->n_exit, bits);
        }
    for (size_t i = 0; i < p->n_derived; i++)
        for (size_t k = 0; k < p->derived[i].n_exprs; k++)
            add_follows(p, p->derived[i].exprs[k], bits);
    const struct expr *const *watched;
    size_t n = process_watched(process, o, &watched);
    for (size_t i = 0; i < n; i++)
        add_follows(p, watched[i], bits);
    p->follows = bits;
}

static void plan_slots(struct object_plan *p, struct arena *a)
{
    const struct object *o = p->object;
    for (size_t i = 0; i < o->n_fields; i++)
        if (o->fields[i]->number > p->max_number)
            p->max_number = o->fields[i]->number;
    uint16_t *slots = ARENA_ARRAY(a, p->max_number + 1u, uint16_t);
    for (size_t i = 0; i < o->n_fields; i++) {
        assert(i < UINT16_MAX);
        slots[o->fields[i]->number] = (uint16_t)(i + 1);
    }
    p->slot_by_number = slots;
    p->n_slots = o->n_fields;
    p->n_words = (o->n_fields + 63) / 64;
    p->id_slot = slot_of(p, FN_ID);
    p->created_slot = slot_of(p, FN_CREATED_AT);
    p->updated_slot = slot_of(p, FN_UPDATED_AT);
    for (size_t i = 0; i < o->n_fields && !p->home; i++) {
        const struct field *f = o->fields[i];
        if (f->type == FT_REF && f->to && str_is(f->to->name, "account") && f->to != o)
            p->home = f;
    }
    size_t *refs = ARENA_ARRAY(a, o->n_fields, size_t);
    for (size_t i = 0; i < o->n_fields; i++)
        if (o->fields[i]->type == FT_REF)
            refs[p->n_refs++] = i;
    p->refs = refs;
    for (size_t i = 0; i < o->n_match; i++) {
        p->has_match |= !o->match[i].review;
        p->has_exact_match |= !o->match[i].similar && !o->match[i].review;
    }
}

static void plan_rules(struct object_plan *p, struct arena *a)
{
    const struct object *o = p->object;
    p->rules = ARENA_ARRAY(a, o->n_rules, struct criterion);
    p->n_rules = o->n_rules;
    for (size_t i = 0; i < o->n_rules; i++) {
        uint64_t *reads = bits_new(p, a);
        add_reads(p, o->rules[i]->when, reads);
        add_reads(p, o->rules[i]->require, reads);
        p->rules[i] = (struct criterion){.rule = o->rules[i], .reads = reads};
    }
}

static bool changes_by_time(const struct derived *d)
{
    const struct xchange *changes;
    if (d->field->kind == FIELD_ROLLUP && d->field->rollup->window.us > 0)
        return true;
    for (size_t i = 0; i < d->n_exprs; i++)
        if (expr_changes(d->exprs[i], &changes) > 0)
            return true;
    return d->field->kind == FIELD_DERIVED; /* its terms may fade */
}

typedef VEC(struct derived) derived_plans;

/* A derived field made of `exprs`, which may be none. */
static void add_derived(struct object_plan *p, const struct field *f,
                        const struct expr *const *exprs, size_t n, struct arena *a,
                        derived_plans *out)
{
    uint64_t *reads = bits_new(p, a);
    for (size_t i = 0; i < n; i++)
        add_reads(p, exprs[i], reads);
    struct derived d = {f, slot_of(p, f->number), exprs, n, reads, false};
    bits_clear(reads, d.slot); /* it may look at what it was */
    d.timed = changes_by_time(&d);
    p->is_swept |= d.timed;
    *VEC_PUSH(a, out) = d;
}

/* Puts the derived fields behind what they read: repeated passes take each whose own inputs are placed. The model refuses
 * cycles of computed fields; one through a score is cut at the first field of it. */
static void order_derived(struct object_plan *p, struct derived *all, size_t n, struct arena *a)
{
    uint64_t *waiting = bits_new(p, a);
    for (size_t i = 0; i < n; i++)
        bits_set(waiting, all[i].slot);
    p->derived = ARENA_ARRAY(a, n, struct derived);
    bool *placed = ARENA_ARRAY(a, n, bool), cut = false;
    while (p->n_derived < n) {
        size_t before = p->n_derived;
        for (size_t i = 0; i < n; i++) {
            if (placed[i] || (!cut && bits_meet(p, all[i].reads, waiting)))
                continue;
            p->derived[p->n_derived++] = all[i];
            placed[i] = true;
            cut = false;
            bits_clear(waiting, all[i].slot);
        }
        cut = p->n_derived == before;
    }
}

static void plan_derived(struct object_plan *p, const struct process *process, struct arena *a)
{
    const struct object *o = p->object;
    derived_plans all = {NULL, 0, 0};
    const struct expr *const *watched;
    p->is_watched = process_watched(process, o, &watched) > 0;
    p->is_swept = p->is_watched || process_is_timed(process, o);
    for (size_t i = 0; i < o->n_fields; i++) {
        const struct field *f = o->fields[i];
        if (f->kind == FIELD_COMPUTED && f->computed) {
            const struct expr **one = ARENA_NEW(a, const struct expr *);
            *one = f->computed;
            add_derived(p, f, one, 1, a, &all);
        } else if (f->kind == FIELD_ROLLUP && f->rollup) {
            add_derived(p, f, NULL, 0, a, &all);
        }
    }
    const struct process_derived *made;
    size_t n = process_derived_of(process, o, &made);
    for (size_t i = 0; i < n; i++)
        add_derived(p, made[i].field, made[i].exprs, made[i].n_exprs, a, &all);
    order_derived(p, all.v, all.n, a);
}

/* ---- dependents ---------------------------------------------------------------------------------------------- */

typedef VEC(struct dependent) dependent_list;

static void add_dependent(dependent_list *lists, struct arena *a, const struct object *read,
                          struct dependent d)
{
    *VEC_PUSH(a, &lists[read->number]) = d;
}

/* Is all of it still there? A condition that is kept from an earlier version may read what is not. */
static bool read_is_known(const struct plan_set *set, const struct object_plan *at,
                          const struct xread *r)
{
    size_t slot;
    for (size_t i = 0; at && i < r->n_steps; i++) {
        const struct xstep *s = &r->steps[i];
        const struct object_plan *child = s->child ? plan_known(set, s->child->object->number)
                                                   : NULL;
        if (s->child)
            at = child && slot_known(child, s->child->via->number, &slot) ? child : NULL;
        else if (slot_known(at, s->ref->number, &slot))
            at = plan_known(set, at->object->fields[slot]->to->number);
        else
            at = NULL;
    }
    return at && (!r->field || slot_known(at, r->field->number, &slot));
}

/* Every record on the way matters too: a reference that changes leads elsewhere. */
static void read_dependents(const struct plan_set *set, dependent_list *lists, struct arena *a,
                            const struct object_plan *p, const struct derived *dv,
                            const struct xread *r)
{
    struct route_step *steps = ARENA_ARRAY(a, r->n_steps, struct route_step);
    const struct object_plan *at = p;
    for (size_t i = 0; i < r->n_steps; i++) {
        const struct xstep *s = &r->steps[i];
        const struct field *via;
        if (s->ref) {
            via = at->object->fields[slot_of(at, s->ref->number)];
            steps[i] = (struct route_step){.from = at->object, .via = via};
            if (i > 0)
                add_dependent(lists, a, at->object, (struct dependent){p, dv, steps, i, via});
            at = plan_get(set, via->to->number);
        } else {
            const struct object_plan *child = plan_get(set, s->child->object->number);
            via = child->object->fields[slot_of(child, s->child->via->number)];
            steps[i] = (struct route_step){.from = at->object, .via = via, .child = true};
            at = child;
            add_dependent(lists, a, at->object, (struct dependent){p, dv, steps, i + 1, via});
        }
    }
    const struct field *field = r->field ? at->object->fields[slot_of(at, r->field->number)] : NULL;
    if (r->n_steps > 0)
        add_dependent(lists, a, at->object, (struct dependent){p, dv, steps, r->n_steps, field});
}

static void rollup_dependents(dependent_list *lists, struct arena *a, const struct plan_set *set,
                              const struct object_plan *p, const struct derived *dv)
{
    const struct rollup *r = dv->field->rollup;
    struct route_step *step = ARENA_NEW(a, struct route_step);
    *step = (struct route_step){.from = p->object, .via = r->via, .child = true};
    add_dependent(lists, a, r->of, (struct dependent){p, dv, step, 1, r->via});
    if (r->field)
        add_dependent(lists, a, r->of, (struct dependent){p, dv, step, 1, r->field});
    if (!r->where)
        return;
    const struct object_plan *child = plan_get(set, r->of->number);
    const struct xread *reads;
    size_t n = expr_reads(r->where, &reads);
    for (size_t i = 0; i < n; i++) {
        const struct xfield *f = own_field(&reads[i]);
        if (f)
            add_dependent(lists, a, r->of,
                          (struct dependent){p, dv, step, 1,
                                             child->object->fields[slot_of(child, f->number)]});
    }
}

static void expr_dependents(const struct plan_set *set, dependent_list *lists, struct arena *a,
                            const struct object_plan *p, const struct derived *dv,
                            const struct expr *e)
{
    const struct xread *reads;
    size_t n = expr_reads(e, &reads);
    for (size_t r = 0; r < n; r++)
        if (reads[r].root == XR_SELF && read_is_known(set, p, &reads[r]))
            read_dependents(set, lists, a, p, dv, &reads[r]);
}

static void plan_dependents(struct plan_set *set, struct arena *a)
{
    dependent_list *lists = ARENA_ARRAY(a, set->max_number + 1u, dependent_list);
    dependent_list *watchers = ARENA_ARRAY(a, set->max_number + 1u, dependent_list);
    for (uint32_t k = 0; k <= set->max_number; k++) {
        const struct object_plan *p = set->by_number[k];
        for (size_t i = 0; p && i < p->n_derived; i++) {
            const struct derived *dv = &p->derived[i];
            if (dv->field->kind == FIELD_ROLLUP)
                rollup_dependents(lists, a, set, p, dv);
            for (size_t x = 0; x < dv->n_exprs; x++)
                expr_dependents(set, lists, a, p, dv, dv->exprs[x]);
        }
        const struct expr *const *watched;
        size_t n = p ? process_watched(set->process, p->object, &watched) : 0;
        for (size_t x = 0; x < n; x++)
            expr_dependents(set, watchers, a, p, NULL, watched[x]);
    }
    for (uint32_t k = 0; k <= set->max_number; k++) {
        struct object_plan *p = set->by_number[k];
        if (!p)
            continue;
        p->dependents = lists[k].v;
        p->n_dependents = lists[k].n;
        p->watchers = watchers[k].v;
        p->n_watchers = watchers[k].n;
    }
}

static void plan_referrers(struct plan_set *set, struct arena *a)
{
    typedef VEC(const struct field *) field_list;
    field_list *lists = ARENA_ARRAY(a, set->max_number + 1u, field_list);
    for (size_t i = 0; i < set->model->n_objects; i++) {
        const struct object *o = set->model->objects[i];
        for (size_t k = 0; k < o->n_fields; k++)
            if (o->fields[k]->type == FT_REF && o->fields[k]->to && !o->is_fact)
                *VEC_PUSH(a, &lists[o->fields[k]->to->number]) = o->fields[k];
    }
    for (uint32_t k = 0; k <= set->max_number; k++)
        if (set->by_number[k]) {
            set->by_number[k]->referrers = lists[k].v;
            set->by_number[k]->n_referrers = lists[k].n;
        }
}

/* ---- survivorship ---------------------------------------------------------------------------------------------------- */

static const struct survivor *survivor_of(const struct node *n, struct arena *a)
{
    if (!n || n->kind != NODE_LIST || n->n == 0)
        return NULL; /* most_recent */
    struct str *sources = ARENA_ARRAY(a, n->n, struct str);
    for (size_t i = 0; i < n->n; i++)
        sources[i] = n->items[i]->text;
    struct survivor *s = ARENA_NEW(a, struct survivor);
    *s = (struct survivor){sources, n->n};
    return s;
}

static void plan_survivors(struct object_plan *p, const struct node *object, struct arena *a)
{
    const struct node *table = node_get(object, "survivor");
    if (!table || table->kind != NODE_MAP)
        return;
    const struct survivor *rest = survivor_of(node_get(table, "default"), a);
    p->survivors = ARENA_ARRAY(a, p->n_slots, const struct survivor *);
    for (size_t s = 0; s < p->n_slots; s++) {
        const char *name = str_c(a, p->object->fields[s]->name);
        const struct node *own = node_get(table, name);
        p->survivors[s] = own ? survivor_of(own, a) : rest;
    }
}

static void plan_all_survivors(struct plan_set *set, struct arena *a)
{
    const struct node *objects = set->model->root ? node_items(set->model->root, "objects") : NULL;
    for (size_t i = 0; objects && i < objects->n; i++) {
        const struct object *o = model_object(set->model, node_text(objects->items[i], "name"));
        if (o)
            plan_survivors(set->by_number[o->number], objects->items[i], a);
    }
}

void plans_make(const struct process *process, struct arena *a, struct plan_set *out)
{
    const struct model *m = process_model(process);
    *out = (struct plan_set){.model = m, .process = process};
    for (size_t i = 0; i < m->n_objects; i++)
        if (m->objects[i]->number > out->max_number)
            out->max_number = m->objects[i]->number;
    out->by_number = ARENA_ARRAY(a, out->max_number + 1u, struct object_plan *);
    for (size_t i = 0; i < m->n_objects; i++) {
        struct object_plan *p = ARENA_NEW(a, struct object_plan);
        p->object = m->objects[i];
        out->by_number[p->object->number] = p;
        plan_slots(p, a);
        plan_rules(p, a);
        plan_derived(p, process, a);
        plan_follows(p, process, a);
    }
    plan_dependents(out, a);
    plan_referrers(out, a);
    plan_all_survivors(out, a);
}
