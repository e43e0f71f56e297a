/* target.h - people as the parts of a process need them, beside the targets of reaction.h.
 *
 * In:     ids of people; rows.   Out: their rows, names, calendars.
 * Owns:   nothing.   Errors: those of the reader, in r->rc; the answer is then nobody.
 * Never:  decides who gets something.
 */
#ifndef REVOS_PROCESS_TARGET_H
#define REVOS_PROCESS_TARGET_H

#include "process/reaction.h"

const struct row *person_row(struct reaction *r, uint64_t person); /* NULL: gone, or 0 */
bool person_is_active(const struct row *person);             /* NULL is not; nobody has said is */
struct str person_name(struct reaction *r, uint64_t person); /* short name, or "nobody" */
/* The calendar in which this person works: their own, else their team's, else empty. */
struct str person_calendar(struct reaction *r, uint64_t person);
uint64_t team_id(struct reaction *r, struct str name); /* 0: it has no record */
uint64_t row_owner(const struct row *r);               /* 0: none; NULL has none */

#endif
