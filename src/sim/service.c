/* service.c - use, tickets and what customers say of us. */
#include "sim/company.h"

#include <math.h>

struct ticket {
    struct story story;
    struct firm *company;
    uint64_t id;
    struct instant opened;
    double fit;
    bool urgent;
};

/* ---- use ------------------------------------------------------------------------------------------------------------ */

/* One row a customer and workday: how often its people used the feature of the day. */
static void use(struct sim *s, const struct subscription *x, struct date day)
{
    struct dice *d = &s->service;
    if (day.days < x->first_use.days)
        return;
    double mean = (double)x->seats * (0.25 + 1.5 * x->fit);
    double events = dice_around(d, mean, 0.5);
    if (events < 1 || dice_chance(d, 0.3 * (1 - x->fit)))
        return;
    struct fact f = fact_open(&s->desk, T_USAGE);
    fact_ref(&f, "account", x->company->id);
    fact_ref(&f, "subscription", x->id);
    fact_word(&f, "feature", word(d, &features));
    fact_int(&f, "events", (int64_t)events);
    fact_instant(
        &f, "at",
        zone_instant(s->zone, day, (struct hms){.hour = 5, .minute = (uint8_t)dice_below(d, 60)}));
}

/* ---- tickets -------------------------------------------------------------------------------------------------------- */

static void heard_ticket(struct sim *s, struct story *l, const struct verdict *v)
{
    (void)s;
    ((struct ticket *)l)->id = verdict_accepted(v) ? v->id : 0;
}

static void ticket_solved(struct sim *s, struct story *l)
{
    struct ticket *t = (struct ticket *)l;
    struct form f = form_open(&s->desk, T_TICKET, CMD_UPDATE, staff_named(s, "kim"), s->now);
    form_target(&f, t->id);
    form_word(&f, "status", "solved");
    form_instant(&f, "solved_at", sim_minutes(s->now, -2));
    if (dice_chance(&s->service, 0.45)) {
        double mark = 3.2 + 1.6 * t->fit + 0.8 * dice_normal(&s->service);
        form_int(&f, "satisfaction", mark < 1 ? 1 : mark > 5 ? 5 : (int64_t)round(mark));
    }
    form_send(&f, (struct reply){0});
    story_end(l);
}

static void ticket_answered(struct sim *s, struct story *l)
{
    struct ticket *t = (struct ticket *)l;
    struct dice *d = &s->service;
    if (!t->id) {
        story_end(l);
        return;
    }
    double minutes = dice_around(d, t->urgent ? 35 : 140, 0.8);
    struct form f = form_open(&s->desk, T_TICKET, CMD_UPDATE, staff_named(s, "kim"), s->now);
    form_target(&f, t->id);
    form_int(&f, "first_response_minutes", (int64_t)minutes + 1);
    form_word(&f, "status", dice_chance(d, 0.5) ? "waiting" : "open");
    form_send(&f, (struct reply){0});
    story_again(s, l, ticket_solved, sim_later(s, d, dice_around(d, t->urgent ? 0.8 : 2.5, 0.8)));
}

static void ticket_opened(struct sim *s, struct story *l)
{
    static const char *const priorities[] = {"p1", "p2", "p3"};
    static const double weights[] = {8, 37, 55};
    struct ticket *t = (struct ticket *)l;
    struct dice *d = &s->service;
    size_t priority = dice_weighted(d, weights, 3);
    t->urgent = priority == 0;
    t->opened = s->now;
    struct form f = form_open(&s->desk, T_TICKET, CMD_CREATE, sim_actor(ACTOR_TOKEN, "helpdesk"),
                              s->now);
    form_text(&f, "ticket_id",
              str_printf(s->scratch, "T-%06llu", (unsigned long long)++s->ticket_numbers));
    form_ref(&f, "account", t->company->id);
    form_ref(&f, "contact", t->company->n_contacts ? t->company->contacts[0] : 0);
    form_word(&f, "subject", word(d, &subjects));
    form_word(&f, "priority", priorities[priority]);
    form_word(&f, "status", "open");
    form_instant(&f, "opened_at", s->now);
    form_key(&f, "owner", s->reps[staff_pick(s, d, SUCCESS)].name);
    form_send(&f, (struct reply){l, heard_ticket});
    story_again(s, l, ticket_answered, s->tick_end);
}

static void maybe_ticket(struct sim *s, const struct subscription *x, struct date day)
{
    struct dice *d = &s->service;
    double a_day = (0.010 + 0.03 * (1 - x->fit)) * sqrt((double)x->seats / 20);
    if (!dice_chance(d, fmin(a_day, 0.25)))
        return;
    struct ticket *t = story_new(s, sizeof *t, ticket_opened, sim_office(s, d, day));
    t->company = x->company;
    t->fit = x->fit;
}

/* ---- surveys -------------------------------------------------------------------------------------------------------- */

static void survey(struct sim *s, struct story *l)
{
    struct dice *d = &s->service;
    for (size_t i = 0; i < s->n_active; i++) {
        const struct subscription *x = s->active[i];
        if (!dice_chance(d, 0.45))
            continue;
        double score = round(5.8 + 4.4 * x->fit + 1.6 * dice_normal(d));
        int64_t mark = score < 0 ? 0 : score > 10 ? 10 : (int64_t)score;
        struct form f = form_open(&s->desk, T_NPS, CMD_CREATE, sim_actor(ACTOR_TOKEN, "survey"),
                                  s->now);
        form_ref(&f, "account", x->company->id);
        form_ref(&f, "contact", x->company->n_contacts ? x->company->contacts[0] : 0);
        form_int(&f, "score", mark);
        form_date(&f, "answered_on", sim_date(s, s->now));
        if (dice_chance(d, 0.3))
            form_word(&f, "comment", word(d, mark >= 8 ? &praise : &complaints));
        form_send(&f, (struct reply){0});
    }
    struct date day = date_add_months(sim_date(s, s->now), 3);
    story_again(s, l, survey, sim_office(s, d, day));
}

void service_start(struct sim *s)
{
    struct date day = {s->outlook.from.days + 25};
    (void)story_new(s, sizeof(struct story), survey, sim_office(s, &s->service, day));
}

void service_day(struct sim *s, struct date day)
{
    if (!outlook_workday(day))
        return;
    for (size_t i = 0; i < s->n_active; i++) {
        use(s, s->active[i], day);
        maybe_ticket(s, s->active[i], day);
    }
}
