/* examples.h - a workspace's own examples: given some records, what is said of one more.
 *
 * In:     a compiled model; files of `tests/` (docs/examples.md).
 * Out:    one result per example, decided by the real admission on a private store.
 * Owns:   nothing; results live in the arena.
 * Errors: diagnostics V02xx for files that are no examples; those of the store.
 * Never:  touches the workspace's data.
 */
#ifndef REVOS_CHANGE_EXAMPLES_H
#define REVOS_CHANGE_EXAMPLES_H

#include "base/env.h"
#include "model/model.h"

struct example_result {
    struct str name, file;
    uint32_t line;
    bool passed;
    struct str why; /* what was expected and what came, lines for people; empty when it passed */
};

/* Runs the examples of one file in order, each on a store of its own. `now`: the instant of those that name none. */
MUST_CHECK enum rc examples_run(const struct model *model, const struct source *file,
                                struct instant now, struct arena *a, struct example_result **out,
                                size_t *n, struct diags *ds);

#endif
