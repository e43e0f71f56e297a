/* plan.c - a query becomes scans, leaves, instants and buckets.
 *
 * Kept: as-of is never after known, since nothing takes effect after it is recorded; metrics that read the same records under the same
 * condition by the same time share a scan.
 */
#include "insight/plan.h"

#include "projection/list.h"

#include <assert.h>
#include <string.h>

struct planner {
    struct plan *p;
    struct zone *zone;
    struct arena *a;
    struct diags *ds;
};

static enum rc refuse(struct planner *k, const char *code, struct str what, const char *message,
                      const char *help)
{
    struct diag *d = diag_add(k->ds, SEV_ERROR, code, span_none(), "'%.*s' %s", STR_ARG(what),
                              message);
    diag_help(k->ds, d, "%s", help);
    return RC_INVALID;
}

/* ---- instants, window, grain --------------------------------------------------------------------------------- */

/* A bare date is the end of that company day: its last microsecond. */
static enum rc read_instant(struct planner *k, struct str text, struct instant *out)
{
    struct date d;
    if (date_parse(text, &d)) {
        *out = (struct instant){zone_midnight(k->zone, (struct date){d.days + 1}).us - 1};
        return RC_OK;
    }
    if (instant_parse(text, out))
        return RC_OK;
    return refuse(k, "I0003", text, "is neither a date nor an instant",
                  "write 2026-03-31, or 2026-03-31T17:00:00Z");
}

static enum rc read_times(struct planner *k)
{
    struct plan *p = k->p;
    const struct query *q = p->query;
    p->has_as_of = q->as_of.n > 0;
    p->has_known = q->known.n > 0;
    p->as_of = p->known = q->now;
    enum rc rc = p->has_known ? read_instant(k, q->known, &p->known) : RC_OK;
    if (rc == RC_OK && p->has_as_of)
        rc = read_instant(k, q->as_of, &p->as_of);
    if (rc != RC_OK)
        return rc;
    if (p->known.us > q->now.us)
        p->known = q->now;
    /* Nothing takes effect after it is recorded, so nothing later than `known` could be seen. */
    if (p->as_of.us > p->known.us || !p->has_as_of)
        p->as_of = p->known;
    p->has_as_of = p->has_as_of || p->has_known;
    p->now = p->as_of;
    p->today = zone_date(k->zone, p->now);
    return RC_OK;
}

/* A date, or a period by its label: `from` takes its first day, `to` its end. */
static enum rc read_day(struct planner *k, struct str text, bool end, struct date *out)
{
    struct period period;
    if (date_parse(text, out))
        return RC_OK;
    if (period_parse(k->p->fiscal, text, &period)) {
        *out = end ? period.to : period.from;
        return RC_OK;
    }
    return refuse(k, "I0004", text, "is neither a date nor a period",
                  "write 2026-03-01, 2026-03, 2026-Q1, 2026 or FY2026-Q1");
}

static enum rc read_window(struct planner *k)
{
    struct plan *p = k->p;
    const struct query *q = p->query;
    enum rc rc = RC_OK;
    if (q->window.n > 0 && (q->from.n > 0 || q->to.n > 0))
        return refuse(k, "I0005", q->window, "cannot stand beside from and to",
                      "give the one or the others");
    if (q->window.n > 0 && !window_parse(q->window, p->today, p->fiscal, &p->window))
        return refuse(k, "I0005", q->window, "is no window",
                      "write this_quarter, last_month, last_12_months, year_to_date, today or all");
    if (q->window.n == 0 && q->from.n == 0 && q->to.n == 0)
        (void)window_of_compare(q->compare, p->today, p->fiscal, &p->window);
    if (q->from.n == 0 && q->to.n == 0)
        return RC_OK;
    p->window = (struct span_days){true, {WAREHOUSE_DAY_FIRST}, {WAREHOUSE_DAY_END}};
    if (q->from.n > 0)
        rc = read_day(k, q->from, false, &p->window.from);
    if (rc == RC_OK && q->to.n > 0)
        rc = read_day(k, q->to, true, &p->window.to);
    if (rc == RC_OK && p->window.from.days >= p->window.to.days)
        return refuse(k, "I0006", q->from, "does not lie before the end of the window",
                      "windows are half-open: [from, to)");
    return rc;
}

static enum rc read_grain(struct planner *k)
{
    struct plan *p = k->p;
    struct str text = p->query->grain;
    if (str_is(text, "none"))
        return RC_OK;
    if (text.n == 0) {
        p->has_grain = unit_grain(p->metric->grain, &p->grain);
        return RC_OK;
    }
    p->has_grain = grain_parse(text, &p->grain);
    if (p->has_grain)
        return RC_OK;
    return refuse(k, "I0007", text, "is no grain",
                  "write day, week, month, quarter, year, fiscal_quarter, fiscal_year or none");
}

/* Does a bucket exist without a record in it? Balances and retention have to be asked per bucket. */
static bool needs_buckets(const struct plan *p)
{
    for (size_t i = 0; i < p->n_scans; i++) {
        const struct scan *s = &p->scans[i];
        if (s->kind == METRIC_SNAPSHOT || s->kind == METRIC_COHORT || s->cumulative)
            return true;
    }
    return false;
}

/* Without a window, balances show the current period and the eleven before it. */
static enum rc list_buckets(struct planner *k)
{
    struct plan *p = k->p;
    if (!p->has_grain)
        return RC_OK;
    if (!p->window.bounded && needs_buckets(p)) {
        struct period first = period_of(p->fiscal, p->grain, p->today);
        p->window = (struct span_days){true, first.from, first.to};
        for (int i = 0; i < 11 && period_previous(p->fiscal, first, &first); i++)
            p->window.from = first.from;
    }
    bool open_end = p->query->from.n > 0 && p->query->to.n == 0;
    if (open_end)
        p->window.to = period_of(p->fiscal, p->grain, p->today).to;
    if (!p->window.bounded || p->window.from.days == WAREHOUSE_DAY_FIRST ||
        p->window.from.days >= p->window.to.days)
        return RC_OK;
    enum rc rc = period_list(p->fiscal, p->grain, p->window.from, p->window.to, QUERY_BUCKETS_MAX,
                             k->a, &p->buckets, &p->n_buckets);
    if (rc == RC_LIMIT)
        (void)refuse(k, "I0008", grain_name(p->grain),
                     "makes more than 4,000 buckets of this window",
                     "take a coarser grain or a shorter window");
    return rc;
}

/* ---- leaves and scans ----------------------------------------------------------------------------------------- */

/* The metric whose object a leaf reads. */
static const struct metric *base_of(const struct metric *m)
{
    if (m->kind == METRIC_CUMULATIVE)
        return m->inputs[0];
    return m->kind == METRIC_COHORT ? m->start : m;
}

static enum rc key_of(struct planner *k, const struct metric *m, struct str name,
                      struct plan_key *out)
{
    out->name = name;
    if (metric_dimension(base_of(m), name, k->a, &out->path))
        return RC_OK;
    struct diag *d = diag_add(k->ds, SEV_ERROR, "I0009", span_none(),
                              "metric %.*s has no dimension '%.*s'", STR_ARG(m->name),
                              STR_ARG(name));
    struct str list = STR_NONE;
    for (size_t i = 0; i < k->p->metric->n_dimensions; i++)
        list = str_printf(k->a, "%.*s%s%.*s", STR_ARG(list), i ? ", " : "",
                          STR_ARG(k->p->metric->dimensions[i].name));
    diag_help(k->ds, d, "it is offered by %.*s; any path from %.*s to a field will do",
              STR_ARG(list), STR_ARG(base_of(m)->object->name));
    return RC_INVALID;
}

static enum rc compile_filter(struct planner *k, const struct object *o, struct expr **out)
{
    struct str text = k->p->query->where;
    if (text.n == 0)
        return RC_OK;
    if (text.n > QUERY_TEXT_MAX)
        return refuse(k, "I0010", str_sub(text, 0, 40), "… is longer than 4,096 bytes",
                      "shorten the condition");
    enum rc rc = list_where(k->p->model, o, STR("where"), text, k->a, out, k->ds);
    if (rc != RC_OK && k->p->n_scans > 1)
        diag_add(k->ds, SEV_NOTE, "I0010", span_none(),
                 "every input of %.*s is read with the same condition; this one is over %.*s",
                 STR_ARG(k->p->metric->name), STR_ARG(o->name));
    return rc;
}

static struct str condition_of(const struct metric *m)
{
    return m->where ? expr_text(m->where) : STR("");
}

/* Measures share a scan when they share their condition too: it then stands in the WHERE, where the warehouse skips whole
 * blocks by it. Two such scans are faster than one that reads the rows of either and tells them apart. */
static bool same_scan(const struct scan *s, const struct metric *leaf, const struct metric *base)
{
    return leaf->kind == METRIC_SIMPLE && s->kind == METRIC_SIMPLE && !s->cumulative &&
           s->object == base->object && s->time == base->time &&
           s->at_event == base->dimension_at_event && s->n_measures < 16 &&
           str_eq(condition_of(s->measures[0].metric), condition_of(base));
}

static void *grown(struct arena *a, void *v, size_t n, size_t *cap, size_t size)
{
    return vec_room(a, v, n, cap, size);
}

static enum rc new_scan(struct planner *k, const struct metric *leaf, size_t *out)
{
    struct plan *p = k->p;
    const struct metric *base = base_of(leaf);
    p->scans = grown(k->a, p->scans, p->n_scans, &p->cap_scans, sizeof(*p->scans));
    struct scan *s = &p->scans[ *out = p->n_scans++];
    *s = (struct scan){.kind = leaf->kind == METRIC_CUMULATIVE ? base->kind : leaf->kind,
                       .object = base->object,
                       .time = base->time,
                       .at_event = base->dimension_at_event,
                       .cumulative = leaf->kind == METRIC_CUMULATIVE,
                       .trailing = leaf->window,
                       .to_date = leaf->to_date};
    s->keys = ARENA_ARRAY(k->a, p->n_by + 1, struct plan_key);
    s->pins = ARENA_ARRAY(k->a, p->query->n_pins + 1, struct plan_key);
    s->measures = ARENA_ARRAY(k->a, 16, struct measure);
    enum rc rc = RC_OK;
    for (size_t i = 0; i < p->n_by && rc == RC_OK; i++)
        rc = key_of(k, leaf, p->by[i], &s->keys[i]);
    for (size_t i = 0; i < p->query->n_pins && rc == RC_OK; i++)
        rc = key_of(k, leaf, p->query->pins[i].dimension, &s->pins[i]);
    return rc == RC_OK ? compile_filter(k, base->object, &s->filter) : rc;
}

static enum rc add_leaf(struct planner *k, const struct metric *m)
{
    struct plan *p = k->p;
    const struct metric *base = base_of(m);
    for (size_t i = 0; i < p->n_leaves; i++) {
        if (p->leaves[i].metric == m)
            return RC_OK;
    }
    size_t scan = p->n_scans;
    for (size_t i = 0; i < p->n_scans && scan == p->n_scans; i++) {
        if (same_scan(&p->scans[i], m, base))
            scan = i;
    }
    enum rc rc = scan == p->n_scans ? new_scan(k, m, &scan) : RC_OK;
    if (rc != RC_OK)
        return rc;
    struct scan *s = &p->scans[scan];
    p->leaves = grown(k->a, p->leaves, p->n_leaves, &p->cap_leaves, sizeof(*p->leaves));
    p->leaves[p->n_leaves] = (struct leaf){.metric = m,
                                           .input = m->kind == METRIC_CUMULATIVE ? base : m,
                                           .scan = scan,
                                           .measure = s->n_measures};
    s->measures[s->n_measures++] = (struct measure){p->leaves[p->n_leaves].input, p->n_leaves};
    p->n_leaves++;
    return RC_OK;
}

/* Inputs before the metrics that use them; `check` has refused cycles. */
static enum rc add_metric(struct planner *k, const struct metric *m, size_t depth)
{
    assert(depth < 64);
    if (m->kind != METRIC_RATIO && m->kind != METRIC_DERIVED)
        return add_leaf(k, m);
    enum rc rc = RC_OK;
    for (size_t i = 0; i < m->n_inputs && rc == RC_OK; i++)
        rc = add_metric(k, m->inputs[i], depth + 1);
    return rc;
}

static enum rc find_metric(struct planner *k, struct str name, const struct metric **out)
{
    const struct model *m = k->p->model;
    *out = model_metric(m, name);
    if (*out)
        return RC_OK;
    struct str *names = ARENA_ARRAY(k->a, m->n_metrics + 1, struct str);
    for (size_t i = 0; i < m->n_metrics; i++)
        names[i] = m->metrics[i]->name;
    struct str near = text_nearest(name, names, m->n_metrics);
    struct diag *d = diag_add(k->ds, SEV_ERROR, "I0001", span_none(), "there is no metric '%.*s'",
                              STR_ARG(name));
    if (near.n > 0)
        diag_help(k->ds, d, "did you mean %.*s?", STR_ARG(near));
    return RC_NOT_FOUND;
}

/* A metric without a time field has no window and no buckets. */
static enum rc check_times(struct planner *k)
{
    const struct plan *p = k->p;
    for (size_t i = 0; i < p->n_scans; i++) {
        const struct scan *s = &p->scans[i];
        if (s->kind == METRIC_SIMPLE && !s->time && (p->window.bounded || p->has_grain))
            return refuse(k, "I0013", s->measures[0].metric->name,
                          "has no time field, so it has no window and no grain",
                          "leave them out, or give the metric a `time`");
    }
    return RC_OK;
}

static void plan_init(const struct model *m, const struct query *q, struct zone *zone,
                      struct plan *out)
{
    const struct company *c = &m->company;
    *out = (struct plan){
        .model = m,
        .zone = zone,
        .query = q,
        .by = q->by,
        .n_by = q->n_by,
        .fiscal = {c->fiscal_month ? c->fiscal_month : 1, c->fiscal_day ? c->fiscal_day : 1}};
}

enum rc plan_scope(const struct model *m, const struct query *q, struct zone *zone, struct arena *a,
                   struct plan *out, struct diags *ds)
{
    struct planner k = {out, zone, a, ds};
    plan_init(m, q, zone, out);
    enum rc rc = read_times(&k);
    return rc == RC_OK ? read_window(&k) : rc;
}

enum rc plan_make(const struct model *m, const struct query *q, struct zone *zone, struct arena *a,
                  struct plan *out, struct diags *ds)
{
    struct planner k = {out, zone, a, ds};
    plan_init(m, q, zone, out);
    enum rc rc = find_metric(&k, q->metric, &out->metric);
    if (rc == RC_OK && q->n_by > QUERY_DIMENSIONS_MAX)
        rc = refuse(&k, "I0009", q->by[QUERY_DIMENSIONS_MAX], "is one dimension too many",
                    "at most 4 at once");
    if (rc == RC_OK)
        rc = read_times(&k);
    if (rc == RC_OK)
        rc = read_window(&k);
    if (rc == RC_OK)
        rc = read_grain(&k);
    if (rc == RC_OK)
        rc = add_metric(&k, out->metric, 0);
    if (rc == RC_OK)
        rc = check_times(&k);
    return rc == RC_OK ? list_buckets(&k) : rc;
}

void plan_shift(const struct plan *p, struct span_days window, struct arena *a, struct plan *out)
{
    *out = *p;
    out->window = window;
    out->buckets = NULL;
    out->n_buckets = 0;
    if (p->n_buckets > 0 &&
        period_list(p->fiscal, p->grain, window.from, window.to, QUERY_BUCKETS_MAX, a,
                    &out->buckets, &out->n_buckets) != RC_OK)
        out->n_buckets = 0;
}
