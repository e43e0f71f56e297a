/* commands.c - a record created or changed: one command, one verdict. */
#include "admission/convert.h"
#include "door/judging.h"
#include "door/posted.h"

enum { REASON_MAX = 2000 };

bool api_actor(struct api *api, const struct request *q, struct response *r, struct str as,
               struct actor *out)
{
    const struct object *people = model_object_numbered(api->parts.model, ON_PERSON);
    struct judging judging;
    *out = (struct actor){.kind = ACTOR_PERSON, .name = STR("operator")};
    if (as.n == 0)
        return true;
    struct reader *reader = api_begin(api, r);
    if (reader == NULL)
        return false;
    out->name = STR_NONE;
    enum rc rc = judging_open(api, reader, &judging);
    if (rc == RC_OK)
        rc = admission_find(judging.admission, people, as, q->arena, &out->person);
    judging_close(&judging);
    if (rc == RC_NOT_FOUND || rc == RC_CONFLICT)
        respond_problem(r, 400, "bad_parameter", "as", "there is no person '%.*s'", STR_ARG(as));
    else if (rc != RC_OK)
        respond_store(r, rc, reader->store);
    api_end(api, reader);
    return rc == RC_OK;
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

bool posted_bad(struct posted *p, const char *member, const char *why)
{
    respond_problem(p->r, 400, "bad_parameter", member, "%s", why);
    return false;
}

/* Money as it is answered: {"minor":…,"currency":…}. */
static bool read_money(const struct json *j, struct value *out)
{
    struct str code;
    *out = (struct value){.type = VT_MONEY};
    return json_int(json_get(j, "minor"), &out->money.minor) &&
           json_str(json_get(j, "currency"), &code) && currency_parse(code, &out->money.currency);
}

/* {"command": NAME}: the record of an earlier command of the same request. */
static bool read_part(const struct posted *p, const struct json *j, struct field_input *in)
{
    struct str name;
    if (!json_str(json_get(j, "command"), &name))
        return false;
    in->form = INPUT_PART;
    for (size_t i = 0; i < p->n_names; i++)
        if (str_eq(p->names[i], name)) {
            in->part = i;
            return true;
        }
    return false;
}

/* Texts and numbers are read by the field's type, as at every other door. */
static bool read_value(struct posted *p, const struct json *j, struct field_input *in)
{
    char room[24];
    bool on = false;
    struct buf text;
    in->form = INPUT_TEXT;
    switch (j->type) {
    case JSON_NULL:
        in->form = INPUT_CLEAR;
        return true;
    case JSON_BOOL:
        (void)json_bool(j, &on);
        in->text = on ? STR("true") : STR("false");
        return true;
    case JSON_INT:
    case JSON_NUMBER:
        if (!json_number(j, room, &in->text))
            return false;
        in->text = str_dup(p->q->arena, in->text);
        return true;
    case JSON_STRING:
        return json_str(j, &in->text);
    case JSON_OBJECT:
    case JSON_ARRAY:
        break;
    }
    const struct field *f = object_field(p->c.object, in->name);
    if (f != NULL && f->type == FT_MONEY) {
        in->form = INPUT_VALUE;
        return read_money(j, &in->value);
    }
    if (f != NULL && f->type == FT_REF && p->names != NULL)
        return read_part(p, j, in);
    buf_init(&text, HTTP_BODY_MAX);
    json_canonical(j, &text);
    in->text = str_dup(p->q->arena, buf_view(&text));
    buf_release(&text);
    return true;
}

static bool read_fields(struct posted *p, const struct json *fields)
{
    if (!json_is(fields, JSON_OBJECT))
        return posted_bad(p, "fields", "'fields' is an object of field names and values");
    if (fields->n > COMMAND_FIELDS_MAX)
        return posted_bad(p, "fields", "a command has at most 2000 fields");
    struct field_input *in = ARENA_ARRAY(p->q->arena, fields->n + 1, struct field_input);
    for (uint32_t i = 0; i < fields->n; i++) {
        in[i].name = fields->items[i].key;
        if (!read_value(p, &fields->items[i], &in[i])) {
            respond_problem(p->r, 400, "bad_parameter", "fields",
                            in[i].form == INPUT_PART
                                ? "'%.*s' is {\"command\": NAME}, the name of an earlier command"
                                : "'%.*s' is money: {\"minor\": 120050, \"currency\": \"EUR\"}",
                            STR_ARG(in[i].name));
            return false;
        }
    }
    p->c.fields = in;
    p->c.n_fields = fields->n;
    return true;
}

bool posted_member(struct posted *p, const struct json *m, bool *known)
{
    struct str text;
    int64_t number;
    *known = true;
    if (str_is(m->key, "fields"))
        return read_fields(p, m);
    if (str_is(m->key, "id")) {
        p->c.kind = CMD_UPDATE;
        return (json_str(m, &text) && id_parse(text, p->c.object->prefix, &p->c.id)) ||
               posted_bad(p, "id", "'id' is no id of this object");
    }
    if (str_is(m->key, "version")) {
        bool good = json_int(m, &number) && number >= 0;
        p->c.has_seen_version = good;
        p->c.seen_version = good ? (uint64_t)number : 0;
        return good ||
               posted_bad(p, "version", "'version' is the number the record was shown with");
    }
    if (str_is(m->key, "reason"))
        return (json_str(m, &p->c.reason) && p->c.reason.n <= REASON_MAX) ||
               posted_bad(p, "reason", "'reason' is a text of at most 2,000 bytes");
    *known = false;
    return true;
}

static bool read_member(struct posted *p, const struct json *m)
{
    bool known;
    bool good = posted_member(p, m, &known);
    if (known)
        return good;
    if (str_is(m->key, "as"))
        return (json_str(m, &p->as) && p->as.n > 0 && p->as.n <= POSTED_KEY_MAX) ||
               posted_bad(p, "as", "'as' is the short name of a person");
    if (str_is(m->key, "dry_run"))
        return json_bool(m, &p->dry_run) || posted_bad(p, "dry_run", "'dry_run' is true or false");
    respond_problem(p->r, 400, "bad_parameter", str_c(p->q->arena, m->key),
                    "a command has no member '%.*s': id, version, fields, reason, as, dry_run",
                    STR_ARG(m->key));
    return false;
}

bool posted_json(struct posted *p, struct json **out)
{
    struct json_fault fault;
    if (json_read(p->q->body, NULL, p->q->arena, out, &fault) == RC_OK)
        return true;
    respond_problem(p->r, 400, "bad_json", NULL, "the body is no JSON: line %u, column %u: %s",
                    fault.line, fault.col, fault.message);
    return false;
}

static bool read_body(struct posted *p)
{
    struct json *body;
    if (!posted_json(p, &body))
        return false;
    if (body->type != JSON_OBJECT)
        return posted_bad(p, NULL, "the body is an object with 'fields'");
    if (p->q->idempotency_key.n > POSTED_KEY_MAX)
        return posted_bad(p, "Idempotency-Key", "a key has at most 200 bytes");
    for (uint32_t i = 0; i < body->n; i++)
        if (!read_member(p, &body->items[i]))
            return false;
    return true;
}

static bool read_command(struct posted *p)
{
    return read_body(p) && (p->c.fields != NULL || posted_bad(p, "fields", "'fields' is missing"));
}

/* ---- the verdict ------------------------------------------------------------------------------------------------------ */

struct rehearsal {
    struct posted *p;
    struct verdict *v;
};

static enum rc rehearse(void *self, struct admission *a)
{
    struct rehearsal *job = self;
    return admission_dry_run(a, &job->p->c, 1, job->p->q->arena, job->v);
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

void api_post_record(void *context, const struct request *q, struct response *r)
{
    struct posted p = {.api = context, .q = q, .r = r};
    struct verdict v;
    struct rehearsal job = {&p, &v};
    p.c = (struct command){.kind = CMD_UPSERT,
                           .object = api_object(context, q->args[0], r),
                           .door = DOOR_HTTP,
                           .idempotency_key = q->idempotency_key};
    if (p.c.object == NULL || !read_command(&p) || !api_actor(context, q, r, p.as, &p.c.actor))
        return;
    enum rc rc = p.dry_run ? writer_run(p.api->parts.writer, rehearse, &job)
                           : writer_submit(p.api->parts.writer, &p.c, 1, q->arena, &v);
    if (rc != RC_OK) {
        api_unwritten(r, rc);
        return;
    }
    if (!p.dry_run)
        figures_follow(p.api->figures);
    answer_verdict(&p, &v);
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
    struct posted p = {.api = context, .q = q, .r = r};
    struct verdict v;
    p.c.object = api_object(context, q->args[0], r);
    if (p.c.object == NULL)
        return;
    uint64_t id;
    if (!id_parse(q->args[1], p.c.object->prefix, &id)) {
        respond_problem(r, 404, "not_found", NULL, "there is no such record");
        return;
    }
    if ((q->body.n > 0 && !read_body(&p)) || !api_actor(context, q, r, p.as, &p.c.actor))
        return;
    struct conversion_job job = {{.object = p.c.object,
                                  .id = id,
                                  .without_optional = p.c.fields == NULL,
                                  .fields = p.c.fields,
                                  .n_fields = p.c.n_fields,
                                  .actor = p.c.actor,
                                  .door = DOOR_HTTP,
                                  .reason = p.c.reason,
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
