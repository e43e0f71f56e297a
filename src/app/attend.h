/* attend.h - attends to .revos/socket: runs the verbs of callers on the served workspace, a thread each.
 *
 * In:     a host, the workspace's folder.   Out: what each verb prints, and its exit code, to its caller.
 * Owns:   the socket file and the threads, until attend_close.
 * Errors: RC_LIMIT the socket's path is too long, RC_IO; a line was written to app->err.
 * Never:  serves another user; runs a verb that is not marked `served`; more than ATTEND_MAX at once.
 */
#ifndef REVOS_APP_ATTEND_H
#define REVOS_APP_ATTEND_H

#include "app/host.h"

enum { ATTEND_MAX = 16, ATTEND_FIRST_MS = 10000 };

struct attend;

MUST_CHECK enum rc attend_open(struct app *app, struct host *host, struct attend **out);
/* No caller comes in any more; those inside have `wait_ms` to end, then their connections are cut. NULL is allowed. */
void attend_close(struct attend *t, int64_t wait_ms);

#endif
