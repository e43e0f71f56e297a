/* erase.h - a person leaves: found as people name records, erased everywhere, the warehouse's file included.
 *
 * In:     an object, an id or a value of one of its keys, a reason.   Out: what was erased.
 * Owns:   nothing.
 * Errors: RC_NOT_FOUND, RC_CONFLICT (two records answer to the text), RC_INVALID (the object says nothing of persons, or the
 *         reason is empty or too long), RC_LIMIT; those of admission_erase. A diagnostic (K03xx) says which.
 * Rule:   the warehouse's file goes before anything else: whatever happens then, it is made anew from what the ledger says; one
 *         that is left follows an erasure by beginning anew.
 * Served: the keys of persons are known to every connection, and the file is in use: whoever erases lets go of both behind it
 *         (app/host.h).
 */
#ifndef REVOS_CARE_ERASE_H
#define REVOS_CARE_ERASE_H

#include "admission/erase.h"
#include "base/diag.h"

struct erase_order {
    struct admission *admission;
    const struct env *env;
    const char *warehouse; /* path of its file; NULL: whoever has it open removes it */
    const struct object *object;
    struct str who; /* "con_00D3F4G5H6J7K", or a value of a key */
    struct str reason;
    struct actor actor;
    bool allow_return;
};

MUST_CHECK enum rc care_erase(const struct erase_order *o, struct arena *a, uint64_t *record,
                              struct erased *out, struct diags *ds);

#endif
