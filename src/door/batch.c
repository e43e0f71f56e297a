/* batch.c - several commands at once: all of them or none, or each by itself. */
#include "door/posted.h"

#include "base/hash.h"

enum { BATCH_KEY_MAX = 180 };

struct batch {
    struct posted whole; /* as, dry_run */
    struct command *commands;
    struct str *names;
    struct verdict *verdicts;
    size_t n;
    bool together;
};

/* ---- what is asked ---------------------------------------------------------------------------------------------------- */

static bool read_one(struct batch *b, size_t i, const struct json *j)
{
    struct stated s = b->whole.what;
    s.names = b->names;
    s.n_names = i;
    if (!stated_one(&s, j)) {
        struct str whose = str_printf(b->whole.q->arena, "commands[%zu]", i);
        return posted_wrong(&b->whole, &s.fault, whose.p);
    }
    b->commands[i] = s.c;
    b->names[i] = s.name;
    return true;
}

static bool read_list(struct batch *b, const struct json *list)
{
    struct arena *a = b->whole.q->arena;
    if (!json_is(list, JSON_ARRAY) || list->n == 0 || list->n > STATED_MAX)
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
    bool known;
    if (!posted_beside(p, m, &known))
        return false;
    return known ||
           posted_bad(p, str_c(p->q->arena, m->key),
                      "the body has commands, all_or_nothing, as and dry_run, and nothing else");
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

static void answer(struct batch *b)
{
    struct response *r = b->whole.r;
    struct json_out w;
    size_t refused = verdicts_refused(b->verdicts, b->n);
    if (b->together && refused < b->n) {
        const struct finding *why = verdict_reason(&b->verdicts[refused]);
        respond_refusals(r, b->verdicts, b->n, refused,
                         why != NULL ? why->message : STR("a command was refused"));
        return;
    }
    json_out_init(&w, &r->body, false);
    verdicts_answer(b->verdicts, b->n, &w);
    json_out_done(&w);
}

void api_post_commands(void *context, const struct request *q, struct response *r)
{
    struct batch b = {.whole = posted_begin(context, q, r), .together = true};
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
