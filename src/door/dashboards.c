/* dashboards.c - a dashboard with an answer per tile. */
#include "door/ask.h"
#include "door/tiles.h"
#include "face/answer.h"
#include "face/model_json.h"
#include "insight/worklist.h"

/* One dashboard being answered. */
struct board {
    struct api *api;
    const struct request *q;
    struct insight *insight; /* NULL: `why` */
    struct str why;
};

/* The tile's own query, with the request's window and instants in place of its own. */
static void tile_query(const struct board *b, const struct tile *t, struct query *out)
{
    struct str *by = ARENA_ARRAY(b->q->arena, 1, struct str);
    struct str window = request_param(b->q, "window"), from = request_param(b->q, "from"),
               to = request_param(b->q, "to");
    bool given = window.n + from.n + to.n > 0;
    by[0] = t->by_name;
    *out = (struct query){
        .metric = t->target,
        .by = by,
        .n_by = t->by_name.n > 0,
        .grain = str_of(t->grain != PERIOD_NONE ? period_unit_name(t->grain) : NULL),
        .window = given ? window : t->window,
        .from = from,
        .to = to,
        .compare = t->compare,
        .as_of = request_param(b->q, "as_of"),
        .known = request_param(b->q, "known"),
        .now = api_now(b->api)};
}

static void put_query(struct json_out *w, const struct query *q)
{
    json_key(w, "query");
    json_begin_object(w);
    if (q->n_by > 0) {
        json_key(w, "by");
        json_begin_array(w);
        for (size_t i = 0; i < q->n_by; i++)
            json_put_str(w, q->by[i]);
        json_end_array(w);
    }
    json_optional(w, "grain", q->grain);
    json_optional(w, "window", q->window);
    json_optional(w, "from", q->from);
    json_optional(w, "to", q->to);
    json_optional(w, "compare", q->compare);
    json_optional(w, "as_of", q->as_of);
    json_optional(w, "known", q->known);
    json_end_object(w);
}

/* The problem of one tile, as it would be the answer of its own request. */
static void put_problem(struct json_out *w, const struct response *r)
{
    json_key(w, "problem");
    json_put_raw(w, buf_view(&r->body));
}

static void put_metric_tile(struct board *b, struct json_out *w, const struct tile *t,
                            struct response *problem)
{
    struct query query;
    struct answer answer;
    struct diags ds;
    tile_query(b, t, &query);
    put_query(w, &query);
    if (b->insight == NULL) {
        ask_unavailable(problem, b->why);
        put_problem(w, problem);
        return;
    }
    diags_init(&ds, b->q->arena);
    enum rc rc = insight_query(b->insight, b->api->parts.model, &query, b->q->arena, &answer, &ds);
    if (rc != RC_OK) {
        ask_problem(problem, rc, &ds);
        put_problem(w, problem);
        return;
    }
    json_key(w, "answer");
    answer_json(&answer, NULL, b->q->arena, w);
}

static void put_funnel_tile(struct board *b, struct json_out *w, const struct tile *t,
                            struct response *problem)
{
    const struct model *m = b->api->parts.model;
    struct query query;
    struct funnel funnel;
    struct diags ds;
    tile_query(b, t, &query);
    put_query(w, &query);
    diags_init(&ds, b->q->arena);
    enum rc rc = RC_OK;
    if (b->insight == NULL)
        ask_unavailable(problem, b->why);
    else
        rc = insight_funnel(b->insight, m, model_process(m, t->target), &query, b->q->arena,
                            &funnel, &ds);
    if (rc != RC_OK)
        ask_problem(problem, rc, &ds);
    if (problem->status != 200) {
        put_problem(w, problem);
        return;
    }
    json_key(w, "funnel");
    funnel_json(&funnel, b->q->arena, w);
}

static struct str tile_label(const struct tile *t)
{
    struct str work = worklist_label(t->kind, t->target);
    return label_or(t->label, work.n > 0 ? work : t->target);
}

static void put_tile(struct board *b, struct json_out *w, const struct tile *t)
{
    struct response problem = {.status = 200};
    buf_init(&problem.body, HTTP_BODY_MAX);
    json_begin_object(w);
    json_key(w, "tile");
    json_begin_object(w);
    json_field_str(w, "kind", t->kind);
    json_field_str(w, "target", t->target);
    json_field_str(w, "label", tile_label(t));
    json_end_object(w);
    if (str_is(t->kind, "metric")) {
        put_metric_tile(b, w, t, &problem);
    } else if (str_is(t->kind, "funnel")) {
        put_funnel_tile(b, w, t, &problem);
    } else {
        tile_work(b->api, b->q, t, w, &problem);
        if (problem.status != 200)
            put_problem(w, &problem);
    }
    json_end_object(w);
    buf_release(&problem.body);
}

static const struct dashboard *find_dashboard(const struct model *m, struct str name)
{
    for (size_t i = 0; i < m->n_dashboards; i++)
        if (str_eq(m->dashboards[i].name, name))
            return &m->dashboards[i];
    return NULL;
}

static void put_dashboard(struct board *b, const struct dashboard *d, struct response *r)
{
    struct json_out w;
    json_out_init(&w, &r->body, false);
    json_begin_object(&w);
    json_field_str(&w, "name", d->name);
    json_field_str(&w, "label", label_or(d->label, d->name));
    json_optional(&w, "description", d->description);
    json_field_str(&w, "audience", d->audience);
    json_optional(&w, "refresh", d->refresh);
    json_field_str(&w, "owner", d->owner != NULL ? d->owner->name : STR_NONE);
    json_optional(&w, "at", place_text(&d->at, b->q->arena));
    json_key(&w, "tiles");
    json_begin_array(&w);
    for (size_t i = 0; i < d->n_tiles; i++)
        put_tile(b, &w, &d->tiles[i]);
    json_end_array(&w);
    json_end_object(&w);
    json_out_done(&w);
}

void api_dashboard(void *context, const struct request *q, struct response *r)
{
    struct board b = {.api = context, .q = q};
    if (!worklist_word(request_param(q, "person"))) {
        respond_problem(r, 400, "bad_parameter", "person", "a person is meant by a short name");
        return;
    }
    const struct dashboard *d = find_dashboard(b.api->parts.model, q->args[0]);
    if (d == NULL) {
        respond_problem(r, 404, "not_found", NULL, "the live model has no dashboard '%.*s'",
                        STR_ARG(q->args[0]));
        return;
    }
    bool ready = figures_take(b.api->figures, q->arena, &b.insight, &b.why) == RC_OK;
    put_dashboard(&b, d, r);
    if (ready)
        figures_release(b.api->figures);
}
