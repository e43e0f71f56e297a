/* expr_random.h - random records and random well-typed expressions over the model of expr_fixture.h.
 *
 * In:     draws of a property.   Out: a world, half of its values absent; the text of an expression of a wanted kind.
 * Rule:   smaller draws mean simpler expressions, so that a broken case shrinks.
 */
#ifndef TESTS_EXPR_RANDOM_H
#define TESTS_EXPR_RANDOM_H

#include "tests/expr_world.h"
#include "tests/prop.h"

enum {
    RX_OPPORTUNITIES = 4,
    RX_ACCOUNTS = 3,
    RX_PERSONS = 3,
    RX_TICKETS = 5,
    RX_TOUCHES = 6,
    RX_TEXT = 8192
};

/* Replaces the world: opportunities first. */
void rx_world(struct prop *p, struct fx_world *w);

struct rx {
    struct prop *p;
    char text[RX_TEXT];
    size_t n;
    struct {
        char name[8];
        const struct xobject *object;
    } vars[4]; /* records in scope */
    size_t n_vars;
};

void rx_init(struct rx *g, struct prop *p);
/* Appends an expression of kind `k`, nested at most about `depth` deep. */
void rx_expr(struct rx *g, enum xkind k, int depth);

#endif
