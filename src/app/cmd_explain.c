#include "app/commands.h"
#include "app/explain_hand.h"
#include "app/explain_process.h"
#include "app/insights.h"
#include "app/query_args.h"
#include "face/answer.h"
#include "insight/naming.h"
#include <string.h>

enum { PAGE = 20, PAGE_MAX = 100000 };

static const struct option_def options[] = {
    QUERY_OPTIONS,
    {"sql", 0, OPT_FLAG, NULL, "show the SQL each input was read with"},
    {"limit", 'n', OPT_INTEGER, "N", "records of each input to show (20)"},
    {"offset", 0, OPT_INTEGER, "N", "records of each input to skip"},
};

static void print_explanation(struct app *app, const struct args *args, const struct explanation *x,
                              const struct metric_book *book)
{
    struct buf b;
    buf_init(&b, 512u << 20);
    if (app->json) {
        struct json_out out;
        json_out_init(&out, &b, true);
        explanation_json(x, book, app->arena, &out);
        json_out_done(&out);
        buf_char(&b, '\n');
    } else {
        explanation_text(x, book, args_flag(args, "sql"), app->arena, &b);
    }
    app_put(app, &b);
    buf_release(&b);
}

static enum rc explain_metric(struct app *app, const struct args *args, struct session *s,
                              const char *metric)
{
    struct insights i;
    struct query q;
    struct explanation x;
    struct metric_book book;
    struct diags ds;
    int64_t limit = args_integer(args, "limit", PAGE), offset = args_integer(args, "offset", 0);
    diags_init(&ds, app->arena);
    if (limit < 1 || limit > PAGE_MAX || offset < 0) {
        (void)app_usage(app, args, "--limit is from 1 to %d, --offset from 0", PAGE_MAX);
        return RC_USAGE;
    }
    enum rc rc = query_args(app, args, metric, &q);
    if (rc == RC_OK)
        rc = insights_open(app, s, &i);
    if (rc != RC_OK)
        return rc;
    rc = insight_explain(i.insight, s->model, &q, (size_t)offset, (size_t)limit, app->arena, &x,
                         &ds);
    insights_close(&i);
    if (ds.list.n > 0)
        (void)app_diags(app, &ds, 20);
    if (rc == RC_OK && (rc = metric_book_read(s->store, s->model, app->arena, &book)) != RC_OK)
        (void)app_fail(app, rc, "the versions cannot be read: %s", store_error(s->store));
    if (rc == RC_OK && (rc = explanation_name(&x, s->projection, app->arena)) != RC_OK)
        (void)app_fail(app, rc, "the records cannot be read: %s", store_error(s->store));
    if (rc == RC_OK)
        print_explanation(app, args, &x, &book);
    return rc;
}

/* What is explained of one record; NULL: no such topic. */
static int (*record_topic(const char *what))(struct app *, const struct args *, struct session *)
{
    static const struct {
        const char *name;
        int (*explain)(struct app *, const struct args *, struct session *);
    } topics[] = {{"gate", explain_gate},
                  {"route", explain_route},
                  {"score", explain_score},
                  {"sla", explain_sla}};
    for (size_t i = 0; what && i < sizeof topics / sizeof *topics; i++)
        if (strcmp(topics[i].name, what) == 0)
            return topics[i].explain;
    return NULL;
}

static int run(struct app *app, const struct args *args)
{
    const char *what = args_operand(args, 0), *name = args_operand(args, 1);
    struct session s = {0};
    bool metric = what && strcmp(what, "metric") == 0;
    int (*of_record)(struct app *, const struct args *, struct session *) = record_topic(what);
    if (!name || (metric ? args->n_operands > 2 : !of_record))
        return app_usage(app, args,
                         "say what to explain: metric NAME; gate, score, route or sla of a record");
    enum rc rc = session_open(app, SESSION_NOW, &s);
    if (rc != RC_OK)
        return rc_info(rc)->exit_code;
    int code = metric ? rc_info(explain_metric(app, args, &s, name))->exit_code
                      : of_record(app, args, &s);
    session_close(&s);
    return code;
}

const struct command_def command_explain = {
    .name = "explain",
    .summary =
        "open a figure down to its records; or say what a gate waits for, what a score is made of",
    .usage = "metric NAME [--from DAY] [--to DAY] [--group DIM=VALUE]… [--as-of TIME] [--known "
             "TIME] [--where CEL] [--sql] | gate OBJECT ID|KEY [STAGE] | score OBJECT ID|KEY SCORE "
             "| route|sla OBJECT ID|KEY",
    .details =
        "A metric opens to its definition, its inputs, what was left out and the records that add "
        "up to it. A gate, of the next stage unless one is named, says which criteria are met and "
        "the least that must change; the answer is no while one of them would refuse. A route "
        "shows the rules that were tried, what they saw and the state of the pool; sla the "
        "deadlines of the record.",
    .options = options,
    .n_options = sizeof(options) / sizeof(options[0]),
    .served = true,
    .run = run,
};
