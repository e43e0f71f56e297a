/* sequences.h - the part that runs sequences: touches of a record over time, one step after the other.
 *
 * In:     looks at records of a sequence's object, at its enrolments and at tasks of its steps.
 * Out:    enrolments begun and ended, messages, tasks; a notification of kind `message` for each mail that was asked for.
 * Owns:   nothing.
 * Rule:   one step at a time: a mail is sent and the next wait begins; a task is open until it ended, then the next wait
 *         begins. Before each mail consent, quiet hours and cap are asked, and whether the sequence still goes on.
 * Never:  sends after a stop; sends a step of an enrolment twice: its message has one id.
 */
#ifndef REVOS_PROCESS_SEQUENCES_H
#define REVOS_PROCESS_SEQUENCES_H

#include "process/reaction.h"

extern const struct part sequences_part;

#endif
