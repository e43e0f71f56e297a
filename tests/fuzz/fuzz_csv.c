/* Any bytes are delimited text. The first byte chooses the dialect and how the source trickles. Rows join without a gap, are the
 * same however the bytes arrive, and fault-free ones can be written and read again. */
#include "base/csv.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct trickle {
    struct str text;
    size_t step;
};

static void check(bool fine)
{
    if (!fine)
        abort();
}

static enum rc trickle(void *self, void *out, size_t n, size_t *got)
{
    struct trickle *t = self;
    return csv_text_source(&t->text, out, n < t->step ? n : t->step, got);
}

static struct csv_options options_of(uint8_t choice)
{
    static const char delimiters[] = {',', ';', '\t', '|'};
    struct csv_options o = {.dialect = CSV_STANDARD};
    o.dialect.delimiter = delimiters[choice & 3];
    o.dialect.escape = choice & 4 ? '\\' : 0;
    o.dialect.spaces = choice & 8;
    o.dialect.quote = choice & 16 ? '\'' : '"';
    o.dialect.line_end = (choice >> 5) % 3;
    return o;
}

/* What one row is, as text that differs when any of it does. */
static void describe(const struct csv_row *r, struct buf *out)
{
    buf_printf(out, "%llu-%llu line %llu+%u %d%d fault %d at %llu:%llu:%zu ",
               (unsigned long long)r->offset, (unsigned long long)r->end,
               (unsigned long long)r->line, r->lines, r->ragged, r->suspect, (int)r->fault,
               (unsigned long long)r->fault_offset, (unsigned long long)r->fault_line,
               r->fault_cell);
    for (size_t i = 0; i < r->n; i++) {
        buf_printf(out, "%d%zu:", r->cells[i].quoted, r->cells[i].text.n);
        buf_str(out, r->cells[i].text);
    }
    buf_str(out, r->raw);
}

static void write_and_read(const struct csv_row *r, struct arena *a)
{
    struct buf b;
    const struct csv_row *again;
    buf_init(&b, 8 << 20);
    struct csv_out w = {.out = &b};
    for (size_t i = 0; i < r->n; i++)
        csv_put_text(&w, r->cells[i].text);
    csv_end_row(&w);
    struct str text = buf_view(&b);
    struct csv *c = csv_open(csv_text_source, &text, NULL);
    check(csv_next(c, &again) == RC_OK && again && again->n == r->n && !again->fault);
    for (size_t i = 0; i < r->n; i++)
        check(str_eq(again->cells[i].text, r->cells[i].text));
    check(csv_next(c, &again) == RC_OK && !again);
    csv_close(c);
    buf_release(&b);
    check(csv_fault_text(r, a).n > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!size)
        return 0;
    struct str all = {(const char *)data + 1, size - 1};
    struct csv_options o = options_of(data[0]);
    struct trickle whole = {all, SIZE_MAX}, drops = {all, 1 + data[0] % 7};
    struct csv *c = csv_open(trickle, &whole, &o), *d = csv_open(trickle, &drops, &o);
    const struct csv_row *r, *s;
    struct arena *a = arena_new();
    struct buf x, y;
    uint64_t end = 0;
    buf_init(&x, 64 << 20);
    buf_init(&y, 64 << 20);
    for (;;) {
        check(csv_next(c, &r) == RC_OK && csv_next(d, &s) == RC_OK && !r == !s);
        if (!r)
            break;
        check(r->offset >= end && r->end > r->offset && r->end <= all.n &&
              r->raw.n <= r->end - r->offset);
        check(r->fault || !memchr(r->raw.p ? r->raw.p : "", 0, r->raw.n));
        end = r->end;
        describe(r, &x);
        describe(s, &y);
        check(buf_ok(&x) || str_eq(buf_view(&x), buf_view(&y)));
        if (!r->fault)
            write_and_read(r, a);
    }
    struct csv_guess g;
    csv_sniff(all, true, a, &g);
    check(g.confidence >= 0 && g.confidence <= 100 && g.reason.n);
    csv_close(c);
    csv_close(d);
    buf_release(&x);
    buf_release(&y);
    arena_free(a);
    return 0;
}
