/* numbering.h - names of definitions to numbers that are never reused.
 *
 * In:     names in the order of the model; `was` for renames.
 * Out:    numbers: those of the live model, new ones counting up in order of asking. Old entries stay for ever.
 * Owns:   nothing; everything lives in the arena given.
 * Errors: numbering_decode gives RC_CORRUPT.
 * Rule:   a field's number belongs to its name *and* type: another type is another column. A name that vanished and
 *         comes back with the same type gets its old number, so that a rollback finds its data.
 */
#ifndef REVOS_MODEL_NUMBERING_H
#define REVOS_MODEL_NUMBERING_H

#include "base/text.h"

enum number_kind {
    NUM_OBJECT = 1, /* parent 0 */
    NUM_FIELD,      /* parent: object */
    NUM_VALUE,      /* of an enum or stage field; parent: object, field */
    NUM_PROCESS,    /* parent 0 */
    NUM_METRIC,     /* parent 0 */
    NUM_KEY         /* external key; parent: object */
};

struct number_scope {
    enum number_kind kind;
    uint32_t object, field; /* 0 where the kind has none */
};

struct numbering;

/* `live` may be NULL. The copy is independent of it but for texts. */
struct numbering *numbering_new(const struct numbering *live, struct arena *a);

/* The number of `name`: known, or known as `was` and now renamed, or new. `was` and `type` may be empty. */
uint32_t numbering_give(struct numbering *n, struct number_scope scope, struct str name,
                        struct str was, struct str type);
/* Takes `number` for `name`, as builtin definitions do. */
void numbering_fix(struct numbering *n, struct number_scope scope, struct str name, struct str type,
                   uint32_t number);
/* The number that `name` has now; 0 when it has none. */
uint32_t numbering_find(const struct numbering *n, struct number_scope scope, struct str name,
                        struct str type);
/* The latest name of a number, also of one no longer in the model; empty when never given. */
struct str numbering_name(const struct numbering *n, struct number_scope scope, uint32_t number);
/* `live` with every number named as in `old`: what a rollback to `old` compiles against. */
struct numbering *numbering_rolled_back(const struct numbering *live, const struct numbering *old,
                                        struct arena *a);

/* Canonical bytes, format 1: equal numberings, equal bytes. */
void numbering_encode(const struct numbering *n, struct buf *out);
MUST_CHECK enum rc numbering_decode(struct str bytes, struct arena *a, struct numbering **out);

#endif
