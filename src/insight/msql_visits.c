/* msql_visits.c - stages: how long records stay, and how many get from one to another.
 *
 * Time in a stage is least(left, as-of) - entered, in microseconds. A conversion counts records by the visit that starts them and asks
 * whether a later visit, in the order of the record's own visits, is to the stage aimed at or one beyond it (docs/metrics.md).
 */
#include "insight/msql.h"

#include "ledger/fold.h"

#include <inttypes.h>

/* Visits of one process's stage field as the plan knows them; after the as-of nothing has happened yet. */
static void visits_of(struct msql *e, const struct metric *m, struct buf *out)
{
    const struct plan *p = e->plan;
    buf_printf(out,
               "SELECT v.id, v.stage, v.entered, v.entered_d, v.nth AS k, v.left_at, v.left_at_d "
               "FROM v_%u v WHERE v.field = %u AND ",
               e->scan->object->number, m->process->field->number);
    msql_known(e, "v", out);
    if (p->has_as_of)
        buf_printf(out, " AND v.entered <= %" PRId64, p->as_of.us);
    else
        buf_cstr(out, " AND v.alive");
}

/* Nothing of the record itself is asked, and its visits say that it lives. */
static bool visits_suffice(const struct msql *e)
{
    const struct plan *p = e->plan;
    return !p->has_as_of && !e->scan->measures[0].metric->where && !e->scan->filter &&
           p->n_by + p->query->n_pins == 0;
}

/* What the records of visits `x` must be, and where their columns come from. */
static void put_records(const struct msql *e, struct str records, struct str alive,
                        struct str joins, struct buf *out)
{
    if (!visits_suffice(e))
        buf_printf(out, " JOIN %.*s ON r.id = x.id%s%.*s%.*s", STR_ARG(records),
                   alive.n ? " AND " : "", STR_ARG(alive), STR_ARG(joins));
}

/* "SELECT x.id, bucket b, keys, <value> v0 FROM <visits> AS x JOIN the living record r …": `day` is a column of x. */
static void of_records(struct msql *e, const char *visits, const char *day, const char *value,
                       struct buf *out)
{
    const struct plan *p = e->plan;
    const struct scan *s = e->scan;
    struct place pl = {.e = e};
    struct xtables t;
    struct xquery q;
    struct buf from, alive, columns, where;
    struct buf *all[] = {&from, &alive, &columns, &where};
    for (size_t i = 0; i < 4; i++)
        buf_init(all[i], MSQL_MAX);
    place_tables(&pl, &t);
    msql_begin(&pl, &q, &t, "r");
    msql_source(&pl, s->object, "r", &from, &alive);
    struct str met = msql_condition(e, &q, s->measures[0].metric->where, XS_CONDITION);
    msql_filter(e, &q, &where);
    msql_keys(&pl, &q, &columns, &where);
    if (p->window.bounded)
        buf_printf(&where, " AND x.%s >= %d AND x.%s < %d", day, p->window.from.days, day,
                   p->window.to.days);
    buf_cstr(out, "SELECT x.id AS id, ");
    buf_cstr(out, !p->has_grain ? "0" : "dy.");
    buf_printf(out, "%s AS b%.*s, %s AS v0 FROM (%s) x", p->has_grain ? msql_grain(p->grain) : "",
               STR_ARG(buf_view(&columns)), value, visits);
    put_records(e, buf_view(&from), buf_view(&alive), buf_view(&q.joins), out);
    if (p->has_grain)
        buf_printf(out, " JOIN day dy ON dy.day = x.%s", day);
    buf_printf(out, " WHERE (%.*s)%.*s", STR_ARG(met), STR_ARG(buf_view(&where)));
    msql_end(e, &q, p->now);
    for (size_t i = 0; i < 4; i++) {
        msql_fail(e, buf_ok(all[i]));
        buf_release(all[i]);
    }
}

/* Microseconds of each visit: left ones in the bucket they were left in, or all of them in the bucket they began in, open ones
 * then up to the as-of. */
void msql_stage_time(struct msql *e, struct buf *out)
{
    const struct plan *p = e->plan;
    const struct metric *m = e->scan->measures[0].metric;
    struct buf visits;
    buf_init(&visits, MSQL_MAX);
    visits_of(e, m, &visits);
    buf_printf(&visits, " AND v.stage = %u", m->from->number);
    if (!m->take_start)
        buf_printf(&visits, " AND v.left_at <= %" PRId64,
                   p->has_as_of ? p->as_of.us : TIME_OPEN - 1);
    struct str text = msql_take(e, &visits);
    struct str value = str_printf(e->a, "least(x.left_at, %" PRId64 ") - x.entered", p->as_of.us);
    of_records(e, text.p, m->take_start ? "entered_d" : "left_at_d", value.p, out);
}

/* Does being in `s` mean having passed `to`? A skip counts; being lost only when that is what is asked. */
static bool passes(const struct metric *m, const struct stage *s)
{
    if (s == m->to || s->number == m->to->number)
        return true;
    return s->position > m->to->position && s->outcome != OUTCOME_LOST &&
           m->to->outcome != OUTCOME_LOST;
}

static struct str reaching_stages(struct msql *e, const struct metric *m)
{
    struct str list = STR_NONE;
    for (size_t i = 0; i < m->process->n_stages; i++) {
        if (passes(m, &m->process->stages[i]))
            list = str_printf(e->a, "%.*s%s%u", STR_ARG(list), list.n ? ", " : "",
                              m->process->stages[i].number);
    }
    return list;
}

/* " AND r.entered < …": within the given time of the start `b`. Days are 24 hours; months and longer are calendar ones. */
static struct str within(struct msql *e, const struct metric *m)
{
    long long n = m->within.count;
    switch (m->within.unit) {
    case PERIOD_NONE:
        return STR_NONE;
    case PERIOD_DAY:
    case PERIOD_WEEK:
        return str_printf(e->a, " AND r.entered < b.entered + %lld",
                          n * (m->within.unit == PERIOD_WEEK ? 7 : 1) * US_PER_DAY);
    case PERIOD_MONTH:
        break;
    case PERIOD_QUARTER:
    case PERIOD_FISCAL_QUARTER:
        n *= 3;
        break;
    case PERIOD_YEAR:
    case PERIOD_FISCAL_YEAR:
        n *= 12;
        break;
    }
    return str_printf(e->a,
                      " AND r.entered_d < date_diff('day', DATE '1970-01-01', CAST(DATE "
                      "'1970-01-01' + b.entered_d + "
                      "INTERVAL %lld MONTH AS DATE))",
                      n);
}

/* Starts: each entry of `from`, or one per record: its first, or the last before it first got to `to`. */
static struct str starts(struct msql *e, const struct metric *m)
{
    uint32_t from = m->from->number;
    if (m->per_visit)
        return str_printf(e->a, "SELECT id, entered, entered_d, k FROM visits WHERE stage = %u",
                          from);
    if (!m->base_nearest)
        return str_printf(e->a,
                          "SELECT id, min(entered) AS entered, min(entered_d) AS entered_d, min(k) "
                          "AS k FROM visits "
                          "WHERE stage = %u GROUP BY id",
                          from);
    struct str list = reaching_stages(e, m);
    return str_printf(
        e->a,
        "SELECT f.id, max(f.entered) AS entered, max(f.entered_d) AS entered_d, max(f.k) AS k FROM "
        "visits f "
        "LEFT JOIN (SELECT a.id, min(a.k) AS k FROM visits a JOIN (SELECT id, min(k) AS k FROM "
        "visits WHERE stage "
        "= %u GROUP BY id) s ON a.id = s.id AND a.k > s.k WHERE a.stage IN (%.*s) GROUP BY a.id) g "
        "ON g.id = f.id WHERE f.stage = %u AND (g.k IS NULL OR f.k < g.k) GROUP BY f.id",
        from, STR_ARG(list), from);
}

/* The usual question in one pass: a record has got there when its last such visit comes after its first start. */
static struct str first_and_any(struct msql *e, const struct metric *m, struct str visits,
                                struct str list)
{
    return str_printf(e->a,
                      "SELECT id, entered_d, CASE WHEN last > first THEN 1 ELSE 0 END AS reached "
                      "FROM (SELECT id, "
                      "min(k) FILTER (stage = %u) AS first, min(entered_d) FILTER (stage = %u) AS "
                      "entered_d, max(k) FILTER (stage IN "
                      "(%.*s)) AS last FROM (%.*s) GROUP BY id) WHERE first IS NOT NULL",
                      m->from->number, m->from->number, STR_ARG(list), STR_ARG(visits));
}

void msql_conversion(struct msql *e, struct buf *out)
{
    const struct metric *m = e->scan->measures[0].metric;
    struct buf visits;
    buf_init(&visits, MSQL_MAX);
    visits_of(e, m, &visits);
    struct str all = msql_take(e, &visits), first = starts(e, m), list = reaching_stages(e, m),
               limit = within(e, m);
    struct str text;
    if (!m->per_visit && !m->base_nearest && limit.n == 0)
        text = first_and_any(e, m, all, list);
    else
        text = str_printf(e->a,
                          "WITH visits AS (%.*s), base AS (%.*s) SELECT b.id, b.entered_d, b.k, "
                          "CASE WHEN max(r.k) IS NULL THEN 0 ELSE 1 END AS reached FROM base b "
                          "LEFT JOIN visits r ON "
                          "r.id = b.id "
                          "AND r.k > b.k AND r.stage IN (%.*s)%.*s GROUP BY b.id, b.entered_d, b.k",
                          STR_ARG(all), STR_ARG(first), STR_ARG(list), STR_ARG(limit));
    of_records(e, text.p, "entered_d", "x.reached", out);
}
