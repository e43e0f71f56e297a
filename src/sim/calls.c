/* calls.c - what the account executives call for the quarter, at fixed moments of it. */
#include "sim/company.h"

#include "base/period.h"

/* Of the deals that will be won, and of those usually won, what closes within the quarter. */
#define FROM_OPEN 0.9
#define FROM_NEW 0.3

static const struct {
    const char *name;
    int32_t day; /* of the quarter */
} moments[] = {{"start", 0}, {"week_5", 28}, {"week_9", 56}, {"last_week", 84}};

static const struct {
    const char *name;
    double share; /* of what is expected */
} categories[] = {{"commit", 1.0}, {"best_case", 1.35}, {"pipeline", 3.2}};

/* Somebody of whom a quarter brings `expected` is off by as much as people are, the more the earlier. */
static void call(struct sim *s, size_t rep, const struct period *quarter, size_t moment)
{
    struct dice *d = &s->staff;
    double workdays = (double)(quarter->to.days - quarter->from.days - moments[moment].day) * 5 / 7;
    double wins = s->outlook.deals_per_workday * OUTLOOK_WIN_RATE * workdays;
    double usual = wins * outlook_average_deal() * outlook_pace(&s->outlook, quarter->from) /
                   (double)staff_count(s, EXECUTIVE) * s->reps[rep].skill;
    double expected = s->reps[rep].promised * FROM_OPEN + usual * FROM_NEW;
    for (size_t i = 0; i < sizeof categories / sizeof *categories; i++) {
        double off = dice_around(d, 1.08, 0.22 / (double)(moment + 1));
        struct form f = form_open(&s->desk, T_CALL, CMD_CREATE, staff_actor(s, rep), s->now);
        form_date(&f, "period_start", quarter->from);
        form_word(&f, "category", categories[i].name);
        form_word(&f, "horizon", moments[moment].name);
        form_money(&f, "amount", expected * categories[i].share * off);
        form_key(&f, "owner", s->reps[rep].name);
        form_send(&f, (struct reply){0});
    }
}

void calls_day(struct sim *s, struct date day)
{
    struct fiscal fiscal = {s->desk.model->company.fiscal_month, s->desk.model->company.fiscal_day};
    struct period quarter = period_of(fiscal, GRAIN_FISCAL_QUARTER, day);
    for (size_t m = 0; m < sizeof moments / sizeof *moments; m++) {
        if (day.days != quarter.from.days + moments[m].day)
            continue;
        for (size_t i = 0; i < s->n_reps; i++)
            if (s->reps[i].role == EXECUTIVE && s->reps[i].here)
                call(s, i, &quarter, m);
    }
}
