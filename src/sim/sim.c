/* sim.c - the loop over the calendar. */
#include "sim/company.h"

#include "store/store.h"

#include <assert.h>

enum { UPKEEP_EVERY = 5000 }; /* commands and fact rows */

/* ---- stories and time ---------------------------------------------------------------------------------------------- */

void *story_new(struct sim *s, size_t size, void (*step)(struct sim *, struct story *),
                struct instant at)
{
    struct story *l = mem_new(1, size);
    l->step = step;
    l->at = at;
    queue_put(&s->queue, l);
    return l;
}

void story_again(struct sim *s, struct story *l, void (*step)(struct sim *, struct story *),
                 struct instant at)
{
    l->step = step;
    l->at = at.us < s->tick_end.us ? s->tick_end : at;
    queue_put(&s->queue, l);
}

void story_end(struct story *l)
{
    l->over = true;
}

struct date sim_date(struct sim *s, struct instant at)
{
    return zone_date(s->zone, at);
}

struct instant sim_office(struct sim *s, struct dice *d, struct date day)
{
    while (!outlook_workday(day))
        day.days++;
    int64_t minute = dice_between(d, 8 * 60 + 30, 18 * 60 + 30);
    struct hms at = {.hour = (uint8_t)(minute / 60), .minute = (uint8_t)(minute % 60)};
    at.second = (uint8_t)dice_below(d, 60);
    return zone_instant(s->zone, day, at);
}

struct instant sim_later(struct sim *s, struct dice *d, double days)
{
    struct date day = sim_date(s, s->now);
    day.days += (int32_t)(days + 0.5);
    return sim_office(s, d, day);
}

struct instant sim_worked(struct sim *s, double hours)
{
    enum { OPENS = 9, CLOSES = 18 };
    const double hour_us = 3600.0 * US_PER_SECOND;
    struct date day = sim_date(s, s->now);
    for (;; day.days++) {
        struct instant opens = zone_instant(s->zone, day, (struct hms){.hour = OPENS});
        struct instant closes = zone_instant(s->zone, day, (struct hms){.hour = CLOSES});
        if (!outlook_workday(day) || s->now.us >= closes.us)
            continue;
        struct instant from = s->now.us > opens.us ? s->now : opens;
        double left = (double)(closes.us - from.us) / hour_us;
        if (hours < left)
            return (struct instant){from.us + (int64_t)(hours * hour_us)};
        hours -= left;
    }
}

struct instant sim_minutes(struct instant t, int64_t minutes)
{
    return (struct instant){t.us + minutes * 60 * US_PER_SECOND};
}

struct actor sim_actor(enum actor_kind kind, const char *name)
{
    return (struct actor){.kind = kind, .name = str_of(name)};
}

/* ---- the office calendar ------------------------------------------------------------------------------------------ */

/* Each day before work: what this day brings. */
static void day_begins(struct sim *s, struct story *l)
{
    struct date day = sim_date(s, s->now);
    leads_day(s, day);
    deals_day(s, day);
    service_day(s, day);
    calls_day(s, day);
    struct date next = {day.days + 1};
    story_again(s, l, day_begins, zone_instant(s->zone, next, (struct hms){.hour = 6}));
}

/* ---- the run ------------------------------------------------------------------------------------------------------ */

/* Stretches of a day: what is written down within one goes to admission together, and is seen by others after it. */
static struct instant tick_after(struct sim *s, struct instant at)
{
    struct date day = sim_date(s, at);
    static const uint8_t hours[] = {10, 12, 14, 16};
    for (size_t i = 0; i < sizeof hours; i++) {
        struct hms end = {.hour = hours[i], .minute = 30};
        if (at.us < zone_instant(s->zone, day, end).us)
            return zone_instant(s->zone, day, end);
    }
    return zone_midnight(s->zone, (struct date){day.days + 1});
}

static bool goes_on(struct sim *s)
{
    struct sim_progress p = {.commands = s->desk.sent,
                             .facts = s->desk.facts,
                             .refused = s->desk.outcomes[VERDICT_REFUSED]};
    p.days = sim_date(s, s->tick_end).days - s->outlook.from.days;
    p.days_total = s->outlook.to.days - s->outlook.from.days;
    return !s->request->go_on || s->request->go_on(s->request->self, &p);
}

static void run_tick(struct sim *s)
{
    for (;;) {
        struct story *l = queue_first(&s->queue);
        if (!l || l->at.us >= s->tick_end.us)
            return;
        (void)queue_take(&s->queue);
        s->now = l->at;
        l->step(s, l);
        assert(l->queued || l->over || l->waiting);
        if (l->over && !l->waiting)
            mem_free(l);
        arena_reset(s->scratch);
    }
}

/* The log of the database is folded back now and then: a read looks through all of it. */
static enum rc upkeep(struct sim *s)
{
    uint64_t done = s->desk.sent + s->desk.facts;
    if (done < s->kept_up + UPKEEP_EVERY)
        return RC_OK;
    s->kept_up = done;
    return store_checkpoint(s->request->store);
}

static enum rc run(struct sim *s)
{
    struct date last = s->request->stop;
    struct instant stop = last.days ? zone_midnight(s->zone, last) : s->end;
    for (;;) {
        struct story *l = queue_first(&s->queue);
        if (!l || l->at.us >= stop.us)
            return RC_OK;
        s->tick_end = tick_after(s, l->at);
        run_tick(s);
        desk_flush(&s->desk, (struct instant){s->tick_end.us - 1});
        struct date next = sim_date(s, s->tick_end);
        bool day_ends = s->tick_end.us == zone_midnight(s->zone, next).us;
        bool week_ends = day_ends && (date_weekday(next) == 0 || s->tick_end.us == s->end.us);
        desk_facts(&s->desk, week_ends ? FACTS_WEEK : day_ends ? FACTS_DAY : FACTS_STRETCH);
        inbox_look(s);
        if (s->desk.rc == RC_OK)
            s->desk.rc = upkeep(s);
        if (s->desk.rc != RC_OK)
            return s->desk.rc;
        if (!goes_on(s))
            return RC_CANCELLED;
    }
}

static void tell(struct sim *s, struct arena *arena)
{
    struct sim_report *r = s->report;
    r->commands = s->desk.sent;
    r->facts = s->desk.facts;
    r->warned = s->desk.warned;
    for (size_t i = 0; i < VERDICT_OUTCOME_COUNT; i++)
        r->outcomes[i] = s->desk.outcomes[i];
    r->n_refusals = s->desk.n_refusals;
    for (size_t i = 0; i < r->n_refusals; i++)
        r->refusals[i] = (struct refusal_count){str_dup(arena, s->desk.refusals[i].code),
                                                s->desk.refusals[i].n};
}

static void start(struct sim *s)
{
    const struct sim_request *r = s->request;
    struct dice *const streams[] = {&s->market,  &s->demand, &s->deals, &s->customers,
                                    &s->service, &s->staff,  &s->dirt,  &s->people};
    for (size_t i = 0; i < sizeof streams / sizeof *streams; i++)
        dice_init(streams[i], r->seed, i + 1);
    outlook_make(&s->outlook, r->accounts, r->from, r->to, r->deals);
    s->now = zone_midnight(s->zone, r->from);
    s->end = zone_midnight(s->zone, r->to);
    s->tick_end = s->now;
    market_open(s);
    staff_start(s);
    inbox_look(s);
    absences_start(s);
    market_start(s);
    customers_start(s);
    service_start(s);
    dirt_start(s);
    (void)story_new(s, sizeof(struct story), day_begins,
                    zone_instant(s->zone, r->from, (struct hms){.hour = 6}));
}

enum rc sim_run(const struct sim_request *request, struct arena *arena, struct sim_report *out)
{
    struct sim *s = mem_new(1, sizeof *s);
    *out = (struct sim_report){0};
    s->request = request;
    s->report = out;
    s->clock = request->clock;
    s->scratch = arena_new();
    enum rc rc = desk_open(&s->desk, request->admission, request->clock, &out->missing);
    if (rc == RC_OK)
        rc = zone_open(admission_model(request->admission)->company.timezone, &s->zone);
    if (rc == RC_OK) {
        s->desk.sim = s;
        start(s);
        rc = run(s);
        tell(s, arena);
    }
    queue_release(&s->queue);
    if (s->zone) {
        zone_close(s->zone);
        desk_close(&s->desk);
    }
    mem_free(s->companies);
    mem_free(s->active);
    arena_free(s->scratch);
    mem_free(s);
    return rc;
}
