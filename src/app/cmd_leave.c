/* leave - somebody left: their work goes where the rules say, with a list. */
#include "admission/parse.h"
#include "app/commands.h"
#include "app/sending.h"

static const struct option_def options[] = {
    SENDING_OPTIONS,
    {"to", 0, OPT_TEXT, "PERSON", "who takes over; by default the manager, then the team's lead"},
    {"on", 0, OPT_TEXT, "DAY", "the last day; by default today"},
};

static int leave(struct app *app, const struct args *args, struct session *s)
{
    const struct object *person = model_object_numbered(s->model, ON_PERSON);
    const char *to = args_text(args, "to"), *on = args_text(args, "on");
    struct zone *zone = NULL;
    char day[24];
    struct field_input fields[] = {
        {.name = STR("active"), .form = INPUT_TEXT, .text = STR("false")},
        {.name = STR("left_on"), .form = INPUT_TEXT, .text = str_of(on ? on : "")},
        {.name = STR("successor"), .form = INPUT_VALUE, .value = {.type = VT_REF}}};
    struct command c = {
        .kind = CMD_UPDATE, .object = person, .fields = fields, .n_fields = to ? 3 : 2};
    int code;
    if (!sending_person(app, args, s, str_of(args_operand(args, 0)), &c.id, &code) ||
        (to && !sending_person(app, args, s, str_of(to), &fields[2].value.ref, &code)))
        return code;
    if (!on) {
        if (zone_open(s->model->company.timezone, &zone) != RC_OK)
            return app_fail(app, RC_INVALID, "the company's zone is not known here");
        fields[1].text = date_text(zone_date(zone, app->env->now(app->env->self)), day);
        zone_close(zone);
    }
    return sending_one(app, args, s, &c, NULL);
}

static int run(struct app *app, const struct args *args)
{
    struct session s;
    if (!args_operand(args, 0))
        return app_usage(app, args, "name the person");
    enum rc rc = session_open(app, SESSION_NOW, &s);
    if (rc != RC_OK)
        return rc_info(rc)->exit_code;
    int code = leave(app, args, &s);
    session_close(&s);
    return code;
}

const struct command_def command_leave = {
    .name = "leave",
    .summary = "hand over the work of somebody who left",
    .usage = "PERSON [--to PERSON] [--on DAY]",
    .details = "They stay as a record: what they did keeps their name. Open deals, leads, "
               "accounts, tasks, offers, approvals\n"
               "and enrolments go to the successor, pools pass them over from then on. What went "
               "where: `revos list\n"
               "assignment --where \"assignment.cause == 'leaver'\"`.",
    .options = options,
    .n_options = sizeof options / sizeof *options,
    .served = true,
    .run = run,
};
