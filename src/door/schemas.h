/* schemas.h - the shapes of answers, by name: docs/api.md as a table (the notation is in shape.h).
 *
 * Out:   a table, sorted as docs/api.md tells it; every route names the one it answers.
 * Rule:  the document, the front end's types and the checks of the HTTP tests are made from here, and from nowhere else.
 */
#ifndef REVOS_DOOR_SCHEMAS_H
#define REVOS_DOOR_SCHEMAS_H

#include "door/shape.h"

const struct shape_def *door_schemas(size_t *n);

#endif
