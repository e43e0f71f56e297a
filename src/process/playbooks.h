/* playbooks.h - the part that runs playbooks: one enrolment over a record, its tasks one after the other.
 *
 * In:     looks at enrolments, at their tasks, at accepted handoffs that start one, at records that `done_when` reads.
 * Out:    tasks made, opened and ended; the end of an enrolment once all its tasks ended.
 * Owns:   nothing.
 * Rule:   all tasks are there from the beginning; one that comes after another waits, and its due instant counts from when
 *         that one ended. Stopping an enrolment cancels what is left of it.
 */
#ifndef REVOS_PROCESS_PLAYBOOKS_H
#define REVOS_PROCESS_PLAYBOOKS_H

#include "process/reaction.h"

extern const struct part playbooks_part;

#endif
