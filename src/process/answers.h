/* answers.h - what answering an offered handoff takes, and what follows.
 *
 * In:     looks at records of handoff.   Out: fields that go with an answer, findings on it, effects.
 * Owns:   nothing.   Errors: those of the reader, in r->rc.
 * Codes:  HANDOFF_BY_HAND, HANDOFF_ENDED, HANDOFF_NOT_YOURS, HANDOFF_REASON, PACKET_MISSING (docs/codes/process.md).
 */
#ifndef REVOS_PROCESS_ANSWERS_H
#define REVOS_PROCESS_ANSWERS_H

#include "process/reaction.h"

/* The limit under `sla` and its calendar, into `w`; false: the handoff has none of this name. */
bool handoff_limit(const struct definition *d, const char *key, struct clock_wish *w);

void answer_fill(struct reaction *r);
void answer_judge(struct reaction *r, const struct process_findings *f);
void answer_react(struct reaction *r);

#endif
