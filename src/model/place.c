/* place.c - where a byte of a scalar's text stands in its file.
 *
 * YAML changes text on the way in: quotes go, escapes become characters, line breaks become spaces. Folding touches
 * white space only, so the n-th character that is not white space in the text is the n-th such one in the source, once
 * quotes and escapes are read as YAML reads them. That holds for every style, and needs no copy of YAML's folding rules.
 */
#include "model/tree.h"

struct walk {
    struct str text; /* of the file */
    size_t at;       /* byte offset */
    uint32_t line, col;
    char quote; /* 0, '\'' or '"' */
};

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* One code point forward. */
static void step(struct walk *w)
{
    if (w->text.p[w->at] == '\n') {
        w->line++;
        w->col = 0;
    }
    uint32_t cp;
    size_t n = utf8_decode(str_sub(w->text, w->at, w->text.n), &cp);
    w->at += n ? n : 1;
    w->col++;
}

static bool at_end(const struct walk *w)
{
    return w->at >= w->text.n;
}

static void step_to(struct walk *w, uint32_t line, uint32_t col)
{
    while (w->line < line) { /* whole lines at once: files are long, places many */
        ptrdiff_t end = str_find(w->text, STR("\n"), w->at);
        if (end < 0)
            break;
        w->at = (size_t)end + 1;
        w->line++;
        w->col = 1;
    }
    while (!at_end(w) && (w->line < line || (w->line == line && w->col < col)))
        step(w);
}

/* Escapes that give white space or join lines count as white space. */
static bool escape_is_space(char c)
{
    return is_space(c) || c == 'n' || c == 't' || c == 'r';
}

/* Moves behind the character that is not white space at the walk, over its escape if it has one. */
static void step_unit(struct walk *w)
{
    char c = w->text.p[w->at];
    if (w->quote == '\'' && c == '\'') {
        step(w);
        if (!at_end(w))
            step(w);
        return;
    }
    if (w->quote != '"' || c != '\\') {
        step(w);
        return;
    }
    step(w);
    if (at_end(w))
        return;
    char kind = w->text.p[w->at];
    int digits = kind == 'x' ? 2 : kind == 'u' ? 4 : kind == 'U' ? 8 : 0;
    step(w);
    for (int i = 0; i < digits && !at_end(w); i++)
        step(w);
}

static void skip_space(struct walk *w)
{
    while (!at_end(w)) {
        if (is_space(w->text.p[w->at])) {
            step(w);
        } else if (w->quote == '"' && w->text.p[w->at] == '\\' && w->at + 1 < w->text.n &&
                   escape_is_space(w->text.p[w->at + 1])) {
            step(w);
            step(w);
        } else {
            return;
        }
    }
}

/* Starts a walk at the first character of the scalar's content. */
static struct walk walk_into(const struct node *n)
{
    struct walk w = {.text = n->at.source->text, .line = 1, .col = 1};
    step_to(&w, n->at.line, n->at.col);
    if (at_end(&w))
        return w;
    char c = w.text.p[w.at];
    if (!n->plain && (c == '"' || c == '\'')) {
        w.quote = c;
        step(&w);
    } else if (!n->plain && (c == '|' || c == '>')) {
        step_to(&w, n->at.line + 1, 1);
    }
    return w;
}

struct span node_place(const void *ctx, size_t from, size_t to)
{
    const struct node *n = ctx;
    if (!n->at.source || !n->at.source->text.n)
        return n->at;
    struct str before = str_sub(n->text, 0, from);
    if (n->inline_text) {
        uint32_t col = n->at.col + (uint32_t)utf8_length(before);
        uint32_t len = (uint32_t)utf8_length(str_sub(n->text, from, to));
        return span_at(n->at.source, n->at.line, col, len ? len : 1);
    }
    struct walk w = walk_into(n);
    struct span at = n->at;
    for (size_t i = 0; i < n->text.n && i < (to > from ? to : from + 1);) {
        uint32_t cp;
        size_t len = utf8_decode(str_sub(n->text, i, n->text.n), &cp);
        len = len ? len : 1;
        if (is_space(n->text.p[i])) {
            i += len;
            continue;
        }
        skip_space(&w);
        if (at_end(&w))
            break;
        if (i <= from) {
            at.line = w.line;
            at.col = w.col;
        }
        step_unit(&w);
        at.end_line = w.line;
        at.end_col = w.col;
        i += len;
    }
    return at;
}
