/* markdown.c - through cmark, which leaves out raw HTML and links that run something unless it is told otherwise. */
#include "connect/markdown.h"

#include <cmark.h>

enum { HTML_MAX = 4 << 20 };

static void put_html_escaped(struct buf *b, struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        switch (s.p[i]) {
        case '&':
            buf_cstr(b, "&amp;");
            break;
        case '<':
            buf_cstr(b, "&lt;");
            break;
        case '"':
            buf_cstr(b, "&quot;");
            break;
        default:
            buf_char(b, s.p[i]);
        }
}

enum rc markdown_html(struct str text, struct str footer_words, struct str footer_link,
                      struct arena *a, struct str *out)
{
    struct buf b;
    /* Never NULL: like our own memory, cmark's ends the program when there is none. */
    char *body = cmark_markdown_to_html(text.n ? text.p : "", text.n,
                                        CMARK_OPT_DEFAULT | CMARK_OPT_VALIDATE_UTF8);
    buf_init(&b, HTML_MAX);
    buf_cstr(&b, "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"></head><body>\n");
    buf_cstr(&b, body);
    cmark_get_default_mem_allocator()->free(body);
    if (footer_link.n) {
        buf_cstr(&b, "<hr>\n<p><a href=\"");
        put_html_escaped(&b, footer_link);
        buf_cstr(&b, "\">");
        put_html_escaped(&b, footer_words);
        buf_cstr(&b, "</a></p>\n");
    }
    buf_cstr(&b, "</body></html>\n");
    enum rc rc = buf_ok(&b);
    *out = str_dup(a, buf_view(&b));
    buf_release(&b);
    return rc;
}

static bool is_punctuation(char c)
{
    return (c >= '!' && c <= '/') || (c >= ':' && c <= '@') || (c >= '[' && c <= '`') ||
           (c >= '{' && c <= '~');
}

struct str markdown_escaped(struct str value, struct arena *a)
{
    char *out = arena_alloc(a, 2 * value.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < value.n; i++) {
        /* Before a line's end it is a break, and keeps a next line from beginning anew. */
        if (is_punctuation(value.p[i]) || value.p[i] == '\n')
            out[n++] = '\\';
        if (value.p[i] != '\r')
            out[n++] = value.p[i];
    }
    return (struct str){out, n};
}
