/* model.c - the live model and its versions. */
#include "door/handlers.h"
#include "face/model_json.h"
#include "model/diff.h"
#include "projection/list.h"

enum { CHANGE_MAX = 1 << 20 };

static enum rc count_records(struct api *api, struct reader *reader, struct arena *a,
                             uint64_t **out)
{
    const struct model *m = api->parts.model;
    enum rc rc = RC_OK;
    *out = ARENA_ARRAY(a, m->n_objects + 1, uint64_t);
    for (size_t i = 0; i < m->n_objects && rc == RC_OK; i++) {
        struct list_query all = {
            .object = m->objects[i], .now = api_now(api), .zone = reader->zone};
        rc = list_count(reader->projection, &all, &(*out)[i]);
    }
    return rc;
}

/* The ETag is the digest of the meaning. Counts of records are as of the moment of the full answer. */
void api_model(void *context, const struct request *q, struct response *r)
{
    struct api *api = context;
    char hex[65];
    uint64_t *records;
    struct json_out w;
    r->etag = str_printf(q->arena, "\"%.*s\"", STR_ARG(digest_hex(api->parts.model->digest, hex)));
    if (str_eq(r->etag, q->if_none_match))
        return;
    struct reader *reader = api_begin(api, r);
    if (reader == NULL)
        return;
    enum rc rc = count_records(api, reader, q->arena, &records);
    if (rc != RC_OK)
        respond_store(r, rc, reader->store);
    api_end(api, reader);
    if (rc != RC_OK)
        return;
    json_out_init(&w, &r->body, false);
    model_json(api->parts.model, records, q->arena, &w);
    json_out_done(&w);
}

/* ---- versions ------------------------------------------------------------------------------------------------------ */

/* What version `v` changed against `before`, as sentences; none when one of them no longer compiles. */
static void put_changes(struct json_out *w, struct store *s, uint32_t before, uint32_t v,
                        struct arena *a)
{
    struct version old_version, new_version;
    struct model *from, *to;
    struct diags quiet; /* both compiled when they went live */
    struct change_list changes;
    diags_init(&quiet, a);
    if (before == 0 || version_read(s, before, a, &old_version) != RC_OK ||
        version_read(s, v, a, &new_version) != RC_OK ||
        version_compile(&old_version, a, &from, &quiet) != RC_OK ||
        version_compile(&new_version, a, &to, &quiet) != RC_OK)
        return;
    model_diff(from, to, a, &changes);
    json_key(w, "changes");
    json_begin_array(w);
    for (size_t i = 0; i < changes.n; i++) {
        struct buf line;
        buf_init(&line, CHANGE_MAX);
        change_text(&changes.v[i], &line);
        json_put_str(w, buf_view(&line));
        buf_release(&line);
    }
    json_end_array(w);
}

static void put_version(struct json_out *w, struct store *s, const struct version *v,
                        uint32_t before)
{
    char when[40], hex[65];
    struct arena *a = arena_new();
    json_begin_object(w);
    json_field_int(w, "version", v->number);
    json_field_int(w, "seq", (int64_t)v->seq);
    json_field_str(w, "recorded_at", instant_text(v->recorded_at, when));
    json_field_str(w, "digest", digest_hex(v->digest, hex));
    json_field_str(w, "actor", v->actor);
    put_changes(w, s, before, v->number, a);
    json_end_object(w);
    arena_free(a);
}

void api_model_history(void *context, const struct request *q, struct response *r)
{
    struct api *api = context;
    struct version *all;
    struct json_out w;
    size_t n, limit;
    int64_t below;
    if (!api_limit(q, r, &limit) ||
        !request_number(q, r, "cursor", 1, UINT32_MAX, UINT32_MAX, &below))
        return;
    struct reader *reader = api_begin(api, r);
    if (reader == NULL)
        return;
    enum rc rc = version_list(reader->store, q->arena, &all, &n);
    if (rc == RC_OK) {
        size_t at = 0, shown = 0;
        json_out_init(&w, &r->body, false);
        json_begin_object(&w);
        json_key(&w, "versions");
        json_begin_array(&w);
        while (at < n && all[at].number >= below)
            at++;
        for (; at < n && shown < limit; at++, shown++)
            put_version(&w, reader->store, &all[at], at + 1 < n ? all[at + 1].number : 0);
        json_end_array(&w);
        if (at < n)
            json_field_str(&w, "cursor", str_printf(q->arena, "%u", all[at - 1].number));
        json_end_object(&w);
        json_out_done(&w);
    } else {
        respond_store(r, rc, reader->store);
    }
    api_end(api, reader);
}
