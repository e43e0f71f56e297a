/* value.h - one typed value of a record, as stored, patched, compared and printed everywhere.
 *
 * In:     a type and its payload.   Out: canonical bytes (ledger, hashes), equality, text.
 * Owns:   nothing; text points into someone's arena.
 * Note:   VT_ABSENT is an empty field: SQL's NULL. Enum values and stages are their numbers; names are the model's.
 */
#ifndef REVOS_BASE_VALUE_H
#define REVOS_BASE_VALUE_H

#include "base/decimal.h"
#include "base/time.h"

enum value_type {
    VT_ABSENT = 0,
    VT_BOOL = 1,
    VT_INT = 2,
    VT_NUM = 3,  /* decimal */
    VT_TEXT = 4, /* text, email, phone, domain, url, country: normalised UTF-8, NFC */
    VT_DATE = 5,
    VT_INSTANT = 6,
    VT_MONEY = 7,
    VT_ENUM = 8, /* number of the enum value or stage, > 0 */
    VT_REF = 9,  /* record id, > 0; as written, read through redirects */
    VT_CURRENCY = 10,
    VT_JSON = 11,  /* canonical JSON text: json notes and utm */
    VT_SEALED = 12 /* ciphertext of a personal value (ledger only) */
};

struct value {
    enum value_type type;
    union {
        bool boolean;
        int64_t integer;
        struct decimal number;
        struct str text; /* VT_TEXT, VT_JSON, VT_SEALED */
        struct date date;
        struct instant instant;
        struct money money;
        uint32_t number_of; /* VT_ENUM */
        uint64_t ref;
        struct currency currency;
    };
};

#define VALUE_ABSENT ((struct value){.type = VT_ABSENT})
#define VALUE_BYTES_MAX (1u << 20) /* one value's payload, in bytes */

/* same type and content; absent equals absent */
bool value_eq(const struct value *a, const struct value *b);
/* Canonical bytes, format 1: type byte, then zigzag varints, or varint length and bytes. Equal values, equal bytes. */
void value_encode(const struct value *v, struct buf *out);
/* Reads one value from the front of `*in` and moves it on; text points into `*in`. */
MUST_CHECK enum rc value_decode(struct str *in, struct value *out);
/* The text of a value that needs no model to be told; false for an absent, sealed, enum or reference value. Text of the value's own
 * where it is text already. */
bool value_text(const struct value *v, struct arena *a, struct str *out);
struct value value_copy(struct arena *a, const struct value *v); /* text copied into the arena */
static inline bool value_holds_text(enum value_type t)
{
    return t == VT_TEXT || t == VT_JSON || t == VT_SEALED;
}

void varint_put(struct buf *out, uint64_t x); /* LEB128 */
/* refuses > 10 bytes and non-minimal forms */
MUST_CHECK bool varint_get(struct str *in, uint64_t *out);
uint64_t zigzag(int64_t x);
int64_t unzigzag(uint64_t x);

#endif
