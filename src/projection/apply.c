/* apply.c - what an event changes outside current rows: keys, redirects, retractions of facts, versions, import batches. */
#include "projection/internal.h"

static enum rc apply_keys(struct projection *p, const struct event *e)
{
    enum rc rc = RC_OK;
    for (size_t i = 0; i < e->patch.n_keys && rc == RC_OK; i++)
        rc = keys_add(p, e, &e->patch.keys[i]);
    return rc;
}

/* Of a record: rows_refold does it. Of facts: the rows are named, they themselves never change. */
static enum rc apply_retract(struct projection *p, const struct event *e)
{
    struct stmt *st;
    enum rc rc = RC_OK;
    size_t n = e->retract.n ? e->retract.n : 1;
    if (e->record)
        return RC_OK;
    for (size_t i = 0; i < n && rc == RC_OK; i++) {
        rc = store_named(p->store, SQL_FACT_RETRACT, &st);
        if (rc != RC_OK)
            break;
        stmt_int(st, 1, e->object);
        stmt_u64(st, 2, e->retract.batch);
        stmt_u64(st, 3, e->retract.n ? e->retract.seqs[i] : 0);
        stmt_u64(st, 4, e->seq);
        stmt_int(st, 5, e->recorded_at.us);
        rc = stmt_run(st);
    }
    return rc;
}

/* What an erase of the record named before is named again, or may return. */
static enum rc apply_erase(struct projection *p, const struct event *e)
{
    struct stmt *st;
    enum rc rc = store_named(p->store, SQL_ERASED_VALUE_DROP, &st);
    if (rc == RC_OK) {
        stmt_u64(st, 1, e->record);
        rc = stmt_run(st);
    }
    for (size_t i = 0; i < e->erase.n && rc == RC_OK; i++) {
        rc = store_named(p->store, SQL_ERASED_VALUE_PUT, &st);
        if (rc != RC_OK)
            break;
        const struct digest *d = &e->erase.refuse[i];
        stmt_blob(st, 1, (struct str){(const char *)d->b, sizeof d->b});
        stmt_u64(st, 2, e->record);
        stmt_u64(st, 3, e->seq);
        rc = stmt_run(st);
    }
    return rc;
}

static enum rc apply_version(struct projection *p, const struct event *e)
{
    struct stmt *st;
    enum rc rc = store_named(p->store, SQL_VERSION_PUT, &st);
    if (rc != RC_OK)
        return rc;
    stmt_int(st, 1, e->version.version);
    stmt_u64(st, 2, e->seq);
    stmt_int(st, 3, e->recorded_at.us);
    stmt_blob(st, 4, (struct str){(const char *)e->version.digest.b, sizeof e->version.digest.b});
    return stmt_run(st);
}

static enum rc apply_import(struct projection *p, const struct event *e)
{
    static const enum sql_id statements[] = {[IMPORT_BEGUN] = SQL_BATCH_BEGIN,
                                             [IMPORT_ENDED] = SQL_BATCH_END,
                                             [IMPORT_UNDONE] = SQL_BATCH_UNDO};
    const struct row_counts *c = &e->import.counts;
    struct stmt *st;
    enum rc rc = store_named(p->store, statements[e->import.phase], &st);
    if (rc != RC_OK)
        return rc;
    stmt_u64(st, 1, e->import.batch);
    stmt_int(st, 2, e->import.phase);
    stmt_u64(st, 3, e->seq);
    if (e->import.phase == IMPORT_BEGUN) {
        stmt_int(st, 4, e->object);
        stmt_text(st, 5, e->import.source.p ? e->import.source : STR(""));
        stmt_text(st, 6, e->import.file.p ? e->import.file : STR(""));
        stmt_blob(
            st, 7,
            (struct str){(const char *)e->import.file_digest.b, sizeof e->import.file_digest.b});
    }
    if (e->import.phase == IMPORT_ENDED) {
        const uint64_t counts[] = {c->rows,      c->created, c->updated,
                                   c->unchanged, c->merged,  c->quarantined};
        for (int i = 0; i < (int)(sizeof counts / sizeof *counts); i++)
            stmt_u64(st, 4 + i, counts[i]);
    }
    return stmt_run(st);
}

enum rc projection_apply(struct projection *p, const struct event *e)
{
    switch (e->kind) {
    case EV_CREATE:
    case EV_PATCH:
    case EV_KEY:
        return apply_keys(p, e);
    case EV_RETRACT:
        return apply_retract(p, e);
    case EV_VERSION:
        return apply_version(p, e);
    case EV_REDIRECT:
        return redirect_add(p, e);
    case EV_RESTORE:
        return redirect_end(p, e);
    case EV_IMPORT:
        return apply_import(p, e);
    case EV_ERASE:
        return apply_erase(p, e);
    case EV_GENESIS:
    case EV_DELETE:
    case EV_BATCH:
        break;
    }
    return RC_OK;
}
