/* keys.c - external keys and redirects. */
#include "projection/keys.h"

#include "projection/internal.h"

#include <assert.h>

enum { REDIRECTS_MAX = 64 }; /* merges in a chain */

/* ---- keys ------------------------------------------------------------------------------------------------------- */

struct finding {
    const struct key_ref *keys;
    uint64_t *records;
    bool redirected;
};

static void bind_key(struct stmt *st, uint32_t object, uint32_t key, struct str source,
                     struct str value)
{
    stmt_int(st, 1, object);
    stmt_int(st, 2, key);
    stmt_text(st, 3, source.p ? source : STR(""));
    stmt_text(st, 4, value);
}

static void find_bind(void *self, struct stmt *st, size_t i)
{
    const struct key_ref *k = &((struct finding *)self)->keys[i];
    assert(k->value.n > 0);
    bind_key(st, k->object, k->key, k->source, k->value);
}

static enum rc find_row(void *self, struct stmt *st, size_t i)
{
    struct finding *f = self;
    bool moved = !stmt_is_null(st, 1);
    f->records[i] = stmt_get_u64(st, moved ? 1 : 0);
    f->redirected = f->redirected || moved;
    return RC_OK;
}

enum rc keys_find(struct projection *p, const struct key_ref *keys, size_t n, uint64_t *records)
{
    struct finding f = {keys, records, false};
    struct stmt *st;
    for (size_t i = 0; i < n; i++)
        records[i] = 0;
    enum rc rc = store_named(p->store, SQL_KEY_FIND, &st);
    if (rc == RC_OK)
        rc = stmt_each(st, n, &(struct stmt_set){&f, find_bind, find_row});
    return rc == RC_OK && f.redirected ? redirects_resolve(p, records, n) : rc;
}

enum rc keys_of(struct projection *p, uint32_t object, uint64_t record, struct arena *a,
                struct key_ref **out, size_t *n)
{
    VEC(struct key_ref) keys = {0};
    struct stmt *st;
    bool row = true;
    enum rc rc = store_named(p->store, SQL_KEY_OF, &st);
    if (rc != RC_OK)
        return rc;
    stmt_u64(st, 1, record);
    stmt_int(st, 2, object);
    while (rc == RC_OK && (rc = stmt_step(st, &row)) == RC_OK && row)
        *VEC_PUSH(a, &keys) = (struct key_ref){object, (uint32_t)stmt_get_int(st, 0),
                                               str_dup(a, stmt_get_text(st, 1)),
                                               str_dup(a, stmt_get_text(st, 2))};
    stmt_reset(st);
    *out = keys.v;
    *n = keys.n;
    return rc;
}

/* Another record holds the key: an event that says otherwise must not be. */
static enum rc key_insert(struct projection *p, uint32_t object, uint64_t record, uint64_t seq,
                          const struct event_key *k)
{
    struct stmt *st;
    enum rc rc = store_named(p->store, SQL_KEY_ADD, &st);
    if (rc != RC_OK)
        return rc;
    bind_key(st, object, k->key, k->source, k->value);
    stmt_u64(st, 5, record);
    stmt_u64(st, 6, seq);
    rc = stmt_run(st);
    return rc == RC_OK && stmt_changes(st) == 0 ? RC_CONFLICT : rc;
}

enum rc keys_add(struct projection *p, const struct event *e, const struct event_key *k)
{
    if (!k->value.n)
        return RC_OK; /* erased */
    if (!k->remove)
        return key_insert(p, e->object, e->record, e->seq, k);
    struct stmt *st;
    enum rc rc = store_named(p->store, SQL_KEY_DROP, &st);
    if (rc != RC_OK)
        return rc;
    bind_key(st, e->object, k->key, k->source, k->value);
    stmt_u64(st, 5, e->record);
    return stmt_run(st);
}

static bool same_key(const struct event_key *a, const struct event_key *b)
{
    return a->key == b->key && str_eq(a->source, b->source) && str_eq(a->value, b->value);
}

/* Does event i, key j still hold at the end: added, not there already, not removed later? */
static bool key_stands(const struct event *events, const bool *active, size_t n, size_t i, size_t j)
{
    const struct event_key *k = &events[i].patch.keys[j];
    bool held = false; /* before event i */
    bool after = true;
    if (k->remove || !k->value.n)
        return false;
    for (size_t e = 0; e < n; e++) {
        bool patch = events[e].kind == EV_CREATE || events[e].kind == EV_PATCH ||
                     events[e].kind == EV_KEY;
        for (size_t x = 0; active[e] && patch && x < events[e].patch.n_keys; x++) {
            if (!same_key(&events[e].patch.keys[x], k))
                continue;
            bool before = e < i || (e == i && x < j);
            if (before)
                held = !events[e].patch.keys[x].remove;
            else if (events[e].patch.keys[x].remove)
                after = false;
        }
    }
    return !held && after;
}

enum rc keys_refold(struct projection *p, uint32_t object, uint64_t record,
                    const struct event *events, const bool *active, size_t n)
{
    struct stmt *st;
    enum rc rc = store_named(p->store, SQL_KEY_CLEAR, &st);
    if (rc == RC_OK) {
        stmt_u64(st, 1, record);
        rc = stmt_run(st);
    }
    for (size_t i = 0; i < n && rc == RC_OK; i++) {
        if (!active[i] ||
            (events[i].kind != EV_CREATE && events[i].kind != EV_PATCH && events[i].kind != EV_KEY))
            continue;
        for (size_t j = 0; j < events[i].patch.n_keys && rc == RC_OK; j++)
            if (key_stands(events, active, n, i, j))
                rc = key_insert(p, object, record, events[i].seq, &events[i].patch.keys[j]);
    }
    return rc;
}

/* ---- redirects -------------------------------------------------------------------------------------------------- */

struct resolving {
    uint64_t *ids;
    bool moved;
};

static void resolve_bind(void *self, struct stmt *st, size_t i)
{
    stmt_u64(st, 1, ((struct resolving *)self)->ids[i]);
}

static enum rc resolve_row(void *self, struct stmt *st, size_t i)
{
    struct resolving *r = self;
    r->ids[i] = stmt_get_u64(st, 0);
    r->moved = true;
    return RC_OK;
}

enum rc redirects_resolve(struct projection *p, uint64_t *ids, size_t n)
{
    struct resolving r = {ids, true};
    struct stmt *st;
    enum rc rc = store_named(p->store, SQL_REDIRECT_FIND, &st);
    for (int steps = 0; rc == RC_OK && r.moved; steps++) {
        if (steps == REDIRECTS_MAX)
            return RC_CORRUPT; /* a circle */
        r.moved = false;
        rc = stmt_each(st, n, &(struct stmt_set){&r, resolve_bind, resolve_row});
    }
    return rc;
}

enum rc redirects_into(struct projection *p, uint64_t record, struct arena *a, uint64_t **ids,
                       size_t *n)
{
    VEC(uint64_t) all = {0};
    enum rc rc = RC_OK;
    *VEC_PUSH(a, &all) = record;
    for (size_t i = 0; i < all.n && rc == RC_OK; i++) {
        struct stmt *st;
        bool row = true;
        rc = store_named(p->store, SQL_REDIRECT_INTO, &st);
        if (rc != RC_OK)
            break;
        stmt_u64(st, 1, all.v[i]);
        while ((rc = stmt_step(st, &row)) == RC_OK && row)
            if (stmt_get_u64(st, 0) != record)
                *VEC_PUSH(a, &all) = stmt_get_u64(st, 0);
        stmt_reset(st);
    }
    *ids = all.v;
    *n = all.n;
    return rc;
}

enum rc redirect_stand(struct projection *p, uint32_t object, uint64_t record, uint64_t survivor,
                       struct stamp at)
{
    struct stmt *st;
    enum rc rc = store_named(p->store, survivor ? SQL_REDIRECT_PUT : SQL_REDIRECT_CLEAR, &st);
    if (rc != RC_OK)
        return rc;
    stmt_u64(st, 1, record);
    if (!survivor)
        return stmt_run(st);
    stmt_int(st, 2, object);
    stmt_u64(st, 3, survivor);
    stmt_u64(st, 4, at.seq);
    stmt_int(st, 5, at.effective_at.us);
    return stmt_run(st);
}

enum rc redirect_add(struct projection *p, const struct event *e)
{
    return redirect_stand(p, e->object, e->record, e->redirect.into, event_stamp(e));
}

/* A record brought back is no longer part of another. */
enum rc redirect_end(struct projection *p, const struct event *restore)
{
    struct stmt *st;
    enum rc rc = store_named(p->store, SQL_REDIRECT_END, &st);
    if (rc != RC_OK)
        return rc;
    stmt_u64(st, 1, restore->record);
    stmt_int(st, 2, restore->effective_at.us);
    return stmt_run(st);
}

enum rc redirect_refold(struct projection *p, uint64_t record, const struct event *events,
                        const bool *active, size_t n)
{
    struct stmt *st;
    const struct event *last = NULL;
    enum rc rc = store_named(p->store, SQL_REDIRECT_CLEAR, &st);
    if (rc == RC_OK) {
        stmt_u64(st, 1, record);
        rc = stmt_run(st);
    }
    for (size_t i = 0; i < n; i++)
        if (active[i] && (events[i].kind == EV_REDIRECT || events[i].kind == EV_RESTORE) &&
            (!last || stamp_cmp(event_stamp(&events[i]), event_stamp(last)) > 0))
            last = &events[i];
    return rc == RC_OK && last && last->kind == EV_REDIRECT ? redirect_add(p, last) : rc;
}
