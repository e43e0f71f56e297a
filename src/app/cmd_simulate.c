/* simulate - a company that never was, through the real engine. */
#include "app/changes.h"
#include "app/commands.h"
#include "app/insights.h"
#include "base/zone.h"
#include "face/answer.h"
#include "ledger/ledger.h"
#include "sim/sim.h"

#include <inttypes.h>
#include <signal.h>

enum { ACCOUNTS = 300, MONTHS = 18 };

/* tidy: globals: a signal handler can reach nothing else */
static volatile sig_atomic_t interrupted;

static void on_interrupt(int sig)
{
    (void)sig;
    interrupted = 1;
}

struct run {
    struct app *app; /* of the command line */
    struct app then; /* the same in simulated time */
    const struct args *args;
    struct sim_clock clock;
    struct session session;
    struct date from, to, stop;
    int64_t started_us, shown_us;
};

/* ---- when -------------------------------------------------------------------------------------------------------- */

/* The last day is yesterday unless stated: the ledger never runs ahead of the real clock. */
static int choose_days(struct run *r, struct str zone_name_text, struct instant *from)
{
    const char *end = args_text(r->args, "end");
    struct zone *z;
    enum rc rc = zone_open(zone_name_text, &z);
    if (rc != RC_OK)
        return app_fail(r->app, rc, "the company's time zone is unknown");
    r->to = zone_date(z, r->app->env->now(r->app->env->self));
    struct date last = {r->to.days - 1};
    if (end && !date_parse(str_of(end), &last)) {
        zone_close(z);
        return app_usage(r->app, r->args, "--end takes a date such as 2026-06-30");
    }
    if (last.days >= r->to.days) {
        zone_close(z);
        return app_usage(r->app, r->args, "--end must lie before today");
    }
    r->to.days = last.days + 1;
    struct date stop = last;
    const char *stop_text = args_text(r->args, "stop");
    if (stop_text && (!date_parse(str_of(stop_text), &stop) || stop.days > last.days)) {
        zone_close(z);
        return app_usage(r->app, r->args, "--stop takes a day no later than the last one");
    }
    r->stop = (struct date){stop.days + 1};
    r->from = date_add_months(r->to, -(int32_t)args_integer(r->args, "months", MONTHS));
    *from = zone_midnight(z, r->from);
    zone_close(z);
    return EXIT_DONE;
}

/* ---- a live model ------------------------------------------------------------------------------------------------ */

static int refuse_model(struct run *r, const char *missing)
{
    return app_fail(
        r->app, RC_INVALID,
        "the model has no object '%s' of the kind that is simulated; simulate fills the "
        "model of `revos init --template saas`",
        missing);
}

static int make_live(struct run *r)
{
    struct change_plan plan;
    struct instant from;
    int code = changes_plan(&r->then, &r->session, &plan);
    if (code == EXIT_DONE)
        code = choose_days(r, plan.next->company.timezone, &from);
    if (code != EXIT_DONE)
        return code;
    if (desk_missing(plan.next))
        return refuse_model(r, desk_missing(plan.next));
    r->clock.machine.now = from;
    code = changes_apply(&r->then, &r->session, &plan, NULL, true);
    session_close(&r->session);
    if (code != EXIT_DONE)
        return code;
    enum rc rc = session_open(&r->then, SESSION_LIVE, &r->session);
    return rc == RC_OK ? EXIT_DONE : rc_info(rc)->exit_code;
}

/* A ledger is written in order of time: what is there already must end before the simulated months begin. */
static int take_live(struct run *r)
{
    struct instant from;
    char room[40];
    int code = choose_days(r, r->session.model->company.timezone, &from);
    struct instant head = ledger_head(r->session.ledger).recorded_at;
    if (code == EXIT_DONE && head.us > from.us)
        return app_fail(r->app, RC_CONFLICT,
                        "the ledger's last event is of %s, later than the first simulated day; "
                        "simulate in a workspace where nothing was applied yet",
                        instant_text(head, room).p);
    r->clock.machine.now = from;
    return code;
}

/* ---- the run ------------------------------------------------------------------------------------------------------ */

static bool go_on(void *self, const struct sim_progress *p)
{
    struct run *r = self;
    int64_t now = r->app->env->monotonic_us(r->app->env->self);
    if (r->app->terminal && now - r->shown_us > 200000) {
        double seconds = (double)(now - r->started_us + 1) / 1e6;
        r->shown_us = now;
        fprintf(r->app->err, "\r%3d %%  %" PRIu64 " commands  %" PRIu64 " fact rows  %.0f/s   ",
                p->days * 100 / p->days_total, p->commands, p->facts,
                (double)(p->commands + p->facts) / seconds);
        fflush(r->app->err);
    }
    return interrupted == 0;
}

static void print_report(struct run *r, const struct sim_report *p)
{
    FILE *out = r->app->out;
    struct ledger_head head = ledger_head(r->session.ledger);
    char from[16], to[16], hash[65];
    fprintf(out, "%s to %s: %" PRIu64 " commands, %" PRIu64 " fact rows\n",
            date_text(r->from, from).p, date_text((struct date){r->to.days - 1}, to).p, p->commands,
            p->facts);
    for (size_t i = 0; i < VERDICT_OUTCOME_COUNT; i++)
        if (p->outcomes[i])
            fprintf(out, "  %-12s %" PRIu64 "\n", verdict_outcome_name((enum verdict_outcome)i),
                    p->outcomes[i]);
    fprintf(out, "  %-12s %" PRIu64 "\n", "with warning", p->warned);
    for (size_t i = 0; i < p->n_refusals; i++)
        fprintf(out, "  refused      %" PRIu64 " %.*s\n", p->refusals[i].n,
                STR_ARG(p->refusals[i].code));
    fprintf(out, "  imported %" PRIu64 " rows, of them quarantined %" PRIu64 "\n", p->imported,
            p->quarantined);
    fprintf(out, "ledger %" PRIu64 ":%s\n", head.seq, digest_hex(head.hash, hash).p);
}

/* The figures a company is judged by, of its last twelve months; without DuckDB one line says so. */
static void print_figures(struct run *r)
{
    static const char *const metrics[] = {"arr",
                                          "nrr",
                                          "grr",
                                          "win_rate",
                                          "average_deal",
                                          "sales_cycle_days",
                                          "lead_to_close_days",
                                          "velocity_four_factor",
                                          "marketing_sourced_share",
                                          "mql_to_sql",
                                          "cac_payback_months",
                                          "forecast_accuracy"};
    struct insights i;
    if (insights_open(&r->then, &r->session, &i) != RC_OK)
        return;
    fprintf(r->app->out, "the last twelve months:\n");
    for (size_t k = 0; k < sizeof metrics / sizeof *metrics; k++) {
        struct query q = {.metric = str_of(metrics[k]),
                          .grain = STR("none"),
                          .window = STR("last_12_months"),
                          .now = r->clock.machine.now};
        struct answer a;
        struct diags ds;
        const struct metric *m = model_metric(r->session.model, q.metric);
        diags_init(&ds, r->app->arena);
        if (m && insight_query(i.insight, r->session.model, &q, r->app->arena, &a, &ds) == RC_OK)
            fprintf(r->app->out, "  %-46.*s %.*s\n", STR_ARG(m->label.n ? m->label : m->name),
                    STR_ARG(answer_shown(&a, &a.total, r->app->arena)));
    }
    insights_close(&i);
}

/* A signal ends the simulation between two half days; before and after, it ends the program as usual. */
static enum rc sim_interruptible(struct run *r, const struct sim_request *request,
                                 struct sim_report *report)
{
    struct sigaction ours = {.sa_handler = on_interrupt}, on_int, on_term;
    sigaction(SIGINT, &ours, &on_int);
    sigaction(SIGTERM, &ours, &on_term);
    enum rc rc = sim_run(request, r->app->arena, report);
    sigaction(SIGINT, &on_int, NULL);
    sigaction(SIGTERM, &on_term, NULL);
    return rc;
}

static int simulate(struct run *r)
{
    struct sim_report report;
    struct sim_request request = {.admission = r->session.admission,
                                  .store = r->session.store,
                                  .projection = r->session.projection,
                                  .clock = &r->clock,
                                  .seed = (uint64_t)args_integer(r->args, "seed", 1),
                                  .accounts = (size_t)args_integer(r->args, "accounts", ACCOUNTS),
                                  .deals = (size_t)args_integer(r->args, "opportunities", 0),
                                  .from = r->from,
                                  .to = r->to,
                                  .stop = r->stop,
                                  .late = true,
                                  .self = r,
                                  .go_on = go_on};
    const char *late = args_text(r->args, "late");
    request.folder = app_path(r->app, "imports");
    request.late = !late || str_is(str_of(late), "on");
    r->started_us = r->app->env->monotonic_us(r->app->env->self);
    enum rc rc = sim_interruptible(r, &request, &report);
    if (r->app->terminal)
        fputs("\r\033[K", r->app->err);
    if (rc == RC_NOT_FOUND)
        return refuse_model(r, report.missing);
    if (rc == RC_CANCELLED)
        return app_fail(r->app, rc, "stopped; what was written stays");
    if (rc != RC_OK)
        return app_fail(r->app, rc, "the simulation stopped: %s", store_error(r->session.store));
    print_report(r, &report);
    print_figures(r);
    return EXIT_DONE;
}

static int run(struct app *app, const struct args *args)
{
    struct run r = {.app = app, .args = args};
    int64_t accounts = args_integer(args, "accounts", ACCOUNTS);
    int64_t months = args_integer(args, "months", MONTHS);
    int64_t deals = args_integer(args, "opportunities", 0);
    const char *late = args_text(args, "late");
    if (args->n_operands)
        return app_usage(app, args, "no operand goes with this verb");
    if (accounts < 1 || accounts > SIM_ACCOUNTS_MAX || months < 1 || months > SIM_MONTHS_MAX ||
        deals < 0 || deals > SIM_DEALS_MAX)
        return app_usage(app, args, "1 to %d accounts, 1 to %d months, at most %d opportunities",
                         SIM_ACCOUNTS_MAX, SIM_MONTHS_MAX, SIM_DEALS_MAX);
    if (late && !str_is(str_of(late), "on") && !str_is(str_of(late), "off"))
        return app_usage(app, args, "--late is on or off");
    clock_init(&r.clock, (uint64_t)args_integer(args, "seed", 1), (struct instant){0});
    r.then = *app;
    r.then.env = &r.clock.machine.env;
    enum rc rc = session_open(&r.then, SESSION_ANY, &r.session);
    if (rc != RC_OK)
        return rc_info(rc)->exit_code;
    int code = r.session.model ? take_live(&r) : make_live(&r);
    if (code == EXIT_DONE)
        code = simulate(&r);
    session_close(&r.session);
    return code;
}

static const struct option_def options[] = {
    {"seed", 0, OPT_INTEGER, "N", "same seed, same bytes (1)"},
    {"accounts", 0, OPT_INTEGER, "N", "companies of the market (300)"},
    {"months", 0, OPT_INTEGER, "N", "how long (18)"},
    {"end", 0, OPT_TEXT, "DAY", "last simulated day; yesterday unless stated"},
    {"stop", 0, OPT_TEXT, "DAY",
     "end after this day: the same run as if the rest had not happened yet"},
    {"opportunities", 0, OPT_INTEGER, "N",
     "about how many deals; else as many as such companies have"},
    {"late", 0, OPT_TEXT, "on|off", "some changes are written down days after they happened (on)"},
};

const struct command_def command_simulate = {
    .name = "simulate",
    .summary = "fill the workspace with a believable company, through the real engine",
    .usage = "[--seed N] [--accounts N] [--months N] [--end DAY] [--stop DAY] [--opportunities N] "
             "[--late on|off]",
    .details = "Applies the workspace's model when nothing is live yet. The clock is simulated: "
               "the ledger's times run\n"
               "through the months, up to yesterday. The model must be that of the template saas, "
               "or keep its objects.",
    .options = options,
    .n_options = sizeof options / sizeof *options,
    .run = run,
};
