/* widen.h - a workspace that an older program made: its tables and numbers get what the built-in objects gained since.
 *
 * In:     the setting that says how far the built-in objects of the last program went; the live version.
 * Out:    the live version once more, numbered one higher and signed by the program, when they go further now: one transaction
 *         with the new columns, the new numbers and the setting.
 * Owns:   setting "builtins": written by every apply.
 * Errors: RC_INVALID with a diagnostic: a newer program made it. Those of apply.
 * Never:  changes what the model says; runs in two processes at once: the caller holds the workspace.
 */
#ifndef REVOS_CHANGE_WIDEN_H
#define REVOS_CHANGE_WIDEN_H

#include "change/plan.h"

/* Reads the setting, on any connection. `*older`: the workspace is to be widened before it is worked with. */
MUST_CHECK enum rc widen_check(struct store *s, bool *older, struct diags *ds);
/* `parts` with the live model, as this program compiles it; afterwards another version is live. */
MUST_CHECK enum rc widen_run(const struct change_parts *parts, struct arena *a, struct diags *ds);
/* Says in the setting how far this program's built-in objects go; inside the caller's transaction. */
MUST_CHECK enum rc widen_say(struct store *s);

#endif
