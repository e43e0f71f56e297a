/* zone.h - time zones through ICU: instants to local days and back.
 *
 * In:     IANA names.   Out: local dates and wall times, and the instants of local midnights.
 * Owns:   a handle per zone, cached; safe to use from one thread at a time (open one per thread).
 * Errors: RC_NOT_FOUND for an unknown name, with the nearest known name.
 * Rule:   a wall time skipped by a clock change moves forward by the length of the gap (02:30 becomes 03:30, as RFC 5545
 *         has it); a doubled one is the first.
 * Cost:   a few nanoseconds a conversion: the intervals between clock changes are looked up once each and kept.
 */
#ifndef REVOS_BASE_ZONE_H
#define REVOS_BASE_ZONE_H

#include "base/time.h"

struct zone;

MUST_CHECK enum rc zone_open(struct str iana_name, struct zone **out);
void zone_close(struct zone *z);
struct str zone_name(const struct zone *z);
bool zone_known(struct str iana_name);
struct str zone_nearest(struct arena *a, struct str name); /* STR_NONE when nothing is near */

/* Offset from UTC in seconds in force at `t`; exact also before 1900, where local mean times had odd seconds. */
int32_t zone_offset(struct zone *z, struct instant t);
struct date zone_date(struct zone *z, struct instant t);
struct hms zone_hms(struct zone *z, struct instant t);
/* The instant of wall time `d h` in the zone. */
struct instant zone_instant(struct zone *z, struct date d, struct hms h);
struct instant zone_midnight(struct zone *z, struct date d);

#endif
