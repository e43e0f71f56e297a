/* outbox - messages that wait, and what became of them. */
#include "app/commands.h"
#include "app/delivery.h"
#include "base/json.h"

enum { PAGE = 500, OUT_MAX = 64 << 20, SEND_MAX = 10000 };

/* ---- list ------------------------------------------------------------------------------------------------------------ */

static struct str what_of(const struct outbox_row *r)
{
    return r->expired                 ? STR("(its text is gone)")
           : r->texts.template_file.n ? r->texts.template_file
                                      : r->texts.subject;
}

static void row_json(const struct outbox_row *r, const struct model *m, struct buf *b)
{
    struct json_out w;
    char text[64];
    const struct object *o = model_object_numbered(m, r->object);
    json_out_init(&w, b, false);
    json_begin_object(&w);
    json_field_int(&w, "id", (int64_t)r->id);
    json_field_str(&w, "message", r->name);
    json_field_str(&w, "channel", r->channel);
    json_field_str(&w, "state", str_of(outbox_state_name(r->state)));
    json_field_str(&w, "definition", r->definition);
    json_field_str(&w, "what", what_of(r));
    json_field_str(&w, "about", o ? id_text(o->prefix, r->record, text) : STR(""));
    json_field_str(&w, "to", r->person ? id_text(STR("per"), r->person, text) : STR("the record"));
    json_field_int(&w, "attempts", r->attempts);
    json_field_str(&w, "next_at", instant_text(r->next_at, text));
    json_field_str(&w, "error", r->error);
    json_end_object(&w);
    json_out_done(&w);
    buf_char(b, '\n');
}

static void row_line(const struct outbox_row *r, struct buf *b)
{
    char at[40];
    buf_printf(b, "%-5llu %-9s %-5.*s %-28.*s %.*s", (unsigned long long)r->id,
               outbox_state_name(r->state), STR_ARG(r->channel), STR_ARG(r->definition),
               STR_ARG(what_of(r)));
    if (r->state == OUTBOX_WAITING)
        buf_printf(b, ", due %.*s", STR_ARG(instant_text(r->next_at, at)));
    if (r->attempts)
        buf_printf(b, ", tried %u %s", r->attempts, r->attempts == 1 ? "time" : "times");
    if (r->error.n)
        buf_printf(b, ": %.*s", STR_ARG(r->error));
    buf_char(b, '\n');
}

/* What keeps messages from going out at all. */
static void say_settings(struct app *app, const struct outbox_settings *s)
{
    if (s->why_not.n)
        fprintf(app->err, "a secret is missing: %.*s\n", STR_ARG(s->why_not));
    if (!s->has_mail)
        fprintf(app->err, "no mail goes out: the model has no `mail` with a server\n");
    if (!s->has_chat)
        fprintf(app->err, "nothing goes to a chat: the model has no `chat` with a webhook\n");
}

static int list(struct app *app, const struct args *args, struct session *s)
{
    struct outbox o = delivery_outbox(app, s);
    int state = args_flag(args, "all") ? -1 : OUTBOX_WAITING;
    uint64_t after = 0, shown = 0;
    size_t n = 1;
    struct buf b;
    enum rc rc = RC_OK;
    buf_init(&b, OUT_MAX);
    while (rc == RC_OK && n > 0) {
        struct outbox_row *rows;
        rc = outbox_page(s->store, s->vault, state, after, PAGE, app->arena, &rows, &n);
        for (size_t i = 0; rc == RC_OK && i < n; i++) {
            after = rows[i].id;
            shown++;
            if (app->json)
                row_json(&rows[i], s->model, &b);
            else
                row_line(&rows[i], &b);
        }
        app_put(app, &b);
        buf_clear(&b);
    }
    buf_release(&b);
    if (rc != RC_OK)
        return app_fail(app, rc, "cannot read the outbox: %s", store_error(s->store));
    fprintf(app->err, "%llu %s\n", (unsigned long long)shown, shown == 1 ? "message" : "messages");
    say_settings(app, &o.settings);
    return EXIT_DONE;
}

/* ---- send, drop, retry ------------------------------------------------------------------------------------------------- */

static int send(struct app *app, struct session *s)
{
    struct outbox o = delivery_outbox(app, s);
    struct outbox_counts c;
    enum rc rc = outbox_deliver(&o, SEND_MAX, &c);
    if (rc != RC_OK)
        return app_fail(app, rc, "messages wait in the outbox: %s", session_error(s));
    session_written(s);
    fprintf(app->out,
            app->json ? "{\"sent\": %llu, \"waiting\": %llu, \"given_up\": %llu, "
                        "\"dropped\": %llu}\n"
                      : "%llu sent, %llu to be tried again, %llu given up, %llu dropped\n",
            (unsigned long long)c.sent, (unsigned long long)c.waiting,
            (unsigned long long)c.given_up, (unsigned long long)c.dropped);
    say_settings(app, &o.settings);
    return c.waiting + c.given_up ? EXIT_ANSWER_NO : EXIT_DONE;
}

struct settling {
    uint64_t id;
    bool retry, changed;
    struct instant at;
};

static enum rc settle_job(void *self, struct session *w)
{
    struct settling *s = self;
    return s->retry ? outbox_retry(w->store, s->id, s->at, &s->changed)
                    : outbox_drop(w->store, s->id, s->at, &s->changed);
}

static int settle(struct app *app, const struct args *args, struct session *s, bool retry)
{
    struct settling job = {.retry = retry, .at = s->env->now(s->env->self)};
    if (!args_operand(args, 1) || !str_to_u64(str_of(args_operand(args, 1)), &job.id))
        return app_usage(app, args, "name a message by its number in 'outbox list'");
    enum rc rc = session_write(s, settle_job, &job);
    if (rc != RC_OK)
        return app_fail(app, rc, "nothing was changed: %s", session_error(s));
    if (!job.changed)
        return app_fail(app, RC_NOT_FOUND, "no message %s %s", args_operand(args, 1),
                        retry ? "was given up" : "waits or was given up");
    fprintf(app->out, "%s %s\n", args_operand(args, 1), retry ? "waits again" : "dropped");
    return EXIT_DONE;
}

static int dispatch(struct app *app, const struct args *args, struct session *s)
{
    struct str what = str_of(args_operand(args, 0));
    if (!what.n || str_is(what, "list"))
        return list(app, args, s);
    if (str_is(what, "send"))
        return send(app, s);
    if (str_is(what, "drop") || str_is(what, "retry"))
        return settle(app, args, s, str_is(what, "retry"));
    return app_usage(app, args, "say list, send, drop or retry");
}

static int run(struct app *app, const struct args *args)
{
    struct session s;
    enum rc rc = session_open(app, SESSION_NOW, &s);
    if (rc != RC_OK)
        return rc_info(rc)->exit_code;
    int code = dispatch(app, args, &s);
    session_close(&s);
    return code;
}

static const struct option_def options[] = {
    {"all", 'a', OPT_FLAG, NULL, "list: also what was sent, given up or dropped"},
};

const struct command_def command_outbox = {
    .name = "outbox",
    .summary = "messages that wait to be sent: list, send, drop, retry",
    .usage = "[list [--all] | send | drop ID | retry ID]",
    .details =
        "Mails and chat lines wait in the outbox until their server took them: ten attempts with "
        "growing pauses, then they\n"
        "are given up and the owner of what asked for them is told. Each goes out at least once, "
        "always under the same id.\n"
        "The keys `mail` and `chat` of the model say by which server; without them messages "
        "stay. 'send' exits 1 when some\n"
        "did not go out.",
    .options = options,
    .n_options = sizeof options / sizeof *options,
    .served = true,
    .run = run,
};
