#include "model/compile.h"
#include "model/metric_expr.h"
#include "model/scalar.h"

static const char *const kind_words[] = {"simple",     "ratio",      "derived",
                                         "cumulative", "conversion", "cohort",
                                         "snapshot",   "stage_time", NULL};
static const char *const aggregate_words[] = {
    "count", "sum", "average", "min", "max", "median", "count_distinct", "latest", NULL};
static const char *const measure_words[] = {"net", "gross", "logo", NULL};

#define OF(kind) (1U << (kind))
#define RECORDS (OF(METRIC_SIMPLE) | OF(METRIC_SNAPSHOT))
#define STAGES (OF(METRIC_CONVERSION) | OF(METRIC_STAGE_TIME))

/* Which kinds take a key, and which need it. Keys that are not here belong to every kind. */
static const struct {
    const char *key;
    unsigned takes, needs;
} kind_keys[] = {
    {"object", RECORDS | OF(METRIC_COHORT), RECORDS},
    {"value", RECORDS, 0},
    {"aggregate", RECORDS | OF(METRIC_STAGE_TIME), 0},
    {"where", RECORDS | STAGES, 0},
    {"time", OF(METRIC_SIMPLE), 0},
    {"take", OF(METRIC_SNAPSHOT) | OF(METRIC_STAGE_TIME), 0},
    {"numerator", OF(METRIC_RATIO), OF(METRIC_RATIO)},
    {"denominator", OF(METRIC_RATIO), OF(METRIC_RATIO)},
    {"expr", OF(METRIC_DERIVED), OF(METRIC_DERIVED)},
    {"metric", OF(METRIC_CUMULATIVE), OF(METRIC_CUMULATIVE)},
    {"window", OF(METRIC_CUMULATIVE) | OF(METRIC_COHORT), 0},
    {"to_date", OF(METRIC_CUMULATIVE), 0},
    {"process", STAGES, STAGES},
    {"from", OF(METRIC_CONVERSION), OF(METRIC_CONVERSION)},
    {"to", OF(METRIC_CONVERSION), OF(METRIC_CONVERSION)},
    {"stage", OF(METRIC_STAGE_TIME), OF(METRIC_STAGE_TIME)},
    {"within", OF(METRIC_CONVERSION), 0},
    {"count", OF(METRIC_CONVERSION), 0},
    {"base", OF(METRIC_CONVERSION), 0},
    {"start", OF(METRIC_COHORT), OF(METRIC_COHORT)},
    {"measure", OF(METRIC_COHORT), 0},
    {"plus", OF(METRIC_COHORT), 0},
    {"minus", OF(METRIC_COHORT), 0},
    {"entity", OF(METRIC_COHORT), 0},
};

/* A metric while its inputs are looked for. */
struct metric_build {
    struct metric m; /* first: a struct metric of the model is one of these */
    struct node *node;
    enum { INPUTS_UNSEEN, INPUTS_OPEN, INPUTS_DONE } state;
    bool broken;
};

struct metrics {
    struct compile *c;
    struct metric_build *builds;
    size_t n;
};

/* ---- keys -------------------------------------------------------------------------------------- */

static void check_kind_keys(struct compile *c, struct metric_build *b)
{
    unsigned kind = OF(b->m.kind);
    for (size_t i = 0; i < sizeof kind_keys / sizeof *kind_keys; i++) {
        const struct pair *p = node_pair(b->node, kind_keys[i].key);
        if (p && !(kind_keys[i].takes & kind)) {
            problem(c->ds, M_METRIC_KEYS, p->at,
                    "'%s' has no meaning in a %s metric: remove it, or change the kind",
                    kind_keys[i].key, kind_words[b->m.kind]);
        } else if (!p && (kind_keys[i].needs & kind)) {
            problem(c->ds, M_METRIC_NEEDS, b->m.at, "the %s metric '%.*s' lacks '%s'",
                    kind_words[b->m.kind], STR_ARG(b->m.name), kind_keys[i].key);
            b->broken = true;
        }
    }
}

static enum period_unit read_unit(const struct node *n, const char *key)
{
    struct period_length p;
    struct str s = node_text(n, key);
    return s.n && scalar_period(s, &p) ? p.unit : PERIOD_NONE;
}

static struct period_length read_length(const struct node *n, const char *key)
{
    struct period_length p;
    struct str s = node_text(n, key);
    return s.n && scalar_period(s, &p) ? p : (struct period_length){0, PERIOD_NONE};
}

static void read_benchmark(struct compile *c, struct metric *m, const struct node *n)
{
    const struct node *values = node_get(n, "values");
    size_t more = values && values->kind == NODE_MAP ? values->n : 0;
    m->benchmarks = ARENA_ARRAY(c->arena, more + 1, struct benchmark);
    m->benchmark_by = node_text(n, "by");
    m->benchmark_source = node_text(n, "source");
    for (size_t i = 0; n && i <= more; i++) {
        const struct node *range = i ? values->pairs[i - 1].value : n;
        struct benchmark b = {.value = i ? values->pairs[i - 1].key : STR_NONE};
        if (!read_decimal(range, "low", &b.low) || !read_decimal(range, "high", &b.high))
            continue;
        if (decimal_cmp(b.low, b.high) > 0)
            problem(c->ds, M_BENCHMARK, range->at,
                    "the benchmark of '%.*s' has its low above its high", STR_ARG(m->name));
        m->benchmarks[m->n_benchmarks++] = b;
    }
}

static void read_common(struct compile *c, struct metric *m, const struct node *n)
{
    struct str label = node_text(n, "label");
    m->label = label.n ? label : m->name;
    m->description = node_text(n, "description");
    m->so_what = node_text(n, "so_what");
    m->unit = node_text(n, "unit");
    m->grain = read_unit(n, "grain");
    m->dimension_at_event = str_is(node_text(n, "at"), "event");
    m->take_start = str_is(node_text(n, "take"), "start") ||
                    str_is(node_text(n, "take"), "entered");
    const struct node *target = node_get(n, "target");
    m->has_at_least = read_decimal(target, "at_least", &m->target_at_least);
    m->has_at_most = read_decimal(target, "at_most", &m->target_at_most);
    read_benchmark(c, m, node_get(n, "benchmark"));
}

/* ---- over records: simple, snapshot ------------------------------------------------------------ */

static bool is_path(struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        char ch = s.p[i];
        if (!((ch >= 'a' && ch <= 'z') || (ch >= '0' && ch <= '9') || ch == '_' || ch == '.'))
            return false;
    }
    return s.n > 0;
}

static bool path_of(struct compile *c, const struct object *o, struct node *n, struct str text,
                    enum model_code code, struct path *out)
{
    if (model_path(o, text, c->arena, out) || !c->complete || path_is_broken(o, text))
        return out->n_steps > 0;
    n->broken = true;
    struct str *names;
    size_t count = field_names(o, c->arena, &names);
    struct diag *d = problem(c->ds, code, n->at, "'%.*s' does not lead to a field from %.*s",
                             STR_ARG(text), STR_ARG(o->name));
    struct str near = text_nearest(text, names, count);
    if (near.n)
        diag_help(c->ds, d, "did you mean '%.*s'?", STR_ARG(near));
    else
        diag_help(c->ds, d, "a path goes through references: account.segment");
    return false;
}

/* What is aggregated: its kind as expressions know it; X_DYN when there is nothing or it was refused. */
static enum xkind read_value(struct compile *c, struct metric_build *b)
{
    struct node *n = node_get(b->node, "value");
    struct metric *m = &b->m;
    if (!n || n->broken || n->kind != NODE_SCALAR)
        return X_DYN;
    if (!is_path(n->text)) {
        m->value_expr = compile_expr(c, n, XP_METRIC, X_DYN, m->object);
        b->broken = b->broken || !m->value_expr;
        return m->value_expr ? expr_type(m->value_expr)->kind : X_DYN;
    }
    if (!path_of(c, m->object, n, n->text, M_UNKNOWN_FIELD, &m->value)) {
        b->broken = true;
        return X_DYN;
    }
    return field_xkind(m->value.steps[m->value.n_steps - 1]);
}

static void check_aggregate(struct compile *c, struct metric_build *b, enum xkind value)
{
    struct metric *m = &b->m;
    const struct node *an = node_get(b->node, "aggregate"), *vn = node_get(b->node, "value");
    m->aggregate = (enum aggregate)read_word(b->node, "aggregate", aggregate_words,
                                             vn ? AGG_SUM : AGG_COUNT);
    if (!vn && m->aggregate != AGG_COUNT) {
        struct diag *d = problem(c->ds, M_METRIC_NEEDS, an ? an->at : m->at, "the %s of what?",
                                 aggregate_words[m->aggregate]);
        diag_help(c->ds, d, "add value: with a field or expression");
        b->broken = true;
    } else if (vn && m->aggregate == AGG_COUNT) {
        struct diag *d = problem(c->ds, M_AGGREGATE, vn->at, "a count takes no value");
        diag_help(c->ds, d, "remove it, or write aggregate: count_distinct");
    }
    bool takes_all = m->aggregate == AGG_COUNT || m->aggregate == AGG_COUNT_DISTINCT ||
                     m->aggregate == AGG_LATEST;
    bool adds_up = value == X_INT || value == X_DOUBLE || value == X_MONEY || value == X_DYN;
    if (!takes_all && !adds_up) {
        struct xtype t = {.kind = value};
        char text[96];
        problem(c->ds, M_AGGREGATE, vn->at, "there is no %s of %.*s", aggregate_words[m->aggregate],
                STR_ARG(xtype_text(&t, text)));
        b->broken = true;
    }
    bool counts = m->aggregate == AGG_COUNT || m->aggregate == AGG_COUNT_DISTINCT;
    m->shape = value == X_MONEY && !counts ? SHAPE_MONEY : SHAPE_NUMBER;
}

static void read_time(struct compile *c, struct metric_build *b)
{
    struct metric *m = &b->m;
    struct node *n = node_get(b->node, "time");
    m->time = n                                                ? compile_field(c, m->object, n)
              : m->object->is_fact && m->kind == METRIC_SIMPLE ? m->object->time_field
                                                               : NULL;
    if (!n || !m->time || m->time->type == FT_DATE || m->time->type == FT_INSTANT)
        return;
    struct diag *d = problem(c->ds, M_TIME_FIELD, n->at, "'%.*s' is %s, no date or instant",
                             STR_ARG(m->time->name), field_type_info(m->time->type)->name);
    diag_help(c->ds, d,
              "name the field whose day decides the bucket, such as close_date or created_at");
    m->time = NULL;
}

static void compile_records(struct compile *c, struct metric_build *b)
{
    b->m.where = compile_expr(c, node_get(b->node, "where"), XP_METRIC, X_BOOL, b->m.object);
    check_aggregate(c, b, read_value(c, b));
    read_time(c, b);
    const struct node *grain = node_get(b->node, "grain");
    if (b->m.kind == METRIC_SIMPLE && !b->m.time && grain && !node_get(b->node, "time")) {
        struct diag *d = problem(c->ds, M_METRIC_NEEDS, grain->at, "'%.*s' has a grain and no time",
                                 STR_ARG(b->m.name));
        diag_help(c->ds, d, "add time: with a date or instant field, or make it a snapshot");
    }
}

/* ---- over stages: conversion, stage_time ------------------------------------------------------- */

static const struct process_def *find_process(struct compile *c, struct node *n)
{
    if (!n || n->broken)
        return NULL;
    struct str *names = ARENA_ARRAY(c->arena, c->m->n_processes + 1, struct str);
    for (size_t i = 0; i < c->m->n_processes; i++) {
        names[i] = c->m->processes[i]->name;
        if (str_eq(names[i], n->text))
            return c->m->processes[i];
    }
    if (c->complete)
        problem_unknown(c->ds, M_UNKNOWN_NAME, n->at, "pipeline or lifecycle", n->text, names,
                        c->m->n_processes);
    return NULL;
}

static const struct stage *find_stage(struct compile *c, const struct process_def *p,
                                      struct node *n)
{
    if (!p || !n || n->broken)
        return NULL;
    const struct stage *s = process_stage(p, n->text);
    if (s)
        return s;
    struct str *names = ARENA_ARRAY(c->arena, p->n_stages + 1, struct str);
    for (size_t i = 0; i < p->n_stages; i++)
        names[i] = p->stages[i].name;
    struct str what = str_printf(c->arena, "stage of %.*s", STR_ARG(p->name));
    problem_unknown(c->ds, M_UNKNOWN_NAME, n->at, what.p, n->text, names, p->n_stages);
    return NULL;
}

static void compile_stages(struct compile *c, struct metric_build *b)
{
    struct metric *m = &b->m;
    bool conversion = m->kind == METRIC_CONVERSION;
    m->process = find_process(c, node_get(b->node, "process"));
    m->object = m->process ? m->process->object : NULL;
    m->from = find_stage(c, m->process, node_get(b->node, conversion ? "from" : "stage"));
    m->to = conversion ? find_stage(c, m->process, node_get(b->node, "to")) : NULL;
    m->within = read_length(b->node, "within");
    m->per_visit = str_is(node_text(b->node, "count"), "visit");
    m->base_nearest = str_is(node_text(b->node, "base"), "nearest");
    m->where = compile_expr(c, node_get(b->node, "where"), XP_METRIC, X_BOOL, m->object);
    m->aggregate = (enum aggregate)read_word(b->node, "aggregate", aggregate_words, AGG_AVERAGE);
    b->broken = b->broken || !m->from || (conversion && !m->to);
    if (conversion && m->from && m->to && m->to->position <= m->from->position) {
        struct diag *d = problem(c->ds, M_STAGE_ORDER, node_get(b->node, "to")->at,
                                 "'%.*s' does not come after '%.*s'", STR_ARG(m->to->name),
                                 STR_ARG(m->from->name));
        diag_help(c->ds, d, "from is the earlier stage, to the later one");
    }
    if (m->kind == METRIC_STAGE_TIME &&
        (m->aggregate == AGG_COUNT || m->aggregate == AGG_COUNT_DISTINCT ||
         m->aggregate == AGG_LATEST))
        problem(c->ds, M_AGGREGATE, node_get(b->node, "aggregate")->at,
                "time in a stage is an average, median, min, max or sum of days");
}

/* ---- over metrics: ratio, derived, cumulative, cohort ------------------------------------------ */

static struct metric_build *find_metric(struct metrics *ms, struct str name, struct span at)
{
    struct str *names = ARENA_ARRAY(ms->c->arena, ms->n + 1, struct str);
    for (size_t i = 0; i < ms->n; i++) {
        names[i] = ms->builds[i].m.name;
        if (str_eq(names[i], name))
            return &ms->builds[i];
    }
    if (ms->c->complete &&
        !map_find(&ms->c->artefacts, str_printf(ms->c->arena, "metrics.%.*s", STR_ARG(name))))
        problem_unknown(ms->c->ds, M_UNKNOWN_NAME, at, "metric", name, names, ms->n);
    return NULL;
}

static void resolve(struct metrics *ms, struct metric_build *b);

/* Makes `name` an input; NULL when it does not exist or leads back here. */
static const struct metric *add_input(struct metrics *ms, struct metric_build *b, struct str name,
                                      struct span at)
{
    struct metric_build *in = find_metric(ms, name, at);
    if (!in) {
        b->broken = true;
        return NULL;
    }
    if (in->state == INPUTS_OPEN) {
        problem(ms->c->ds, M_METRIC_CYCLE, at, "'%.*s' depends on itself through '%.*s'",
                STR_ARG(in->m.name), STR_ARG(b->m.name));
        b->broken = true;
        return NULL;
    }
    resolve(ms, in);
    b->broken = b->broken || in->broken;
    for (size_t i = 0; i < b->m.n_inputs; i++)
        if (b->m.inputs[i] == &in->m)
            return &in->m;
    VEC(const struct metric *) inputs = {b->m.inputs, b->m.n_inputs, b->m.n_inputs};
    *VEC_PUSH(ms->c->arena, &inputs) = &in->m;
    b->m.inputs = inputs.v;
    b->m.n_inputs = inputs.n;
    return &in->m;
}

static const struct metric *input_under(struct metrics *ms, struct metric_build *b, const char *key)
{
    const struct node *n = node_get(b->node, key);
    return n && !n->broken && n->kind == NODE_SCALAR ? add_input(ms, b, n->text, n->at) : NULL;
}

static void resolve_terms(struct metrics *ms, struct metric_build *b, const struct node *n,
                          struct metric_term *t)
{
    if (t->left)
        resolve_terms(ms, b, n, t->left);
    if (t->right)
        resolve_terms(ms, b, n, t->right);
    if (t->op != MT_METRIC)
        return;
    t->metric = add_input(ms, b, t->name, node_place(n, t->from, t->to));
    while (t->metric && b->m.inputs[t->input] != t->metric)
        t->input++;
}

static enum metric_shape shape_of(struct metrics *ms, struct metric_build *b, const struct node *n,
                                  const struct metric_term *t)
{
    if (t->op == MT_NUMBER || t->op == MT_METRIC)
        return t->metric ? t->metric->shape : SHAPE_NUMBER;
    enum metric_shape left = shape_of(ms, b, n, t->left);
    if (t->op == MT_NEG)
        return left;
    enum metric_shape right = shape_of(ms, b, n, t->right);
    const char *wrong = NULL;
    if ((t->op == MT_ADD || t->op == MT_SUB) && left != right)
        wrong = "money and a number neither add nor subtract";
    else if (t->op == MT_MUL && left == SHAPE_MONEY && right == SHAPE_MONEY)
        wrong = "money cannot be multiplied by money";
    else if (t->op == MT_DIV && left == SHAPE_NUMBER && right == SHAPE_MONEY)
        wrong = "a number cannot be divided by money";
    if (wrong && !b->broken) {
        problem(ms->c->ds, M_METRIC_SHAPE, n ? node_place(n, t->from, t->to) : b->m.at, "%s",
                wrong);
        b->broken = true;
    }
    if (t->op == MT_DIV)
        return left == right ? SHAPE_NUMBER : left;
    return left == SHAPE_MONEY ? left : right;
}

static void resolve_derived(struct metrics *ms, struct metric_build *b)
{
    const struct node *n = node_get(b->node, "expr");
    b->m.expr = n && !n->broken && n->kind == NODE_SCALAR
                    ? metric_expr_parse(n, ms->c->arena, ms->c->ds)
                    : NULL;
    if (!b->m.expr) {
        b->broken = true;
        return;
    }
    resolve_terms(ms, b, n, b->m.expr);
    b->m.shape = shape_of(ms, b, n, b->m.expr);
}

static struct metric_term *input_term(struct metrics *ms, const struct metric *m, size_t input)
{
    struct metric_term *t = ARENA_NEW(ms->c->arena, struct metric_term);
    *t = (struct metric_term){.op = MT_METRIC, .name = m->name, .metric = m, .input = input};
    return t;
}

static void resolve_ratio(struct metrics *ms, struct metric_build *b)
{
    b->m.numerator = input_under(ms, b, "numerator");
    b->m.denominator = input_under(ms, b, "denominator");
    if (!b->m.numerator || !b->m.denominator)
        return;
    struct metric_term *t = ARENA_NEW(ms->c->arena, struct metric_term);
    *t = (struct metric_term){.op = MT_DIV,
                              .left = input_term(ms, b->m.numerator, 0),
                              .right = input_term(ms, b->m.denominator, b->m.n_inputs - 1)};
    b->m.expr = t;
    b->m.shape = shape_of(ms, b, NULL, t);
}

static void refuse_input_kind(struct metrics *ms, const struct node *n, const struct metric *in,
                              const char *wanted)
{
    problem(ms->c->ds, M_INPUT_KIND, n->at, "'%.*s' is a %s metric; %s is needed",
            STR_ARG(in->name), kind_words[in->kind], wanted);
}

static void resolve_cumulative(struct metrics *ms, struct metric_build *b)
{
    const struct metric *in = input_under(ms, b, "metric");
    const struct node *n = node_get(b->node, "metric");
    b->m.window = read_length(b->node, "window");
    b->m.to_date = read_unit(b->node, "to_date");
    if (b->m.window.count && b->m.to_date != PERIOD_NONE)
        problem(ms->c->ds, M_METRIC_KEYS, node_pair(b->node, "to_date")->at,
                "'window' and 'to_date' exclude each other");
    if (!in)
        return;
    b->m.shape = in->shape;
    bool adds = in->aggregate == AGG_COUNT || in->aggregate == AGG_SUM;
    if (in->kind != METRIC_SIMPLE || !in->time || !adds) {
        refuse_input_kind(ms, n, in, "a simple count or sum with a time");
        b->broken = true;
    }
}

static bool reaches(struct metrics *ms, const struct metric *m, struct str entity)
{
    struct path p;
    return m->object && model_path(m->object, entity, ms->c->arena, &p);
}

/* By default the account of the start metric's object, else its record. */
static void resolve_entity(struct metrics *ms, struct metric_build *b)
{
    struct metric *m = &b->m;
    struct node *n = node_get(b->node, "entity");
    struct str text = n && !n->broken ? n->text : STR("account");
    if (!m->start || !m->start->object)
        return;
    if (n)
        (void)path_of(ms->c, m->start->object, n, text, M_ENTITY, &m->entity);
    else if (!model_path(m->start->object, text, ms->c->arena, &m->entity))
        m->entity = (struct path){.object = m->start->object};
    for (size_t i = 0; i < m->n_plus + m->n_minus && m->entity.n_steps; i++) {
        const struct metric *in = i < m->n_plus ? m->plus[i] : m->minus[i - m->n_plus];
        if (in->object != m->start->object && !reaches(ms, in, text)) {
            struct diag *d = problem(ms->c->ds, M_ENTITY, m->at,
                                     "'%.*s' does not lead from the object of '%.*s'",
                                     STR_ARG(text), STR_ARG(in->name));
            diag_help(ms->c->ds, d,
                      "every metric of a cohort must reach whom is retained by the same path");
        }
    }
}

static const struct metric **resolve_flows(struct metrics *ms, struct metric_build *b,
                                           const char *key, size_t *n)
{
    const struct node *list = node_items(b->node, key);
    const struct metric **out = ARENA_ARRAY(ms->c->arena, list->n + 1, const struct metric *);
    for (size_t i = 0; i < list->n; i++) {
        const struct node *item = list->items[i];
        const struct metric *in = item->broken || item->kind != NODE_SCALAR
                                      ? NULL
                                      : add_input(ms, b, item->text, item->at);
        if (!in)
            continue;
        if (in->kind != METRIC_SIMPLE || !in->time)
            refuse_input_kind(ms, item, in, "a simple metric with a time");
        else if (b->m.start && in->shape != b->m.start->shape)
            problem(ms->c->ds, M_METRIC_SHAPE, item->at,
                    "'%.*s' and '%.*s' are not both money or both numbers", STR_ARG(in->name),
                    STR_ARG(b->m.start->name));
        out[(*n)++] = in;
    }
    return out;
}

static void resolve_cohort(struct metrics *ms, struct metric_build *b)
{
    struct metric *m = &b->m;
    m->start = input_under(ms, b, "start");
    if (m->start && (m->start->kind != METRIC_SNAPSHOT ||
                     (m->start->aggregate != AGG_SUM && m->start->aggregate != AGG_COUNT)))
        refuse_input_kind(ms, node_get(b->node, "start"), m->start,
                          "a snapshot that is a sum or a count");
    m->plus = resolve_flows(ms, b, "plus", &m->n_plus);
    m->minus = resolve_flows(ms, b, "minus", &m->n_minus);
    m->window = read_length(b->node, "window");
    bool flow = node_get(b->node, "plus") || node_get(b->node, "minus");
    const struct pair *measure = node_pair(b->node, "measure");
    if (flow && measure)
        problem(ms->c->ds, M_METRIC_KEYS, measure->at,
                "'measure' and 'plus', 'minus' exclude each other");
    m->measure = flow ? COHORT_FLOW
                      : (enum cohort_measure)read_word(b->node, "measure", measure_words,
                                                       COHORT_NET);
    if (!m->window.count && m->grain == PERIOD_NONE) {
        struct diag *d = problem(ms->c->ds, M_METRIC_NEEDS, m->at,
                                 "'%.*s' does not say from when to when", STR_ARG(m->name));
        diag_help(ms->c->ds, d, "add window: 12 months, or a grain");
    }
    struct node *object = node_get(b->node, "object");
    const struct object *o = compile_object(ms->c, object);
    if (o && m->start && m->start->object && o != m->start->object)
        problem(ms->c->ds, M_ENTITY, object->at, "'%.*s' is over %.*s, not %.*s",
                STR_ARG(m->start->name), STR_ARG(m->start->object->name), STR_ARG(o->name));
    resolve_entity(ms, b);
}

/* ---- dimensions -------------------------------------------------------------------------------- */

/* Whether all records behind `m` have the dimension; the first metric that lacks it otherwise. */
static const struct metric *lacks_dimension(struct metrics *ms, const struct metric *m,
                                            struct str name)
{
    struct path p;
    if (m->object)
        return metric_dimension(m, name, ms->c->arena, &p) || path_is_broken(m->object, name) ? NULL
                                                                                              : m;
    for (size_t i = 0; i < m->n_inputs; i++) {
        const struct metric *lacking = lacks_dimension(ms, m->inputs[i], name);
        if (lacking)
            return lacking;
    }
    return NULL;
}

static void read_dimensions(struct metrics *ms, struct metric_build *b)
{
    const struct node *list = node_items(b->node, "dimensions");
    struct metric *m = &b->m;
    m->dimensions = ARENA_ARRAY(ms->c->arena, list->n + 1, struct dimension);
    for (size_t i = 0; i < list->n; i++) {
        struct node *n = list->items[i];
        struct node *path = n->kind == NODE_MAP ? node_get(n, "path") : n;
        if (!path || path->broken || path->kind != NODE_SCALAR)
            continue;
        struct dimension d = {.name = n->kind == NODE_MAP ? node_text(n, "name") : n->text};
        if (m->object) {
            if (!path_of(ms->c, m->object, path, path->text, M_DIMENSION, &d.path))
                continue;
        } else if (!b->broken) {
            const struct metric *lacking = lacks_dimension(ms, m, d.name);
            if (lacking) {
                struct diag *e = problem(ms->c->ds, M_DIMENSION, n->at,
                                         "the input '%.*s' has no dimension '%.*s'",
                                         STR_ARG(lacking->name), STR_ARG(d.name));
                diag_help(ms->c->ds, e,
                          "give '%.*s' a dimension {name: %.*s, path: …}, or remove it here",
                          STR_ARG(lacking->name), STR_ARG(d.name));
                continue;
            }
        }
        m->dimensions[m->n_dimensions++] = d;
    }
}

/* Each is a dimension that the metric is offered by. */
static void read_only_by(struct metrics *ms, struct metric_build *b)
{
    const struct node *list = node_items(b->node, "only_by");
    struct metric *m = &b->m;
    m->only_by = ARENA_ARRAY(ms->c->arena, list->n + 1, struct str);
    for (size_t i = 0; i < list->n; i++) {
        const struct node *n = list->items[i];
        bool found = n->broken || n->kind != NODE_SCALAR;
        for (size_t k = 0; k < m->n_dimensions && !found; k++)
            found = str_eq(m->dimensions[k].name, n->text);
        if (found && n->kind == NODE_SCALAR)
            m->only_by[m->n_only_by++] = n->text;
        else if (!found)
            problem(ms->c->ds, M_DIMENSION, n->at, "'%.*s' is no dimension of '%.*s'",
                    STR_ARG(n->text), STR_ARG(m->name));
    }
}

/* ---- all --------------------------------------------------------------------------------------- */

static void resolve(struct metrics *ms, struct metric_build *b)
{
    if (b->state != INPUTS_UNSEEN)
        return;
    b->state = INPUTS_OPEN;
    if (b->m.kind == METRIC_RATIO)
        resolve_ratio(ms, b);
    else if (b->m.kind == METRIC_DERIVED)
        resolve_derived(ms, b);
    else if (b->m.kind == METRIC_CUMULATIVE)
        resolve_cumulative(ms, b);
    else if (b->m.kind == METRIC_COHORT)
        resolve_cohort(ms, b);
    b->state = INPUTS_DONE;
    read_dimensions(ms, b);
    read_only_by(ms, b);
    struct model *model = ms->c->m;
    model->metrics[model->n_metrics++] = &b->m;
    map_put(&model->metric_by_name, b->m.name, &b->m);
}

static void declare_metric(struct compile *c, struct metric_build *b)
{
    struct metric *m = &b->m;
    struct node *n = b->node;
    m->name = node_text(n, "name");
    m->at = node_get(n, "name")->at;
    m->kind = (enum metric_kind)read_word(n, "kind", kind_words, METRIC_SIMPLE);
    numbering_give(c->numbers, (struct number_scope){NUM_METRIC, 0, 0}, m->name,
                   node_text(n, "was"), STR_NONE);
    read_common(c, m, n);
    check_kind_keys(c, b);
    bool records = OF(m->kind) & RECORDS;
    if (records)
        m->object = compile_object(c, node_get(n, "object"));
    b->broken = b->broken || (records && !m->object);
    if (m->object)
        compile_records(c, b);
    else if (OF(m->kind) & STAGES)
        compile_stages(c, b);
    m->owner = compile_owner(c, n, m->object, NULL);
}

void compile_metrics(struct compile *c)
{
    const struct node *list = section_list(c, "metrics");
    struct metrics ms = {.c = c, .builds = ARENA_ARRAY(c->arena, list->n + 1, struct metric_build)};
    for (size_t i = 0; i < list->n; i++) {
        struct node *n = list->items[i];
        if (!node_text(n, "name").n || !node_text(n, "kind").n || n->broken)
            continue;
        ms.builds[ms.n].node = n;
        declare_metric(c, &ms.builds[ms.n++]);
    }
    c->m->metrics = ARENA_ARRAY(c->arena, ms.n + 1, struct metric *);
    map_init(&c->m->metric_by_name, c->arena);
    for (size_t i = 0; i < ms.n; i++)
        resolve(&ms, &ms.builds[i]);
}
