/* convert - a lead becomes an account, a contact and an opportunity. */
#include "admission/convert.h"

#include "app/commands.h"
#include "app/sending.h"

static const struct option_def options[] = {
    {"as", 0, OPT_TEXT, "PERSON", "act as this person (short name); by default the operator"},
    {"reason", 0, OPT_TEXT, "TEXT", "why: kept with the changes"},
    {"dry-run", 0, OPT_FLAG, NULL, "say what would happen, change nothing"},
    {"no-opportunity", 0, OPT_FLAG, NULL, "leave out what the model calls optional"},
};

struct turn {
    const struct conversion_request *request;
    struct arena *arena;
    struct verdict *verdict;
};

static enum rc convert_job(void *self, struct session *w)
{
    struct turn *t = self;
    return admission_convert(w->admission, t->request, t->arena, t->verdict);
}

/* FIELD=VALUE … behind the record. */
static bool read_fields(struct app *app, const struct args *args, struct conversion_request *q)
{
    struct field_input *fields = ARENA_ARRAY(app->arena, args->n_operands, struct field_input);
    for (size_t i = 2; args_operand(args, i); i++) {
        struct str rest = str_of(args_operand(args, i)), name;
        if (str_find(rest, STR("="), 0) < 0)
            return false;
        str_split(&rest, '=', &name);
        fields[q->n_fields++] = (struct field_input){
            .name = name, .form = INPUT_TEXT, .text = rest};
    }
    q->fields = fields;
    return q->n_fields == 0 || !q->without_optional;
}

static int convert(struct app *app, const struct args *args, struct session *s)
{
    const struct object *o = model_object(s->model, str_of(args_operand(args, 0)));
    struct conversion_request q = {.object = o,
                                   .door = DOOR_CLI,
                                   .reason = str_of(args_text(args, "reason")),
                                   .dry_run = args_flag(args, "dry-run"),
                                   .without_optional = args_flag(args, "no-opportunity")};
    struct verdict v;
    int code;
    if (!o || o->is_fact)
        return app_usage(app, args, "there is no object '%s' with records", args_operand(args, 0));
    if (!read_fields(app, args, &q))
        return app_usage(app, args, "behind the record stand FIELD=VALUE of the opportunity");
    if (!sending_find(app, args, s, o, str_of(args_operand(args, 1)), &q.id, &code) ||
        !sending_actor(app, args, s, &q.actor, &code))
        return code;
    struct turn turn = {&q, app->arena, &v};
    enum rc rc = session_write(s, convert_job, &turn);
    if (rc != RC_OK)
        return app_fail(app, rc, "nothing was written: %s", session_error(s));
    return sending_print(app, q.dry_run, &v);
}

static int run(struct app *app, const struct args *args)
{
    struct session s;
    if (!args_operand(args, 1))
        return app_usage(app, args, "name an object and a record");
    enum rc rc = session_open(app, SESSION_NOW, &s);
    if (rc != RC_OK)
        return rc_info(rc)->exit_code;
    int code = convert(app, args, &s);
    session_close(&s);
    return code;
}

const struct command_def command_convert = {
    .name = "convert",
    .summary = "turn a lead into an account, a contact and an opportunity",
    .usage = "OBJECT ID|KEY [FIELD=VALUE …] [--no-opportunity] [--reason TEXT]",
    .details =
        "What it becomes stands in the model under convert_to. Existing records are found by "
        "their keys, and only their empty fields are filled. All of it happens, or nothing; a "
        "record that has been converted stays as it is.",
    .options = options,
    .n_options = sizeof options / sizeof *options,
    .served = true,
    .run = run,
};
