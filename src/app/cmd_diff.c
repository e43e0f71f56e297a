/* diff - the difference in meaning between two versions. */
#include "app/changes.h"
#include "app/commands.h"

enum { DIFF_MAX = 64 << 20 };

static int compile(struct app *app, const struct session *s, const char *operand,
                   struct model **out)
{
    uint64_t number;
    struct version *v = ARENA_NEW(app->arena, struct version);
    struct diags ds;
    diags_init(&ds, app->arena);
    if (!str_to_u64(str_of(operand), &number) || number == 0 || number > UINT32_MAX)
        return app_fail(app, RC_USAGE, "'%s' is no version number", operand);
    enum rc rc = version_read(s->store, (uint32_t)number, app->arena, v);
    if (rc == RC_OK)
        rc = version_compile(v, app->arena, out, &ds);
    if (rc == RC_NOT_FOUND)
        return app_fail(app, rc, "there is no version %s", operand);
    return rc == RC_OK
               ? EXIT_DONE
               : app_fail(app, rc, "cannot read version %s: %s", operand, store_error(s->store));
}

static int run(struct app *app, const struct args *args)
{
    struct session s;
    struct model *a = NULL, *b = NULL;
    const char *from = args_operand(args, 0), *to = args_operand(args, 1);
    if (!from || !to || args_operand(args, 2))
        return app_usage(app, args, "name two versions, as `revos history` lists them");
    enum rc rc = session_open(app, SESSION_LIVE, &s);
    if (rc != RC_OK)
        return rc_info(rc)->exit_code;
    int code = compile(app, &s, from, &a);
    if (code == EXIT_DONE)
        code = compile(app, &s, to, &b);
    if (code == EXIT_DONE) {
        struct change_plan p = {.base = a->version, .next = b};
        model_diff(a, b, app->arena, &p.changes);
        struct buf out;
        buf_init(&out, DIFF_MAX);
        if (app->json)
            change_plan_json(&p, &out);
        for (size_t i = 0; !app->json && i < p.changes.n; i++)
            change_text(&p.changes.v[i], &out);
        if (app->json)
            buf_char(&out, '\n');
        app_put(app, &out);
        buf_release(&out);
    }
    session_close(&s);
    return code;
}

const struct command_def command_diff = {
    .name = "diff",
    .summary = "show the difference in meaning between two versions",
    .usage = "VERSION VERSION",
    .served = true,
    .run = run,
};
