/* react.c - what follows from an accepted command: its records are looked at, what their processes ask for is decided under the
 * same rules, in the same transaction, in rounds. */
#include "admission/outbox.h"
#include "admission/steps.h"
#include "process/blocked.h"
#include "process/reaction.h"
#include "process/waivers.h"

#include <assert.h>
#include <string.h>

enum { BLOCKED_TEXT_MAX = 1 << 20 };

/* ---- which records want a look ----------------------------------------------------------------------------------------- */

static struct look_wanted *want_look(struct decision *d, struct entry *e)
{
    struct group *g = d->g;
    struct look_wanted *w = e->wanted;
    if (!w) {
        w = e->wanted = ARENA_NEW(g->arena, struct look_wanted);
        *w = (struct look_wanted){
            .entry = e, .touched = bits_new(e->plan, g->arena), .at = INSTANT_MIN};
        *VEC_PUSH(g->arena, &g->looks) = w;
    }
    if (g->round > w->round)
        w->round = g->round;
    return w;
}

static void touch(struct look_wanted *w, const struct event *ev)
{
    const struct object_plan *p = w->entry->plan;
    if (ev->kind != EV_CREATE && ev->kind != EV_PATCH)
        return;
    for (size_t i = 0; i < ev->patch.n_fields; i++)
        bits_set(w->touched, slot_of(p, ev->patch.fields[i].field));
}

/* A look in a transaction of its own, as soon as there is time. */
static void wish_later(struct decision *d, const struct object *o, uint64_t record, uint64_t cause)
{
    agenda_wish(d->g, d->quiet ? AGENDA_QUIET : AGENDA_LOOK, o, record, d->now, cause);
}

static void want_event(struct decision *d, const struct event *ev)
{
    struct group *g = d->g;
    struct entry *e = ev->record ? entry_known(g, ev->record) : NULL;
    if (!e)
        return;
    if (!e->wanted && e != d->target && g->looks.n >= SPREAD_MIN) {
        wish_later(d, e->plan->object, e->id, ev->seq);
        return;
    }
    struct look_wanted *w = want_look(d, e);
    if (!w->changed)
        w->before = e->row && e->row->life == LIFE_LIVE ? e->row : NULL;
    w->changed = true;
    w->again |= d->w->command->again;
    w->cause = ev->seq;
    if (ev->effective_at.us > w->at.us)
        w->at = ev->effective_at;
    touch(w, ev);
}

/* Records whose conditions read what the event touched. */
static void want_watchers(struct decision *d, const struct event *ev)
{
    struct group *g = d->g;
    const struct object_plan *p = plan_get(&g->adm->plans, ev->object);
    for (size_t k = 0; k < p->n_watchers && g->rc == RC_OK; k++) {
        const struct dependent *dep = &p->watchers[k];
        if (!event_touches(ev, dep->field))
            continue;
        struct id_list ids = dependents_of(d, dep, ev->record);
        if (d->too_many) {
            spread_wish(d, ev->record, p->object, ev);
            continue;
        }
        for (size_t i = 0; i < ids.n && g->rc == RC_OK; i++) {
            struct entry *e = entry_known(g, ids.v[i]);
            if (e && e->wanted)
                continue;
            if (g->looks.n >= SPREAD_MIN) {
                wish_later(d, dep->plan->object, ids.v[i], ev->seq);
                continue;
            }
            e = entry_follow(g, dep->plan, ids.v[i]);
            if (g->rc == RC_OK && entry_live(e)) {
                struct look_wanted *w = want_look(d, e);
                w->cause = w->cause ? w->cause : ev->seq;
                w->at = w->at.us < ev->effective_at.us ? ev->effective_at : w->at;
            }
        }
    }
}

static void wish_rest(struct decision *d)
{
    for (size_t i = 0; i < d->ageing.n; i++)
        agenda_wish(d->g, AGENDA_AGE, d->ageing.v[i].entry->plan->object, d->ageing.v[i].entry->id,
                    d->ageing.v[i].at, 0);
    for (size_t i = 0; i < d->pieces.n; i++)
        *VEC_PUSH(d->g->arena, &d->g->pieces) = d->pieces.v[i];
    d->ageing.n = d->pieces.n = 0;
}

static bool is_fresh(const struct decision *d, const struct fact_row *row)
{
    return row->at.us >= d->txn.recorded_at.us - FACTS_FRESH_DAYS * US_PER_DAY;
}

/* Records of whose conditions the fact is a child, or a child's child. */
static void watch_fact(struct decision *d, const struct dependent *dep, const struct fact_row *row,
                       uint64_t parent, const struct event *batch)
{
    struct id_list ids = dependents_from(d, dep, parent, dep->n_steps - 1);
    for (size_t i = 0; i < ids.n; i++)
        agenda_wish(d->g, is_fresh(d, row) ? AGENDA_LOOK : AGENDA_QUIET, dep->plan->object,
                    ids.v[i], d->now, batch->seq);
}

/* Records whose conditions read, through references, what the facts changed of another one. */
static void wish_watchers(struct decision *d, const struct event *ev, enum agenda_kind kind)
{
    const struct object_plan *p = plan_get(&d->g->adm->plans, ev->object);
    for (size_t k = 0; k < p->n_watchers && d->g->rc == RC_OK; k++) {
        const struct dependent *dep = &p->watchers[k];
        if (!event_touches(ev, dep->field))
            continue;
        struct id_list ids = dependents_of(d, dep, ev->record);
        if (d->too_many)
            spread_wish(d, ev->record, p->object, ev);
        for (size_t i = 0; i < ids.n && !d->too_many; i++)
            agenda_wish(d->g, kind, dep->plan->object, ids.v[i], d->now, ev->seq);
    }
}

void looks_of_facts(struct decision *d, const struct object_plan *p, const struct fact_row *rows,
                    size_t n, const struct event *batch)
{
    struct group *g = d->g;
    bool fresh = false;
    for (size_t i = 0; i < n; i++)
        fresh |= is_fresh(d, &rows[i]);
    enum agenda_kind kind = fresh ? AGENDA_LOOK : AGENDA_QUIET;
    for (size_t i = 0; i < d->events.n; i++) {
        const struct entry *e = entry_known(g, d->events.v[i].record);
        if (e && e->plan->is_watched)
            agenda_wish(g, kind, e->plan->object, e->id, d->now, batch->seq);
        if (d->events.v[i].record)
            wish_watchers(d, &d->events.v[i], kind);
    }
    for (size_t k = 0; k < p->n_watchers && g->rc == RC_OK; k++) {
        const struct dependent *dep = &p->watchers[k];
        const struct route_step *last = &dep->steps[dep->n_steps - 1];
        if (!last->child || dep->field != last->via)
            continue; /* once per way, not once per field read */
        size_t slot = slot_of(p, last->via->number);
        for (size_t i = 0; i < n && g->rc == RC_OK; i++)
            if (rows[i].values[slot].type == VT_REF)
                watch_fact(d, dep, &rows[i], rows[i].values[slot].ref, batch);
    }
    wish_rest(d);
}

void looks_collect(struct decision *d)
{
    struct group *g = d->g;
    for (size_t i = 0; i < d->events.n; i++)
        want_event(d, &d->events.v[i]);
    for (size_t i = 0; i < d->events.n && g->rc == RC_OK; i++)
        if (d->events.v[i].record)
            want_watchers(d, &d->events.v[i]);
    wish_rest(d);
}

void look_wish(struct decision *d, struct entry *e, struct instant at)
{
    struct look_wanted *w = want_look(d, e);
    w->by_time = true;
    w->cause = d->w->command->cause;
    w->at = at;
}

/* ---- a look ------------------------------------------------------------------------------------------------------------ */

struct look look_of(struct decision *d, const struct row *before, struct row *now,
                    uint64_t *touched, struct instant at)
{
    struct admission *adm = d->g->adm;
    return (struct look){.process = adm->plans.process,
                         .reader = &d->g->asks,
                         .calendars = adm->calendars,
                         .zone = adm->parser.zone,
                         .arena = d->g->arena,
                         .object = now->object,
                         .before = before,
                         .now = now,
                         .touched = touched,
                         .at = at,
                         .today = zone_date(adm->parser.zone, at),
                         .actor = d->w->command->actor.person,
                         .quiet = d->quiet,
                         .version = d->g->model->version};
}

/* A judgement of the process over one look. */
struct judging {
    struct decision *d;
    const struct look *l;
};

static void add_finding(void *ctx, const char *code, enum enforcement e, const struct field *f,
                        struct str definition, struct str owner, struct str message,
                        struct str help)
{
    struct judging *j = ctx;
    struct decision *d = j->d;
    const struct object *o = j->l->object;
    struct finding *found = finding_add(d->g, d->w, code, f, "%.*s", STR_ARG(message));
    found->enforcement = e;
    found->criterion = definition;
    found->owner = owner;
    found->help = help;
    uint64_t id = j->l->now->id;
    if (o->builtin)
        (void)row_about(j->l->now, &o, &id); /* a share is held by what locks its record */
    if (!waiver_is_for(d->g->adm->plans.process, definition, o) ||
        !waive(d, found, o, id, j->l->at))
        finding_soften(d->w, found);
}

void process_findings_add(struct decision *d, struct look *l)
{
    struct judging j = {d, l};
    struct process_findings f = {&j, add_finding};
    if (d->g->rc == RC_OK)
        d->g->rc = process_judge(l, &f);
}

/* ---- effects ----------------------------------------------------------------------------------------------------------- */

/* All that follows from one command. */
struct reacting {
    struct decision *top;
    VEC(struct followed) followed;
    size_t events;
    bool stopped; /* a limit was met: what waits is dropped */
    /* the reaction in hand */
    struct look *look;
    uint64_t cause;
    VEC(uint64_t) made; /* ids of its creates in order; 0: refused */
    bool blocking;      /* the record of a refusal is being made */
};

/* No earlier than what the record has seen, no later than now. */
static struct instant effect_instant(struct decision *d, const struct effect *f)
{
    struct group *g = d->g;
    const struct object_plan *p = plan_get(&g->adm->plans, f->object->number);
    const struct row *r = f->record ? entry_row(entry_follow(g, p, f->record)) : NULL;
    struct instant at = f->at;
    if (r && r->life_stamp.effective_at.us > at.us)
        at = r->life_stamp.effective_at;
    for (size_t s = 0; r && s < p->n_slots; s++)
        if (r->stamps[s].seq && r->stamps[s].effective_at.us > at.us)
            at = r->stamps[s].effective_at;
    return at.us < d->txn.recorded_at.us ? at : d->txn.recorded_at;
}

/* False: it speaks of a record that was refused. */
static bool effect_inputs(struct reacting *r, const struct effect *f)
{
    struct group *g = r->top->g;
    g->effect_inputs.n = 0;
    for (size_t i = 0; i < f->n_fields; i++) {
        const struct effect_field *ef = &f->fields[i];
        struct field_input *in = VEC_PUSH(g->arena, &g->effect_inputs);
        *in = (struct field_input){.field = ef->field, .form = INPUT_VALUE, .value = ef->value};
        if (ef->made == 0)
            continue;
        assert(ef->made <= r->made.n);
        if (r->made.v[ef->made - 1] == 0)
            return false;
        in->value = (struct value){.type = VT_REF, .ref = r->made.v[ef->made - 1]};
    }
    return true;
}

static struct command effect_command(struct reacting *r, const struct effect *f)
{
    struct decision *top = r->top;
    struct command c = {.kind = f->kind == EFFECT_CREATE ? CMD_CREATE : CMD_UPDATE,
                        .object = f->object,
                        .id = f->record,
                        .fields = top->g->effect_inputs.v,
                        .n_fields = f->n_fields,
                        .reason = str_sub(f->reason, 0, EVENT_REASON_MAX),
                        .actor = {.kind = ACTOR_RULE, .name = str_sub(f->definition, 0, 200)},
                        .door = DOOR_AUTOMATION,
                        .cause = r->cause,
                        .effect = true};
    struct instant at = effect_instant(top, f);
    c.dated = at.us < top->txn.recorded_at.us;
    c.effective_at = at;
    return c;
}

static void effect_block(struct reacting *r, const struct effect *f, const struct verdict *v);

static const char *what_followed(const struct reacting *r, const struct verdict *v)
{
    return r->blocking ? "blocked" : verdict_outcome_name(v->outcome);
}

static struct str followed_state(const struct effect *f, struct arena *a)
{
    for (size_t i = 0; i < f->n_fields; i++) {
        const struct field *field = f->fields[i].field;
        bool is_state = field->kind == FIELD_STAGE ||
                        (field->type == FT_ENUM && str_is(field->name, "state"));
        if (is_state && !f->fields[i].made)
            return field_value_text(field, &f->fields[i].value, a);
    }
    return STR_NONE;
}

/* Nobody reads the events and drafts of an effect once it is decided: the next one takes their room. */
static void lists_take(struct decision *d)
{
    struct group *g = d->g;
    d->events.v = g->effect_events.v;
    d->events.cap = g->effect_events.cap;
    d->drafts.v = g->effect_drafts.v;
    d->drafts.cap = g->effect_drafts.cap;
}

static void lists_give(const struct decision *d)
{
    struct group *g = d->g;
    g->effect_events.v = d->events.v;
    g->effect_events.cap = d->events.cap;
    g->effect_drafts.v = d->drafts.v;
    g->effect_drafts.cap = d->drafts.cap;
}

static void effect_decide(struct reacting *r, const struct effect *f)
{
    struct decision *top = r->top;
    struct group *g = top->g;
    uint64_t *made = f->kind == EFFECT_CREATE ? VEC_PUSH(g->arena, &r->made) : NULL;
    if (!effect_inputs(r, f))
        return;
    struct command *c = &g->effect;
    struct work *w = &g->effect_work;
    struct verdict v = {0};
    *c = effect_command(r, f);
    *w = (struct work){.changes = {w->changes.v, 0, w->changes.cap}};
    struct decision d = {
        .g = g, .w = w, .v = &v, .txn = top->txn, .now = top->now, .quiet = top->quiet};
    lists_take(&d);
    d.today = top->today;
    d.start = d.next_seq = ledger_head(g->adm->parts.ledger).seq + 1;
    d.actor = actor_text(&c->actor, g->arena);
    work_parse(g, w, c);
    decide(&d);
    lists_give(&d);
    if (g->rc != RC_OK)
        return;
    r->events += v.first_seq ? v.last_seq - v.first_seq + 1 : 0;
    if (!verdict_accepted(&v)) {
        effect_block(r, f, &v);
        return;
    }
    if (made)
        *made = v.id;
    if (v.first_seq)
        *VEC_PUSH(g->arena, &r->followed) = (struct followed){
            .object = f->object,
            .id = v.id,
            .name = row_public_title(d.target->plan, entry_row(d.target)),
            .state = followed_state(f, g->arena),
            .definition = f->definition,
            .what = what_followed(r, &v)};
}

/* What it would have done, for people. */
static struct str effect_text(struct reacting *r, const struct effect *f)
{
    struct arena *a = r->top->g->arena;
    char room[64];
    struct str s = f->kind == EFFECT_CREATE
                       ? str_printf(a, "create a %.*s", STR_ARG(f->object->name))
                       : str_printf(a, "%s %.*s", f->kind == EFFECT_WAKE ? "look at" : "set",
                                    STR_ARG(id_text(f->object->prefix, f->record, room)));
    for (size_t i = 0; i < f->n_fields; i++) {
        const struct effect_field *ef = &f->fields[i];
        if (ef->made || ef->field->type == FT_JSON || ef->field->personal)
            continue;
        struct str v = field_value_text(ef->field, &ef->value, a);
        s = str_printf(a, "%.*s%s%.*s = %.*s", STR_ARG(s), i ? ", " : ": ",
                       STR_ARG(ef->field->name), STR_ARG(str_sub(v, 0, 100)));
    }
    return s;
}

static void effects_decide(struct reacting *r, const struct effect *list, size_t n);

/* An effect never refuses its cause: why it cannot be waits for the owner of the definition. */
static void effect_block(struct reacting *r, const struct effect *f, const struct verdict *v)
{
    struct group *g = r->top->g;
    const struct effect *effects;
    size_t n = 0;
    struct buf b;
    if (r->blocking)
        return; /* nor can that be written: the cause stands all the same */
    buf_init(&b, BLOCKED_TEXT_MAX);
    verdict_json(v, &b);
    if (g->rc == RC_OK)
        g->rc = buf_ok(&b);
    if (g->rc == RC_OK)
        g->rc = process_blocked(r->look, f, effect_text(r, f), str_dup(g->arena, buf_view(&b)),
                                &effects, &n);
    buf_release(&b);
    if (g->rc != RC_OK || n == 0)
        return;
    size_t made = r->made.n;
    r->blocking = true;
    effects_decide(r, effects, n);
    r->blocking = false;
    r->made.n = made;
}

static void effect_do(struct reacting *r, const struct effect *f)
{
    struct group *g = r->top->g;
    struct entry *e;
    switch (f->kind) {
    case EFFECT_CREATE:
    case EFFECT_SET:
        effect_decide(r, f);
        break;
    case EFFECT_WAKE:
        /* what is to be seen by the instant of this look was seen now */
        if (f->record != r->look->now->id || f->at.us > r->look->at.us)
            agenda_wish(g, AGENDA_LOOK, f->object, f->record, f->at, 0);
        break;
    case EFFECT_REMEMBER:
        e = entry_known(g, f->record);
        if (e)
            trigger_set(g, e, f->trigger, f->on);
        break;
    case EFFECT_SEND:
        outbox_put(r->top, f, r->cause);
        break;
    }
}

static void effects_decide(struct reacting *r, const struct effect *list, size_t n)
{
    for (size_t i = 0; i < n && r->top->g->rc == RC_OK; i++)
        effect_do(r, &list[i]);
}

/* ---- rounds ------------------------------------------------------------------------------------------------------------ */

/* Effects that call each other for ever, or too much at once: a dead letter names who asked last. */
static void block(struct reacting *r, const struct effect *next, const char *code,
                  struct str message)
{
    struct finding f = {.code = code, .state = CRITERION_UNMET, .message = message};
    struct verdict v = {
        .outcome = VERDICT_REFUSED, .object = next->object, .findings = &f, .n_findings = 1};
    effect_block(r, next, &v);
}

static void stop(struct reacting *r, const struct effect *next, const char *code,
                 struct str message)
{
    r->stopped = true;
    block(r, next, code, message);
}

/* The record is not looked at now, for it and others wake each other: its owner hears of it. */
static void tell_cycle(struct reacting *r)
{
    struct decision *d = r->top;
    struct entry *e = d->target;
    if (!entry_live(e))
        return;
    struct row *row = entry_row(e);
    struct look l = look_of(d, row, row, bits_new(e->plan, d->g->arena), d->txn.recorded_at);
    struct effect again = {.kind = EFFECT_WAKE,
                           .object = row->object,
                           .record = e->id,
                           .at = l.at,
                           .definition = STR("agenda")};
    r->look = &l;
    r->cause = d->w->command->cause;
    block(r, &again, "RESTLESS",
          str_printf(d->g->arena,
                     "records wake each other, more than %d times within a second: %.*s", LOOKS_MAX,
                     STR_ARG(d->w->cycle)));
}

static bool is_change(const struct effect *f)
{
    return f->kind == EFFECT_CREATE || f->kind == EFFECT_SET;
}

/* The next part that asks for anything, from `*part` on. */
static void part_reacts(struct reacting *r, struct look *l, size_t *part, unsigned round)
{
    struct group *g = r->top->g;
    const struct effect *effects;
    size_t n = 0;
    g->rc = process_next(l, part, &effects, &n);
    r->made.n = 0;
    for (size_t i = 0; i < n && g->rc == RC_OK && !r->stopped; i++) {
        if (is_change(&effects[i]) && round >= ROUNDS_MAX)
            stop(r, &effects[i], "TOO_MANY_ROUNDS", STR("effects did not settle within 16 rounds"));
        else if (is_change(&effects[i]) && r->events >= EFFECT_EVENTS_MAX)
            stop(r, &effects[i], "TOO_MANY_EFFECTS",
                 STR("one command leads to at most 256 events"));
        else
            effect_do(r, &effects[i]);
    }
}

static void look_at(struct reacting *r, struct look_wanted *w)
{
    struct decision *top = r->top;
    struct group *g = top->g;
    struct entry *e = w->entry;
    agenda_done(g, e, AGENDA_LOOK);
    agenda_done(g, e, AGENDA_QUIET);
    const struct row *row = entry_row(e);
    bool gone = !entry_live(e), merged = row && row->life == LIFE_MERGED;
    if (gone && (!w->changed || !w->before))
        return;
    g->round = w->round + 1;
    struct instant at = top->quiet ? top->txn.recorded_at : w->at;
    struct row *was = gone ? row_copy(w->before, g->arena) : NULL;
    struct look l = look_of(top, NULL, gone ? was : entry_row(e), w->touched, at);
    l.by_time = w->by_time;
    l.gone = gone;
    l.into = merged ? entry_follow(g, e->plan, e->id)->id : 0;
    l.again = w->again;
    r->look = &l;
    r->cause = w->cause;
    size_t part = 0;
    while (part < process_parts() && g->rc == RC_OK && entry_live(e) != gone) {
        l.now = gone ? was : entry_row(e); /* as the effects of earlier parts left it */
        l.before = w->changed ? w->before : l.now;
        part_reacts(r, &l, &part, w->round);
    }
    g->round = 0;
}

void react(struct decision *d)
{
    struct group *g = d->g;
    struct reacting r = {.top = d};
    if (d->w->cycle.n)
        tell_cycle(&r);
    for (size_t i = 0; i < g->looks.n && g->rc == RC_OK; i++) {
        struct look_wanted *w = g->looks.v[i];
        w->entry->wanted = NULL; /* what its effects change asks for another look */
        if (!r.stopped)
            look_at(&r, w);
    }
    g->looks.n = 0;
    d->v->followed = r.followed.v;
    d->v->n_followed = r.followed.n;
    uint64_t head = ledger_head(g->adm->parts.ledger).seq;
    if (head >= d->start) {
        d->v->txn = d->txn.txn;
        d->v->first_seq = d->start;
        d->v->last_seq = head;
    }
    if (d->target && entry_row(d->target))
        d->v->version = entry_row(d->target)->version;
}
