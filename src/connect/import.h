/* import.h - the rows of a file through admission: every row in exactly one of five counts.
 *
 * In:     an open table, a bound mapping, admission.
 * Out:    records or fact rows, quarantined rows, a report; progress on the way.
 * Law:    rows = created + updated + unchanged + merged + quarantined. Blank lines and report footers stand apart.
 * Errors: RC_CANCELLED when `go_on` said so (run again to resume); RC_IO and RC_CORRUPT from the store; RC_BUSY when this
 *         file is under way already (`under_way` of the report) or the writer has too much to do; RC_CONFLICT when
 *         another model went live meanwhile (run again to go on under it).
 * Turns:  reads the file in the caller's thread; each group is one turn of the writer, and others write between them.
 * Resume: the cursor (file digest, mapping digest, rows, counts) commits with its rows; the same file under the same
 *         mapping goes on behind the last committed row. A finished import of the same file starts anew and changes
 *         nothing, because a source changes only what differs from what it said last.
 * Never:  holds more than a group of rows; writes outside admission's transaction.
 */
#ifndef REVOS_CONNECT_IMPORT_H
#define REVOS_CONNECT_IMPORT_H

#include "admission/writer.h"
#include "connect/mapping.h"
#include "connect/running.h"
#include "connect/table.h"
#include "ledger/event.h"

struct import_request {
    struct store *store; /* the writer's, as admission has it; touched in its turns only */
    struct admission *admission;
    struct writer *writer;   /* NULL: this thread alone writes */
    struct running *running; /* the imports of this process; NULL: there is no other */
    const struct env *env;
    struct table *table;
    const struct mapping *mapping;
    struct str mapping_text;
    struct digest mapping_digest; /* of its text and of the words a person taught */
    struct str file_name;
    struct actor actor;
    bool dry_run; /* admission runs on a private copy: nothing here differs but the report's word */
    size_t group; /* rows a transaction; 0: 1,000 */
    void *self;   /* of go_on; may be NULL with go_on NULL */
    bool (*go_on)(void *self, const struct import_progress *p);
};

/* How often a criterion or a reason came up. */
struct import_tally {
    struct str code, criterion, field, message;
    uint64_t rows;
};

struct import_report {
    uint64_t batch;
    const struct object *object;
    struct str source, file_name;
    struct row_counts counts;
    uint64_t blank_lines, footer_lines;
    uint64_t resumed_rows;        /* done by an earlier run */
    struct import_tally *refused; /* reasons of quarantine, most frequent first */
    size_t n_refused;
    struct import_tally *warned;
    size_t n_warned;
    struct import_tally *waived; /* rules that rows passed on a waiver */
    size_t n_waived;
    bool dry_run, complete;
    bool under_way; /* RC_BUSY: another run of this process has this file in hand */
};

MUST_CHECK enum rc import_run(const struct import_request *request, struct arena *arena,
                              struct import_report *out, struct diags *ds);

/* {"batch":…,"object":…,"rows":…,"created":…,…,"refused":[…],"warned":[…],"waived":[…]} */
void import_report_json(const struct import_report *r, struct buf *out);
void import_report_text(const struct import_report *r, struct buf *out);

#endif
