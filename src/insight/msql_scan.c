/* msql_scan.c - from relations of single records to statements: grouped and added up, opened record by record, and what they leave out.
 *
 * Kept: days are counted first, or a reference looked up later, only where adding up parts gives the same as adding up records: counts and
 * sums add, least and greatest nest, averages are kept as a sum and a count.
 */
#include "insight/msql.h"

#include "projection/rows.h"

#include <inttypes.h>

enum { DAYS_FIRST_GROUPS = 1 << 16, DAYS_FIRST_ROWS = 4000 };

static void msql_base(struct msql *e, struct buf *out)
{
    switch (e->scan->kind) {
    case METRIC_SIMPLE:
        msql_simple(e, out);
        return;
    case METRIC_SNAPSHOT:
        msql_snapshot(e, out);
        return;
    case METRIC_STAGE_TIME:
        msql_stage_time(e, out);
        return;
    case METRIC_CONVERSION:
        msql_conversion(e, out);
        return;
    case METRIC_COHORT:
        msql_cohort(e, out);
        return;
    case METRIC_RATIO:
    case METRIC_DERIVED:
    case METRIC_CUMULATIVE:
        break; /* the plan has split them into the above */
    }
    msql_fail(e, RC_UNSUPPORTED);
}

/* Merges as the plan sees them, chains followed: merged(id, into_id). */
static void msql_merged(struct msql *e, struct buf *out)
{
    const struct plan *p = e->plan;
    buf_cstr(out, "WITH RECURSIVE step AS (SELECT g.id, g.into_id FROM redirect g WHERE ");
    msql_known(e, "g", out);
    if (p->has_as_of)
        buf_printf(out, " AND g.true_from <= %" PRId64, p->as_of.us);
    buf_cstr(out, "), walk(id, into_id) AS (SELECT id, into_id FROM step UNION SELECT w.id, "
                  "s.into_id FROM walk w JOIN step s "
                  "ON s.id = w.into_id), merged AS (SELECT id, into_id FROM walk WHERE into_id NOT "
                  "IN (SELECT id FROM step)) ");
}

/* The aggregate of one measure: columns a and b. */
static void msql_aggregate(const struct metric *m, size_t i, struct buf *out)
{
    if (m->kind == METRIC_CONVERSION) {
        buf_printf(out, ", sum(v%zu), NULL", i);
        return;
    }
    if (m->kind == METRIC_COHORT) {
        buf_printf(out, ", sum(w%zu), sum(v%zu)", i, i);
        return;
    }
    switch (m->aggregate) {
    case AGG_COUNT:
        buf_cstr(out, ", NULL, NULL");
        return;
    case AGG_SUM:
    case AGG_AVERAGE:
        buf_printf(out, ", sum(v%zu), NULL", i);
        return;
    case AGG_MIN:
        buf_printf(out, ", min(v%zu), NULL", i);
        return;
    case AGG_MAX:
        buf_printf(out, ", max(v%zu), NULL", i);
        return;
    case AGG_MEDIAN: /* The two middle values, the same one when their number n is odd: ceil(n q) is the place for q. */
        for (int k = 1; k <= 2; k++)
            buf_printf(out, ", (quantile_disc(v%zu, [0.5, 0.5000000001]))[%d]", i, k);
        return;
    case AGG_COUNT_DISTINCT:
        buf_printf(out, ", count(DISTINCT v%zu), NULL", i);
        return;
    case AGG_LATEST:
        buf_printf(out, ", arg_max(v%zu, o%zu) FILTER (v%zu IS NOT NULL), NULL", i, i, i);
        return;
    }
}

static bool has_value(const struct metric *m)
{
    return m->kind == METRIC_STAGE_TIME || m->kind == METRIC_CONVERSION ||
           m->kind == METRIC_COHORT || m->value_expr || m->value.n_steps > 0;
}

/* `rows` counts those that met the condition. */
static void msql_measure(struct msql *e, size_t i, const char *rows, struct buf *out)
{
    const struct metric *m = e->scan->measures[i].metric;
    buf_printf(out, ", %s, ", rows);
    if (has_value(m))
        buf_printf(out, "count(v%zu)", i);
    else
        buf_cstr(out, rows);
    msql_aggregate(m, i, out);
}

/* A cumulative scan adds up days first, since its windows overlap; what cannot be added up so meets every window row by row. */
static bool adds_days(const struct metric *m)
{
    return m->aggregate == AGG_COUNT || m->aggregate == AGG_SUM || m->aggregate == AGG_AVERAGE ||
           m->aggregate == AGG_MIN || m->aggregate == AGG_MAX;
}

static const char *over_days(const struct metric *m)
{
    return m->aggregate == AGG_MIN ? "min" : m->aggregate == AGG_MAX ? "max" : "sum";
}

static void msql_cumulative(struct msql *e, struct str groups, struct str base, struct buf *out)
{
    const struct metric *m = e->scan->measures[0].metric;
    buf_printf(out, "SELECT %.*swin.b", STR_ARG(groups));
    if (adds_days(m)) {
        buf_printf(out,
                   ", sum(n), sum(nv), %s(a), NULL FROM (SELECT %.*sb, count(*) AS n, %s AS nv, ",
                   over_days(m), STR_ARG(groups), has_value(m) ? "count(v0)" : "count(*)");
        if (m->aggregate == AGG_COUNT)
            buf_cstr(out, "0 AS a");
        else
            buf_printf(out, "%s(v0) AS a", over_days(m));
        buf_printf(out, " FROM (%.*s) GROUP BY %.*sb) x JOIN ", STR_ARG(base), STR_ARG(groups));
    } else {
        msql_measure(e, 0, "count(*)", out);
        buf_printf(out, " FROM (%.*s) x JOIN ", STR_ARG(base));
    }
    msql_windows(e, out);
    buf_printf(out, " ON x.b >= win.f AND x.b < win.t GROUP BY %.*swin.b", STR_ARG(groups));
}

static void finish(struct msql *e, struct str body, struct statement *out)
{
    struct buf all;
    buf_init(&all, MSQL_MAX);
    if (e->merges_used)
        msql_merged(e, &all);
    buf_str(&all, body);
    *out = (struct statement){
        .sql = msql_take(e, &all), .params = e->params.v, .n_params = e->params.n};
}

static struct str group_list(struct msql *e, const char *form)
{
    struct str list = STR("");
    for (size_t i = 0; i < e->plan->n_by; i++)
        list = str_printf(
            e->a, str_is(str_of(form), "text") ? "%.*sCAST(k%zu AS VARCHAR), " : "%.*sk%zu, ",
            STR_ARG(list), i);
    return list;
}

static bool is_timed(const struct scan *s)
{
    return s->kind == METRIC_SIMPLE && s->time && !s->cumulative;
}

/* At most how many values a dimension has, where that is known: a closed list has few, a field of another object as many as
 * that has records. 0: nobody knows. */
static uint64_t values_of(const struct view *v, const struct path *p)
{
    if (p->steps[p->n_steps - 1]->n_values > 0)
        return 1;
    return p->n_steps > 1 ? view_rows(v, p->steps[p->n_steps - 2]->to) : 0;
}

/* Few groups a day, each of which can be added up to its period's: then days are counted first and their periods looked up
 * once a day, not once a record. Some years of days have to be few beside the records. */
static bool counts_days_first(const struct plan *p, const struct scan *s, const struct view *v)
{
    uint64_t groups = 1;
    for (size_t i = 0; i < p->n_by && groups < DAYS_FIRST_GROUPS; i++)
        groups *= values_of(v, &s->keys[i].path);
    bool few = groups == 1 || (groups > 0 && groups < DAYS_FIRST_GROUPS &&
                               groups * DAYS_FIRST_ROWS <= view_rows(v, s->object));
    for (size_t i = 0; i < s->n_measures; i++)
        few = few && adds_days(s->measures[i].metric);
    return few && p->grain != GRAIN_DAY;
}

/* An outer join of days would have to look at every record before its condition; where days are not counted first, the records
 * without one are counted apart. */
bool msql_tells_untimed(const struct plan *p, const struct scan *s, const struct view *v)
{
    bool joins = p->has_grain && p->grain != GRAIN_DAY && !counts_days_first(p, s, v);
    return is_timed(s) && !p->window.bounded && !joins;
}

/* "(…) x" with one row a day: k0…, b, m (met), and per measure n<i> and a<i>. */
static void msql_days(struct msql *e, struct str groups, struct str from, struct buf *out)
{
    buf_printf(out, "(SELECT %.*sb, count(*) AS m", STR_ARG(groups));
    for (size_t i = 0; i < e->scan->n_measures; i++) {
        const struct metric *m = e->scan->measures[i].metric;
        if (has_value(m))
            buf_printf(out, ", count(v%zu) AS n%zu", i, i);
        if (has_value(m) && m->aggregate != AGG_COUNT)
            buf_printf(out, ", %s(v%zu) AS a%zu", over_days(m), i, i);
    }
    buf_printf(out, " FROM (%.*s) GROUP BY %.*sb) x", STR_ARG(from), STR_ARG(groups));
}

/* By grain: records, or days of them, under the first day of their period; those without a time under NULL. */
static void msql_by_period(struct msql *e, struct str groups, struct str shown, struct str from,
                           struct buf *out)
{
    const struct scan *s = e->scan;
    bool days = counts_days_first(e->plan, s, e->facts->view), looks = e->plan->grain != GRAIN_DAY;
    struct str bucket = looks ? str_printf(e->a, "dy.%s", msql_grain(e->plan->grain)) : STR("x.b");
    buf_printf(out, "SELECT %.*s%.*s", STR_ARG(shown), STR_ARG(bucket));
    for (size_t i = 0; i < s->n_measures; i++) {
        const struct metric *m = s->measures[i].metric;
        if (!days)
            msql_measure(e, i, "count(*)", out);
        else if (!has_value(m))
            buf_cstr(out, ", sum(m), sum(m), NULL, NULL");
        else if (m->aggregate == AGG_COUNT)
            buf_printf(out, ", sum(m), sum(n%zu), NULL, NULL", i);
        else
            buf_printf(out, ", sum(m), sum(n%zu), %s(a%zu), NULL", i, over_days(m), i);
    }
    buf_cstr(out, " FROM ");
    if (days)
        msql_days(e, groups, from, out);
    else
        buf_printf(out, "(%.*s) x", STR_ARG(from));
    if (looks && e->untimed)
        buf_cstr(out, " LEFT JOIN day dy ON dy.day = x.b WHERE dy.day IS NOT NULL OR x.b IS NULL");
    else if (looks)
        buf_cstr(out, " JOIN day dy ON dy.day = x.b");
    buf_printf(out, " GROUP BY %.*s%.*s", STR_ARG(groups), STR_ARG(bucket));
}

/* One figure a group; the last column counts the records without a time. */
static void msql_whole(struct msql *e, struct str groups, struct str shown, struct str from,
                       struct buf *out)
{
    buf_printf(out, "SELECT %.*s0", STR_ARG(shown));
    for (size_t i = 0; i < e->scan->n_measures; i++)
        msql_measure(e, i, e->untimed ? "count(b)" : "count(*)", out);
    if (e->untimed)
        buf_cstr(out, ", count(*) - count(b)");
    buf_printf(out, " FROM (%.*s)", STR_ARG(from));
    if (groups.n > 0)
        buf_printf(out, " GROUP BY %.*s", (int)groups.n - 2, groups.p); /* without its last comma */
}

enum rc msql_scan(struct msql *e, struct statement *out)
{
    const struct scan *s = e->scan;
    struct buf base, all;
    buf_init(&base, MSQL_MAX);
    buf_init(&all, MSQL_MAX);
    e->untimed = msql_tells_untimed(e->plan, s, e->facts->view);
    msql_base(e, &base);
    struct str from = msql_take(e, &base), keys = group_list(e, "plain"),
               shown = group_list(e, "text");
    if (s->cumulative) {
        buf_printf(&all, "SELECT %.*sb, * EXCLUDE (%.*sb) FROM (", STR_ARG(shown), STR_ARG(keys));
        msql_cumulative(e, keys, from, &all);
        buf_char(&all, ')');
    } else if (!e->plan->has_grain && s->kind != METRIC_COHORT) {
        msql_whole(e, keys, shown, from, &all);
    } else if (is_timed(s)) {
        msql_by_period(e, keys, shown, from, &all);
    } else {
        buf_printf(&all, "SELECT %.*sb", STR_ARG(shown));
        for (size_t i = 0; i < s->n_measures; i++)
            msql_measure(e, i, "count(*)", &all);
        buf_printf(&all, " FROM (%.*s) GROUP BY %.*sb", STR_ARG(from), STR_ARG(keys));
    }
    e->untimed = false;
    finish(e, msql_take(e, &all), out);
    return e->rc;
}

/* The rows of a scan, as a FROM item. */
static struct str rows_of(struct msql *e)
{
    struct buf base, sql;
    buf_init(&base, MSQL_MAX);
    buf_init(&sql, MSQL_MAX);
    msql_base(e, &base);
    struct str from = msql_take(e, &base);
    buf_printf(&sql, "(%.*s) x", STR_ARG(from));
    if (e->scan->cumulative) {
        buf_cstr(&sql, " JOIN ");
        msql_windows(e, &sql);
        buf_cstr(&sql, " ON x.b >= win.f AND x.b < win.t");
    }
    return msql_take(e, &sql);
}

enum rc msql_present(struct msql *e, size_t measure, struct statement *out)
{
    struct str rows = rows_of(e);
    finish(e, str_printf(e->a, "SELECT count(*) FILTER (p%zu) FROM %.*s", measure, STR_ARG(rows)),
           out);
    return e->rc;
}

enum rc msql_records(struct msql *e, size_t measure, size_t offset, size_t limit,
                     struct statement *page, struct statement *count)
{
    const struct metric *m = e->scan->measures[measure].metric;
    bool counts = !has_value(m) || m->aggregate == AGG_COUNT_DISTINCT || m->aggregate == AGG_LATEST;
    struct str rows = rows_of(e), value = counts ? STR("1") : str_printf(e->a, "v%zu", measure);
    struct str text = str_printf(
        e->a,
        "SELECT id, %.*s, %s FROM %.*s ORDER BY 1 NULLS LAST, 2 NULLS LAST LIMIT %zu OFFSET %zu",
        STR_ARG(value), m->kind == METRIC_COHORT ? "w0" : "NULL", STR_ARG(rows), limit, offset);
    finish(e, text, page);
    finish(e, str_printf(e->a, "SELECT count(*) FROM %.*s", STR_ARG(rows)), count);
    return e->rc;
}

/* A condition over filled fields of the record itself is never absent, which DuckDB sees without reading a row. Where it reads
 * further, or money, every row has to be looked at. */
static struct str may_be_absent(struct msql *e, const struct expr *x, bool *never)
{
    const struct xread *reads;
    size_t n = expr_reads(x, &reads);
    struct str guard = STR("false");
    *never = true;
    for (size_t i = 0; i < n; i++) {
        const struct field *f = reads[i].field
                                    ? object_field_numbered(e->scan->object, reads[i].field->number)
                                    : NULL;
        char room[24];
        if (reads[i].n_steps == 0 && f && f->type != FT_MONEY && f->type != FT_JSON &&
            f->type != FT_UTM && view_always_filled(e->facts->view, f))
            continue;
        *never = false;
        if (reads[i].n_steps > 0 || !f || f->type == FT_MONEY || f->type == FT_JSON ||
            f->type == FT_UTM)
            return STR("true");
        guard = str_printf(e->a, "%.*s OR r.%.*s IS NULL", STR_ARG(guard),
                           STR_ARG(column_of(f, room)));
    }
    return guard;
}

/* Can the condition of a measure be absent for a record that was ever written? */
static bool asks_absent(struct msql *e, const struct metric *m)
{
    bool never = true;
    if (m->where && e->scan->kind != METRIC_COHORT)
        (void)may_be_absent(e, m->where, &never);
    return !never;
}

/* "(SELECT count(*) FROM the object WHERE …)"; `where` makes its condition. */
static void msql_count(struct msql *e, const struct metric *m, bool absent, struct buf *out)
{
    const struct scan *s = e->scan;
    const struct plan *p = e->plan;
    struct place pl = {.e = e};
    struct xtables t;
    struct xquery q;
    struct buf from, where, columns;
    struct buf *parts[] = {&from, &where, &columns};
    for (size_t i = 0; i < 3; i++)
        buf_init(parts[i], MSQL_MAX);
    bool timed = s->kind == METRIC_SIMPLE && s->time;
    struct str day = timed ? msql_day_of(e->a, "r", s->time) : STR_NONE;
    place_tables(&pl, &t);
    msql_begin(&pl, &q, &t, "r");
    msql_source(&pl, s->object, "r", &from, &where);
    buf_cstr(&where, where.n > 0 ? " AND " : "");
    struct str met = msql_condition(e, &q, m->where, absent ? XS_VALUE : XS_CONDITION);
    bool never;
    if (absent)
        buf_printf(&where, "(%.*s) AND (%.*s) IS NULL", STR_ARG(may_be_absent(e, m->where, &never)),
                   STR_ARG(met));
    else
        buf_printf(&where, "%.*s IS NULL AND (%.*s)", STR_ARG(day), STR_ARG(met));
    if (absent && timed && p->window.bounded && !s->cumulative)
        buf_printf(&where, " AND %.*s >= %d AND %.*s < %d", STR_ARG(day), p->window.from.days,
                   STR_ARG(day), p->window.to.days);
    msql_filter(e, &q, &where);
    if (p->query->n_pins > 0)
        msql_keys(&pl, &q, &columns, &where);
    buf_printf(out, ", (SELECT count(*) FROM %.*s%.*s WHERE %.*s)", STR_ARG(buf_view(&from)),
               STR_ARG(buf_view(&q.joins)), STR_ARG(buf_view(&where)));
    msql_end(e, &q, p->now);
    for (size_t i = 0; i < 3; i++) {
        msql_fail(e, buf_ok(parts[i]));
        buf_release(parts[i]);
    }
}

enum rc msql_left_out(struct msql *e, bool records, struct statement *out, bool *asks)
{
    const struct scan *s = e->scan;
    const struct object *o = s->object;
    bool later = e->plan->has_as_of && !o->is_fact,
         untimed = s->kind == METRIC_SIMPLE && s->time &&
                   !msql_tells_untimed(e->plan, s, e->facts->view) &&
                   !view_always_filled(e->facts->view, s->time);
    struct place pl = {.e = e};
    struct buf from, where, all;
    buf_init(&from, MSQL_MAX);
    buf_init(&where, MSQL_MAX);
    buf_init(&all, MSQL_MAX);
    msql_source(&pl, o, "y", &from, &where);
    *asks = records || later || untimed;
    if (records)
        buf_printf(&all, "SELECT (SELECT count(*) FROM %.*s%s%.*s)", STR_ARG(buf_view(&from)),
                   where.n ? " WHERE " : "", STR_ARG(buf_view(&where)));
    else
        buf_cstr(&all, "SELECT 0");
    buf_release(&from);
    buf_release(&where);
    if (later)
        buf_printf(&all, ", (SELECT count(*) FROM c_%u z WHERE z.created_at > %" PRId64 ")",
                   o->number, e->plan->as_of.us);
    else
        buf_cstr(&all, ", 0");
    for (size_t i = 0; i < s->n_measures; i++) {
        const struct metric *m = s->measures[i].metric;
        bool absent = asks_absent(e, m);
        if (untimed)
            msql_count(e, m, false, &all);
        else
            buf_cstr(&all, ", 0");
        if (absent)
            msql_count(e, m, true, &all);
        else
            buf_cstr(&all, ", 0");
        *asks = *asks || absent;
    }
    finish(e, msql_take(e, &all), out);
    return e->rc;
}
