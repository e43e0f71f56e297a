/* Equality and order of values. Numbers of all kinds are one line; values of different kinds are unequal and have no order; money
 * of two currencies is neither. */
#include "expr/call.h"

#include <math.h>

static enum order order_of(int c)
{
    return c < 0 ? ORDER_LESS : c > 0 ? ORDER_MORE : ORDER_SAME;
}

#define ORDER(a, b) ((a) < (b) ? ORDER_LESS : (a) > (b) ? ORDER_MORE : ORDER_SAME)

static double as_double(const struct xvalue *v)
{
    if (v->kind == X_INT)
        return (double)v->integer;
    return v->kind == X_UINT ? (double)v->unsigned_integer : v->number;
}

/* Numbers of different kinds compare as one line of numbers; where a double takes part, as doubles, because that is what both
 * SQL dialects can be made to do (emit_op.c); CEL leaves the precision open. */
static enum order number_order(const struct xvalue *a, const struct xvalue *b)
{
    if (a->kind == X_DOUBLE || b->kind == X_DOUBLE) {
        double x = as_double(a), y = as_double(b);
        return isnan(x) || isnan(y) ? ORDER_NAN : ORDER(x, y);
    }
    if (a->kind == X_INT && b->kind == X_INT)
        return ORDER(a->integer, b->integer);
    if (a->kind == X_INT && a->integer < 0)
        return ORDER_LESS;
    if (b->kind == X_INT && b->integer < 0)
        return ORDER_MORE;
    uint64_t x = a->kind == X_INT ? (uint64_t)a->integer : a->unsigned_integer;
    uint64_t y = b->kind == X_INT ? (uint64_t)b->integer : b->unsigned_integer;
    return ORDER(x, y);
}

static enum order micro_order(int64_t a, uint16_t a_ns, int64_t b, uint16_t b_ns)
{
    return a != b ? ORDER(a, b) : ORDER(a_ns, b_ns);
}

enum order xvalue_order(const struct xvalue *a, const struct xvalue *b)
{
    if (kind_is_number(a->kind) && kind_is_number(b->kind))
        return number_order(a, b);
    if (a->kind != b->kind)
        return ORDER_NONE;
    switch ((int)a->kind) {
    case X_BOOL:
        return ORDER(a->boolean, b->boolean);
    case X_STRING:
    case X_BYTES:
        return order_of(str_cmp(a->text, b->text));
    case X_TIMESTAMP:
        return micro_order(a->instant.us, a->ns, b->instant.us, b->ns);
    case X_DURATION:
        return micro_order(a->duration.us, a->ns, b->duration.us, b->ns);
    case X_DATE:
        return ORDER(a->date.days, b->date.days);
    case X_MONEY:
        return a->money.currency.code != b->money.currency.code
                   ? ORDER_CURRENCY
                   : ORDER(a->money.minor, b->money.minor);
    default:
        return ORDER_NONE;
    }
}

/* CEL's 1 and 1u and 1.0 are one key, so that a map written with one is found by the others. */
const struct xvalue *xmap_find(const struct xmap *m, const struct xvalue *key)
{
    for (size_t i = 0; i < m->n; i++)
        if (xvalue_equal(&m->v[i].key, key, false) == EQ_YES)
            return &m->v[i].value;
    return NULL;
}

static enum equal list_equal(const struct xlist *a, const struct xlist *b, bool strict)
{
    if (a->n != b->n)
        return EQ_NO;
    for (size_t i = 0; i < a->n; i++) {
        enum equal e = xvalue_equal(&a->v[i], &b->v[i], strict);
        if (e != EQ_YES)
            return e;
    }
    return EQ_YES;
}

static enum equal map_equal(const struct xmap *a, const struct xmap *b, bool strict)
{
    if (a->n != b->n)
        return EQ_NO;
    for (size_t i = 0; i < a->n; i++) {
        const struct xvalue *other = xmap_find(b, &a->v[i].key);
        enum equal e = other ? xvalue_equal(&a->v[i].value, other, strict) : EQ_NO;
        if (e != EQ_YES)
            return e;
    }
    return EQ_YES;
}

static bool unusable(const struct xvalue *v)
{
    return v->kind == X_DOUBLE && !isfinite(v->number);
}

enum equal xvalue_equal(const struct xvalue *a, const struct xvalue *b, bool strict)
{
    if (strict && (unusable(a) || unusable(b)))
        return EQ_NOT_FINITE;
    switch (xvalue_order(a, b)) {
    case ORDER_SAME:
        return EQ_YES;
    case ORDER_LESS:
    case ORDER_MORE:
    case ORDER_NAN: /* not even itself, as IEEE 754 has it; `strict` made a fault of it before, for DuckDB says NaN = NaN */
        return EQ_NO;
    case ORDER_CURRENCY:
        return EQ_CURRENCY;
    case ORDER_NONE:
        break;
    }
    if (a->kind != b->kind)
        return EQ_NO;
    switch ((int)a->kind) {
    case X_NULL:
        return EQ_YES;
    case X_TYPE:
    case X_STRUCT:
        return str_eq(a->text, b->text) ? EQ_YES : EQ_NO;
    case X_RECORD:
        return a->record.object == b->record.object && a->record.id == b->record.id ? EQ_YES
                                                                                    : EQ_NO;
    case X_LIST:
        return list_equal(&a->list, &b->list, strict);
    case X_MAP:
        return map_equal(&a->map, &b->map, strict);
    default:
        return EQ_NO;
    }
}
