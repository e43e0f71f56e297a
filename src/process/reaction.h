/* reaction.h - what the parts of a process are written against.
 *
 * In:     a look (process.h).   Out: effects, in order of asking.
 * Owns:   nothing.
 * Errors: the first error of the reader stands in r->rc; every helper then does nothing, and the part may return.
 * Rule:   a part is total: it looks at the record as it is and asks for what is missing, whatever touched it, and wakes it
 *         for the next instant at which its answer can change. A trigger acts when it rises, not while it holds.
 */
#ifndef REVOS_PROCESS_REACTION_H
#define REVOS_PROCESS_REACTION_H

#include "model/builtin.h"
#include "model/tree.h"
#include "process/process.h"

struct reaction {
    struct look *l;
    const struct process *p;
    VEC(struct effect) effects;
    size_t made; /* CREATEs so far: the next one is made + 1 */
    enum rc rc;
};

typedef VEC(struct process_derived) derived_list;

/* One part of the process: a row of the table in process.c. Each function may be NULL. */
struct part {
    const char *name;
    /* Reads the part's definitions; the result is handed back as reaction_part(r, part). */
    void *(*make)(const struct process *p, const struct model *m, struct arena *a);
    void (*fill)(struct reaction *r, const void *self);
    void (*judge)(struct reaction *r, const void *self, const struct process_findings *f);
    /* In place of judge, when the record is about to be deleted. */
    void (*judge_loss)(struct reaction *r, const void *self, const struct process_findings *f);
    void (*react)(struct reaction *r, const void *self);
    /* In place of react, when the record is there no more. */
    void (*lose)(struct reaction *r, const void *self);
    /* What began under its definitions keeps them; then make() is called for each earlier version that is kept, too. */
    bool keeps;
    /* After react: what the record in hand has open under definitions as version `until` had them. Judged by level, not by
     * triggers: of these it is not known what held when the definition changed. */
    void (*keep)(struct reaction *r, const void *past, uint32_t until);
    /* Adds the conditions over `o` that it watches. */
    void (*watch)(const void *self, const struct object *o, struct arena *a, expr_list *out);
    /* May records of `o` need a look by time for another reason than a condition? */
    bool (*timed)(const void *self, const struct object *o);
    /* Adds the derived fields of `o` that it computes; derive gives their values. */
    void (*derived)(const void *self, const struct object *o, struct arena *a, derived_list *out);
    void (*derive)(struct reaction *r, const void *self, const struct field *f, struct value *out,
                   struct str *why);
};

/* What the part's make() gave. */
const void *process_part(const struct process *p, const struct part *part);
/* ---- definitions -------------------------------------------------------------------------------------------------- */

/* "routes", "inbound"; NULL: the model has none of this name. */
const struct definition *definition_named(const struct process *p, const char *kind,
                                          struct str name);
/* The one under which a record of the process began: by its `name` and `version`. What a part's make() gave for it. */
const struct definition *definition_begun(const struct process *p, const char *kind,
                                          const struct row *row);
const void *part_begun(const struct process *p, const struct part *part, const char *kind,
                       const struct row *row);
/* Earlier versions that are kept, in any order: what make() gave for the n-th. */
size_t process_pasts(const struct process *p);
const void *part_past(const struct process *p, const struct part *part, size_t past);

/* ---- rows -------------------------------------------------------------------------------------------------------- */

const struct object *builtin_object(const struct process *p,
                                    uint32_t number); /* NULL: the model has no process */
/* The field of a builtin object by name; asserts that there is one. */
const struct field *builtin_field(const struct object *o, const char *name);
struct str row_text(const struct row *r,
                    const char *field); /* empty when absent; an enum's value name */
bool row_is(const struct row *r, const char *field, const char *value); /* of an enum or a text */
int64_t row_int(const struct row *r, const char *field, int64_t absent);
struct instant row_instant(const struct row *r, const char *field); /* INSTANT_MAX when absent */
uint64_t row_ref(const struct row *r, const char *field);           /* 0 when absent */
struct date row_date(const struct row *r, const char *field);       /* days INT32_MIN when absent */
/* The record that a process record is about: its object and id; false when none is named. */
bool row_about(const struct row *r, const struct object **o, uint64_t *id);
/* The reference from builtin object `from` to records of `to`; NULL when it has none. */
const struct field *about_field(const struct object *from, const struct object *to);

/* The live record of an id; NULL: gone, or 0. */
const struct row *reader_row(struct reaction *r, const struct object *o, uint64_t id);
/* The value of a reference; absent for 0. */
struct value ref_value(uint64_t id);
/* Does the record in hand come to this value of its `state` now? */
bool came_to(const struct reaction *r, const char *state);

/* ---- conditions -------------------------------------------------------------------------------------------------- */

/* The compiled condition under `key` of a definition's node; NULL: it has none. */
const struct expr *node_condition(const struct node *n, const char *key);
struct xbindings look_bindings(const struct look *l);
/* Judged on the record as it is at l->at; `why` may be NULL. */
enum xverdict look_test(struct reaction *r, const struct expr *e, struct xvalue *why);
/* The same on another record, as it is now. */
enum xverdict row_test(struct reaction *r, const struct row *of, const struct expr *e,
                       struct xvalue *why);
bool look_touched(const struct look *l, const struct field *f);
bool look_is_new(const struct look *l);
/* Does the trigger rise? Evaluates, compares with what is remembered, remembers, wakes for the next instant at which the
 * answer can change. Always false in a quiet look. `trigger` is stable: "handoffs.mql_to_sales". */
bool trigger_rises(struct reaction *r, struct str trigger, const struct expr *e);
/* The same, and whether it holds now. */
bool trigger_holds(struct reaction *r, struct str trigger, const struct expr *e, bool *rises);
/* The same for an answer found otherwise: what wakes for it is the caller's. */
bool trigger_follow(struct reaction *r, struct str trigger, bool holds);
/* Puts a trigger that rose back: what it asks for cannot be done yet, the next look tries again. */
void trigger_keep(struct reaction *r, struct str trigger);
/* What is remembered of a trigger of the record in hand; remembers one of any record. */
bool trigger_was_on(struct reaction *r, struct str trigger);
void trigger_put(struct reaction *r, const struct object *o, uint64_t record, struct str trigger,
                 bool on);
/* Wakes the record when the answer of `e` can change next. */
void wake_for(struct reaction *r, const struct expr *e);
void wake_at(struct reaction *r, struct instant at);
/* Wakes another record. */
void wake_record(struct reaction *r, const struct object *o, uint64_t record, struct instant at);

/* ---- effects ----------------------------------------------------------------------------------------------------- */

/* Fills of the record in hand, in the same event. */
void fill_put(struct reaction *r, const char *field, struct value v);

/* An effect being written; fields by name, asserted to exist. */
struct asking {
    struct reaction *r;
    struct effect e;
    VEC(struct effect_field) fields;
};
struct asking ask_create(struct reaction *r, const struct object *o, struct str definition);
struct asking ask_set(struct reaction *r, const struct object *o, uint64_t record,
                      struct str definition);
void ask_at(struct asking *a, struct instant at);
void ask_reason(struct asking *a, struct str reason);
void ask_value(struct asking *a, const char *field, struct value v);
void ask_field(struct asking *a, const struct field *f, struct value v);
void ask_text(struct asking *a, const char *field, struct str s);      /* empty clears */
void ask_word(struct asking *a, const char *field, const char *value); /* of an enum */
void ask_int(struct asking *a, const char *field, int64_t v);
void ask_instant(struct asking *a, const char *field, struct instant t); /* INSTANT_MAX clears */
void ask_ref(struct asking *a, const char *field, uint64_t id);          /* 0 clears */
void ask_made(struct asking *a, const char *field, size_t made);
void ask_about(struct asking *a, const struct object *o, uint64_t id);
/* Done: into the list. Of a CREATE, the number by which others of this reaction may refer to it. */
size_t ask(struct asking *a);
void ask_message(struct reaction *r, const struct effect_message *m, struct str definition);

/* ---- whom (target.c) --------------------------------------------------------------------------------------------- */

/* Who is meant by a target of the model: {owner_of: lead.account}, {person: ana}, {team: csm}, {role: ae}, {pool: p},
 * {queue: q, owner: ana}, or a short name, `owner`, `manager`. */
struct whom {
    uint64_t person; /* 0: none, or whoever takes it */
    uint64_t absent; /* who is away: `person` stands in for them; 0: nobody */
    uint64_t team;
    struct str role, queue, pool;
    uint64_t answers; /* owner of a queue */
};
/* Pools are not drawn from here (pool.h does): `pool` is only named. False: it leads to nobody, `*why` says so. */
bool target_find(struct reaction *r, const struct node *target, const struct object *o,
                 const struct row *of, struct whom *out, struct str *why);
/* Away on that company day, by records of `absence`; `*delegate` 0: nobody named. */
bool person_is_away(struct reaction *r, uint64_t person, struct date day, uint64_t *delegate);

/* ---- clocks (clocks.c) ------------------------------------------------------------------------------------------- */

/* Starts a deadline about record `id` of `o`: `allowed` of open time in `calendar` from `from`. Its due instant is computed here,
 * once. `link` names the reference to what it belongs to ("handoff", "task", "approval") with `linked` its id, or
 * `linked_made` the CREATE of this reaction; NULL: none. Gives the number of the CREATE, `*due` the instant. */
struct clock_wish {
    const struct object *object;
    uint64_t id;
    struct str name;
    const char *kind;
    struct str calendar;
    struct duration allowed; /* open time; days of `bd` are given in `business_days` instead */
    int32_t business_days;   /* > 0: by the closing of the n-th business day */
    struct instant from;
    const char *link;
    uint64_t linked;
    size_t linked_made;
    uint64_t owner;
    uint32_t version; /* whose definition it has; 0: the live one */
};
size_t clock_start(struct reaction *r, const struct clock_wish *w, struct instant *due);
/* Stops a running or paused clock at l->at: met, or breached when its due instant has passed. */
void clock_stop(struct reaction *r, const struct row *clock);
/* The same as of `at`, when what it was for was over. */
void clock_stop_at(struct reaction *r, const struct row *clock, struct instant at);
void clock_cancel(struct reaction *r, const struct row *clock);
/* "4h", "3bd", "16h", "30d" as MODEL.md writes time to work in. */
bool worktime_parse(struct str s, struct duration *open, int32_t *business_days);

/* ---- notices (notices.c) ----------------------------------------------------------------------------------------- */

/* Tells a person, in the app and by the channels they chose: one effect CREATE of a notification and perhaps messages. */
void notify(struct reaction *r, uint64_t person, const char *kind, const struct object *o,
            uint64_t about, struct str text, struct str why);
/* People of a `notify:` list: short names, owner, manager, of the record in hand. */
void notify_all(struct reaction *r, const struct node *list, const char *kind,
                const struct object *o, const struct row *of, struct str text, struct str why);

#endif
