/* What a plan reads and uses, so that a group of commands can be loaded with set statements beforehand. */
#include "expr/path.h"

#include <string.h>

static bool same_read(const struct xread *a, const struct xread *b)
{
    return a->root == b->root && a->field == b->field && a->n_steps == b->n_steps &&
           (!a->n_steps || memcmp(a->steps, b->steps, a->n_steps * sizeof *a->steps) == 0);
}

static void add_read(struct expr *e, struct xread r)
{
    for (size_t i = 0; i < e->reads.n; i++)
        if (same_read(&e->reads.v[i], &r))
            return;
    *VEC_PUSH(e->arena, &e->reads) = r;
}

static void read_select(struct expr *e, struct path_env *env, const struct node *n)
{
    struct path_set paths = {0};
    struct node step = *n;
    step.kind = N_SELECT;
    paths_of(env, n->child ? &step : n->args[0], &paths);
    for (size_t i = 0; i < paths.v.n; i++) {
        struct xread r = paths.v.v[i];
        r.field = n->child ? NULL : n->field;
        add_read(e, r);
    }
}

static unsigned uses_of(const struct node *n)
{
    if (n->kind == N_CALL && n->overload)
        return n->overload->uses;
    if (n->kind != N_IDENT)
        return 0;
    return n->root == R_NOW     ? XU_NOW
           : n->root == R_TODAY ? XU_TODAY
           : n->root == R_OLD   ? XU_OLD
           : n->root == R_ACTOR ? XU_ACTOR
                                : 0;
}

static void collect(struct expr *e, struct path_env *env, const struct node *n)
{
    e->uses |= uses_of(n);
    if ((n->kind == N_SELECT || n->kind == N_HAS) && (n->child || n->field) &&
        n->args[0]->type.kind == X_RECORD)
        read_select(e, env, n);
    for (uint32_t i = 0; i < n->n_args; i++) {
        if (n->kind == N_MACRO && i == 1)
            paths_bind(env, n);
        collect(e, env, n->args[i]);
    }
}

void expr_collect(struct expr *e)
{
    struct path_env env = {.arena = e->arena};
    collect(e, &env, e->root);
}
