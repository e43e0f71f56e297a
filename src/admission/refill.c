/* refill.c - see refill.h. */
#include "admission/refill.h"

#include "ledger/ledger.h"
#include "projection/rows.h"

static enum rc append_patch(const struct admission_parts *p, const struct object *o,
                            const struct refill_record *r, size_t i)
{
    struct event ev = {.kind = EV_PATCH,
                       .actor = STR("system"),
                       .effective_at = r->patches[i].effective_at,
                       .cause = r->patches[i].cause,
                       .object = o->number,
                       .record = r->id,
                       .model_version = p->model->version};
    ev.patch.fields = &r->patches[i].field;
    ev.patch.n_fields = 1;
    ev.patch.reason = STR(REFILL_REASON);
    enum rc rc = ledger_append(p->ledger, &ev);
    return rc == RC_OK ? projection_apply(p->projection, &ev) : rc;
}

static enum rc refill(const struct admission_parts *p, const struct object *o,
                      const struct refill_record *r, struct arena *one)
{
    struct ledger_txn txn;
    enum rc rc = RC_OK;
    if (r->n > 0)
        rc = ledger_begin(p->ledger, p->env->now(p->env->self), &txn);
    for (size_t i = 0; i < r->n && rc == RC_OK; i++)
        rc = append_patch(p, o, r, i);
    if (r->n > 0 && rc == RC_OK)
        rc = ledger_end(p->ledger);
    arena_reset(one);
    return rc == RC_OK ? rows_refold(p->projection, p->vault, o, r->id, one, NULL) : rc;
}

enum rc admission_refill(const struct admission_parts *p, const struct object *o,
                         const struct refill_record *records, size_t n,
                         const struct companion *with)
{
    struct arena *one = arena_new();
    enum rc rc = ledger_begin_group(p->ledger);
    bool begun = rc == RC_OK;
    if (rc == RC_OK)
        rc = projection_evolve(p->store, p->model);
    for (size_t i = 0; i < n && rc == RC_OK; i++)
        rc = refill(p, o, &records[i], one);
    if (rc == RC_OK && with)
        rc = with->write(with->self, p->store, NULL, 0);
    if (rc == RC_OK)
        rc = ledger_commit(p->ledger);
    if (rc != RC_OK && begun)
        ledger_rollback(p->ledger);
    arena_free(one);
    return rc;
}
