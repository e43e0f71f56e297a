/* judging.h - an admission over a reading connection: it judges stored records and could not write if it tried.
 *
 * In:     a reader inside its snapshot.   Out: an admission for admission_audit and what stands on it.
 * Owns:   the admission and its ledger, until judging_close; the reader must outlive them.
 * Errors: those of the store; closing after a failed open is allowed.
 */
#ifndef REVOS_DOOR_JUDGING_H
#define REVOS_DOOR_JUDGING_H

#include "door/handlers.h"

struct judging {
    struct ledger *ledger;
    struct admission *admission;
};

MUST_CHECK enum rc judging_open(struct api *api, struct reader *reader, struct judging *out);
void judging_close(struct judging *j);

#endif
