/* tree.h - the tree of an expression, inside src/expr only.
 *
 * In:     tokens.   Out: nodes that parse makes, check types and resolves, eval and emit walk.
 * Owns:   nothing; nodes live in the arena of the plan.
 * Rule:   after check a node never changes; a plan may be evaluated from several threads.
 */
#ifndef REVOS_EXPR_TREE_H
#define REVOS_EXPR_TREE_H

#include "expr/expr.h"

enum token_kind {
    T_END,
    T_IDENT,
    T_QUOTED /* `selector` */,
    T_INT,
    T_UINT,
    T_DOUBLE,
    T_STRING,
    T_BYTES,
    T_PUNCT /* one of the punctuation marks, in `op` */
};

enum mark {
    M_NONE,
    M_LPAREN,
    M_RPAREN,
    M_LBRACKET,
    M_RBRACKET,
    M_LBRACE,
    M_RBRACE,
    M_DOT,
    M_COMMA,
    M_COLON,
    M_QUESTION,
    M_NOT,
    M_MINUS,
    M_PLUS,
    M_STAR,
    M_SLASH,
    M_PERCENT,
    M_LT,
    M_LE,
    M_GT,
    M_GE,
    M_EQ,
    M_NE,
    M_AND,
    M_OR
};

struct token {
    enum token_kind kind;
    enum mark mark;
    uint32_t from, to; /* bytes of the text */
    struct str text;   /* identifier, unescaped string or bytes */
    uint64_t integer;  /* T_INT, T_UINT: magnitude */
    double number;
};

enum node_kind {
    N_LITERAL, /* value */
    N_IDENT,   /* name; resolved to `root` */
    N_SELECT,  /* args[0].name */
    N_HAS,     /* has(args[0].name): present or not */
    N_INDEX,   /* args[0][args[1]] */
    N_CALL,    /* name(args); a method's receiver is args[0] */
    N_NOT,
    N_AND, /* two or more args */
    N_OR,
    N_COND, /* args[0] ? args[1] : args[2] */
    N_IN,
    N_LIST,
    N_MAP,     /* keys and values in turn */
    N_MACRO,   /* args[0].macro(name, args[1] [, args[2]]) */
    N_CHANGED, /* changed(args[0]); args[1] is the same path under `old` */
    N_FAULT    /* plain CEL only: a name that nothing declares, wrong when it is reached */
};

enum macro { MACRO_ALL, MACRO_EXISTS, MACRO_EXISTS_ONE, MACRO_MAP, MACRO_MAP_IF, MACRO_FILTER };

enum root {
    R_NONE,
    R_SELF,
    R_OLD,
    R_ACTOR,
    R_NOW,
    R_TODAY,
    R_VAR /* slot: scope->vars */,
    R_LOCAL /* slot: macro variable */
};

struct overload;
struct regex;

struct node {
    enum node_kind kind;
    uint32_t from, to;           /* bytes of the text */
    uint32_t mark_from, mark_to; /* the operator, field or function name, for messages */
    struct str name;
    bool method; /* N_CALL written as a.f(b) */
    enum macro macro;
    enum root root;
    uint32_t slot;
    uint32_t n_args;
    uint32_t height; /* of the tree below: what walks it recurses so deep */
    struct node **args;
    struct xtype type;
    struct xvalue value;             /* N_LITERAL */
    const struct xfield *field;      /* N_SELECT, N_HAS of a field */
    const struct xchild *child;      /* N_SELECT, N_HAS of children */
    const struct overload *overload; /* N_CALL whose types are known */
    const struct regex *regex;       /* N_CALL of matches() with a literal pattern */
    struct node *since; /* N_MACRO over facts: the earliest time that matters, or NULL */
    struct str path;    /* N_SELECT: as people know it, "opportunity.account.segment" */
};

struct expr {
    struct xtext source;
    struct str text;
    struct arena *arena;
    const struct xlimits *limits;
    enum xplace place;
    bool plain; /* XP_EVAL: IEEE doubles, dynamic types */
    struct node *root;
    const struct xobject *self;
    struct currency currency;
    uint8_t fiscal_month, fiscal_day;
    uint64_t cost;
    uint32_t n_locals;
    unsigned uses;
    VEC(struct xread) reads;
    VEC(struct xchange) changes;
};

/* Place of bytes [from, to) of the expression. */
struct span expr_span(const struct xtext *t, size_t from, size_t to);

/* ---- lex.c ---- */
struct lexer {
    struct str text;
    size_t at;
    struct arena *arena;
    const char *error; /* reason; the token then spans the fault */
    const char *help;
    struct token token; /* the current one */
};
void lexer_init(struct lexer *l, struct str text, struct arena *a);
bool lexer_next(struct lexer *l); /* false on a malformed token: see error */

/* ---- parse.c ---- */
/* The tree of e->text, or NULL with a diagnostic. */
struct node *expr_parse(struct expr *e, struct diags *ds);
struct node *node_new(struct arena *a, enum node_kind k, uint32_t from, uint32_t to);
/* The word that makes a call of `name` with `n` arguments a macro over a list; false for others. */
bool macro_named(struct str name, size_t n_args, enum macro *out);

/* ---- check.c ---- */
bool expr_check(struct expr *e, const struct xscope *scope, enum xkind want, struct diags *ds);

/* ---- reads.c ---- */
void expr_collect(struct expr *e); /* fills reads and uses */

/* ---- change.c ---- */
bool expr_time_terms(struct expr *e, struct diags *ds);

/* ---- lint.c ---- */
void expr_lint(const struct expr *e, bool selects, struct diags *ds);

/* ---- text ---- */
struct str kind_text(enum xkind k);
bool kind_is_number(enum xkind k);
bool type_same(const struct xtype *a, const struct xtype *b);

#endif
