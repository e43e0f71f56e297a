/* Tables: delimited text and JSON Lines in several encodings, as rows with a place and a reason when broken. */
#include "connect/table.h"
#include "tap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *write_file(const char *bytes, size_t n)
{
    static char path[64];
    snprintf(path, sizeof path, "/tmp/revos-table-%d", (int)getpid());
    FILE *f = fopen(path, "wb");
    if (f == NULL || fwrite(bytes, 1, n, f) != n || fclose(f) != 0) {
        fail("cannot write the test's file");
    }
    return path;
}

struct opened {
    struct arena *a;
    struct diags ds;
    struct table *t;
    enum rc rc;
};

static struct opened open_bytes(const char *bytes, size_t n, struct table_format format)
{
    struct opened o = {.a = arena_new()};
    diags_init(&o.ds, o.a);
    const char *path = write_file(bytes, n);
    o.rc = table_open(env_real(), path, &format, o.a, &o.t, &o.ds);
    unlink(path);
    return o;
}

static struct opened open_text(const char *text, struct table_format format)
{
    return open_bytes(text, strlen(text), format);
}

static void close_opened(struct opened *o)
{
    table_close(o->t);
    arena_free(o->a);
}

static const struct table_row *next(struct opened *o)
{
    const struct table_row *row = NULL;
    ok_int(table_next(o->t, o->a, &row), RC_OK);
    return row;
}

static const char *cell(struct opened *o, const struct table_row *row, size_t i)
{
    return row != NULL && i < row->n ? str_c(o->a, row->cells[i]) : "(no cell)";
}

static const struct table_format guessed = {.header = -1};

static void test_csv(void)
{
    struct opened o = open_text("name;amount\r\n\"Ann; Inc\";1,5\r\n\r\nBob;2\r\n", guessed);
    size_t n;
    ok_int(o.rc, RC_OK);
    const struct str *header = table_header(o.t, &n);
    ok_int(n, 2);
    ok(str_is(header[1], "amount"));
    const struct table_row *row = next(&o);
    ok_str(cell(&o, row, 0), "Ann; Inc");
    ok_int(row->number, 1);
    row = next(&o);
    ok_str(cell(&o, row, 1), "2");
    ok_int(row->number, 2);
    ok_int(row->line, 4);
    ok(next(&o) == NULL);
    ok_int(table_blank_lines(o.t), 1);
    ok_int(table_about(o.t)->bytes, 38);
    close_opened(&o);
}

static void test_broken_rows(void)
{
    struct opened o = open_text("a,b,c\n1,2,3\n1,2\n1,2,3,4\n4,5,6\n",
                                (struct table_format){.header = 1});
    ok_int(next(&o)->fault.n, 0);
    const struct table_row *row = next(&o);
    ok(str_starts(row->fault, STR("the row has 2 cells, the header 3")));
    ok(str_is(row->raw, "1,2"));
    row = next(&o);
    ok(str_starts(row->fault, STR("the row has 4 cells, the header 3")));
    ok_str(cell(&o, next(&o), 2), "6");
    close_opened(&o);
}

static void test_rows_behind_a_broken_quote(void)
{
    struct opened o = open_text("a,b\n1,2\n3,\"open\nx,y\n5,6\" and\n7,8\n",
                                (struct table_format){.header = 1});
    ok_int(next(&o)->fault.n, 0);
    ok_str(next(&o)->fault_name, "quote_text");
    const struct table_row *row = next(&o);
    ok_at("a line that may belong to the broken cell is held back", str_is(row->raw, "x,y"));
    ok_str(row->fault_name, "suspect");
    ok(str_find(row->fault, STR("opens in line 3"), 0) >= 0);
    ok_str(next(&o)->fault_name, "suspect");
    ok_int_at("behind it rows are rows again", next(&o)->fault.n, 0);
    ok(next(&o) == NULL);
    close_opened(&o);
}

static void test_footers(void)
{
    struct opened o = open_text(
        "name,amount\nAnn,1\n\nQuarterly\nCopyright (c) 2000-2026 salesforce.com, inc. All rights "
        "reserved.\nConfidential Information - Do Not Distribute\n",
        (struct table_format){.header = 1});
    ok_str(cell(&o, next(&o), 0), "Ann");
    const struct table_row *row = next(&o);
    ok_at("a lone title below the table is a broken row, not dropped",
          row != NULL && row->fault.n > 0);
    ok(next(&o) == NULL);
    ok_int(table_footer_lines(o.t), 2);
    close_opened(&o);
}

static void test_without_header(void)
{
    struct opened o = open_text("1,2\n3,4\n", (struct table_format){.header = 0});
    size_t n;
    const struct str *header = table_header(o.t, &n);
    ok(n == 2 && str_is(header[0], "1") && str_is(header[1], "2"));
    ok_str(cell(&o, next(&o), 0), "1");
    ok_str(cell(&o, next(&o), 0), "3");
    ok(next(&o) == NULL);
    close_opened(&o);
}

static void test_encodings(void)
{
    static const char utf16[] = "\xff\xfe"
                                "a\0,\0b\0\n\0"
                                "\xe9\0,\0"
                                "1\0\n\0";
    struct opened o = open_bytes(utf16, sizeof utf16 - 1, (struct table_format){.header = 1});
    ok_int(o.rc, RC_OK);
    ok_str(cell(&o, next(&o), 0), "\xc3\xa9");
    close_opened(&o);

    o = open_text("a,b\ncaf\xe9,1\n", guessed);
    ok_int(o.rc, RC_INVALID);
    ok(o.ds.errors == 1 && strcmp(o.ds.list.v[0].code, "C0202") == 0);
    ok(str_find(o.ds.list.v[0].message, STR("offset 7"), 0) >= 0);
    close_opened(&o);

    o = open_text("a,b\ncaf\xe9,1\n",
                  (struct table_format){.header = 1, .encoding = STR("windows-1252")});
    ok_str(cell(&o, next(&o), 0), "caf\xc3\xa9");
    close_opened(&o);

    o = open_text("a,b\n1,2\n",
                  (struct table_format){.header = 1, .encoding = STR("windows-1522")});
    ok_int(o.rc, RC_INVALID);
    close_opened(&o);
}

static void test_json_lines(void)
{
    struct opened o = open_text("{\"id\": 7, \"tags\": [1, 2], \"gone\": "
                                "null}\n\nnonsense\n{\"name\": \"x\", \"id\": 8.50}\n",
                                (struct table_format){.json_lines = true});
    size_t n;
    const struct str *header = table_header(o.t, &n);
    ok(n == 4 && str_is(header[0], "id") && str_is(header[3], "name"));
    const struct table_row *row = next(&o);
    ok_str(cell(&o, row, 0), "7");
    ok_str(cell(&o, row, 1), "[1, 2]");
    ok_int(row->cells[2].n, 0);
    row = next(&o);
    ok(row->fault.n > 0 && row->line == 3);
    row = next(&o);
    ok_str(cell(&o, row, 0), "8.50");
    ok_str(cell(&o, row, 3), "x");
    ok(next(&o) == NULL);
    close_opened(&o);
}

static void test_refused_files(void)
{
    struct opened o = open_text("", guessed);
    ok(o.rc == RC_INVALID && strcmp(o.ds.list.v[0].code, "C0203") == 0);
    close_opened(&o);
    o = open_text("a,A\n1,2\n", (struct table_format){.header = 1});
    ok(o.rc == RC_INVALID && strcmp(o.ds.list.v[0].code, "C0205") == 0);
    close_opened(&o);
    o = (struct opened){.a = arena_new()};
    diags_init(&o.ds, o.a);
    ok_int(table_open(env_real(), "/nonexistent/file.csv", &guessed, o.a, &o.t, &o.ds), RC_IO);
    ok(strcmp(o.ds.list.v[0].code, "C0201") == 0);
    close_opened(&o);
}

int main(void)
{
    test_csv();
    test_broken_rows();
    test_rows_behind_a_broken_quote();
    test_footers();
    test_without_header();
    test_encodings();
    test_json_lines();
    test_refused_files();
    return tap_done();
}
