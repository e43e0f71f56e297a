/* accept, return - answers to a handoff; take, reroute - who has a record. */
#include "app/commands.h"
#include "app/sending.h"

enum { FIELDS_MAX = 4 };

static const struct option_def options[] = {SENDING_OPTIONS};
static const struct option_def return_options[] = {
    SENDING_OPTIONS, {"note", 0, OPT_TEXT, "TEXT", "what the giver should know"}};

struct answering {
    struct app *app;
    const struct args *args;
    struct session s;
    struct field_input fields[FIELDS_MAX];
    size_t n;
};

static void say(struct answering *a, const char *field, const char *text)
{
    a->fields[a->n++] = (struct field_input){
        .name = str_of(field), .form = INPUT_TEXT, .text = str_of(text)};
}

static int send(struct answering *a, enum command_kind kind, const struct object *o, uint64_t id)
{
    struct command c = {.kind = kind, .object = o, .id = id, .fields = a->fields, .n_fields = a->n};
    return sending_one(a->app, a->args, &a->s, &c, NULL);
}

/* Opens the workspace, does it, closes it. */
static int with_session(struct app *app, const struct args *args, int (*work)(struct answering *))
{
    struct answering a = {.app = app, .args = args};
    enum rc rc = session_open(app, SESSION_NOW, &a.s);
    if (rc != RC_OK)
        return rc_info(rc)->exit_code;
    int code = work(&a);
    session_close(&a.s);
    return code;
}

/* ---- handoffs ------------------------------------------------------------------------------------------------------------ */

static int to_handoff(struct answering *a)
{
    const struct object *o = model_object_numbered(a->s.model, ON_HANDOFF);
    uint64_t id;
    int code;
    if (!o)
        return app_usage(a->app, a->args, "the model has no handoffs");
    if (!sending_find(a->app, a->args, &a->s, o, str_of(args_operand(a->args, 0)), &id, &code))
        return code;
    return send(a, CMD_UPDATE, o, id);
}

static int accept_it(struct answering *a)
{
    say(a, "state", "accepted");
    return to_handoff(a);
}

static int return_it(struct answering *a)
{
    say(a, "state", "returned");
    say(a, "reason", args_text(a->args, "reason"));
    if (args_text(a->args, "note"))
        say(a, "note", args_text(a->args, "note"));
    return to_handoff(a);
}

static int run_accept(struct app *app, const struct args *args)
{
    if (!args_operand(args, 0))
        return app_usage(app, args, "name a handoff");
    return with_session(app, args, accept_it);
}

static int run_return(struct app *app, const struct args *args)
{
    if (!args_operand(args, 0) || !args_text(args, "reason"))
        return app_usage(app, args, "name a handoff and, with --reason, why it goes back");
    return with_session(app, args, return_it);
}

/* ---- records -------------------------------------------------------------------------------------------------------------- */

static const struct object *record_of(struct answering *a, uint64_t *id, int *code)
{
    const char *name = args_operand(a->args, 0);
    const struct object *o = model_object(a->s.model, str_of(name));
    if (!o || o->is_fact) {
        *code = app_usage(a->app, a->args, "there is no object '%s' with records", name);
        return NULL;
    }
    return sending_find(a->app, a->args, &a->s, o, str_of(args_operand(a->args, 1)), id, code)
               ? o
               : NULL;
}

static int take_it(struct answering *a)
{
    uint64_t id, person;
    int code;
    const struct object *o = record_of(a, &id, &code);
    if (!o ||
        !sending_person(a->app, a->args, &a->s, str_of(args_text(a->args, "as")), &person, &code))
        return code;
    a->fields[a->n++] = (struct field_input){
        .name = STR("owner"), .form = INPUT_VALUE, .value = {.type = VT_REF, .ref = person}};
    return send(a, CMD_UPDATE, o, id);
}

static int run_take(struct app *app, const struct args *args)
{
    if (!args_operand(args, 1) || !args_text(args, "as"))
        return app_usage(app, args, "name an object, a record and, with --as, who takes it");
    return with_session(app, args, take_it);
}

static int reroute_it(struct answering *a)
{
    const struct object *log = model_object_numbered(a->s.model, ON_ASSIGNMENT);
    uint64_t id;
    int code;
    const struct object *o = record_of(a, &id, &code);
    if (!o)
        return code;
    const struct field *about = log ? object_field(log, o->name) : NULL;
    if (!about)
        return app_usage(a->app, a->args, "no route is over %.*s", STR_ARG(o->name));
    say(a, "route", args_operand(a->args, 2));
    a->fields[a->n++] = (struct field_input){
        .field = about, .form = INPUT_VALUE, .value = {.type = VT_REF, .ref = id}};
    return send(a, CMD_CREATE, log, 0);
}

static int run_reroute(struct app *app, const struct args *args)
{
    if (!args_operand(args, 2))
        return app_usage(app, args, "name an object, a record and a route");
    return with_session(app, args, reroute_it);
}

/* ---- the verbs -------------------------------------------------------------------------------------------------------------- */

const struct command_def command_accept = {
    .name = "accept",
    .summary = "accept a handoff",
    .usage = "ID [--as PERSON]",
    .details = "By whoever it is offered to, their manager, or a member of the team or role. What "
               "must travel with it and is\n"
               "missing may refuse it; the record then moves on, and the clock of the first touch "
               "starts.",
    .options = options,
    .n_options = sizeof options / sizeof *options,
    .served = true,
    .run = run_accept,
};

const struct command_def command_return = {
    .name = "return",
    .summary = "give a handoff back",
    .usage = "ID --reason REASON [--note TEXT] [--as PERSON]",
    .details = "REASON is one of the handoff's `return_reasons`; its `on_return` says what becomes "
               "of the record.",
    .options = return_options,
    .n_options = sizeof return_options / sizeof *return_options,
    .served = true,
    .run = run_return,
};

const struct command_def command_take = {
    .name = "take",
    .summary = "take a record from a queue",
    .usage = "OBJECT ID|KEY --as PERSON",
    .details = "The person becomes the owner; `revos queue --queue NAME` lists what waits.",
    .options = options,
    .n_options = sizeof options / sizeof *options,
    .served = true,
    .run = run_take,
};

const struct command_def command_reroute = {
    .name = "reroute",
    .summary = "run a route on a record again",
    .usage = "OBJECT ID|KEY ROUTE",
    .details = "Pools pass over whoever has it now while anybody else can take it. `revos explain "
               "route` says who got it and why.",
    .options = options,
    .n_options = sizeof options / sizeof *options,
    .served = true,
    .run = run_reroute,
};
