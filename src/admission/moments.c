/* moments.c - the fields that take effect together, on the record as true at that instant. */
#include "admission/steps.h"

#include <assert.h>
#include <string.h>

/* ---- drafts and events --------------------------------------------------------------------------------------------- */

struct row *draft_of(struct decision *d, struct entry *e)
{
    if (e->draft)
        return e->draft;
    e->draft = e->row ? row_copy(e->row, d->g->arena)
                      : row_new(e->plan->object, e->id, d->g->arena);
    *VEC_PUSH(d->g->arena, &d->drafts) = e;
    *VEC_PUSH(d->g->arena, &d->g->drafted) = e;
    return e->draft;
}

struct event *event_add(struct decision *d, const struct event *e)
{
    struct event *ev = VEC_PUSH(d->g->arena, &d->events);
    *ev = *e;
    ev->seq = d->next_seq++;
    ev->txn = d->txn.txn;
    ev->recorded_at = d->txn.recorded_at;
    ev->model_version = d->g->model->version;
    if (!ev->actor.n)
        ev->actor = d->actor;
    return ev;
}

uint64_t person_of(const struct object_plan *p, const struct field *f, const struct row *r)
{
    if (!f->personal)
        return 0;
    if (f->person_of.n == 0)
        return r->id;
    const struct field *ref = object_field(p->object, f->person_of);
    const struct value *v = ref ? &r->values[slot_of(p, ref->number)] : NULL;
    return v && v->type == VT_REF ? v->ref : r->id;
}

static int patch_cmp(const struct patch_field *a, const struct patch_field *b)
{
    return a->field < b->field ? -1 : a->field > b->field;
}

/* The touched slots of `now` as a patch, field numbers ascending. */
static struct patch_field *patch_of(struct decision *d, const struct object_plan *p,
                                    const struct row *now, const uint64_t *touched, size_t *n)
{
    size_t count = 0;
    for (size_t w = 0; w < p->n_words; w++)
        count += (size_t)__builtin_popcountll(touched[w]);
    struct patch_field *patch = ARENA_ARRAY(d->g->arena, count, struct patch_field);
    *n = 0;
    for (size_t s = 0; s < p->n_slots; s++) {
        if (!bits_has(touched, s))
            continue;
        const struct field *f = p->object->fields[s];
        struct patch_field one = {.field = f->number, .value = now->values[s]};
        if (one.value.type != VT_ABSENT)
            one.person = person_of(p, f, now);
        size_t k = (*n)++;
        for (; k > 0 && patch_cmp(&patch[k - 1], &one) > 0; k--)
            patch[k] = patch[k - 1];
        patch[k] = one;
    }
    return patch;
}

/* ---- the record as true at an instant ------------------------------------------------------------------------------ */

static bool is_later(const struct row *r, struct instant at)
{
    if (!r || r->life == LIFE_NONE)
        return false;
    if (r->life_stamp.effective_at.us > at.us)
        return true;
    for (size_t s = 0; s < r->object->n_fields; s++)
        if (r->stamps[s].seq && r->stamps[s].effective_at.us > at.us)
            return true;
    return false;
}

typedef VEC(struct event) event_list;

/* The record's events in the ledger and those of the command in hand. */
static event_list events_of(struct decision *d, const struct entry *e)
{
    struct group *g = d->g;
    event_list all = {NULL, 0, 0};
    struct event *events = NULL;
    size_t n = 0;
    if (g->rc == RC_OK)
        g->rc = ledger_of_record(g->adm->parts.store, g->adm->parts.vault, e->plan->object->number,
                                 e->id, g->arena, &events, &n);
    for (size_t i = 0; g->rc == RC_OK && i < n; i++)
        *VEC_PUSH(g->arena, &all) = events[i];
    for (size_t i = 0; i < d->events.n; i++)
        if (d->events.v[i].record == e->id)
            *VEC_PUSH(g->arena, &all) = d->events.v[i];
    return all;
}

/* A retract that is itself retracted counts for nothing; a later one is settled before those it names. */
bool *events_retracted(const struct event *events, size_t n, struct arena *a)
{
    bool *out = ARENA_ARRAY(a, n, bool);
    for (size_t i = n; i-- > 0;) {
        const struct event *e = &events[i];
        for (size_t k = 0; e->kind == EV_RETRACT && !out[i] && k < e->retract.n; k++)
            for (size_t j = 0; j < i; j++)
                if (events[j].seq == e->retract.seqs[k])
                    out[j] = true;
    }
    return out;
}

/* Folds those of the events that are effective by `at` and in force. */
static struct row *row_at(struct decision *d, const struct entry *e, const event_list *events,
                          struct instant at)
{
    struct row *r = row_new(e->plan->object, e->id, d->g->arena);
    bool *gone = events_retracted(events->v, events->n, d->g->arena);
    for (size_t i = 0; i < events->n; i++) {
        const struct event *ev = &events->v[i];
        if (ev->kind != EV_RETRACT && !gone[i] && ev->effective_at.us <= at.us)
            (void)!row_fold(r, ev, d->g->arena);
    }
    return r;
}

/* ---- one moment ---------------------------------------------------------------------------------------------------- */

static struct date day_of(struct decision *d, struct instant at)
{
    return zone_date(d->g->adm->parser.zone, at);
}

static void apply_changes(struct decision *d, const struct moment *m, const struct row *base,
                          struct row *now, uint64_t *touched)
{
    for (size_t i = m->first; i < m->first + m->n; i++) {
        const struct change *ch = &d->w->changes.v[i];
        if (ch->dropped || value_eq(&base->values[ch->slot], &ch->value))
            continue;
        now->values[ch->slot] = ch->value;
        bits_set(touched, ch->slot);
    }
}

/* Texts of `default:` for what a new record was not told. */
static void apply_defaults(struct decision *d, struct row *now, uint64_t *touched)
{
    const struct object_plan *p = d->w->plan;
    for (size_t s = 0; s < p->n_slots; s++) {
        const struct field *f = p->object->fields[s];
        struct str why, help;
        if (f->default_text.n == 0 || now->values[s].type != VT_ABSENT || bits_has(d->w->bad, s))
            continue;
        if (parse_text(&d->g->adm->parser, f, f->default_text, d->g->arena, &now->values[s], &why,
                       &help))
            bits_set(touched, s);
    }
}

static bool is_empty(const struct object_plan *p, const uint64_t *bits)
{
    for (size_t i = 0; i < p->n_words; i++)
        if (bits[i])
            return false;
    return true;
}

/* The records that a live row refers to, in the order of plan->refs; 0: none. */
static uint64_t *references_of(const struct object_plan *p, const struct row *r, struct arena *a)
{
    uint64_t *out = ARENA_ARRAY(a, p->n_refs, uint64_t);
    for (size_t i = 0; r && r->life == LIFE_LIVE && i < p->n_refs; i++) {
        const struct value *v = &r->values[p->refs[i]];
        out[i] = v->type == VT_REF ? v->ref : 0;
    }
    return out;
}

/* References that changed move the record between lists of children. */
static void move_children(struct decision *d, struct entry *e, const uint64_t *was)
{
    const struct object_plan *p = e->plan;
    const uint64_t *is = references_of(p, e->draft, d->g->arena);
    for (size_t i = 0; i < p->n_refs; i++)
        if (was[i] != is[i])
            children_moved(d, e, p->object->fields[p->refs[i]], was[i], is[i]);
}

void draft_fold(struct decision *d, struct entry *e, const struct event *ev)
{
    struct row *draft = draft_of(d, e);
    const uint64_t *was = references_of(e->plan, draft, d->g->arena);
    bool folded = row_fold(draft, ev, d->g->arena);
    assert(folded);
    move_children(d, e, was);
}

void draft_refold(struct decision *d, struct entry *e, uint64_t version)
{
    event_list events = events_of(d, e);
    const uint64_t *was = references_of(e->plan, entry_row(e), d->g->arena);
    struct row *now = row_at(d, e, &events, INSTANT_MAX);
    (void)draft_of(d, e);
    e->draft = now;
    e->draft->version = version;
    e->refold = true;
    move_children(d, e, was);
}

static uint64_t home_of(const struct object_plan *p, const struct row *r)
{
    const struct value *v = p->home ? &r->values[slot_of(p, p->home->number)] : NULL;
    return v && v->type == VT_REF ? v->ref : r->id;
}

static void emit(struct decision *d, struct entry *e, const struct row *now,
                 const uint64_t *touched, struct instant at, bool create)
{
    const struct command *c = d->w->command;
    struct event ev = {.kind = create ? EV_CREATE : EV_PATCH,
                       .effective_at = at,
                       .cause = c->cause,
                       .object = e->plan->object->number,
                       .record = e->id};
    ev.patch.fields = patch_of(d, e->plan, now, touched, &ev.patch.n_fields);
    ev.patch.home = create ? home_of(e->plan, now) : 0;
    ev.patch.reason = waived_reason(d);
    draft_fold(d, e, event_add(d, &ev));
}

void patch_effect(struct decision *d, struct entry *e, const struct row *now,
                  const uint64_t *touched, struct instant at, uint64_t cause)
{
    struct event ev = {.kind = EV_PATCH,
                       .effective_at = at,
                       .actor = STR("system"),
                       .cause = cause,
                       .object = e->plan->object->number,
                       .record = e->id};
    ev.patch.fields = patch_of(d, e->plan, now, touched, &ev.patch.n_fields);
    draft_fold(d, e, event_add(d, &ev));
}

void patch_told(struct decision *d, struct entry *e, const struct row *now, const uint64_t *touched,
                struct str reason)
{
    struct event ev = {.kind = EV_PATCH,
                       .effective_at = d->txn.recorded_at,
                       .cause = d->w->command->cause,
                       .object = e->plan->object->number,
                       .record = e->id};
    ev.patch.fields = patch_of(d, e->plan, now, touched, &ev.patch.n_fields);
    ev.patch.reason = reason;
    draft_fold(d, e, event_add(d, &ev));
}

/* The last moment of a command that writes into the past: what is true today must hold too. */
static void judge_today(struct decision *d, struct entry *e, const uint64_t *touched)
{
    const struct row *now = entry_row(e);
    struct state s = {.before = e->row,
                      .now = now,
                      .touched = touched,
                      .at = d->txn.recorded_at,
                      .today = d->today};
    judge_fields(d, &s);
    judge_rules(d, &s);
}

/* Derived values of the instants after `at` at which the record changed: each may read what was written at `at`. */
static void derive_after(struct decision *d, struct entry *e, struct instant at)
{
    if (e->plan->n_derived == 0)
        return;
    event_list events = events_of(d, e);
    struct instant last = at;
    for (size_t round = 0; round < COMMAND_MOMENTS_MAX && d->g->rc == RC_OK; round++) {
        struct instant next = INSTANT_MAX;
        for (size_t i = 0; i < events.n; i++)
            if (events.v[i].effective_at.us > last.us && events.v[i].effective_at.us < next.us)
                next = events.v[i].effective_at;
        if (next.us == INSTANT_MAX.us)
            return;
        struct row *now = row_at(d, e, &events, next);
        uint64_t *touched = bits_new(e->plan, d->g->arena);
        if (now->life == LIFE_LIVE)
            derive_own(d, now, touched, next, true);
        if (!is_empty(e->plan, touched)) {
            emit(d, e, now, touched, next, false);
            events = events_of(d, e);
        }
        last = next;
    }
}

static bool was_there(struct decision *d, const struct row *base)
{
    if (base->life == LIFE_LIVE)
        return true;
    struct finding *f = finding_add(d->g, d->w, "BEFORE_CREATION", NULL,
                                    "the record was not there at that instant");
    finding_help(d->g, f, "Give an instant at which it was, or none.");
    return false;
}

static void write_moment(struct decision *d, struct entry *e, const struct moment *m, bool create)
{
    struct group *g = d->g;
    struct instant at = m->dated ? m->at : d->txn.recorded_at;
    bool late = is_later(entry_row(e), at);
    struct row *base = draft_of(d, e);
    if (late) {
        event_list events = events_of(d, e);
        base = row_at(d, e, &events, at);
    }
    if (g->rc != RC_OK || (!create && !was_there(d, base)))
        return;
    const struct row *before = create ? NULL : base;
    arena_reset(g->adm->brief);
    struct row *now = row_copy(base, g->adm->brief);
    now->life = LIFE_LIVE; /* conditions see it as it would be */
    uint64_t *touched = bits_new(e->plan, g->arena);
    apply_changes(d, m, base, now, touched);
    if (create)
        apply_defaults(d, now, touched);
    if (is_empty(e->plan, touched) && !create)
        return;
    stage_follow(d, before, now, touched, at);
    struct look look = look_of(d, before, now, touched, at);
    if (g->rc == RC_OK)
        g->rc = process_fill(&look);
    derive_own(d, now, touched, at, create);
    struct state s = {.before = before,
                      .now = now,
                      .touched = touched,
                      .at = at,
                      .today = m->dated ? day_of(d, at) : d->today};
    judge_fields(d, &s);
    judge_stages(d, &s);
    judge_rules(d, &s);
    process_findings_add(d, &look);
    emit(d, e, now, touched, at, create);
    if (late) {
        derive_after(d, e, at);
        judge_today(d, e, touched);
    }
}

void write_moments(struct decision *d)
{
    struct entry *e = d->target;
    bool create = d->made;
    for (size_t i = 0; i < d->w->n_moments && d->g->rc == RC_OK; i++) {
        const struct moment *m = &d->w->moments[i];
        write_moment(d, e, m, create);
        create = false;
    }
}
