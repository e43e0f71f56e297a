/* health.c - is it there, and how far does the warehouse follow? */
#include "door/handlers.h"
#include "revos_build.h"

static void put_warehouse(struct json_out *w, const struct figures_state *state, uint64_t head)
{
    json_key(w, "warehouse");
    json_begin_object(w);
    json_field_int(w, "seq", (int64_t)state->seq);
    json_field_int(w, "behind", head > state->seq ? (int64_t)(head - state->seq) : 0);
    if (state->problem.n > 0)
        json_field_str(w, "problem", state->problem);
    json_end_object(w);
}

void api_health(void *context, const struct request *q, struct response *r)
{
    struct api *api = context;
    struct reader *reader = api_begin(api, r);
    struct ledger_head head = {0};
    struct figures_state state;
    struct json_out w;
    char hex[65];
    if (reader == NULL)
        return;
    enum rc rc = ledger_read_head(reader->store, &head);
    if (rc != RC_OK)
        respond_store(r, rc, reader->store);
    api_end(api, reader);
    if (rc != RC_OK)
        return;
    figures_state(api->figures, q->arena, &state);
    json_out_init(&w, &r->body, false);
    json_begin_object(&w);
    json_field_cstr(&w, "status", "ok");
    json_field_cstr(&w, "version", REVOS_VERSION);
    json_key(&w, "head");
    json_begin_object(&w);
    json_field_int(&w, "seq", (int64_t)head.seq);
    json_field_str(&w, "hash", digest_hex(head.hash, hex));
    json_end_object(&w);
    put_warehouse(&w, &state, head.seq);
    json_end_object(&w);
    json_out_done(&w);
}
