/* calendars.h - what of the business calendars is needed beyond process.h: conditions and `revos check`.
 *
 * In:     a model; the iCalendar files it names.   Out: open time; faults of files as diagnostics.
 * Owns:   nothing beyond the set that calendars_open made.
 * Errors: those of reading a file; RC_NOT_FOUND for a calendar that the model does not have.
 * Never:  reads a file twice in the life of a set.
 */
#ifndef REVOS_PROCESS_CALENDARS_H
#define REVOS_PROCESS_CALENDARS_H

#include "process/process.h"

/* Open time in [from, to), negative backwards: business_hours_between() of conditions (xhost.business_time). */
MUST_CHECK enum rc calendars_business_time(struct calendars *c, struct str name,
                                           struct instant from, struct instant to,
                                           struct duration *out);
/* Tells of holiday files that are missing or broken (M0721). */
void calendars_check(const struct model *m, const struct env *env, const char *workspace,
                     struct arena *a, struct diags *ds);

#endif
