/* metrics.c - metrics listed, asked, explained. */
#include "door/ask.h"
#include "face/answer.h"
#include "face/model_json.h"
#include "insight/naming.h"

void api_metrics(void *context, const struct request *q, struct response *r)
{
    const struct model *m = ((struct api *)context)->parts.model;
    struct json_out w;
    json_out_init(&w, &r->body, false);
    json_begin_object(&w);
    json_key(&w, "metrics");
    json_begin_array(&w);
    for (size_t i = 0; i < m->n_metrics; i++)
        metric_json(m, m->metrics[i], q->arena, &w);
    json_end_array(&w);
    json_end_object(&w);
    json_out_done(&w);
}

static bool metric_exists(struct api *api, struct str name, struct response *r)
{
    const struct model *m = api->parts.model;
    if (model_metric(m, name) != NULL)
        return true;
    struct arena *a = arena_new();
    struct str *names = ARENA_ARRAY(a, m->n_metrics + 1, struct str);
    for (size_t i = 0; i < m->n_metrics; i++)
        names[i] = m->metrics[i]->name;
    struct str near = text_nearest(name, names, m->n_metrics);
    respond_problem(r, 404, "not_found", NULL, "the live model has no metric '%.*s'%s%.*s%s",
                    STR_ARG(name), near.n > 0 ? "; did you mean '" : "", STR_ARG(near),
                    near.n > 0 ? "'?" : "");
    arena_free(a);
    return false;
}

static void put_csv(const struct request *q, const struct answer *answer, struct response *r)
{
    answer_csv(answer, q->arena, &r->body);
    r->type = "text/csv; charset=utf-8";
    r->file_name = str_printf(q->arena, "%.*s.csv", STR_ARG(answer->metric->name));
}

static void put_answer(struct api *api, const struct request *q, const struct answer *answer,
                       struct response *r)
{
    const struct metric_book *book = api_book(api, r);
    struct json_out w;
    if (book == NULL)
        return;
    json_out_init(&w, &r->body, false);
    answer_json(answer, book, q->arena, &w);
    json_out_done(&w);
}

void api_metric(void *context, const struct request *q, struct response *r)
{
    struct api *api = context;
    struct query query;
    struct answer answer;
    struct insight *insight;
    struct diags ds;
    struct str why, format = request_param(q, "format");
    if (format.p != NULL && !str_is(format, "csv")) {
        respond_problem(r, 400, "bad_parameter", "format", "the only other format is csv");
        return;
    }
    if (!metric_exists(api, q->args[0], r) || !ask_read(api, q, r, &query))
        return;
    query.metric = q->args[0];
    diags_init(&ds, q->arena);
    if (figures_take(api->figures, q->arena, &insight, &why) != RC_OK) {
        ask_unavailable(r, why);
        return;
    }
    enum rc rc = insight_query(insight, api->parts.model, &query, q->arena, &answer, &ds);
    figures_release(api->figures);
    if (rc != RC_OK) {
        ask_problem(r, rc, &ds);
    } else if (format.p != NULL) {
        put_csv(q, &answer, r);
    } else {
        put_answer(api, q, &answer, r);
    }
}

/* ---- explain ------------------------------------------------------------------------------------------------------- */

/* What the records behind the figure are called. */
static void name_records(struct api *api, const struct request *q, struct explanation *x,
                         struct response *r)
{
    struct reader *reader = api_begin(api, r);
    if (reader == NULL)
        return;
    enum rc rc = explanation_name(x, reader->projection, q->arena);
    if (rc != RC_OK)
        respond_store(r, rc, reader->store);
    api_end(api, reader);
}

static void put_explanation(struct api *api, const struct request *q, struct explanation *x,
                            int64_t part, struct response *r)
{
    struct json_out w;
    if (part >= (int64_t)x->n_parts) {
        respond_problem(r, 400, "bad_parameter", "part", "the explanation has %zu parts",
                        x->n_parts);
        return;
    }
    if (part >= 0) {
        x->parts += part;
        x->n_parts = 1;
    }
    const struct metric_book *book = api_book(api, r);
    if (book != NULL)
        name_records(api, q, x, r);
    if (r->status != 200)
        return;
    json_out_init(&w, &r->body, false);
    explanation_json(x, book, q->arena, &w);
    json_out_done(&w);
}

void api_explain(void *context, const struct request *q, struct response *r)
{
    struct api *api = context;
    struct query query;
    struct explanation x;
    struct insight *insight;
    struct diags ds;
    struct str why;
    int64_t part, offset;
    size_t limit;
    if (!metric_exists(api, q->args[0], r) || !api_limit(q, r, &limit) ||
        !request_number(q, r, "part", 0, 10000, -1, &part) ||
        !request_number(q, r, "cursor", 0, INT32_MAX, 0, &offset) || !ask_read(api, q, r, &query))
        return;
    if (offset > 0 && part < 0) {
        respond_problem(r, 400, "bad_parameter", "cursor",
                        "a cursor goes with the part it came from");
        return;
    }
    query.metric = q->args[0];
    diags_init(&ds, q->arena);
    if (figures_take(api->figures, q->arena, &insight, &why) != RC_OK) {
        ask_unavailable(r, why);
        return;
    }
    enum rc rc = insight_explain(insight, api->parts.model, &query, (size_t)offset, limit, q->arena,
                                 &x, &ds);
    figures_release(api->figures);
    if (rc != RC_OK)
        ask_problem(r, rc, &ds);
    else
        put_explanation(api, q, &x, part, r);
}
