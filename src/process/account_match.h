/* account_match.h - what a record belongs to, found by keys before a route is tried.
 *
 * In:     the `match` of a route, a record.   Out: the record with its reference filled, and the effect that fills it.
 * Owns:   nothing.   Errors: those of the reader, in r->rc.
 * Rule:   found is whoever has one of the keys, and every record below it through references to its own kind. Of several the
 *         first condition of `prefer` that only some meet decides, then the next; then the oldest.
 * Never:  changes a reference that is filled.
 */
#ifndef REVOS_PROCESS_ACCOUNT_MATCH_H
#define REVOS_PROCESS_ACCOUNT_MATCH_H

#include "base/json.h"
#include "process/reaction.h"

/* `of` itself when there is nothing to match. Writes the member "match" into the open object of `log` when there was. */
const struct row *account_matched(struct reaction *r, const struct definition *route,
                                  const struct row *of, struct json_out *log);

#endif
