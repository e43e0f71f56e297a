/* eval.h - the parts of the evaluator, inside src/expr only: eval.c walks, macro.c goes over elements, xvalue.c converts.
 *
 * In:     a running evaluation.   Out: values.   Never: leaves `out` unset.
 */
#ifndef REVOS_EXPR_EVAL_H
#define REVOS_EXPR_EVAL_H

#include "expr/call.h"

/* A fault outweighs an absence, the first of equals counts. */
void keep_worse(struct xvalue *kept, const struct xvalue *v);
/* Evaluates all arguments; false, with the worst outcome in `out`, unless every one is a value. */
bool eval_args(struct run *r, const struct node *n, struct xvalue *args, struct xvalue *out);
/* Follows a reference that is not loaded yet; false with absent or fault in `out`. */
bool eval_load(struct run *r, const struct node *n, struct xrecord *rec, struct xvalue *out);
bool eval_equal(struct run *r, const struct node *n, const struct xvalue *a, const struct xvalue *b,
                bool *equal, struct xvalue *out);

/* ---- macro.c ---- */
void eval_children(struct run *r, const struct node *n, const struct xrecord *parent,
                   const struct xwindow *w, struct xvalue *out);
void eval_macro(struct run *r, const struct node *n, struct xvalue *out);

/* ---- xvalue.c ---- */
bool xvalue_of_json(struct str text, struct arena *a,
                    struct xvalue *out); /* false: not JSON, or too large */
/* Text member of a stored JSON object; false when it is not there. */
bool struct_member(struct str json, struct str name, struct arena *a, struct xvalue *out);

#endif
