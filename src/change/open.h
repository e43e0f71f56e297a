/* open.h - what is open under definitions that change: counted by a plan, kept, begun anew or ended by an apply.
 *
 * In:     a plan with its changes; the live rows.
 * Out:    the plan's `open`; what an apply writes down as kept; commands that end what is open and begin it anew.
 * Owns:   nothing; lists live in the arena given.
 * Errors: those of the store; RC_LIMIT with a diagnostic when more versions would be kept than admission/keeping.h allows.
 * Rule:   what began under a definition keeps it, also when the definition goes, unless somebody says otherwise.
 */
#ifndef REVOS_CHANGE_OPEN_H
#define REVOS_CHANGE_OPEN_H

#include "admission/keeping.h"
#include "change/plan.h"

struct admission;
struct actor;

/* Fills p->open. */
MUST_CHECK enum rc open_count(const struct change_parts *parts, struct change_plan *p,
                              struct arena *a);
/* What is kept once `p` is live: what was kept before and is open still, and what `p` adds. */
MUST_CHECK enum rc open_kept(const struct change_parts *parts, const struct change_plan *p,
                             struct arena *a, struct keeping **out, size_t *n, struct diags *ds);

/* After an apply, or without one: what is open under `definition` as an earlier version had it. */
struct open_wish {
    struct str definition; /* "handoffs.mql_to_sales" */
    bool again;            /* ends and begins anew under the live definition; else it ends */
};
struct open_done {
    uint64_t records, refused;
    struct str why; /* of the first one that a rule refused */
};
/* Is it of a kind that is kept? Such a name is fit for a wish, whether or not the live model has it. */
bool open_is_wish(struct str definition);
/* Each as commands of `actor`, because of the live version's event, a batch a transaction: killed anywhere, the same wish goes on.
 * `parts` with the live model and `adm` over it. */
MUST_CHECK enum rc open_settle(const struct change_parts *parts, struct admission *adm,
                               const struct open_wish *w, const struct actor *actor,
                               struct arena *a, struct open_done *out);
/* Tells owners of definitions whose kept conditions read what `p` took away. */
MUST_CHECK enum rc open_tell(const struct change_plan *p, struct admission *adm, uint64_t cause,
                             struct arena *a);

#endif
