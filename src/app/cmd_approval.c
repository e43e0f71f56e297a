/* approval - decide on what waits for agreement. */
#include "app/commands.h"
#include "app/sending.h"

#include <string.h>

static const struct option_def options[] = {
    SENDING_OPTIONS,
    {"note", 0, OPT_TEXT, "TEXT", "why; a refusal needs it"},
};

static int decide(struct app *app, const struct args *args, struct session *s, const char *state)
{
    const struct object *approval = model_object_numbered(s->model, ON_APPROVAL);
    const char *id = args_operand(args, 1), *note = args_text(args, "note");
    struct field_input fields[] = {
        {.name = STR("state"), .form = INPUT_TEXT, .text = str_of(state)},
        {.name = STR("note"), .form = INPUT_TEXT, .text = str_of(note ? note : "")}};
    struct command c = {
        .kind = CMD_UPDATE, .object = approval, .fields = fields, .n_fields = note ? 2 : 1};
    int code;
    if (!approval)
        return app_usage(app, args, "the model has no `approvals:`");
    if (!sending_find(app, args, s, approval, str_of(id), &c.id, &code))
        return code;
    return sending_one(app, args, s, &c, NULL);
}

static int run(struct app *app, const struct args *args)
{
    static const char *const words[][2] = {
        {"approve", "approved"}, {"refuse", "refused"}, {"void", "void"}};
    const char *what = args_operand(args, 0), *state = NULL;
    struct session s;
    for (size_t i = 0; what && i < sizeof words / sizeof *words; i++)
        if (strcmp(what, words[i][0]) == 0)
            state = words[i][1];
    if (!state || !args_operand(args, 1))
        return app_usage(app, args, "say approve, refuse or void, and name the approval");
    enum rc rc = session_open(app, SESSION_NOW, &s);
    if (rc != RC_OK)
        return rc_info(rc)->exit_code;
    int code = decide(app, args, &s, state);
    session_close(&s);
    return code;
}

const struct command_def command_approval = {
    .name = "approval",
    .summary = "agree or not to what waits for it",
    .usage = "approve|refuse|void APPROVAL [--note TEXT] [--as PERSON]",
    .details = "Open ones: `revos list approval --where \"approval.state == 'pending'\"`. While "
               "one is pending the fields it\n"
               "locks stay as they are, and the stage it gates waits; a change that its "
               "`void_when` names makes it void.",
    .options = options,
    .n_options = sizeof options / sizeof *options,
    .served = true,
    .run = run,
};
