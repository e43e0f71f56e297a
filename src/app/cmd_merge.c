/* merge and unmerge - two records become one, and two again. */
#include "app/commands.h"
#include "app/sending.h"

static const struct option_def options[] = {
    SENDING_OPTIONS,
};

static int merge(struct app *app, const struct args *args, struct session *s,
                 const struct object *o)
{
    struct command c = {.kind = CMD_MERGE, .object = o};
    struct verdict v;
    struct str lose = str_of(args_operand(args, 2));
    int code;
    if (!sending_find(app, args, s, o, str_of(args_operand(args, 1)), &c.id, &code))
        return code;
    /* An id is taken as it is: that of a merged record leads to the one that was kept. */
    if (!id_parse(lose, o->prefix, &c.merge_id) &&
        !sending_find(app, args, s, o, lose, &c.merge_id, &code))
        return code;
    return sending_one(app, args, s, &c, &v);
}

/* By id alone: keys lead to the record that was kept. */
static int unmerge(struct app *app, const struct args *args, struct session *s,
                   const struct object *o)
{
    struct command c = {.kind = CMD_UNMERGE, .object = o};
    struct verdict v;
    if (!id_parse(str_of(args_operand(args, 1)), o->prefix, &c.id))
        return app_usage(app, args, "name the merged record by its id");
    return sending_one(app, args, s, &c, &v);
}

static int run_with(struct app *app, const struct args *args, bool merges)
{
    struct session s;
    if (!args_operand(args, 1) || (merges && !args_operand(args, 2)))
        return app_usage(app, args,
                         merges ? "name an object and two records"
                                : "name an object and the merged record");
    enum rc rc = session_open(app, SESSION_NOW, &s);
    if (rc != RC_OK)
        return rc_info(rc)->exit_code;
    const struct object *o = model_object(s.model, str_of(args_operand(args, 0)));
    int code;
    if (!o || o->is_fact)
        code = app_usage(app, args, "there is no object '%s' with records", args_operand(args, 0));
    else
        code = merges ? merge(app, args, &s, o) : unmerge(app, args, &s, o);
    session_close(&s);
    return code;
}

static int run_merge(struct app *app, const struct args *args)
{
    return run_with(app, args, true);
}

static int run_unmerge(struct app *app, const struct args *args)
{
    return run_with(app, args, false);
}

const struct command_def command_merge = {
    .name = "merge",
    .summary = "make one record of two that are about the same",
    .usage = "OBJECT KEEP LOSE [--reason TEXT] [--dry-run]",
    .details =
        "KEEP and LOSE are ids or keys. LOSE becomes part of KEEP: its id and keys lead there "
        "for ever, what refers to it refers to KEEP, and of each field the value wins that "
        "`survivor` in the model says. The reason in KEEP's history tells which did and why. "
        "As-of before the merge still shows two. Rules are judged on what comes out.",
    .options = options,
    .n_options = sizeof options / sizeof *options,
    .served = true,
    .run = run_merge,
};

const struct command_def command_unmerge = {
    .name = "unmerge",
    .summary = "take a merge back: two records again",
    .usage = "OBJECT ID [--reason TEXT] [--dry-run]",
    .details =
        "ID is the record that was merged into another. The values that the merge brought are "
        "taken back; what refers to ID as written is its own again, and what was written to "
        "the other one since stays there.",
    .options = options,
    .n_options = sizeof options / sizeof *options,
    .served = true,
    .run = run_unmerge,
};
