#include "face/answer.h"

#include "model/metric_expr.h"
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* ---- figures ------------------------------------------------------------------------------------------------------ */

/* Six digits are enough to compare and few enough to read; zeros at the end say nothing. */
static struct str number_text(struct ratio r, struct arena *arena)
{
    char room[RATIO_TEXT_MAX];
    struct str s = ratio_text(r, 6, room);
    while (s.n > 0 && s.p[s.n - 1] == '0')
        s.n--;
    if (s.n > 0 && s.p[s.n - 1] == '.')
        s.n--;
    return str_dup(arena, s);
}

struct str figure_text(const struct figure *f, struct currency company, struct arena *arena)
{
    char room[RATIO_TEXT_MAX];
    switch (f->kind) {
    case FIGURE_NONE:
        return STR_NONE;
    case FIGURE_TEXT:
        return f->text;
    case FIGURE_MONEY:
        return str_dup(arena, ratio_text(f->exact, currency_digits(company), room));
    case FIGURE_NUMBER:
        return number_text(f->exact, arena);
    }
    return STR_NONE;
}

/* (this - then) / |then|; empty where there is none. */
static struct str change_text(const struct figure *now, const struct figure *then,
                              struct arena *arena)
{
    struct ratio difference, size = then->exact, out;
    bool numbers = now->kind != FIGURE_NONE && now->kind != FIGURE_TEXT && then->kind == now->kind;
    if (!numbers || ratio_is_zero(then->exact))
        return STR_NONE;
    if (size.num < 0)
        size.num = -size.num;
    if (!ratio_sub(now->exact, then->exact, &difference) || !ratio_div(difference, size, &out))
        return STR_NONE;
    return number_text(out, arena);
}

/* ---- the definition in words ----------------------------------------------------------------------------------------- */

static const char *aggregate_words(enum aggregate g)
{
    switch (g) {
    case AGG_COUNT:
        return "number";
    case AGG_SUM:
        return "sum";
    case AGG_AVERAGE:
        return "average";
    case AGG_MIN:
        return "least";
    case AGG_MAX:
        return "greatest";
    case AGG_MEDIAN:
        return "median";
    case AGG_COUNT_DISTINCT:
        return "number of different values";
    case AGG_LATEST:
        return "latest value";
    }
    return "";
}

static struct str value_words(const struct metric *m)
{
    if (m->value_expr)
        return expr_text(m->value_expr);
    return m->value.n_steps > 0 ? m->value.text : STR_NONE;
}

static struct str leaf_sentence(const struct metric *m, struct arena *arena)
{
    struct str name = m->object->plural.n ? m->object->plural : m->object->name,
               value = value_words(m);
    struct str where = m->where ? str_printf(arena, " where %.*s", STR_ARG(expr_text(m->where)))
                                : STR("");
    struct str what = value.n
                          ? str_printf(arena, "%s of %.*s over %.*s", aggregate_words(m->aggregate),
                                       STR_ARG(value), STR_ARG(name))
                          : str_printf(arena, "%s of %.*s", aggregate_words(m->aggregate),
                                       STR_ARG(name));
    struct str when = STR("");
    if (m->kind == METRIC_SNAPSHOT)
        when = m->take_start ? STR(", as they stood at the period's start")
                             : STR(", as they stood at the period's end");
    else if (m->time)
        when = str_printf(arena, ", by %.*s", STR_ARG(m->time->name));
    return str_printf(arena, "%.*s%.*s%.*s", STR_ARG(what), STR_ARG(where), STR_ARG(when));
}

static struct str cohort_sentence(const struct metric *m, struct arena *arena)
{
    const char *end = m->measure == COHORT_NET ? "their value at the end over that at the start"
                      : m->measure == COHORT_GROSS
                          ? "the lesser of their values at both ends over that at the start"
                      : m->measure == COHORT_LOGO
                          ? "the share of them still above 0 at the end"
                          : "their start with its movements, over the start";
    return str_printf(arena, "of those with %.*s above 0 at the start: %s", STR_ARG(m->start->name),
                      end);
}

struct str metric_sentence(const struct metric *m, struct arena *arena)
{
    struct buf b;
    struct str out;
    switch (m->kind) {
    case METRIC_SIMPLE:
    case METRIC_SNAPSHOT:
        return leaf_sentence(m, arena);
    case METRIC_RATIO:
    case METRIC_DERIVED:
        buf_init(&b, 64u << 10);
        metric_expr_text(m->expr, &b);
        out = str_dup(arena, buf_view(&b));
        buf_release(&b);
        return out;
    case METRIC_CUMULATIVE:
        if (m->window.count > 0)
            return str_printf(arena, "%.*s over the last %u %s%s", STR_ARG(m->inputs[0]->name),
                              m->window.count, period_unit_name(m->window.unit),
                              m->window.count > 1 ? "s" : "");
        if (m->to_date != PERIOD_NONE)
            return str_printf(arena, "%.*s since the start of the %s", STR_ARG(m->inputs[0]->name),
                              period_unit_name(m->to_date));
        return str_printf(arena, "%.*s since ever", STR_ARG(m->inputs[0]->name));
    case METRIC_CONVERSION:
        return str_printf(arena, "share of %s entering %.*s that reach %.*s",
                          m->per_visit ? "visits" : "records", STR_ARG(m->from->name),
                          STR_ARG(m->to->name));
    case METRIC_STAGE_TIME:
        return str_printf(arena, "%s of the days of every visit to %.*s",
                          aggregate_words(m->aggregate), STR_ARG(m->from->name));
    case METRIC_COHORT:
        return cohort_sentence(m, arena);
    }
    return STR_NONE;
}

/* ---- JSON ---------------------------------------------------------------------------------------------------------------- */

static void put_value(const struct figure *f, struct currency company, struct arena *arena,
                      struct json_out *out)
{
    char number[40];
    json_key(out, "value");
    if (f->kind == FIGURE_NONE) {
        json_put_null(out);
        json_field_cstr(out, "reason", no_value_name(f->why));
        json_field_str(out, "because", f->because);
        return;
    }
    if (f->kind == FIGURE_TEXT) {
        json_put_str(out, f->text);
    } else {
        int n = snprintf(number, sizeof(number), "%.15g", ratio_double(f->exact));
        json_put_number(out, (struct str){number, (size_t)n});
    }
    json_field_str(out, "text", figure_text(f, company, arena));
}

static void put_figure_fields(const struct figure *f, const struct figure *then,
                              struct currency company, struct arena *arena, struct json_out *out)
{
    put_value(f, company, arena, out);
    json_field_int(out, "records", (int64_t)f->rows);
    if (!then)
        return;
    struct str change = change_text(f, then, arena);
    json_key(out, "compare");
    json_begin_object(out);
    put_value(then, company, arena, out);
    if (change.n > 0)
        json_field_str(out, "change", change);
    json_end_object(out);
}

static void put_figure(const struct figure *f, struct currency company, struct arena *arena,
                       struct json_out *out)
{
    json_begin_object(out);
    put_figure_fields(f, NULL, company, arena, out);
    json_end_object(out);
}

static void put_optional(struct json_out *out, const char *key, struct str s)
{
    if (s.n > 0)
        json_field_str(out, key, s);
}

static void put_day(struct json_out *out, const char *key, struct date d)
{
    char room[16];
    json_field_str(out, key, date_text(d, room));
}

static void put_decimal(struct json_out *out, const char *key, struct decimal d)
{
    char room[32];
    json_field_str(out, key, decimal_text(d, room));
}

static bool comparable(const struct figure *f)
{
    return f->kind == FIGURE_NUMBER || f->kind == FIGURE_MONEY;
}

static void put_aims(const struct answer *a, struct json_out *out)
{
    const struct metric *m = a->metric;
    bool judged = a->has_total && comparable(&a->total);
    if (m->has_at_least || m->has_at_most) {
        json_key(out, "target");
        json_begin_object(out);
        if (m->has_at_least)
            put_decimal(out, "at_least", m->target_at_least);
        if (m->has_at_most)
            put_decimal(out, "at_most", m->target_at_most);
        bool met = judged &&
                   (!m->has_at_least ||
                    ratio_cmp(a->total.exact, ratio_decimal(m->target_at_least)) >= 0) &&
                   (!m->has_at_most ||
                    ratio_cmp(a->total.exact, ratio_decimal(m->target_at_most)) <= 0);
        if (judged)
            json_field_cstr(out, "state", met ? "met" : "missed");
        json_end_object(out);
    }
    for (size_t i = 0; i < m->n_benchmarks; i++) {
        const struct benchmark *b = &m->benchmarks[i];
        if (b->value.n > 0)
            continue;
        json_key(out, "benchmark");
        json_begin_object(out);
        put_decimal(out, "low", b->low);
        put_decimal(out, "high", b->high);
        put_optional(out, "source", m->benchmark_source);
        if (judged)
            json_field_cstr(out, "state",
                            ratio_cmp(a->total.exact, ratio_decimal(b->low)) < 0    ? "below"
                            : ratio_cmp(a->total.exact, ratio_decimal(b->high)) > 0 ? "above"
                                                                                    : "within");
        json_end_object(out);
        return;
    }
}

static void put_scope(const struct answer *a, struct json_out *out)
{
    char room[40];
    if (a->has_window) {
        json_key(out, "window");
        json_begin_object(out);
        put_day(out, "from", a->from);
        put_day(out, "to", a->to);
        json_field_str(out, "zone", a->lineage.zone);
        json_end_object(out);
    }
    if (a->has_grain)
        json_field_str(out, "grain", grain_name(a->grain));
    if (a->lineage.has_as_of)
        json_field_str(out, "as_of", instant_text(a->lineage.as_of, room));
    if (a->lineage.has_known)
        json_field_str(out, "known", instant_text(a->lineage.known, room));
    put_optional(out, "where", a->where);
}

static void put_row(const struct answer *a, const struct answer_row *r, struct arena *arena,
                    struct json_out *out)
{
    char label[16];
    struct fiscal fiscal = {a->model->company.fiscal_month, a->model->company.fiscal_day};
    json_begin_object(out);
    if (r->has_bucket) {
        json_key(out, "bucket");
        json_begin_object(out);
        json_field_str(out, "label", period_label(fiscal, r->bucket, label));
        put_day(out, "from", r->bucket.from);
        put_day(out, "to", r->bucket.to);
        json_end_object(out);
    }
    json_key(out, "group");
    json_begin_object(out);
    for (size_t i = 0; i < a->n_dimensions; i++) {
        json_key_str(out, a->dimensions[i]);
        if (r->keys[i].none) {
            json_put_null(out);
            continue;
        }
        json_begin_object(out);
        json_field_str(out, "value", r->keys[i].value);
        json_field_str(out, "label", r->keys[i].label);
        json_end_object(out);
    }
    json_end_object(out);
    put_figure_fields(&r->figure, r->has_compare ? &r->compare : NULL, a->model->company.currency,
                      arena, out);
    json_end_object(out);
}

static void put_excluded(const struct answer *a, const struct metric *only, struct json_out *out)
{
    json_key(out, "excluded");
    json_begin_array(out);
    for (size_t i = 0; i < a->n_left_out; i++) {
        const struct exclusion *x = &a->left_out[i];
        if (only && x->metric != only)
            continue;
        json_begin_object(out);
        json_field_str(out, "metric", x->metric->name);
        json_field_cstr(out, "reason", left_out_name(x->why));
        json_field_str(out, "text", x->sentence);
        json_field_int(out, "records", (int64_t)x->count);
        json_end_object(out);
    }
    json_end_array(out);
}

static void put_lineage(const struct lineage *l, struct json_out *out)
{
    char room[40];
    json_begin_object(out);
    json_field_int(out, "seq", (int64_t)l->seq);
    json_field_int(out, "model_version", l->model_version);
    json_field_str(out, "now", instant_text(l->now, room));
    put_optional(out, "rates", l->rates);
    json_end_object(out);
}

const char *metric_kind_name(enum metric_kind k)
{
    static const char *const names[] = {
        [METRIC_SIMPLE] = "simple",         [METRIC_RATIO] = "ratio",
        [METRIC_DERIVED] = "derived",       [METRIC_CUMULATIVE] = "cumulative",
        [METRIC_CONVERSION] = "conversion", [METRIC_COHORT] = "cohort",
        [METRIC_SNAPSHOT] = "snapshot",     [METRIC_STAGE_TIME] = "stage_time",
    };
    return names[k];
}

static const char *shape_name(enum figure_kind k)
{
    return k == FIGURE_MONEY ? "money" : k == FIGURE_TEXT ? "text" : "number";
}

static struct str label_of(const struct metric *m)
{
    return m->label.n > 0 ? m->label : m->name;
}

static void put_since(const struct metric_book *book, const struct metric *m, struct json_out *out)
{
    const struct metric_since *since = metric_book_find(book, m);
    char room[40];
    if (!since)
        return;
    json_key(out, "since");
    json_begin_object(out);
    json_field_int(out, "version", since->version);
    json_field_str(out, "recorded_at", instant_text(since->recorded_at, room));
    json_field_str(out, "actor", since->actor);
    if (since->or_earlier)
        json_field_bool(out, "or_earlier", true);
    json_end_object(out);
}

void answer_json(const struct answer *a, const struct metric_book *book, struct arena *arena,
                 struct json_out *out)
{
    const struct metric *m = a->metric;
    json_begin_object(out);
    json_field_str(out, "metric", m->name);
    json_field_str(out, "label", label_of(m));
    json_field_cstr(out, "kind", metric_kind_name(m->kind));
    json_field_cstr(out, "shape", shape_name(a->kind));
    put_optional(out, "unit", a->unit);
    json_field_str(out, "owner", m->owner ? m->owner->name : STR_NONE);
    put_optional(out, "so_what", m->so_what);
    json_field_str(out, "definition", metric_sentence(m, arena));
    put_since(book, m, out);
    put_optional(out, "population", a->population);
    put_aims(a, out);
    put_scope(a, out);
    json_key(out, "columns");
    json_begin_array(out);
    for (size_t i = 0; i < a->n_dimensions; i++) {
        json_begin_object(out);
        json_field_str(out, "name", a->dimensions[i]);
        json_field_str(out, "label", a->dimensions[i]);
        json_end_object(out);
    }
    json_end_array(out);
    json_key(out, "rows");
    json_begin_array(out);
    for (size_t i = 0; i < a->n_rows; i++)
        put_row(a, &a->rows[i], arena, out);
    json_end_array(out);
    if (a->has_total) {
        json_key(out, "total");
        put_figure(&a->total, a->model->company.currency, arena, out);
    }
    put_excluded(a, NULL, out);
    json_key(out, "lineage");
    put_lineage(&a->lineage, out);
    json_key(out, "warnings");
    json_begin_array(out);
    json_end_array(out);
    json_end_object(out);
}

static void put_record(const struct explained_record *r, struct arena *arena, struct json_out *out)
{
    json_begin_object(out);
    json_field_str(out, "id", r->shown);
    json_field_str(out, "title", r->title.n > 0 ? r->title : r->shown);
    if (r->has_value)
        json_field_str(out, "value", number_text(r->value, arena));
    if (r->has_second)
        json_field_str(out, "second", number_text(r->second, arena));
    json_end_object(out);
}

static void put_part(const struct explanation *x, const struct explained *p,
                     const struct metric_book *book, struct arena *arena, struct json_out *out)
{
    const struct metric *m = p->metric;
    json_begin_object(out);
    json_field_str(out, "metric", m->name);
    json_field_str(out, "label", label_of(m));
    json_field_int(out, "depth", (int64_t)p->depth);
    json_field_cstr(out, "shape", m->shape == SHAPE_MONEY ? "money" : "number");
    put_optional(out, "unit", m->unit);
    if (m->expr)
        json_field_str(out, "expr", metric_sentence(m, arena));
    json_field_str(out, "definition", metric_sentence(m, arena));
    put_since(book, m, out);
    json_field_str(out, "owner", m->owner ? m->owner->name : STR_NONE);
    json_key(out, "figure");
    put_figure(&p->figure, x->answer.model->company.currency, arena, out);
    json_field_bool(out, "leaf", p->is_leaf);
    if (p->object)
        json_field_str(out, "object", p->object->name);
    put_optional(out, "population", p->population);
    put_excluded(&x->answer, m, out);
    if (p->is_leaf) {
        json_key(out, "records");
        json_begin_array(out);
        for (size_t i = 0; i < p->n_records; i++)
            put_record(&p->records[i], arena, out);
        json_end_array(out);
        json_field_int(out, "total", (int64_t)p->total);
        if (x->offset + p->n_records < p->total)
            json_field_str(out, "cursor", str_printf(arena, "%zu", x->offset + p->n_records));
        json_field_str(out, "sql", p->sql);
    }
    if (m->at.source)
        json_field_str(out, "at",
                       str_printf(arena, "%.*s:%u", STR_ARG(m->at.source->name), m->at.line));
    json_end_object(out);
}

void explanation_json(const struct explanation *x, const struct metric_book *book,
                      struct arena *arena, struct json_out *out)
{
    json_begin_object(out);
    json_key(out, "answer");
    answer_json(&x->answer, book, arena, out);
    json_key(out, "parts");
    json_begin_array(out);
    for (size_t i = 0; i < x->n_parts; i++)
        put_part(x, &x->parts[i], book, arena, out);
    json_end_array(out);
    json_end_object(out);
}

static void put_funnel_stage(const struct funnel_stage *s, struct arena *arena,
                             struct json_out *out)
{
    json_begin_object(out);
    json_field_str(out, "stage", s->stage->name);
    json_field_str(out, "label", s->stage->label.n > 0 ? s->stage->label : s->stage->name);
    json_field_int(out, "records", (int64_t)s->records);
    if (s->has_share)
        json_field_str(out, "share", number_text(s->share, arena));
    if (s->has_of_first)
        json_field_str(out, "of_first", number_text(s->of_first, arena));
    json_end_object(out);
}

void funnel_json(const struct funnel *f, struct arena *arena, struct json_out *out)
{
    const struct process_def *p = f->process;
    json_begin_object(out);
    json_field_str(out, "process", p->name);
    json_field_str(out, "label", p->label.n > 0 ? p->label : p->name);
    json_field_str(out, "owner", p->owner ? p->owner->name : STR_NONE);
    if (f->has_window) {
        json_key(out, "window");
        json_begin_object(out);
        put_day(out, "from", f->from);
        put_day(out, "to", f->to);
        json_field_str(out, "zone", f->lineage.zone);
        json_end_object(out);
    }
    json_key(out, "stages");
    json_begin_array(out);
    for (size_t i = 0; i < p->n_stages; i++)
        if (!p->stages[i].moved_to)
            put_funnel_stage(&f->stages[i], arena, out);
    json_end_array(out);
    json_key(out, "excluded");
    json_begin_array(out);
    json_end_array(out);
    json_key(out, "lineage");
    put_lineage(&f->lineage, out);
    json_end_object(out);
}
