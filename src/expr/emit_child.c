/* Lists in SQL are ranges: children of a record, filtered and mapped, or literal lists. A range is never a value by itself;
 * exists, all, exists_one, size, has and `in` turn it into one by a correlated subquery, or by writing a literal list out.
 *
 * Each row has `k`, whether it is kept, three-valued: the whole list is absent when one k is NULL, as in the evaluator. */
#include "expr/emit.h"

#include <string.h>

struct range {
    struct row_ref parent, child;
    struct str parent_id, from, where; /* where: the child's reference, and living rows */
    struct str k;                      /* empty: every row is kept */
    struct sql value;                  /* after map(); else the row itself */
    bool mapped;
    struct xscope_sql *scope;
    struct buf joins;
};

/* ---- opening and closing a subquery ---- */

static bool open_children(struct emitter *m, const struct node *n, struct range *r)
{
    struct buf from, where, via;
    const struct xtables *t = m->q->tables;
    if (!emit_row(m, n->args[0], &r->parent) || !emit_row_id(m, n, &r->parent, &r->parent_id))
        return false;
    struct str alias = new_alias(m, "c");
    buf_init(&from, m->q->max_bytes);
    buf_init(&where, m->q->max_bytes);
    buf_init(&via, m->q->max_bytes);
    enum rc rc = t->table(t->ctx, alias, n->child->object, &from, &where);
    if (rc == RC_OK)
        rc = t->column(t->ctx, alias, n->child->object, n->child->via, &via, &via);
    r->from = emit_taken(m, &from);
    struct str living = emit_taken(m, &where), reference = emit_taken(m, &via);
    if (rc != RC_OK)
        return emit_fail(m, n, rc, "these children are not at hand");
    r->where = emit_text(m, n, "%.*s = %.*s%s%.*s", STR_ARG(reference), STR_ARG(r->parent_id),
                         living.n ? " AND " : "", STR_ARG(living));
    r->scope = ARENA_NEW(m->a, struct xscope_sql);
    r->scope->outer = m->scope;
    r->scope->joins = &r->joins;
    buf_init(&r->joins, m->q->max_bytes);
    r->child = (struct row_ref){alias, n->child->object, r->scope, true};
    m->scope = r->scope;
    return m->rc == RC_OK;
}

static void close_range(struct emitter *m, struct range *r)
{
    if (!r->scope)
        return;
    m->scope = r->scope->outer;
    buf_release(&r->joins);
    r->scope = NULL;
}

static void bind_element(struct emitter *m, const struct node *macro, const struct range *r)
{
    m->locals[macro->slot] = (struct bound_local){
        .is_row = !r->mapped, .row = r->child, .value = r->value, .scope = r->scope};
}

/* k and then p: what is not kept stays so, whatever p says. */
static struct str narrow(struct emitter *m, const struct node *n, struct str k, struct str p)
{
    if (!k.n)
        return p;
    return emit_text(m, n, "(CASE WHEN %.*s THEN %.*s WHEN NOT %.*s THEN FALSE END)", STR_ARG(k),
                     STR_ARG(p), STR_ARG(k));
}

static bool open_range(struct emitter *m, const struct node *n, struct range *r);

static bool map_range(struct emitter *m, const struct node *n, struct range *r)
{
    struct sql v;
    const struct node *body = n->args[n->n_args - 1];
    bind_element(m, n, r);
    if (!emit_value(m, body, &v))
        return false;
    /* A value that is absent makes the list absent, but only where the row is kept. */
    r->k = narrow(m, n, r->k,
                  emit_text(m, n, "(CASE WHEN %.*s IS NOT NULL THEN TRUE END)", STR_ARG(v.text)));
    r->value = v;
    r->mapped = true;
    return m->rc == RC_OK;
}

static bool filter_range(struct emitter *m, const struct node *n, struct range *r)
{
    struct sql p;
    bind_element(m, n, r);
    if (!emit_value(m, n->args[1], &p))
        return false;
    r->k = narrow(m, n, r->k, p.text);
    return m->rc == RC_OK;
}

/* A chain of filter() and map() over children. On failure the range may be open: close_range. */
static bool open_range(struct emitter *m, const struct node *n, struct range *r)
{
    if (n->kind == N_SELECT && n->child)
        return open_children(m, n, r);
    if (n->kind == N_MACRO && n->macro == MACRO_FILTER)
        return open_range(m, n->args[0], r) && filter_range(m, n, r);
    if (n->kind == N_MACRO && n->macro == MACRO_MAP)
        return open_range(m, n->args[0], r) && map_range(m, n, r);
    if (n->kind == N_MACRO && n->macro == MACRO_MAP_IF)
        return open_range(m, n->args[0], r) && filter_range(m, n, r) && map_range(m, n, r);
    return emit_fail(m, n, RC_UNSUPPORTED,
                     "only children, and lists written out, have elements in SQL");
}

/* ---- turning a range into a value ---- */

/* SELECT `head` over one row per element with k and p. An absent parent makes the answer absent. */
static bool aggregate(struct emitter *m, const struct node *n, struct range *r, const char *head,
                      struct str p, struct sql *out)
{
    struct str alias = new_alias(m, "a"), joins = str_dup(m->a, buf_view(&r->joins)),
               k = r->k.n ? r->k : STR("TRUE");
    struct str q = emit_text(
        m, n, "(SELECT %s FROM (SELECT %.*s AS k, %.*s AS p FROM %.*s%.*s WHERE %.*s) AS %.*s)",
        head, STR_ARG(k), STR_ARG(p), STR_ARG(r->from), STR_ARG(joins), STR_ARG(r->where),
        STR_ARG(alias));
    out->text = r->parent.certain ? q
                                  : emit_text(m, n, "(CASE WHEN %.*s IS NOT NULL THEN %.*s END)",
                                              STR_ARG(r->parent_id), STR_ARG(q));
    return m->rc == RC_OK;
}

#define ONLY_WHEN_KNOWN "CASE WHEN COUNT(*) = COUNT(k) THEN "
#define KEPT(test) "COUNT(CASE WHEN k AND " test " THEN 1 END)"

static bool quantify(struct emitter *m, const struct node *n, enum macro macro, struct range *r,
                     struct str p, struct sql *out)
{
    static const char *const heads[] = {
        [MACRO_ALL] = ONLY_WHEN_KNOWN "CASE WHEN " KEPT("NOT p") " > 0 THEN FALSE WHEN " KEPT(
            "p IS NULL") " = 0 THEN TRUE END END",
        [MACRO_EXISTS] = ONLY_WHEN_KNOWN
        "CASE WHEN " KEPT("p") " > 0 THEN TRUE WHEN " KEPT("p IS NULL") " = 0 THEN FALSE END END",
        [MACRO_EXISTS_ONE] = ONLY_WHEN_KNOWN
        "CASE WHEN " KEPT("p IS NULL") " = 0 THEN " KEPT("p") " = 1 END END",
    };
    return aggregate(m, n, r, heads[macro], p, out);
}

/* ---- lists written out ---- */

static bool list_guard(struct emitter *m, const struct node *n, struct str *out)
{
    struct buf b;
    buf_init(&b, m->q->max_bytes + 1);
    const char *between = "";
    for (uint32_t i = 0; i < n->n_args && m->rc == RC_OK; i++) {
        struct sql v;
        if (n->args[i]->kind == N_LITERAL || !emit_value(m, n->args[i], &v))
            continue;
        buf_printf(&b, "%s%.*s IS NOT NULL", between, STR_ARG(v.text));
        between = " AND ";
    }
    *out = emit_taken(m, &b);
    return m->rc == RC_OK;
}

/* The body once for each element, the variable standing for its value. */
static bool unroll(struct emitter *m, const struct node *n, const char *first, const char *between,
                   const char *none, const char *form, struct str *out)
{
    const struct node *list = n->args[0];
    struct buf b;
    buf_init(&b, m->q->max_bytes + 1);
    buf_cstr(&b, list->n_args ? first : none);
    for (uint32_t i = 0; i < list->n_args && m->rc == RC_OK; i++) {
        struct bound_local *l = &m->locals[n->slot];
        struct sql v, p;
        *l = (struct bound_local){.scope = m->scope};
        if (!emit_value(m, list->args[i], &v))
            break;
        l->value = v;
        if (!emit_value(m, n->args[1], &p))
            break;
        buf_cstr(&b, i ? between : "");
        for (const char *f = form; *f; f++)
            if (*f == '$')
                buf_str(&b, p.text);
            else
                buf_char(&b, *f);
    }
    buf_cstr(&b, list->n_args ? ")" : "");
    bool fits = buf_ok(&b) == RC_OK;
    *out = emit_taken(m, &b);
    return m->rc == RC_OK &&
           (fits || emit_fail(m, n, RC_LIMIT, "the SQL of this expression grows too long"));
}

static bool macro_of_list(struct emitter *m, const struct node *n, struct sql *out)
{
    struct str guard, body;
    bool good = false;
    if (n->args[0]->n_args && n->args[0]->type.elem->kind == X_DYN)
        return emit_fail(m, n, RC_UNSUPPORTED, "the elements of this list have no common type");
    if (n->macro == MACRO_EXISTS)
        good = unroll(m, n, "(", " OR ", "FALSE", "$", &body);
    else if (n->macro == MACRO_ALL)
        good = unroll(m, n, "(", " AND ", "TRUE", "$", &body);
    else if (n->macro == MACRO_EXISTS_ONE)
        /* Each term is 0, 1 or NULL, so that one NULL makes the sum NULL. */
        good = unroll(m, n, "(1 = ", " + ", "FALSE", "(CASE WHEN $ THEN 1 WHEN NOT $ THEN 0 END)",
                      &body);
    else
        return emit_fail(m, n, RC_UNSUPPORTED, "lists cannot be values in SQL");
    if (!good || !list_guard(m, n->args[0], &guard))
        return false;
    out->text = guard.n ? emit_text(m, n, "(CASE WHEN %.*s THEN %.*s END)", STR_ARG(guard),
                                    STR_ARG(body))
                        : body;
    return m->rc == RC_OK;
}

/* ---- the doors ---- */

bool emit_macro(struct emitter *m, const struct node *n, struct sql *out)
{
    struct range r = {0};
    struct sql p;
    if (n->args[0]->kind == N_LIST)
        return macro_of_list(m, n, out);
    if (n->macro != MACRO_ALL && n->macro != MACRO_EXISTS && n->macro != MACRO_EXISTS_ONE)
        return emit_fail(m, n, RC_UNSUPPORTED, "lists cannot be values in SQL");
    bool good = open_range(m, n->args[0], &r);
    if (good) {
        bind_element(m, n, &r);
        good = emit_value(m, n->args[1], &p) && quantify(m, n, n->macro, &r, p.text, out);
    }
    close_range(m, &r);
    return good;
}

/* Where only "is it true" matters, exists is EXISTS and all is NOT EXISTS of what is not true: engines turn these into joins. */
bool emit_macro_truth(struct emitter *m, const struct node *n, struct str *out)
{
    const struct node *range = n->args[0];
    struct range r = {0};
    struct str p = STR_NONE;
    struct sql v = {0};
    bool exists = n->macro == MACRO_EXISTS, all = n->macro == MACRO_ALL;
    if (range->kind != N_SELECT || !range->child || (!exists && !all))
        return false;
    bool good = open_range(m, range, &r);
    if (good) {
        bind_element(m, n, &r);
        good = exists ? emit_truth(m, n->args[1], &p) : emit_value(m, n->args[1], &v);
    }
    struct str joins = good ? str_dup(m->a, buf_view(&r.joins)) : STR_NONE;
    if (good && exists)
        *out = emit_text(m, n, "EXISTS (SELECT 1 FROM %.*s%.*s WHERE %.*s AND %.*s)",
                         STR_ARG(r.from), STR_ARG(joins), STR_ARG(r.where), STR_ARG(p));
    else if (good)
        *out = emit_text(
            m, n, "(%.*s%sNOT EXISTS (SELECT 1 FROM %.*s%.*s WHERE %.*s AND (%.*s) IS NOT TRUE))",
            STR_ARG(r.parent.certain ? STR_NONE : r.parent_id),
            r.parent.certain ? "" : " IS NOT NULL AND ", STR_ARG(r.from), STR_ARG(joins),
            STR_ARG(r.where), STR_ARG(v.text));
    close_range(m, &r);
    return good && m->rc == RC_OK;
}

bool emit_has_children(struct emitter *m, const struct node *n, struct sql *out)
{
    struct range r = {0};
    bool good = open_children(m, n, &r);
    if (good)
        out->text = emit_text(m, n, "EXISTS (SELECT 1 FROM %.*s WHERE %.*s)", STR_ARG(r.from),
                              STR_ARG(r.where));
    if (good && !r.parent.certain)
        out->text = emit_text(m, n, "(CASE WHEN %.*s IS NOT NULL THEN %.*s END)",
                              STR_ARG(r.parent_id), STR_ARG(out->text));
    close_range(m, &r);
    return good && m->rc == RC_OK;
}

bool emit_list_size(struct emitter *m, const struct node *n, struct sql *out)
{
    const struct node *list = n->args[0];
    struct range r = {0};
    struct str guard;
    if (list->kind == N_LIST) {
        if (!list_guard(m, list, &guard))
            return false;
        out->text = guard.n ? emit_text(m, n, "(CASE WHEN %.*s THEN %u END)", STR_ARG(guard),
                                        list->n_args)
                            : emit_text(m, n, "%u", list->n_args);
        return m->rc == RC_OK;
    }
    bool good = open_range(m, list, &r) &&
                aggregate(m, n, &r, ONLY_WHEN_KNOWN "COUNT(CASE WHEN k THEN 1 END) END",
                          STR("TRUE"), out);
    close_range(m, &r);
    return good;
}

/* x in range: x is compared with each value kept; an absent x is absent even when nothing is there. */
bool emit_in_children(struct emitter *m, const struct node *n, struct sql *out)
{
    struct range r = {0};
    struct sql x, any;
    struct str equal;
    if (n->args[1]->type.kind != X_LIST || !emit_value(m, n->args[0], &x))
        return m->rc == RC_OK ? emit_fail(m, n, RC_UNSUPPORTED, "'in' looks into lists only in SQL")
                              : false;
    struct bound_local outer = m->locals[LOCALS_MAX - 1]; /* of an `in` around this one */
    bool good = open_range(m, n->args[1], &r);
    if (good) {
        struct node element = {
            .kind = N_IDENT, .root = R_LOCAL, .from = n->from, .to = n->to, .slot = LOCALS_MAX - 1};
        struct node list_binding = {.slot = LOCALS_MAX - 1};
        element.type = *n->args[1]->type.elem;
        bind_element(m, &list_binding, &r);
        good = emit_equal(m, n, n->args[0], arena_copy(m->a, &element, sizeof element), &equal) &&
               quantify(m, n, MACRO_EXISTS, &r, equal, &any);
    }
    close_range(m, &r);
    m->locals[LOCALS_MAX - 1] = outer;
    if (good)
        out->text = emit_text(m, n, "(CASE WHEN %.*s IS NOT NULL THEN %.*s END)", STR_ARG(x.text),
                              STR_ARG(any.text));
    return good && m->rc == RC_OK;
}
