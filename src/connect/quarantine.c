#include "connect/quarantine.h"
#include "base/json.h"
#include "connect/form.h"

static bool lets_through(const struct quarantine_filter *f, const struct quarantined *q)
{
    return !(f->readable && q->expired) && (f->code.n == 0 || str_eq(f->code, q->code)) &&
           (f->field.n == 0 || str_eq(f->field, q->field)) &&
           (f->value.n == 0 || str_eq(f->value, q->value));
}

static enum rc read_row(struct stmt *st, struct vault *v, struct arena *a, struct quarantined *q)
{
    *q = (struct quarantined){.id = stmt_get_u64(st, 0),
                              .object = (uint32_t)stmt_get_int(st, 1),
                              .batch = stmt_get_u64(st, 2),
                              .row = stmt_get_u64(st, 3),
                              .source = str_dup(a, stmt_get_text(st, 4)),
                              .recorded_at = {stmt_get_int(st, 5)},
                              .code = str_dup(a, stmt_get_text(st, 6)),
                              .field = str_dup(a, stmt_get_text(st, 7))};
    struct held_place at = {q->object, q->batch, q->row, q->recorded_at};
    struct held_texts texts;
    enum rc rc = held_unseal(v, &at, stmt_get_blob(st, 8), a, &texts);
    q->expired = rc == RC_NOT_FOUND;
    q->value = texts.value;
    q->text = texts.text;
    q->findings = texts.findings;
    return q->expired ? RC_OK : rc;
}

enum rc quarantine_page(struct store *s, struct vault *v, const struct quarantine_filter *f,
                        uint64_t after, size_t limit, struct arena *a, struct quarantined **out,
                        size_t *n)
{
    struct quarantined *rows = ARENA_ARRAY(a, limit + 1, struct quarantined);
    struct stmt *st;
    enum rc rc = store_named(s, SQL_QUARANTINE_LIST, &st);
    if (rc != RC_OK) {
        return rc;
    }
    stmt_u64(st, 1, f->batch);
    stmt_u64(st, 2, f->object != NULL ? f->object->number : 0);
    stmt_u64(st, 3, after);
    stmt_int(st, 4, INT64_MAX);
    bool row = true;
    *n = 0;
    while (rc == RC_OK && *n < limit && (rc = stmt_step(st, &row)) == RC_OK && row) {
        struct arena_mark mark = arena_mark(a);
        rc = read_row(st, v, a, &rows[*n]);
        if (rc == RC_OK && lets_through(f, &rows[*n])) {
            (*n)++;
        } else {
            arena_release(a, mark);
        }
    }
    stmt_reset(st);
    *out = rows;
    return rc;
}

enum rc quarantine_count(struct store *s, struct vault *v, const struct quarantine_filter *f,
                         uint64_t *out)
{
    struct stmt *st;
    struct quarantined q;
    bool row = true;
    *out = 0;
    enum rc rc = store_named(s, SQL_QUARANTINE_LIST, &st);
    if (rc != RC_OK) {
        return rc;
    }
    struct arena *a = arena_new();
    stmt_u64(st, 1, f->batch);
    stmt_u64(st, 2, f->object != NULL ? f->object->number : 0);
    stmt_u64(st, 3, 0);
    stmt_int(st, 4, INT64_MAX);
    while (rc == RC_OK && (rc = stmt_step(st, &row)) == RC_OK && row) {
        rc = read_row(st, v, a, &q);
        *out += rc == RC_OK && lets_through(f, &q);
        arena_reset(a);
    }
    stmt_reset(st);
    arena_free(a);
    return rc;
}

/* ---- given up -------------------------------------------------------------------------------------------------- */

enum rc quarantine_give_up(struct store *s, const uint64_t *ids, size_t n, const struct actor *who,
                           struct instant at, uint64_t *given_up)
{
    *given_up = 0;
    enum rc rc = store_begin(s);
    for (size_t i = 0; i < n && rc == RC_OK; i++) {
        bool changed;
        rc = held_settle(s, ids[i], HELD_GIVEN_UP, who, at, &changed);
        *given_up += changed;
    }
    if (rc == RC_OK) {
        rc = store_commit(s);
    }
    if (rc != RC_OK) {
        store_rollback(s);
    }
    return rc;
}

/* ---- export -------------------------------------------------------------------------------------------------- */

static void export_reason(struct csv_out *w, const struct quarantined *q, struct arena *a)
{
    struct json *findings;
    struct str message = q->expired ? STR("expired: the row's text is gone") : STR_NONE;
    if (json_read(q->findings, NULL, a, &findings, NULL) == RC_OK && findings->type == JSON_ARRAY &&
        findings->n > 0) {
        (void)json_str(json_get(&findings->items[0], "message"), &message);
    }
    csv_put_plain(w, str_printf(a, "%llu", (unsigned long long)q->row));
    csv_put_text(w, q->field);
    csv_put_plain(w, q->code);
    csv_put_text(w, message);
    csv_end_row(w);
}

static void export_header(struct csv_out *w, const struct form *form)
{
    static const char *const own[] = {"_row", "_field", "_code", "_message"};
    for (size_t i = 0; i < form->n_header; i++) {
        csv_put_text(w, form->header[i]);
    }
    for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
        csv_put_plain(w, str_of(own[i]));
    }
    csv_end_row(w);
}

/* The cells as they came; a row that could not be cut into cells stands whole in the first column. */
static void export_row(struct csv_out *w, const struct form *form, const struct quarantined *q,
                       struct arena *a)
{
    struct table_row row;
    form_cells(form, q->text, a, &row);
    bool whole = row.n != form->n_header;
    for (size_t i = 0; i < form->n_header; i++) {
        csv_put_text(w, !whole ? row.cells[i] : i == 0 ? q->text : STR_NONE);
    }
    export_reason(w, q, a);
}

enum rc quarantine_export(struct store *s, struct vault *v, uint64_t batch, struct buf *out)
{
    struct arena *keep = arena_new();
    struct arena *page = arena_new();
    struct form form;
    struct csv_out w = {.out = out, .unix_lines = true, .neutralise = true};
    enum rc rc = form_read(s, batch, keep, &form);
    if (rc == RC_OK) {
        export_header(&w, &form);
    }
    struct quarantine_filter filter = {.batch = batch};
    uint64_t after = 0;
    size_t n = 1;
    while (rc == RC_OK && n > 0) {
        struct quarantined *rows;
        rc = quarantine_page(s, v, &filter, after, 500, page, &rows, &n);
        for (size_t i = 0; rc == RC_OK && i < n; i++) {
            export_row(&w, &form, &rows[i], page);
            after = rows[i].id;
        }
        arena_reset(page);
    }
    arena_free(page);
    arena_free(keep);
    return rc == RC_OK ? buf_ok(out) : rc;
}

/* ---- batches --------------------------------------------------------------------------------------------------- */

static void read_batch(struct stmt *st, struct arena *a, struct batch_info *b)
{
    *b = (struct batch_info){.batch = stmt_get_u64(st, 0),
                             .object = (uint32_t)stmt_get_int(st, 1),
                             .phase = (enum import_phase)stmt_get_int(st, 2),
                             .source = str_dup(a, stmt_get_text(st, 3)),
                             .file = str_dup(a, stmt_get_text(st, 4)),
                             .counts = {.rows = stmt_get_u64(st, 5),
                                        .created = stmt_get_u64(st, 6),
                                        .updated = stmt_get_u64(st, 7),
                                        .unchanged = stmt_get_u64(st, 8),
                                        .merged = stmt_get_u64(st, 9),
                                        .quarantined = stmt_get_u64(st, 10)},
                             .first_seq = stmt_get_u64(st, 11),
                             .last_seq = stmt_get_u64(st, 12)};
}

enum rc batch_page(struct store *s, size_t limit, struct arena *a, struct batch_info **out,
                   size_t *n)
{
    struct stmt *st;
    enum rc rc = store_named(s, SQL_BATCH_LIST, &st);
    if (rc != RC_OK) {
        return rc;
    }
    struct batch_info *v = ARENA_ARRAY(a, limit + 1, struct batch_info);
    bool row = true;
    *n = 0;
    stmt_int(st, 1, (int64_t)limit);
    while (*n < limit && (rc = stmt_step(st, &row)) == RC_OK && row) {
        read_batch(st, a, &v[(*n)++]);
    }
    stmt_reset(st);
    *out = v;
    return rc;
}

enum rc batch_find(struct store *s, uint64_t batch, struct arena *a, struct batch_info *out)
{
    struct stmt *st;
    enum rc rc = store_named(s, SQL_BATCH_GET, &st);
    if (rc != RC_OK) {
        return rc;
    }
    bool row = false;
    stmt_u64(st, 1, batch);
    rc = stmt_step(st, &row);
    if (rc == RC_OK && row) {
        read_batch(st, a, out);
    }
    stmt_reset(st);
    return rc == RC_OK && !row ? RC_NOT_FOUND : rc;
}
