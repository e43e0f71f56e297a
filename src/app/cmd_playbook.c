/* playbook - start or stop a playbook or sequence over a record. */
#include "app/commands.h"
#include "app/sending.h"
#include "model/builtin.h"
#include "projection/list.h"

static const struct option_def options[] = {SENDING_OPTIONS};

struct playing {
    struct app *app;
    const struct args *args;
    struct session *s;
    const struct object *enrolment, *object;
    const struct field *about;
    uint64_t record;
};

static int start(struct playing *p)
{
    struct field_input fields[] = {
        {.name = STR("name"), .form = INPUT_TEXT, .text = str_of(args_operand(p->args, 1))},
        {.field = p->about, .form = INPUT_VALUE, .value = {.type = VT_REF, .ref = p->record}}};
    struct command c = {
        .kind = CMD_CREATE, .object = p->enrolment, .fields = fields, .n_fields = 2};
    return sending_one(p->app, p->args, p->s, &c, NULL);
}

static bool is_run(const struct row *r, struct str name)
{
    const struct field *f = object_field(r->object, STR("state"));
    const struct enum_value *active = field_value(f, STR("active"));
    const struct value *state = row_value(r, f);
    const struct value *n = row_value(r, object_field(r->object, STR("name")));
    return state->type == VT_ENUM && state->number_of == active->number && n->type == VT_TEXT &&
           str_eq(n->text, name);
}

static int stop(struct playing *p)
{
    struct list_query q = {
        .object = p->enrolment, .via = p->about, .parent = p->record, .now = {0}};
    struct list_place *places;
    struct str name = str_of(args_operand(p->args, 1));
    const char *reason = args_text(p->args, "reason");
    size_t n;
    enum rc rc = list_page(p->s->projection, &q, NULL, LIST_IDS_MAX, p->app->arena, &places, &n);
    for (size_t i = 0; rc == RC_OK && i < n; i++) {
        struct row *r;
        rc = rows_load(p->s->projection, p->enrolment, &places[i].id, 1, p->app->arena, &r);
        if (rc != RC_OK || !r || !is_run(r, name))
            continue;
        struct field_input fields[] = {
            {.name = STR("state"), .form = INPUT_TEXT, .text = STR("stopped")},
            {.name = STR("reason"), .form = INPUT_TEXT, .text = str_of(reason ? reason : "")}};
        struct command c = {.kind = CMD_UPDATE,
                            .object = p->enrolment,
                            .id = places[i].id,
                            .fields = fields,
                            .n_fields = 2};
        return sending_one(p->app, p->args, p->s, &c, NULL);
    }
    if (rc != RC_OK)
        return app_fail(p->app, rc, "the runs cannot be read: %s", store_error(p->s->store));
    return app_fail(p->app, RC_NOT_FOUND, "'%.*s' does not run over this record", STR_ARG(name));
}

static int play(struct app *app, const struct args *args, struct session *s)
{
    struct playing p = {.app = app, .args = args, .s = s};
    struct str what = str_of(args_operand(args, 0));
    int code;
    p.enrolment = model_object_numbered(s->model, ON_ENROLMENT);
    p.object = model_object(s->model, str_of(args_operand(args, 2)));
    p.about = p.enrolment && p.object ? object_field(p.enrolment, p.object->name) : NULL;
    if (!p.about)
        return app_usage(app, args, "no playbook or sequence runs over '%s'",
                         args_operand(args, 2));
    if (!sending_find(app, args, s, p.object, str_of(args_operand(args, 3)), &p.record, &code))
        return code;
    if (str_is(what, "start"))
        return start(&p);
    return str_is(what, "stop") ? stop(&p) : app_usage(app, args, "say start or stop");
}

static int run(struct app *app, const struct args *args)
{
    struct session s;
    if (!args_operand(args, 3))
        return app_usage(app, args, "say start or stop, a name, an object and a record");
    enum rc rc = session_open(app, SESSION_NOW, &s);
    if (rc != RC_OK)
        return rc_info(rc)->exit_code;
    int code = play(app, args, &s);
    session_close(&s);
    return code;
}

const struct command_def command_playbook = {
    .name = "playbook",
    .summary = "start or stop a playbook or sequence over a record",
    .usage = "start|stop NAME OBJECT ID|KEY [--reason TEXT]",
    .details = "A record has at most one active run of each. Stopping cancels what is left of its "
               "tasks. What runs:\n"
               "`revos list enrolment`.",
    .options = options,
    .n_options = sizeof options / sizeof *options,
    .served = true,
    .run = run,
};
