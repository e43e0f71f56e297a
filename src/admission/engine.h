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
    struct plan_set plans;
    struct calendars *calendars;
    bool has_agenda, has_triggers; /* the tables may have rows */
    struct parser parser; /* and with it the company zone */
    struct buf scratch;
    struct id_source ids;
    struct kept_keys kept;
    uint64_t since_expiry; /* commands with an idempotency key since old ones were dropped */
    bool has_erased;       /* values of erased persons are refused */
};

/* The people of the company, as a process asks for them. */
struct people {
    bool loaded, stale;       /* stale: `rows` is to be made again */
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
    struct xreader reader;
    struct xhost host;
    struct process_reader asks; /* what processes may ask */
    struct people people;
    struct map owned;  /* object and owner → struct owned: open records counted so far */
    struct map wishes; /* record → struct wishes */
    VEC(struct piece) pieces;        /* rows worked off piece by piece, as they are to be */
    VEC(struct entry *) triggered;   /* entries with changed triggers */
    VEC(struct look_wanted *) looks; /* of the command in hand and its effects, in order */
    unsigned round;                  /* of the effects being decided; 0: the command itself */
    bool quiet;                      /* seeds of a model: nothing starts */
    const struct instant *played;    /* instants of the works; NULL: the clock of the machine */
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
    const struct rule *rule;
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
    size_t recomputed;    /* records whose derived fields followed */
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
    EFFECT_EVENTS_MAX = 256, /* of all effects of one command */
    SPREAD_MIN = 64,         /* more other records than that are looked at later */
    PIECE = 50,              /* records of one piece of work */
    /* Older fact rows change what is known, not what is to be done; weekly deliveries are fresh. */
    FACTS_FRESH_DAYS = 8,
    MATCH_MAX = 8,         /* records a match rule may find; more than one is a finding */
    CHILDREN_MAX = 100000, /* children of one record that a condition may look at */
    IDEMPOTENCY_DAYS = 30
};

/* ---- findings (finding.c) ------------------------------------------------------------------------------------ */

struct finding *finding_add(struct group *g, struct work *w, const char *code,
                            const struct field *field, const char *fmt, ...) PRINTF_LIKE(5, 6);
void finding_help(struct group *g, struct finding *f, const char *fmt, ...) PRINTF_LIKE(3, 4);
bool work_refused(const struct work *w);
/* Makes a finding that overlay mode lets pass. */
void finding_soften(const struct work *w, struct finding *f);

/* ---- input (input.c, parse.c) -------------------------------------------------------------------------------- */

/* Resolves names, parses texts, sorts into moments. Findings stand in the work. */
void work_parse(struct group *g, struct work *w, const struct command *c);
/* The code of a number outside `min` and `max` of its field, with a sentence; NULL when it lies within. */
const char *range_broken(const struct field *f, const struct value *v, struct arena *a,
                         struct str *why);
/* The text under which a value stands in a key; STR_NONE for an absent one. */
struct str key_text(const struct value *v, struct arena *a);
/* A key over values by slot; false when one of its fields is empty. */
bool key_of_values(const struct object_plan *p, const struct key_def *k, const struct value *values,
                   struct arena *a, struct key_ref *out);
/* The keys that a reference given by text can mean, at most `max`; returns how many. */
size_t ref_keys(const struct parser *p, const struct field *f, const struct key_def *key,
                struct str source, struct str text, struct arena *a, struct key_ref *out,
                size_t max);

/* ---- records (records.c) ------------------------------------------------------------------------------------- */

void group_init(struct group *g, struct admission *adm, struct arena *arena, size_t n);
/* The entry of an id as given, without redirects; loads it when it is not there. Its row may be NULL. */
struct entry *entry_get(struct group *g, const struct object_plan *p, uint64_t id);
struct entry *entry_known(struct group *g, uint64_t id); /* NULL: not loaded so far */
/* The same through redirects. */
struct entry *entry_follow(struct group *g, const struct object_plan *p, uint64_t id);
struct entry *entry_new(struct group *g, const struct object_plan *p, uint64_t id);
void entries_load(struct group *g, const struct object_plan *p, const uint64_t *ids, size_t n);
struct row *entry_row(const struct entry *e); /* the draft when there is one; may be NULL */
bool entry_live(const struct entry *e);
struct child_list *children_of(struct group *g, const struct object_plan *children,
                               const struct field *via, uint64_t parent);
/* At most `max`? Reads their ids only. */
bool children_are_few(struct group *g, const struct object_plan *children, const struct field *via,
                      uint64_t parent, size_t max);
/* Tells lists of children that a reference of `e` changed for the command in hand. */
void children_moved(struct decision *d, struct entry *e, const struct field *via, uint64_t from,
                    uint64_t to);
void children_undo(struct decision *d);
/* Writes rows that wait in memory, so that a query sees them. */
void group_flush(struct group *g);
/* A fact row as conditions see it. */
struct row *fact_as_row(const struct object *o, const struct fact_row *fact, struct arena *a);
/* Fact rows that refer to `parent` through `via`, in order of id. */
enum rc facts_visit(struct group *g, const struct object_plan *facts, const struct field *via,
                    uint64_t parent, const struct xwindow *w,
                    bool (*visit)(void *, const struct xrecord *), void *vctx);

/* ---- keys (lookup.c) ----------------------------------------------------------------------------------------- */

void keys_load(struct group *g, const struct key_ref *keys, size_t n); /* in one set */
uint64_t key_record(struct group *g,
                    const struct key_ref *key); /* loads it when unknown; 0: nobody's */
void key_put(struct group *g, const struct key_ref *key, uint64_t record);
/* A batch of facts begins with the keys that the one before it knew, and leaves its own once committed; it writes none. */
void keys_recall(struct group *g);
void keys_keep(struct group *g);
/* Loads what the works of the group will need: keys, source rows, records, records they refer to. */
void group_load(struct group *g);

/* ---- identity (identity.c) ----------------------------------------------------------------------------------- */

/* Finds d->target. False: refused, a finding says why. */
bool identify(struct decision *d);
void resolve_references(struct decision *d);
/* Key changes from `before` (NULL: new) to the entry's draft, put into `ev`. False: taken by another record. */
bool keys_follow(struct decision *d, struct entry *e, const struct row *before, struct event *ev);
/* Records a match rule finds for the command: one in `*found`, a second in `*other` (0: none). */
bool match_find(struct decision *d, uint64_t *found, uint64_t *other);
void match_load(struct group *g);                    /* for all works, before anything is decided */
void match_follow(struct group *g, struct entry *e); /* after an accepted command changed `e` */
/* Whose personal data a field of the row is: a record id; 0: nobody's. */
uint64_t person_of(const struct object_plan *p, const struct field *f, const struct row *r);

/* ---- decision (decide.c, moments.c, judge.c, derive.c, stage.c) ------------------------------------------------- */

void decide(struct decision *d);
/* Once all that follows is decided: what is to be remembered of the command. */
void decision_remember(struct decision *d);
void decide_retract(struct decision *d);
void decide_examine(struct decision *d);
size_t fire_due(struct group *g, const struct firing *f); /* in an open group; returns how many */
/* A command as a transaction of its own at `now`, with all that follows. */
void decide_whole(struct group *g, struct work *w, struct verdict *v, struct instant now);
/* Does a live record refer to it? A finding REFERENCED says which. */
bool record_is_referenced(struct decision *d, struct entry *e);
/* The draft of an entry, made when there is none. */
struct row *draft_of(struct decision *d, struct entry *e);
/* Adds an event of the command in hand; the caller fills kind, object, record, effective_at and the union first. */
struct event *event_add(struct decision *d, const struct event *e);
void write_moments(struct decision *d);
/* An event that follows from event `cause`: the touched slots of `now` as a patch of `e`. */
void patch_effect(struct decision *d, struct entry *e, const struct row *now,
                  const uint64_t *touched, struct instant at, uint64_t cause);
/* Folds an event of the command in hand into the draft of its record. */
void draft_fold(struct decision *d, struct entry *e, const struct event *ev);
/* Which of a record's events, in order of seq, are retracted. */
bool *events_retracted(const struct event *events, size_t n, struct arena *a);
/* Folds the whole record again, for an event of the command in hand that cannot be folded on top. */
void draft_refold(struct decision *d, struct entry *e, uint64_t version);
/* Judges `now` against field rules, rules and gates. `before` NULL: it begins to exist. `touched`: slots changed. */
struct state {
    const struct row *before, *now;
    const uint64_t *touched;
    struct instant at;
    struct date today;
};
void judge_fields(struct decision *d, const struct state *s);
void judge_rules(struct decision *d, const struct state *s);
/* One rule or gate alone, found under `code`. */
void judge_rule(struct decision *d, const struct rule *r, const char *code, const struct state *s);
void judge_stages(struct decision *d, const struct state *s);
/* Fills the fields that go with a stage: itself when empty, since, closed_at. */
void stage_follow(struct decision *d, const struct row *before, struct row *now, uint64_t *touched,
                  struct instant at);
/* Recomputes the derived fields of `now` that read what was touched; they become touched when they differ. */
void derive_own(struct decision *d, struct row *now, uint64_t *touched, struct instant at,
                bool all);
/* Time has passed for a record: its values that age, as at `at`; in a quiet look all derived ones. An event when one differs. */
void derive_again(struct decision *d, struct entry *e, struct instant at);
/* Does the event change what is read of `f`? NULL: that the record is there. */
bool event_touches(const struct event *ev, const struct field *f);
/* Records at the other end of a dependent's way from `record`, of our object, before the drafts are kept. */
struct id_list {
    uint64_t *v;
    size_t n, cap;
};
struct id_list dependents_of(struct decision *d, const struct dependent *dep, uint64_t record);
struct id_list dependents_from(struct decision *d, const struct dependent *dep, uint64_t record,
                               size_t n_steps);
/* Puts what depends on the record on the agenda, to be worked off from the beginning. */
void spread_wish(struct decision *d, uint64_t record, const struct object *o,
                 const struct event *cause);
/* The next piece of what stands on the agenda under `p`, which tells afterwards how far it has come. */
void derive_piece(struct decision *d, struct piece *p);
/* Recomputes what other records derive from the events of the command, in rounds. */
void derive_dependents(struct decision *d);
/* The same for fact rows just appended by the batch event. */
void derive_from_facts(struct decision *d, const struct object_plan *p, const struct fact_row *rows,
                       size_t n, const struct event *batch);
/* Appends the events of the command in hand and keeps its drafts. */
void effects_keep(struct decision *d);
void verdicts_clear(struct verdict *out, size_t n);
/* One event as a command of its own, inside an open group. */
MUST_CHECK enum rc append_one(struct admission *a, struct event *ev);
struct str actor_text(const struct actor *actor, struct arena *a);
struct xbindings bindings_of(struct decision *d, const struct row *before, const struct row *now,
                             struct instant at, struct date today);

/* ---- what follows (react.c, reading.c) ---------------------------------------------------------------------------- */

/* Before the drafts of an accepted command are kept: which records want a look. */
void looks_collect(struct decision *d);
/* Facts of `p` were appended: their parents are looked at soon, quietly where the row is old. */
void looks_of_facts(struct decision *d, const struct object_plan *p, const struct fact_row *rows,
                    size_t n, const struct event *batch);
/* A look at a record by time. */
void look_wish(struct decision *d, struct entry *e, struct instant at);
/* Looks at them, decides what their processes ask for, and what follows from that, in rounds. */
void react(struct decision *d);
/* A look at `now` for what the process fills, judges or derives. */
struct look look_of(struct decision *d, const struct row *before, struct row *now,
                    uint64_t *touched, struct instant at);
void process_findings_add(struct decision *d, struct look *l);
void reading_init(struct group *g);
/* An accepted command changed `e` from `before`. */
void reading_follow(struct group *g, const struct entry *e, const struct row *before);
/* What stood on the agenda for the record is done, unless it is wished for again. */
void agenda_done(struct group *g, const struct entry *e, enum agenda_kind kind);
void agenda_wish(struct group *g, enum agenda_kind kind, const struct object *o, uint64_t record,
                 struct instant at, uint64_t cause);
bool trigger_is_on(struct group *g, struct entry *e, struct str name);
void trigger_set(struct group *g, struct entry *e, struct str name, bool on);
/* Writes wishes and triggers of the group. */
void agenda_write(struct group *g);
/* How far the piece-wise work of a row has come; false: there is no such row. */
bool agenda_piece(struct group *g, struct piece *p);
/* Quiet looks at all records of the objects that a process looks at by time or derives values of; rows of objects that are no
 * more go. */
MUST_CHECK enum rc agenda_sweep(struct admission *a, struct instant at);
MUST_CHECK enum rc agenda_see(struct admission *a);

/* ---- waivers (waive.c) ------------------------------------------------------------------------------------------- */

/* Turns a broken criterion into a waived one when an approved waiver holds for the record. */
bool waive(struct decision *d, const struct rule *r, struct finding *f, uint64_t record,
           struct instant at);
/* The command's reason with what was waived. */
struct str waived_reason(struct decision *d);
/* Counts the use in the waivers' records, as effects of the command. */
void waivers_count(struct decision *d);
/* A waiver that the command names must be there. */
void check_waiver(struct decision *d);

/* ---- retired values (retire.c) --------------------------------------------------------------------------------- */

/* Records that hold a value or stage with `moved_to` get the one it names: effects of event `cause`, each record in a
 * transaction number of its own. No rule is asked: it is the model that moved. */
MUST_CHECK enum rc retired_move(struct admission *a, uint64_t cause);

/* ---- state (state.c) ----------------------------------------------------------------------------------------- */

void said_encode(struct group *g, struct work *w);
/* Drops the changes that the source said before, and those of a lower rank than who said the present value. */
void said_filter(struct decision *d);
void said_write(struct decision *d);
bool idempotency_answer(struct decision *d); /* true: the verdict is answered */
void idempotency_write(struct decision *d);
/* How the command's source row is named at rest: a digest, for its identity may be somebody's address; empty without one. */
MUST_CHECK enum rc source_row_name(struct admission *adm, const struct command *c, struct arena *a,
                                   struct str *out);

/* ---- erased persons (erase.c) ------------------------------------------------------------------------------------ */

#define FINDING_ERASED "ERASED"
/* Values of erased persons in the command: a finding each. */
void refuse_erased(struct decision *d);
/* Is there any such value? Asked once, so that workspaces without an erasure pay nothing. */
MUST_CHECK enum rc erased_look(struct admission *a);
/* Destroys the keys of persons whose erasure stands in the ledger: a kill may have come between. */
MUST_CHECK enum rc erase_finish(struct admission *a);

/* ---- quarantine (held.c) ------------------------------------------------------------------------------------- */

/* Keeps what was refused with every reason, sealed; sets v->quarantine. */
MUST_CHECK enum rc quarantine_put(struct group *g, const struct command *c, struct instant at,
                                  struct verdict *v);
void quarantine_write(struct decision *d);
/* The accepted row of the command in hand closes what earlier imports refused of the same row. */
void quarantine_mend(struct decision *d);

#endif
