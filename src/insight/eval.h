/* eval.h - from cells to figures: exact arithmetic, with a reason where there is no value.
 *
 * In:     cells of one group and bucket.   Out: a figure, rounded nowhere.
 * Owns:   nothing.   Errors: none; what cannot be computed is a figure without a value.
 * Never:  asks the warehouse.
 */
#ifndef REVOS_INSIGHT_EVAL_H
#define REVOS_INSIGHT_EVAL_H

#include "insight/run.h"

/* Figure of `m` (any metric of the plan's tree) from the cells of one group; `cells` NULL: nothing was found there. */
void eval_metric(const struct found *f, const struct metric *m, const struct tally *cells,
                 struct arena *a, struct figure *out);
/* Adds a group's cells into `sum`; false when an aggregate of the plan cannot be added up that way. */
bool eval_mergeable(const struct plan *p);
void eval_merge(const struct plan *p, struct tally *sum, const struct tally *more);
/* The metric of `m`'s tree that has no total over all groups of the plan, and over which dimension (`only_by`); NULL: none. */
const struct metric *eval_no_total(const struct plan *p, const struct metric *m,
                                   struct str *dimension);
struct figure eval_mixed(const struct metric *m, struct str dimension, struct arena *a);
/* A figure without a value. */
struct figure figure_none(enum no_value why, struct str because);

#endif
