/* naming.h - what the records behind a figure are called.
 *
 * In:     an explanation; the current records.   Out: the `title` of each of its records.
 * Owns:   nothing; texts in the arena.   Errors: those of the store.
 */
#ifndef REVOS_INSIGHT_NAMING_H
#define REVOS_INSIGHT_NAMING_H

#include "insight/answer.h"
#include "projection/titles.h"

MUST_CHECK enum rc explanation_name(struct explanation *x, struct projection *p, struct arena *a);

#endif
