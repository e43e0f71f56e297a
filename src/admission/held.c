/* held.c - refused rows: kept with every reason, opened again, and closed when their mended row is accepted. */
#include "admission/held.h"

#include "admission/steps.h"

#include <assert.h>
#include <string.h>

enum { DOOR_TERM_DAYS = 30 };

/* ---- seals ------------------------------------------------------------------------------------------------------- */

static void put_text(struct buf *b, struct str s)
{
    varint_put(b, s.n);
    buf_str(b, s);
}

static bool get_text(struct str *rest, struct str *out)
{
    uint64_t n;
    if (!varint_get(rest, &n) || n > rest->n)
        return false;
    *out = str_sub(*rest, 0, (size_t)n);
    *rest = str_sub(*rest, (size_t)n, rest->n);
    return true;
}

/* Rows of doors share a key by the month, whose number no record has; counted from 1, for 0 is no term. */
static struct vault_term term_of(const struct held_place *at)
{
    int64_t span = DOOR_TERM_DAYS * US_PER_DAY, kept = HELD_DAYS * US_PER_DAY;
    if (at->batch)
        return (struct vault_term){at->batch, {at->at.us + kept}};
    int64_t month = at->at.us > 0 ? at->at.us / span : 0;
    return (struct vault_term){(uint64_t)month + 1, {(month + 1) * span + kept}};
}

static struct vault_place place_of(const struct held_place *at)
{
    return (struct vault_place){at->object, at->batch, at->row, zigzag(at->at.us)};
}

enum rc held_seal(struct vault *vault, const struct held_place *at, const struct held_texts *texts,
                  struct arena *a, struct str *out)
{
    *out = STR("");
    if (!vault)
        return RC_OK;
    struct buf b;
    buf_init(&b, texts->value.n + texts->text.n + texts->findings.n + 64);
    put_text(&b, texts->value);
    put_text(&b, texts->text);
    put_text(&b, texts->findings);
    enum rc rc = buf_ok(&b);
    if (rc == RC_OK)
        rc = vault_seal_text(vault, term_of(at), place_of(at), buf_view(&b), a, out);
    buf_release(&b);
    if (rc == RC_NOT_FOUND) /* read again when the term was over: it goes the way of its batch */
        *out = STR("");
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc held_unseal(struct vault *vault, const struct held_place *at, struct str sealed,
                    struct arena *a, struct held_texts *out)
{
    struct str plain;
    *out = (struct held_texts){STR(""), STR(""), STR("[]")};
    if (!vault || sealed.n == 0)
        return RC_NOT_FOUND;
    enum rc rc = vault_unseal_text(vault, place_of(at), sealed, a, &plain);
    if (rc != RC_OK)
        return rc;
    struct held_texts t;
    if (!get_text(&plain, &t.value) || !get_text(&plain, &t.text) ||
        !get_text(&plain, &t.findings) || plain.n > 0)
        return RC_CORRUPT;
    *out = t;
    return RC_OK;
}

/* ---- answers ------------------------------------------------------------------------------------------------------ */

/* No object has number 0, so that no refused row stands in the place of an answer. */
static struct held_place answer_at(struct instant at)
{
    return (struct held_place){.at = at};
}

enum rc held_seal_answer(struct vault *vault, struct instant at, struct str answer, struct arena *a,
                         struct str *out)
{
    const struct held_place place = answer_at(at);
    *out = answer;
    return vault ? vault_seal_text(vault, term_of(&place), place_of(&place), answer, a, out)
                 : RC_OK;
}

enum rc held_unseal_answer(struct vault *vault, struct instant at, struct str sealed,
                           struct arena *a, struct str *out)
{
    const struct held_place place = answer_at(at);
    *out = sealed;
    return vault ? vault_unseal_text(vault, place_of(&place), sealed, a, out) : RC_OK;
}

/* ---- keeping ------------------------------------------------------------------------------------------------------ */

/* A command that did not come as a row is kept as its fields, one a line. */
static struct str command_text(const struct command *c, struct arena *a)
{
    struct str all = STR("");
    for (size_t i = 0; i < c->n_fields; i++) {
        struct str name = c->fields[i].field ? c->fields[i].field->name : c->fields[i].name;
        all = str_printf(a, "%.*s%.*s=%.*s\n", STR_ARG(all), STR_ARG(name),
                         STR_ARG(str_sub(c->fields[i].text, 0, 4096)));
    }
    return all;
}

/* What an erased person is known by must not be kept by way of its refusal. */
static bool holds_erased(const struct verdict *v)
{
    for (size_t i = 0; i < v->n_findings; i++)
        if (strcmp(v->findings[i].code, FINDING_ERASED) == 0)
            return true;
    return false;
}

static enum rc seal_row(struct group *g, const struct command *c, const struct held_place *at,
                        const struct verdict *v, struct str *out)
{
    struct buf *b = &g->adm->scratch;
    const struct finding *reason = verdict_reason(v);
    *out = STR("");
    if (holds_erased(v))
        return RC_OK;
    buf_clear(b);
    verdict_findings_json(v, b);
    struct held_texts texts = {.value = reason ? reason->new_value : STR_NONE,
                               .text = c->row ? c->row->text : command_text(c, g->arena),
                               .findings = buf_view(b)};
    return held_seal(g->adm->parts.vault, at, &texts, g->arena, out);
}

enum rc quarantine_put(struct group *g, const struct command *c, struct instant at,
                       struct verdict *v)
{
    struct stmt *st;
    bool row = false;
    const struct finding *reason = verdict_reason(v);
    struct held_place place = {v->object->number, c->row ? c->row->batch : 0,
                               c->row ? c->row->row : 0, at};
    struct str sealed;
    enum rc rc = seal_row(g, c, &place, v, &sealed);
    if (rc == RC_OK)
        rc = store_named(g->adm->parts.store, SQL_QUARANTINE_PUT, &st);
    if (rc != RC_OK)
        return rc;
    struct str name = reason && reason->field ? reason->field->name : STR_NONE;
    if (reason && !reason->field)
        name = reason->name;
    struct str identity;
    rc = source_row_name(g->adm, c, g->arena, &identity);
    if (rc != RC_OK)
        return rc;
    stmt_int(st, 1, place.object);
    stmt_u64(st, 2, place.batch);
    stmt_u64(st, 3, place.row);
    stmt_text(st, 4, c->source.n ? c->source : STR(""));
    stmt_int(st, 5, at.us);
    stmt_text(st, 6, reason ? str_of(reason->code) : STR(""));
    stmt_text(st, 7, name.n ? name : STR(""));
    stmt_blob(st, 8, identity);
    stmt_blob(st, 9, sealed);
    rc = stmt_step(st, &row);
    if (rc == RC_OK && row)
        v->quarantine = stmt_get_u64(st, 0);
    stmt_reset(st);
    return rc;
}

void quarantine_write(struct decision *d)
{
    if (d->g->rc == RC_OK)
        d->g->rc = quarantine_put(d->g, d->w->command, d->txn.recorded_at, d->v);
}

/* ---- settling ------------------------------------------------------------------------------------------------------ */

enum rc held_settle(struct store *s, uint64_t id, enum held_state state, const struct actor *who,
                    struct instant at, bool *changed)
{
    struct stmt *st;
    enum rc rc = store_named(s, SQL_QUARANTINE_SETTLE, &st);
    *changed = false;
    if (rc != RC_OK)
        return rc;
    struct arena *a = arena_new();
    stmt_u64(st, 1, id);
    stmt_int(st, 2, state);
    stmt_int(st, 3, at.us);
    stmt_text(st, 4, actor_text(who, a));
    rc = stmt_run(st);
    *changed = rc == RC_OK && stmt_changes(st) > 0;
    arena_free(a);
    return rc;
}

/* The batch that the row came in first, as it stands; false when it is not at its end and counts for itself. */
static bool ended_batch(struct decision *d, uint64_t batch, struct event *e)
{
    struct group *g = d->g;
    struct stmt *st;
    bool row = false;
    g->rc = store_named(g->adm->parts.store, SQL_BATCH_GET, &st);
    if (g->rc != RC_OK)
        return false;
    stmt_u64(st, 1, batch);
    g->rc = stmt_step(st, &row);
    if (g->rc != RC_OK || !row)
        return false;
    *e = (struct event){.kind = EV_IMPORT,
                        .effective_at = d->txn.recorded_at,
                        .actor = d->actor,
                        .object = (uint32_t)stmt_get_int(st, 1),
                        .model_version = g->model->version};
    e->import.batch = batch;
    e->import.phase = (enum import_phase)stmt_get_int(st, 2);
    e->import.source = str_dup(g->arena, stmt_get_text(st, 3));
    e->import.file = str_dup(g->arena, stmt_get_text(st, 4));
    e->import.counts = (struct row_counts){.rows = stmt_get_u64(st, 5),
                                           .created = stmt_get_u64(st, 6),
                                           .updated = stmt_get_u64(st, 7),
                                           .unchanged = stmt_get_u64(st, 8),
                                           .merged = stmt_get_u64(st, 9),
                                           .quarantined = stmt_get_u64(st, 10)};
    stmt_reset(st);
    return e->import.phase == IMPORT_ENDED && e->import.counts.quarantined > 0;
}

/* The mended row counts where it was accepted; in its first batch it left nothing behind: unchanged. */
static void restate(struct decision *d, uint64_t batch)
{
    struct group *g = d->g;
    struct event e;
    if (!ended_batch(d, batch, &e))
        return;
    e.import.counts.quarantined--;
    e.import.counts.unchanged++;
    g->rc = ledger_append(g->adm->parts.ledger, &e);
    if (g->rc == RC_OK)
        g->rc = projection_apply(g->projection, &e);
}

struct open_row {
    uint64_t id, batch;
};

void quarantine_mend(struct decision *d)
{
    struct group *g = d->g;
    const struct command *c = d->w->command;
    struct str identity;
    struct stmt *st;
    bool row = true;
    VEC(struct open_row) rows = {NULL, 0, 0};
    if (!c->row || c->source_row.n == 0 || g->rc != RC_OK)
        return;
    g->rc = source_row_name(g->adm, c, g->arena, &identity);
    if (g->rc == RC_OK)
        g->rc = store_named(g->adm->parts.store, SQL_QUARANTINE_OPEN_ROW, &st);
    if (g->rc != RC_OK)
        return;
    stmt_int(st, 1, c->object->number);
    stmt_text(st, 2, c->source.n ? c->source : STR(""));
    stmt_blob(st, 3, identity);
    stmt_u64(st, 4, c->row->batch);
    while ((g->rc = stmt_step(st, &row)) == RC_OK && row)
        *VEC_PUSH(g->arena, &rows) = (struct open_row){stmt_get_u64(st, 0), stmt_get_u64(st, 1)};
    for (size_t i = 0; i < rows.n && g->rc == RC_OK; i++) {
        bool changed;
        g->rc = held_settle(g->adm->parts.store, rows.v[i].id, HELD_ADMITTED, &c->actor,
                            d->txn.recorded_at, &changed);
        if (g->rc == RC_OK && rows.v[i].batch)
            restate(d, rows.v[i].batch);
    }
}
