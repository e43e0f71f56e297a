/* imports.c - files in: proposed, imported, and what became of them. */
#include "connect/import.h"
#include "connect/undo.h"

#include "door/import_file.h"
#include "door/posted.h"
#include "door/quarantine.h"
#include "face/model_json.h"
#include "projection/titles.h"

#include <string.h>

enum { IMPORTS_OFFSET_MAX = 100000, REASONS_MAX = 200, EXAMPLES = 20 };

/* ---- reports of what was imported ------------------------------------------------------------------------------------ */

static void put_counts(struct json_out *w, const struct row_counts *c)
{
    json_field_int(w, "rows", (int64_t)c->rows);
    json_field_int(w, "created", (int64_t)c->created);
    json_field_int(w, "updated", (int64_t)c->updated);
    json_field_int(w, "unchanged", (int64_t)c->unchanged);
    json_field_int(w, "merged", (int64_t)c->merged);
    json_field_int(w, "quarantined", (int64_t)c->quarantined);
    json_field_bool(w, "law",
                    c->rows == c->created + c->updated + c->unchanged + c->merged + c->quarantined);
}

struct reason {
    struct str code, field, message;
    uint64_t rows;
};

struct reasons {
    struct arena *a;
    struct map by_text;
    struct reason v[REASONS_MAX];
    size_t n;
};

/* The first finding decides which reason a row counts for; beyond the bound they are not told apart. */
static void count_reason(struct reasons *all, const struct quarantined *q)
{
    struct json *findings;
    struct str message = q->code;
    if (json_read(q->findings, NULL, all->a, &findings, NULL) == RC_OK &&
        findings->type == JSON_ARRAY && findings->n > 0)
        (void)json_str(json_get(&findings->items[0], "message"), &message);
    struct str key = str_printf(all->a, "%.*s\n%.*s\n%.*s", STR_ARG(q->code), STR_ARG(q->field),
                                STR_ARG(message));
    struct reason *known = map_find(&all->by_text, key);
    if (known == NULL && all->n < REASONS_MAX) {
        known = &all->v[all->n++];
        *known = (struct reason){q->code, q->field, message, 0};
        (void)map_put(&all->by_text, key, known);
    }
    if (known != NULL)
        known->rows++;
}

static void put_reason(struct json_out *w, const struct reason *r)
{
    json_begin_object(w);
    json_field_str(w, "code", r->code);
    json_optional(w, "field", r->field);
    json_field_str(w, "message", r->message);
    json_field_int(w, "rows", (int64_t)r->rows);
    json_end_object(w);
}

/* Reasons of the rows of a batch that are open still. */
static enum rc put_reasons(struct json_out *w, struct reader *reader, uint64_t batch,
                           struct arena *a)
{
    struct reasons *all = ARENA_NEW(a, struct reasons);
    struct quarantine_filter f = {.batch = batch};
    uint64_t after = 0;
    size_t n = 1;
    enum rc rc = RC_OK;
    all->a = a;
    map_init(&all->by_text, a);
    while (n > 0 && rc == RC_OK) {
        struct quarantined *rows;
        rc = quarantine_page(reader->store, reader->vault, &f, after, 500, a, &rows, &n);
        for (size_t i = 0; rc == RC_OK && i < n; i++) {
            count_reason(all, &rows[i]);
            after = rows[i].id;
        }
    }
    json_key(w, "reasons");
    json_begin_array(w);
    for (size_t i = 0; i < all->n; i++)
        put_reason(w, &all->v[i]);
    json_end_array(w);
    return rc;
}

/* Columns of the file that no field takes. */
static void put_unmapped(struct json_out *w, const struct mapping *map, const struct str *header,
                         size_t n)
{
    json_key(w, "unmapped");
    json_begin_array(w);
    for (size_t i = 0; i < n; i++) {
        bool used = false;
        for (size_t k = 0; map != NULL && k < map->n_targets && !used; k++)
            for (size_t c = 0; c < map->targets[k].n_columns && !used; c++)
                used = str_eq_nocase(str_trim(map->targets[k].columns[c].name),
                                     str_trim(header[i]));
        if (!used)
            json_put_str(w, header[i]);
    }
    json_end_array(w);
}

static void put_unmapped_of(struct json_out *w, struct api *api, struct store *s, uint64_t batch,
                            struct arena *a)
{
    struct form form;
    struct mapping *map = NULL;
    struct diags quiet; /* it compiled when the file was imported */
    diags_init(&quiet, a);
    if (form_read(s, batch, a, &form) != RC_OK)
        form = (struct form){0};
    struct source text = {.name = STR("mapping"), .text = form.mapping_text};
    if (form.mapping_text.n > 0 &&
        mapping_read(&text, api->parts.model, NULL, a, &map, &quiet) != RC_OK)
        map = NULL;
    put_unmapped(w, map, form.header, map != NULL ? form.n_header : 0);
    mapping_close(map);
}

static const char *state_of(struct api *api, const struct batch_info *b)
{
    if (running_find(api->parts.running, b->batch, NULL))
        return "running";
    if (b->phase == IMPORT_UNDONE)
        return "undone";
    return b->phase == IMPORT_ENDED ? "done" : "stopped";
}

/* How far a run is: bytes of the file, and rows that stand. */
static void put_progress(struct json_out *w, struct api *api, uint64_t batch)
{
    struct import_progress p;
    if (!running_find(api->parts.running, batch, &p))
        return;
    json_key(w, "progress");
    json_begin_object(w);
    json_field_int(w, "rows", (int64_t)p.rows);
    json_field_int(w, "bytes", (int64_t)p.bytes_done);
    json_field_int(w, "bytes_total", (int64_t)p.bytes_total);
    json_end_object(w);
}

/* The actor of an event, a person by short name. */
static enum rc put_actor(struct json_out *w, struct reader *reader, struct str actor,
                         struct arena *a)
{
    struct titles titles;
    titles_init(&titles, reader->projection, a);
    titles_want_actor(&titles, actor);
    enum rc rc = titles_load(&titles);
    json_field_str(w, "actor", rc == RC_OK ? titles_actor(&titles, actor) : actor);
    return rc;
}

static enum rc put_batch(struct api *api, struct reader *reader, const struct batch_info *b,
                         struct json_out *w)
{
    char room[64], hex[65];
    struct arena *a = arena_new();
    struct event first, last;
    const struct object *o = model_object_numbered(api->parts.model, b->object);
    enum rc rc = ledger_get(reader->store, NULL, b->first_seq, a, &first);
    if (rc == RC_OK)
        rc = ledger_get(reader->store, NULL, b->last_seq, a, &last);
    json_begin_object(w);
    if (rc == RC_OK) {
        json_field_str(w, "id", id_text(STR("imp"), b->batch, room));
        json_field_str(w, "object", o != NULL ? o->name : STR_NONE);
        json_field_str(w, "source", b->source);
        json_field_str(w, "name", b->file);
        json_field_str(w, "digest", digest_hex(first.import.file_digest, hex));
        json_field_cstr(w, "state", state_of(api, b));
        json_field_bool(w, "dry_run", false);
        rc = put_actor(w, reader, first.actor, a);
        json_field_str(w, "started_at", instant_text(first.recorded_at, room));
        if (b->phase != IMPORT_BEGUN)
            json_field_str(w, "ended_at", instant_text(last.recorded_at, room));
        put_counts(w, &b->counts);
        put_progress(w, api, b->batch);
        if (rc == RC_OK)
            rc = put_reasons(w, reader, b->batch, a);
        put_unmapped_of(w, api, reader->store, b->batch, a);
    }
    json_end_object(w);
    arena_free(a);
    return rc;
}

static enum rc list_imports(struct api *api, struct reader *reader, const struct request *q,
                            size_t offset, size_t limit, struct response *r)
{
    struct batch_info *all;
    struct json_out w;
    size_t n;
    enum rc rc = batch_page(reader->store, offset + limit + 1, q->arena, &all, &n);
    if (rc != RC_OK)
        return rc;
    json_out_init(&w, &r->body, false);
    json_begin_object(&w);
    json_key(&w, "imports");
    json_begin_array(&w);
    for (size_t i = offset; rc == RC_OK && i < n && i < offset + limit; i++)
        rc = put_batch(api, reader, &all[i], &w);
    json_end_array(&w);
    if (n > offset + limit)
        json_field_str(&w, "cursor", str_printf(q->arena, "%zu", offset + limit));
    json_end_object(&w);
    json_out_done(&w);
    return rc;
}

void api_imports(void *context, const struct request *q, struct response *r)
{
    size_t limit;
    int64_t offset;
    if (!api_limit(q, r, &limit) ||
        !request_number(q, r, "cursor", 1, IMPORTS_OFFSET_MAX, 0, &offset))
        return;
    struct reader *reader = api_begin(context, r);
    if (reader == NULL)
        return;
    enum rc rc = list_imports(context, reader, q, (size_t)offset, limit, r);
    if (rc != RC_OK)
        respond_store(r, rc, reader->store);
    api_end(context, reader);
}

void api_import(void *context, const struct request *q, struct response *r)
{
    struct batch_info b;
    struct json_out w;
    uint64_t id;
    struct reader *reader = api_begin(context, r);
    if (reader == NULL)
        return;
    enum rc rc = id_parse(q->args[0], STR("imp"), &id) ? batch_find(reader->store, id, q->arena, &b)
                                                       : RC_NOT_FOUND;
    if (rc == RC_OK) {
        json_out_init(&w, &r->body, false);
        rc = put_batch(context, reader, &b, &w);
        json_out_done(&w);
    }
    if (rc == RC_NOT_FOUND)
        respond_problem(r, 404, "not_found", NULL, "there is no import %.*s", STR_ARG(q->args[0]));
    else if (rc != RC_OK)
        respond_store(r, rc, reader->store);
    api_end(context, reader);
}

/* ---- a file in ------------------------------------------------------------------------------------------------------- */

struct posting {
    struct api *api;
    const struct request *q;
    struct import_file *file;
    struct store *store;
    struct vault *vault; /* of the private copy */
    struct digest mapping_digest;
    struct actor actor;
    struct str who; /* the same as given, for people */
    bool dry_run;
    struct instant started, ended;
    struct import_report report;
};

static bool go_on(void *self, const struct import_progress *p)
{
    struct posting *run = self;
    (void)p;
    if (!run->dry_run)
        figures_follow(run->api->figures);
    return !atomic_load(&run->api->stopping);
}

/* The words that were learnt belong to the mapping. */
static enum rc learn(struct posting *run, struct store *store)
{
    run->mapping_digest = digest_of(run->file->mapping_text);
    return alias_load(store, run->file->mapping, run->q->arena, &run->mapping_digest);
}

/* With a writer in its turns, so that others write in between; else here, on a copy of one's own. */
static enum rc run_import(struct posting *run, struct admission *a, struct writer *writer)
{
    struct import_file *f = run->file;
    struct import_request request = {.store = run->store,
                                     .admission = a,
                                     .writer = writer,
                                     .running = run->dry_run ? NULL : run->api->parts.running,
                                     .env = run->api->parts.env,
                                     .table = f->table,
                                     .mapping = f->mapping,
                                     .mapping_text = f->mapping_text,
                                     .mapping_digest = run->mapping_digest,
                                     .file_name = f->name,
                                     .actor = run->actor,
                                     .dry_run = run->dry_run,
                                     .self = run,
                                     .go_on = go_on};
    return import_run(&request, run->q->arena, &run->report, &f->ds);
}

static enum rc put_examples(struct posting *run, struct json_out *w)
{
    struct quarantine_filter filter = {.batch = run->report.batch};
    struct forms forms = {.arena = run->q->arena};
    struct quarantined *rows;
    size_t n;
    enum rc rc = quarantine_page(run->store, run->vault, &filter, 0, EXAMPLES, run->q->arena, &rows,
                                 &n);
    json_key(w, "examples");
    forms_put(&forms, run->store, run->api->parts.model, rows, rc == RC_OK ? n : 0, w);
    return rc;
}

static enum rc put_report(struct posting *run, struct json_out *w)
{
    const struct import_report *report = &run->report;
    const struct table_about *about = table_about(run->file->table);
    char room[64], hex[65];
    size_t n;
    const struct str *header = table_header(run->file->table, &n);
    json_begin_object(w);
    if (!run->dry_run)
        json_field_str(w, "id", id_text(STR("imp"), report->batch, room));
    json_field_str(w, "object", report->object->name);
    json_field_str(w, "source", report->source);
    json_field_str(w, "name", report->file_name);
    json_field_int(w, "bytes", (int64_t)about->bytes);
    json_field_str(w, "digest", digest_hex(about->digest, hex));
    json_optional(w, "map", run->file->map_name);
    json_field_cstr(w, "state", report->complete ? "done" : "stopped");
    json_field_bool(w, "dry_run", run->dry_run);
    json_field_str(w, "actor",
                   str_printf(run->q->arena, "person:%.*s",
                              STR_ARG(run->who.n > 0 ? run->who : STR("operator"))));
    json_field_str(w, "started_at", instant_text(run->started, room));
    json_field_str(w, "ended_at", instant_text(run->ended, room));
    put_counts(w, &report->counts);
    json_field_int(w, "blank", (int64_t)(report->blank_lines + report->footer_lines));
    json_key(w, "reasons");
    json_begin_array(w);
    for (size_t i = 0; i < report->n_refused; i++) {
        const struct import_tally *t = &report->refused[i];
        put_reason(w, &(struct reason){t->code, t->field, t->message, t->rows});
    }
    json_end_array(w);
    put_unmapped(w, run->file->mapping, header, n);
    enum rc rc = run->dry_run ? put_examples(run, w) : RC_OK;
    json_end_object(w);
    return rc;
}

static void answer_run(struct posting *run, enum rc rc, struct response *r)
{
    struct json_out w;
    run->ended = api_now(run->api);
    if (rc == RC_OK || rc == RC_CANCELLED) {
        json_out_init(&w, &r->body, false);
        rc = put_report(run, &w);
        json_out_done(&w);
    }
    if (rc == RC_OK)
        return;
    if (run->report.under_way)
        respond_problem(r, 409, "under_way", NULL,
                        "this file is being imported already; its report is among the imports");
    else if (run->file->ds.errors > 0)
        respond_diags(r, "bad_file", NULL, &run->file->ds);
    else
        respond_problem(r, 503, rc == RC_BUSY ? "busy" : "unavailable", NULL,
                        rc == RC_CONFLICT ? "the import stopped because another version of the "
                                            "model went live; the same request goes on from there"
                                          : "the import stopped; the same request goes on from "
                                            "there");
}

/* The whole run on a private copy of the data, in this request's thread. */
static void rehearse(struct posting *run, struct response *r)
{
    struct api *api = run->api;
    struct api_copy copy;
    enum rc rc = api->parts.open_copy(api->parts.self, run->q->arena, &copy);
    if (rc != RC_OK) {
        respond_problem(r, 503, "unavailable", NULL, "the data cannot be copied for a dry run");
        return;
    }
    run->store = copy.store;
    run->vault = copy.vault;
    rc = learn(run, copy.store);
    answer_run(run, rc == RC_OK ? run_import(run, copy.admission, NULL) : rc, r);
    api->parts.close_copy(api->parts.self, &copy);
}

/* Group by group through the writer, from this request's thread. */
static void import(struct posting *run, struct response *r)
{
    struct api *api = run->api;
    struct reader *reader = api_begin(api, r);
    if (reader == NULL)
        return;
    enum rc rc = learn(run, reader->store);
    api_end(api, reader);
    if (rc == RC_OK)
        rc = run_import(run, NULL, api->parts.writer);
    figures_follow(api->figures);
    answer_run(run, rc, r);
}

static bool takes_something(const struct import_file *f, struct response *r)
{
    if (f->mapping->n_targets > 0)
        return true;
    respond_problem(r, 400, "bad_file", "column",
                    "no column of this file is known to be a field of %.*s: say which with "
                    "column=HEADER=FIELD",
                    STR_ARG(f->object->name));
    return false;
}

void api_post_import(void *context, const struct request *q, struct response *r)
{
    struct api *api = context;
    struct import_file file;
    struct str dry = request_param(q, "dry_run");
    struct posting run = {.api = api,
                          .q = q,
                          .file = &file,
                          .store = api->parts.store,
                          .who = request_param(q, "as"),
                          .dry_run = str_is(dry, "1"),
                          .started = api_now(api)};
    if (dry.p != NULL && !str_is(dry, "1") && !str_is(dry, "0")) {
        respond_problem(r, 400, "bad_parameter", "dry_run", "write dry_run=1");
        return;
    }
    if (!api_actor(api, q, r, run.who, &run.actor))
        return;
    if (import_file_open(api, q, r, &file) && takes_something(&file, r)) {
        if (run.dry_run)
            rehearse(&run, r);
        else
            import(&run, r);
    }
    import_file_close(&file);
}

void api_stop_import(void *context, const struct request *q, struct response *r)
{
    struct api *api = context;
    uint64_t id;
    if (!id_parse(q->args[0], STR("imp"), &id) || !running_stop(api->parts.running, id)) {
        respond_problem(r, 404, "not_found", NULL, "no import %.*s is under way",
                        STR_ARG(q->args[0]));
        return;
    }
    buf_cstr(&r->body, "{\"stopping\": true}");
}

/* ---- undo ------------------------------------------------------------------------------------------------------------ */

enum { KEPT_SHOWN = 20 };

struct kept {
    const struct object *object;
    uint64_t record;
    struct str why;
};

struct undoing {
    struct api *api;
    struct arena *arena;
    struct kept first[KEPT_SHOWN];
    size_t n;
};

static void note_kept(void *self, const struct object *o, uint64_t record,
                      const struct finding *why)
{
    struct undoing *u = self;
    if (u->n < KEPT_SHOWN)
        u->first[u->n++] = (struct kept){o, record,
                                         why ? str_dup(u->arena, why->message) : STR("refused")};
}

static bool undo_goes_on(void *self, uint64_t retracted)
{
    const struct undoing *u = self;
    (void)retracted;
    return !atomic_load(&u->api->stopping);
}

static void put_undone(const struct undoing *u, struct str id, const struct undo_report *report,
                       struct response *r)
{
    struct json_out w;
    char room[64];
    json_out_init(&w, &r->body, false);
    json_begin_object(&w);
    json_field_str(&w, "id", id);
    json_field_int(&w, "retracted", (int64_t)report->retracted);
    json_field_int(&w, "kept", (int64_t)report->kept);
    json_key(&w, "first");
    json_begin_array(&w);
    for (size_t i = 0; i < u->n; i++) {
        json_begin_object(&w);
        json_field_str(&w, "object", u->first[i].object->name);
        json_field_str(&w, "id", id_text(u->first[i].object->prefix, u->first[i].record, room));
        json_field_str(&w, "why", u->first[i].why);
        json_end_object(&w);
    }
    json_end_array(&w);
    json_end_object(&w);
    json_out_done(&w);
}

static void refuse_undo(const struct undo_request *q, const struct undo_report *report,
                        struct response *r, enum rc rc, struct str id)
{
    bool meanwhile = rc == RC_CONFLICT &&
                     (report->info.object == 0 ||
                      model_object_numbered(q->model, report->info.object) != NULL);
    if (rc == RC_NOT_FOUND)
        respond_problem(r, 404, "not_found", NULL, "there is no import %.*s", STR_ARG(id));
    else if (rc == RC_BUSY)
        respond_problem(r, 409, "under_way", NULL, "%.*s is under way; stop it, then undo it",
                        STR_ARG(id));
    else if (rc == RC_CONFLICT && !meanwhile)
        respond_problem(r, 409, "conflict", NULL, "the live model lacks the object of %.*s",
                        STR_ARG(id));
    else if (meanwhile)
        respond_problem(r, 503, "unavailable", NULL,
                        "the undo stopped because another version of the model went live; the same "
                        "request goes on from there");
    else
        respond_problem(r, 503, "unavailable", NULL,
                        "the undo stopped; the same request goes on from there");
    r->outdated = rc == RC_CONFLICT && report->retracted == 0;
}

void api_undo_import(void *context, const struct request *q, struct response *r)
{
    struct api *api = context;
    struct undoing u = {.api = api, .arena = q->arena};
    struct undo_report report = {0};
    struct posted p = posted_begin(context, q, r);
    struct undo_request undo = {.store = api->parts.store,
                                .writer = api->parts.writer,
                                .running = api->parts.running,
                                .model = api->parts.model,
                                .self = &u,
                                .kept = note_kept,
                                .go_on = undo_goes_on};
    if (!posted_actor(&p, &undo.actor))
        return;
    enum rc rc = id_parse(q->args[0], STR("imp"), &undo.batch)
                     ? import_undo(&undo, q->arena, &report)
                     : RC_NOT_FOUND;
    figures_follow(api->figures);
    if (rc == RC_OK)
        put_undone(&u, q->args[0], &report, r);
    else
        refuse_undo(&undo, &report, r, rc, q->args[0]);
}
