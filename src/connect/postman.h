/* postman.h - the thread that sends what waits in the outbox while the workspace is served.
 *
 * In:     an outbox with its writer; a nudge after each commit.   Out: outbox_deliver in time.
 * Owns:   its thread and a reading connection of its own.
 * Errors: from opening. Later: what the writer says ends the thread, RC_BUSY lets it try again.
 * Never:  polls: it sleeps until the next message is due or a nudge comes; keeps the writer waiting while it sends.
 */
#ifndef REVOS_CONNECT_POSTMAN_H
#define REVOS_CONNECT_POSTMAN_H

#include "connect/outbox.h"

struct postman;

/* What `o` points to outlives it. `data` is the path of the database. */
MUST_CHECK enum rc postman_open(const struct outbox *o, struct str data, struct postman **out,
                                struct diags *ds);
/* Something was committed. From any thread; NULL is allowed. */
void postman_nudge(struct postman *p);
/* Ends the thread, after the message that is being sent. NULL is allowed. Close it before its writer. */
void postman_close(struct postman *p);

#endif
