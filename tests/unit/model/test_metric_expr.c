#include "model/metric_expr.h"
#include "model/tree.h"
#include "tests/tap.h"

static struct arena *arena;

/* Parses and prints `text`; NULL when it was refused. */
static const char *round_trip(const char *text)
{
    struct source file = {STR("a.yaml"), str_of(text)};
    struct node n = {.kind = NODE_SCALAR,
                     .plain = true,
                     .inline_text = true,
                     .text = str_of(text),
                     .at = span_at(&file, 1, 1, 1)};
    struct diags ds;
    diags_init(&ds, arena);
    struct metric_term *t = metric_expr_parse(&n, arena, &ds);
    ok_int_at(text, t == NULL, ds.errors == 1);
    if (!t)
        return NULL;
    struct buf b;
    buf_init(&b, 4096);
    metric_expr_text(t, &b);
    const char *out = str_dup(arena, buf_view(&b)).p;
    buf_release(&b);
    return out;
}

int main(void)
{
    static const struct {
        const char *text, *want;
    } rows[] = {
        {"a", "a"},
        {"won/(won+lost)", "won / (won + lost)"},
        {"(a * b) * c / d", "a * b * c / d"},
        {"a - (b - c)", "a - (b - c)"},
        {"a - b - c", "a - b - c"},
        {"a / (b * c)", "a / (b * c)"},
        {"-(a + 1.50) * 2", "-(a + 1.5) * 2"},
        {"--a", "--a"},
        {"((((a))))", "a"},
        {"", NULL},
        {"a +", NULL},
        {"a b", NULL},
        {"(a", NULL},
        {"a)", NULL},
        {"a % b", NULL},
        {"1.2.3", NULL},
        {"A", NULL},
        {"a ** b", NULL},
    };
    arena = arena_new();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        ok_str_at(rows[i].text, round_trip(rows[i].text), rows[i].want);
    char deep[400];
    for (size_t i = 0; i < 399; i++)
        deep[i] = '(';
    deep[399] = '\0';
    ok_at("too deep is refused, not a crash", !round_trip(deep));
    arena_free(arena);
    return tap_done();
}
