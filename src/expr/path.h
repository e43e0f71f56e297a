/* path.h - where the records in an expression come from: from which root, through which references and children.
 *
 * In:     a checked tree.   Out: paths, each once per node; several for a choice.
 * Owns:   nothing; paths live in the arena given.
 */
#ifndef REVOS_EXPR_PATH_H
#define REVOS_EXPR_PATH_H

#include "expr/check.h"

struct path_set {
    VEC(struct xread) v; /* `field` is NULL */
};

/* What the macro variables in force stand for. */
struct path_env {
    struct arena *arena;
    struct path_set locals[LOCALS_MAX];
};

/* Paths of a record, or of the elements of a list of records. Empty when it is neither. */
void paths_of(struct path_env *env, const struct node *n, struct path_set *out);
/* Binds the variable of a macro to the elements of its range. */
void paths_bind(struct path_env *env, const struct node *macro);

#endif
