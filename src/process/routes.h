/* routes.h - who gets a record.
 *
 * In:     a route of the model; a record.   Out: its owner set, an assignment that logs why.
 * Owns:   nothing.   Errors: those of the reader, in r->rc.
 * Rule:   the first rule decides that holds and leads to somebody, then `otherwise`, then whoever owns the route. A record that
 *         waits (`wait_for`) has a clock of kind wait.
 * Never:  logs a personal value: the log says that there is one.
 */
#ifndef REVOS_PROCESS_ROUTES_H
#define REVOS_PROCESS_ROUTES_H

#include "process/reaction.h"

extern const struct part routes_part;

/* Runs a route on `of` now. `cause` is a word of assignment.cause: "trigger", "reroute", "waited", "leaver", "hand", and whoever owns
 * the record is passed over by pools unless it is "trigger" or "waited". Gives the new owner; 0: a queue, or the model has no such
 * route over this object. */
uint64_t route_record(struct reaction *r, struct str route, const struct row *of,
                      const char *cause);

#endif
