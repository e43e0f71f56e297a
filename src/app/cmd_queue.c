/* queue - what waits for a person, a team or a queue: offers, tasks, decisions, records nobody has taken. */
#include "admission/parse.h"
#include "app/commands.h"
#include "app/sending.h"
#include "app/shown.h"
#include "base/json.h"
#include "insight/waiting.h"

#include <stdlib.h>

enum { ITEMS_MAX = 20000, OUT_MAX = 64 << 20 };

static const struct option_def options[] = {
    {"person", 'p', OPT_TEXT, "PERSON", "what this person can take: their own, their team's"},
    {"team", 't', OPT_TEXT, "TEAM", "what is offered to the team"},
    {"queue", 'q', OPT_TEXT, "QUEUE", "what waits in the queue, records without owner too"},
};

struct queueing {
    struct app *app;
    const struct args *args;
    struct session s;
    struct zone *zone;
    struct work_query q;
    struct waiting waiting;
    struct titles titles; /* of what it is about */
};

/* ---- rows ----------------------------------------------------------------------------------------------------------------- */

static struct str text_of(struct queueing *q, const struct row *r, const char *field)
{
    const struct field *f = object_field(r->object, str_of(field));
    return f ? field_value_text(f, row_value(r, f), q->app->arena) : STR_NONE;
}

static struct str owner_name(struct queueing *q, const struct row *r)
{
    const struct object *people = model_object_numbered(q->s.model, ON_PERSON);
    const struct value *v = row_value(r, object_field_numbered(r->object, FN_OWNER));
    struct row *person = NULL;
    if (v->type == VT_REF &&
        rows_load(q->s.projection, people, &v->ref, 1, q->app->arena, &person) == RC_OK && person)
        return text_of(q, person, "name");
    return STR_NONE;
}

/* A waiver is called by its rule; a record without a name by what it is. */
static struct str item_name(struct queueing *q, const struct row *r)
{
    struct str name = text_of(q, r, "name");
    if (!name.n)
        name = text_of(q, r, "rule");
    return name.n ? name : r->object->name;
}

static struct str item_kind(const struct row *r)
{
    return r->object->builtin ? r->object->name : STR("record");
}

static int by_due(const void *a, const void *b)
{
    const struct waiting_item *x = a, *y = b;
    if (x->due.us != y->due.us)
        return x->due.us < y->due.us ? -1 : 1;
    return (x->row->id > y->row->id) - (x->row->id < y->row->id);
}

/* ---- the answer --------------------------------------------------------------------------------------------------------------- */

static void put_json(struct queueing *q, struct buf *b)
{
    struct json_out w;
    char room[64];
    json_out_init(&w, b, true);
    json_begin_array(&w);
    for (size_t i = 0; i < q->waiting.items.n; i++) {
        const struct waiting_item *it = &q->waiting.items.v[i];
        struct str owner = owner_name(q, it->row), missing = text_of(q, it->row, "missing");
        json_begin_object(&w);
        json_field_str(&w, "kind", item_kind(it->row));
        json_field_str(&w, "id", id_text(it->row->object->prefix, it->row->id, room));
        json_field_str(&w, "name", item_name(q, it->row));
        if (it->about_object)
            json_field_str(&w, "about", id_text(it->about_object->prefix, it->about, room));
        if (owner.n)
            json_field_str(&w, "owner", owner);
        if (it->due.us != INSTANT_MAX.us)
            json_field_str(&w, "due_at", instant_text(it->due, room));
        if (missing.n)
            json_field_str(&w, "missing", missing);
        json_optional(&w, "why", waiting_why(it, q->app->arena));
        json_end_object(&w);
    }
    json_end_array(&w);
    json_out_done(&w);
    buf_char(b, '\n');
}

static void put_item(struct queueing *q, const struct waiting_item *it, struct buf *b)
{
    char room[64], id[64];
    struct str owner = owner_name(q, it->row), missing = text_of(q, it->row, "missing");
    buf_printf(b, "%-20s %-8.*s %.*s  %.*s",
               it->due.us != INSTANT_MAX.us ? instant_text(it->due, room).p : "no deadline",
               STR_ARG(item_kind(it->row)),
               STR_ARG(id_text(it->row->object->prefix, it->row->id, id)),
               STR_ARG(item_name(q, it->row)));
    if (it->about_object && it->row->object->builtin)
        buf_printf(b, "  %.*s",
                   STR_ARG(shown_record(&q->titles, it->about_object, it->about, q->app->arena)));
    buf_printf(b, "  %.*s%s", STR_ARG(owner.n ? owner : STR("for whoever takes it")),
               waiting_band(it, q->q.now, q->zone) == WAITING_OVERDUE ? "  OVERDUE" : "");
    if (missing.n)
        buf_printf(b, "  missing: %.*s", STR_ARG(missing));
    struct str why = waiting_why(it, q->app->arena);
    if (why.n)
        buf_printf(b, "  (%.*s)", STR_ARG(why));
    buf_char(b, '\n');
}

static enum rc load_titles(struct queueing *q)
{
    const struct waiting *w = &q->waiting;
    titles_init(&q->titles, q->s.projection, q->app->arena);
    for (size_t i = 0; i < w->items.n; i++)
        if (w->items.v[i].about_object)
            titles_want(&q->titles, w->items.v[i].about_object, w->items.v[i].about);
    return titles_load(&q->titles);
}

static void put_text(struct queueing *q, struct buf *b)
{
    const struct waiting *w = &q->waiting;
    for (size_t i = 0; i < w->items.n; i++)
        put_item(q, &w->items.v[i], b);
    buf_printf(b, "%zu waiting%s\n", w->items.n, w->total > w->items.n ? "; there are more" : "");
}

/* The name of the row that an option names; empty without the option. */
static bool read_name(struct queueing *q, uint32_t object, const char *option, struct str *out,
                      int *code)
{
    const char *text = args_text(q->args, option);
    const struct object *o = model_object_numbered(q->s.model, object);
    struct row *row = NULL;
    uint64_t id;
    if (!text)
        return true;
    if (!sending_find(q->app, q->args, &q->s, o, str_of(text), &id, code))
        return false;
    if (rows_load(q->s.projection, o, &id, 1, q->app->arena, &row) == RC_OK && row)
        *out = text_of(q, row, "name");
    if (out->n && worklist_word(*out))
        return true;
    *code = app_usage(q->app, q->args, "there is no %s '%s'", option, text);
    return false;
}

static bool read_query(struct queueing *q, int *code)
{
    q->q = (struct work_query){.model = q->s.model,
                               .kind = STR("queue"),
                               .name = STR("mine"),
                               .queue = str_of(args_text(q->args, "queue")),
                               .now = q->app->env->now(q->app->env->self),
                               .zone = q->zone,
                               .limit = ITEMS_MAX};
    if (!read_name(q, ON_PERSON, "person", &q->q.person, code) ||
        !read_name(q, ON_TEAM, "team", &q->q.team, code))
        return false;
    if (q->q.queue.n)
        q->q.name = STR("triage");
    else if (q->q.team.n)
        q->q.name = STR("team");
    if (worklist_word(q->q.queue))
        return true;
    *code = app_usage(q->app, q->args, "no queue has such a name");
    return false;
}

static int answer(struct queueing *q)
{
    struct buf b;
    int code = EXIT_DONE;
    if (!read_query(q, &code))
        return code;
    enum rc rc = waiting_read(q->s.projection, q->s.admission, &q->q, q->app->arena, &q->waiting);
    if (rc == RC_OK)
        rc = load_titles(q);
    if (rc != RC_OK)
        return app_fail(q->app, rc, "the records cannot be read: %s", store_error(q->s.store));
    if (q->waiting.items.n)
        qsort(q->waiting.items.v, q->waiting.items.n, sizeof *q->waiting.items.v, by_due);
    buf_init(&b, OUT_MAX);
    if (q->app->json)
        put_json(q, &b);
    else
        put_text(q, &b);
    app_put(q->app, &b);
    buf_release(&b);
    return EXIT_DONE;
}

static int run(struct app *app, const struct args *args)
{
    struct queueing q = {.app = app, .args = args};
    if (args_operand(args, 0))
        return app_usage(app, args, "say whose: --person, --team or --queue");
    enum rc rc = session_open(app, SESSION_NOW, &q.s);
    if (rc != RC_OK)
        return rc_info(rc)->exit_code;
    int code = EXIT_DONE;
    if (zone_open(q.s.model->company.timezone, &q.zone) != RC_OK)
        code = app_fail(app, RC_INVALID, "the company's zone is not known here");
    code = code ? code : answer(&q);
    zone_close(q.zone);
    session_close(&q.s);
    return code;
}

const struct command_def command_queue = {
    .name = "queue",
    .summary = "what waits for a person, a team or a queue",
    .usage = "[--person PERSON | --team TEAM | --queue QUEUE]",
    .details = "Offered handoffs, open tasks, approvals and waivers to decide, what is due first "
               "first; of a queue also the records\n"
               "that nobody has taken. Of a person also what they may answer for somebody: whom "
               "they stand "
               "in for, who reports to them.\n"
               "Answer with `revos accept`, `revos return`, `revos take`.",
    .options = options,
    .n_options = sizeof options / sizeof *options,
    .served = true,
    .run = run,
};
