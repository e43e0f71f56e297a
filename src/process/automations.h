/* automations.h - the part that acts by itself: automations on a change or in time, and signals worth noticing.
 *
 * In:     looks at records of their objects.   Out: what `do` and `then` ask for (actions.c).
 * Owns:   nothing.
 * Rule:   a condition acts when it rises. One that reads `old` or changed() acts when it holds for a change, never by time.
 *         `once_per` remembers the values acted for; `cooldown` counts from the last time the signal was noticed, which is a
 *         notification of kind `signal` to the record's owner.
 */
#ifndef REVOS_PROCESS_AUTOMATIONS_H
#define REVOS_PROCESS_AUTOMATIONS_H

#include "process/reaction.h"

extern const struct part automations_part;

#endif
