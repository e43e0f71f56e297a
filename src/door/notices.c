/* notices.c - all that somebody was told is read. */
#include "admission/parse.h"
#include "door/handlers.h"
#include "projection/list.h"

enum { NOTICES_MAX = 1000 }; /* of one request: the rest stays unread, and the answer says so */

struct reading {
    struct api *api;
    const struct request *q;
    struct response *r;
    const struct object *object;
    struct actor actor;
    struct list_place *unread;
    size_t n;
};

static bool read_body(struct reading *k)
{
    struct json *body;
    struct str as;
    if (json_read(k->q->body, NULL, k->q->arena, &body, NULL) == RC_OK &&
        body->type == JSON_OBJECT && body->n == 1 && json_str(json_get(body, "as"), &as) && as.n)
        return api_actor(k->api, k->q, k->r, as, &k->actor);
    respond_problem(k->r, 400, "bad_parameter", "as", "say whose: {\"as\": \"ana\"}");
    return false;
}

static bool find_unread(struct reading *k)
{
    const struct field *state = object_field(k->object, STR("state"));
    struct reader *reader = api_begin(k->api, k->r);
    if (reader == NULL)
        return false;
    struct list_query q = {.object = k->object,
                           .via = object_field_numbered(k->object, FN_OWNER),
                           .parent = k->actor.person,
                           .now = api_now(k->api),
                           .zone = reader->zone};
    q.test = (struct list_test){LIST_AMONG, state, &field_value(state, STR("unread"))->number, 1};
    enum rc rc = list_page(reader->projection, &q, NULL, NOTICES_MAX, k->q->arena, &k->unread,
                           &k->n);
    if (rc != RC_OK)
        respond_store(k->r, rc, reader->store);
    api_end(k->api, reader);
    return rc == RC_OK;
}

/* One command each, as if they had been opened one by one. */
static enum rc mark(struct reading *k, size_t *done)
{
    static const struct field_input read = {
        .name = {"state", 5}, .form = INPUT_TEXT, .text = {"read", 4}};
    struct command *c = ARENA_ARRAY(k->q->arena, k->n + 1, struct command);
    struct verdict *v = ARENA_ARRAY(k->q->arena, k->n + 1, struct verdict);
    for (size_t i = 0; i < k->n; i++)
        c[i] = (struct command){.kind = CMD_UPDATE,
                                .object = k->object,
                                .id = k->unread[i].id,
                                .fields = &read,
                                .n_fields = 1,
                                .actor = k->actor,
                                .door = DOOR_HTTP};
    enum rc rc = RC_OK;
    for (size_t at = 0; at < k->n && rc == RC_OK; at += WRITER_GROUP_MAX) {
        size_t n = k->n - at < WRITER_GROUP_MAX ? k->n - at : WRITER_GROUP_MAX;
        rc = writer_submit(k->api->parts.writer, &c[at], n, k->q->arena, &v[at]);
        for (size_t i = at; rc == RC_OK && i < at + n; i++)
            *done += verdict_accepted(&v[i]);
    }
    return rc;
}

void api_read_notices(void *context, const struct request *q, struct response *r)
{
    struct reading k = {.api = context, .q = q, .r = r};
    size_t done = 0;
    k.object = model_object_numbered(k.api->parts.model, ON_NOTIFICATION);
    if (k.object == NULL) {
        respond_problem(r, 404, "not_found", NULL,
                        "the live model has no process, and so no notifications");
        return;
    }
    if (!read_body(&k) || !find_unread(&k))
        return;
    enum rc rc = mark(&k, &done);
    if (rc != RC_OK) {
        api_unwritten(r, rc);
        return;
    }
    figures_follow(k.api->figures);
    buf_printf(&r->body, "{\"read\": %zu, \"more\": %s}", done,
               k.n == NOTICES_MAX ? "true" : "false");
}
