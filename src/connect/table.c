#include "connect/table.h"
#include "base/json.h"
#include "connect/bytes.h"

#include <string.h>

struct table {
    const struct env *env;
    struct table_format format;
    struct table_about about;
    struct bytes *bytes; /* the file as UTF-8 */
    struct csv *csv;
    struct lines *lines; /* JSON Lines instead of csv */
    struct str *header;
    size_t n_header;
    struct map by_name;  /* JSON Lines: header text to position + 1 */
    struct csv_row held; /* first row, when it turned out to be data */
    bool has_held;
    struct table_row row;
    uint64_t number, footers;
    uint64_t blank_after; /* blank lines passed over when the table's last row came */
    uint64_t quote_line;  /* of the last row whose quoting is broken */
};

/* ---- header ------------------------------------------------------------------------------------------------- */

static void name_columns(struct table *t, size_t n, struct arena *a)
{
    t->header = ARENA_ARRAY(a, n + 1, struct str);
    for (size_t i = 0; i < n; i++) {
        t->header[i] = str_printf(a, "%zu", i + 1);
    }
    t->n_header = n;
}

static enum rc fault_at_start(const char *path, const struct csv_row *row, struct arena *a,
                              struct diags *ds)
{
    struct str text = csv_fault_text(row, a);
    diag_add(ds, SEV_ERROR, "C0204", span_none(), "%s: the header cannot be read: %.*s", path,
             STR_ARG(text));
    return RC_INVALID;
}

static enum rc check_header_names(struct table *t, const char *path, struct diags *ds)
{
    size_t errors = ds->errors;
    for (size_t i = 0; i < t->n_header; i++) {
        for (size_t k = 0; k < i && t->header[i].n > 0; k++) {
            if (str_eq_nocase(t->header[i], t->header[k])) {
                diag_add(ds, SEV_ERROR, "C0205", span_none(),
                         "%s: column '%.*s' stands twice in the header, at %zu and %zu", path,
                         STR_ARG(t->header[i]), k + 1, i + 1);
            }
        }
    }
    return ds->errors > errors ? RC_INVALID : RC_OK;
}

static enum rc csv_start(struct table *t, const char *path, struct str first, bool whole,
                         struct arena *a, struct diags *ds)
{
    struct csv_guess guess;
    csv_sniff(first, whole, a, &guess);
    t->about.dialect = guess.dialect;
    t->about.reason = guess.reason;
    if (t->format.delimiter != 0) {
        t->about.dialect.delimiter = t->format.delimiter;
    }
    if (t->format.quote != 0 || t->format.no_quote) {
        t->about.dialect.quote = t->format.no_quote ? '\0' : t->format.quote;
    }
    t->about.header = t->format.header >= 0 ? t->format.header == 1 : guess.header;
    int64_t skip = t->format.skip > 0 ? t->format.skip : (int64_t)guess.preamble;
    t->csv = csv_open(bytes_source, t->bytes, &(struct csv_options){.dialect = t->about.dialect});
    const struct csv_row *row = NULL;
    for (int64_t i = 0; i <= skip; i++) {
        enum rc rc = csv_next(t->csv, &row);
        if (rc != RC_OK) {
            return rc;
        }
        if (row == NULL) {
            break;
        }
    }
    if (row == NULL) {
        diag_add(ds, SEV_ERROR, "C0203", span_none(), "%s has no rows", path);
        return RC_INVALID;
    }
    if (row->fault != CSV_FINE && t->about.header) {
        return fault_at_start(path, row, a, ds);
    }
    if (!t->about.header) {
        name_columns(t, row->n, a);
        t->held = *row;
        t->has_held = true;
        return RC_OK;
    }
    t->header = ARENA_ARRAY(a, row->n + 1, struct str);
    t->n_header = row->n;
    for (size_t i = 0; i < row->n; i++) {
        t->header[i] = str_dup(a, str_trim(row->cells[i].text));
    }
    return check_header_names(t, path, ds);
}

/* The columns of JSON Lines: as stated, or every key of the first rows in order of appearance. */
static enum rc json_start(struct table *t, struct str first, struct arena *a)
{
    map_init(&t->by_name, a);
    VEC(struct str) names = {0};
    for (size_t i = 0; i < t->format.n_columns; i++) {
        *VEC_PUSH(a, &names) = t->format.columns[i];
    }
    struct str rest = first;
    struct str line;
    for (int k = 0; t->format.n_columns == 0 && k < 100 && str_split(&rest, '\n', &line); k++) {
        struct json *j;
        if (json_read(line, NULL, a, &j, NULL) != RC_OK || j->type != JSON_OBJECT) {
            continue;
        }
        for (uint32_t i = 0; i < j->n; i++) {
            if (map_find(&t->by_name, j->items[i].key) == NULL) {
                struct str *name = VEC_PUSH(a, &names);
                *name = str_dup(a, j->items[i].key);
                map_put(&t->by_name, *name, name);
            }
        }
    }
    t->header = names.v;
    t->n_header = names.n;
    t->about.header = true;
    t->lines = lines_open(bytes_source, t->bytes);
    return RC_OK;
}

enum rc table_open(const struct env *env, const char *path, const struct table_format *format,
                   struct arena *a, struct table **out, struct diags *ds)
{
    *out = NULL;
    struct table *t = mem_new(1, sizeof *t);
    t->env = env;
    t->format = *format;
    t->about.json_lines = format->json_lines;
    struct str first = STR_NONE;
    bool whole = false;
    enum rc rc = bytes_open(env, path, format->encoding, CSV_SNIFF_BYTES, a, &t->bytes, &first,
                            &whole, ds);
    if (rc == RC_OK) {
        t->about.bytes = bytes_size(t->bytes);
        t->about.digest = bytes_digest(t->bytes);
        t->about.encoding = bytes_encoding(t->bytes);
        rc = format->json_lines ? json_start(t, first, a) : csv_start(t, path, first, whole, a, ds);
    }
    if (rc != RC_OK) {
        table_close(t);
        return rc;
    }
    *out = t;
    return RC_OK;
}

void table_close(struct table *t)
{
    if (t == NULL) {
        return;
    }
    csv_close(t->csv);
    lines_close(t->lines);
    bytes_close(t->bytes);
    mem_free(t);
}

const struct table_about *table_about(const struct table *t)
{
    return &t->about;
}

const struct str *table_header(const struct table *t, size_t *n)
{
    *n = t->n_header;
    return t->header;
}

uint64_t table_blank_lines(const struct table *t)
{
    return t->csv != NULL ? csv_blank_lines(t->csv) : lines_blank(t->lines);
}

uint64_t table_footer_lines(const struct table *t)
{
    return t->footers;
}

/* ---- rows --------------------------------------------------------------------------------------------------- */

/* Lines that Salesforce adds below a report saved as CSV, whose commas are not delimiters: known by their raw text. */
static bool is_footer(const struct csv_row *row)
{
    struct str s = str_trim(row->raw);
    if (s.n > 0 && s.p[0] == '"') {
        s = str_sub(s, 1, s.n);
    }
    return str_starts(s, STR("Copyright (c) ")) ||
           str_starts(s, STR("Confidential Information - Do Not Distribute")) ||
           str_starts(s, STR("Grand Totals ("));
}

void table_csv_cells(const struct csv_row *row, size_t n_header, struct arena *a,
                     struct table_row *out)
{
    struct str *cells = ARENA_ARRAY(a, row->n + 1, struct str);
    for (size_t i = 0; i < row->n; i++) {
        cells[i] = row->cells[i].text;
    }
    out->cells = cells;
    out->n = row->n;
    if (row->fault != CSV_FINE) {
        out->fault = csv_fault_text(row, a);
        out->fault_name = csv_fault_name(row->fault);
    } else if (row->n > n_header) {
        out->fault = str_printf(
            a, "the row has %zu cells, the header %zu: a delimiter too many, or a quote missing",
            row->n, n_header);
        out->fault_name = "ragged";
    } else if (row->n < n_header) {
        out->fault = str_printf(
            a, "the row has %zu cells, the header %zu: cells or a line break are missing", row->n,
            n_header);
        out->fault_name = "ragged";
    }
}

/* A line behind a broken quote may be a row or a line of that cell: a person decides, by mending the quote or by
 * having the row read again as it stands. */
static void check_suspect(struct table *t, const struct csv_row *row, struct arena *a)
{
    if (row->fault == CSV_QUOTE_TEXT || row->fault == CSV_QUOTE_OPEN) {
        t->quote_line = row->line;
    } else if (row->suspect && row->fault == CSV_FINE) {
        t->row.fault = str_printf(
            a,
            "a quote opens in line %llu and is broken, so this may be a line of that cell: mend it "
            "and import again, or take the row as it stands with 'revos quarantine retry'",
            (unsigned long long)t->quote_line);
        t->row.fault_name = "suspect";
    }
}

static enum rc next_csv(struct table *t, struct arena *a, bool *more)
{
    const struct csv_row *row = NULL;
    do {
        if (t->has_held) {
            t->has_held = false;
            row = &t->held;
        } else {
            enum rc rc = csv_next(t->csv, &row);
            if (rc != RC_OK) {
                return rc;
            }
        }
        if (row != NULL && is_footer(row)) {
            t->footers++;
            continue;
        }
        break;
    } while (true);
    *more = row != NULL;
    if (row != NULL) {
        t->row = (struct table_row){.line = row->line, .end = row->end, .raw = row->raw};
        table_csv_cells(row, t->n_header, a, &t->row);
        check_suspect(t, row, a);
    }
    return RC_OK;
}

/* A member as the text a cell would hold; arrays and objects stay JSON. */
static struct str json_cell(const struct json *j, struct str line, struct arena *a)
{
    char room[24];
    struct str s = STR_NONE;
    if (j == NULL || j->type == JSON_NULL) {
        return STR_NONE;
    }
    if (json_str(j, &s)) {
        return s;
    }
    if (json_number(j, room, &s)) {
        return str_dup(a, s);
    }
    return str_sub(line, j->at, j->end);
}

void table_json_cells(struct str line, const struct str *header, size_t n_header, struct arena *a,
                      struct table_row *out)
{
    struct json *j;
    struct json_fault fault;
    enum rc rc = json_read(line, NULL, a, &j, &fault);
    if (rc != RC_OK || j->type != JSON_OBJECT) {
        out->fault = rc != RC_OK ? str_printf(a, "column %u: %s", fault.col, fault.message)
                                 : STR("the line is no JSON object");
        out->fault_name = "json";
        return;
    }
    struct str *cells = ARENA_ARRAY(a, n_header + 1, struct str);
    for (size_t i = 0; i < n_header; i++) {
        cells[i] = json_cell(json_find(j, header[i]), line, a);
    }
    out->cells = cells;
    out->n = n_header;
}

static enum rc next_json(struct table *t, struct arena *a, bool *more)
{
    struct line line;
    enum rc rc = lines_next(t->lines, &line, more);
    if (rc == RC_OK && *more) {
        t->row = (struct table_row){.line = line.number, .end = line.end, .raw = line.text};
        table_json_cells(line.text, t->header, t->n_header, a, &t->row);
    }
    return rc;
}

enum rc table_next(struct table *t, struct arena *a, const struct table_row **row)
{
    bool more = false;
    enum rc rc = t->about.json_lines ? next_json(t, a, &more) : next_csv(t, a, &more);
    *row = NULL;
    if (rc == RC_OK && more) {
        t->row.number = ++t->number;
        *row = &t->row;
    }
    return rc;
}
