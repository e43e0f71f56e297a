/* notices.h - the part that tells people: what they chose to hear by, when, and who hears it while they are away.
 *
 * In:     notify() and notify_all() of the other parts (reaction.h); looks at records of `person`.
 * Out:    a record of `notification` for each notice, and messages for the outbox by mail and chat as the person chose:
 *         at once, in their hours only (`notify_hours` names a calendar), or bundled once a day (`digest_at`: "08:30").
 * Owns:   nothing.
 * Rule:   nobody hears the same thing twice in one reaction; who is away hears it, and so does their delegate; what is meant
 *         for somebody who left goes to their manager.
 */
#ifndef REVOS_PROCESS_NOTICES_H
#define REVOS_PROCESS_NOTICES_H

#include "process/reaction.h"

extern const struct part notices_part;

#endif
