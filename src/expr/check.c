/* Names, fields, places, operators. Plain CEL passes through the same code with every complaint left out: there a mistake is a fault
 * when it is reached, as the language says. */
#include "expr/check.h"

#include <string.h>

struct diag *check_error(struct checker *c, const char *code, uint32_t from, uint32_t to,
                         const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    struct str text = str_vprintf(c->arena, fmt, ap);
    va_end(ap);
    c->failed = true;
    return diag_add(c->ds, SEV_ERROR, code, expr_span(&c->e->source, from, to), "%.*s",
                    STR_ARG(text));
}

void check_help(struct checker *c, struct diag *d, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    struct str text = str_vprintf(c->arena, fmt, ap);
    va_end(ap);
    diag_help(c->ds, d, "%.*s", STR_ARG(text));
}

void check_want(struct checker *c, struct node *n, enum xkind kind, const char *where)
{
    char text[96];
    if (c->e->plain || n->type.kind == kind || n->type.kind == X_DYN)
        return;
    struct diag *d = check_error(c, "X0113", n->from, n->to, "%s takes a %.*s, this is a %.*s",
                                 where, STR_ARG(kind_text(kind)),
                                 STR_ARG(xtype_text(&n->type, text)));
    if (kind == X_BOOL && (n->kind == N_SELECT))
        check_help(c, d, "ask whether it is there with has(%.*s), or compare it", STR_ARG(n->path));
}

/* ---- names ---- */

static void resolve(struct node *n, enum root root, struct xtype type)
{
    n->root = root;
    n->type = type;
    n->path = n->name;
}

static bool type_name(struct str name, struct str *out)
{
    static const char *const names[] = {"bool",
                                        "int",
                                        "uint",
                                        "double",
                                        "string",
                                        "bytes",
                                        "list",
                                        "map",
                                        "null_type",
                                        "type",
                                        "google.protobuf.Timestamp",
                                        "google.protobuf.Duration"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_is(name, names[i])) {
            *out = str_of(names[i]);
            return true;
        }
    return false;
}

static bool find_var(struct checker *c, struct node *n, struct str name)
{
    for (size_t i = 0; i < c->scope->n_vars; i++)
        if (str_eq(c->scope->vars[i].name, name)) {
            resolve(n, R_VAR, c->scope->vars[i].type);
            n->slot = (uint32_t)i;
            n->kind = N_IDENT;
            return true;
        }
    return false;
}

static void forbidden(struct checker *c, struct node *n, const char *why)
{
    (void)check_error(c, "X0115", n->from, n->to, "'%.*s' cannot stand in %s: %s", STR_ARG(n->name),
                      xplace_info(c->scope->place)->name, why);
    n->type.kind = X_DYN;
}

/* Names that the place gives: the object, old, actor, now, today. */
static bool find_root(struct checker *c, struct node *n)
{
    const struct xplace_info *place = xplace_info(c->scope->place);
    const struct xobject *self = c->scope->self;
    if (self && str_eq(n->name, self->name)) {
        resolve(n, R_SELF, (struct xtype){.kind = X_RECORD, .object = self});
    } else if (str_is(n->name, "now") && !c->e->plain) {
        resolve(n, R_NOW, (struct xtype){.kind = X_TIMESTAMP});
    } else if (str_is(n->name, "today") && !c->e->plain) {
        resolve(n, R_TODAY, (struct xtype){.kind = X_DATE});
    } else if (self && str_is(n->name, "old")) {
        resolve(n, R_OLD, (struct xtype){.kind = X_RECORD, .object = self});
        if (!place->old)
            forbidden(c, n, "only rules, gates and automations see the record before the change");
    } else if (c->scope->person && str_is(n->name, "actor")) {
        resolve(n, R_ACTOR, (struct xtype){.kind = X_RECORD, .object = c->scope->person});
        if (!place->actor)
            forbidden(c, n, "only rules and the rows of a role know who acts");
    } else {
        return false;
    }
    return true;
}

static void unknown_name(struct checker *c, struct node *n)
{
    if (c->e->plain) {
        n->kind = N_FAULT;
        n->type.kind = X_DYN;
        return;
    }
    struct str words[64];
    size_t count = 0;
    const struct xobject *self = c->scope->self;
    for (size_t i = 0; i < c->n_locals; i++)
        words[count++] = c->locals[i].name;
    for (size_t i = 0; i < c->scope->n_vars && count < 56; i++)
        words[count++] = c->scope->vars[i].name;
    if (self)
        words[count++] = self->name;
    words[count++] = STR("now");
    words[count++] = STR("today");
    struct diag *d = check_error(c, "X0110", n->from, n->to, "nothing here is named '%.*s'",
                                 STR_ARG(n->name));
    struct str near = text_nearest(n->name, words, count);
    if (self && (xobject_field(self, n->name) || xobject_child(self, n->name)))
        check_help(c, d, "write %.*s.%.*s", STR_ARG(self->name), STR_ARG(n->name));
    else if (near.n)
        check_help(c, d, "did you mean '%.*s'?", STR_ARG(near));
    else if (self)
        check_help(c, d, "in scope are %.*s, now and today", STR_ARG(self->name));
}

static void check_ident(struct checker *c, struct node *n)
{
    for (uint32_t i = c->n_locals; i-- > 0;)
        if (str_eq(c->locals[i].name, n->name)) {
            resolve(n, R_LOCAL, c->locals[i].type);
            n->slot = i;
            n->path = c->locals[i].path;
            return;
        }
    struct str type;
    if (find_var(c, n, n->name) || find_root(c, n))
        return;
    if (type_name(n->name, &type)) {
        n->kind = N_LITERAL;
        n->type.kind = X_TYPE;
        n->value = (struct xvalue){.result = XV_VALUE, .kind = X_TYPE, .text = type};
        return;
    }
    unknown_name(c, n);
}

/* ---- fields ---- */

/* a.b.c as one name, when that is what is bound: plain CEL prefers the longest. */
static bool qualified_name(struct checker *c, const struct node *n, struct str *out)
{
    if (n->kind == N_IDENT) {
        *out = n->name;
        return true;
    }
    struct str left;
    if (n->kind != N_SELECT || !qualified_name(c, n->args[0], &left))
        return false;
    *out = str_printf(c->arena, "%.*s.%.*s", STR_ARG(left), STR_ARG(n->name));
    return true;
}

static void unknown_field(struct checker *c, struct node *n, const struct xobject *o)
{
    struct str *words = ARENA_ARRAY(c->arena, o->n_fields + o->n_children, struct str);
    size_t count = 0;
    for (size_t i = 0; i < o->n_fields; i++)
        words[count++] = o->fields[i].name;
    for (size_t i = 0; i < o->n_children; i++)
        words[count++] = o->children[i].name;
    struct diag *d = check_error(c, "X0111", n->mark_from, n->mark_to, "%.*s has no field '%.*s'",
                                 STR_ARG(o->name), STR_ARG(n->name));
    struct str near = text_nearest(n->name, words, count);
    if (near.n)
        check_help(c, d, "did you mean '%.*s'?", STR_ARG(near));
}

static void select_of_object(struct checker *c, struct node *n, const struct xobject *o)
{
    n->field = xobject_field(o, n->name);
    n->child = n->field ? NULL : xobject_child(o, n->name);
    if (n->field) {
        n->type = n->field->type;
    } else if (n->child) {
        struct xtype *elem = ARENA_NEW(c->arena, struct xtype);
        *elem = (struct xtype){.kind = X_RECORD, .object = n->child->object};
        n->type = (struct xtype){.kind = X_LIST, .elem = elem};
    } else {
        unknown_field(c, n, o);
    }
}

static void check_select(struct checker *c, struct node *n)
{
    struct str name, type;
    char text[96];
    if (n->kind == N_SELECT && qualified_name(c, n, &name)) {
        if (find_var(c, n, name))
            return;
        if (type_name(name, &type)) {
            n->kind = N_LITERAL;
            n->type.kind = X_TYPE;
            n->value = (struct xvalue){.result = XV_VALUE, .kind = X_TYPE, .text = type};
            return;
        }
    }
    struct node *of = n->args[0];
    check_node(c, of);
    n->type.kind = X_DYN;
    n->path = of->path.n ? str_printf(c->arena, "%.*s.%.*s", STR_ARG(of->path), STR_ARG(n->name))
                         : n->name;
    if (of->type.object)
        select_of_object(c, n, of->type.object);
    else if (of->type.kind == X_MONEY && str_is(n->name, "currency"))
        n->type.kind = X_STRING;
    else if (of->type.kind == X_MAP && of->type.elem)
        n->type = *of->type.elem;
    else if (!c->e->plain && of->type.kind != X_DYN && of->type.kind != X_MAP) {
        struct diag *d = check_error(c, "X0111", n->mark_from, n->mark_to,
                                     "a %.*s has no field '%.*s'",
                                     STR_ARG(xtype_text(&of->type, text)), STR_ARG(n->name));
        if (of->type.kind == X_LIST)
            check_help(c, d, "ask about its elements: .exists(e, e.%.*s ...)", STR_ARG(n->name));
    }
}

static void check_has(struct checker *c, struct node *n)
{
    check_select(c, n);
    if (n->args[0]->type.kind == X_MONEY)
        (void)check_error(c, "X0118", n->from, n->to,
                          "has() asks about fields; an amount always has a currency");
    n->type = (struct xtype){.kind = X_BOOL};
}

/* ---- comparison ---- */

const struct xfield *names_of(const struct node *n)
{
    return n->kind == N_SELECT && n->field && n->field->n_names ? n->field : NULL;
}

void check_name(struct checker *c, const struct xfield *f, struct node *literal)
{
    if (literal->kind != N_LITERAL || literal->value.kind != X_STRING)
        return;
    struct str *words = ARENA_ARRAY(c->arena, f->n_names, struct str);
    size_t count = 0;
    for (size_t i = 0; i < f->n_names; i++) {
        if (!f->names[i].retired && str_eq(f->names[i].name, literal->value.text))
            return;
        if (!f->names[i].retired)
            words[count++] = f->names[i].name;
    }
    struct diag *d = check_error(c, "X0117", literal->from, literal->to,
                                 "'%.*s' is no value of %.*s", STR_ARG(literal->value.text),
                                 STR_ARG(f->name));
    struct str near = text_nearest(literal->value.text, words, count);
    if (near.n)
        check_help(c, d, "did you mean '%.*s'?", STR_ARG(near));
    else
        check_help(c, d, "its values are %.*s%s",
                   STR_ARG(str_join(c->arena, words, count < 12 ? count : 12, STR(", "))),
                   count > 12 ? ", ..." : "");
}

/* What to write instead, for the mix-ups that people make. */
static const char *comparison_help(enum xkind a, enum xkind b, const struct node *nb)
{
    if (a == X_DATE && b == X_TIMESTAMP)
        return "take the day first: date(...)";
    if (a == X_DATE && b == X_STRING)
        return "write date('2026-01-31')";
    if (a == X_TIMESTAMP && b == X_STRING)
        return "write timestamp('2026-01-31T08:00:00Z')";
    if (a == X_DURATION && b == X_STRING)
        return "write duration('72h')";
    if (a == X_MONEY && (b == X_STRING || kind_is_number(b)))
        return "write money('1200.50 EUR'), or is_positive(...)";
    if (a == X_INT && b == X_DURATION)
        return "a difference of dates is a whole number of days: compare it with a number";
    if (a == X_RECORD && b == X_STRING)
        return "a reference is a record: compare one of its fields";
    return nb->kind == N_LITERAL && b == X_STRING && kind_is_number(a)
               ? "write the number without quotes"
               : NULL;
}

bool types_comparable(struct checker *c, struct node *n, struct node *a, const struct xtype *at,
                      struct node *b, const struct xtype *bt)
{
    char x[96], y[96];
    if (c->e->plain)
        return true;
    if (at->kind == X_NULL || bt->kind == X_NULL) {
        struct node *other = at->kind == X_NULL ? b : a;
        struct diag *d = check_error(
            c, "X0116", n->from, n->to,
            "nothing is ever equal to null here: an empty field is absent");
        check_help(c, d, "write has(%.*s) or !has(%.*s)", STR_ARG(other->path),
                   STR_ARG(other->path));
        return false;
    }
    if (at->kind == X_DYN || bt->kind == X_DYN ||
        (kind_is_number(at->kind) && kind_is_number(bt->kind)))
        return true;
    if (at->kind == bt->kind &&
        (at->kind == X_LIST || at->kind == X_MAP || at->object == bt->object))
        return true;
    struct diag *d = check_error(c, "X0113", n->from, n->to, "a %.*s does not compare with a %.*s",
                                 STR_ARG(xtype_text(at, x)), STR_ARG(xtype_text(bt, y)));
    const char *help = comparison_help(at->kind, bt->kind, b);
    if (!help)
        help = comparison_help(bt->kind, at->kind, a);
    if (help)
        check_help(c, d, "%s", help);
    return false;
}

static void check_in(struct checker *c, struct node *n)
{
    struct node *value = n->args[0], *set = n->args[1];
    check_node(c, value);
    check_node(c, set);
    n->type.kind = X_BOOL;
    if (c->e->plain || set->type.kind == X_DYN)
        return;
    const struct xtype *of = set->type.kind == X_LIST  ? set->type.elem
                             : set->type.kind == X_MAP ? set->type.key
                                                       : NULL;
    char text[96];
    if (set->type.kind != X_LIST && set->type.kind != X_MAP) {
        (void)check_error(c, "X0113", set->from, set->to,
                          "'in' looks into a list or a map, this is a %.*s",
                          STR_ARG(xtype_text(&set->type, text)));
        return;
    }
    if (of && !types_comparable(c, n, value, &value->type, set, of))
        return;
    const struct xfield *f = names_of(value);
    for (uint32_t i = 0; f && set->kind == N_LIST && i < set->n_args; i++)
        check_name(c, f, set->args[i]);
}

/* ---- composition ---- */

/* The type of one of several values; a mixture is dyn. */
static void join_type(struct xtype *into, const struct xtype *t, bool first)
{
    if (first)
        *into = *t;
    else if (!type_same(into, t))
        *into = (struct xtype){.kind = X_DYN};
}

static void check_list(struct checker *c, struct node *n)
{
    struct xtype *elem = ARENA_NEW(c->arena, struct xtype);
    for (uint32_t i = 0; i < n->n_args; i++) {
        check_node(c, n->args[i]);
        join_type(elem, &n->args[i]->type, i == 0);
    }
    n->type = (struct xtype){.kind = X_LIST, .elem = elem};
}

static void check_map(struct checker *c, struct node *n)
{
    struct xtype *key = ARENA_NEW(c->arena, struct xtype),
                 *elem = ARENA_NEW(c->arena, struct xtype);
    for (uint32_t i = 0; i < n->n_args; i++) {
        check_node(c, n->args[i]);
        join_type(i % 2 ? elem : key, &n->args[i]->type, i < 2);
    }
    n->type = (struct xtype){.kind = X_MAP, .key = key, .elem = elem};
}

static void check_cond(struct checker *c, struct node *n)
{
    char x[96], y[96];
    for (uint32_t i = 0; i < 3; i++)
        check_node(c, n->args[i]);
    check_want(c, n->args[0], X_BOOL, "the condition before '?'");
    struct xtype *a = &n->args[1]->type, *b = &n->args[2]->type;
    n->type = *a;
    if (type_same(a, b))
        return;
    n->type = (struct xtype){.kind = X_DYN};
    if (!c->e->plain && a->kind != X_DYN && b->kind != X_DYN) {
        struct diag *d = check_error(c, "X0113", n->from, n->to,
                                     "the choice gives a %.*s or a %.*s", STR_ARG(xtype_text(a, x)),
                                     STR_ARG(xtype_text(b, y)));
        if (kind_is_number(a->kind) && kind_is_number(b->kind))
            check_help(c, d, "make both double: 1.0 instead of 1, or double(...)");
    }
}

static void check_index(struct checker *c, struct node *n)
{
    char text[96];
    check_node(c, n->args[0]);
    check_node(c, n->args[1]);
    const struct xtype *of = &n->args[0]->type;
    n->type = of->elem ? *of->elem : (struct xtype){.kind = X_DYN};
    if (c->e->plain || of->kind == X_DYN || of->kind == X_MAP)
        return;
    if (of->kind == X_LIST)
        check_want(c, n->args[1], X_INT, "a position in a list");
    else
        (void)check_error(c, "X0113", n->from, n->to,
                          "[] looks into a list or a map, this is a %.*s",
                          STR_ARG(xtype_text(of, text)));
}

static void check_logic(struct checker *c, struct node *n)
{
    const char *where = n->kind == N_NOT ? "'!'" : n->kind == N_AND ? "'&&'" : "'||'";
    for (uint32_t i = 0; i < n->n_args; i++) {
        check_node(c, n->args[i]);
        check_want(c, n->args[i], X_BOOL, where);
    }
    n->type.kind = X_BOOL;
}

void check_node(struct checker *c, struct node *n)
{
    switch (n->kind) {
    case N_LITERAL:
    case N_FAULT:
        break;
    case N_IDENT:
        check_ident(c, n);
        break;
    case N_SELECT:
        check_select(c, n);
        break;
    case N_HAS:
        check_has(c, n);
        break;
    case N_INDEX:
        check_index(c, n);
        break;
    case N_CALL:
        check_call(c, n);
        break;
    case N_NOT:
    case N_AND:
    case N_OR:
        check_logic(c, n);
        break;
    case N_COND:
        check_cond(c, n);
        break;
    case N_IN:
        check_in(c, n);
        break;
    case N_LIST:
        check_list(c, n);
        break;
    case N_MAP:
        check_map(c, n);
        break;
    case N_MACRO:
        check_macro(c, n);
        break;
    case N_CHANGED:
        break;
    }
}

bool expr_check(struct expr *e, const struct xscope *scope, enum xkind want, struct diags *ds)
{
    char text[96];
    struct checker c = {.e = e, .scope = scope, .arena = e->arena, .ds = ds};
    check_node(&c, e->root);
    const struct xtype *t = &e->root->type;
    if (!c.failed && want != X_DYN && t->kind != want && t->kind != X_DYN) {
        struct diag *d = check_error(&c, "X0114", e->root->from, e->root->to,
                                     "this must be a %.*s, but it is a %.*s",
                                     STR_ARG(kind_text(want)), STR_ARG(xtype_text(t, text)));
        if (want == X_BOOL && e->root->kind == N_SELECT)
            check_help(&c, d, "write has(%.*s), or compare it", STR_ARG(e->root->path));
    }
    return !c.failed;
}
