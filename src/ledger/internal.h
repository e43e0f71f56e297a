/* internal.h - what the files of ledger/ share; included nowhere else. */
#ifndef REVOS_LEDGER_INTERNAL_H
#define REVOS_LEDGER_INTERNAL_H

#include "ledger/ledger.h"
#include "ledger/vault.h"

struct ledger {
    struct store *store;
    struct vault *vault;
    struct ledger_head head, group; /* now, and at the begin of the group */
    struct ledger_head command;     /* at the begin of the command */
    bool in_group, in_command;
    bool guarded;               /* a savepoint stands at the begin of the command */
    struct instant recorded_at; /* of the command */
    struct buf body, bytes;
    struct arena *arena; /* of one append */
};

/* Stamps and writes an event whose body is in l->body. */
MUST_CHECK enum rc ledger_write(struct ledger *l, struct event *e);
/* Opens sealed values of `e` in place; those without key become absent, keys empty. */
MUST_CHECK enum rc event_unseal(struct vault *v, struct arena *a, struct event *e);

/* Own columns of a fact object by ascending field number, made once for many rows. */
struct fact_shape {
    const struct object *object;
    const size_t *order; /* positions in object->fields */
    size_t n;
    bool personal; /* some field is */
};
struct fact_shape fact_shape(const struct object *o, struct arena *a);
/* Canonical bytes of a fact row, as hashed into its batch; personal values are sealed already. */
void fact_row_encode(const struct fact_shape *shape, const struct fact_row *row, struct buf *out);

#endif
