/* period.h - company days, ISO weeks, months, quarters, years and fiscal periods.
 *
 * In:     a date and a grain; the first day of the fiscal year.
 * Out:    half-open periods [from, to) of dates, their labels, their bounds in a zone.
 * Rules:  weeks begin on Monday and belong to the year of their Thursday (ISO 8601). A fiscal year is named after the
 *         calendar year in which it ends: with a start of 02-01, FY2027 is 2026-02-01 to 2027-01-31. Its quarters begin 3, 6 and
 *         9 months after it, clamped to the month's end.
 * Range:  dates DATE_MIN to DATE_MAX; a period at either end is cut there (`to` is then one day past DATE_MAX).
 */
#ifndef REVOS_BASE_PERIOD_H
#define REVOS_BASE_PERIOD_H

#include "base/zone.h"

enum grain {
    GRAIN_DAY,
    GRAIN_WEEK,
    GRAIN_MONTH,
    GRAIN_QUARTER,
    GRAIN_YEAR,
    GRAIN_FISCAL_QUARTER,
    GRAIN_FISCAL_YEAR,
    GRAIN_COUNT
};

/* "day", …, "fiscal_quarter", "fiscal_year". */
struct str grain_name(enum grain g);
bool grain_parse(struct str s, enum grain *out);

/* First day of the fiscal year; 02-29 is refused, since it does not come every year. */
struct fiscal {
    uint8_t month, day;
};
bool fiscal_parse(struct str s, struct fiscal *out); /* "MM-DD" */

struct period {
    enum grain grain;
    struct date from, to; /* [from, to) */
};

/* The period of `grain` that holds `d`. `f` matters to fiscal grains only. */
struct period period_of(struct fiscal f, enum grain grain, struct date d);
/* The neighbour; false at the end of the range. */
bool period_next(struct fiscal f, struct period p, struct period *out);
bool period_previous(struct fiscal f, struct period p, struct period *out);
/* All periods that meet [from, to), in order, in the arena; RC_LIMIT when they are more than `max`. */
MUST_CHECK enum rc period_list(struct fiscal f, enum grain grain, struct date from, struct date to,
                               size_t max, struct arena *arena, struct period **out, size_t *n);

/* "2026-02-01", "2026-W07", "2026-02", "2026-Q1", "2026", "FY2026-Q1", "FY2026". */
struct str period_label(struct fiscal f, struct period p, char out[16]);
/* Reads any label back; the grain follows from its form. */
bool period_parse(struct fiscal f, struct str label, struct period *out);
/* The instants [from, to) of the period in the zone: local midnights. */
void period_bounds(struct period p, struct zone *z, struct instant *from, struct instant *to);

#endif
