/* verify.c - is the ledger what it was when it was written? */
#include "ledger/internal.h"

#include "ledger/format.h"

#include <inttypes.h>

enum { STEP_EVENTS = 1000, OBJECTS_MAX = 4096, FINDINGS_MAX = 1000 };

struct verify {
    struct store *store;
    struct diags *ds;
    const struct ledger_since *since;
    struct ledger_check *check;
    struct event last;
    struct buf bytes;
    bool since_met;
    uint64_t *rows; /* of fact objects by number, as their batches say */
};

static void finding(struct verify *v, const char *code, const struct event *e, const char *what)
{
    diag_add(v->ds, SEV_ERROR, code, span_none(), "event %" PRIu64 ": %s", e->seq, what);
}

static void check_order(struct verify *v, const struct event *e)
{
    const struct event *before = &v->last;
    if (e->seq != before->seq + 1)
        diag_add(v->ds, SEV_ERROR, "L0201", span_none(),
                 "events %" PRIu64 " to %" PRIu64 " are missing", before->seq + 1, e->seq - 1);
    bool same = e->txn == before->txn;
    if (!same && e->txn != before->txn + 1)
        finding(v, "L0202", e, "its transaction does not follow the one before");
    if (before->seq && (same ? e->recorded_at.us != before->recorded_at.us
                             : e->recorded_at.us <= before->recorded_at.us))
        finding(v, "L0202", e, "it is recorded before the event before it");
    if (e->effective_at.us > e->recorded_at.us)
        finding(v, "L0202", e, "it takes effect after it was recorded");
    if ((e->seq == 1) != (e->kind == EV_GENESIS))
        finding(v, "L0202", e, "a ledger begins with its one genesis event");
}

static void check_hash(struct verify *v, const struct event *e, struct str body)
{
    buf_clear(&v->bytes);
    event_encode(e, body, &v->bytes);
    struct hasher h;
    hasher_init(&h);
    hasher_put(&h, (struct str){(const char *)v->last.hash.b, sizeof v->last.hash.b});
    hasher_put(&h, buf_view(&v->bytes));
    if (!digest_eq(hasher_done(&h), e->hash))
        finding(v, "L0203", e, "its hash does not fit its content and the event before");
}

static void check_body(struct verify *v, const struct event *e, struct str body, enum rc decoded)
{
    buf_clear(&v->bytes);
    if (decoded != RC_OK || event_body_encode(e, &v->bytes) != RC_OK ||
        !str_eq(buf_view(&v->bytes), body))
        finding(v, "L0204", e, "its body is not in canonical form");
}

static enum rc check_batch(struct verify *v, const struct event *e)
{
    uint64_t rows;
    struct digest digest;
    enum rc rc = ledger_batch_digest(v->store, e, &rows, &digest);
    if (rc == RC_NOT_FOUND) {
        finding(v, "L0205", e, "the table of its fact rows is missing");
        return RC_OK;
    }
    if (rc != RC_OK)
        return rc;
    v->check->batches++;
    v->check->fact_rows += rows;
    if (e->object < OBJECTS_MAX)
        v->rows[e->object] += e->batch.rows;
    if (rows != e->batch.rows)
        diag_add(v->ds, SEV_ERROR, "L0205", span_none(),
                 "event %" PRIu64 ": %" PRIu64
                 " fact rows stand in its batch, it recorded %" PRIu64,
                 e->seq, rows, e->batch.rows);
    else if (!digest_eq(digest, e->batch.digest))
        finding(v, "L0205", e, "its fact rows are not those it recorded");
    return RC_OK;
}

static enum rc check_event(struct verify *v, const struct event *e, struct str body,
                           enum rc decoded)
{
    check_order(v, e);
    check_hash(v, e, body);
    check_body(v, e, body, decoded);
    if (v->since && v->since->seq == e->seq) {
        v->since_met = true;
        if (!digest_eq(v->since->hash, e->hash))
            finding(v, "L0206", e, "its hash is not the one kept elsewhere: history was rewritten");
    }
    v->last = *e;
    v->check->events++;
    return decoded == RC_OK && e->kind == EV_BATCH ? check_batch(v, e) : RC_OK;
}

static enum rc check_events(struct verify *v, const struct ledger_step *step, uint64_t total)
{
    struct ledger_reader *r;
    struct arena *a = arena_new();
    bool more = true;
    enum rc rc = ledger_read_stored(v->store, 0, 0, &r);
    while (rc == RC_OK && more && v->ds->errors < FINDINGS_MAX) {
        struct event e;
        arena_reset(a);
        rc = ledger_next(r, a, &e, &more);
        /* A body that cannot be read is a finding; a store that fails is not. */
        if (more && (rc == RC_OK || rc == RC_CORRUPT))
            rc = check_event(v, &e, ledger_body(r), rc);
        if (rc == RC_OK && step && v->check->events % STEP_EVENTS == 0 &&
            !step->call(step->self, v->check->events, total))
            rc = RC_CANCELLED;
    }
    ledger_read_end(r);
    arena_free(a);
    return rc;
}

/* Rows that no batch recorded. */
static enum rc check_strays(struct verify *v)
{
    enum rc rc = RC_OK;
    for (uint32_t i = 0; i < OBJECTS_MAX && rc == RC_OK; i++) {
        uint64_t rows;
        if (!v->rows[i])
            continue;
        rc = ledger_count_facts(v->store, i, &rows);
        if (rc == RC_OK && rows != v->rows[i])
            diag_add(v->ds, SEV_ERROR, "L0205", span_none(),
                     "table x_%u has %" PRIu64 " rows, its batches recorded %" PRIu64, i, rows,
                     v->rows[i]);
    }
    return rc;
}

enum rc ledger_verify(struct store *s, const struct ledger_since *since,
                      const struct ledger_step *step, struct ledger_check *out, struct diags *ds)
{
    struct verify v = {.store = s, .ds = ds, .since = since, .check = out};
    *out = (struct ledger_check){0};
    enum rc rc = ledger_read_head(s, &out->head);
    if (rc != RC_OK)
        return rc;
    buf_init(&v.bytes, EVENT_BODY_MAX + 4096);
    v.rows = mem_new(OBJECTS_MAX, sizeof *v.rows);
    rc = check_events(&v, step, out->head.seq);
    if (rc == RC_OK)
        rc = check_strays(&v);
    if (rc == RC_OK && since && !v.since_met)
        diag_add(ds, SEV_ERROR, "L0206", span_none(),
                 "the ledger ends at event %" PRIu64 ", before event %" PRIu64
                 " whose hash was kept elsewhere",
                 out->head.seq, since->seq);
    mem_free(v.rows);
    buf_release(&v.bytes);
    return rc;
}
