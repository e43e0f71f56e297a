/* unsubscribe.h - the link in a mail by which somebody takes their consent back, without a login.
 *
 * In:     a record, a purpose, the workspace's secret.   Out: a token nobody can make up; from it, the record and purpose.
 * Owns:   nothing.
 * Errors: those of the vault; RC_NOT_FOUND for a token that is none, or whose purpose is no longer in the model.
 * Never:  names the person: a token is a record's id, a purpose and a keyed digest.
 */
#ifndef REVOS_CONNECT_UNSUBSCRIBE_H
#define REVOS_CONNECT_UNSUBSCRIBE_H

#include "ledger/vault.h"
#include "model/model.h"
#include "model/tree.h"

MUST_CHECK enum rc unsubscribe_token(struct vault *v, const struct object *o, uint64_t record,
                                     struct str purpose, struct arena *a, struct str *out);

struct unsubscribe {
    const struct definition *consent;
    const struct field *field; /* to be set to false */
    uint64_t record;           /* of field->object */
};
MUST_CHECK enum rc unsubscribe_read(struct vault *v, const struct model *m, struct str token,
                                    struct arena *a, struct unsubscribe *out);

#endif
