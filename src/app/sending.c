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
    const struct command *commands;
    size_t n;
    bool dry, together;
    struct arena *arena;
    struct verdict *verdicts;
};

static enum rc send_job(void *self, struct session *w)
{
    struct turn *t = self;
    if (t->together)
        return admission_all(w->admission, t->commands, t->n, t->dry, t->arena, t->verdicts);
    return t->dry ? admission_dry_run(w->admission, t->commands, t->n, t->arena, t->verdicts)
                  : admission_group(w->admission, t->commands, t->n, NULL, t->arena, t->verdicts);
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

/* What the options say, for each of the commands. False: as sending_find. */
static bool read_options(struct app *app, const struct args *args, struct session *s,
                         struct command *c, size_t n, int *code)
{
    struct command first = {.door = DOOR_CLI};
    const char *reason = args_text(args, "reason");
    if (!sending_actor(app, args, s, &first.actor, code))
        return false;
    if (!read_at(app, args, s, &first)) {
        *code = app_usage(app, args,
                          "'%s' is no instant: 2026-03-01, or 2026-03-01T09:30:00Z to the second",
                          args_text(args, "at"));
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        c[i].door = first.door;
        c[i].actor = first.actor;
        c[i].dated = first.dated;
        c[i].effective_at = first.effective_at;
        if (reason && c[i].reason.n == 0)
            c[i].reason = str_of(reason);
    }
    return true;
}

static bool send(struct app *app, struct session *s, const struct turn *turn, int *code)
{
    struct turn t = *turn;
    enum rc rc = session_write(s, send_job, &t);
    if (rc == RC_OK && !t.dry)
        rc = session_due(app, s);
    if (rc == RC_OK && !t.dry)
        delivery_flush(app, s);
    if (rc != RC_OK)
        *code = app_fail(app, rc, "nothing was written: %s", session_error(s));
    return rc == RC_OK;
}

int sending_one(struct app *app, const struct args *args, struct session *s, struct command *c,
                struct verdict *out)
{
    bool dry = args_flag(args, "dry-run");
    struct verdict v;
    int code;
    if (!read_options(app, args, s, c, 1, &code) ||
        !send(app, s, &(struct turn){c, 1, dry, false, app->arena, &v}, &code))
        return code;
    if (out)
        *out = v;
    return sending_print(app, dry, &v);
}

bool sending_several(struct app *app, const struct args *args, struct session *s,
                     struct command *commands, size_t n, bool together, struct verdict *out,
                     int *code)
{
    bool dry = args_flag(args, "dry-run");
    return read_options(app, args, s, commands, n, code) &&
           send(app, s, &(struct turn){commands, n, dry, together, app->arena, out}, code);
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
