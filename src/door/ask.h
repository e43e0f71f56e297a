/* ask.h - a query from the parameters of a request, and its answer or the problem. Private to the door.
 *
 * In:     parameters of docs/api.md; the tile of a dashboard.   Out: struct query; a filled response when it cannot be meant.
 * Owns:   nothing; texts point into the request and its arena.
 */
#ifndef REVOS_DOOR_ASK_H
#define REVOS_DOOR_ASK_H

#include "door/handlers.h"

/* Texts, pins and bucket of a request; false after a 400. */
bool ask_read(struct api *api, const struct request *q, struct response *r, struct query *out);
/* Why insight could not answer: which parameter, with its diagnostics. */
void ask_problem(struct response *r, enum rc rc, const struct diags *ds);
/* The 503 of a workspace that cannot be asked now. */
void ask_unavailable(struct response *r, struct str why);

#endif
