/* schema.h - the fixed tables of a workspace's database, and whether a file is one; for store/ only.
 *
 * In:     a connection just opened.   Out: the tables of sql/ (statements named create_…), made when absent.
 * Errors: RC_INVALID with a diagnostic: the file is another program's, or of a newer format.
 */
#ifndef REVOS_STORE_SCHEMA_H
#define REVOS_STORE_SCHEMA_H

#include "store/store.h"

#define STORE_APPLICATION INT64_C(0x5245564F) /* "REVO" in the file's header */
#define STORE_FORMAT INT64_C(2)

MUST_CHECK enum rc schema_ready(struct store *s, struct str path, struct diags *ds);

#endif
