/* engine.h - what the files of admission share: a group being decided, and one command in hand.
 *
 * In:     commands.   Out: drafts of rows and events, which the group writes once they are accepted.
 * Owns:   a group lives in the arena of the call.
 * Errors: what a store call returned is kept in group.rc, first one wins; every step after it does nothing more.
 * Rule:   a draft is seen by everything that is evaluated for the command in hand, and by nothing else; a refusal drops
 *         all drafts, so that the command leaves no trace.
 */
#ifndef REVOS_ADMISSION_ENGINE_H
#define REVOS_ADMISSION_ENGINE_H

#include "admission/admission.h"
#include "admission/agenda.h"
#include "admission/parse.h"
#include "admission/plan.h"
#include "admission/work.h"
#include "ledger/vault.h"
#include "projection/keys.h"
#include "projection/match.h"
#include "projection/rows.h"

struct admission {
    struct admission_parts parts;
    struct arena *plan_arena; /* of plans, renewed with the model */
    struct arena *brief;      /* of one moment of a command: a row as it would be */
    struct plan_set plans;
    struct calendars *calendars;
    bool has_agenda, has_triggers, has_looked; /* the tables may have rows */
    struct parser parser;                      /* and with it the company zone */
    struct buf scratch;
    struct id_source ids;
    struct kept_keys kept;
    uint64_t since_expiry; /* commands with an idempotency key since old ones were dropped */
    bool has_erased;       /* values of erased persons are refused */
};

/* All records of a builtin object of which there are few, as a process asks for them. */
struct whole {
    bool stale;               /* `rows` is to be made again */
    VEC(struct entry *) list; /* ascending by id */
    const struct row **rows;  /* live ones */
    size_t n;
};

/* A row of the agenda that is worked off piece by piece: the next one begins at `place`, behind record `reached`. */
struct piece {
    enum agenda_kind kind;
    uint64_t record;
    const struct object *object;
    struct instant at;
    uint64_t cause, place, reached;
    bool over; /* that was the last one: the row goes */
};

/* A look that waits: for a record that an accepted change touched, or whose condition reads what was touched. */
struct look_wanted {
    struct entry *entry;
    const struct row *before; /* NULL: it begins to exist */
    uint64_t *touched;
    bool changed; /* else only watched, or woken: before is the record as it is */
    bool by_time;
    bool again; /* as the command says */
    struct instant at;
    uint64_t cause; /* seq of its last event; 0: none */
    unsigned round;
};

struct group {
    struct admission *adm;
    const struct model *model;
    struct projection *projection;
    struct arena *arena;
    enum rc rc;
    struct work *works;
    size_t n;
    struct entry **entries; /* hash by id, open addressing */
    size_t n_entries, cap_entries;
    struct child_list **child_slots;
    size_t n_child_slots;
    struct map keys;             /* name of a key → struct known_key */
    struct map matches;          /* rule and values → struct matched */
    struct map sources;          /* object, source, source row → struct said_before */
    VEC(struct entry *) changed; /* rows to write, each once */
    VEC(struct entry *) drafted; /* who has a draft, and some who had one */
    struct xreader reader;
    struct xhost host;
    struct process_reader asks; /* what processes may ask */
    struct whole **wholes;      /* by number of the object; NULL: not asked for so far */
    struct map owned;           /* object and owner → struct owned: open records counted so far */
    struct map wishes;          /* record → struct wishes */
    VEC(struct piece) pieces;   /* rows worked off piece by piece, as they are to be */
    VEC(struct entry *) triggered;   /* entries with changed triggers */
    VEC(struct look_wanted *) looks; /* of the command in hand and its effects, in order */
    unsigned round;                  /* of the effects being decided; 0: the command itself */
    bool quiet;                      /* seeds of a model: nothing starts */
    /* The record that fell due and is being looked at, and when; 0: none. */
    uint64_t firing;
    struct instant fired_at;
    /* The effect in hand as a command; the next one takes the same room. */
    struct command effect;
    struct work effect_work;
    VEC(struct field_input) effect_inputs;
    VEC(struct event) effect_events;
    VEC(struct entry *) effect_drafts;
    const struct instant *played; /* instants of the works; NULL: the clock of the machine */
    const struct verdict
        *verdicts; /* of the works, as far as they are decided; NULL: a part of its own */
    bool dry;
};

/* A child that came to or left a list for the command in hand; undone by a refusal. */
struct child_move {
    struct child_list *list;
    struct entry *entry;
    bool added;
};

/* A record whose derived values change by time, at the earliest then. */
struct ageing {
    const struct entry *entry;
    struct instant at;
};

/* A rule that a waiver let the command in hand pass. */
struct waived {
    struct str rule; /* its id, or that of a lock */
    uint64_t id;
    const struct object *object;
};

/* The command in hand. */
struct decision {
    struct group *g;
    struct work *w;
    struct verdict *v;
    struct ledger_txn txn;
    struct instant now; /* of the clock; recorded_at runs ahead of one that stands still */
    struct date today;  /* company day of recorded_at */
    uint64_t next_seq;
    struct str actor;
    VEC(struct event) events;
    VEC(struct entry *) drafts;
    VEC(struct child_move) moves;
    VEC(struct key_ref) key_puts, key_drops;
    struct entry *target; /* NULL until found or made */
    bool quiet;           /* of the past, or undone: nothing starts */
    bool done_before;     /* answered from what was remembered: nothing is decided now */
    uint64_t start;       /* seq of the first event that it may write */
    bool made;            /* by this command */
    bool matched;         /* found by a match rule */
    struct entry *lose;   /* becomes part of the target, or is no more; NULL: neither */
    bool redirected;      /* the redirect of `lose` stands in the table as this command wants it */
    struct event *redirect_before; /* of `lose`: that of an earlier merge; NULL: none */
    size_t recomputed;             /* records whose derived fields followed */
    VEC(struct ageing) ageing;
    VEC(struct piece) pieces; /* kept when it is accepted */
    bool too_many;            /* dependents: more than was asked for */
    VEC(struct waived) waived;
};

/* Open records that a person owns, of one object: kept in step with what the group accepts. */
struct owned {
    const struct object *object;
    uint64_t owner, n;
};

enum {
    RECOMPUTE_MAX = 10000, /* records whose derived fields one command may change */
    ROUNDS_MAX = 16,
    LOOKS_MAX = 16,          /* looks at one record within a second that other looks asked for */
    CYCLE_MOST = 8,          /* records that are named of those who wake each other */
    EFFECT_EVENTS_MAX = 256, /* of all effects of one command */
    SPREAD_MIN = 64,         /* more other records than that are looked at later */
    PIECE = 50,              /* records of one piece of work */
    /* Older fact rows change what is known, not what is to be done; weekly deliveries are fresh. */
    FACTS_FRESH_DAYS = 8,
    MATCH_MAX = 8,         /* records a match rule may find; more than one is a finding */
    CHILDREN_MAX = 100000, /* children of one record that a condition may look at */
    IDEMPOTENCY_DAYS = 30
};

#endif
