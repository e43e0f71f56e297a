/* eval.c - tallies become figures, in exact fractions.
 *
 * An average is the sum over how many values went into it; a median the mean of the two middle values, which are one when their number is odd; a
 * retention what counts at the end over what there was at the start. A ratio or formula reads its inputs' figures of the same group and
 * bucket, and has no value where one of them has none: a missing input is never 0 (docs/metrics.md).
 */
#include "insight/eval.h"

#include "model/metric_expr.h"
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

const char *no_value_name(enum no_value v)
{
    static const char *const names[NV_COUNT] = {
        [NV_NOT] = "",
        [NV_NO_RECORDS] = "no_records",
        [NV_NEVER_FILLED] = "never_filled",
        [NV_EMPTY] = "empty",
        [NV_ZERO_DIVISOR] = "zero_divisor",
        [NV_NO_INPUT] = "no_input",
        [NV_FUTURE] = "future",
        [NV_RANGE] = "out_of_range",
        [NV_MIXED] = "mixed",
    };
    assert(v < NV_COUNT);
    return names[v];
}

const char *left_out_name(enum left_out v)
{
    static const char *const names[LEFT_COUNT] = {
        [LEFT_CONDITION] = "condition_absent",
        [LEFT_TIME] = "no_time",
        [LEFT_VALUE] = "no_value",
        [LEFT_RATE] = "no_rate",
        [LEFT_LATER] = "not_yet",
    };
    assert(v < LEFT_COUNT);
    return names[v];
}

struct figure figure_none(enum no_value why, struct str because)
{
    return (struct figure){.kind = FIGURE_NONE, .why = why, .because = because};
}

static struct figure number(const struct metric *m, struct ratio r, uint64_t rows)
{
    return (struct figure){
        .kind = m->shape == SHAPE_MONEY ? FIGURE_MONEY : FIGURE_NUMBER, .exact = r, .rows = rows};
}

/* ---- leaves ----------------------------------------------------------------------------------------------------- */

/* What one stored unit is in the unit of the figure: minor units to major ones, microseconds to days. */
static bool scaled(const struct plan *p, const struct metric *m, struct ratio r, struct ratio *out)
{
    struct ratio by = ratio_int(1);
    if (m->kind == METRIC_STAGE_TIME)
        by = ratio_int(US_PER_DAY);
    else if (m->shape == SHAPE_MONEY)
        by = ratio_int((int64_t)wide_pow10(currency_digits(p->model->company.currency)));
    return ratio_div(r, by, out);
}

static const char *records_of(const struct object *o, char out[64])
{
    struct str name = o->plural.n > 0 ? o->plural : o->name;
    snprintf(out, 64, "%.*s", STR_ARG(name));
    return out;
}

/* Nothing was aggregated: 0 where that is the truth, else no value and why. */
static struct figure of_nothing(const struct found *f, const struct leaf *l, const struct tally *c,
                                struct arena *a)
{
    const struct scan *s = &f->plan->scans[l->scan];
    const struct scan_facts *facts = &f->facts[l->scan];
    const struct metric *m = l->input;
    uint64_t no_time = facts->no_time ? facts->no_time[l->measure] : 0;
    char room[64];
    const char *name = records_of(s->object, room);
    if (facts->records == 0)
        return figure_none(NV_NO_RECORDS, str_printf(a, "the workspace has no %s", name));
    if (c && c->met > 0)
        return figure_none(
            NV_NEVER_FILLED,
            str_printf(a, "the value is empty in all %" PRIu64 " %s that count", c->met, name));
    if (no_time > 0 && no_time == facts->records && s->time)
        return figure_none(NV_NEVER_FILLED, str_printf(a, "%.*s is empty in all %" PRIu64 " %s",
                                                       STR_ARG(s->time->name), no_time, name));
    bool additive = m->kind == METRIC_SIMPLE || m->kind == METRIC_SNAPSHOT;
    if (additive && (m->aggregate == AGG_COUNT || m->aggregate == AGG_SUM ||
                     m->aggregate == AGG_COUNT_DISTINCT))
        return number(m, ratio_int(0), 0);
    return figure_none(
        NV_EMPTY, str_printf(a, "none of the %" PRIu64 " %s counts here", facts->records, name));
}

static struct figure out_of_range(struct arena *a)
{
    return figure_none(NV_RANGE, str_printf(a, "the figure has more than 37 digits"));
}

static struct figure quotient(const struct metric *m, struct ratio x, struct ratio y, uint64_t rows,
                              struct arena *a)
{
    struct ratio r;
    if (ratio_is_zero(y))
        return figure_none(NV_ZERO_DIVISOR,
                           str_printf(a, "%.*s would divide by zero", STR_ARG(m->name)));
    return ratio_div(x, y, &r) ? number(m, r, rows) : out_of_range(a);
}

static struct figure of_cell(const struct plan *p, const struct metric *m, const struct tally *c,
                             struct arena *a)
{
    struct ratio r, sum;
    if (m->kind == METRIC_COHORT)
        return quotient(m, c->a, c->b, c->met, a);
    if (m->kind == METRIC_CONVERSION)
        return quotient(m, c->a, ratio_int((int64_t)c->values), c->met, a);
    if (m->aggregate == AGG_COUNT)
        return number(m, ratio_int((int64_t)c->values), c->values);
    if (m->aggregate == AGG_LATEST && !c->has_a)
        return (struct figure){.kind = FIGURE_TEXT, .text = c->text, .rows = c->values};
    if (m->aggregate == AGG_COUNT_DISTINCT)
        return number(m, c->a, c->values);
    if (m->aggregate == AGG_MEDIAN) {
        if (!ratio_add(c->a, c->b, &sum) || !ratio_div(sum, ratio_int(2), &r) ||
            !scaled(p, m, r, &r))
            return out_of_range(a);
        return number(m, r, c->values);
    }
    if (!scaled(p, m, c->a, &r))
        return out_of_range(a);
    return m->aggregate == AGG_AVERAGE ? quotient(m, r, ratio_int((int64_t)c->values), c->values, a)
                                       : number(m, r, c->values);
}

static const struct leaf *leaf_of(const struct plan *p, const struct metric *m)
{
    for (size_t i = 0; i < p->n_leaves; i++) {
        if (p->leaves[i].metric == m)
            return &p->leaves[i];
    }
    return NULL;
}

/* ---- arithmetic --------------------------------------------------------------------------------------------------- */

struct evaluation {
    const struct found *f;
    const struct tally *cells;
    struct arena *a;
    const struct metric *m; /* whose expression it is */
};

static struct figure combine(const struct evaluation *e, enum metric_op op, struct figure x,
                             struct figure y)
{
    struct figure out = {.kind = FIGURE_NUMBER, .rows = x.rows + y.rows};
    bool fits = true;
    if (x.kind == FIGURE_NONE || y.kind == FIGURE_NONE) {
        struct figure none = x.kind == FIGURE_NONE ? x : y;
        return none.why == NV_ZERO_DIVISOR
                   ? none
                   : figure_none(none.why == NV_RANGE || none.why == NV_MIXED ? none.why
                                                                              : NV_NO_INPUT,
                                 none.because);
    }
    switch (op) {
    case MT_ADD:
        fits = ratio_add(x.exact, y.exact, &out.exact);
        break;
    case MT_SUB:
        fits = ratio_sub(x.exact, y.exact, &out.exact);
        break;
    case MT_MUL:
        fits = ratio_mul(x.exact, y.exact, &out.exact);
        break;
    case MT_DIV:
        if (ratio_is_zero(y.exact))
            return figure_none(NV_ZERO_DIVISOR,
                               str_printf(e->a, "%.*s would divide by zero", STR_ARG(e->m->name)));
        fits = ratio_div(x.exact, y.exact, &out.exact);
        break;
    case MT_NUMBER:
    case MT_METRIC:
    case MT_NEG:
        break; /* not of two operands */
    }
    return fits ? out : out_of_range(e->a);
}

static struct figure eval_term(const struct evaluation *e, const struct metric_term *t)
{
    struct figure x;
    switch (t->op) {
    case MT_NUMBER:
        return (struct figure){.kind = FIGURE_NUMBER, .exact = ratio_decimal(t->number)};
    case MT_METRIC:
        eval_metric(e->f, t->metric, e->cells, e->a, &x);
        if (x.kind == FIGURE_NONE && x.why != NV_ZERO_DIVISOR && x.why != NV_RANGE &&
            x.why != NV_MIXED)
            x.because = str_printf(e->a, "%.*s has no value: %.*s", STR_ARG(t->metric->name),
                                   STR_ARG(x.because));
        return x;
    case MT_NEG:
        return combine(e, MT_SUB, (struct figure){.kind = FIGURE_NUMBER, .exact = ratio_int(0)},
                       eval_term(e, t->left));
    case MT_ADD:
    case MT_SUB:
    case MT_MUL:
    case MT_DIV:
        x = eval_term(e, t->left);
        return combine(e, t->op, x, eval_term(e, t->right));
    }
    return figure_none(NV_NO_INPUT, STR_NONE);
}

static bool is_pinned(const struct plan *p, struct str dimension)
{
    for (size_t i = 0; i < p->query->n_pins; i++)
        if (str_eq(p->query->pins[i].dimension, dimension))
            return true;
    return false;
}

static bool is_asked_by(const struct plan *p, struct str dimension)
{
    for (size_t i = 0; i < p->n_by; i++)
        if (str_eq(p->by[i], dimension))
            return true;
    return is_pinned(p, dimension);
}

struct figure eval_mixed(const struct metric *m, struct str dimension, struct arena *a)
{
    return figure_none(NV_MIXED,
                       str_printf(a, "%.*s has no total over %.*s: ask it by %.*s",
                                  STR_ARG(m->name), STR_ARG(dimension), STR_ARG(dimension)));
}

const struct metric *eval_no_total(const struct plan *p, const struct metric *m,
                                   struct str *dimension)
{
    const struct metric *found = NULL;
    for (size_t i = 0; i < m->n_only_by; i++)
        if (!is_pinned(p, m->only_by[i])) {
            *dimension = m->only_by[i];
            return m;
        }
    for (size_t i = 0; i < m->n_inputs && !found; i++)
        found = eval_no_total(p, m->inputs[i], dimension);
    return found;
}

static bool rests_on(const struct metric *m, const struct metric *leaf)
{
    if (m == leaf)
        return true;
    for (size_t i = 0; (m->kind == METRIC_DERIVED || m->kind == METRIC_RATIO) && i < m->n_inputs;
         i++) {
        if (rests_on(m->inputs[i], leaf))
            return true;
    }
    return false;
}

void eval_metric(const struct found *f, const struct metric *m, const struct tally *cells,
                 struct arena *a, struct figure *out)
{
    const struct leaf *l = leaf_of(f->plan, m);
    for (size_t i = 0; i < m->n_only_by; i++)
        if (!is_asked_by(f->plan, m->only_by[i])) {
            *out = eval_mixed(m, m->only_by[i], a);
            return;
        }
    if (l) {
        const struct tally *c = cells ? &cells[l - f->plan->leaves] : NULL;
        bool counted = c && c->values > 0;
        *out = counted ? of_cell(f->plan, l->input, c, a) : of_nothing(f, l, c, a);
        return;
    }
    struct evaluation e = {f, cells, a, m};
    *out = eval_term(&e, m->expr);
    out->rows = 0; /* an input that stands twice in the expression counts once */
    for (size_t i = 0; cells && i < f->plan->n_leaves; i++)
        out->rows += rests_on(m, f->plan->leaves[i].metric) ? cells[i].values : 0;
    if (out->kind == FIGURE_NUMBER && m->shape == SHAPE_MONEY)
        out->kind = FIGURE_MONEY;
}

/* ---- adding groups up ---------------------------------------------------------------------------------------------- */

bool eval_mergeable(const struct plan *p)
{
    for (size_t i = 0; i < p->n_leaves; i++) {
        const struct scan *s = &p->scans[p->leaves[i].scan];
        const struct metric *m = p->leaves[i].input;
        bool once = s->kind == METRIC_SNAPSHOT && !p->has_grain; /* each record in one group */
        bool kind = s->kind == METRIC_SIMPLE || s->kind == METRIC_CONVERSION ||
                    s->kind == METRIC_STAGE_TIME || once;
        bool plain = m->kind == METRIC_CONVERSION || m->aggregate == AGG_COUNT ||
                     m->aggregate == AGG_SUM || m->aggregate == AGG_AVERAGE ||
                     m->aggregate == AGG_MIN || m->aggregate == AGG_MAX;
        if (!kind || !plain || s->cumulative)
            return false;
    }
    return true;
}

static void merge_cell(const struct metric *m, struct tally *sum, const struct tally *more)
{
    sum->met += more->met;
    sum->values += more->values;
    if (!more->has_a)
        return;
    if (!sum->has_a)
        sum->a = more->a;
    else if (m->kind != METRIC_CONVERSION && m->aggregate == AGG_MIN)
        sum->a = ratio_cmp(more->a, sum->a) < 0 ? more->a : sum->a;
    else if (m->kind != METRIC_CONVERSION && m->aggregate == AGG_MAX)
        sum->a = ratio_cmp(more->a, sum->a) > 0 ? more->a : sum->a;
    else if (!ratio_add(sum->a, more->a, &sum->a))
        assert(false); /* sums of 64-bit units over fewer than 2^63 rows stay below 10^37 */
    sum->has_a = true;
}

void eval_merge(const struct plan *p, struct tally *sum, const struct tally *more)
{
    for (size_t i = 0; i < p->n_leaves; i++)
        merge_cell(p->leaves[i].input, &sum[i], &more[i]);
}
