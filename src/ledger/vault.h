/* vault.h - one key per person; what the ledger says about a person is readable only as long as the key is there.
 *           And keys that end with their term, for texts that are kept for a while: refused rows of an import.
 *
 * In:     person records' ids, values; terms, texts.   Out: sealed values, and back; keyed digests.
 * Owns:   `.revos/keys.db` and a cache of keys, wiped on close.
 * Errors: RC_NOT_FOUND: the key is gone, the value is erased; RC_CORRUPT: sealed bytes do not belong where they stand;
 *         RC_IO of the file.
 * Rule:   a key is made when first needed and must be on the disk before the event that needs it commits: vault_sync().
 *         A key without events is harmless. A key whose term is over opens nothing, and the next vault_open() destroys it.
 * Never:  stands in a backup of data; is used by two threads at once.
 */
#ifndef REVOS_LEDGER_VAULT_H
#define REVOS_LEDGER_VAULT_H

#include "base/diag.h"
#include "base/env.h"
#include "base/hash.h"
#include "base/value.h"

struct vault;

MUST_CHECK enum rc vault_open(const struct env *env, struct str path, struct vault **out,
                              struct diags *ds);
void vault_close(struct vault *v); /* NULL is allowed; keys not synced are lost */

/* Where a value stands; sealed bytes open nowhere else. */
struct vault_place {
    uint32_t object;
    uint64_t record, seq;
    uint64_t slot; /* field number, or SLOT_KEY + position of an external key */
};

/* Seals the canonical bytes of `plain` under the key of `person`, made when it has none; VT_SEALED in the arena. */
MUST_CHECK enum rc vault_seal(struct vault *v, uint64_t person, struct vault_place at,
                              const struct value *plain, struct arena *a, struct value *out);
/* Opens a sealed value; text in the arena. */
MUST_CHECK enum rc vault_unseal(struct vault *v, struct vault_place at, const struct value *sealed,
                                struct arena *a, struct value *out);
/* Writes the keys made since; RC_OK: they are on the disk. */
MUST_CHECK enum rc vault_sync(struct vault *v);
/* Destroys the key of a person, on the disk when it returns RC_OK; RC_NOT_FOUND when there is none. */
MUST_CHECK enum rc vault_destroy(struct vault *v, uint64_t person);

/* Until the next call the keys of `persons` are as if they were gone, on the disk they stay: for rows to be written as they will
 * read once vault_destroy() was called. The array outlives its use; n 0 ends it. Nothing of theirs may be sealed then. */
void vault_hide(struct vault *v, const uint64_t *persons, size_t n);

/* ---- texts for a term ------------------------------------------------------------------------------------------- */

/* Whose texts share a key: an import batch, or a small number of the caller's that no record has; > 0. */
struct vault_term {
    uint64_t batch;
    struct instant until; /* told to the key when it is made; later it stands */
};

/* Seals under the key of the term, made when there is none. RC_NOT_FOUND: the term is over. */
MUST_CHECK enum rc vault_seal_text(struct vault *v, struct vault_term term, struct vault_place at,
                                   struct str plain, struct arena *a, struct str *out);
/* RC_NOT_FOUND: the key is gone, the text has expired. */
MUST_CHECK enum rc vault_unseal_text(struct vault *v, struct vault_place at, struct str sealed,
                                     struct arena *a, struct str *out);

/* A digest under a secret of this workspace: equal for equal bytes, and nothing to guess at without keys.db. */
MUST_CHECK enum rc vault_digest(struct vault *v, struct str bytes, struct digest *out);
/* From now on `v`, the keys of a private copy, gives the digests that `of` gives. */
MUST_CHECK enum rc vault_digest_as(struct vault *v, struct vault *of);

#endif
