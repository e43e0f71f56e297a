/* record_apply.h - several commands from a file, all of them or none.
 *
 * In:     JSON Lines, each a command as door/stated.h reads it.   Out: a verdict each; an exit code.
 * Owns:   nothing.
 * Errors: EXIT_USAGE after a line for each command that cannot be read: nothing was judged then.
 */
#ifndef REVOS_APP_RECORD_APPLY_H
#define REVOS_APP_RECORD_APPLY_H

#include "app/app.h"

int record_apply(struct app *app, const struct args *args);

#endif
