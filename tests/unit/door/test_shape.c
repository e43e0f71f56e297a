/* test_shape.c - the notation of answers as JSON Schema; every schema of the table can be read. */
#include "door/schemas.h"
#include "tests/tap.h"

#include <string.h>

static const struct shape_def table[] = {
    {"Base", "{a: string, b?: integer}"},
    {"Wide", "{...Base, c: [Base]|null}"},
};

static void test(const char *shape, const char *want)
{
    struct buf b;
    struct json_out w;
    buf_init(&b, 1 << 16);
    json_out_init(&w, &b, false);
    shape_put(table, sizeof table / sizeof *table, shape, &w);
    json_out_done(&w);
    buf_char(&b, '\0');
    ok_str_at(shape, b.p, want);
    buf_release(&b);
}

static void test_notation(void)
{
    test("string", "{\"type\":\"string\"}");
    test("any", "{}");
    test("true", "{\"const\":true}");
    test("Base", "{\"$ref\":\"#/components/schemas/Base\"}");
    test("[integer]", "{\"type\":\"array\",\"items\":{\"type\":\"integer\"}}");
    test("<number>", "{\"type\":\"object\",\"additionalProperties\":{\"type\":\"number\"}}");
    test("'a b'|'c'", "{\"type\":\"string\",\"enum\":[\"a b\",\"c\"]}");
    test("string|null", "{\"anyOf\":[{\"type\":\"string\"},{\"type\":\"null\"}]}");
    test("<{x: 'y'}|null>", "{\"type\":\"object\",\"additionalProperties\":{\"anyOf\":[{\"type\":"
                            "\"object\",\"properties\":"
                            "{\"x\":{\"type\":\"string\",\"enum\":[\"y\"]}},"
                            "\"additionalProperties\":false,\"required\":"
                            "[\"x\"]},{\"type\":\"null\"}]}}");
    test("{}", "{\"type\":\"object\",\"properties\":{},\"additionalProperties\":false}");
    test("{...Base, d?: any}", "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"string\"},"
                               "\"b\":{\"type\":\"integer\"},"
                               "\"d\":{}},\"additionalProperties\":false,\"required\":[\"a\"]}");
}

/* Also that no name stands twice; shape_put asserts the rest. */
static void test_table(void)
{
    size_t n;
    const struct shape_def *all = door_schemas(&n);
    struct buf b;
    buf_init(&b, 1 << 20);
    for (size_t i = 0; i < n; i++) {
        struct json_out w;
        buf_clear(&b);
        json_out_init(&w, &b, false);
        shape_put(all, n, all[i].shape, &w);
        json_out_done(&w);
        ok(buf_ok(&b) == RC_OK);
        for (size_t k = 0; k < i; k++)
            if (strcmp(all[i].name, all[k].name) == 0)
                ok_str(all[i].name, "another name");
    }
    buf_release(&b);
}

int main(void)
{
    test_notation();
    test_table();
    return tap_done();
}
