/* alike.h - live records whose text resembles another, for match rules with `similar`.
 *
 * In:     the values of a record, or of one that is to be found.   Out: ids of records that may be as alike as the rule asks, and
 *         no other ones of the same exact fields left out, unless `more` says so.
 * Owns:   table alike: of every live record and rule the pieces of its text (base/likeness.h), mixed with the exact fields of the
 *         rule, by length. Derived: it follows the rows as they are written.
 * Errors: those of the store.
 * Never:  says how alike two are; whoever asks compares.
 */
#ifndef REVOS_PROJECTION_ALIKE_H
#define REVOS_PROJECTION_ALIKE_H

#include "projection/rows.h"

enum {
    ALIKE_MAX = 200, /* records that one question gives */
    ALIKE_LIST_MAX =
        1000 /* records with one piece that are looked at; a piece of more tells too little */
};

/* Rules that are new are filled from the rows, those that are gone go. Part of projection_evolve. */
MUST_CHECK enum rc alike_evolve(struct store *s, const struct model *m);
bool alike_is_asked(const struct object *o);
/* `now` is written where `before` (NULL: nothing) stood. */
MUST_CHECK enum rc alike_follow(struct projection *p, const struct row *before,
                                const struct row *now, struct arena *a);
/* `values` by position in o->fields. At most ALIKE_MAX ids, ascending; `*more`: there may be others. None when the text or an exact
 * field is empty. */
MUST_CHECK enum rc alike_find(struct projection *p, const struct object *o,
                              const struct match_rule *rule, const struct value *values,
                              struct arena *a, uint64_t **ids, size_t *n, bool *more);

#endif
