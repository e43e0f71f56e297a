/* Canonical JSON: equal values, equal bytes. */
#include "base/format.h"
#include "base/json.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum {
    PLAIN_LEFT = 21,
    PLAIN_RIGHT = 6
}; /* beyond so many digits or zeros a number is written with an exponent */

/* A number as digits d1 d2 … dn without zeros at either end, and the power of ten of d1. */
struct digits {
    struct buf *text; /* the digits alone */
    int64_t power;
    bool negative;
};

static bool exponent_of(struct str s, int64_t *out)
{
    if (s.n && s.p[0] == '+')
        s = str_sub(s, 1, s.n);
    return str_to_i64(s, out) && *out <= INT32_MAX && *out >= INT32_MIN;
}

/* False when the exponent is beyond any arithmetic. */
static bool take_apart(struct str s, struct digits *d)
{
    size_t i = s.n && s.p[0] == '-', whole = 0, zeros = 0;
    bool seen_point = false;
    int64_t exponent = 0;
    d->negative = i == 1;
    for (; i < s.n && s.p[i] != 'e' && s.p[i] != 'E'; i++) {
        if (s.p[i] == '.') {
            seen_point = true;
            continue;
        }
        whole += !seen_point;
        if (s.p[i] != '0' || d->text->n)
            buf_char(d->text, s.p[i]);
        else
            zeros++;
    }
    while (d->text->n && d->text->p[d->text->n - 1] == '0')
        d->text->n--;
    if (d->text->n && i < s.n && !exponent_of(str_sub(s, i + 1, s.n), &exponent))
        return false;
    d->power = (int64_t)whole - 1 - (int64_t)zeros + exponent;
    return true;
}

static void put_digits(const struct digits *d, struct buf *out)
{
    struct str s = buf_view(d->text);
    if (d->negative)
        buf_char(out, '-');
    if (d->power >= 0 && d->power < PLAIN_LEFT) {
        size_t left = (size_t)d->power + 1;
        buf_str(out, str_sub(s, 0, left));
        if (s.n < left)
            buf_fill(out, '0', left - s.n);
        if (s.n > left) {
            buf_char(out, '.');
            buf_str(out, str_sub(s, left, s.n));
        }
    } else if (d->power < 0 && d->power >= -PLAIN_RIGHT) {
        buf_cstr(out, "0.");
        buf_fill(out, '0', (size_t)(-d->power - 1));
        buf_str(out, s);
    } else {
        buf_char(out, s.p[0]);
        if (s.n > 1) {
            buf_char(out, '.');
            buf_str(out, str_sub(s, 1, s.n));
        }
        buf_printf(out, "e%lld", (long long)d->power);
    }
}

static void put_number(struct str text, struct buf *out)
{
    struct buf bytes;
    struct digits d = {.text = &bytes};
    buf_init(&bytes, text.n ? text.n : 1);
    if (!take_apart(text, &d))
        buf_str(out, text);
    else if (bytes.n)
        put_digits(&d, out);
    else
        buf_char(out, '0');
    buf_release(&bytes);
}

static void put_scalar(const struct json *j, struct buf *out)
{
    char room[24];
    struct str number;
    if (j->type == JSON_INT)
        buf_str(out, i64_text(j->integer, room));
    else if (json_number(j, room, &number))
        put_number(number, out);
    else if (j->type == JSON_STRING)
        json_quote(j->text, out);
    else
        buf_cstr(out, j->type == JSON_NULL ? "null" : j->boolean ? "true" : "false");
}

static int by_key(const void *pa, const void *pb)
{
    return str_cmp((*(const struct json *const *)pa)->key, (*(const struct json *const *)pb)->key);
}

struct open {
    const struct json *parent;
    const struct json **children; /* in order of writing */
    size_t next;
};

static void open_up(struct open *o, const struct json *j, struct buf *out)
{
    *o = (struct open){.parent = j, .children = mem_new(j->n, sizeof *o->children)};
    for (size_t i = 0; i < j->n; i++)
        o->children[i] = &j->items[i];
    if (j->type == JSON_OBJECT && j->n > 1)
        qsort(o->children, j->n, sizeof *o->children, by_key);
    buf_char(out, j->type == JSON_OBJECT ? '{' : '[');
}

void json_canonical(const struct json *j, struct buf *out)
{
    struct open stack[JSON_DEPTH_MOST];
    size_t depth = 0;
    for (;;) {
        if (j->type == JSON_ARRAY || j->type == JSON_OBJECT) {
            assert(depth < JSON_DEPTH_MOST);
            open_up(&stack[depth++], j, out);
        } else {
            put_scalar(j, out);
        }
        while (depth && stack[depth - 1].next == stack[depth - 1].parent->n) {
            mem_free(stack[--depth].children);
            buf_char(out, stack[depth].parent->type == JSON_OBJECT ? '}' : ']');
        }
        if (!depth)
            return;
        struct open *top = &stack[depth - 1];
        if (top->next)
            buf_char(out, ',');
        j = top->children[top->next++];
        if (top->parent->type == JSON_OBJECT) {
            json_quote(j->key, out);
            buf_char(out, ':');
        }
    }
}
