/* event.h - one accepted change: a row of the ledger, in memory.
 *
 * In:     what admission accepted.   Out: struct event, its canonical bytes and back (layout: format.h).
 * Owns:   nothing; text and arrays point into an arena or into the bytes decoded.
 * Errors: RC_CORRUPT for bytes that are not canonical, RC_LIMIT beyond the bounds below.
 * Never:  needs a model: fields, stages, enum values are numbers.
 */
#ifndef REVOS_LEDGER_EVENT_H
#define REVOS_LEDGER_EVENT_H

#include "base/hash.h"
#include "base/value.h"

enum event_kind {
    EV_GENESIS = 1, /* workspace id, company zone, format; always seq 1 */
    EV_CREATE = 2,  /* a record begins to exist: home, fields, keys */
    EV_PATCH = 3,   /* fields and keys of a record */
    EV_DELETE = 4,  /* leaves lists and metrics from effective_at on */
    EV_RESTORE = 5,
    /* takes events of one record, or fact rows, out of the fold from recorded_at on */
    EV_RETRACT = 6,
    EV_BATCH = 7,     /* fact rows: object, count, digest */
    EV_VERSION = 8,   /* a model goes live: sources and numbering */
    EV_KEY = 9,       /* external keys come to a record or leave it, without a field patch */
    EV_REDIRECT = 10, /* the record is merged into another */
    EV_ERASE = 11,    /* a person's key is destroyed */
    EV_IMPORT = 12    /* an import begins, ends or is undone; counts of the row law */
};
#define EVENT_KIND_COUNT 13
const char *event_kind_name(enum event_kind k); /* "patch"; NULL when unknown */

#define EVENT_FIELDS_MAX 4096u
#define EVENT_KEYS_MAX 256u
#define EVENT_REASON_MAX 2000u /* bytes */
#define EVENT_SEQS_MAX 65536u
#define EVENT_BODY_MAX (16u << 20) /* bytes of one encoded body */

/* A patch of single fields, numbers ascending. VALUE_ABSENT blanks the field. */
struct patch_field {
    uint32_t field;
    /* > 0: a personal value of that person record; sealed in the ledger, plain in derived rows */
    uint64_t person;
    struct value value;
};

/* What to show of it: VT_SEALED for a personal value whose key is gone. */
const struct value *patch_shown(const struct patch_field *p);

/* An external key: (object of the event, key, source, value) → record of the event. */
struct event_key {
    uint32_t key;      /* number of the key_def; KEY_FOREIGN for ids of an outside system */
    bool remove;       /* it leaves the record */
    struct str source; /* empty for keys of the model */
    struct str value;  /* normalised, not empty; read back STR_NONE when erased */
    uint64_t person;   /* > 0: sealed in the ledger */
};
#define KEY_FOREIGN 0u

/* The six counts of the row law; rows = the sum of the others, blank lines apart. */
struct row_counts {
    uint64_t rows, created, updated, unchanged, merged, quarantined;
};

enum import_phase { IMPORT_BEGUN = 1, IMPORT_ENDED = 2, IMPORT_UNDONE = 3 };

struct event {
    uint64_t seq; /* 1, 2, … without gap */
    uint64_t txn; /* transaction: one command; shares recorded_at */
    struct instant recorded_at, effective_at;
    struct str actor; /* "person:ana", "rule:OPP-1", "import:12", "token:…", "system" */
    uint64_t cause;   /* seq of the event this follows from; 0: none */
    uint32_t object;  /* 0: none */
    uint64_t record;  /* 0: none */
    enum event_kind kind;
    uint32_t model_version;
    struct digest hash; /* BLAKE2b(previous hash ‖ canonical bytes) */
    union {
        struct {           /* EV_CREATE, EV_PATCH, EV_KEY (no fields) */
            uint64_t home; /* EV_CREATE: the account it had, else its own id */
            const struct patch_field *fields;
            size_t n_fields;
            const struct event_key *keys;
            size_t n_keys;
            struct str reason; /* why, in the words of who did it: of a stage move; may be empty */
        } patch;
        /* EV_RETRACT: of `record`, the events `seqs`; of a fact object (record 0), rows of batch `batch` */
        struct {
            uint64_t batch;
            /* event seqs, or fact row ids; none with `batch`: the whole batch; ascending */
            const uint64_t *seqs;
            size_t n;
        } retract;
        struct {
            uint64_t rows, first, last; /* ids of the first and last row */
            struct digest digest;
        } batch;
        struct {
            uint32_t version;
            struct digest digest;
            struct str sources, numbering;
        } version;
        struct {
            uint64_t into;
        } redirect;
        /* of each record that held values of the person: keyed hashes of match values that must not return, in place of
         * those an earlier one named; and why */
        struct {
            const struct digest *refuse;
            size_t n;
            struct str reason;
        } erase;
        struct {
            uint64_t batch;
            enum import_phase phase;
            struct str source, file;
            struct digest file_digest;
            /* at the end; of an undo: rows retracted and kept stand in created and unchanged */
            struct row_counts counts;
        } import;
        struct {
            uint8_t workspace[16];
            struct str zone;
            uint32_t format;
        } genesis;
    };
};

/* Order of the fold: by effective_at, then seq. */
struct stamp {
    struct instant effective_at;
    uint64_t seq;
};
int stamp_cmp(struct stamp a, struct stamp b);
struct stamp event_stamp(const struct event *e);

/* The value of a field in a create or patch event, or NULL. */
const struct value *event_field(const struct event *e, uint32_t field);

/* Body: the part of the event that stands in column `patch`. Personal values must be sealed already (ledger.h does it). */
MUST_CHECK enum rc event_body_encode(const struct event *e, struct buf *out);
/* Fills the union of `e` (whose kind is set) from `body`; arrays in the arena, text points into `body`. Sealed values
 * come out as VT_SEALED with `person` set. */
MUST_CHECK enum rc event_body_decode(struct str body, struct arena *a, struct event *e);
/* Canonical bytes of the whole event without its hash, `body` as encoded. */
void event_encode(const struct event *e, struct str body, struct buf *out);

#endif
