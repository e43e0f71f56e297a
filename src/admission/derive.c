/* derive.c - computed fields and roll-ups, of the record in hand and of those that read it. */
#include "admission/rollup.h"
#include "admission/steps.h"
#include "projection/match.h"

#include <assert.h>
#include <stdlib.h>

/* ---- one derived value ------------------------------------------------------------------------------------------- */

struct rolling {
    struct decision *d;
    const struct rollup *rollup;
    const struct object_plan *children;
    struct xbindings bindings;
    struct rollup_sum sum;
    struct instant first; /* own time of the earliest child counted */
    struct str fault;
};

static bool roll_child(void *ctx, const struct xrecord *r)
{
    struct rolling *ro = ctx;
    struct group *g = ro->d->g;
    const struct row *row = r->row;
    if (ro->rollup->where) {
        struct xvalue why;
        ro->bindings.self = *r;
        enum xverdict met = expr_test(ro->rollup->where, &g->reader, &g->host, &ro->bindings,
                                      g->arena, &why);
        if (met == XT_FAULT)
            ro->fault = why.fault->message;
        if (met != XT_MET)
            return met != XT_FAULT;
    }
    const struct field *f = ro->rollup->field, *time = ro->children->object->time_field;
    const struct value *at = time ? &row->values[slot_of(ro->children, time->number)] : NULL;
    struct instant own = at && at->type == VT_INSTANT ? at->instant : row->created_at;
    rollup_add(&ro->sum, f ? &row->values[slot_of(ro->children, f->number)] : NULL, own, row->id);
    if (own.us < ro->first.us)
        ro->first = own;
    return true;
}

/* The record's derived values are to be looked at again then. */
static void ages_at(struct decision *d, const struct row *now, int64_t us)
{
    struct entry *e = entry_known(d->g, now->id);
    if (e && us < INSTANT_MAX.us)
        *VEC_PUSH(d->g->arena, &d->ageing) = (struct ageing){e, {us}};
}

static bool roll_up(struct decision *d, const struct field *f, const struct row *now,
                    struct instant at, struct value *out, struct str *why)
{
    struct group *g = d->g;
    const struct rollup *r = f->rollup;
    struct rolling ro = {.d = d, .rollup = r, .children = plan_get(&g->adm->plans, r->of->number)};
    ro.first = INSTANT_MAX;
    ro.bindings = bindings_of(d, NULL, now, at, zone_date(g->adm->parser.zone, at));
    rollup_begin(&ro.sum, f, g->arena);
    struct xwindow w = {at.us - r->window.us + 1, at.us};
    struct xchild c = {.object = r->of->x, .via = r->via->x, .is_fact = r->of->is_fact};
    struct xrecord parent = {now->object->x, now->id, now};
    g->rc = g->reader.children(g, &parent, &c, r->window.us > 0 ? &w : NULL, roll_child, &ro);
    if (ro.fault.n) {
        *why = ro.fault;
        return false;
    }
    if (r->window.us > 0 && ro.first.us < INSTANT_MAX.us)
        ages_at(d, now, ro.first.us + r->window.us); /* when that one leaves the window */
    return rollup_end(&ro.sum, out, why);
}

static bool compute(struct decision *d, const struct field *f, const struct row *now,
                    struct instant at, struct value *out, struct str *why)
{
    struct group *g = d->g;
    struct xbindings b = bindings_of(d, NULL, now, at, zone_date(g->adm->parser.zone, at));
    struct xvalue x;
    expr_eval(f->computed, &g->reader, &g->host, &b, NULL, g->arena, &x);
    *out = VALUE_ABSENT;
    if (x.result == XV_ABSENT)
        return true;
    if (x.result == XV_FAULT) {
        *why = x.fault->message;
        return false;
    }
    return xvalue_store(&x, f->x, g->arena, out, why) == RC_OK;
}

/* A value that a process derives; a fault leaves it empty and refuses nobody. */
static bool process_value(struct decision *d, const struct field *f, struct look *l,
                          struct value *out)
{
    struct group *g = d->g;
    struct str why = STR_NONE;
    g->rc = process_derive(l, f, out, &why);
    if (g->rc == RC_OK && why.n && d->target && l->now->id == d->target->id)
        finding_add(g, d->w, "COMPUTED", f, "%.*s cannot be computed: %.*s", STR_ARG(f->name),
                    STR_ARG(why))
            ->enforcement = ENFORCE_WARN;
    return true;
}

static bool derived_value(struct decision *d, const struct derived *dv, struct look *l,
                          struct value *v, struct str *why)
{
    if (dv->field->kind == FIELD_ROLLUP)
        return roll_up(d, dv->field, l->now, l->at, v, why);
    if (dv->field->kind == FIELD_COMPUTED)
        return compute(d, dv->field, l->now, l->at, v, why);
    return process_value(d, dv->field, l, v);
}

/* A fault leaves the field empty; in the record of the command it refuses. */
static void derive(struct decision *d, const struct derived *dv, struct look *l)
{
    struct row *now = l->now;
    struct value v = VALUE_ABSENT;
    struct str why = STR_NONE;
    bool good = derived_value(d, dv, l, &v, &why);
    if (d->g->rc != RC_OK)
        return;
    if (!good) {
        struct finding *f = finding_add(d->g, d->w, "COMPUTED", dv->field,
                                        "%.*s cannot be computed: %.*s", STR_ARG(dv->field->name),
                                        STR_ARG(why));
        f->state = CRITERION_FAULT;
        bool other = d->target && now->id != d->target->id;
        if (other || d->w->command->kind == CMD_EXAMINE) { /* nobody's command: it stays empty */
            f->state = CRITERION_UNMET;
            f->enforcement = ENFORCE_WARN;
        }
        finding_soften(d->w, f);
        v = VALUE_ABSENT;
    }
    if (value_eq(&now->values[dv->slot], &v))
        return;
    now->values[dv->slot] = v;
    bits_set(l->touched, dv->slot);
}

void derive_own(struct decision *d, struct row *now, uint64_t *touched, struct instant at, bool all)
{
    const struct object_plan *p = plan_get(&d->g->adm->plans, now->object->number);
    if (p->n_derived == 0)
        return;
    struct look l = look_of(d, NULL, now, touched, at);
    for (size_t i = 0; i < p->n_derived && d->g->rc == RC_OK; i++)
        if (all || bits_meet(p, p->derived[i].reads, touched))
            derive(d, &p->derived[i], &l);
}

static struct instant no_earlier(const struct object_plan *p, const struct row *now,
                                 const uint64_t *touched, struct instant at)
{
    for (size_t s = 0; s < p->n_slots; s++)
        if (bits_has(touched, s) && now->stamps[s].effective_at.us > at.us && now->stamps[s].seq)
            at = now->stamps[s].effective_at; /* the present value begins no earlier */
    return at;
}

void derive_again(struct decision *d, struct entry *e, struct instant at)
{
    const struct object_plan *p = e->plan;
    if (p->n_derived == 0)
        return;
    struct row *now = row_copy(entry_row(e), d->g->arena);
    uint64_t *touched = bits_new(p, d->g->arena);
    struct look l = look_of(d, NULL, now, touched, at);
    bool any = false;
    for (size_t i = 0; i < p->n_derived && d->g->rc == RC_OK; i++)
        if (d->quiet || p->derived[i].timed || bits_meet(p, p->derived[i].reads, touched))
            derive(d, &p->derived[i], &l);
    for (size_t w = 0; w < p->n_words; w++)
        any |= touched[w] != 0;
    if (any && d->g->rc == RC_OK)
        patch_effect(d, e, now, touched, no_earlier(p, now, touched, at), d->w->command->cause);
}

/* ---- records that derive from others ------------------------------------------------------------------------------- */

static void add_id(struct decision *d, struct id_list *ids, uint64_t id)
{
    for (size_t i = 0; i < ids->n; i++)
        if (ids->v[i] == id)
            return;
    if (id)
        *VEC_PUSH(d->g->arena, ids) = id;
}

static uint64_t ref_in(const struct object_plan *p, const struct row *r, const struct field *via)
{
    const struct value *v = r ? &r->values[slot_of(p, via->number)] : NULL;
    return v && v->type == VT_REF ? v->ref : 0;
}

/* One step back from `ids` of one object to records of step->from. `was`: the record before the command, whose parent
 * lost a child. */
static struct id_list step_back(struct decision *d, const struct route_step *step,
                                const struct id_list *ids, const struct entry *changed, size_t max)
{
    struct group *g = d->g;
    struct id_list out = {NULL, 0, 0};
    const struct object_plan *from = plan_get(&g->adm->plans, step->from->number);
    const struct object_plan *holder = plan_get(&g->adm->plans, step->via->object->number);
    for (size_t i = 0; i < ids->n && g->rc == RC_OK; i++) {
        if (step->child) {
            struct entry *e = entry_get(g, holder, ids->v[i]);
            add_id(d, &out, ref_in(holder, entry_row(e), step->via));
            if (e == changed)
                add_id(d, &out, ref_in(holder, e->row, step->via));
            continue;
        }
        if (!children_are_few(g, from, step->via, ids->v[i], max)) {
            d->too_many = true;
            return out;
        }
        struct child_list *l = children_of(g, from, step->via, ids->v[i]);
        for (size_t k = 0; g->rc == RC_OK && k < l->list.n; k++)
            add_id(d, &out, l->list.v[k]->id);
    }
    return out;
}

bool event_touches(const struct event *ev, const struct field *f)
{
    if (ev->kind != EV_PATCH || !f)
        return ev->kind != EV_PATCH;
    return event_field(ev, f->number) != NULL;
}

static void recompute(struct decision *d, const struct dependent *dep, uint64_t id,
                      const struct event *cause)
{
    struct group *g = d->g;
    struct entry *e = entry_follow(g, dep->plan, id);
    if (g->rc != RC_OK || !entry_live(e))
        return;
    if (++d->recomputed > RECOMPUTE_MAX) {
        d->too_many = true;
        return;
    }
    struct row *now = row_copy(entry_row(e), g->arena);
    uint64_t *touched = bits_new(dep->plan, g->arena);
    struct instant at = cause->effective_at;
    struct look l = look_of(d, NULL, now, touched, at);
    derive(d, dep->derived, &l);
    if (g->rc != RC_OK || !bits_has(touched, dep->derived->slot))
        return;
    derive_own(d, now, touched, at, false);
    patch_effect(d, e, now, touched, no_earlier(dep->plan, now, touched, at), cause->seq);
}

/* Back along steps [first, n) of a dependent's way. d->too_many: one of them leads to more than `max` records. */
static struct id_list steps_back(struct decision *d, const struct dependent *dep,
                                 struct id_list ids, size_t first, size_t n, size_t max,
                                 const struct entry *changed)
{
    d->too_many = false;
    for (size_t s = n; s-- > first && d->g->rc == RC_OK && !d->too_many;)
        ids = step_back(d, &dep->steps[s], &ids, changed, max);
    return ids;
}

struct id_list dependents_from(struct decision *d, const struct dependent *dep, uint64_t record,
                               size_t n_steps)
{
    struct id_list ids = {NULL, 0, 0};
    add_id(d, &ids, record);
    return steps_back(d, dep, ids, 0, n_steps, SPREAD_MIN, entry_known(d->g, record));
}

struct id_list dependents_of(struct decision *d, const struct dependent *dep, uint64_t record)
{
    return dependents_from(d, dep, record, dep->n_steps);
}

void spread_wish(struct decision *d, uint64_t record, const struct object *o,
                 const struct event *cause)
{
    for (size_t i = 0; i < d->pieces.n; i++)
        if (d->pieces.v[i].record == record)
            return;
    *VEC_PUSH(d->g->arena, &d->pieces) = (struct piece){
        .kind = AGENDA_SPREAD, .record = record, .object = o, .at = d->now, .cause = cause->seq};
}

/* From records `ids` back along the first `n` steps of a dependent to those that derive from them. */
static void recompute_from(struct decision *d, const struct dependent *dep, struct id_list ids,
                           size_t n, const struct entry *changed, const struct event *cause)
{
    ids = steps_back(d, dep, ids, 0, n, RECOMPUTE_MAX, changed);
    for (size_t t = 0; t < ids.n && d->g->rc == RC_OK && !d->too_many; t++)
        recompute(d, dep, ids.v[t], cause);
}

static void follow_event(struct decision *d, const struct event *ev)
{
    struct group *g = d->g;
    const struct object_plan *p = plan_get(&g->adm->plans, ev->object);
    for (size_t k = 0; k < p->n_dependents && g->rc == RC_OK; k++) {
        const struct dependent *dep = &p->dependents[k];
        if (!event_touches(ev, dep->field))
            continue;
        struct entry *changed = entry_get(g, p, ev->record);
        struct id_list ids = {NULL, 0, 0};
        add_id(d, &ids, ev->record);
        recompute_from(d, dep, ids, dep->n_steps, changed, ev);
        if (d->too_many)
            spread_wish(d, ev->record, p->object, ev);
    }
}

void derive_dependents(struct decision *d)
{
    struct group *g = d->g;
    size_t round_end = d->events.n, round = 0;
    for (size_t i = 0; i < d->events.n && g->rc == RC_OK; i++) {
        if (i == round_end) {
            round_end = d->events.n;
            if (++round > ROUNDS_MAX) {
                finding_add(g, d->w, "TOO_MANY_ROUNDS", NULL,
                            "derived fields did not settle within %d rounds", ROUNDS_MAX);
                return;
            }
        }
        struct event ev = d->events.v[i]; /* a copy: the list may move */
        follow_event(d, &ev);
    }
}

void derive_from_facts(struct decision *d, const struct object_plan *p, const struct fact_row *rows,
                       size_t n, const struct event *batch)
{
    for (size_t k = 0; k < p->n_dependents && d->g->rc == RC_OK; k++) {
        const struct dependent *dep = &p->dependents[k];
        const struct route_step *last = &dep->steps[dep->n_steps - 1];
        if (!last->child || dep->field != last->via)
            continue; /* once per way, not once per field read */
        size_t slot = slot_of(p, last->via->number);
        struct id_list parents = {NULL, 0, 0};
        for (size_t i = 0; i < n; i++)
            if (rows[i].values[slot].type == VT_REF)
                add_id(d, &parents, rows[i].values[slot].ref);
        recompute_from(d, dep, parents, dep->n_steps - 1, NULL, batch);
        for (size_t i = 0; d->too_many && i < parents.n; i++)
            agenda_wish(d->g, AGENDA_QUIET, last->from, parents.v[i], d->now, batch->seq);
    }
    derive_dependents(d);
}

/* ---- piece by piece ------------------------------------------------------------------------------------------------------ */

static int id_cmp(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

/* The records at the near end of a dependent's way that follow `reached`, at most PIECE of them, ascending. */
static struct id_list next_dependents(struct decision *d, const struct dependent *dep,
                                      uint64_t record, uint64_t reached)
{
    struct group *g = d->g;
    struct id_list far = {NULL, 0, 0}, near = {NULL, 0, 0}, out = {NULL, 0, 0};
    const struct route_step *first = &dep->steps[0];
    add_id(d, &far, record);
    far = steps_back(d, dep, far, 1, dep->n_steps, CHILDREN_MAX, NULL);
    if (first->child)
        near = step_back(d, first, &far, NULL, CHILDREN_MAX);
    for (size_t i = 0; !first->child && i < far.n && g->rc == RC_OK; i++) {
        uint64_t ids[PIECE];
        size_t n = 0;
        group_flush(g);
        if (g->rc == RC_OK)
            g->rc = rows_children_after(g->projection, first->via, far.v[i], reached, PIECE, ids,
                                        &n);
        for (size_t k = 0; k < n; k++)
            add_id(d, &near, ids[k]);
    }
    if (near.n)
        qsort(near.v, near.n, sizeof near.v[0], id_cmp);
    for (size_t i = 0; i < near.n && out.n < PIECE; i++)
        if (near.v[i] > reached)
            *VEC_PUSH(g->arena, &out) = near.v[i];
    return out;
}

static void spread_piece(struct decision *d, struct piece *p)
{
    struct group *g = d->g;
    const struct object_plan *plan = plan_get(&g->adm->plans, p->object->number);
    struct event cause = {.effective_at = d->txn.recorded_at, .seq = p->cause};
    if (p->cause)
        g->rc = ledger_get(g->adm->parts.store, g->adm->parts.vault, p->cause, g->arena, &cause);
    size_t all = plan->n_dependents + plan->n_watchers;
    for (; p->place < all && g->rc == RC_OK; p->place++, p->reached = 0) {
        bool derives = p->place < plan->n_dependents;
        const struct dependent *dep = derives ? &plan->dependents[p->place]
                                              : &plan->watchers[p->place - plan->n_dependents];
        struct id_list ids = next_dependents(d, dep, p->record, p->reached);
        for (size_t i = 0; i < ids.n && g->rc == RC_OK; i++) {
            if (derives)
                recompute(d, dep, ids.v[i], &cause);
            else
                look_wish(d, entry_follow(g, dep->plan, ids.v[i]), d->txn.recorded_at);
        }
        if (ids.n == 0)
            continue;
        p->reached = ids.v[ids.n - 1];
        return;
    }
    p->over = true;
}

static void sweep_piece(struct decision *d, struct piece *p)
{
    struct group *g = d->g;
    const struct object_plan *plan = plan_get(&g->adm->plans, p->object->number);
    uint64_t ids[PIECE];
    size_t n = 0;
    group_flush(g);
    if (g->rc == RC_OK)
        g->rc = rows_after(g->projection, p->object, p->reached, PIECE, ids, &n);
    if (g->rc == RC_OK)
        entries_load(g, plan, ids, n);
    for (size_t i = 0; i < n && g->rc == RC_OK; i++) {
        struct entry *e = entry_get(g, plan, ids[i]);
        if (!entry_live(e))
            continue;
        look_wish(d, e, d->txn.recorded_at);
        derive_again(d, e, d->txn.recorded_at);
        p->reached = ids[i];
    }
    p->over = n < PIECE;
}

void derive_piece(struct decision *d, struct piece *p)
{
    if (p->kind == AGENDA_SPREAD)
        spread_piece(d, p);
    else
        sweep_piece(d, p);
    p->at = d->now; /* behind what is due already */
    *VEC_PUSH(d->g->arena, &d->pieces) = *p;
}
