/* state.c - what admission remembers beside the ledger: source rows and idempotency keys. */
#include "admission/steps.h"

#include "admission/held.h"
#include "base/json.h"
#include <string.h>

/* ---- what a source said ---------------------------------------------------------------------------------------------- */

/* The digest under which bytes are remembered: the workspace's own, so that keys.db is needed to guess at them. */
static enum rc remembered(struct admission *adm, struct str bytes, struct digest *out)
{
    if (adm->parts.vault)
        return vault_digest(adm->parts.vault, bytes, out);
    *out = digest_of(bytes);
    return RC_OK;
}

enum rc source_row_name(struct admission *adm, const struct command *c, struct arena *a,
                        struct str *out)
{
    struct digest d;
    *out = STR("");
    if (c->source_row.n == 0)
        return RC_OK;
    enum rc rc = remembered(adm, c->source_row, &d);
    if (rc == RC_OK)
        *out = str_dup(a, (struct str){(const char *)d.b, sizeof d.b});
    return rc;
}

/* What is personal is only compared, so its digest will do: erasing a person leaves nothing here to erase. */
static struct value personal(struct group *g, const struct value *said)
{
    struct digest d = {{0}};
    struct buf b;
    buf_init(&b, VALUE_BYTES_MAX + 64);
    value_encode(said, &b);
    if (g->rc == RC_OK)
        g->rc = remembered(g->adm, buf_view(&b), &d);
    buf_release(&b);
    struct str bytes = {(const char *)d.b, sizeof d.b};
    return (struct value){.type = VT_SEALED, .text = str_dup(g->arena, bytes)};
}

/* One item: field number, dated, instant, then the value; a reference by key as the text it was given. */
static void encode_change(struct group *g, const struct change *ch, struct buf *out)
{
    varint_put(out, ch->field->number);
    varint_put(out, ch->dated);
    varint_put(out, ch->dated ? zigzag(ch->at.us) : 0);
    struct value said = ch->value;
    if (ch->by_key)
        said = (struct value){.type = VT_TEXT, .text = str_trim(ch->input->text)};
    if (ch->field->personal && said.type != VT_ABSENT)
        said = personal(g, &said);
    value_encode(&said, out);
}

void said_encode(struct group *g, struct work *w)
{
    if (w->command->source_row.n == 0)
        return;
    struct buf *b = &g->adm->scratch;
    buf_clear(b);
    size_t *ends = ARENA_ARRAY(g->arena, w->changes.n, size_t);
    for (size_t i = 0; i < w->changes.n; i++) {
        encode_change(g, &w->changes.v[i], b);
        ends[i] = b->n;
    }
    w->said = str_dup(g->arena, buf_view(b));
    w->said_digest = digest_of(w->said);
    for (size_t i = 0; i < w->changes.n; i++)
        w->changes.v[i].said = str_sub(w->said, i ? ends[i - 1] : 0, ends[i]);
}

/* Cuts one item off the front; false at the end or when the bytes are not ours. */
static bool next_item(struct str *rest, struct str *item, uint64_t *field, struct value *v)
{
    struct str start = *rest;
    uint64_t dated, at;
    if (rest->n == 0 || !varint_get(rest, field) || !varint_get(rest, &dated) ||
        !varint_get(rest, &at) || value_decode(rest, v) != RC_OK)
        return false;
    *item = (struct str){start.p, start.n - rest->n};
    return true;
}

static bool has_item(struct str said, struct str wanted)
{
    struct str item;
    uint64_t field;
    struct value v;
    while (next_item(&said, &item, &field, &v))
        if (str_eq(item, wanted))
            return true;
    return false;
}

/* ---- whose word counts: `survivor:` orders the sources of a field ------------------------------------------------------ */

static size_t rank_of(const struct survivor *s, struct str source)
{
    size_t i = 0;
    while (i < s->n_sources && !str_eq(s->sources[i], source))
        i++;
    return i;
}

struct spoken {
    struct str source;
    struct str said;
};

typedef VEC(struct spoken) spoken_list;

static void load_spoken_of(struct decision *d, uint64_t record, spoken_list *out)
{
    struct group *g = d->g;
    struct stmt *st;
    bool row = true;
    g->rc = store_named(g->adm->parts.store, SQL_SOURCE_ROWS_OF_RECORD, &st);
    if (g->rc != RC_OK)
        return;
    stmt_u64(st, 1, record);
    while ((g->rc = stmt_step(st, &row)) == RC_OK && row)
        *VEC_PUSH(g->arena, out) = (struct spoken){str_dup(g->arena, stmt_get_text(st, 0)),
                                                   str_dup(g->arena, stmt_get_blob(st, 1))};
}

static void load_spoken(struct decision *d, uint64_t record, spoken_list *out)
{
    uint64_t *ids = NULL;
    size_t n = 0;
    d->g->rc = redirects_into(d->g->projection, record, d->g->arena, &ids, &n);
    for (size_t i = 0; i < n && d->g->rc == RC_OK; i++)
        load_spoken_of(d, ids[i], out);
}

static bool gave(const struct spoken *by, uint32_t number)
{
    struct str said = by->said, item;
    uint64_t field;
    struct value v;
    while (next_item(&said, &item, &field, &v))
        if (field == number && v.type != VT_ABSENT)
            return true;
    return false;
}

size_t said_rank(struct decision *d, uint64_t record, const struct survivor *s, uint32_t field,
                 struct str *source)
{
    spoken_list all = {NULL, 0, 0};
    size_t best = SIZE_MAX;
    *source = STR_NONE;
    load_spoken(d, record, &all);
    for (size_t i = 0; i < all.n; i++) {
        size_t rank = rank_of(s, all.v[i].source);
        if (rank >= best || !gave(&all.v[i], field))
            continue;
        best = rank;
        *source = all.v[i].source;
    }
    return best;
}

/* Did a source of a better rank give the field a value? */
static bool is_outranked(const spoken_list *all, const struct survivor *s, const struct change *ch,
                         struct str source)
{
    size_t own = rank_of(s, source);
    for (size_t i = 0; i < all->n; i++)
        if (rank_of(s, all->v[i].source) < own && gave(&all->v[i], ch->field->number))
            return true;
    return false;
}

static void drop_outranked(struct decision *d)
{
    const struct object_plan *p = d->w->plan;
    spoken_list all = {NULL, 0, 0};
    bool loaded = false;
    for (size_t i = 0; i < d->w->changes.n && d->g->rc == RC_OK; i++) {
        struct change *ch = &d->w->changes.v[i];
        const struct survivor *s = p->survivors ? p->survivors[ch->slot] : NULL;
        if (!s || ch->dropped)
            continue;
        if (!loaded)
            load_spoken(d, d->target->id, &all);
        loaded = true;
        ch->dropped = is_outranked(&all, s, ch, d->w->command->source);
    }
}

void said_filter(struct decision *d)
{
    struct work *w = d->w;
    if (w->command->source.n == 0 || !d->target)
        return; /* a person's word, or a new record: nothing was said before */
    bool before = w->before && w->before->record;
    for (size_t i = 0; before && i < w->changes.n; i++)
        w->changes.v[i].dropped |= has_item(w->before->said, w->changes.v[i].said);
    drop_outranked(d);
}

void said_write(struct decision *d)
{
    struct group *g = d->g;
    struct work *w = d->w;
    const struct command *c = w->command;
    struct stmt *st;
    if (!w->before || !d->target || c->kind > CMD_UPDATE || g->rc != RC_OK)
        return;
    if (w->before->record == d->target->id && digest_eq(w->before->digest, w->said_digest))
        return;
    *w->before = (struct said_before){.record = d->target->id,
                                      .batch = c->row ? c->row->batch : 0,
                                      .digest = w->said_digest,
                                      .said = w->said};
    struct str row;
    g->rc = source_row_name(g->adm, c, g->arena, &row);
    if (g->rc == RC_OK)
        g->rc = store_named(g->adm->parts.store, SQL_SOURCE_ROW_PUT, &st);
    if (g->rc != RC_OK)
        return;
    stmt_int(st, 1, c->object->number);
    stmt_text(st, 2, c->source);
    stmt_blob(st, 3, row);
    stmt_u64(st, 4, d->target->id);
    stmt_u64(st, 5, c->row ? c->row->batch : 0);
    stmt_blob(st, 6, (struct str){(const char *)w->said_digest.b, sizeof w->said_digest.b});
    stmt_blob(st, 7, w->said.n ? w->said : STR(""));
    g->rc = stmt_run(st);
}

/* ---- idempotency ------------------------------------------------------------------------------------------------------- */

static void put_str(struct buf *b, struct str s)
{
    varint_put(b, s.n);
    buf_str(b, s);
}

static struct digest body_digest(struct decision *d)
{
    const struct command *c = d->w->command;
    struct buf *b = &d->g->adm->scratch;
    buf_clear(b);
    varint_put(b, c->kind);
    varint_put(b, c->object->number);
    varint_put(b, c->id);
    varint_put(b, c->dated ? zigzag(c->effective_at.us) + 1 : 0);
    varint_put(b, c->has_seen_version ? c->seen_version + 1 : 0);
    put_str(b, c->reason);
    if (c->idempotency_body.n)
        put_str(b, c->idempotency_body);
    for (size_t i = 0; i < c->n_keys; i++) {
        put_str(b, c->keys[i].source);
        put_str(b, c->keys[i].value);
    }
    for (size_t i = 0; i < c->n_fields; i++) {
        const struct field_input *in = &c->fields[i];
        put_str(b, in->field ? in->field->name : in->name);
        varint_put(b, in->form);
        varint_put(b, in->dated ? zigzag(in->effective_at.us) + 1 : 0);
        put_str(b, in->text);
        value_encode(&in->value, b);
    }
    varint_put(b, c->merge_id);
    for (size_t i = 0; i < c->n_retract_seqs; i++)
        varint_put(b, c->retract_seqs[i]);
    varint_put(b, c->retract_batch);
    return digest_of(buf_view(b));
}

static void read_finding(const struct json *j, struct finding *f)
{
    struct str s = STR_NONE;
    *f = (struct finding){.code = "NOTED", .enforcement = ENFORCE_WARN, .state = CRITERION_UNMET};
    if (json_str(json_get(j, "code"), &s))
        f->code = s.p; /* NUL-ended: the text was copied into the arena with its end */
    (void)json_str(json_get(j, "criterion"), &f->criterion);
    (void)json_str(json_get(j, "field"), &f->name);
    (void)json_str(json_get(j, "message"), &f->message);
    (void)json_str(json_get(j, "help"), &f->help);
    (void)json_str(json_get(j, "owner"), &f->owner);
    if (json_str(json_get(j, "enforcement"), &s) && str_is(s, "audit"))
        f->enforcement = ENFORCE_AUDIT;
}

static void read_number(const struct json *j, uint64_t *out)
{
    int64_t n;
    if (json_int(j, &n) && n > 0)
        *out = (uint64_t)n;
}

/* The stored verdict again. It was accepted, so its findings warn at most. */
/* What objects the model has no more is left out. */
static void read_followed(const struct model *m, const struct json *j, struct arena *a,
                          struct verdict *v)
{
    struct str s;
    if (!json_is(j, JSON_ARRAY))
        return;
    v->followed = ARENA_ARRAY(a, j->n, struct followed);
    for (uint32_t i = 0; i < j->n; i++) {
        struct followed *f = &v->followed[v->n_followed];
        const struct json *one = &j->items[i];
        f->object = json_str(json_get(one, "object"), &s) ? model_object(m, s) : NULL;
        if (!f->object || !json_str(json_get(one, "id"), &s) ||
            !id_parse(s, f->object->prefix, &f->id))
            continue;
        (void)json_str(json_get(one, "definition"), &f->definition);
        f->what = json_str(json_get(one, "what"), &s) ? str_c(a, s) : "";
        v->n_followed++;
    }
}

static enum rc read_verdict(struct decision *d, struct str text)
{
    struct arena *a = d->g->arena;
    struct verdict *v = d->v;
    struct json *j;
    struct str s;
    if (json_read(text, NULL, a, &j, NULL) != RC_OK)
        return RC_CORRUPT;
    *v = (struct verdict){.object = d->w->command->object, .replayed = true};
    if (json_str(json_get(j, "outcome"), &s))
        for (int o = 0; o < VERDICT_OUTCOME_COUNT; o++)
            if (str_is(s, verdict_outcome_name((enum verdict_outcome)o)))
                v->outcome = (enum verdict_outcome)o;
    if (json_str(json_get(j, "id"), &s))
        (void)!id_parse(s, v->object->prefix, &v->id);
    read_number(json_get(j, "version"), &v->version);
    read_number(json_get(j, "transaction"), &v->txn);
    const struct json *seqs = json_get(j, "seqs"), *findings = json_get(j, "findings");
    if (json_is(seqs, JSON_ARRAY) && seqs->n == 2) {
        read_number(&seqs->items[0], &v->first_seq);
        read_number(&seqs->items[1], &v->last_seq);
    }
    read_followed(d->g->model, json_get(j, "followed"), a, v);
    if (!json_is(findings, JSON_ARRAY))
        return RC_OK;
    v->findings = ARENA_ARRAY(a, findings->n, struct finding);
    v->n_findings = findings->n;
    for (uint32_t i = 0; i < findings->n; i++) {
        read_finding(&findings->items[i], &v->findings[i]);
        v->findings[i].code = str_c(a, str_of(v->findings[i].code));
    }
    return RC_OK;
}

bool idempotency_answer(struct decision *d)
{
    struct group *g = d->g;
    const struct command *c = d->w->command;
    struct stmt *st;
    bool row = false;
    if (c->idempotency_key.n == 0 || g->rc != RC_OK)
        return false;
    g->rc = store_named(g->adm->parts.store, SQL_IDEMPOTENCY_GET, &st);
    if (g->rc != RC_OK)
        return true;
    stmt_text(st, 1, c->idempotency_key);
    stmt_int(st, 2, d->txn.recorded_at.us - IDEMPOTENCY_DAYS * US_PER_DAY);
    g->rc = stmt_step(st, &row);
    if (g->rc != RC_OK || !row)
        return g->rc != RC_OK;
    struct digest body = body_digest(d);
    struct str kept = stmt_get_blob(st, 0), text;
    struct instant at = {stmt_get_int(st, 2)};
    g->rc = held_unseal_answer(g->adm->parts.vault, at, str_dup(g->arena, stmt_get_blob(st, 1)),
                               g->arena, &text);
    if (g->rc != RC_OK) {
        stmt_reset(st);
        return true;
    }
    bool same = kept.n == sizeof body.b && memcmp(kept.p, body.b, kept.n) == 0;
    stmt_reset(st);
    if (same) {
        g->rc = read_verdict(d, text);
        return true;
    }
    struct finding *f = finding_add(g, d->w, "IDEMPOTENCY", NULL,
                                    "another command was accepted under this idempotency key");
    finding_help(g, f, "Use a new key for a new command.");
    d->v->outcome = VERDICT_REFUSED;
    d->v->findings = d->w->findings.v;
    d->v->n_findings = d->w->findings.n;
    return true;
}

static void expire(struct decision *d)
{
    struct stmt *st;
    if (++d->g->adm->since_expiry % 4096 != 1)
        return;
    d->g->rc = store_named(d->g->adm->parts.store, SQL_IDEMPOTENCY_EXPIRE, &st);
    if (d->g->rc != RC_OK)
        return;
    stmt_int(st, 1, d->txn.recorded_at.us - IDEMPOTENCY_DAYS * US_PER_DAY);
    d->g->rc = stmt_run(st);
}

void idempotency_write(struct decision *d)
{
    struct group *g = d->g;
    const struct command *c = d->w->command;
    struct stmt *st;
    if (c->idempotency_key.n == 0 || g->rc != RC_OK)
        return;
    expire(d);
    struct digest body = body_digest(d);
    struct buf *b = &g->adm->scratch;
    buf_clear(b);
    verdict_json(d->v, b);
    struct str sealed;
    if (g->rc == RC_OK)
        g->rc = held_seal_answer(g->adm->parts.vault, d->txn.recorded_at, buf_view(b), g->arena,
                                 &sealed);
    if (g->rc == RC_OK)
        g->rc = store_named(g->adm->parts.store, SQL_IDEMPOTENCY_PUT, &st);
    if (g->rc != RC_OK)
        return;
    stmt_text(st, 1, c->idempotency_key);
    stmt_int(st, 2, d->txn.recorded_at.us);
    stmt_blob(st, 3, (struct str){(const char *)body.b, sizeof body.b});
    stmt_blob(st, 4, sealed);
    g->rc = stmt_run(st);
}
