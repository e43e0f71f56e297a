/* Operators and functions as SQL. The form of each stands in the table of overload.c; a dialect's words are its leaves. */
#include "expr/emit.h"

#include <math.h>
#include <string.h>

/* Dates of years 1 to 9999 as days, durations within CEL's bound, differences of timestamps within 64 bits of nanoseconds. */
#define DATE_LOW "-719162"
#define DATE_HIGH "2932896"
#define INSTANT_LOW "-62135596800000000"
#define INSTANT_HIGH "253402300799999999"
#define SPAN_LOW "-315576000000000000"
#define SPAN_HIGH "315576000000000000"
#define DIFF_LOW "-9223372036854775"
#define DIFF_HIGH "9223372036854775"
#define DAY_US "86400000000"

static bool within(struct emitter *m, const struct node *n, struct str x, const char *low,
                   const char *high, struct str *out)
{
    return emit_leaf(m, n, XL_WITHIN, (struct str[]){x, str_of(low), str_of(high)}, 3, out);
}

/* ---- how large can a double get? ----
 * A result that is not finite is a fault, but a guard on every operation would double the text each time. Stored numbers
 * have at most 15 digits, so hardly any real formula can leave the range; those that might are guarded. Powers of ten. */

static double largest(const struct node *n);

static double smallest(const struct node *n)
{
    if (n->kind == N_LITERAL && n->value.kind == X_DOUBLE)
        return n->value.number != 0.0 ? log10(fabs(n->value.number)) : 400;
    if (n->kind == N_SELECT && n->field)
        return -9;
    if (n->kind == N_CALL && n->overload && n->overload->leaf == XL_DOUBLE_OF_INT)
        return 0;
    if (n->kind == N_CALL && n->overload &&
        (n->overload->leaf == XL_DOUBLE_NEG || n->overload->sql == SQL_SAME))
        return smallest(n->args[0]);
    return -324;
}

static double largest_of_call(const struct node *n)
{
    double a = largest(n->args[0]), b = n->n_args > 1 ? largest(n->args[1]) : 0;
    switch ((int)(n->overload ? n->overload->leaf : XL_COUNT)) {
    case XL_DOUBLE_ADD:
    case XL_DOUBLE_SUB:
        return (a > b ? a : b) + 0.31;
    case XL_DOUBLE_MUL:
        return a + b;
    case XL_DOUBLE_DIV:
        return a - smallest(n->args[1]);
    case XL_DOUBLE_NEG:
        return a;
    case XL_DOUBLE_OF_INT:
        return 19;
    default:
        return n->overload && n->overload->sql == SQL_SAME ? a : 309;
    }
}

static double largest(const struct node *n)
{
    if (n->kind == N_LITERAL && n->value.kind == X_DOUBLE)
        return n->value.number != 0.0 ? log10(fabs(n->value.number)) : -400;
    if (n->kind == N_SELECT && n->field)
        return 15;
    if (n->kind == N_COND)
        return fmax(largest(n->args[1]), largest(n->args[2]));
    return n->kind == N_CALL ? largest_of_call(n) : 309;
}

/* ---- comparison ---- */

static const struct xname *name_of_literal(const struct xfield *f, const struct node *n)
{
    for (size_t i = 0; n->kind == N_LITERAL && n->value.kind == X_STRING && i < f->n_names; i++)
        if (str_eq(f->names[i].name, n->value.text))
            return &f->names[i];
    return NULL;
}

/* The closed list of a column that can be read as numbers. */
static const struct xfield *column_names(const struct node *n)
{
    return names_of(n) && n->args[0]->kind != N_COND && !emit_constant(n) ? n->field : NULL;
}

/* An enum against a constant of its list, or another field with the same list: as numbers. */
static bool compare_names(struct emitter *m, const struct node *n, const struct node *a,
                          const struct node *b, const char *op, struct str *out, bool *done)
{
    const struct xfield *fa = column_names(a), *fb = column_names(b);
    const struct xname *name = fa ? name_of_literal(fa, b) : fb ? name_of_literal(fb, a) : NULL;
    struct sql x, y;
    *done = name || (fa && fb && fa->names == fb->names);
    if (!*done)
        return true;
    if (!emit_field(m, fa ? a : b, &x))
        return false;
    if (name)
        *out = emit_text(m, n, "(%.*s %s %u)", STR_ARG(x.text), op, name->number);
    else if (emit_field(m, b, &y))
        *out = emit_text(m, n, "(%.*s %s %.*s)", STR_ARG(x.text), op, STR_ARG(y.text));
    return m->rc == RC_OK;
}

static bool comparable_in_sql(enum xkind k)
{
    return k == X_BOOL || k == X_INT || k == X_DOUBLE || k == X_STRING || k == X_TIMESTAMP ||
           k == X_DURATION || k == X_DATE || k == X_MONEY || k == X_RECORD;
}

static bool compare_values(struct emitter *m, const struct node *n, const struct node *a,
                           struct sql *x, const struct node *b, struct sql *y, const char *op,
                           struct str *out)
{
    enum xkind ka = a->type.kind, kb = b->type.kind;
    if (!comparable_in_sql(ka) || !comparable_in_sql(kb))
        return emit_fail(m, n, RC_UNSUPPORTED, "values of these types do not compare in SQL");
    /* The evaluator compares an integer with a double as doubles. SQLite would compare them exactly, DuckDB would cast by rules of
     * its own: 2^53 + 1 == 2.0^53 must have one answer. */
    if (ka == X_INT && kb == X_DOUBLE && !emit_leaf(m, n, XL_DOUBLE_OF_INT, &x->text, 1, &x->text))
        return false;
    if (ka == X_DOUBLE && kb == X_INT && !emit_leaf(m, n, XL_DOUBLE_OF_INT, &y->text, 1, &y->text))
        return false;
    /* Two currencies have no order and are not unequal either: a fault, and with it NULL, also for != (a bare <> would say true). */
    if (ka == X_MONEY)
        *out = emit_text(m, n, "(CASE WHEN %.*s = %.*s THEN %.*s %s %.*s END)",
                         STR_ARG(x->currency), STR_ARG(y->currency), STR_ARG(x->text), op,
                         STR_ARG(y->text));
    else
        *out = emit_text(m, n, "(%.*s %s %.*s)", STR_ARG(x->text), op, STR_ARG(y->text));
    return m->rc == RC_OK;
}

/* Only equality may use the numbers of a closed list: they are in order of writing, CEL's < on strings is in order of code points. */
static bool compare(struct emitter *m, const struct node *n, const struct node *a,
                    const struct node *b, const char *op, struct str *out)
{
    struct sql x, y;
    bool done, equality = op[0] == '=' || op[1] == '>';
    if (equality && (!compare_names(m, n, a, b, op, out, &done) || done))
        return m->rc == RC_OK;
    return emit_value(m, a, &x) && emit_value(m, b, &y) &&
           compare_values(m, n, a, &x, b, &y, op, out);
}

bool emit_equal(struct emitter *m, const struct node *n, const struct node *a, const struct node *b,
                struct str *out)
{
    return compare(m, n, a, b, "=", out);
}

static const char *operator_of(struct str name)
{
    static const struct {
        const char *cel, *sql;
    } table[] = {{"_==_", "="},  {"_!=_", "<>"}, {"_<_", "<"},
                 {"_<=_", "<="}, {"_>_", ">"},   {"_>=_", ">="}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (str_is(name, table[i].cel))
            return table[i].sql;
    return NULL;
}

/* ---- x in [a, b] ---- */

static bool all_literals(const struct node *list)
{
    for (uint32_t i = 0; i < list->n_args; i++)
        if (list->args[i]->kind != N_LITERAL)
            return false;
    return true;
}

/* Every element as a test of one equality; true wins over NULL, as in the evaluator. */
static bool any_equal(struct emitter *m, const struct node *n, struct str *out)
{
    const struct node *list = n->args[1];
    struct buf b;
    buf_init(&b, m->q->max_bytes + 1);
    for (uint32_t i = 0; i < list->n_args && m->rc == RC_OK; i++) {
        struct str one;
        if (emit_equal(m, n, n->args[0], list->args[i], &one))
            buf_printf(&b, "%s%.*s", i ? " OR " : "(", STR_ARG(one));
    }
    buf_cstr(&b, list->n_args ? ")" : "FALSE");
    *out = str_dup(m->a, buf_view(&b));
    bool fits = buf_ok(&b) == RC_OK;
    buf_release(&b);
    return m->rc == RC_OK &&
           (fits || emit_fail(m, n, RC_LIMIT, "the SQL of this expression grows too long"));
}

/* All elements are literals of the value's own kind: x IN (…), on the numbers of a closed list where it has one. Money
 * compares its currency first, numbers of two kinds are converted; those stay with any_equal. */
static bool emit_in_literals(struct emitter *m, const struct node *n, struct sql *out, bool *done)
{
    const struct node *value = n->args[0], *list = n->args[1];
    const struct xfield *names = column_names(value);
    struct sql x;
    struct buf b;
    *done = list->n_args && comparable_in_sql(value->type.kind) && value->type.kind != X_MONEY;
    for (uint32_t i = 0; i < list->n_args; i++)
        *done = *done && list->args[i]->type.kind == value->type.kind &&
                (!names || name_of_literal(names, list->args[i]));
    if (!*done)
        return true;
    if (!(names ? emit_field(m, value, &x) : emit_value(m, value, &x)))
        return false;
    buf_init(&b, m->q->max_bytes + 1);
    for (uint32_t i = 0; i < list->n_args && m->rc == RC_OK; i++) {
        struct sql one;
        buf_cstr(&b, i ? ", " : "");
        if (names)
            buf_printf(&b, "%u", name_of_literal(names, list->args[i])->number);
        else if (emit_value(m, list->args[i], &one))
            buf_str(&b, one.text);
    }
    out->text = emit_text(m, n, "(%.*s IN (%.*s))", STR_ARG(x.text), STR_ARG(buf_view(&b)));
    buf_release(&b);
    return m->rc == RC_OK;
}

bool emit_in_list(struct emitter *m, const struct node *n, struct sql *out)
{
    const struct node *list = n->args[1];
    struct str any;
    struct sql x;
    struct buf guard;
    bool done = false;
    if (all_literals(list) && (!emit_in_literals(m, n, out, &done) || done))
        return m->rc == RC_OK;
    if (!any_equal(m, n, &any))
        return false;
    /* NULL OR FALSE is NULL already: only an empty list, or an element that may be absent, needs the test. */
    if (list->n_args && all_literals(list)) {
        out->text = any;
        return true;
    }
    if (!emit_value(m, n->args[0], &x))
        return false;
    buf_init(&guard, m->q->max_bytes + 1);
    buf_printf(&guard, "%.*s IS NOT NULL", STR_ARG(x.text));
    for (uint32_t i = 0; i < list->n_args && m->rc == RC_OK; i++)
        if (list->args[i]->kind != N_LITERAL && emit_value(m, list->args[i], &x))
            buf_printf(&guard, " AND %.*s IS NOT NULL", STR_ARG(x.text));
    out->text = emit_text(m, n, "(CASE WHEN %.*s THEN %.*s END)", STR_ARG(buf_view(&guard)),
                          STR_ARG(any));
    buf_release(&guard);
    return m->rc == RC_OK;
}

/* ---- time ---- */

static bool infix(struct emitter *m, const struct node *n, const char *op, const struct sql *v,
                  struct str *out)
{
    *out = emit_text(m, n, "(%.*s %s %.*s)", STR_ARG(v[0].text), op, STR_ARG(v[1].text));
    return m->rc == RC_OK;
}

/* date ± duration: whole days only. A constant span becomes its days and needs no parameter. */
static bool date_plus(struct emitter *m, const struct node *n, bool add, struct sql *out)
{
    bool swapped = n->args[0]->type.kind == X_DURATION;
    const struct node *span = n->args[swapped ? 0 : 1];
    struct sql date, us;
    struct str days, sum;
    if (!emit_value(m, n->args[swapped ? 1 : 0], &date))
        return false;
    if (span->kind == N_LITERAL && span->value.duration.us % US_PER_DAY == 0)
        days = str_printf(m->a, "(%lld)", (long long)(span->value.duration.us / US_PER_DAY));
    else if (!emit_value(m, span, &us) ||
             !emit_leaf(m, n, XL_INT_DIV, (struct str[]){us.text, STR(DAY_US)}, 2, &days))
        return false;
    else
        days = emit_text(m, n, "(CASE WHEN (%.*s %% " DAY_US ") = 0 THEN %.*s END)",
                         STR_ARG(us.text), STR_ARG(days));
    sum = emit_text(m, n, "(%.*s %s %.*s)", STR_ARG(date.text), add ? "+" : "-", STR_ARG(days));
    return m->rc == RC_OK && within(m, n, sum, DATE_LOW, DATE_HIGH, &out->text);
}

/* Rounded down: SQL's integer division goes towards zero, and would put the evening of 1969-12-31 into 1970. */
static bool day_of_instant(struct emitter *m, const struct node *n, struct str us, struct str *out)
{
    return emit_leaf(m, n, XL_FLOOR_DIV, (struct str[]){us, STR(DAY_US)}, 2, out);
}

static bool date_part(struct emitter *m, const struct node *n, struct str x, struct sql *out)
{
    bool from_zero = str_is(n->name, "getMonth") || str_is(n->name, "getDayOfMonth") ||
                     str_is(n->name, "getDayOfYear");
    if (n->args[0]->type.kind == X_TIMESTAMP && !day_of_instant(m, n, x, &x))
        return false;
    if (!emit_leaf(m, n, n->overload->leaf, &x, 1, &out->text))
        return false;
    if (from_zero)
        out->text = emit_text(m, n, "(%.*s - 1)", STR_ARG(out->text));
    return m->rc == RC_OK;
}

/* Hours and smaller: of a timestamp within its day, of a duration the whole. */
static bool span_part(struct emitter *m, const struct node *n, struct str x, struct sql *out)
{
    bool milli = str_is(n->name, "getMilliseconds"), moment = n->args[0]->type.kind == X_TIMESTAMP;
    const char *unit = str_is(n->name, "getHours")     ? "3600000000"
                       : str_is(n->name, "getMinutes") ? "60000000"
                       : milli                         ? "1000"
                                                       : "1000000";
    const char *turn = str_is(n->name, "getHours")     ? DAY_US
                       : str_is(n->name, "getMinutes") ? "3600000000"
                       : milli                         ? "1000000"
                                                       : "60000000";
    /* SQL's % has the sign of the dividend, so a moment before 1970 is brought into its turn by adding one. */
    if (moment)
        x = emit_text(m, n, "(((%.*s %% %s) + %s) %% %s)", STR_ARG(x), turn, turn, turn);
    else if (milli)
        x = emit_text(m, n, "(%.*s %% 1000000)", STR_ARG(x));
    return m->rc == RC_OK &&
           emit_leaf(m, n, XL_INT_DIV, (struct str[]){x, str_of(unit)}, 2, &out->text);
}

/* Months since the fiscal year began, negative while it has not in this calendar year. */
static bool fiscal_since(struct emitter *m, const struct node *n, struct str x, struct str *out)
{
    int month = m->e->fiscal_month ? m->e->fiscal_month : 1,
        day = m->e->fiscal_day ? m->e->fiscal_day : 1;
    struct str mm, dd;
    if (!emit_leaf(m, n, XL_DATE_MONTH, &x, 1, &mm) || !emit_leaf(m, n, XL_DATE_DAY, &x, 1, &dd))
        return false;
    *out = day > 1 ? emit_text(m, n, "(%.*s - %d - CASE WHEN %.*s < %d THEN 1 ELSE 0 END)",
                               STR_ARG(mm), month, STR_ARG(dd), day)
                   : emit_text(m, n, "(%.*s - %d)", STR_ARG(mm), month);
    return m->rc == RC_OK;
}

static bool fiscal(struct emitter *m, const struct node *n, struct str x, struct sql *out)
{
    struct str since, year, months;
    bool calendar = m->e->fiscal_month <= 1 && m->e->fiscal_day <= 1;
    if (!fiscal_since(m, n, x, &since) || !emit_leaf(m, n, XL_DATE_YEAR, &x, 1, &year))
        return false;
    if (n->overload->sql == SQL_FISCAL_YEAR) {
        out->text = emit_text(m, n, "(%.*s - CASE WHEN %.*s < 0 THEN 1 ELSE 0 END + %d)",
                              STR_ARG(year), STR_ARG(since), calendar ? 0 : 1);
        return m->rc == RC_OK;
    }
    months = emit_text(m, n, "((%.*s + 12) %% 12)", STR_ARG(since));
    if (!emit_leaf(m, n, XL_INT_DIV, (struct str[]){months, STR("3")}, 2, &out->text))
        return false;
    out->text = emit_text(m, n, "(%.*s + 1)", STR_ARG(out->text));
    return m->rc == RC_OK;
}

static bool local_date(struct emitter *m, const struct node *n, struct str x, struct sql *out)
{
    struct buf b;
    if (!m->q->tables->local_date)
        return emit_fail(m, n, RC_UNSUPPORTED, "company days are not at hand here");
    buf_init(&b, m->q->max_bytes);
    enum rc rc = m->q->tables->local_date(m->q->tables->ctx, x, &b);
    out->text = emit_taken(m, &b);
    return rc == RC_OK || emit_fail(m, n, rc, "company days are not at hand here");
}

/* actor.manages(person): along the reporting lines, as of the query's instant. */
static bool manages(struct emitter *m, const struct node *n, const struct sql *v, struct sql *out)
{
    struct buf b;
    if (!m->q->tables->manages)
        return emit_fail(m, n, RC_UNSUPPORTED, "reporting lines are not at hand here");
    buf_init(&b, m->q->max_bytes);
    enum rc rc = m->q->tables->manages(m->q->tables->ctx, v[0].text, v[1].text, &b);
    out->text = emit_taken(m, &b);
    return rc == RC_OK || emit_fail(m, n, rc, "reporting lines are not at hand here");
}

/* ---- money ---- */

/* As in a comparison: amounts of two currencies do not add, and the sum of a row that has two is NULL. */
static bool money_sum(struct emitter *m, const struct node *n, const struct sql *v, enum xleaf leaf,
                      struct sql *out)
{
    struct str sum;
    if (!emit_leaf(m, n, leaf, (struct str[]){v[0].text, v[1].text}, 2, &sum))
        return false;
    out->text = emit_text(m, n, "(CASE WHEN %.*s = %.*s THEN %.*s END)", STR_ARG(v[0].currency),
                          STR_ARG(v[1].currency), STR_ARG(sum));
    out->currency = v[0].currency;
    return m->rc == RC_OK;
}

static bool in_company(struct emitter *m, const struct node *n, const struct sql *v,
                       struct sql *out)
{
    struct buf b;
    char code[4];
    if (!m->q->tables->in_company)
        return emit_fail(m, n, RC_UNSUPPORTED, "exchange rates are not at hand here");
    buf_init(&b, m->q->max_bytes);
    enum rc rc = m->q->tables->in_company(m->q->tables->ctx, v->text, v->currency, m->q->root,
                                          m->e->self, &b);
    out->text = emit_taken(m, &b);
    if (rc != RC_OK)
        return emit_fail(m, n, rc, "exchange rates are not at hand here");
    return emit_text_param(m, n, str_dup(m->a, currency_text(m->e->currency, code)),
                           &out->currency);
}

/* ---- calls ---- */

/* The domains are our own constants, so they stand in the text. */
static bool freemail(struct emitter *m, const struct node *n, struct str x, struct sql *out)
{
    struct str domain;
    struct buf b;
    if (!emit_leaf(m, n, XL_TEXT_DOMAIN, &x, 1, &domain))
        return false;
    buf_init(&b, m->q->max_bytes + 1);
    for (size_t i = 0; i < freemail_count; i++)
        buf_printf(&b, "%s'%s'", i ? ", " : "", freemail_domains[i]);
    out->text = emit_text(m, n, "(%.*s IN (%.*s))", STR_ARG(domain), STR_ARG(buf_view(&b)));
    buf_release(&b);
    return m->rc == RC_OK;
}

static bool leaf_call(struct emitter *m, const struct node *n, const struct sql *v, struct sql *out)
{
    struct str args[3] = {v[0].text, n->n_args > 1 ? v[1].text : STR_NONE,
                          n->n_args > 2 ? v[2].text : STR_NONE};
    enum xleaf leaf = n->overload->leaf;
    if (leaf == XL_TEXT_MATCHES && n->args[1]->kind != N_LITERAL)
        return emit_fail(m, n, RC_UNSUPPORTED, "a pattern must be constant in SQL");
    if (!emit_leaf(m, n, leaf, args, n->n_args, &out->text))
        return false;
    /* DuckDB ends the whole query on an overflow that SQLite turns into Inf: neither may be reached. */
    bool arithmetic = leaf >= XL_DOUBLE_ADD && leaf <= XL_DOUBLE_NEG;
    return !arithmetic || largest(n) < 308 || emit_leaf(m, n, XL_FINITE, &out->text, 1, &out->text);
}

static bool other_call(struct emitter *m, const struct node *n, const struct sql *v,
                       struct sql *out)
{
    struct str x;
    switch ((int)n->overload->sql) {
    case SQL_TIME_ADD:
        return infix(m, n, "+", v, &x) && within(m, n, x, INSTANT_LOW, INSTANT_HIGH, &out->text);
    case SQL_TIME_SUB:
        return infix(m, n, "-", v, &x) && within(m, n, x, INSTANT_LOW, INSTANT_HIGH, &out->text);
    case SQL_SPAN_ADD:
        return infix(m, n, "+", v, &x) && within(m, n, x, SPAN_LOW, SPAN_HIGH, &out->text);
    case SQL_SPAN_SUB:
        return infix(m, n, "-", v, &x) && within(m, n, x, SPAN_LOW, SPAN_HIGH, &out->text);
    case SQL_TIME_DIFF:
        return infix(m, n, "-", v, &x) && within(m, n, x, DIFF_LOW, DIFF_HIGH, &out->text);
    case SQL_DATE_DIFF:
        return infix(m, n, "-", v, &out->text);
    case SQL_DAYS:
        return emit_leaf(m, n, XL_INT_MUL, (struct str[]){v->text, STR(DAY_US)}, 2, &x) &&
               within(m, n, x, SPAN_LOW, SPAN_HIGH, &out->text);
    case SQL_DATE_PART:
        return date_part(m, n, v->text, out);
    case SQL_SPAN_PART:
        return span_part(m, n, v->text, out);
    case SQL_INSTANT_SECONDS:
        return emit_leaf(m, n, XL_FLOOR_DIV, (struct str[]){v->text, STR("1000000")}, 2,
                         &out->text);
    case SQL_MANAGES:
        return manages(m, n, v, out);
    case SQL_FREEMAIL:
        return freemail(m, n, v->text, out);
    case SQL_FISCAL_QUARTER:
    case SQL_FISCAL_YEAR:
        return fiscal(m, n, v->text, out);
    case SQL_LOCAL_DATE:
        return local_date(m, n, v->text, out);
    default:
        return emit_fail(m, n, RC_UNSUPPORTED, "this function has no exact form in SQL");
    }
}

static bool money_call(struct emitter *m, const struct node *n, const struct sql *v,
                       struct sql *out)
{
    switch ((int)n->overload->sql) {
    case SQL_MONEY_ADD:
        return money_sum(m, n, v, XL_INT_ADD, out);
    case SQL_MONEY_SUB:
        return money_sum(m, n, v, XL_INT_SUB, out);
    case SQL_MONEY_SCALE:
    case SQL_MONEY_SCALE_LEFT:
        out->currency = v[n->overload->sql == SQL_MONEY_SCALE ? 0 : 1].currency;
        return emit_leaf(m, n, XL_INT_MUL, (struct str[]){v[0].text, v[1].text}, 2, &out->text);
    case SQL_MONEY_POSITIVE:
        out->text = emit_text(m, n, "(%.*s > 0)", STR_ARG(v->text));
        return m->rc == RC_OK;
    case SQL_MONEY_ZERO:
        out->text = emit_text(m, n, "(%.*s = 0)", STR_ARG(v->text));
        return m->rc == RC_OK;
    default:
        return in_company(m, n, v, out);
    }
}

bool emit_call(struct emitter *m, const struct node *n, struct sql *out)
{
    const char *op = n->n_args == 2 ? operator_of(n->name) : NULL;
    struct sql v[3];
    if (op)
        return compare(m, n, n->args[0], n->args[1], op, &out->text);
    if (!n->overload)
        return emit_fail(m, n, RC_UNSUPPORTED, "the types of this part are known only at run time");
    if (n->overload->sql == SQL_NONE)
        return emit_fail(m, n, RC_UNSUPPORTED, "this function has no exact form in SQL");
    if (n->overload->sql == SQL_LIST_SIZE)
        return emit_list_size(m, n, out);
    if (n->overload->sql == SQL_DATE_ADD || n->overload->sql == SQL_DATE_SUB)
        return date_plus(m, n, n->overload->sql == SQL_DATE_ADD, out);
    for (uint32_t i = 0; i < n->n_args; i++)
        if (!emit_value(m, n->args[i], &v[i]))
            return false;
    if (n->overload->sql == SQL_SAME) {
        *out = v[0];
        return true;
    }
    if (n->overload->sql == SQL_LEAF)
        return leaf_call(m, n, v, out);
    bool money = n->overload->sql >= SQL_MONEY_ADD && n->overload->sql <= SQL_IN_COMPANY;
    return money ? money_call(m, n, v, out) : other_call(m, n, v, out);
}
