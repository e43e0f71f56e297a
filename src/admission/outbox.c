/* outbox.c - an asked-for message becomes a row. */
#include "admission/outbox.h"

#include "admission/steps.h"
#include "store/store.h"

#include <assert.h>

/* A message that nobody could send for so long is of no use any more. Keys are by the month, in numbers that neither batches nor
 * the quarantine of doors use. */
enum { TERM_DAYS = 30, KEPT_DAYS = 60, TERMS_FROM = 1 << 20, TEXTS = 4 };

static struct vault_term term_of(struct instant at)
{
    int64_t span = TERM_DAYS * US_PER_DAY, month = at.us > 0 ? at.us / span : 0;
    return (struct vault_term){(uint64_t)(TERMS_FROM + month),
                               {(month + 1) * span + KEPT_DAYS * US_PER_DAY}};
}

struct vault_place outbox_place(uint32_t object, uint64_t record, struct instant made_at)
{
    return (struct vault_place){object, record, 0, zigzag(made_at.us)};
}

enum rc outbox_seal(struct vault *v, struct vault_place at, const struct outbox_texts *t,
                    struct instant made_at, struct arena *a, struct str *out)
{
    const struct str all[TEXTS] = {t->template_file, t->subject, t->text, t->purpose};
    struct buf b;
    buf_init(&b, 2 * VALUE_BYTES_MAX);
    for (size_t i = 0; i < TEXTS; i++) {
        varint_put(&b, all[i].n);
        buf_str(&b, all[i]);
    }
    varint_put(&b, t->address_field);
    enum rc rc = buf_ok(&b);
    if (rc == RC_OK)
        rc = vault_seal_text(v, term_of(made_at), at, buf_view(&b), a, out);
    buf_release(&b);
    return rc;
}

enum rc outbox_unseal(struct vault *v, struct vault_place at, struct str sealed, struct arena *a,
                      struct outbox_texts *out)
{
    struct str rest;
    struct str *const all[TEXTS] = {&out->template_file, &out->subject, &out->text, &out->purpose};
    *out = (struct outbox_texts){0};
    enum rc rc = sealed.n ? vault_unseal_text(v, at, sealed, a, &rest) : RC_NOT_FOUND;
    if (rc != RC_OK)
        return rc;
    for (size_t i = 0; i < TEXTS; i++) {
        uint64_t n;
        if (!varint_get(&rest, &n) || n > rest.n)
            return RC_CORRUPT;
        *all[i] = str_sub(rest, 0, (size_t)n);
        rest = str_sub(rest, (size_t)n, rest.n);
    }
    return varint_get(&rest, &out->address_field) && !rest.n ? RC_OK : RC_CORRUPT;
}

void outbox_put(struct decision *d, const struct effect *f, uint64_t cause)
{
    struct group *g = d->g;
    struct admission *adm = g->adm;
    const struct effect_message *m = f->message;
    struct instant made_at = d->txn.recorded_at;
    struct outbox_texts t = {.template_file = m->template_file,
                             .subject = m->subject,
                             .text = m->text,
                             .purpose = m->purpose,
                             .address_field = m->address_field ? m->address_field->number : 0};
    struct str sealed;
    struct stmt *st;
    assert(m->id.n && m->channel.n && (m->person || m->address_field));
    if (g->rc != RC_OK || g->dry || !adm->parts.vault)
        return;
    g->rc = outbox_seal(adm->parts.vault, outbox_place(f->object->number, f->record, made_at), &t,
                        made_at, g->arena, &sealed);
    if (g->rc == RC_OK)
        g->rc = store_named(adm->parts.store, SQL_OUTBOX_PUT, &st);
    if (g->rc != RC_OK)
        return;
    int i = 1;
    stmt_text(st, i++, m->id);
    stmt_text(st, i++, m->channel);
    stmt_text(st, i++, f->definition);
    stmt_int(st, i++, f->object->number);
    stmt_u64(st, i++, f->record);
    stmt_u64(st, i++, m->person);
    stmt_u64(st, i++, m->run);
    stmt_int(st, i++, m->bundled);
    stmt_u64(st, i++, cause);
    stmt_int(st, i++, made_at.us);
    stmt_int(st, i++, f->at.us);
    stmt_blob(st, i++, sealed);
    g->rc = stmt_run(st);
}
