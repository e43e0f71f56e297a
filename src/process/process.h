/* process.h - what a change leads to: scores, stages, routes, handoffs, clocks, playbooks, sequences, automations.
 *
 * In:     a compiled model; then, per look at a record: its row before and now, the instant, a reader of current rows.
 * Out:    values of derived fields, fields that go with a change, verdicts on process records, effects (effect.h).
 * Owns:   nothing; a process lives in the arena given and is immutable. Any thread.
 * Errors: those of the reader, returned; the caller then drops the whole command.
 * Never:  writes, waits, reads a clock.
 *
 * How admission uses it, for every event of an accepted command (also for those of effects), in the same transaction:
 *   process_derive   with the other derived fields, before rules are judged
 *   process_fill     engine fields that belong to the same event: accepted_at with state, ended_at …
 *   process_judge    beside rules and gates
 *   then, once the event stands: for each part in order process_next, its effects decided at once, their events queued.
 * A look by time (CMD_EXAMINE) is the same with `before` equal to `now` and nothing touched.
 */
#ifndef REVOS_PROCESS_PROCESS_H
#define REVOS_PROCESS_PROCESS_H

#include "base/calendar.h"
#include "base/env.h"
#include "process/effect.h"
#include "projection/rows.h"

struct process;

/* Conditions, each once. */
typedef VEC(const struct expr *) expr_list;

/* Reads every definition of `m`, which outlives it. Cannot fail: the model was checked. */
struct process *process_make(const struct model *m, struct arena *a);

/* A definition that open records keep though the live model has it otherwise, or no more. */
struct kept_definition {
    struct str kind, name;  /* "handoffs", "mql_to_sales" */
    uint32_t until;         /* what began under this version, or an earlier one, keeps it */
    const struct model *as; /* the model of that version; outlives the process */
};
/* Before `p` is used. Conditions of an earlier version are judged on rows of the live model, by numbers: what is no longer
 * there is absent. What they name besides - routes, stages, pools, people, calendars, consents - is the live one of that name. */
void process_keep(struct process *p, const struct kept_definition *list, size_t n, struct arena *a);
/* Is this a kind of definition that what began under it keeps? */
bool process_keeps(struct str kind);
const struct model *process_model(const struct process *p);

/* ---- what it may ask ------------------------------------------------------------------------------------------ */

/* Current rows, with everything on top that was accepted so far in this group. Rows live in the arena of the look. */
struct process_reader {
    void *ctx;
    const struct xreader *records;
    const struct xhost *host;
    /* The live record of an id, through redirects; *out NULL: gone. */
    enum rc (*row)(void *ctx, const struct object *o, uint64_t id, const struct row **out);
    /* Live records of `via->object` whose reference `via` names `parent`, ascending by id. RC_LIMIT beyond 100,000. */
    enum rc (*children)(void *ctx, const struct field *via, uint64_t parent,
                        const struct row ***out, size_t *n);
    /* All live records of a builtin object of which there are few (people, seats, members of pools), ascending by id. Loaded
     * once a group; RC_LIMIT beyond 100,000. */
    enum rc (*all)(void *ctx, const struct object *o, const struct row ***out, size_t *n);
    /* The live record whose key `key` has these values, in the order of key->fields; *out NULL: none. */
    enum rc (*by_key)(void *ctx, const struct object *o, const struct key_def *key,
                      const struct value *values, const struct row **out);
    /* How many live records of `o` this person owns that stand in an open stage (of all its processes; without one: all). */
    enum rc (*open_count)(void *ctx, const struct object *o, uint64_t owner, uint64_t *n);
    /* What was remembered of a trigger for a record: does it hold, as of the last look? False when there was none. */
    enum rc (*remembered)(void *ctx, struct str trigger, uint64_t record, bool *on);
    /* Every person of the model's seeds has a record; its id by short name. 0: not there (any more). */
    uint64_t (*person_id)(void *ctx, struct str name);
};

/* Business calendars of the model, opened on first use: one set a thread. */
struct calendars;
struct calendars *calendars_open(const struct model *m, const struct env *env,
                                 const char *workspace);
void calendars_close(struct calendars *c); /* NULL is allowed */
/* RC_NOT_FOUND: the model has none of this name. An empty name gives all hours of the company's zone. */
MUST_CHECK enum rc calendars_get(struct calendars *c, struct str name, struct calendar **out);

/* ---- a look at a record ---------------------------------------------------------------------------------------- */

struct look {
    const struct process *process;
    const struct process_reader *reader;
    struct calendars *calendars;
    struct zone *zone;   /* the company's */
    struct arena *arena; /* effects live here */
    const struct object *object;
    const struct row *before; /* NULL: the record begins to exist */
    struct row *now;          /* only process_fill and process_derive change it */
    uint64_t *touched;        /* slots changed, as bits; fill adds to it */
    struct instant at;        /* when the change is true */
    struct date today;
    uint64_t actor; /* person who acts; 0: nobody known */
    bool
        quiet; /* written into the past, undone, or a first sweep: nothing starts, triggers are only remembered */
    bool by_time; /* an instant has come; nothing was touched */
    /* The record was deleted or taken back: `before` and `now` are both what it was. What it has open ends, also when quiet. */
    bool gone;
    uint64_t
        into; /* of a gone one: merged into this record, whose children its own are now; 0: not merged */
    bool again;       /* what this change ends begins anew, as the live definition says */
    uint32_t version; /* of the model */
    /* Fields that one definition derives are asked for one after the other: whose they were last, and what it found. Whoever changes
     * what it reads of `now` meanwhile sets `derived_of` to NULL. */
    const void *derived_of, *derived;
};

/* ---- derived fields: scores and health --------------------------------------------------------------------------- */

/* A derived field of an object with what it reads. A score has two: the points and `<score>_terms`; health four: the band,
 * `<band>_score`, `<band>_terms`, `<band>_since`. */
struct process_derived {
    const struct field *field;
    const struct expr **exprs; /* all conditions and values it is made of */
    size_t n_exprs;
    const struct field **fields; /* of the record, read beside them */
    size_t n_fields;
    bool ages; /* changes by the passing of days, whatever its conditions say */
};
size_t process_derived_of(const struct process *p, const struct object *o,
                          const struct process_derived **out);
/* The value of `f` for l->now at l->at. A condition that faults leaves the field empty: RC_OK, `*why` tells. */
MUST_CHECK enum rc process_derive(struct look *l, const struct field *f, struct value *out,
                                  struct str *why);

/* ---- fill, judge, react ------------------------------------------------------------------------------------------ */

MUST_CHECK enum rc process_fill(struct look *l);

/* Takes one finding of a judgement; `enforcement` as in rules. */
struct process_findings {
    void *ctx;
    void (*add)(void *ctx, const char *code, enum enforcement e, const struct field *f,
                struct str definition, struct str owner, struct str message, struct str help);
};
/* Changes of process records that are not allowed (a task that is done is not reopened, a handoff is returned with one of its
 * reasons), locks of approvals, moves that wait for one. */
MUST_CHECK enum rc process_judge(struct look *l, const struct process_findings *f);

/* Parts in order; admission decides the effects of one part before it asks the next. */
size_t process_parts(void);
const char *process_part_name(size_t part);
MUST_CHECK enum rc process_react(struct look *l, size_t part, const struct effect **out, size_t *n);
/* The same of the first part from `*part` on that asks for anything; `*part` stands behind it then. *n 0: none does. */
MUST_CHECK enum rc process_next(struct look *l, size_t *part, const struct effect **out, size_t *n);

/* Conditions over `o` that start or stop something: a change of what they read through references or children of other
 * records asks for a look at the record. */
size_t process_watched(const struct process *p, const struct object *o,
                       const struct expr *const **out);
/* Some record of `o` may need a look by time although nobody touches it. */
bool process_is_timed(const struct process *p, const struct object *o);

#endif
