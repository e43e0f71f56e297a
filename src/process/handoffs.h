/* handoffs.h - work that changes hands: offered, then accepted, returned, expired or withdrawn.
 *
 * In:     definitions under `handoffs`; looks at their records, and at records of handoff.
 * Out:    offers with their packet and deadlines, what follows an answer, findings on answers.
 * Owns:   nothing; an offer is a record.   Errors: those of the reader, in r->rc.
 * Rule:   a record has one open offer of a kind at most. An answer is an update of the offer's `state`: by whoever it was
 *         offered to, their manager, a member of the team, role or queue. The packet is collected when it is offered and again when
 *         it is accepted; an entry that blocks must be filled by then.
 */
#ifndef REVOS_PROCESS_HANDOFFS_H
#define REVOS_PROCESS_HANDOFFS_H

#include "process/reaction.h"

extern const struct part handoffs_part;

/* A clock of a handoff ran to a mark that gives it to a route: what was not accepted, or accepted and not touched, expires unless
 * the route finds the same person again, and is offered to whoever has the record then. The third offer stays where it is, so
 * that what nobody takes does not go round for ever. */
void handoff_rerouted(struct reaction *r, const struct row *clock, const struct row *about,
                      struct str route);

#endif
