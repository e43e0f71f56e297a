/* Values for the parameters of a query, and the dry run in which `check` learns what cannot be said in SQL. */
#include "expr/emit.h"

#include <string.h>

/* ---- values of parameters ---- */

static void bound_value(const struct xvalue *v, bool currency, struct arena *a, struct xbound *out)
{
    char room[4];
    *out = (struct xbound){.value = {.type = VT_INT}};
    switch ((int)v->kind) {
    case X_BOOL:
        out->value.type = VT_BOOL;
        out->value.boolean = v->boolean;
        break;
    case X_INT:
        out->value.integer = v->integer;
        break;
    case X_TIMESTAMP:
        out->value.integer = v->instant.us;
        break;
    case X_DURATION:
        out->value.integer = v->duration.us;
        break;
    case X_DATE:
        out->value.integer = v->date.days;
        break;
    case X_RECORD:
        out->value.integer = (int64_t)v->record.id;
        break;
    case X_MONEY:
        out->value.integer = v->money.minor;
        if (currency)
            out->value = (struct value){.type = VT_TEXT,
                                        .text = str_dup(a, currency_text(v->money.currency, room))};
        break;
    case X_DOUBLE:
        *out = (struct xbound){.is_double = true, .number = v->number};
        break;
    case X_STRING:
        out->value = (struct value){.type = VT_TEXT, .text = v->text};
        break;
    default:
        *out = (struct xbound){0};
        break;
    }
}

void xquery_bind(const struct xquery *q, const struct xreader *reader, const struct xhost *host,
                 const struct xbindings *b, struct arena *a, struct xbound *values)
{
    for (size_t i = 0; i < q->params.n; i++) {
        const struct xparam *p = &q->params.v[i];
        struct xvalue v;
        values[i] = (struct xbound){.value = p->value};
        if (!p->e)
            continue;
        struct run r = {.e = p->e,
                        .reader = reader,
                        .host = host,
                        .b = b,
                        .arena = a,
                        .max_cost = p->e->limits->cost};
        r.locals = ARENA_ARRAY(a, p->e->n_locals, struct xvalue);
        eval_node(&r, p->node, &v);
        values[i] = (struct xbound){0};
        if (v.result == XV_VALUE)
            bound_value(&v, p->currency, a, &values[i]);
    }
}

/* ---- the check: a dialect and tables that can say everything ---- */

static enum rc any_id(void *ctx, struct str alias, const struct xobject *o, struct buf *out)
{
    (void)ctx, (void)o;
    buf_str(out, alias);
    return RC_OK;
}

static enum rc any_column(void *ctx, struct str alias, const struct xobject *o,
                          const struct xfield *f, struct buf *out, struct buf *currency)
{
    (void)ctx, (void)o;
    buf_printf(out, "%.*s.f%u", STR_ARG(alias), f->number);
    if (currency)
        buf_printf(currency, "%.*s.f%u_c", STR_ARG(alias), f->number);
    return RC_OK;
}

static enum rc any_table(void *ctx, struct str alias, const struct xobject *o, struct buf *from,
                         struct buf *where)
{
    (void)ctx, (void)o, (void)where;
    buf_str(from, alias);
    return RC_OK;
}

static enum rc any_date(void *ctx, struct str instant, struct buf *out)
{
    (void)ctx;
    buf_str(out, instant);
    return RC_OK;
}

static enum rc any_rate(void *ctx, struct str minor, struct str currency, struct str alias,
                        const struct xobject *o, struct buf *out)
{
    (void)ctx, (void)currency, (void)alias, (void)o;
    buf_str(out, minor);
    return RC_OK;
}

static enum rc any_line(void *ctx, struct str manager, struct str person, struct buf *out)
{
    (void)ctx, (void)manager;
    buf_str(out, person);
    return RC_OK;
}

enum rc expr_sql_check(const struct expr *e, const char **reason, struct span *at)
{
    static const struct xtables tables = {.id = any_id,
                                          .column = any_column,
                                          .table = any_table,
                                          .local_date = any_date,
                                          .in_company = any_rate,
                                          .manages = any_line};
    struct xdialect dialect = {.name = "any", .param = '?'};
    struct xquery q;
    struct buf out, currency;
    struct arena *a = arena_new();
    for (size_t i = 0; i < XL_COUNT; i++)
        dialect.leaf[i] = "f($1,$2,$3)";
    xquery_init(&q, &dialect, &tables, STR("t"), 1, a);
    buf_init(&out, q.max_bytes + 1);
    buf_init(&currency, q.max_bytes + 1);
    enum rc rc = expr_emit(e, &q, XS_VALUE, &out, &currency);
    *reason = q.reason;
    *at = q.at;
    buf_release(&out);
    buf_release(&currency);
    xquery_release(&q);
    arena_free(a);
    return rc;
}
