/* clocks.c - see clocks.h and reaction.h. */
#include "process/clocks.h"

#include "model/scalar.h"
#include "process/answers.h"
#include "process/calendars.h"
#include "process/handoffs.h"
#include "process/routes.h"
#include "process/target.h"

#include <assert.h>

enum { CLOCKS_OF_ONE = 16 };

/* A definition whose clocks stand while a condition holds. */
struct pausing {
    const struct definition *d;
    const struct expr *when;
    struct str trigger;
};

/* An answer that is owed: an entry of `slas`. */
struct response {
    const struct definition *d;
    const struct expr *start, *stop; /* stop NULL: when start no longer holds */
    struct str trigger, open;        /* `open` is remembered while a clock is */
};

struct clocks {
    VEC(struct pausing) pausing;
    VEC(struct response) responses;
};

/* ---- calendars ------------------------------------------------------------------------------------------------------ */

static struct calendar *calendar_of(struct reaction *r, struct str name)
{
    struct calendar *c;
    if (calendars_get(r->l->calendars, name, &c) != RC_OK &&
        calendars_get(r->l->calendars, STR(""), &c) != RC_OK)
        return NULL;
    return c;
}

static struct instant add_open(struct reaction *r, struct str calendar, struct instant from,
                               int64_t open_us)
{
    struct calendar *c = calendar_of(r, calendar);
    struct instant out;
    if (c && calendar_add(c, from, (struct duration){open_us > 0 ? open_us : 0}, &out) == RC_OK)
        return out;
    return (struct instant){from.us + (open_us > 0 ? open_us : 0)};
}

static int64_t open_between(struct reaction *r, struct str calendar, struct instant from,
                            struct instant to)
{
    struct calendar *c = calendar_of(r, calendar);
    return c ? calendar_between(c, from, to).us : to.us - from.us;
}

bool worktime_parse(struct str s, struct duration *open, int32_t *business_days)
{
    *open = (struct duration){0};
    *business_days = 0;
    return scalar_worktime(s, open, business_days);
}

/* ---- starting --------------------------------------------------------------------------------------------------------- */

static struct str calendar_meant(struct reaction *r, const struct clock_wish *w)
{
    return str_is(w->calendar, "owner") ? person_calendar(r, w->owner) : w->calendar;
}

static struct instant due_in(struct reaction *r, const struct clock_wish *w, struct str calendar)
{
    struct calendar *c = w->business_days > 0 ? calendar_of(r, calendar) : NULL;
    struct instant opens, closes;
    struct date day;
    if (!c)
        return add_open(r, calendar, w->from, w->allowed.us);
    if (calendar_add_days(c, zone_date(calendar_zone(c), w->from), w->business_days, &day) ==
            RC_OK &&
        calendar_day_bounds(c, day, &opens, &closes))
        return closes;
    return (struct instant){w->from.us + w->business_days * US_PER_DAY};
}

struct instant clock_due(struct reaction *r, const struct clock_wish *w)
{
    return due_in(r, w, calendar_meant(r, w));
}

size_t clock_start(struct reaction *r, const struct clock_wish *w, struct instant *due)
{
    const struct object *clock = builtin_object(r->p, ON_CLOCK);
    struct str calendar = calendar_meant(r, w);
    *due = due_in(r, w, calendar);
    if (!clock || r->rc != RC_OK)
        return 0;
    int64_t allowed = w->business_days > 0 ? open_between(r, calendar, w->from, *due)
                                           : w->allowed.us;
    struct asking a = ask_create(r, clock, w->name);
    ask_text(&a, "name", w->name);
    ask_word(&a, "kind", w->kind);
    ask_word(&a, "state", "running");
    ask_text(&a, "calendar", calendar);
    ask_instant(&a, "started_at", w->from);
    ask_instant(&a, "due_at", *due);
    ask_int(&a, "allowed", allowed);
    ask_int(&a, "marks", 0);
    ask_int(&a, "version", w->version ? w->version : r->l->version);
    ask_about(&a, w->object, w->id);
    ask_ref(&a, "owner", w->owner);
    if (w->link && w->linked_made)
        ask_made(&a, w->link, w->linked_made);
    else if (w->link)
        ask_ref(&a, w->link, w->linked);
    return ask(&a);
}

/* ---- finding ------------------------------------------------------------------------------------------------------------ */

bool clock_is_open(const struct row *clock)
{
    bool ended = row_is(clock, "state", "met") || row_is(clock, "state", "cancelled");
    return !ended && row_instant(clock, "stopped_at").us == INSTANT_MAX.us;
}

static size_t children(struct reaction *r, const struct field *via, uint64_t parent,
                       const struct row ***out)
{
    const struct process_reader *rd = r->l->reader;
    size_t n = 0;
    *out = NULL;
    if (r->rc == RC_OK && via && parent)
        r->rc = rd->children(rd->ctx, via, parent, out, &n);
    return r->rc == RC_OK ? n : 0;
}

const struct row *clock_linked(struct reaction *r, const char *link, uint64_t linked,
                               const char *kind)
{
    const struct row **rows;
    const struct object *clock = builtin_object(r->p, ON_CLOCK);
    size_t n = clock ? children(r, builtin_field(clock, link), linked, &rows) : 0;
    for (size_t i = 0; i < n; i++)
        if (row_is(rows[i], "kind", kind) && clock_is_open(rows[i]))
            return rows[i];
    return NULL;
}

size_t clocks_named(struct reaction *r, const struct object *o, uint64_t id, struct str name,
                    const struct row **out, size_t max)
{
    const struct row **rows;
    const struct object *clock = builtin_object(r->p, ON_CLOCK);
    size_t found = 0, n = clock ? children(r, about_field(clock, o), id, &rows) : 0;
    for (size_t i = 0; i < n && found < max; i++)
        if (str_eq(row_text(rows[i], "name"), name) && clock_is_open(rows[i]))
            out[found++] = rows[i];
    return found;
}

/* ---- changing ------------------------------------------------------------------------------------------------------------ */

static struct value yes(void)
{
    return (struct value){.type = VT_BOOL, .boolean = true};
}

/* The handoff whose clock it is hears of what happens to it. */
static void tell_handoff(struct reaction *r, const struct row *clock, bool breached,
                         struct instant due)
{
    uint64_t handoff = row_ref(clock, "handoff");
    if (!handoff)
        return;
    struct asking a = ask_set(r, builtin_object(r->p, ON_HANDOFF), handoff,
                              row_text(clock, "name"));
    if (breached)
        ask_value(&a, "breached", yes());
    else
        ask_instant(&a, row_is(clock, "kind", "accept") ? "accept_by" : "touch_by", due);
    (void)ask(&a);
}

static struct asking change(struct reaction *r, const struct row *clock)
{
    return ask_set(r, clock->object, clock->id, row_text(clock, "name"));
}

void clock_stop(struct reaction *r, const struct row *clock)
{
    clock_stop_at(r, clock, r->l->at);
}

void clock_stop_at(struct reaction *r, const struct row *clock, struct instant at)
{
    if (!clock || !clock_is_open(clock))
        return;
    struct instant due = row_instant(clock, "due_at");
    bool late = row_is(clock, "state", "running") && at.us >= due.us;
    struct asking a = change(r, clock);
    if (late)
        ask_instant(&a, "breached_at", due);
    if (!row_is(clock, "state", "breached"))
        ask_word(&a, "state", late ? "breached" : "met");
    ask_instant(&a, "stopped_at", at);
    (void)ask(&a);
    if (late)
        tell_handoff(r, clock, true, due);
}

void clock_cancel(struct reaction *r, const struct row *clock)
{
    if (!clock || !clock_is_open(clock))
        return;
    struct asking a = change(r, clock);
    if (!row_is(clock, "state", "breached"))
        ask_word(&a, "state", "cancelled");
    ask_instant(&a, "stopped_at", r->l->at);
    (void)ask(&a);
}

static void pause_clock(struct reaction *r, const struct row *clock)
{
    struct instant due = row_instant(clock, "due_at");
    if (!row_is(clock, "state", "running") || r->l->at.us >= due.us)
        return;
    struct asking a = change(r, clock);
    ask_word(&a, "state", "paused");
    ask_instant(&a, "paused_at", r->l->at);
    ask_int(&a, "remaining", open_between(r, row_text(clock, "calendar"), r->l->at, due));
    (void)ask(&a);
}

static void resume_clock(struct reaction *r, const struct row *clock)
{
    if (!row_is(clock, "state", "paused"))
        return;
    struct instant due = add_open(r, row_text(clock, "calendar"), r->l->at,
                                  row_int(clock, "remaining", 0));
    struct asking a = change(r, clock);
    ask_word(&a, "state", "running");
    ask_instant(&a, "resumed_at", r->l->at);
    ask_instant(&a, "paused_at", INSTANT_MAX);
    ask_instant(&a, "due_at", due);
    (void)ask(&a);
    tell_handoff(r, clock, false, due);
}

/* ---- the definition of a clock ---------------------------------------------------------------------------------------------- */

static const struct definition *definition_of(struct reaction *r, const struct row *clock)
{
    static const char *const sections[][2] = {{"accept", "handoffs"},
                                              {"first_touch", "handoffs"},
                                              {"decide", "approvals"},
                                              {"first_response", "slas"},
                                              {"next_response", "slas"}};
    for (size_t i = 0; i < sizeof sections / sizeof *sections; i++)
        if (row_is(clock, "kind", sections[i][0]))
            return definition_begun(r->p, sections[i][1], clock);
    return NULL;
}

/* `pause_when` stands under `sla`, or in the definition itself. */
static const struct expr *pause_when(const struct definition *d)
{
    const struct node *sla = d ? node_get(d->node, "sla") : NULL;
    const struct node *n = d ? node_get(sla ? sla : d->node, "pause_when") : NULL;
    return n ? n->expr : NULL;
}

/* Open time allowed up to a mark, in microseconds; "50%" of 4 h are 2 h. */
static int64_t mark_share(const struct node *mark, int64_t allowed)
{
    struct decimal share;
    if (!scalar_percent(node_text(mark, "at"), true, &share))
        return allowed;
    return (int64_t)(decimal_double(share) * (double)allowed + 0.5);
}

/* Counted from when the clock last began to run; beyond the due instant from there. */
static struct instant mark_at(struct reaction *r, const struct row *clock, const struct node *mark)
{
    int64_t allowed = row_int(clock, "allowed", 0), share = mark_share(mark, allowed);
    struct str calendar = row_text(clock, "calendar");
    struct instant from = row_instant(clock, "resumed_at"), due = row_instant(clock, "due_at");
    bool resumed = from.us != INSTANT_MAX.us;
    if (share == allowed)
        return due;
    if (share > allowed)
        return add_open(r, calendar, due, share - allowed);
    int64_t left = resumed ? row_int(clock, "remaining", allowed) : allowed;
    if (!resumed)
        from = row_instant(clock, "started_at");
    return add_open(r, calendar, from, left - (allowed - share));
}

/* ---- firing -------------------------------------------------------------------------------------------------------------------- */

struct firing {
    struct reaction *r;
    const struct row *clock;
    const struct object *object; /* of the record */
    uint64_t record;
    const struct row *about; /* NULL: nothing of it is wanted */
    const struct definition *d;
};

static const char *what_is_owed(const struct row *clock)
{
    static const char *const words[][2] = {{"accept", "acceptance"},
                                           {"first_touch", "the first touch"},
                                           {"decide", "the decision"},
                                           {"first_response", "the first answer"},
                                           {"next_response", "an answer"},
                                           {"stage_age", "the next stage"},
                                           {"task", "the task"}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (row_is(clock, "kind", words[i][0]))
            return words[i][1];
    return "it";
}

/* The record with whoever has to act as its owner, so that `owner` and `manager` of a list mean them. */
static const struct row *as_owned(struct firing *f)
{
    uint64_t owner = row_owner(f->clock);
    if (!owner || owner == row_owner(f->about))
        return f->about;
    struct row *copy = row_copy(f->about, f->r->l->arena);
    for (size_t i = 0; i < copy->object->n_fields; i++)
        if (copy->object->fields[i]->number == FN_OWNER)
            copy->values[i] = (struct value){.type = VT_REF, .ref = owner};
    return copy;
}

static void tell(struct firing *f, const struct node *list, bool breach, struct str why)
{
    struct arena *a = f->r->l->arena;
    struct str name = row_text(f->clock, "name");
    struct str text = str_printf(a, breach ? "%.*s: %s is overdue" : "%.*s: %s is due soon",
                                 STR_ARG(name), what_is_owed(f->clock));
    const char *kind = breach ? "clock_breached" : "clock_warning";
    uint64_t owner = row_owner(f->clock);
    if (list)
        notify_all(f->r, list, kind, f->object, as_owned(f), text, why);
    else if (owner || row_owner(f->about))
        notify(f->r, owner ? owner : row_owner(f->about), kind, f->object, f->record, text, why);
}

static void escalate(struct firing *f, const struct node *mark)
{
    struct str route = node_text(node_get(mark, "then"), "reroute");
    int64_t allowed = row_int(f->clock, "allowed", 0);
    bool breach = mark_share(mark, allowed) >= allowed;
    struct str why = str_printf(f->r->l->arena, "%.*s.%.*s: escalation at %.*s",
                                STR_ARG(f->d->kind), STR_ARG(f->d->name),
                                STR_ARG(node_text(mark, "at")));
    if (node_get(mark, "notify"))
        tell(f, node_get(mark, "notify"), breach, why);
    if (!route.n)
        return;
    if (row_ref(f->clock, "handoff"))
        handoff_rerouted(f->r, f->clock, f->about, route);
    else
        (void)route_record(f->r, route, f->about, "reroute");
}

/* What is due by now, in order; wakes the clock for what comes next. */
static void fire(struct firing *f)
{
    struct reaction *r = f->r;
    const struct node *marks = f->d ? node_items(f->d->node, "escalate") : NULL;
    int64_t passed = row_int(f->clock, "marks", 0), seen = passed;
    struct instant due = row_instant(f->clock, "due_at"), last = INSTANT_MIN, next = INSTANT_MAX;
    bool breaches = row_is(f->clock, "state", "running") && due.us <= r->l->at.us;
    if (breaches)
        last = due;
    for (; marks && passed < (int64_t)marks->n; passed++) {
        struct instant at = mark_at(r, f->clock, marks->items[passed]);
        if (at.us > r->l->at.us) {
            next = at;
            break;
        }
        last = at.us > last.us ? at : last;
    }
    if (row_is(f->clock, "state", "running") && !breaches && due.us < next.us)
        next = due;
    wake_at(r, next);
    if (!breaches && passed == seen)
        return;
    struct asking a = change(r, f->clock);
    ask_at(&a, last);
    if (breaches) {
        ask_word(&a, "state", "breached");
        ask_instant(&a, "breached_at", due);
    }
    ask_int(&a, "marks", passed);
    (void)ask(&a);
    if (breaches)
        tell_handoff(r, f->clock, true, due);
    if (breaches && (!marks || marks->n == 0))
        tell(f, NULL, true, row_text(f->clock, "name"));
    for (int64_t i = seen; i < passed; i++)
        escalate(f, marks->items[i]);
}

/* Ended by an apply that asks for it anew: what is owed runs from now, as the live definition says. */
static void begin_again(struct reaction *r, const struct object *o, uint64_t id)
{
    const struct row *clock = r->l->now;
    struct str name = row_text(clock, "name");
    struct clock_wish w = {.object = o,
                           .id = id,
                           .name = name,
                           .kind = "first_touch",
                           .from = r->l->at,
                           .link = "handoff",
                           .linked = row_ref(clock, "handoff"),
                           .owner = row_owner(clock)};
    struct instant due;
    if (row_is(clock, "kind", "first_response") || row_is(clock, "kind", "next_response")) {
        struct str trigger = str_printf(r->l->arena, "slas.%.*s", STR_ARG(name));
        trigger_put(r, o, id, trigger, false);
        trigger_put(r, o, id, str_printf(r->l->arena, "%.*s.open", STR_ARG(trigger)), false);
        wake_record(r, o, id, r->l->at);
    } else if (w.linked &&
               handoff_limit(definition_named(r->p, "handoffs", name), "first_touch_within", &w)) {
        (void)clock_start(r, &w, &due);
        struct asking a = ask_set(r, builtin_object(r->p, ON_HANDOFF), w.linked, name);
        ask_instant(&a, "touch_by", due);
        (void)ask(&a);
    }
}

/* Most deadlines have an owner, and nobody to escalate to: of the record nothing is wanted then. It is there, since a deletion ends
 * what is open about it. */
static bool needs_record(const struct firing *f)
{
    return !row_owner(f->clock) || pause_when(f->d) ||
           (f->d && node_items(f->d->node, "escalate")->n > 0);
}

static void look_at_clock(struct reaction *r)
{
    const struct look *l = r->l;
    const struct process_reader *rd = l->reader;
    struct firing f = {.r = r, .clock = l->now};
    if (row_is(l->now, "kind", "wait") || !row_about(l->now, &f.object, &f.record))
        return;
    bool open = clock_is_open(l->now), ends = l->again && l->before && clock_is_open(l->before);
    if (!open && !ends)
        return;
    f.d = definition_of(r, l->now);
    if (!open || needs_record(&f)) {
        r->rc = rd->row(rd->ctx, f.object, f.record, &f.about);
        if (r->rc == RC_OK && !f.about && open)
            clock_cancel(r, l->now);
        if (r->rc != RC_OK || !f.about)
            return;
    }
    if (!open) {
        begin_again(r, f.object, f.record);
        return;
    }
    if (row_is(l->now, "state", "paused"))
        return;
    const struct expr *pause = pause_when(f.d);
    /* One that is due from the start has nothing left to stand still for. */
    bool ahead = row_instant(l->now, "due_at").us > l->at.us;
    if (look_is_new(l) && ahead && pause && row_test(r, f.about, pause, NULL) == XT_MET)
        pause_clock(r, l->now);
    else
        fire(&f);
}

/* ---- pauses ---------------------------------------------------------------------------------------------------------------------- */

static void look_for_pauses(struct reaction *r, const struct pausing *p)
{
    const struct row *clocks[CLOCKS_OF_ONE];
    bool was = trigger_was_on(r, p->trigger), rises;
    bool holds = trigger_holds(r, p->trigger, p->when, &rises);
    if (!was && !holds)
        return;
    size_t n = clocks_named(r, r->l->object, r->l->now->id, p->d->name, clocks, CLOCKS_OF_ONE);
    for (size_t i = 0; i < n; i++) {
        if (definition_of(r, clocks[i]) != p->d)
            continue;
        if (holds)
            pause_clock(r, clocks[i]);
        else
            resume_clock(r, clocks[i]);
    }
}

/* ---- answers that are owed --------------------------------------------------------------------------------------------------------- */

static bool answered_before(struct reaction *r, const struct response *s)
{
    const struct row **rows;
    const struct object *clock = builtin_object(r->p, ON_CLOCK);
    size_t n = children(r, about_field(clock, r->l->object), r->l->now->id, &rows);
    for (size_t i = 0; i < n; i++)
        if (str_eq(row_text(rows[i], "name"), s->d->name) && definition_of(r, rows[i]) == s->d &&
            !row_is(rows[i], "state", "cancelled"))
            return true;
    return false;
}

static void owe(struct reaction *r, const struct response *s)
{
    bool again = answered_before(r, s);
    struct str next = node_text(s->d->node, "next_within");
    struct clock_wish w = {.object = r->l->object,
                           .id = r->l->now->id,
                           .name = s->d->name,
                           .kind = again ? "next_response" : "first_response",
                           .calendar = node_text(s->d->node, "calendar"),
                           .from = r->l->at,
                           .owner = row_owner(r->l->now)};
    struct instant due;
    if (worktime_parse(again && next.n ? next : node_text(s->d->node, "within"), &w.allowed,
                       &w.business_days))
        (void)clock_start(r, &w, &due);
    trigger_put(r, r->l->object, r->l->now->id, s->open, true);
}

/* One that began under another version waits on, and until then no other answer is owed. */
static void stop_answered(struct reaction *r, const struct response *s)
{
    const struct row *clocks[CLOCKS_OF_ONE];
    size_t n = clocks_named(r, r->l->object, r->l->now->id, s->d->name, clocks, CLOCKS_OF_ONE);
    bool others = false;
    for (size_t i = 0; i < n; i++) {
        if (definition_of(r, clocks[i]) == s->d)
            clock_stop(r, clocks[i]);
        else
            others = true;
    }
    if (!others)
        trigger_put(r, r->l->object, r->l->now->id, s->open, false);
}

static void look_for_answers(struct reaction *r, const struct response *s)
{
    bool open = trigger_was_on(r, s->open), rises;
    bool holds = trigger_holds(r, s->trigger, s->start, &rises);
    bool answered = open && (s->stop ? look_test(r, s->stop, NULL) == XT_MET : !holds);
    if (s->stop && open)
        wake_for(r, s->stop);
    if (rises && !open)
        owe(r, s);
    if (!answered || r->l->quiet)
        return;
    stop_answered(r, s);
}

/* ---- under definitions as they were --------------------------------------------------------------------------------------------------- */

/* Open clocks of the record in hand that began under `d`. */
static size_t clocks_under(struct reaction *r, const struct definition *d, const struct row **out)
{
    size_t kept = 0, n = clocks_named(r, r->l->object, r->l->now->id, d->name, out, CLOCKS_OF_ONE);
    for (size_t i = 0; i < n; i++)
        if (definition_of(r, out[i]) == d)
            out[kept++] = out[i];
    return kept;
}

static void keep_pauses(struct reaction *r, const struct pausing *p)
{
    const struct row *clocks[CLOCKS_OF_ONE];
    size_t n = clocks_under(r, p->d, clocks);
    if (n == 0)
        return;
    bool holds = look_test(r, p->when, NULL) == XT_MET;
    wake_for(r, p->when);
    for (size_t i = 0; i < n; i++) {
        if (holds)
            pause_clock(r, clocks[i]);
        else
            resume_clock(r, clocks[i]);
    }
}

static void keep_answers(struct reaction *r, const struct response *s)
{
    const struct row *clocks[CLOCKS_OF_ONE];
    const struct expr *until = s->stop ? s->stop : s->start;
    if (clocks_under(r, s->d, clocks) == 0)
        return;
    wake_for(r, until);
    if ((look_test(r, until, NULL) == XT_MET) == (s->stop != NULL))
        stop_answered(r, s);
}

static void keep(struct reaction *r, const void *past, uint32_t until)
{
    const struct clocks *c = past;
    (void)until;
    for (size_t i = 0; i < c->responses.n && !r->l->quiet; i++)
        if (c->responses.v[i].d->object == r->l->object)
            keep_answers(r, &c->responses.v[i]);
    for (size_t i = 0; i < c->pausing.n && !r->l->quiet; i++)
        if (c->pausing.v[i].d->object == r->l->object)
            keep_pauses(r, &c->pausing.v[i]);
}

/* ---- the part ------------------------------------------------------------------------------------------------------------------------ */

static void *make(const struct process *p, const struct model *m, struct arena *a)
{
    struct clocks *c = ARENA_NEW(a, struct clocks);
    (void)p;
    for (size_t i = 0; i < m->n_definitions; i++) {
        const struct definition *d = &m->definitions[i];
        bool sla = str_is(d->kind, "slas");
        const struct expr *pause = pause_when(d);
        if (!d->object || !(sla || str_is(d->kind, "handoffs") || str_is(d->kind, "approvals")))
            continue;
        struct str name = str_printf(a, "%.*s.%.*s", STR_ARG(d->kind), STR_ARG(d->name));
        if (pause)
            *VEC_PUSH(a, &c->pausing) = (struct pausing){
                d, pause, str_printf(a, "%.*s.pause", STR_ARG(name))};
        if (sla && node_condition(d->node, "start_when"))
            *VEC_PUSH(a, &c->responses) = (struct response){
                d, node_condition(d->node, "start_when"), node_condition(d->node, "stop_when"),
                name, str_printf(a, "%.*s.open", STR_ARG(name))};
    }
    return c;
}

static void react(struct reaction *r, const void *self)
{
    const struct clocks *c = self;
    if (r->l->object->number == ON_CLOCK) {
        look_at_clock(r);
        return;
    }
    for (size_t i = 0; i < c->responses.n; i++)
        if (c->responses.v[i].d->object == r->l->object)
            look_for_answers(r, &c->responses.v[i]);
    for (size_t i = 0; i < c->pausing.n && !r->l->quiet; i++)
        if (c->pausing.v[i].d->object == r->l->object)
            look_for_pauses(r, &c->pausing.v[i]);
}

static void watch(const void *self, const struct object *o, struct arena *a, expr_list *out)
{
    const struct clocks *c = self;
    for (size_t i = 0; i < c->pausing.n; i++)
        if (c->pausing.v[i].d->object == o)
            *VEC_PUSH(a, out) = c->pausing.v[i].when;
    for (size_t i = 0; i < c->responses.n; i++) {
        if (c->responses.v[i].d->object != o)
            continue;
        *VEC_PUSH(a, out) = c->responses.v[i].start;
        if (c->responses.v[i].stop)
            *VEC_PUSH(a, out) = c->responses.v[i].stop;
    }
}

const struct part clocks_part = {
    .name = "clocks", .make = make, .react = react, .keeps = true, .keep = keep, .watch = watch};
