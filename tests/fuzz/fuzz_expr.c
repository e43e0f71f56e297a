/* Any text is an expression or not; what compiles evaluates within its limits, prints in canonical form, and the canonical form
 * compiles again to itself. The first byte chooses plain CEL or the model of tests/expr_fixture.h. */
#include "expr/sql.h"
#include "tests/expr_world.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool fine)
{
    if (!fine)
        abort();
}

static void evaluate(const struct expr *e, struct arena *a)
{
    struct fx_world *w = ARENA_NEW(a, struct fx_world);
    struct fx_row *r = fx_add(w, &fx_opportunity, 1);
    r->v[FX_OPP_NAME] = fx_text("Deal");
    r->v[FX_OPP_AMOUNT] = fx_money(100, "EUR");
    r->v[FX_OPP_ACCOUNT] = fx_ref(2);
    (void)fx_add(w, &fx_account, 2);
    fx_add(w, &fx_touch, 3)->v[FX_TOUCH_OPPORTUNITY] = fx_ref(1);
    struct xreader reader = fx_reader(w);
    struct xbindings b = {.self = {&fx_opportunity, 1, r}};
    struct xlimits limits = *expr_limits_model();
    struct xvalue v;
    limits.cost = 10000;
    expr_eval(e, &reader, NULL, &b, &limits, a, &v);
    check(v.result != XV_FAULT || v.fault->message.n > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!size)
        return 0;
    bool plain = data[0] & 1;
    struct arena *a = arena_new();
    struct diags ds;
    struct expr *e, *again;
    struct xtext t = {.text = {(const char *)data + 1, size - 1}};
    struct xscope scope = {.place = plain ? XP_EVAL : XP_RULE,
                           .self = plain ? NULL : &fx_opportunity,
                           .person = &fx_person};
    diags_init(&ds, a);
    enum rc rc = expr_compile(&t, &scope, X_DYN, a, &e, &ds);
    check((rc == RC_OK) == (e != NULL) && (rc == RC_OK || ds.errors > 0));
    if (e && !plain) {
        const char *reason;
        struct span at;
        check(expr_sql_check(e, &reason, &at) == RC_OK || reason);
    }
    if (e) {
        evaluate(e, a);
        t.text = expr_canonical(e, a);
        struct xlimits wide = {1u << 22, 200, 1u << 16, 8, UINT64_MAX};
        scope.limits = &wide;
        if (expr_compile(&t, &scope, X_DYN, a, &again, &ds) == RC_OK)
            check(str_eq(t.text, expr_canonical(again, a)));
    }
    arena_free(a);
    return 0;
}
