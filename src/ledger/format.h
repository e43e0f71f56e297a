/* format.h - how an event and a fact row look as bytes; the hashes stand on them, so they never change, they are added to.
 *
 * Notation: u = varint (LEB128, shortest form), z = zigzag varint, t = u length and that many bytes, v = one value
 * (base/value.h, format 1), d = 32 bytes of BLAKE2b. Times are microseconds UTC.
 *
 * Event (format 1), without its hash:
 *     01 kind:byte seq:u txn:u recorded_at:z effective_at:z actor:t cause:u object:u record:u model_version:u body:t
 * Chain: hash(e) = BLAKE2b-256(hash of the event before, 32 zero bytes at the first ‖ bytes of e).
 *
 * Body (format 1), column `patch`:
 *     create      01 home:u fields keys reason:t
 *     patch, key  01 fields keys reason:t
 *     fields      n:u then n times: number:u v                         numbers ascending
 *     keys        n:u then n times: key:u flags:byte source:t v        flags 1 = leaves the record; v text or sealed
 *     delete, restore   01
 *     retract     01 batch:u n:u first:u then n-1 times: difference:u  ascending, so each difference is at least 1
 *     batch       01 rows:u first:u last:u d                   ids of the first and last row
 *     version     01 version:u d sources:t numbering:t
 *     redirect    01 into:u
 *     erase       01 n:u then n times: d, reason:t
 *     import      01 batch:u phase:byte source:t file:t d rows:u created:u updated:u unchanged:u merged:u quarantined:u
 *     genesis     01 workspace:16 bytes zone:t format:u
 *
 * Sealed value: type VT_SEALED, its bytes are  person:u mark:8 bytes nonce:24 bytes ciphertext. The mark tells apart the keys
 * that a person had one after the other: the first bytes of BLAKE2b of "mark of a person's key", keyed with the key. The
 * ciphertext is XChaCha20-Poly1305 (libsodium's aead_xchacha20poly1305_ietf) of the value's canonical bytes under the person's
 * key, with the additional data
 *     object:u record:u seq:u slot:u                     slot: field number, or for external keys 2^32 + position
 * (of a fact row: its id as record, the batch's seq) and nonce = BLAKE2b-192 keyed with the person's key over additional
 * data ‖ plain bytes: no randomness, so the same input gives the same bytes.
 *
 * Fact row (format 1), hashed one after the other into the batch's digest; over columns as stored, so that checking needs no
 * model and goes on when a field has left it:
 *     01 id:u home:u at:z n:u then n times: column:u cell      columns that are not NULL, ascending
 *     column      twice the field number; plus 1 for the currency of money
 *     cell        01 z (integer) | 02 8 bytes big endian IEEE 754 | 03 t (text) | 04 t (blob)
 */
#ifndef REVOS_LEDGER_FORMAT_H
#define REVOS_LEDGER_FORMAT_H

#include "ledger/event.h"

enum { EVENT_FORMAT = 1, BODY_FORMAT = 1, FACT_FORMAT = 1 };

#define SLOT_KEY (UINT64_C(1) << 32)

void text_put(struct buf *out, struct str s); /* t */
MUST_CHECK bool text_get(struct str *in, struct str *out);
MUST_CHECK bool byte_get(struct str *in, uint8_t *out);
void digest_put(struct buf *out, struct digest d);
MUST_CHECK bool digest_get(struct str *in, struct digest *out);
/* Whose value a sealed text is; 0 when it is malformed. */
uint64_t sealed_person(struct str sealed);

#endif
