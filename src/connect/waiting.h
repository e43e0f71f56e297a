/* waiting.h - references to rows further down the same file, kept on disk to its end.
 *
 * In:     verdicts with pending references, in the transaction of their group.
 * Out:    at the end each is set; a row whose reference names nothing is withdrawn and quarantined with the reason.
 * Owns:   table pending_ref.   Never: leaves a row half imported: it is counted in one place, after a kill too.
 */
#ifndef REVOS_CONNECT_WAITING_H
#define REVOS_CONNECT_WAITING_H

#include "connect/import.h"

/* Keeps what a verdict says is pending: the words of the row sealed under the key of the batch, as refused rows are. */
MUST_CHECK enum rc waiting_put(const struct admission *adm, struct store *store, uint64_t batch,
                               const struct row_origin *origin, const struct verdict *verdict,
                               struct instant now);

struct waiting_run {
    struct store *store;   /* touched in the writer's turns only */
    struct writer *writer; /* NULL: this thread alone writes */
    struct admission *admission;
    const struct object *object;
    uint64_t batch;
    struct str source;
    const uint64_t *waivers; /* of the mapping */
    size_t n_waivers;
    struct actor actor;
    struct arena *arena; /* reset at will */
    void *self;
    /* In the transaction that withdraws them: that many rows move from created and updated to quarantined. */
    enum rc (*moved)(void *self, struct store *store, uint64_t created, uint64_t updated);
    void (*reason)(void *self, const struct finding *f);
};
MUST_CHECK enum rc waiting_settle(const struct waiting_run *run);

#endif
