/* sending.c - what verbs that change records have in common. */
#include "app/sending.h"

#include "admission/parse.h"
#include "app/delivery.h"

enum { VERDICT_TEXT_MAX = 64 << 20 };

/* ---- options -------------------------------------------------------------------------------------------------------- */

static bool read_at(struct app *app, const struct args *args, const struct session *s,
                    struct command *c)
{
    const char *at = args_text(args, "at");
    struct parser p;
    struct value v;
    struct str why, help;
    struct field instant = {.type = FT_INSTANT};
    if (!at)
        return true;
    if (parser_open(s->model, app->arena, &p) != RC_OK)
        return false;
    bool good = parse_text(&p, &instant, str_of(at), app->arena, &v, &why, &help) &&
                v.type == VT_INSTANT;
    parser_close(&p);
    c->dated = good;
    c->effective_at = good ? v.instant : (struct instant){0};
    return good;
}

int sending_print(struct app *app, bool dry, const struct verdict *v)
{
    struct buf b;
    buf_init(&b, VERDICT_TEXT_MAX);
    if (app->json) {
        verdict_json(v, &b);
        buf_char(&b, '\n');
    } else {
        if (dry)
            buf_cstr(&b, "dry run: ");
        verdict_text(v, &b);
    }
    app_put(app, &b);
    buf_release(&b);
    return verdict_accepted(v) ? EXIT_DONE : EXIT_ANSWER_NO;
}

struct turn {
    const struct command *command;
    bool dry;
    struct arena *arena;
    struct verdict *verdict;
};

static enum rc send_job(void *self, struct session *w)
{
    struct turn *t = self;
    return t->dry ? admission_dry_run(w->admission, t->command, 1, t->arena, t->verdict)
                  : admission_group(w->admission, t->command, 1, NULL, t->arena, t->verdict);
}

bool sending_actor(struct app *app, const struct args *args, struct session *s, struct actor *out,
                   int *code)
{
    const char *as = args_text(args, "as");
    *out = session_operator();
    if (!as)
        return true;
    out->name = STR_NONE;
    return sending_person(app, args, s, str_of(as), &out->person, code);
}

int sending_one(struct app *app, const struct args *args, struct session *s, struct command *c,
                struct verdict *out)
{
    bool dry = args_flag(args, "dry-run");
    struct verdict v;
    int code;
    c->door = DOOR_CLI;
    if (!sending_actor(app, args, s, &c->actor, &code))
        return code;
    if (args_text(args, "reason"))
        c->reason = str_of(args_text(args, "reason"));
    if (!read_at(app, args, s, c))
        return app_usage(app, args, "'%s' is no instant", args_text(args, "at"));
    struct turn turn = {c, dry, app->arena, &v};
    enum rc rc = session_write(s, send_job, &turn);
    if (rc == RC_OK && !dry)
        rc = session_due(app, s);
    if (rc != RC_OK)
        return app_fail(app, rc, "nothing was written: %s", session_error(s));
    if (!dry)
        delivery_flush(app, s);
    if (out)
        *out = v;
    return sending_print(app, dry, &v);
}

/* ---- which record ---------------------------------------------------------------------------------------------------- */

bool sending_find(struct app *app, const struct args *args, struct session *s,
                  const struct object *o, struct str text, uint64_t *id, int *code)
{
    enum rc rc = admission_find(s->admission, o, text, app->arena, id);
    if (rc == RC_OK)
        return true;
    if (rc == RC_CONFLICT)
        *code = app_usage(app, args, "'%.*s' is a key of two records: name the id", STR_ARG(text));
    else if (rc == RC_NOT_FOUND)
        *code = app_fail(app, rc, "no %.*s has the id or key '%.*s' (an id looks like %.*s_…)",
                         STR_ARG(o->name), STR_ARG(text), STR_ARG(o->prefix));
    else
        *code = app_fail(app, rc, "the keys cannot be read: %s", store_error(s->store));
    return false;
}

bool sending_person(struct app *app, const struct args *args, struct session *s, struct str text,
                    uint64_t *id, int *code)
{
    return sending_find(app, args, s, model_object_numbered(s->model, ON_PERSON), text, id, code);
}
