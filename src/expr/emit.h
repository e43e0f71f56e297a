/* emit.h - the state of one emission, inside src/expr only: emit.c (names, logic), emit_op.c (operators, functions),
 * emit_child.c (elements of lists).
 *
 * In:     checked nodes.   Out: SQL texts in the query's arena, each safe to stand anywhere.
 * Errors: the first failure sets rc, reason and place, and everything after it is skipped.
 */
#ifndef REVOS_EXPR_EMIT_H
#define REVOS_EXPR_EMIT_H

#include "expr/check.h"
#include "expr/sql.h"

/* A joined row, shared by all who ask for the same id. */
struct xjoin {
    struct str alias, on;
    const struct xobject *object;
};

/* A FROM clause: the caller's, or that of a subquery over children. */
struct xscope_sql {
    struct xscope_sql *outer;
    struct buf *joins;
    VEC(struct xjoin) joined;
};

/* A row under an alias, in the scope whose FROM has it. */
struct row_ref {
    struct str alias;
    const struct xobject *object;
    struct xscope_sql *scope;
    bool certain; /* the row is there; a joined one may not be */
};

struct sql {
    struct str text;
    struct str currency; /* of money */
};

/* What a macro variable stands for: a row, or a value already said. */
struct bound_local {
    bool is_row;
    struct row_ref row;
    struct sql value;
    struct xscope_sql *scope;
};

struct emitter {
    struct xquery *q;
    const struct expr *e;
    struct arena *a;
    struct xscope_sql *scope; /* the innermost */
    struct bound_local locals[LOCALS_MAX];
    enum rc rc;
};

bool emit_fail(struct emitter *m, const struct node *n, enum rc rc, const char *reason);
/* Text in the arena; fails when it grows beyond the query's bound. */
struct str emit_text(struct emitter *m, const struct node *n, const char *fmt, ...)
    PRINTF_LIKE(3, 4);
/* The buffer's text in the arena; releases the buffer. */
struct str emit_taken(struct emitter *m, struct buf *b);
/* Applies a leaf. */
bool emit_leaf(struct emitter *m, const struct node *n, enum xleaf leaf, const struct str *args,
               size_t n_args, struct str *out);

/* Three-valued value of `n`. */
bool emit_value(struct emitter *m, const struct node *n, struct sql *out);
/* A text that is true exactly when `n` is. */
bool emit_truth(struct emitter *m, const struct node *n, struct str *out);
/* The row that a record-valued node means, joining it where needed. */
bool emit_row(struct emitter *m, const struct node *n, struct row_ref *out);
/* The raw column of a field: numbers, where the field has a closed list. */
bool emit_field(struct emitter *m, const struct node *n, struct sql *out);
bool emit_row_id(struct emitter *m, const struct node *n, const struct row_ref *row,
                 struct str *out);
/* Does the value of `n` not depend on the row? Then it is a parameter. */
bool emit_constant(const struct node *n);
bool emit_param(struct emitter *m, const struct node *n, struct sql *out);
bool emit_text_param(struct emitter *m, const struct node *n, struct str text, struct str *out);
struct str new_alias(struct emitter *m, const char *prefix);

/* ---- emit_op.c ---- */
bool emit_call(struct emitter *m, const struct node *n, struct sql *out);
bool emit_in_list(struct emitter *m, const struct node *n, struct sql *out);
/* a = b as the evaluator compares them. */
bool emit_equal(struct emitter *m, const struct node *n, const struct node *a, const struct node *b,
                struct str *out);

/* ---- emit_child.c ---- */
bool emit_macro(struct emitter *m, const struct node *n, struct sql *out);
bool emit_macro_truth(struct emitter *m, const struct node *n,
                      struct str *out); /* false without rc: not possible so */
bool emit_has_children(struct emitter *m, const struct node *n, struct sql *out);
bool emit_list_size(struct emitter *m, const struct node *n, struct sql *out);
bool emit_in_children(struct emitter *m, const struct node *n, struct sql *out);

#endif
