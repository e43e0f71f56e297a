#include "tests/world.h"

static const char model[] =
    "version: 1\n"
    "company: {name: A, currency: EUR, timezone: Europe/Berlin}\n"
    "fx: {source: fx.csv, basis: {open: plan_rate, closed: close_date}}\n"
    "people: {ana: {name: Ana Ruiz, email: ana@a.example}}\n"
    "objects:\n"
    "- {name: deal, owner: ana, fields: [{name: amount, type: money}, {name: close_date, type: "
    "date}, {name: source, type: enum, values: [web, event]}]}\n"
    "metrics:\n"
    "- {name: value, kind: simple, object: deal, value: amount, where: \"deal.source == 'web'\", "
    "owner: ana}\n";

static struct answer asked(struct world *w)
{
    struct query q = {.metric = STR("value"), .now = at_day("2026-06-01")};
    struct answer out;
    world_follow(w);
    ok(world_ask(w, &q, &out));
    ok_int_at("the mark is that of the tables", (int64_t)out.lineage.seq,
              (int64_t)warehouse_mark(w->warehouse).seq);
    return out;
}

static uint64_t left_out(const struct answer *a, enum left_out why)
{
    for (size_t i = 0; i < a->n_left_out; i++)
        if (a->left_out[i].why == why)
            return a->left_out[i].count;
    return 0;
}

/* A query leaves out a test only as long as no row was ever written that could fail it. */
static void test_what_was_seen(struct world *w)
{
    struct value web = w_enum(w, "deal", "source", "web");
    (void)PUT(w, "deal", 0, at_day("2026-02-01"), at_day("2026-02-01"),
              {"amount", w_money("100.00 EUR")}, {"source", web});
    struct answer a = asked(w);
    ok_str(figure_shown(w, &a.total, 2), "100.00");
    ok_int((int64_t)a.n_left_out, 0);
    (void)PUT(w, "deal", 0, at_day("2026-02-02"), at_day("2026-02-02"),
              {"amount", w_money("50.00 USD")}, {"source", web});
    a = asked(w);
    ok_str_at("another currency is converted from now on", figure_shown(w, &a.total, 2), "140.00");
    uint64_t bare = PUT(w, "deal", 0, at_day("2026-02-03"), at_day("2026-02-03"),
                        {"amount", w_money("7.00 EUR")});
    a = asked(w);
    ok_str(figure_shown(w, &a.total, 2), "140.00");
    ok_int((int64_t)left_out(&a, LEFT_CONDITION), 1);
    (void)PUT(w, "deal", bare, at_day("2026-02-04"), at_day("2026-02-04"), {"source", web});
    a = asked(w);
    ok_str(figure_shown(w, &a.total, 2), "147.00");
    ok_int((int64_t)left_out(&a, LEFT_CONDITION), 0);
    (void)PUT(w, "deal", 0, at_day("2026-02-05"), at_day("2026-02-05"),
              {"amount", w_money("9.00 XAF")}, {"source", web});
    a = asked(w);
    ok_str(figure_shown(w, &a.total, 2), "147.00");
    ok_int((int64_t)left_out(&a, LEFT_RATE), 1);
}

static void test_generation(struct world *w)
{
    uint64_t before = warehouse_generation(w->warehouse);
    ok(before % 2 == 0);
    world_follow(w);
    ok_int_at("nothing new, nothing changes", (int64_t)warehouse_generation(w->warehouse),
              (int64_t)before);
    (void)PUT(w, "deal", 0, at_day("2026-03-01"), at_day("2026-03-01"),
              {"amount", w_money("1.00 EUR")});
    world_follow(w);
    ok_int((int64_t)warehouse_generation(w->warehouse), (int64_t)before + 2);
}

int main(void)
{
    struct world w;
    if (!world_open(&w, model, "currency,date,rate\nUSD,,0.80\n", at_day("2026-06-01")))
        return tap_done();
    test_what_was_seen(&w);
    test_generation(&w);
    world_close(&w);
    return tap_done();
}
