#include "insight/msql.h"

#include <inttypes.h>

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

/* The aggregate of one measure over the rows that met its condition: columns a and b. */
static void msql_aggregate(const struct metric *m, size_t i, struct buf *out)
{
    struct buf *o = out;
    if (m->kind == METRIC_CONVERSION) {
        buf_printf(o, ", sum(v%zu) FILTER (c%zu), NULL", i, i);
        return;
    }
    if (m->kind == METRIC_COHORT) {
        buf_printf(o, ", sum(w%zu), sum(v%zu)", i, i);
        return;
    }
    switch (m->aggregate) {
    case AGG_COUNT:
        buf_cstr(o, ", NULL, NULL");
        return;
    case AGG_SUM:
    case AGG_AVERAGE:
        buf_printf(o, ", sum(v%zu) FILTER (c%zu), NULL", i, i);
        return;
    case AGG_MIN:
        buf_printf(o, ", min(v%zu) FILTER (c%zu), NULL", i, i);
        return;
    case AGG_MAX:
        buf_printf(o, ", max(v%zu) FILTER (c%zu), NULL", i, i);
        return;
    case AGG_MEDIAN: /* the two middle values; the same one when their number is odd */
        buf_printf(
            o, ", quantile_disc(v%zu, 0.5) FILTER (c%zu), -quantile_disc(-v%zu, 0.5) FILTER (c%zu)",
            i, i, i, i);
        return;
    case AGG_COUNT_DISTINCT:
        buf_printf(o, ", count(DISTINCT v%zu) FILTER (c%zu), NULL", i, i);
        return;
    case AGG_LATEST:
        buf_printf(o, ", arg_max(v%zu, o%zu) FILTER (c%zu AND v%zu IS NOT NULL), NULL", i, i, i, i);
        return;
    }
}

static bool has_value(const struct metric *m)
{
    return m->kind == METRIC_STAGE_TIME || m->kind == METRIC_CONVERSION ||
           m->kind == METRIC_COHORT || m->value_expr || m->value.n_steps > 0;
}

static bool is_converted(const struct metric *m)
{
    if (m->value_expr)
        return expr_type(m->value_expr)->kind == X_MONEY;
    return m->value.n_steps > 0 && m->value.steps[m->value.n_steps - 1]->type == FT_MONEY;
}

static void msql_measure(const struct metric *m, size_t i, struct buf *out)
{
    buf_printf(out, ", count(*) FILTER (c%zu), count(*) FILTER (c%zu IS NULL)", i, i);
    if (has_value(m) && is_converted(m) && m->kind != METRIC_COHORT)
        buf_printf(out, ", count(*) FILTER (c%zu AND p%zu), count(v%zu) FILTER (c%zu)", i, i, i, i);
    else if (has_value(m))
        buf_printf(out, ", count(v%zu) FILTER (c%zu), count(v%zu) FILTER (c%zu)", i, i, i, i);
    else
        buf_printf(out, ", count(*) FILTER (c%zu), count(*) FILTER (c%zu)", i, i);
    msql_aggregate(m, i, out);
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

enum rc msql_scan(struct msql *e, struct statement *out)
{
    const struct scan *s = e->scan;
    struct buf base, all, groups;
    buf_init(&base, MSQL_MAX);
    buf_init(&all, MSQL_MAX);
    buf_init(&groups, MSQL_MAX);
    msql_base(e, &base);
    buf_cstr(&all, "SELECT ");
    for (size_t i = 0; i < e->plan->n_by; i++) {
        buf_printf(&all, "CAST(k%zu AS VARCHAR), ", i);
        buf_printf(&groups, "k%zu, ", i);
    }
    buf_cstr(&all, "b");
    bool every = false;
    for (size_t i = 0; i < s->n_measures; i++) {
        msql_measure(s->measures[i].metric, i, &all);
        every = every || (!s->measures[i].metric->where && s->kind != METRIC_COHORT);
    }
    buf_printf(&all, " FROM (%.*s)", STR_ARG(buf_view(&base)));
    for (size_t i = 0; i < s->n_measures && !every; i++)
        buf_printf(&all, "%s c%zu IS DISTINCT FROM false", i ? " OR" : " WHERE", i);
    buf_printf(&all, " GROUP BY %.*sb", STR_ARG(buf_view(&groups)));
    msql_fail(e, buf_ok(&base));
    msql_fail(e, buf_ok(&groups));
    buf_release(&base);
    buf_release(&groups);
    finish(e, msql_take(e, &all), out);
    return e->rc;
}

enum rc msql_records(struct msql *e, size_t measure, size_t offset, size_t limit,
                     struct statement *page, struct statement *count)
{
    const struct metric *m = e->scan->measures[measure].metric;
    struct buf base, sql;
    buf_init(&base, MSQL_MAX);
    buf_init(&sql, MSQL_MAX);
    msql_base(e, &base);
    struct str from = msql_take(e, &base);
    buf_cstr(&sql, "SELECT id, ");
    if (!has_value(m) || m->aggregate == AGG_COUNT_DISTINCT || m->aggregate == AGG_LATEST)
        buf_cstr(&sql, "1");
    else
        buf_printf(&sql, "v%zu", measure);
    buf_cstr(&sql, m->kind == METRIC_COHORT ? ", w0" : ", NULL");
    buf_printf(&sql,
               " FROM (%.*s) WHERE c%zu ORDER BY id NULLS LAST, 2 NULLS LAST LIMIT %zu OFFSET %zu",
               STR_ARG(from), measure, limit, offset);
    finish(e, msql_take(e, &sql), page);
    buf_init(&sql, MSQL_MAX);
    buf_printf(&sql, "SELECT count(*) FROM (%.*s) WHERE c%zu", STR_ARG(from), measure);
    finish(e, msql_take(e, &sql), count);
    return e->rc;
}

enum rc msql_left_out(struct msql *e, struct statement *out)
{
    const struct scan *s = e->scan;
    const struct object *o = s->object;
    struct place pl = {.e = e};
    struct xtables t;
    struct xquery q;
    struct buf from, alive, where, all;
    struct buf *parts[] = {&from, &alive, &where};
    for (size_t i = 0; i < 3; i++)
        buf_init(parts[i], MSQL_MAX);
    buf_init(&all, MSQL_MAX);
    place_tables(&pl, &t);
    msql_begin(&pl, &q, &t, "r");
    msql_source(&pl, o, "r", &from, &alive);
    msql_filter(e, &q, &where);
    struct str keys = STR_NONE;
    struct buf columns;
    buf_init(&columns, MSQL_MAX);
    msql_keys(&pl, &q, &columns, &where);
    buf_release(&columns);
    bool timed = s->kind == METRIC_SIMPLE && s->time;
    struct str day = timed ? msql_day_of(e->a, "r", s->time) : keys;
    buf_cstr(&all, "SELECT (SELECT count(*) FROM ");
    struct buf any_from, any_where;
    buf_init(&any_from, MSQL_MAX);
    buf_init(&any_where, MSQL_MAX);
    msql_source(&pl, o, "y", &any_from, &any_where);
    buf_printf(&all, "%.*s%s%.*s)", STR_ARG(buf_view(&any_from)), any_where.n ? " WHERE " : "",
               STR_ARG(buf_view(&any_where)));
    buf_release(&any_from);
    buf_release(&any_where);
    if (e->plan->has_as_of && !o->is_fact)
        buf_printf(&all, ", (SELECT count(*) FROM c_%u z WHERE z.created_at > %" PRId64 ")",
                   o->number, e->plan->as_of.us);
    else
        buf_cstr(&all, ", 0");
    for (size_t i = 0; i < s->n_measures; i++) {
        if (timed) {
            struct str met = msql_condition(e, &q, s->measures[i].metric->where, XS_CONDITION);
            buf_printf(&all, ", count(*) FILTER (%.*s)", STR_ARG(met));
        } else {
            buf_cstr(&all, ", 0");
        }
    }
    if (timed)
        buf_printf(&all, " FROM %.*s%.*s WHERE %.*s IS NULL%s%.*s%.*s", STR_ARG(buf_view(&from)),
                   STR_ARG(buf_view(&q.joins)), STR_ARG(day), alive.n ? " AND " : "",
                   STR_ARG(buf_view(&alive)), STR_ARG(buf_view(&where)));
    msql_end(e, &q, e->plan->now);
    for (size_t i = 0; i < 3; i++) {
        msql_fail(e, buf_ok(parts[i]));
        buf_release(parts[i]);
    }
    if (!timed)
        e->params.n = 0; /* the condition of the pins is not in the text */
    finish(e, msql_take(e, &all), out);
    return e->rc;
}
