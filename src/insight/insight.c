/* insight.c - one query: planned, run over one state of the warehouse, answered with all that is needed to open it.
 *
 * Kept: groups add up to the total wherever their tallies can be added; where they cannot (distinct, median, cohorts), the total is asked of
 * the records again, never made of its parts.
 */
#include "insight/insight.h"

#include "insight/eval.h"
#include "insight/view.h"
#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct insight {
    const struct fx_rates *rates;
    struct duck_conn *conn;
    struct view view;
    struct zone *zone;
};

enum rc insight_open(struct warehouse *w, const struct fx_rates *rates, struct insight **out,
                     struct diags *ds)
{
    *out = NULL;
    struct insight *i = mem_new(1, sizeof(*i));
    i->rates = rates;
    enum rc rc = zone_open(warehouse_model(w)->company.timezone, &i->zone);
    if (rc == RC_OK)
        rc = warehouse_connect(w, &i->conn, ds);
    view_init(&i->view, w, i->conn);
    if (rc == RC_OK)
        *out = i;
    else
        insight_close(i);
    return rc;
}

void insight_close(struct insight *i)
{
    if (!i)
        return;
    view_release(&i->view);
    duck_disconnect(i->conn);
    if (i->zone)
        zone_close(i->zone);
    mem_free(i);
}

void insight_interrupt(struct insight *i)
{
    duck_interrupt(i->conn);
}

/* ---- one consistent look at the warehouse --------------------------------------------------------------------------- */

struct session {
    struct insight *i;
    struct arena *a;
    struct diags *ds;
    bool lock, looks; /* inside a transaction; the view was begun */
    struct msql_facts facts;
    struct runner runner;
    struct plan plan;
};

static enum rc session_begin(struct session *s, const struct model *m, const struct query *q,
                             struct answer *out)
{
    char hex[65];
    struct view *v = &s->i->view;
    s->facts = (struct msql_facts){.rates = s->i->rates, .view = v};
    s->runner = (struct runner){.view = v, .facts = &s->facts, .a = s->a, .ds = s->ds};
    *out = (struct answer){.model = m};
    bool whole = q->metric.n > 0; /* a funnel has a scope only */
    enum rc rc = whole ? plan_make(m, q, s->i->zone, s->a, &s->plan, s->ds)
                       : plan_scope(m, q, s->i->zone, s->a, &s->plan, s->ds);
    s->looks = rc == RC_OK;
    if (rc == RC_OK)
        rc = view_begin(v, s->lock, s->ds);
    if (rc != RC_OK)
        return rc;
    out->lineage = (struct lineage){.seq = v->seq,
                                    .hash = v->hash,
                                    .model_version = v->model_version,
                                    .has_as_of = q->as_of.n > 0,
                                    .has_known = q->known.n > 0,
                                    .as_of = s->plan.as_of,
                                    .known = s->plan.known,
                                    .now = s->plan.now,
                                    .zone = m->company.timezone};
    if (s->i->rates && s->i->rates->n > 0)
        out->lineage.rates = str_sub(str_dup(s->a, digest_hex(s->i->rates->version, hex)), 0, 12);
    return rc;
}

/* Ends the look. True: the warehouse moved on meanwhile; what was found and what was said about it are forgotten, and the query
 * is asked again inside a transaction. */
static bool session_again(struct session *s, struct diags before)
{
    if (!s->looks || view_end(&s->i->view) || s->lock)
        return false;
    *s->ds = before;
    *s = (struct session){.i = s->i, .a = s->a, .ds = s->ds, .lock = true};
    return true;
}

/* ---- rows ------------------------------------------------------------------------------------------------------------ */

static int by_bucket_and_key(const void *pa, const void *pb)
{
    const struct group *a = *(struct group *const *)pa, *b = *(struct group *const *)pb;
    if (a->bucket != b->bucket)
        return a->bucket < b->bucket ? -1 : 1;
    return str_cmp(a->keys[QUERY_DIMENSIONS_MAX].value, b->keys[QUERY_DIMENSIONS_MAX].value);
}

/* One text that orders groups by their keys, the group of none last; it stands behind the keys themselves. */
static void order_key(struct session *s, struct group *g)
{
    struct answer_key *keys = ARENA_ARRAY(s->a, QUERY_DIMENSIONS_MAX + 1, struct answer_key);
    struct str order = STR_NONE;
    memcpy(keys, g->keys, s->plan.n_by * sizeof(*keys));
    for (size_t i = 0; i < s->plan.n_by; i++)
        order = str_printf(s->a, "%.*s%s%.*s\x1f", STR_ARG(order), keys[i].none ? "\x7f" : "",
                           STR_ARG(keys[i].value));
    keys[QUERY_DIMENSIONS_MAX].value = order;
    g->keys = keys;
}

static struct period bucket_of(const struct plan *p, int32_t first)
{
    return period_of(p->fiscal, p->grain, (struct date){first});
}

/* Has the bucket begun? Balances of the future are no figures. */
static bool begun(const struct plan *p, struct period b)
{
    return b.from.days <= p->today.days;
}

static bool looks_at_instants(const struct plan *p)
{
    for (size_t i = 0; i < p->n_scans; i++) {
        if (p->scans[i].kind == METRIC_SNAPSHOT || p->scans[i].kind == METRIC_COHORT)
            return true;
    }
    return false;
}

static void add_row(struct session *s, const struct found *f, struct answer *out,
                    const struct answer_key *keys, int32_t bucket, const struct tally *cells)
{
    const struct plan *p = f->plan;
    struct answer_row *row = &out->rows[out->n_rows++];
    *row = (struct answer_row){.keys = keys, .has_bucket = p->has_grain};
    if (p->has_grain)
        row->bucket = bucket_of(p, bucket);
    if (!cells && p->has_grain && looks_at_instants(p) && !begun(p, row->bucket))
        row->figure = figure_none(NV_FUTURE, STR("this period has not begun"));
    else
        eval_metric(f, p->metric, cells, s->a, &row->figure);
}

/* Buckets to show: those of the window, else from the first to the last that was found. */
static enum rc buckets_of(struct session *s, const struct found *f, struct period **out, size_t *n)
{
    const struct plan *p = f->plan;
    *out = p->buckets;
    *n = p->n_buckets;
    if (!p->has_grain || p->n_buckets > 0 || f->n_groups == 0)
        return RC_OK;
    int32_t first = f->groups[0]->bucket, last = f->groups[f->n_groups - 1]->bucket;
    enum rc rc = period_list(p->fiscal, p->grain, (struct date){first}, (struct date){last + 1},
                             QUERY_BUCKETS_MAX, s->a, out, n);
    if (rc == RC_LIMIT) {
        struct diag *d = diag_add(s->ds, SEV_ERROR, "I0008", span_none(),
                                  "the records lie in more than 4,000 buckets");
        diag_help(s->ds, d, "take a coarser grain, or a window");
    }
    return rc;
}

struct combos {
    struct map seen;
    VEC(const struct answer_key *) v;
};

static void list_combos(struct session *s, const struct found *f, struct combos *out)
{
    *out = (struct combos){0};
    map_init(&out->seen, s->a);
    for (size_t i = 0; i < f->n_groups; i++) {
        const struct answer_key *keys = f->groups[i]->keys;
        struct str order = keys[QUERY_DIMENSIONS_MAX].value;
        if (order.n == 0 ? out->v.n > 0 : map_find(&out->seen, order) != NULL)
            continue;
        if (order.n > 0)
            (void)map_put(&out->seen, order, f->groups[i]);
        *VEC_PUSH(s->a, &out->v) = keys;
    }
}

static const struct group *find_at(const struct found *f, int32_t bucket,
                                   const struct answer_key *keys)
{
    struct group probe = {.bucket = bucket};
    probe.keys = (struct answer_key[QUERY_DIMENSIONS_MAX + 1]){0};
    probe.keys[QUERY_DIMENSIONS_MAX].value = keys ? keys[QUERY_DIMENSIONS_MAX].value : STR_NONE;
    const struct group *key = &probe;
    struct group *const *hit = f->n_groups ? bsearch(&key, f->groups, f->n_groups,
                                                     sizeof(*f->groups), by_bucket_and_key)
                                           : NULL;
    return hit ? *hit : NULL;
}

/* Every group in every bucket, so that charts have no holes and a missing month says why it is missing. */
static enum rc make_rows(struct session *s, struct found *f, struct answer *out)
{
    const struct plan *p = f->plan;
    struct period *buckets;
    size_t n_buckets;
    struct combos combos;
    for (size_t i = 0; i < f->n_groups; i++)
        order_key(s, f->groups[i]);
    if (f->n_groups > 0)
        qsort(f->groups, f->n_groups, sizeof(*f->groups), by_bucket_and_key);
    enum rc rc = buckets_of(s, f, &buckets, &n_buckets);
    if (rc != RC_OK)
        return rc;
    list_combos(s, f, &combos);
    size_t n_keys = combos.v.n, n_times = p->has_grain ? n_buckets : 1;
    bool one = p->n_by == 0;
    if (one)
        n_keys = 1;
    if (n_keys > 0 && n_times > QUERY_ROWS_MAX / n_keys) {
        diag_add(s->ds, SEV_ERROR, "I0021", span_none(), "the answer has more than %d rows",
                 QUERY_ROWS_MAX);
        return RC_LIMIT;
    }
    out->rows = ARENA_ARRAY(s->a, n_keys * n_times, struct answer_row);
    for (size_t t = 0; t < n_times; t++) {
        for (size_t k = 0; k < n_keys; k++) {
            int32_t bucket = p->has_grain ? buckets[t].from.days : 0;
            const struct answer_key *keys = one ? NULL : combos.v.v[k];
            const struct group *g = find_at(f, bucket, keys);
            add_row(s, f, out, keys, bucket, g ? g->cells : NULL);
        }
    }
    return RC_OK;
}

/* ---- total, comparison, what was left out ------------------------------------------------------------------------------ */

static struct tally *merged_cells(struct session *s, const struct found *f)
{
    struct tally *sum = ARENA_ARRAY(s->a, f->plan->n_leaves, struct tally);
    for (size_t i = 0; i < f->n_groups; i++)
        eval_merge(f->plan, sum, f->groups[i]->cells);
    return sum;
}

/* A retention that looks back a fixed time from the end of its window says of the whole window what it says of a last bucket that ends
 * with it. */
static bool last_is_whole(const struct plan *p, const struct answer *out)
{
    bool same = p->n_by == 0 && p->has_grain && p->n_buckets > 0 && out->n_rows == p->n_buckets;
    for (size_t i = 0; same && i < p->n_scans; i++)
        same = p->scans[i].kind == METRIC_COHORT &&
               p->scans[i].measures[0].metric->window.count > 0;
    const struct period *last = same ? &p->buckets[p->n_buckets - 1] : NULL;
    return last && last->to.days == p->window.to.days && begun(p, *last);
}

static enum rc make_total(struct session *s, const struct found *f, struct answer *out)
{
    const struct plan *p = f->plan;
    struct str dimension;
    const struct metric *mixed = eval_no_total(p, p->metric, &dimension);
    out->has_total = true;
    if (mixed) {
        out->total = eval_mixed(mixed, dimension, s->a);
        return RC_OK;
    }
    if (p->n_by == 0 && !p->has_grain) {
        out->total = out->rows[0].figure;
        return RC_OK;
    }
    if (last_is_whole(p, out)) {
        out->total = out->rows[out->n_rows - 1].figure;
        return RC_OK;
    }
    if (eval_mergeable(p)) {
        eval_metric(f, p->metric, merged_cells(s, f), s->a, &out->total);
        return RC_OK;
    }
    struct plan whole = *p;
    struct found all;
    whole.n_by = 0;
    whole.has_grain = false;
    enum rc rc = run_plan(&s->runner, &whole, &all);
    if (rc == RC_OK)
        eval_metric(&all, p->metric, all.n_groups ? all.groups[0]->cells : NULL, s->a, &out->total);
    return rc;
}

static enum rc make_compare(struct session *s, const struct query *q, const struct found *now,
                            struct answer *out)
{
    struct span_days window;
    struct plan then;
    struct found f;
    enum rc rc = plan_compare_window(&s->plan, q->compare, &window, s->ds);
    if (rc != RC_OK)
        return rc;
    plan_shift(&s->plan, window, s->a, &then);
    rc = run_plan(&s->runner, &then, &f);
    if (rc != RC_OK)
        return rc;
    out->compare = q->compare;
    out->compare_from = window.from;
    out->compare_to = window.to;
    for (size_t i = 0; i < f.n_groups; i++)
        order_key(s, f.groups[i]);
    if (f.n_groups > 0)
        qsort(f.groups, f.n_groups, sizeof(*f.groups), by_bucket_and_key);
    size_t n_times = now->plan->has_grain ? now->plan->n_buckets : 1;
    size_t n_keys = n_times ? out->n_rows / n_times : 0;
    for (size_t i = 0; i < out->n_rows; i++) {
        size_t t = i / n_keys;
        if (then.has_grain && t >= then.n_buckets)
            continue;
        int32_t bucket = then.has_grain ? then.buckets[t].from.days : 0;
        const struct group *g = find_at(&f, bucket, out->rows[i].keys);
        out->rows[i].has_compare = true;
        eval_metric(&f, then.metric, g ? g->cells : NULL, s->a, &out->rows[i].compare);
    }
    return RC_OK;
}

static void leave_out(struct session *s, struct answer *out, const struct metric *m,
                      enum left_out why, uint64_t n, struct str sentence)
{
    (void)s;
    if (n > 0)
        out->left_out[out->n_left_out++] = (struct exclusion){m, why, n, sentence};
}

static bool in_money(const struct metric *m)
{
    if (m->value_expr)
        return expr_type(m->value_expr)->kind == X_MONEY;
    return m->value.n_steps > 0 && m->value.steps[m->value.n_steps - 1]->type == FT_MONEY;
}

/* Records that met the condition but do not count: without the value, or without a rate for it. */
static enum rc leave_out_values(struct session *s, const struct leaf *l, const struct tally *sum,
                                struct str name, struct answer *out)
{
    uint64_t present = sum->values;
    bool money = in_money(l->input) &&
                 (l->input->kind == METRIC_SIMPLE || l->input->kind == METRIC_SNAPSHOT);
    enum rc rc = RC_OK;
    if (sum->met > sum->values && money)
        rc = run_present(&s->runner, &s->plan, l, &present);
    leave_out(s, out, l->metric, LEFT_VALUE, sum->met - present,
              str_printf(s->a, "%.*s without the value", STR_ARG(name)));
    leave_out(s, out, l->metric, LEFT_RATE, present - sum->values,
              str_printf(s->a, "%.*s in a currency without a rate for that day", STR_ARG(name)));
    return rc;
}

static enum rc make_left_out(struct session *s, const struct found *f, struct answer *out)
{
    const struct plan *p = f->plan;
    struct tally *sum = ARENA_ARRAY(s->a, p->n_leaves, struct tally);
    enum rc rc = RC_OK;
    out->left_out = ARENA_ARRAY(s->a, p->n_leaves * LEFT_COUNT, struct exclusion);
    for (size_t g = 0; g < f->n_groups; g++) {
        for (size_t i = 0; i < p->n_leaves; i++) {
            sum[i].met += f->groups[g]->cells[i].met;
            sum[i].values += f->groups[g]->cells[i].values;
        }
    }
    for (size_t i = 0; i < p->n_leaves && rc == RC_OK; i++) {
        const struct leaf *l = &p->leaves[i];
        const struct scan *scan = &p->scans[l->scan];
        const struct scan_facts *facts = &f->facts[l->scan];
        struct str name = scan->object->plural.n ? scan->object->plural : scan->object->name;
        leave_out(
            s, out, l->metric, LEFT_CONDITION, facts->unknown[l->measure],
            str_printf(s->a,
                       "%.*s for which the condition cannot be said, since a field in it is empty",
                       STR_ARG(name)));
        if (scan->time)
            leave_out(s, out, l->metric, LEFT_TIME, facts->no_time[l->measure],
                      str_printf(s->a, "%.*s without %.*s, so in no period", STR_ARG(name),
                                 STR_ARG(scan->time->name)));
        rc = leave_out_values(s, l, &sum[i], name, out);
        leave_out(s, out, l->metric, LEFT_LATER, facts->later,
                  str_printf(s->a, "%.*s that took effect after the as-of", STR_ARG(name)));
    }
    return rc;
}

/* ---- what the answer says about itself ------------------------------------------------------------------------------------ */

static struct str condition_text(struct session *s, const struct metric *m)
{
    return m->where ? str_printf(s->a, " where %.*s", STR_ARG(expr_text(m->where))) : STR("");
}

static struct str population_of(struct session *s, const struct metric *m)
{
    const struct object *o = m->object;
    struct str name = o ? (o->plural.n ? o->plural : o->name) : STR_NONE;
    struct str where = condition_text(s, m);
    switch (m->kind) {
    case METRIC_SIMPLE:
        if (m->time)
            return str_printf(s->a, "%.*s%.*s, by %.*s", STR_ARG(name), STR_ARG(where),
                              STR_ARG(m->time->name));
        return str_printf(s->a, "%.*s%.*s", STR_ARG(name), STR_ARG(where));
    case METRIC_SNAPSHOT:
        return str_printf(s->a, "%.*s%.*s, as they stood at the %s of the period", STR_ARG(name),
                          STR_ARG(where), m->take_start ? "start" : "end");
    case METRIC_CONVERSION:
        return str_printf(
            s->a, "%.*s%.*s that entered %.*s in the period; counted when they reached %.*s",
            STR_ARG(name), STR_ARG(where), STR_ARG(m->from->name), STR_ARG(m->to->name));
    case METRIC_STAGE_TIME:
        return str_printf(s->a, "every visit of %.*s%.*s to %.*s that %s in the period",
                          STR_ARG(name), STR_ARG(where), STR_ARG(m->from->name),
                          m->take_start ? "began" : "ended");
    case METRIC_COHORT:
        return str_printf(s->a, "those with %.*s above 0 at the start of the span",
                          STR_ARG(m->start->name));
    case METRIC_CUMULATIVE:
        return population_of(s, m->inputs[0]);
    case METRIC_RATIO:
    case METRIC_DERIVED:
        return STR("its inputs, each over its own records in the same window");
    }
    return STR_NONE;
}

struct str metric_unit(const struct model *m, const struct metric *metric, struct arena *a)
{
    char code[4];
    if (metric->unit.n > 0)
        return metric->unit;
    if (metric->kind == METRIC_STAGE_TIME)
        return STR("days");
    return metric->shape == SHAPE_MONEY ? str_dup(a, currency_text(m->company.currency, code))
                                        : STR_NONE;
}

static void describe(struct session *s, const struct query *q, struct answer *out)
{
    const struct plan *p = &s->plan;
    out->metric = p->metric;
    out->kind = p->metric->shape == SHAPE_MONEY ? FIGURE_MONEY : FIGURE_NUMBER;
    out->unit = metric_unit(p->model, p->metric, s->a);
    out->where = q->where;
    out->dimensions = q->by;
    out->n_dimensions = q->n_by;
    out->has_window = p->window.bounded;
    out->from = p->window.from;
    out->to = p->window.to;
    out->has_grain = p->has_grain;
    out->grain = p->grain;
    out->population = population_of(s, p->metric);
}

static enum rc answer_query(struct session *s, const struct model *m, const struct query *q,
                            struct answer *out)
{
    struct found f;
    enum rc rc = session_begin(s, m, q, out);
    if (rc == RC_OK)
        rc = run_plan(&s->runner, &s->plan, &f);
    if (rc == RC_OK)
        rc = run_labels(&s->runner, &f);
    if (rc == RC_OK)
        rc = make_rows(s, &f, out);
    if (rc == RC_OK)
        rc = make_total(s, &f, out);
    if (rc == RC_OK && q->compare.n > 0)
        rc = make_compare(s, q, &f, out);
    if (rc == RC_OK)
        rc = make_left_out(s, &f, out);
    if (rc == RC_OK)
        describe(s, q, out);
    return rc;
}

enum rc insight_query(struct insight *i, const struct model *m, const struct query *q,
                      struct arena *a, struct answer *out, struct diags *ds)
{
    struct session s = {.i = i, .a = a, .ds = ds};
    struct diags before = *ds;
    enum rc rc = answer_query(&s, m, q, out);
    if (session_again(&s, before)) {
        rc = answer_query(&s, m, q, out);
        (void)session_again(&s, before);
    }
    return rc;
}

/* ---- explain ---------------------------------------------------------------------------------------------------------------- */

struct opening {
    struct session *s;
    const struct found *f;
    struct explanation *out;
    size_t offset, limit;
};

static enum rc read_records(struct opening *o, const struct statement *page, const struct metric *m,
                            struct explained *part)
{
    struct duck_stmt *stmt = NULL;
    struct duck_result *row = NULL;
    struct arena *a = o->s->a;
    char room[64];
    struct ratio unit = ratio_int(1);
    const struct metric *valued = m->kind == METRIC_COHORT ? m->start : m;
    if (m->kind == METRIC_STAGE_TIME)
        unit = ratio_int(US_PER_DAY);
    else if (valued->shape == SHAPE_MONEY && m->measure != COHORT_LOGO)
        unit = ratio_int((int64_t)wide_pow10(currency_digits(o->s->plan.model->company.currency)));
    struct str prefix = m->kind == METRIC_COHORT && m->entity.n_steps > 0 &&
                                m->entity.steps[m->entity.n_steps - 1]->to
                            ? m->entity.steps[m->entity.n_steps - 1]->to->prefix
                            : part->object->prefix;
    enum rc rc = run_statement(&o->s->runner, page, &stmt, &row);
    part->records = ARENA_ARRAY(a, o->limit, struct explained_record);
    while (rc == RC_OK && part->n_records < o->limit && duck_next(row)) {
        struct explained_record *r = &part->records[part->n_records++];
        r->id = (uint64_t)duck_i64(row, 0);
        r->shown = str_dup(a, id_text(prefix, r->id, room));
        r->has_value = run_ratio(row, 1, &r->value) && ratio_div(r->value, unit, &r->value);
        r->has_second = run_ratio(row, 2, &r->second) && ratio_div(r->second, unit, &r->second);
    }
    run_done(&o->s->runner, stmt, row);
    return rc;
}

static enum rc open_leaf(struct opening *o, const struct leaf *l, struct explained *part)
{
    const struct plan *p = o->f->plan;
    const struct scan *scan = &p->scans[l->scan];
    struct msql e;
    struct statement page, count, figure;
    struct duck_stmt *stmt = NULL;
    struct duck_result *row = NULL;
    part->is_leaf = true;
    part->object = scan->object;
    msql_init(&e, p, scan, &o->s->facts, o->s->a, o->s->ds);
    enum rc rc = msql_records(&e, l->measure, o->offset, o->limit, &page, &count);
    if (rc == RC_OK)
        rc = run_statement(&o->s->runner, &count, &stmt, &row);
    if (rc == RC_OK && duck_next(row))
        part->total = (uint64_t)duck_i64(row, 0);
    run_done(&o->s->runner, stmt, row);
    if (rc == RC_OK)
        rc = read_records(o, &page, l->input, part);
    msql_init(&e, p, scan, &o->s->facts, o->s->a, o->s->ds);
    if (rc == RC_OK)
        rc = msql_scan(&e, &figure);
    if (rc == RC_OK)
        part->sql = figure.sql;
    return rc;
}

enum { PARTS_MAX = 256 };

static enum rc open_metric(struct opening *o, const struct metric *m, size_t depth)
{
    const struct plan *p = o->f->plan;
    if (o->out->n_parts >= PARTS_MAX)
        return RC_OK; /* a tree that repeats its inputs this often is told once */
    struct explained *part = &o->out->parts[o->out->n_parts++];
    *part = (struct explained){.metric = m, .depth = depth, .population = population_of(o->s, m)};
    eval_metric(o->f, m, o->f->n_groups ? o->f->groups[0]->cells : NULL, o->s->a, &part->figure);
    for (size_t i = 0; i < p->n_leaves; i++) {
        if (p->leaves[i].metric == m)
            return open_leaf(o, &p->leaves[i], part);
    }
    enum rc rc = RC_OK;
    for (size_t i = 0; i < m->n_inputs && rc == RC_OK; i++)
        rc = open_metric(o, m->inputs[i], depth + 1);
    return rc;
}

static enum rc explain_query(struct session *s, const struct model *m, const struct query *one,
                             struct explanation *out)
{
    struct found f;
    out->parts = ARENA_ARRAY(s->a, PARTS_MAX, struct explained);
    out->n_parts = 0;
    enum rc rc = session_begin(s, m, one, &out->answer);
    if (rc == RC_OK)
        rc = run_plan(&s->runner, &s->plan, &f);
    if (rc == RC_OK)
        rc = make_rows(s, &f, &out->answer);
    if (rc == RC_OK)
        rc = make_total(s, &f, &out->answer);
    if (rc == RC_OK)
        rc = make_left_out(s, &f, &out->answer);
    if (rc != RC_OK)
        return rc;
    struct opening o = {s, &f, out, out->offset, out->limit};
    describe(s, one, &out->answer);
    return open_metric(&o, s->plan.metric, 0);
}

enum rc insight_explain(struct insight *i, const struct model *m, const struct query *q,
                        size_t offset, size_t limit, struct arena *a, struct explanation *out,
                        struct diags *ds)
{
    struct session s = {.i = i, .a = a, .ds = ds};
    struct diags before = *ds;
    struct query one = *q;
    one.by = NULL;
    one.n_by = 0;
    one.grain = STR("none");
    one.compare = STR_NONE;
    *out = (struct explanation){.offset = offset, .limit = limit};
    enum rc rc = explain_query(&s, m, &one, out);
    if (session_again(&s, before)) {
        rc = explain_query(&s, m, &one, out);
        (void)session_again(&s, before);
    }
    return rc;
}

/* ---- funnels ------------------------------------------------------------------------------------------------------------ */

static void count_stage(struct funnel *out, size_t at, uint64_t records)
{
    struct funnel_stage *s = &out->stages[at];
    const struct funnel_stage *before = at > 0 ? &out->stages[at - 1] : NULL;
    s->stage = &out->process->stages[at];
    s->records = records;
    s->has_of_first = at > 0 && out->stages[0].records > 0;
    s->has_share = before && before->records > 0 && s->stage->outcome != OUTCOME_LOST &&
                   before->stage->outcome != OUTCOME_LOST;
    if (s->has_of_first)
        s->of_first = (struct ratio){(i128)records, (i128)out->stages[0].records};
    if (s->has_share)
        s->share = (struct ratio){(i128)records, (i128)before->records};
}

static enum rc read_funnel(struct session *s, struct funnel *out)
{
    struct msql e;
    struct statement text;
    struct duck_stmt *stmt = NULL;
    struct duck_result *row = NULL;
    struct scan scan = {.object = out->process->object};
    msql_init(&e, &s->plan, &scan, &s->facts, s->a, s->ds);
    enum rc rc = msql_funnel(&e, out->process, &text);
    if (rc == RC_OK)
        rc = run_statement(&s->runner, &text, &stmt, &row);
    if (rc == RC_OK && duck_next(row))
        for (size_t i = 0; i < out->process->n_stages; i++)
            count_stage(out, i, (uint64_t)duck_i64(row, i));
    run_done(&s->runner, stmt, row);
    return rc;
}

enum rc insight_funnel(struct insight *i, const struct model *m, const struct process_def *process,
                       const struct query *q, struct arena *a, struct funnel *out, struct diags *ds)
{
    struct session s = {.i = i, .a = a, .ds = ds};
    struct query scope = *q;
    struct answer answer;
    scope.metric = STR_NONE;
    if (q->window.n + q->from.n + q->to.n == 0)
        scope.window = STR("last_12_months");
    *out = (struct funnel){.process = process,
                           .stages = ARENA_ARRAY(a, process->n_stages + 1, struct funnel_stage)};
    s.lock = true; /* one statement: the transaction costs less than asking again */
    enum rc rc = session_begin(&s, m, &scope, &answer);
    if (rc == RC_OK)
        rc = read_funnel(&s, out);
    out->has_window = s.plan.window.bounded;
    out->from = s.plan.window.from;
    out->to = s.plan.window.to;
    out->lineage = answer.lineage;
    (void)session_again(&s, *ds);
    return rc;
}
