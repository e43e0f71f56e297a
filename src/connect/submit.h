/* submit.h - mapped rows of one object as groups through admission: records as commands, facts as batches.
 *
 * In:     rows of a table under a bound mapping.   Out: a verdict per row.
 * Owns:   a group of rows and its arena.   Never: counts or keeps anything; the importer and retry do.
 */
#ifndef REVOS_CONNECT_SUBMIT_H
#define REVOS_CONNECT_SUBMIT_H

#include "admission/admission.h"
#include "connect/identity.h"
#include "connect/mapping.h"
#include "connect/table.h"
#include "ledger/event.h"

struct submit {
    struct admission *admission;
    const struct mapping *mapping;
    struct identities *identities;
    struct actor actor;
    uint64_t batch;
    struct arena *arena; /* of the group; reset by submit_clear */
    struct command *commands;
    struct row_origin *origins;
    struct mapped_row *rows;
    struct verdict *verdicts;
    size_t n, cap;
};

/* Room for `cap` rows (at most GROUP_MAX); arrays in `keep`. */
void submit_init(struct submit *s, size_t cap, struct arena *keep);
void submit_release(struct submit *s);
/* Adds a row; its texts are copied. Asserts that there is room. */
void submit_add(struct submit *s, const struct table_row *row);
/* Decides the group in one transaction with `with`; verdicts stand in s->verdicts until submit_clear. */
MUST_CHECK enum rc submit_group(struct submit *s, const struct companion *with);
void submit_clear(struct submit *s);

/* Adds a verdict to the counts of the row law. */
void verdict_count(struct row_counts *counts, const struct verdict *v);

#endif
