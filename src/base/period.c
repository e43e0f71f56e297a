/* period.c - see period.h. */
#include "base/period.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static const char *const grain_names[GRAIN_COUNT] = {
    [GRAIN_DAY] = "day",
    [GRAIN_WEEK] = "week",
    [GRAIN_MONTH] = "month",
    [GRAIN_QUARTER] = "quarter",
    [GRAIN_YEAR] = "year",
    [GRAIN_FISCAL_QUARTER] = "fiscal_quarter",
    [GRAIN_FISCAL_YEAR] = "fiscal_year",
};

struct str grain_name(enum grain g)
{
    assert(g < GRAIN_COUNT);
    return str_of(grain_names[g]);
}

bool grain_parse(struct str s, enum grain *out)
{
    for (int g = 0; g < GRAIN_COUNT; g++) {
        if (str_is(s, grain_names[g])) {
            *out = (enum grain)g;
            return true;
        }
    }
    return false;
}

/* The digits of `s` from `at` on, as many as `width`; -1 when one is none. */
static int32_t digits_at(struct str s, size_t at, size_t width)
{
    int32_t v = 0;
    for (size_t i = at; i < at + width; i++) {
        if (i >= s.n || s.p[i] < '0' || s.p[i] > '9')
            return -1;
        v = v * 10 + (s.p[i] - '0');
    }
    return v;
}

bool fiscal_parse(struct str s, struct fiscal *out)
{
    int32_t month = digits_at(s, 0, 2), day = digits_at(s, 3, 2);
    /* 2001 had no 29 February. */
    if (s.n != 5 || s.p[2] != '-' || month < 0 || day < 0 ||
        !ymd_valid((struct ymd){2001, (uint8_t)month, (uint8_t)day}))
        return false;
    *out = (struct fiscal){(uint8_t)month, (uint8_t)day};
    return true;
}

/* ---- starts of periods ---- */

/* First day of the month that is `months` after January of year 0; clamped to the range. */
static struct date month_start(int32_t months)
{
    if (months < 12)
        return DATE_MIN;
    if (months >= 10000 * 12)
        return (struct date){DATE_MAX.days + 1};
    return date_from_ymd((struct ymd){months / 12, (uint8_t)(months % 12 + 1), 1});
}

/* First day of quarter `quarter` (0..4, 4 is the next year's first) of the fiscal year that begins in calendar year `year`. */
static struct date fiscal_start(struct fiscal f, int32_t year, int32_t quarter)
{
    int32_t months = year * 12 + f.month - 1 + quarter * 3;
    if (months < 12 || months >= 10000 * 12)
        return month_start(months);
    int32_t last = month_days(months / 12, months % 12 + 1);
    uint8_t day = f.day < last ? f.day : (uint8_t)last;
    return date_from_ymd((struct ymd){months / 12, (uint8_t)(months % 12 + 1), day});
}

/* Calendar year in which the fiscal year of `d` begins. */
static int32_t fiscal_year_begin(struct fiscal f, struct date d)
{
    int32_t year = date_to_ymd(d).year;
    return fiscal_start(f, year, 0).days <= d.days ? year : year - 1;
}

/* The name of the fiscal year that begins in `year`: the year of its last day. */
static int32_t fiscal_year_name(struct fiscal f, int32_t year)
{
    return f.month == 1 && f.day == 1 ? year : year + 1;
}

/* Quarter 0..3 of the fiscal year beginning in `year` that holds `d`. */
static int32_t fiscal_quarter_of(struct fiscal f, int32_t year, struct date d)
{
    int32_t quarter = 3;
    while (quarter > 0 && fiscal_start(f, year, quarter).days > d.days)
        quarter--;
    return quarter;
}

static struct period months_of(enum grain grain, struct date d, int32_t length)
{
    struct ymd p = date_to_ymd(d);
    int32_t first = p.year * 12 + (p.month - 1) / length * length;
    return (struct period){grain, month_start(first), month_start(first + length)};
}

static struct period week_of(struct date d)
{
    struct date from = {d.days - date_weekday(d)}, to = {from.days + 7};
    if (to.days > DATE_MAX.days + 1)
        to.days = DATE_MAX.days + 1;
    return (struct period){GRAIN_WEEK, from, to};
}

static struct period fiscal_of(struct fiscal f, enum grain grain, struct date d)
{
    int32_t year = fiscal_year_begin(f, d);
    int32_t quarter = grain == GRAIN_FISCAL_YEAR ? 0 : fiscal_quarter_of(f, year, d);
    int32_t end = grain == GRAIN_FISCAL_YEAR ? 4 : quarter + 1;
    return (struct period){grain, fiscal_start(f, year, quarter), fiscal_start(f, year, end)};
}

struct period period_of(struct fiscal f, enum grain grain, struct date d)
{
    assert(d.days >= DATE_MIN.days && d.days <= DATE_MAX.days);
    switch (grain) {
    case GRAIN_DAY:
        return (struct period){grain, d, {d.days + 1}};
    case GRAIN_WEEK:
        return week_of(d);
    case GRAIN_MONTH:
        return months_of(grain, d, 1);
    case GRAIN_QUARTER:
        return months_of(grain, d, 3);
    case GRAIN_YEAR:
        return months_of(grain, d, 12);
    case GRAIN_FISCAL_QUARTER:
    case GRAIN_FISCAL_YEAR:
        return fiscal_of(f, grain, d);
    case GRAIN_COUNT:
        break;
    }
    abort(); /* no grain: a bug of the caller */
}

bool period_next(struct fiscal f, struct period p, struct period *out)
{
    if (p.to.days > DATE_MAX.days)
        return false;
    *out = period_of(f, p.grain, p.to);
    return true;
}

bool period_previous(struct fiscal f, struct period p, struct period *out)
{
    if (p.from.days <= DATE_MIN.days)
        return false;
    *out = period_of(f, p.grain, (struct date){p.from.days - 1});
    return true;
}

enum rc period_list(struct fiscal f, enum grain grain, struct date from, struct date to, size_t max,
                    struct arena *arena, struct period **out, size_t *n)
{
    size_t cap = 16;
    *n = 0;
    *out = ARENA_ARRAY(arena, cap, struct period);
    if (from.days >= to.days)
        return RC_OK;
    for (struct period p = period_of(f, grain, from);;) {
        if (*n == max)
            return RC_LIMIT;
        if (*n == cap) {
            *out = arena_grow(arena, *out, cap * sizeof p, 2 * cap * sizeof p);
            cap *= 2;
        }
        (*out)[(*n)++] = p;
        if (p.to.days >= to.days || !period_next(f, p, &p))
            return RC_OK;
    }
}

/* ---- labels ---- */

static char *put_number(char *p, int32_t v, int width)
{
    for (int i = width - 1; i >= 0; i--, v /= 10)
        p[i] = (char)('0' + v % 10);
    return p + width;
}

static char *put_part(char *p, const char *mark, int32_t v, int width)
{
    size_t n = strlen(mark);
    memcpy(p, mark, n);
    return put_number(p + n, v, width);
}

struct str period_label(struct fiscal f, struct period p, char out[16])
{
    struct ymd y = date_to_ymd(p.from);
    int32_t begin;
    struct date thursday;
    char *end = out;
    switch (p.grain) {
    case GRAIN_DAY:
        return date_text(p.from, out);
    case GRAIN_WEEK:
        thursday.days = p.from.days + 3;
        y = date_to_ymd(thursday);
        end = put_number(out, y.year, 4);
        end = put_part(end, "-W", (thursday.days - month_start(y.year * 12).days) / 7 + 1, 2);
        break;
    case GRAIN_MONTH:
        end = put_part(put_number(out, y.year, 4), "-", y.month, 2);
        break;
    case GRAIN_QUARTER:
        end = put_part(put_number(out, y.year, 4), "-Q", (y.month - 1) / 3 + 1, 1);
        break;
    case GRAIN_YEAR:
        end = put_number(out, y.year, 4);
        break;
    case GRAIN_FISCAL_QUARTER:
    case GRAIN_FISCAL_YEAR:
        begin = fiscal_year_begin(f, p.from);
        end = put_part(out, "FY", fiscal_year_name(f, begin), 4);
        if (p.grain == GRAIN_FISCAL_QUARTER)
            end = put_part(end, "-Q", fiscal_quarter_of(f, begin, p.from) + 1, 1);
        break;
    case GRAIN_COUNT:
        abort();
    }
    *end = '\0';
    return (struct str){out, (size_t)(end - out)};
}

/* The grain that the part of a label behind its year means. */
static bool form_of(struct str rest, enum grain *grain)
{
    if (rest.n == 0)
        *grain = GRAIN_YEAR;
    else if (rest.n == 3 && str_starts(rest, STR("-Q")))
        *grain = GRAIN_QUARTER;
    else if (rest.n == 4 && str_starts(rest, STR("-W")))
        *grain = GRAIN_WEEK;
    else if (rest.n == 3 && rest.p[0] == '-')
        *grain = GRAIN_MONTH;
    else
        return false;
    return true;
}

/* A date in the period that a label of this form would name; period_parse checks by printing it. */
static bool guess(struct fiscal f, struct str s, enum grain *grain, struct date *inside)
{
    bool fiscal = str_starts(s, STR("FY"));
    struct str rest = str_sub(s, fiscal ? 6 : 4, s.n);
    int32_t year = digits_at(s, fiscal ? 2 : 0, 4), number = 1;
    if (year < 1 || !form_of(rest, grain))
        return false;
    if (*grain != GRAIN_YEAR) { /* the number stands at the end, behind the mark */
        size_t mark = *grain == GRAIN_MONTH ? 1 : 2;
        number = digits_at(rest, mark, rest.n - mark);
    }
    if (number < 1 || (fiscal && *grain != GRAIN_YEAR && *grain != GRAIN_QUARTER))
        return false;
    if (fiscal) {
        int32_t begin = year - (fiscal_year_name(f, year) - year);
        *inside = fiscal_start(f, begin, number - 1);
        *grain = *grain == GRAIN_YEAR ? GRAIN_FISCAL_YEAR : GRAIN_FISCAL_QUARTER;
    } else if (*grain == GRAIN_WEEK) {
        /* 4 January always lies in the first week. */
        inside->days = month_start(year * 12).days + 3 + (number - 1) * 7;
    } else {
        *inside = month_start(year * 12 + (number - 1) * (*grain == GRAIN_QUARTER ? 3 : 1));
    }
    return inside->days >= DATE_MIN.days && inside->days <= DATE_MAX.days;
}

bool period_parse(struct fiscal f, struct str label, struct period *out)
{
    struct date d;
    enum grain grain = GRAIN_DAY;
    char text[16];
    if (!date_parse(label, &d) && !guess(f, label, &grain, &d))
        return false;
    struct period p = period_of(f, grain, d);
    if (!str_eq(period_label(f, p, text), label))
        return false;
    *out = p;
    return true;
}

void period_bounds(struct period p, struct zone *z, struct instant *from, struct instant *to)
{
    *from = zone_midnight(z, p.from);
    *to = zone_midnight(z, p.to);
}
