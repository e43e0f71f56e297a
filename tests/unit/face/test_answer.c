#include "face/answer.h"
#include "tests/tap.h"

static struct arena *arena;

static struct metric metric_named(const char *name)
{
    return (struct metric){.name = str_of(name), .kind = METRIC_CONVERSION};
}

static bool has(const struct buf *b, const char *text)
{
    bool found = str_find(buf_view(b), str_of(text), 0) >= 0;
    if (!found)
        tap_diag("no %s in %.*s", text, STR_ARG(buf_view(b)));
    return found;
}

int main(void)
{
    arena = arena_new();
    struct stage from = {.name = STR("open")}, to = {.name = STR("won")};
    struct metric m = metric_named("rate");
    m.from = &from;
    m.to = &to;
    m.unit = STR("%");
    m.has_at_least = true;
    m.target_at_least = (struct decimal){25, 2};
    struct model model = {
        .company = {.currency = {'E' << 16 | 'U' << 8 | 'R'}, .fiscal_month = 1, .fiscal_day = 1}};
    struct str dims[] = {STR("account.segment")};
    struct answer_key smb = {.value = STR("smb"), .label = STR("Small, \"tiny\"")},
                      none = {.none = true, .label = STR("(none)")};
    struct ratio third;
    ok(ratio_make(1, 3, &third));
    struct answer_row rows[] = {
        {.keys = &smb,
         .figure = {.kind = FIGURE_NUMBER, .exact = third, .rows = 3},
         .has_compare = true,
         .compare = {.kind = FIGURE_NUMBER, .exact = {1, 2}, .rows = 2}},
        {.keys = &none,
         .figure = {.kind = FIGURE_NONE,
                    .why = NV_ZERO_DIVISOR,
                    .because = STR("nothing to divide by")}},
    };
    struct exclusion left = {&m, LEFT_TIME, 4, STR("deals without close_date, so in no period")};
    struct answer a = {.metric = &m,
                       .model = &model,
                       .kind = FIGURE_NUMBER,
                       .unit = STR("%"),
                       .dimensions = dims,
                       .n_dimensions = 1,
                       .rows = rows,
                       .n_rows = 2,
                       .has_total = true,
                       .total = rows[0].figure,
                       .left_out = &left,
                       .n_left_out = 1,
                       .compare = STR("previous")};
    struct buf b;
    struct json_out out;
    buf_init(&b, 1u << 20);
    json_out_init(&out, &b, false);
    answer_json(&a, NULL, arena, &out);
    json_out_done(&out);
    ok(has(&b, "\"group\":{\"account.segment\":{\"value\":\"smb\""));
    ok(has(&b, "\"text\":\"0.333333\",\"records\":3,\"compare\":{\"value\":0.5,\"text\":\"0.5\","
               "\"change\":\"-0.333333\"}"));
    ok(has(&b, "\"group\":{\"account.segment\":null},\"value\":null,\"reason\":\"zero_divisor\""));
    ok(has(&b, "\"target\":{\"at_least\":\"0.25\",\"state\":\"met\"}"));
    ok(has(&b, "\"reason\":\"no_time\""));
    struct json *tree;
    ok_int(json_read(buf_view(&b), NULL, arena, &tree, NULL), RC_OK);

    buf_clear(&b);
    answer_csv(&a, arena, &b);
    ok(has(&b, "account.segment,rate,unit,records,reason,compare\r\n"));
    ok(has(&b, "\"Small, \"\"tiny\"\"\",33.333333,%,3,,50\r\n"));
    ok(has(&b, ",,%,0,zero_divisor,\r\n"));

    buf_clear(&b);
    answer_table(&a, arena, &b);
    ok(has(&b, "33.33 %"));
    ok(has(&b, "- (zero_divisor)"));
    ok(has(&b, "left out: 4 deals without close_date"));

    a.n_rows = 0; /* no groups: the total says why */
    a.has_total = true;
    a.total = (struct figure){.kind = FIGURE_NONE, .why = NV_NO_RECORDS};
    buf_clear(&b);
    answer_csv(&a, arena, &b);
    ok(has(&b, "reason,compare\r\n,,%,0,no_records,\r\n"));

    struct figure money = {.kind = FIGURE_MONEY, .exact = {25, 2}};
    struct str text = figure_text(&money, model.company.currency, arena);
    ok(str_is(text, "12.50"));
    buf_release(&b);
    arena_free(arena);
    return tap_done();
}
