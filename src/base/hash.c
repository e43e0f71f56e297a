#include "base/hash.h"

#include <assert.h>
#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

/* Layout of an id, high to low: 41 bits of ms since ID_EPOCH_MS, 10 bits node, 12 bits counter. */
enum { COUNTER_BITS = 12, NODE_BITS = 10, MS_SHIFT = COUNTER_BITS + NODE_BITS, ID_DIGITS = 13 };
#define ID_EPOCH_MS INT64_C(1577836800000) /* 2020-01-01T00:00:00Z */
#define ID_MS_MAX ((INT64_C(1) << 41) - 1)
#define ID_MAX ((UINT64_C(1) << 63) - 1)
#define ID_PREFIX_MAX 40

static const char crockford[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

_Static_assert(sizeof(crypto_generichash_state) <= sizeof(struct hasher), "hasher is too small");
_Static_assert(_Alignof(crypto_generichash_state) <= _Alignof(struct hasher),
               "hasher is aligned too low");

static void choose_implementation(void)
{
    if (sodium_init() < 0)
        abort();
}

void hasher_init(struct hasher *h)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    int failed = pthread_once(&once, choose_implementation);
    assert(!failed);
    failed = crypto_generichash_init((void *)h->state, NULL, 0, sizeof(struct digest));
    assert(!failed);
}

void hasher_put(struct hasher *h, struct str bytes)
{
    if (!bytes.n)
        return;
    int failed = crypto_generichash_update((void *)h->state, (const unsigned char *)bytes.p,
                                           bytes.n);
    assert(!failed);
}

struct digest hasher_done(struct hasher *h)
{
    struct digest d;
    int failed = crypto_generichash_final((void *)h->state, d.b, sizeof d.b);
    assert(!failed);
    return d;
}

struct digest digest_of(struct str bytes)
{
    struct hasher h;
    hasher_init(&h);
    hasher_put(&h, bytes);
    return hasher_done(&h);
}

bool digest_eq(struct digest a, struct digest b)
{
    return memcmp(a.b, b.b, sizeof a.b) == 0;
}

struct str digest_hex(struct digest d, char out[65])
{
    sodium_bin2hex(out, 65, d.b, sizeof d.b);
    return (struct str){out, 64};
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool digest_parse(struct str hex, struct digest *out)
{
    if (hex.n != 64)
        return false;
    struct digest d;
    for (size_t i = 0; i < sizeof d.b; i++) {
        int high = hex_digit(hex.p[2 * i]), low = hex_digit(hex.p[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        d.b[i] = (uint8_t)(high * 16 + low);
    }
    *out = d;
    return true;
}

uint64_t id_next(struct id_source *s, struct instant now)
{
    assert(s->node < (1u << NODE_BITS));
    int64_t ms = now.us / 1000 - ID_EPOCH_MS;
    ms = ms < 0 ? 0 : ms > ID_MS_MAX ? ID_MS_MAX : ms;
    uint64_t mine = (uint64_t)s->node << COUNTER_BITS;
    uint64_t id = (uint64_t)ms << MS_SHIFT | mine;
    if (id <= s->last) {
        /* The clock stands or went back: go on from the last id, within its ms when our part of it is not used up. */
        uint64_t base = s->last >> MS_SHIFT << MS_SHIFT;
        uint64_t end = base | mine | ((1u << COUNTER_BITS) - 1);
        if (s->last >= end)
            id = (base + (UINT64_C(1) << MS_SHIFT)) | mine;
        else
            id = s->last < (base | mine) ? base | mine : s->last + 1;
    }
    assert(id > s->last && id <= ID_MAX);
    s->last = id;
    return id;
}

struct instant id_instant(uint64_t id)
{
    return (struct instant){((int64_t)(id >> MS_SHIFT) + ID_EPOCH_MS) * 1000};
}

struct str id_text(struct str prefix, uint64_t id, char out[64])
{
    assert(prefix.n > 0 && prefix.n <= ID_PREFIX_MAX && id > 0 && id <= ID_MAX);
    memcpy(out, prefix.p, prefix.n);
    char *p = out + prefix.n;
    *p++ = '_';
    for (int i = ID_DIGITS - 1; i >= 0; i--) {
        p[i] = crockford[id & 31];
        id >>= 5;
    }
    p[ID_DIGITS] = '\0';
    return (struct str){out, prefix.n + 1 + ID_DIGITS};
}

static int crockford_digit(char c)
{
    if (c >= 'a' && c <= 'z')
        c = (char)(c - 'a' + 'A');
    if (c == 'I' || c == 'L')
        return 1;
    if (c == 'O')
        return 0;
    const char *at = c ? strchr(crockford, c) : NULL;
    return at ? (int)(at - crockford) : -1;
}

bool id_parse(struct str s, struct str prefix, uint64_t *out)
{
    uint64_t id = 0;
    if (str_to_u64(s, &id)) {
        if (id == 0 || id > ID_MAX)
            return false;
        *out = id;
        return true;
    }
    if (s.n < ID_DIGITS + 2 || s.p[s.n - ID_DIGITS - 1] != '_')
        return false;
    if (prefix.n && !str_eq_nocase(prefix, str_sub(s, 0, s.n - ID_DIGITS - 1)))
        return false;
    id = 0;
    for (size_t i = s.n - ID_DIGITS; i < s.n; i++) {
        int digit = crockford_digit(s.p[i]);
        if (digit < 0 || id > (ID_MAX >> 5))
            return false;
        id = id << 5 | (uint64_t)digit;
    }
    if (id == 0)
        return false;
    *out = id;
    return true;
}
