/* match.h - live records by the values of some fields, for match rules.
 *
 * In:     fields and the values they must have.   Out: ids, ascending.
 * Errors: those of the store.
 */
#ifndef REVOS_PROJECTION_MATCH_H
#define REVOS_PROJECTION_MATCH_H

#include "projection/rows.h"

/* An index for each match rule that compares exactly; inside the caller's transaction. Part of projection_evolve. */
MUST_CHECK enum rc matches_evolve(struct store *s, const struct object *o);
/* At most `max` live records of `o` whose `fields` equal `values`, none of which is absent. */
MUST_CHECK enum rc rows_match(struct projection *p, const struct object *o,
                              const struct field *const *fields, size_t n_fields,
                              const struct value *values, size_t max, uint64_t *ids, size_t *n);
/* The next `max` ids of live records after `after`, ascending: a walk over an object in bounded steps. */
MUST_CHECK enum rc rows_after(struct projection *p, const struct object *o, uint64_t after,
                              size_t max, uint64_t *ids, size_t *n);
/* The same for all of them, deleted and merged ones too. */
MUST_CHECK enum rc rows_all_after(struct projection *p, const struct object *o, uint64_t after,
                                  size_t max, uint64_t *ids, size_t *n);
/* Live ones whose reference `via` names `parent`, or a record merged into it. */
MUST_CHECK enum rc rows_children_after(struct projection *p, const struct field *via,
                                       uint64_t parent, uint64_t after, size_t max, uint64_t *ids,
                                       size_t *n);

#endif
