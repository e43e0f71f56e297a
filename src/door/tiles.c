#include "door/tiles.h"

#include "connect/quarantine.h"
#include "door/judging.h"
#include "door/quarantine.h"
#include "door/rowset.h"
#include "face/model_json.h"
#include "insight/worklist.h"

enum { TILE_ROWS = 10, FINDINGS_MAX = 1 << 20 };

/* One tile being answered. */
struct work_tile {
    struct api *api;
    const struct request *q;
    const struct tile *tile;
    struct reader *reader;
    struct work_list work;
    struct row ***rows; /* slice by slice, then row by row; NULL entries: gone meanwhile */
    struct titles titles;
};

static enum rc read_work(struct work_tile *t)
{
    struct judging judging;
    struct work_query query = {.model = t->api->parts.model,
                               .kind = t->tile->kind,
                               .name = t->tile->target,
                               .person = request_param(t->q, "person"),
                               .now = api_now(t->api),
                               .zone = t->reader->zone,
                               .limit = TILE_ROWS};
    enum rc rc = judging_open(t->api, t->reader, &judging);
    if (rc == RC_OK)
        rc = worklist_read(t->reader->projection, judging.admission, &query, t->q->arena, &t->work);
    judging_close(&judging);
    return rc;
}

static enum rc load_rows(struct work_tile *t)
{
    struct arena *a = t->q->arena;
    enum rc rc = RC_OK;
    t->rows = ARENA_ARRAY(a, t->work.slices.n + 1, struct row **);
    titles_init(&t->titles, t->reader->projection, a);
    for (size_t i = 0; i < t->work.slices.n && rc == RC_OK; i++) {
        const struct work_slice *s = &t->work.slices.v[i];
        uint64_t *ids = ARENA_ARRAY(a, s->n_rows + 1, uint64_t);
        for (size_t k = 0; k < s->n_rows; k++)
            ids[k] = s->rows[k].id;
        t->rows[i] = ARENA_ARRAY(a, s->n_rows + 1, struct row *);
        rc = rowset_load(t->reader, s->object, ids, s->n_rows, a, t->rows[i]);
        for (size_t k = 0; rc == RC_OK && k < s->n_rows; k++)
            if (t->rows[i][k] != NULL)
                titles_want_row(&t->titles, t->rows[i][k]);
    }
    return rc == RC_OK ? titles_load(&t->titles) : rc;
}

static void put_findings(struct json_out *w, const struct work_row *r)
{
    struct buf text;
    struct verdict v = {.findings = r->findings, .n_findings = r->n_findings};
    if (r->n_findings == 0)
        return;
    buf_init(&text, FINDINGS_MAX);
    verdict_findings_json(&v, &text);
    json_key(w, "findings");
    json_put_raw(w, buf_view(&text));
    buf_release(&text);
}

/* A task, an offer, a waiver is about a record of the model: the reference that is set. */
static void put_about(struct work_tile *t, struct json_out *w, const struct row *r)
{
    char room[64];
    for (size_t i = 0; r->object->builtin && i < r->object->n_fields; i++) {
        const struct field *f = r->object->fields[i];
        if (r->values[i].type != VT_REF || f->to == NULL || f->to->builtin)
            continue;
        json_key(w, "about");
        json_begin_object(w);
        json_field_str(w, "object", f->to->name);
        json_field_str(w, "id", id_text(f->to->prefix, r->values[i].ref, room));
        json_field_str(w, "title", titles_text(&t->titles, f->to, r->values[i].ref));
        json_end_object(w);
        return;
    }
}

static void put_rows(struct work_tile *t, struct json_out *w, size_t slice)
{
    const struct work_slice *s = &t->work.slices.v[slice];
    struct record_names names = rowset_names(&t->titles);
    json_key(w, "records");
    json_begin_array(w);
    for (size_t i = 0; i < s->n_rows; i++) {
        const struct row *r = t->rows[slice][i];
        if (r == NULL)
            continue;
        json_begin_object(w);
        json_key(w, "record");
        row_json(r, s->columns, s->n_columns, &names, t->q->arena, w);
        put_findings(w, &s->rows[i]);
        put_about(t, w, r);
        json_end_object(w);
    }
    json_end_array(w);
}

static void put_slice(struct work_tile *t, struct json_out *w, size_t slice)
{
    const struct work_slice *s = &t->work.slices.v[slice];
    json_begin_object(w);
    json_field_str(w, "object", s->object->name);
    json_field_str(w, "label", s->label);
    json_optional(w, "where", s->where);
    json_optional(w, "sort", s->sort != NULL ? s->sort->name : STR_NONE);
    json_key(w, "columns");
    json_begin_array(w);
    for (size_t i = 0; i < s->n_columns; i++)
        json_put_str(w, s->columns[i]->name);
    json_end_array(w);
    json_field_int(w, "total", (int64_t)s->total);
    if (s->more)
        json_field_bool(w, "more", true);
    if (s->unknown > 0)
        json_field_int(w, "unknown", (int64_t)s->unknown);
    put_rows(t, w, slice);
    json_end_object(w);
}

/* Refused rows are no records: they stand beside the slices. */
static enum rc put_held(struct work_tile *t, struct json_out *w, uint64_t *total)
{
    struct quarantine_filter everything = {0};
    struct forms forms = {.arena = t->q->arena};
    struct quarantined *rows = NULL;
    size_t n = 0;
    enum rc rc = quarantine_page(t->reader->store, t->reader->vault, &everything, 0, TILE_ROWS,
                                 t->q->arena, &rows, &n);
    if (rc == RC_OK)
        rc = quarantine_count(t->reader->store, t->reader->vault, &everything, total);
    if (rc != RC_OK)
        return rc;
    json_key(w, "held");
    forms_put(&forms, t->reader->store, t->api->parts.model, rows, n, w);
    return RC_OK;
}

static enum rc put_work(struct work_tile *t, struct json_out *w)
{
    uint64_t total = 0;
    enum rc rc = RC_OK;
    json_key(w, "work");
    json_begin_object(w);
    json_key(w, "slices");
    json_begin_array(w);
    for (size_t i = 0; i < t->work.slices.n; i++) {
        total += t->work.slices.v[i].total;
        put_slice(t, w, i);
    }
    json_end_array(w);
    if (str_is(t->tile->kind, "list") && str_is(t->tile->target, "quarantine"))
        rc = put_held(t, w, &total);
    json_field_int(w, "total", (int64_t)total);
    json_end_object(w);
    return rc;
}

void tile_work(struct api *api, const struct request *q, const struct tile *tile,
               struct json_out *w, struct response *problem)
{
    struct work_tile t = {.api = api, .q = q, .tile = tile};
    if (request_param(q, "as_of").n + request_param(q, "known").n > 0) {
        respond_problem(problem, 400, "now_only", NULL,
                        "work waits now: it has no figure of an earlier day");
        return;
    }
    t.reader = api_begin(api, problem);
    if (t.reader == NULL)
        return;
    enum rc rc = read_work(&t);
    if (rc == RC_OK)
        rc = load_rows(&t);
    if (rc == RC_OK)
        rc = put_work(&t, w);
    if (rc != RC_OK)
        respond_store(problem, rc, t.reader->store);
    api_end(api, t.reader);
}
