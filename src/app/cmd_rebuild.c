/* rebuild - derived tables made anew from the ledger. */
#include "app/commands.h"
#include "app/session.h"
#include "base/json.h"
#include "care/doctor.h"
#include <inttypes.h>

static bool show_progress(void *self, const char *what, uint64_t done, uint64_t total)
{
    struct app *app = self;
    if (app->terminal)
        fprintf(app->err, "\r%s %" PRIu64 " of %" PRIu64 " events", what, done, total);
    return true;
}

static bool same(const struct rebuild_report *r, size_t i)
{
    return r->before && r->before[i].rows == r->after[i].rows &&
           digest_eq(r->before[i].digest, r->after[i].digest);
}

static void print_json(struct app *app, const struct rebuild_report *r)
{
    struct buf b;
    struct json_out w;
    char hex[65];
    buf_init(&b, 16u << 20);
    json_out_init(&w, &b, true);
    json_begin_object(&w);
    json_field_int(&w, "changed", (int64_t)r->changed);
    json_key(&w, "tables");
    json_begin_array(&w);
    for (size_t i = 0; i < r->n; i++) {
        json_begin_object(&w);
        json_field_str(&w, "name", r->after[i].name);
        json_field_int(&w, "rows", (int64_t)r->after[i].rows);
        json_field_str(&w, "digest", digest_hex(r->after[i].digest, hex));
        json_field_bool(&w, "changed", !same(r, i));
        json_end_object(&w);
    }
    json_end_array(&w);
    json_end_object(&w);
    json_out_done(&w);
    buf_char(&b, '\n');
    app_put(app, &b);
    buf_release(&b);
}

static int run(struct app *app, const struct args *args)
{
    struct session s;
    struct rebuild_report report;
    struct care_progress progress = {app, show_progress};
    if (args->n_operands)
        return app_usage(app, args, "rebuild takes no operand");
    enum rc rc = session_open(app, SESSION_LIVE, &s);
    if (rc != RC_OK)
        return rc_info(rc)->exit_code;
    rc = care_rebuild(s.projection, s.vault, &progress, app->arena, &report);
    int exit_code = EXIT_DONE;
    if (app->terminal)
        fputs("\r\033[K", app->err);
    if (rc != RC_OK)
        exit_code = app_fail(app, rc, "nothing was changed: %s", store_error(s.store));
    else if (app->json)
        print_json(app, &report);
    else
        fprintf(app->out, "%zu tables rebuilt, %zu differ from what stood\n", report.n,
                report.changed);
    session_close(&s);
    return exit_code;
}

const struct command_def command_rebuild = {
    .name = "rebuild",
    .summary = "make the derived tables anew from the ledger",
    .details = "Current rows, external keys, stage visits and the other derived tables are dropped "
               "and filled again by a replay of\n"
               "the ledger, in one transaction: killed anywhere, the old ones stand. Facts are "
               "left alone. Tables of a whole\n"
               "workspace come out with the same digests, which `revos doctor` compares as well.",
    .run = run,
};
