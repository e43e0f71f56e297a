/* commands.c - a record created or changed: one command, one verdict. */
#include "admission/convert.h"
#include "door/judging.h"
#include "door/posted.h"

bool api_person(struct api *api, const struct request *q, struct response *r, const char *member,
                struct str name, uint64_t *out)
{
    const struct object *people = model_object_numbered(api->parts.model, ON_PERSON);
    struct judging judging;
    struct reader *reader = api_begin(api, r);
    if (reader == NULL)
        return false;
    enum rc rc = judging_open(api, reader, &judging);
    if (rc == RC_OK)
        rc = admission_find(judging.admission, people, name, q->arena, out);
    judging_close(&judging);
    if (rc == RC_NOT_FOUND || rc == RC_CONFLICT)
        respond_problem(r, 400, "bad_parameter", member, "there is no person '%.*s'",
                        STR_ARG(name));
    else if (rc != RC_OK)
        respond_store(r, rc, reader->store);
    api_end(api, reader);
    return rc == RC_OK;
}

bool api_actor(struct api *api, const struct request *q, struct response *r, struct str as,
               struct actor *out)
{
    *out = (struct actor){.kind = ACTOR_PERSON, .name = as.n ? STR_NONE : STR("operator")};
    return as.n == 0 || api_person(api, q, r, "as", as, &out->person);
}

void api_unwritten(struct response *r, enum rc rc)
{
    respond_problem(r, 503, rc == RC_BUSY ? "busy" : "unavailable", NULL,
                    rc == RC_BUSY
                        ? "nothing was written: too many changes wait for their turn; send it again"
                    : rc == RC_CONFLICT ? "nothing was written: another version of the model is "
                                          "going live and is not there yet; send it again"
                                        : "nothing was written: the data cannot be changed now");
    r->outdated = rc == RC_CONFLICT;
}

struct posted posted_begin(void *context, const struct request *q, struct response *r)
{
    struct api *api = context;
    return (struct posted){.api = api,
                           .q = q,
                           .r = r,
                           .what = {.model = api->parts.model,
                                    .arena = q->arena,
                                    .c = {.kind = CMD_UPSERT, .door = DOOR_HTTP}}};
}

bool posted_bad(struct posted *p, const char *member, const char *why)
{
    respond_problem(p->r, 400, "bad_parameter", member, "%s", why);
    return false;
}

bool posted_wrong(struct posted *p, const struct stated_fault *fault, const char *whose)
{
    struct str member = str_printf(p->q->arena, "%s%s%.*s", whose,
                                   *whose && fault->member.n > 0 ? "." : "",
                                   STR_ARG(fault->member));
    respond_problem(p->r, fault->no_object ? 404 : 400,
                    fault->no_object ? "not_found" : "bad_parameter",
                    member.n > 0 ? member.p : NULL, "%.*s", STR_ARG(fault->text));
    return false;
}

bool posted_beside(struct posted *p, const struct json *m, bool *known)
{
    *known = true;
    if (str_is(m->key, "as"))
        return (json_str(m, &p->as) && p->as.n > 0 && p->as.n <= POSTED_KEY_MAX) ||
               posted_bad(p, "as", "'as' is the short name of a person");
    if (str_is(m->key, "dry_run"))
        return json_bool(m, &p->dry_run) || posted_bad(p, "dry_run", "'dry_run' is true or false");
    *known = false;
    return true;
}

static bool read_lose(struct posted *p, const struct json *m)
{
    struct str text;
    return (json_str(m, &text) && id_parse(text, p->what.c.object->prefix, &p->what.c.merge_id)) ||
           posted_bad(p, "lose", "'lose' is no id of this object");
}

static bool read_member(struct posted *p, const struct json *m)
{
    bool known;
    if (!stated_member(&p->what, m, &known))
        return posted_wrong(p, &p->what.fault, "");
    if (known)
        return true;
    if (p->what.c.kind == CMD_MERGE && str_is(m->key, "lose"))
        return read_lose(p, m);
    if (!posted_beside(p, m, &known))
        return false;
    if (known)
        return true;
    if (str_is(m->key, "create"))
        return json_bool(m, &p->create) || posted_bad(p, "create", "'create' is true or false");
    respond_problem(
        p->r, 400, "bad_parameter", str_c(p->q->arena, m->key),
        "a command has no member '%.*s': id, version, fields, reason, as, create, dry_run",
        STR_ARG(m->key));
    return false;
}

bool posted_json(struct posted *p, struct json **out)
{
    struct json_fault fault;
    if (p->q->body.n == 0) {
        respond_problem(p->r, 400, "bad_json", NULL, "the body is empty; it is an object of JSON");
        return false;
    }
    if (json_read(p->q->body, NULL, p->q->arena, out, &fault) != RC_OK) {
        respond_problem(p->r, 400, "bad_json", NULL, "the body is no JSON: line %u, column %u: %s",
                        fault.line, fault.col, fault.message);
        return false;
    }
    return (*out)->type == JSON_OBJECT || posted_bad(p, NULL, "the body is an object of JSON: {…}");
}

static bool read_body(struct posted *p)
{
    struct json *body;
    if (!posted_json(p, &body))
        return false;
    if (p->q->idempotency_key.n > POSTED_KEY_MAX)
        return posted_bad(p, "Idempotency-Key", "a key has at most 200 bytes");
    for (uint32_t i = 0; i < body->n; i++)
        if (!read_member(p, &body->items[i]))
            return false;
    return true;
}

bool posted_actor(struct posted *p, struct actor *out)
{
    struct json *body;
    if (p->q->body.n > 0 && !posted_json(p, &body))
        return false;
    for (uint32_t i = 0; p->q->body.n > 0 && i < body->n; i++) {
        const struct json *m = &body->items[i];
        if (!str_is(m->key, "as"))
            return posted_bad(p, str_c(p->q->arena, m->key), "the body has 'as', and nothing else");
        if (!json_str(m, &p->as) || p->as.n == 0 || p->as.n > POSTED_KEY_MAX)
            return posted_bad(p, "as", "'as' is the short name of a person");
    }
    return api_actor(p->api, p->q, p->r, p->as, out);
}

static bool read_command(struct posted *p)
{
    return read_body(p) &&
           (p->what.c.fields != NULL ||
            posted_bad(p, "fields", "'fields' is missing: {\"fields\": {\"name\": …}}"));
}

/* ---- the verdict ------------------------------------------------------------------------------------------------------ */

struct rehearsal {
    struct posted *p;
    struct verdict *v;
};

static enum rc rehearse(void *self, struct admission *a)
{
    struct rehearsal *job = self;
    return admission_dry_run(a, &job->p->what.c, 1, job->p->q->arena, job->v);
}

static bool has_code(const struct verdict *v, const char *code)
{
    for (size_t i = 0; i < v->n_findings; i++)
        if (str_is(str_of(v->findings[i].code), code))
            return true;
    return false;
}

static void answer_verdict(struct posted *p, const struct verdict *v)
{
    if (verdict_accepted(v)) {
        verdict_json(v, &p->r->body);
        return;
    }
    const struct finding *why = verdict_reason(v);
    int status = has_code(v, "STALE") ? 409 : 422;
    respond_refusal(p->r, status, v, why != NULL ? why->message : STR("the command was refused"));
}

static void send_command(struct posted *p)
{
    struct verdict v;
    struct rehearsal job = {p, &v};
    enum rc rc = p->dry_run ? writer_run(p->api->parts.writer, rehearse, &job)
                            : writer_submit(p->api->parts.writer, &p->what.c, 1, p->q->arena, &v);
    if (rc != RC_OK) {
        api_unwritten(p->r, rc);
        return;
    }
    if (!p->dry_run)
        figures_follow(p->api->figures);
    answer_verdict(p, &v);
}

void api_post_record(void *context, const struct request *q, struct response *r)
{
    struct posted p = posted_begin(context, q, r);
    struct command *c = &p.what.c;
    c->object = api_object(context, q->args[0], r);
    c->idempotency_key = q->idempotency_key;
    if (c->object == NULL || !read_command(&p))
        return;
    if (p.create && c->kind == CMD_UPDATE) {
        (void)posted_bad(&p, "create", "a record that has an id is there: leave out 'create'");
        return;
    }
    if (p.create)
        c->kind = CMD_CREATE;
    if (api_actor(context, q, r, p.as, &c->actor))
        send_command(&p);
}

/* ---- merge ------------------------------------------------------------------------------------------------------------ */

/* The record of the route, and what the body says of it. */
static void post_pair(void *context, const struct request *q, struct response *r,
                      enum command_kind kind)
{
    struct posted p = posted_begin(context, q, r);
    struct command *c = &p.what.c;
    c->kind = kind;
    c->object = api_object(context, q->args[0], r);
    c->idempotency_key = q->idempotency_key;
    if (c->object == NULL || (q->body.n > 0 && !read_body(&p)))
        return;
    c->kind = kind;
    if (!id_parse(q->args[1], c->object->prefix, &c->id))
        respond_problem(r, 404, "not_found", NULL, "there is no such record");
    else if (kind == CMD_MERGE && c->merge_id == 0)
        (void)posted_bad(&p, "lose", "'lose' is missing: the id of the record that becomes part");
    else if (api_actor(context, q, r, p.as, &c->actor))
        send_command(&p);
}

void api_post_merge(void *context, const struct request *q, struct response *r)
{
    post_pair(context, q, r, CMD_MERGE);
}

void api_post_unmerge(void *context, const struct request *q, struct response *r)
{
    post_pair(context, q, r, CMD_UNMERGE);
}

/* ---- conversion --------------------------------------------------------------------------------------------------------- */

struct conversion_job {
    struct conversion_request request;
    struct arena *arena;
    struct verdict *v;
};

static enum rc convert(void *self, struct admission *a)
{
    struct conversion_job *job = self;
    return admission_convert(a, &job->request, job->arena, job->v);
}

/* The body is a command, of which `fields` are those of the last target; without them the optional one is left out. */
void api_post_conversion(void *context, const struct request *q, struct response *r)
{
    struct posted p = posted_begin(context, q, r);
    struct command *c = &p.what.c;
    struct verdict v;
    c->object = api_object(context, q->args[0], r);
    if (c->object == NULL)
        return;
    uint64_t id;
    if (!id_parse(q->args[1], c->object->prefix, &id)) {
        respond_problem(r, 404, "not_found", NULL, "there is no %.*s %.*s",
                        STR_ARG(c->object->name), STR_ARG(q->args[1]));
        return;
    }
    if (q->body.n > 0 && !read_body(&p))
        return;
    if (p.create) {
        (void)posted_bad(&p, "create", "a conversion makes what is not there yet by itself");
        return;
    }
    if (!api_actor(context, q, r, p.as, &c->actor))
        return;
    struct conversion_job job = {{.object = c->object,
                                  .id = id,
                                  .without_optional = c->fields == NULL,
                                  .fields = c->fields,
                                  .n_fields = c->n_fields,
                                  .actor = c->actor,
                                  .door = DOOR_HTTP,
                                  .reason = c->reason,
                                  .dry_run = p.dry_run},
                                 q->arena,
                                 &v};
    enum rc rc = writer_run(p.api->parts.writer, convert, &job);
    if (rc != RC_OK) {
        api_unwritten(r, rc);
        return;
    }
    if (!p.dry_run)
        figures_follow(p.api->figures);
    answer_verdict(&p, &v);
}
