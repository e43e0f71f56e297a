/* The table of operators and functions: what exists, on which kinds, with which result, and how SQL says it. */
#include "expr/arith.h"

#include <string.h>

#define ROW(name, style, n, a, b, c, result, call, sql, leaf, uses) \
    {                                                               \
        name, style, n, {a, b, c}, result, call, sql, leaf, uses    \
    }

/* clang-format off */
const struct overload overloads[] = {
    ROW("_+_", O_OPERATOR, 2, X_INT, X_INT, X_DYN, X_INT, int_add_call, SQL_LEAF, XL_INT_ADD, 0),
    ROW("_+_", O_OPERATOR, 2, X_UINT, X_UINT, X_DYN, X_UINT, uint_add_call, SQL_NONE, XL_COUNT, 0),
    ROW("_+_", O_OPERATOR, 2, X_DOUBLE, X_DOUBLE, X_DYN, X_DOUBLE, double_add_call, SQL_LEAF, XL_DOUBLE_ADD, 0),
    ROW("_-_", O_OPERATOR, 2, X_INT, X_INT, X_DYN, X_INT, int_sub_call, SQL_LEAF, XL_INT_SUB, 0),
    ROW("_-_", O_OPERATOR, 2, X_UINT, X_UINT, X_DYN, X_UINT, uint_sub_call, SQL_NONE, XL_COUNT, 0),
    ROW("_-_", O_OPERATOR, 2, X_DOUBLE, X_DOUBLE, X_DYN, X_DOUBLE, double_sub_call, SQL_LEAF, XL_DOUBLE_SUB, 0),
    ROW("_*_", O_OPERATOR, 2, X_INT, X_INT, X_DYN, X_INT, int_mul_call, SQL_LEAF, XL_INT_MUL, 0),
    ROW("_*_", O_OPERATOR, 2, X_UINT, X_UINT, X_DYN, X_UINT, uint_mul_call, SQL_NONE, XL_COUNT, 0),
    ROW("_*_", O_OPERATOR, 2, X_DOUBLE, X_DOUBLE, X_DYN, X_DOUBLE, double_mul_call, SQL_LEAF, XL_DOUBLE_MUL, 0),
    ROW("_/_", O_OPERATOR, 2, X_INT, X_INT, X_DYN, X_INT, int_div_call, SQL_LEAF, XL_INT_DIV, 0),
    ROW("_/_", O_OPERATOR, 2, X_UINT, X_UINT, X_DYN, X_UINT, uint_div_call, SQL_NONE, XL_COUNT, 0),
    ROW("_/_", O_OPERATOR, 2, X_DOUBLE, X_DOUBLE, X_DYN, X_DOUBLE, double_div_call, SQL_LEAF, XL_DOUBLE_DIV, 0),
    ROW("_%_", O_OPERATOR, 2, X_INT, X_INT, X_DYN, X_INT, int_mod_call, SQL_LEAF, XL_INT_MOD, 0),
    ROW("_%_", O_OPERATOR, 2, X_UINT, X_UINT, X_DYN, X_UINT, uint_mod_call, SQL_NONE, XL_COUNT, 0),
    ROW("_+_", O_OPERATOR, 2, X_STRING, X_STRING, X_DYN, X_STRING, text_add_call, SQL_LEAF, XL_TEXT_CONCAT, 0),
    ROW("_+_", O_OPERATOR, 2, X_BYTES, X_BYTES, X_DYN, X_BYTES, text_add_call, SQL_NONE, XL_COUNT, 0),
    ROW("_+_", O_OPERATOR, 2, X_LIST, X_LIST, X_DYN, X_LIST, list_add_call, SQL_NONE, XL_COUNT, 0),
    ROW("_+_", O_OPERATOR, 2, X_TIMESTAMP, X_DURATION, X_DYN, X_TIMESTAMP, time_add_call, SQL_TIME_ADD, XL_COUNT, 0),
    ROW("_+_", O_OPERATOR, 2, X_DURATION, X_TIMESTAMP, X_DYN, X_TIMESTAMP, span_time_add_call, SQL_TIME_ADD, XL_COUNT, 0),
    ROW("_+_", O_OPERATOR, 2, X_DURATION, X_DURATION, X_DYN, X_DURATION, span_add_call, SQL_SPAN_ADD, XL_COUNT, 0),
    ROW("_+_", O_OPERATOR, 2, X_DATE, X_DURATION, X_DYN, X_DATE, date_add_call, SQL_DATE_ADD, XL_COUNT, 0),
    ROW("_+_", O_OPERATOR, 2, X_DURATION, X_DATE, X_DYN, X_DATE, span_date_add_call, SQL_DATE_ADD, XL_COUNT, 0),
    ROW("_+_", O_OPERATOR, 2, X_MONEY, X_MONEY, X_DYN, X_MONEY, money_add_call, SQL_MONEY_ADD, XL_COUNT, 0),
    ROW("_-_", O_OPERATOR, 2, X_TIMESTAMP, X_DURATION, X_DYN, X_TIMESTAMP, time_sub_call, SQL_TIME_SUB, XL_COUNT, 0),
    ROW("_-_", O_OPERATOR, 2, X_TIMESTAMP, X_TIMESTAMP, X_DYN, X_DURATION, time_diff_call, SQL_TIME_DIFF, XL_COUNT, 0),
    ROW("_-_", O_OPERATOR, 2, X_DURATION, X_DURATION, X_DYN, X_DURATION, span_sub_call, SQL_SPAN_SUB, XL_COUNT, 0),
    ROW("_-_", O_OPERATOR, 2, X_DATE, X_DURATION, X_DYN, X_DATE, date_sub_call, SQL_DATE_SUB, XL_COUNT, 0),
    ROW("_-_", O_OPERATOR, 2, X_DATE, X_DATE, X_DYN, X_INT, date_diff_call, SQL_DATE_DIFF, XL_COUNT, 0),
    ROW("_-_", O_OPERATOR, 2, X_MONEY, X_MONEY, X_DYN, X_MONEY, money_sub_call, SQL_MONEY_SUB, XL_COUNT, 0),
    ROW("_*_", O_OPERATOR, 2, X_MONEY, X_INT, X_DYN, X_MONEY, money_scale_call, SQL_MONEY_SCALE, XL_COUNT, 0),
    ROW("_*_", O_OPERATOR, 2, X_INT, X_MONEY, X_DYN, X_MONEY, scale_money_call, SQL_MONEY_SCALE_LEFT, XL_COUNT, 0),
    ROW("-_", O_OPERATOR, 1, X_INT, X_DYN, X_DYN, X_INT, int_neg_call, SQL_LEAF, XL_INT_NEG, 0),
    ROW("-_", O_OPERATOR, 1, X_DOUBLE, X_DYN, X_DYN, X_DOUBLE, double_neg_call, SQL_LEAF, XL_DOUBLE_NEG, 0),
    ROW("size", O_EITHER, 1, X_STRING, X_DYN, X_DYN, X_INT, text_size_call, SQL_LEAF, XL_TEXT_SIZE, 0),
    ROW("size", O_EITHER, 1, X_BYTES, X_DYN, X_DYN, X_INT, bytes_size_call, SQL_NONE, XL_COUNT, 0),
    ROW("size", O_EITHER, 1, X_LIST, X_DYN, X_DYN, X_INT, list_size_call, SQL_LIST_SIZE, XL_COUNT, 0),
    ROW("size", O_EITHER, 1, X_MAP, X_DYN, X_DYN, X_INT, map_size_call, SQL_NONE, XL_COUNT, 0),
    ROW("contains", O_METHOD, 2, X_STRING, X_STRING, X_DYN, X_BOOL, contains_call, SQL_LEAF, XL_TEXT_CONTAINS, 0),
    ROW("startsWith", O_METHOD, 2, X_STRING, X_STRING, X_DYN, X_BOOL, starts_call, SQL_LEAF, XL_TEXT_STARTS, 0),
    ROW("endsWith", O_METHOD, 2, X_STRING, X_STRING, X_DYN, X_BOOL, ends_call, SQL_LEAF, XL_TEXT_ENDS, 0),
    ROW("matches", O_EITHER, 2, X_STRING, X_STRING, X_DYN, X_BOOL, matches_call, SQL_LEAF, XL_TEXT_MATCHES, 0),
    ROW("lowerAscii", O_METHOD, 1, X_STRING, X_DYN, X_DYN, X_STRING, lower_call, SQL_LEAF, XL_TEXT_LOWER, 0),
    ROW("freemail", O_EITHER, 1, X_STRING, X_DYN, X_DYN, X_BOOL, freemail_call, SQL_FREEMAIL, XL_TEXT_DOMAIN, 0),
    ROW("getFullYear", O_METHOD, 1, X_TIMESTAMP, X_DYN, X_DYN, X_INT, time_part_call, SQL_DATE_PART, XL_DATE_YEAR, 0),
    ROW("getFullYear", O_METHOD, 2, X_TIMESTAMP, X_STRING, X_DYN, X_INT, time_part_call, SQL_NONE, XL_COUNT, 0),
    ROW("getFullYear", O_METHOD, 1, X_DATE, X_DYN, X_DYN, X_INT, date_part_call, SQL_DATE_PART, XL_DATE_YEAR, 0),
    ROW("getMonth", O_METHOD, 1, X_TIMESTAMP, X_DYN, X_DYN, X_INT, time_part_call, SQL_DATE_PART, XL_DATE_MONTH, 0),
    ROW("getMonth", O_METHOD, 2, X_TIMESTAMP, X_STRING, X_DYN, X_INT, time_part_call, SQL_NONE, XL_COUNT, 0),
    ROW("getMonth", O_METHOD, 1, X_DATE, X_DYN, X_DYN, X_INT, date_part_call, SQL_DATE_PART, XL_DATE_MONTH, 0),
    ROW("getDate", O_METHOD, 1, X_TIMESTAMP, X_DYN, X_DYN, X_INT, time_part_call, SQL_DATE_PART, XL_DATE_DAY, 0),
    ROW("getDate", O_METHOD, 2, X_TIMESTAMP, X_STRING, X_DYN, X_INT, time_part_call, SQL_NONE, XL_COUNT, 0),
    ROW("getDate", O_METHOD, 1, X_DATE, X_DYN, X_DYN, X_INT, date_part_call, SQL_DATE_PART, XL_DATE_DAY, 0),
    ROW("getDayOfMonth", O_METHOD, 1, X_TIMESTAMP, X_DYN, X_DYN, X_INT, time_part_call, SQL_DATE_PART, XL_DATE_DAY, 0),
    ROW("getDayOfMonth", O_METHOD, 2, X_TIMESTAMP, X_STRING, X_DYN, X_INT, time_part_call, SQL_NONE, XL_COUNT, 0),
    ROW("getDayOfMonth", O_METHOD, 1, X_DATE, X_DYN, X_DYN, X_INT, date_part_call, SQL_DATE_PART, XL_DATE_DAY, 0),
    ROW("getDayOfWeek", O_METHOD, 1, X_TIMESTAMP, X_DYN, X_DYN, X_INT, time_part_call, SQL_DATE_PART, XL_DATE_WEEKDAY, 0),
    ROW("getDayOfWeek", O_METHOD, 2, X_TIMESTAMP, X_STRING, X_DYN, X_INT, time_part_call, SQL_NONE, XL_COUNT, 0),
    ROW("getDayOfWeek", O_METHOD, 1, X_DATE, X_DYN, X_DYN, X_INT, date_part_call, SQL_DATE_PART, XL_DATE_WEEKDAY, 0),
    ROW("getDayOfYear", O_METHOD, 1, X_TIMESTAMP, X_DYN, X_DYN, X_INT, time_part_call, SQL_DATE_PART, XL_DATE_YEARDAY, 0),
    ROW("getDayOfYear", O_METHOD, 2, X_TIMESTAMP, X_STRING, X_DYN, X_INT, time_part_call, SQL_NONE, XL_COUNT, 0),
    ROW("getDayOfYear", O_METHOD, 1, X_DATE, X_DYN, X_DYN, X_INT, date_part_call, SQL_DATE_PART, XL_DATE_YEARDAY, 0),
    ROW("getHours", O_METHOD, 1, X_TIMESTAMP, X_DYN, X_DYN, X_INT, time_part_call, SQL_SPAN_PART, XL_COUNT, 0),
    ROW("getHours", O_METHOD, 2, X_TIMESTAMP, X_STRING, X_DYN, X_INT, time_part_call, SQL_NONE, XL_COUNT, 0),
    ROW("getHours", O_METHOD, 1, X_DURATION, X_DYN, X_DYN, X_INT, span_part_call, SQL_SPAN_PART, XL_COUNT, 0),
    ROW("getMinutes", O_METHOD, 1, X_TIMESTAMP, X_DYN, X_DYN, X_INT, time_part_call, SQL_SPAN_PART, XL_COUNT, 0),
    ROW("getMinutes", O_METHOD, 2, X_TIMESTAMP, X_STRING, X_DYN, X_INT, time_part_call, SQL_NONE, XL_COUNT, 0),
    ROW("getMinutes", O_METHOD, 1, X_DURATION, X_DYN, X_DYN, X_INT, span_part_call, SQL_SPAN_PART, XL_COUNT, 0),
    ROW("getSeconds", O_METHOD, 1, X_TIMESTAMP, X_DYN, X_DYN, X_INT, time_part_call, SQL_SPAN_PART, XL_COUNT, 0),
    ROW("getSeconds", O_METHOD, 2, X_TIMESTAMP, X_STRING, X_DYN, X_INT, time_part_call, SQL_NONE, XL_COUNT, 0),
    ROW("getSeconds", O_METHOD, 1, X_DURATION, X_DYN, X_DYN, X_INT, span_part_call, SQL_SPAN_PART, XL_COUNT, 0),
    ROW("getMilliseconds", O_METHOD, 1, X_TIMESTAMP, X_DYN, X_DYN, X_INT, time_part_call, SQL_SPAN_PART, XL_COUNT, 0),
    ROW("getMilliseconds", O_METHOD, 2, X_TIMESTAMP, X_STRING, X_DYN, X_INT, time_part_call, SQL_NONE, XL_COUNT, 0),
    ROW("getMilliseconds", O_METHOD, 1, X_DURATION, X_DYN, X_DYN, X_INT, span_part_call, SQL_SPAN_PART, XL_COUNT, 0),
    ROW("int", O_GLOBAL, 1, X_INT, X_DYN, X_DYN, X_INT, same_call, SQL_SAME, XL_COUNT, 0),
    ROW("int", O_GLOBAL, 1, X_UINT, X_DYN, X_DYN, X_INT, int_of_uint_call, SQL_NONE, XL_COUNT, 0),
    ROW("int", O_GLOBAL, 1, X_DOUBLE, X_DYN, X_DYN, X_INT, int_of_double_call, SQL_LEAF, XL_INT_OF_DOUBLE, 0),
    ROW("int", O_GLOBAL, 1, X_STRING, X_DYN, X_DYN, X_INT, int_of_text_call, SQL_LEAF, XL_INT_OF_TEXT, 0),
    ROW("int", O_GLOBAL, 1, X_TIMESTAMP, X_DYN, X_DYN, X_INT, int_of_time_call, SQL_INSTANT_SECONDS, XL_COUNT, 0),
    ROW("uint", O_GLOBAL, 1, X_UINT, X_DYN, X_DYN, X_UINT, same_call, SQL_NONE, XL_COUNT, 0),
    ROW("uint", O_GLOBAL, 1, X_INT, X_DYN, X_DYN, X_UINT, uint_of_int_call, SQL_NONE, XL_COUNT, 0),
    ROW("uint", O_GLOBAL, 1, X_DOUBLE, X_DYN, X_DYN, X_UINT, uint_of_double_call, SQL_NONE, XL_COUNT, 0),
    ROW("uint", O_GLOBAL, 1, X_STRING, X_DYN, X_DYN, X_UINT, uint_of_text_call, SQL_NONE, XL_COUNT, 0),
    ROW("double", O_GLOBAL, 1, X_DOUBLE, X_DYN, X_DYN, X_DOUBLE, same_call, SQL_SAME, XL_COUNT, 0),
    ROW("double", O_GLOBAL, 1, X_INT, X_DYN, X_DYN, X_DOUBLE, double_of_int_call, SQL_LEAF, XL_DOUBLE_OF_INT, 0),
    ROW("double", O_GLOBAL, 1, X_UINT, X_DYN, X_DYN, X_DOUBLE, double_of_uint_call, SQL_NONE, XL_COUNT, 0),
    ROW("double", O_GLOBAL, 1, X_STRING, X_DYN, X_DYN, X_DOUBLE, double_of_text_call, SQL_LEAF, XL_DOUBLE_OF_TEXT, 0),
    ROW("string", O_GLOBAL, 1, X_STRING, X_DYN, X_DYN, X_STRING, same_call, SQL_SAME, XL_COUNT, 0),
    ROW("string", O_GLOBAL, 1, X_BOOL, X_DYN, X_DYN, X_STRING, text_of_call, SQL_LEAF, XL_TEXT_OF_BOOL, 0),
    ROW("string", O_GLOBAL, 1, X_INT, X_DYN, X_DYN, X_STRING, text_of_call, SQL_LEAF, XL_TEXT_OF_INT, 0),
    ROW("string", O_GLOBAL, 1, X_UINT, X_DYN, X_DYN, X_STRING, text_of_call, SQL_NONE, XL_COUNT, 0),
    ROW("string", O_GLOBAL, 1, X_DOUBLE, X_DYN, X_DYN, X_STRING, text_of_call, SQL_NONE, XL_COUNT, 0),
    ROW("string", O_GLOBAL, 1, X_TIMESTAMP, X_DYN, X_DYN, X_STRING, text_of_call, SQL_NONE, XL_COUNT, 0),
    ROW("string", O_GLOBAL, 1, X_DURATION, X_DYN, X_DYN, X_STRING, text_of_call, SQL_NONE, XL_COUNT, 0),
    ROW("string", O_GLOBAL, 1, X_DATE, X_DYN, X_DYN, X_STRING, text_of_call, SQL_NONE, XL_COUNT, 0),
    ROW("string", O_GLOBAL, 1, X_MONEY, X_DYN, X_DYN, X_STRING, text_of_call, SQL_NONE, XL_COUNT, 0),
    ROW("string", O_GLOBAL, 1, X_BYTES, X_DYN, X_DYN, X_STRING, text_of_bytes_call, SQL_NONE, XL_COUNT, 0),
    ROW("bytes", O_GLOBAL, 1, X_BYTES, X_DYN, X_DYN, X_BYTES, same_call, SQL_NONE, XL_COUNT, 0),
    ROW("bytes", O_GLOBAL, 1, X_STRING, X_DYN, X_DYN, X_BYTES, bytes_of_text_call, SQL_NONE, XL_COUNT, 0),
    ROW("bool", O_GLOBAL, 1, X_BOOL, X_DYN, X_DYN, X_BOOL, same_call, SQL_SAME, XL_COUNT, 0),
    ROW("bool", O_GLOBAL, 1, X_STRING, X_DYN, X_DYN, X_BOOL, bool_of_text_call, SQL_NONE, XL_COUNT, 0),
    ROW("timestamp", O_GLOBAL, 1, X_TIMESTAMP, X_DYN, X_DYN, X_TIMESTAMP, same_call, SQL_SAME, XL_COUNT, 0),
    ROW("timestamp", O_GLOBAL, 1, X_INT, X_DYN, X_DYN, X_TIMESTAMP, time_of_int_call, SQL_NONE, XL_COUNT, 0),
    ROW("timestamp", O_GLOBAL, 1, X_STRING, X_DYN, X_DYN, X_TIMESTAMP, time_of_text_call, SQL_NONE, XL_COUNT, 0),
    ROW("duration", O_GLOBAL, 1, X_DURATION, X_DYN, X_DYN, X_DURATION, same_call, SQL_SAME, XL_COUNT, 0),
    ROW("duration", O_GLOBAL, 1, X_STRING, X_DYN, X_DYN, X_DURATION, span_of_text_call, SQL_NONE, XL_COUNT, 0),
    ROW("date", O_GLOBAL, 1, X_DATE, X_DYN, X_DYN, X_DATE, same_call, SQL_SAME, XL_COUNT, 0),
    ROW("date", O_GLOBAL, 1, X_TIMESTAMP, X_DYN, X_DYN, X_DATE, local_date_call, SQL_LOCAL_DATE, XL_COUNT, XU_ZONE),
    ROW("date", O_GLOBAL, 1, X_STRING, X_DYN, X_DYN, X_DATE, date_of_text_call, SQL_NONE, XL_COUNT, 0),
    ROW("money", O_GLOBAL, 1, X_MONEY, X_DYN, X_DYN, X_MONEY, same_call, SQL_SAME, XL_COUNT, 0),
    ROW("money", O_GLOBAL, 1, X_STRING, X_DYN, X_DYN, X_MONEY, money_of_text_call, SQL_NONE, XL_COUNT, 0),
    ROW("days", O_GLOBAL, 1, X_INT, X_DYN, X_DYN, X_DURATION, days_call, SQL_DAYS, XL_COUNT, 0),
    ROW("is_positive", O_EITHER, 1, X_MONEY, X_DYN, X_DYN, X_BOOL, is_positive_call, SQL_MONEY_POSITIVE, XL_COUNT, 0),
    ROW("is_zero", O_EITHER, 1, X_MONEY, X_DYN, X_DYN, X_BOOL, is_zero_call, SQL_MONEY_ZERO, XL_COUNT, 0),
    ROW("in_company", O_EITHER, 1, X_MONEY, X_DYN, X_DYN, X_MONEY, in_company_call, SQL_IN_COMPANY, XL_COUNT, XU_FX),
    ROW("manages", O_METHOD, 2, X_RECORD, X_RECORD, X_DYN, X_BOOL, manages_call, SQL_MANAGES, XL_COUNT, XU_ACTOR),
    ROW("business_hours_between", O_GLOBAL, 3, X_TIMESTAMP, X_TIMESTAMP, X_STRING, X_DOUBLE, business_hours_call, SQL_NONE, XL_COUNT, XU_CALENDAR),
    ROW("fiscal_quarter", O_EITHER, 1, X_DATE, X_DYN, X_DYN, X_INT, fiscal_quarter_call, SQL_FISCAL_QUARTER, XL_COUNT, 0),
    ROW("fiscal_year", O_EITHER, 1, X_DATE, X_DYN, X_DYN, X_INT, fiscal_year_call, SQL_FISCAL_YEAR, XL_COUNT, 0),
    ROW("type", O_GLOBAL, 1, X_DYN, X_DYN, X_DYN, X_TYPE, type_call, SQL_NONE, XL_COUNT, 0),
    ROW("dyn", O_GLOBAL, 1, X_DYN, X_DYN, X_DYN, X_DYN, same_call, SQL_SAME, XL_COUNT, 0),
};
/* clang-format on */
const size_t overload_count = sizeof overloads / sizeof *overloads;

static bool style_fits(enum style s, bool method)
{
    return s == O_EITHER || (method ? s == O_METHOD : s != O_METHOD);
}

static bool row_fits(const struct overload *o, struct str name, bool method,
                     const enum xkind *kinds, size_t n)
{
    if (o->n_args != n || !style_fits(o->style, method) || !str_is(name, o->name))
        return false;
    for (size_t i = 0; i < n; i++)
        if (kinds[i] != X_DYN && o->args[i] != X_DYN && kinds[i] != o->args[i])
            return false;
    return true;
}

const struct overload *overload_find(struct str name, bool method, const enum xkind *kinds,
                                     size_t n)
{
    for (size_t i = 0; i < overload_count; i++)
        if (row_fits(&overloads[i], name, method, kinds, n))
            return &overloads[i];
    return NULL;
}

bool overload_ambiguous(struct str name, bool method, const enum xkind *kinds, size_t n)
{
    size_t found = 0;
    for (size_t i = 0; i < overload_count; i++)
        found += row_fits(&overloads[i], name, method, kinds, n);
    return found > 1;
}

bool overload_known(struct str name, bool method)
{
    for (size_t i = 0; i < overload_count; i++)
        if (str_is(name, overloads[i].name) && style_fits(overloads[i].style, method))
            return true;
    return false;
}

size_t overload_names(bool method, struct str *out, size_t room)
{
    size_t n = 0;
    for (size_t i = 0; i < overload_count && n < room; i++) {
        const struct overload *o = &overloads[i];
        if (o->style == O_OPERATOR || !style_fits(o->style, method))
            continue;
        if (!n || !str_is(out[n - 1], o->name))
            out[n++] = str_of(o->name);
    }
    return n;
}
