/* time.c - see time.h. Civil dates are counted in eras of 400 Gregorian years (146,097 days) that begin on 1 March, so
 * that the leap day is the last of its year and needs no special case. */
#include "base/time.h"

#include "base/wide.h"

#include <assert.h>
#include <string.h>

enum {
    ERA_YEARS = 400,
    ERA_DAYS = 146097,
    EPOCH_OFFSET = 719468 /* days from 0000-03-01 to 1970-01-01 */
};

static bool leap(int32_t year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

int month_days(int32_t year, int32_t month)
{
    static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    assert(month >= 1 && month <= 12);
    return month == 2 && leap(year) ? 29 : days[month - 1];
}

bool ymd_valid(struct ymd p)
{
    return p.year >= 1 && p.year <= 9999 && p.month >= 1 && p.month <= 12 && p.day >= 1 &&
           p.day <= month_days(p.year, p.month);
}

struct date date_from_ymd(struct ymd p)
{
    assert(ymd_valid(p));
    int32_t year = p.year - (p.month <= 2); /* of the year that begins in March */
    int32_t month = (p.month + 9) % 12;     /* 0 = March */
    int32_t era = year / ERA_YEARS, y = year % ERA_YEARS;
    int32_t day_of_year = (153 * month + 2) / 5 + p.day - 1;
    return (struct date){era * ERA_DAYS + y * 365 + y / 4 - y / 100 + day_of_year - EPOCH_OFFSET};
}

struct ymd date_to_ymd(struct date d)
{
    int32_t days = d.days + EPOCH_OFFSET;
    int32_t era = (days >= 0 ? days : days - (ERA_DAYS - 1)) / ERA_DAYS;
    int32_t n = days - era * ERA_DAYS; /* 0..146096 */
    int32_t y = (n - n / 1460 + n / 36524 - n / 146096) / 365;
    int32_t day_of_year = n - (365 * y + y / 4 - y / 100);
    int32_t month = (5 * day_of_year + 2) / 153; /* 0 = March */
    struct ymd p = {
        .year = era * ERA_YEARS + y + (month >= 10),
        .month = (uint8_t)(month < 10 ? month + 3 : month - 9),
        .day = (uint8_t)(day_of_year - (153 * month + 2) / 5 + 1),
    };
    return p;
}

int date_weekday(struct date d)
{
    int r = (d.days + 3) % 7; /* 1970-01-01 was a Thursday */
    return r < 0 ? r + 7 : r;
}

struct date date_add_months(struct date d, int32_t months)
{
    struct ymd p = date_to_ymd(d);
    int64_t total = (int64_t)p.year * 12 + (p.month - 1) + months;
    if (total < 12)
        return DATE_MIN;
    if (total >= 10000 * 12)
        return DATE_MAX;
    p.year = (int32_t)(total / 12);
    p.month = (uint8_t)(total % 12 + 1);
    int last = month_days(p.year, p.month);
    if (p.day > last)
        p.day = (uint8_t)last;
    return date_from_ymd(p);
}

int64_t us_join(struct date d, struct hms h)
{
    int64_t seconds = (int64_t)h.hour * 3600 + h.minute * 60 + h.second;
    return d.days * US_PER_DAY + seconds * US_PER_SECOND + h.us;
}

struct date us_split(int64_t us, struct hms *h)
{
    int64_t days = us / US_PER_DAY, rest = us % US_PER_DAY;
    if (rest < 0) {
        rest += US_PER_DAY;
        days--;
    }
    if (h) {
        int64_t seconds = rest / US_PER_SECOND;
        *h = (struct hms){(uint8_t)(seconds / 3600), (uint8_t)(seconds / 60 % 60),
                          (uint8_t)(seconds % 60), (uint32_t)(rest % US_PER_SECOND)};
    }
    return (struct date){(int32_t)days};
}

/* ---- reading ---- */

/* Reads exactly `width` digits at `*at` and moves on. */
static bool read_digits(struct str s, size_t *at, size_t width, int32_t *out)
{
    if (s.n - *at < width)
        return false;
    int32_t v = 0;
    for (size_t i = 0; i < width; i++) {
        char c = s.p[*at + i];
        if (!is_digit(c))
            return false;
        v = v * 10 + (c - '0');
    }
    *at += width;
    *out = v;
    return true;
}

static bool read_char(struct str s, size_t *at, char c)
{
    if (*at >= s.n || s.p[*at] != c)
        return false;
    ++*at;
    return true;
}

static bool read_date(struct str s, size_t *at, struct date *out)
{
    int32_t year, month, day;
    if (!read_digits(s, at, 4, &year) || !read_char(s, at, '-') || !read_digits(s, at, 2, &month) ||
        !read_char(s, at, '-') || !read_digits(s, at, 2, &day))
        return false;
    struct ymd p = {year, (uint8_t)month, (uint8_t)day};
    if (!ymd_valid(p))
        return false;
    *out = date_from_ymd(p);
    return true;
}

/* Reads ".digits" as nanoseconds when a point stands at `*at`; 1 to 9 digits. */
static bool read_fraction(struct str s, size_t *at, int64_t *ns)
{
    *ns = 0;
    if (!read_char(s, at, '.'))
        return true;
    size_t first = *at;
    int64_t unit = 100000000;
    for (; *at < s.n && is_digit(s.p[*at]); ++*at, unit /= 10)
        *ns += (s.p[*at] - '0') * unit;
    return *at - first >= 1 && *at - first <= 9;
}

static bool read_offset(struct str s, size_t *at, int64_t *seconds)
{
    *seconds = 0;
    if (read_char(s, at, 'Z') || read_char(s, at, 'z'))
        return true;
    bool west = *at < s.n && s.p[*at] == '-';
    if (!west && !(*at < s.n && s.p[*at] == '+'))
        return false;
    ++*at;
    int32_t hours, minutes;
    if (!read_digits(s, at, 2, &hours) || !read_char(s, at, ':') ||
        !read_digits(s, at, 2, &minutes))
        return false;
    *seconds = (west ? -1 : 1) * (hours * 3600 + minutes * 60);
    return hours <= 23 && minutes <= 59;
}

bool date_parse(struct str s, struct date *out)
{
    size_t at = 0;
    return read_date(s, &at, out) && at == s.n;
}

bool instant_parse(struct str s, struct instant *out)
{
    size_t at = 0;
    struct date d;
    int32_t hour, minute, second;
    int64_t ns, offset;
    if (!read_date(s, &at, &d) || !(read_char(s, &at, 'T') || read_char(s, &at, 't')))
        return false;
    if (!read_digits(s, &at, 2, &hour) || !read_char(s, &at, ':') ||
        !read_digits(s, &at, 2, &minute) || !read_char(s, &at, ':') ||
        !read_digits(s, &at, 2, &second))
        return false;
    /* A leap second (":60") has no place in UTC microseconds. */
    if (hour > 23 || minute > 59 || second > 59)
        return false;
    if (!read_fraction(s, &at, &ns) || !read_offset(s, &at, &offset) || at != s.n)
        return false;
    struct hms h = {(uint8_t)hour, (uint8_t)minute, (uint8_t)second, (uint32_t)(ns / 1000)};
    int64_t us = us_join(d, h) - offset * US_PER_SECOND;
    if (us < INSTANT_MIN.us || us > INSTANT_MAX.us)
        return false;
    out->us = us;
    return true;
}

/* Nanoseconds of the unit at `*at`, or 0 when none stands there. The longer name of a pair comes first. */
static int64_t read_unit(struct str s, size_t *at)
{
    static const struct {
        const char *name;
        int64_t ns;
    } units[] = {
        {"ns", 1},
        {"us", 1000},
        {"ms", 1000000},
        {"s", 1000000000},
        {"m", INT64_C(60) * 1000000000},
        {"h", INT64_C(3600) * 1000000000},
        {"d", INT64_C(86400) * 1000000000},
        {"w", INT64_C(604800) * 1000000000},
    };
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        size_t n = strlen(units[i].name);
        if (s.n - *at >= n && memcmp(s.p + *at, units[i].name, n) == 0) {
            *at += n;
            return units[i].ns;
        }
    }
    return 0;
}

/* One "12.5h" of a duration, in nanoseconds; at least one digit, at most 18 before and 9 after the point. */
static bool read_duration_part(struct str s, size_t *at, i128 *ns)
{
    int64_t whole = 0, fraction = 0, scale = 1;
    size_t digits = 0;
    for (; *at < s.n && is_digit(s.p[*at]); ++*at) {
        if (++digits > 18)
            return false;
        whole = whole * 10 + (s.p[*at] - '0');
    }
    if (read_char(s, at, '.')) {
        for (; *at < s.n && is_digit(s.p[*at]); ++*at, digits++) {
            if (scale == 1000000000)
                return false;
            fraction = fraction * 10 + (s.p[*at] - '0');
            scale *= 10;
        }
    }
    int64_t unit = digits ? read_unit(s, at) : 0;
    if (!unit)
        return false;
    *ns = (i128)whole * unit + (i128)fraction * unit / scale;
    return true;
}

bool duration_parse(struct str s, struct duration *out)
{
    const i128 limit = (i128)DURATION_MAX.us * 1000;
    size_t at = 0;
    bool negative = read_char(s, &at, '-');
    if (!negative)
        (void)read_char(s, &at, '+');
    i128 total = 0, part;
    if (s.n - at == 1 && s.p[at] == '0') { /* zero alone needs no unit */
        out->us = 0;
        return true;
    }
    if (at == s.n)
        return false;
    while (at < s.n) {
        if (!read_duration_part(s, &at, &part))
            return false;
        total += part;
        if (total > limit)
            return false;
    }
    int64_t us = (int64_t)(total / 1000);
    out->us = negative ? -us : us;
    return true;
}

/* ---- writing ---- */

static char *put_digits(char *p, uint32_t v, int width)
{
    for (int i = width - 1; i >= 0; i--, v /= 10)
        p[i] = (char)('0' + v % 10);
    return p + width;
}

/* ".5" for 500000, nothing for 0. */
static char *put_fraction(char *p, uint32_t us)
{
    if (us == 0)
        return p;
    *p++ = '.';
    p = put_digits(p, us, 6);
    while (p[-1] == '0')
        p--;
    return p;
}

static char *put_date(char *p, struct date d)
{
    assert(d.days >= DATE_MIN.days && d.days <= DATE_MAX.days);
    struct ymd y = date_to_ymd(d);
    p = put_digits(p, (uint32_t)y.year, 4);
    *p++ = '-';
    p = put_digits(p, y.month, 2);
    *p++ = '-';
    return put_digits(p, y.day, 2);
}

static struct str finish(char *out, char *end)
{
    *end = '\0';
    return (struct str){out, (size_t)(end - out)};
}

struct str date_text(struct date d, char out[16])
{
    return finish(out, put_date(out, d));
}

struct str instant_text(struct instant t, char out[40])
{
    struct hms h;
    char *p = put_date(out, us_split(t.us, &h));
    *p++ = 'T';
    p = put_digits(p, h.hour, 2);
    *p++ = ':';
    p = put_digits(p, h.minute, 2);
    *p++ = ':';
    p = put_digits(p, h.second, 2);
    p = put_fraction(p, h.us);
    *p++ = 'Z';
    return finish(out, p);
}

struct str duration_text(struct duration d, char out[40])
{
    char *p = out, digits[24];
    uint64_t us = d.us < 0 ? 0 - (uint64_t)d.us : (uint64_t)d.us;
    uint64_t seconds = us / (uint64_t)US_PER_SECOND;
    int n = 0;
    if (d.us < 0)
        *p++ = '-';
    do
        digits[n++] = (char)('0' + seconds % 10);
    while (seconds /= 10);
    while (n)
        *p++ = digits[--n];
    p = put_fraction(p, (uint32_t)(us % (uint64_t)US_PER_SECOND));
    *p++ = 's';
    return finish(out, p);
}
