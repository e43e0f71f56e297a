/* move - a record to a stage. */
#include "app/commands.h"
#include "app/sending.h"

static const struct option_def options[] = {SENDING_OPTIONS};

static const struct process_def *with_stage(const struct object *o, struct str name)
{
    for (size_t i = 0; i < o->n_processes; i++)
        if (process_stage(o->processes[i], name))
            return o->processes[i];
    return NULL;
}

static int move(struct app *app, const struct args *args, struct session *s)
{
    const struct object *o = model_object(s->model, str_of(args_operand(args, 0)));
    struct str stage = str_of(args_operand(args, 2));
    struct command c = {.kind = CMD_UPDATE, .object = o};
    int code;
    if (!o || o->is_fact)
        return app_usage(app, args, "there is no object '%s' with records", args_operand(args, 0));
    const struct process_def *p = with_stage(o, stage);
    if (!p)
        return app_usage(app, args, "%.*s has no stage '%.*s'", STR_ARG(o->name), STR_ARG(stage));
    if (!sending_find(app, args, s, o, str_of(args_operand(args, 1)), &c.id, &code))
        return code;
    struct field_input field = {.field = p->field, .form = INPUT_TEXT, .text = stage};
    c.fields = &field;
    c.n_fields = 1;
    c.explain = true;
    return sending_one(app, args, s, &c, NULL);
}

static int run(struct app *app, const struct args *args)
{
    struct session s;
    if (!args_operand(args, 2))
        return app_usage(app, args, "name an object, a record and a stage");
    enum rc rc = session_open(app, SESSION_NOW, &s);
    if (rc != RC_OK)
        return rc_info(rc)->exit_code;
    int code = move(app, args, &s);
    session_close(&s);
    return code;
}

const struct command_def command_move = {
    .name = "move",
    .summary = "move a record to a stage",
    .usage = "OBJECT ID|KEY STAGE [--reason TEXT]",
    .details = "Says every criterion of the gates, met or not. What a gate refuses can pass on a "
               "waiver: `revos "
               "waive ask`.",
    .options = options,
    .n_options = sizeof options / sizeof *options,
    .served = true,
    .run = run,
};
