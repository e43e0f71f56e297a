/* The writer of json.h. */
#include "base/format.h"
#include "base/json.h"

#include <assert.h>
#include <string.h>

void json_out_init(struct json_out *w, struct buf *out, bool pretty)
{
    w->out = out;
    w->pretty = pretty;
    w->after_key = false;
    w->depth = 0;
    w->filled[0] = w->object[0] = false;
}

void json_out_done(const struct json_out *w)
{
    assert(w->depth == 0 && w->filled[0] && !w->after_key);
}

static void new_line(struct json_out *w)
{
    if (!w->pretty)
        return;
    buf_char(w->out, '\n');
    buf_fill(w->out, ' ', (size_t)w->depth * 2);
}

/* What stands between this element and the one before it. */
static void separate(struct json_out *w)
{
    if (w->filled[w->depth])
        buf_char(w->out, ',');
    w->filled[w->depth] = true;
    if (w->depth)
        new_line(w);
}

static void before_value(struct json_out *w)
{
    assert(w->object[w->depth] == w->after_key);
    assert(w->depth || !w->filled[0]);
    if (!w->after_key)
        separate(w);
    w->after_key = false;
}

static void begin(struct json_out *w, bool object)
{
    before_value(w);
    assert(w->depth + 1 < JSON_OUT_DEPTH);
    w->depth++;
    w->object[w->depth] = object;
    w->filled[w->depth] = false;
    buf_char(w->out, object ? '{' : '[');
}

static void end(struct json_out *w, bool object)
{
    assert(w->depth && w->object[w->depth] == object && !w->after_key);
    bool filled = w->filled[w->depth--];
    if (filled)
        new_line(w);
    buf_char(w->out, object ? '}' : ']');
}

void json_begin_object(struct json_out *w)
{
    begin(w, true);
}

void json_end_object(struct json_out *w)
{
    end(w, true);
}

void json_begin_array(struct json_out *w)
{
    begin(w, false);
}

void json_end_array(struct json_out *w)
{
    end(w, false);
}

static bool is_plain(unsigned char c)
{
    return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
}

static void put_escape(struct buf *out, unsigned char c)
{
    static const char from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt";
    const char *at = c ? strchr(from, c) : NULL;
    if (!at) {
        buf_printf(out, "\\u%04x", c);
        return;
    }
    buf_char(out, '\\');
    buf_char(out, to[at - from]);
}

void json_quote(struct str s, struct buf *out)
{
    buf_char(out, '"');
    for (size_t i = 0; i < s.n;) {
        size_t run = i;
        while (run < s.n && is_plain((unsigned char)s.p[run]))
            run++;
        buf_put(out, s.p + i, run - i);
        i = run;
        if (i == s.n)
            break;
        unsigned char c = (unsigned char)s.p[i];
        if (c < 0x80) {
            put_escape(out, c);
            i++;
            continue;
        }
        uint32_t cp;
        size_t used = utf8_decode(str_sub(s, i, s.n), &cp);
        if (used)
            buf_put(out, s.p + i, used);
        else
            buf_cstr(out, "\xef\xbf\xbd");
        i += used ? used : 1;
    }
    buf_char(out, '"');
}

void json_key_str(struct json_out *w, struct str key)
{
    assert(w->object[w->depth] && !w->after_key);
    separate(w);
    json_quote(key, w->out);
    buf_cstr(w->out, w->pretty ? ": " : ":");
    w->after_key = true;
}

void json_key(struct json_out *w, const char *key)
{
    json_key_str(w, str_of(key));
}

void json_put_null(struct json_out *w)
{
    json_put_raw(w, STR("null"));
}

void json_put_bool(struct json_out *w, bool x)
{
    json_put_raw(w, x ? STR("true") : STR("false"));
}

void json_put_int(struct json_out *w, int64_t x)
{
    char room[I64_TEXT];
    before_value(w);
    buf_str(w->out, i64_text(x, room));
}

void json_put_uint(struct json_out *w, uint64_t x)
{
    char room[I64_TEXT];
    before_value(w);
    buf_str(w->out, u64_text(x, room));
}

static size_t count_digits(struct str s, size_t from)
{
    size_t i = from;
    while (i < s.n && s.p[i] >= '0' && s.p[i] <= '9')
        i++;
    return i - from;
}

static bool is_number(struct str s)
{
    size_t i = s.n && s.p[0] == '-';
    size_t whole = count_digits(s, i);
    if (!whole || (whole > 1 && s.p[i] == '0'))
        return false;
    i += whole;
    if (i < s.n && s.p[i] == '.') {
        size_t fraction = count_digits(s, i + 1);
        if (!fraction)
            return false;
        i += 1 + fraction;
    }
    if (i < s.n && (s.p[i] == 'e' || s.p[i] == 'E')) {
        i += i + 1 < s.n && (s.p[i + 1] == '+' || s.p[i + 1] == '-') ? 2 : 1;
        size_t exponent = count_digits(s, i);
        if (!exponent)
            return false;
        i += exponent;
    }
    return i == s.n;
}

void json_put_number(struct json_out *w, struct str text)
{
    assert(is_number(text));
    json_put_raw(w, text);
}

void json_put_str(struct json_out *w, struct str s)
{
    before_value(w);
    json_quote(s, w->out);
}

void json_put_cstr(struct json_out *w, const char *c)
{
    if (c)
        json_put_str(w, str_of(c));
    else
        json_put_null(w);
}

void json_put_raw(struct json_out *w, struct str json)
{
    before_value(w);
    buf_str(w->out, json);
}

static void put_one(struct json_out *w, const struct json *j)
{
    switch (j->type) {
    case JSON_NULL:
        json_put_null(w);
        break;
    case JSON_BOOL:
        json_put_bool(w, j->boolean);
        break;
    case JSON_INT:
        json_put_int(w, j->integer);
        break;
    case JSON_NUMBER:
        json_put_number(w, j->text);
        break;
    case JSON_STRING:
        json_put_str(w, j->text);
        break;
    case JSON_ARRAY:
        json_begin_array(w);
        break;
    case JSON_OBJECT:
        json_begin_object(w);
        break;
    }
}

void json_put(struct json_out *w, const struct json *j)
{
    struct {
        const struct json *parent;
        size_t next;
    } open[JSON_DEPTH_MOST];
    size_t depth = 0;
    for (;;) {
        put_one(w, j);
        if (j->type == JSON_ARRAY || j->type == JSON_OBJECT) {
            open[depth].parent = j;
            open[depth++].next = 0;
        }
        while (depth && open[depth - 1].next == open[depth - 1].parent->n)
            end(w, open[--depth].parent->type == JSON_OBJECT);
        if (!depth)
            return;
        const struct json *parent = open[depth - 1].parent;
        j = &parent->items[open[depth - 1].next++];
        if (parent->type == JSON_OBJECT)
            json_key_str(w, j->key);
    }
}

void json_field_null(struct json_out *w, const char *key)
{
    json_key(w, key);
    json_put_null(w);
}

void json_field_bool(struct json_out *w, const char *key, bool x)
{
    json_key(w, key);
    json_put_bool(w, x);
}

void json_field_int(struct json_out *w, const char *key, int64_t x)
{
    json_key(w, key);
    json_put_int(w, x);
}

void json_field_str(struct json_out *w, const char *key, struct str s)
{
    json_key(w, key);
    json_put_str(w, s);
}

void json_optional(struct json_out *w, const char *key, struct str s)
{
    if (s.n)
        json_field_str(w, key, s);
}

void json_field_cstr(struct json_out *w, const char *key, const char *c)
{
    json_key(w, key);
    json_put_cstr(w, c);
}
