/* verdict.h - the full answer to a command: accepted or not, each criterion met or unmet, with its code and owner.
 *
 * In:     what admission found.   Out: one struct that feeds text, JSON (RFC 9457) and the form of the UI.
 * Owns:   nothing; lives in the arena given to admission_group().
 * Codes:  docs/codes/admission.md; stable, upper case.
 */
#ifndef REVOS_ADMISSION_VERDICT_H
#define REVOS_ADMISSION_VERDICT_H

#include "admission/command.h"

enum verdict_outcome {
    VERDICT_CREATED,
    VERDICT_UPDATED,
    VERDICT_UNCHANGED,
    VERDICT_MERGED, /* joined to a record that a match rule found, not a key */
    VERDICT_DELETED,
    VERDICT_RESTORED,
    VERDICT_RETRACTED,
    VERDICT_REFUSED,
    VERDICT_QUARANTINED, /* refused, and kept for repair: it had a row_origin */
    VERDICT_OUTCOME_COUNT
};

enum criterion_state {
    CRITERION_MET,
    CRITERION_UNMET,
    CRITERION_ABSENT, /* not met because `absent` is an empty field */
    CRITERION_FAULT,  /* the condition could not be evaluated: denies whatever its enforcement */
    CRITERION_WAIVED
};

struct finding {
    const char *code;     /* "REQUIRED", "RULE", "GATE"; static storage */
    struct str criterion; /* id of the rule or gate: "OPP-1"; empty for checks of the engine */
    enum enforcement enforcement; /* DENY findings refuse, WARN and AUDIT are carried along */
    enum criterion_state state;
    const struct field *field;       /* the one to show it beside; may be NULL */
    struct str name;                 /* of the field or input as given; may be empty */
    struct str absent;               /* path of the empty field: "opportunity.account.segment" */
    struct str message, help;        /* sentences for people */
    struct str owner;                /* short name of who answers for the rule; may be empty */
    struct str old_value, new_value; /* as text; empty when they do not matter */
};

/* A reference that waits for a record which is not there yet. */
struct pending_ref {
    const struct field *field;
    const struct key_def *key;
    struct str key_source, text;
    bool dated;
    struct instant effective_at;
};

/* What a process did because of the command, in the same transaction. */
struct followed {
    const struct object *object;
    uint64_t id;
    struct str name;       /* its title, unless that is personal; may be empty */
    struct str state;      /* the state or stage it came into; empty: neither was set */
    struct str definition; /* "routes.inbound" */
    const char *
        what; /* "created", "updated"; "blocked": a rule refused it, `id` is the record that says why */
};

struct verdict {
    enum verdict_outcome outcome;
    const struct object *object;
    uint64_t id;      /* of the record; 0 when none was found or made */
    uint64_t version; /* of the record after the command: seq of its last event; 0: none */
    uint64_t txn;     /* transaction number; 0 when nothing was written */
    uint64_t first_seq, last_seq; /* events written, those of what followed too; 0 when none */
    uint64_t other;           /* second record of a KEY_CONFLICT, record of an EXISTS; 0: none */
    struct finding *findings; /* in order of checking; met criteria only if the command asks */
    size_t n_findings;
    struct pending_ref *pending;
    size_t n_pending;
    struct followed *followed; /* in order */
    size_t n_followed;
    bool replayed;       /* answered from an idempotency key: nothing was done now */
    uint64_t quarantine; /* id of the quarantined row; 0: none */
};

bool verdict_accepted(const struct verdict *v); /* neither refused nor quarantined */
bool finding_broken(const struct finding *f);   /* neither met nor waived */
/* Broken under deny, or a fault under any enforcement. */
bool finding_refuses(const struct finding *f);
const char *verdict_outcome_name(enum verdict_outcome o); /* "created" … as printed and in JSON */
const char *criterion_state_name(enum criterion_state s);
const char *enforcement_name(enum enforcement e); /* "deny", "warn", "audit" */
/* The first finding that refused it, or NULL. */
const struct finding *verdict_reason(const struct verdict *v);
/* A copy whose texts live in `a`. */
void verdict_copy(struct arena *a, const struct verdict *v, struct verdict *out);

/* One JSON object without line breaks: {"outcome":…,"id":…,"findings":[…]}. */
void verdict_json(const struct verdict *v, struct buf *out);
/* The findings array alone, as kept with a quarantined row. */
void verdict_findings_json(const struct verdict *v, struct buf *out);
/* Lines for people: outcome and record, then one indented line per finding with its help. */
void verdict_text(const struct verdict *v, struct buf *out);

#endif
