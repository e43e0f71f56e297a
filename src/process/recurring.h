/* recurring.h - the part that brings up work again and again: `hygiene` and `cadence` of the model.
 *
 * In:     looks at records of `person`: what recurs stands on the agenda of whoever owns it.
 * Out:    a task for the owner at the instant in company time, naming what is to be looked at. What was decided is the task's
 *         outcome and note.
 * Owns:   nothing.
 * Rule:   a definition begins with its first instant after the owner was first looked at; one that fell into a time when
 *         nothing ran is brought up once, when its turn comes on the agenda.
 */
#ifndef REVOS_PROCESS_RECURRING_H
#define REVOS_PROCESS_RECURRING_H

#include "process/reaction.h"

extern const struct part recurring_part;

#endif
