/* outbox.h - messages put into the outbox, in the transaction of what asked for them.
 *
 * In:     EFFECT_SEND of a process.   Out: a row of table outbox, its texts sealed under a key of the month that ends.
 * Owns:   nothing.
 * Errors: those of the store and the vault, in the group.
 * Rule:   a message has a stable name; asked for again it is the same message.
 * Never:  sends; renders a template: connect/outbox.c does, from the record as it then is.
 */
#ifndef REVOS_ADMISSION_OUTBOX_H
#define REVOS_ADMISSION_OUTBOX_H

#include "ledger/vault.h"
#include "process/effect.h"

/* What a message says, as it is sealed. */
struct outbox_texts {
    struct str template_file, subject, text, purpose;
    uint64_t address_field; /* number in the record's object; 0: to a person */
};

/* Where the sealed texts stand: they open nowhere else. */
struct vault_place outbox_place(uint32_t object, uint64_t record, struct instant made_at);
MUST_CHECK enum rc outbox_seal(struct vault *v, struct vault_place at, const struct outbox_texts *t,
                               struct instant made_at, struct arena *a, struct str *out);
/* RC_NOT_FOUND: the key's term is over. */
MUST_CHECK enum rc outbox_unseal(struct vault *v, struct vault_place at, struct str sealed,
                                 struct arena *a, struct outbox_texts *out);

struct decision;
/* Puts the message of an EFFECT_SEND that follows from event `cause`; errors stand in the group. */
void outbox_put(struct decision *d, const struct effect *f, uint64_t cause);

#endif
