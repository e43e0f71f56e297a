/* Patterns are the common subset of RE2 (DuckDB) and PCRE2 (here, SQLite), so that a pattern means the same everywhere:
 * ASCII classes, no look-around, no back-references, no possessive quantifiers, counts up to 1,000. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "expr/call.h"

#include <pcre2.h>
#include <string.h>

enum { REPEAT_MAX = 1000, STEPS_MAX = 1000000, DEPTH_MAX = 32, PATTERN_MAX = 1000 };

/* RE2's \s has no vertical tab, PCRE2's has one: the class is spelled out. */
#define SPACE_CLASS "\\t\\n\\f\\r "

struct pattern {
    struct str s;
    size_t at;
    int depth;
    long repeats; /* product of all counts: RE2 refuses beyond 1,000 nested */
    bool atom;    /* something stands before that a quantifier may repeat */
    const char *problem;
    struct buf *out; /* the PCRE2 spelling; NULL: only look */
};

static int peek(const struct pattern *p, size_t ahead)
{
    return p->at + ahead < p->s.n ? (unsigned char)p->s.p[p->at + ahead] : -1;
}

static bool wrong(struct pattern *p, const char *why)
{
    if (!p->problem)
        p->problem = why;
    return false;
}

static void copy(struct pattern *p, size_t n)
{
    if (p->out)
        buf_put(p->out, p->s.p + p->at, n);
    p->at += n;
}

static void put(struct pattern *p, const char *text, size_t skip)
{
    if (p->out)
        buf_cstr(p->out, text);
    p->at += skip;
}

static bool is_hex(int c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool hex_escape(struct pattern *p)
{
    size_t n = 4;
    if (peek(p, 2) == '{') {
        n = 3;
        while (is_hex(peek(p, n)))
            n++;
        if (n == 3 || n > 9 || peek(p, n) != '}')
            return wrong(p, "\\x{...} needs one to six hexadecimal digits");
        n++;
    } else if (!is_hex(peek(p, 2)) || !is_hex(peek(p, 3))) {
        return wrong(p, "\\x needs two hexadecimal digits");
    }
    copy(p, n);
    return true;
}

static bool is_punctuation(int c)
{
    return c > ' ' && c < 127 && c != '_' && !(c >= '0' && c <= '9') &&
           !((c | 32) >= 'a' && (c | 32) <= 'z');
}

static bool escape(struct pattern *p)
{
    int c = peek(p, 1);
    p->atom = true;
    if (c == 's') {
        put(p, "[" SPACE_CLASS "]", 2);
    } else if (c == 'S') {
        put(p, "[^" SPACE_CLASS "]", 2);
    } else if (c > 0 && strchr("bBAz", c)) {
        p->atom = false;
        copy(p, 2);
    } else if (c == 'x') {
        return hex_escape(p);
    } else if (c > 0 && (strchr("dDwWtnrfa", c) || is_punctuation(c))) {
        copy(p, 2);
    } else {
        return wrong(p, c >= '0' && c <= '9' ? "back-references are not possible"
                                             : "this escape does not mean the same everywhere");
    }
    return true;
}

/* One element of a class; *single tells whether it may begin or end a range. */
static bool class_item(struct pattern *p, bool *single)
{
    int c = peek(p, 0), next = peek(p, 1);
    *single = true;
    if (c == '[' && next == ':') {
        ptrdiff_t end = str_find(p->s, STR(":]"), p->at + 2);
        if (end < 0)
            return wrong(p, "a named class ends with :]");
        *single = false;
        copy(p, (size_t)end + 2 - p->at);
        return true;
    }
    if (c == '[' && (next == '.' || next == '='))
        return wrong(p, "write \\[ for a bracket in a class");
    if (c != '\\') {
        copy(p, 1);
        return true;
    }
    if (next == 's') {
        *single = false;
        put(p, SPACE_CLASS, 2);
        return true;
    }
    if (next == 'x')
        return hex_escape(p);
    if (next <= 0 || !(strchr("dDwWtnrfa", next) || is_punctuation(next)))
        return wrong(p, "this escape does not mean the same everywhere inside a class");
    *single = !strchr("dDwW", next);
    copy(p, 2);
    return true;
}

static bool class(struct pattern *p)
{
    copy(p, 1);
    if (peek(p, 0) == '^')
        copy(p, 1);
    for (bool first = true; first || peek(p, 0) != ']'; first = false) {
        bool from, to;
        if (peek(p, 0) == -1)
            return wrong(p, "a class ends with ]");
        if (!class_item(p, &from))
            return false;
        if (peek(p, 0) != '-' || peek(p, 1) == ']' || peek(p, 1) == -1)
            continue;
        copy(p, 1);
        if (!class_item(p, &to))
            return false;
        if (!from || !to)
            return wrong(p, "a range in a class goes from one character to another");
    }
    copy(p, 1);
    p->atom = true;
    return true;
}

static bool group(struct pattern *p)
{
    if (++p->depth > DEPTH_MAX)
        return wrong(p, "too many groups within groups");
    p->atom = false;
    copy(p, 1);
    if (peek(p, 0) == '*')
        return wrong(p, "nothing stands before the quantifier");
    if (peek(p, 0) != '?')
        return true;
    if (peek(p, 1) == ':') {
        copy(p, 2);
        return true;
    }
    if (peek(p, 1) == 'P' && peek(p, 2) == '<') {
        ptrdiff_t end = str_find(p->s, STR(">"), p->at);
        if (end < 0)
            return wrong(p, "the name of a group ends with >");
        copy(p, (size_t)end + 1 - p->at);
        return true;
    }
    size_t n = 1;
    while (peek(p, n) > 0 && strchr("ims-", peek(p, n)))
        n++;
    if (n == 1 || (peek(p, n) != ')' && peek(p, n) != ':'))
        return wrong(
            p, "only (...), (?:...), (?P<name>...) and the flags i, m, s mean the same everywhere");
    p->depth -= peek(p, n) == ')'; /* (?i) opens nothing */
    copy(p, n + 1);
    return true;
}

/* {n}, {n,} or {n,m} */
static bool count(struct pattern *p)
{
    long low = 0, high = 0;
    size_t n = 1, digits = 0;
    for (; peek(p, n) >= '0' && peek(p, n) <= '9' && digits < 5; n++, digits++)
        low = low * 10 + (peek(p, n) - '0');
    high = low;
    if (digits && peek(p, n) == ',')
        for (n++, high = 0; peek(p, n) >= '0' && peek(p, n) <= '9' && high < 100000; n++)
            high = high * 10 + (peek(p, n) - '0');
    if (!digits || peek(p, n) != '}')
        return wrong(p, "a count is {n}, {n,} or {n,m}; write \\{ for a brace");
    long most = high > low ? high : low > 0 ? low : 1;
    p->repeats *= most;
    if (most > REPEAT_MAX || p->repeats > REPEAT_MAX)
        return wrong(p, "counts multiply to more than 1,000");
    copy(p, n + 1);
    return true;
}

static bool quantifier(struct pattern *p)
{
    if (!p->atom)
        return wrong(p, "nothing stands before the quantifier");
    p->atom = false;
    if (peek(p, 0) != '{')
        copy(p, 1);
    else if (!count(p))
        return false;
    if (peek(p, 0) == '?')
        copy(p, 1);
    if (peek(p, 0) == '+')
        return wrong(p, "possessive quantifiers do not mean the same everywhere");
    return true;
}

static bool element(struct pattern *p)
{
    switch (peek(p, 0)) {
    case '\\':
        return escape(p);
    case '[':
        return class(p);
    case '(':
        return group(p);
    case ')':
        p->atom = true;
        copy(p, 1);
        return p->depth-- > 0 || wrong(p, "this ) closes nothing");
    case '*':
    case '+':
    case '?':
    case '{':
        return quantifier(p);
    case '|':
    case '^':
    case '$':
        p->atom = false;
        copy(p, 1);
        return true;
    case 0:
        return wrong(p, "U+0000 cannot stand in a pattern");
    default:
        /* A character of several bytes is one atom to both engines; its bytes pass one by one. */
        p->atom = true;
        copy(p, 1);
        return true;
    }
}

static const char *scan(struct str s, struct buf *out, size_t *at)
{
    struct pattern p = {.s = s, .repeats = 1, .out = out};
    if (s.n > PATTERN_MAX)
        (void)wrong(&p, "the pattern is longer than 1,000 bytes");
    while (!p.problem && p.at < s.n)
        if (!element(&p))
            break;
    if (!p.problem && p.depth > 0)
        (void)wrong(&p, "a group is not closed");
    *at = p.at;
    return p.problem;
}

/* ---- the engine ---- */

struct regex {
    pcre2_code *code;
    pcre2_general_context *heap; /* for one search at a time */
};

static void *arena_malloc(size_t n, void *a)
{
    return arena_alloc(a, n);
}

static void arena_free_nothing(void *p, void *a)
{
    (void)p, (void)a;
}

static void *heap_malloc(size_t n, void *ctx)
{
    (void)ctx;
    return mem_new(1, n);
}

static void heap_free(void *p, void *ctx)
{
    (void)ctx;
    mem_free(p);
}

struct regex *regex_new(struct str pattern, struct arena *a)
{
    struct buf spelled;
    size_t at;
    int error;
    buf_init(&spelled, PATTERN_MAX * 16);
    struct regex *x = NULL;
    if (!scan(pattern, &spelled, &at) && buf_ok(&spelled) == RC_OK) {
        pcre2_general_context *g = pcre2_general_context_create(arena_malloc, arena_free_nothing,
                                                                a);
        pcre2_compile_context *c = pcre2_compile_context_create(g);
        pcre2_set_newline(c, PCRE2_NEWLINE_LF);
        PCRE2_SIZE where;
        pcre2_code *code = pcre2_compile(
            (PCRE2_SPTR)(spelled.n ? buf_view(&spelled).p : ""), spelled.n,
            PCRE2_UTF | PCRE2_DOLLAR_ENDONLY | PCRE2_NEVER_BACKSLASH_C, &error, &where, c);
        if (code) {
            x = ARENA_NEW(a, struct regex);
            x->code = code;
            x->heap = g;
        }
    }
    buf_release(&spelled);
    return x;
}

const char *regex_problem(struct str pattern, size_t *at)
{
    const char *problem = scan(pattern, NULL, at);
    if (problem)
        return problem;
    struct arena *a = arena_new();
    if (!regex_new(pattern, a))
        problem = "the pattern does not compile";
    arena_free(a);
    return problem;
}

enum rc regex_search(const struct regex *x, struct str text, bool *found)
{
    pcre2_general_context *g = pcre2_general_context_create(heap_malloc, heap_free, NULL);
    pcre2_match_context *m = pcre2_match_context_create(g);
    pcre2_match_data *d = pcre2_match_data_create(1, g);
    pcre2_set_match_limit(m, STEPS_MAX);
    int rc = pcre2_match(x->code, (PCRE2_SPTR)(text.p ? text.p : ""), text.n, 0, 0, d, m);
    pcre2_match_data_free(d);
    pcre2_match_context_free(m);
    pcre2_general_context_free(g);
    *found = rc >= 0;
    return rc >= 0 || rc == PCRE2_ERROR_NOMATCH ? RC_OK : RC_LIMIT;
}
