/* How fast text from outside is read, against a loop that only looks at the bytes: a table of ten columns counted by its line
 * ends with memchr, and the same bytes checked to be UTF-8. Ratios say how many times longer the reader takes. */
#include "base/csv.h"
#include "base/env.h"
#include "base/json.h"

#include <stdio.h>
#include <string.h>

enum { ROWS = 200000, ROUNDS = 5 };

static size_t count_lines(struct str s)
{
    size_t n = 0;
    for (const char *p = s.p, *end = p + s.n; p < end && (p = memchr(p, '\n', (size_t)(end - p)));
         p++)
        n++;
    return n;
}

static size_t check_text(struct str s)
{
    return utf8_invalid_at(s) < 0;
}

static size_t read_csv(struct str s)
{
    struct csv *c = csv_open(csv_text_source, &s, NULL);
    const struct csv_row *row;
    size_t cells = 0;
    while (csv_next(c, &row) == RC_OK && row)
        cells += row->n;
    csv_close(c);
    return cells;
}

/* JSON Lines: a document per row, as webhooks and exports bring them. */
static size_t read_json(struct str s)
{
    struct arena *a = arena_new();
    struct str line;
    size_t n = 0;
    while (str_split(&s, '\n', &line) && line.n) {
        struct json *j = NULL;
        n += json_read(line, NULL, a, &j, NULL) == RC_OK;
        arena_reset(a);
    }
    arena_free(a);
    return n == ROWS ? n : 0;
}

/* Best of some rounds, in MB/s. */
static double speed(size_t (*run)(struct str), struct str s)
{
    const struct env *e = env_real();
    double best = 0;
    for (int i = 0; i < ROUNDS; i++) {
        int64_t start = e->monotonic_us(e->self);
        if (!run(s))
            return 0;
        int64_t us = e->monotonic_us(e->self) - start;
        double mbs = (double)s.n / (double)(us ? us : 1);
        best = mbs > best ? mbs : best;
    }
    return best;
}

static void report(const char *name, double ours, const char *baseline, double theirs)
{
    printf("%-6s %7.0f MB/s   %-12s %7.0f MB/s   ratio %.2f\n", name, ours, baseline, theirs,
           theirs / ours);
}

int main(void)
{
    struct buf csv, json;
    buf_init(&csv, 1 << 28);
    buf_init(&json, 1 << 28);
    for (int i = 0; i < ROWS; i++) {
        buf_printf(&csv,
                   "%d,\"Acme, Widgets %d\",proposal,2026-01-%02d,%d.50,EUR,Ana Ruiz,Berlin,\"say "
                   "\"\"ok\"\"\",München\n",
                   i, i, i % 28 + 1, i * 3);
        buf_printf(&json,
                   "{\"id\":%d,\"name\":\"Acme Widgets "
                   "%d\",\"stage\":\"proposal\",\"amount\":%d.50,\"tags\":[\"a\",\"b\"],"
                   "\"account\":{\"id\":%d,\"city\":\"München\"},\"open\":true,\"owner\":null}\n",
                   i, i, i * 3, i % 1000);
    }
    report("csv", speed(read_csv, buf_view(&csv)), "count lines",
           speed(count_lines, buf_view(&csv)));
    report("csv", speed(read_csv, buf_view(&csv)), "check UTF-8",
           speed(check_text, buf_view(&csv)));
    report("json", speed(read_json, buf_view(&json)), "check UTF-8",
           speed(check_text, buf_view(&json)));
    buf_release(&csv);
    buf_release(&json);
    return 0;
}
