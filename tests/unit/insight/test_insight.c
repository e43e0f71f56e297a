#include "tests/world.h"

static const char model[] =
    "version: 1\n"
    "company: {name: A, currency: EUR, timezone: Europe/Berlin, fiscal_year_starts: \"02-01\"}\n"
    "fx: {source: fx.csv, basis: {open: plan_rate, closed: close_date}}\n"
    "people: {ana: {name: Ana Ruiz, email: ana@a.example}}\n"
    "objects:\n"
    "- {name: account, owner: ana, fields: [{name: name, type: text}, {name: segment, type: enum, "
    "values: [smb, mid]}]}\n"
    "- {name: opportunity, owner: ana, fields: [{name: account, type: ref, to: account}, {name: "
    "amount, type: money},\n"
    "   {name: close_date, type: date}, {name: seats, type: integer}, {name: score, type: "
    "number}]}\n"
    "- {name: lead, owner: ana, fields: [{name: name, type: text}]}\n"
    "- {name: touch, kind: fact, owner: ana, fields: [{name: account, type: ref, to: account}, "
    "{name: channel, type: text}, "
    "{name: at, type: instant}]}\n"
    "pipelines:\n"
    "- {name: sales, object: opportunity, owner: ana, stages: [{name: open}, {name: won, outcome: "
    "won}, {name: lost, outcome: "
    "lost}]}\n"
    "metrics:\n"
    "- {name: won, kind: simple, object: opportunity, where: \"opportunity.stage == 'won'\", time: "
    "close_date, owner: ana, "
    "dimensions: [account.segment]}\n"
    "- {name: lost, kind: simple, object: opportunity, where: \"opportunity.stage == 'lost'\", "
    "time: close_date, owner: ana, "
    "dimensions: [account.segment]}\n"
    "- {name: won_value, kind: simple, object: opportunity, value: amount, where: "
    "\"opportunity.stage == 'won'\", time: "
    "close_date, owner: ana}\n"
    "- {name: win_rate, kind: derived, expr: won / (won + lost), owner: ana, dimensions: "
    "[account.segment]}\n"
    "- {name: average_deal, kind: ratio, numerator: won_value, denominator: won, owner: ana}\n"
    "- {name: median_seats, kind: simple, object: opportunity, aggregate: median, value: seats, "
    "time: close_date, owner: ana}\n"
    "- {name: touches, kind: simple, object: touch, owner: ana, dimensions: [account.segment, "
    "channel]}\n"
    "- {name: leads, kind: simple, object: lead, time: created_at, owner: ana}\n"
    "- {name: open_value, kind: snapshot, object: opportunity, value: amount, where: "
    "\"opportunity.stage == 'open'\", owner: ana, "
    "dimensions: [account.segment]}\n"
    "- {name: ever_won, kind: cumulative, metric: won, owner: ana}\n"
    "- {name: open_to_won, kind: conversion, process: sales, from: open, to: won, owner: ana}\n"
    "- {name: days_open, kind: stage_time, process: sales, stage: open, owner: ana}\n"
    "- {name: kept, kind: cohort, start: open_value, measure: net, window: 1 month, grain: month, "
    "owner: ana}\n";

static struct world w;
static uint64_t smb, mid, deal[5];

static void deal_closes(uint64_t id, const char *day, const char *stage)
{
    PUT(&w, "opportunity", id, at_day(day), at_day(day),
        {"stage", w_enum(&w, "opportunity", "stage", stage)}, {"close_date", w_date(day)});
}

static uint64_t deal_opens(const char *day, uint64_t account, const char *amount, int64_t seats)
{
    return PUT(&w, "opportunity", 0, at_day(day), at_day(day), {"account", w_ref(account)},
               {"amount", w_money(amount)}, {"seats", w_int(seats)},
               {"stage", w_enum(&w, "opportunity", "stage", "open")});
}

/* Four deals: two won in March, one lost in April, one open; one of the won ones in dollars. */
static void build(void)
{
    smb = PUT(&w, "account", 0, at_day("2026-01-10"), at_day("2026-01-10"),
              {"name", w_text("Small")}, {"segment", w_enum(&w, "account", "segment", "smb")});
    mid = PUT(&w, "account", 0, at_day("2026-01-10"), at_day("2026-01-10"),
              {"name", w_text("Middle")}, {"segment", w_enum(&w, "account", "segment", "mid")});
    deal[0] = deal_opens("2026-02-01", smb, "100.00 EUR", 10);
    deal[1] = deal_opens("2026-02-02", mid, "50.00 USD", 20);
    deal[2] = deal_opens("2026-02-03", mid, "70.00 EUR", 5);
    deal[3] = deal_opens("2026-02-04", smb, "30.00 EUR", 7);
    deal_closes(deal[0], "2026-03-10", "won");
    deal_closes(deal[1], "2026-03-20", "won");
    deal_closes(deal[2], "2026-04-05", "lost");
    world_follow(&w);
}

static void tables(void)
{
    ok_int(
        world_i64(&w,
                  "SELECT count(*) FROM duckdb_tables() WHERE table_name LIKE 'c\\_%' ESCAPE '\\'"),
        5);
    char sql[128];
    unsigned n = model_object(w.model, STR("opportunity"))->number;
    snprintf(sql, sizeof(sql), "SELECT count(*) FROM c_%u", n);
    ok_int(world_i64(&w, sql), 4);
    snprintf(sql, sizeof(sql), "SELECT count(*) FROM w_%u", n);
    ok_int_at("a live change takes one row of history", world_i64(&w, sql), 7);
    snprintf(sql, sizeof(sql), "SELECT count(*) FROM v_%u WHERE left_at = 9223372036854775807", n);
    ok_int(world_i64(&w, sql), 4);
    ok_int(world_i64(&w, "SELECT seq FROM mark"), (int64_t)warehouse_mark(w.warehouse).seq);
}

static void simple(void)
{
    ok_str(ask(&w, (struct query){.metric = STR("won")}, 0), "2");
    ok_str(ask(&w, (struct query){.metric = STR("won_value")}, 2), "145.00");
    ok_str(ask(&w, (struct query){.metric = STR("win_rate")}, 6), "0.666667");
    ok_str(ask(&w, (struct query){.metric = STR("average_deal")}, 2), "72.50");
    ok_str(ask(&w, (struct query){.metric = STR("median_seats")}, 1), "10.0");
    ok_str(ask(&w,
               (struct query){
                   .metric = STR("won"), .from = STR("2026-03-15"), .to = STR("2026-04-01")},
               0),
           "1");
    ok_str(ask(&w,
               (struct query){.metric = STR("won"), .from = STR("2026-Q1"), .to = STR("2026-Q1")},
               0),
           "2");
    ok_str(ask(&w,
               (struct query){.metric = STR("won"),
                              .where = STR("opportunity.account.segment == 'smb'")},
               0),
           "1");
    ok_str(ask(&w,
               (struct query){
                   .metric = STR("win_rate"), .from = STR("2026-01-01"), .to = STR("2026-02-01")},
               2),
           "zero_divisor");
    ok_str(ask(&w, (struct query){.metric = STR("leads")}, 0), "no_records");
}

static void groups(void)
{
    struct str by[] = {STR("account.segment")};
    struct answer a;
    if (!ok(world_ask(&w, &(struct query){.metric = STR("win_rate"), .by = by, .n_by = 1}, &a)))
        return;
    ok_int(a.n_rows, 2);
    ok(str_is(a.rows[0].keys[0].value, "mid") && str_is(a.rows[1].keys[0].value, "smb"));
    ok_str(figure_shown(&w, &a.rows[0].figure, 1), "0.5");
    ok_str(figure_shown(&w, &a.rows[1].figure, 1), "1.0");
    ok_str(figure_shown(&w, &a.total, 6), "0.666667");
    struct str by_account[] = {STR("account")};
    ok(world_ask(
        &w,
        &(struct query){
            .metric = STR("won_value"), .by = by_account, .n_by = 1, .grain = STR("month")},
        &a));
    ok_int(a.n_rows, 2);
    ok(a.rows[0].has_bucket && str_is(a.rows[0].keys[0].label, "Small") &&
       str_is(a.rows[1].keys[0].label, "Middle"));
    ok_str(figure_shown(&w, &a.rows[1].figure, 2), "45.00");
}

static void over_time(void)
{
    struct answer a;
    struct query q = {.metric = STR("open_value"),
                      .grain = STR("month"),
                      .from = STR("2026-01"),
                      .to = STR("2026-06")};
    if (!ok(world_ask(&w, &q, &a)))
        return;
    ok_int(a.n_rows, 6);
    ok_str(figure_shown(&w, &a.rows[0].figure, 2), "0.00");
    ok_str(figure_shown(&w, &a.rows[1].figure, 2),
           "244.00"); /* dollars at the plan rate while open */
    ok_str(figure_shown(&w, &a.rows[2].figure, 2), "100.00");
    ok_str(figure_shown(&w, &a.rows[3].figure, 2), "30.00");
    ok_str(figure_shown(&w, &a.rows[5].figure, 2), "future");
    struct str by[] = {STR("account.segment")};
    q.by = by;
    q.n_by = 1;
    ok(world_ask(&w, &q, &a));
    ok_int(a.n_rows, 12);
    q = (struct query){.metric = STR("ever_won"),
                       .grain = STR("month"),
                       .from = STR("2026-01"),
                       .to = STR("2026-04")};
    ok(world_ask(&w, &q, &a));
    ok_int(a.n_rows, 4);
    ok_str(figure_shown(&w, &a.rows[1].figure, 0), "0");
    ok_str(figure_shown(&w, &a.rows[2].figure, 0), "2");
    ok_str(figure_shown(&w, &a.rows[3].figure, 0), "2");
    q = (struct query){
        .metric = STR("kept"), .grain = STR("month"), .from = STR("2026-03"), .to = STR("2026-04")};
    ok(world_ask(&w, &q, &a));
    ok_int(a.n_rows, 2);
    ok_str(figure_shown(&w, &a.rows[0].figure, 6), "0.409836"); /* 100 of 244 */
    ok_str(figure_shown(&w, &a.rows[1].figure, 6), "0.300000");
}

static void stages(void)
{
    ok_str(ask(&w, (struct query){.metric = STR("open_to_won")}, 2), "0.50");
    ok_str(ask(&w, (struct query){.metric = STR("days_open")}, 4), "48.0000"); /* 37, 46, 61 */
}

static void then(void)
{
    ok_str(ask(&w, (struct query){.metric = STR("won"), .as_of = STR("2026-03-15")}, 0), "1");
    ok_str(ask(&w, (struct query){.metric = STR("won"), .known = STR("2026-03-15")}, 0), "1");
    ok_str(ask(&w, (struct query){.metric = STR("open_to_won"), .as_of = STR("2026-03-15")}, 2),
           "0.25");
    PUT(&w, "opportunity", deal[3], at_day("2026-02-10"), at_day("2026-05-02"),
        {"stage", w_enum(&w, "opportunity", "stage", "won")}, {"close_date", w_date("2026-02-10")});
    world_follow(&w);
    ok_str(ask(&w, (struct query){.metric = STR("won"), .as_of = STR("2026-03-15")}, 0), "2");
    ok_str(ask(&w,
               (struct query){
                   .metric = STR("won"), .as_of = STR("2026-03-15"), .known = STR("2026-03-15")},
               0),
           "1");
    ok_str(ask(&w, (struct query){.metric = STR("won"), .known = STR("2026-05-01")}, 0), "2");
    world_life(&w, "opportunity", deal[0], EV_DELETE, 0, at_day("2026-05-03"));
    world_follow(&w);
    ok_str(ask(&w, (struct query){.metric = STR("won")}, 0), "2");
    ok_str(ask(&w, (struct query){.metric = STR("won"), .as_of = STR("2026-05-02")}, 0), "3");
    ok_str(ask(&w,
               (struct query){.metric = STR("won"),
                              .where = STR("opportunity.account.segment == 'mid'")},
               0),
           "1");
    world_life(&w, "account", mid, EV_REDIRECT, smb, at_day("2026-05-04"));
    world_follow(&w);
    ok_str(ask(&w,
               (struct query){.metric = STR("won"),
                              .where = STR("opportunity.account.segment == 'mid'")},
               0),
           "0");
    ok_str(ask(&w,
               (struct query){.metric = STR("won"),
                              .where = STR("opportunity.account.segment == 'smb'")},
               0),
           "2");
    ok_str(ask(&w,
               (struct query){.metric = STR("won"),
                              .where = STR("opportunity.account.segment == 'mid'"),
                              .as_of = STR("2026-05-02")},
               0),
           "1");
}

/* Three touches in one batch; values by position in the object's fields. */
static uint64_t put_touches(const char *day, uint64_t ids[3])
{
    const struct object *o = model_object(w.model, STR("touch"));
    struct fact_row rows[3];
    struct ledger_txn t;
    struct event e = {.actor = STR("system"), .model_version = 1, .object = o->number};
    w.env.now = at_day("2026-05-10");
    for (size_t i = 0; i < 3; i++) {
        struct value *values = ARENA_ARRAY(w.arena, o->n_fields, struct value);
        for (size_t f = 0; f < o->n_fields; f++) {
            struct instant at = {at_day(day).us + (int64_t)i};
            if (str_is(o->fields[f]->name, "account") && i < 2)
                values[f] = w_ref(i ? mid : smb);
            else if (str_is(o->fields[f]->name, "channel"))
                values[f] = w_text(i ? "email" : "web");
            else if (o->fields[f] == o->time_field)
                values[f] = (struct value){.type = VT_INSTANT, .instant = at};
        }
        ids[i] = id_next(&w.ids, w.env.now);
        rows[i] = (struct fact_row){
            .id = ids[i], .home = ids[i], .at = {at_day(day).us + (int64_t)i}, .values = values};
    }
    world_must(&w, ledger_begin_group(w.ledger));
    world_must(&w, ledger_begin(w.ledger, w.env.now, &t));
    e.effective_at = t.recorded_at;
    world_must(&w, ledger_append_facts(w.ledger, o, rows, 3, &e));
    world_must(&w, ledger_end(w.ledger));
    world_must(&w, ledger_commit(w.ledger));
    return e.seq;
}

static void facts(void)
{
    struct answer a;
    struct str by[] = {STR("channel")};
    uint64_t ids[3], batch = put_touches("2026-04-02", ids);
    world_follow(&w);
    ok_str(ask(&w, (struct query){.metric = STR("touches")}, 0), "3");
    ok_str(ask(&w, (struct query){.metric = STR("touches"), .window = STR("last_month")}, 0), "3");
    ok_str(ask(&w, (struct query){.metric = STR("touches"), .as_of = STR("2026-04-01")}, 0),
           "no_records");
    ok_str_at("recorded later",
              ask(&w, (struct query){.metric = STR("touches"), .known = STR("2026-05-01")}, 0),
              "no_records");
    ok(world_ask(&w, &(struct query){.metric = STR("touches"), .by = by, .n_by = 1}, &a) &&
       a.n_rows == 2);
    ok_str(figure_shown(&w, &a.rows[0].figure, 0), "2");
    by[0] = STR("account.segment");
    ok(world_ask(&w, &(struct query){.metric = STR("touches"), .by = by, .n_by = 1}, &a));
    ok_at("a group of those without", a.n_rows == 2 && a.rows[1].keys[0].none);
    struct event one = {.kind = EV_RETRACT,
                        .object = model_object(w.model, STR("touch"))->number,
                        .retract = {.batch = batch, .seqs = &ids[1], .n = 1}};
    world_append(&w, &one, at_day("2026-05-11"), at_day("2026-05-11"));
    world_follow(&w);
    ok_str(ask(&w, (struct query){.metric = STR("touches")}, 0), "2");
    ok_str(ask(&w, (struct query){.metric = STR("touches"), .known = STR("2026-05-10")}, 0), "3");
    struct event all = {.kind = EV_RETRACT, .object = one.object, .retract = {.batch = batch}};
    world_append(&w, &all, at_day("2026-05-12"), at_day("2026-05-12"));
    world_follow(&w);
    ok_str(ask(&w, (struct query){.metric = STR("touches")}, 0), "no_records");
    ok_str(ask(&w, (struct query){.metric = STR("touches"), .known = STR("2026-05-11")}, 0), "2");
}

static void explains(void)
{
    struct explanation x;
    struct query q = {.metric = STR("average_deal"), .now = w.env.now, .as_of = STR("2026-05-01")};
    diags_init(&w.ds, w.arena);
    if (!ok(insight_explain(w.insight, w.model, &q, 0, 10, w.arena, &x, &w.ds) == RC_OK)) {
        world_complain(&w);
        return;
    }
    ok_int(x.n_parts, 3);
    ok_str(figure_shown(&w, &x.parts[0].figure, 2), "58.33");
    ok(x.parts[1].is_leaf && x.parts[1].total == 3 && x.parts[1].n_records == 3);
    struct ratio sum = ratio_int(0);
    for (size_t i = 0; i < x.parts[1].n_records; i++)
        ok(x.parts[1].records[i].has_value && ratio_add(sum, x.parts[1].records[i].value, &sum));
    ok_int(ratio_cmp(sum, x.parts[1].figure.exact), 0);
    ok(x.parts[1].sql.n > 0);
}

static void refusals(void)
{
    static const struct {
        const char *name;
        struct query q;
    } bad[] = {
        {"unknown metric", {.metric = {"wonn", 4}}},
        {"unknown dimension", {.metric = {"won", 3}, .where = {"opportunity.nope == 1", 21}}},
        {"bad window", {.metric = {"won", 3}, .window = {"next_moon", 9}}},
        {"bad date", {.metric = {"won", 3}, .from = {"yesterday", 9}}},
        {"bad instant", {.metric = {"won", 3}, .as_of = {"soon", 4}}},
        {"bad grain", {.metric = {"won", 3}, .grain = {"decade", 6}}},
        {"comparison without window", {.metric = {"won", 3}, .compare = {"previous", 8}}},
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct query q = bad[i].q;
        struct answer a;
        q.now = w.env.now;
        diags_init(&w.ds, w.arena);
        ok_at(bad[i].name, insight_query(w.insight, w.model, &q, w.arena, &a, &w.ds) != RC_OK &&
                               w.ds.errors > 0);
    }
}

int main(void)
{
    if (!world_open(&w, model, "currency,date,rate\nUSD,2026-01-01,0.9\nUSD,,0.88\n",
                    at_day("2026-01-01")))
        tap_skip_all("DuckDB's library is absent");
    build();
    tables();
    simple();
    groups();
    over_time();
    stages();
    then();
    facts();
    explains();
    refusals();
    world_close(&w);
    return tap_done();
}
