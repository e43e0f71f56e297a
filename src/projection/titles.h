/* titles.h - what records are called: by the fields that are their object's title.
 *
 * In:     ids wanted, gathered first.   Out: titles, and whether a record is there, after one load per object and per step
 *         from a record to the one it is called after.
 * Owns:   nothing; lives in the arena given.   Errors: those of the store.
 */
#ifndef REVOS_PROJECTION_TITLES_H
#define REVOS_PROJECTION_TITLES_H

#include "projection/rows.h"

struct wanted_ids;

/* What a record referred to is called; `*deleted` when it is no longer there. */
struct record_names {
    void *self;
    struct str (*title)(void *self, const struct object *o, uint64_t id, bool *deleted);
};
/* What the record of `r` is called: "Ember Pharma · Platform", "Max Weber"; its id's text where it is called nothing. Without
 * `names` what it refers to is left out. */
struct str row_title(const struct row *r, const struct record_names *names, struct arena *a);

struct titles {
    struct projection *projection;
    struct arena *arena;
    struct wanted_ids *objects; /* by position in the model */
};

void titles_init(struct titles *t, struct projection *p, struct arena *a);
void titles_want(struct titles *t, const struct object *o, uint64_t id);
/* Everything that the row refers to; enough for its own title too. */
void titles_want_row(struct titles *t, const struct row *r);
MUST_CHECK enum rc titles_load(struct titles *t);
/* What it is called; the id's text where it is not there. Asserts that the id was wanted and loaded. */
struct str titles_text(const struct titles *t, const struct object *o, uint64_t id);
/* The person in the actor of an event: "person:8162…". Other actors want nothing. */
void titles_want_actor(struct titles *t, struct str actor);
/* That actor with the person's short name: "person:tia"; as it is when it is no person, or one without a name any more. */
struct str titles_actor(const struct titles *t, struct str actor);
/* A person's short name, their key in the model and at the terminal; empty where there is none. Likewise. */
struct str titles_person(const struct titles *t, uint64_t id);
bool titles_deleted(const struct titles *t, const struct object *o, uint64_t id);

#endif
