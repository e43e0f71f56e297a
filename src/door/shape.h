/* shape.h - what an answer looks like, in a notation short enough for a table, as JSON Schema.
 *
 *     type   = one { "|" one }                    "string|null"
 *     one    = "{" [ member { "," member } ] "}"  an object with these members and no others
 *            | "[" type "]" | "<" type ">"        a list; an object whose keys are names of the workspace
 *            | "'" text "'"                       this text; several by | are an enumeration
 *            | string | integer | number | boolean | true | null | any
 *            | Name                               a schema of the table
 *     member = key [ "?" ] ":" type | "..." Name  a key, that may be missing; the members of another schema of the table
 *
 * In:     text of the program.   Out: JSON Schema 2020-12, as OpenAPI 3.1 embeds it.
 * Errors: none; text that is not in the notation is a bug.
 */
#ifndef REVOS_DOOR_SHAPE_H
#define REVOS_DOOR_SHAPE_H

#include "base/json.h"

struct shape_def {
    const char *name, *shape;
};

void shape_put(const struct shape_def *table, size_t n, const char *shape, struct json_out *w);

#endif
