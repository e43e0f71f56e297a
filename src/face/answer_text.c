#include "base/csv.h"
#include "face/answer.h"

#include <inttypes.h>
#include <string.h>

/* ---- CSV ------------------------------------------------------------------------------------------------------------ */

static struct fiscal fiscal_of(const struct answer *a)
{
    return (struct fiscal){a->model->company.fiscal_month, a->model->company.fiscal_day};
}

static void csv_head(const struct answer *a, struct csv_out *w)
{
    static const char *const own[] = {"unit", "records", "reason", "compare"};
    if (a->has_grain)
        csv_put_plain(w, grain_name(a->grain));
    for (size_t i = 0; i < a->n_dimensions; i++)
        csv_put_plain(w, a->dimensions[i]);
    csv_put_plain(w, a->metric->name);
    for (size_t i = 0; i < (a->compare.n > 0 ? 4u : 3u); i++)
        csv_put_plain(w, str_of(own[i]));
    csv_end_row(w);
}

/* The number beside its unit: of unit `%` the share times 100. */
static struct str csv_number(const struct answer *a, const struct figure *f, struct arena *arena)
{
    struct figure percent = *f;
    if (f->kind == FIGURE_NUMBER && str_is(a->unit, "%") &&
        ratio_mul(f->exact, ratio_int(100), &percent.exact))
        return figure_text(&percent, a->model->company.currency, arena);
    return figure_text(f, a->model->company.currency, arena);
}

/* A table without groups or buckets still says what the figure is, or why there is none. */
static void csv_total(const struct answer *a, struct arena *arena, struct csv_out *w)
{
    for (size_t i = 0; i < a->n_dimensions + (a->has_grain ? 1u : 0u); i++)
        csv_put_plain(w, STR(""));
    csv_put_plain(w, csv_number(a, &a->total, arena));
    csv_put_text(w, a->unit);
    csv_put_plain(w, str_printf(arena, "%" PRIu64, a->total.rows));
    csv_put_plain(w, str_of(no_value_name(a->total.why)));
    if (a->compare.n > 0)
        csv_put_plain(w, STR(""));
    csv_end_row(w);
}

/* Labels of groups are other people's text: a spreadsheet must not take one for a formula. */
void answer_csv(const struct answer *a, struct arena *arena, struct buf *out)
{
    char label[16];
    struct csv_out w = {.out = out, .neutralise = true};
    csv_head(a, &w);
    for (size_t i = 0; i < a->n_rows; i++) {
        const struct answer_row *r = &a->rows[i];
        if (r->has_bucket)
            csv_put_plain(&w, period_label(fiscal_of(a), r->bucket, label));
        for (size_t k = 0; k < a->n_dimensions; k++)
            csv_put_text(&w, r->keys[k].none ? STR("") : r->keys[k].label);
        csv_put_plain(&w, csv_number(a, &r->figure, arena));
        csv_put_text(&w, a->unit);
        csv_put_plain(&w, str_printf(arena, "%" PRIu64, r->figure.rows));
        csv_put_plain(&w, str_of(no_value_name(r->figure.why)));
        if (a->compare.n > 0)
            csv_put_plain(&w, csv_number(a, &r->compare, arena));
        csv_end_row(&w);
    }
    if (a->n_rows == 0 && a->has_total)
        csv_total(a, arena, &w);
}

/* ---- tables for people ---------------------------------------------------------------------------------------------- */

enum { COLUMNS_MAX = 10 };

struct table {
    struct arena *a;
    size_t n, n_rows, width[COLUMNS_MAX];
    bool right[COLUMNS_MAX];
    struct str *cells; /* rows of n, the head first */
};

static void table_init(struct table *t, struct arena *a, size_t n, size_t rows)
{
    *t = (struct table){.a = a, .n = n};
    t->cells = ARENA_ARRAY(a, n * rows, struct str);
}

static void table_add(struct table *t, size_t col, struct str s)
{
    size_t length = utf8_length(s);
    t->cells[t->n_rows * t->n + col] = s;
    if (length > t->width[col])
        t->width[col] = length;
}

static void table_put(const struct table *t, struct buf *out)
{
    for (size_t r = 0; r < t->n_rows; r++) {
        for (size_t c = 0; c < t->n; c++) {
            struct str s = t->cells[r * t->n + c];
            size_t gap = t->width[c] - utf8_length(s);
            if (c > 0)
                buf_cstr(out, "  ");
            if (t->right[c])
                buf_fill(out, ' ', gap);
            buf_str(out, s);
            if (!t->right[c] && c + 1 < t->n)
                buf_fill(out, ' ', gap);
        }
        buf_char(out, '\n');
    }
}

/* A share is shown as per cent; money with its currency's digits. */
struct str answer_shown(const struct answer *a, const struct figure *f, struct arena *arena)
{
    char room[RATIO_TEXT_MAX];
    struct ratio percent;
    if (f->kind == FIGURE_NONE)
        return str_printf(arena, "- (%s)", no_value_name(f->why));
    if (f->kind == FIGURE_NUMBER && str_is(a->unit, "%") &&
        ratio_mul(f->exact, ratio_int(100), &percent))
        return str_printf(arena, "%.*s %%", STR_ARG(ratio_text(percent, 2, room)));
    struct str text = figure_text(f, a->model->company.currency, arena);
    return a->unit.n > 0 && !str_is(a->unit, "%")
               ? str_printf(arena, "%.*s %.*s", STR_ARG(text), STR_ARG(a->unit))
               : text;
}

static void put_notes(const struct answer *a, struct arena *arena, struct buf *out)
{
    char from[16], to[16], now[40], known[40];
    const struct lineage *l = &a->lineage;
    buf_printf(out, "\n%.*s: %.*s\n", STR_ARG(a->metric->name),
               STR_ARG(metric_sentence(a->metric, arena)));
    if (a->has_window)
        buf_printf(out, "window: [%.*s, %.*s) in %.*s\n", STR_ARG(date_text(a->from, from)),
                   STR_ARG(date_text(a->to, to)), STR_ARG(l->zone));
    if (a->compare.n > 0)
        buf_printf(out, "compared with: [%.*s, %.*s)\n", STR_ARG(date_text(a->compare_from, from)),
                   STR_ARG(date_text(a->compare_to, to)));
    if (a->where.n > 0)
        buf_printf(out, "where: %.*s\n", STR_ARG(a->where));
    for (size_t i = 0; i < a->n_left_out; i++)
        buf_printf(out, "left out: %" PRIu64 " %.*s (%.*s)\n", a->left_out[i].count,
                   STR_ARG(a->left_out[i].sentence), STR_ARG(a->left_out[i].metric->name));
    if (a->has_total && a->total.kind == FIGURE_NONE)
        buf_printf(out, "no value: %.*s\n", STR_ARG(a->total.because));
    if (l->has_as_of)
        buf_printf(out, "as of: %.*s\n", STR_ARG(instant_text(l->as_of, now)));
    if (l->has_known)
        buf_printf(out, "known at: %.*s\n", STR_ARG(instant_text(l->known, known)));
    buf_printf(out, "ledger: %" PRIu64 ", definitions: version %u", l->seq, l->model_version);
    if (l->rates.n > 0)
        buf_printf(out, ", rates: %.*s", STR_ARG(l->rates));
    buf_char(out, '\n');
}

void answer_table(const struct answer *a, struct arena *arena, struct buf *out)
{
    char label[16];
    struct table t;
    bool compared = a->compare.n > 0, grouped = a->n_dimensions > 0 || a->has_grain;
    size_t head = a->n_dimensions + (a->has_grain ? 1 : 0), value = head;
    table_init(&t, arena, head + 2 + (compared ? 1 : 0), a->n_rows + 2);
    if (a->has_grain)
        table_add(&t, 0, grain_name(a->grain));
    for (size_t k = 0; k < a->n_dimensions; k++)
        table_add(&t, head - a->n_dimensions + k, a->dimensions[k]);
    table_add(&t, value, a->metric->name);
    table_add(&t, value + 1, STR("records"));
    if (compared)
        table_add(&t, value + 2, STR("before"));
    for (size_t c = value; c < t.n; c++)
        t.right[c] = true;
    t.n_rows = 1;
    for (size_t i = 0; i < a->n_rows; i++, t.n_rows++) {
        const struct answer_row *r = &a->rows[i];
        if (a->has_grain)
            table_add(&t, 0, str_dup(arena, period_label(fiscal_of(a), r->bucket, label)));
        for (size_t k = 0; k < a->n_dimensions; k++)
            table_add(&t, head - a->n_dimensions + k, r->keys[k].label);
        table_add(&t, value, answer_shown(a, &r->figure, arena));
        table_add(&t, value + 1, str_printf(arena, "%" PRIu64, r->figure.rows));
        if (compared)
            table_add(&t, value + 2, answer_shown(a, &r->compare, arena));
    }
    if (grouped && a->has_total) {
        table_add(&t, 0, STR("total"));
        table_add(&t, value, answer_shown(a, &a->total, arena));
        table_add(&t, value + 1, str_printf(arena, "%" PRIu64, a->total.rows));
        t.n_rows++;
    }
    table_put(&t, out);
    put_notes(a, arena, out);
}

/* ---- explanations ------------------------------------------------------------------------------------------------------ */

static void put_records(const struct explanation *x, const struct explained *p, struct arena *arena,
                        struct buf *out)
{
    for (size_t i = 0; i < p->n_records; i++) {
        const struct explained_record *r = &p->records[i];
        struct figure value = {.kind = FIGURE_NUMBER, .exact = r->value},
                      second = {.kind = FIGURE_NUMBER, .exact = r->second};
        struct currency company = x->answer.model->company.currency;
        buf_fill(out, ' ', 2 * p->depth + 4);
        buf_printf(out, "%.*s", STR_ARG(r->shown));
        if (r->title.n && !str_eq(r->title, r->shown))
            buf_printf(out, "  %.*s", STR_ARG(r->title));
        if (r->has_value)
            buf_printf(out, "  %.*s", STR_ARG(figure_text(&value, company, arena)));
        if (r->has_second)
            buf_printf(out, "  -> %.*s", STR_ARG(figure_text(&second, company, arena)));
        buf_char(out, '\n');
    }
    if (x->offset + p->n_records < p->total) {
        buf_fill(out, ' ', 2 * p->depth + 4);
        buf_printf(out, "... %" PRIu64 " more; --offset %zu shows the next\n",
                   p->total - x->offset - p->n_records, x->offset + p->n_records);
    }
}

static void put_sql(const struct explained *p, struct buf *out)
{
    buf_fill(out, ' ', 2 * p->depth + 2);
    buf_printf(out, "sql: %.*s\n", STR_ARG(p->sql));
}

static void put_since(const struct metric_book *book, const struct explained *p, struct buf *out)
{
    const struct metric_since *since = metric_book_find(book, p->metric);
    char when[40];
    if (!since)
        return;
    buf_fill(out, ' ', 2 * p->depth + 2);
    buf_printf(out, "defined so since version %u%s: %.*s, %.*s\n", since->version,
               since->or_earlier ? " or earlier" : "",
               STR_ARG(instant_text(since->recorded_at, when)), STR_ARG(since->actor));
}

void explanation_text(const struct explanation *x, const struct metric_book *book, bool sql,
                      struct arena *arena, struct buf *out)
{
    for (size_t i = 0; i < x->n_parts; i++) {
        const struct explained *p = &x->parts[i];
        struct answer shown = x->answer;
        shown.unit = i == 0 ? x->answer.unit : p->metric->unit;
        buf_fill(out, ' ', 2 * p->depth);
        buf_printf(out, "%.*s = %.*s\n", STR_ARG(p->metric->name),
                   STR_ARG(answer_shown(&shown, &p->figure, arena)));
        buf_fill(out, ' ', 2 * p->depth + 2);
        buf_printf(out, "%.*s", STR_ARG(metric_sentence(p->metric, arena)));
        if (p->metric->owner)
            buf_printf(out, "; owner %.*s", STR_ARG(p->metric->owner->name));
        buf_char(out, '\n');
        put_since(book, p, out);
        if (p->figure.kind == FIGURE_NONE) {
            buf_fill(out, ' ', 2 * p->depth + 2);
            buf_printf(out, "no value: %.*s\n", STR_ARG(p->figure.because));
        }
        if (!p->is_leaf)
            continue;
        buf_fill(out, ' ', 2 * p->depth + 2);
        buf_printf(out, "%.*s: %" PRIu64 "\n", STR_ARG(p->population), p->total);
        if (sql)
            put_sql(p, out);
        put_records(x, p, arena, out);
    }
    put_notes(&x->answer, arena, out);
}
