/* check.h - the type checker's state, shared by check.c (names, places, operators) and check_call.c (calls, macros).
 *
 * In:     a tree and a scope.   Out: every node typed and resolved, or diagnostics.
 * Never:  stops at the first error; a part that failed has type dyn, which fits everywhere, so errors do not cascade.
 */
#ifndef REVOS_EXPR_CHECK_H
#define REVOS_EXPR_CHECK_H

#include "expr/call.h"

enum { LOCALS_MAX = 17 /* the last is the emitter's own */ };

struct local {
    struct str name, path;
    struct xtype type;
};

struct checker {
    struct expr *e;
    const struct xscope *scope;
    struct arena *arena;
    struct diags *ds;
    struct local locals[LOCALS_MAX];
    uint32_t n_locals, macro_depth;
    bool failed;
};

void check_node(struct checker *c, struct node *n);
/* An error over [from, to) of the text; returned for its help. */
struct diag *check_error(struct checker *c, const char *code, uint32_t from, uint32_t to,
                         const char *fmt, ...) PRINTF_LIKE(5, 6);
void check_help(struct checker *c, struct diag *d, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* Is the type `kind`, or not known before run time? Else an error that says what was wanted. */
void check_want(struct checker *c, struct node *n, enum xkind kind, const char *where);
/* The field whose closed list of names the node's value is from, or NULL. */
const struct xfield *names_of(const struct node *n);
/* Checks a literal compared with a value of `f`. */
void check_name(struct checker *c, const struct xfield *f, struct node *literal);
bool types_comparable(struct checker *c, struct node *n, struct node *a, const struct xtype *at,
                      struct node *b, const struct xtype *bt);

/* ---- check_call.c ---- */
void check_call(struct checker *c, struct node *n);
void check_macro(struct checker *c, struct node *n);
void check_changed(struct checker *c, struct node *n);

#endif
