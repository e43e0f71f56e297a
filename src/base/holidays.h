/* holidays.h - the days of an iCalendar file (.ics), through libical.
 *
 * In:     text of a VCALENDAR; the days of interest.
 * Out:    the dates that its whole-day events cover, ascending, each once: with recurrences, several days, exceptions and
 *         moved instances.
 * Errors: RC_INVALID when the text is no calendar or an event cannot be read, RC_LIMIT when a rule does not come to an end;
 *         `why` then is one sentence naming the event.
 * Never:  makes a holiday of an event with a time of day or of a cancelled one; those are counted in `skipped`.
 */
#ifndef REVOS_BASE_HOLIDAYS_H
#define REVOS_BASE_HOLIDAYS_H

#include "base/time.h"

enum { HOLIDAYS_MAX = 20000 };

struct holidays {
    struct date *dates;
    size_t n;
    size_t skipped; /* events left out */
};

/* Days in [from, to). */
MUST_CHECK enum rc holidays_from_ics(struct str text, struct date from, struct date to,
                                     struct arena *arena, struct holidays *out, struct str *why);

#endif
