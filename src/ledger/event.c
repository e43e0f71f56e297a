#include "ledger/event.h"

#include "ledger/format.h"

#include <assert.h>
#include <string.h>

enum { KEY_LEAVES = 1 };

static const char *const kind_names[EVENT_KIND_COUNT] = {
    [EV_GENESIS] = "genesis",   [EV_CREATE] = "create",   [EV_PATCH] = "patch",
    [EV_DELETE] = "delete",     [EV_RESTORE] = "restore", [EV_RETRACT] = "retract",
    [EV_BATCH] = "batch",       [EV_VERSION] = "version", [EV_KEY] = "key",
    [EV_REDIRECT] = "redirect", [EV_ERASE] = "erase",     [EV_IMPORT] = "import",
};

const char *event_kind_name(enum event_kind k)
{
    return k < EVENT_KIND_COUNT ? kind_names[k] : NULL;
}

int stamp_cmp(struct stamp a, struct stamp b)
{
    if (a.effective_at.us != b.effective_at.us)
        return a.effective_at.us < b.effective_at.us ? -1 : 1;
    return a.seq < b.seq ? -1 : a.seq > b.seq;
}

struct stamp event_stamp(const struct event *e)
{
    return (struct stamp){e->effective_at, e->seq};
}

static bool has_patch(enum event_kind k)
{
    return k == EV_CREATE || k == EV_PATCH || k == EV_KEY;
}

const struct value *patch_shown(const struct patch_field *p)
{
    static const struct value erased = {.type = VT_SEALED};
    return p->person && p->value.type == VT_ABSENT ? &erased : &p->value;
}

const struct value *event_field(const struct event *e, uint32_t field)
{
    if (!has_patch(e->kind))
        return NULL;
    for (size_t i = 0; i < e->patch.n_fields; i++)
        if (e->patch.fields[i].field == field)
            return &e->patch.fields[i].value;
    return NULL;
}

/* ---- pieces --------------------------------------------------------------------------------------------------- */

void text_put(struct buf *out, struct str s)
{
    varint_put(out, s.n);
    buf_str(out, s);
}

bool text_get(struct str *in, struct str *out)
{
    uint64_t n;
    if (!varint_get(in, &n) || n > in->n)
        return false;
    *out = str_sub(*in, 0, n);
    *in = str_sub(*in, n, in->n);
    return true;
}

bool byte_get(struct str *in, uint8_t *out)
{
    if (!in->n)
        return false;
    *out = (uint8_t)in->p[0];
    *in = str_sub(*in, 1, in->n);
    return true;
}

void digest_put(struct buf *out, struct digest d)
{
    buf_put(out, d.b, sizeof d.b);
}

bool digest_get(struct str *in, struct digest *out)
{
    if (in->n < sizeof out->b)
        return false;
    memcpy(out->b, in->p, sizeof out->b);
    *in = str_sub(*in, sizeof out->b, in->n);
    return true;
}

uint64_t sealed_person(struct str sealed)
{
    uint64_t person;
    return varint_get(&sealed, &person) ? person : 0;
}

/* A number that fits 32 bits. */
static bool u32_get(struct str *in, uint32_t *out)
{
    uint64_t x;
    if (!varint_get(in, &x) || x > UINT32_MAX)
        return false;
    *out = (uint32_t)x;
    return true;
}

static bool count_get(struct str *in, size_t max, size_t *out)
{
    uint64_t n;
    if (!varint_get(in, &n) || n > max)
        return false;
    *out = n;
    return true;
}

/* ---- encode --------------------------------------------------------------------------------------------------- */

static void put_patch(const struct event *e, struct buf *out)
{
    if (e->kind == EV_CREATE)
        varint_put(out, e->patch.home);
    varint_put(out, e->patch.n_fields);
    for (size_t i = 0; i < e->patch.n_fields; i++) {
        const struct patch_field *f = &e->patch.fields[i];
        assert(f->field > 0 && (i == 0 || f[-1].field < f->field));
        assert(!f->person || f->value.type == VT_SEALED || f->value.type == VT_ABSENT);
        varint_put(out, f->field);
        value_encode(&f->value, out);
    }
    varint_put(out, e->patch.n_keys);
    for (size_t i = 0; i < e->patch.n_keys; i++) {
        const struct event_key *k = &e->patch.keys[i];
        enum value_type type = k->person ? VT_SEALED : VT_TEXT;
        assert(k->value.n > 0);
        varint_put(out, k->key);
        buf_char(out, k->remove ? KEY_LEAVES : 0);
        text_put(out, k->source);
        value_encode(&(struct value){.type = type, .text = k->value}, out);
    }
    text_put(out, e->patch.reason);
}

static void put_retract(const struct event *e, struct buf *out)
{
    varint_put(out, e->retract.batch);
    varint_put(out, e->retract.n);
    for (size_t i = 0; i < e->retract.n; i++) {
        assert(i == 0 || e->retract.seqs[i - 1] < e->retract.seqs[i]);
        varint_put(out, e->retract.seqs[i] - (i ? e->retract.seqs[i - 1] : 0));
    }
}

static void put_import(const struct event *e, struct buf *out)
{
    const struct row_counts *c = &e->import.counts;
    varint_put(out, e->import.batch);
    buf_char(out, (char)e->import.phase);
    text_put(out, e->import.source);
    text_put(out, e->import.file);
    digest_put(out, e->import.file_digest);
    const uint64_t counts[] = {c->rows,      c->created, c->updated,
                               c->unchanged, c->merged,  c->quarantined};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        varint_put(out, counts[i]);
}

enum rc event_body_encode(const struct event *e, struct buf *out)
{
    size_t start = out->n;
    buf_char(out, BODY_FORMAT);
    switch (e->kind) {
    case EV_CREATE:
    case EV_PATCH:
    case EV_KEY:
        if (e->patch.n_fields > EVENT_FIELDS_MAX || e->patch.n_keys > EVENT_KEYS_MAX)
            return RC_LIMIT;
        put_patch(e, out);
        break;
    case EV_DELETE:
    case EV_RESTORE:
        break;
    case EV_RETRACT:
        if (e->retract.n > EVENT_SEQS_MAX)
            return RC_LIMIT;
        put_retract(e, out);
        break;
    case EV_BATCH:
        varint_put(out, e->batch.rows);
        varint_put(out, e->batch.first);
        varint_put(out, e->batch.last);
        digest_put(out, e->batch.digest);
        break;
    case EV_VERSION:
        varint_put(out, e->version.version);
        digest_put(out, e->version.digest);
        text_put(out, e->version.sources);
        text_put(out, e->version.numbering);
        break;
    case EV_REDIRECT:
        varint_put(out, e->redirect.into);
        break;
    case EV_ERASE:
        varint_put(out, e->erase.n);
        for (size_t i = 0; i < e->erase.n; i++)
            digest_put(out, e->erase.refuse[i]);
        text_put(out, e->erase.reason);
        break;
    case EV_IMPORT:
        put_import(e, out);
        break;
    case EV_GENESIS:
        buf_put(out, e->genesis.workspace, sizeof e->genesis.workspace);
        text_put(out, e->genesis.zone);
        varint_put(out, e->genesis.format);
        break;
    }
    return out->n - start > EVENT_BODY_MAX ? RC_LIMIT : buf_ok(out);
}

void event_encode(const struct event *e, struct str body, struct buf *out)
{
    buf_char(out, EVENT_FORMAT);
    buf_char(out, (char)e->kind);
    varint_put(out, e->seq);
    varint_put(out, e->txn);
    varint_put(out, zigzag(e->recorded_at.us));
    varint_put(out, zigzag(e->effective_at.us));
    text_put(out, e->actor);
    varint_put(out, e->cause);
    varint_put(out, e->object);
    varint_put(out, e->record);
    varint_put(out, e->model_version);
    text_put(out, body);
}

/* ---- decode --------------------------------------------------------------------------------------------------- */

static bool get_fields(struct str *in, struct arena *a, struct event *e)
{
    if (!count_get(in, EVENT_FIELDS_MAX, &e->patch.n_fields))
        return false;
    struct patch_field *fields = ARENA_ARRAY(a, e->patch.n_fields, struct patch_field);
    e->patch.fields = fields;
    for (size_t i = 0; i < e->patch.n_fields; i++) {
        struct patch_field *f = &fields[i];
        if (!u32_get(in, &f->field) || value_decode(in, &f->value) != RC_OK)
            return false;
        if (f->field == 0 || (i > 0 && f->field <= f[-1].field))
            return false;
        if (f->value.type == VT_SEALED && (f->person = sealed_person(f->value.text)) == 0)
            return false;
    }
    return true;
}

static bool get_keys(struct str *in, struct arena *a, struct event *e)
{
    if (!count_get(in, EVENT_KEYS_MAX, &e->patch.n_keys))
        return false;
    struct event_key *keys = ARENA_ARRAY(a, e->patch.n_keys, struct event_key);
    e->patch.keys = keys;
    for (size_t i = 0; i < e->patch.n_keys; i++) {
        struct event_key *k = &keys[i];
        uint8_t flags;
        struct value v;
        if (!u32_get(in, &k->key) || !byte_get(in, &flags) || flags > KEY_LEAVES ||
            !text_get(in, &k->source) || value_decode(in, &v) != RC_OK)
            return false;
        if ((v.type != VT_TEXT && v.type != VT_SEALED) || !v.text.n)
            return false;
        if (v.type == VT_SEALED && (k->person = sealed_person(v.text)) == 0)
            return false;
        k->remove = flags == KEY_LEAVES;
        k->value = v.text;
    }
    return true;
}

static bool get_patch(struct str *in, struct arena *a, struct event *e)
{
    if (e->kind == EV_CREATE && !varint_get(in, &e->patch.home))
        return false;
    return get_fields(in, a, e) && get_keys(in, a, e) && text_get(in, &e->patch.reason);
}

static bool get_retract(struct str *in, struct arena *a, struct event *e)
{
    if (!varint_get(in, &e->retract.batch) || !count_get(in, EVENT_SEQS_MAX, &e->retract.n))
        return false;
    uint64_t *seqs = ARENA_ARRAY(a, e->retract.n, uint64_t);
    e->retract.seqs = seqs;
    for (size_t i = 0; i < e->retract.n; i++) {
        uint64_t step, before = i ? seqs[i - 1] : 0;
        if (!varint_get(in, &step) || step == 0 || step > INT64_MAX - before)
            return false;
        seqs[i] = before + step;
    }
    return true;
}

static bool get_import(struct str *in, struct event *e)
{
    struct row_counts *c = &e->import.counts;
    uint64_t *counts[] = {&c->rows,      &c->created, &c->updated,
                          &c->unchanged, &c->merged,  &c->quarantined};
    uint8_t phase;
    if (!varint_get(in, &e->import.batch) || !byte_get(in, &phase) || phase < IMPORT_BEGUN ||
        phase > IMPORT_UNDONE || !text_get(in, &e->import.source) ||
        !text_get(in, &e->import.file) || !digest_get(in, &e->import.file_digest))
        return false;
    e->import.phase = (enum import_phase)phase;
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        if (!varint_get(in, counts[i]))
            return false;
    return true;
}

static bool get_erase(struct str *in, struct arena *a, struct event *e)
{
    if (!count_get(in, EVENT_KEYS_MAX, &e->erase.n))
        return false;
    struct digest *refuse = ARENA_ARRAY(a, e->erase.n, struct digest);
    e->erase.refuse = refuse;
    for (size_t i = 0; i < e->erase.n; i++)
        if (!digest_get(in, &refuse[i]))
            return false;
    return text_get(in, &e->erase.reason);
}

static bool get_genesis(struct str *in, struct event *e)
{
    if (in->n < sizeof e->genesis.workspace)
        return false;
    memcpy(e->genesis.workspace, in->p, sizeof e->genesis.workspace);
    *in = str_sub(*in, sizeof e->genesis.workspace, in->n);
    return text_get(in, &e->genesis.zone) && u32_get(in, &e->genesis.format);
}

static bool get_body(struct str *in, struct arena *a, struct event *e)
{
    switch (e->kind) {
    case EV_CREATE:
    case EV_PATCH:
    case EV_KEY:
        return get_patch(in, a, e);
    case EV_DELETE:
    case EV_RESTORE:
        return true;
    case EV_RETRACT:
        return get_retract(in, a, e);
    case EV_BATCH:
        return varint_get(in, &e->batch.rows) && varint_get(in, &e->batch.first) &&
               varint_get(in, &e->batch.last) && digest_get(in, &e->batch.digest);
    case EV_VERSION:
        return u32_get(in, &e->version.version) && digest_get(in, &e->version.digest) &&
               text_get(in, &e->version.sources) && text_get(in, &e->version.numbering);
    case EV_REDIRECT:
        return varint_get(in, &e->redirect.into);
    case EV_ERASE:
        return get_erase(in, a, e);
    case EV_IMPORT:
        return get_import(in, e);
    case EV_GENESIS:
        return get_genesis(in, e);
    }
    return false;
}

enum rc event_body_decode(struct str body, struct arena *a, struct event *e)
{
    uint8_t format;
    if (body.n > EVENT_BODY_MAX)
        return RC_LIMIT;
    if (!byte_get(&body, &format) || format != BODY_FORMAT || !get_body(&body, a, e) || body.n)
        return RC_CORRUPT;
    return RC_OK;
}
