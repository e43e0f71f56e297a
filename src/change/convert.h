/* convert.h - a field's values under another type. Pure.
 *
 * In:     two models; values as the live one stores them.
 * Out:    the fields whose type changes; each value under the new type, or why there is none.
 * Owns:   nothing; lists and texts live in the arena given.
 * Errors: none but false with a sentence.
 * Rule:   a value converts when its text reads as the new type, as at any door; money and numbers convert in the company's
 *         currency only, an instant becomes its company day.
 * Never:  rounds, guesses or looks at a record.
 */
#ifndef REVOS_CHANGE_CONVERT_H
#define REVOS_CHANGE_CONVERT_H

#include "admission/parse.h"
#include "change/plan.h"

/* Fields of record objects that keep their name and get another type. Rows of facts never change, computed values are
 * computed anew. */
void conversions_find(const struct model *live, const struct model *next, struct arena *a,
                      struct conversion **out, size_t *n);
/* `p` is the next model's. */
MUST_CHECK bool convert_value(const struct parser *p, const struct conversion *c,
                              const struct value *v, struct arena *a, struct value *out,
                              struct str *why);

#endif
