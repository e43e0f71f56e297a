/* calendars.h - a calendar of the model as base/calendar.h wants it.
 *
 * In:     the node of one entry under `calendars`, its shape checked; the company's zone.
 * Out:    zone and opening ranges. Holidays are files: whoever may read files adds them.
 * Owns:   nothing; texts are the tree's.
 * Errors: false: a day is written twice or is none, which compiling has told.
 */
#ifndef REVOS_MODEL_CALENDARS_H
#define REVOS_MODEL_CALENDARS_H

#include "base/calendar.h"
#include "model/tree.h"

/* `*at` is where the fault stands. */
bool calendar_read(const struct node *n, struct str company_zone, struct calendar_spec *out,
                   struct span *at);

#endif
