/* Warnings about fields that may be empty where that is easily forgotten: under !, in !=, and in a condition that selects
 * records. An absent value makes the condition neither true nor false. A has() on the same path shows it was thought of. */
#include "expr/tree.h"

#include <string.h>

struct lint {
    const struct expr *e;
    struct diags *ds;
    bool selects;
    VEC(struct str) guarded, said;
};

static void find_guards(struct lint *l, const struct node *n)
{
    if (n->kind == N_HAS)
        *VEC_PUSH(l->e->arena, &l->guarded) = n->path;
    for (uint32_t i = 0; i < n->n_args; i++)
        find_guards(l, n->args[i]);
}

static bool listed(const struct str *v, size_t n, struct str path)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(v[i], path))
            return true;
    return false;
}

static void warn(struct lint *l, const struct node *n, const char *where)
{
    if (listed(l->guarded.v, l->guarded.n, n->path) || listed(l->said.v, l->said.n, n->path))
        return;
    *VEC_PUSH(l->e->arena, &l->said) = n->path;
    struct diag *d = diag_add(l->ds, SEV_WARNING, "X0120", expr_span(&l->e->source, n->from, n->to),
                              "'%.*s' may be empty; %s is then neither true nor false",
                              STR_ARG(n->path), where);
    diag_help(l->ds, d, "say what an empty field means: has(%.*s) && ..., or !has(%.*s) || ...",
              STR_ARG(n->path), STR_ARG(n->path));
}

static void look(struct lint *l, const struct node *n, const char *where)
{
    if (n->kind == N_HAS || n->kind == N_CHANGED)
        return;
    if (n->kind == N_SELECT && n->field && n->field->optional && where)
        warn(l, n, where);
    if (n->kind == N_NOT)
        where = "the negation";
    if (n->kind == N_CALL && str_is(n->name, "_!=_"))
        where = "'!='";
    for (uint32_t i = 0; i < n->n_args; i++)
        look(l, n->args[i], where);
}

void expr_lint(const struct expr *e, bool selects, struct diags *ds)
{
    struct lint l = {.e = e, .ds = ds};
    if (e->plain)
        return;
    find_guards(&l, e->root);
    look(&l, e->root, selects ? "the condition" : NULL);
}
