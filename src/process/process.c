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
    &splits_part,
    &pool_part,
    &territory_part,
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

/* The live model with some definitions as they were, and no others of the kinds that are kept. */
struct past {
    uint32_t until;
    const struct model *as;
    struct model mixed;
    void *self[PARTS_ROOM];
};

struct process {
    const struct model *m;
    void *self[PARTS_ROOM];
    const struct kept_definition *kept;
    size_t n_kept;
    VEC(struct past *) pasts;
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

/* ---- definitions that are kept ------------------------------------------------------------------------------------ */

bool process_keeps(struct str kind)
{
    static const char *const kinds[] = {"handoffs", "slas", "playbooks", "sequences", "approvals"};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (str_is(kind, kinds[i]))
            return true;
    return false;
}

static const struct definition *find_definition(const struct model *m, struct str kind,
                                                struct str name)
{
    for (size_t i = 0; i < m->n_definitions; i++)
        if (str_eq(m->definitions[i].kind, kind) && str_eq(m->definitions[i].name, name))
            return &m->definitions[i];
    return NULL;
}

/* As it was, over the object that has its number now; false: nothing can be about it any more. */
static bool take_over(const struct process *p, const struct kept_definition *k,
                      struct definition *out)
{
    const struct definition *old = find_definition(k->as, k->kind, k->name);
    const struct object *o = old && old->object ? model_object_numbered(p->m, old->object->number)
                                                : NULL;
    if (!o)
        return false;
    *out = *old;
    out->object = o;
    return true;
}

static struct past *past_make(const struct process *p, const struct kept_definition *of,
                              struct arena *a)
{
    struct past *past = ARENA_NEW(a, struct past);
    const struct model *m = p->m;
    *past = (struct past){.until = of->until, .as = of->as, .mixed = *m};
    struct definition *list = ARENA_ARRAY(a, m->n_definitions + p->n_kept, struct definition);
    size_t n = 0;
    for (size_t i = 0; i < m->n_definitions; i++)
        if (!process_keeps(m->definitions[i].kind))
            list[n++] = m->definitions[i];
    for (size_t i = 0; i < p->n_kept; i++)
        if (p->kept[i].as == of->as && take_over(p, &p->kept[i], &list[n]))
            n++;
    past->mixed.definitions = list;
    past->mixed.n_definitions = n;
    for (size_t i = 0; parts[i]; i++)
        past->self[i] = parts[i]->keeps && parts[i]->make ? parts[i]->make(p, &past->mixed, a)
                                                          : NULL;
    return past;
}

static struct past *past_of(const struct process *p, const struct model *as)
{
    for (size_t i = 0; i < p->pasts.n; i++)
        if (p->pasts.v[i]->as == as)
            return p->pasts.v[i];
    return NULL;
}

void process_keep(struct process *p, const struct kept_definition *list, size_t n, struct arena *a)
{
    p->kept = list;
    p->n_kept = n;
    for (size_t i = 0; i < n; i++) {
        if (past_of(p, list[i].as))
            continue;
        struct past *past = past_make(p, &list[i], a);
        *VEC_PUSH(a, &p->pasts) = past;
        for (size_t k = 0; k < p->m->n_objects; k++)
            for (size_t part = 0; parts[part]; part++)
                if (parts[part]->keeps && parts[part]->watch)
                    parts[part]->watch(past->self[part], p->objects[k].object, a,
                                       &p->objects[k].watched);
    }
}

/* What governs a record that began under `version`; NULL: the live definition. */
static const struct kept_definition *kept_for(const struct process *p, const char *kind,
                                              const struct row *row)
{
    const struct kept_definition *best = NULL;
    struct str name = p->n_kept ? row_text(row, "name") : STR_NONE;
    int64_t version = p->n_kept ? row_int(row, "version", INT64_MAX) : INT64_MAX;
    for (size_t i = 0; i < p->n_kept; i++) {
        const struct kept_definition *k = &p->kept[i];
        if (str_is(k->kind, kind) && str_eq(k->name, name) && version <= k->until &&
            (!best || k->until < best->until))
            best = k;
    }
    return best;
}

const struct definition *definition_begun(const struct process *p, const char *kind,
                                          const struct row *row)
{
    const struct kept_definition *k = kept_for(p, kind, row);
    if (!k)
        return definition_named(p, kind, row_text(row, "name"));
    return find_definition(&past_of(p, k->as)->mixed, k->kind, k->name);
}

static size_t position_of(const struct part *part)
{
    for (size_t i = 0; parts[i]; i++)
        if (parts[i] == part)
            return i;
    assert(false && "not in the table");
    return 0;
}

const void *part_begun(const struct process *p, const struct part *part, const char *kind,
                       const struct row *row)
{
    const struct kept_definition *k = kept_for(p, kind, row);
    size_t i = position_of(part);
    return k ? past_of(p, k->as)->self[i] : p->self[i];
}

size_t process_pasts(const struct process *p)
{
    return p->pasts.n;
}

const void *part_past(const struct process *p, const struct part *part, size_t past)
{
    assert(past < p->pasts.n);
    return p->pasts.v[past]->self[position_of(part)];
}

const struct model *process_model(const struct process *p)
{
    return p->m;
}

const void *process_part(const struct process *p, const struct part *part)
{
    return p->self[position_of(part)];
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
        if (l->gone ? parts[i]->judge_loss != NULL : parts[i]->judge != NULL)
            (l->gone ? parts[i]->judge_loss : parts[i]->judge)(&r, l->process->self[i], f);
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

static void part_looks(struct reaction *r, size_t part)
{
    const struct process *p = r->l->process;
    bool gone = r->l->gone;
    void (*looks)(struct reaction *, const void *) = gone ? parts[part]->lose : parts[part]->react;
    if (looks)
        looks(r, p->self[part]);
    for (size_t i = 0; parts[part]->keep && !gone && i < p->pasts.n; i++)
        parts[part]->keep(r, p->pasts.v[i]->self[part], p->pasts.v[i]->until);
}

enum rc process_react(struct look *l, size_t part, const struct effect **out, size_t *n)
{
    assert(part < PARTS_ROOM && parts[part]);
    struct reaction r = {.l = l, .p = l->process};
    part_looks(&r, part);
    *out = r.effects.v;
    *n = r.rc == RC_OK ? r.effects.n : 0;
    return r.rc;
}

enum rc process_next(struct look *l, size_t *part, const struct effect **out, size_t *n)
{
    struct reaction r = {.l = l, .p = l->process};
    while (parts[*part] && r.rc == RC_OK && r.effects.n == 0)
        part_looks(&r, (*part)++);
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
