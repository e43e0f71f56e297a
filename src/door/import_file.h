/* import_file.h - an uploaded file under its mapping, ready to import. Private to the door.
 *
 * In:     an upload; the parameters object, name, map, column.
 * Out:    an open table and a bound mapping, with the text a retry reads it by; or a problem.
 * Owns:   both, until import_file_close.
 */
#ifndef REVOS_DOOR_IMPORT_FILE_H
#define REVOS_DOOR_IMPORT_FILE_H

#include "connect/form.h"
#include "door/maps.h"

struct import_file {
    const struct object *object;
    struct str name;     /* of the file, as uploaded */
    struct str map_name; /* empty: proposed */
    struct table *table;
    struct mapping *mapping;
    struct str mapping_text;
    bool proposed;
    struct diags ds;
};

/* Opens the upload under its mapping, or under a proposed one; false after a problem. Close it in any case. */
bool import_file_open(struct api *api, const struct request *q, struct response *r,
                      struct import_file *f);
void import_file_close(struct import_file *f);

#endif
