/* effect.h - what a plan would mean for the records that are there: who breaks a criterion, whose values lose their place.
 *
 * In:     a plan with its changes; the live engine.
 * Out:    the plan's breaches, uncounted and leftovers.
 * Owns:   nothing; lists live in the arena given.
 * Errors: those of the store.
 * Never:  changes anything: breaches are counted inside a transaction that is rolled back.
 */
#ifndef REVOS_CHANGE_EFFECT_H
#define REVOS_CHANGE_EFFECT_H

#include "change/plan.h"

MUST_CHECK enum rc effect_breaches(const struct change_parts *parts, struct change_plan *p,
                                   struct arena *a);
MUST_CHECK enum rc effect_leftovers(const struct change_parts *parts, struct change_plan *p,
                                    struct arena *a);

#endif
