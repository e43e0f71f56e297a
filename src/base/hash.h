/* hash.h - BLAKE2b through libsodium, and ids.
 *
 * digest: 32 bytes; canonical dumps, ledger chain, file and row hashes.
 * id:     64 bits = 41 bits of ms since 2020-01-01Z, 10 bits node, 12 bits counter; never behind the last one made.
 *         Shown as a prefix and 13 Crockford base32 digits: "opp_00D3F4G5H6J7K".
 */
#ifndef REVOS_BASE_HASH_H
#define REVOS_BASE_HASH_H

#include "base/text.h"
#include "base/time.h"

struct digest {
    uint8_t b[32];
};

struct digest digest_of(struct str bytes);
bool digest_eq(struct digest a, struct digest b);
struct str digest_hex(struct digest d, char out[65]);
bool digest_parse(struct str hex, struct digest *out);

/* Incremental digest; the state is 64-byte aligned and holds no pointer. */
struct hasher {
    _Alignas(64) unsigned char state[384];
};
void hasher_init(struct hasher *h);
void hasher_put(struct hasher *h, struct str bytes);
struct digest hasher_done(struct hasher *h);

struct id_source {
    uint64_t last; /* greatest id made or seen */
    uint32_t node; /* 0..1023 */
};
/* The next id at `now`; strictly greater than `last`, running ahead of the clock if 4,096 were made in one ms. */
uint64_t id_next(struct id_source *s, struct instant now);
struct instant id_instant(uint64_t id);
/* The prefix comes without its '_' and has 1 to 40 bytes. */
struct str id_text(struct str prefix, uint64_t id, char out[64]);
/* Reads "opp_…" (prefix checked when not empty; case-insensitive, I L O read as 1 1 0) or plain decimal digits.
 * Ids are 1 to 2^63-1. */
bool id_parse(struct str s, struct str prefix, uint64_t *out);

#endif
