/* held.h - what a refused row keeps: sealed under a key of its import that ends after HELD_DAYS, and how it is settled.
 *
 * In:     the row's place, its texts.   Out: bytes for table quarantine, and the texts again.
 * Errors: those of the vault and the store; RC_NOT_FOUND: the key is gone, the texts have expired; RC_CORRUPT.
 * Never:  keeps a cell's content in clear: only the code and the name of the field stand beside the seal.
 */
#ifndef REVOS_ADMISSION_HELD_H
#define REVOS_ADMISSION_HELD_H

#include "admission/command.h"
#include "ledger/vault.h"

struct store;

enum { HELD_DAYS = 90 };

enum held_state { HELD_OPEN, HELD_ADMITTED, HELD_GIVEN_UP, HELD_READ_AGAIN };

/* Where a refused row stands; the seal opens nowhere else. */
struct held_place {
    uint32_t object;
    uint64_t batch, row; /* 0: came through a door that has none */
    struct instant at;
};

struct held_texts {
    struct str value, text, findings; /* findings: JSON array */
};

/* `vault` NULL: nothing is kept, and reads as expired. */
MUST_CHECK enum rc held_seal(struct vault *vault, const struct held_place *at,
                             const struct held_texts *texts, struct arena *a, struct str *out);
MUST_CHECK enum rc held_unseal(struct vault *vault, const struct held_place *at, struct str sealed,
                               struct arena *a, struct held_texts *out);

/* An accepted verdict under its idempotency key, sealed for the month it came in and HELD_DAYS behind it; `at`: when it came.
 * `vault` NULL: it stands as it is. RC_NOT_FOUND: it has expired. */
MUST_CHECK enum rc held_seal_answer(struct vault *vault, struct instant at, struct str answer,
                                    struct arena *a, struct str *out);
MUST_CHECK enum rc held_unseal_answer(struct vault *vault, struct instant at, struct str sealed,
                                      struct arena *a, struct str *out);

/* Closes an open row, inside the caller's transaction; false in `*changed` when it was not open. */
MUST_CHECK enum rc held_settle(struct store *s, uint64_t id, enum held_state state,
                               const struct actor *who, struct instant at, bool *changed);

#endif
