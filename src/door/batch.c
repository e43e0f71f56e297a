/* batch.c - several commands at once: all of them or none, or each by itself. */
#include "door/posted.h"

#include "base/hash.h"

enum { BATCH_MAX = 256, BATCH_KEY_MAX = 180, NAME_MAX_BYTES = 100 };

struct batch {
    struct posted whole; /* as, dry_run */
    struct command *commands;
    struct str *names;
    struct verdict *verdicts;
    size_t n;
    bool together;
};

/* ---- what is asked ---------------------------------------------------------------------------------------------------- */

static bool bad_command(struct batch *b, size_t i, const char *why)
{
    respond_problem(b->whole.r, 400, "bad_parameter",
                    str_c(b->whole.q->arena, str_printf(b->whole.q->arena, "commands[%zu]", i)),
                    "%s", why);
    return false;
}

static bool read_name(struct batch *b, size_t i, const struct json *m)
{
    if (!json_str(m, &b->names[i]) || b->names[i].n == 0 || b->names[i].n > NAME_MAX_BYTES)
        return bad_command(b, i,
                           "'name' is a text of at most 100 bytes, for the commands behind it");
    for (size_t k = 0; k < i; k++)
        if (str_eq(b->names[k], b->names[i]))
            return bad_command(b, i, "another command has this name");
    return true;
}

static bool read_one(struct batch *b, size_t i, const struct json *j)
{
    struct str object;
    struct posted p = {.api = b->whole.api,
                       .q = b->whole.q,
                       .r = b->whole.r,
                       .c = {.kind = CMD_UPSERT, .door = DOOR_HTTP},
                       .names = b->names,
                       .n_names = i};
    if (!json_is(j, JSON_OBJECT) || !json_str(json_get(j, "object"), &object))
        return bad_command(b, i, "a command is an object with 'object' and 'fields'");
    p.c.object = api_object(p.api, object, p.r);
    if (p.c.object == NULL)
        return false;
    for (uint32_t k = 0; k < j->n; k++) {
        const struct json *m = &j->items[k];
        bool known = true, name = str_is(m->key, "name");
        if (str_is(m->key, "object"))
            continue;
        if (name ? !read_name(b, i, m) : !posted_member(&p, m, &known))
            return false;
        if (!known)
            return bad_command(b, i, "a command has object, id, version, fields, reason and name");
    }
    if (p.c.fields == NULL)
        return bad_command(b, i, "'fields' is missing");
    b->commands[i] = p.c;
    return true;
}

static bool read_list(struct batch *b, const struct json *list)
{
    struct arena *a = b->whole.q->arena;
    if (!json_is(list, JSON_ARRAY) || list->n == 0 || list->n > BATCH_MAX)
        return posted_bad(&b->whole, "commands", "'commands' is a list of 1 to 256 commands");
    b->n = list->n;
    b->commands = ARENA_ARRAY(a, b->n, struct command);
    b->names = ARENA_ARRAY(a, b->n, struct str);
    b->verdicts = ARENA_ARRAY(a, b->n, struct verdict);
    for (size_t i = 0; i < b->n; i++)
        if (!read_one(b, i, &list->items[i]))
            return false;
    return true;
}

static bool read_member(struct batch *b, const struct json *m)
{
    struct posted *p = &b->whole;
    if (str_is(m->key, "commands"))
        return read_list(b, m);
    if (str_is(m->key, "all_or_nothing"))
        return json_bool(m, &b->together) ||
               posted_bad(p, "all_or_nothing", "'all_or_nothing' is true or false");
    if (str_is(m->key, "as"))
        return (json_str(m, &p->as) && p->as.n > 0 && p->as.n <= POSTED_KEY_MAX) ||
               posted_bad(p, "as", "'as' is the short name of a person");
    if (str_is(m->key, "dry_run"))
        return json_bool(m, &p->dry_run) || posted_bad(p, "dry_run", "'dry_run' is true or false");
    return posted_bad(p, str_c(p->q->arena, m->key),
                      "it has commands, all_or_nothing, as and dry_run");
}

/* One key for all: each command has its place under it, and another list is another body. */
static bool spread_key(struct batch *b)
{
    const struct request *q = b->whole.q;
    if (q->idempotency_key.n == 0)
        return true;
    if (q->idempotency_key.n > BATCH_KEY_MAX)
        return posted_bad(&b->whole, "Idempotency-Key", "a key of several has at most 180 bytes");
    char hex[65];
    struct digest body = digest_of(q->body);
    struct str whole = str_dup(q->arena, digest_hex(body, hex));
    for (size_t i = 0; i < b->n; i++) {
        b->commands[i].idempotency_key = str_printf(q->arena, "%.*s/%zu",
                                                    STR_ARG(q->idempotency_key), i);
        b->commands[i].idempotency_body = whole;
    }
    return true;
}

static bool read_batch(struct batch *b)
{
    struct json *body;
    if (!posted_json(&b->whole, &body))
        return false;
    if (body->type != JSON_OBJECT)
        return posted_bad(&b->whole, NULL, "the body is an object with 'commands'");
    for (uint32_t i = 0; i < body->n; i++)
        if (!read_member(b, &body->items[i]))
            return false;
    if (b->n == 0)
        return posted_bad(&b->whole, "commands", "'commands' is missing");
    return spread_key(b);
}

/* ---- the answer -------------------------------------------------------------------------------------------------------- */

static enum rc decide(void *self, struct admission *a)
{
    struct batch *b = self;
    struct arena *arena = b->whole.q->arena;
    if (b->together)
        return admission_all(a, b->commands, b->n, b->whole.dry_run, arena, b->verdicts);
    if (b->whole.dry_run)
        return admission_dry_run(a, b->commands, b->n, arena, b->verdicts);
    return admission_group(a, b->commands, b->n, NULL, arena, b->verdicts);
}

/* The first that was refused for itself; b->n: none was. */
static size_t first_refused(const struct batch *b)
{
    for (size_t i = 0; i < b->n; i++) {
        const struct finding *why = verdict_reason(&b->verdicts[i]);
        bool other = why != NULL && str_is(str_of(why->code), "PARTS");
        if (!verdict_accepted(&b->verdicts[i]) && !other)
            return i;
    }
    return b->n;
}

static void answer(struct batch *b)
{
    struct response *r = b->whole.r;
    struct json_out w;
    size_t refused = first_refused(b);
    if (b->together && refused < b->n) {
        const struct finding *why = verdict_reason(&b->verdicts[refused]);
        respond_refusals(r, b->verdicts, b->n, refused,
                         why != NULL ? why->message : STR("a command was refused"));
        return;
    }
    json_out_init(&w, &r->body, false);
    json_begin_object(&w);
    json_field_bool(&w, "accepted", refused == b->n);
    if (refused < b->n)
        json_field_int(&w, "refused", (int64_t)refused);
    json_key(&w, "verdicts");
    verdicts_json(b->verdicts, b->n, &w);
    json_end_object(&w);
    json_out_done(&w);
}

void api_post_commands(void *context, const struct request *q, struct response *r)
{
    struct batch b = {.whole = {.api = context, .q = q, .r = r}, .together = true};
    struct actor actor;
    if (!read_batch(&b) || !api_actor(context, q, r, b.whole.as, &actor))
        return;
    for (size_t i = 0; i < b.n; i++)
        b.commands[i].actor = actor;
    enum rc rc = writer_run(b.whole.api->parts.writer, decide, &b);
    if (rc != RC_OK) {
        api_unwritten(r, rc);
        return;
    }
    if (!b.whole.dry_run)
        figures_follow(b.whole.api->figures);
    answer(&b);
}
