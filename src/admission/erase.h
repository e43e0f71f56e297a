/* erase.h - a person's values destroyed: their key goes, what stood in the clear is blanked, and match values may not return.
 *
 * In:     the record that is the person, why, by whom.
 * Out:    an erase event on each record that held a value of the person; rows and keys as a replay without the key gives them.
 * Owns:   table erase_pending.
 * Errors: RC_UNSUPPORTED without a vault; RC_LIMIT beyond ERASE_RECORDS_MAX records; those of the store and the vault. Until the
 *         commit nothing has changed; from the commit on the key goes at the latest with the next admission_open.
 * Rule:   whose a value is, the ledger says: records merged into the person, and fields of other records that name the person
 *         by `person_of`, are found by the seals themselves.
 * Never:  rewrites an event; touches a fact row: its personal columns are sealed and lose their key.
 */
#ifndef REVOS_ADMISSION_ERASE_H
#define REVOS_ADMISSION_ERASE_H

#include "admission/admission.h"

enum {
    ERASE_RECORDS_MAX = 100000,
    ERASE_VALUES_MAX = 256 /* match values a record keeps hashes of, those said last */
};

struct erasing {
    const struct object *object; /* of the live model, no fact object */
    uint64_t record;             /* redirects resolved */
    struct actor actor;
    struct str reason; /* at most EVENT_REASON_MAX bytes */
    bool allow_return; /* keep no hashes, and forget those kept before */
};

struct erased {
    uint64_t seq;     /* of the person's own event */
    size_t records;   /* that held values */
    size_t persons;   /* keys: the person's, and those of records merged into it */
    size_t hashes;    /* of values that may not return */
    size_t held_rows; /* refused rows whose texts were blanked */
};

MUST_CHECK enum rc admission_erase(struct admission *a, const struct erasing *what,
                                   struct arena *arena, struct erased *out);

#endif
