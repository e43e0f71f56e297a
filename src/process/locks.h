/* locks.h - which fields of a record stay as they are for now, and why: told before anybody tries to change them.
 *
 * In:     a look at a record.   Out: its locked fields, each with the id, owner and words that a refused change would get.
 * Owns:   nothing; answers live in the arena of the look.
 * Errors: those of the reader.
 * Rule:   asks the judgement itself, as if every field were touched, so that a form and a verdict never differ.
 */
#ifndef REVOS_PROCESS_LOCKS_H
#define REVOS_PROCESS_LOCKS_H

#include "process/process.h"

struct field_lock {
    const struct field *field;
    struct str id, owner, message, help; /* `owner` may be empty */
    const struct row *waiver;            /* on which a change would pass nevertheless; NULL: none */
};

/* In the order of judgement; a field may be locked twice. */
MUST_CHECK enum rc locks_find(struct look *l, const struct field_lock **out, size_t *n);

#endif
