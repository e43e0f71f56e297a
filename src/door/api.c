#include "door/api.h"

#include "door/handlers.h"
#include "door/stated.h"

enum rc api_open(const struct api_parts *parts, struct api **out)
{
    struct api *api = mem_new(1, sizeof *api);
    *out = NULL;
    api->parts = *parts;
    atomic_init(&api->stopping, false);
    pthread_mutex_init(&api->booking, NULL);
    api->book_arena = arena_new();
    api->readers = readers_new(parts->env, parts->data, parts->keys, parts->model);
    enum rc rc = figures_open(&parts->figures, &api->figures);
    if (rc == RC_OK)
        *out = api;
    else
        api_close(api);
    return rc;
}

void api_stop(struct api *api)
{
    atomic_store(&api->stopping, true);
}

void api_retire(struct api *api)
{
    figures_retire(api->figures);
}

struct figures *api_figures(struct api *api)
{
    return api->figures;
}

void api_close(struct api *api)
{
    if (api == NULL)
        return;
    figures_close(api->figures);
    readers_close(api->readers);
    pthread_mutex_destroy(&api->booking);
    arena_free(api->book_arena);
    mem_free(api);
}

/* ---- for handlers -------------------------------------------------------------------------------------------------- */

struct reader *api_begin(struct api *api, struct response *r)
{
    struct reader *reader;
    enum rc rc = readers_take(api->readers, &reader);
    if (rc == RC_OK)
        return reader;
    respond_problem(r, 503, rc == RC_BUSY ? "busy" : "unavailable", NULL,
                    rc == RC_BUSY ? "too many requests read at once; try again"
                                  : "the data cannot be opened for reading");
    return NULL;
}

void api_end(struct api *api, struct reader *reader)
{
    readers_put(api->readers, reader);
}

const struct object *api_object(struct api *api, struct str name, struct response *r)
{
    const struct model *m = api->parts.model;
    const struct object *o = model_object(m, name);
    if (o != NULL)
        return o;
    struct arena *a = arena_new();
    struct str why = stated_no_object(m, name, a);
    respond_problem(r, 404, "not_found", NULL, "%.*s", STR_ARG(why));
    arena_free(a);
    return NULL;
}

struct instant api_now(const struct api *api)
{
    return api->parts.env->now(api->parts.env->self);
}

void respond_store(struct response *r, enum rc rc, struct store *store)
{
    respond_rc(r, rc, "the data cannot be read: %s", store_error(store));
}

bool api_limit(const struct request *q, struct response *r, size_t *limit)
{
    int64_t n;
    bool good = request_number(q, r, "limit", 1, PAGE_LIMIT_MAX, PAGE_LIMIT, &n);
    *limit = good ? (size_t)n : 0;
    return good;
}

static bool read_book(struct api *api, struct response *r)
{
    struct reader *reader = api_begin(api, r);
    if (reader == NULL)
        return false;
    enum rc rc = metric_book_read(reader->store, api->parts.model, api->book_arena, &api->book);
    if (rc != RC_OK) {
        respond_store(r, rc, reader->store);
        api->book.model = NULL;
    }
    api_end(api, reader);
    return rc == RC_OK;
}

const struct metric_book *api_book(struct api *api, struct response *r)
{
    pthread_mutex_lock(&api->booking);
    bool there = api->book.model == api->parts.model || read_book(api, r);
    pthread_mutex_unlock(&api->booking);
    return there ? &api->book : NULL;
}

/* ---- the routes ---------------------------------------------------------------------------------------------------- */

#define PARAMS(list) .params = (list), .n_params = sizeof(list) / sizeof *(list)
#define PAGING                                          \
    {"limit", "at most so many, 1 to 500 (50)", false}, \
    {                                                   \
        "cursor", "where the last page ended", false    \
    }
#define QUERY_SCOPE                                                  \
    {"from", "first day, or a period: 2026-03-01, 2026-Q1", false},  \
        {"to", "the day after the last, or the last period", false}, \
        {"window", "this_quarter, last_12_months …", false},         \
        {"as_of", "as true then: an instant or a date", false},      \
    {                                                                \
        "known", "as recorded by then", false                        \
    }
#define QUERY_FILTER                                               \
    {"where", "a further condition (CEL)", false},                 \
        {"group", "DIMENSION=VALUE: one group; repeatable", true}, \
    {                                                              \
        "bucket", "one bucket, by its label", false                \
    }

static const struct http_param_def history_params[] = {PAGING};
static const struct http_param_def metric_params[] = {
    QUERY_SCOPE,
    QUERY_FILTER,
    {"by", "a dimension; repeatable", true},
    {"grain", "day … fiscal_year; none: one figure", false},
    {"compare", "previous, previous_year …", false},
    {"format", "csv", false},
};
static const struct http_param_def explain_params[] = {
    QUERY_SCOPE,
    QUERY_FILTER,
    {"compare", "previous, previous_year …", false},
    {"part", "only this part, from 0", false},
    PAGING,
};
static const struct http_param_def dashboard_params[] = {
    QUERY_SCOPE, {"person", "a short name: lists and queues show only what is theirs", false}};

static const struct http_param_def work_params[] = {
    {"person", "a short name: what is theirs, and what they may take; everybody's by default",
     false}};
static const struct http_param_def records_params[] = {
    {"where", "a condition (CEL)", false},
    {"sort", "a field; -field descends", false},
    {"fields", "a comma list; all by default", false},
    {"ids", "a comma list", false},
    PAGING,
};
static const struct http_param_def record_params[] = {
    {"as_of", "as true then: an instant or a date", false},
    {"known", "as recorded by then", false},
};

#define IMPORT_PARAMS                                                             \
    {"object", "of the rows", false}, {"name", "of the file", false},             \
        {"map", "a mapping of maps/; else one is proposed", false},               \
    {                                                                             \
        "column", "HEADER=FIELD: changes one column; HEADER= leaves it out", true \
    }
static const struct http_param_def propose_params[] = {IMPORT_PARAMS};
static const struct http_param_def import_params[] = {
    IMPORT_PARAMS,
    {"dry_run", "1: on a private copy of the data", false},
    {"as", "who acts, by short name; the operator by default", false},
};
static const struct http_param_def quarantine_params[] = {
    {"batch", "of this import", false},
    {"object", "of this object", false},
    {"code", "for this reason", false},
    {"format", "csv", false},
    PAGING,
};

static const struct route routes[] = {
    {"GET", "/api/v1/audit", "rules with the stored records that break them", .answers = "Audit",
     .run = api_audit},
    {"POST", "/api/v1/commands", "several commands: all of them or none, or each by itself",
     .answers = "CommandsAnswer", .body = "Commands", .run = api_post_commands},
    {"GET", "/api/v1/dashboards/{name}", "a dashboard with an answer per tile",
     PARAMS(dashboard_params), .answers = "Dashboard", .run = api_dashboard},
    {"GET", "/api/v1/health", "the head of the ledger, and how far the warehouse follows",
     .answers = "Health", .run = api_health},
    {"GET", "/api/v1/imports", "reports of imports, newest first", PARAMS(history_params),
     .answers = "ImportList", .run = api_imports},
    {"POST", "/api/v1/imports", "a file's rows into records", PARAMS(import_params), .upload = true,
     .answers = "ImportReport", .run = api_post_import},
    {"POST", "/api/v1/imports/propose", "a mapping from a file's header", PARAMS(propose_params),
     .upload = true, .answers = "Proposal", .run = api_propose},
    {"GET", "/api/v1/imports/{id}", "one report", .answers = "ImportReport", .run = api_import},
    {"POST", "/api/v1/imports/{id}/stop",
     "ends a run at its next step; the same file goes on from there", .answers = "Stopping",
     .run = api_stop_import},
    {"POST", "/api/v1/imports/{id}/undo", "takes an import back", .answers = "Undone",
     .body = "Acting", .run = api_undo_import},
    {"GET", "/api/v1/maps", "the mapping files of the workspace", .answers = "Maps",
     .run = api_maps},
    {"GET", "/api/v1/metrics", "the metrics of the model", .answers = "Metrics",
     .run = api_metrics},
    {"GET", "/api/v1/metrics/{name}", "a metric answer", PARAMS(metric_params), .answers = "Answer",
     .run = api_metric},
    {"GET", "/api/v1/metrics/{name}/explain", "one figure opened down to its records",
     PARAMS(explain_params), .answers = "Explanation", .run = api_explain},
    {"GET", "/api/v1/model", "the live model", .answers = "Model", .run = api_model},
    {"GET", "/api/v1/model/history", "versions of the model, newest first", PARAMS(history_params),
     .answers = "ModelHistory", .run = api_model_history},
    {"GET", "/api/v1/objects/{object}/form", "what a form of a new record has to fill, and may",
     .answers = "Form", .run = api_new_form},
    {"GET", "/api/v1/objects/{object}/records", "current records", PARAMS(records_params),
     .answers = "RecordPage", .run = api_records},
    {"POST", "/api/v1/objects/{object}/records", "a command: a record created or changed",
     .answers = "Verdict", .body = "Command", .run = api_post_record},
    {"GET", "/api/v1/objects/{object}/records/{id}", "one record, as it is or was",
     PARAMS(record_params), .answers = "RecordAnswer", .run = api_record},
    {"GET", "/api/v1/objects/{object}/records/{id}/children/{name}", "records that refer to it",
     PARAMS(records_params), .answers = "RecordPage", .run = api_children},
    {"POST", "/api/v1/objects/{object}/records/{id}/convert",
     "what a record becomes by conversion: all of it, or nothing", .answers = "Verdict",
     .body = "Command", .run = api_post_conversion},
    {"GET", "/api/v1/objects/{object}/records/{id}/form",
     "which of its fields may be changed; what locks the others, or makes them", .answers = "Form",
     .run = api_form},
    {"POST", "/api/v1/objects/{object}/records/{id}/erase",
     "destroys what is known of a person; cannot be undone", .answers = "Erased", .body = "Erasure",
     .run = api_erase},
    {"GET", "/api/v1/objects/{object}/records/{id}/gates/{stage}",
     "what a gate waits for; `next`: of the stage that comes next", .answers = "GateWhy",
     .run = api_gate},
    {"POST", "/api/v1/objects/{object}/records/{id}/merge",
     "another record becomes part of this one", .answers = "Verdict", .body = "Merge",
     .run = api_post_merge},
    {"POST", "/api/v1/objects/{object}/records/{id}/unmerge",
     "this record was merged: it is one of its own again", .answers = "Verdict", .body = "Unmerge",
     .run = api_post_unmerge},
    {"GET", "/api/v1/objects/{object}/records/{id}/scores/{score}", "what a score is made of",
     .answers = "ScoreWhy", .run = api_score},
    {"GET", "/api/v1/objects/{object}/records/{id}/history", "its events, newest first",
     PARAMS(history_params), .answers = "HistoryPage", .run = api_record_history},
    {"POST", "/api/v1/notifications/read", "all that somebody was told is read",
     .answers = "NoticesRead", .body = "Whose", .run = api_read_notices},
    {"GET", "/api/v1/openapi.json", "this document", .answers = "OpenApi", .run = api_openapi},
    {"GET", "/api/v1/people",
     "who is here: seats, absences and who stands in, quotas, how much waits for them",
     .answers = "People", .run = api_people},
    {"GET", "/api/v1/quarantine", "refused rows", PARAMS(quarantine_params),
     .answers = "Quarantine", .run = api_quarantine},
    {"GET", "/api/v1/work", "what waits for a person, with what can be done about it",
     PARAMS(work_params), .answers = "PersonWork", .run = api_work},
    {"GET", "/unsubscribe/{token}", "a page for whoever got a mail", .run = api_unsubscribe_page},
    {"POST", "/unsubscribe/{token}", "takes a consent back", .run = api_unsubscribe},
};

const struct route *api_routes(size_t *n)
{
    *n = sizeof routes / sizeof *routes;
    return routes;
}

void api_openapi(void *context, const struct request *q, struct response *r)
{
    size_t n;
    (void)context;
    (void)q;
    const struct route *all = api_routes(&n);
    routes_openapi(all, n, &r->body);
}
