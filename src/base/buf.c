/* The growing buffer of text.h. */
#include "base/text.h"

#include "base/format.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

enum { BUF_FIRST = 256 };

void buf_init(struct buf *b, size_t max)
{
    assert(max > 0);
    *b = (struct buf){.max = max};
}

void buf_release(struct buf *b)
{
    mem_free(b->p);
    *b = (struct buf){.max = b->max};
}

void buf_clear(struct buf *b)
{
    b->n = 0;
    b->overflow = false;
}

enum rc buf_ok(const struct buf *b)
{
    return b->overflow ? RC_LIMIT : RC_OK;
}

/* Room for `n` more bytes, or NULL; after the first put that did not fit every later one is dropped too, so that the
 * content is always a true beginning. */
static char *room(struct buf *b, size_t n)
{
    if (b->overflow || n > b->max - b->n) {
        b->overflow = true;
        return NULL;
    }
    if (n > b->cap - b->n) {
        size_t need = b->n + n;
        size_t cap = b->cap > b->max / 2 ? b->max : b->cap * 2;
        if (cap < BUF_FIRST)
            cap = BUF_FIRST < b->max ? BUF_FIRST : b->max;
        b->cap = cap < need ? need : cap;
        b->p = mem_resize(b->p, b->cap, 1);
    }
    return b->p + b->n;
}

void buf_put(struct buf *b, const void *p, size_t n)
{
    char *to = n ? room(b, n) : NULL;
    if (!to)
        return;
    memcpy(to, p, n);
    b->n += n;
}

void buf_str(struct buf *b, struct str s)
{
    buf_put(b, s.p, s.n);
}

void buf_cstr(struct buf *b, const char *c)
{
    buf_put(b, c, strlen(c));
}

void buf_char(struct buf *b, char c)
{
    char *to = room(b, 1);
    if (!to)
        return;
    *to = c;
    b->n++;
}

void buf_fill(struct buf *b, char c, size_t n)
{
    char *to = n ? room(b, n) : NULL;
    if (!to)
        return;
    memset(to, c, n);
    b->n += n;
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
    char small[256];
    size_t plain;
    va_list ap, again;
    va_start(ap, fmt);
    if (format_plain(small, sizeof small, &plain, fmt, ap)) {
        va_end(ap);
        buf_put(b, small, plain);
        return;
    }
    va_copy(again, ap);
    int n = vsnprintf(small, sizeof small, fmt, ap);
    va_end(ap);
    assert(n >= 0);
    if ((size_t)n < sizeof small) {
        buf_put(b, small, (size_t)n);
    } else {
        char *large = mem_new((size_t)n + 1, 1);
        (void)vsnprintf(large, (size_t)n + 1, fmt, again);
        buf_put(b, large, (size_t)n);
        mem_free(large);
    }
    va_end(again);
}

struct str buf_view(const struct buf *b)
{
    return (struct str){b->p, b->n};
}
