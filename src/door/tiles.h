/* tiles.h - list and queue tiles: work that waits, as JSON. Private to the door.
 *
 * In:     the tile; of the request the person and the instants.   Out: member "work", or a filled problem.
 * Owns:   nothing.
 */
#ifndef REVOS_DOOR_TILES_H
#define REVOS_DOOR_TILES_H

#include "door/handlers.h"

/* Writes `"work": {…}` into the tile's object, or leaves it and fills `problem`. */
void tile_work(struct api *api, const struct request *q, const struct tile *t, struct json_out *w,
               struct response *problem);

#endif
