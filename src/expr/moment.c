/* Arithmetic and parts of timestamps, durations and dates, and what needs the company's calendar. */
#include "expr/arith.h"

#include <string.h>

static void out_of_range(struct run *r, const struct node *n, struct xvalue *out)
{
    run_fault(r, n, out, "X0201", "the result is out of range");
}

/* a + sign × b in microseconds and nanoseconds; `kind` decides the range. */
static void put_sum(struct run *r, const struct node *n, const struct xvalue *a,
                    const struct xvalue *b, int sign, enum xkind kind, struct xvalue *out)
{
    int64_t left = a->kind == X_TIMESTAMP ? a->instant.us : a->duration.us;
    int64_t right = b->kind == X_TIMESTAMP ? b->instant.us : b->duration.us;
    int ns = a->ns + sign * b->ns;
    int64_t us = left + sign * right; /* both are in range, far from the ends of 64 bits */
    if (ns < 0) {
        ns += 1000;
        us--;
    } else if (ns >= 1000) {
        ns -= 1000;
        us++;
    }
    bool fits = kind == X_TIMESTAMP ? moment_in_range(us) : span_in_range(us);
    /* The difference of two timestamps is exact only within the bound of a 64-bit count of nanoseconds. */
    if (b->kind == X_TIMESTAMP && (us > INT64_MAX / 1000 || us < INT64_MIN / 1000))
        fits = false;
    if (!fits) {
        out_of_range(r, n, out);
        return;
    }
    *out = (struct xvalue){.result = XV_VALUE, .kind = kind, .ns = (uint16_t)ns};
    if (kind == X_TIMESTAMP)
        out->instant.us = us;
    else
        out->duration.us = us;
}

CALLABLE(time_add_call)
{
    put_sum(r, n, &args[0], &args[1], 1, X_TIMESTAMP, out);
}

CALLABLE(span_time_add_call)
{
    put_sum(r, n, &args[1], &args[0], 1, X_TIMESTAMP, out);
}

CALLABLE(time_sub_call)
{
    put_sum(r, n, &args[0], &args[1], -1, X_TIMESTAMP, out);
}

CALLABLE(time_diff_call)
{
    put_sum(r, n, &args[0], &args[1], -1, X_DURATION, out);
}

CALLABLE(span_add_call)
{
    put_sum(r, n, &args[0], &args[1], 1, X_DURATION, out);
}

CALLABLE(span_sub_call)
{
    put_sum(r, n, &args[0], &args[1], -1, X_DURATION, out);
}

/* ---- dates ---- */

static void put_date(struct run *r, const struct node *n, int64_t days, struct xvalue *out)
{
    if (!moment_in_range(days * US_PER_DAY))
        out_of_range(r, n, out);
    else
        *out = (struct xvalue){.result = XV_VALUE, .kind = X_DATE, .date = {(int32_t)days}};
}

static void date_plus(struct run *r, const struct node *n, struct date d, const struct xvalue *span,
                      int sign, struct xvalue *out)
{
    if (span->duration.us % US_PER_DAY || span->ns)
        run_fault(r, n, out, "X0203", "only whole days add to a date");
    else
        put_date(r, n, d.days + sign * (span->duration.us / US_PER_DAY), out);
}

CALLABLE(date_add_call)
{
    date_plus(r, n, args[0].date, &args[1], 1, out);
}

CALLABLE(span_date_add_call)
{
    date_plus(r, n, args[1].date, &args[0], 1, out);
}

CALLABLE(date_sub_call)
{
    date_plus(r, n, args[0].date, &args[1], -1, out);
}

CALLABLE(date_diff_call)
{
    (void)r, (void)n;
    set_int(out, (int64_t)args[0].date.days - args[1].date.days);
}

CALLABLE(days_call)
{
    int64_t us;
    if (__builtin_mul_overflow(args[0].integer, US_PER_DAY, &us) || !span_in_range(us))
        out_of_range(r, n, out);
    else
        *out = (struct xvalue){.result = XV_VALUE, .kind = X_DURATION, .duration = {us}};
}

CALLABLE(local_date_call)
{
    if (!r->host || !r->host->zone)
        run_fault(r, n, out, "X0211", "no company time zone is known here");
    else
        *out = (struct xvalue){
            .result = XV_VALUE, .kind = X_DATE, .date = zone_date(r->host->zone, args[0].instant)};
}

CALLABLE(date_of_text_call)
{
    struct date d;
    if (!date_parse(args[0].text, &d))
        run_fault(r, n, out, "X0203", "'%.*s' is no date; write it as 2026-01-31",
                  STR_ARG(args[0].text));
    else
        *out = (struct xvalue){.result = XV_VALUE, .kind = X_DATE, .date = d};
}

/* ---- parts ---- */

/* "+11:00", "-02:30", "02:00": an offset in seconds. */
static bool offset_parse(struct str s, int32_t *seconds)
{
    size_t at = s.n && (s.p[0] == '+' || s.p[0] == '-') ? 1 : 0;
    if (s.n != at + 5 || s.p[at + 2] != ':')
        return false;
    int v[4] = {s.p[at] - '0', s.p[at + 1] - '0', s.p[at + 3] - '0', s.p[at + 4] - '0'};
    for (int i = 0; i < 4; i++)
        if (v[i] < 0 || v[i] > 9)
            return false;
    int hours = v[0] * 10 + v[1], minutes = v[2] * 10 + v[3];
    if (hours > 23 || minutes > 59)
        return false;
    *seconds = (hours * 3600 + minutes * 60) * (at && s.p[0] == '-' ? -1 : 1);
    return true;
}

/* Offset of zone `name` at `t`; false when there is no such zone. */
static bool offset_at(struct str name, struct instant t, int32_t *seconds)
{
    if (offset_parse(name, seconds))
        return true;
    struct zone *z;
    if (zone_open(name, &z) != RC_OK)
        return false;
    *seconds = zone_offset(z, t);
    zone_close(z);
    return true;
}

static int64_t day_of(int64_t us)
{
    return us >= 0 ? us / US_PER_DAY : -((-us + US_PER_DAY - 1) / US_PER_DAY);
}

static int64_t date_part(struct str name, struct date d)
{
    struct ymd p = date_to_ymd(d);
    if (str_is(name, "getFullYear"))
        return p.year;
    if (str_is(name, "getMonth"))
        return p.month - 1;
    if (str_is(name, "getDate"))
        return p.day;
    if (str_is(name, "getDayOfMonth"))
        return p.day - 1;
    if (str_is(name, "getDayOfWeek"))
        return (date_weekday(d) + 1) % 7;
    return d.days - date_from_ymd((struct ymd){p.year, 1, 1}).days; /* getDayOfYear */
}

CALLABLE(date_part_call)
{
    (void)r;
    set_int(out, date_part(n->name, args[0].date));
}

CALLABLE(time_part_call)
{
    int32_t offset = 0;
    if (n->n_args == 2 && !offset_at(args[1].text, args[0].instant, &offset)) {
        run_fault(r, n, out, "X0203", "'%.*s' is no time zone", STR_ARG(args[1].text));
        return;
    }
    int64_t us = args[0].instant.us + offset * US_PER_SECOND, day = day_of(us),
            rest = us - day * US_PER_DAY;
    if (str_is(n->name, "getHours"))
        set_int(out, rest / (3600 * US_PER_SECOND));
    else if (str_is(n->name, "getMinutes"))
        set_int(out, rest / (60 * US_PER_SECOND) % 60);
    else if (str_is(n->name, "getSeconds"))
        set_int(out, rest / US_PER_SECOND % 60);
    else if (str_is(n->name, "getMilliseconds"))
        set_int(out, rest / 1000 % 1000);
    else
        set_int(out, date_part(n->name, (struct date){(int32_t)day}));
}

CALLABLE(span_part_call)
{
    (void)r;
    int64_t us = args[0].duration.us;
    /* Towards zero, as the whole duration is, although its nanoseconds count upwards. */
    if (us < 0 && args[0].ns)
        us++;
    if (str_is(n->name, "getHours"))
        set_int(out, us / (3600 * US_PER_SECOND));
    else if (str_is(n->name, "getMinutes"))
        set_int(out, us / (60 * US_PER_SECOND));
    else if (str_is(n->name, "getSeconds"))
        set_int(out, us / US_PER_SECOND);
    else
        set_int(out, us / 1000 % 1000);
}

/* ---- the company's calendar ---- */

CALLABLE(business_hours_call)
{
    struct duration d;
    enum rc rc = RC_UNSUPPORTED;
    if (r->host && r->host->business_time)
        rc = r->host->business_time(r->host->ctx, args[2].text, args[0].instant, args[1].instant,
                                    &d);
    if (rc != RC_OK)
        run_fault(r, n, out, "X0211", "calendar '%.*s' is not known here", STR_ARG(args[2].text));
    else
        *out = (struct xvalue){
            .result = XV_VALUE, .kind = X_DOUBLE, .number = (double)d.us / 3.6e9};
}

/* Months since the fiscal year began, 0..11; the year is named by the calendar year in which it ends. */
static int fiscal_month(const struct expr *e, struct date d, int *year)
{
    struct ymd p = date_to_ymd(d);
    int month = e->fiscal_month ? e->fiscal_month : 1, day = e->fiscal_day ? e->fiscal_day : 1;
    int since = p.month - month - (p.day < day ? 1 : 0);
    bool began_last_year = since < 0;
    *year = p.year - (began_last_year ? 1 : 0) + (month == 1 && day == 1 ? 0 : 1);
    return began_last_year ? since + 12 : since;
}

CALLABLE(fiscal_quarter_call)
{
    int year;
    set_int(out, fiscal_month(r->e, args[0].date, &year) / 3 + 1);
    (void)n;
}

CALLABLE(fiscal_year_call)
{
    int year;
    (void)fiscal_month(r->e, args[0].date, &year);
    set_int(out, year);
    (void)n;
}
