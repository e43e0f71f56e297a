/* forward.h - hands a command line to the `revos serve` that holds the workspace, and is its caller until it has ended.
 *
 * In:     the socket .revos/socket, the words of the verb.
 * Out:    what the verb printed and its exit code, as if it had run here; files it names are opened here.
 * Errors: a server that ends early is exit 3 and a line on app->err.
 */
#ifndef REVOS_APP_FORWARD_H
#define REVOS_APP_FORWARD_H

#include "app/app.h"

#define SOCKET_PATH ".revos/socket"

/* False: nobody serves here. `argv` begins with the verb. */
bool forward(struct app *app, int argc, char **argv, int *code);
bool forward_is_served(struct app *app);

#endif
