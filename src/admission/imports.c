#include "admission/imports.h"
#include "admission/steps.h"

/* One event in a transaction of its own. */
static enum rc append_alone(struct admission *a, struct event *e, const struct companion *with)
{
    struct ledger *l = a->parts.ledger;
    enum rc rc = ledger_begin_group(l);
    if (rc != RC_OK) {
        return rc;
    }
    rc = append_one(a, e);
    if (rc == RC_OK && with != NULL) {
        rc = with->write(with->self, a->parts.store, NULL, 0);
    }
    if (rc != RC_OK) {
        ledger_rollback(l);
        return rc;
    }
    return ledger_commit(l);
}

static enum rc append_phase(struct admission *a, const struct import_begin *about, uint64_t batch,
                            enum import_phase phase, const struct row_counts *counts,
                            const struct companion *with)
{
    struct arena *arena = arena_new();
    struct event e = {.kind = EV_IMPORT,
                      .object = about->object->number,
                      .actor = actor_text(&about->actor, arena),
                      .model_version = a->parts.model->version,
                      .import = {.batch = batch,
                                 .phase = phase,
                                 .source = about->source,
                                 .file = about->file,
                                 .file_digest = about->file_digest}};
    if (counts != NULL) {
        e.import.counts = *counts;
    }
    enum rc rc = append_alone(a, &e, with);
    arena_free(arena);
    return rc;
}

enum rc admission_import_begin(struct admission *a, const struct import_begin *about,
                               const struct companion *with, uint64_t *batch)
{
    *batch = id_next(&a->ids, a->parts.env->now(a->parts.env->self));
    return append_phase(a, about, *batch, IMPORT_BEGUN, NULL, with);
}

enum rc admission_import_end(struct admission *a, const struct import_begin *about, uint64_t batch,
                             enum import_phase phase, const struct row_counts *counts,
                             const struct companion *with)
{
    return append_phase(a, about, batch, phase, counts, with);
}
