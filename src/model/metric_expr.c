#include "model/metric_expr.h"

#include "model/codes.h"
#include "model/tree.h"

struct parser {
    const struct node *node;
    struct str text;
    size_t at, terms;
    unsigned depth;
    struct arena *arena;
    struct diags *ds;
    bool failed;
};

static void fail(struct parser *p, size_t from, size_t to, const char *what)
{
    if (p->failed)
        return;
    p->failed = true;
    struct diag *d = problem(p->ds, M_METRIC_EXPR, node_place(p->node, from, to), "%s", what);
    diag_help(p->ds, d, "write names of metrics and numbers with + - * / and parentheses");
}

static char peek(struct parser *p)
{
    while (p->at < p->text.n &&
           (p->text.p[p->at] == ' ' || p->text.p[p->at] == '\n' || p->text.p[p->at] == '\t'))
        p->at++;
    return p->at < p->text.n ? p->text.p[p->at] : '\0';
}

static struct metric_term *term_new(struct parser *p, enum metric_op op, size_t from)
{
    if (p->terms++ == METRIC_TERMS_MAX)
        fail(p, from, p->text.n, "the expression is too long");
    struct metric_term *t = ARENA_NEW(p->arena, struct metric_term);
    t->op = op;
    t->from = from;
    t->to = p->at;
    return t;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_name(char c)
{
    return (c >= 'a' && c <= 'z') || is_digit(c) || c == '_';
}

static struct metric_term *parse_sum(struct parser *p);

static struct metric_term *parse_number(struct parser *p)
{
    size_t from = p->at;
    while (p->at < p->text.n && (is_digit(p->text.p[p->at]) || p->text.p[p->at] == '.'))
        p->at++;
    struct metric_term *t = term_new(p, MT_NUMBER, from);
    if (!decimal_parse(str_sub(p->text, from, p->at), &t->number))
        fail(p, from, p->at, "this is no number with at most 15 digits, 9 of them after the point");
    return t;
}

static struct metric_term *parse_primary(struct parser *p)
{
    char c = peek(p);
    size_t from = p->at;
    if (is_digit(c))
        return parse_number(p);
    if (is_name(c) && c != '_') {
        while (p->at < p->text.n && is_name(p->text.p[p->at]))
            p->at++;
        struct metric_term *t = term_new(p, MT_METRIC, from);
        t->name = str_sub(p->text, from, p->at);
        return t;
    }
    if (c != '(') {
        fail(p, from, from + 1,
             c ? "the name of a metric or a number is missing here"
               : "the expression ends too early");
        return term_new(p, MT_NUMBER, from);
    }
    p->at++;
    struct metric_term *t = parse_sum(p);
    if (peek(p) == ')')
        p->at++;
    else
        fail(p, from, from + 1, "this parenthesis is not closed");
    return t;
}

static struct metric_term *parse_factor(struct parser *p)
{
    size_t from = (peek(p), p->at);
    if (++p->depth > METRIC_DEPTH_MAX)
        fail(p, from, from + 1, "nested too deep");
    struct metric_term *t;
    if (p->failed) {
        t = term_new(p, MT_NUMBER, from);
    } else if (peek(p) == '-') {
        p->at++;
        struct metric_term *inner = parse_factor(p);
        t = term_new(p, MT_NEG, from);
        t->left = inner;
    } else {
        t = parse_primary(p);
    }
    p->depth--;
    return t;
}

static struct metric_term *join(struct parser *p, enum metric_op op, struct metric_term *left,
                                struct metric_term *right)
{
    struct metric_term *t = term_new(p, op, left->from);
    t->left = left;
    t->right = right;
    return t;
}

static struct metric_term *parse_product(struct parser *p)
{
    struct metric_term *t = parse_factor(p);
    for (char c = peek(p); (c == '*' || c == '/') && !p->failed; c = peek(p)) {
        p->at++;
        t = join(p, c == '*' ? MT_MUL : MT_DIV, t, parse_factor(p));
    }
    return t;
}

static struct metric_term *parse_sum(struct parser *p)
{
    struct metric_term *t = parse_product(p);
    for (char c = peek(p); (c == '+' || c == '-') && !p->failed; c = peek(p)) {
        p->at++;
        t = join(p, c == '+' ? MT_ADD : MT_SUB, t, parse_product(p));
    }
    return t;
}

struct metric_term *metric_expr_parse(const struct node *n, struct arena *a, struct diags *ds)
{
    struct parser p = {.node = n, .text = n->text, .arena = a, .ds = ds};
    struct metric_term *t = parse_sum(&p);
    if (!p.failed && peek(&p))
        fail(&p, p.at, p.at + 1, "this cannot follow here");
    return p.failed ? NULL : t;
}

/* ---- text -------------------------------------------------------------------------------------- */

static int precedence(const struct metric_term *t)
{
    switch (t->op) {
    case MT_ADD:
    case MT_SUB:
        return 1;
    case MT_MUL:
    case MT_DIV:
        return 2;
    case MT_NEG:
        return 3;
    case MT_NUMBER:
    case MT_METRIC:
        break;
    }
    return 4;
}

static void put_operand(const struct metric_term *t, int least, struct buf *out)
{
    bool brackets = precedence(t) < least;
    if (brackets)
        buf_char(out, '(');
    metric_expr_text(t, out);
    if (brackets)
        buf_char(out, ')');
}

void metric_expr_text(const struct metric_term *t, struct buf *out)
{
    static const char *const signs[] = {
        [MT_ADD] = " + ", [MT_SUB] = " - ", [MT_MUL] = " * ", [MT_DIV] = " / "};
    char number[32];
    switch (t->op) {
    case MT_NUMBER:
        buf_str(out, decimal_text(t->number, number));
        break;
    case MT_METRIC:
        buf_str(out, t->name);
        break;
    case MT_NEG:
        buf_char(out, '-');
        put_operand(t->left, 3, out);
        break;
    case MT_ADD:
    case MT_SUB:
    case MT_MUL:
    case MT_DIV:
        put_operand(t->left, precedence(t), out);
        buf_cstr(out, signs[t->op]);
        put_operand(t->right, precedence(t) + 1, out); /* all four group to the left */
        break;
    }
}
