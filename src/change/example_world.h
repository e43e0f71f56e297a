/* example_world.h - the private company in which one example plays: a store in memory, the real admission, a clock that is played.
 *
 * In:     a compiled model, an instant; steps as nodes (docs/examples.md).
 * Out:    verdicts of what was written; records that look as a pattern says.
 * Owns:   store, vault, ledger, projection and admission, until world_close.
 * Errors: V0201 for what is no step, with its place, and RC_INVALID; those of the store.
 * Never:  touches the workspace's data; waits.
 */
#ifndef REVOS_CHANGE_EXAMPLE_WORLD_H
#define REVOS_CHANGE_EXAMPLE_WORLD_H

#include "admission/admission.h"
#include "model/tree.h"

struct named_record {
    struct str name;
    const struct object *object;
    uint64_t id;
};

enum { WORLD_NAMES_MAX = 256 };

struct world {
    const struct model *model;
    struct arena *arena;
    struct diags *ds;
    struct env_sim env; /* its clock is the example's */
    struct store *store;
    struct vault *vault;
    struct ledger *ledger;
    struct projection *projection;
    struct admission *admission;
    struct named_record names[WORLD_NAMES_MAX]; /* `as: NAME` */
    size_t n_names;
};

/* The model goes live at `now` in an empty company, its people seeded. Close it whatever the answer. */
MUST_CHECK enum rc world_open(struct world *w, const struct model *model, struct instant now,
                              struct arena *a, struct diags *ds);
void world_close(struct world *w);

/* {OBJECT: {FIELD: VALUE}, as: NAME, by: PERSON, reason: TEXT}: a record made, or the one of that name changed; a row, when the
 * object is one of facts. */
MUST_CHECK enum rc world_write(struct world *w, const struct node *step, struct verdict *out);
/* Time passes, and what falls due meanwhile happens, each at its instant. `text`: 2h, 5d. */
MUST_CHECK enum rc world_wait(struct world *w, struct span at, struct str text);

struct world_found {
    const struct object *object;
    size_t n;    /* how many records look so */
    uint64_t id; /* of the first */
    struct str
        near; /* when there is none: what the one that comes nearest has otherwise, a line; empty: there is no record at all */
};
/* {OBJECT: {FIELD: VALUE}}: live records whose fields are as said, values written as people read them, '' for an empty one. */
MUST_CHECK enum rc world_find(struct world *w, const struct node *pattern, struct world_found *out);
/* How many of `fields`, a map, that record has as said; `why`: a line about the first that it has not, empty when it has all. */
MUST_CHECK enum rc world_compare(struct world *w, const struct object *o, uint64_t id,
                                 const struct node *fields, size_t *same, struct str *why);
/* From now on `name` speaks of that record. */
MUST_CHECK enum rc world_name(struct world *w, struct span at, struct str name,
                              const struct object *o, uint64_t id);
/* RC_INVALID, with a diagnostic V0201 at that place. */
PRINTF_LIKE(3, 4) enum rc world_complain(struct world *w, struct span at, const char *fmt, ...);

#endif
