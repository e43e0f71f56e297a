/* Operators on numbers, text, lists and money. Nothing wraps, nothing rounds silently. */
#include "expr/arith.h"

#include <math.h>
#include <string.h>

enum { TEXT_MAX = 1 << 20 }; /* bytes of one text, elements of one list */

static void overflow(struct run *r, const struct node *n, struct xvalue *out)
{
    run_fault(r, n, out, "X0201", "the result does not fit into 64 bits");
}

static void zero_divisor(struct run *r, const struct node *n, struct xvalue *out)
{
    run_fault(r, n, out, "X0202", "division by zero");
}

/* ---- integers ---- */

/* INT64_MIN / -1 does not fit: the processor traps on it, which C leaves undefined and SQL engines answer each in their way. */
bool int_div(int64_t a, int64_t b, int64_t *out)
{
    if (b == 0 || (a == INT64_MIN && b == -1))
        return false;
    *out = a / b;
    return true;
}

bool int_mod(int64_t a, int64_t b, int64_t *out)
{
    if (b == 0 || (a == INT64_MIN && b == -1))
        return false;
    *out = a % b;
    return true;
}

#define INT_CALL(name, builtin)                            \
    CALLABLE(name)                                         \
    {                                                      \
        int64_t x;                                         \
        if (builtin(args[0].integer, args[1].integer, &x)) \
            overflow(r, n, out);                           \
        else                                               \
            set_int(out, x);                               \
    }
INT_CALL(int_add_call, __builtin_add_overflow)
INT_CALL(int_sub_call, __builtin_sub_overflow)
INT_CALL(int_mul_call, __builtin_mul_overflow)

CALLABLE(int_div_call)
{
    int64_t x = 0;
    if (args[1].integer == 0)
        zero_divisor(r, n, out);
    else if (!int_div(args[0].integer, args[1].integer, &x))
        overflow(r, n, out);
    else
        set_int(out, x);
}

CALLABLE(int_mod_call)
{
    int64_t x = 0;
    if (args[1].integer == 0)
        zero_divisor(r, n, out);
    else if (!int_mod(args[0].integer, args[1].integer, &x))
        overflow(r, n, out);
    else
        set_int(out, x);
}

/* CEL has no wrap-around: the least integer has no opposite. */
CALLABLE(int_neg_call)
{
    if (args[0].integer == INT64_MIN)
        overflow(r, n, out);
    else
        set_int(out, -args[0].integer);
}

#define UINT_CALL(name, builtin)                                             \
    CALLABLE(name)                                                           \
    {                                                                        \
        uint64_t x;                                                          \
        if (builtin(args[0].unsigned_integer, args[1].unsigned_integer, &x)) \
            overflow(r, n, out);                                             \
        else                                                                 \
            set_uint(out, x);                                                \
    }
UINT_CALL(uint_add_call, __builtin_add_overflow)
UINT_CALL(uint_sub_call, __builtin_sub_overflow)
UINT_CALL(uint_mul_call, __builtin_mul_overflow)

CALLABLE(uint_div_call)
{
    if (args[1].unsigned_integer == 0)
        zero_divisor(r, n, out);
    else
        set_uint(out, args[0].unsigned_integer / args[1].unsigned_integer);
}

CALLABLE(uint_mod_call)
{
    if (args[1].unsigned_integer == 0)
        zero_divisor(r, n, out);
    else
        set_uint(out, args[0].unsigned_integer % args[1].unsigned_integer);
}

/* ---- doubles ----
 * In a model a result that is not finite is a fault where it arises: SQL engines disagree on infinities and NaN, and
 * no revenue figure is one. Plain CEL keeps IEEE 754. */

static void put_double(struct run *r, const struct node *n, double x, struct xvalue *out)
{
    if (!r->e->plain && !isfinite(x))
        run_fault(r, n, out, "X0209", "the result is not a finite number");
    else
        set_double(out, x);
}

CALLABLE(double_add_call)
{
    put_double(r, n, args[0].number + args[1].number, out);
}

CALLABLE(double_sub_call)
{
    put_double(r, n, args[0].number - args[1].number, out);
}

CALLABLE(double_mul_call)
{
    put_double(r, n, args[0].number * args[1].number, out);
}

CALLABLE(double_div_call)
{
    if (!r->e->plain && args[1].number == 0.0)
        zero_divisor(r, n, out);
    else
        put_double(r, n, args[0].number / args[1].number, out);
}

CALLABLE(double_neg_call)
{
    put_double(r, n, -args[0].number, out);
}

/* ---- text and lists ---- */

CALLABLE(text_add_call)
{
    size_t a = args[0].text.n, b = args[1].text.n;
    if (a + b > TEXT_MAX) {
        run_fault(r, n, out, "X0205", "the text grows beyond %d bytes", TEXT_MAX);
        return;
    }
    if (!run_spend(r, n, (a + b) / 64, out))
        return;
    char *p = arena_alloc(r->arena, a + b + 1);
    if (a)
        memcpy(p, args[0].text.p, a);
    if (b)
        memcpy(p + a, args[1].text.p, b);
    *out = (struct xvalue){.result = XV_VALUE, .kind = args[0].kind, .text = {p, a + b}};
}

CALLABLE(list_add_call)
{
    size_t a = args[0].list.n, b = args[1].list.n;
    if (a + b > TEXT_MAX) {
        run_fault(r, n, out, "X0205", "the list grows beyond %d elements", TEXT_MAX);
        return;
    }
    if (!run_spend(r, n, a + b, out))
        return;
    struct xvalue *v = ARENA_ARRAY(r->arena, a + b, struct xvalue);
    if (a)
        memcpy(v, args[0].list.v, a * sizeof *v);
    if (b)
        memcpy(v + a, args[1].list.v, b * sizeof *v);
    *out = (struct xvalue){.result = XV_VALUE, .kind = X_LIST, .list = {v, a + b}};
}

/* ---- money ---- */

static void set_money(struct xvalue *out, int64_t minor, struct currency c)
{
    *out = (struct xvalue){.result = XV_VALUE, .kind = X_MONEY, .money = {minor, c}};
}

static bool one_currency(struct run *r, const struct node *n, const struct xvalue *args,
                         struct xvalue *out)
{
    char a[4], b[4];
    if (args[0].money.currency.code == args[1].money.currency.code)
        return true;
    run_fault(r, n, out, "X0204", "%.*s and %.*s do not add",
              STR_ARG(currency_text(args[0].money.currency, a)),
              STR_ARG(currency_text(args[1].money.currency, b)));
    return false;
}

CALLABLE(money_add_call)
{
    int64_t x;
    if (!one_currency(r, n, args, out))
        return;
    if (__builtin_add_overflow(args[0].money.minor, args[1].money.minor, &x))
        overflow(r, n, out);
    else
        set_money(out, x, args[0].money.currency);
}

CALLABLE(money_sub_call)
{
    int64_t x;
    if (!one_currency(r, n, args, out))
        return;
    if (__builtin_sub_overflow(args[0].money.minor, args[1].money.minor, &x))
        overflow(r, n, out);
    else
        set_money(out, x, args[0].money.currency);
}

static void scale(struct run *r, const struct node *n, struct money m, int64_t by,
                  struct xvalue *out)
{
    int64_t x;
    if (__builtin_mul_overflow(m.minor, by, &x))
        overflow(r, n, out);
    else
        set_money(out, x, m.currency);
}

CALLABLE(money_scale_call)
{
    scale(r, n, args[0].money, args[1].integer, out);
}

CALLABLE(scale_money_call)
{
    scale(r, n, args[1].money, args[0].integer, out);
}
