/* What SQLite is given so that its leaves mean exactly what the evaluator does. */
#include "expr/eval.h"

#include <math.h>
#include <string.h>

#define FUNCTION(name) \
    static bool name(const struct xfunction_arg *args, struct arena *a, struct xfunction_arg *out)
#define IGNORED (void)a

FUNCTION(int_add)
{
    IGNORED;
    return !__builtin_add_overflow(args[0].integer, args[1].integer, &out->integer);
}

FUNCTION(int_sub)
{
    IGNORED;
    return !__builtin_sub_overflow(args[0].integer, args[1].integer, &out->integer);
}

FUNCTION(int_mul)
{
    IGNORED;
    return !__builtin_mul_overflow(args[0].integer, args[1].integer, &out->integer);
}

FUNCTION(int_quotient)
{
    IGNORED;
    return int_div(args[0].integer, args[1].integer, &out->integer);
}

FUNCTION(int_rest)
{
    IGNORED;
    return int_mod(args[0].integer, args[1].integer, &out->integer);
}

FUNCTION(int_neg)
{
    IGNORED;
    return !__builtin_sub_overflow((int64_t)0, args[0].integer, &out->integer);
}

FUNCTION(floor_quotient)
{
    IGNORED;
    int64_t x = args[0].integer, by = args[1].integer;
    out->integer = x >= 0 ? x / by : -((-(x + 1)) / by) - 1;
    return by > 0;
}

FUNCTION(within)
{
    IGNORED;
    out->integer = args[0].integer;
    return args[0].integer >= args[1].integer && args[0].integer <= args[2].integer;
}

FUNCTION(only_finite)
{
    IGNORED;
    out->number = args[0].number;
    return isfinite(args[0].number);
}

FUNCTION(whole)
{
    IGNORED;
    return int_of_double(args[0].number, &out->integer);
}

FUNCTION(whole_of_text)
{
    IGNORED;
    return int_of_text(args[0].text, &out->integer);
}

FUNCTION(number_of_text)
{
    IGNORED;
    return double_of_text(args[0].text, &out->number);
}

FUNCTION(contains)
{
    IGNORED;
    out->integer = args[1].text.n == 0 || str_find(args[0].text, args[1].text, 0) >= 0;
    return true;
}

FUNCTION(starts)
{
    IGNORED;
    out->integer = str_starts(args[0].text, args[1].text);
    return true;
}

FUNCTION(ends)
{
    IGNORED;
    out->integer = str_ends(args[0].text, args[1].text);
    return true;
}

FUNCTION(matches)
{
    bool found;
    struct regex *x = regex_new(args[1].text, a);
    if (!x || regex_search(x, args[0].text, &found) != RC_OK)
        return false;
    out->integer = found;
    return true;
}

FUNCTION(lower)
{
    out->text = str_lower(a, args[0].text);
    return true;
}

FUNCTION(domain)
{
    out->text = str_lower(a, mail_domain(args[0].text));
    return true;
}

FUNCTION(size)
{
    IGNORED;
    out->integer = (int64_t)utf8_length(args[0].text);
    return true;
}

FUNCTION(json_member)
{
    struct xvalue v;
    if (!struct_member(args[0].text, args[1].text, a, &v))
        return false;
    out->text = v.text;
    return true;
}

/* Days from the door are in range; anything else has no parts. */
static bool parts(const struct xfunction_arg *args, struct ymd *p, struct date *d)
{
    int64_t days = args[0].integer;
    if (days < INT32_MIN || days > INT32_MAX || !moment_in_range(days * US_PER_DAY))
        return false;
    *d = (struct date){(int32_t)days};
    *p = date_to_ymd(*d);
    return true;
}

#define PART(name, value)         \
    FUNCTION(name)                \
    {                             \
        struct ymd p;             \
        struct date d;            \
        IGNORED;                  \
        if (!parts(args, &p, &d)) \
            return false;         \
        out->integer = (value);   \
        return true;              \
    }
PART(date_year, p.year)
PART(date_month, p.month)
PART(date_day, p.day)
PART(date_week_day, (date_weekday(d) + 1) % 7)
PART(date_year_day, d.days - date_from_ymd((struct ymd){p.year, 1, 1}).days + 1)

const struct xfunction *expr_functions(size_t *n)
{
    static const struct xfunction table[] = {
        {"x_int_add", 2, "ii", XF_INT, int_add},
        {"x_int_sub", 2, "ii", XF_INT, int_sub},
        {"x_int_mul", 2, "ii", XF_INT, int_mul},
        {"x_int_div", 2, "ii", XF_INT, int_quotient},
        {"x_int_mod", 2, "ii", XF_INT, int_rest},
        {"x_int_neg", 1, "i", XF_INT, int_neg},
        {"x_floor_div", 2, "ii", XF_INT, floor_quotient},
        {"x_within", 3, "iii", XF_INT, within},
        {"x_finite", 1, "d", XF_DOUBLE, only_finite},
        {"x_int_of_double", 1, "d", XF_INT, whole},
        {"x_int_of_text", 1, "t", XF_INT, whole_of_text},
        {"x_double_of_text", 1, "t", XF_DOUBLE, number_of_text},
        {"x_size", 1, "t", XF_INT, size},
        {"x_contains", 2, "tt", XF_BOOL, contains},
        {"x_starts", 2, "tt", XF_BOOL, starts},
        {"x_ends", 2, "tt", XF_BOOL, ends},
        {"x_matches", 2, "tt", XF_BOOL, matches},
        {"x_lower", 1, "t", XF_TEXT, lower},
        {"x_domain", 1, "t", XF_TEXT, domain},
        {"x_json_member", 2, "tt", XF_TEXT, json_member},
        {"x_date_year", 1, "i", XF_INT, date_year},
        {"x_date_month", 1, "i", XF_INT, date_month},
        {"x_date_day", 1, "i", XF_INT, date_day},
        {"x_date_weekday", 1, "i", XF_INT, date_week_day},
        {"x_date_yearday", 1, "i", XF_INT, date_year_day},
    };
    *n = sizeof table / sizeof *table;
    return table;
}
