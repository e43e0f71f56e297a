/* imports.h - the two ends of an import as events: the batch that its rows name, and the counts of the row law.
 *
 * In:     what is imported, and at the end how many rows went where.   Out: EV_IMPORT events, a batch number.
 * Errors: those of admission_group.   Never: counts; the importer does, and doctor adds up after it.
 */
#ifndef REVOS_ADMISSION_IMPORTS_H
#define REVOS_ADMISSION_IMPORTS_H

#include "admission/admission.h"
#include "ledger/event.h"

struct import_begin {
    const struct object *object;
    struct str source, file;
    struct digest file_digest;
    struct actor actor;
};

/* Begins an import; `*batch` is its number, an id that grows with time. `with` (may be NULL) writes in the same
 * transaction, when the number stands; its verdicts are none. */
MUST_CHECK enum rc admission_import_begin(struct admission *a, const struct import_begin *about,
                                          const struct companion *with, uint64_t *batch);

/* Ends or undoes one; ending again restates its counts. */
MUST_CHECK enum rc admission_import_end(struct admission *a, const struct import_begin *about,
                                        uint64_t batch, enum import_phase phase,
                                        const struct row_counts *counts,
                                        const struct companion *with);

#endif
