/* time.h - instants, dates, durations: numbers with a type, no zone and no calendar of working days.
 *
 * In:     microseconds since 1970-01-01T00:00:00Z, days since 1970-01-01 (proleptic Gregorian).
 * Out:    parts and ISO 8601 text.   Errors: false on malformed or out-of-range text.
 * Range:  years 0001 to 9999.   Never: reads a clock; zones live in zone.h.
 */
#ifndef REVOS_BASE_TIME_H
#define REVOS_BASE_TIME_H

#include "base/text.h"

struct instant { int64_t us; };    /* UTC microseconds since 1970 */
struct date { int32_t days; };     /* days since 1970-01-01, no zone */
struct duration { int64_t us; };

#define US_PER_SECOND INT64_C(1000000)
#define US_PER_DAY (86400 * US_PER_SECOND)
#define INSTANT_MIN ((struct instant){INT64_C(-62135596800000000)})  /* 0001-01-01T00:00:00Z */
#define INSTANT_MAX ((struct instant){INT64_C(253402300799999999)})  /* 9999-12-31T23:59:59.999999Z */

struct ymd { int32_t year; uint8_t month, day; };                       /* month 1-12, day 1-31 */
struct hms { uint8_t hour, minute, second; uint32_t us; };

struct date date_from_ymd(struct ymd p); /* asserts a valid civil date */
bool ymd_valid(struct ymd p);
struct ymd date_to_ymd(struct date d);
int date_weekday(struct date d); /* 0 = Monday … 6 = Sunday */
struct date date_add_months(struct date d, int32_t months); /* clamps to the month's end */

bool date_parse(struct str s, struct date *out);       /* YYYY-MM-DD */
bool instant_parse(struct str s, struct instant *out); /* RFC 3339 with Z or offset, at most 9 fraction digits (cut to us) */
/* CEL duration text: "720h", "1h30m", "-1.5s", units h m s ms us ns; also "3d" and "2w" of the model language. */
bool duration_parse(struct str s, struct duration *out);

/* Text into `out`; returns it as a slice. Instants as 2026-03-01T08:00:00Z, fraction only when not zero. */
struct str date_text(struct date d, char out[16]);
struct str instant_text(struct instant t, char out[40]);
struct str duration_text(struct duration d, char out[40]); /* CEL form: seconds with fraction, "5400s" */

#endif
