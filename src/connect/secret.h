/* secret.h - what a model names and never says: env:NAME, file:PATH.
 *
 * In:     the text of a key that takes a secret.   Out: the secret, in the arena of whoever asks.
 * Errors: RC_NOT_FOUND with a sentence: the variable is not set, the file is not there or empty.
 * Never:  logs a secret; keeps one.
 */
#ifndef REVOS_CONNECT_SECRET_H
#define REVOS_CONNECT_SECRET_H

#include "base/env.h"

/* A relative path is one of the workspace. An empty `name` gives an empty secret. */
MUST_CHECK enum rc secret_read(const struct env *env, const char *workspace, struct str name,
                               struct arena *a, struct str *out, struct str *why);

#endif
