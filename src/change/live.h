/* live.h - the model that is live: the last version in the ledger, compiled again.
 *
 * In:     the ledger.   Out: a compiled model with its version, sources and numbering.
 * Owns:   nothing; everything lives in the arena given.
 * Errors: RC_NOT_FOUND before the first apply; RC_CORRUPT when a stored version no longer compiles.
 * Rule:   text in the workspace that was not applied is not live; no verb but check and plan looks at it.
 */
#ifndef REVOS_CHANGE_LIVE_H
#define REVOS_CHANGE_LIVE_H

#include "projection/versions.h"

/* The live version and its model. */
MUST_CHECK enum rc live_load(struct store *s, struct arena *a, struct version *version,
                             struct model **model, struct diags *ds);

#endif
