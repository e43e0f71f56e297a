/* msql_cohort.c - retention: what those who had something at the start of a span have at its end.
 *
 * With s an entity's balance at the start and z at the end, over entities of s > 0: net is sum(z) / sum(s), gross sum(min(s, z)) / sum(s), logo
 * the share with z > 0, and flow (s + gains - losses) / s by movements within the span (docs/metrics.md).
 * Kept: whoever comes after the start counts nowhere; who leaves counts at the start alone.
 */
#include "insight/msql.h"

#include <inttypes.h>

/* Start and end of the span that stands in each bucket: "(VALUES (bucket, t0, d0, t1, d1), …) t(b, t0, d0, t1, d1)". False: one
 * ends before it starts, since the as-of lies before that. */
static bool msql_spans(struct msql *e, const struct metric *m, struct buf *out)
{
    bool forward = true;
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
        forward = forward && from.us - 1 <= t1;
        buf_printf(out, "%s(%d, %" PRId64 "::BIGINT, %d, %" PRId64 "::BIGINT, %d)", n++ ? ", " : "",
                   p->has_grain ? b.from.days : 0, from.us - 1, span.from.days, t1, span.to.days);
    }
    if (n == 0)
        buf_cstr(out, "(NULL::INTEGER, NULL::BIGINT, NULL::INTEGER, NULL::BIGINT, NULL::INTEGER)");
    buf_cstr(out, ") t(b, t0, d0, t1, d1)");
    return forward;
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

/* The records of a cohort at one end of each span, and what they are grouped and added up by. */
struct balance {
    struct str entity, value, met, columns, from, alive, joins, where;
    bool counts; /* the value is 1 */
    bool still;  /* nothing but the record's own life depends on the instant */
};

/* Dimensions are those of the record at the as-of, whatever the instant. */
static void balance_keys(struct msql *e, const struct object *o, struct buf *columns,
                         struct buf *joins, struct buf *where)
{
    struct place now = {.e = e};
    struct xtables t;
    struct xquery q;
    struct buf from, alive;
    buf_init(&from, MSQL_MAX);
    buf_init(&alive, MSQL_MAX);
    place_tables(&now, &t);
    msql_begin(&now, &q, &t, "d");
    msql_source(&now, o, "d", &from, &alive);
    msql_keys(&now, &q, columns, where);
    buf_printf(joins, " LEFT JOIN %.*s ON d.id = r.id%s%.*s%.*s", STR_ARG(buf_view(&from)),
               alive.n ? " AND " : "", STR_ARG(buf_view(&alive)), STR_ARG(buf_view(&q.joins)));
    msql_end(e, &q, e->plan->now);
    buf_release(&from);
    buf_release(&alive);
}

static bool mentions(struct str text, const char *instant)
{
    return str_find(text, str_of(instant), 0) >= 0;
}

static void balance_at(struct msql *e, const struct metric *m, const char *instant,
                       struct balance *out)
{
    const struct metric *start = m->start;
    struct place pl = {.e = e, .instant = instant};
    struct xtables t;
    struct xquery q;
    struct buf from, alive, columns, where, joins;
    struct buf *all[] = {&from, &alive, &columns, &where, &joins};
    for (size_t i = 0; i < 5; i++)
        buf_init(all[i], MSQL_MAX);
    place_tables(&pl, &t);
    msql_begin(&pl, &q, &t, "r");
    msql_source(&pl, start->object, "r", &from, &alive);
    out->met = msql_condition(e, &q, start->where, XS_CONDITION);
    struct value_sql v = msql_value(&pl, &q, start, "r");
    out->counts = v.value.n == 0;
    out->value = out->counts ? STR("1") : v.value;
    out->entity = entity_sql(&pl, &q, m);
    msql_filter(e, &q, &where);
    out->still = !start->object->is_fact && q.joins.n == 0 && !mentions(out->met, instant) &&
                 !mentions(out->value, instant) && !mentions(out->entity, instant) &&
                 !mentions(buf_view(&where), instant);
    buf_str(&joins, buf_view(&q.joins));
    msql_end(e, &q, e->plan->now);
    if (e->plan->n_by + e->plan->query->n_pins > 0)
        balance_keys(e, start->object, &columns, &joins, &where);
    out->from = msql_take(e, &from);
    out->alive = msql_take(e, &alive);
    out->columns = msql_take(e, &columns);
    out->joins = msql_take(e, &joins);
    out->where = msql_take(e, &where);
}

/* What each entity is worth at one end of each span: ent, b, keys, s. */
static struct str balance_text(struct msql *e, const struct balance *b, const char *spans)
{
    struct str keys = key_list(e, "");
    return str_printf(e->a,
                      "SELECT ent, b%.*s, sum(v) AS s FROM (SELECT %.*s AS ent, t.b AS b%.*s, %.*s "
                      "AS v FROM %s JOIN %.*s ON %.*s%.*s WHERE (%.*s)%.*s) GROUP BY ent, b%.*s",
                      STR_ARG(keys), STR_ARG(b->entity), STR_ARG(b->columns), STR_ARG(b->value),
                      spans, STR_ARG(b->from), STR_ARG(b->alive), STR_ARG(b->joins),
                      STR_ARG(b->met), STR_ARG(b->where), STR_ARG(keys));
}

/* The same at both ends in one pass, s and z, from the records that lived at some instant of the span: an entity that is nobody has
 * no end, as in a join. */
static struct str balance_both(struct msql *e, const struct balance *b, const char *spans)
{
    struct str keys = key_list(e, "");
    struct buf known;
    buf_init(&known, MSQL_MAX);
    msql_known(e, "r", &known);
    struct str also = msql_take(e, &known);
    const char *add = b->counts ? "count" : "sum";
    return str_printf(
        e->a,
        "SELECT ent, b%.*s, %s(v0) AS s, CASE WHEN ent IS NOT NULL THEN %s(v1) END AS z FROM "
        "(SELECT %.*s AS ent, t.b AS b%.*s, CASE WHEN r.true_from <= t.t0 THEN %.*s END AS v0, "
        "CASE "
        "WHEN t.t1 < r.true_to THEN %.*s END AS v1 FROM %s JOIN %.*s ON r.true_from <= t.t1 AND "
        "t.t0 < r.true_to AND %.*s%.*s WHERE (%.*s)%.*s) GROUP BY ent, b%.*s",
        STR_ARG(keys), add, add, STR_ARG(b->entity), STR_ARG(b->columns), STR_ARG(b->value),
        STR_ARG(b->value), spans, STR_ARG(b->from), STR_ARG(also), STR_ARG(b->joins),
        STR_ARG(b->met), STR_ARG(b->where), STR_ARG(keys));
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

/* Start and end of each entity that had something at the start: " FROM … s …"; `*end` is its column. */
static struct str start_and_end(struct msql *e, const struct metric *m,
                                const struct balance *before, const char *spans, struct str *end)
{
    struct balance after;
    balance_at(e, m, "t.t1", &after);
    *end = STR("z.s");
    struct str text = balance_text(e, before, spans), last = balance_text(e, &after, spans);
    text = str_printf(e->a, "(%.*s) s LEFT JOIN (%.*s) z ON z.ent = s.ent AND z.b = s.b",
                      STR_ARG(text), STR_ARG(last));
    for (size_t i = 0; i < e->plan->n_by; i++)
        text = str_printf(e->a, "%.*s AND z.k%zu IS NOT DISTINCT FROM s.k%zu", STR_ARG(text), i, i);
    return text;
}

/* What counts at the end, from the balance `z` there. */
static struct str end_value(struct msql *e, const struct metric *m, struct str z)
{
    if (m->measure == COHORT_LOGO)
        return str_printf(e->a, "CASE WHEN %.*s > 0 THEN 1 ELSE 0 END", STR_ARG(z));
    return str_printf(
        e->a, m->measure == COHORT_GROSS ? "least(s.s, coalesce(%.*s, 0))" : "coalesce(%.*s, 0)",
        STR_ARG(z));
}

void msql_cohort(struct msql *e, struct buf *out)
{
    const struct metric *m = e->scan->measures[0].metric;
    struct balance before;
    struct buf spans, joins;
    buf_init(&spans, MSQL_MAX);
    buf_init(&joins, MSQL_MAX);
    bool forward = msql_spans(e, m, &spans);
    struct str rows = msql_take(e, &spans), keys = key_list(e, "s."), from, end;
    balance_at(e, m, "t.t0", &before);
    if (m->measure == COHORT_FLOW) {
        from = str_printf(e->a, "(%.*s) s", STR_ARG(balance_text(e, &before, rows.p)));
        end = flow_end(e, m, rows.p, &joins);
    } else if (before.still && forward) {
        from = str_printf(e->a, "(%.*s) s", STR_ARG(balance_both(e, &before, rows.p)));
        end = end_value(e, m, STR("s.z"));
    } else {
        from = start_and_end(e, m, &before, rows.p, &end);
        end = end_value(e, m, end);
    }
    buf_printf(out,
               "SELECT s.ent AS id, s.b AS b%.*s, %s AS v0, %.*s AS w0 FROM %.*s%.*s WHERE s.s > 0",
               STR_ARG(keys), m->measure == COHORT_LOGO ? "1" : "s.s", STR_ARG(end), STR_ARG(from),
               STR_ARG(buf_view(&joins)));
    msql_fail(e, buf_ok(&joins));
    buf_release(&joins);
}
