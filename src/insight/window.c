/* window.c - windows and comparisons by name, in company days.
 *
 * Kept: windows are half open; a comparison of whole months moves by months, any other by as many days.
 */
#include "insight/plan.h"

#include <assert.h>
#include <string.h>

struct date date_shift(struct date d, int32_t count, enum period_unit unit)
{
    switch (unit) {
    case PERIOD_DAY:
        return (struct date){d.days + count};
    case PERIOD_WEEK:
        return (struct date){d.days + 7 * count};
    case PERIOD_MONTH:
        return date_add_months(d, count);
    case PERIOD_QUARTER:
    case PERIOD_FISCAL_QUARTER:
        return date_add_months(d, 3 * count);
    case PERIOD_YEAR:
    case PERIOD_FISCAL_YEAR:
        return date_add_months(d, 12 * count);
    case PERIOD_NONE:
        return d;
    }
    return d;
}

bool unit_grain(enum period_unit u, enum grain *out)
{
    static const enum grain grains[] = {
        [PERIOD_DAY] = GRAIN_DAY,
        [PERIOD_WEEK] = GRAIN_WEEK,
        [PERIOD_MONTH] = GRAIN_MONTH,
        [PERIOD_QUARTER] = GRAIN_QUARTER,
        [PERIOD_YEAR] = GRAIN_YEAR,
        [PERIOD_FISCAL_QUARTER] = GRAIN_FISCAL_QUARTER,
        [PERIOD_FISCAL_YEAR] = GRAIN_FISCAL_YEAR,
    };
    if (u == PERIOD_NONE)
        return false;
    *out = grains[u];
    return true;
}

static bool take(struct str *s, struct str prefix)
{
    if (!str_starts(*s, prefix))
        return false;
    *s = str_sub(*s, prefix.n, s->n);
    return true;
}

/* "month" or "months". */
static bool take_grain(struct str s, enum grain *out)
{
    return grain_parse(s, out) ||
           (str_ends(s, STR("s")) && grain_parse(str_sub(s, 0, s.n - 1), out));
}

/* The `n` periods before `p`, or from `p` on when `n` is 0. */
static struct span_days periods_before(struct fiscal f, struct period p, int64_t n)
{
    struct span_days out = {.bounded = true, .from = p.from, .to = n > 0 ? p.from : p.to};
    for (int64_t i = 0; i < n && period_previous(f, p, &p); i++)
        out.from = p.from;
    return out;
}

bool window_parse(struct str word, struct date today, struct fiscal f, struct span_days *out)
{
    enum grain g;
    int64_t n = 1;
    struct str rest = word;
    *out = (struct span_days){0};
    if (str_is(word, "all"))
        return true;
    if (str_is(word, "today") || str_is(word, "yesterday")) {
        *out = periods_before(f, period_of(f, GRAIN_DAY, today), str_is(word, "yesterday"));
        return true;
    }
    if (str_ends(word, STR("_to_date"))) {
        if (!grain_parse(str_sub(word, 0, word.n - 8), &g))
            return false;
        *out = (struct span_days){true, period_of(f, g, today).from, {today.days + 1}};
        return true;
    }
    if (take(&rest, STR("this_"))) {
        if (!grain_parse(rest, &g))
            return false;
        *out = periods_before(f, period_of(f, g, today), 0);
        return true;
    }
    if (!take(&rest, STR("last_")) && !take(&rest, STR("previous_")))
        return false;
    ptrdiff_t at = str_find(rest, STR("_"), 0);
    if (at > 0 && str_to_i64(str_sub(rest, 0, (size_t)at), &n))
        rest = str_sub(rest, (size_t)at + 1, rest.n);
    else
        n = 1;
    if (n < 1 || n > QUERY_BUCKETS_MAX || !take_grain(rest, &g))
        return false;
    *out = periods_before(f, period_of(f, g, today), n);
    return true;
}

/* How many whole months lie between two days of the same date; 0 when the span is not of whole months. */
static int32_t whole_months(struct span_days w)
{
    struct ymd a = date_to_ymd(w.from), b = date_to_ymd(w.to);
    int32_t months = (b.year - a.year) * 12 + b.month - a.month;
    return a.day == b.day && months > 0 ? months : 0;
}

/* "previous_quarter" and "same_quarter_last_year" compare the quarter that runs, when nothing names a window. */
bool window_of_compare(struct str compare, struct date today, struct fiscal f,
                       struct span_days *out)
{
    struct str rest = compare;
    enum grain g;
    if (take(&rest, STR("same_")) && str_ends(rest, STR("_last_year")))
        rest = str_sub(rest, 0, rest.n - strlen("_last_year"));
    else if (!take(&rest, STR("previous_")))
        return false;
    if (!grain_parse(rest, &g))
        return false;
    *out = periods_before(f, period_of(f, g, today), 0);
    return true;
}

enum rc plan_compare_window(const struct plan *p, struct str compare, struct span_days *out,
                            struct diags *ds)
{
    struct span_days w = p->window;
    struct str rest = compare;
    enum grain g;
    *out = (struct span_days){.bounded = true};
    if (!w.bounded) {
        struct diag *d = diag_add(ds, SEV_ERROR, "I0011", span_none(),
                                  "a comparison needs a window");
        diag_help(ds, d, "name one: --window this_quarter, or --from and --to");
        return RC_INVALID;
    }
    if (take(&rest, STR("same_")) && str_ends(rest, STR("_last_year"))) {
        out->from = date_shift(w.from, -1, PERIOD_YEAR);
        out->to = date_shift(w.to, -1, PERIOD_YEAR);
        return RC_OK;
    }
    rest = compare;
    bool named = take(&rest, STR("previous"));
    if (named && (rest.n == 0 || str_is(rest, "_period"))) {
        int32_t months = whole_months(w), days = w.to.days - w.from.days;
        out->from = months ? date_add_months(w.from, -months) : (struct date){w.from.days - days};
        out->to = w.from;
        return RC_OK;
    }
    if (named && take(&rest, STR("_")) && grain_parse(rest, &g)) {
        static const enum period_unit units[GRAIN_COUNT] = {
            [GRAIN_DAY] = PERIOD_DAY,
            [GRAIN_WEEK] = PERIOD_WEEK,
            [GRAIN_MONTH] = PERIOD_MONTH,
            [GRAIN_QUARTER] = PERIOD_QUARTER,
            [GRAIN_YEAR] = PERIOD_YEAR,
            [GRAIN_FISCAL_QUARTER] = PERIOD_FISCAL_QUARTER,
            [GRAIN_FISCAL_YEAR] = PERIOD_FISCAL_YEAR,
        };
        out->from = date_shift(w.from, -1, units[g]);
        out->to = date_shift(w.to, -1, units[g]);
        return RC_OK;
    }
    struct diag *d = diag_add(ds, SEV_ERROR, "I0012", span_none(), "'%.*s' is no comparison",
                              STR_ARG(compare));
    diag_help(
        ds, d,
        "write previous, previous_month, previous_quarter, previous_year, same_quarter_last_year");
    return RC_INVALID;
}
