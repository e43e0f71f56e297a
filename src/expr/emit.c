/* An expression as SQL. NULL stands for absent and fault alike: && and || absorb both in the same way, and at the top neither is
 * met. Whatever does not depend on the row is a parameter, computed by the evaluator. */
#include "expr/emit.h"

#include <string.h>

/* ---- failing and texts ---- */

bool emit_fail(struct emitter *m, const struct node *n, enum rc rc, const char *reason)
{
    if (m->rc != RC_OK)
        return false;
    m->rc = rc;
    m->q->reason = reason;
    m->q->at = expr_span(&m->e->source, n->from, n->to);
    return false;
}

static struct str bounded(struct emitter *m, const struct node *n, struct str s)
{
    if (s.n > m->q->max_bytes)
        (void)emit_fail(m, n, RC_LIMIT, "the SQL of this expression grows too long");
    return m->rc == RC_OK ? s : STR("NULL");
}

struct str emit_text(struct emitter *m, const struct node *n, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    struct str s = str_vprintf(m->a, fmt, ap);
    va_end(ap);
    return bounded(m, n, s);
}

bool emit_leaf(struct emitter *m, const struct node *n, enum xleaf leaf, const struct str *args,
               size_t n_args, struct str *out)
{
    const char *t = m->q->dialect->leaf[leaf];
    if (!t)
        return emit_fail(m, n, RC_UNSUPPORTED, "this database has no exact form of this part");
    struct buf b;
    buf_init(&b, m->q->max_bytes + 1);
    for (; *t; t++) {
        if (*t == '$' && t[1] >= '1' && (size_t)(t[1] - '1') < n_args)
            buf_str(&b, args[*++t - '1']);
        else
            buf_char(&b, *t);
    }
    bool fits = buf_ok(&b) == RC_OK;
    *out = str_dup(m->a, buf_view(&b));
    buf_release(&b);
    return fits || emit_fail(m, n, RC_LIMIT, "the SQL of this expression grows too long");
}

struct str new_alias(struct emitter *m, const char *prefix)
{
    return str_printf(m->a, "%s%u", prefix, ++m->q->next_alias);
}

struct str emit_taken(struct emitter *m, struct buf *b)
{
    struct str s = str_dup(m->a, buf_view(b));
    buf_release(b);
    return s;
}

/* ---- parameters ---- */

bool emit_constant(const struct node *n)
{
    if (n->kind == N_IDENT &&
        (n->root == R_SELF || n->root == R_OLD || n->root == R_LOCAL || n->root == R_NONE))
        return false;
    if (n->kind == N_CHANGED || n->kind == N_FAULT || n->kind == N_MACRO)
        return false;
    for (uint32_t i = 0; i < n->n_args; i++)
        if (!emit_constant(n->args[i]))
            return false;
    return true;
}

static bool leaf_of_kind(enum xkind k, enum xleaf *out)
{
    switch ((int)k) {
    case X_BOOL:
        *out = XL_PARAM_BOOL;
        return true;
    case X_INT:
    case X_TIMESTAMP:
    case X_DURATION:
    case X_DATE:
    case X_MONEY:
    case X_RECORD:
        *out = XL_PARAM_INT;
        return true;
    case X_DOUBLE:
        *out = XL_PARAM_DOUBLE;
        return true;
    case X_STRING:
        *out = XL_PARAM_TEXT;
        return true;
    default:
        return false;
    }
}

/* A parameter gets its number when the text is complete, since not every part that is said ends up in it. Until then its
 * place is marked by two control characters, which cannot come from anywhere else: no user's text is ever in the SQL. */
#define MARK_OPEN '\001'
#define MARK_CLOSE '\002'

static bool add_param(struct emitter *m, const struct node *n, struct xparam p, enum xleaf leaf,
                      struct str *out)
{
    struct str place = str_printf(m->a, "%c%zu%c", MARK_OPEN, m->q->pending.n, MARK_CLOSE);
    *VEC_PUSH(m->a, &m->q->pending) = p;
    return emit_leaf(m, n, leaf, &place, 1, out);
}

/* Appends `s` with the marks replaced by placeholders. */
static void put_numbered(struct xquery *q, struct str s, struct buf *out)
{
    for (size_t i = 0; i < s.n; i++) {
        size_t at = 0;
        if (s.p[i] != MARK_OPEN) {
            buf_char(out, s.p[i]);
            continue;
        }
        for (i++; s.p[i] != MARK_CLOSE; i++)
            at = at * 10 + (size_t)(s.p[i] - '0');
        struct xparam *p = &q->pending.v[at];
        if (!p->number) {
            p->number = q->first_param + (uint32_t)q->params.n;
            *VEC_PUSH(q->arena, &q->params) = *p;
        }
        buf_printf(out, "%c%u", q->dialect->param, p->number);
    }
}

bool emit_text_param(struct emitter *m, const struct node *n, struct str text, struct str *out)
{
    struct xparam p = {.value = {.type = VT_TEXT, .text = text}};
    return add_param(m, n, p, XL_PARAM_TEXT, out);
}

bool emit_param(struct emitter *m, const struct node *n, struct sql *out)
{
    enum xleaf leaf;
    struct xparam p = {.e = m->e, .node = n};
    if (n->kind == N_LITERAL && n->value.kind == X_BOOL) {
        out->text = n->value.boolean ? STR("TRUE") : STR("FALSE");
        return true;
    }
    if (!leaf_of_kind(n->type.kind, &leaf))
        return emit_fail(m, n, RC_UNSUPPORTED, "a value of this type has no form in SQL");
    if (!add_param(m, n, p, leaf, &out->text))
        return false;
    p.currency = true;
    return n->type.kind != X_MONEY || add_param(m, n, p, XL_PARAM_TEXT, &out->currency);
}

/* ---- rows ---- */

bool emit_row_id(struct emitter *m, const struct node *n, const struct row_ref *row,
                 struct str *out)
{
    struct buf b;
    buf_init(&b, m->q->max_bytes + 1);
    enum rc rc = m->q->tables->id(m->q->tables->ctx, row->alias, row->object, &b);
    *out = emit_taken(m, &b);
    return rc == RC_OK || emit_fail(m, n, rc, "the id of this record is not at hand");
}

/* The row with id `id`, joined once per scope and id. */
static bool join_row(struct emitter *m, const struct node *n, struct str id,
                     const struct xobject *o, struct xscope_sql *scope, struct row_ref *out)
{
    *out = (struct row_ref){.object = o, .scope = scope};
    for (size_t i = 0; i < scope->joined.n; i++)
        if (str_eq(scope->joined.v[i].on, id) && scope->joined.v[i].object == o) {
            out->alias = scope->joined.v[i].alias;
            return true;
        }
    struct buf from, where;
    struct str theirs;
    out->alias = new_alias(m, "j");
    buf_init(&from, m->q->max_bytes);
    buf_init(&where, m->q->max_bytes);
    enum rc rc = m->q->tables->table(m->q->tables->ctx, out->alias, o, &from, &where);
    struct str table = emit_taken(m, &from), living = emit_taken(m, &where);
    if (rc != RC_OK || !emit_row_id(m, n, out, &theirs))
        return emit_fail(m, n, rc, "records of this object are not at hand");
    buf_printf(scope->joins, " LEFT JOIN %.*s ON %.*s = %.*s%s%.*s", STR_ARG(table),
               STR_ARG(theirs), STR_ARG(id), living.n ? " AND " : "", STR_ARG(living));
    *VEC_PUSH(m->a, &scope->joined) = (struct xjoin){out->alias, id, o};
    return buf_ok(scope->joins) == RC_OK ||
           emit_fail(m, n, RC_LIMIT, "the SQL of this expression grows too long");
}

bool emit_row(struct emitter *m, const struct node *n, struct row_ref *out)
{
    struct sql id;
    struct row_ref base;
    if (n->kind == N_IDENT && n->root == R_SELF) {
        struct xscope_sql *top = m->q->top;
        *out = (struct row_ref){m->q->root, m->e->self, top, true};
        return true;
    }
    if (n->kind == N_IDENT && n->root == R_LOCAL && m->locals[n->slot].is_row) {
        *out = m->locals[n->slot].row;
        return true;
    }
    if (n->kind == N_IDENT && n->root == R_LOCAL)
        return join_row(m, n, m->locals[n->slot].value.text, n->type.object,
                        m->locals[n->slot].scope, out);
    if (n->kind == N_SELECT && n->field && n->type.kind == X_RECORD)
        return emit_row(m, n->args[0], &base) && emit_value(m, n, &id) &&
               join_row(m, n, id.text, n->type.object, base.scope, out);
    return emit_fail(m, n, RC_UNSUPPORTED,
                     "fields of a record chosen this way cannot be read in SQL");
}

/* ---- fields ---- */

static bool emit_column(struct emitter *m, const struct node *n, const struct row_ref *row,
                        struct sql *out)
{
    struct buf text, currency;
    buf_init(&text, m->q->max_bytes);
    buf_init(&currency, m->q->max_bytes);
    enum rc rc = m->q->tables->column(m->q->tables->ctx, row->alias, row->object, n->field, &text,
                                      &currency);
    out->text = emit_taken(m, &text);
    out->currency = emit_taken(m, &currency);
    return rc == RC_OK || emit_fail(m, n, rc, "this field is not at hand");
}

/* Numbers of a closed list as their names. */
static bool names_of_numbers(struct emitter *m, const struct node *n, struct sql *out)
{
    struct buf b;
    buf_init(&b, m->q->max_bytes + 1);
    buf_printf(&b, "(CASE %.*s", STR_ARG(out->text));
    for (size_t i = 0; i < n->field->n_names; i++) {
        struct str name;
        if (!emit_text_param(m, n, n->field->names[i].name, &name))
            break;
        buf_printf(&b, " WHEN %u THEN %.*s", n->field->names[i].number, STR_ARG(name));
    }
    buf_cstr(&b, " END)");
    out->text = bounded(m, n, emit_taken(m, &b));
    return m->rc == RC_OK;
}

/* (c ? a : b).f is c ? a.f : b.f. */
static bool select_of_choice(struct emitter *m, const struct node *n, struct sql *out)
{
    const struct node *choice = n->args[0];
    struct node select[2] = {*n, *n}, whole = *choice,
                *args[3] = {choice->args[0], &select[0], &select[1]};
    struct node *from[2] = {choice->args[1], choice->args[2]};
    for (int i = 0; i < 2; i++) {
        select[i].args = arena_copy(m->a, &from[i], sizeof from[i]);
        args[i + 1] = arena_copy(m->a, &select[i], sizeof select[i]);
    }
    whole.args = arena_copy(m->a, args, sizeof args);
    whole.type = n->type;
    return emit_value(m, arena_copy(m->a, &whole, sizeof whole), out);
}

static bool emit_member(struct emitter *m, const struct node *n, struct sql *out)
{
    struct sql json;
    struct str name;
    if (!emit_value(m, n->args[0], &json) || !emit_text_param(m, n, n->name, &name))
        return false;
    return emit_leaf(m, n, XL_JSON_MEMBER, (struct str[]){json.text, name}, 2, &out->text);
}

bool emit_field(struct emitter *m, const struct node *n, struct sql *out)
{
    struct row_ref row;
    return emit_row(m, n->args[0], &row) && emit_column(m, n, &row, out);
}

static bool emit_select(struct emitter *m, const struct node *n, struct sql *out)
{
    const struct node *of = n->args[0];
    struct sql money;
    if (of->type.kind == X_MONEY && !n->field) {
        if (!emit_value(m, of, &money))
            return false;
        /* An amount without a value has no currency either. */
        out->text = emit_text(m, n, "(CASE WHEN %.*s IS NOT NULL THEN %.*s END)",
                              STR_ARG(money.text), STR_ARG(money.currency));
        return m->rc == RC_OK;
    }
    if (of->type.kind == X_STRUCT)
        return emit_member(m, n, out);
    if (of->kind == N_COND && n->field)
        return select_of_choice(m, n, out);
    if (n->child || !n->field || of->type.kind != X_RECORD)
        return emit_fail(m, n, RC_UNSUPPORTED, "this cannot be read in SQL");
    if (n->type.kind == X_DYN)
        return emit_fail(m, n, RC_UNSUPPORTED, "a note's content cannot be read in SQL");
    return emit_field(m, n, out) && (!n->field->n_names || names_of_numbers(m, n, out));
}

static bool emit_has(struct emitter *m, const struct node *n, struct sql *out)
{
    const struct node *of = n->args[0];
    struct row_ref row;
    struct sql value = {0}, base;
    struct str id;
    if (n->child)
        return emit_has_children(m, n, out);
    if (of->type.kind == X_STRUCT) {
        if (!emit_value(m, of, &base) || !emit_member(m, n, &value))
            return false;
        out->text = emit_text(m, n, "(CASE WHEN %.*s IS NOT NULL THEN %.*s IS NOT NULL END)",
                              STR_ARG(base.text), STR_ARG(value.text));
        return m->rc == RC_OK;
    }
    if (!n->field)
        return emit_fail(m, n, RC_UNSUPPORTED, "has() asks for a field here");
    if (!emit_row(m, of, &row) || !emit_column(m, n, &row, &value))
        return false;
    if (row.certain)
        out->text = emit_text(m, n, "(%.*s IS NOT NULL)", STR_ARG(value.text));
    else if (emit_row_id(m, n, &row, &id))
        out->text = emit_text(m, n, "(CASE WHEN %.*s IS NOT NULL THEN %.*s IS NOT NULL END)",
                              STR_ARG(id), STR_ARG(value.text));
    return m->rc == RC_OK;
}

static bool emit_ident(struct emitter *m, const struct node *n, struct sql *out)
{
    struct row_ref row;
    if (n->root == R_LOCAL && !m->locals[n->slot].is_row) {
        *out = m->locals[n->slot].value;
        return true;
    }
    if (n->root == R_OLD)
        return emit_fail(m, n, RC_UNSUPPORTED,
                         "the record before the change is not in the database");
    return emit_row(m, n, &row) && emit_row_id(m, n, &row, &out->text);
}

/* ---- logic ---- */

static bool emit_logic(struct emitter *m, const struct node *n, bool truth, struct str *out)
{
    struct buf b;
    buf_init(&b, m->q->max_bytes + 1);
    for (uint32_t i = 0; i < n->n_args && m->rc == RC_OK; i++) {
        struct sql part = {0};
        if (!(truth ? emit_truth(m, n->args[i], &part.text) : emit_value(m, n->args[i], &part)))
            break;
        buf_cstr(&b, i == 0 ? "(" : n->kind == N_AND ? " AND " : " OR ");
        buf_str(&b, part.text);
    }
    buf_char(&b, ')');
    *out = bounded(m, n, emit_taken(m, &b));
    return m->rc == RC_OK;
}

static bool emit_not(struct emitter *m, const struct node *n, struct sql *out)
{
    struct sql of;
    if (emit_value(m, n->args[0], &of))
        out->text = emit_text(m, n, "(NOT %.*s)", STR_ARG(of.text));
    return m->rc == RC_OK;
}

/* Without the second test an absent condition would take the branch of a false one. */
static bool emit_cond(struct emitter *m, const struct node *n, struct sql *out)
{
    struct sql c, yes, no;
    if (!emit_value(m, n->args[0], &c) || !emit_value(m, n->args[1], &yes) ||
        !emit_value(m, n->args[2], &no))
        return false;
    out->text = emit_text(m, n, "(CASE WHEN %.*s THEN %.*s WHEN NOT %.*s THEN %.*s END)",
                          STR_ARG(c.text), STR_ARG(yes.text), STR_ARG(c.text), STR_ARG(no.text));
    if (n->type.kind == X_MONEY)
        out->currency = emit_text(m, n, "(CASE WHEN %.*s THEN %.*s WHEN NOT %.*s THEN %.*s END)",
                                  STR_ARG(c.text), STR_ARG(yes.currency), STR_ARG(c.text),
                                  STR_ARG(no.currency));
    return m->rc == RC_OK;
}

bool emit_value(struct emitter *m, const struct node *n, struct sql *out)
{
    *out = (struct sql){0};
    if (m->rc != RC_OK)
        return false;
    if (emit_constant(n) && n->type.kind != X_LIST && n->type.kind != X_MAP)
        return emit_param(m, n, out);
    switch (n->kind) {
    case N_IDENT:
        return emit_ident(m, n, out);
    case N_SELECT:
        return emit_select(m, n, out);
    case N_HAS:
        return emit_has(m, n, out);
    case N_CALL:
        return emit_call(m, n, out);
    case N_NOT:
        return emit_not(m, n, out);
    case N_AND:
    case N_OR:
        return emit_logic(m, n, false, &out->text);
    case N_COND:
        return emit_cond(m, n, out);
    case N_IN:
        return n->args[1]->kind == N_LIST ? emit_in_list(m, n, out) : emit_in_children(m, n, out);
    case N_MACRO:
        return emit_macro(m, n, out);
    case N_CHANGED:
        return emit_fail(m, n, RC_UNSUPPORTED,
                         "the record before the change is not in the database");
    case N_LITERAL:
    case N_FAULT:
    case N_INDEX:
    case N_LIST:
    case N_MAP:
        break;
    }
    return emit_fail(m, n, RC_UNSUPPORTED, "lists and maps cannot be values in SQL");
}

bool emit_truth(struct emitter *m, const struct node *n, struct str *out)
{
    struct sql v;
    if (n->kind == N_AND || n->kind == N_OR)
        return emit_logic(m, n, true, out);
    if (n->kind == N_MACRO && emit_macro_truth(m, n, out))
        return true;
    if (!emit_value(m, n, &v))
        return false;
    *out = v.text;
    return true;
}

/* ---- the doors ---- */

void xquery_init(struct xquery *q, const struct xdialect *d, const struct xtables *t,
                 struct str root, uint32_t first_param, struct arena *a)
{
    *q = (struct xquery){
        .dialect = d, .tables = t, .arena = a, .root = root, .first_param = first_param};
    q->max_bytes = 65536;
    buf_init(&q->joins, 65536);
    q->top = ARENA_NEW(a, struct xscope_sql);
    buf_init(&q->new_joins, 65536);
    q->top->joins = &q->new_joins;
}

void xquery_release(struct xquery *q)
{
    buf_release(&q->joins);
    buf_release(&q->new_joins);
}

/* Puts the finished texts out; joins made meanwhile follow those of earlier expressions. */
static enum rc finish(struct xquery *q, const struct sql *v, struct buf *out, struct buf *currency)
{
    put_numbered(q, v->text, out);
    if (currency)
        put_numbered(q, v->currency, currency);
    put_numbered(q, buf_view(&q->new_joins), &q->joins);
    buf_clear(&q->new_joins);
    return buf_ok(out);
}

enum rc expr_emit(const struct expr *e, struct xquery *q, enum xshape shape, struct buf *out,
                  struct buf *currency)
{
    struct emitter m = {.q = q, .e = e, .a = q->arena, .scope = q->top};
    struct sql v = {0};
    bool good = shape == XS_CONDITION ? emit_truth(&m, e->root, &v.text)
                                      : emit_value(&m, e->root, &v);
    return good ? finish(q, &v, out, e->root->type.kind == X_MONEY ? currency : NULL) : m.rc;
}

enum rc xquery_path(struct xquery *q, const struct xobject *root, const struct xfield *const *steps,
                    size_t n, struct buf *out, struct buf *currency)
{
    struct expr e = {.self = root, .arena = q->arena};
    struct emitter m = {.q = q, .e = &e, .a = q->arena, .scope = q->top};
    struct node *at = node_new(q->arena, N_IDENT, 0, 0);
    at->root = R_SELF;
    at->type = (struct xtype){.kind = X_RECORD, .object = root};
    for (size_t i = 0; i < n; i++) {
        struct node *next = node_new(q->arena, N_SELECT, 0, 0);
        next->args = arena_copy(q->arena, &at, sizeof(struct node *));
        next->n_args = 1;
        next->field = steps[i];
        next->type = steps[i]->type;
        at = next;
    }
    struct sql v = {0};
    bool good = n ? emit_field(&m, at, &v) : emit_value(&m, at, &v);
    return good ? finish(q, &v, out, currency) : m.rc;
}
