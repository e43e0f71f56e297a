/* clocks.h - running deadlines beside what reaction.h says of them.
 *
 * In:     rows of clock records.   Out: the part of the process that warns, breaches, pauses and resumes; deadlines of answers.
 * Owns:   nothing; a clock is a record, which holds everything that its next step needs.
 * Errors: those of the reader, in r->rc. A calendar that cannot be read counts as all hours.
 * Rule:   a clock is met when it is stopped before its due instant, else breached, whether or not it had fired by then; its
 *         breach is dated at the due instant. The due instant moves only by pause and resume.
 */
#ifndef REVOS_PROCESS_CLOCKS_H
#define REVOS_PROCESS_CLOCKS_H

#include "process/reaction.h"

extern const struct part clocks_part;

/* The instant at which `w` would be due. */
struct instant clock_due(struct reaction *r, const struct clock_wish *w);
/* Neither stopped nor cancelled: running, paused, or breached and still owed. */
bool clock_is_open(const struct row *clock);
/* The open clock of `kind` whose reference `link` is `linked`; NULL: none. */
const struct row *clock_linked(struct reaction *r, const char *link, uint64_t linked,
                               const char *kind);
/* The open clocks about a record under a name; at most `max`. */
size_t clocks_named(struct reaction *r, const struct object *o, uint64_t id, struct str name,
                    const struct row **out, size_t max);

#endif
