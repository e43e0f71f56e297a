/* The canonical form of an expression compiles to itself, and the evaluator gives both the same answer. */
#include "tests/expr_random.h"
#include "tests/tap.h"

#include <string.h>

static struct expr *compiled(struct str text, struct arena *a)
{
    static const struct xlimits limits = {1u << 20, 128, 1u << 14, 4, 1u << 30};
    struct xscope scope = {.place = XP_RULE, .self = &fx_opportunity, .limits = &limits};
    struct xtext t = {.text = text};
    struct expr *e;
    struct diags ds;
    diags_init(&ds, a);
    if (!currency_parse(STR("EUR"), &scope.currency))
        return NULL;
    return expr_compile(&t, &scope, X_DYN, a, &e, &ds) == RC_OK ? e : NULL;
}

/* Equal outcomes: the same text of the same kind, or absent for the same field, or the same fault. */
static bool same(const struct xvalue *x, const struct xvalue *y)
{
    if (x->result != y->result)
        return false;
    if (x->result == XV_ABSENT)
        return str_eq(x->empty, y->empty);
    if (x->result == XV_FAULT)
        return strcmp(x->fault->code, y->fault->code) == 0;
    if (x->kind == X_STRING)
        return str_eq(x->text, y->text);
    return x->kind == y->kind && x->integer == y->integer;
}

static bool round_trip(struct prop *p, void *context)
{
    static const enum xkind kinds[] = {X_BOOL, X_INT,       X_DOUBLE,  X_STRING,
                                       X_DATE, X_TIMESTAMP, X_DURATION};
    (void)context;
    struct arena *a = arena_new();
    struct fx_world *w = ARENA_NEW(a, struct fx_world);
    struct rx *g = ARENA_NEW(a, struct rx);
    rx_world(p, w);
    rx_init(g, p);
    rx_expr(g, kinds[prop_draw(p, COUNT(kinds))], (int)prop_draw(p, 5));
    struct expr *e = compiled((struct str){g->text, g->n}, a), *again = NULL;
    struct str once = STR_NONE, twice = STR_NONE;
    bool good = true;
    if (e) {
        struct xreader reader = fx_reader(w);
        struct xbindings b = {.now = fx_instant("2026-03-01T09:00:00Z").instant,
                              .today = fx_date("2026-03-01").date};
        struct xvalue x, y;
        (void)fx_follow(w, &fx_opportunity, w->rows[0].id, &b.self);
        once = expr_canonical(e, a);
        again = compiled(once, a);
        twice = again ? expr_canonical(again, a) : STR("does not compile");
        expr_eval(e, &reader, NULL, &b, NULL, a, &x);
        if (again)
            expr_eval(again, &reader, NULL, &b, NULL, a, &y);
        good = again && str_eq(once, twice) && same(&x, &y);
    }
    if (!good)
        prop_note(p, "%s\n%.*s\n%.*s", g->text, STR_ARG(once), STR_ARG(twice));
    arena_free(a);
    return good;
}

int main(int argc, char **argv)
{
    static const struct property properties[] = {{"canonical form", round_trip, 1}};
    return prop_main(argc, argv, properties, COUNT(properties), NULL);
}
