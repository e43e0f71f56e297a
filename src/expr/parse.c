/* Tokens to a tree, by recursive descent along CEL's grammar: ? : then || then && then relations, + -, * / %, ! -, members.
 * The first error ends the pass. What the text may cost is bounded here: bytes, nesting, parts, height of the tree. */
#include "expr/tree.h"

#include <string.h>

struct parser {
    struct expr *e;
    struct arena *arena;
    struct diags *ds;
    struct lexer lexer;
    struct token token;          /* the one to be read next */
    uint32_t depth, nodes, last; /* last: end of the token before */
    bool failed;                 /* one error ends the pass: what follows would only be guesses */
};

static struct node *parse_expr(struct parser *p);

struct node *node_new(struct arena *a, enum node_kind k, uint32_t from, uint32_t to)
{
    struct node *n = ARENA_NEW(a, struct node);
    n->kind = k;
    n->from = n->mark_from = from;
    n->to = n->mark_to = to;
    return n;
}

static void fail_at(struct parser *p, const char *code, uint32_t from, uint32_t to,
                    const char *what, const char *help)
{
    if (p->failed)
        return;
    p->failed = true;
    struct diag *d = diag_add(p->ds, SEV_ERROR, code, expr_span(&p->e->source, from, to), "%s",
                              what);
    if (help)
        diag_help(p->ds, d, "%s", help);
}

static void advance(struct parser *p)
{
    if (p->failed)
        return;
    p->last = p->token.to;
    if (!lexer_next(&p->lexer))
        fail_at(p, "X0102", p->lexer.token.from, p->lexer.token.to, p->lexer.error, p->lexer.help);
    p->token = p->failed ? (struct token){.kind = T_END, .from = p->token.to, .to = p->token.to}
                         : p->lexer.token;
}

static bool at_mark(const struct parser *p, enum mark m)
{
    return p->token.kind == T_PUNCT && p->token.mark == m;
}

static bool take(struct parser *p, enum mark m)
{
    if (!at_mark(p, m))
        return false;
    advance(p);
    return true;
}

static void unexpected(struct parser *p, const char *wanted)
{
    struct str s = str_sub(p->e->text, p->token.from, p->token.to);
    const char *what = p->token.kind == T_END
                           ? str_c(p->arena,
                                   str_printf(p->arena,
                                              "the expression ends where %s should follow", wanted))
                           : str_c(p->arena, str_printf(p->arena, "'%.*s' stands where %s should",
                                                        STR_ARG(s), wanted));
    fail_at(p, "X0101", p->token.from, p->token.to, what, NULL);
}

static void expect(struct parser *p, enum mark m, const char *wanted)
{
    if (!take(p, m))
        unexpected(p, wanted);
}

/* A node, counted against the limits. */
static struct node *make(struct parser *p, enum node_kind k, uint32_t from, uint32_t to)
{
    if (++p->nodes > p->e->limits->nodes)
        fail_at(p, "X0103", from, to, "the expression has too many parts",
                "split it into computed fields or several rules");
    return node_new(p->arena, k, from, to);
}

static bool enter(struct parser *p)
{
    if (++p->depth > p->e->limits->depth)
        fail_at(p, "X0103", p->token.from, p->token.to, "the expression is nested too deeply",
                "split it into computed fields or several rules");
    return !p->failed;
}

/* Bounds the tree itself: the nesting of the text does not, since a chain within a chain adds up. */
static void measure(struct parser *p, struct node *n)
{
    n->height = 1;
    for (uint32_t i = 0; i < n->n_args; i++)
        if (n->args[i]->height >= n->height)
            n->height = n->args[i]->height + 1;
    if (n->height > p->e->limits->depth)
        fail_at(p, "X0103", n->from, n->to, "the expression is nested too deeply",
                "split it into computed fields or several rules");
}

static void set_args(struct parser *p, struct node *n, struct node *const *args, size_t count)
{
    n->args = arena_copy(p->arena, args, count * sizeof *args);
    n->n_args = (uint32_t)count;
    measure(p, n);
}

static struct node *operator_call(struct parser *p, const char *name, struct token op,
                                  struct node *a, struct node *b)
{
    struct node *n = make(p, N_CALL, op.from, op.to);
    n->name = str_of(name);
    n->mark_from = op.from;
    n->mark_to = op.to;
    struct node *args[] = {a, b};
    set_args(p, n, args, b ? 2 : 1);
    n->from = b ? a->from : op.from;
    n->to = b ? b->to : a->to;
    return n;
}

/* ---- literals and names ---- */

static struct node *literal(struct parser *p, const struct xvalue *v, uint32_t from, uint32_t to)
{
    struct node *n = make(p, N_LITERAL, from, to);
    n->value = *v;
    n->type.kind = v->kind;
    return n;
}

/* An integer literal, with the sign that stood before it: only so is the least int64 sayable. */
static struct node *integer(struct parser *p, bool negative, uint32_t from)
{
    struct token t = p->token;
    uint64_t limit = (uint64_t)INT64_MAX + (negative ? 1 : 0);
    if (t.integer > limit)
        fail_at(p, "X0102", from, t.to, "the number does not fit into 64 bits", NULL);
    struct xvalue v = {.result = XV_VALUE, .kind = X_INT};
    v.integer = negative ? (int64_t)(0 - t.integer) : (int64_t)t.integer;
    advance(p);
    return literal(p, &v, from, t.to);
}

static bool is_reserved(struct str s)
{
    static const char *const words[] = {
        "in",     "as",  "break", "const",   "continue",  "else",   "for", "function", "if",
        "import", "let", "loop",  "package", "namespace", "return", "var", "void",     "while"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_is(s, words[i]))
            return true;
    return false;
}

static bool word_value(struct str s, struct xvalue *v)
{
    *v = (struct xvalue){.result = XV_VALUE, .kind = X_BOOL};
    if (str_is(s, "null"))
        v->kind = X_NULL;
    else if (str_is(s, "true"))
        v->boolean = true;
    else if (!str_is(s, "false"))
        return false;
    return true;
}

static size_t arguments(struct parser *p, enum mark end, const char *wanted, struct node ***out)
{
    VEC(struct node *) args = {0};
    while (!p->failed && !at_mark(p, end)) {
        *VEC_PUSH(p->arena, &args) = parse_expr(p);
        if (!take(p, M_COMMA))
            break;
        if (end == M_RPAREN && at_mark(p, end))
            unexpected(p, "another argument");
    }
    expect(p, end, wanted);
    *out = args.v;
    return args.n;
}

static struct node *primary_name(struct parser *p)
{
    struct token t = p->token;
    struct xvalue v;
    advance(p);
    if (word_value(t.text, &v))
        return literal(p, &v, t.from, t.to);
    if (is_reserved(t.text)) {
        fail_at(p, "X0101", t.from, t.to, "this word is reserved and cannot be a name", NULL);
        return make(p, N_LITERAL, t.from, t.to);
    }
    struct node *n = make(p, at_mark(p, M_LPAREN) ? N_CALL : N_IDENT, t.from, t.to);
    n->name = t.text;
    if (take(p, M_LPAREN)) {
        struct node **args;
        size_t count = arguments(p, M_RPAREN, "')' after the arguments", &args);
        set_args(p, n, args, count);
        n->to = p->last;
    }
    return n;
}

static struct node *list_literal(struct parser *p)
{
    uint32_t from = p->token.from;
    advance(p);
    struct node *n = make(p, N_LIST, from, from), **args;
    size_t count = arguments(p, M_RBRACKET, "']' or ',' in the list", &args);
    set_args(p, n, args, count);
    n->to = p->last;
    return n;
}

static struct node *map_literal(struct parser *p)
{
    uint32_t from = p->token.from;
    advance(p);
    struct node *n = make(p, N_MAP, from, from);
    VEC(struct node *) args = {0};
    while (!p->failed && !at_mark(p, M_RBRACE)) {
        *VEC_PUSH(p->arena, &args) = parse_expr(p);
        expect(p, M_COLON, "':' after a key of the map");
        *VEC_PUSH(p->arena, &args) = parse_expr(p);
        if (!take(p, M_COMMA))
            break;
    }
    expect(p, M_RBRACE, "'}' or ',' in the map");
    set_args(p, n, args.v, args.n);
    n->to = p->last;
    return n;
}

static struct node *parse_primary(struct parser *p)
{
    struct token t = p->token;
    struct xvalue v = {.result = XV_VALUE};
    switch (t.kind) {
    case T_INT:
        return integer(p, false, t.from);
    case T_UINT:
        v.kind = X_UINT;
        v.unsigned_integer = t.integer;
        break;
    case T_DOUBLE:
        v.kind = X_DOUBLE;
        v.number = t.number;
        break;
    case T_STRING:
    case T_BYTES:
        v.kind = t.kind == T_STRING ? X_STRING : X_BYTES;
        v.text = t.text;
        break;
    case T_IDENT:
        return primary_name(p);
    case T_PUNCT:
        if (t.mark == M_LBRACKET)
            return list_literal(p);
        if (t.mark == M_LBRACE)
            return map_literal(p);
        if (take(p, M_DOT) && p->token.kind == T_IDENT)
            return primary_name(p);
        if (t.mark == M_LPAREN) {
            advance(p);
            struct node *n = parse_expr(p);
            expect(p, M_RPAREN, "')'");
            return n;
        }
        unexpected(p, "a value");
        return make(p, N_LITERAL, t.from, t.to);
    case T_END:
    case T_QUOTED:
        unexpected(p, "a value");
        return make(p, N_LITERAL, t.from, t.to);
    }
    advance(p);
    return literal(p, &v, t.from, t.to);
}

/* ---- members: a.b, a.f(x), a[i], macros ---- */

bool macro_named(struct str name, size_t n_args, enum macro *out)
{
    static const struct {
        const char *name;
        size_t n_args;
        enum macro macro;
    } macros[] = {
        {"all", 2, MACRO_ALL},
        {"exists", 2, MACRO_EXISTS},
        {"exists_one", 2, MACRO_EXISTS_ONE},
        {"existsOne", 2, MACRO_EXISTS_ONE},
        {"filter", 2, MACRO_FILTER},
        {"map", 2, MACRO_MAP},
        {"map", 3, MACRO_MAP_IF},
    };
    for (size_t i = 0; i < sizeof macros / sizeof *macros; i++)
        if (str_is(name, macros[i].name) && n_args == macros[i].n_args) {
            *out = macros[i].macro;
            return true;
        }
    return false;
}

static struct node *macro_call(struct parser *p, struct node *call, enum macro macro)
{
    struct node *var = call->args[1];
    if (var->kind != N_IDENT) {
        fail_at(p, "X0119", var->from, var->to,
                "the first argument must be a plain name for the element",
                "for example touches.exists(t, t.channel == 'pricing')");
        return call;
    }
    call->kind = N_MACRO;
    call->macro = macro;
    call->name = var->name;
    call->args[1] = call->args[0];
    call->args++; /* the name is no argument any more: args are the range and one or two bodies */
    call->n_args--;
    return call;
}

static struct node *member(struct parser *p, struct node *of)
{
    struct token t = p->token;
    if (t.kind != T_IDENT && t.kind != T_QUOTED) {
        unexpected(p, "a field or function name");
        return of;
    }
    if (t.kind == T_IDENT && str_is(t.text, "in")) {
        unexpected(p, "a field or function name");
        return of;
    }
    advance(p);
    bool call = t.kind == T_IDENT && at_mark(p, M_LPAREN);
    struct node *n = make(p, call ? N_CALL : N_SELECT, of->from, t.to);
    n->name = t.text;
    n->mark_from = t.from;
    n->mark_to = t.to;
    if (!call) {
        set_args(p, n, &of, 1);
        return n;
    }
    advance(p);
    n->method = true;
    struct node **rest;
    size_t count = arguments(p, M_RPAREN, "')' after the arguments", &rest);
    struct node **args = ARENA_ARRAY(p->arena, count + 1, struct node *);
    args[0] = of;
    if (count)
        memcpy(args + 1, rest, count * sizeof *rest);
    n->args = args;
    n->n_args = (uint32_t)count + 1;
    n->to = p->last;
    measure(p, n);
    enum macro macro;
    return !p->failed && macro_named(n->name, count, &macro) ? macro_call(p, n, macro) : n;
}

/* has(a.b) asks about the field instead of reading it. */
static struct node *has_call(struct parser *p, struct node *n)
{
    if (n->n_args != 1 || n->args[0]->kind != N_SELECT) {
        fail_at(p, "X0118", n->from, n->to, "has() takes a field, such as has(account.segment)",
                NULL);
        return n;
    }
    struct node *select = n->args[0];
    n->kind = N_HAS;
    n->name = select->name;
    n->mark_from = select->mark_from;
    n->mark_to = select->mark_to;
    n->args = select->args;
    return n;
}

static struct node *parse_member(struct parser *p)
{
    struct node *n = parse_primary(p);
    if (!p->failed && n->kind == N_CALL && !n->method && str_is(n->name, "has") && n->n_args)
        n = has_call(p, n);
    uint32_t chain = 0;
    while (!p->failed) {
        if (at_mark(p, M_DOT)) {
            advance(p);
            n = member(p, n);
        } else if (at_mark(p, M_LBRACKET)) {
            struct token open = p->token;
            advance(p);
            struct node *i = make(p, N_INDEX, n->from, open.to), *args[] = {n, parse_expr(p)};
            expect(p, M_RBRACKET, "']'");
            set_args(p, i, args, 2);
            i->mark_from = open.from;
            i->mark_to = i->to = p->last;
            n = i;
        } else {
            break;
        }
        if (++chain > p->e->limits->depth)
            fail_at(p, "X0103", n->from, n->to, "the expression is nested too deeply", NULL);
    }
    return n;
}

/* ---- operators ---- */

static struct node *parse_unary(struct parser *p)
{
    struct token t = p->token;
    bool minus = at_mark(p, M_MINUS);
    if (!minus && !at_mark(p, M_NOT))
        return parse_member(p);
    if (!enter(p))
        return make(p, N_LITERAL, t.from, t.to);
    advance(p);
    struct node *n;
    if (minus && p->token.kind == T_INT) {
        n = integer(p, true, t.from);
    } else if (minus) {
        n = operator_call(p, "-_", t, parse_unary(p), NULL);
    } else {
        struct node *of = parse_unary(p);
        n = make(p, N_NOT, t.from, of->to);
        n->mark_to = t.to;
        set_args(p, n, &of, 1);
    }
    p->depth--;
    return n;
}

static const struct binary {
    enum mark mark;
    int level; /* 1 binds loosest */
    const char *name;
} binaries[] = {
    {M_LT, 1, "_<_"},   {M_LE, 1, "_<=_"},   {M_GT, 1, "_>_"},      {M_GE, 1, "_>=_"},
    {M_EQ, 1, "_==_"},  {M_NE, 1, "_!=_"},   {M_PLUS, 2, "_+_"},    {M_MINUS, 2, "_-_"},
    {M_STAR, 3, "_*_"}, {M_SLASH, 3, "_/_"}, {M_PERCENT, 3, "_%_"},
};

static const struct binary *binary_at(const struct parser *p, int level)
{
    for (size_t i = 0; p->token.kind == T_PUNCT && i < sizeof binaries / sizeof *binaries; i++)
        if (binaries[i].mark == p->token.mark && binaries[i].level == level)
            return &binaries[i];
    return NULL;
}

static bool at_in(const struct parser *p)
{
    return p->token.kind == T_IDENT && str_is(p->token.text, "in");
}

static struct node *parse_binary(struct parser *p, int level)
{
    struct node *n = level == 3 ? parse_unary(p) : parse_binary(p, level + 1);
    uint32_t entered = 0;
    while (!p->failed) {
        struct token op = p->token;
        const struct binary *b = binary_at(p, level);
        if (!b && !(level == 1 && at_in(p)))
            break;
        entered++;
        if (!enter(p))
            break;
        advance(p);
        struct node *right = level == 3 ? parse_unary(p) : parse_binary(p, level + 1);
        n = operator_call(p, b ? b->name : "@in", op, n, right);
        if (!b)
            n->kind = N_IN;
    }
    p->depth -= entered;
    return n;
}

/* a && b && c is one node, so that a long list of conditions is no deep tree. */
static struct node *parse_logic(struct parser *p, enum mark m)
{
    struct node *first = m == M_OR ? parse_logic(p, M_AND) : parse_binary(p, 1);
    if (!at_mark(p, m))
        return first;
    struct token op = p->token;
    VEC(struct node *) args = {0};
    *VEC_PUSH(p->arena, &args) = first;
    while (!p->failed && take(p, m))
        *VEC_PUSH(p->arena, &args) = m == M_OR ? parse_logic(p, M_AND) : parse_binary(p, 1);
    struct node *n = make(p, m == M_OR ? N_OR : N_AND, first->from, args.v[args.n - 1]->to);
    n->mark_from = op.from;
    n->mark_to = op.to;
    set_args(p, n, args.v, args.n);
    return n;
}

static struct node *parse_expr(struct parser *p)
{
    if (!enter(p))
        return make(p, N_LITERAL, p->token.from, p->token.to);
    struct node *n = parse_logic(p, M_OR);
    if (at_mark(p, M_QUESTION)) {
        struct token op = p->token;
        advance(p);
        struct node *yes = parse_logic(p, M_OR);
        expect(p, M_COLON, "':' of the choice");
        struct node *args[] = {n, yes, parse_expr(p)};
        struct node *choice = make(p, N_COND, n->from, args[2]->to);
        choice->mark_from = op.from;
        choice->mark_to = op.to;
        set_args(p, choice, args, 3);
        n = choice;
    }
    p->depth--;
    return n;
}

struct node *expr_parse(struct expr *e, struct diags *ds)
{
    struct parser p = {.e = e, .arena = e->arena, .ds = ds};
    if (e->text.n > e->limits->source_bytes) {
        fail_at(&p, "X0103", 0, 0, "the expression is too long",
                "split it into computed fields or several rules");
        return NULL;
    }
    ptrdiff_t bad = utf8_invalid_at(e->text);
    if (bad >= 0) {
        fail_at(&p, "X0102", (uint32_t)bad, (uint32_t)bad + 1, "the text is not UTF-8", NULL);
        return NULL;
    }
    lexer_init(&p.lexer, e->text, e->arena);
    advance(&p);
    struct node *n = parse_expr(&p);
    if (!p.failed && p.token.kind != T_END)
        unexpected(&p, "the end");
    return p.failed ? NULL : n;
}
