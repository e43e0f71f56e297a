/* work.h - records and commands as a group holds them while it decides.
 *
 * In:     commands, rows.   Out: one entry a record with its draft, one work a command with its changes and findings.
 * Owns:   nothing; all of it lives in the group's arena.
 * Errors: none of its own.
 * Never:  outlives the group.
 */
#ifndef REVOS_ADMISSION_WORK_H
#define REVOS_ADMISSION_WORK_H

#include "admission/admission.h"
#include "admission/plan.h"
#include "projection/keys.h"
#include "projection/rows.h"

struct look_wanted;

/* A trigger of one record: does it hold, and did it when it was read or last written? */
struct held_trigger {
    struct str name;
    bool on, stored;
};

struct triggers {
    VEC(struct held_trigger) list;
    bool changed; /* stands in group.triggered */
};

/* A record as the group sees it. Entries never move. */
struct entry {
    const struct object_plan *plan;
    uint64_t id;
    struct row *row;   /* after the last accepted command; NULL: no such record */
    struct row *draft; /* as the command in hand would leave it; NULL: untouched */
    bool queued;       /* stands in group.changed */
    bool refold;       /* the draft comes from a retract: the ledger is folded again to write it */
    bool made;         /* by this group: nothing else of it can be stored */
    bool on_agenda;    /* this group wrote a row of it there */
    struct look_wanted *wanted; /* the look that waits for it; NULL: none */
    struct triggers *triggers;  /* NULL: not read so far */
    /* Of a record made by this group: whoever may refer to it, some twice, some no longer. Nothing stored does. */
    VEC(struct entry *) referrers;
};

/* Wishes of one record for the agenda, to be written with the group. */
struct wishes {
    uint64_t record;
    uint32_t object;
    /* by kind: of AGENDA_LOOK, AGENDA_QUIET and AGENDA_AGE */
    bool done[3];         /* what stood there before is */
    struct instant at[3]; /* INSTANT_MAX: no wish */
    uint64_t cause[3], by[3];
};

/* Children of one record through one reference, as a list of entries in order of id. */
struct child_list {
    const struct object_plan *plan; /* of the children */
    const struct field *via;
    uint64_t parent;
    VEC(struct entry *) list;
    struct child_list *next; /* in the same hash slot */
};

/* An external key as far as the group knows it. */
struct known_key {
    uint64_t record; /* 0: nobody's */
};

/* Keys that fact batches looked up, kept from one to the next: as long as the ledger's head is the one that the last batch
 * left, no key came or went. The hash says so, for a dry run gives its numbers back. */
struct kept_keys {
    struct arena *arena;
    struct map keys; /* as in a group */
    struct digest head;
    bool stands;
};

/* Records that agree in the fields of a match rule. */
struct matched {
    VEC(uint64_t) ids;
};

/* What a source said last in one row. */
struct said_before {
    uint64_t record; /* 0: nothing yet */
    uint64_t batch;  /* in this import */
    struct digest digest;
    struct str said;
};

/* One field of a command, parsed. */
struct change {
    const struct field *field;
    size_t slot;
    struct value value;
    const struct field_input *input;
    bool dated;
    struct instant at;
    bool
        by_key; /* `value` is found when the command is decided: an earlier one may make the record */
    struct key_ref *keys; /* of by_key: what the text can mean */
    size_t n_keys;
    bool dropped;    /* flagged, unchanged by its source, or outranked */
    struct str said; /* encoded, as kept for the source */
};

/* The fields of a command that take effect together. */
struct moment {
    bool dated; /* false: at recorded_at */
    struct instant at;
    size_t first, n; /* of changes */
};

/* One command before and while it is decided. */
struct work {
    const struct command *command;
    const struct object_plan *plan;
    VEC(struct change) changes; /* by moment, then slot */
    struct moment *moments;     /* ascending; an undated one last; at least one */
    size_t n_moments;
    VEC(struct finding) findings;
    VEC(struct pending_ref) pending;
    uint64_t *bad;   /* slots whose input could not be used: criteria over them are not judged */
    bool quarantine; /* a field says: rather quarantine than refuse */
    bool lenient; /* overlay mode at a door of the master: what is broken is noted, not refused */
    struct key_ref
        *keys; /* of its identity: foreign ones, then the model's whose fields are all given */
    size_t n_keys;
    struct said_before *before; /* NULL: the command has no source row */
    struct digest said_digest;
    struct str said;
    /* Of CMD_EXAMINE: the records that wake each other. It is put off, and the owner told. */
    struct str cycle;
};

#endif
