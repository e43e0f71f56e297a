#include "ledger/vault.h"

#include "ledger/format.h"
#include "store/store.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

enum {
    SECRET = crypto_aead_xchacha20poly1305_ietf_KEYBYTES,
    NONCE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
    TAG = crypto_aead_xchacha20poly1305_ietf_ABYTES,
    CACHE = 4096, /* keys at hand; a power of two */
    MARK = 8, /* tells a person's keys apart: an erased person may come back, with another key */
    HEAD_MAX = 10 + MARK,
    PLACE_MAX = 64,
};

struct secret {
    uint64_t person; /* 0: free */
    uint8_t key[SECRET];
    uint8_t mark[MARK];
};

struct vault {
    struct store *store;
    struct secret *cache; /* by person modulo CACHE */
    struct secret *made;  /* not on the disk yet */
    size_t n_made, cap_made;
    struct buf plain, place;
};

enum rc vault_open(const struct env *env, struct str path, struct vault **out, struct diags *ds)
{
    *out = NULL;
    struct store *s;
    enum rc rc = store_open(env, path, STORE_PLAIN, &s, ds);
    if (rc != RC_OK)
        return rc;
    struct stmt *st;
    rc = store_named(s, SQL_VAULT_CREATE, &st);
    if (rc == RC_OK)
        rc = stmt_run(st);
    if (rc != RC_OK) {
        diag_add(ds, SEV_ERROR, "L0101", span_none(), "cannot open the keys of persons in %.*s: %s",
                 STR_ARG(path), store_error(s));
        store_close(s);
        return rc;
    }
    struct vault *v = mem_new(1, sizeof *v);
    v->store = s;
    v->cache = mem_new(CACHE, sizeof *v->cache);
    buf_init(&v->plain, VALUE_BYTES_MAX + PLACE_MAX);
    buf_init(&v->place, PLACE_MAX + VALUE_BYTES_MAX + PLACE_MAX);
    *out = v;
    return RC_OK;
}

static void wipe_buf(struct buf *b)
{
    if (b->p)
        sodium_memzero(b->p, b->cap);
    buf_release(b);
}

void vault_close(struct vault *v)
{
    if (!v)
        return;
    sodium_memzero(v->cache, CACHE * sizeof *v->cache);
    if (v->made)
        sodium_memzero(v->made, v->cap_made * sizeof *v->made);
    mem_free(v->cache);
    mem_free(v->made);
    wipe_buf(&v->plain);
    wipe_buf(&v->place);
    store_close(v->store);
    mem_free(v);
}

/* ---- keys ----------------------------------------------------------------------------------------------------- */

static struct secret *place_of(struct vault *v, uint64_t person)
{
    return &v->cache[(person ^ person >> 12 ^ person >> 24) & (CACHE - 1)];
}

static const struct secret *remember(struct vault *v, uint64_t person, const uint8_t key[SECRET])
{
    struct secret *s = place_of(v, person);
    s->person = person;
    memcpy(s->key, key, SECRET);
    static const unsigned char what[] = "mark of a person's key";
    uint8_t digest[crypto_generichash_BYTES];
    int failed = crypto_generichash(digest, sizeof digest, what, sizeof what - 1, key, SECRET);
    assert(!failed);
    memcpy(s->mark, digest, MARK);
    return s;
}

static enum rc find_key(struct vault *v, uint64_t person, const struct secret **out)
{
    *out = NULL;
    struct secret *cached = place_of(v, person);
    if (cached->person == person) {
        *out = cached;
        return RC_OK;
    }
    for (size_t i = v->n_made; i-- > 0;)
        if (v->made[i].person == person) {
            *out = remember(v, person, v->made[i].key);
            return RC_OK;
        }
    struct stmt *st;
    bool row = false;
    enum rc rc = store_named(v->store, SQL_VAULT_GET, &st);
    if (rc != RC_OK)
        return rc;
    stmt_u64(st, 1, person);
    rc = stmt_step(st, &row);
    if (rc == RC_OK && !row)
        return RC_NOT_FOUND;
    if (rc == RC_OK) {
        struct str secret = stmt_get_blob(st, 0);
        if (secret.n == SECRET)
            *out = remember(v, person, (const uint8_t *)secret.p);
        else
            rc = RC_CORRUPT;
        stmt_reset(st);
    }
    return rc;
}

static const struct secret *make_key(struct vault *v, uint64_t person)
{
    if (v->n_made == v->cap_made) {
        v->cap_made = v->cap_made ? 2 * v->cap_made : 64;
        v->made = mem_resize(v->made, v->cap_made, sizeof *v->made);
    }
    struct secret *s = &v->made[v->n_made++];
    const struct env *env = store_env(v->store);
    s->person = person;
    env->random(env->self, s->key, SECRET);
    return remember(v, person, s->key);
}

enum rc vault_sync(struct vault *v)
{
    if (!v->n_made)
        return RC_OK;
    enum rc rc = store_begin(v->store);
    struct stmt *st = NULL;
    if (rc == RC_OK)
        rc = store_named(v->store, SQL_VAULT_PUT, &st);
    for (size_t i = 0; i < v->n_made && rc == RC_OK; i++) {
        stmt_u64(st, 1, v->made[i].person);
        stmt_blob(st, 2, (struct str){(const char *)v->made[i].key, SECRET});
        rc = stmt_run(st);
    }
    if (rc == RC_OK)
        rc = store_commit(v->store);
    if (rc != RC_OK) {
        store_rollback(v->store);
        return rc;
    }
    sodium_memzero(v->made, v->n_made * sizeof *v->made);
    v->n_made = 0;
    return RC_OK;
}

enum rc vault_destroy(struct vault *v, uint64_t person)
{
    enum rc rc = vault_sync(v);
    struct stmt *st;
    if (rc == RC_OK)
        rc = store_named(v->store, SQL_VAULT_DELETE, &st);
    if (rc != RC_OK)
        return rc;
    stmt_u64(st, 1, person);
    rc = stmt_run(st);
    if (rc == RC_OK && stmt_changes(st) == 0)
        rc = RC_NOT_FOUND;
    if (rc == RC_OK)
        rc = store_checkpoint(v->store); /* the log must not keep what the file has lost */
    struct secret *cached = place_of(v, person);
    if (cached->person == person)
        sodium_memzero(cached, sizeof *cached);
    return rc;
}

/* ---- values --------------------------------------------------------------------------------------------------- */

static void put_place(struct buf *out, struct vault_place at)
{
    buf_clear(out);
    varint_put(out, at.object);
    varint_put(out, at.record);
    varint_put(out, at.seq);
    varint_put(out, at.slot);
}

enum rc vault_seal(struct vault *v, uint64_t person, struct vault_place at,
                   const struct value *plain, struct arena *a, struct value *out)
{
    assert(person > 0 && plain->type != VT_ABSENT && plain->type != VT_SEALED);
    const struct secret *secret;
    enum rc rc = find_key(v, person, &secret);
    if (rc == RC_NOT_FOUND)
        secret = make_key(v, person);
    else if (rc != RC_OK)
        return rc;
    put_place(&v->place, at);
    size_t place = v->place.n;
    buf_clear(&v->plain);
    value_encode(plain, &v->plain);
    buf_str(&v->place, buf_view(&v->plain));
    if (buf_ok(&v->plain) != RC_OK || buf_ok(&v->place) != RC_OK)
        return RC_LIMIT;

    struct buf head;
    buf_init(&head, HEAD_MAX);
    varint_put(&head, person);
    buf_put(&head, secret->mark, MARK);
    size_t start = head.n, size = start + NONCE + v->plain.n + TAG;
    unsigned char *sealed = arena_alloc(a, size);
    memcpy(sealed, head.p, start);
    buf_release(&head);
    unsigned char *nonce = sealed + start;
    int failed = crypto_generichash(nonce, NONCE, (const unsigned char *)v->place.p, v->place.n,
                                    secret->key, SECRET);
    assert(!failed);
    failed = crypto_aead_xchacha20poly1305_ietf_encrypt(
        nonce + NONCE, NULL, (const unsigned char *)v->plain.p, v->plain.n,
        (const unsigned char *)v->place.p, place, NULL, nonce, secret->key);
    assert(!failed);
    *out = (struct value){.type = VT_SEALED, .text = {(const char *)sealed, size}};
    return size > VALUE_BYTES_MAX ? RC_LIMIT : RC_OK;
}

enum rc vault_unseal(struct vault *v, struct vault_place at, const struct value *sealed,
                     struct arena *a, struct value *out)
{
    assert(sealed->type == VT_SEALED);
    *out = VALUE_ABSENT;
    struct str bytes = sealed->text;
    uint64_t person;
    if (!varint_get(&bytes, &person) || person == 0 || person > INT64_MAX ||
        bytes.n < MARK + NONCE + TAG)
        return RC_CORRUPT;
    const struct secret *secret;
    enum rc rc = find_key(v, person, &secret);
    if (rc != RC_OK)
        return rc;
    if (memcmp(bytes.p, secret->mark, MARK) != 0)
        return RC_NOT_FOUND; /* sealed under a key that is gone */
    bytes = str_sub(bytes, MARK, bytes.n);
    put_place(&v->place, at);
    struct str plain = {NULL, bytes.n - NONCE - TAG};
    unsigned char *to = arena_alloc(a, plain.n + 1);
    const unsigned char *nonce = (const unsigned char *)bytes.p;
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(to, NULL, NULL, nonce + NONCE, bytes.n - NONCE,
                                                   (const unsigned char *)v->place.p, v->place.n,
                                                   nonce, secret->key) != 0)
        return RC_CORRUPT;
    plain.p = (const char *)to;
    return value_decode(&plain, out) == RC_OK && plain.n == 0 ? RC_OK : RC_CORRUPT;
}
