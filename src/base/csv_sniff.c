/* The sniffer of csv.h: reads the beginning under each plausible dialect and keeps the one that makes the best table.
 * A table is good when most rows have the same width and no cell holds another delimiter (after van den Burg, Nazábal and
 * Sutton, "Wrangling messy CSV files", 2019: pattern score times type score). */
#include "base/csv.h"
#include "base/map.h"

#include <string.h>

static const struct {
    char c;
    const char *name;
} delimiters[] = {{',', "comma"}, {';', "semicolon"}, {'\t', "tab"}, {'|', "bar"}};
enum { DELIMITERS = sizeof delimiters / sizeof *delimiters };

enum { HEADER_ROWS = 500, SURE = 100 };

struct trial {
    struct csv_dialect dialect;
    size_t rows, faults, cells, known, quoted;
    size_t columns, common; /* width of most rows, and how many have it */
    size_t preamble;
    double score;
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* A number, date or time in any of the usual spellings: digits, with nothing but their punctuation. */
static bool is_figure(struct str s)
{
    bool digit = false;
    s = str_trim(s);
    for (size_t i = 0; i < s.n; i++) {
        digit = digit || is_digit(s.p[i]);
        if (!is_digit(s.p[i]) && (!s.p[i] || !strchr("+-.,/:%$TZ '", s.p[i])))
            return false;
    }
    return digit;
}

/* Whether the cell makes sense as one: no other delimiter in it, but for decimal signs and prose. */
static bool is_known(const struct csv_cell *cell, char delimiter)
{
    if (cell->quoted || is_figure(cell->text))
        return true;
    for (size_t i = 0; i < cell->text.n; i++) {
        char c = cell->text.p[i];
        bool prose = (c == ',' || c == ';') && i + 1 < cell->text.n && cell->text.p[i + 1] == ' ';
        for (size_t k = 0; k < DELIMITERS; k++)
            if (c == delimiters[k].c && c != delimiter && !prose)
                return false;
    }
    return true;
}

/* Whether all rows of width `w` stand together, two or more: as a table does between a title and what follows it. */
static bool one_block(const uint32_t *widths, size_t n, size_t w, size_t count)
{
    size_t first = 0;
    while (first < n && widths[first] != w)
        first++;
    size_t run = first;
    while (run < n && widths[run] == w)
        run++;
    return count >= 2 && run - first == count;
}

static void find_width(struct trial *t, const uint32_t *widths, size_t n)
{
    uint32_t counts[CSV_COLUMNS_MAX + 1] = {0};
    for (size_t i = 0; i < n; i++)
        counts[widths[i]]++;
    for (size_t w = 1; w <= CSV_COLUMNS_MAX; w++) {
        bool titled = t->columns == 1 && counts[w] == t->common &&
                      one_block(widths, n, w, counts[w]);
        if (counts[w] > t->common || titled) {
            t->common = counts[w];
            t->columns = w;
        }
    }
    while (t->columns > 1 && t->preamble < n && widths[t->preamble] != t->columns)
        t->preamble++;
}

static double share(size_t part, size_t whole)
{
    return whole ? (double)part / (double)whole : 0;
}

static void rate(struct trial *t)
{
    double known = share(t->known, t->cells), good = 1 - share(t->faults, t->rows);
    double pattern = t->columns > 1 ? share(t->columns - 1, t->columns) : 0.01;
    t->score = pattern * share(t->common, t->rows) * known * known * good * good;
    t->score *= 1 +
                0.02 *
                    share(t->quoted,
                          t->cells); /* of two equal tables the one whose quotes mean something */
}

static struct trial try_dialect(struct str text, bool whole, struct arena *a, struct csv_dialect d)
{
    struct trial t = {.dialect = d};
    VEC(uint32_t) widths = {0};
    struct arena_mark mark = arena_mark(a);
    struct csv_options options = {.dialect = d};
    struct csv *c = csv_open(csv_text_source, &text, &options);
    const struct csv_row *row;
    while (csv_next(c, &row) == RC_OK && row) {
        if (row->fault == CSV_QUOTE_OPEN && !whole)
            break; /* the cut, most likely */
        t.faults += row->fault != CSV_FINE;
        *VEC_PUSH(a, &widths) = (uint32_t)row->n;
        t.cells += row->n;
        for (size_t i = 0; i < row->n; i++) {
            t.known += is_known(&row->cells[i], d.delimiter);
            t.quoted += row->cells[i].quoted;
        }
    }
    csv_close(c);
    t.rows = widths.n > 1 && !whole ? widths.n - 1 : widths.n; /* the last one is cut */
    find_width(&t, widths.v, t.rows);
    rate(&t);
    arena_release(a, mark);
    return t;
}

static enum csv_line_end find_line_end(struct str text)
{
    size_t feeds = 0, returns = 0;
    for (size_t i = 0; i < text.n; i++) {
        feeds += text.p[i] == '\n';
        returns += text.p[i] == '\r' && i + 1 < text.n && text.p[i + 1] != '\n';
    }
    return returns > feeds ? CSV_CR_END : feeds ? CSV_LF_END : CSV_ANY_END;
}

static bool has(struct str text, struct str what)
{
    return str_find(text, what, 0) >= 0;
}

/* Every dialect of one delimiter that the text gives cause to try. */
static struct trial best_of_delimiter(struct str text, bool whole, struct arena *a,
                                      struct csv_dialect d)
{
    const char spaced[] = {d.delimiter, ' ', '"'};
    struct csv_dialect escape = d, spaces = d, single = d;
    escape.escape = '\\';
    spaces.spaces = true;
    single.quote = '\'';
    const struct {
        bool cause;
        struct csv_dialect d;
    } others[] = {{has(text, STR("\\\"")), escape},
                  {d.delimiter != ' ' && has(text, (struct str){spaced, sizeof spaced}), spaces},
                  {has(text, STR("'")) && !has(text, STR("\"")), single}};
    struct trial best = try_dialect(text, whole, a, d);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        if (!others[i].cause)
            continue;
        struct trial t = try_dialect(text, whole, a, others[i].d);
        if (t.faults <= best.faults && t.score > best.score)
            best = t;
    }
    return best;
}

/* Votes whether the first row of the table names its columns. */
struct votes {
    double yes, no;
    size_t named_figures; /* columns of figures below a word */
};

struct column {
    struct str name;
    size_t filled, figures, repeats; /* cells below, those that are figures, that equal the name */
};

static bool is_name(struct str s)
{
    return s.n > 0 && s.n <= 64 && !is_digit(s.p[0]) && !has(s, STR("@")) && !has(s, STR("://"));
}

static void vote(struct votes *v, const struct column *c)
{
    bool figures = c->filled && c->figures * 10 >= c->filled * 9;
    bool figure = is_figure(c->name);
    if (c->repeats || (figure && (figures || !c->filled))) {
        v->no += 1;
    } else if (figures && c->name.n) {
        v->yes += 1;
        v->named_figures++;
    } else if (is_name(c->name)) {
        v->yes += 0.25;
    } else {
        v->no += 0.25;
    }
}

static void count_row(struct column *columns, size_t n, const struct csv_row *row)
{
    for (size_t i = 0; i < n && i < row->n; i++) {
        struct str cell = str_trim(row->cells[i].text);
        columns[i].filled += cell.n > 0;
        columns[i].figures += is_figure(cell);
        columns[i].repeats += cell.n > 0 && str_eq_nocase(cell, columns[i].name);
    }
}

static struct votes judge_header(struct str text, struct arena *a, const struct trial *t)
{
    struct votes v = {0};
    struct column *columns = ARENA_ARRAY(a, t->columns, struct column);
    struct csv_options options = {.dialect = t->dialect};
    struct csv *c = csv_open(csv_text_source, &text, &options);
    const struct csv_row *row;
    for (size_t i = 0; i < t->rows && i < t->preamble + HEADER_ROWS; i++) {
        if (csv_next(c, &row) || !row)
            break;
        if (i == t->preamble)
            for (size_t k = 0; k < t->columns && k < row->n; k++)
                columns[k].name = str_dup(a, str_trim(row->cells[k].text));
        else if (i > t->preamble)
            count_row(columns, t->columns, row);
    }
    csv_close(c);
    for (size_t k = 0; k < t->columns; k++)
        vote(&v, &columns[k]);
    return v;
}

static int percent(double x)
{
    return x >= 1 ? SURE : x <= 0 ? 0 : (int)(x * SURE + 0.5);
}

static void decide_header(struct str text, struct arena *a, const struct trial *t,
                          struct csv_guess *out)
{
    struct votes v = judge_header(text, a, t);
    double sum = v.yes + v.no;
    out->header = v.yes > v.no;
    double gap = sum > 0 ? (out->header ? v.yes - v.no : v.no - v.yes) / sum : 0;
    bool strong = out->header ? v.named_figures > 0 : v.no >= 1;
    out->header_confidence = percent(0.5 + gap * (strong ? 0.5 : 0.2));
    const char *why = !out->header          ? "the first row looks like the others"
                      : v.named_figures > 0 ? "the first row names columns of figures below it"
                                            : "the first row could be names";
    out->reason = str_printf(a, "%.*s; %s", STR_ARG(out->reason), why);
}

static int confidence(const struct trial *best, double second)
{
    double known = share(best->known, best->cells);
    double sure = share(best->common, best->rows) * known * (1 - share(best->faults, best->rows));
    double gap = best->score > 0 ? (best->score - second) / best->score : 0;
    sure *= gap > 0.5 ? 1 : 0.5 + gap;
    return percent(best->rows < 2 && sure > 0.5 ? 0.5 : sure);
}

void csv_sniff(struct str first, bool whole, struct arena *a, struct csv_guess *out)
{
    whole = whole && first.n <= CSV_SNIFF_BYTES;
    struct str text = str_sub(first, 0, CSV_SNIFF_BYTES);
    struct csv_dialect d = CSV_STANDARD;
    struct trial best = {.dialect = d};
    double second = 0;
    size_t chosen = 0;
    d.line_end = find_line_end(text);
    for (size_t i = 0; i < DELIMITERS; i++) {
        d.delimiter = delimiters[i].c;
        struct trial t = best_of_delimiter(text, whole, a, d);
        if (i == 0 || t.score > best.score) {
            second = best.score;
            best = t;
            chosen = i;
        } else if (t.score > second) {
            second = t.score;
        }
    }
    *out = (struct csv_guess){
        .dialect = best.dialect, .columns = best.columns, .preamble = best.preamble};
    if (!best.rows) {
        out->reason = STR("there is no row");
        return;
    }
    if (best.columns > 1) {
        out->confidence = confidence(&best, second);
        out->reason = str_printf(a, "the %s splits %d %% of %zu rows into %zu columns",
                                 delimiters[chosen].name, percent(share(best.common, best.rows)),
                                 best.rows, best.columns);
    } else {
        out->confidence = best.known == best.cells && !best.faults ? 80 : 20;
        out->reason = str_printf(a, "no delimiter makes columns of the %zu rows", best.rows);
    }
    decide_header(text, a, &best, out);
}
