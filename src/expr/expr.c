/* The doors: compile (parse, check, reads, cost, time terms, SQL, lints, in this order), evaluate, ask about a plan. */
#include "expr/eval.h"

#include <string.h>

/* ---- places ---- */

struct span expr_span(const struct xtext *t, size_t from, size_t to)
{
    if (t->place)
        return t->place(t->ctx, from, to);
    if (!t->at.source && !t->at.line)
        return t->at;
    struct span s = t->at;
    size_t at = 0;
    for (int end = 0; end < 2; end++) {
        size_t stop = end ? to : from;
        uint32_t *line = end ? &s.end_line : &s.line, *col = end ? &s.end_col : &s.col;
        if (end) {
            *line = s.line;
            *col = s.col;
        }
        for (; at < stop && at < t->text.n; at++) {
            if (t->text.p[at] == '\n') {
                ++*line;
                *col = 1;
            } else if (((unsigned char)t->text.p[at] & 0xC0) != 0x80) {
                ++*col;
            }
        }
    }
    return s;
}

/* ---- cost ---- */

enum { CHILDREN_GUESS = 100, PATTERN_COST = 20 };

static uint64_t elements(const struct node *n)
{
    if (n->kind == N_LIST)
        return n->n_args;
    if (n->kind == N_MAP)
        return n->n_args / 2;
    return n->kind == N_MACRO ? elements(n->args[0]) : CHILDREN_GUESS;
}

static uint64_t estimate(const struct node *n)
{
    uint64_t cost = 1;
    for (uint32_t i = 0; i < n->n_args; i++)
        cost += estimate(n->args[i]) * (n->kind == N_MACRO && i ? elements(n->args[0]) : 1);
    if (n->kind == N_SELECT && n->child)
        cost += CHILDREN_GUESS;
    if (n->kind == N_IN)
        cost += elements(n->args[1]);
    if (n->kind == N_CALL && str_is(n->name, "matches"))
        cost += PATTERN_COST;
    return cost;
}

static bool within_cost(struct expr *e, struct diags *ds)
{
    e->cost = estimate(e->root);
    if (e->cost <= e->limits->cost)
        return true;
    struct diag *d = diag_add(ds, SEV_ERROR, "X0103", expr_span(&e->source, 0, e->text.n),
                              "the expression may take %llu steps, more than %llu",
                              (unsigned long long)e->cost, (unsigned long long)e->limits->cost);
    diag_help(ds, d, "give the inner question a name as a computed field or roll-up");
    return false;
}

/* ---- compile ---- */

static bool says_in_sql(const struct expr *e, struct diags *ds)
{
    const char *reason;
    struct span at;
    if (!xplace_info(e->place)->sql || expr_sql_check(e, &reason, &at) == RC_OK)
        return true;
    struct diag *d = diag_add(ds, SEV_ERROR, "X0121", at, "%s", reason);
    diag_help(ds, d, "%s also runs as SQL; move this part into a computed field",
              xplace_info(e->place)->name);
    return false;
}

enum rc expr_compile(const struct xtext *t, const struct xscope *scope, enum xkind want,
                     struct arena *arena, struct expr **out, struct diags *ds)
{
    *out = NULL;
    struct expr *e = ARENA_NEW(arena, struct expr);
    e->arena = arena;
    e->text = str_dup(arena, t->text);
    e->source = *t;
    e->source.text = e->text;
    e->limits = scope->limits ? scope->limits : expr_limits_model();
    e->place = scope->place;
    e->plain = scope->place == XP_EVAL;
    e->self = scope->self;
    e->currency = scope->currency;
    e->fiscal_month = scope->fiscal_month;
    e->fiscal_day = scope->fiscal_day;
    e->root = expr_parse(e, ds);
    if (!e->root || !expr_check(e, scope, want, ds))
        return RC_INVALID;
    expr_collect(e);
    bool good = within_cost(e, ds);
    good = expr_time_terms(e, ds) && good;
    good = good && says_in_sql(e, ds);
    if (!good)
        return RC_INVALID;
    expr_lint(e, scope->selects, ds);
    *out = e;
    return RC_OK;
}

const struct xtype *expr_type(const struct expr *e)
{
    return &e->root->type;
}

struct str expr_text(const struct expr *e)
{
    return e->text;
}

uint64_t expr_cost(const struct expr *e)
{
    return e->cost;
}

size_t expr_reads(const struct expr *e, const struct xread **out)
{
    *out = e->reads.v;
    return e->reads.n;
}

unsigned expr_uses(const struct expr *e)
{
    return e->uses;
}

size_t expr_changes(const struct expr *e, const struct xchange **out)
{
    *out = e->changes.v;
    return e->changes.n;
}

/* ---- run ---- */

void expr_eval(const struct expr *e, const struct xreader *reader, const struct xhost *host,
               const struct xbindings *b, const struct xlimits *limits, struct arena *arena,
               struct xvalue *out)
{
    struct run r = {.e = e, .reader = reader, .host = host, .b = b, .arena = arena};
    r.max_cost = limits ? limits->cost : e->limits->cost;
    r.locals = ARENA_ARRAY(arena, e->n_locals, struct xvalue);
    eval_node(&r, e->root, out);
}

enum xverdict expr_test(const struct expr *e, const struct xreader *reader,
                        const struct xhost *host, const struct xbindings *b, struct arena *arena,
                        struct xvalue *why)
{
    expr_eval(e, reader, host, b, NULL, arena, why);
    if (why->result == XV_VALUE && why->kind != X_BOOL) {
        struct run r = {.e = e, .arena = arena};
        run_fault(&r, e->root, why, "X0206", "a condition must be a boolean, this is a %.*s",
                  STR_ARG(kind_text(why->kind)));
    }
    if (why->result != XV_VALUE)
        return why->result == XV_ABSENT ? XT_ABSENT : XT_FAULT;
    return why->boolean ? XT_MET : XT_NOT_MET;
}
