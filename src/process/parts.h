/* parts.h - the parts of a process, each a file. process.c has them in the order in which they look at a record.
 *
 * In, out: as reaction.h says.   Owns: nothing.   Never: seen outside process/.
 */
#ifndef REVOS_PROCESS_PARTS_H
#define REVOS_PROCESS_PARTS_H

#include "process/automations.h"
#include "process/clocks.h"
#include "process/convert.h"
#include "process/handoffs.h"
#include "process/health.h"
#include "process/notices.h"
#include "process/playbooks.h"
#include "process/recurring.h"
#include "process/routes.h"
#include "process/scores.h"
#include "process/sequences.h"
#include "process/stages.h"
#include "process/tasks.h"

extern const struct part approvals_part, gone_part, people_part, pool_part, quotas_part,
    splits_part, stage_ages_part, territory_part, waivers_part;

#endif
