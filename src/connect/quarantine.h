/* quarantine.h - refused rows: listed, exported for repair, read again, given up.
 *
 * In:     the store, the vault, a filter.
 * Out:    rows with every reason; a CSV with the original columns; verdicts of a retry.
 * Errors: those of the store and the vault; RC_NOT_FOUND for an unknown batch.
 * Rule:   a row stays open until it was admitted, read again, mended by a later import or given up; nothing is deleted,
 *         states are kept. Its texts end with the key of its batch (admission/held.h); code and field stay.
 */
#ifndef REVOS_CONNECT_QUARANTINE_H
#define REVOS_CONNECT_QUARANTINE_H

#include "admission/admission.h"
#include "admission/held.h"
#include "connect/import.h"

struct quarantine_filter {
    uint64_t batch;                /* 0: all */
    const struct object *object;   /* NULL: all */
    struct str code, field, value; /* empty: all; of the first reason */
    bool readable;                 /* only rows whose texts have not expired */
};

struct quarantined {
    uint64_t id, batch, row;
    uint32_t object;
    struct str source, code, field, value, text, findings; /* findings: JSON array */
    struct instant recorded_at;
    bool expired; /* value and text are empty, findings is [] */
};

/* At most `limit` rows behind `after` that the filter lets through, by id; in the arena. */
MUST_CHECK enum rc quarantine_page(struct store *s, struct vault *v,
                                   const struct quarantine_filter *f, uint64_t after, size_t limit,
                                   struct arena *a, struct quarantined **out, size_t *n);

/* How many there are in all. */
MUST_CHECK enum rc quarantine_count(struct store *s, struct vault *v,
                                    const struct quarantine_filter *f, uint64_t *out);

/* The open rows of one batch as CSV: the file's own columns, then _row, _field, _code, _message. */
MUST_CHECK enum rc quarantine_export(struct store *s, struct vault *v, uint64_t batch,
                                     struct buf *out);

/* Open rows that `who` gives up, in one transaction of its own; `*given_up` of them were open. */
MUST_CHECK enum rc quarantine_give_up(struct store *s, const uint64_t *ids, size_t n,
                                      const struct actor *who, struct instant at,
                                      uint64_t *given_up);

struct quarantine_retry {
    struct store *store;
    struct vault *vault;
    struct admission *admission;
    const struct env *env;
    const struct model *model;
    struct actor actor;
    struct quarantine_filter filter;
};
/* Reads the open rows whose texts have not expired again under the mapping of their batch and the words learnt since. Counts are of the rows read;
 * those refused again stay open with their new reasons. The counts of each batch are restated. */
MUST_CHECK enum rc quarantine_run_retry(const struct quarantine_retry *q, struct arena *a,
                                        struct row_counts *counts, struct diags *ds);

/* The row law of a batch after retries and of all batches, newest first. */
struct batch_info {
    uint64_t batch;
    uint32_t object;
    enum import_phase phase;
    struct str source, file;
    struct row_counts counts;
    uint64_t first_seq, last_seq; /* of the events from its begin to its end */
};
MUST_CHECK enum rc batch_page(struct store *s, size_t limit, struct arena *a,
                              struct batch_info **out, size_t *n);
MUST_CHECK enum rc batch_find(struct store *s, uint64_t batch, struct arena *a,
                              struct batch_info *out);

#endif
