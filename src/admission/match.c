/* match.c - match rules: records that agree in some fields, and those whose text resembles another. */
#include "admission/steps.h"
#include "base/likeness.h"
#include "projection/alike.h"

#include <stdlib.h>
#include <string.h>

static bool merges(const struct match_rule *r)
{
    return r->n_exact > 0 && !r->similar && !r->review;
}

/* The text under which a rule compares values; STR_NONE when one is empty. */
static struct str match_text(const struct object_plan *p, const struct match_rule *r,
                             const struct value *values, struct arena *a)
{
    struct str joined = STR_NONE;
    for (size_t i = 0; i < r->n_exact; i++) {
        struct str part = key_text(&values[slot_of(p, r->exact[i]->number)], a);
        if (part.n == 0)
            return STR_NONE;
        joined = str_printf(a, "%.*s\x1f%.*s", STR_ARG(joined), STR_ARG(part));
    }
    return joined;
}

static struct str match_name(const struct object_plan *p, size_t rule, struct str text,
                             struct arena *a)
{
    return str_printf(a, "%u %zu%.*s", p->object->number, rule, STR_ARG(text));
}

/* The fields a command gives, by slot; what references by key mean is not known yet. */
static struct value *given(struct group *g, const struct work *w)
{
    struct value *values = ARENA_ARRAY(g->arena, w->plan->n_slots, struct value);
    for (size_t i = 0; i < w->changes.n; i++)
        if (!w->changes.v[i].dropped && !w->changes.v[i].by_key)
            values[w->changes.v[i].slot] = w->changes.v[i].value;
    return values;
}

static struct matched *load(struct group *g, const struct object_plan *p, size_t rule,
                            const struct value *values, struct str text)
{
    struct str name = match_name(p, rule, text, g->arena);
    struct matched *m = map_find(&g->matches, name);
    if (m)
        return m;
    m = ARENA_NEW(g->arena, struct matched);
    map_put(&g->matches, name, m);
    const struct match_rule *r = &p->object->match[rule];
    struct value *wanted = ARENA_ARRAY(g->arena, r->n_exact, struct value);
    for (size_t i = 0; i < r->n_exact; i++)
        wanted[i] = values[slot_of(p, r->exact[i]->number)];
    group_flush(g);
    uint64_t ids[MATCH_MAX];
    size_t n = 0;
    if (g->rc == RC_OK)
        g->rc = rows_match(g->projection, p->object, r->exact, r->n_exact, wanted, MATCH_MAX, ids,
                           &n);
    for (size_t i = 0; g->rc == RC_OK && i < n; i++)
        *VEC_PUSH(g->arena, &m->ids) = ids[i];
    return m;
}

void match_load(struct group *g)
{
    for (size_t i = 0; i < g->n && g->rc == RC_OK; i++) {
        const struct work *w = &g->works[i];
        if (!w->plan || !w->plan->has_exact_match)
            continue;
        struct value *values = given(g, w);
        for (size_t r = 0; r < w->plan->object->n_match; r++) {
            if (!merges(&w->plan->object->match[r]))
                continue;
            struct str text = match_text(w->plan, &w->plan->object->match[r], values, g->arena);
            if (text.n)
                (void)load(g, w->plan, r, values, text);
        }
    }
}

/* Live records among those found whose values still agree. */
static size_t agreeing(struct group *g, const struct object_plan *p, size_t rule, struct str text,
                       const struct matched *m, uint64_t out[2])
{
    size_t n = 0;
    for (size_t i = 0; i < m->ids.n && n < 2; i++) {
        struct entry *e = entry_follow(g, p, m->ids.v[i]);
        if (!entry_live(e) || (n && out[0] == e->id))
            continue;
        struct str now = match_text(p, &p->object->match[rule], entry_row(e)->values, g->arena);
        if (str_eq(now, text))
            out[n++] = e->id;
    }
    return n;
}

/* ---- texts that resemble each other ------------------------------------------------------------------------------ */

static int alike_cmp(const void *pa, const void *pb)
{
    const struct alike *a = pa, *b = pb;
    if (a->likeness != b->likeness)
        return a->likeness > b->likeness ? -1 : 1;
    return (a->id > b->id) - (a->id < b->id);
}

static void read_likeness(const struct match_rule *r, const struct value *v, struct arena *a,
                          struct likeness_text *out)
{
    likeness_read(v->type == VT_TEXT ? v->text : STR_NONE, !r->similar->personal, a, out);
}

bool match_alike(struct group *g, const struct object_plan *p, size_t rule,
                 const struct value *values, uint64_t but, alike_list *out)
{
    const struct match_rule *r = &p->object->match[rule];
    size_t slot = slot_of(p, r->similar->number), n = 0;
    struct str exact = match_text(p, r, values, g->arena);
    struct likeness_text ours, theirs;
    uint64_t *ids = NULL;
    bool more = false;
    out->n = 0;
    if (r->n_exact > 0 && exact.n == 0)
        return false;
    group_flush(g);
    if (g->rc == RC_OK)
        g->rc = alike_find(g->projection, p->object, r, values, g->arena, &ids, &n, &more);
    if (g->rc == RC_OK)
        entries_load(g, p, ids, n);
    read_likeness(r, &values[slot], g->arena, &ours);
    for (size_t i = 0; i < n && g->rc == RC_OK; i++) {
        const struct entry *e = entry_get(g, p, ids[i]);
        if (!entry_live(e) || e->id == but ||
            !str_eq(match_text(p, r, entry_row(e)->values, g->arena), exact))
            continue;
        read_likeness(r, &entry_row(e)->values[slot], g->arena, &theirs);
        uint32_t likeness = likeness_of(&ours, &theirs, g->arena);
        if (likeness >= r->likeness)
            *VEC_PUSH(g->arena, out) = (struct alike){e->id, likeness};
    }
    if (out->n > 0)
        qsort(out->v, out->n, sizeof out->v[0], alike_cmp);
    return more;
}

/* The most alike; two that are equally so are ambiguous. */
static bool find_alike(struct decision *d, size_t rule, const struct value *values, uint64_t *found,
                       uint64_t *other)
{
    alike_list list = {NULL, 0, 0};
    const struct match_rule *r = &d->w->plan->object->match[rule];
    if (match_alike(d->g, d->w->plan, rule, values, 0, &list))
        finding_add(d->g, d->w, "ALIKE_MANY", r->similar,
                    "more records resemble it by %.*s than are compared: %d",
                    STR_ARG(r->similar->name), ALIKE_MAX)
            ->enforcement = ENFORCE_WARN;
    if (list.n == 0)
        return false;
    *found = list.v[0].id;
    if (list.n > 1 && list.v[1].likeness == list.v[0].likeness)
        *other = list.v[1].id;
    return true;
}

/* ---- the first rule that fires -------------------------------------------------------------------------------------- */

bool match_find(struct decision *d, uint64_t *found, uint64_t *other)
{
    const struct object_plan *p = d->w->plan;
    struct value *values = given(d->g, d->w);
    *found = *other = 0;
    for (size_t i = 0; i < d->w->changes.n; i++)
        if (!d->w->changes.v[i].dropped)
            values[d->w->changes.v[i].slot] = d->w->changes.v[i].value;
    for (size_t r = 0; r < p->object->n_match && d->g->rc == RC_OK; r++) {
        const struct match_rule *rule = &p->object->match[r];
        if (rule->similar && !rule->review && find_alike(d, r, values, found, other))
            return true;
        if (!merges(rule))
            continue;
        struct str text = match_text(p, rule, values, d->g->arena);
        if (text.n == 0)
            continue;
        uint64_t ids[2] = {0, 0};
        size_t n = agreeing(d->g, p, r, text, load(d->g, p, r, values, text), ids);
        if (n == 0)
            continue;
        *found = ids[0];
        *other = n > 1 ? ids[1] : 0;
        return true;
    }
    return false;
}

void match_follow(struct group *g, struct entry *e)
{
    const struct object *o = e->plan->object;
    for (size_t r = 0; r < o->n_match; r++) {
        if (!merges(&o->match[r]) || !e->row)
            continue;
        struct str text = match_text(e->plan, &o->match[r], e->row->values, g->arena);
        if (text.n == 0)
            continue;
        struct str name = match_name(e->plan, r, text, g->arena);
        struct matched *m = map_find(&g->matches, name);
        if (m)
            *VEC_PUSH(g->arena, &m->ids) = e->id;
    }
}
