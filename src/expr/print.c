/* One spelling for every tree: fully parenthesised, macro variables by depth, chains of && and || flat. */
#include "expr/call.h"

#include <string.h>

static void put_quoted(struct buf *out, struct str s, bool bytes)
{
    buf_cstr(out, bytes ? "b'" : "'");
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c == '\'' || c == '\\')
            buf_printf(out, "\\%c", c);
        else if (c < 0x20 || c == 0x7f || (bytes && c >= 0x80))
            buf_printf(out, "\\%03o", c);
        else
            buf_char(out, (char)c);
    }
    buf_char(out, '\'');
}

static void put_double(struct buf *out, double x)
{
    struct arena *a = arena_new();
    struct str s = double_text(x, a);
    buf_str(out, s);
    bool plain = true;
    for (size_t i = 0; i < s.n; i++)
        plain = plain && s.p[i] != '.' && s.p[i] != 'e' && s.p[i] != 'n' && s.p[i] != 'N';
    if (plain)
        buf_cstr(out, ".0");
    arena_free(a);
}

static void put_time(const struct xvalue *v, struct buf *out)
{
    struct arena *a = arena_new();
    bool moment = v->kind == X_TIMESTAMP;
    buf_cstr(out, moment ? "timestamp('" : "duration('");
    buf_str(out, moment ? moment_text(v, a) : span_text(v, a));
    buf_cstr(out, "')");
    arena_free(a);
}

void literal_put(const struct xvalue *v, struct buf *out)
{
    char room[64];
    switch (v->kind) {
    case X_NULL:
        buf_cstr(out, "null");
        break;
    case X_BOOL:
        buf_cstr(out, v->boolean ? "true" : "false");
        break;
    case X_INT:
        buf_printf(out, "%lld", (long long)v->integer);
        break;
    case X_UINT:
        buf_printf(out, "%lluu", (unsigned long long)v->unsigned_integer);
        break;
    case X_DOUBLE:
        put_double(out, v->number);
        break;
    case X_STRING:
    case X_BYTES:
        put_quoted(out, v->text, v->kind == X_BYTES);
        break;
    case X_TIMESTAMP:
    case X_DURATION:
        put_time(v, out);
        break;
    case X_DATE:
        buf_printf(out, "date('%.*s')", STR_ARG(date_text(v->date, room)));
        break;
    case X_MONEY:
        buf_printf(out, "money('%.*s')", STR_ARG(money_text(v->money, room)));
        break;
    case X_TYPE:
        buf_str(out, v->text);
        break;
    case X_RECORD:
        buf_printf(out, "record %llu", (unsigned long long)v->record.id);
        break;
    case X_STRUCT:
        buf_str(out, v->text);
        break;
    case X_LIST:
        buf_printf(out, "a list of %zu", v->list.n);
        break;
    case X_MAP:
        buf_printf(out, "a map of %zu", v->map.n);
        break;
    case X_DYN:
    case X_KIND_COUNT:
        break;
    }
}

static void put_node(const struct node *n, struct buf *out);

static void put_args(const struct node *n, uint32_t from, const char *between, struct buf *out)
{
    for (uint32_t i = from; i < n->n_args; i++) {
        if (i > from)
            buf_cstr(out, between);
        put_node(n->args[i], out);
    }
}

static void put_logic(const struct node *n, const char *op, struct buf *out)
{
    for (uint32_t i = 0; i < n->n_args; i++) {
        if (i)
            buf_cstr(out, op);
        if (n->args[i]->kind == n->kind)
            put_logic(n->args[i], op, out);
        else
            put_node(n->args[i], out);
    }
}

static void put_call(const struct node *n, struct buf *out)
{
    bool binary = n->n_args == 2 && n->name.n > 2 && n->name.p[0] == '_';
    if (binary) {
        buf_char(out, '(');
        put_node(n->args[0], out);
        buf_printf(out, " %.*s ", (int)n->name.n - 2, n->name.p + 1);
        put_node(n->args[1], out);
        buf_char(out, ')');
    } else if (str_is(n->name, "-_")) {
        buf_cstr(out, "-(");
        put_node(n->args[0], out);
        buf_char(out, ')');
    } else {
        /* What can be written both ways is written before its argument. */
        bool method = n->method && !overload_known(n->name, false);
        if (method) {
            put_node(n->args[0], out);
            buf_char(out, '.');
        }
        buf_str(out, n->name);
        buf_char(out, '(');
        put_args(n, method ? 1 : 0, ", ", out);
        buf_char(out, ')');
    }
}

static void put_map(const struct node *n, struct buf *out)
{
    buf_char(out, '{');
    for (uint32_t i = 0; i < n->n_args; i++) {
        buf_cstr(out, i == 0 ? "" : i % 2 ? ": " : ", ");
        put_node(n->args[i], out);
    }
    buf_char(out, '}');
}

static void put_macro(const struct node *n, struct buf *out)
{
    static const char *const names[] = {"all", "exists", "exists_one", "map", "map", "filter"};
    put_node(n->args[0], out);
    buf_printf(out, ".%s(_%u, ", names[n->macro], n->slot);
    put_args(n, 1, ", ", out);
    buf_char(out, ')');
}

static void put_ident(const struct node *n, struct buf *out)
{
    if (n->root == R_LOCAL)
        buf_printf(out, "_%u", n->slot);
    else
        buf_str(out, n->name);
}

static void put_node(const struct node *n, struct buf *out)
{
    switch (n->kind) {
    case N_LITERAL:
        literal_put(&n->value, out);
        break;
    case N_IDENT:
    case N_FAULT:
        put_ident(n, out);
        break;
    case N_SELECT:
    case N_HAS:
        buf_cstr(out, n->kind == N_HAS ? "has(" : "");
        put_node(n->args[0], out);
        buf_printf(out, ".%.*s%s", STR_ARG(n->name), n->kind == N_HAS ? ")" : "");
        break;
    case N_INDEX:
        put_node(n->args[0], out);
        buf_char(out, '[');
        put_node(n->args[1], out);
        buf_char(out, ']');
        break;
    case N_CALL:
        put_call(n, out);
        break;
    case N_NOT:
        buf_cstr(out, "!(");
        put_node(n->args[0], out);
        buf_char(out, ')');
        break;
    case N_AND:
    case N_OR:
        buf_char(out, '(');
        put_logic(n, n->kind == N_AND ? " && " : " || ", out);
        buf_char(out, ')');
        break;
    case N_COND:
        buf_char(out, '(');
        put_node(n->args[0], out);
        buf_cstr(out, " ? ");
        put_node(n->args[1], out);
        buf_cstr(out, " : ");
        put_node(n->args[2], out);
        buf_char(out, ')');
        break;
    case N_IN:
        buf_char(out, '(');
        put_args(n, 0, " in ", out);
        buf_char(out, ')');
        break;
    case N_LIST:
        buf_char(out, '[');
        put_args(n, 0, ", ", out);
        buf_char(out, ']');
        break;
    case N_MAP:
        put_map(n, out);
        break;
    case N_MACRO:
        put_macro(n, out);
        break;
    case N_CHANGED:
        buf_cstr(out, "changed(");
        put_node(n->args[0], out);
        buf_char(out, ')');
        break;
    }
}

struct str expr_canonical(const struct expr *e, struct arena *a)
{
    struct buf out;
    buf_init(&out, 1u << 22);
    put_node(e->root, &out);
    struct str s = str_dup(a, buf_view(&out));
    buf_release(&out);
    return s;
}
