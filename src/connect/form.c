#include "connect/form.h"
#include "base/json.h"

static struct str header_json(const struct table *t, struct buf *b)
{
    size_t n;
    const struct str *header = table_header(t, &n);
    struct json_out w;
    json_out_init(&w, b, false);
    json_begin_array(&w);
    for (size_t i = 0; i < n; i++) {
        json_put_str(&w, header[i]);
    }
    json_end_array(&w);
    json_out_done(&w);
    return buf_view(b);
}

void form_of_file(struct str file_name, const struct mapping *map, struct arena *a,
                  struct table_format *out)
{
    *out = (struct table_format){.header = -1};
    out->json_lines = str_ends(file_name, STR(".jsonl")) || str_ends(file_name, STR(".ndjson"));
    if (map == NULL) {
        return;
    }
    out->encoding = map->encoding;
    out->delimiter = str_is(map->delimiter, "tab") ? '\t'
                     : map->delimiter.n > 0        ? map->delimiter.p[0]
                                                   : '\0';
    out->no_quote = str_is(map->quote, "none");
    out->quote = !out->no_quote && map->quote.n > 0 ? map->quote.p[0] : '\0';
    out->header = map->header;
    out->skip_given = map->skip_given;
    out->skip = map->skip;
    if (!out->json_lines) {
        return;
    }
    struct str *columns = ARENA_ARRAY(a, map->n_targets + 1, struct str);
    for (size_t i = 0; i < map->n_targets; i++) {
        if (map->targets[i].n_columns > 0) {
            columns[out->n_columns++] = map->targets[i].columns[0].name;
        }
    }
    out->columns = columns;
}

enum rc form_write(struct store *s, uint64_t batch, const struct table *t, struct str mapping_text)
{
    struct stmt *st;
    enum rc rc = store_named(s, SQL_IMPORT_FORM_PUT, &st);
    if (rc != RC_OK) {
        return rc;
    }
    const struct table_about *about = table_about(t);
    struct buf b;
    buf_init(&b, 16u << 20);
    stmt_u64(st, 1, batch);
    stmt_int(st, 2, about->dialect.delimiter);
    stmt_int(st, 3, about->dialect.quote);
    stmt_int(st, 4, about->dialect.escape);
    stmt_int(st, 5, about->json_lines);
    stmt_text(st, 6, header_json(t, &b));
    stmt_text(st, 7, mapping_text.n > 0 ? mapping_text : STR(""));
    stmt_int(st, 8, about->dialect.spaces);
    stmt_int(st, 9, about->dialect.line_end);
    rc = stmt_run(st);
    buf_release(&b);
    return rc;
}

static enum rc read_header(struct str text, struct arena *a, struct form *out)
{
    struct json *j;
    if (json_read(text, NULL, a, &j, NULL) != RC_OK || j->type != JSON_ARRAY) {
        return RC_CORRUPT;
    }
    out->header = ARENA_ARRAY(a, (size_t)j->n + 1, struct str);
    for (uint32_t i = 0; i < j->n; i++) {
        if (!json_str(&j->items[i], &out->header[i])) {
            return RC_CORRUPT;
        }
    }
    out->n_header = j->n;
    return RC_OK;
}

enum rc form_read(struct store *s, uint64_t batch, struct arena *a, struct form *out)
{
    struct stmt *st;
    enum rc rc = store_named(s, SQL_IMPORT_FORM_GET, &st);
    if (rc != RC_OK) {
        return rc;
    }
    stmt_u64(st, 1, batch);
    bool row = false;
    rc = stmt_step(st, &row);
    if (rc == RC_OK && !row) {
        rc = RC_NOT_FOUND;
    }
    if (rc == RC_OK) {
        *out = (struct form){.batch = batch,
                             .dialect = {.delimiter = (char)stmt_get_int(st, 0),
                                         .quote = (char)stmt_get_int(st, 1),
                                         .escape = (char)stmt_get_int(st, 2),
                                         .spaces = stmt_get_int(st, 6) != 0,
                                         .line_end = (enum csv_line_end)stmt_get_int(st, 7)},
                             .json_lines = stmt_get_int(st, 3) != 0,
                             .mapping_text = str_dup(a, stmt_get_text(st, 5))};
        rc = read_header(str_dup(a, stmt_get_text(st, 4)), a, out);
    }
    stmt_reset(st);
    return rc;
}

void form_cells(const struct form *f, struct str raw, struct arena *a, struct table_row *out)
{
    *out = (struct table_row){.raw = raw};
    if (f->json_lines) {
        table_json_cells(raw, f->header, f->n_header, a, out);
        return;
    }
    struct str rest = raw;
    struct csv *csv = csv_open(csv_text_source, &rest,
                               &(struct csv_options){.dialect = f->dialect});
    const struct csv_row *row = NULL;
    if (csv_next(csv, &row) == RC_OK && row != NULL) {
        table_csv_cells(row, f->n_header, a, out);
        if (row->fault != CSV_FINE) {
            out->fault = csv_fault_reason(row, a);
        }
        struct str *kept = ARENA_ARRAY(a, out->n + 1, struct str);
        for (size_t i = 0; i < out->n; i++) {
            kept[i] = str_dup(a, out->cells[i]); /* the reader goes */
        }
        out->cells = kept;
    } else {
        out->fault = STR("the row is empty");
        out->fault_name = "ragged";
    }
    csv_close(csv);
}

enum rc alias_put(struct store *s, const struct field *field, struct str source, struct str word,
                  struct str reads_as, struct instant now)
{
    struct stmt *st;
    enum rc rc = store_named(s, SQL_IMPORT_ALIAS_PUT, &st);
    if (rc != RC_OK) {
        return rc;
    }
    stmt_u64(st, 1, field->object->number);
    stmt_text(st, 2, source);
    stmt_u64(st, 3, field->number);
    stmt_text(st, 4, word);
    stmt_text(st, 5, reads_as);
    stmt_int(st, 6, now.us);
    return stmt_run(st);
}

static void learn(struct mapping *map, uint64_t field, struct str word, struct str reads_as,
                  struct arena *a)
{
    for (size_t i = 0; i < map->n_targets; i++) {
        struct map_target *t = &map->targets[i];
        if (t->field != NULL && t->field->number == field && map_find(&t->aliases, word) == NULL) {
            struct str *value = ARENA_NEW(a, struct str);
            *value = reads_as;
            map_put(&t->aliases, word, value);
        }
    }
}

enum rc alias_load(struct store *s, struct mapping *map, struct arena *a, struct digest *digest)
{
    struct stmt *st;
    enum rc rc = store_named(s, SQL_IMPORT_ALIAS_LIST, &st);
    if (rc != RC_OK) {
        return rc;
    }
    struct hasher h;
    hasher_init(&h);
    hasher_put(&h, (struct str){(const char *)digest->b, sizeof digest->b});
    stmt_u64(st, 1, map->object->number);
    stmt_text(st, 2, map->source);
    bool row = true;
    while ((rc = stmt_step(st, &row)) == RC_OK && row) {
        struct str word = str_dup(a, stmt_get_text(st, 1));
        struct str reads_as = str_dup(a, stmt_get_text(st, 2));
        learn(map, stmt_get_u64(st, 0), word, reads_as, a);
        hasher_put(&h, word);
        hasher_put(&h, STR("\x1f"));
        hasher_put(&h, reads_as);
        hasher_put(&h, STR("\x1e"));
    }
    *digest = hasher_done(&h);
    return rc;
}
