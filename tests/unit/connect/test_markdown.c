/* test_markdown.c - letters in HTML: what a writer means, and nothing that a value or a slip could smuggle in. */
#include "connect/markdown.h"
#include "tests/tap.h"

static const char head[] = "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"></head><body>\n";
static const char foot[] = "</body></html>\n";

/* The body of the page alone. */
static const char *body(struct arena *a, const char *text, const char *link)
{
    struct str out;
    if (markdown_html(str_of(text), STR("No & more"), str_of(link), a, &out) != RC_OK ||
        !str_starts(out, str_of(head)) || !str_ends(out, str_of(foot)))
        return "no page";
    return str_c(a, str_sub(out, sizeof head - 1, out.n - (sizeof foot - 1)));
}

static void test_html(struct arena *a)
{
    ok_str(body(a, "Hello **Jo**,\n\n- one\n- two", ""),
           "<p>Hello <strong>Jo</strong>,</p>\n<ul>\n<li>one</li>\n<li>two</li>\n</ul>\n");
    ok_str(body(a, "[See](https://acme.example/a?b=1&c=2)", ""),
           "<p><a href=\"https://acme.example/a?b=1&amp;c=2\">See</a></p>\n");
    ok_str(body(a, "Grüße", ""), "<p>Grüße</p>\n");
    ok_str(body(a, "", ""), "");
    ok_str(body(a, "Text", "https://acme.example/unsubscribe/\"x"),
           "<p>Text</p>\n<hr>\n<p><a href=\"https://acme.example/unsubscribe/&quot;x\">No &amp; "
           "more</a></p>\n");
}

static void test_nothing_runs(struct arena *a)
{
    ok_str(body(a, "a <script>alert(1)</script> b", ""),
           "<p>a <!-- raw HTML omitted -->alert(1)<!-- raw HTML omitted --> b</p>\n");
    ok_str(body(a, "[x](javascript:alert(1))", ""), "<p><a href=\"\">x</a></p>\n");
}

static void is_as_written(struct arena *a, const char *value, const char *html)
{
    struct str marked = str_printf(a, "Dear %.*s!", STR_ARG(markdown_escaped(str_of(value), a)));
    ok_str_at(value, body(a, str_c(a, marked), ""), html);
}

static void test_values(struct arena *a)
{
    is_as_written(a, "*Max*", "<p>Dear *Max*!</p>\n");
    is_as_written(a, "[x](http://evil.example)", "<p>Dear [x](http://evil.example)!</p>\n");
    is_as_written(a, "<b>", "<p>Dear &lt;b&gt;!</p>\n");
    is_as_written(a, "A\\B & C", "<p>Dear A\\B &amp; C!</p>\n");
    is_as_written(a, "a\r\n# b\n- c", "<p>Dear a<br />\n# b<br />\n- c!</p>\n");
    is_as_written(a, "1. x\n\n    y", "<p>Dear 1. x<br />\n<br />\ny!</p>\n");
    is_as_written(a, "&amp; `x` ~~y~~", "<p>Dear &amp;amp; `x` ~~y~~!</p>\n");
}

int main(void)
{
    struct arena *a = arena_new();
    test_html(a);
    test_nothing_runs(a);
    test_values(a);
    arena_free(a);
    return tap_done();
}
