#include "store/duckdb_dialect.h"

/* 128 bits hold every sum, product and quotient of two 64-bit integers. Without "| 0" DuckDB 1.4 turns
 * TRY_CAST(x AS BIGINT) > 0 into x > 0, which is true where it must be NULL. */
#define NARROW(x) "(TRY_CAST(" x " AS BIGINT) | 0)"
#define WIDE(op) NARROW("CAST($1 AS HUGEINT) " op " $2")
#define OF_DAY(part) "CAST(" part "(DATE '1970-01-01' + CAST($1 AS INTEGER)) AS BIGINT)"
#define UPPER "'ABCDEFGHIJKLMNOPQRSTUVWXYZ'"
#define LOWER "'abcdefghijklmnopqrstuvwxyz'"

static const struct xdialect dialect = {
    .name = "duckdb",
    .param = '?',
    .leaf =
        {
            [XL_PARAM_BOOL] = "CAST($1 AS BOOLEAN)",
            [XL_PARAM_INT] = "CAST($1 AS BIGINT)",
            [XL_PARAM_DOUBLE] = "CAST($1 AS DOUBLE)",
            [XL_PARAM_TEXT] = "CAST($1 AS VARCHAR)",
            [XL_INT_ADD] = WIDE("+"),
            [XL_INT_SUB] = WIDE("-"),
            [XL_INT_MUL] = WIDE("*"),
            [XL_INT_DIV] = WIDE("//"),
            /* The least integer by -1 is a fault although its rest would be 0. */
            [XL_INT_MOD] = "(CASE WHEN $2 <> -1 OR $1 > -9223372036854775808 THEN " WIDE(
                "%") " END)",
            [XL_INT_NEG] = NARROW("-CAST($1 AS HUGEINT)"),
            [XL_DOUBLE_ADD] = "($1 + $2)",
            [XL_DOUBLE_SUB] = "($1 - $2)",
            [XL_DOUBLE_MUL] = "($1 * $2)",
            [XL_DOUBLE_DIV] = "($1 / NULLIF($2, 0e0))",
            [XL_DOUBLE_NEG] = "(-$1)",
            [XL_FINITE] = "(CASE WHEN isfinite($1) THEN $1 END)",
            [XL_WITHIN] = "(CASE WHEN $1 BETWEEN $2 AND $3 THEN $1 END)",
            [XL_FLOOR_DIV] = "(($1 - ((($1 % $2) + $2) % $2)) // $2)",
            [XL_INT_OF_DOUBLE] =
                "(CASE WHEN $1 > -9.223372036854775808e18 AND $1 < 9.223372036854775808e18 "
                "THEN TRY_CAST(trunc($1) AS BIGINT) END)",
            [XL_INT_OF_TEXT] =
                "(CASE WHEN regexp_full_match($1, '[+-]?[0-9]+') THEN TRY_CAST($1 AS BIGINT) END)",
            [XL_DOUBLE_OF_INT] = "CAST($1 AS DOUBLE)",
            [XL_DOUBLE_OF_TEXT] =
                "(CASE WHEN regexp_full_match($1, "
                "'[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?') "
                "AND isfinite(TRY_CAST($1 AS DOUBLE)) THEN TRY_CAST($1 AS DOUBLE) END)",
            [XL_TEXT_OF_INT] = "CAST($1 AS VARCHAR)",
            [XL_TEXT_OF_BOOL] = "CAST($1 AS VARCHAR)",
            [XL_TEXT_SIZE] = "length($1)",
            [XL_TEXT_CONCAT] = "($1 || $2)",
            [XL_TEXT_CONTAINS] = "contains($1, $2)",
            [XL_TEXT_STARTS] = "starts_with($1, $2)",
            [XL_TEXT_ENDS] = "suffix($1, $2)",
            [XL_TEXT_MATCHES] = "regexp_matches($1, $2)",
            [XL_TEXT_LOWER] = "translate($1, " UPPER ", " LOWER ")",
            [XL_TEXT_DOMAIN] = "translate(regexp_extract($1, '@([^@]*)$', 1), " UPPER ", " LOWER
                               ")",
            [XL_JSON_MEMBER] = "NULLIF(json_extract_string($1, $2), '')",
            [XL_DATE_YEAR] = OF_DAY("year"),
            [XL_DATE_MONTH] = OF_DAY("month"),
            [XL_DATE_DAY] = OF_DAY("day"),
            [XL_DATE_WEEKDAY] = OF_DAY("dayofweek"),
            [XL_DATE_YEARDAY] = OF_DAY("dayofyear"),
        },
};

const struct xdialect *duck_dialect(void)
{
    return &dialect;
}
