/* Elements one by one. The bodies' outcomes combine as && and || would: exists is true when one is true whatever else is
 * absent; filter, map and exists_one need every one. */
#include "expr/eval.h"

/* ---- children ---- */

struct gather {
    struct run *r;
    const struct node *node;
    VEC(struct xvalue) list;
    struct xvalue fault;
};

static bool take_child(void *ctx, const struct xrecord *rec)
{
    struct gather *g = ctx;
    if (!run_spend(g->r, g->node, 1, &g->fault))
        return false;
    *VEC_PUSH(g->r->arena,
              &g->list) = (struct xvalue){.result = XV_VALUE, .kind = X_RECORD, .record = *rec};
    return true;
}

void eval_children(struct run *r, const struct node *n, const struct xrecord *parent,
                   const struct xwindow *w, struct xvalue *out)
{
    struct xrecord rec = *parent;
    struct gather g = {.r = r, .node = n, .fault = {.result = XV_VALUE}};
    if (!eval_load(r, n, &rec, out))
        return;
    enum rc rc = r->reader->children(r->reader->ctx, &rec, n->child, w, take_child, &g);
    if (g.fault.result == XV_FAULT)
        *out = g.fault;
    else if (rc != RC_OK)
        run_fault(r, n, out, "X0210", "'%.*s' could not be read: %s", STR_ARG(n->path),
                  rc_info(rc)->name);
    else
        *out = (struct xvalue){.result = XV_VALUE, .kind = X_LIST, .list = {g.list.v, g.list.n}};
}

/* ---- the window of facts that can matter ----
 * exists(t, t.at > X && …) need not look at facts before X: there the body is false. Only an X that does not depend on
 * the element counts, and only as a part of the top-level &&. */

static bool depends_on(const struct node *n, uint32_t slot)
{
    if (n->kind == N_IDENT && n->root == R_LOCAL && n->slot >= slot)
        return true;
    for (uint32_t i = 0; i < n->n_args; i++)
        if (depends_on(n->args[i], slot))
            return true;
    return false;
}

static bool is_time_of(const struct node *n, uint32_t slot, const struct xfield *time)
{
    return n->kind == N_SELECT && n->field == time && n->args[0]->kind == N_IDENT &&
           n->args[0]->root == R_LOCAL && n->args[0]->slot == slot;
}

static void narrow(struct run *r, const struct node *n, const struct node *macro,
                   const struct xfield *time, struct xwindow *w)
{
    if (n->kind == N_AND)
        for (uint32_t i = 0; i < n->n_args; i++)
            narrow(r, n->args[i], macro, time, w);
    if (n->kind != N_CALL || n->n_args != 2 || n->name.n < 3 ||
        (n->name.p[1] != '<' && n->name.p[1] != '>'))
        return;
    bool left = is_time_of(n->args[0], macro->slot, time),
         right = is_time_of(n->args[1], macro->slot, time);
    const struct node *bound = n->args[left ? 1 : 0];
    if (left == right || depends_on(bound, macro->slot))
        return;
    struct xvalue v;
    eval_node(r, bound, &v);
    if (v.result != XV_VALUE || v.kind != X_TIMESTAMP)
        return;
    bool lower = (n->name.p[1] == '>') == left;
    if (lower && v.instant.us > w->from)
        w->from = v.instant.us;
    else if (!lower && v.instant.us < w->to)
        w->to = v.instant.us;
}

static void eval_range(struct run *r, const struct node *n, struct xvalue *out)
{
    const struct node *range = n->args[0];
    bool can_narrow = n->macro == MACRO_EXISTS || n->macro == MACRO_FILTER ||
                      n->macro == MACRO_EXISTS_ONE;
    if (range->kind != N_SELECT || !range->child || !range->child->is_fact || !can_narrow) {
        eval_node(r, range, out);
        return;
    }
    struct xwindow w = {INT64_MIN, INT64_MAX};
    narrow(r, n->args[1], n, range->child->time, &w);
    struct xvalue parent;
    eval_node(r, range->args[0], &parent);
    if (parent.result != XV_VALUE)
        *out = parent;
    else
        eval_children(r, range, &parent.record,
                      w.from == INT64_MIN && w.to == INT64_MAX ? NULL : &w, out);
}

/* ---- the macros ---- */

struct tally {
    size_t met;
    struct xvalue kept; /* the worst outcome of a body that was no value */
    VEC(struct xvalue) list;
};

/* Evaluates body `i` for the element in the slot; its outcome if it is no value of the kind wanted goes to the tally. */
static bool body(struct run *r, const struct node *n, uint32_t i, bool boolean, struct tally *t,
                 struct xvalue *v)
{
    eval_node(r, n->args[i], v);
    if (v->result == XV_VALUE && boolean && v->kind != X_BOOL)
        run_fault(r, n, v, "X0206", "the body must be a boolean");
    if (v->result != XV_VALUE)
        keep_worse(&t->kept, v);
    return v->result == XV_VALUE;
}

/* One element; false when the answer is decided. */
static bool element(struct run *r, const struct node *n, const struct xvalue *e, struct tally *t)
{
    struct xvalue v, mapped;
    r->locals[n->slot] = *e;
    switch (n->macro) {
    case MACRO_ALL:
        return !(body(r, n, 1, true, t, &v) && !v.boolean && ++t->met);
    case MACRO_EXISTS:
        return !(body(r, n, 1, true, t, &v) && v.boolean && ++t->met);
    case MACRO_EXISTS_ONE:
        t->met += body(r, n, 1, true, t, &v) && v.boolean;
        return true;
    case MACRO_FILTER:
        if (body(r, n, 1, true, t, &v) && v.boolean)
            *VEC_PUSH(r->arena, &t->list) = *e;
        return true;
    case MACRO_MAP:
        if (body(r, n, 1, false, t, &v))
            *VEC_PUSH(r->arena, &t->list) = v;
        return true;
    case MACRO_MAP_IF:
        if (body(r, n, 1, true, t, &v) && v.boolean && body(r, n, 2, false, t, &mapped))
            *VEC_PUSH(r->arena, &t->list) = mapped;
        return true;
    }
    return true;
}

static void conclude(const struct node *n, const struct tally *t, struct xvalue *out)
{
    bool quantifier = n->macro == MACRO_ALL || n->macro == MACRO_EXISTS;
    if (quantifier && t->met)
        *out = (struct xvalue){
            .result = XV_VALUE, .kind = X_BOOL, .boolean = n->macro == MACRO_EXISTS};
    else if (t->kept.result != XV_VALUE)
        *out = t->kept;
    else if (quantifier)
        *out = (struct xvalue){
            .result = XV_VALUE, .kind = X_BOOL, .boolean = n->macro == MACRO_ALL};
    else if (n->macro == MACRO_EXISTS_ONE)
        *out = (struct xvalue){.result = XV_VALUE, .kind = X_BOOL, .boolean = t->met == 1};
    else
        *out = (struct xvalue){.result = XV_VALUE, .kind = X_LIST, .list = {t->list.v, t->list.n}};
}

void eval_macro(struct run *r, const struct node *n, struct xvalue *out)
{
    struct xvalue range;
    struct tally t = {.kept = {.result = XV_VALUE}};
    eval_range(r, n, &range);
    if (range.result != XV_VALUE) {
        *out = range;
        return;
    }
    if (range.kind != X_LIST && range.kind != X_MAP) {
        run_fault(r, n, out, "X0206", "a %.*s has no elements", STR_ARG(kind_text(range.kind)));
        return;
    }
    size_t count = range.kind == X_LIST ? range.list.n : range.map.n;
    for (size_t i = 0; i < count; i++) {
        if (!run_spend(r, n, 1, out))
            return;
        if (!element(r, n, range.kind == X_LIST ? &range.list.v[i] : &range.map.v[i].key, &t))
            break;
    }
    conclude(n, &t, out);
}
