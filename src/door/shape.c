#include "door/shape.h"

#include <assert.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum { NAME_MAX_BYTES = 64, REQUIRED_MAX = 64, DEPTH_MAX = 16 };

struct shaper {
    const struct shape_def *table;
    size_t n;
    const char *p; /* what is left to read */
    struct json_out *w;
    int depth;
};

static void put_type(struct shaper *s);

/* ---- reading -------------------------------------------------------------------------------------------------------- */

static void skip(struct shaper *s)
{
    while (*s->p == ' ' || *s->p == '\n')
        s->p++;
}

static bool take(struct shaper *s, const char *what)
{
    skip(s);
    if (strncmp(s->p, what, strlen(what)) != 0)
        return false;
    s->p += strlen(what);
    return true;
}

static void expect(struct shaper *s, const char *what)
{
    bool there = take(s, what);
    assert(there);
}

static struct str read_name(struct shaper *s)
{
    skip(s);
    const char *from = s->p;
    while (isalnum((unsigned char)*s->p) || *s->p == '_')
        s->p++;
    assert(s->p > from);
    return (struct str){from, (size_t)(s->p - from)};
}

static struct str read_text(struct shaper *s)
{
    const char *from = s->p;
    while (*s->p != '\'') {
        assert(*s->p);
        s->p++;
    }
    return (struct str){from, (size_t)(s->p++ - from)};
}

/* Reads over a type: how a union is told from its first part. */
static void skip_one(struct shaper *s)
{
    int open = 0;
    skip(s);
    do {
        assert(*s->p);
        if (strchr("{[<", *s->p))
            open++;
        else if (strchr("}]>", *s->p))
            open--;
        else if (*s->p == '\'')
            while (*++s->p != '\'')
                assert(*s->p);
        s->p++;
    } while (open > 0 || (*s->p && !strchr("|,}]>", *s->p)));
}

static const char *shape_named(const struct shaper *s, struct str name)
{
    for (size_t i = 0; i < s->n; i++)
        if (str_is(name, s->table[i].name))
            return s->table[i].shape;
    return NULL;
}

/* ---- writing -------------------------------------------------------------------------------------------------------- */

static void put_named(struct shaper *s, struct str name)
{
    char ref[NAME_MAX_BYTES + 32];
    if (str_is(name, "any"))
        return;
    if (str_is(name, "true")) {
        json_field_bool(s->w, "const", true);
        return;
    }
    if (!isupper((unsigned char)name.p[0])) {
        json_field_str(s->w, "type", name);
        return;
    }
    assert(shape_named(s, name));
    int n = snprintf(ref, sizeof ref, "#/components/schemas/%.*s", STR_ARG(name));
    assert(n > 0 && n < (int)sizeof ref);
    json_field_cstr(s->w, "$ref", ref);
}

/* Members of an object and of those it takes over, with the names that must be there. */
static void put_members(struct shaper *s, struct str *required, size_t *n)
{
    while (!take(s, "}")) {
        if (take(s, "...")) {
            struct shaper other = *s;
            other.p = shape_named(s, read_name(s));
            assert(other.p);
            expect(&other, "{");
            put_members(&other, required, n);
        } else {
            struct str key = read_name(s);
            json_key_str(s->w, key);
            if (!take(s, "?")) {
                assert(*n < REQUIRED_MAX);
                required[(*n)++] = key;
            }
            expect(s, ":");
            json_begin_object(s->w);
            put_type(s);
            json_end_object(s->w);
        }
        (void)take(s, ",");
    }
}

static void put_object(struct shaper *s)
{
    struct str required[REQUIRED_MAX];
    size_t n = 0;
    json_field_cstr(s->w, "type", "object");
    json_key(s->w, "properties");
    json_begin_object(s->w);
    put_members(s, required, &n);
    json_end_object(s->w);
    json_field_bool(s->w, "additionalProperties", false);
    if (n == 0)
        return;
    json_key(s->w, "required");
    json_begin_array(s->w);
    for (size_t i = 0; i < n; i++)
        json_put_str(s->w, required[i]);
    json_end_array(s->w);
}

static void put_of(struct shaper *s, const char *type, const char *key, const char *end)
{
    json_field_cstr(s->w, "type", type);
    json_key(s->w, key);
    json_begin_object(s->w);
    put_type(s);
    json_end_object(s->w);
    expect(s, end);
}

static void put_one(struct shaper *s)
{
    if (take(s, "{"))
        put_object(s);
    else if (take(s, "["))
        put_of(s, "array", "items", "]");
    else if (take(s, "<"))
        put_of(s, "object", "additionalProperties", ">");
    else
        put_named(s, read_name(s));
}

static void put_texts(struct shaper *s)
{
    json_field_cstr(s->w, "type", "string");
    json_key(s->w, "enum");
    json_begin_array(s->w);
    do
        json_put_str(s->w, read_text(s));
    while (take(s, "|") && take(s, "'"));
    json_end_array(s->w);
}

static void put_type(struct shaper *s)
{
    struct shaper ahead = *s;
    s->depth++;
    assert(s->depth < DEPTH_MAX);
    skip_one(&ahead);
    if (take(s, "'")) {
        put_texts(s);
    } else if (!take(&ahead, "|")) {
        put_one(s);
    } else {
        json_key(s->w, "anyOf");
        json_begin_array(s->w);
        do {
            json_begin_object(s->w);
            put_one(s);
            json_end_object(s->w);
        } while (take(s, "|"));
        json_end_array(s->w);
    }
    s->depth--;
}

void shape_put(const struct shape_def *table, size_t n, const char *shape, struct json_out *w)
{
    struct shaper s = {.table = table, .n = n, .p = shape, .w = w};
    json_begin_object(w);
    put_type(&s);
    json_end_object(w);
    skip(&s);
    assert(!*s.p);
}
