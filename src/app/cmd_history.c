/* history - the versions of the model, newest first. */
#include "app/commands.h"
#include "app/session.h"
#include "base/json.h"

enum { HISTORY_MAX = 16 << 20 };

static void print_text(const struct version *v, size_t n, struct buf *out)
{
    char when[40], hex[65];
    for (size_t i = 0; i < n; i++)
        buf_printf(out, "%s%u  %.*s  %.*s  %.12s\n", i == 0 ? "* " : "  ", v[i].number,
                   STR_ARG(instant_text(v[i].recorded_at, when)), STR_ARG(v[i].actor),
                   digest_hex(v[i].digest, hex).p);
}

static void print_json(const struct version *v, size_t n, struct buf *out)
{
    char when[40], hex[65];
    struct json_out w;
    json_out_init(&w, out, false);
    json_begin_array(&w);
    for (size_t i = 0; i < n; i++) {
        json_begin_object(&w);
        json_field_int(&w, "version", v[i].number);
        json_field_int(&w, "seq", (int64_t)v[i].seq);
        json_field_str(&w, "recorded_at", instant_text(v[i].recorded_at, when));
        json_field_str(&w, "actor", v[i].actor);
        json_field_str(&w, "digest", digest_hex(v[i].digest, hex));
        json_field_bool(&w, "live", i == 0);
        json_end_object(&w);
    }
    json_end_array(&w);
    json_out_done(&w);
    buf_char(out, '\n');
}

static int run(struct app *app, const struct args *args)
{
    struct session s;
    struct version *v;
    struct buf b;
    size_t n;
    if (args_operand(args, 0))
        return app_usage(app, args, "history takes no operand");
    enum rc rc = session_open(app, SESSION_LIVE, &s);
    if (rc != RC_OK)
        return rc_info(rc)->exit_code;
    int code = EXIT_DONE;
    rc = version_list(s.store, app->arena, &v, &n);
    buf_init(&b, HISTORY_MAX);
    if (rc != RC_OK)
        code = app_fail(app, rc, "cannot read the versions: %s", store_error(s.store));
    else if (app->json)
        print_json(v, n, &b);
    else
        print_text(v, n, &b);
    app_put(app, &b);
    buf_release(&b);
    session_close(&s);
    return code;
}

const struct command_def command_history = {
    .name = "history",
    .summary = "list the versions of the model, newest first",
    .usage = "",
    .served = true,
    .run = run,
};
