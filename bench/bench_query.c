/* Twelve metrics asked through insight, against SQL written by hand on the same connection's tables, threads and memory.
 *
 * In:     a workspace with the model of bench/company, rows brought in; how many rounds.
 * Out:    JSON: per query the least and the median milliseconds of both sides, of processor (all threads) and wall; rounds are
 *         interleaved.
 * Errors: status 1 and a line on stderr; also when the two sides do not answer the same.
 */
#include "app/insights.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { QUERIES = 12, ROUNDS_MAX = 100, SQL_MAX = 1 << 14 };

/* In the SQL {touch} is an object's number, {touch.cost} a column, {opportunity.stage=closed_won} the number of a value.
 * Its first column holds the figures; their sum must be the sum of the metric's. */
struct asked {
    const char *name, *metric, *by, *grain, *from, *to, *as_of, *sql;
};

#define WON "r.{opportunity.stage} = {opportunity.stage=closed_won}"
#define CLOSED "(" WON " OR r.{opportunity.stage} = {opportunity.stage=closed_lost})"
#define DEALS "FROM c_{opportunity} r "
#define OF(object, field) "LEFT JOIN c_{" object "} o ON o.id = r.{opportunity." field "} "
#define OPEN \
    "r.{opportunity.stage} IN ({opportunity.stage=prospecting}, {opportunity.stage=engaging})"
#define NEVER "9223372036854775807"

static const struct asked list[QUERIES] = {
    {"count", .metric = "deals", .sql = "SELECT count(*) " DEALS},
    {"sum", .metric = "won_value",
     .sql = "SELECT sum(r.{opportunity.amount}) / 100.0 " DEALS "WHERE " WON
            " AND r.{opportunity.close_date} IS NOT NULL"},
    {"sum by reference", .metric = "won_value", .by = "account.sector",
     .sql = "SELECT sum(r.{opportunity.amount}) / 100.0, o.{account.sector} AS s " DEALS OF(
         "account", "account") "WHERE " WON
                               " AND r.{opportunity.close_date} IS NOT NULL GROUP BY s"},
    {"count by month", .metric = "won", .grain = "month",
     .sql = "SELECT count(*), d.month " DEALS
            "JOIN day d ON d.day = r.{opportunity.close_date} WHERE " WON " GROUP BY d.month"},
    {"sum by reference and quarter", .metric = "won_value", .by = "product.series",
     .grain = "quarter",
     .sql = "SELECT sum(r.{opportunity.amount}) / 100.0, o.{product.series} AS s, "
            "d.quarter " DEALS "JOIN day d ON d.day = r.{opportunity.close_date} " OF(
                "product", "product") "WHERE " WON " GROUP BY s, d.quarter"},
    {"derived by reference", .metric = "won_of_closed", .by = "owner.region",
     .sql = "SELECT count(*) FILTER (" WON ") / count(*), o.{person.region} AS s " DEALS OF(
         "person", "owner") "WHERE " CLOSED
                            " AND r.{opportunity.close_date} IS NOT NULL GROUP BY s"},
    {"ratio by reference", .metric = "won_of_all", .by = "account.country",
     .sql = "SELECT count(*) FILTER (" WON " AND r.{opportunity.close_date} IS NOT NULL) / "
            "count(*), o.{account.country} AS s " DEALS OF("account", "account") "GROUP BY s"},
    {"average of days", .metric = "cycle_days", .by = "product.name",
     .sql = "SELECT avg(r.{opportunity.close_date} - r.{opportunity.engage_date}), "
            "o.{product.name} AS s " DEALS OF("product", "product") "WHERE " WON " GROUP BY s"},
    {"conversion", .metric = "engaged_to_won",
     .sql = "SELECT avg(CASE WHEN won > began THEN 1 ELSE 0 END) FROM (SELECT id, min(entered) "
            "FILTER (stage = {opportunity.stage=engaging}) AS began, max(entered) FILTER (stage = "
            "{opportunity.stage=closed_won}) AS won FROM v_{opportunity} WHERE known_to = " NEVER
            " GROUP BY id) WHERE began IS NOT NULL"},
    {"cohort by month", .metric = "engaged_kept", .grain = "month", .from = "2024-01",
     .to = "2024-06",
     .sql = "SELECT avg(CASE WHEN kept THEN 1 ELSE 0 END), m FROM (SELECT r.{opportunity.account} "
            "AS e, b.m, bool_or(r.true_from <= b.last AND r.true_to > b.last) AS kept, "
            "bool_or(r.true_from <= b.first AND r.true_to > b.first) AS had FROM w_{opportunity} r "
            "JOIN bounds b ON r.true_from <= b.last AND r.true_to > b.first WHERE " OPEN
            " AND r.known_to = " NEVER " AND r.{opportunity.account} IS NOT NULL GROUP BY e, b.m) "
            "WHERE had GROUP BY m"},
    {"as of", .metric = "open_deals", .as_of = "2024-03-31T00:00:00Z",
     .sql = "SELECT count(*) FROM w_{opportunity} r WHERE r.true_from <= 1711843200000000 AND "
            "1711843200000000 < r.true_to AND r.known_to = " NEVER " AND " OPEN},
    {"facts by reference and quarter", .metric = "touch_cost", .by = "account.sector",
     .grain = "quarter", .from = "2023-06", .to = "2025-03",
     .sql = "SELECT sum(r.{touch.cost}) / 100.0, o.{account.sector} AS s, d.quarter FROM x_{touch} "
            "r JOIN day d ON d.day = r.at_d LEFT JOIN c_{account} o ON o.id = r.{touch.account} "
            "WHERE r.at_d >= 19509 AND r.at_d < 20179 AND r.retracted_at = " NEVER
            " GROUP BY s, d.quarter"},
};

struct bench {
    struct app app;
    struct session session;
    struct insights insights;
    struct duck_conn *conn;
    struct diags ds;
};

static _Noreturn void fail(struct bench *b, const char *what)
{
    (void)app_diags(&b->app, &b->ds, 10);
    (void)fprintf(stderr, "bench_query: %s\n", what);
    exit(1);
}

/* ---- SQL by hand --------------------------------------------------------------------------------------------------- */

static void put_name(struct bench *b, struct str name, struct buf *out)
{
    struct str object, field = name, value;
    char room[COLUMN_MAX];
    bool has_field = str_split(&field, '.', &object) && field.n;
    const struct object *o = model_object(b->session.model, object);
    if (!o)
        fail(b, str_c(b->app.arena, name));
    if (!has_field) {
        buf_printf(out, "%u", o->number);
        return;
    }
    value = field;
    bool has_value = str_split(&value, '=', &field) && value.n;
    for (size_t i = 0; i < o->n_fields; i++) {
        const struct field *f = o->fields[i];
        if (!str_eq(f->name, field))
            continue;
        if (!has_value) {
            buf_str(out, column_of(f, room));
            return;
        }
        for (size_t k = 0; k < f->n_values; k++)
            if (str_eq(f->values[k].name, value)) {
                buf_printf(out, "%u", f->values[k].number);
                return;
            }
    }
    fail(b, str_c(b->app.arena, name));
}

static struct str filled(struct bench *b, const char *text)
{
    struct buf out;
    struct str rest = str_of(text), part;
    buf_init(&out, SQL_MAX);
    while (rest.n && str_split(&rest, '{', &part)) {
        buf_str(&out, part);
        if (rest.n && str_split(&rest, '}', &part))
            put_name(b, part, &out);
    }
    struct str sql = str_dup(b->app.arena, buf_view(&out));
    buf_release(&out);
    return sql;
}

static double by_hand(struct bench *b, struct str sql)
{
    struct duck_stmt *st = NULL;
    struct duck_result *r = NULL;
    double sum = 0;
    if (duck_prepare(b->conn, sql, &st, &b->ds) != RC_OK || duck_run(st, &r, &b->ds) != RC_OK)
        fail(b, str_c(b->app.arena, sql));
    while (duck_next(r))
        sum += duck_column_type(r, 0) == DUCK_DOUBLE ? duck_f64(r, 0) : (double)duck_i64(r, 0);
    duck_result_close(r);
    duck_finalize(st);
    return sum;
}

/* ---- the metric ---------------------------------------------------------------------------------------------------- */

static struct str given(const char *text)
{
    return text ? str_of(text) : STR_NONE;
}

static double by_metric(struct bench *b, const struct asked *x)
{
    const struct env *env = b->app.env;
    struct str by = given(x->by);
    struct query q = {.metric = str_of(x->metric),
                      .by = &by,
                      .n_by = x->by != NULL,
                      .grain = given(x->grain),
                      .from = given(x->from),
                      .to = given(x->to),
                      .as_of = given(x->as_of),
                      .now = env->now(env->self)};
    struct answer answer;
    struct arena *a = arena_new();
    double sum = 0;
    if (insight_query(b->insights.insight, b->session.model, &q, a, &answer, &b->ds) != RC_OK)
        fail(b, x->metric);
    for (size_t i = 0; i < answer.n_rows; i++)
        if (answer.rows[i].figure.kind != FIGURE_NONE)
            sum += ratio_double(answer.rows[i].figure.exact);
    arena_free(a);
    return sum;
}

/* ---- rounds -------------------------------------------------------------------------------------------------------- */

struct taken {
    double cpu[ROUNDS_MAX], wall[ROUNDS_MAX];
};

static double clock_ms(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void begin(struct taken *t, size_t i)
{
    t->wall[i] = clock_ms(CLOCK_MONOTONIC);
    t->cpu[i] = clock_ms(CLOCK_PROCESS_CPUTIME_ID);
}

static void end(struct taken *t, size_t i)
{
    t->cpu[i] = clock_ms(CLOCK_PROCESS_CPUTIME_ID) - t->cpu[i];
    t->wall[i] = clock_ms(CLOCK_MONOTONIC) - t->wall[i];
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static void print(const char *side, struct taken *t, size_t rounds)
{
    qsort(t->cpu, rounds, sizeof t->cpu[0], by_size);
    qsort(t->wall, rounds, sizeof t->wall[0], by_size);
    printf(", \"%s\": {\"cpu_min_ms\": %.3f, \"cpu_median_ms\": %.3f, \"wall_min_ms\": %.3f, "
           "\"wall_median_ms\": %.3f}",
           side, t->cpu[0], t->cpu[rounds / 2], t->wall[0], t->wall[rounds / 2]);
}

static void measure(struct bench *b, const struct asked *x, size_t rounds, bool first)
{
    struct taken ours, theirs;
    struct str sql = filled(b, x->sql);
    double figure = by_metric(b, x), check = by_hand(b, sql); /* a first time, uncounted */
    if (fabs(figure - check) > 1e-6 * (1 + fabs(check))) {
        (void)fprintf(stderr, "bench_query: %s: %.6f through the metric, %.6f by hand\n", x->name,
                      figure, check);
        exit(1);
    }
    for (size_t i = 0; i < rounds; i++) {
        begin(&ours, i);
        (void)by_metric(b, x);
        end(&ours, i);
        begin(&theirs, i);
        (void)by_hand(b, sql);
        end(&theirs, i);
    }
    printf("%s{\"name\": \"%s\"", first ? "" : ",\n", x->name);
    print("ours", &ours, rounds);
    print("baseline", &theirs, rounds);
    printf("}");
}

/* The spans of the cohort: three months each that end in January to June 2024, as instants in UTC. A person would keep such a
 * table. */
static const char calendar[] =
    "CREATE TEMP TABLE bounds AS WITH m AS (SELECT from_us, day, row_number() OVER (ORDER BY day) "
    "AS n FROM day WHERE day = month) SELECT x.from_us - 1 AS first, y.from_us - 1 AS last, y.day "
    "AS m FROM m x JOIN m y ON y.n = x.n + 3 WHERE y.day BETWEEN 19754 AND 19905";

int main(int argc, char **argv)
{
    struct bench b = {
        .app = {.env = env_real(), .arena = arena_new(), .out = stdout, .err = stderr}};
    size_t rounds = argc == 3 ? strtoul(argv[2], NULL, 10) : 0;
    if (rounds == 0 || rounds > ROUNDS_MAX) {
        (void)fputs("usage: bench_query WORKSPACE ROUNDS\n", stderr);
        return 2;
    }
    b.app.dir = argv[1];
    diags_init(&b.ds, b.app.arena);
    if (session_open(&b.app, SESSION_LIVE, &b.session) != RC_OK ||
        insights_open(&b.app, &b.session, &b.insights) != RC_OK ||
        warehouse_connect(b.insights.warehouse, &b.conn, &b.ds) != RC_OK ||
        duck_exec(b.conn, calendar, &b.ds) != RC_OK)
        fail(&b, "cannot open the workspace");
    printf("[");
    for (size_t i = 0; i < QUERIES; i++)
        measure(&b, &list[i], rounds, i == 0);
    printf("]\n");
    duck_disconnect(b.conn);
    insights_close(&b.insights);
    session_close(&b.session);
    arena_free(b.app.arena);
    return 0;
}
