/* Diagnostics for people: the place, the line, a caret, what to do. */
#include "base/diag.h"
#include "base/unicode.h"

#include <string.h>

/* A line longer than this is shown as a window round the caret. */
enum { WINDOW = 160, WINDOW_LEFT = 60 };

static const char *const severity_names[] = {
    [SEV_ERROR] = "error", [SEV_WARNING] = "warning", [SEV_NOTE] = "note"};

/* What could rewrite what a terminal shows: control and direction characters. */
static bool is_unsafe(uint32_t cp)
{
    return cp < 0x20 || (cp >= 0x7f && cp < 0xa0) || cp == 0x061c || cp == 0x200e || cp == 0x200f ||
           (cp >= 0x2028 && cp <= 0x202e) || (cp >= 0x2066 && cp <= 0x2069);
}

/* Puts the first code point of `s`; what is unsafe or not UTF-8 becomes U+FFFD, but for a tab when `keep_tab`. Returns the bytes
 * used; `*width` is how many columns it takes, 0 for a tab. */
static size_t put_safe(struct buf *out, struct str s, bool keep_tab, int *width)
{
    uint32_t cp = 0;
    size_t used = utf8_decode(s, &cp);
    bool tab = used && cp == '\t' && keep_tab;
    if (used && (tab || !is_unsafe(cp))) {
        buf_put(out, s.p, used);
        *width = tab ? 0 : unicode_width(cp);
        return used;
    }
    buf_cstr(out, "\xef\xbf\xbd");
    *width = 1;
    return used ? used : 1;
}

static void put_text(struct buf *out, struct str s)
{
    int width;
    for (size_t i = 0; i < s.n;)
        i += put_safe(out, str_sub(s, i, s.n), false, &width);
}

/* Messages may have several lines; those after the first are indented under it. */
static void put_message(struct buf *out, struct str s)
{
    struct str line;
    bool first = true;
    if (!s.p)
        return;
    while (str_split(&s, '\n', &line)) {
        if (!first)
            buf_cstr(out, "\n         ");
        put_text(out, line);
        first = false;
    }
}

/* Line `number` of the text, without its end; STR_NONE when there are fewer. */
static struct str line_of(struct str text, uint32_t number)
{
    for (uint32_t i = 1; i < number; i++) {
        const char *end = text.n ? memchr(text.p, '\n', text.n) : NULL;
        if (!end)
            return STR_NONE;
        text = str_sub(text, (size_t)(end - text.p) + 1, text.n);
    }
    const char *end = text.n ? memchr(text.p, '\n', text.n) : NULL;
    if (end)
        text.n = (size_t)(end - text.p);
    if (text.n && text.p[text.n - 1] == '\r')
        text.n--;
    return text;
}

/* What stands under a character `width` columns wide at `col`: the span begins with a caret and goes on with tildes. */
static void put_mark(struct buf *below, const struct span *at, uint32_t col, int width, bool tab)
{
    uint32_t until = at->end_line > at->line ? UINT32_MAX : at->end_col;
    if (tab && col < at->col)
        buf_char(below, '\t');
    else if (col < at->col)
        buf_fill(below, ' ', (size_t)width);
    else if (col == at->col)
        buf_char(below, '^');
    else if (col < until)
        buf_fill(below, '~', (size_t)width);
    if (col == at->col && col + 1 < until && width > 1)
        buf_char(below, '~');
}

static void put_excerpt(struct buf *out, const struct span *at)
{
    struct str line = at->line ? line_of(at->source->text, at->line) : STR_NONE;
    if (!line.p || !at->col)
        return;
    uint32_t first = at->col > WINDOW - WINDOW_LEFT ? at->col - WINDOW_LEFT : 1;
    struct buf below;
    buf_init(&below, (size_t)16 * WINDOW);
    buf_printf(out, "%5u | %s", at->line, first > 1 ? "…" : "");
    buf_cstr(&below, first > 1 ? "      |  " : "      | ");
    uint32_t col = 1;
    for (size_t i = 0; i < line.n && col < first + WINDOW; col++) {
        struct str rest = str_sub(line, i, line.n);
        uint32_t cp = 0;
        size_t used = utf8_decode(rest, &cp);
        if (col < first) {
            i += used ? used : 1;
            continue;
        }
        int width;
        i += put_safe(out, rest, true, &width);
        put_mark(&below, at, col, width, used && cp == '\t');
    }
    if (at->col == col) /* just behind the end of the line */
        buf_char(&below, '^');
    buf_char(out, '\n');
    if (at->col <= col) {
        buf_str(out, buf_view(&below));
        buf_char(out, '\n');
    }
    buf_release(&below);
}

static void put_place(struct buf *out, const struct span *at)
{
    if (!at->source)
        return;
    put_text(out, at->source->name);
    if (at->line)
        buf_printf(out, ":%u", at->line);
    if (at->line && at->col)
        buf_printf(out, ":%u", at->col);
    buf_cstr(out, ": ");
}

static void put_diag(struct buf *out, const struct diag *d)
{
    put_place(out, &d->at);
    buf_printf(out, "%s[%s]: ", severity_names[d->severity], d->code);
    put_message(out, d->message);
    buf_char(out, '\n');
    if (d->at.source)
        put_excerpt(out, &d->at);
    if (d->help.n) {
        buf_cstr(out, "   help: ");
        put_message(out, d->help);
        buf_char(out, '\n');
    }
    if (d->also.source) {
        put_place(out, &d->also);
        buf_cstr(out, "note: ");
        put_message(out, d->also_message);
        buf_char(out, '\n');
        put_excerpt(out, &d->also);
    }
}

static void put_count(struct buf *out, size_t n, const char *what)
{
    buf_printf(out, "%zu %s%s", n, what, n == 1 ? "" : "s");
}

void diags_text(const struct diags *ds, size_t limit, struct buf *out)
{
    size_t shown = limit && limit < ds->list.n ? limit : ds->list.n;
    for (size_t i = 0; i < shown; i++)
        put_diag(out, &ds->list.v[i]);
    put_count(out, ds->errors, "error");
    buf_cstr(out, ", ");
    put_count(out, ds->warnings, "warning");
    if (ds->notes) {
        buf_cstr(out, ", ");
        put_count(out, ds->notes, "note");
    }
    if (shown < ds->list.n)
        buf_printf(out, " (the first %zu of %zu shown)", shown, ds->list.n);
    buf_char(out, '\n');
}
