/* explain_hand.h - why a record lies with whom it does, and how long its deadlines have to go.
 *
 * In:     an open session, an object and a record by id or key.   Out: text or JSON on app->out; an exit code.
 * Owns:   nothing.   Errors: one line on app->err.
 * Never:  decides anew: it shows what the decisions left in the records of assignment and clock.
 */
#ifndef REVOS_APP_EXPLAIN_HAND_H
#define REVOS_APP_EXPLAIN_HAND_H

#include "app/session.h"

/* Operands: route|sla OBJECT ID|KEY. */
int explain_route(struct app *app, const struct args *args, struct session *s);
int explain_sla(struct app *app, const struct args *args, struct session *s);

#endif
