/* queue - what waits for a person, a team or a queue: offers, tasks, decisions, records nobody has taken. */
#include "admission/parse.h"
#include "app/commands.h"
#include "app/sending.h"
#include "base/json.h"
#include "projection/list.h"

#include <stdlib.h>
#include <string.h>

enum { PAGE = 1000, ITEMS_MAX = 20000, OUT_MAX = 64 << 20 };

static const struct option_def options[] = {
    {"person", 'p', OPT_TEXT, "PERSON", "what this person can take: their own, their team's"},
    {"team", 't', OPT_TEXT, "TEAM", "what is offered to the team"},
    {"queue", 'q', OPT_TEXT, "QUEUE", "what waits in the queue, records without owner too"},
};

struct item {
    struct instant due; /* INSTANT_MAX: none */
    const struct row *row;
    const char *kind;
    struct str about; /* id of the record it is about */
};

struct queueing {
    struct app *app;
    const struct args *args;
    struct session s;
    const struct row *person, *team; /* NULL: not asked */
    struct str queue;
    VEC(struct item) items;
    bool cut;
};

/* ---- rows ----------------------------------------------------------------------------------------------------------------- */

static const struct value *value_of(const struct row *r, const char *field)
{
    static const struct value absent = {.type = VT_ABSENT};
    const struct field *f = object_field(r->object, str_of(field));
    return f ? row_value(r, f) : &absent;
}

static struct str text_of(struct queueing *q, const struct row *r, const char *field)
{
    const struct field *f = object_field(r->object, str_of(field));
    return f ? field_value_text(f, row_value(r, f), q->app->arena) : STR_NONE;
}

static uint64_t ref_of(const struct row *r, const char *field)
{
    const struct value *v = value_of(r, field);
    return v->type == VT_REF ? v->ref : 0;
}

static enum rc load(struct queueing *q, const struct object *o, uint64_t id, const struct row **out)
{
    struct row *row = NULL;
    enum rc rc = rows_load(q->s.projection, o, &id, 1, q->app->arena, &row);
    *out = row && row->life == LIFE_LIVE ? row : NULL;
    return rc;
}

/* The record that a process record is about. */
static enum rc about(struct queueing *q, const struct row *r, const struct row **out)
{
    *out = NULL;
    for (size_t i = 0; i < r->object->n_fields; i++) {
        const struct field *f = r->object->fields[i];
        if (f->type == FT_REF && f->to && !f->to->builtin && r->values[i].type == VT_REF &&
            str_eq(f->name, f->to->name))
            return load(q, f->to, r->values[i].ref, out);
    }
    return RC_OK;
}

/* ---- what is wanted --------------------------------------------------------------------------------------------------------- */

static bool wanted(struct queueing *q, const struct row *r)
{
    uint64_t owner = ref_of(r, "owner"), team = ref_of(r, "team");
    struct str role = text_of(q, r, "role");
    if (q->queue.n)
        return str_eq(text_of(q, r, "queue"), q->queue);
    if (q->team)
        return team == q->team->id;
    if (!q->person)
        return true;
    if (owner)
        return owner == q->person->id;
    return (team && team == ref_of(q->person, "team")) ||
           (role.n && str_eq(role, text_of(q, q->person, "role")));
}

static enum rc add_item(struct queueing *q, const struct row *r, const char *kind, const char *due)
{
    const struct row *of;
    char room[64];
    struct item item = {.due = INSTANT_MAX, .row = r, .kind = kind};
    enum rc rc = about(q, r, &of);
    if (rc != RC_OK)
        return rc;
    if (of)
        item.about = str_dup(q->app->arena, id_text(of->object->prefix, of->id, room));
    if (value_of(r, due)->type == VT_INSTANT)
        item.due = value_of(r, due)->instant;
    if (q->items.n < ITEMS_MAX)
        *VEC_PUSH(q->app->arena, &q->items) = item;
    else
        q->cut = true;
    return RC_OK;
}

/* A record in a queue that nobody has taken since. */
static enum rc add_waiting(struct queueing *q, const struct row *assignment)
{
    const struct row *of;
    enum rc rc = about(q, assignment, &of);
    if (rc != RC_OK || !of || ref_of(of, "owner"))
        return rc;
    char room[64];
    struct str id = str_dup(q->app->arena, id_text(of->object->prefix, of->id, room));
    for (size_t i = 0; i < q->items.n; i++)
        if (str_eq(q->items.v[i].about, id) && strcmp(q->items.v[i].kind, "record") == 0)
            return RC_OK;
    return add_item(q, assignment, "record", "at");
}

/* Records of `object` in one state; NULL: all. */
static enum rc read_all(struct queueing *q, uint32_t object, const char *state, const char *due)
{
    const struct object *o = model_object_numbered(q->s.model, object);
    struct list_query l = {.object = o, .now = q->app->env->now(q->app->env->self)};
    struct list_place *page, after = {0};
    struct row **rows = ARENA_ARRAY(q->app->arena, PAGE, struct row *);
    uint64_t *ids = ARENA_ARRAY(q->app->arena, PAGE, uint64_t);
    size_t n = PAGE;
    enum rc rc = RC_OK;
    if (!o)
        return RC_OK;
    if (state) {
        l.test = (struct list_test){.asks = LIST_AMONG, .field = object_field(o, STR("state"))};
        l.test.numbers = &field_value(l.test.field, str_of(state))->number;
        l.test.n = 1;
    }
    while (rc == RC_OK && n == PAGE) {
        rc = list_page(q->s.projection, &l, &after, PAGE, q->app->arena, &page, &n);
        for (size_t i = 0; rc == RC_OK && i < n; i++)
            after.id = ids[i] = page[i].id;
        if (rc == RC_OK && n)
            rc = rows_load(q->s.projection, o, ids, n, q->app->arena, rows);
        for (size_t i = 0; rc == RC_OK && i < n; i++)
            if (rows[i] && wanted(q, rows[i]))
                rc = state
                         ? add_item(q, rows[i], o->name.p ? str_c(q->app->arena, o->name) : "", due)
                         : add_waiting(q, rows[i]);
    }
    return rc;
}

static int by_due(const void *a, const void *b)
{
    const struct item *x = a, *y = b;
    if (x->due.us != y->due.us)
        return x->due.us < y->due.us ? -1 : 1;
    return (x->row->id > y->row->id) - (x->row->id < y->row->id);
}

/* ---- the answer --------------------------------------------------------------------------------------------------------------- */

static struct str owner_name(struct queueing *q, const struct row *r)
{
    const struct row *person = NULL;
    uint64_t owner = ref_of(r, "owner");
    if (owner && load(q, model_object_numbered(q->s.model, ON_PERSON), owner, &person) == RC_OK &&
        person)
        return text_of(q, person, "name");
    return STR_NONE;
}

static struct str item_name(struct queueing *q, const struct item *i)
{
    struct str name = text_of(q, i->row, "name");
    return name.n ? name : text_of(q, i->row, "route");
}

static void put_json(struct queueing *q, struct buf *b)
{
    struct json_out w;
    char room[64];
    json_out_init(&w, b, true);
    json_begin_array(&w);
    for (size_t i = 0; i < q->items.n; i++) {
        const struct item *it = &q->items.v[i];
        json_begin_object(&w);
        json_field_cstr(&w, "kind", it->kind);
        json_field_str(&w, "id", id_text(it->row->object->prefix, it->row->id, room));
        json_field_str(&w, "name", item_name(q, it));
        json_field_str(&w, "about", it->about);
        struct str owner = owner_name(q, it->row), missing = text_of(q, it->row, "missing");
        if (owner.n)
            json_field_str(&w, "owner", owner);
        if (it->due.us != INSTANT_MAX.us)
            json_field_str(&w, "due_at", instant_text(it->due, room));
        if (missing.n)
            json_field_str(&w, "missing", missing);
        json_end_object(&w);
    }
    json_end_array(&w);
    json_out_done(&w);
    buf_char(b, '\n');
}

static void put_text(struct queueing *q, struct buf *b)
{
    struct instant now = q->app->env->now(q->app->env->self);
    char room[64], id[64];
    for (size_t i = 0; i < q->items.n; i++) {
        const struct item *it = &q->items.v[i];
        struct str owner = owner_name(q, it->row), missing = text_of(q, it->row, "missing");
        bool timed = it->due.us != INSTANT_MAX.us && strcmp(it->kind, "record") != 0;
        buf_printf(b, "%-20s %-8s %.*s  %.*s  %.*s",
                   timed ? instant_text(it->due, room).p : "no deadline", it->kind,
                   STR_ARG(id_text(it->row->object->prefix, it->row->id, id)),
                   STR_ARG(item_name(q, it)), STR_ARG(it->about));
        buf_printf(b, "  %.*s%s", STR_ARG(owner.n ? owner : STR("for whoever takes it")),
                   timed && it->due.us <= now.us ? "  OVERDUE" : "");
        if (missing.n)
            buf_printf(b, "  missing: %.*s", STR_ARG(missing));
        buf_char(b, '\n');
    }
    buf_printf(b, "%zu waiting%s\n", q->items.n, q->cut ? "; there are more" : "");
}

static bool find_row(struct queueing *q, uint32_t object, const char *option,
                     const struct row **out, int *code)
{
    const char *text = args_text(q->args, option);
    const struct object *o = model_object_numbered(q->s.model, object);
    uint64_t id;
    if (!text)
        return true;
    bool found = object == ON_PERSON
                     ? sending_person(q->app, q->args, &q->s, str_of(text), &id, code)
                     : sending_find(q->app, q->args, &q->s, o, str_of(text), &id, code);
    if (found && load(q, o, id, out) == RC_OK && *out)
        return true;
    if (found)
        *code = app_usage(q->app, q->args, "there is no %s '%s'", option, text);
    return false;
}

static int answer(struct queueing *q)
{
    struct buf b;
    int code = EXIT_DONE;
    if (!find_row(q, ON_PERSON, "person", &q->person, &code) ||
        !find_row(q, ON_TEAM, "team", &q->team, &code))
        return code;
    q->queue = str_of(args_text(q->args, "queue"));
    enum rc rc = read_all(q, ON_HANDOFF, "offered", "accept_by");
    if (rc == RC_OK)
        rc = read_all(q, ON_TASK, "open", "due_at");
    if (rc == RC_OK)
        rc = read_all(q, ON_APPROVAL, "pending", "due_at");
    if (rc == RC_OK && q->queue.n)
        rc = read_all(q, ON_ASSIGNMENT, NULL, "at");
    if (rc != RC_OK)
        return app_fail(q->app, rc, "the records cannot be read: %s", store_error(q->s.store));
    if (q->items.n)
        qsort(q->items.v, q->items.n, sizeof *q->items.v, by_due);
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
    enum rc rc = session_open(app, SESSION_LIVE, &q.s);
    if (rc != RC_OK)
        return rc_info(rc)->exit_code;
    rc = session_due(app, &q.s); /* what fell due changes what waits */
    int code = rc == RC_OK ? answer(&q) : rc_info(rc)->exit_code;
    session_close(&q.s);
    return code;
}

const struct command_def command_queue = {
    .name = "queue",
    .summary = "what waits for a person, a team or a queue",
    .usage = "[--person PERSON | --team TEAM | --queue QUEUE]",
    .details = "Offered handoffs, open tasks and pending approvals, what is due first first; of a "
               "queue also the records that nobody\n"
               "has taken. Answer with `revos accept`, `revos return`, `revos take`.",
    .options = options,
    .n_options = sizeof options / sizeof *options,
    .served = true,
    .run = run,
};
