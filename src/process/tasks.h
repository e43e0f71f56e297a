/* tasks.h - the part that looks after tasks: their states, their deadlines, and who hears of them.
 *
 * In:     looks at records of `task`, and at clocks of tasks.
 * Out:    legal moves judged, opened_at and ended_at filled, a clock for each open task with a due instant, notices.
 * Owns:   nothing.
 * Never:  ends a task by itself; playbooks.c does, when `done_when` says so.
 */
#ifndef REVOS_PROCESS_TASKS_H
#define REVOS_PROCESS_TASKS_H

#include "process/reaction.h"

extern const struct part tasks_part;

#endif
