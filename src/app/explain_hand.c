/* explain_hand.c - see explain_hand.h. */
#include "app/explain_hand.h"

#include "admission/parse.h"
#include "app/sending.h"
#include "base/json.h"
#include "process/pool.h"
#include "projection/list.h"

enum { PAGE = 1000, OUT_MAX = 64 << 20 };

struct explaining {
    struct app *app;
    const struct args *args;
    struct session *s;
    const struct object *o, *of; /* of the record; of what is told of it */
    uint64_t id;
    struct row **rows;
    size_t n;
};

/* ---- reading --------------------------------------------------------------------------------------------------------------- */

/* All records of `number` about the record, oldest first; at most a page. */
static int read_about(struct explaining *x, uint32_t number)
{
    x->of = model_object_numbered(x->s->model, number);
    const struct field *via = x->of ? object_field(x->of, x->o->name) : NULL;
    struct list_query q = {.object = x->of, .via = via, .parent = x->id};
    struct list_place *page, after = {0};
    struct arena *a = x->app->arena;
    if (!via)
        return app_usage(x->app, x->args, "the model has no process over %.*s",
                         STR_ARG(x->o->name));
    enum rc rc = list_page(x->s->projection, &q, &after, PAGE, a, &page, &x->n);
    uint64_t *ids = ARENA_ARRAY(a, x->n + 1, uint64_t);
    x->rows = ARENA_ARRAY(a, x->n + 1, struct row *);
    for (size_t i = 0; rc == RC_OK && i < x->n; i++)
        ids[i] = page[i].id;
    if (rc == RC_OK && x->n)
        rc = rows_load(x->s->projection, x->of, ids, x->n, a, x->rows);
    if (rc == RC_OK)
        return EXIT_DONE;
    return app_fail(x->app, rc, "the records cannot be read: %s", store_error(x->s->store));
}

static int begin(struct explaining *x, uint32_t number)
{
    const char *object = args_operand(x->args, 1), *record = args_operand(x->args, 2);
    int code;
    if (!object || !record)
        return app_usage(x->app, x->args, "name an object and a record");
    x->o = model_object(x->s->model, str_of(object));
    if (!x->o || x->o->is_fact)
        return app_usage(x->app, x->args, "there is no object '%s' with records", object);
    if (!sending_find(x->app, x->args, x->s, x->o, str_of(record), &x->id, &code))
        return code;
    return read_about(x, number);
}

static struct str text_of(struct explaining *x, const struct row *r, const char *field)
{
    const struct field *f = object_field(r->object, str_of(field));
    return f ? field_value_text(f, row_value(r, f), x->app->arena) : STR_NONE;
}

static struct str person_of_ref(struct explaining *x, const struct row *r, const char *field)
{
    const struct value *v = row_value(r, object_field(r->object, str_of(field)));
    struct row *person = NULL;
    if (v->type != VT_REF ||
        rows_load(x->s->projection, model_object_numbered(x->s->model, ON_PERSON), &v->ref, 1,
                  x->app->arena, &person) != RC_OK ||
        !person)
        return STR_NONE;
    return text_of(x, person, "name");
}

/* ---- JSON: the records as they are ------------------------------------------------------------------------------------------- */

static void put_record(struct explaining *x, const struct row *r, struct json_out *w)
{
    char room[64];
    json_begin_object(w);
    json_field_str(w, "id", id_text(r->object->prefix, r->id, room));
    for (size_t i = 0; i < r->object->n_fields; i++) {
        const struct field *f = r->object->fields[i];
        const struct value *v = &r->values[i];
        if (v->type == VT_ABSENT || f->number < FN_FIRST_FREE)
            continue;
        json_key_str(w, f->name);
        if (v->type == VT_JSON)
            json_put_raw(w, v->text);
        else if (v->type == VT_INT)
            json_put_int(w, v->integer);
        else
            json_put_str(w, field_value_text(f, v, x->app->arena));
    }
    struct str owner = person_of_ref(x, r, "owner");
    if (owner.n)
        json_field_str(w, "owner", owner);
    json_end_object(w);
}

static int answer(struct explaining *x,
                  void (*put)(struct explaining *x, const struct row *r, struct buf *b))
{
    struct buf b;
    struct json_out w;
    buf_init(&b, OUT_MAX);
    if (x->app->json) {
        json_out_init(&w, &b, true);
        json_begin_array(&w);
        for (size_t i = 0; i < x->n; i++)
            if (x->rows[i])
                put_record(x, x->rows[i], &w);
        json_end_array(&w);
        json_out_done(&w);
        buf_char(&b, '\n');
    } else {
        for (size_t i = 0; i < x->n; i++)
            if (x->rows[i])
                put(x, x->rows[i], &b);
        if (x->n == 0)
            buf_printf(&b, "nothing of it so far\n");
    }
    app_put(x->app, &b);
    buf_release(&b);
    return EXIT_DONE;
}

/* ---- routes -------------------------------------------------------------------------------------------------------------------- */

static void put_values(const struct json *values, struct buf *b)
{
    for (size_t i = 0; json_is(values, JSON_OBJECT) && i < values->n; i++) {
        const struct json *v = &values->items[i];
        struct json_out w;
        buf_printf(b, "%s%.*s = ", i ? ", " : "      ", STR_ARG(v->key));
        json_out_init(&w, b, false);
        json_put(&w, v);
    }
    if (values && values->n)
        buf_char(b, '\n');
}

static void put_pool(const struct json *pool, struct buf *b)
{
    const struct json *members = json_get(pool, "members");
    struct str name, skipped;
    int64_t pass = 0, turns = 0;
    for (size_t i = 0; json_is(members, JSON_ARRAY) && i < members->n; i++) {
        const struct json *m = &members->items[i];
        if (!json_str(json_get(m, "person"), &name))
            continue;
        (void)json_int(json_get(m, "pass"), &pass);
        (void)json_int(json_get(m, "turns"), &turns);
        buf_printf(b, "      %.*s: %lld turns, the next at %lld.%03lld", STR_ARG(name),
                   (long long)turns, (long long)(pass / POOL_ROUND),
                   (long long)(pass % POOL_ROUND / (POOL_ROUND / 1000)));
        if (json_str(json_get(m, "skipped"), &skipped))
            buf_printf(b, ", passed over: %.*s", STR_ARG(skipped));
        buf_char(b, '\n');
    }
}

static void put_tried(const struct json *rule, const char *name, struct buf *b)
{
    struct str verdict = STR_NONE, when, note, empty;
    (void)json_str(json_get(rule, "verdict"), &verdict);
    buf_printf(b, "    %s%s%.*s", name, verdict.n ? ": " : "", STR_ARG(verdict));
    if (json_str(json_get(rule, "empty"), &empty))
        buf_printf(b, " (%.*s is empty)", STR_ARG(empty));
    if (json_str(json_get(rule, "when"), &when))
        buf_printf(b, "  %.*s", STR_ARG(when));
    buf_char(b, '\n');
    put_values(json_get(rule, "values"), b);
    if (json_str(json_get(rule, "note"), &note))
        buf_printf(b, "      %.*s\n", STR_ARG(note));
    put_pool(json_get(rule, "pool"), b);
}

static void put_assignment(struct explaining *x, const struct row *r, struct buf *b)
{
    struct str rule = text_of(x, r, "rule"), queue = text_of(x, r, "queue");
    struct str owner = person_of_ref(x, r, "owner"), before = person_of_ref(x, r, "previous");
    struct json *log;
    buf_printf(b, "%.*s  route %.*s (%.*s): ", STR_ARG(text_of(x, r, "at")),
               STR_ARG(text_of(x, r, "route")), STR_ARG(text_of(x, r, "cause")));
    buf_printf(b, "%.*s, by %.*s",
               STR_ARG(owner.n   ? owner
                       : queue.n ? queue
                                 : STR("nobody")),
               STR_ARG(rule.n ? rule : STR("otherwise")));
    if (before.n)
        buf_printf(b, "; before: %.*s", STR_ARG(before));
    buf_char(b, '\n');
    if (json_read(text_of(x, r, "log"), NULL, x->app->arena, &log, NULL) != RC_OK)
        return;
    const struct json *tried = json_get(log, "tried");
    for (size_t i = 0; json_is(tried, JSON_ARRAY) && i < tried->n; i++) {
        struct str name = STR_NONE;
        (void)json_str(json_get(&tried->items[i], "rule"), &name);
        put_tried(&tried->items[i], str_c(x->app->arena, name), b);
    }
    if (json_get(log, "otherwise"))
        put_tried(json_get(log, "otherwise"), "otherwise", b);
}

int explain_route(struct app *app, const struct args *args, struct session *s)
{
    struct explaining x = {.app = app, .args = args, .s = s};
    int code = begin(&x, ON_ASSIGNMENT);
    return code ? code : answer(&x, put_assignment);
}

/* ---- deadlines ------------------------------------------------------------------------------------------------------------------- */

static void put_span(const struct row *r, const char *field, const char *before, struct buf *b)
{
    const struct value *v = row_value(r, object_field(r->object, str_of(field)));
    if (v->type != VT_INT)
        return;
    int64_t minutes = v->integer / (60 * US_PER_SECOND);
    buf_printf(b, "%s%lld:%02lld h", before, (long long)(minutes / 60), (long long)(minutes % 60));
}

static void put_clock(struct explaining *x, const struct row *r, struct buf *b)
{
    struct str calendar = text_of(x, r, "calendar"), owner = person_of_ref(x, r, "owner");
    static const char *const instants[][2] = {{"paused_at", "paused"},
                                              {"resumed_at", "ran on"},
                                              {"breached_at", "missed"},
                                              {"stopped_at", "stopped"}};
    buf_printf(b, "%.*s %.*s: %.*s, due %.*s\n", STR_ARG(text_of(x, r, "name")),
               STR_ARG(text_of(x, r, "kind")), STR_ARG(text_of(x, r, "state")),
               STR_ARG(text_of(x, r, "due_at")));
    buf_printf(b, "    started %.*s", STR_ARG(text_of(x, r, "started_at")));
    put_span(r, "allowed", ", allowed ", b);
    buf_printf(b, " of %.*s", STR_ARG(calendar.n ? calendar : STR("all hours")));
    put_span(r, "remaining", ", left when last paused ", b);
    if (owner.n)
        buf_printf(b, "; %.*s has to act", STR_ARG(owner));
    buf_char(b, '\n');
    for (size_t i = 0; i < sizeof instants / sizeof *instants; i++) {
        struct str at = text_of(x, r, instants[i][0]);
        if (at.n)
            buf_printf(b, "    %s %.*s\n", instants[i][1], STR_ARG(at));
    }
}

int explain_sla(struct app *app, const struct args *args, struct session *s)
{
    struct explaining x = {.app = app, .args = args, .s = s};
    int code = begin(&x, ON_CLOCK);
    return code ? code : answer(&x, put_clock);
}
