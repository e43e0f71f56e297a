/* metric_expr.h - the arithmetic of derived metrics: names of metrics, decimals, + - * /, parentheses, unary minus.
 *
 * In:     text.   Out: a tree.   Owns: nothing; the tree lives in the arena given.
 * Errors: M0503 in `ds`, with the place of what could not be read.
 * Never:  evaluates; whoever does works with exact fractions and gives no value for a missing input or a zero divisor.
 */
#ifndef REVOS_MODEL_METRIC_EXPR_H
#define REVOS_MODEL_METRIC_EXPR_H

#include "model/model.h"

enum metric_op { MT_NUMBER, MT_METRIC, MT_ADD, MT_SUB, MT_MUL, MT_DIV, MT_NEG };

struct metric_term {
    enum metric_op op;
    struct decimal number;            /* MT_NUMBER */
    struct str name;                  /* MT_METRIC, as written */
    const struct metric *metric;      /* MT_METRIC, once resolved */
    size_t input;                     /* MT_METRIC: its position in the metric's inputs */
    struct metric_term *left, *right; /* operands; MT_NEG has only `left` */
    size_t from, to;                  /* bytes of the text */
};

#define METRIC_TERMS_MAX 256
#define METRIC_DEPTH_MAX 32

/* Parses the text of `n` (a scalar); NULL after complaining. */
struct metric_term *metric_expr_parse(const struct node *n, struct arena *a, struct diags *ds);
/* One spelling per tree: fully bracketed where precedence needs it. */
void metric_expr_text(const struct metric_term *t, struct buf *out);

#endif
