#include "projection/rebuild.h"

#include "projection/internal.h"

#include <assert.h>

enum { STEP_EVENTS = 1000 };

/* ---- refill ----------------------------------------------------------------------------------------------------- */

static enum rc clear(struct projection *p)
{
    static const enum sql_id fixed[] = {
        SQL_CLEAR_RECORD_KEY,    SQL_CLEAR_REDIRECT, SQL_CLEAR_ALIKE,
        SQL_CLEAR_ALIKE_RULE,    SQL_CLEAR_VISIT,    SQL_CLEAR_FACT_RETRACTION,
        SQL_CLEAR_MODEL_VERSION, SQL_CLEAR_BATCH,    SQL_CLEAR_ERASED_VALUE};
    enum rc rc = RC_OK;
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed && rc == RC_OK; i++) {
        struct stmt *st;
        rc = store_named(p->store, fixed[i], &st);
        if (rc == RC_OK)
            rc = stmt_run(st);
    }
    struct buf sql;
    buf_init(&sql, 128);
    for (size_t i = 0; i < p->n_plans && rc == RC_OK; i++) {
        char name[COLUMN_MAX];
        if (!p->plans[i].object)
            continue;
        buf_clear(&sql);
        buf_printf(&sql, "DROP TABLE IF EXISTS %.*s", STR_ARG(table_of(p->plans[i].object, name)));
        rc = store_exec(p->store, buf_view(&sql));
    }
    buf_release(&sql);
    return rc == RC_OK ? projection_evolve(p->store, p->model) : rc;
}

struct refill {
    struct projection *to;
    struct store *from;
    struct vault *vault;
    const struct ledger_step *step;
    uint64_t done, total; /* events */
    uint64_t told;
    struct arena *arena; /* of the record or event in hand */
};

static enum rc stepped(struct refill *r, uint64_t events)
{
    r->done += events;
    if (!r->step || r->done - r->told < STEP_EVENTS)
        return RC_OK;
    r->told = r->done;
    return r->step->call(r->step->self, r->done, r->total) ? RC_OK : RC_CANCELLED;
}

/* Records of an object that left the model keep their keys and redirects. */
static enum rc refill_record(struct refill *r, uint32_t object, uint64_t record)
{
    struct event *events;
    struct folded f;
    size_t n;
    arena_reset(r->arena);
    enum rc rc = ledger_of_record(r->from, r->vault, object, record, r->arena, &events, &n);
    if (rc != RC_OK)
        return rc;
    const struct object *o = model_object_numbered(r->to->model, object);
    if (o && !o->is_fact) {
        rc = record_write(r->to, o, record, events, n, false, r->arena, NULL);
    } else {
        fold_current(&(struct fold_layout){0}, events, n, r->arena, &f);
        rc = keys_refold(r->to, object, record, events, f.active, n);
        if (rc == RC_OK)
            rc = redirect_refold(r->to, record, events, f.active, n);
    }
    for (size_t i = 0; i < n && rc == RC_OK; i++)
        if (events[i].kind == EV_ERASE)
            rc = projection_apply(r->to, &events[i]);
    return rc == RC_OK ? stepped(r, n) : rc;
}

static enum rc refill_records(struct refill *r)
{
    uint64_t record = 0;
    uint32_t object = 0;
    enum rc rc;
    while ((rc = ledger_next_record(r->from, record, &record, &object)) == RC_OK && record) {
        rc = refill_record(r, object, record);
        if (rc != RC_OK)
            return rc;
    }
    return rc;
}

static enum rc refill_others(struct refill *r)
{
    struct ledger_reader *reader;
    bool more = true;
    enum rc rc = ledger_read_others(r->from, &reader);
    while (rc == RC_OK && more) {
        struct event e;
        arena_reset(r->arena);
        rc = ledger_next(reader, r->arena, &e, &more);
        if (rc == RC_OK && more)
            rc = projection_apply(r->to, &e);
        if (rc == RC_OK && more)
            rc = stepped(r, 1);
    }
    ledger_read_end(reader);
    return rc;
}

enum rc projection_rebuild(struct projection *to, struct store *from, struct vault *vault,
                           const struct ledger_step *step)
{
    assert(store_in_transaction(to->store));
    struct refill r = {.to = to, .from = from, .vault = vault, .step = step, .arena = arena_new()};
    struct ledger_head head;
    enum rc rc = ledger_read_head(from, &head);
    r.total = head.seq;
    if (rc == RC_OK)
        rc = clear(to);
    if (rc == RC_OK)
        rc = refill_others(&r);
    if (rc == RC_OK)
        rc = refill_records(&r);
    arena_free(r.arena);
    return rc;
}
