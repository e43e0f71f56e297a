/* talks.c - the first talk of an account executive with whom a developer has found: booked, handed over, held or not. */
#include "sim/company.h"

/* docs/simulate.md names the sources. */
#define HELD 0.80
#define NO_SHOW 0.6 /* of those not held; the others are moved */
#define BOOKED_AGAIN 0.7

enum { BOOKINGS_MAX = 3, MINUTES = 45 };

struct talk {
    struct story story;
    uint64_t id, deal, lead;
    size_t developer, rep;
    struct instant starts;
    unsigned bookings;
};

static struct talk *talk_of(struct story *l)
{
    return (struct talk *)l;
}

static void talk_happens(struct sim *s, struct story *l);
static void talk_booked(struct sim *s, struct story *l);

static struct form change(struct sim *s, const struct talk *t, struct actor by, const char *status)
{
    struct form f = form_open(&s->desk, T_MEETING, CMD_UPDATE, by, s->now);
    form_target(&f, t->id);
    form_word(&f, "status", status);
    return f;
}

static void again(struct sim *s, struct story *l)
{
    if (talk_of(l)->bookings < BOOKINGS_MAX && dice_chance(&s->demand, BOOKED_AGAIN))
        story_again(s, l, talk_booked, sim_later(s, &s->demand, 1 + 2 * dice_unit(&s->demand)));
    else
        story_end(l);
}

/* It came back: another contact is found, or the deal is none. */
static void talk_returned(struct sim *s, struct story *l, const struct row *offer)
{
    struct talk *t = talk_of(l);
    struct form f = change(s, t, staff_actor(s, t->developer), "cancelled");
    form_send(&f, (struct reply){0});
    if (row_is(offer, "reason", "wrong_contact")) {
        again(s, l);
        return;
    }
    f = form_open(&s->desk, T_OPPORTUNITY, CMD_UPDATE, staff_actor(s, t->rep), s->now);
    form_target(&f, t->deal);
    form_word(&f, "stage", "closed_lost");
    form_word(&f, "forecast_category", "omitted");
    form_word(&f, "loss_reason", "poor_fit");
    form_date(&f, "close_date", sim_date(s, s->now));
    form_send(&f, (struct reply){0});
    story_end(l);
}

static void talk_happens(struct sim *s, struct story *l)
{
    struct talk *t = talk_of(l);
    struct dice *d = &s->demand;
    const struct row *offer = t->id ? sim_newest_child(s, T_HANDOFF, "meeting", t->id) : NULL;
    if (!t->id) {
        story_end(l);
        return;
    }
    if (row_is(offer, "state", "returned")) {
        talk_returned(s, l, offer);
        return;
    }
    bool held = dice_chance(d, HELD);
    struct form f = change(s, t, staff_actor(s, t->rep),
                           held                      ? "held"
                           : dice_chance(d, NO_SHOW) ? "no_show"
                                                     : "moved");
    if (held)
        form_word(&f, "next_step", word(d, &next_steps));
    form_send(&f, (struct reply){0});
    if (held)
        story_end(l);
    else
        again(s, l);
}

static void heard_talk(struct sim *s, struct story *l, const struct verdict *v)
{
    (void)s;
    talk_of(l)->id = verdict_accepted(v) ? v->id : 0;
}

static void talk_booked(struct sim *s, struct story *l)
{
    static const char *const people[] = {"Head of sales, two team leads", "Managing director",
                                         "Head of operations and IT", "CFO, joins for the price"};
    struct talk *t = talk_of(l);
    struct dice *d = &s->demand;
    t->starts = sim_later(s, d, 2 + 4 * dice_unit(d));
    t->bookings++;
    struct form f = form_open(&s->desk, T_MEETING, CMD_CREATE, staff_actor(s, t->developer),
                              s->now);
    form_ref(&f, "lead", t->lead);
    form_ref(&f, "opportunity", t->deal);
    form_instant(&f, "starts_at", t->starts);
    form_word(&f, "status", "booked");
    if (dice_chance(d, 0.93))
        form_word(&f, "need", word(d, &needs));
    if (dice_chance(d, 0.7))
        form_word(&f, "stakeholders", people[dice_below(d, 4)]);
    if (dice_chance(d, 0.75))
        form_word(&f, "next_step", word(d, &next_steps));
    form_key(&f, "owner", s->reps[t->developer].name);
    form_send(&f, (struct reply){l, heard_talk});
    story_again(s, l, talk_happens, sim_minutes(t->starts, MINUTES));
}

void talk_book(struct sim *s, uint64_t deal, uint64_t lead, size_t developer, size_t rep)
{
    struct talk *t = story_new(s, sizeof *t, talk_booked, sim_minutes(s->tick_end, 10));
    t->deal = deal;
    t->lead = lead;
    t->developer = developer;
    t->rep = rep;
}
