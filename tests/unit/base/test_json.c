#include "base/env.h"
#include "base/json.h"
#include "tests/shared.h"
#include "tests/tap.h"

#include <string.h>

static struct arena *arena;

static enum rc read_text(const char *text, const struct json_options *o, struct json **out,
                         struct json_fault *f)
{
    return json_read(str_of(text), o, arena, out, f);
}

static void values(void)
{
    struct json *j = NULL;
    const char
        *text = " { \"n\": null, \"t\":true,\"i\":-9223372036854775808, \"d\": 1.50e3,\n"
                "\"s\":\"a\\u00e9\\n\\ud83d\\ude00/\\/\", \"a\":[1,[],{}], \"\": \"plain\" } ";
    ok_int(read_text(text, NULL, &j, NULL), RC_OK);
    ok(json_is(j, JSON_OBJECT) && j->n == 7);
    int64_t i = 0;
    bool b = false;
    struct str s = STR_NONE;
    char room[24];
    ok(json_is(json_get(j, "n"), JSON_NULL));
    ok(json_bool(json_get(j, "t"), &b) && b);
    ok(json_int(json_get(j, "i"), &i) && i == INT64_MIN);
    ok(json_number(json_get(j, "i"), room, &s) && str_is(s, "-9223372036854775808"));
    ok(json_number(json_get(j, "d"), room, &s) && str_is(s, "1.50e3"));
    ok(json_str(json_get(j, "s"), &s) && str_is(s, "aé\n😀//"));
    ok(json_str(json_get(j, ""), &s) && str_is(s, "plain"));
    const struct json *a = json_get(j, "a");
    ok(json_is(a, JSON_ARRAY) && a->n == 3 && a->items[1].n == 0 && !a->items[2].items);
    ok(json_get(j, "absent") == NULL && json_get(a, "x") == NULL && json_get(NULL, "x") == NULL);
    ok(!json_int(NULL, &i) && !json_str(a, &s) && !json_bool(a, &b) && !json_number(a, room, &s));
    struct source source = {STR("body"), str_of(text)};
    struct span at = json_span(&source, a);
    ok(at.line == 2 && at.col == 37 && at.end_line == 2 && at.end_col == 46);
    ok_str(json_type_name(a->type), "an array");
}

static void numbers(void)
{
    static const struct {
        const char *text;
        enum json_type type;
    } rows[] = {
        {"0", JSON_INT},
        {"-0", JSON_INT},
        {"9223372036854775807", JSON_INT},
        {"9223372036854775808", JSON_NUMBER},
        {"12345678901234567890123", JSON_NUMBER},
        {"1.0", JSON_NUMBER},
        {"1E400", JSON_NUMBER},
        {"0e+1", JSON_NUMBER},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct json *j = NULL;
        ok_int_at(rows[i].text, read_text(rows[i].text, NULL, &j, NULL), RC_OK);
        ok_int_at(rows[i].text, j ? (int)j->type : -1, rows[i].type);
    }
}

static void faults(void)
{
    static const struct {
        const char *text;
        uint32_t line, col;
        const char *message;
    } rows[] = {
        {"", 1, 1, "expected a value, found the end of the text"},
        {" \n", 2, 1, "expected a value, found the end of the text"},
        {"\xef\xbb\xbf{}", 1, 1, "expected a value, found a byte order mark: remove it"},
        {"{\"é\":1\n ,}", 2, 3, "expected a key in quotes, found '}'"},
        {"{\"é\" 1}", 1, 6, "expected ':' after the key, found '1'"},
        {"{\"a\":1 \"b\"}", 1, 8, "expected ',' or '}', found '\"'"},
        {"[1,]", 1, 4, "expected a value, found ']'"},
        {"[1 2]", 1, 4, "expected ',' or ']', found '2'"},
        {"[1}", 1, 3, "expected ',' or ']', found '}'"},
        {"[", 1, 2, "expected a value, found the end of the text"},
        {"1 é", 1, 3, "expected nothing after the value, found 'é'"},
        {"\x01", 1, 1, "expected a value, found byte 0x01"},
        {"-", 1, 2, "expected a digit, found the end of the text"},
        {"1.x", 1, 3, "expected a digit, found 'x'"},
        {"01", 1, 1, "a number has no leading zeros"},
        {"tru", 1, 1, "expected a value, found 't'"},
        {"\"a", 1, 1, "a string begins here and never ends"},
        {"\"a\\", 1, 1, "a string begins here and never ends"},
        {"\"a\nb\"", 1, 3, "control character 0x0a in a string: write it as \\u000a"},
        {"\"ab\xff\"", 1, 4, "byte 0xff is not UTF-8: save the text as UTF-8"},
        {"\"\\x\"", 1, 2, "unknown escape: after \\ comes one of \" \\ / b f n r t u"},
        {"\"\\u12g4\"", 1, 2, "expected four hexadecimal digits after \\u"},
        {"\"\\u12\"", 1, 2, "expected four hexadecimal digits after \\u"},
        {"\"\\ud800\"", 1, 2, "half of a surrogate pair: a \\ud8xx needs a \\udcxx after it"},
        {"\"\\ud800\\u0041\"", 1, 2,
         "half of a surrogate pair: a \\ud8xx needs a \\udcxx after it"},
        {"\"\\udc00\"", 1, 2, "half of a surrogate pair: a \\ud8xx needs a \\udcxx after it"},
        {"\"\\u0000\"", 1, 2, "U+0000 cannot stand in a text: remove it"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct json *j = (void *)arena;
        struct json_fault f = {0};
        ok_int_at(rows[i].text, read_text(rows[i].text, NULL, &j, &f), RC_INVALID);
        ok_at(rows[i].text, j == NULL);
        ok_str_at(rows[i].text, f.message, rows[i].message);
        ok_int_at(rows[i].text, f.line, rows[i].line);
        ok_int_at(rows[i].text, f.col, rows[i].col);
    }
}

static void doubled_keys(void)
{
    struct json *j = NULL;
    struct json_fault f = {0};
    const char *text = "{\"x\":{\"a\\\"\":1,\n \"b\":2, \"a\\u0022\" : 3}}";
    ok_int(read_text(text, NULL, &j, &f), RC_INVALID);
    ok_str(f.message, "key 'a\"' stands twice in one object");
    ok(f.line == 2 && f.col == 9 && f.also_line == 1 && f.also_col == 7);
    struct diags ds;
    struct source source = {STR("rows.jsonl"), STR_NONE};
    diags_init(&ds, arena);
    const struct diag *d = json_fault_diag(&f, &source, 10, "T0001", &ds);
    ok(d->at.line == 12 && d->at.col == 9 && d->also.line == 11 && ds.errors == 1);

    size_t doubled = 0;
    struct json_options last = {.last_wins = true, .duplicates = &doubled};
    int64_t i = 0;
    ok_int(read_text("{\"a\":1,\"b\":2,\"a\":3,\"a\":4}", &last, &j, &f), RC_OK);
    ok(j && j->n == 2 && doubled == 2 && str_is(j->items[0].key, "a"));
    ok(json_int(json_get(j, "a"), &i) && i == 4);
}

/* Objects beyond the linear search, with and without a doubled key. */
static void many_keys(void)
{
    struct buf b;
    struct json *j = NULL;
    struct json_fault f = {0};
    int64_t x = 0;
    buf_init(&b, 1 << 20);
    buf_cstr(&b, "{\"k0\":0");
    for (int i = 1; i < 1000; i++)
        buf_printf(&b, ",\"k%d\":%d", i * 7919 % 1000, i * 7919 % 1000);
    struct str whole = buf_view(&b);
    buf_char(&b, '}');
    ok(json_read(buf_view(&b), NULL, arena, &j, &f) == RC_OK && j->n == 1000);
    bool found = true;
    for (int i = 0; i < 1000; i++)
        found = found && json_int(json_find(j, str_printf(arena, "k%d", i)), &x) && x == i;
    ok(found && !json_get(j, "k1000") && !json_get(j, ""));
    b.n = whole.n;
    buf_cstr(&b, ",\"k5\":-1,\"k4\":-1}");
    ok_int(json_read(buf_view(&b), NULL, arena, &j, &f), RC_INVALID);
    ok_str(f.message, "key 'k5' stands twice in one object");
    struct json_options last = {.last_wins = true};
    ok(json_read(buf_view(&b), &last, arena, &j, &f) == RC_OK && j->n == 1000);
    ok(json_int(json_get(j, "k5"), &x) && x == -1);
    ok(json_int(json_get(j, "k999"), &x) && x == 999);
    buf_release(&b);
}

static void limits(void)
{
    struct json *j = NULL;
    struct json_fault f = {0};
    char deep[300];
    memset(deep, '[', 129);
    memset(deep + 129, ']', 129);
    ok_int(json_read((struct str){deep + 1, 256}, NULL, arena, &j, &f), RC_OK);
    ok_int(json_read((struct str){deep, 258}, NULL, arena, &j, &f), RC_LIMIT);
    ok_str(f.message, "more than 128 arrays and objects within each other");
    ok_int(f.col, 129);
    char deepest[2 * JSON_DEPTH_MOST];
    struct json_options most = {.depth = JSON_DEPTH_MOST};
    struct buf b;
    struct json_out w;
    memset(deepest, '[', JSON_DEPTH_MOST);
    memset(deepest + JSON_DEPTH_MOST, ']', JSON_DEPTH_MOST);
    ok_int(json_read((struct str){deepest, sizeof deepest}, &most, arena, &j, &f), RC_OK);
    buf_init(&b, 10000);
    json_out_init(&w, &b, false);
    json_begin_array(&w);
    json_put(&w, j);
    json_end_array(&w);
    json_out_done(&w);
    ok_int(b.n, 2 * JSON_DEPTH_MOST + 2);
    buf_clear(&b);
    json_canonical(j, &b);
    ok_int(b.n, 2 * JSON_DEPTH_MOST);
    buf_release(&b);
    struct json_options o = {.depth = 2, .nodes = 4};
    ok_int(read_text("[[1],2]", &o, &j, &f), RC_OK);
    ok_int(read_text("[[[]]]", &o, &j, &f), RC_LIMIT);
    ok_int(read_text("[1,2,3,4]", &o, &j, &f), RC_LIMIT);
    ok_str(f.message, "more than 4 values");
    o = (struct json_options){.allow_nul = true};
    struct str s = STR_NONE;
    ok(read_text("\"a\\u0000\"", &o, &j, &f) == RC_OK && json_str(j, &s) && s.n == 2);
}

static const char *written(const struct buf *b)
{
    return str_c(arena, buf_view(b));
}

static void writes(void)
{
    struct buf b;
    struct json_out w;
    buf_init(&b, 10000);
    json_out_init(&w, &b, false);
    json_begin_object(&w);
    json_field_str(&w, "s", STR("\"\\\b\f\n\r\t\x01\x7f/é\xff"));
    json_field_int(&w, "i", INT64_MIN);
    json_field_bool(&w, "b", true);
    json_field_null(&w, "n");
    json_field_cstr(&w, "c", NULL);
    json_key(&w, "a");
    json_begin_array(&w);
    json_put_uint(&w, UINT64_MAX);
    json_put_number(&w, STR("-1.50E+07"));
    json_begin_object(&w);
    json_end_object(&w);
    json_put_raw(&w, STR("[1]"));
    json_end_array(&w);
    json_end_object(&w);
    json_out_done(&w);
    ok_str(written(&b), "{\"s\":\"\\\"\\\\\\b\\f\\n\\r\\t\\u0001\x7f/é\xef\xbf\xbd\","
                        "\"i\":-9223372036854775808,\"b\":true,\"n\":null,\"c\":null,"
                        "\"a\":[18446744073709551615,-1.50E+07,{},[1]]}");
    struct json *j = NULL;
    ok_int(json_read(str_dup(arena, buf_view(&b)), NULL, arena, &j, NULL), RC_OK);
    const char *before = written(&b);
    buf_clear(&b);
    json_out_init(&w, &b, false);
    json_put(&w, j);
    json_out_done(&w);
    ok_str(written(&b), before);
    buf_clear(&b);
    json_out_init(&w, &b, true);
    ok_int(read_text("{\"a\":[1,{}],\"b\":[]}", NULL, &j, NULL), RC_OK);
    json_put(&w, j);
    ok_str(written(&b), "{\n  \"a\": [\n    1,\n    {}\n  ],\n  \"b\": []\n}");
    buf_release(&b);
}

static void canonical(void)
{
    static const struct {
        const char *in, *out;
    } rows[] = {
        {"{ \"b\" : 1, \"a\" : [ true , null ] }", "{\"a\":[true,null],\"b\":1}"},
        {"{\"b\":{},\"a\":[],\"\":\"\\u0041\"}", "{\"\":\"A\",\"a\":[],\"b\":{}}"},
        {"1.0", "1"},
        {"10e-1", "1"},
        {"-0.0", "0"},
        {"-0", "0"},
        {"0e99999999999999999999", "0"},
        {"1e20", "100000000000000000000"},
        {"1e21", "1e21"},
        {"123456789012345678901234", "1.23456789012345678901234e23"},
        {"0.0000012300", "0.00000123"},
        {"0.00000012", "1.2e-7"},
        {"-12.5e1", "-125"},
        {"0.5", "0.5"},
        {"1e99999999999", "1e99999999999"},
    };
    struct buf b;
    buf_init(&b, 10000);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct json *j = NULL;
        buf_clear(&b);
        if (read_text(rows[i].in, NULL, &j, NULL) == RC_OK)
            json_canonical(j, &b);
        ok_str_at(rows[i].in, written(&b), rows[i].out);
    }
    buf_release(&b);
}

/* Everything the suite accepts is written back and read again to the same canonical text. */
static void check_suite_file(const char *dir, struct str name)
{
    struct str text;
    struct json *j = NULL, *again = NULL;
    size_t doubled = 0;
    struct json_options o = {.allow_nul = true, .last_wins = true, .duplicates = &doubled};
    const char *path = str_printf(arena, "%s/%.*s", dir, STR_ARG(name)).p;
    const struct env *e = env_real();
    if (env_read_file(e, path, 1 << 20, arena, &text)) {
        fail(name.p);
        return;
    }
    enum rc rc = json_read(text, &o, arena, &j, NULL);
    if (str_starts(name, STR("y_")))
        ok_int_at(name.p, rc, RC_OK);
    else if (str_starts(name, STR("n_")))
        ok_at(name.p, rc == RC_INVALID || rc == RC_LIMIT);
    else
        ok_at(name.p, rc < RC_COUNT);
    if (rc)
        return;
    struct buf first, second;
    buf_init(&first, 1 << 22);
    buf_init(&second, 1 << 22);
    json_canonical(j, &first);
    enum rc rc2 = json_read(buf_view(&first), &o, arena, &again, NULL);
    if (!rc2)
        json_canonical(again, &second);
    ok_at(name.p, !rc2 && str_eq(buf_view(&first), buf_view(&second)));
    buf_release(&first);
    buf_release(&second);
}

static void suite(const char *folder)
{
    char room[4096];
    const char *dir = shared_data(folder, room, sizeof room);
    struct str *names = NULL;
    size_t n = 0;
    if (!dir) {
        tap_skip(folder, "the shared data is not there");
        return;
    }
    ok(env_real()->list(NULL, dir, arena, &names, &n) == RC_OK && n > 10);
    for (size_t i = 0; i < n; i++)
        check_suite_file(dir, names[i]);
}

int main(void)
{
    arena = arena_new();
    values();
    numbers();
    faults();
    doubled_keys();
    many_keys();
    limits();
    writes();
    canonical();
    suite("nasty/json-test-suite/test_parsing");
    suite("nasty/json-test-suite/test_transform");
    arena_free(arena);
    return tap_done();
}
