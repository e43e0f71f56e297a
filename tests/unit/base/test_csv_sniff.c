#include "base/csv.h"
#include "base/env.h"
#include "tests/shared.h"
#include "tests/tap.h"

#include <string.h>

static struct arena *arena;

/* "delimiter quote[\\][ ] columns+preamble header" */
static const char *seen(struct str text, bool whole)
{
    struct csv_guess g;
    csv_sniff(text, whole, arena, &g);
    struct str d = g.dialect.delimiter == '\t' ? STR("tab") : (struct str){&g.dialect.delimiter, 1};
    return str_printf(arena, "%.*s %c%s%s %zu+%zu %s", STR_ARG(d), g.dialect.quote,
                      g.dialect.escape ? "\\" : "", g.dialect.spaces ? "_" : "", g.columns,
                      g.preamble, g.header ? "header" : "none")
        .p;
}

static void texts(void)
{
    static const struct {
        const char *in, *out;
    } rows[] = {
        {"", ", \" 0+0 none"},
        {"\n\n", ", \" 0+0 none"},
        {"name,amount\nAnn,5\nBob,7\n", ", \" 2+0 header"},
        {"name;amount\nAnn;1,5\nBob;2,5\n", "; \" 2+0 header"},
        {"a;b\n1,5;2,5\n3,5;4,5\n", "; \" 2+0 header"},
        {"1,5;2,5\n3,5;4,5\n", "; \" 2+0 none"},
        {"a\tb\n1\t2, 3\n", "tab \" 2+0 header"},
        {"a|b|c\nx, y|z|1\nu|v|2\n", "| \" 3+0 header"},
        {"name,note\nAnn,\"a;b;c\"\nBob,\"d;e;f\"\n", ", \" 2+0 header"},
        {"name, note\nAnn, \"x, y\"\nBob, \"z\"\n", ", \"_ 2+0 header"},
        {"name,note\nAnn,\"say \\\"hi\\\", ok\"\nBob,\"z\"\n", ", \"\\ 2+0 header"},
        {"name,note\n'Ann','x, y'\n'Bob','z'\n", ", ' 2+0 header"},
        {"name,note\nAnn,it's\nBob,don't\n", ", \" 2+0 header"},
        {"Report of May\n\nid,name\n1,x\n2,y\n", ", \" 2+1 header"},
        {"Open deals\nMay\n\nid,name\n1,x\n", ", \" 2+2 header"},
        {"notes\nwell, yes\nno\nmaybe, later\n", "; \" 1+0 header"},
        {"1,Ann,2026-01-02\n2,Bob,2026-01-03\n", ", \" 3+0 none"},
        {"mail\na@x.example\nb@x.example\n", ", \" 1+0 header"},
        {"a@x.example\nb@x.example\n", ", \" 1+0 none"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        ok_str_at(rows[i].in, seen(str_of(rows[i].in), true), rows[i].out);
    struct csv_guess g;
    csv_sniff(STR("name;amount\nAnn;1,5\nBob;2,5\n"), true, arena, &g);
    ok_str(g.reason.p, "the semicolon splits 100 % of 3 rows into 2 columns; "
                       "the first row names columns of figures below it");
    ok(g.confidence >= 90 && g.header_confidence >= 90);
    csv_sniff(STR("nothing here makes a table\nof any kind\n"), true, arena, &g);
    ok_int(g.columns, 1);
    csv_sniff(STR("a,b\r1,2\r\"x\ny\",3\r4,5\r"), true, arena, &g);
    ok_int(g.dialect.line_end, CSV_CR_END);
}

static void cut_text(void)
{
    struct buf b;
    buf_init(&b, 1 << 20);
    buf_cstr(&b, "id;text\n");
    while (b.n < 100000)
        buf_printf(&b, "%zu;\"a long cell\nof two lines; really\"\n", b.n);
    ok_str(seen(buf_view(&b), true), "; \" 2+0 header");
    for (size_t cut = CSV_SNIFF_BYTES - 60; cut < CSV_SNIFF_BYTES; cut += 7)
        ok_str(seen(str_sub(buf_view(&b), 0, cut), false), "; \" 2+0 header");
    buf_release(&b);
}

/* Reviewed: what each file is, and what comes of reading it so. */
static void files(void)
{
    static const struct {
        const char *name, *guess;
        size_t rows, ragged, faults, blank;
    } rows[] = {
        {"csvkit-examples/bad.csv", ", \" 3+0 header", 4, 2, 0, 0},
        {"csvkit-examples/blanks.csv", ", \" 6+0 header", 2, 0, 0, 0},
        {"csvkit-examples/dummy.csv", ", \" 3+0 header", 2, 0, 0, 0},
        {"csvkit-examples/dummy_col_shuffled_ragged.csv", ", \" 4+0 header", 2, 0, 0, 0},
        {"csvkit-examples/empty.csv", ", \" 0+0 none", 0, 0, 0, 1},
        {"csvkit-examples/mac_newlines.csv", ", \" 3+0 header", 3, 0, 0, 0},
        {"csvkit-examples/no_header_row.csv", ", \" 3+0 none", 1, 0, 0, 0},
        {"csvkit-examples/null_byte.csv", ", \" 3+0 header", 2, 0, 1, 0},
        {"csvkit-examples/test_date_format.csv", ", \" 1+0 header", 3, 0, 0, 0},
        {"csvkit-examples/test_header_newline.csv", ", \" 3+0 header", 2, 0, 0, 0},
        {"csvkit-examples/test_latin1.csv", ", \" 3+0 header", 3, 0, 1, 0},
        {"csvkit-examples/test_locale.csv", ", \" 3+0 header", 2, 0, 0, 0},
        {"csvkit-examples/test_utf8.csv", ", \" 3+0 header", 3, 0, 0, 0},
        {"csvkit-examples/test_utf8_bom.csv", ", \" 3+0 header", 3, 0, 0, 0},
        {"tabulator-special/accent.csv", "; \" 17+0 header", 3, 0, 0, 0},
        {"tabulator-special/doublequote.csv", ", \" 17+0 header", 6, 0, 0, 0},
        {"tabulator-special/long.csv", ", \" 2+0 header", 7, 0, 0, 0},
        {"tabulator-special/skip-rows-before-headers.csv", ", \" 2+1 header", 4, 3, 0, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char room[4096];
        const char *path = shared_data(str_printf(arena, "nasty/%s", rows[i].name).p, room,
                                       sizeof room);
        struct str text;
        if (!path) {
            tap_skip(rows[i].name, "the shared data is not there");
            continue;
        }
        if (!ok_at(path, env_read_file(env_real(), path, 1 << 20, arena, &text) == RC_OK))
            continue;
        ok_str_at(rows[i].name, seen(text, true), rows[i].guess);
        struct csv_guess g;
        csv_sniff(text, true, arena, &g);
        struct csv_options o = {.dialect = g.dialect};
        struct csv *c = csv_open(csv_text_source, &text, &o);
        const struct csv_row *r;
        size_t n = 0, ragged = 0, faults = 0;
        for (; csv_next(c, &r) == RC_OK && r; n++) {
            ragged += r->ragged;
            faults += r->fault != CSV_FINE;
        }
        ok_int_at(rows[i].name, n, rows[i].rows);
        ok_int_at(rows[i].name, ragged, rows[i].ragged);
        ok_int_at(rows[i].name, faults, rows[i].faults);
        ok_int_at(rows[i].name, csv_blank_lines(c), rows[i].blank);
        csv_close(c);
    }
}

int main(void)
{
    arena = arena_new();
    texts();
    cut_text();
    files();
    arena_free(arena);
    return tap_done();
}
