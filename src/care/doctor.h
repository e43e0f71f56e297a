/* doctor.h - proves that a workspace's data are whole, and says what is not.
 *
 * In:     a connection (a reader's will do), the keys of persons, the live model.
 * Out:    a report; each finding is a diagnostic.
 * Checks: the database's own pages and indexes; sequence, time, chain and bodies of the ledger; fact rows against their
 *         batches; every derived table against a replay into a temporary database; the row law of imports.
 * Errors: RC_CANCELLED; RC_IO and RC_BUSY of the store. Damage is a finding, not an error.
 * Never:  repairs; writes to the workspace.
 */
#ifndef REVOS_CARE_DOCTOR_H
#define REVOS_CARE_DOCTOR_H

#include "ledger/vault.h"
#include "projection/rebuild.h"

/* Told now and then; false cancels. */
struct care_progress {
    void *self;
    bool (*step)(void *self, const char *what, uint64_t done, uint64_t total);
};

struct doctor_settings {
    struct store *store;
    struct vault *vault;              /* NULL: the replay erases what is personal, and differs */
    const struct model *model;        /* NULL: nothing is live, derived tables are not compared */
    const struct ledger_since *since; /* NULL: none */
    const struct care_progress *progress; /* NULL: none */
};

struct doctor_report {
    struct ledger_check ledger;
    struct table_digest *tables; /* derived, as they stand */
    size_t n_tables;
    bool replayed;
};

MUST_CHECK enum rc doctor_run(const struct doctor_settings *s, struct arena *a,
                              struct doctor_report *out, struct diags *ds);

/* Makes the derived tables anew from the ledger, in one transaction of the writing connection of `p`; facts are left alone.
 * *before are the digests that stood, *after those that stand; equal ones prove that nothing was wrong. */
struct rebuild_report {
    struct table_digest *before, *after;
    size_t n;
    size_t changed; /* tables that differ */
};
MUST_CHECK enum rc care_rebuild(struct projection *p, struct vault *vault,
                                const struct care_progress *progress, struct arena *a,
                                struct rebuild_report *out);

#endif
