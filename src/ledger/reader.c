/* reader.c - reading events back: by seq, by record, one. */
#include "ledger/internal.h"

#include "ledger/format.h"

#include <assert.h>

struct ledger_reader {
    struct store *store;
    struct vault *vault;
    struct stmt *st;
    struct str body;
    bool stored; /* leaves values sealed */
};

/* Columns as in event_range, event_of_record and event_get. */
static enum rc read_row(struct stmt *st, struct arena *a, struct event *e, struct str *body)
{
    static const int naturals[] = {0, 1, 5, 6, 7, 8, 10};
    *e = (struct event){0};
    for (size_t i = 0; i < sizeof naturals / sizeof *naturals; i++)
        if (stmt_get_int(st, naturals[i]) < 0)
            return RC_CORRUPT;
    e->seq = stmt_get_u64(st, 0);
    e->txn = stmt_get_u64(st, 1);
    e->recorded_at.us = stmt_get_int(st, 2);
    e->effective_at.us = stmt_get_int(st, 3);
    e->actor = str_dup(a, stmt_get_text(st, 4));
    e->cause = stmt_get_u64(st, 5);
    e->object = (uint32_t)stmt_get_int(st, 6);
    e->record = stmt_get_u64(st, 7);
    int64_t kind = stmt_get_int(st, 8);
    *body = str_dup(a, stmt_get_blob(st, 9));
    e->model_version = (uint32_t)stmt_get_int(st, 10);
    struct str hash = stmt_get_blob(st, 11);
    if (kind == 0 || kind >= EVENT_KIND_COUNT || !digest_get(&hash, &e->hash) || hash.n)
        return RC_CORRUPT;
    e->kind = (enum event_kind)kind;
    return event_body_decode(*body, a, e);
}

static enum rc unseal_one(struct vault *v, struct vault_place at, struct arena *a,
                          struct value *value)
{
    struct value sealed = *value;
    *value = VALUE_ABSENT;
    enum rc rc = v ? vault_unseal(v, at, &sealed, a, value) : RC_NOT_FOUND;
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc event_unseal(struct vault *v, struct arena *a, struct event *e)
{
    if (e->kind != EV_CREATE && e->kind != EV_PATCH && e->kind != EV_KEY)
        return RC_OK;
    struct vault_place at = {e->object, e->record, e->seq, 0};
    enum rc rc = RC_OK;
    /* The arrays were made by event_body_decode for this event alone. */
    struct patch_field *fields = (struct patch_field *)(uintptr_t)e->patch.fields;
    struct event_key *keys = (struct event_key *)(uintptr_t)e->patch.keys;
    for (size_t i = 0; i < e->patch.n_fields && rc == RC_OK; i++) {
        at.slot = fields[i].field;
        if (fields[i].value.type == VT_SEALED)
            rc = unseal_one(v, at, a, &fields[i].value);
    }
    for (size_t i = 0; i < e->patch.n_keys && rc == RC_OK; i++) {
        struct value value = {.type = VT_SEALED, .text = keys[i].value};
        at.slot = SLOT_KEY + i;
        if (!keys[i].person)
            continue;
        rc = unseal_one(v, at, a, &value);
        keys[i].value = value.type == VT_TEXT ? value.text : STR_NONE;
    }
    return rc;
}

static enum rc reader_new(struct store *s, struct vault *vault, enum sql_id id,
                          struct ledger_reader **out)
{
    *out = NULL;
    struct stmt *st;
    enum rc rc = store_named(s, id, &st);
    if (rc != RC_OK)
        return rc;
    struct ledger_reader *r = mem_new(1, sizeof *r);
    *r = (struct ledger_reader){.store = s, .vault = vault, .st = st};
    *out = r;
    return RC_OK;
}

enum rc ledger_read(struct store *s, struct vault *vault, uint64_t from, uint64_t to,
                    struct ledger_reader **out)
{
    enum rc rc = reader_new(s, vault, SQL_EVENT_RANGE, out);
    if (rc != RC_OK)
        return rc;
    stmt_u64((*out)->st, 1, from);
    stmt_u64((*out)->st, 2, to ? to : INT64_MAX);
    return RC_OK;
}

enum rc ledger_read_stored(struct store *s, uint64_t from, uint64_t to, struct ledger_reader **out)
{
    enum rc rc = ledger_read(s, NULL, from, to, out);
    if (rc == RC_OK)
        (*out)->stored = true;
    return rc;
}

enum rc ledger_read_others(struct store *s, struct ledger_reader **out)
{
    return reader_new(s, NULL, SQL_EVENT_WITHOUT_RECORD, out);
}

enum rc ledger_next(struct ledger_reader *r, struct arena *a, struct event *e, bool *more)
{
    *more = false;
    if (!r->st)
        return RC_OK;
    enum rc rc = stmt_step(r->st, more);
    if (rc != RC_OK || !*more) {
        r->st = NULL; /* it reset itself */
        return rc;
    }
    rc = read_row(r->st, a, e, &r->body);
    return rc == RC_OK && !r->stored ? event_unseal(r->vault, a, e) : rc;
}

struct str ledger_body(const struct ledger_reader *r)
{
    return r->body;
}

void ledger_read_end(struct ledger_reader *r)
{
    if (!r)
        return;
    if (r->st)
        stmt_reset(r->st);
    mem_free(r);
}

enum rc ledger_of_record(struct store *s, struct vault *vault, uint32_t object, uint64_t record,
                         struct arena *a, struct event **out, size_t *n)
{
    VEC(struct event) events = {0};
    struct stmt *st;
    bool row = true;
    *out = NULL;
    *n = 0;
    enum rc rc = store_named(s, SQL_EVENT_OF_RECORD, &st);
    if (rc != RC_OK)
        return rc;
    stmt_u64(st, 1, record);
    while (rc == RC_OK && (rc = stmt_step(st, &row)) == RC_OK && row) {
        struct event e;
        struct str body;
        rc = read_row(st, a, &e, &body);
        if (rc == RC_OK)
            rc = event_unseal(vault, a, &e);
        if (rc == RC_OK && e.object == object)
            *VEC_PUSH(a, &events) = e;
    }
    stmt_reset(st);
    *out = events.v;
    *n = events.n;
    return rc;
}

enum rc ledger_get(struct store *s, struct vault *vault, uint64_t seq, struct arena *a,
                   struct event *out)
{
    struct stmt *st;
    struct str body;
    bool row;
    enum rc rc = store_named(s, SQL_EVENT_GET, &st);
    if (rc != RC_OK)
        return rc;
    stmt_u64(st, 1, seq);
    rc = stmt_step(st, &row);
    if (rc == RC_OK && !row)
        return RC_NOT_FOUND;
    if (rc == RC_OK)
        rc = read_row(st, a, out, &body);
    stmt_reset(st);
    return rc == RC_OK ? event_unseal(vault, a, out) : rc;
}

enum rc ledger_next_record(struct store *s, uint64_t after, uint64_t *record, uint32_t *object)
{
    struct stmt *st;
    bool row = false;
    *record = 0;
    enum rc rc = store_named(s, SQL_EVENT_NEXT_RECORD, &st);
    if (rc != RC_OK)
        return rc;
    stmt_u64(st, 1, after);
    rc = stmt_step(st, &row);
    if (rc != RC_OK || !row)
        return rc;
    *record = stmt_get_u64(st, 0);
    *object = (uint32_t)stmt_get_int(st, 1);
    stmt_reset(st);
    return RC_OK;
}
