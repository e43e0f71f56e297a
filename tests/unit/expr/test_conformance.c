/* The public conformance suite of CEL, all cases of the sections below that need no protobuf message. $BUILD/cel.json is
 * made from an npm package when the tree is configured; without it the test is skipped. Cases we leave out stand in
 * `deviations` with the reason, which docs/cel.md repeats. */
#include "base/json.h"
#include "expr/expr.h"
#include "tests/tap.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const sections[] = {"basic",   "comparisons",  "conversions", "fields",
                                       "fp_math", "integer_math", "lists",       "logic",
                                       "macros",  "parse",        "string",      "timestamps"};

/* What would need protobuf messages, generated types or a container of names. */
static const char *const needs_protobuf[] = {"TestAllTypes",
                                             "google.protobuf.Any",
                                             "google.protobuf.Struct",
                                             "google.protobuf.Value",
                                             "google.protobuf.ListValue",
                                             "Wrapper",
                                             "Value{",
                                             "GlobalEnum",
                                             "NestedEnum",
                                             "\"container\"",
                                             "Int32Value",
                                             "Int64Value{",
                                             "optional"};

static const struct {
    const char *name, *why;
} deviations[] = {{NULL, NULL}};

struct counts {
    int run, skipped, failed;
};

static bool has(struct str s, const char *needle)
{
    return str_find(s, str_of(needle), 0) >= 0;
}

/* ---- typed JSON of the suite to values ---- */

static struct str base64(struct arena *a, struct str s)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    char *out = arena_alloc(a, s.n + 4);
    size_t n = 0;
    uint32_t bits = 0, have = 0;
    for (size_t i = 0; i < s.n && s.p[i] != '='; i++) {
        bits = bits << 6 | (uint32_t)(strchr(digits, s.p[i]) - digits);
        have += 6;
        if (have >= 8) {
            have -= 8;
            out[n++] = (char)(bits >> have & 0xff);
        }
    }
    return (struct str){out, n};
}

static bool typed(const struct json *j, struct arena *a, struct xvalue *out);

static bool typed_list(const struct json *values, struct arena *a, struct xvalue *out)
{
    size_t n = values ? values->n : 0;
    struct xvalue *v = ARENA_ARRAY(a, n, struct xvalue);
    for (size_t i = 0; i < n; i++)
        if (!typed(&values->items[i], a, &v[i]))
            return false;
    out->kind = X_LIST;
    out->list = (struct xlist){v, n};
    return true;
}

static bool typed_map(const struct json *entries, struct arena *a, struct xvalue *out)
{
    size_t n = entries ? entries->n : 0;
    struct xentry *e = ARENA_ARRAY(a, n, struct xentry);
    for (size_t i = 0; i < n; i++)
        if (!typed(json_get(&entries->items[i], "key"), a, &e[i].key) ||
            !typed(json_get(&entries->items[i], "value"), a, &e[i].value))
            return false;
    out->kind = X_MAP;
    out->map = (struct xmap){e, n};
    return true;
}

static bool typed_double(const struct json *v, struct arena *a, struct xvalue *out)
{
    struct str s;
    char room[24];
    out->kind = X_DOUBLE;
    if (json_number(v, room, &s) || json_str(v, &s))
        out->number = strtod(str_c(a, s), NULL);
    return true;
}

static bool typed(const struct json *j, struct arena *a, struct xvalue *out)
{
    *out = (struct xvalue){.result = XV_VALUE};
    if (!json_is(j, JSON_OBJECT) || j->n != 1)
        return false;
    const struct json *v = &j->items[0];
    struct str s = STR_NONE;
    (void)json_str(v, &s);
    if (str_is(v->key, "int64Value")) {
        out->kind = X_INT;
        return str_to_i64(s, &out->integer);
    }
    if (str_is(v->key, "uint64Value")) {
        out->kind = X_UINT;
        return str_to_u64(s, &out->unsigned_integer);
    }
    if (str_is(v->key, "doubleValue"))
        return typed_double(v, a, out);
    if (str_is(v->key, "boolValue")) {
        out->kind = X_BOOL;
        return json_bool(v, &out->boolean);
    }
    if (str_is(v->key, "nullValue")) {
        out->kind = X_NULL;
        return true;
    }
    if (str_is(v->key, "stringValue") || str_is(v->key, "typeValue") ||
        str_is(v->key, "bytesValue")) {
        out->kind = str_is(v->key, "stringValue") ? X_STRING
                    : str_is(v->key, "typeValue") ? X_TYPE
                                                  : X_BYTES;
        out->text = out->kind == X_BYTES ? base64(a, s) : s;
        return true;
    }
    if (str_is(v->key, "listValue"))
        return typed_list(json_get(v, "values"), a, out);
    if (str_is(v->key, "mapValue"))
        return typed_map(json_get(v, "entries"), a, out);
    return false;
}

/* ---- comparing: same kind and content, maps in any order ---- */

static bool same(const struct xvalue *a, const struct xvalue *b);

static bool same_map(const struct xmap *a, const struct xmap *b)
{
    for (size_t i = 0; i < a->n; i++) {
        bool found = false;
        for (size_t k = 0; k < b->n; k++)
            found = found ||
                    (same(&a->v[i].key, &b->v[k].key) && same(&a->v[i].value, &b->v[k].value));
        if (!found)
            return false;
    }
    return a->n == b->n;
}

static bool same(const struct xvalue *a, const struct xvalue *b)
{
    if (a->result != XV_VALUE || b->result != XV_VALUE || a->kind != b->kind)
        return false;
    switch ((int)a->kind) {
    case X_NULL:
        return true;
    case X_BOOL:
        return a->boolean == b->boolean;
    case X_INT:
        return a->integer == b->integer;
    case X_UINT:
        return a->unsigned_integer == b->unsigned_integer;
    case X_DOUBLE:
        return (isnan(a->number) && isnan(b->number)) ||
               !(a->number < b->number || a->number > b->number);
    case X_LIST:
        for (size_t i = 0; i < a->list.n && i < b->list.n; i++)
            if (!same(&a->list.v[i], &b->list.v[i]))
                return false;
        return a->list.n == b->list.n;
    case X_MAP:
        return same_map(&a->map, &b->map);
    default:
        return str_eq(a->text, b->text);
    }
}

/* ---- one case ---- */

struct bound {
    struct xvar vars[32];
    struct xvalue values[32];
    size_t n;
};

static bool bind(const struct json *bindings, struct arena *a, struct bound *b)
{
    for (size_t i = 0; bindings && i < bindings->n && b->n < 32; i++) {
        b->vars[b->n] = (struct xvar){.name = bindings->items[i].key, .type = {.kind = X_DYN}};
        if (!typed(json_get(&bindings->items[i], "value"), a, &b->values[b->n++]))
            return false;
    }
    return true;
}

static void evaluate(struct str text, const struct bound *b, struct arena *a, struct xvalue *out,
                     struct diags *ds)
{
    static const struct xfault refused = {.code = "compile", .message = {"does not compile", 16}};
    struct xtext t = {.text = text};
    struct xscope scope = {
        .place = XP_EVAL, .vars = b->vars, .n_vars = b->n, .limits = expr_limits_eval()};
    struct xbindings values = {.vars = b->values, .n_vars = b->n};
    struct expr *e;
    if (expr_compile(&t, &scope, X_DYN, a, &e, ds) == RC_OK)
        expr_eval(e, NULL, NULL, &values, NULL, a, out);
    else
        *out = (struct xvalue){.result = XV_FAULT, .fault = &refused};
}

static void run_case(const struct json *test, const char *name, struct arena *a, struct counts *c)
{
    struct str text = STR_NONE;
    struct bound b = {0};
    struct diags ds;
    struct xvalue want = {0}, got;
    diags_init(&ds, a);
    const struct json *value = json_get(test, "value"), *error = json_get(test, "evalError");
    if (!json_str(json_get(test, "expr"), &text) || !bind(json_get(test, "bindings"), a, &b) ||
        (!error && !typed(value, a, &want))) {
        c->skipped++;
        return;
    }
    evaluate(text, &b, a, &got, &ds);
    bool good = error ? got.result == XV_FAULT : same(&got, &want);
    c->run++;
    c->failed += !good;
    if (!good)
        tap_diag("%s: %.*s: kind %d result %d %.*s", name, STR_ARG(text), (int)got.kind,
                 (int)got.result, STR_ARG(got.result == XV_FAULT ? got.fault->message : STR_NONE));
}

static bool left_out(struct str whole, struct str name)
{
    for (size_t i = 0; i < sizeof needs_protobuf / sizeof *needs_protobuf; i++)
        if (has(whole, needs_protobuf[i]))
            return true;
    for (size_t i = 0; deviations[i].name; i++)
        if (str_is(name, deviations[i].name))
            return true;
    return false;
}

static void walk(const struct json *suite, struct str text, struct arena *a, struct counts *c)
{
    const struct json *suites = json_get(suite, "suites"), *tests = json_get(suite, "tests");
    for (size_t i = 0; suites && i < suites->n; i++)
        walk(&suites->items[i], text, a, c);
    for (size_t i = 0; tests && i < tests->n; i++) {
        const struct json *test = json_get(&tests->items[i], "original");
        struct str name = STR_NONE;
        (void)json_str(json_get(test, "name"), &name);
        if (left_out(str_sub(text, test->at, test->end), name)) {
            c->skipped++;
            continue;
        }
        struct arena *call = arena_new();
        run_case(test, str_c(a, name), call, c);
        arena_free(call);
    }
}

static struct str read_file(const char *path, struct arena *a)
{
    FILE *f = fopen(path, "rb");
    if (!f)
        return STR_NONE;
    size_t max = 8u << 20;
    char *p = arena_alloc(a, max);
    size_t n = fread(p, 1, max, f);
    (void)fclose(f);
    return (struct str){p, n};
}

int main(void)
{
    char path[1024];
    const char *build = getenv("BUILD");
    struct arena *a = arena_new();
    struct json *root;
    (void)snprintf(path, sizeof path, "%s/tests/cel.json", build ? build : "build");
    struct str text = read_file(path, a);
    if (!text.n)
        tap_skip_all("cel.json was not made: script/setup installs the suite");
    struct json_options options = {.allow_nul = true};
    if (!ok(json_read(text, &options, a, &root, NULL) == RC_OK))
        return tap_done();
    const struct json *suites = json_get(root, "suites");
    for (size_t i = 0; i < sizeof sections / sizeof *sections; i++)
        for (size_t k = 0; k < suites->n; k++) {
            struct str name;
            struct counts c = {0};
            if (!json_str(json_get(&suites->items[k], "name"), &name) || !str_is(name, sections[i]))
                continue;
            walk(&suites->items[k], text, a, &c);
            tap_diag("%s: %d run, %d need protobuf", sections[i], c.run, c.skipped);
            ok_int_at(sections[i], c.failed, 0);
            ok(c.run > 0);
        }
    arena_free(a);
    return tap_done();
}
