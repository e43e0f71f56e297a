/* unmet.c - which parts of a condition do not hold, and what each would need. */
#include "expr/call.h"

struct finding_out {
    struct run r;
    VEC(struct xunmet) found;
};

static struct str text_of(const struct expr *e, const struct node *n)
{
    return str_sub(e->text, n->from, n->to);
}

/* "_>=_" as ">="; `turned`: as said of the right side. Empty: no comparison. */
static struct str comparison_of(const struct node *n, bool turned)
{
    static const struct {
        const char *name, *as_is, *turned;
    } ops[] = {{"_<_", "<", ">"},    {"_<=_", "<=", ">="}, {"_>_", ">", "<"},
               {"_>=_", ">=", "<="}, {"_==_", "==", "=="}, {"_!=_", "!=", "!="}};
    for (size_t i = 0; n->kind == N_CALL && n->n_args == 2 && i < sizeof ops / sizeof *ops; i++)
        if (str_is(n->name, ops[i].name))
            return str_of(turned ? ops[i].turned : ops[i].as_is);
    return STR_NONE;
}

static bool is_field(const struct node *n)
{
    return n->kind == N_SELECT && n->field && n->path.n;
}

/* The field to change and what it would have to be, where the part is that simple. */
static void say_needs(const struct finding_out *f, const struct node *n, struct xunmet *u)
{
    const struct expr *e = f->r.e;
    struct arena *a = f->r.arena;
    if (is_field(n)) {
        u->field = n->path;
        u->needs = STR("true");
    } else if (n->kind == N_NOT && is_field(n->args[0])) {
        u->field = n->args[0]->path;
        u->needs = STR("false");
    } else if (n->kind == N_HAS) {
        struct str whole = text_of(e, n);
        ptrdiff_t open = str_find(whole, STR("("), 0);
        u->field = open >= 0 ? str_trim(str_sub(whole, (size_t)open + 1, whole.n - 1)) : STR_NONE;
        u->needs = STR("a value");
    } else if (n->kind == N_IN && is_field(n->args[0])) {
        u->field = n->args[0]->path;
        u->needs = str_printf(a, "one of %.*s", STR_ARG(text_of(e, n->args[1])));
    } else if (comparison_of(n, false).n) {
        bool turned = !is_field(n->args[0]);
        const struct node *field = n->args[turned], *other = n->args[!turned];
        if (!is_field(field))
            return;
        u->field = field->path;
        u->needs = str_printf(a, "%.*s %.*s", STR_ARG(comparison_of(n, turned)),
                              STR_ARG(text_of(e, other)));
    }
}

static void walk(struct finding_out *f, const struct node *n)
{
    if (n->kind == N_AND) {
        for (uint32_t i = 0; i < n->n_args; i++)
            walk(f, n->args[i]);
        return;
    }
    struct xvalue v;
    eval_node(&f->r, n, &v);
    if (v.result == XV_VALUE && v.kind == X_BOOL && v.boolean)
        return;
    struct xunmet *u = VEC_PUSH(f->r.arena, &f->found);
    *u = (struct xunmet){.text = text_of(f->r.e, n)};
    u->state = v.result == XV_ABSENT ? XT_ABSENT : v.result == XV_FAULT ? XT_FAULT : XT_NOT_MET;
    if (v.result == XV_ABSENT)
        u->absent = v.empty;
    say_needs(f, n, u);
}

size_t expr_unmet(const struct expr *e, const struct xreader *reader, const struct xhost *host,
                  const struct xbindings *b, struct arena *arena, const struct xunmet **out)
{
    struct finding_out f = {.r = {.e = e, .reader = reader, .host = host, .b = b, .arena = arena}};
    f.r.max_cost = e->limits->cost;
    f.r.locals = ARENA_ARRAY(arena, e->n_locals, struct xvalue);
    walk(&f, e->root);
    *out = f.found.v;
    return f.found.n;
}
