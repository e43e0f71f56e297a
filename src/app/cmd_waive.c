/* waive - exceptions from rules: ask, approve, refuse, revoke. */
#include "app/commands.h"
#include "app/sending.h"
#include "connect/mapping.h"

#include <string.h>

static const struct option_def options[] = {
    SENDING_OPTIONS,
    {"note", 0, OPT_TEXT, "TEXT", "what the approver says to it"},
    {"import", 0, OPT_TEXT, "MAPPING", "ask for the rows of imports by this mapping"},
    {"at-most", 0, OPT_TEXT, "N", "rows that it may let pass; by default any number"},
};

struct waiving {
    struct app *app;
    const struct args *args;
    struct session *s;
    const struct object *waiver;
};

/* About no record: for rows of one source, whose mapping will name it. */
static int ask_for_import(struct waiving *w, const char *rule, const char *reason)
{
    const char *path = args_text(w->args, "import"), *most = args_text(w->args, "at-most");
    struct app *app = w->app;
    struct source *text = ARENA_NEW(app->arena, struct source);
    struct diags ds;
    struct mapping *map = NULL;
    struct verdict v = {0};
    char room[64];
    text->name = str_of(path);
    if (env_read_file(app->env, path, MAPPING_BYTES_MAX, app->arena, &text->text) != RC_OK)
        return app_fail(app, RC_IO, "cannot read the mapping %s: %s", path, env_error());
    diags_init(&ds, app->arena);
    if (mapping_read(text, w->s->model, NULL, app->arena, &map, &ds) != RC_OK) {
        (void)app_diags(app, &ds, 100);
        return EXIT_ANSWER_NO;
    }
    struct field_input fields[] = {
        {.name = STR("rule"), .form = INPUT_TEXT, .text = str_of(rule)},
        {.name = STR("reason"), .form = INPUT_TEXT, .text = str_of(reason)},
        {.name = STR("source"), .form = INPUT_TEXT, .text = map->source},
        {.name = STR("at_most"), .form = INPUT_TEXT, .text = str_of(most ? most : "")}};
    struct command c = {
        .kind = CMD_CREATE, .object = w->waiver, .fields = fields, .n_fields = most ? 4 : 3};
    int code = sending_one(app, w->args, w->s, &c, &v);
    if (code == EXIT_DONE && v.id)
        fprintf(app->err,
                "once it is approved, name it in %s:\nwaivers: [{rule: %s, waiver: %.*s}]\n", path,
                rule, STR_ARG(id_text(w->waiver->prefix, v.id, room)));
    mapping_close(map);
    return code;
}

static int ask(struct waiving *w)
{
    const char *rule = args_operand(w->args, 1), *object = args_operand(w->args, 2),
               *record = args_operand(w->args, 3), *reason = args_text(w->args, "reason");
    int code;
    uint64_t id;
    if (rule && reason && !object && args_text(w->args, "import"))
        return ask_for_import(w, rule, reason);
    if (!rule || !object || !record || !reason || args_text(w->args, "import"))
        return app_usage(w->app, w->args,
                         "name the rule, an object and a record or --import, and --reason");
    const struct object *o = model_object(w->s->model, str_of(object));
    const struct field *about = o ? object_field(w->waiver, o->name) : NULL;
    if (!about || about->to != o)
        return app_usage(w->app, w->args, "no rule is about '%s'", object);
    if (!sending_find(w->app, w->args, w->s, o, str_of(record), &id, &code))
        return code;
    struct field_input fields[] = {
        {.name = STR("rule"), .form = INPUT_TEXT, .text = str_of(rule)},
        {.name = STR("reason"), .form = INPUT_TEXT, .text = str_of(reason)},
        {.field = about, .form = INPUT_VALUE, .value = {.type = VT_REF, .ref = id}}};
    struct command c = {.kind = CMD_CREATE,
                        .object = w->waiver,
                        .fields = fields,
                        .n_fields = sizeof fields / sizeof *fields};
    return sending_one(w->app, w->args, w->s, &c, NULL);
}

static int decide(struct waiving *w, const char *state)
{
    const char *id = args_operand(w->args, 1), *note = args_text(w->args, "note");
    struct field_input fields[] = {
        {.name = STR("state"), .form = INPUT_TEXT, .text = str_of(state)},
        {.name = STR("note"), .form = INPUT_TEXT, .text = str_of(note ? note : "")}};
    struct command c = {
        .kind = CMD_UPDATE, .object = w->waiver, .fields = fields, .n_fields = note ? 2 : 1};
    int code;
    if (!id)
        return app_usage(w->app, w->args, "name the waiver");
    if (!sending_find(w->app, w->args, w->s, w->waiver, str_of(id), &c.id, &code))
        return code;
    return sending_one(w->app, w->args, w->s, &c, NULL);
}

static int dispatch(struct waiving *w, const char *what)
{
    static const char *const words[][2] = {
        {"approve", "approved"}, {"refuse", "refused"}, {"revoke", "revoked"}};
    w->waiver = model_object_numbered(w->s->model, ON_WAIVER);
    if (!w->waiver)
        return app_usage(w->app, w->args, "the model has no waivers: no pipeline says `waivers:`");
    if (strcmp(what, "ask") == 0)
        return ask(w);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(what, words[i][0]) == 0)
            return decide(w, words[i][1]);
    return app_usage(w->app, w->args, "'%s' is none of ask, approve, refuse, revoke", what);
}

static int run(struct app *app, const struct args *args)
{
    struct session s;
    struct waiving w = {.app = app, .args = args, .s = &s};
    const char *what = args_operand(args, 0);
    if (!what)
        return app_usage(app, args, "say what: ask, approve, refuse or revoke");
    enum rc rc = session_open(app, SESSION_NOW, &s);
    if (rc != RC_OK)
        return rc_info(rc)->exit_code;
    int code = dispatch(&w, what);
    session_close(&s);
    return code;
}

const struct command_def command_waive = {
    .name = "waive",
    .summary = "let a record, or an import, past one rule, with reason, approver and expiry",
    .usage = "ask RULE OBJECT ID|KEY --reason TEXT | ask RULE --import MAPPING --reason TEXT "
             "[--at-most N] | approve|refuse|revoke WAIVER [--note TEXT]",
    .details = "Who approves stands in `waivers:` of the pipeline, else it is the owner of the "
               "rule. A record that passed\n"
               "on a waiver says so for good, and the waiver counts it. With --import it is for "
               "the rows of a mapping that\n"
               "names it under `waivers`. Open ones: `revos list waiver --where \"waiver.state == "
               "'asked'\"`.",
    .options = options,
    .n_options = sizeof options / sizeof *options,
    .served = true,
    .run = run,
};
