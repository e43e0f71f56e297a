/* time.h - instants, dates, durations: numbers with a type, no zone and no calendar of working days.
 *
 * In:     microseconds since 1970-01-01T00:00:00Z, days since 1970-01-01 (proleptic Gregorian).
 * Out:    parts and ISO 8601 text.   Errors: false on malformed or out-of-range text.
 * Range:  years 0001 to 9999.   Never: reads a clock; zones live in zone.h.
 */
#ifndef REVOS_BASE_TIME_H
#define REVOS_BASE_TIME_H

#include "base/text.h"

/* UTC microseconds since 1970. */
struct instant {
    int64_t us;
};

/* Days since 1970-01-01, no zone. */
struct date {
    int32_t days;
};

struct duration {
    int64_t us;
};

#define US_PER_SECOND INT64_C(1000000)
#define US_PER_DAY (86400 * US_PER_SECOND)

#define DATE_MIN ((struct date){-719162}) /* 0001-01-01 */
#define DATE_MAX ((struct date){2932896}) /* 9999-12-31 */
/* The first and last microsecond of these days in UTC. */
#define INSTANT_MIN ((struct instant){INT64_C(-62135596800000000)})
#define INSTANT_MAX ((struct instant){INT64_C(253402300799999999)})
/* 10,000 years, the range of CEL. */
#define DURATION_MAX ((struct duration){INT64_C(315576000000) * US_PER_SECOND})

/* A civil date: month 1-12, day 1-31. */
struct ymd {
    int32_t year;
    uint8_t month, day;
};

/* A time of day. Hour 24 is allowed where a function says so. */
struct hms {
    uint8_t hour, minute, second;
    uint32_t us;
};

bool ymd_valid(struct ymd p);
/* Asserts a valid civil date. */
struct date date_from_ymd(struct ymd p);
struct ymd date_to_ymd(struct date d);
/* 0 = Monday … 6 = Sunday. */
int date_weekday(struct date d);
/* 28..31; month 1-12. */
int month_days(int32_t year, int32_t month);
/* Clamps to the month's end, and to DATE_MIN and DATE_MAX. */
struct date date_add_months(struct date d, int32_t months);

/* A day and a time of day (24:00 is the next day's 00:00) as microseconds since 1970, and back; both ignore zones.
 * `h` may be NULL. */
int64_t us_join(struct date d, struct hms h);
struct date us_split(int64_t us, struct hms *h);

/* YYYY-MM-DD. */
bool date_parse(struct str s, struct date *out);
/* RFC 3339 with Z or offset, at most 9 fraction digits (cut to us). */
bool instant_parse(struct str s, struct instant *out);
/* CEL duration text: "720h", "1h30m", "-1.5s", units h m s ms us ns; also "3d" and "2w" of the model language.
 * Parts below a microsecond are cut; the whole lies within ±DURATION_MAX. */
bool duration_parse(struct str s, struct duration *out);

/* Text into `out`, NUL-ended; returns it as a slice. Instants as 2026-03-01T08:00:00Z, fraction only when not zero;
 * both assert the range of dates. Durations in CEL form: seconds with fraction, "5400s". */
struct str date_text(struct date d, char out[16]);
struct str instant_text(struct instant t, char out[40]);
struct str duration_text(struct duration d, char out[40]);

#endif
