#include "ledger/internal.h"

#include "ledger/format.h"

#include <assert.h>
#include <string.h>

enum rc ledger_read_head(struct store *s, struct ledger_head *out)
{
    *out = (struct ledger_head){0};
    struct stmt *st;
    bool row = false;
    enum rc rc = store_named(s, SQL_EVENT_HEAD, &st);
    if (rc == RC_OK)
        rc = stmt_step(st, &row);
    if (rc != RC_OK || !row)
        return rc;
    int64_t seq = stmt_get_int(st, 0), txn = stmt_get_int(st, 1);
    struct str hash = stmt_get_blob(st, 3);
    if (seq <= 0 || txn <= 0 || !digest_get(&hash, &out->hash) || hash.n)
        rc = RC_CORRUPT;
    out->seq = (uint64_t)seq;
    out->txn = (uint64_t)txn;
    out->recorded_at.us = stmt_get_int(st, 2);
    stmt_reset(st);
    return rc;
}

enum rc ledger_open(struct store *s, struct vault *vault, struct ledger **out)
{
    struct ledger_head head;
    *out = NULL;
    enum rc rc = ledger_read_head(s, &head);
    if (rc != RC_OK)
        return rc;
    struct ledger *l = mem_new(1, sizeof *l);
    l->store = s;
    l->vault = vault;
    l->head = head;
    l->arena = arena_new();
    buf_init(&l->body, EVENT_BODY_MAX + 1024);
    buf_init(&l->bytes, EVENT_BODY_MAX + 4096);
    *out = l;
    return RC_OK;
}

void ledger_close(struct ledger *l)
{
    if (!l)
        return;
    ledger_rollback(l);
    buf_release(&l->body);
    buf_release(&l->bytes);
    arena_free(l->arena);
    mem_free(l);
}

struct ledger_head ledger_head(const struct ledger *l)
{
    return l->head;
}

/* ---- groups and commands --------------------------------------------------------------------------------------- */

enum rc ledger_begin_group(struct ledger *l)
{
    assert(!l->in_group);
    enum rc rc = store_begin(l->store);
    l->in_group = rc == RC_OK;
    l->group = l->head;
    return rc;
}

enum rc ledger_commit(struct ledger *l)
{
    assert(l->in_group && !l->in_command);
    enum rc rc = l->vault ? vault_sync(l->vault) : RC_OK;
    if (rc == RC_OK)
        rc = store_commit(l->store);
    if (rc == RC_OK)
        l->in_group = false;
    else
        ledger_rollback(l);
    return rc;
}

void ledger_rollback(struct ledger *l)
{
    if (!l->in_group)
        return;
    store_rollback(l->store);
    l->in_group = l->in_command = false;
    l->head = l->group;
}

enum rc ledger_begin(struct ledger *l, struct instant now, struct ledger_txn *out)
{
    assert(l->in_group && !l->in_command);
    int64_t next = l->head.seq ? l->head.recorded_at.us + 1 : INT64_MIN;
    l->recorded_at.us = now.us > next ? now.us : next;
    l->in_command = true;
    l->guarded = false;
    l->command = l->head;
    *out = (struct ledger_txn){l->head.txn + 1, l->recorded_at};
    return RC_OK;
}

enum rc ledger_guard(struct ledger *l)
{
    assert(l->in_command && !l->guarded && l->head.seq == l->command.seq);
    enum rc rc = store_savepoint(l->store);
    l->guarded = rc == RC_OK;
    return rc;
}

enum rc ledger_end(struct ledger *l)
{
    assert(l->in_command);
    l->in_command = false;
    return l->guarded ? store_release(l->store) : RC_OK;
}

enum rc ledger_undo(struct ledger *l)
{
    assert(l->in_command && (l->guarded || l->head.seq == l->command.seq));
    l->in_command = false;
    l->head = l->command;
    return l->guarded ? store_rollback_to(l->store) : RC_OK;
}

/* ---- append ---------------------------------------------------------------------------------------------------- */

static struct digest chained(struct digest before, struct str bytes)
{
    struct hasher h;
    hasher_init(&h);
    hasher_put(&h, (struct str){(const char *)before.b, sizeof before.b});
    hasher_put(&h, bytes);
    return hasher_done(&h);
}

enum rc ledger_write(struct ledger *l, struct event *e)
{
    assert(l->in_command);
    e->seq = l->head.seq + 1;
    e->txn = l->command.txn + 1;
    e->recorded_at = l->recorded_at;
    assert(e->effective_at.us <= e->recorded_at.us); /* a planned change is a clock */
    assert((e->seq == 1) == (e->kind == EV_GENESIS));
    buf_clear(&l->bytes);
    event_encode(e, buf_view(&l->body), &l->bytes);
    if (buf_ok(&l->bytes) != RC_OK)
        return RC_LIMIT;
    e->hash = chained(l->head.hash, buf_view(&l->bytes));

    struct stmt *st;
    enum rc rc = store_named(l->store, SQL_EVENT_APPEND, &st);
    if (rc != RC_OK)
        return rc;
    stmt_u64(st, 1, e->seq);
    stmt_u64(st, 2, e->txn);
    stmt_int(st, 3, e->recorded_at.us);
    stmt_int(st, 4, e->effective_at.us);
    stmt_text(st, 5, e->actor.p ? e->actor : STR(""));
    stmt_u64(st, 6, e->cause);
    stmt_int(st, 7, e->object);
    stmt_u64(st, 8, e->record);
    stmt_int(st, 9, e->kind);
    stmt_blob(st, 10, buf_view(&l->body));
    stmt_int(st, 11, e->model_version);
    stmt_blob(st, 12, (struct str){(const char *)e->hash.b, sizeof e->hash.b});
    rc = stmt_run(st);
    if (rc == RC_OK)
        l->head = (struct ledger_head){e->seq, e->txn, e->recorded_at, e->hash};
    return rc;
}

static bool is_personal(const struct event *e)
{
    for (size_t i = 0; i < e->patch.n_fields; i++)
        if (e->patch.fields[i].person && e->patch.fields[i].value.type != VT_ABSENT)
            return true;
    for (size_t i = 0; i < e->patch.n_keys; i++)
        if (e->patch.keys[i].person)
            return true;
    return false;
}

/* A copy of `e` with its personal values sealed; the original stays plain for the projection. */
static enum rc sealed_copy(struct ledger *l, const struct event *e, struct event *out)
{
    if (!l->vault)
        return RC_UNSUPPORTED;
    *out = *e;
    struct patch_field *fields = ARENA_ARRAY(l->arena, e->patch.n_fields, struct patch_field);
    struct event_key *keys = ARENA_ARRAY(l->arena, e->patch.n_keys, struct event_key);
    struct vault_place at = {e->object, e->record, l->head.seq + 1, 0};
    enum rc rc = RC_OK;
    for (size_t i = 0; i < e->patch.n_fields && rc == RC_OK; i++) {
        fields[i] = e->patch.fields[i];
        at.slot = fields[i].field;
        if (fields[i].person && fields[i].value.type != VT_ABSENT)
            rc = vault_seal(l->vault, fields[i].person, at, &e->patch.fields[i].value, l->arena,
                            &fields[i].value);
    }
    for (size_t i = 0; i < e->patch.n_keys && rc == RC_OK; i++) {
        struct value plain = {.type = VT_TEXT, .text = e->patch.keys[i].value}, sealed;
        keys[i] = e->patch.keys[i];
        at.slot = SLOT_KEY + i;
        if (!keys[i].person)
            continue;
        rc = vault_seal(l->vault, keys[i].person, at, &plain, l->arena, &sealed);
        keys[i].value = sealed.text;
    }
    out->patch.fields = fields;
    out->patch.keys = keys;
    return rc;
}

enum rc ledger_append(struct ledger *l, struct event *e)
{
    assert(l->in_command && e->kind != EV_BATCH);
    struct event sealed;
    const struct event *stored = e;
    assert(e->kind != EV_CREATE || e->patch.home > 0);
    bool patch = e->kind == EV_CREATE || e->kind == EV_PATCH || e->kind == EV_KEY;
    enum rc rc = RC_OK;
    if (patch && is_personal(e)) {
        arena_reset(l->arena);
        rc = sealed_copy(l, e, &sealed);
        stored = &sealed;
    }
    buf_clear(&l->body);
    if (rc == RC_OK)
        rc = event_body_encode(stored, &l->body);
    return rc == RC_OK ? ledger_write(l, e) : rc;
}
