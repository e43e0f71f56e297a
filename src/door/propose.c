/* propose.c - a mapping from a file's header, with samples; nothing is written. */
#include "door/import_file.h"
#include "face/model_json.h"

#include <ctype.h>

enum { SAMPLES = 3, SAMPLE_BYTES = 200 };

/* What was seen in one column. */
struct seen {
    struct str samples[SAMPLES];
    size_t n;
};

static void see(struct seen *s, struct str cell, struct arena *a)
{
    if (cell.n == 0 || s->n == SAMPLES)
        return;
    size_t n = cell.n > SAMPLE_BYTES ? SAMPLE_BYTES : cell.n;
    while (n < cell.n && n > 0 && ((unsigned char)cell.p[n] & 0xc0) == 0x80)
        n--; /* not within a character */
    struct str cut = str_sub(cell, 0, n);
    for (size_t i = 0; i < s->n; i++)
        if (str_eq(s->samples[i], cut))
            return;
    s->samples[s->n++] = str_dup(a, cut);
}

static enum rc read_all(struct import_file *f, struct seen *seen, size_t n, struct arena *a,
                        uint64_t *rows)
{
    struct arena *step = arena_new();
    const struct table_row *row = NULL;
    enum rc rc = RC_OK;
    *rows = 0;
    while ((rc = table_next(f->table, step, &row)) == RC_OK && row != NULL) {
        ++*rows;
        for (size_t i = 0; i < n && i < row->n; i++)
            see(&seen[i], row->cells[i], a);
        if (*rows % 1000 == 0)
            arena_reset(step);
    }
    arena_free(step);
    return rc;
}

static const struct map_target *target_of(const struct mapping *map, struct str header)
{
    for (size_t i = 0; i < map->n_targets; i++)
        for (size_t k = 0; k < map->targets[i].n_columns; k++)
            if (str_eq_nocase(str_trim(map->targets[i].columns[k].name), str_trim(header)))
                return &map->targets[i];
    return NULL;
}

/* Equal but for case, spaces and punctuation. */
static bool same_words(struct str a, struct str b)
{
    size_t i = 0, k = 0;
    for (;;) {
        while (i < a.n && !isalnum((unsigned char)a.p[i]))
            i++;
        while (k < b.n && !isalnum((unsigned char)b.p[k]))
            k++;
        if (i == a.n || k == b.n)
            return i == a.n && k == b.n;
        if (tolower((unsigned char)a.p[i++]) != tolower((unsigned char)b.p[k++]))
            return false;
    }
}

static void put_column(struct json_out *w, const struct map_target *t, struct str header,
                       const struct seen *seen)
{
    const struct field *f = t != NULL ? t->field : NULL;
    bool named = f != NULL && same_words(header, f->name);
    bool sure = named || (f != NULL && same_words(header, f->label));
    json_begin_object(w);
    json_field_str(w, "header", header);
    if (t != NULL) {
        json_field_str(w, "field", f != NULL ? f->name : STR("id"));
        json_field_cstr(w, "type", f != NULL ? field_type_info(f->type)->name : "text");
    }
    json_field_cstr(w, "confidence", t == NULL ? "none" : sure ? "sure" : "likely");
    if (t != NULL)
        json_field_cstr(w, "because",
                        named       ? "the header is the name of the field"
                        : sure      ? "the header is the label of the field"
                        : f != NULL ? "exports often call this field so"
                                    : "the id a record has in the system it comes from");
    json_key(w, "samples");
    json_begin_array(w);
    for (size_t i = 0; i < seen->n; i++)
        json_put_str(w, seen->samples[i]);
    json_end_array(w);
    json_end_object(w);
}

static void put_proposal(struct import_file *f, const struct request *q, struct json_out *w,
                         const struct seen *seen, uint64_t rows)
{
    size_t n;
    const struct str *header = table_header(f->table, &n);
    const struct table_about *about = table_about(f->table);
    json_begin_object(w);
    json_field_str(w, "object", f->object->name);
    json_field_str(w, "encoding", about->encoding);
    if (!about->json_lines)
        json_field_str(w, "delimiter",
                       str_dup(q->arena, (struct str){&about->dialect.delimiter, 1}));
    json_field_int(w, "rows", (int64_t)rows);
    json_key(w, "columns");
    json_begin_array(w);
    for (size_t i = 0; i < n; i++)
        put_column(w, target_of(f->mapping, header[i]), header[i], &seen[i]);
    json_end_array(w);
    json_field_str(w, "yaml", f->mapping_text);
    json_end_object(w);
}

void api_propose(void *context, const struct request *q, struct response *r)
{
    struct import_file f;
    struct json_out w;
    uint64_t rows;
    size_t n;
    if (import_file_open(context, q, r, &f)) {
        (void)table_header(f.table, &n);
        struct seen *seen = ARENA_ARRAY(q->arena, n + 1, struct seen);
        enum rc rc = read_all(&f, seen, n, q->arena, &rows);
        if (rc == RC_OK) {
            json_out_init(&w, &r->body, false);
            put_proposal(&f, q, &w, seen, rows);
            json_out_done(&w);
        } else {
            respond_rc(r, rc, "the file cannot be read to its end");
        }
    }
    import_file_close(&f);
}
