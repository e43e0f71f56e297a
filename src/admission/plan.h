/* plan.h - what admission derives once from a model: slots of fields, criteria with what they read, dependents.
 *
 * In:     a compiled model.   Out: one object_plan per object, found by object number.
 * Owns:   nothing; lives in the arena given.
 * Never:  sees a record.
 *
 * A slot is the position of a field in object->fields, which is its position in a row's values. Sets of slots are bits.
 */
#ifndef REVOS_ADMISSION_PLAN_H
#define REVOS_ADMISSION_PLAN_H

#include "model/model.h"
#include "process/process.h"

struct object_plan;

/* A rule and the own fields whose change can change its answer. */
struct criterion {
    const struct rule *rule;
    const uint64_t *reads; /* bits */
};

/* A computed field, a roll-up or what a process derives; in an object's list each stands behind those it reads. */
struct derived {
    const struct field *field;
    size_t slot;
    const struct expr *const *exprs; /* it is made of; none for a roll-up */
    size_t n_exprs;
    const uint64_t *reads; /* own fields, bits */
    bool timed;            /* its value can change by the mere passing of time */
};

/* One step from the deriving object towards the object whose change matters: a reference or a list of children. */
struct route_step {
    const struct object *from; /* where the step starts */
    const struct field *via;   /* reference: a field of `from`; child: a field of the children */
    bool child;
};

/* A field of another object that is derived from ours, or a look at another object's record that ours asks for. */
struct dependent {
    const struct object_plan *plan; /* of the deriving object */
    const struct derived *derived;  /* NULL: its process watches ours */
    const struct route_step *steps; /* from the deriving object to ours */
    size_t n_steps;
    const struct field *field; /* ours that is read; NULL: only that the record is there */
};

/* Sources of a field in order of rank: a later one does not overwrite what an earlier one gave. */
struct survivor {
    const struct str *sources;
    size_t n_sources;
};

struct object_plan {
    const struct object *object;
    const uint16_t *slot_by_number; /* field number → slot + 1; 0: none */
    uint32_t max_number;
    size_t n_slots, n_words; /* n_words: uint64_t of a set of slots */
    size_t id_slot, created_slot, updated_slot;
    const size_t *refs; /* slots of references */
    size_t n_refs;
    const struct field *home; /* reference to the account; NULL: the record is its own home */
    /* References that some rule, gate or derived field reads through: who changes one will need the record behind it. */
    const uint64_t *follows; /* bits */
    struct criterion *rules;
    size_t n_rules;
    struct derived *derived;
    size_t n_derived;
    struct dependent *dependents;
    size_t n_dependents;
    struct dependent *watchers;
    size_t n_watchers;
    const struct field **referrers; /* reference fields of records that point here */
    size_t n_referrers;
    const struct survivor **survivors; /* by slot; NULL: the most recent word counts everywhere */
    bool has_match;                    /* some match rule merges without a person */
    bool has_exact_match;              /* one of them compares exactly, and nothing else */
    bool is_watched;                   /* its process has conditions over it */
    bool
        is_swept; /* a new version looks at all its records: something waits, or is derived by a process */
};

struct plan_set {
    const struct model *model;
    const struct process *process;
    struct object_plan **by_number; /* NULL where no object has the number */
    uint32_t max_number;
};

void plans_make(const struct process *process, struct arena *a, struct plan_set *out);
const struct object_plan *plan_get(const struct plan_set *p, uint32_t object_number); /* asserts */
size_t slot_of(const struct object_plan *p, uint32_t field_number);                   /* asserts */
/* The same for what a condition of an earlier version reads: NULL, or false, when it is no longer there. */
const struct object_plan *plan_known(const struct plan_set *p, uint32_t object_number);
bool slot_known(const struct object_plan *p, uint32_t field_number, size_t *out);

uint64_t *bits_new(const struct object_plan *p, struct arena *a);
void bits_set(uint64_t *bits, size_t slot);
void bits_clear(uint64_t *bits, size_t slot);
bool bits_has(const uint64_t *bits, size_t slot);
bool bits_meet(const struct object_plan *p, const uint64_t *a, const uint64_t *b);

#endif
