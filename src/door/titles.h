/* titles.h - what records are called: the text of their object's title field. Private to the door.
 *
 * In:     a reader; ids wanted, gathered first.   Out: titles, and whether a record is there, after one load per object.
 * Owns:   nothing; lives in the arena given.   Errors: those of the store.
 */
#ifndef REVOS_DOOR_TITLES_H
#define REVOS_DOOR_TITLES_H

#include "door/readers.h"

struct wanted_ids;

struct titles {
    struct reader *reader;
    struct arena *arena;
    struct wanted_ids *objects; /* by position in the model */
};

void titles_init(struct titles *t, struct reader *reader, struct arena *a);
void titles_want(struct titles *t, const struct object *o, uint64_t id);
MUST_CHECK enum rc titles_load(struct titles *t);
/* The title, or the id's text where there is none. Asserts that the id was wanted and loaded. */
struct str titles_text(const struct titles *t, const struct object *o, uint64_t id);
bool titles_deleted(const struct titles *t, const struct object *o, uint64_t id);

#endif
