/* msql.c - the leaves of the SQL: which table a record is read from at which instant, its columns, its money, its conditions.
 *
 * Kept: a record read at (true T, known K) has at most one row, so no join multiplies records. An amount counts in the company's
 * currency: at the rate of the day that fx.h says, rounded half to even per record, so that sums do not depend on their order.
 */
#include "insight/msql.h"

#include "projection/rows.h"
#include "store/duckdb_dialect.h"
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void msql_init(struct msql *e, const struct plan *p, const struct scan *s,
               const struct msql_facts *f, struct arena *a, struct diags *ds)
{
    *e = (struct msql){.plan = p, .scan = s, .facts = f, .a = a, .ds = ds};
}

void msql_fail(struct msql *e, enum rc rc)
{
    e->rc = e->rc == RC_OK ? rc : e->rc;
}

struct str msql_take(struct msql *e, struct buf *b)
{
    msql_fail(e, buf_ok(b));
    struct str text = str_dup(e->a, buf_view(b));
    buf_release(b);
    return text;
}

/* ---- tables ----------------------------------------------------------------------------------------------------- */

static const struct object *object_of(const struct place *pl, const struct xobject *o)
{
    const struct object *found = model_object_numbered(pl->e->plan->model, o->number);
    assert(found);
    return found;
}

void msql_known(struct msql *e, const char *alias, struct buf *out)
{
    const struct plan *p = e->plan;
    if (p->has_known)
        buf_printf(out, "%s.known_from <= %" PRId64 " AND %" PRId64 " < %s.known_to", alias,
                   p->known.us, p->known.us, alias);
    else
        buf_printf(out, "%s.known_to = %" PRId64, alias, TIME_OPEN);
}

static void fact_where(const struct place *pl, const char *alias, struct buf *where)
{
    const struct plan *p = pl->e->plan;
    if (p->has_known)
        buf_printf(where, "%s.recorded_at <= %" PRId64 " AND %s.retracted_at > %" PRId64, alias,
                   p->known.us, alias, p->known.us);
    else
        buf_printf(where, "%s.retracted_at = %" PRId64, alias, TIME_OPEN);
    if (pl->instant)
        buf_printf(where, " AND %s.at <= %s", alias, pl->instant);
    else if (p->has_as_of)
        buf_printf(where, " AND %s.at <= %" PRId64, alias, p->as_of.us);
}

void msql_source(struct place *pl, const struct object *o, const char *alias, struct buf *from,
                 struct buf *where)
{
    const struct plan *p = pl->e->plan;
    if (o->is_fact) {
        buf_printf(from, "x_%u AS %s", o->number, alias);
        fact_where(pl, alias, where);
    } else if (!pl->instant && !p->has_as_of) {
        buf_printf(from, "c_%u AS %s", o->number, alias);
    } else {
        char at[32];
        int n = snprintf(at, sizeof(at), "%" PRId64, p->as_of.us);
        assert(n > 0);
        const char *instant = pl->instant ? pl->instant : at;
        buf_printf(from, "w_%u AS %s", o->number, alias);
        buf_printf(where, "%s.true_from <= %s AND %s < %s.true_to AND ", alias, instant, instant,
                   alias);
        msql_known(pl->e, alias, where);
    }
}

static enum rc put_table(void *ctx, struct str alias, const struct xobject *o, struct buf *from,
                         struct buf *where)
{
    struct place *pl = ctx;
    msql_source(pl, object_of(pl, o), str_c(pl->e->a, alias), from, where);
    return RC_OK;
}

static enum rc put_id(void *ctx, struct str alias, const struct xobject *o, struct buf *out)
{
    (void)ctx;
    (void)o;
    buf_printf(out, "%.*s.id", STR_ARG(alias));
    return RC_OK;
}

/* A reference as written, or what that record was merged into. */
static void put_reference(struct place *pl, struct str alias, struct str column, struct buf *out)
{
    if (!pl->e->facts->view->any_merge) {
        buf_printf(out, "%.*s.%.*s", STR_ARG(alias), STR_ARG(column));
        return;
    }
    if (!pl->instant) {
        pl->e->merges_used = true;
        buf_printf(out,
                   "coalesce((SELECT max(merged.into_id) FROM merged WHERE merged.id = %.*s.%.*s), "
                   "%.*s.%.*s)",
                   STR_ARG(alias), STR_ARG(column), STR_ARG(alias), STR_ARG(column));
        return;
    }
    buf_printf(out,
               "coalesce((SELECT max(g.into_id) FROM redirect g WHERE g.id = %.*s.%.*s AND "
               "g.true_from <= %s AND ",
               STR_ARG(alias), STR_ARG(column), pl->instant);
    msql_known(pl->e, "g", out);
    buf_printf(out, "), %.*s.%.*s)", STR_ARG(alias), STR_ARG(column));
}

static enum rc put_column(void *ctx, struct str alias, const struct xobject *o,
                          const struct xfield *f, struct buf *out, struct buf *currency)
{
    struct place *pl = ctx;
    const struct field *field = object_field_numbered(object_of(pl, o), f->number);
    assert(field);
    char room[24];
    struct str column = column_of(field, room);
    pl->last_alias = str_dup(pl->e->a, alias);
    pl->last_object = o;
    pl->last_field = field;
    if (f->stored == VT_NUM && !pl->exact)
        buf_printf(out, "CAST(%.*s.%.*s AS DOUBLE)", STR_ARG(alias), STR_ARG(column));
    else if (f->stored == VT_REF)
        put_reference(pl, alias, column, out);
    else
        buf_printf(out, "%.*s.%.*s", STR_ARG(alias), STR_ARG(column));
    if (f->stored == VT_MONEY && currency)
        buf_printf(currency, "%.*s.%.*s_c", STR_ARG(alias), STR_ARG(column));
    return RC_OK;
}

/* Is it the plain name of a column, for which the projection has stored the company day beside it? */
static bool is_column(struct str s)
{
    size_t dots = 0;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        dots += c == '.';
        bool name = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                    c == '_' || c == '.';
        if (!name)
            return false;
    }
    return dots == 1;
}

static enum rc put_local_date(void *ctx, struct str instant, struct buf *out)
{
    (void)ctx;
    if (is_column(instant))
        buf_printf(out, "%.*s_d", STR_ARG(instant));
    else
        buf_printf(out,
                   "(SELECT max(day.day) FROM day WHERE day.from_us <= %.*s AND %.*s < day.to_us)",
                   STR_ARG(instant), STR_ARG(instant));
    return RC_OK;
}

/* ---- money ------------------------------------------------------------------------------------------------------ */

struct str msql_day_of(struct arena *a, const char *alias, const struct field *f)
{
    char room[24];
    struct str column = column_of(f, room);
    return str_printf(a, "%s.%.*s%s", alias, STR_ARG(column), f->type == FT_INSTANT ? "_d" : "");
}

/* The day whose rate a record takes (fx.h), as SQL. Beyond the last rate, that one stays in force. */
static struct str rate_day(struct place *pl, struct str alias, const struct object *o)
{
    struct arena *a = pl->e->a;
    const struct fx_rates *rates = pl->e->facts->rates;
    struct fx_rule rule;
    fx_rule_of(pl->e->plan->model, o, &rule);
    int32_t last = INT32_MIN;
    for (size_t i = 0; i < rates->n; i++)
        last = rates->v[i].from.days > last ? rates->v[i].from.days : last;
    const char *row = str_c(a, alias);
    struct str plan = str_printf(a, "(%d)", INT32_MIN);
    struct str open = rule.open ? str_printf(a, "least(%.*s, %d)",
                                             STR_ARG(msql_day_of(a, row, rule.open)), last)
                                : plan;
    struct str closed = rule.closed ? str_printf(a, "least(%.*s, %d)",
                                                 STR_ARG(msql_day_of(a, row, rule.closed)), last)
                                    : plan;
    if (!rule.process || str_eq(open, closed))
        return open;
    struct str stages = STR_NONE;
    for (size_t i = 0; i < rule.process->n_stages; i++) {
        const struct stage *s = &rule.process->stages[i];
        if (s->outcome != OUTCOME_OPEN)
            stages = str_printf(a, "%.*s%s%u", STR_ARG(stages), stages.n ? ", " : "", s->number);
    }
    char room[24];
    struct str column = column_of(rule.process->field, room);
    return str_printf(a, "CASE WHEN %s.%.*s IN (%.*s) THEN %.*s ELSE %.*s END", row,
                      STR_ARG(column), STR_ARG(stages), STR_ARG(closed), STR_ARG(open));
}

/* Is `currency` the column asked for last, in which there was never any but the company's? Then the amount is what it is; where it
 * is absent, so is the amount. */
static bool only_company(const struct place *pl, struct str currency)
{
    const struct field *f = pl->last_field;
    char room[24];
    if (!f || f->type != FT_MONEY)
        return false;
    struct str column = column_of(f, room), alias = pl->last_alias;
    bool same = currency.n == alias.n + column.n + 3 && str_starts(currency, alias) &&
                str_eq(str_sub(currency, alias.n + 1, alias.n + 1 + column.n), column) &&
                str_ends(currency, STR("_c"));
    return same && view_one_currency(pl->e->facts->view, f, pl->e->plan->model->company.currency);
}

static enum rc put_in_company(void *ctx, struct str minor, struct str currency, struct str alias,
                              const struct xobject *o, struct buf *out)
{
    struct place *pl = ctx;
    char code[4];
    struct str own = currency_text(pl->e->plan->model->company.currency, code);
    const struct fx_rates *rates = pl->e->facts->rates;
    if (only_company(pl, currency)) {
        buf_str(out, minor);
        return RC_OK;
    }
    buf_printf(out, "CASE WHEN %.*s = '%.*s' THEN %.*s", STR_ARG(currency), STR_ARG(own),
               STR_ARG(minor));
    if (rates && rates->n > 0) {
        struct str day = rate_day(pl, alias, object_of(pl, o));
        buf_printf(out,
                   " ELSE TRY_CAST(half_even(CAST(%.*s AS HUGEINT) * (SELECT max(fx.rate) FROM fx "
                   "WHERE fx.currency = %.*s "
                   "AND fx.day = %.*s), (SELECT max(fx.den) FROM fx WHERE fx.currency = %.*s AND "
                   "fx.day = %.*s)) AS BIGINT)",
                   STR_ARG(minor), STR_ARG(currency), STR_ARG(day), STR_ARG(currency),
                   STR_ARG(day));
    }
    buf_cstr(out, " END");
    return RC_OK;
}

void place_tables(struct place *pl, struct xtables *out)
{
    *out = (struct xtables){.ctx = pl,
                            .id = put_id,
                            .column = put_column,
                            .table = put_table,
                            .local_date = put_local_date,
                            .in_company = put_in_company};
}

/* ---- expressions ------------------------------------------------------------------------------------------------ */

void msql_begin(struct place *pl, struct xquery *q, const struct xtables *t, const char *root)
{
    struct msql *e = pl->e;
    xquery_init(q, duck_dialect(), t, str_of(root), (uint32_t)e->params.n + 1, e->a);
}

void msql_bind(const struct msql *e, const struct xquery *q, struct instant now,
               struct xbound *values)
{
    struct xhost host = {.zone = e->plan->zone};
    struct xbindings b = {.now = now, .today = zone_date(e->plan->zone, now)};
    xquery_bind(q, NULL, &host, &b, e->a, values);
}

void msql_end(struct msql *e, struct xquery *q, struct instant now)
{
    struct xbound *values = ARENA_ARRAY(e->a, q->params.n + 1, struct xbound);
    msql_bind(e, q, now, values);
    for (size_t i = 0; i < q->params.n; i++)
        *VEC_PUSH(e->a, &e->params) = values[i];
    xquery_release(q);
}

static void refuse_expression(struct msql *e, const struct xquery *q, enum rc rc, struct str text)
{
    struct diag *d = diag_add(e->ds, SEV_ERROR, "I0020", q->at,
                              "'%.*s' cannot be asked of the warehouse: %s", STR_ARG(text),
                              q->reason ? q->reason : "its text grows too long");
    diag_help(e->ds, d, "say it with comparisons of fields, or store it as a computed field");
    msql_fail(e, rc);
}

struct str msql_condition(struct msql *e, struct xquery *q, const struct expr *x, enum xshape shape)
{
    if (!x)
        return STR("true");
    struct buf out;
    buf_init(&out, MSQL_MAX);
    enum rc rc = expr_emit(x, q, shape, &out, NULL);
    if (rc != RC_OK)
        refuse_expression(e, q, rc, expr_text(x));
    return msql_take(e, &out);
}

static enum rc path_sql(struct place *pl, struct xquery *q, const struct path *p, struct buf *out,
                        struct buf *currency)
{
    struct msql *e = pl->e;
    const struct xfield **steps = ARENA_ARRAY(e->a, p->n_steps, const struct xfield *);
    for (size_t i = 0; i < p->n_steps; i++)
        steps[i] = p->steps[i]->x;
    enum rc rc = xquery_path(q, p->object->x, steps, p->n_steps, out, currency);
    if (rc != RC_OK)
        refuse_expression(e, q, rc, p->text);
    return rc;
}

struct str msql_path(struct place *pl, struct xquery *q, const struct path *p)
{
    struct buf out, currency;
    buf_init(&out, MSQL_MAX);
    buf_init(&currency, MSQL_MAX);
    pl->exact = true;
    (void)path_sql(pl, q, p, &out, &currency);
    pl->exact = false;
    buf_release(&currency);
    return msql_take(pl->e, &out);
}

static struct value_sql converted(struct place *pl, struct str minor, struct str currency,
                                  struct str alias, const struct xobject *o)
{
    struct msql *e = pl->e;
    struct buf out;
    buf_init(&out, MSQL_MAX);
    msql_fail(e, put_in_company(pl, minor, currency, alias, o, &out));
    return (struct value_sql){msql_take(e, &out),
                              str_printf(e->a, "(%.*s) IS NOT NULL", STR_ARG(minor))};
}

static struct value_sql value_of_path(struct place *pl, struct xquery *q, const struct path *p)
{
    struct msql *e = pl->e;
    struct buf out, currency;
    buf_init(&out, MSQL_MAX);
    buf_init(&currency, MSQL_MAX);
    pl->exact = true;
    (void)path_sql(pl, q, p, &out, &currency);
    pl->exact = false;
    struct str value = msql_take(e, &out), code = msql_take(e, &currency);
    if (p->steps[p->n_steps - 1]->type != FT_MONEY)
        return (struct value_sql){.value = value};
    return converted(pl, value, code, pl->last_alias, pl->last_object);
}

/* A double becomes the decimal of nine digits nearest to it, so that sums do not depend on their order. */
static struct value_sql value_of_expr(struct place *pl, struct xquery *q, const struct metric *m,
                                      const char *root)
{
    struct msql *e = pl->e;
    struct buf out, currency;
    buf_init(&out, MSQL_MAX);
    buf_init(&currency, MSQL_MAX);
    enum rc rc = expr_emit(m->value_expr, q, XS_VALUE, &out, &currency);
    if (rc != RC_OK)
        refuse_expression(e, q, rc, expr_text(m->value_expr));
    struct str value = msql_take(e, &out), code = msql_take(e, &currency);
    enum xkind kind = expr_type(m->value_expr)->kind;
    if (kind == X_MONEY)
        return converted(pl, value, code, str_of(root), e->scan->object->x);
    if (kind == X_DOUBLE)
        value = str_printf(e->a, "TRY_CAST(%.*s AS DECIMAL(38,9))", STR_ARG(value));
    return (struct value_sql){.value = value};
}

struct value_sql msql_value(struct place *pl, struct xquery *q, const struct metric *m,
                            const char *root)
{
    if (m->value_expr)
        return value_of_expr(pl, q, m, root);
    if (m->value.n_steps > 0)
        return value_of_path(pl, q, &m->value);
    return (struct value_sql){0};
}
