/* calendar.c - see calendar.h. Every question walks the open intervals from a day before the instant on. */
#include "base/calendar.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct calendar {
    struct zone *zone;
    struct calendar_day week[7];
    struct date *holidays; /* ascending */
    size_t n_holidays;
};

/* ---- text ---- */

/* "HH:MM" at `p` as minutes; 24:00 is allowed. */
static bool minutes_parse(const char *p, uint16_t *out)
{
    static const char shape[] = "dd:dd";
    for (size_t i = 0; i < 5; i++)
        if (shape[i] == 'd' ? p[i] < '0' || p[i] > '9' : p[i] != shape[i])
            return false;
    int hour = (p[0] - '0') * 10 + (p[1] - '0'), minute = (p[3] - '0') * 10 + (p[4] - '0');
    *out = (uint16_t)(hour * 60 + minute);
    return minute < 60 && *out <= CALENDAR_MINUTES;
}

bool calendar_range_parse(struct str s, struct calendar_range *out)
{
    struct calendar_range r;
    if (s.n != 11 || s.p[5] != '-' || !minutes_parse(s.p, &r.from) ||
        !minutes_parse(s.p + 6, &r.to) || r.from >= r.to)
        return false;
    *out = r;
    return true;
}

static int weekday_parse(struct str s)
{
    static const char names[7][4] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
    for (int i = 0; i < 7; i++)
        if (str_is(s, names[i]))
            return i;
    return -1;
}

bool calendar_days_parse(struct str s, uint8_t *days)
{
    int from = weekday_parse(str_sub(s, 0, 3)), to = from;
    if (s.n == 7 && s.p[3] == '-')
        to = weekday_parse(str_sub(s, 4, 7));
    else if (s.n != 3)
        return false;
    if (from < 0 || to < 0)
        return false;
    *days = 0;
    for (int i = from;; i = (i + 1) % 7) {
        *days = (uint8_t)(*days | 1u << i);
        if (i == to)
            return true;
    }
}

const char *calendar_fault(const struct calendar_spec *spec)
{
    size_t openings = 0;
    if (!zone_known(spec->timezone))
        return "the time zone is not a known IANA name";
    for (int day = 0; day < 7; day++) {
        const struct calendar_day *d = &spec->week[day];
        if (d->n > CALENDAR_RANGES_MAX)
            return "a day has more than 8 opening ranges";
        for (size_t i = 0; i < d->n; i++, openings++) {
            if (d->ranges[i].from >= d->ranges[i].to || d->ranges[i].to > CALENDAR_MINUTES)
                return "an opening range must end after it begins, by 24:00";
            if (i > 0 && d->ranges[i].from < d->ranges[i - 1].to)
                return "the opening ranges of a day must be in order and must not overlap";
        }
    }
    return openings ? NULL : "the calendar never opens";
}

/* ---- opening ---- */

static int compare_dates(const void *a, const void *b)
{
    const struct date *x = a, *y = b;
    return (x->days > y->days) - (x->days < y->days);
}

enum rc calendar_open(const struct calendar_spec *spec, struct calendar **out)
{
    struct zone *zone;
    *out = NULL;
    enum rc rc = zone_open(spec->timezone, &zone);
    if (rc != RC_OK)
        return rc;
    if (calendar_fault(spec)) {
        zone_close(zone);
        return RC_INVALID;
    }
    struct calendar *c = mem_new(1, sizeof *c);
    c->zone = zone;
    memcpy(c->week, spec->week, sizeof c->week);
    if (spec->n_holidays) {
        c->n_holidays = spec->n_holidays;
        c->holidays = mem_new(c->n_holidays, sizeof *c->holidays);
        memcpy(c->holidays, spec->holidays, c->n_holidays * sizeof *c->holidays);
        qsort(c->holidays, c->n_holidays, sizeof *c->holidays, compare_dates);
    }
    *out = c;
    return RC_OK;
}

void calendar_close(struct calendar *c)
{
    if (!c)
        return;
    zone_close(c->zone);
    mem_free(c->holidays);
    mem_free(c);
}

struct zone *calendar_zone(struct calendar *c)
{
    return c->zone;
}

/* ---- open intervals ---- */

static bool is_holiday(const struct calendar *c, struct date d)
{
    return c->n_holidays && bsearch(&d, c->holidays, c->n_holidays, sizeof d, compare_dates);
}

static struct instant wall(struct calendar *c, struct date d, uint16_t minutes)
{
    return zone_instant(c->zone, d,
                        (struct hms){(uint8_t)(minutes / 60), (uint8_t)(minutes % 60), 0, 0});
}

bool calendar_is_business_day(struct calendar *c, struct date d)
{
    if (c->week[date_weekday(d)].n == 0 || is_holiday(c, d))
        return false;
    /* A day that the zone left out (Samoa, 30 December 2011) begins when the next one begins. */
    return zone_midnight(c->zone, d).us < zone_midnight(c->zone, (struct date){d.days + 1}).us;
}

struct interval {
    int64_t from_us, to_us;
};

/* Walks open intervals in order of time. */
struct walk {
    struct date day; /* the next one to fill in */
    int32_t days_left;
    struct interval open[CALENDAR_RANGES_MAX]; /* of the day before it, by beginning */
    size_t n, next;
    int64_t end_us; /* of the interval before */
};

static struct walk walk_from(struct calendar *c, struct instant t, int32_t days)
{
    /* One day earlier, because a clock change may push the end of a day behind midnight. */
    struct date first = {zone_date(c->zone, t).days - 1};
    return (struct walk){.day = first, .end_us = INT64_MIN, .days_left = days};
}

/* The intervals of the day. In a gap a range moves behind the one that follows it, hence the sorting. */
static void fill_day(struct walk *w, struct calendar *c)
{
    const struct calendar_day *d = &c->week[date_weekday(w->day)];
    w->n = w->next = 0;
    if (calendar_is_business_day(c, w->day)) {
        for (size_t i = 0; i < d->n; i++) {
            struct interval v = {wall(c, w->day, d->ranges[i].from).us,
                                 wall(c, w->day, d->ranges[i].to).us};
            size_t at = w->n++;
            for (; at > 0 && w->open[at - 1].from_us > v.from_us; at--)
                w->open[at] = w->open[at - 1];
            w->open[at] = v;
        }
    }
    w->day.days++;
    w->days_left--;
}

/* The next interval, cut where the one before it covers it already; false when no day is left. */
static bool walk_next(struct walk *w, struct calendar *c, struct interval *out)
{
    for (;;) {
        while (w->next < w->n) {
            *out = w->open[w->next++];
            if (out->from_us < w->end_us)
                out->from_us = w->end_us;
            if (out->from_us < out->to_us) {
                w->end_us = out->to_us;
                return true;
            }
        }
        if (w->days_left == 0)
            return false;
        fill_day(w, c);
    }
}

bool calendar_is_open(struct calendar *c, struct instant t)
{
    struct walk w = walk_from(c, t, 3);
    struct interval v;
    while (walk_next(&w, c, &v))
        if (v.from_us <= t.us && t.us < v.to_us)
            return true;
    return false;
}

enum rc calendar_next_open(struct calendar *c, struct instant t, struct instant *out)
{
    struct walk w = walk_from(c, t, CALENDAR_HORIZON_DAYS);
    struct interval v;
    while (walk_next(&w, c, &v)) {
        if (t.us < v.to_us) {
            out->us = t.us > v.from_us ? t.us : v.from_us;
            return RC_OK;
        }
    }
    return RC_LIMIT;
}

enum rc calendar_add(struct calendar *c, struct instant t, struct duration d, struct instant *out)
{
    assert(d.us >= 0);
    int64_t left = d.us;
    if (left == 0) {
        *out = t;
        return RC_OK;
    }
    struct walk w = walk_from(c, t, CALENDAR_HORIZON_DAYS);
    struct interval v;
    while (walk_next(&w, c, &v)) {
        if (v.from_us < t.us)
            v.from_us = t.us;
        if (v.from_us >= v.to_us)
            continue;
        if (left <= v.to_us - v.from_us) {
            out->us = v.from_us + left;
            return RC_OK;
        }
        left -= v.to_us - v.from_us;
    }
    return RC_LIMIT;
}

struct duration calendar_between(struct calendar *c, struct instant from, struct instant to)
{
    if (to.us < from.us)
        return (struct duration){-calendar_between(c, to, from).us};
    int32_t days = zone_date(c->zone, to).days - zone_date(c->zone, from).days + 3;
    struct walk w = walk_from(c, from, days);
    struct interval v;
    int64_t sum = 0;
    while (walk_next(&w, c, &v) && v.from_us < to.us) {
        int64_t begin = v.from_us > from.us ? v.from_us : from.us;
        int64_t end = v.to_us < to.us ? v.to_us : to.us;
        if (begin < end)
            sum += end - begin;
    }
    return (struct duration){sum};
}

/* ---- business days ---- */

enum rc calendar_add_days(struct calendar *c, struct date d, int32_t n, struct date *out)
{
    int32_t step = n < 0 ? -1 : 1;
    int64_t left = n < 0 ? -(int64_t)n : n;
    if (n == 0) { /* `d` itself may be the answer */
        d.days--;
        left = 1;
    }
    for (int32_t i = 0; i < CALENDAR_HORIZON_DAYS; i++) {
        d.days += step;
        if (calendar_is_business_day(c, d) && --left == 0) {
            *out = d;
            return RC_OK;
        }
    }
    return RC_LIMIT;
}

int32_t calendar_days_between(struct calendar *c, struct date from, struct date to)
{
    if (to.days < from.days)
        return -calendar_days_between(c, to, from);
    int32_t n = 0;
    for (struct date d = {from.days + 1}; d.days <= to.days; d.days++)
        n += calendar_is_business_day(c, d);
    return n;
}

bool calendar_day_bounds(struct calendar *c, struct date d, struct instant *opens,
                         struct instant *closes)
{
    if (!calendar_is_business_day(c, d))
        return false;
    const struct calendar_day *day = &c->week[date_weekday(d)];
    *opens = wall(c, d, day->ranges[0].from);
    *closes = wall(c, d, day->ranges[day->n - 1].to);
    return true;
}
