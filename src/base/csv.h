/* csv.h - delimited text (RFC 4180 and its relatives): a pull reader with flat memory, a sniffer, a writer.
 *
 * In:     a function that gives bytes, a dialect.   Out: rows of cells, each row with its place and its raw text.
 * Owns:   a reader owns its window and the current row, which lives until the next csv_next.
 * Errors: a broken row is a row with a fault, never the end of the reading; RC_IO only when the source fails.
 * Never:  repairs: ragged rows stay ragged, cells are not trimmed, an encoding is not guessed (encoding.h).
 *
 * Bounds: a cell 1 MiB, a row 8 MiB and 4,096 columns; more is a fault of that row.
 * Resync: a quoting fault (text behind a closing quote, a quote that is never closed) makes a row of its first line alone and
 *         reading goes on at the next line, so that a stray quote costs one row. Rows that begin inside what looked quoted
 *         are marked `suspect`.
 */
#ifndef REVOS_BASE_CSV_H
#define REVOS_BASE_CSV_H

#include "base/text.h"

enum { CSV_CELL_MAX = 1 << 20, CSV_ROW_MAX = 8 << 20, CSV_COLUMNS_MAX = 4096 };

enum csv_line_end {
    CSV_ANY_END, /* LF, CRLF or CR */
    CSV_LF_END,  /* LF or CRLF; a lone CR is content */
    CSV_CR_END   /* CR (old Mac) or CRLF; a lone LF is content */
};

struct csv_dialect {
    char delimiter; /* 0: ',' */
    char quote;     /* 0: none; nothing is quoted */
    char escape;    /* 0: quotes in a quoted cell are doubled; '\\': it escapes any character */
    bool spaces;    /* spaces between a delimiter and a quote do not count */
    enum csv_line_end line_end;
};
#define CSV_STANDARD ((struct csv_dialect){.delimiter = ',', .quote = '"'})

struct csv_cell {
    struct str text; /* without quotes, unescaped */
    bool quoted;     /* "" and nothing may mean different things */
};

enum csv_fault {
    CSV_FINE = 0,
    CSV_QUOTE_TEXT, /* text behind a closing quote; no cells */
    CSV_QUOTE_OPEN, /* a quote is never closed, within CSV_ROW_MAX bytes or to the end; no cells */
    CSV_ROW_LONG,   /* no line end within CSV_ROW_MAX bytes; no cells, `raw` is cut */
    CSV_COLUMNS,    /* more than CSV_COLUMNS_MAX; the cells beyond are left out */
    CSV_CELL_LONG,
    CSV_NUL,
    CSV_UTF8,
    CSV_FAULTS
};

struct csv_row {
    const struct csv_cell *cells;
    size_t n;
    uint64_t offset, end; /* of the row and of what follows it, in bytes of the source */
    uint64_t line;        /* of its first character, from 1 */
    uint32_t lines;       /* that it covers, at least 1 */
    struct str raw;       /* as read, without its line end */
    bool ragged;          /* other number of cells than the first row */
    bool suspect;         /* began inside a quoted cell that turned out broken */
    enum csv_fault fault;
    uint64_t fault_offset; /* byte in the source */
    uint64_t fault_line;
    size_t fault_cell; /* from 1; 0 when there are no cells */
};

/* Fills `out` with at most `n` bytes; *got is 0 at the end and only then. */
typedef enum rc csv_source(void *self, void *out, size_t n, size_t *got);

struct csv_options {
    struct csv_dialect dialect;
    uint64_t offset; /* of the first byte that the source gives, when resuming */
    uint64_t line;   /* of that byte; 0 means 1 */
    size_t width;    /* expected number of cells; 0: that of the first row */
};

struct csv;
struct csv *csv_open(csv_source *read, void *self, const struct csv_options *options);
void csv_close(struct csv *c); /* NULL is allowed */
/* The next row that is not blank (empty or spaces only); *row is NULL at the end. */
MUST_CHECK enum rc csv_next(struct csv *c, const struct csv_row **row);
uint64_t csv_blank_lines(const struct csv *c); /* passed over so far */
/* One sentence that says what is wrong, where and what to do; in the arena. */
struct str csv_fault_text(const struct csv_row *row, struct arena *a);
/* The same without the line, for a row that stands alone. */
struct str csv_fault_reason(const struct csv_row *row, struct arena *a);
/* Stable name of a fault for JSON and codes: "quote_open". */
const char *csv_fault_name(enum csv_fault fault);

/* A source over text in memory; `self` is a struct str that it eats up. */
enum rc csv_text_source(void *self, void *out, size_t n, size_t *got);

enum { CSV_SNIFF_BYTES = 64 << 10 };

/* What the beginning of a file looks like. */
struct csv_guess {
    struct csv_dialect dialect;
    size_t columns;  /* of most rows; 0 when there is no row */
    size_t preamble; /* rows above the table that have other widths, such as a title */
    bool header;     /* the first row of the table names the columns */
    int confidence;  /* of the dialect, 0 to 100 */
    int header_confidence;
    struct str reason; /* one sentence, in the arena */
};

/* Looks at `first`, of which CSV_SNIFF_BYTES count. `whole`: the file has no more than that. */
void csv_sniff(struct str first, bool whole, struct arena *a, struct csv_guess *out);

/* The writer: quotes what needs it. Rows end with CRLF as in RFC 4180, or LF when `unix_lines`. */
struct csv_out {
    struct buf *out;
    char delimiter; /* 0: ',' */
    bool unix_lines;
    bool neutralise; /* text that looks like a formula gets an apostrophe in front */
    size_t cells;    /* in the row so far; start with 0 */
    bool empty;      /* the only cell so far is empty */
};

/* Text from people or other systems. */
void csv_put_text(struct csv_out *w, struct str s);
/* The text of a cell that csv_put_text wrote with `neutralise`. */
struct str csv_plain_text(struct str s);
/* What we made ourselves: numbers, dates, ids. Never neutralised, so -5 stays a number. */
void csv_put_plain(struct csv_out *w, struct str s);
void csv_end_row(struct csv_out *w);

#endif
