#include "base/csv.h"
#include "base/env.h"
#include "base/json.h"
#include "tests/shared.h"
#include "tests/tap.h"

#include <string.h>

static struct arena *arena;

/* All rows as "[cell|cell]" with quoted cells in quotes, and "<fault>" for broken ones; R ragged, S suspect. */
static const char *show(struct str text, struct csv_dialect d)
{
    struct buf b;
    struct csv_options o = {.dialect = d};
    struct csv *c = csv_open(csv_text_source, &text, &o);
    const struct csv_row *row;
    buf_init(&b, 1 << 20);
    while (csv_next(c, &row) == RC_OK && row) {
        buf_printf(&b, "%s%s[", row->ragged ? "R" : "", row->suspect ? "S" : "");
        for (size_t i = 0; i < row->n; i++)
            buf_printf(&b, row->cells[i].quoted ? "%s\"%.*s\"" : "%s%.*s", i ? "|" : "",
                       STR_ARG(row->cells[i].text));
        if (row->fault)
            buf_printf(&b, "<%s>", csv_fault_name(row->fault));
        buf_char(&b, ']');
    }
    if (csv_blank_lines(c))
        buf_printf(&b, " %d blank", (int)csv_blank_lines(c));
    csv_close(c);
    const char *s = str_c(arena, buf_view(&b));
    buf_release(&b);
    return s;
}

static void standard(void)
{
    static const struct {
        const char *in, *out;
    } rows[] = {
        {"", ""},
        {"a", "[a]"},
        {"a,b\n1,2\n", "[a|b][1|2]"},
        {"a,b\r\n1,2\r\n", "[a|b][1|2]"},
        {"a,b\r1,2\r", "[a|b][1|2]"},
        {"a,b\n\n \n1,2\n\n", "[a|b][1|2] 3 blank"},
        {"a,b\n,\n", "[a|b][|]"},
        {"a,", "[a|]"},
        {"a,\"\"", "[a|\"\"]"},
        {"\"\"\n", "[\"\"]"},
        {"\"a \"\"b\"\"\",\"c\nd\r\ne,f\"\n1,2", "[\"a \"b\"\"|\"c\nd\r\ne,f\"][1|2]"},
        {"a\"b,c\n", "[a\"b|c]"},
        {" \"a\" ,b\n", "[ \"a\" |b]"},
        {"a,b\n1\n1,2,3\n", "[a|b]R[1]R[1|2|3]"},
        {"\xef\xbb\xbf\"a\",b\n", "[\"a\"|b]"},
        {"\"a\"x,b\n1,2\n", "[<quote_text>][1|2]"},
        {"a,b\n\"x\n1,2\n", "[a|b][<quote_open>]S[1|2]"},
        {"a,b\n\"x,1\n3,4\n5,\"y\"\n6,7\n", "[a|b][<quote_text>]S[3|4]S[5|\"y\"][6|7]"},
        {"a,\"", "[<quote_open>]"},
        {"a,b\n\xff,2\n3,4\n", "[a|b][\xff|2<utf8>][3|4]"},
        {"\"a\n", "[<quote_open>]"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        ok_str_at(rows[i].in, show(str_of(rows[i].in), CSV_STANDARD), rows[i].out);
}

static void dialects(void)
{
    struct csv_dialect d = CSV_STANDARD;
    d.delimiter = '\t';
    d.quote = 0;
    ok_str(show(STR("a\t\"b\nc\td\n"), d), "[a|\"b][c|d]");
    d = CSV_STANDARD;
    d.escape = '\\';
    ok_str(show(STR("\"a\\\"b\",c\\,d\\\n1\n\"x\\\\\",y\\"), d), "[\"a\"b\"|c,d\n1][\"x\\\"|y\\]");
    d = CSV_STANDARD;
    d.spaces = true;
    ok_str(show(STR("  \"a, b\" , c\n1,  \"2\""), d), "[\"a, b\"| c][1|\"2\"]");
    d = CSV_STANDARD;
    d.line_end = CSV_LF_END;
    ok_str(show(STR("a\rb,c\r\nd,e\n"), d), "[a\rb|c][d|e]");
    d.line_end = CSV_CR_END;
    ok_str(show(STR("a\nb,c\rd,e\r\n"), d), "[a\nb|c][d|e]");
    d = CSV_STANDARD;
    d.quote = '\'';
    d.delimiter = ';';
    ok_str(show(STR("'a;b';\"c\n"), d), "[\"a;b\"|\"c]");
}

/* Gives the text a few bytes at a time, and fails at the end when told. */
struct trickle {
    struct str text;
    size_t step;
    bool fails;
};

static enum rc trickle(void *self, void *out, size_t n, size_t *got)
{
    struct trickle *t = self;
    if (t->fails && !t->text.n)
        return RC_IO;
    return csv_text_source(&t->text, out, n < t->step ? n : t->step, got);
}

static void places(void)
{
    struct str text = STR("\xef\xbb\xbfh1,h2\n\n\"a\nb\",\"x\"\"y\"\r\nn\0n,2\nlast,é\xc3");
    const struct csv_row *r;
    for (size_t step = 1; step < 100; step += 33) {
        struct trickle t = {text, step, false};
        struct csv *c = csv_open(trickle, &t, NULL);
        ok(csv_next(c, &r) == RC_OK && r->offset == 3 && r->end == 9 && r->line == 1);
        ok(csv_next(c, &r) == RC_OK && r->offset == 10 && r->line == 3 && r->lines == 2);
        ok(str_is(r->raw, "\"a\nb\",\"x\"\"y\"") && str_is(r->cells[1].text, "x\"y"));
        ok(csv_next(c, &r) == RC_OK && r->line == 5 && r->fault == CSV_NUL && r->fault_cell == 1);
        ok(r->fault_offset == r->offset + 1 && r->n == 2);
        ok(csv_next(c, &r) == RC_OK && r->fault == CSV_UTF8 && r->fault_cell == 2 && r->line == 6);
        ok(r->end == text.n && r->fault_offset == text.n - 1);
        ok_str(
            csv_fault_text(r, arena).p,
            "line 6, column 2 (byte 37): bytes that are not UTF-8: name the encoding of the file");
        ok(csv_next(c, &r) == RC_OK && !r && csv_blank_lines(c) == 1);
        ok(csv_next(c, &r) == RC_OK && !r);
        csv_close(c);
    }
    struct trickle t = {text, 7, true};
    struct csv *c = csv_open(trickle, &t, NULL);
    ok_int(csv_next(c, &r), RC_IO);
    csv_close(c);
    csv_close(NULL);

    struct str rest = str_sub(text, 10,
                              text.n); /* goes on in the middle, as a resumed import does */
    struct csv_options o = {.dialect = CSV_STANDARD, .offset = 10, .line = 3, .width = 3};
    c = csv_open(csv_text_source, &rest, &o);
    ok(csv_next(c, &r) == RC_OK && r->offset == 10 && r->line == 3 && r->ragged);
    csv_close(c);
}

/* Runs of generated bytes: `head`, then `n` times `fill`, then `tail`. */
struct made {
    struct str head;
    char fill;
    uint64_t n;
    struct str tail;
};

static enum rc made_source(void *self, void *out, size_t n, size_t *got)
{
    struct made *m = self;
    if (m->head.n)
        return csv_text_source(&m->head, out, n, got);
    if (!m->n)
        return csv_text_source(&m->tail, out, n, got);
    *got = n < m->n ? n : (size_t)m->n;
    memset(out, m->fill, *got);
    m->n -= *got;
    return RC_OK;
}

static void bounds(void)
{
    static const struct {
        const char *name;
        struct made made;
        enum csv_fault fault;
        size_t cells, rows; /* of the second row; in all */
    } cases[] = {
        {"cell at its limit",
         {STR_INIT("h\n"), 'x', CSV_CELL_MAX, STR_INIT("\nlast\n")},
         CSV_FINE,
         1,
         3},
        {"cell beyond",
         {STR_INIT("h\n"), 'x', CSV_CELL_MAX + 1, STR_INIT("\nlast\n")},
         CSV_CELL_LONG,
         1,
         3},
        {"quoted cell beyond",
         {STR_INIT("h\n\""), '\n', CSV_CELL_MAX + 1, STR_INIT("\"\nlast\n")},
         CSV_CELL_LONG,
         1,
         3},
        {"columns at their limit",
         {STR_INIT("h\n"), ',', 4095, STR_INIT("\nlast")},
         CSV_FINE,
         4096,
         3},
        {"columns beyond", {STR_INIT("h\n"), ',', 4096, STR_INIT("\nlast")}, CSV_COLUMNS, 4096, 3},
        {"endless row",
         {STR_INIT("h\n"), 'x', UINT64_C(20) << 20, STR_INIT("\nlast\n")},
         CSV_ROW_LONG,
         0,
         3},
        {"endless row to the end",
         {STR_INIT("h\n"), 'x', UINT64_C(20) << 20, STR_INIT("")},
         CSV_ROW_LONG,
         0,
         2},
        {"open quote",
         {STR_INIT("h\n\"a\n"), 'x', UINT64_C(9) << 20, STR_INIT("\nlast\n")},
         CSV_QUOTE_OPEN,
         0,
         4},
        {"open quote on an endless line",
         {STR_INIT("h\n\""), 'x', UINT64_C(9) << 20, STR_INIT("\nlast\n")},
         CSV_ROW_LONG,
         0,
         3},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct made m = cases[i].made;
        struct csv *c = csv_open(made_source, &m, NULL);
        const struct csv_row *r;
        size_t rows = 0;
        uint64_t end = 0;
        bool joined = true, last = false;
        while (csv_next(c, &r) == RC_OK && r) {
            joined = joined && r->offset == end;
            end = r->end;
            last = str_is(r->raw, "last");
            if (++rows != 2)
                continue;
            ok_int_at(cases[i].name, r->fault, cases[i].fault);
            ok_int_at(cases[i].name, r->n, cases[i].cells);
            ok_at(cases[i].name, !r->fault || csv_fault_text(r, arena).n > 10);
        }
        ok_int_at(cases[i].name, rows, cases[i].rows);
        ok_at(cases[i].name, joined && last == (cases[i].made.tail.n > 0));
        csv_close(c);
    }
}

static void writes(void)
{
    struct buf b;
    buf_init(&b, 1000);
    struct csv_out w = {.out = &b, .unix_lines = true, .neutralise = true};
    static const char *const cells[] = {"plain", "a,b", "say \"hi\"", "two\nlines", " led",
                                        "=1+1",  "+1",  "-1",         "@x",         "\tx",
                                        "\rx",   "",    "'=1",        "it's",       "'quoted'"};
    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++)
        csv_put_text(&w, str_of(cells[i]));
    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
        struct str s = str_of(cells[i]);
        bool marked = s.n && (strchr("=+-@\t\r", s.p[0]) || str_eq(s, STR("'=1")));
        struct str written = marked ? str_printf(arena, "'%.*s", STR_ARG(s)) : s;
        ok_at(cells[i], str_eq(csv_plain_text(written), s));
    }
    csv_end_row(&w);
    csv_put_plain(&w, STR("-5"));
    csv_end_row(&w);
    csv_put_text(&w, STR(""));
    csv_end_row(&w);
    csv_put_text(&w, STR("\xef\xbb\xbfx"));
    csv_end_row(&w);
    w.unix_lines = false;
    w.delimiter = ';';
    csv_put_text(&w, STR("a,b"));
    csv_put_text(&w, STR("a;b"));
    csv_end_row(&w);
    ok_str(
        str_c(arena, buf_view(&b)),
        "plain,\"a,b\",\"say \"\"hi\"\"\",\"two\nlines\",\" led\",'=1+1,'+1,"
        "'-1,'@x,'\tx,\"'\rx\",,''=1,it's,'quoted'\n-5\n\"\"\n\"\xef\xbb\xbfx\"\na,b;\"a;b\"\r\n");
    buf_release(&b);
}

/* The files named _crlf were stored with LF at some point; their JSON still says CRLF. */
static struct str with_crlf(struct str s)
{
    struct buf b;
    buf_init(&b, 2 * s.n + 1);
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '\n' && (!i || s.p[i - 1] != '\r'))
            buf_char(&b, '\r');
        buf_char(&b, s.p[i]);
    }
    s = str_dup(arena, buf_view(&b));
    buf_release(&b);
    return s;
}

/* One file of csv-spectrum: its rows, under the names of the first, equal the array of objects. */
static void spectrum_file(const char *dir, struct str name)
{
    struct str csv = STR_NONE, json = STR_NONE;
    struct json *want = NULL;
    const char *csv_path = str_printf(arena, "%s/csvs/%.*s.csv", dir, STR_ARG(name)).p;
    const char *json_path = str_printf(arena, "%s/json/%.*s.json", dir, STR_ARG(name)).p;
    if (env_read_file(env_real(), csv_path, 1 << 20, arena, &csv) ||
        env_read_file(env_real(), json_path, 1 << 20, arena, &json) ||
        json_read(json, NULL, arena, &want, NULL)) {
        fail(csv_path);
        return;
    }
    if (str_ends(name, STR("_crlf")))
        csv = with_crlf(csv);
    struct csv *c = csv_open(csv_text_source, &csv, NULL);
    const struct csv_row *r;
    size_t n = 0, columns = 0, rows = 0;
    struct str names[16];
    bool same = true;
    while (csv_next(c, &r) == RC_OK && r && r->n <= 16) {
        if (!rows++) {
            columns = r->n;
            for (size_t i = 0; i < columns; i++)
                names[i] = str_dup(arena, r->cells[i].text);
            continue;
        }
        struct str text;
        same = same && n < want->n && r->n == columns && want->items[n].n == columns;
        for (size_t i = 0; same && i < columns; i++)
            same = json_str(json_find(&want->items[n], names[i]), &text) &&
                   str_eq(text, r->cells[i].text);
        n++;
    }
    csv_close(c);
    ok_at(name.p, same && n == want->n);
}

static void spectrum(void)
{
    char room[4096];
    const char *dir = shared_data("nasty/csv-spectrum", room, sizeof room);
    struct str *names = NULL;
    size_t n = 0;
    if (!dir) {
        tap_skip("csv-spectrum", "the shared data is not there");
        return;
    }
    ok(!env_real()->list(NULL, str_printf(arena, "%s/csvs", dir).p, arena, &names, &n) && n > 8);
    for (size_t i = 0; i < n; i++)
        spectrum_file(dir, str_sub(str_dup(arena, names[i]), 0, names[i].n - 4));
}

int main(void)
{
    arena = arena_new();
    standard();
    dialects();
    places();
    bounds();
    writes();
    spectrum();
    arena_free(arena);
    return tap_done();
}
