/* internal.h - what the files of current rows share; included nowhere else. */
#ifndef REVOS_PROJECTION_INTERNAL_H
#define REVOS_PROJECTION_INTERNAL_H

#include "projection/rows.h"

enum { SQL_MAX = 1 << 19, ROW_FIXED = 8 };

/* A field with a column of its own. */
struct own_column {
    size_t position; /* in object->fields */
    enum value_type type;
    bool reference;
};

/* An object as its table and its fold see it. */
struct object_plan {
    const struct object *object;
    struct fold_layout layout; /* own fields by number, stage fields */
    size_t *position;          /* of slot i in object->fields */
    struct own_column
        *columns; /* the same fields as object->fields has them, which is how the table has them */
    size_t n_columns;
    size_t created_at, updated_at; /* positions in object->fields */
    struct stmt *select, *insert, *update;
    struct stmt *update_light; /* without references: their indexes stay as they are */
};

struct projection {
    struct store *store;
    const struct model *model;
    struct arena *arena;
    struct object_plan *plans; /* by position in the model; facts have none (object NULL) */
    size_t n_plans;
    size_t *by_number; /* position + 1 by object number; 0: none */
    uint32_t max_number;
    struct buf stamps;
    struct arena *brief; /* of the record in hand; NULL until one is asked for */
};

/* Stage moves of a row that its table does not have yet. */
struct row_visits {
    VEC(struct row_move) moves;
    bool refold;     /* a late move: all visits of the record are made anew from the ledger */
    bool references; /* a reference changed */
};
struct row_move {
    uint32_t field, stage; /* stage 0: left without entering another */
    struct stamp at;
};

/* The plan of an object of this model; asserts that it is one with current rows. */
struct object_plan *plan_of(struct projection *p, const struct object *o);
/* Prepares its statements, once, when first needed: a verb that touches two objects does not wait for a hundred. */
MUST_CHECK enum rc plan_ready(struct projection *p, struct object_plan *plan);

/* Column `stamps`: 01, base (effective_at:z seq:u), life the same, n:u and n times number:u effective_at:z seq:u. Base is the
 * least stamp of the fields that hold a value; a field that holds one has the base's stamp, an empty one none, unless listed. */
void stamps_encode(const struct object_plan *plan, const struct row *r, struct buf *out);
MUST_CHECK enum rc stamps_decode(const struct object_plan *plan, struct str bytes, struct row *r);

/* `fresh`: the row was not stored before, so no visit of it is. */
MUST_CHECK enum rc visits_write(struct projection *p, struct row *r, bool fresh);
MUST_CHECK enum rc visits_replace(struct projection *p, const struct object *o, uint64_t record,
                                  const struct fold_visit *visits, size_t n);
MUST_CHECK enum rc keys_add(struct projection *p, const struct event *e, const struct event_key *k);
/* Keys and redirect of a record anew from its events. */
MUST_CHECK enum rc keys_refold(struct projection *p, uint32_t object, uint64_t record,
                               const struct event *events, const bool *active, size_t n);
MUST_CHECK enum rc redirect_add(struct projection *p, const struct event *e);
MUST_CHECK enum rc redirect_end(struct projection *p, const struct event *restore);
MUST_CHECK enum rc redirect_refold(struct projection *p, uint64_t record,
                                   const struct event *events, const bool *active, size_t n);

/* A row from the columns of plan->select, or of any statement with the same ones. */
MUST_CHECK enum rc row_read(const struct object_plan *plan, struct stmt *st, struct arena *a,
                            struct row **out);
/* Writes row, visits, keys and redirect of a record as its events say; `stored`: a row of it stands in the table. */
MUST_CHECK enum rc record_write(struct projection *p, const struct object *o, uint64_t record,
                                const struct event *events, size_t n, bool stored, struct arena *a,
                                struct row **out);

#endif
