/* target.h - people as the parts of a process need them, beside the targets of reaction.h.
 *
 * In:     ids of people; rows.   Out: their rows, names, calendars.
 * Owns:   nothing.   Errors: those of the reader, in r->rc; the answer is then nobody.
 * Never:  decides who gets something.
 */
#ifndef REVOS_PROCESS_TARGET_H
#define REVOS_PROCESS_TARGET_H

#include "process/reaction.h"

/* All live records of a builtin object of which there are few, ascending by id; 0: none, or the model has no process. */
size_t all_rows(struct reaction *r, uint32_t builtin, const struct row ***out);
const struct row *person_row(struct reaction *r, uint64_t person); /* NULL: gone, or 0 */
bool person_is_active(const struct row *person);             /* NULL is not; nobody has said is */
struct str person_name(struct reaction *r, uint64_t person); /* short name, or "nobody" */
/* Who stands in for them today: named by an absence and there; 0: they are there themselves, or nobody is. */
uint64_t person_stand_in(struct reaction *r, uint64_t person);
/* The calendar in which this person works: their own, else their team's, else empty. */
struct str person_calendar(struct reaction *r, uint64_t person);
uint64_t team_id(struct reaction *r, struct str name); /* 0: it has no record */
uint64_t row_owner(const struct row *r);               /* 0: none; NULL has none */

#endif
