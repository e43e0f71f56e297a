/* Follows record-valued nodes back to the roots they start from. */
#include "expr/path.h"

#include <string.h>

static void add_root(struct path_env *env, enum xroot root, struct path_set *out)
{
    *VEC_PUSH(env->arena, &out->v) = (struct xread){.root = root};
}

static void add_all(struct path_env *env, const struct path_set *from, struct path_set *out)
{
    for (size_t i = 0; i < from->v.n; i++)
        *VEC_PUSH(env->arena, &out->v) = from->v.v[i];
}

static void add_step(struct path_env *env, const struct node *n, struct path_set *out)
{
    struct path_set base = {0};
    paths_of(env, n->args[0], &base);
    for (size_t i = 0; i < base.v.n; i++) {
        struct xread r = base.v.v[i];
        struct xstep *steps = ARENA_ARRAY(env->arena, r.n_steps + 1, struct xstep);
        if (r.n_steps)
            memcpy(steps, r.steps, r.n_steps * sizeof *steps);
        steps[r.n_steps] = (struct xstep){.ref = n->child ? NULL : n->field, .child = n->child};
        r.steps = steps;
        r.n_steps++;
        *VEC_PUSH(env->arena, &out->v) = r;
    }
}

void paths_of(struct path_env *env, const struct node *n, struct path_set *out)
{
    switch ((int)n->kind) {
    case N_IDENT:
        if (n->root == R_LOCAL)
            add_all(env, &env->locals[n->slot], out);
        else if (n->root == R_SELF || n->root == R_OLD || n->root == R_ACTOR)
            add_root(env, n->root == R_SELF ? XR_SELF : n->root == R_OLD ? XR_OLD : XR_ACTOR, out);
        break;
    case N_SELECT:
        if (n->child || (n->field && n->type.kind == X_RECORD))
            add_step(env, n, out);
        break;
    case N_MACRO:
        if (n->macro == MACRO_FILTER) {
            paths_of(env, n->args[0], out);
        } else if (n->macro == MACRO_MAP || n->macro == MACRO_MAP_IF) {
            paths_bind(env, n);
            paths_of(env, n->args[n->n_args - 1], out);
        }
        break;
    case N_COND:
        paths_of(env, n->args[1], out);
        paths_of(env, n->args[2], out);
        break;
    case N_INDEX:
        paths_of(env, n->args[0], out);
        break;
    case N_LIST:
    case N_CALL:
        for (uint32_t i = 0; i < n->n_args; i++)
            paths_of(env, n->args[i], out);
        break;
    default:
        break;
    }
}

void paths_bind(struct path_env *env, const struct node *macro)
{
    struct path_set range = {0};
    paths_of(env, macro->args[0], &range);
    env->locals[macro->slot] = range;
}
