/* handlers.h - what the files of handlers share; included nowhere else.
 *
 * A handler reads its parameters, asks one engine function, and lets face/ write the answer. It has one snapshot of the data
 * (api_begin … api_end), or insight, or a verdict.
 */
#ifndef REVOS_DOOR_HANDLERS_H
#define REVOS_DOOR_HANDLERS_H

#include "change/since.h"
#include "door/api.h"

#include <pthread.h>
#include <stdatomic.h>

struct api {
    struct api_parts parts;
    struct readers *readers;
    struct figures *figures;
    atomic_bool stopping;
    pthread_mutex_t booking; /* of the two below */
    struct arena *book_arena;
    struct metric_book
        book; /* since when metrics are defined so; read once, when first asked for */
};

enum { PAGE_LIMIT = 50, PAGE_LIMIT_MAX = 500 };

/* A reader inside one snapshot, or NULL after a problem was put into `r`. */
struct reader *api_begin(struct api *api, struct response *r);
void api_end(struct api *api, struct reader *reader);
/* The object a path names, or NULL after a 404. */
const struct object *api_object(struct api *api, struct str name, struct response *r);
struct instant api_now(const struct api *api);
/* A problem from a failed read: what the store said. */
void respond_store(struct response *r, enum rc rc, struct store *store);
/* A refused command: its findings. */
void respond_refusal(struct response *r, int status, const struct verdict *v, struct str detail);
/* Several of which nothing was written because of the one at `refused`: its findings, and all verdicts. */
void respond_refusals(struct response *r, const struct verdict *v, size_t n, size_t refused,
                      struct str detail);
/* The record of the person of this short name, address or id. False after a 400 that names `member`. */
bool api_person(struct api *api, const struct request *q, struct response *r, const char *member,
                struct str name, uint64_t *out);
/* Who acts: the person of this short name, address or id; the local operator when it is empty. False after a 400. */
bool api_actor(struct api *api, const struct request *q, struct response *r, struct str as,
               struct actor *out);
/* The 503 of a command that could not be decided: nothing was written. */
void api_unwritten(struct response *r, enum rc rc);
/* Since when the live metrics are defined as they are, or NULL after a problem. */
const struct metric_book *api_book(struct api *api, struct response *r);
/* limit of a page; false after a 400. */
bool api_limit(const struct request *q, struct response *r, size_t *limit);

void api_health(void *context, const struct request *q, struct response *r);
void api_model(void *context, const struct request *q, struct response *r);
void api_model_history(void *context, const struct request *q, struct response *r);
void api_openapi(void *context, const struct request *q, struct response *r);
void api_metrics(void *context, const struct request *q, struct response *r);
void api_metric(void *context, const struct request *q, struct response *r);
void api_records(void *context, const struct request *q, struct response *r);
void api_record(void *context, const struct request *q, struct response *r);
void api_children(void *context, const struct request *q, struct response *r);
void api_record_history(void *context, const struct request *q, struct response *r);
void api_post_record(void *context, const struct request *q, struct response *r);
void api_post_commands(void *context, const struct request *q, struct response *r);
void api_form(void *context, const struct request *q, struct response *r);
void api_new_form(void *context, const struct request *q, struct response *r);
void api_erase(void *context, const struct request *q, struct response *r);
void api_gate(void *context, const struct request *q, struct response *r);
void api_score(void *context, const struct request *q, struct response *r);
void api_post_conversion(void *context, const struct request *q, struct response *r);
void api_people(void *context, const struct request *q, struct response *r);
void api_post_merge(void *context, const struct request *q, struct response *r);
void api_post_unmerge(void *context, const struct request *q, struct response *r);
void api_work(void *context, const struct request *q, struct response *r);
void api_read_notices(void *context, const struct request *q, struct response *r);
void api_explain(void *context, const struct request *q, struct response *r);
void api_unsubscribe_page(void *context, const struct request *q, struct response *r);
void api_unsubscribe(void *context, const struct request *q, struct response *r);
void api_dashboard(void *context, const struct request *q, struct response *r);

void api_imports(void *context, const struct request *q, struct response *r);
void api_import(void *context, const struct request *q, struct response *r);
void api_propose(void *context, const struct request *q, struct response *r);
void api_stop_import(void *context, const struct request *q, struct response *r);
void api_undo_import(void *context, const struct request *q, struct response *r);
void api_post_import(void *context, const struct request *q, struct response *r);
void api_maps(void *context, const struct request *q, struct response *r);
void api_quarantine(void *context, const struct request *q, struct response *r);
void api_audit(void *context, const struct request *q, struct response *r);

#endif
