/* identity.h - what a row of a source is called, so that its next coming is known for the same row.
 *
 * In:     mapped rows in the order of the file.
 * Out:    the values of the object's key when the mapping fills one, the id in the source's own system, else the BLAKE2b of
 *         the mapped row and the number of its occurrence: identical rows may be different things.
 * Owns:   a private database on disk for the occurrences; memory stays flat.
 */
#ifndef REVOS_CONNECT_IDENTITY_H
#define REVOS_CONNECT_IDENTITY_H

#include "base/env.h"
#include "connect/mapping.h"
#include "connect/table.h"

struct identities;

MUST_CHECK enum rc identities_open(const struct env *env, const struct mapping *map,
                                   struct identities **out, struct diags *ds);
void identities_close(struct identities *ids); /* NULL is allowed */

/* Identity of the next row of the file; `*out` lives in the arena. */
MUST_CHECK enum rc identity_of(struct identities *ids, const struct mapped_row *row,
                               struct arena *a, struct str *out);
/* Counts a row that an earlier run has done already. */
MUST_CHECK enum rc identity_pass(struct identities *ids, const struct table_row *row,
                                 struct arena *a);

#endif
