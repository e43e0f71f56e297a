/* bench_metrics - metrics of a large company beside hand-written SQL over the same tables, in one process.
 *
 * Usage: bench_metrics DATABASE [deals [NAME [show]]]   (a DATABASE that exists is used as it is; show: the SQL and its profile)
 * Prints one line a question: what it is, milliseconds of ours and of the plain SQL (best of five), and their ratio.
 */
#include "projection/rows.h"
#include "tests/world.h"
#include <time.h>

static const char model[] =
    "version: 1\n"
    "company: {name: A, currency: EUR, timezone: Europe/Berlin}\n"
    "people: {ana: {name: Ana Ruiz, email: ana@a.example}}\n"
    "objects:\n"
    "- {name: account, owner: ana, fields: [{name: name, type: text}, {name: segment, type: enum, "
    "values: [smb, mid, big]}]}\n"
    "- {name: deal, owner: ana, fields: [{name: account, type: ref, to: account}, {name: amount, "
    "type: money},\n"
    "   {name: source, type: enum, values: [web, event, partner, outbound]}, {name: opened_on, "
    "type: date}, {name: closed_on, type: date}]}\n"
    "- {name: touch, owner: ana, kind: fact, time: at, fields: [{name: account, type: ref, to: "
    "account}, {name: channel, type: enum, values: [mail, call, ad, event]},\n"
    "   {name: at, type: instant, required: true}, {name: cost, type: money}]}\n"
    "pipelines:\n"
    "- {name: sales, object: deal, owner: ana, stages: [{name: open}, {name: proposal}, {name: "
    "won, outcome: won}, {name: lost, outcome: lost}]}\n"
    "metrics:\n"
    "- {name: won, kind: simple, object: deal, where: \"deal.stage == 'won'\", time: closed_on, "
    "owner: ana}\n"
    "- {name: lost, kind: simple, object: deal, where: \"deal.stage == 'lost'\", time: closed_on, "
    "owner: ana}\n"
    "- {name: won_value, kind: simple, object: deal, value: amount, where: \"deal.stage == "
    "'won'\", time: closed_on, owner: ana}\n"
    "- {name: win_rate, kind: derived, expr: won / (won + lost), owner: ana}\n"
    "- {name: cycle, kind: simple, object: deal, aggregate: median, value: deal.closed_on - "
    "deal.opened_on, where: \"deal.stage == 'won'\", time: closed_on, owner: ana}\n"
    "- {name: touches, kind: simple, object: touch, time: at, owner: ana}\n"
    "- {name: year_value, kind: cumulative, metric: won_value, window: 12 months, owner: ana}\n"
    "- {name: open_value, kind: snapshot, object: deal, value: amount, where: \"deal.stage == "
    "'open'\", owner: ana}\n"
    "- {name: to_won, kind: conversion, process: sales, from: open, to: won, owner: ana}\n"
    "- {name: days_open, kind: stage_time, process: sales, stage: open, owner: ana}\n"
    "- {name: kept, kind: cohort, start: open_value, measure: gross, window: 12 months, grain: "
    "month, entity: account, owner: ana}\n";

/* Four stages: half of the deals are won or lost, with one earlier span each. */
static const char *const fill[] = {
    "INSERT INTO c_{account} (home, id, created_at, created_at_d, updated_at, updated_at_d, "
    "{account.segment}, {account.name}) SELECT i, i, 0, 0, 0, 0, "
    "CASE WHEN i % 50 = 0 THEN NULL ELSE {=account.segment.smb} + i % 3 END, 'Account ' || i FROM "
    "range(1, 1 + $ACCOUNTS) t(i)",
    "INSERT INTO w_{account} (home, id, true_from, true_to, known_from, known_to, created_at, "
    "created_at_d, updated_at, updated_at_d, {account.segment}, {account.name}) "
    "SELECT home, id, 1577836800000000, 9223372036854775807, 1577836800000000, "
    "9223372036854775807, 0, 0, 0, 0, {account.segment}, {account.name} FROM c_{account}",
    "CREATE TABLE seed AS SELECT i AS id, 18262 + CAST(hash(i) % 2100 AS INTEGER) AS day, CAST(10 "
    "+ hash(i * 7) % 120 AS INTEGER) AS took, "
    "CAST(hash(i * 3) % 10 AS INTEGER) AS fate, CAST(1 + hash(i * 5) % $ACCOUNTS AS BIGINT) AS "
    "account, CAST(100 + hash(i * 11) % 9000000 AS BIGINT) AS amount, "
    "CAST(hash(i * 13) % 4 AS INTEGER) AS source FROM range(1000000, 1000000 + $DEALS) t(i)",
    "INSERT INTO c_{deal} (home, id, created_at, created_at_d, updated_at, updated_at_d, "
    "{deal.account}, {deal.amount}, {deal.amount}_c, {deal.source}, "
    "{deal.opened_on}, {deal.closed_on}, {deal.stage}) SELECT id, id, day * 86400000000, day, day "
    "* 86400000000, day, account, amount, 'EUR', "
    "CASE WHEN source = 3 AND fate = 5 THEN NULL ELSE {=deal.source.web} + source END, day, CASE "
    "WHEN fate < 7 THEN day + took END, "
    "CASE WHEN fate < 3 THEN {=deal.stage.won} WHEN fate < 7 THEN {=deal.stage.lost} ELSE "
    "{=deal.stage.open} END FROM seed",
    "INSERT INTO w_{deal} (home, id, true_from, true_to, known_from, known_to, created_at, "
    "created_at_d, updated_at, updated_at_d, {deal.account}, {deal.amount}, {deal.amount}_c, "
    "{deal.source}, "
    "{deal.opened_on}, {deal.closed_on}, {deal.stage}) SELECT id, id, day * 86400000000, CASE WHEN "
    "fate < 7 THEN (day + took) * 86400000000 ELSE 9223372036854775807 END, "
    "day * 86400000000, 9223372036854775807, day * 86400000000, day, day * 86400000000, day, "
    "account, amount, 'EUR', {=deal.source.web} + source, day, NULL, {=deal.stage.open} FROM seed "
    "UNION ALL SELECT id, id, (day + took) * 86400000000, 9223372036854775807, "
    "(day + took) * 86400000000, 9223372036854775807, day * 86400000000, day, day * 86400000000, "
    "day, account, amount, 'EUR', {=deal.source.web} + source, day, day + took, "
    "CASE WHEN fate < 3 THEN {=deal.stage.won} ELSE {=deal.stage.lost} END FROM seed WHERE fate < "
    "7",
    "INSERT INTO v_{deal} (home, id, known_from, known_to, field, stage, entered, entered_d, "
    "entered_seq, left_at, left_at_d, nth, alive) "
    "SELECT id, id, day * 86400000000, 9223372036854775807, {#deal.stage}, {=deal.stage.open}, day "
    "* 86400000000, day, id, "
    "CASE WHEN fate < 7 THEN (day + took) * 86400000000 ELSE 9223372036854775807 END, CASE WHEN "
    "fate < 7 THEN day + took END, 0, true FROM seed "
    "UNION ALL SELECT id, id, (day + took) * 86400000000, 9223372036854775807, {#deal.stage}, CASE "
    "WHEN fate < 3 THEN {=deal.stage.won} ELSE {=deal.stage.lost} END, "
    "(day + took) * 86400000000, day + took, id, 9223372036854775807, NULL, 1, true FROM seed "
    "WHERE fate < 7",
    "INSERT INTO x_{touch} (home, id, batch, recorded_at, \"at\", at_d, retracted_at, "
    "{touch.account}, {touch.channel}) SELECT i, i, 1, 0, "
    "(18262 + CAST(hash(i) % 2100 AS BIGINT)) * 86400000000, 18262 + hash(i) % 2100, "
    "9223372036854775807, 1 + hash(i * 5) % $ACCOUNTS, "
    "{=touch.channel.mail} + hash(i * 17) % 4 FROM range(1, 1 + 10 * $DEALS) t(i)",
    "DROP TABLE seed",
};

#define CONV \
    "\
SELECT sum(CASE WHEN l > f THEN 1 ELSE 0 END), count(*) FROM (SELECT id, min(entered) FILTER (stage = {=deal.stage.open}) AS f, \
max(entered) FILTER (stage = {=deal.stage.won}) AS l FROM v_{deal} WHERE field = {#deal.stage} AND known_to = 9223372036854775807 GROUP BY id) WHERE f IS NOT NULL"
#define MONTHS(t) \
    "(SELECT m.i AS b, (SELECT max(to_us) - 1 FROM day WHERE month = m.i) AS moment, (SELECT min(from_us) - 1 FROM day WHERE month = \
(SELECT max(month) FROM day WHERE day = m.i - 330)) AS before FROM (SELECT DISTINCT month AS i FROM day WHERE day >= 19723 AND day < 20089) m) " t

static const struct question {
    const char *name, *metric, *by[2], *grain, *window, *as_of;
    const char *sql;
} questions[] = {
    {"won",
     "won",
     {0},
     "none",
     0,
     0,
     "SELECT count(*) FROM c_{deal} WHERE {deal.stage} = {=deal.stage.won} AND {deal.closed_on} IS "
     "NOT NULL"},
    {"win_rate by month",
     "win_rate",
     {0},
     "month",
     0,
     0,
     "SELECT d.month, sum(CASE WHEN {deal.stage} = {=deal.stage.won} THEN 1 ELSE 0 END), count(*) "
     "FROM c_{deal} JOIN day d ON d.day = {deal.closed_on} "
     "WHERE {deal.stage} IN ({=deal.stage.won}, {=deal.stage.lost}) GROUP BY 1"},
    {"win_rate by segment, source",
     "win_rate",
     {"account.segment", "source"},
     "none",
     0,
     0,
     "SELECT a.{account.segment}, o.{deal.source}, sum(CASE WHEN o.{deal.stage} = "
     "{=deal.stage.won} THEN 1 ELSE 0 END), count(*) FROM c_{deal} o LEFT JOIN c_{account} a "
     "ON a.id = o.{deal.account} WHERE o.{deal.stage} IN ({=deal.stage.won}, {=deal.stage.lost}) "
     "AND o.{deal.closed_on} IS NOT NULL GROUP BY 1, 2"},
    {"won_value by segment, month",
     "won_value",
     {"account.segment"},
     "month",
     0,
     0,
     "SELECT a.{account.segment}, d.month, sum(o.{deal.amount}) FROM c_{deal} o LEFT JOIN "
     "c_{account} a ON a.id = o.{deal.account} JOIN day d ON d.day = o.{deal.closed_on} "
     "WHERE o.{deal.stage} = {=deal.stage.won} GROUP BY 1, 2"},
    {"cycle",
     "cycle",
     {0},
     "none",
     0,
     0,
     "SELECT median({deal.closed_on} - {deal.opened_on}) FROM c_{deal} WHERE {deal.stage} = "
     "{=deal.stage.won}"},
    {"touches by channel, month",
     "touches",
     {"channel"},
     "month",
     0,
     0,
     "SELECT {touch.channel}, d.month, count(*) FROM x_{touch} JOIN day d ON d.day = at_d GROUP BY "
     "1, 2"},
    {"touches by account.segment",
     "touches",
     {"account.segment"},
     "none",
     0,
     0,
     "SELECT a.{account.segment}, count(*) FROM x_{touch} o LEFT JOIN c_{account} a ON a.id = "
     "o.{touch.account} GROUP BY 1"},
    {"open_value as of, by segment",
     "open_value",
     {"account.segment"},
     "none",
     0,
     "2024-06-30",
     "SELECT a.{account.segment}, sum(o.{deal.amount}) FROM w_{deal} o LEFT JOIN w_{account} a ON "
     "a.id = o.{deal.account} AND a.true_from <= 1719784799999999 AND "
     "a.true_to > 1719784799999999 AND a.known_to = 9223372036854775807 WHERE o.{deal.stage} = "
     "{=deal.stage.open} AND o.true_from <= 1719784799999999 AND "
     "o.true_to > 1719784799999999 AND o.known_to = 9223372036854775807 GROUP BY 1"},
    {"open_value by month",
     "open_value",
     {0},
     "month",
     "2024",
     0,
     "SELECT t.b, sum(o.{deal.amount}) FROM " MONTHS(
         "t") " JOIN w_{deal} o ON o.true_from <= t.moment AND o.true_to > t.moment AND o.known_to "
              "= 9223372036854775807 "
              "WHERE {deal.stage} = {=deal.stage.open} GROUP BY 1"},
    {"year_value by month",
     "year_value",
     {0},
     "month",
     "2024",
     0,
     "SELECT t.b, sum(o.{deal.amount}) FROM (SELECT DISTINCT month AS b FROM day WHERE day >= "
     "19723 AND day < 20089) t JOIN c_{deal} o ON o.{deal.closed_on} >= t.b - 335 AND "
     "{deal.closed_on} < t.b + 31 WHERE {deal.stage} = {=deal.stage.won} GROUP BY 1"},
    {"to_won", "to_won", {0}, "none", 0, 0, CONV},
    {"days_open",
     "days_open",
     {0},
     "none",
     0,
     0,
     "SELECT avg(left_at - entered) FROM v_{deal} WHERE field = {#deal.stage} AND stage = "
     "{=deal.stage.open} AND left_at < 9223372036854775807 AND known_to = 9223372036854775807"},
    {"kept by month",
     "kept",
     {0},
     "none",
     "2024",
     0,
     "SELECT sum(least(a.s, coalesce(z.s, 0))), sum(a.s) FROM (SELECT {deal.account} AS acc, "
     "sum({deal.amount}) AS s FROM w_{deal} WHERE {deal.stage} = {=deal.stage.open} AND "
     "true_from <= 1704063599999999 AND true_to > 1704063599999999 AND known_to = "
     "9223372036854775807 GROUP BY 1) a LEFT JOIN (SELECT {deal.account} AS acc, "
     "sum({deal.amount}) AS s FROM "
     "w_{deal} WHERE {deal.stage} = {=deal.stage.open} AND true_from <= 1735685999999999 AND "
     "true_to > 1735685999999999 AND known_to = 9223372036854775807 GROUP BY 1) z ON z.acc = "
     "a.acc"},
    {"kept, 12 months",
     "kept",
     {0},
     "month",
     "2024",
     0,
     "SELECT a.b, sum(least(a.s, coalesce(z.s, 0))), sum(a.s) FROM (SELECT t.b, {deal.account} AS "
     "acc, sum({deal.amount}) AS s FROM " MONTHS(
         "t") " JOIN w_{deal} ON "
              "{deal.stage} = {=deal.stage.open} AND true_from <= t.before AND true_to > t.before "
              "AND known_to = 9223372036854775807 GROUP BY 1, 2) a LEFT JOIN (SELECT t.b, "
              "{deal.account} AS acc, "
              "sum({deal.amount}) AS s FROM " MONTHS(
                  "t") " JOIN w_{deal} ON {deal.stage} = {=deal.stage.open} AND true_from <= "
                       "t.moment AND true_to > t.moment AND "
                       "known_to = 9223372036854775807 GROUP BY 1, 2) z ON z.acc = a.acc AND z.b = "
                       "a.b GROUP BY 1"},
};

/* "{object}", "{object.field}" (a column), "{#object.field}" (its number), "{=object.field.value}" (an enum's number). */
static void put_name(struct world *w, struct str name, struct buf *out)
{
    bool number = name.p[0] == '#', value = name.p[0] == '=';
    char parts[3][32] = {"", "", ""}, room[24];
    size_t n = 0, k = 0;
    for (size_t i = number || value; i < name.n; i++) {
        if (name.p[i] == '.' && n < 2) {
            n++;
            k = 0;
        } else if (k < 31) {
            parts[n][k++] = name.p[i];
        }
    }
    const struct object *o = model_object(w->model, str_of(parts[0]));
    const struct field *f = n > 0 && o ? object_field(o, str_of(parts[1])) : NULL;
    if (!o || (n > 0 && !f))
        abort();
    if (value)
        buf_printf(out, "%u", field_value(f, str_of(parts[2]))->number);
    else if (number)
        buf_printf(out, "%u", f->number);
    else if (f)
        buf_str(out, column_of(f, room));
    else
        buf_printf(out, "%u", o->number);
}

static const char *named(struct world *w, const char *sql, uint64_t deals)
{
    struct buf out;
    buf_init(&out, 1 << 20);
    for (const char *p = sql; *p; p++) {
        const char *end = *p == '{' ? strchr(p, '}') : NULL;
        if (end) {
            put_name(w, (struct str){p + 1, (size_t)(end - p - 1)}, &out);
            p = end;
        } else if (strncmp(p, "$DEALS", 6) == 0) {
            buf_printf(&out, "%llu", (unsigned long long)deals);
            p += 5;
        } else if (strncmp(p, "$ACCOUNTS", 9) == 0) {
            buf_printf(&out, "%llu", (unsigned long long)deals / 5);
            p += 8;
        } else {
            buf_char(&out, *p);
        }
    }
    const char *text = str_c(w->arena, buf_view(&out));
    buf_release(&out);
    return text;
}

static double now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static struct query query_of(const struct question *q, struct world *w)
{
    struct str *by = ARENA_ARRAY(w->arena, 2, struct str);
    struct query out = {.metric = str_of(q->metric),
                        .by = by,
                        .grain = str_of(q->grain),
                        .now = at_day("2026-03-01")};
    for (size_t i = 0; i < 2 && q->by[i]; i++)
        by[out.n_by++] = str_of(q->by[i]);
    if (q->window) {
        out.from = str_of(q->window);
        out.to = str_of(q->window);
    }
    if (q->as_of)
        out.as_of = str_of(q->as_of);
    return out;
}

static void show_plan(struct world *w, struct duck_conn *c, const char *sql)
{
    struct duck_stmt *stmt = NULL;
    struct duck_result *row = NULL;
    printf("%s\n", sql);
    world_must(w, duck_prepare(c, str_printf(w->arena, "EXPLAIN ANALYZE %s", sql), &stmt, &w->ds));
    if (duck_parameters(stmt) == 0) {
        world_must(w, duck_run(stmt, &row, &w->ds));
        while (duck_next(row))
            printf("%.*s\n", STR_ARG(duck_text(row, 1)));
        duck_result_close(row);
    }
    duck_finalize(stmt);
}

static void show(struct world *w, struct duck_conn *c, const struct question *q, const char *plain)
{
    struct query ask_of = query_of(q, w);
    struct explanation e;
    ask_of.by = NULL;
    ask_of.n_by = 0;
    world_must(w, insight_explain(w->insight, w->model, &ask_of, 0, 1, w->arena, &e, &w->ds));
    for (size_t i = 0; i < e.n_parts; i++) {
        if (e.parts[i].sql.n)
            show_plan(w, c, str_c(w->arena, e.parts[i].sql));
    }
    show_plan(w, c, plain);
}

static void measure(struct world *w, struct duck_conn *c, const struct question *q, bool shown)
{
    const char *plain = named(w, q->sql, 0);
    double ours = 1e9, theirs = 1e9;
    if (shown)
        show(w, c, q, plain);
    for (int k = 0; k < 5; k++) {
        struct query ask_of = query_of(q, w);
        struct answer out;
        double t0 = now_ms();
        if (!world_ask(w, &ask_of, &out))
            return;
        double t1 = now_ms();
        struct duck_stmt *stmt = NULL;
        struct duck_result *row = NULL;
        world_must(w, duck_prepare(c, str_of(plain), &stmt, &w->ds));
        world_must(w, duck_run(stmt, &row, &w->ds));
        while (duck_next(row))
            continue;
        duck_result_close(row);
        duck_finalize(stmt);
        double t2 = now_ms();
        ours = t1 - t0 < ours ? t1 - t0 : ours;
        theirs = t2 - t1 < theirs ? t2 - t1 : theirs;
        if (k == 0)
            printf("%-30s %s, %zu rows", q->name, figure_shown(w, &out.total, 4), out.n_rows);
    }
    printf("; ours %.1f ms, plain %.1f ms, ratio %.2f\n", ours, theirs, ours / theirs);
    fflush(stdout);
}

int main(int argc, char **argv)
{
    struct world w;
    if (argc < 2 || !world_open(&w, model, "currency,date,rate\n", at_day("2026-02-28")))
        return 2;
    uint64_t deals = argc > 2 ? strtoull(argv[2], NULL, 10) : 1000000;
    insight_close(w.insight);
    warehouse_close(w.warehouse);
    struct warehouse_settings s = {
        .env = &w.env.env,
        .model = w.model,
        .store = w.store,
        .rates = &w.rates,
        .duck = {.path = argv[1], .memory_bytes = 4ull << 30, .temp_dir = "/tmp/insight/spill"}};
    world_must(&w, warehouse_open(&s, &w.warehouse, &w.ds));
    world_must(&w, warehouse_follow(w.warehouse, NULL, &w.ds));
    world_must(&w, insight_open(w.warehouse, &w.rates, &w.insight, &w.ds));
    struct duck_conn *c = NULL;
    int64_t have = 0;
    world_must(&w, warehouse_connect(w.warehouse, &c, &w.ds));
    world_must(&w, duck_get_i64(c, named(&w, "SELECT count(*) FROM c_{deal}", 0), &have, &w.ds));
    for (size_t i = 0; have == 0 && i < sizeof(fill) / sizeof(fill[0]); i++)
        world_must(&w, duck_exec(c, named(&w, fill[i], deals), &w.ds));
    for (size_t i = 0; i < sizeof(questions) / sizeof(questions[0]); i++) {
        if (argc < 4 || strstr(questions[i].name, argv[3]))
            measure(&w, c, &questions[i], argc > 4);
    }
    duck_disconnect(c);
    world_close(&w);
    return 0;
}
