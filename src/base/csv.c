/* The reader of csv.h. A window slides over the source; a row is scanned only when it lies in the window whole, else
 * the window is filled or made larger and the row is scanned again from its start. */
#include "base/csv.h"
#include "base/swar.h"

#include <assert.h>
#include <string.h>

enum {
    WINDOW_FIRST = 256 << 10,
    WINDOW_MOST = CSV_ROW_MAX + 4096,
    RAW_KEPT = 64 << 10, /* of a row that is too long */
    LOOK_AHEAD = 4 << 10 /* when checking bytes */
};

struct csv {
    csv_source *read;
    void *self;
    struct csv_dialect d;
    size_t width;

    char *window;
    size_t cap, at, n; /* the next row begins at `at`; `n` bytes are filled */
    uint64_t base;     /* offset of window[0] in the source */
    uint64_t line;     /* of the byte at `at` */
    uint64_t suspect_until;
    uint64_t blank;
    bool eof;
    size_t clean; /* window bytes below this, from `at` on, are UTF-8 without NUL */

    struct csv_cell *cells;
    size_t cell_cap;
    char *scratch; /* unescaped cells, or the kept part of a row that is too long */
    size_t scratch_cap;
    struct csv_row row;
};

/* Where the scan of a row stands. */
struct scan {
    const char *start, *p, *end;
    bool eof;
    bool escaped;   /* some cell needs unescaping */
    size_t columns; /* also those beyond the limit */
    enum csv_fault fault;
    const char *fault_at;
};

enum outcome {
    ROW_DONE,
    ROW_MORE /* the window ends within the row */,
    ROW_BROKEN /* quoting fault at fault_at */
};

struct csv *csv_open(csv_source *read, void *self, const struct csv_options *options)
{
    struct csv *c = mem_new(1, sizeof *c);
    c->read = read;
    c->self = self;
    c->d = options ? options->dialect : CSV_STANDARD;
    if (!c->d.delimiter)
        c->d.delimiter = ',';
    assert(c->d.delimiter != c->d.quote && c->d.delimiter != '\n' && c->d.delimiter != '\r');
    c->base = options ? options->offset : 0;
    c->line = options && options->line ? options->line : 1;
    c->width = options ? options->width : 0;
    c->cap = WINDOW_FIRST;
    c->window = mem_resize(NULL, c->cap, 1);
    return c;
}

void csv_close(struct csv *c)
{
    if (!c)
        return;
    mem_free(c->window);
    mem_free(c->cells);
    mem_free(c->scratch);
    mem_free(c);
}

uint64_t csv_blank_lines(const struct csv *c)
{
    return c->blank;
}

/* The first byte from `p` that may end a cell, or an escape. */
static const char *cell_end(const struct csv_dialect *d, const char *p, const char *end)
{
    char escape = d->escape ? d->escape : d->delimiter;
    for (; end - p >= 8; p += 8) {
        uint64_t x = swar_load(p);
        uint64_t hits = swar_is(x, d->delimiter) | swar_is(x, '\n') | swar_is(x, '\r') |
                        swar_is(x, escape);
        hits &= ~x & SWAR_HIGH;
        if (hits)
            return p + swar_first(hits);
    }
    while (p < end && *p != d->delimiter && *p != '\n' && *p != '\r' && *p != escape)
        p++;
    return p;
}

/* Bytes of the line end at `p`, 0 when it is none in this dialect, -1 when the window must show one more byte. */
static int line_end_at(const struct csv_dialect *d, const struct scan *s, const char *p)
{
    if (*p == '\n')
        return d->line_end != CSV_CR_END;
    if (*p != '\r')
        return 0;
    if (p + 1 == s->end && !s->eof)
        return -1;
    if (p + 1 < s->end && p[1] == '\n')
        return 2;
    return d->line_end != CSV_LF_END;
}

static void add_cell(struct csv *c, struct scan *s, const char *from, const char *to, bool quoted)
{
    size_t n = s->columns++;
    if (n >= CSV_COLUMNS_MAX) {
        if (!s->fault) {
            s->fault = CSV_COLUMNS;
            s->fault_at = from;
        }
        return;
    }
    if (n == c->cell_cap) {
        c->cell_cap = n ? n * 2 : 64;
        c->cells = mem_resize(c->cells, c->cell_cap, sizeof *c->cells);
    }
    c->cells[n] = (struct csv_cell){{from, (size_t)(to - from)}, quoted};
    if (to - from > CSV_CELL_MAX && !s->fault) {
        s->fault = CSV_CELL_LONG;
        s->fault_at = from;
    }
}

/* The closing quote of the cell whose inside begins at `p`; NULL when the window ends before it is certain. */
static const char *closing_quote(const struct csv_dialect *d, struct scan *s, const char *p)
{
    for (;;) {
        const char *q = p;
        if (d->escape)
            while (q < s->end && *q != d->quote && *q != d->escape)
                q++;
        else
            q = memchr(p, d->quote, (size_t)(s->end - p));
        if (!q || q == s->end)
            return NULL;
        if (d->escape && *q == d->escape) {
            if (s->end - q < 2)
                return NULL;
        } else if (q + 1 == s->end) {
            return s->eof ? q : NULL;
        } else if (d->escape || q[1] != d->quote) {
            return q;
        }
        s->escaped = true; /* a doubled quote or an escape: two bytes for one */
        p = q + 2;
    }
}

/* A quoted cell whose opening quote is at `open`. Leaves s->p behind it, on what must end the cell. */
static enum outcome scan_quoted(struct csv *c, struct scan *s, const char *open)
{
    const char *close = closing_quote(&c->d, s, open + 1);
    if (!close && !s->eof)
        return ROW_MORE;
    if (!close) {
        s->fault = CSV_QUOTE_OPEN;
        s->fault_at = open;
        return ROW_BROKEN;
    }
    const char *p = close + 1;
    while (c->d.spaces && p < s->end && *p == ' ')
        p++;
    if (p == s->end && !s->eof)
        return ROW_MORE;
    if (p < s->end && *p != c->d.delimiter) {
        int ends = line_end_at(&c->d, s, p);
        if (ends < 0)
            return ROW_MORE;
        if (!ends) {
            s->fault = CSV_QUOTE_TEXT;
            s->fault_at = p;
            return ROW_BROKEN;
        }
    }
    add_cell(c, s, open + 1, close, true);
    s->p = p;
    return ROW_DONE;
}

/* A cell without quotes. */
static enum outcome scan_plain(struct csv *c, struct scan *s)
{
    const char *from = s->p, *p = from;
    for (;;) {
        p = cell_end(&c->d, p, s->end);
        if (p == s->end || *p == c->d.delimiter)
            break;
        if (c->d.escape && *p == c->d.escape) {
            if (s->end - p < 2 && !s->eof)
                return ROW_MORE;
            s->escaped = true;
            p += s->end - p < 2 ? 1 : 2;
            continue;
        }
        int ends = line_end_at(&c->d, s, p);
        if (ends < 0)
            return ROW_MORE;
        if (ends)
            break;
        p++;
    }
    if (p == s->end && !s->eof)
        return ROW_MORE;
    add_cell(c, s, from, p, false);
    s->p = p;
    return ROW_DONE;
}

/* Cells up to a line end; s->p is then on it, or on the end of the window. */
static enum outcome scan_row(struct csv *c, struct scan *s)
{
    for (;;) {
        const char *open = s->p;
        while (c->d.spaces && open < s->end && *open == ' ')
            open++;
        if (open == s->end && !s->eof)
            return ROW_MORE;
        bool quoted = c->d.quote && open < s->end && *open == c->d.quote;
        enum outcome got = quoted ? scan_quoted(c, s, open) : scan_plain(c, s);
        if (got != ROW_DONE || s->p == s->end || *s->p != c->d.delimiter)
            return got;
        s->p++;
    }
}

/* Moves what is not yet read to the front, makes room when that fills the window, and reads until it is full or the source
 * has ended, however little the source gives at once: a long row is then scanned twice at most. */
static enum rc fill(struct csv *c)
{
    memmove(c->window, c->window + c->at, c->n - c->at);
    c->base += c->at;
    c->n -= c->at;
    c->clean = c->clean > c->at ? c->clean - c->at : 0;
    c->at = 0;
    if (c->n == c->cap) {
        c->cap = c->cap * 2 < WINDOW_MOST ? c->cap * 2 : WINDOW_MOST;
        c->window = mem_resize(c->window, c->cap, 1);
    }
    while (c->n < c->cap && !c->eof) {
        size_t got = 0;
        enum rc rc = c->read(c->self, c->window + c->n, c->cap - c->n, &got);
        if (rc)
            return rc;
        assert(got <= c->cap - c->n);
        c->n += got;
        c->eof = !got;
    }
    if (c->base == 0 && str_starts((struct str){c->window, c->n}, STR("\xef\xbb\xbf")))
        c->at = 3;
    return RC_OK;
}

/* Whether the window is UTF-8 without NUL from the row's start up to `end`. A little of what follows is looked at in the same
 * go, so that short rows together cost few calls, and rows full of bad bytes do not make each other slow. */
static bool is_clean(struct csv *c, size_t end)
{
    if (c->clean < c->at)
        c->clean = c->at;
    if (c->clean >= end)
        return true;
    size_t until = end - c->clean < LOOK_AHEAD ? c->clean + LOOK_AHEAD : end;
    struct str next = str_sub((struct str){c->window, c->n}, c->clean, until);
    const char *nul = memchr(next.p, 0, next.n);
    if (nul)
        next.n = (size_t)(nul - next.p);
    ptrdiff_t bad = utf8_invalid_at(next);
    c->clean += bad < 0 ? next.n : (size_t)bad;
    return c->clean >= end;
}

/* Line ends in `s` as the dialect has them, also those inside quotes. */
static uint32_t count_lines(const struct csv_dialect *d, struct str s)
{
    uint32_t lines = 0;
    const char *end = s.p + s.n, *p = s.p;
    for (; d->line_end != CSV_CR_END && p < end && (p = memchr(p, '\n', (size_t)(end - p))); p++)
        lines++;
    p = s.p;
    for (; d->line_end != CSV_LF_END && p < end && (p = memchr(p, '\r', (size_t)(end - p))); p++)
        lines += p + 1 == end || p[1] != '\n' || d->line_end == CSV_CR_END;
    return lines;
}

static void scratch_room(struct csv *c, size_t need)
{
    if (c->scratch_cap >= need)
        return;
    c->scratch_cap = need < RAW_KEPT ? RAW_KEPT : need;
    c->scratch = mem_resize(c->scratch, c->scratch_cap, 1);
}

static void unescape_cells(struct csv *c, const struct scan *s)
{
    scratch_room(c, (size_t)(s->p - s->start));
    char *to = c->scratch;
    for (size_t i = 0; i < c->row.n; i++) {
        struct str from = c->cells[i].text;
        char mark = c->d.escape ? c->d.escape : c->d.quote;
        if ((!c->cells[i].quoted && !c->d.escape) || !from.n || !memchr(from.p, mark, from.n))
            continue;
        char *start = to;
        for (size_t k = 0; k < from.n; k++) {
            k += from.p[k] == mark && k + 1 < from.n;
            *to++ = from.p[k];
        }
        c->cells[i].text = (struct str){start, (size_t)(to - start)};
    }
}

/* The first byte of the row that no text has. */
static void find_bad_bytes(const struct scan *s, struct csv_row *row, const char **at)
{
    const char *nul = row->raw.n ? memchr(row->raw.p, 0, row->raw.n) : NULL;
    ptrdiff_t bad = utf8_invalid_at(row->raw);
    if (nul && (bad < 0 || nul - s->start < bad)) {
        row->fault = CSV_NUL;
        *at = nul;
    } else if (bad >= 0) {
        row->fault = CSV_UTF8;
        *at = s->start + bad;
    }
}

/* Offset, line and cell of the fault at `at`. */
static void place_fault(struct csv *c, const struct scan *s, const char *at)
{
    struct csv_row *row = &c->row;
    struct str before = {s->start, (size_t)(at - s->start)};
    row->fault_offset = row->offset + before.n;
    row->fault_line = row->line + count_lines(&c->d, before);
    row->fault_cell = s->columns ? 1 : 0;
    for (size_t i = 0; i < s->columns && i < CSV_COLUMNS_MAX; i++)
        if (c->cells[i].text.p <= at)
            row->fault_cell = i + 1;
    if (row->fault == CSV_COLUMNS)
        row->fault_cell = CSV_COLUMNS_MAX + 1;
    else if (row->fault == CSV_QUOTE_TEXT || row->fault == CSV_QUOTE_OPEN)
        row->fault_cell = s->columns + 1;
}

/* The row from s->start to s->p becomes current, and reading goes on `skip` bytes behind it. */
static void take_row(struct csv *c, struct scan *s, size_t skip)
{
    struct csv_row *row = &c->row;
    bool broken = s->fault == CSV_QUOTE_TEXT || s->fault == CSV_QUOTE_OPEN;
    *row = (struct csv_row){
        .n = broken                         ? 0
             : s->columns < CSV_COLUMNS_MAX ? s->columns
                                            : CSV_COLUMNS_MAX,
        .offset = c->base + (uint64_t)(s->start - c->window),
        .line = c->line,
        .raw = {s->start, (size_t)(s->p - s->start)},
        .fault = s->fault,
    };
    row->cells = row->n ? c->cells : NULL;
    row->end = row->offset + row->raw.n + skip;
    row->lines = 1 + count_lines(&c->d, row->raw);
    row->suspect = row->offset < c->suspect_until;
    const char *at = s->fault_at;
    if (!row->fault && !is_clean(c, c->at + row->raw.n))
        find_bad_bytes(s, row, &at);
    if (row->fault)
        place_fault(c, s, at);
    if (s->escaped && row->n)
        unescape_cells(c, s);
    if (!c->width && row->n)
        c->width = s->columns;
    row->ragged = !broken && s->columns != c->width;
    c->at += row->raw.n + skip;
    c->line += row->lines;
}

/* A quoting fault: the row is its first line alone. False when the window does not show the end of that. */
static bool take_broken(struct csv *c, struct scan *s)
{
    const char *p = s->start;
    int ends = 0;
    while (p < s->end && !(ends = line_end_at(&c->d, s, p)))
        p++;
    if (ends < 0 || (p == s->end && !c->eof))
        return false;
    const char *until = s->fault == CSV_QUOTE_TEXT ? s->fault_at : s->end;
    uint64_t offset = c->base + (uint64_t)(until - c->window);
    s->p = p;
    take_row(c, s, (size_t)ends);
    if (c->suspect_until < offset)
        c->suspect_until = offset;
    return true;
}

/* A row without an end in sight: keeps its beginning and passes over the rest. */
static enum rc take_endless(struct csv *c)
{
    struct csv_row row = {
        .offset = c->base + c->at, .line = c->line, .lines = 1, .fault = CSV_ROW_LONG};
    row.fault_offset = row.offset;
    row.fault_line = row.line;
    row.suspect = row.offset < c->suspect_until;
    scratch_room(c, RAW_KEPT);
    memcpy(c->scratch, c->window + c->at, RAW_KEPT);
    row.raw = (struct str){c->scratch, RAW_KEPT};
    ptrdiff_t cut = utf8_invalid_at(row.raw);
    if (cut > RAW_KEPT - 4) /* within a character */
        row.raw.n = (size_t)cut;
    for (;;) {
        struct scan s = {.start = c->window, .end = c->window + c->n, .eof = c->eof};
        const char *p = s.start + c->at;
        int ends = 0;
        while (p < s.end && !(ends = line_end_at(&c->d, &s, p)))
            p++;
        c->at = (size_t)(p - c->window) + (ends > 0 ? (size_t)ends : 0);
        if (ends > 0 || c->eof)
            break;
        enum rc rc = fill(c);
        if (rc)
            return rc;
    }
    row.end = c->base + c->at;
    c->line++;
    c->row = row;
    return RC_OK;
}

/* What can be said when the window is as large as it may get and the row goes on. */
static enum rc give_up(struct csv *c, struct scan *s)
{
    *s = (struct scan){.start = s->start, .p = s->start, .end = s->end};
    s->eof = true; /* as if the text ended here: the scan then says whether a quote is open */
    if (scan_row(c, s) == ROW_BROKEN) {
        s->eof = false;
        if (take_broken(c, s))
            return RC_OK;
    }
    return take_endless(c);
}

static bool is_blank(const struct csv *c, const struct scan *s)
{
    if (s->columns != 1 || c->cells[0].quoted)
        return false;
    for (const char *p = s->start; p < s->p; p++)
        if (*p != ' ')
            return false;
    return true;
}

/* Makes a row of the scan, or a blank line of it, which is no row. */
static bool take_scanned(struct csv *c, struct scan *s)
{
    int ends = s->p < s->end ? line_end_at(&c->d, s, s->p) : 0;
    assert(ends >= 0);
    if (!is_blank(c, s)) {
        take_row(c, s, (size_t)ends);
        return true;
    }
    c->at += (size_t)(s->p - s->start) + (size_t)ends;
    c->line++;
    c->blank++;
    return false;
}

enum rc csv_next(struct csv *c, const struct csv_row **out)
{
    *out = NULL;
    for (;;) {
        struct scan s = {.start = c->window + c->at, .end = c->window + c->n, .eof = c->eof};
        s.p = s.start;
        if (s.p == s.end && s.eof)
            return RC_OK;
        enum outcome got = s.p == s.end ? ROW_MORE : scan_row(c, &s);
        if (got == ROW_DONE ? take_scanned(c, &s) : got == ROW_BROKEN && take_broken(c, &s)) {
            *out = &c->row;
            return RC_OK;
        }
        if (got == ROW_DONE)
            continue;
        bool full = c->n - c->at >= CSV_ROW_MAX;
        enum rc rc = full ? give_up(c, &s) : fill(c);
        if (rc)
            return rc;
        if (full) {
            *out = &c->row;
            return RC_OK;
        }
    }
}

enum rc csv_text_source(void *self, void *out, size_t n, size_t *got)
{
    struct str *s = self;
    *got = s->n < n ? s->n : n;
    if (*got)
        memcpy(out, s->p, *got);
    *s = str_sub(*s, *got, s->n);
    return RC_OK;
}

const char *csv_fault_name(enum csv_fault fault)
{
    static const char *const names[CSV_FAULTS] = {[CSV_FINE] = "fine",
                                                  [CSV_QUOTE_TEXT] = "quote_text",
                                                  [CSV_QUOTE_OPEN] = "quote_open",
                                                  [CSV_ROW_LONG] = "row_long",
                                                  [CSV_COLUMNS] = "columns",
                                                  [CSV_CELL_LONG] = "cell_long",
                                                  [CSV_NUL] = "nul",
                                                  [CSV_UTF8] = "utf8"};
    assert((unsigned)fault < CSV_FAULTS);
    return names[fault];
}

static const char *fault_words(enum csv_fault fault)
{
    static const char *const texts[CSV_FAULTS] = {
        [CSV_FINE] = "nothing is wrong",
        [CSV_QUOTE_TEXT] = "text stands behind a closing quote: double the quotes inside the cell",
        [CSV_QUOTE_OPEN] =
            "a quote opens here and is never closed: close it, or double it if it is text",
        [CSV_ROW_LONG] = "the row has more than 8 MiB without a line end: is this the right file?",
        [CSV_COLUMNS] = "more than 4,096 columns: is this the right delimiter?",
        [CSV_CELL_LONG] =
            "a cell has more than 1 MiB: shorten it, or look for a quote that is missing",
        [CSV_NUL] = "a NUL byte: remove it, or name the encoding if it is UTF-16",
        [CSV_UTF8] = "bytes that are not UTF-8: name the encoding of the file",
    };
    assert((unsigned)fault < CSV_FAULTS);
    return texts[fault];
}

struct str csv_fault_text(const struct csv_row *row, struct arena *a)
{
    return str_printf(a, "line %llu, column %zu (byte %llu): %s",
                      (unsigned long long)row->fault_line, row->fault_cell,
                      (unsigned long long)row->fault_offset, fault_words(row->fault));
}

struct str csv_fault_reason(const struct csv_row *row, struct arena *a)
{
    return str_printf(a, "column %zu: %s", row->fault_cell, fault_words(row->fault));
}
