/* rowset.h - rows by id, of records and of facts alike, with what they refer to. Private to the door.
 *
 * In:     a reader, ids.   Out: rows in the arena; titles of the records they name.
 * Owns:   nothing.   Errors: those of the store.
 */
#ifndef REVOS_DOOR_ROWSET_H
#define REVOS_DOOR_ROWSET_H

#include "door/readers.h"
#include "face/record_json.h"
#include "projection/titles.h"

/* rows[i] is NULL where there is none; a fact row has the seq of its batch as version. */
MUST_CHECK enum rc rowset_load(struct reader *reader, const struct object *o, const uint64_t *ids,
                               size_t n, struct arena *a, struct row **rows);
/* Titles as the faces ask for them. */
struct record_names rowset_names(struct titles *t);

#endif
