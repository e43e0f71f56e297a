/* command.h - a wish to change something, as every door hands it to admission.
 *
 * In:     what a person, token, import, rule or agent asked for, as text as received or as typed values.
 * Owns:   nothing; texts and arrays live in the door's arena until the verdict is out.
 * Never:  decides; a zeroed command with object and fields is a valid upsert by nobody, now.
 */
#ifndef REVOS_ADMISSION_COMMAND_H
#define REVOS_ADMISSION_COMMAND_H

#include "admission/agenda.h"
#include "model/model.h"

enum command_kind {
    CMD_UPSERT, /* found by target, key fields or match rules: updated; else created */
    CMD_CREATE, /* refused with EXISTS when its keys are known */
    CMD_UPDATE, /* refused with NOT_FOUND when nothing is found */
    CMD_DELETE,
    CMD_RESTORE,
    CMD_RETRACT, /* takes what the command named by `retract_seqs` or `retract_batch` wrote out of the fold */
    /* Something of the agenda is due (`agenda`): the record `id` is looked at as at `effective_at`, its values that age are
     * computed again, its process goes on. Changes nothing by itself. */
    CMD_EXAMINE,
    CMD_MERGE,   /* record `merge_id` becomes part of `id`; takes effect when made */
    CMD_UNMERGE, /* `id` was merged: it is a record of its own again */
    CMD_KIND_COUNT
};

enum actor_kind { ACTOR_SYSTEM, ACTOR_PERSON, ACTOR_TOKEN, ACTOR_RULE, ACTOR_IMPORT, ACTOR_AGENT };

struct actor {
    enum actor_kind kind;
    uint64_t person; /* record id of the person who answers for it; 0: the local operator */
    struct str
        name; /* token label, rule id, import source, agent; may be empty. At most 200 bytes */
};

/* How a field's wanted value is written. */
enum input_form {
    INPUT_TEXT,  /* as received: parsed by the field's type; only white space clears the field */
    INPUT_VALUE, /* typed: `value`; absent clears the field */
    INPUT_KEY,   /* reference fields: `text` is an external key of a record of `field->to` */
    INPUT_CLEAR,
    INPUT_PART, /* reference fields: the record of command `part` of the same call, an earlier one */
    /* The door could not read the cell as its mapping states: `text` is the cell, `why` the reason. Finding
     * UNREADABLE by the field's invalid policy; without a field (`name` "row") it always refuses. */
    INPUT_BAD
};

struct field_input {
    const struct field *field; /* or NULL: `name` is looked up in the command's object */
    struct str name;
    enum input_form form;
    struct str text;
    struct str why; /* INPUT_BAD: a sentence */
    struct value value;
    /* INPUT_KEY: which key of the other object (NULL: any, in model order), and the namespace of a system's own
     * ids (empty: keys of the model). `may_wait`: an unknown key leaves the field out and stands in
     * verdict.pending. */
    const struct key_def *key;
    struct str key_source;
    bool may_wait;
    size_t part; /* INPUT_PART: counts from 0 */
    bool dated;  /* `effective_at` counts instead of the command's */
    struct instant effective_at;
};

/* An external key beside the key fields: the id a record has in another system. */
struct key_input {
    struct str source; /* "hubspot"; empty is the model's own namespace */
    struct str value;  /* at most 500 bytes after trimming; empty: no key */
};

/* Where a row came from: it is quarantined instead of refused, with its text kept. */
struct row_origin {
    uint64_t batch;  /* import batch; 0: none */
    uint64_t row;    /* counts from 1 within the batch */
    struct str text; /* the row as received, for people and for retry */
};

struct command {
    enum command_kind kind;
    const struct object *object;

    uint64_t id;                  /* target by id; 0: by keys */
    const struct key_input *keys; /* target by foreign id, and keys to remember on success */
    size_t n_keys;

    const struct field_input
        *fields; /* a field may appear again with another effective instant, never with the same */
    size_t n_fields;
    struct str reason; /* of a stage move; kept in the event's cause text */

    bool dated;                  /* false: takes effect when recorded */
    struct instant effective_at; /* never in the future */

    struct actor actor;
    enum door door; /* an ACTOR_AGENT is at the door of agents, whichever way it came */
    struct str
        source; /* whose word it is: "hubspot", "crm.csv"; empty: said here. Decides survivorship */
    struct str
        source_row; /* identity of the row within `source`; empty: what it says is not remembered */
    const struct row_origin *row; /* NULL: refusals are refused */

    struct str idempotency_key; /* at most 200 bytes; empty: none */
    struct str
        idempotency_body; /* of several under one key: stands for all that they say, so that another list is another body */
    bool has_seen_version;   /* optimistic concurrency: the record version the door showed */
    uint64_t seen_version;   /* seq of the record's last event, as in verdict.version */
    uint64_t cause;          /* seq of the event this follows from; 0: none */
    const uint64_t *waivers; /* ids of waivers that it may pass on, beside those of its record */
    size_t n_waivers;

    const uint64_t *retract_seqs; /* CMD_RETRACT */
    size_t n_retract_seqs;
    uint64_t retract_batch;

    uint64_t merge_id; /* CMD_MERGE */

    enum agenda_kind agenda; /* CMD_EXAMINE: what is due */

    bool explain; /* list met criteria too, not only those broken */
    /* An effect of the process, made and decided inside admission: may set what only the process writes. No door sets it. */
    bool effect;
    bool again; /* of an effect: what it ends begins anew, as the live model says */
};

enum {
    COMMAND_FIELDS_MAX = 2000,
    COMMAND_KEYS_MAX = 16,
    COMMAND_WAIVERS_MAX = 32,
    COMMAND_MOMENTS_MAX = 64, /* distinct effective instants of one command */
    COMMAND_TEXT_MAX = 1 << 20,
    GROUP_MAX = 4096 /* commands of one group */
};

#endif
