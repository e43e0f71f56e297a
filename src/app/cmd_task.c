/* task - what people have to do: listed, ended, opened, added. */
#include "admission/parse.h"
#include "app/commands.h"
#include "app/sending.h"
#include "base/json.h"
#include "model/builtin.h"
#include "projection/list.h"

enum { ROWS_MAX = 1000, OUT_MAX = 16 << 20, FIELDS_MAX = 8 };

static const struct option_def options[] = {
    SENDING_OPTIONS,
    {"outcome", 0, OPT_TEXT, "WORD", "done: how it ended, one of the playbook's words"},
    {"note", 0, OPT_TEXT, "TEXT", "what is worth remembering; of a review, what was decided"},
    {"to", 0, OPT_TEXT, "PERSON", "list, add: whose; by default everybody's, yours"},
    {"due", 0, OPT_TEXT, "TIME", "add: by when, an instant"},
    {"all", 'a', OPT_FLAG, NULL, "list: also those that wait or ended"},
};

struct tasks {
    struct app *app;
    const struct args *args;
    struct session *s;
    const struct object *o;
};

/* ---- list ------------------------------------------------------------------------------------------------------------ */

static struct str text_of(const struct tasks *t, const struct row *r, const char *field)
{
    const struct field *f = object_field(t->o, str_of(field));
    const struct value *v = row_value(r, f);
    return v->type == VT_ABSENT ? STR("") : field_value_text(f, v, t->app->arena);
}

/* The record it is about, as object and id. */
static struct str about_of(const struct tasks *t, const struct row *r)
{
    char id[64];
    for (size_t i = 0; i < t->o->n_fields; i++) {
        const struct object *to = t->o->fields[i]->to;
        if (to && !to->builtin && r->values[i].type == VT_REF)
            return str_printf(t->app->arena, "%.*s %.*s", STR_ARG(to->name),
                              STR_ARG(id_text(to->prefix, r->values[i].ref, id)));
    }
    return STR("");
}

static struct str owner_name(const struct tasks *t, const struct row *r)
{
    const struct object *people = model_object_numbered(t->s->model, ON_PERSON);
    const struct value *v = row_value(r, object_field(t->o, STR("owner")));
    struct row *person = NULL;
    if (v->type != VT_REF)
        return text_of(t, r, "queue");
    if (rows_load(t->s->projection, people, &v->ref, 1, t->app->arena, &person) != RC_OK || !person)
        return STR("");
    const struct value *name = row_value(person, object_field(people, STR("name")));
    return name->type == VT_TEXT ? name->text : STR("");
}

static void put_task(const struct tasks *t, const struct row *r, struct buf *b)
{
    char id[64];
    struct json_out w;
    struct str shown = id_text(t->o->prefix, r->id, id), due = text_of(t, r, "due_at");
    if (!t->app->json) {
        buf_printf(b, "%.*s  %-8.*s %-6.*s %.*s", STR_ARG(shown), STR_ARG(text_of(t, r, "state")),
                   STR_ARG(owner_name(t, r)), STR_ARG(text_of(t, r, "name")));
        if (due.n)
            buf_printf(b, ", due %.*s", STR_ARG(due));
        struct str about = about_of(t, r);
        buf_printf(b, "%s%.*s\n", about.n ? "  " : "", STR_ARG(about));
        return;
    }
    json_out_init(&w, b, false);
    json_begin_object(&w);
    json_field_str(&w, "id", shown);
    json_field_str(&w, "name", text_of(t, r, "name"));
    json_field_str(&w, "state", text_of(t, r, "state"));
    json_field_str(&w, "owner", owner_name(t, r));
    json_field_str(&w, "due_at", due);
    json_field_str(&w, "origin", text_of(t, r, "origin"));
    json_field_str(&w, "about", about_of(t, r));
    json_end_object(&w);
    json_out_done(&w);
    buf_char(b, '\n');
}

static int list(const struct tasks *t)
{
    const struct field *state = object_field(t->o, STR("state"));
    uint32_t open = field_value(state, STR("open"))->number;
    struct list_query q = {.object = t->o, .sort = object_field(t->o, STR("due_at"))};
    struct list_place *places;
    struct row **rows;
    size_t n;
    int code;
    if (!args_flag(t->args, "all"))
        q.test = (struct list_test){LIST_AMONG, state, &open, 1};
    if (args_text(t->args, "to")) {
        q.via = object_field(t->o, STR("owner"));
        if (!sending_person(t->app, t->args, t->s, str_of(args_text(t->args, "to")), &q.parent,
                            &code))
            return code;
    }
    enum rc rc = list_page(t->s->projection, &q, NULL, ROWS_MAX, t->app->arena, &places, &n);
    uint64_t *ids = ARENA_ARRAY(t->app->arena, n + 1, uint64_t);
    rows = ARENA_ARRAY(t->app->arena, n + 1, struct row *);
    for (size_t i = 0; rc == RC_OK && i < n; i++)
        ids[i] = places[i].id;
    rc = rc == RC_OK ? rows_load(t->s->projection, t->o, ids, n, t->app->arena, rows) : rc;
    if (rc != RC_OK)
        return app_fail(t->app, rc, "the tasks cannot be read: %s", store_error(t->s->store));
    struct buf b;
    buf_init(&b, OUT_MAX);
    for (size_t i = 0; i < n; i++)
        if (rows[i])
            put_task(t, rows[i], &b);
    app_put(t->app, &b);
    buf_release(&b);
    fprintf(t->app->err, "%zu %s\n", n, n == 1 ? "task" : "tasks");
    return EXIT_DONE;
}

/* ---- changes ----------------------------------------------------------------------------------------------------------- */

static void put_text(struct command *c, struct field_input *fields, const char *name,
                     const char *text)
{
    if (text)
        fields[c->n_fields++] = (struct field_input){
            .name = str_of(name), .form = INPUT_TEXT, .text = str_of(text)};
}

static int end(const struct tasks *t, const char *state)
{
    struct field_input fields[FIELDS_MAX];
    struct command c = {.kind = CMD_UPDATE, .object = t->o, .fields = fields};
    int code;
    if (!args_operand(t->args, 1))
        return app_usage(t->app, t->args, "name the task by its id");
    if (!sending_find(t->app, t->args, t->s, t->o, str_of(args_operand(t->args, 1)), &c.id, &code))
        return code;
    put_text(&c, fields, "state", state);
    put_text(&c, fields, "outcome", args_text(t->args, "outcome"));
    put_text(&c, fields, "note", args_text(t->args, "note"));
    put_text(&c, fields, "reason", args_text(t->args, "reason"));
    return sending_one(t->app, t->args, t->s, &c, NULL);
}

static int add(const struct tasks *t)
{
    const char *object = args_operand(t->args, 2), *to = args_text(t->args, "to");
    const struct object *about = object ? model_object(t->s->model, str_of(object)) : NULL;
    const struct field *f = about ? object_field(t->o, about->name) : NULL;
    struct field_input fields[FIELDS_MAX];
    struct command c = {.kind = CMD_CREATE, .object = t->o, .fields = fields};
    uint64_t id;
    int code;
    if (!args_operand(t->args, 1))
        return app_usage(t->app, t->args, "say what is to be done");
    if (object && (!f || !args_operand(t->args, 3)))
        return app_usage(t->app, t->args,
                         "name an object that takes part in a process, and a record");
    put_text(&c, fields, "name", args_operand(t->args, 1));
    put_text(&c, fields, "due_at", args_text(t->args, "due"));
    put_text(&c, fields, "note", args_text(t->args, "note"));
    if (to) {
        if (!sending_person(t->app, t->args, t->s, str_of(to), &id, &code))
            return code;
        fields[c.n_fields++] = (struct field_input){
            .name = STR("owner"), .form = INPUT_VALUE, .value = {.type = VT_REF, .ref = id}};
    }
    if (object) {
        if (!sending_find(t->app, t->args, t->s, about, str_of(args_operand(t->args, 3)), &id,
                          &code))
            return code;
        fields[c.n_fields++] = (struct field_input){
            .field = f, .form = INPUT_VALUE, .value = {.type = VT_REF, .ref = id}};
    }
    return sending_one(t->app, t->args, t->s, &c, NULL);
}

static int dispatch(const struct tasks *t)
{
    struct str what = str_of(args_operand(t->args, 0));
    if (!t->o)
        return app_fail(t->app, RC_NOT_FOUND, "the live model has no process, and so no tasks");
    if (!what.n || str_is(what, "list"))
        return list(t);
    if (str_is(what, "done"))
        return end(t, "done");
    if (str_is(what, "skip"))
        return end(t, "skipped");
    if (str_is(what, "open"))
        return end(t, "open");
    return str_is(what, "add") ? add(t)
                               : app_usage(t->app, t->args, "say list, done, skip, open or add");
}

static int run(struct app *app, const struct args *args)
{
    struct session s;
    enum rc rc = session_open(app, SESSION_NOW, &s);
    if (rc != RC_OK)
        return rc_info(rc)->exit_code;
    struct tasks t = {app, args, &s, model_object_numbered(s.model, ON_TASK)};
    int code = dispatch(&t);
    session_close(&s);
    return code;
}

const struct command_def command_task = {
    .name = "task",
    .summary = "what people have to do: list, done, skip, open, add",
    .usage = "[list | done ID [--outcome WORD] [--note TEXT] | skip ID --reason TEXT | open ID | "
             "add TEXT [OBJECT ID|KEY]]",
    .details = "Tasks come from playbooks, sequences, automations and recurring work, and from "
               "people. What was done, skipped\n"
               "or cancelled stays so. 'open' begins one that still waits for the task before it. "
               "Whoever acts with --as owns\n"
               "what they add, unless --to says otherwise.",
    .options = options,
    .n_options = sizeof options / sizeof *options,
    .served = true,
    .run = run,
};
