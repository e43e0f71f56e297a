/* calendar.h - business calendars: when a team is open, and arithmetic in open time.
 *
 * In:     a zone, opening ranges for each weekday, holidays.
 * Out:    instants and durations counted in open time only; business days.
 * Owns:   a calendar its zone handle and a copy of the spec; safe to use from one thread at a time (open one per thread).
 * Errors: RC_INVALID and RC_NOT_FOUND from calendar_open; RC_LIMIT when an answer lies more than
 *         CALENDAR_HORIZON_DAYS away, as with a calendar that is all holidays.
 * Rules:  a range opens and closes at the instants of its wall times, by the rule of zone.h: across a clock change it is an
 *         hour longer or shorter. A day that the zone left out does not open. Ranges that a clock change pushes together
 *         count once.
 */
#ifndef REVOS_BASE_CALENDAR_H
#define REVOS_BASE_CALENDAR_H

#include "base/zone.h"

enum { CALENDAR_RANGES_MAX = 8, CALENDAR_HORIZON_DAYS = 36525, CALENDAR_MINUTES = 1440 };

/* Open from `from` up to, not including, `to`: minutes of the day, 0 <= from < to <= 1440. */
struct calendar_range {
    uint16_t from, to;
};

struct calendar_day {
    struct calendar_range ranges[CALENDAR_RANGES_MAX];
    uint8_t n;
};

struct calendar_spec {
    struct str timezone;
    struct calendar_day week[7]; /* 0 = Monday; ranges ascending, apart or touching */
    const struct date *holidays; /* any order, doubles allowed */
    size_t n_holidays;
};

/* "09:00-12:30", "00:00-24:00". */
bool calendar_range_parse(struct str s, struct calendar_range *out);
/* "mon", "mon-fri", "sat-mon" (over the week's end): a set of weekdays, bit 0 for Monday. Names in lower case. */
bool calendar_days_parse(struct str s, uint8_t *days);
/* What is wrong with the spec, one sentence without a full stop; NULL when it can be opened. */
const char *calendar_fault(const struct calendar_spec *spec);

struct calendar;

MUST_CHECK enum rc calendar_open(const struct calendar_spec *spec, struct calendar **out);
void calendar_close(struct calendar *c);
struct zone *calendar_zone(struct calendar *c); /* the calendar's own handle */

bool calendar_is_open(struct calendar *c, struct instant t);
/* The earliest open instant at or after `t`. */
MUST_CHECK enum rc calendar_next_open(struct calendar *c, struct instant t, struct instant *out);
/* The earliest instant by which `d` (>= 0) of open time has passed since `t`: a deadline that is used up at closing time
 * is the closing, not the next opening; for 0 it is `t`. */
MUST_CHECK enum rc calendar_add(struct calendar *c, struct instant t, struct duration d,
                                struct instant *out);
/* Open time in [from, to); negative when `to` is before `from`. */
struct duration calendar_between(struct calendar *c, struct instant from, struct instant to);

/* Opens at all on that day. */
bool calendar_is_business_day(struct calendar *c, struct date d);
/* The n-th business day after `d` (n > 0) or before it (n < 0); for 0, `d` itself or else the next business day. */
MUST_CHECK enum rc calendar_add_days(struct calendar *c, struct date d, int32_t n,
                                     struct date *out);
/* Business days in (from, to]; negative, counted in (to, from], when `to` is before `from`. */
int32_t calendar_days_between(struct calendar *c, struct date from, struct date to);
/* The first opening and the last closing of a business day; false on other days. */
bool calendar_day_bounds(struct calendar *c, struct date d, struct instant *opens,
                         struct instant *closes);

#endif
