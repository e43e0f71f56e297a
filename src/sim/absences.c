/* absences.c - who is away when: holidays that are asked for weeks before, days of sickness that are not. */
#include "sim/company.h"

#include <math.h>

/* Days of work a year; docs/simulate.md names the source. */
#define HOLIDAYS_A_YEAR 28.0
#define HOLIDAY_DAYS 8.0 /* of one absence, on average */
#define SICK_TIMES_A_YEAR 2.2
#define DELEGATED 0.85

enum { ANNOUNCED_DAYS = 12, WORKDAYS_A_YEAR = 260 };

/* A colleague of the same role who is there, else the first who leads. */
static size_t colleague(const struct sim *s, size_t rep, struct date day)
{
    for (size_t i = 1; i < s->n_reps; i++) {
        size_t at = (rep + i) % s->n_reps;
        const struct rep *r = &s->reps[at];
        bool away = day.days >= r->away.days && day.days < r->back.days;
        if (r->here && !away && r->role == s->reps[rep].role)
            return at;
    }
    return rep;
}

static void absent(struct sim *s, size_t rep, struct date from, int32_t days, const char *kind)
{
    struct rep *r = &s->reps[rep];
    r->away = from;
    r->back = (struct date){from.days + days};
    r->delegate = (uint16_t)colleague(s, rep, from);
    struct form f = form_open(&s->desk, T_ABSENCE, CMD_CREATE, staff_actor(s, rep), s->now);
    form_key(&f, "person", r->name);
    form_date(&f, "starts", from);
    form_date(&f, "ends", (struct date){r->back.days - 1});
    form_word(&f, "kind", kind);
    if (r->delegate != rep && dice_chance(&s->staff, DELEGATED))
        form_key(&f, "delegate", s->reps[r->delegate].name);
    else
        r->delegate = (uint16_t)rep;
    form_send(&f, (struct reply){0});
}

/* In summer and around the new year people take more of it. */
static double season(struct date day)
{
    static const double share[12] = {0.6, 0.7, 0.8, 1.0, 1.0, 0.9, 1.6, 1.9, 1.0, 0.8, 0.6, 1.1};
    return share[date_to_ymd(day).month - 1];
}

/* Each workday: who falls ill, who asks for holidays. One absence of a person is known at a time. */
static void absences_day(struct sim *s, struct story *l)
{
    struct dice *d = &s->staff;
    struct date day = sim_date(s, s->now);
    for (size_t i = 0; i < s->n_reps; i++) {
        const struct rep *r = &s->reps[i];
        if (!r->here || r->back.days > day.days)
            continue;
        if (dice_chance(d, SICK_TIMES_A_YEAR / WORKDAYS_A_YEAR))
            absent(s, i, day, 1 + (int32_t)fmin(9, dice_around(d, 2.2, 0.7)), "sick");
        else if (dice_chance(d, season(day) * HOLIDAYS_A_YEAR / HOLIDAY_DAYS / WORKDAYS_A_YEAR))
            absent(s, i, (struct date){day.days + ANNOUNCED_DAYS}, (int32_t)dice_between(d, 3, 19),
                   "vacation");
    }
    struct date next = {day.days + 1};
    while (!outlook_workday(next))
        next.days++;
    story_again(s, l, absences_day,
                zone_instant(s->zone, next, (struct hms){.hour = 7, .minute = 30}));
}

void absences_start(struct sim *s)
{
    if (s->desk.objects[T_ABSENCE])
        (void)story_new(s, sizeof(struct story), absences_day,
                        zone_instant(s->zone, (struct date){s->outlook.from.days + 1},
                                     (struct hms){.hour = 7, .minute = 30}));
}
