/* Functions, macros, changed(), and the folding of constants: a call over literals is its value now, and when it can only fail that
 * is an error now. */
#include "expr/check.h"

#include <string.h>

/* ---- operators ---- */

static bool is_comparison(struct str name)
{
    return str_is(name, "_==_") || str_is(name, "_!=_") || str_is(name, "_<_") ||
           str_is(name, "_<=_") || str_is(name, "_>_") || str_is(name, "_>=_");
}

static bool has_order(enum xkind k)
{
    return k == X_DYN || k == X_BOOL || kind_is_number(k) || k == X_STRING || k == X_BYTES ||
           k == X_DURATION || k == X_TIMESTAMP || k == X_DATE || k == X_MONEY;
}

static void check_comparison(struct checker *c, struct node *n)
{
    struct node *a = n->args[0], *b = n->args[1];
    char text[96];
    n->type.kind = X_BOOL;
    if (!types_comparable(c, n, a, &a->type, b, &b->type) || c->e->plain)
        return;
    bool equality = str_is(n->name, "_==_") || str_is(n->name, "_!=_");
    if (!equality && !has_order(a->type.kind))
        (void)check_error(c, "X0113", n->from, n->to, "a %.*s has no order",
                          STR_ARG(xtype_text(&a->type, text)));
    if (equality && names_of(a))
        check_name(c, names_of(a), b);
    if (equality && names_of(b))
        check_name(c, names_of(b), a);
}

/* ---- functions ---- */

static void unknown_function(struct checker *c, struct node *n)
{
    struct str words[64];
    size_t count = overload_names(n->method, words, 64);
    struct diag *d = check_error(c, "X0112", n->mark_from, n->mark_to,
                                 "there is no function '%.*s'", STR_ARG(n->name));
    struct str near = text_nearest(n->name, words, count);
    if (overload_known(n->name, !n->method))
        check_help(c, d,
                   n->method ? "write %.*s(...) before the value"
                             : "write it behind a value: x.%.*s(...)",
                   STR_ARG(n->name));
    else if (near.n)
        check_help(c, d, "did you mean '%.*s'?", STR_ARG(near));
}

static const char *arithmetic_help(const struct node *n)
{
    enum xkind a = n->args[0]->type.kind, b = n->n_args > 1 ? n->args[1]->type.kind : X_DYN;
    if (kind_is_number(a) && kind_is_number(b))
        return "make both double: 2.0 instead of 2, or double(...)";
    if ((a == X_DATE && b == X_INT) || (a == X_INT && b == X_DATE))
        return "write days(30)";
    if (a == X_TIMESTAMP && b == X_INT)
        return "write duration('72h') or days(3)";
    if (a == X_MONEY && b == X_DOUBLE)
        return "money takes whole factors only; rates belong to metrics";
    if ((a == X_DATE && b == X_TIMESTAMP) || (a == X_TIMESTAMP && b == X_DATE))
        return "take the day first: date(...)";
    return NULL;
}

static void no_overload(struct checker *c, struct node *n)
{
    struct buf text;
    char room[96];
    bool is_operator = n->name.n && (n->name.p[0] == '_' || n->name.p[0] == '-') &&
                       n->name.p[n->name.n - 1] == '_';
    buf_init(&text, 1024);
    for (uint32_t i = 0; i < n->n_args; i++) {
        buf_cstr(&text, i ? " and a " : "a ");
        buf_str(&text, xtype_text(&n->args[i]->type, room));
    }
    struct str args = str_dup(c->arena, buf_view(&text));
    buf_release(&text);
    struct str name = is_operator ? str_trim(str_sub(c->e->text, n->mark_from, n->mark_to))
                                  : n->name;
    struct diag *d = n->n_args
                         ? check_error(c, "X0113", n->from, n->to, "'%.*s' does not take %.*s",
                                       STR_ARG(name), STR_ARG(args))
                         : check_error(c, "X0113", n->from, n->to, "'%.*s' needs an argument",
                                       STR_ARG(name));
    const char *help = is_operator ? arithmetic_help(n) : NULL;
    if (help)
        check_help(c, d, "%s", help);
}

static bool calendar_known(const struct xscope *s, struct str name)
{
    for (size_t i = 0; i < s->n_calendars; i++)
        if (str_eq(s->calendars[i], name))
            return true;
    return false;
}

static void check_pattern(struct checker *c, struct node *n)
{
    struct node *pattern = n->args[1];
    if (c->e->plain || pattern->kind != N_LITERAL)
        return;
    size_t at;
    const char *problem = regex_problem(pattern->value.text, &at);
    if (problem) {
        struct diag *d = check_error(c, "X0123", pattern->from, pattern->to,
                                     "the pattern is not usable after %zu bytes: %s", at, problem);
        check_help(c, d,
                   "use what RE2 and PCRE2 share: classes, groups, |, ^ $, * + ? {n,m}, (?i)");
        return;
    }
    n->regex = regex_new(pattern->value.text, c->arena);
}

/* What a literal argument must be beyond its kind. */
static void check_literals(struct checker *c, struct node *n)
{
    if (str_is(n->name, "matches"))
        check_pattern(c, n);
    struct node *last = n->n_args ? n->args[n->n_args - 1] : NULL;
    if (!str_is(n->name, "business_hours_between") || last->kind != N_LITERAL || c->e->plain)
        return;
    if (!calendar_known(c->scope, last->value.text)) {
        struct diag *d = check_error(c, "X0124", last->from, last->to,
                                     "there is no calendar '%.*s'", STR_ARG(last->value.text));
        struct str near = text_nearest(last->value.text, c->scope->calendars,
                                       c->scope->n_calendars);
        if (near.n)
            check_help(c, d, "did you mean '%.*s'?", STR_ARG(near));
    }
}

/* A pure call over literals is its value; one that can only fail is an error now. */
static void fold(struct checker *c, struct node *n)
{
    if (c->e->plain || !n->overload || n->overload->uses || n->regex || !n->n_args)
        return;
    for (uint32_t i = 0; i < n->n_args; i++)
        if (n->args[i]->kind != N_LITERAL)
            return;
    struct run r = {.e = c->e, .arena = c->arena, .max_cost = c->e->limits->cost};
    struct xvalue v;
    eval_node(&r, n, &v);
    bool too_fine = v.result == XV_VALUE && v.ns && (v.kind == X_TIMESTAMP || v.kind == X_DURATION);
    if (v.result == XV_FAULT)
        (void)check_error(c, "X0124", n->from, n->to, "%.*s", STR_ARG(v.fault->message));
    else if (too_fine)
        (void)check_error(c, "X0124", n->from, n->to, "times here have whole microseconds");
    if (v.result != XV_VALUE || too_fine || v.kind == X_LIST || v.kind == X_MAP)
        return;
    n->kind = N_LITERAL;
    n->value = v;
    n->n_args = 0;
}

static void check_plain_call(struct checker *c, struct node *n)
{
    enum xkind kinds[3] = {X_DYN, X_DYN, X_DYN};
    for (uint32_t i = 0; i < n->n_args && i < 3; i++)
        kinds[i] = n->args[i]->type.kind;
    n->type.kind = X_DYN;
    const struct overload *o = n->n_args <= 3 ? overload_find(n->name, n->method, kinds, n->n_args)
                                              : NULL;
    if (!o) {
        if (!c->e->plain)
            no_overload(c, n);
        return;
    }
    if (overload_ambiguous(n->name, n->method, kinds, n->n_args))
        return;
    n->type.kind = o->result;
    for (uint32_t i = 0; i < n->n_args; i++)
        if (kinds[i] == X_DYN && o->args[i] != X_DYN)
            return; /* the row is chosen at run time, by what the value turns out to be */
    n->overload = o;
    if (o->result == X_LIST)
        n->type = n->args[0]->type;
    check_literals(c, n);
    fold(c, n);
}

void check_call(struct checker *c, struct node *n)
{
    if (!n->method && str_is(n->name, "changed") && !c->e->plain) {
        check_changed(c, n);
        return;
    }
    for (uint32_t i = 0; i < n->n_args; i++)
        check_node(c, n->args[i]);
    if (is_comparison(n->name)) {
        check_comparison(c, n);
        return;
    }
    if (!overload_known(n->name, n->method)) {
        n->type.kind = X_DYN;
        if (c->e->plain)
            n->kind = N_FAULT;
        else
            unknown_function(c, n);
        return;
    }
    check_plain_call(c, n);
}

/* ---- changed(f) ---- */

void check_changed(struct checker *c, struct node *n)
{
    n->type.kind = X_BOOL;
    if (!xplace_info(c->scope->place)->old) {
        (void)check_error(c, "X0115", n->from, n->to,
                          "changed() cannot stand in %s: only rules, gates and automations see the "
                          "record before the change",
                          xplace_info(c->scope->place)->name);
        return;
    }
    struct node *field = n->n_args == 1 ? n->args[0] : NULL;
    if (field)
        check_node(c, field);
    if (!field || field->kind != N_SELECT || !field->field || field->args[0]->root != R_SELF) {
        if (!field || field->type.kind != X_DYN)
            (void)check_error(
                c, "X0118", n->from, n->to,
                "changed() takes a field of the record itself, such as changed(%.*s.%.*s)",
                STR_ARG(c->scope->self ? c->scope->self->name : STR("record")),
                STR_ARG(STR("owner")));
        return;
    }
    struct node *before = arena_copy(c->arena, field, sizeof *field);
    struct node *old = arena_copy(c->arena, field->args[0], sizeof *old);
    old->root = R_OLD;
    old->name = old->path = STR("old");
    before->args = arena_copy(c->arena, &old, sizeof old);
    before->path = str_printf(c->arena, "old.%.*s", STR_ARG(field->name));
    struct node *args[] = {field, before};
    n->kind = N_CHANGED;
    n->args = arena_copy(c->arena, args, sizeof args);
    n->n_args = 2;
}

/* ---- macros ---- */

/* The element's type and path: records of a list, keys of a map. */
static bool macro_element(struct checker *c, struct node *n, struct local *out)
{
    struct node *range = n->args[0];
    char text[96];
    *out = (struct local){.name = n->name, .path = range->path.n ? range->path : n->name};
    if (range->type.kind == X_LIST && range->type.elem)
        out->type = *range->type.elem;
    else if (range->type.kind == X_MAP && range->type.key)
        out->type = *range->type.key;
    if (c->e->plain || range->type.kind == X_LIST || range->type.kind == X_MAP ||
        range->type.kind == X_DYN)
        return true;
    (void)check_error(c, "X0119", range->from, range->to,
                      "only a list or a map has elements, this is a %.*s",
                      STR_ARG(xtype_text(&range->type, text)));
    return false;
}

static const char *macro_title(enum macro m)
{
    static const char *const titles[] = {
        "all()", "exists()", "exists_one()", "map()", "the condition of map()", "filter()"};
    return titles[m];
}

static void macro_result(struct checker *c, struct node *n)
{
    n->type = (struct xtype){.kind = X_BOOL};
    if (n->macro == MACRO_FILTER) {
        struct xtype *elem = ARENA_NEW(c->arena, struct xtype);
        *elem = c->locals[c->n_locals].type;
        n->type = (struct xtype){.kind = X_LIST, .elem = elem};
    } else if (n->macro == MACRO_MAP || n->macro == MACRO_MAP_IF) {
        n->type = (struct xtype){.kind = X_LIST, .elem = &n->args[n->n_args - 1]->type};
    }
}

void check_macro(struct checker *c, struct node *n)
{
    check_node(c, n->args[0]);
    n->type.kind = X_DYN;
    if (c->n_locals == LOCALS_MAX - 1 || ++c->macro_depth > c->e->limits->macro_depth) {
        struct diag *d = check_error(c, "X0103", n->mark_from, n->mark_to,
                                     "macros stand more than %u deep in one another",
                                     c->e->limits->macro_depth);
        check_help(c, d, "give the inner question a name as a computed field");
        return;
    }
    if (macro_element(c, n, &c->locals[c->n_locals])) {
        n->slot = c->n_locals++;
        if (c->e->n_locals < c->n_locals)
            c->e->n_locals = c->n_locals;
        for (uint32_t i = 1; i < n->n_args; i++)
            check_node(c, n->args[i]);
        c->n_locals--;
        if (n->macro != MACRO_MAP)
            check_want(c, n->args[1], X_BOOL, macro_title(n->macro));
        macro_result(c, n);
    }
    c->macro_depth--;
}
