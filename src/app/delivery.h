/* delivery.h - the outbox of an open session: sent at the end of verbs that change something, and by a thread while served.
 *
 * In:     a session; the settings `mail` and `chat` of its model.   Out: messages on their way.
 * Owns:   nothing.
 * Never:  fails a verb because a server does not answer: its messages wait, `revos outbox` says why.
 */
#ifndef REVOS_APP_DELIVERY_H
#define REVOS_APP_DELIVERY_H

#include "app/session.h"
#include "connect/outbox.h"

/* The outbox of the session; settings in the app's arena. */
struct outbox delivery_outbox(struct app *app, struct session *s);
/* Sends what is due when this process is alone with the workspace; served, the thread does. */
void delivery_flush(struct app *app, struct session *s);

#endif
