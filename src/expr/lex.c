/* Text to tokens, one at a time. Strings are unescaped here; numbers keep their magnitude, since only the parser knows whether a
 * minus before them belongs to them. */
#include "expr/tree.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void lexer_init(struct lexer *l, struct str text, struct arena *a)
{
    *l = (struct lexer){.text = text, .arena = a};
}

static int peek(const struct lexer *l, size_t ahead)
{
    return l->at + ahead < l->text.n ? (unsigned char)l->text.p[l->at + ahead] : -1;
}

static bool is_digit(int c)
{
    return c >= '0' && c <= '9';
}
static bool is_letter(int c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static int hex_value(int c)
{
    if (is_digit(c))
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static bool lex_error(struct lexer *l, const char *why, const char *help)
{
    l->error = why;
    l->help = help;
    l->token.to = (uint32_t)(l->at > l->token.from ? l->at : l->token.from + 1);
    return false;
}

static void skip_space(struct lexer *l)
{
    for (;;) {
        int c = peek(l, 0);
        if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f')
            l->at++;
        else if (c == '/' && peek(l, 1) == '/')
            while (peek(l, 0) != -1 && peek(l, 0) != '\n')
                l->at++;
        else
            return;
    }
}

/* ---- numbers ---- */

static bool lex_hex(struct lexer *l)
{
    struct token *t = &l->token;
    l->at += 2;
    if (hex_value(peek(l, 0)) < 0)
        return lex_error(l, "a hexadecimal number needs a digit after 0x", NULL);
    for (int d; (d = hex_value(peek(l, 0))) >= 0; l->at++) {
        if (t->integer >> 60)
            return lex_error(l, "the number does not fit into 64 bits", NULL);
        t->integer = t->integer << 4 | (uint64_t)d;
    }
    t->kind = T_INT;
    return true;
}

static bool lex_exponent(struct lexer *l, bool *is_double)
{
    if (peek(l, 0) != 'e' && peek(l, 0) != 'E')
        return true;
    size_t sign = peek(l, 1) == '+' || peek(l, 1) == '-' ? 1 : 0;
    if (!is_digit(peek(l, 1 + sign)))
        return lex_error(l, "an exponent needs a digit", NULL);
    l->at += 1 + sign;
    while (is_digit(peek(l, 0)))
        l->at++;
    *is_double = true;
    return true;
}

static bool lex_decimal(struct lexer *l)
{
    struct token *t = &l->token;
    bool is_double = false;
    while (is_digit(peek(l, 0)))
        l->at++;
    if (peek(l, 0) == '.' && is_digit(peek(l, 1))) {
        is_double = true;
        l->at++;
        while (is_digit(peek(l, 0)))
            l->at++;
    }
    if (!lex_exponent(l, &is_double))
        return false;
    struct str s = str_sub(l->text, t->from, l->at);
    if (is_double) {
        t->kind = T_DOUBLE;
        t->number = strtod(str_c(l->arena, s), NULL);
        if (!isfinite(t->number))
            return lex_error(l, "the number is too large for a double", NULL);
        return true;
    }
    t->kind = T_INT;
    return str_to_u64(s, &t->integer) || lex_error(l, "the number does not fit into 64 bits", NULL);
}

static bool lex_number(struct lexer *l)
{
    bool hex = peek(l, 0) == '0' && (peek(l, 1) == 'x' || peek(l, 1) == 'X');
    if (!(hex ? lex_hex(l) : lex_decimal(l)))
        return false;
    struct token *t = &l->token;
    if (t->kind == T_INT && (peek(l, 0) == 'u' || peek(l, 0) == 'U')) {
        t->kind = T_UINT;
        l->at++;
    }
    if (is_letter(peek(l, 0)) || is_digit(peek(l, 0)))
        return lex_error(l, "a number must end before a letter",
                         "put a space or an operator between them");
    return true;
}

/* ---- strings ---- */

struct quoting {
    char quote;
    bool triple, raw, bytes;
};

static bool put_code(struct lexer *l, const struct quoting *q, uint32_t code, bool unicode,
                     char *out, size_t *n)
{
    if (q->bytes && unicode)
        return lex_error(l, "\\u and \\U cannot stand in bytes", "write the bytes as \\x..");
    if (q->bytes) {
        out[(*n)++] = (char)code;
        return true;
    }
    size_t used = utf8_encode(code, out + *n);
    *n += used;
    return used > 0 || lex_error(l, "the escape is no Unicode character", NULL);
}

/* Reads `digits` digits of `base`; the escape letter is already consumed. */
static bool lex_code(struct lexer *l, int digits, int base, uint32_t *code)
{
    *code = 0;
    for (int i = 0; i < digits; i++, l->at++) {
        int d = hex_value(peek(l, 0));
        if (d < 0 || d >= base)
            return lex_error(l, "the escape needs more digits",
                             "\\xHH, \\uHHHH, \\UHHHHHHHH or three octal digits");
        *code = *code * (uint32_t)base + (uint32_t)d;
    }
    return true;
}

static bool lex_escape(struct lexer *l, const struct quoting *q, char *out, size_t *n)
{
    static const char plain[] = "abfnrtv\\?\"'`", means[] = "\a\b\f\n\r\t\v\\?\"'`";
    int c = peek(l, 1);
    const char *at = c > 0 ? strchr(plain, c) : NULL;
    uint32_t code;
    if (at) {
        l->at += 2;
        out[(*n)++] = means[at - plain];
        return true;
    }
    if (c >= '0' && c <= '3') {
        l->at++;
        return lex_code(l, 3, 8, &code) && put_code(l, q, code, false, out, n);
    }
    int digits = c == 'x' || c == 'X' ? 2 : c == 'u' ? 4 : c == 'U' ? 8 : 0;
    if (!digits) {
        l->at++;
        return lex_error(l, "unknown escape in a string",
                         "write \\\\ for a backslash, or put r before the string");
    }
    l->at += 2;
    return lex_code(l, digits, 16, &code) && put_code(l, q, code, digits > 2, out, n);
}

static bool at_end_quote(const struct lexer *l, const struct quoting *q)
{
    if (peek(l, 0) != q->quote)
        return false;
    return !q->triple || (peek(l, 1) == q->quote && peek(l, 2) == q->quote);
}

static bool lex_string(struct lexer *l, struct quoting q)
{
    struct token *t = &l->token;
    q.quote = (char)peek(l, 0);
    q.triple = peek(l, 1) == q.quote && peek(l, 2) == q.quote;
    l->at += q.triple ? 3 : 1;
    /* An escape never grows: \uHHHH has six bytes and at most three of UTF-8. */
    char *out = arena_alloc(l->arena, l->text.n - l->at + 5);
    size_t n = 0;
    while (!at_end_quote(l, &q)) {
        int c = peek(l, 0);
        if (c == -1 || (!q.triple && (c == '\n' || c == '\r')))
            return lex_error(l, "the string does not end", "close it with the quote it began with");
        if (c == '\\' && !q.raw) {
            if (!lex_escape(l, &q, out, &n))
                return false;
        } else {
            out[n++] = (char)c;
            l->at++;
        }
    }
    l->at += q.triple ? 3 : 1;
    t->kind = q.bytes ? T_BYTES : T_STRING;
    t->text = (struct str){out, n};
    return true;
}

/* A string's prefix: any of b, r, br in either case, directly before a quote. */
static bool string_prefix(const struct lexer *l, struct quoting *q, size_t *n)
{
    size_t i = 0;
    *q = (struct quoting){0};
    if (peek(l, i) == 'b' || peek(l, i) == 'B') {
        q->bytes = true;
        i++;
    }
    if (peek(l, i) == 'r' || peek(l, i) == 'R') {
        q->raw = true;
        i++;
    }
    if (!q->bytes && q->raw && (peek(l, i) == 'b' || peek(l, i) == 'B')) {
        q->bytes = true;
        i++;
    }
    *n = i;
    return peek(l, i) == '"' || peek(l, i) == '\'';
}

static bool lex_quoted(struct lexer *l)
{
    struct token *t = &l->token;
    l->at++;
    size_t from = l->at;
    while (peek(l, 0) != -1 && peek(l, 0) != '`' && peek(l, 0) != '\n')
        l->at++;
    if (peek(l, 0) != '`' || l->at == from)
        return lex_error(l, "a quoted field name needs text and a closing `", NULL);
    t->kind = T_QUOTED;
    t->text = str_sub(l->text, from, l->at);
    l->at++;
    return true;
}

/* ---- punctuation ---- */

static bool lex_mark(struct lexer *l)
{
    static const struct {
        const char *text;
        enum mark mark;
    } marks[] = {
        {"&&", M_AND},     {"||", M_OR},      {"==", M_EQ},      {"!=", M_NE},     {"<=", M_LE},
        {">=", M_GE},      {"<", M_LT},       {">", M_GT},       {"(", M_LPAREN},  {")", M_RPAREN},
        {"[", M_LBRACKET}, {"]", M_RBRACKET}, {"{", M_LBRACE},   {"}", M_RBRACE},  {".", M_DOT},
        {",", M_COMMA},    {":", M_COLON},    {"?", M_QUESTION}, {"!", M_NOT},     {"-", M_MINUS},
        {"+", M_PLUS},     {"*", M_STAR},     {"/", M_SLASH},    {"%", M_PERCENT},
    };
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        size_t n = strlen(marks[i].text);
        if (l->text.n - l->at >= n && memcmp(l->text.p + l->at, marks[i].text, n) == 0) {
            l->token.kind = T_PUNCT;
            l->token.mark = marks[i].mark;
            l->at += n;
            return true;
        }
    }
    int c = peek(l, 0);
    l->at++;
    if (c == '=')
        return lex_error(l, "a single = compares nothing", "write == to compare");
    if (c == '&' || c == '|')
        return lex_error(l, "a single & or | is no operator", "write && for and, || for or");
    return lex_error(l, "this character cannot stand in an expression", NULL);
}

bool lexer_next(struct lexer *l)
{
    skip_space(l);
    l->token = (struct token){.from = (uint32_t)l->at, .to = (uint32_t)l->at};
    struct token *t = &l->token;
    struct quoting q;
    size_t prefix;
    int c = peek(l, 0);
    bool good = true;
    if (c == -1) {
        t->kind = T_END;
    } else if (string_prefix(l, &q, &prefix)) {
        l->at += prefix;
        good = lex_string(l, q);
    } else if (is_letter(c)) {
        while (is_letter(peek(l, 0)) || is_digit(peek(l, 0)))
            l->at++;
        t->kind = T_IDENT;
        t->text = str_sub(l->text, t->from, l->at);
    } else if (is_digit(c) || (c == '.' && is_digit(peek(l, 1)))) {
        good = lex_number(l);
    } else if (c == '`') {
        good = lex_quoted(l);
    } else {
        good = lex_mark(l);
    }
    if (good)
        t->to = (uint32_t)l->at;
    return good;
}
