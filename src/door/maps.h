/* maps.h - mapping files of the workspace, by name. Private to the door.
 *
 * In:     the workspace's folder maps/.   Out: texts and compiled mappings.
 * Owns:   nothing; a mapping's zones until mapping_close.
 * Never:  reads a path from outside: a name is letters, digits, '_' and '-'; a file has at most 1 MiB.
 */
#ifndef REVOS_DOOR_MAPS_H
#define REVOS_DOOR_MAPS_H

#include "connect/mapping.h"
#include "door/handlers.h"

bool map_name_good(struct str name);
/* RC_NOT_FOUND, RC_LIMIT, RC_IO. */
MUST_CHECK enum rc map_text(struct api *api, struct str name, struct arena *a, struct str *out);

#endif
