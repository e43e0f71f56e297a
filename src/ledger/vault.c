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

/* Persons and batches are records and never share a number. */
struct secret {
    uint64_t person; /* or batch; 0: free, and in `made` the workspace's own */
    int64_t until;   /* of a term, in microseconds; 0: a person's */
    uint8_t key[SECRET];
    uint8_t mark[MARK];
};

struct vault {
    struct store *store;
    struct secret *cache; /* by person modulo CACHE */
    struct secret *made;  /* not on the disk yet */
    size_t n_made, cap_made;
    uint8_t own[SECRET]; /* of digests */
    bool has_own;
    struct buf plain, place;
    const uint64_t *hidden; /* persons whose keys are as if they were gone */
    size_t n_hidden;
};

static enum rc run_named(struct store *s, enum sql_id id)
{
    struct stmt *st;
    enum rc rc = store_named(s, id, &st);
    return rc == RC_OK ? stmt_run(st) : rc;
}

/* Another process may be at it, or read: then the term is kept by find_key() until the next time. */
static enum rc destroy_expired(struct store *s)
{
    struct stmt *st;
    bool row = false;
    const struct env *env = store_env(s);
    int64_t now = env->now(env->self).us;
    enum rc rc = store_named(s, SQL_VAULT_TERM_OVER, &st);
    if (rc != RC_OK)
        return rc;
    stmt_int(st, 1, now);
    rc = stmt_step(st, &row);
    stmt_reset(st);
    if (rc != RC_OK || !row)
        return rc == RC_BUSY ? RC_OK : rc;
    rc = store_named(s, SQL_VAULT_TERM_EXPIRE, &st);
    if (rc == RC_OK) {
        stmt_int(st, 1, now);
        rc = stmt_run(st);
    }
    if (rc == RC_OK)
        rc = store_empty_log(s); /* the log must not keep what the file has lost */
    return rc == RC_BUSY ? RC_OK : rc;
}

enum rc vault_open(const struct env *env, struct str path, struct vault **out, struct diags *ds)
{
    *out = NULL;
    struct store *s;
    enum rc rc = store_open(env, path, STORE_PLAIN, &s, ds);
    if (rc != RC_OK)
        return rc;
    rc = run_named(s, SQL_VAULT_CREATE);
    if (rc == RC_OK)
        rc = run_named(s, SQL_VAULT_CREATE_TERM);
    if (rc == RC_OK)
        rc = destroy_expired(s);
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
    buf_init(&v->place, PLACE_MAX);
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
    sodium_memzero(v->own, SECRET);
    wipe_buf(&v->plain);
    buf_release(&v->place);
    store_close(v->store);
    mem_free(v);
}

/* ---- keys ----------------------------------------------------------------------------------------------------- */

static struct secret *place_of(struct vault *v, uint64_t person)
{
    return &v->cache[(person ^ person >> 12 ^ person >> 24) & (CACHE - 1)];
}

static const struct secret *remember(struct vault *v, uint64_t person, int64_t until,
                                     const uint8_t key[SECRET])
{
    struct secret *s = place_of(v, person);
    s->person = person;
    s->until = until;
    memcpy(s->key, key, SECRET);
    static const unsigned char what[] = "mark of a person's key";
    uint8_t digest[crypto_generichash_BYTES];
    int failed = crypto_generichash(digest, sizeof digest, what, sizeof what - 1, key, SECRET);
    assert(!failed);
    memcpy(s->mark, digest, MARK);
    return s;
}

/* `until` becomes that of the key; 0 for a person. */
static enum rc read_key(struct vault *v, uint64_t person, int64_t *until, uint8_t key[SECRET])
{
    struct stmt *st;
    bool row = false;
    enum rc rc = store_named(v->store, *until ? SQL_VAULT_TERM_GET : SQL_VAULT_GET, &st);
    if (rc != RC_OK)
        return rc;
    stmt_u64(st, 1, person);
    rc = stmt_step(st, &row);
    if (rc == RC_OK && !row)
        return RC_NOT_FOUND;
    if (rc == RC_OK) {
        struct str secret = stmt_get_blob(st, 0);
        if (secret.n == SECRET)
            memcpy(key, secret.p, SECRET);
        else
            rc = RC_CORRUPT;
        if (*until)
            *until = stmt_get_int(st, 1);
        stmt_reset(st);
    }
    return rc;
}

/* A term that is over has no key, whether or not it was destroyed yet. */
static enum rc in_term(const struct vault *v, const struct secret *s, const struct secret **out)
{
    const struct env *env = store_env(v->store);
    bool over = s->until && s->until <= env->now(env->self).us;
    *out = over ? NULL : s;
    return over ? RC_NOT_FOUND : RC_OK;
}

static enum rc find_key(struct vault *v, uint64_t person, bool of_term, const struct secret **out)
{
    *out = NULL;
    struct secret *cached = place_of(v, person);
    if (cached->person == person)
        return in_term(v, cached, out);
    for (size_t i = v->n_made; i-- > 0;)
        if (v->made[i].person == person)
            return in_term(v, remember(v, person, v->made[i].until, v->made[i].key), out);
    int64_t until = of_term;
    uint8_t key[SECRET];
    enum rc rc = read_key(v, person, &until, key);
    if (rc == RC_OK)
        rc = in_term(v, remember(v, person, until, key), out);
    sodium_memzero(key, sizeof key);
    return rc;
}

static bool is_hidden(const struct vault *v, uint64_t person)
{
    for (size_t i = 0; i < v->n_hidden; i++)
        if (v->hidden[i] == person)
            return true;
    return false;
}

void vault_hide(struct vault *v, const uint64_t *persons, size_t n)
{
    v->hidden = persons;
    v->n_hidden = n;
}

static struct secret *add_made(struct vault *v, uint64_t person, int64_t until)
{
    if (v->n_made == v->cap_made) {
        v->cap_made = v->cap_made ? 2 * v->cap_made : 64;
        v->made = mem_resize(v->made, v->cap_made, sizeof *v->made);
    }
    struct secret *s = &v->made[v->n_made++];
    const struct env *env = store_env(v->store);
    s->person = person;
    s->until = until;
    env->random(env->self, s->key, SECRET);
    return s;
}

static const struct secret *make_key(struct vault *v, uint64_t person, int64_t until)
{
    return remember(v, person, until, add_made(v, person, until)->key);
}

static enum rc put_made(struct vault *v, const struct secret *s)
{
    struct stmt *st;
    enum rc rc = store_named(v->store, s->until ? SQL_VAULT_TERM_PUT : SQL_VAULT_PUT, &st);
    if (rc != RC_OK)
        return rc;
    stmt_u64(st, 1, s->person);
    stmt_blob(st, 2, (struct str){(const char *)s->key, SECRET});
    if (s->until)
        stmt_int(st, 3, s->until);
    return stmt_run(st);
}

enum rc vault_sync(struct vault *v)
{
    if (!v->n_made)
        return RC_OK;
    enum rc rc = store_begin(v->store);
    for (size_t i = 0; i < v->n_made && rc == RC_OK; i++)
        rc = put_made(v, &v->made[i]);
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
        rc = store_empty_log(v->store); /* the log must not keep what the file has lost */
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

/* The nonce comes from key, place and content: the same input gives the same bytes, other input another nonce. */
static void make_nonce(const struct secret *secret, struct str place, struct str plain,
                       unsigned char nonce[NONCE])
{
    crypto_generichash_state state;
    int failed = crypto_generichash_init(&state, secret->key, SECRET, NONCE);
    failed |= crypto_generichash_update(&state, (const unsigned char *)place.p, place.n);
    failed |= crypto_generichash_update(&state, (const unsigned char *)plain.p, plain.n);
    failed |= crypto_generichash_final(&state, nonce, NONCE);
    assert(!failed);
}

static struct str seal_bytes(struct vault *v, const struct secret *secret, struct vault_place at,
                             struct str plain, struct arena *a)
{
    put_place(&v->place, at);
    struct str place = buf_view(&v->place);
    struct buf head;
    buf_init(&head, HEAD_MAX);
    varint_put(&head, secret->person);
    buf_put(&head, secret->mark, MARK);
    size_t start = head.n, size = start + NONCE + plain.n + TAG;
    unsigned char *sealed = arena_alloc(a, size);
    memcpy(sealed, head.p, start);
    buf_release(&head);
    unsigned char *nonce = sealed + start;
    make_nonce(secret, place, plain, nonce);
    int failed = crypto_aead_xchacha20poly1305_ietf_encrypt(
        nonce + NONCE, NULL, (const unsigned char *)plain.p, plain.n,
        (const unsigned char *)place.p, place.n, NULL, nonce, secret->key);
    assert(!failed);
    return (struct str){(const char *)sealed, size};
}

static enum rc unseal_bytes(struct vault *v, bool of_term, struct vault_place at, struct str bytes,
                            struct arena *a, struct str *out)
{
    uint64_t person;
    if (!varint_get(&bytes, &person) || person == 0 || person > INT64_MAX ||
        bytes.n < MARK + NONCE + TAG)
        return RC_CORRUPT;
    if (!of_term && is_hidden(v, person))
        return RC_NOT_FOUND;
    const struct secret *secret;
    enum rc rc = find_key(v, person, of_term, &secret);
    if (rc != RC_OK)
        return rc;
    if (memcmp(bytes.p, secret->mark, MARK) != 0)
        return RC_NOT_FOUND; /* sealed under a key that is gone */
    bytes = str_sub(bytes, MARK, bytes.n);
    put_place(&v->place, at);
    size_t size = bytes.n - NONCE - TAG;
    unsigned char *to = arena_alloc(a, size + 1);
    const unsigned char *nonce = (const unsigned char *)bytes.p;
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(to, NULL, NULL, nonce + NONCE, bytes.n - NONCE,
                                                   (const unsigned char *)v->place.p, v->place.n,
                                                   nonce, secret->key) != 0)
        return RC_CORRUPT;
    *out = (struct str){(const char *)to, size};
    return RC_OK;
}

enum rc vault_seal(struct vault *v, uint64_t person, struct vault_place at,
                   const struct value *plain, struct arena *a, struct value *out)
{
    assert(person > 0 && plain->type != VT_ABSENT && plain->type != VT_SEALED);
    const struct secret *secret;
    assert(!is_hidden(v, person));
    enum rc rc = find_key(v, person, false, &secret);
    if (rc == RC_NOT_FOUND)
        secret = make_key(v, person, 0);
    else if (rc != RC_OK)
        return rc;
    buf_clear(&v->plain);
    value_encode(plain, &v->plain);
    if (buf_ok(&v->plain) != RC_OK)
        return RC_LIMIT;
    *out = (struct value){.type = VT_SEALED,
                          .text = seal_bytes(v, secret, at, buf_view(&v->plain), a)};
    return out->text.n > VALUE_BYTES_MAX ? RC_LIMIT : RC_OK;
}

enum rc vault_unseal(struct vault *v, struct vault_place at, const struct value *sealed,
                     struct arena *a, struct value *out)
{
    assert(sealed->type == VT_SEALED);
    *out = VALUE_ABSENT;
    struct str plain;
    enum rc rc = unseal_bytes(v, false, at, sealed->text, a, &plain);
    if (rc != RC_OK)
        return rc;
    return value_decode(&plain, out) == RC_OK && plain.n == 0 ? RC_OK : RC_CORRUPT;
}

/* ---- texts for a term ------------------------------------------------------------------------------------------- */

enum rc vault_seal_text(struct vault *v, struct vault_term term, struct vault_place at,
                        struct str plain, struct arena *a, struct str *out)
{
    const struct env *env = store_env(v->store);
    const struct secret *secret;
    assert(term.batch > 0);
    *out = STR_NONE;
    enum rc rc = find_key(v, term.batch, true, &secret);
    if (rc == RC_NOT_FOUND && term.until.us > env->now(env->self).us &&
        place_of(v, term.batch)->person != term.batch) {
        secret = make_key(v, term.batch, term.until.us);
        rc = RC_OK;
    }
    if (rc == RC_OK)
        *out = seal_bytes(v, secret, at, plain, a);
    return rc;
}

enum rc vault_unseal_text(struct vault *v, struct vault_place at, struct str sealed,
                          struct arena *a, struct str *out)
{
    *out = STR_NONE;
    return unseal_bytes(v, true, at, sealed, a, out);
}

static enum rc own_secret(struct vault *v)
{
    int64_t until = INT64_MAX;
    if (v->has_own)
        return RC_OK;
    enum rc rc = read_key(v, 0, &until, v->own);
    if (rc == RC_NOT_FOUND) {
        memcpy(v->own, add_made(v, 0, INT64_MAX)->key, SECRET);
        rc = RC_OK;
    }
    v->has_own = rc == RC_OK;
    return rc;
}

enum rc vault_digest(struct vault *v, struct str bytes, struct digest *out)
{
    enum rc rc = own_secret(v);
    if (rc != RC_OK)
        return rc;
    int failed = crypto_generichash(out->b, sizeof out->b, (const unsigned char *)bytes.p, bytes.n,
                                    v->own, SECRET);
    assert(!failed);
    return RC_OK;
}

enum rc vault_digest_as(struct vault *v, struct vault *of)
{
    int64_t until = INT64_MAX;
    enum rc rc = of->has_own ? RC_OK : read_key(of, 0, &until, of->own);
    if (rc == RC_NOT_FOUND)
        return RC_OK; /* nothing was ever digested here */
    of->has_own = rc == RC_OK;
    if (rc == RC_OK)
        memcpy(v->own, of->own, SECRET);
    v->has_own = rc == RC_OK;
    return rc;
}
