/* setting.h - small texts by name that are state of the workspace: what is kept, how far a backfill came.
 *
 * In:     a name; a text.   Out: the text.
 * Owns:   nothing.   Errors: those of the store.
 */
#ifndef REVOS_STORE_SETTING_H
#define REVOS_STORE_SETTING_H

#include "store/store.h"

/* `*out` in the arena; empty: it was never put. */
MUST_CHECK enum rc setting_get(struct store *s, struct str name, struct arena *a, struct str *out);
/* Inside the caller's transaction. */
MUST_CHECK enum rc setting_put(struct store *s, struct str name, struct str text);

#endif
