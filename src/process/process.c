/* process.c - the parts in order, and what they know of each object of the model. */
#include "process/parts.h"

#include <assert.h>

/* Owners come before offers, offers before deadlines, and everything before people hear of it. */
/* One a line. */
/* clang-format off */
static const struct part *const parts[] = {
    &gone_part,
    &scores_part,
    &health_part,
    &people_part,
    &quotas_part,
    &pool_part,
    &waivers_part,
    &stages_part,
    &stage_ages_part,
    &approvals_part,
    &routes_part,
    &handoffs_part,
    &clocks_part,
    &convert_part,
    &automations_part,
    &sequences_part,
    &playbooks_part,
    &recurring_part,
    &tasks_part,
    &notices_part,
    NULL,
};
/* clang-format on */
enum { PARTS_ROOM = sizeof parts / sizeof *parts };

/* What the parts have to do with one object. */
struct about_object {
    const struct object *object;
    derived_list derived;
    const size_t *derived_by; /* part of each */
    expr_list watched;
};

struct process {
    const struct model *m;
    void *self[PARTS_ROOM];
    struct about_object *objects; /* by position in m->objects */
};

static void know_object(struct process *p, struct about_object *k, struct arena *a)
{
    VEC(size_t) by = {NULL, 0, 0};
    for (size_t i = 0; parts[i]; i++) {
        if (parts[i]->derived)
            parts[i]->derived(p->self[i], k->object, a, &k->derived);
        while (by.n < k->derived.n)
            *VEC_PUSH(a, &by) = i;
        if (parts[i]->watch)
            parts[i]->watch(p->self[i], k->object, a, &k->watched);
    }
    k->derived_by = by.v;
}

struct process *process_make(const struct model *m, struct arena *a)
{
    struct process *p = ARENA_NEW(a, struct process);
    p->m = m;
    for (size_t i = 0; parts[i]; i++)
        p->self[i] = parts[i]->make ? parts[i]->make(p, m, a) : NULL;
    p->objects = ARENA_ARRAY(a, m->n_objects, struct about_object);
    for (size_t i = 0; i < m->n_objects; i++) {
        p->objects[i].object = m->objects[i];
        know_object(p, &p->objects[i], a);
    }
    return p;
}

const struct model *process_model(const struct process *p)
{
    return p->m;
}

const void *process_part(const struct process *p, const struct part *part)
{
    for (size_t i = 0; parts[i]; i++)
        if (parts[i] == part)
            return p->self[i];
    assert(false && "not in the table");
    return NULL;
}

static const struct about_object *about(const struct process *p, const struct object *o)
{
    for (size_t i = 0; i < p->m->n_objects; i++)
        if (p->objects[i].object == o)
            return &p->objects[i];
    assert(false && "an object of another model");
    return NULL;
}

/* ---- derived fields ---------------------------------------------------------------------------------------------- */

size_t process_derived_of(const struct process *p, const struct object *o,
                          const struct process_derived **out)
{
    const struct about_object *k = about(p, o);
    *out = k->derived.v;
    return k->derived.n;
}

enum rc process_derive(struct look *l, const struct field *f, struct value *out, struct str *why)
{
    const struct about_object *k = about(l->process, l->object);
    struct reaction r = {.l = l, .p = l->process};
    *out = VALUE_ABSENT;
    for (size_t i = 0; i < k->derived.n; i++)
        if (k->derived.v[i].field == f) {
            size_t part = k->derived_by[i];
            parts[part]->derive(&r, l->process->self[part], f, out, why);
            return r.rc;
        }
    assert(false && "no part derives this field");
    return RC_OK;
}

/* ---- fill, judge, react -------------------------------------------------------------------------------------------- */

enum rc process_fill(struct look *l)
{
    struct reaction r = {.l = l, .p = l->process};
    for (size_t i = 0; parts[i] && r.rc == RC_OK; i++)
        if (parts[i]->fill)
            parts[i]->fill(&r, l->process->self[i]);
    return r.rc;
}

enum rc process_judge(struct look *l, const struct process_findings *f)
{
    struct reaction r = {.l = l, .p = l->process};
    for (size_t i = 0; parts[i] && r.rc == RC_OK; i++)
        if (parts[i]->judge)
            parts[i]->judge(&r, l->process->self[i], f);
    return r.rc;
}

size_t process_parts(void)
{
    return PARTS_ROOM - 1;
}

const char *process_part_name(size_t part)
{
    assert(part < PARTS_ROOM && parts[part]);
    return parts[part]->name;
}

enum rc process_react(struct look *l, size_t part, const struct effect **out, size_t *n)
{
    assert(part < PARTS_ROOM && parts[part]);
    struct reaction r = {.l = l, .p = l->process};
    void (*looks)(struct reaction *, const void *) = l->gone ? parts[part]->lose
                                                             : parts[part]->react;
    if (looks)
        looks(&r, l->process->self[part]);
    *out = r.effects.v;
    *n = r.rc == RC_OK ? r.effects.n : 0;
    return r.rc;
}

/* ---- what is watched ------------------------------------------------------------------------------------------------ */

size_t process_watched(const struct process *p, const struct object *o,
                       const struct expr *const **out)
{
    const struct about_object *k = about(p, o);
    *out = k->watched.v;
    return k->watched.n;
}

bool process_is_timed(const struct process *p, const struct object *o)
{
    const struct about_object *k = about(p, o);
    const struct xchange *changes;
    for (size_t i = 0; parts[i]; i++)
        if (parts[i]->timed && parts[i]->timed(p->self[i], o))
            return true;
    for (size_t i = 0; i < k->watched.n; i++)
        if (expr_changes(k->watched.v[i], &changes) > 0)
            return true;
    for (size_t i = 0; i < k->derived.n; i++) {
        if (k->derived.v[i].ages)
            return true;
        for (size_t e = 0; e < k->derived.v[i].n_exprs; e++)
            if (expr_changes(k->derived.v[i].exprs[e], &changes) > 0)
                return true;
    }
    return false;
}
