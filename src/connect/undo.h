/* undo.h - an import taken back.
 *
 * In:     a batch.   Out: its events and fact rows retracted; counts of what went and what stays.
 *         Undone again, it takes back what could not go before.
 * Rule:   later edits win: a record that was edited since, or that something refers to, stays and is reported.
 * Errors: RC_NOT_FOUND for an unknown batch; RC_CONFLICT when the live model lacks its object, or another went live meanwhile;
 *         RC_BUSY while the import, or another undo of it, is under way; those of the store; RC_CANCELLED (run it again to go on:
 *         what is retracted stays so).
 */
#ifndef REVOS_CONNECT_UNDO_H
#define REVOS_CONNECT_UNDO_H

#include "connect/quarantine.h"
#include "connect/running.h"

struct undo_request {
    struct store *store; /* the writer's, as admission has it; touched in its turns only */
    struct admission *admission;
    struct writer *
        writer; /* NULL: this thread alone writes; else a group is a turn, and others write between them */
    struct running *running; /* the imports of this process; NULL: there is no other */
    const struct model *model;
    struct actor actor;
    uint64_t batch;
    void *self; /* of kept and go_on */
    /* A record that stays, with the reason; may be NULL. */
    void (*kept)(void *self, const struct object *o, uint64_t record, const struct finding *why);
    bool (*go_on)(void *self, uint64_t retracted); /* may be NULL */
};

struct undo_report {
    struct batch_info info;
    uint64_t retracted, kept; /* records, and batches of fact rows */
};

MUST_CHECK enum rc import_undo(const struct undo_request *q, struct arena *a,
                               struct undo_report *out);

/* How the events of a batch are signed: "import:imp_…". */
struct actor import_actor(uint64_t batch, struct arena *a);

#endif
