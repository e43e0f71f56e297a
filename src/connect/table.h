/* table.h - a source file as rows of cells: delimited text or JSON Lines, in a stated encoding.
 *
 * In:     a path, and what the mapping states of the file's form.   Out: a header and rows, one at a time.
 * Owns:   the file and its window; a row lives until the next table_next.
 * Errors: C02xx diagnostics when the file as a whole cannot be read (missing, wrong encoding, no header); a broken row
 *         is a row with a fault, so that it can be quarantined with its text.
 * Never:  guesses an encoding; holds more than a row and a window in memory; repairs a row.
 */
#ifndef REVOS_CONNECT_TABLE_H
#define REVOS_CONNECT_TABLE_H

#include "base/csv.h"
#include "base/diag.h"
#include "base/env.h"
#include "base/hash.h"

struct table_format {
    bool json_lines;
    struct str encoding; /* empty: UTF-8, or UTF-16 with its mark */
    char delimiter;      /* 0: found from the file */
    char quote;          /* 0: '"' unless `no_quote` */
    bool no_quote;
    int header;      /* -1 found from the file, 0 no, 1 yes */
    bool skip_given; /* else found from the file */
    int64_t skip;    /* rows above the header */
    const struct str
        *columns; /* JSON Lines: the keys that are columns; none: those of the first rows */
    size_t n_columns;
};

struct table;

struct table_row {
    const struct str *cells; /* by position in the header */
    size_t n;
    uint64_t number;  /* from 1, header and blank lines apart */
    uint64_t line;    /* in the file, from 1 */
    uint64_t end;     /* bytes of the file read up to and with this row */
    struct str raw;   /* as read, without line end */
    struct str fault; /* one sentence, when it cannot be read as a row; empty: fine */
    const char *fault_name;
};

/* What was found out about a file. */
struct table_about {
    uint64_t bytes;
    struct digest digest; /* BLAKE2b of all its bytes */
    struct csv_dialect dialect;
    bool header;
    struct str encoding, reason;
    bool json_lines;
};

/* Reads the file once for its digest and encoding, then stands before the first row. */
MUST_CHECK enum rc table_open(const struct env *env, const char *path,
                              const struct table_format *format, struct arena *a,
                              struct table **out, struct diags *ds);
void table_close(struct table *t); /* NULL is allowed */
const struct table_about *table_about(const struct table *t);
const struct str *table_header(const struct table *t, size_t *n); /* without a header "1", "2", … */

/* The next row; *row is NULL at the end. Cells and fault live in `a`. */
MUST_CHECK enum rc table_next(struct table *t, struct arena *a, const struct table_row **row);
/* One row as cells under a header of `n_header` names, or its fault; `cells`, `n`, `fault` of `out` are set. */
void table_csv_cells(const struct csv_row *row, size_t n_header, struct arena *a,
                     struct table_row *out);
void table_json_cells(struct str line, const struct str *header, size_t n_header, struct arena *a,
                      struct table_row *out);

uint64_t table_blank_lines(const struct table *t);
/* Lines that a CRM adds below a report, passed over; known only at the end of the file. */
uint64_t table_footer_lines(const struct table *t);

#endif
