/* recurring.c - reviews and upkeep at their instants of company time. */
#include "process/recurring.h"
#include "process/plays.h"

#include "base/period.h"
#include "model/scalar.h"

struct recurring_work {
    struct str origin, task; /* "cadence.pipeline review"; what the task is called */
    struct str due;
    const struct definition *definition;
    enum grain every;
    int weekday; /* 0 = Monday; -1: the first business day */
    int32_t minute;
};

struct recurring {
    const struct model *m;
    struct fiscal fiscal;
    VEC(struct recurring_work) list;
};

enum { MORNING = 9 * 60, SATURDAY = 5, PERIODS_TRIED = 8 };

/* ---- definitions ------------------------------------------------------------------------------------------------- */

static int weekday_of(struct str day)
{
    static const char *const days[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
    for (int i = 0; i < 7; i++)
        if (str_is(day, days[i]))
            return i;
    return -1;
}

/* What is to be looked at, in the words of the task. */
static struct str subject_text(const struct definition *d, struct arena *a)
{
    static const char *const looks[][2] = {{"duplicates", "records that may be the same"},
                                           {"audit", "records that break a rule (revos audit)"},
                                           {"stale", "values that were not confirmed for too long"},
                                           {"unowned", "records without an owner"},
                                           {"orphans", "records whose reference leads nowhere"}};
    struct str what = node_text(d->node, "do"), dashboard = node_text(d->node, "dashboard");
    struct str object = node_text(d->node, "object");
    for (size_t i = 0; i < sizeof looks / sizeof *looks; i++)
        if (str_is(what, looks[i][0]))
            return str_printf(a, "%.*s: %.*s%s%s", STR_ARG(d->name), STR_ARG(object),
                              object.n ? " " : "", looks[i][1]);
    return dashboard.n ? str_printf(a, "%.*s: dashboard %.*s", STR_ARG(d->name), STR_ARG(dashboard))
                       : d->name;
}

static void read_work(struct recurring *all, const struct definition *d, struct arena *a)
{
    bool review = str_is(d->kind, "cadence");
    struct recurring_work w = {
        .definition = d,
        .origin = str_printf(a, "%.*s.%.*s", STR_ARG(d->kind), STR_ARG(d->name)),
        .task = subject_text(d, a),
        .due = review ? STR("1bd") : STR("5bd"),
        .weekday = weekday_of(node_text(d->node, "day"))};
    if (!scalar_clock(node_text(d->node, "at"), &w.minute) || w.minute >= CALENDAR_MINUTES)
        w.minute = MORNING;
    if (grain_parse(node_text(d->node, "every"), &w.every) && d->owner)
        *VEC_PUSH(a, &all->list) = w;
}

static void *make(const struct process *p, const struct model *m, struct arena *a)
{
    struct recurring *all = ARENA_NEW(a, struct recurring);
    (void)p;
    all->m = m;
    all->fiscal = (struct fiscal){m->company.fiscal_month, m->company.fiscal_day};
    for (size_t i = 0; i < m->n_definitions; i++)
        if (str_is(m->definitions[i].kind, "hygiene") || str_is(m->definitions[i].kind, "cadence"))
            read_work(all, &m->definitions[i], a);
    return all;
}

/* ---- when -------------------------------------------------------------------------------------------------------- */

/* Its day in a period; false when the period has none, as a Sunday has no first business day. */
static bool day_in(const struct recurring_work *w, struct period p, struct date *out)
{
    for (struct date d = p.from; d.days < p.to.days; d.days++)
        if (w->weekday < 0 ? date_weekday(d) < SATURDAY : date_weekday(d) == w->weekday) {
            *out = d;
            return true;
        }
    return false;
}

/* The last instant at or before `at`, or the first one after it; INSTANT_MAX when there is none near. */
static struct instant occurrence(const struct recurring *all, const struct recurring_work *w,
                                 struct zone *z, struct instant at, bool after)
{
    struct hms h = {.hour = (uint8_t)(w->minute / 60), .minute = (uint8_t)(w->minute % 60)};
    struct period p = period_of(all->fiscal, w->every, zone_date(z, at));
    for (int i = 0; i < PERIODS_TRIED; i++) {
        struct date d;
        if (day_in(w, p, &d)) {
            struct instant t = zone_instant(z, d, h);
            if (after ? t.us > at.us : t.us <= at.us)
                return t;
        }
        if (!(after ? period_next(all->fiscal, p, &p) : period_previous(all->fiscal, p, &p)))
            break;
    }
    return INSTANT_MAX;
}

/* ---- bringing it up ----------------------------------------------------------------------------------------------- */

static void give(struct reaction *r, const struct recurring *all, const struct recurring_work *w)
{
    struct asking a = ask_create(r, builtin_object(r->p, ON_TASK), w->origin);
    ask_text(&a, "name", w->task);
    ask_word(&a, "state", "open");
    ask_text(&a, "origin", w->origin);
    ask_ref(&a, "owner", r->l->now->id);
    ask_instant(&a, "due_at",
                play_due(r, play_calendar(all->m, w->definition->node), w->due, r->l->at));
    ask_reason(&a, STR("it recurs"));
    (void)ask(&a);
}

static void bring_up(struct reaction *r, const struct recurring *all,
                     const struct recurring_work *w)
{
    struct instant last = occurrence(all, w, r->l->zone, r->l->at, false);
    char text[40];
    bool seen = trigger_was_on(r, w->origin);
    if (!seen)
        trigger_put(r, r->l->object, r->l->now->id, w->origin, true);
    if (last.us != INSTANT_MAX.us) {
        struct str mark = str_printf(r->l->arena, "%.*s@%.*s", STR_ARG(w->origin),
                                     STR_ARG(instant_text(last, text)));
        bool done = trigger_was_on(r, mark);
        if (!done)
            trigger_put(r, r->l->object, r->l->now->id, mark, true);
        if (!done && seen && !r->l->quiet)
            give(r, all, w);
    }
    wake_at(r, occurrence(all, w, r->l->zone, r->l->at, true));
}

static bool is_theirs(const struct recurring_work *w, const struct row *person)
{
    return str_eq(w->definition->owner->name, row_text(person, "name"));
}

static void react(struct reaction *r, const void *self)
{
    const struct recurring *all = self;
    if (!row_is_of(r->l->now, ON_PERSON))
        return;
    for (size_t i = 0; i < all->list.n && r->rc == RC_OK; i++)
        if (is_theirs(&all->list.v[i], r->l->now))
            bring_up(r, all, &all->list.v[i]);
}

static bool timed(const void *self, const struct object *o)
{
    const struct recurring *all = self;
    return o->builtin && o->number == ON_PERSON && all->list.n > 0;
}

const struct part recurring_part = {
    .name = "recurring", .make = make, .react = react, .timed = timed};
