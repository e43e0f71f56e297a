/* quarantine.c - refused rows, listed and exported. */
#include "door/quarantine.h"

#include "connect/form.h"
#include "door/where.h"
#include "face/model_json.h"

static void put_cells(struct json_out *w, const struct form *form, struct str text, struct arena *a)
{
    struct table_row row;
    form_cells(form, text, a, &row);
    if (row.n != form->n_header)
        return; /* it could not be cut into cells: the text has it all */
    json_key(w, "cells");
    json_begin_object(w);
    for (size_t i = 0; i < row.n; i++) {
        bool doubled = false;
        for (size_t k = 0; k < i && !doubled; k++)
            doubled = str_eq(form->header[k], form->header[i]);
        if (doubled)
            continue;
        json_key_str(w, form->header[i]);
        json_put_str(w, row.cells[i]);
    }
    json_end_object(w);
}

void quarantined_json(const struct model *m, const struct quarantined *q, const struct form *form,
                      struct arena *a, struct json_out *w)
{
    char room[64];
    const struct object *o = model_object_numbered(m, q->object);
    json_begin_object(w);
    json_field_str(w, "id", str_printf(a, "%llu", (unsigned long long)q->id));
    if (q->batch > 0)
        json_field_str(w, "batch", id_text(STR("imp"), q->batch, room));
    json_field_int(w, "row", (int64_t)q->row);
    json_field_str(w, "object", o != NULL ? o->name : STR_NONE);
    json_field_str(w, "source", q->source);
    json_field_str(w, "text", q->text);
    if (form != NULL)
        put_cells(w, form, q->text, a);
    json_key(w, "findings");
    json_put_raw(w, q->findings);
    json_field_str(w, "at", instant_text(q->recorded_at, room));
    json_end_object(w);
}

void forms_put(struct forms *f, struct store *s, const struct model *m,
               const struct quarantined *rows, size_t n, struct json_out *w)
{
    json_begin_array(w);
    for (size_t i = 0; i < n; i++) {
        if (rows[i].batch != f->batch) {
            f->batch = rows[i].batch;
            f->has = form_read(s, f->batch, f->arena, &f->form) == RC_OK;
        }
        quarantined_json(m, &rows[i], f->has ? &f->form : NULL, f->arena, w);
    }
    json_end_array(w);
}

static bool read_filter(struct api *api, const struct request *q, struct response *r,
                        struct quarantine_filter *f)
{
    struct str batch = request_param(q, "batch"), object = request_param(q, "object");
    f->code = request_param(q, "code");
    if (batch.p != NULL && !id_parse(batch, STR("imp"), &f->batch)) {
        respond_problem(r, 400, "bad_parameter", "batch", "'%.*s' is no id of an import",
                        STR_ARG(batch));
        return false;
    }
    if (object.p == NULL)
        return true;
    f->object = model_object(api->parts.model, object);
    if (f->object == NULL)
        respond_problem(r, 400, "bad_parameter", "object", "the live model has no object '%.*s'",
                        STR_ARG(object));
    return f->object != NULL;
}

static void export(struct reader *reader, const struct quarantine_filter *f,
                   const struct request *q, struct response *r)
{
    if (f->batch == 0) {
        respond_problem(r, 400, "bad_parameter", "batch",
                        "CSV has the columns of one file: name the import with 'batch'");
        return;
    }
    enum rc rc = quarantine_export(reader->store, reader->vault, f->batch, &r->body);
    if (rc == RC_NOT_FOUND)
        respond_problem(r, 404, "not_found", NULL, "there is no such import");
    else if (rc != RC_OK && rc != RC_LIMIT)
        respond_store(r, rc, reader->store);
    r->type = r->status == 200 ? "text/csv; charset=utf-8" : r->type;
    r->file_name = r->status == 200 ? STR("quarantine.csv") : STR_NONE;
    (void)q;
}

static enum rc list(struct api *api, struct reader *reader, const struct request *q,
                    const struct quarantine_filter *f, struct response *r)
{
    struct quarantined *rows;
    struct forms forms = {.arena = q->arena};
    struct json_out w;
    size_t limit, n;
    int64_t after;
    uint64_t total;
    if (!api_limit(q, r, &limit) || !request_number(q, r, "cursor", 1, INT64_MAX, 0, &after))
        return RC_OK;
    enum rc rc = quarantine_page(reader->store, reader->vault, f, (uint64_t)after, limit + 1,
                                 q->arena, &rows, &n);
    if (rc == RC_OK)
        rc = quarantine_count(reader->store, reader->vault, f, &total);
    if (rc != RC_OK)
        return rc;
    size_t shown = n > limit ? limit : n;
    json_out_init(&w, &r->body, false);
    json_begin_object(&w);
    json_key(&w, "rows");
    forms_put(&forms, reader->store, api->parts.model, rows, shown, &w);
    if (n > shown)
        json_field_str(&w, "cursor",
                       str_printf(q->arena, "%llu", (unsigned long long)rows[shown - 1].id));
    json_field_int(&w, "total", (int64_t)total);
    json_end_object(&w);
    json_out_done(&w);
    return RC_OK;
}

void api_quarantine(void *context, const struct request *q, struct response *r)
{
    struct quarantine_filter f = {0};
    struct str format = request_param(q, "format");
    enum rc rc = RC_OK;
    if (format.p != NULL && !str_is(format, "csv")) {
        respond_problem(r, 400, "bad_parameter", "format", "the only other format is csv");
        return;
    }
    if (!read_filter(context, q, r, &f))
        return;
    struct reader *reader = api_begin(context, r);
    if (reader == NULL)
        return;
    if (format.p != NULL)
        export(reader, &f, q, r);
    else
        rc = list(context, reader, q, &f, r);
    if (rc != RC_OK)
        respond_store(r, rc, reader->store);
    api_end(context, reader);
}
