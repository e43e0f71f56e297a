#include "insight/msql.h"

#include <inttypes.h>

/* Start and end of the span that stands in each bucket: "(VALUES (bucket, t0, d0, t1, d1), …) t(b, t0, d0, t1, d1)". */
static void msql_spans(struct msql *e, const struct metric *m, struct buf *out)
{
    const struct plan *p = e->plan;
    struct period whole = {GRAIN_DAY, p->window.from, p->window.to};
    size_t n = 0;
    buf_cstr(out, "(VALUES ");
    for (size_t i = 0; i < (p->has_grain ? p->n_buckets : p->window.bounded); i++) {
        struct period b = p->has_grain ? p->buckets[i] : whole, span = b;
        struct instant from, to;
        if (m->window.count > 0)
            span.from = date_shift(b.to, -(int32_t)m->window.count, m->window.unit);
        period_bounds(span, p->zone, &from, &to);
        struct instant begins, ends;
        period_bounds(b, p->zone, &begins, &ends);
        if (begins.us > p->as_of.us)
            continue;
        int64_t t1 = to.us - 1 < p->as_of.us ? to.us - 1 : p->as_of.us;
        buf_printf(out, "%s(%d, %" PRId64 "::BIGINT, %d, %" PRId64 "::BIGINT, %d)", n++ ? ", " : "",
                   p->has_grain ? b.from.days : 0, from.us - 1, span.from.days, t1, span.to.days);
    }
    if (n == 0)
        buf_cstr(out, "(NULL::INTEGER, NULL::BIGINT, NULL::INTEGER, NULL::BIGINT, NULL::INTEGER)");
    buf_cstr(out, ") t(b, t0, d0, t1, d1)");
}

/* The columns k0, k1 … by which groups are made. */
static struct str key_list(struct msql *e, const char *prefix)
{
    struct str list = STR_NONE;
    for (size_t i = 0; i < e->plan->n_by; i++)
        list = str_printf(e->a, "%.*s, %sk%zu", STR_ARG(list), prefix, i);
    return list;
}

static struct str entity_sql(struct place *pl, struct xquery *q, const struct metric *m)
{
    return m->entity.n_steps > 0 ? msql_path(pl, q, &m->entity) : STR("r.id");
}

/* What each entity is worth at one end of each span: ent, b, keys, s. */
static struct str balance(struct msql *e, const struct metric *m, const char *instant,
                          const char *spans)
{
    const struct metric *start = m->start;
    const struct object *o = start->object;
    struct place pl = {.e = e, .instant = instant};
    struct xtables t;
    struct xquery q;
    struct buf from, alive, columns, where, joins;
    struct buf *all[] = {&from, &alive, &columns, &where, &joins};
    for (size_t i = 0; i < 5; i++)
        buf_init(all[i], MSQL_MAX);
    place_tables(&pl, &t);
    msql_begin(&pl, &q, &t, "r");
    msql_source(&pl, o, "r", &from, &alive);
    struct str met = msql_condition(e, &q, start->where, XS_CONDITION);
    struct value_sql v = msql_value(&pl, &q, start, "r");
    struct str entity = entity_sql(&pl, &q, m);
    msql_filter(e, &q, &where);
    buf_str(&joins, buf_view(&q.joins));
    msql_end(e, &q, e->plan->now);
    if (e->plan->n_by + e->plan->query->n_pins > 0) {
        struct place now = {.e = e};
        struct buf as_of_from, as_of_alive;
        buf_init(&as_of_from, MSQL_MAX);
        buf_init(&as_of_alive, MSQL_MAX);
        place_tables(&now, &t);
        msql_begin(&now, &q, &t, "d");
        msql_source(&now, o, "d", &as_of_from, &as_of_alive);
        msql_keys(&now, &q, &columns, &where);
        buf_printf(&joins, " LEFT JOIN %.*s ON d.id = r.id%s%.*s%.*s",
                   STR_ARG(buf_view(&as_of_from)), as_of_alive.n ? " AND " : "",
                   STR_ARG(buf_view(&as_of_alive)), STR_ARG(buf_view(&q.joins)));
        msql_end(e, &q, e->plan->now);
        buf_release(&as_of_from);
        buf_release(&as_of_alive);
    }
    struct str keys = key_list(e, "");
    struct str text = str_printf(e->a,
                                 "SELECT ent, b%.*s, sum(v) AS s FROM (SELECT %.*s AS ent, t.b AS "
                                 "b%.*s, %.*s AS v FROM %s JOIN %.*s ON %.*s%.*s "
                                 "WHERE (%.*s)%.*s) GROUP BY ent, b%.*s",
                                 STR_ARG(keys), STR_ARG(entity), STR_ARG(buf_view(&columns)),
                                 (int)(v.value.n ? v.value.n : 1), v.value.n ? v.value.p : "1",
                                 spans, STR_ARG(buf_view(&from)), STR_ARG(buf_view(&alive)),
                                 STR_ARG(buf_view(&joins)), STR_ARG(met), STR_ARG(buf_view(&where)),
                                 STR_ARG(keys));
    for (size_t i = 0; i < 5; i++) {
        msql_fail(e, buf_ok(all[i]));
        buf_release(all[i]);
    }
    return text;
}

/* What a movement adds for each entity within each span: ent, b, s. */
static struct str movement(struct msql *e, const struct metric *m, const struct metric *flow,
                           const char *spans)
{
    struct place pl = {.e = e};
    struct xtables t;
    struct xquery q;
    struct path entity = {0};
    struct buf from, alive;
    buf_init(&from, MSQL_MAX);
    buf_init(&alive, MSQL_MAX);
    place_tables(&pl, &t);
    msql_begin(&pl, &q, &t, "r");
    msql_source(&pl, flow->object, "r", &from, &alive);
    struct str met = msql_condition(e, &q, flow->where, XS_CONDITION);
    struct value_sql v = msql_value(&pl, &q, flow, "r");
    bool reached = m->entity.n_steps > 0 && model_path(flow->object, m->entity.text, e->a, &entity);
    struct str who = reached ? msql_path(&pl, &q, &entity) : STR("r.id");
    struct str day = msql_day_of(e->a, "r", flow->time);
    struct str text = str_printf(
        e->a,
        "SELECT %.*s AS ent, t.b AS b, sum(%.*s) AS s FROM %s JOIN %.*s ON %.*s >= t.d0 AND %.*s < "
        "t.d1%s%.*s%.*s WHERE (%.*s) "
        "GROUP BY ent, t.b",
        STR_ARG(who), (int)(v.value.n ? v.value.n : 1), v.value.n ? v.value.p : "1", spans,
        STR_ARG(buf_view(&from)), STR_ARG(day), STR_ARG(day), alive.n ? " AND " : "",
        STR_ARG(buf_view(&alive)), STR_ARG(buf_view(&q.joins)), STR_ARG(met));
    msql_end(e, &q, e->plan->now);
    msql_fail(e, buf_ok(&from));
    buf_release(&from);
    buf_release(&alive);
    return text;
}

/* The end value of the flow form: the start with its movements. */
static struct str flow_end(struct msql *e, const struct metric *m, const char *spans,
                           struct buf *joins)
{
    struct str sum = STR("s.s");
    for (size_t i = 0; i < m->n_plus + m->n_minus; i++) {
        bool plus = i < m->n_plus;
        struct str text = movement(e, m, plus ? m->plus[i] : m->minus[i - m->n_plus], spans);
        buf_printf(joins, " LEFT JOIN (%.*s) f%zu ON f%zu.ent = s.ent AND f%zu.b = s.b",
                   STR_ARG(text), i, i, i);
        sum = str_printf(e->a, "%.*s %c coalesce(f%zu.s, 0)", STR_ARG(sum), plus ? '+' : '-', i);
    }
    return sum;
}

void msql_cohort(struct msql *e, struct buf *out)
{
    const struct metric *m = e->scan->measures[0].metric;
    struct buf spans, joins;
    buf_init(&spans, MSQL_MAX);
    buf_init(&joins, MSQL_MAX);
    msql_spans(e, m, &spans);
    struct str rows = msql_take(e, &spans), keys = key_list(e, "s.");
    struct str before = balance(e, m, "t.t0", rows.p), end;
    if (m->measure == COHORT_FLOW) {
        end = flow_end(e, m, rows.p, &joins);
    } else {
        struct str after = balance(e, m, "t.t1", rows.p);
        buf_printf(&joins, " LEFT JOIN (%.*s) z ON z.ent = s.ent AND z.b = s.b", STR_ARG(after));
        for (size_t i = 0; i < e->plan->n_by; i++)
            buf_printf(&joins, " AND z.k%zu IS NOT DISTINCT FROM s.k%zu", i, i);
        end = m->measure == COHORT_NET     ? STR("coalesce(z.s, 0)")
              : m->measure == COHORT_GROSS ? STR("least(s.s, coalesce(z.s, 0))")
                                           : STR("CASE WHEN z.s > 0 THEN 1 ELSE 0 END");
    }
    buf_printf(out,
               "SELECT s.ent AS id, s.b AS b%.*s, %s AS v0, %.*s AS w0 FROM (%.*s) "
               "s%.*s WHERE s.s > 0",
               STR_ARG(keys), m->measure == COHORT_LOGO ? "1" : "s.s", STR_ARG(end),
               STR_ARG(before), STR_ARG(buf_view(&joins)));
    msql_fail(e, buf_ok(&joins));
    buf_release(&joins);
}
