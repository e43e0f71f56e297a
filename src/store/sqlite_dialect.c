#include "store/sqlite_dialect.h"

/* SQLite turns an integer overflow into a REAL and a NaN into NULL: what could meet one goes through our own functions. */
static const struct xdialect dialect = {
    .name = "sqlite",
    .param = '?',
    .leaf =
        {
            [XL_PARAM_BOOL] = "$1",
            [XL_PARAM_INT] = "$1",
            [XL_PARAM_DOUBLE] = "$1",
            [XL_PARAM_TEXT] = "$1",
            [XL_INT_ADD] = "x_int_add($1, $2)",
            [XL_INT_SUB] = "x_int_sub($1, $2)",
            [XL_INT_MUL] = "x_int_mul($1, $2)",
            [XL_INT_DIV] = "x_int_div($1, $2)",
            [XL_INT_MOD] = "x_int_mod($1, $2)",
            [XL_INT_NEG] = "x_int_neg($1)",
            [XL_DOUBLE_ADD] = "($1 + $2)",
            [XL_DOUBLE_SUB] = "($1 - $2)",
            [XL_DOUBLE_MUL] = "($1 * $2)",
            [XL_DOUBLE_DIV] = "($1 / $2)",
            [XL_DOUBLE_NEG] = "(-$1)",
            [XL_FINITE] = "x_finite($1)",
            [XL_WITHIN] = "x_within($1, $2, $3)",
            [XL_FLOOR_DIV] = "x_floor_div($1, $2)",
            [XL_INT_OF_DOUBLE] = "x_int_of_double($1)",
            [XL_INT_OF_TEXT] = "x_int_of_text($1)",
            [XL_DOUBLE_OF_INT] = "CAST($1 AS REAL)",
            [XL_DOUBLE_OF_TEXT] = "x_double_of_text($1)",
            [XL_TEXT_OF_INT] = "CAST($1 AS TEXT)",
            [XL_TEXT_OF_BOOL] = "(CASE WHEN $1 THEN 'true' WHEN NOT $1 THEN 'false' END)",
            [XL_TEXT_SIZE] = "x_size($1)",
            [XL_TEXT_CONCAT] = "($1 || $2)",
            [XL_TEXT_CONTAINS] = "x_contains($1, $2)",
            [XL_TEXT_STARTS] = "x_starts($1, $2)",
            [XL_TEXT_ENDS] = "x_ends($1, $2)",
            [XL_TEXT_MATCHES] = "x_matches($1, $2)",
            [XL_TEXT_LOWER] = "x_lower($1)",
            [XL_TEXT_DOMAIN] = "x_domain($1)",
            [XL_JSON_MEMBER] = "x_json_member($1, $2)",
            [XL_DATE_YEAR] = "x_date_year($1)",
            [XL_DATE_MONTH] = "x_date_month($1)",
            [XL_DATE_DAY] = "x_date_day($1)",
            [XL_DATE_WEEKDAY] = "x_date_weekday($1)",
            [XL_DATE_YEARDAY] = "x_date_yearday($1)",
        },
};

const struct xdialect *sqlite_dialect(void)
{
    return &dialect;
}

/* ---- functions ---- */

enum { ARGS_MAX = 3 };

struct registered {
    const struct xfunction *function;
    struct arena *arena; /* of one call */
};

static bool read_argument(sqlite3_value *v, char kind, struct xfunction_arg *out)
{
    if (sqlite3_value_type(v) == SQLITE_NULL)
        return false;
    if (kind == 'i')
        out->integer = sqlite3_value_int64(v);
    else if (kind == 'd')
        out->number = sqlite3_value_double(v);
    else
        out->text = (struct str){(const char *)sqlite3_value_text(v),
                                 (size_t)sqlite3_value_bytes(v)};
    return true;
}

static void give_result(sqlite3_context *ctx, const struct xfunction *f,
                        const struct xfunction_arg *v)
{
    switch (f->result) {
    case XF_INT:
        sqlite3_result_int64(ctx, v->integer);
        break;
    case XF_BOOL:
        sqlite3_result_int(ctx, v->integer != 0);
        break;
    case XF_DOUBLE:
        sqlite3_result_double(ctx, v->number);
        break;
    case XF_TEXT:
        sqlite3_result_text64(ctx, v->text.n ? v->text.p : "", v->text.n, SQLITE_TRANSIENT,
                              SQLITE_UTF8);
        break;
    }
}

static void call(sqlite3_context *ctx, int n, sqlite3_value **values)
{
    struct registered *r = sqlite3_user_data(ctx);
    struct xfunction_arg args[ARGS_MAX] = {0}, result = {0};
    for (int i = 0; i < n && i < ARGS_MAX; i++)
        if (!read_argument(values[i], r->function->args[i], &args[i]))
            return; /* NULL gives NULL */
    if (r->function->call(args, r->arena, &result))
        give_result(ctx, r->function, &result);
    arena_reset(r->arena);
}

static void forget(void *p)
{
    struct registered *r = p;
    arena_free(r->arena);
    mem_free(r);
}

int sqlite_add_functions(sqlite3 *db)
{
    size_t n;
    const struct xfunction *f = expr_functions(&n);
    for (size_t i = 0; i < n; i++) {
        struct registered *r = mem_new(1, sizeof *r);
        *r = (struct registered){&f[i], arena_new()};
        int code = sqlite3_create_function_v2(
            db, f[i].name, f[i].n_args, SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY, r,
            call, NULL, NULL, forget); /* calls forget when it fails, too */
        if (code != SQLITE_OK)
            return code;
    }
    return SQLITE_OK;
}
