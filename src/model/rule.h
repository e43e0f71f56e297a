/* rule.h - rules, gates, pipelines and lifecycles, as part of a compiled model (model.h).
 *
 * In, out: constants once compiled; conditions are plans.   Owns: nothing.   Never: decides; admission does.
 */
#ifndef REVOS_MODEL_RULE_H
#define REVOS_MODEL_RULE_H

#include "model/object.h"

enum enforcement { ENFORCE_DENY, ENFORCE_WARN, ENFORCE_AUDIT };

/* The ways in, by which `enforcement` may differ: X(NAME, word, who comes in by it). */
#define DOORS(X)                                                                         \
    X(CLI, "cli", "verbs of `revos` at a terminal")                                      \
    X(HTTP, "api", "the pages and the HTTP API")                                         \
    X(FORM, "form", "forms that strangers fill: sign-ups, demo requests, unsubscribing") \
    X(AGENT, "agent", "AI agents, whichever way they come")                              \
    X(IMPORT, "import", "rows of files, and held rows that are read again")              \
    X(SYNC, "sync", "what other systems deliver")                                        \
    X(AUTOMATION, "automation", "what follows by itself: effects of the process, due instants")
#define DOOR_MEMBER(NAME, word, doc) DOOR_##NAME,
enum door { DOOR_NONE, DOORS(DOOR_MEMBER) DOOR_COUNT }; /* NONE: nobody's; as `default` says */
#undef DOOR_MEMBER
const char *door_name(enum door d); /* as the model writes it; of NONE "default" */
bool door_named(struct str word, enum door *out);

struct rule {
    struct str id; /* "OPP-1", unique in the model */
    const struct object *object;
    struct expr *when; /* NULL: always */
    struct expr *require;
    const struct field *field; /* the one to show beside it; may be NULL */
    struct str message, help;
    enum enforcement enforcement[DOOR_COUNT]; /* by door; that of NONE is the default */
    struct date applies_from;                 /* days INT32_MIN: always */
    const struct person_seed *owner;
    struct span at;
};

/* What a broken rule means at a door for a record created on that company day. */
enum enforcement rule_enforcement(const struct rule *r, enum door d, struct date created);
/* Does it refuse anywhere? */
bool rule_denies(const struct rule *r);

enum stage_outcome { OUTCOME_OPEN, OUTCOME_WON, OUTCOME_LOST };
enum advance { ADVANCE_MANUAL, ADVANCE_AUTO, ADVANCE_HANDOFF, ADVANCE_CONVERT };
enum move_policy { MOVE_ALLOW, MOVE_REASON, MOVE_FORBID };

struct stage {
    struct str name, label, description;
    uint32_t number; /* value of the stage field; one number per name within the object's field */
    size_t position;
    struct decimal probability; /* 0..1 */
    struct str forecast;        /* forecast category; may be empty */
    enum stage_outcome outcome;
    enum advance advance;
    struct str via; /* of ADVANCE_HANDOFF: the handoff */
    struct duration max_age;
    struct rule **enter, **exit; /* gates */
    size_t n_enter, n_exit;
    bool initial, requires_reason;
    const struct field
        *reason; /* the coded reason for coming in: filled when the record does; may be NULL */
    const struct field **locks; /* not changed while a record stands here */
    size_t n_locks;
    struct str *
        movers; /* owner, manager, roles: who may move records in; none: whoever may move in the process */
    size_t n_movers;
    const struct stage *moved_to; /* retired, as an enum value; NULL while in force */
    struct span at;
};

enum process_kind { PROCESS_PIPELINE, PROCESS_LIFECYCLE };

/* A pipeline or a lifecycle: ordered stages of one object in one field. */
struct process_def {
    enum process_kind kind;
    struct str name, label, description;
    uint32_t number;
    const struct object *object;
    const struct person_seed *owner;
    struct field *field, *since,
        *closed_at; /* stage field and its two companions; closed_at NULL without outcomes */
    struct stage *stages;
    size_t n_stages;
    enum move_policy skip, back, reopen;
    struct str *movers; /* as of stages; none: everybody */
    size_t n_movers;
    struct span at;
};

#endif
