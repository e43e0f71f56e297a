#include "app/commands.h"
#include "app/insights.h"
#include "app/query_args.h"
#include "face/answer.h"
#include <string.h>

static const struct option_def options[] = {
    {"by", 'b', OPT_REPEATED, "DIM",
     "group by a dimension, or a path from the metric's object to a field"},
    {"grain", 0, OPT_TEXT, "GRAIN",
     "day, week, month, quarter, year, fiscal_quarter, fiscal_year; none: one figure"},
    QUERY_OPTIONS,
    {"compare", 0, OPT_TEXT, "WORD", "previous, previous_month, previous_quarter, previous_year …"},
    {"csv", 0, OPT_FLAG, NULL, "print CSV"},
};

static void print_answer(struct app *app, const struct args *args, const struct answer *a)
{
    struct buf b;
    buf_init(&b, 256u << 20);
    if (app->json) {
        struct json_out out;
        json_out_init(&out, &b, true);
        answer_json(a, NULL, app->arena, &out);
        json_out_done(&out);
        buf_char(&b, '\n');
    } else if (args_flag(args, "csv")) {
        answer_csv(a, app->arena, &b);
    } else {
        answer_table(a, app->arena, &b);
    }
    app_put(app, &b);
    buf_release(&b);
}

static int list_metrics(struct app *app, const struct model *m)
{
    struct buf b;
    buf_init(&b, 16u << 20);
    struct json_out out;
    json_out_init(&out, &b, true);
    if (app->json)
        json_begin_array(&out);
    for (size_t i = 0; i < m->n_metrics; i++) {
        const struct metric *x = m->metrics[i];
        if (app->json)
            json_put_str(&out, x->name);
        else
            buf_printf(&b, "%-32.*s  %.*s\n", STR_ARG(x->name),
                       STR_ARG(metric_sentence(x, app->arena)));
    }
    if (app->json) {
        json_end_array(&out);
        buf_char(&b, '\n');
    }
    app_put(app, &b);
    buf_release(&b);
    return EXIT_DONE;
}

static enum rc answer_query(struct app *app, const struct args *args, struct session *s,
                            const char *metric)
{
    struct insights i;
    struct query q;
    struct answer a;
    struct diags ds;
    diags_init(&ds, app->arena);
    enum rc rc = query_args(app, args, metric, &q);
    const struct option_value *by = args_option(args, "by");
    struct str *names = ARENA_ARRAY(app->arena, by->n + 1, struct str);
    for (size_t k = 0; k < by->n; k++)
        names[k] = str_of(by->all[k]);
    q.by = names;
    q.n_by = by->n;
    q.grain = str_of(args_text(args, "grain"));
    q.compare = str_of(args_text(args, "compare"));
    if (rc == RC_OK)
        rc = insights_open(app, s, &i);
    if (rc != RC_OK)
        return rc;
    rc = insight_query(i.insight, s->model, &q, app->arena, &a, &ds);
    insights_close(&i);
    if (ds.list.n > 0)
        (void)app_diags(app, &ds, 20);
    if (rc == RC_OK)
        print_answer(app, args, &a);
    return rc;
}

static int run(struct app *app, const struct args *args)
{
    const char *metric = args_operand(args, 0);
    struct session s = {0};
    if (args->n_operands > 1)
        return app_usage(app, args, "one metric at a time");
    enum rc rc = session_open(app, SESSION_NOW, &s);
    if (rc != RC_OK)
        return rc_info(rc)->exit_code;
    int code = EXIT_DONE;
    if (metric)
        code = rc_info(answer_query(app, args, &s, metric))->exit_code;
    else
        code = list_metrics(app, s.model);
    session_close(&s);
    return code;
}

const struct command_def command_query = {
    .name = "query",
    .summary = "ask a metric, as a table, CSV or JSON",
    .usage = "[METRIC] [--by DIM]… [--grain GRAIN] [--from DAY] [--to DAY] [--as-of TIME] [--known "
             "TIME] [--where CEL]",
    .details =
        "Without a metric, lists them. A figure carries its unit, how many records count in it, "
        "what was left out and why, "
        "and the ledger it was read at; `revos explain metric` opens it down to the records.\n",
    .options = options,
    .n_options = sizeof(options) / sizeof(options[0]),
    .served = true,
    .run = run,
};
