/* blocked.h - what becomes of an effect that is refused: a record that waits for the owner of its definition.
 *
 * In:     the look that asked for it, the effect, the verdict.   Out: effects, as of any part.
 * Owns:   nothing.
 * Rule:   one open record a definition and record, however often it is tried.
 */
#ifndef REVOS_PROCESS_BLOCKED_H
#define REVOS_PROCESS_BLOCKED_H

#include "process/process.h"

/* `what`: what it would have done, for people. `verdict`: JSON, why not. */
MUST_CHECK enum rc process_blocked(struct look *l, const struct effect *refused, struct str what,
                                   struct str verdict, const struct effect **out, size_t *n);

#endif
