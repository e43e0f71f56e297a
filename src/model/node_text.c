/* node_text.c - one spelling per meaning of a tree. */
#include "model/tree.h"

#include "base/decimal.h"
#include "expr/expr.h"

#include <stdlib.h>

static int by_key(const void *pa, const void *pb)
{
    const struct pair *const *a = pa, *const *b = pb;
    return str_cmp((*a)->key, (*b)->key);
}

static void put_map(const struct node *n, struct arena *a, struct buf *out)
{
    const struct pair **sorted = ARENA_ARRAY(a, n->n + 1, const struct pair *);
    for (size_t i = 0; i < n->n; i++)
        sorted[i] = &n->pairs[i];
    if (n->n > 1)
        qsort(sorted, n->n, sizeof *sorted, by_key);
    buf_char(out, '{');
    for (size_t i = 0; i < n->n; i++) {
        buf_printf(out, "%s%.*s: ", i ? ", " : "", STR_ARG(sorted[i]->key));
        node_canonical(sorted[i]->value, a, out);
    }
    buf_char(out, '}');
}

static void put_quoted(struct str s, struct buf *out)
{
    buf_char(out, '"');
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '"' || s.p[i] == '\\')
            buf_char(out, '\\');
        buf_char(out, s.p[i]);
    }
    buf_char(out, '"');
}

static void put_scalar(const struct node *n, struct arena *a, struct buf *out)
{
    struct decimal d;
    char text[32];
    if (n->expr)
        put_quoted(expr_canonical(n->expr, a), out);
    else if (n->plain && n->text.n && decimal_parse(n->text, &d))
        put_quoted(decimal_text(d, text), out); /* 0.10 is 0.1 */
    else
        put_quoted(n->text, out);
}

void node_canonical(const struct node *n, struct arena *a, struct buf *out)
{
    switch (n->kind) {
    case NODE_SCALAR:
        put_scalar(n, a, out);
        break;
    case NODE_LIST:
        buf_char(out, '[');
        for (size_t i = 0; i < n->n; i++) {
            buf_cstr(out, i ? ", " : "");
            node_canonical(n->items[i], a, out);
        }
        buf_char(out, ']');
        break;
    case NODE_MAP:
        put_map(n, a, out);
        break;
    }
}
