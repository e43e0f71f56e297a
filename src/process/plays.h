/* plays.h - what playbooks, sequences, automations and recurring work have in common: runs over a record, and when
 * something is due.
 *
 * In:     the reaction in hand (reaction.h).   Out: effects; rows of enrolments.
 * Owns:   nothing.
 * Rule:   a record has at most one active run of a playbook or sequence.
 */
#ifndef REVOS_PROCESS_PLAYS_H
#define REVOS_PROCESS_PLAYS_H

#include "base/hash.h"
#include "process/reaction.h"
#include "process/target.h"

/* One task of a playbook. */
struct playbook_task {
    struct str name, due;
    size_t after;          /* position from 1 of the task before; 0: none */
    const struct node *to; /* a target; made of `role` when that is what is written; may be NULL */
    const struct node *outcomes; /* list of words; NULL: any */
    const struct expr *done_when;
};

struct playbook {
    struct str name, origin; /* "onboarding", "playbooks.onboarding" */
    struct str calendar;     /* whose business days count; empty: Monday to Friday */
    const struct definition *definition;
    struct playbook_task *tasks;
    size_t n_tasks;
};
typedef VEC(struct playbook) playbook_list;

playbook_list playbooks_read(const struct model *m, struct arena *a);
const struct playbook *playbook_named(const playbook_list *list, struct str name);
/* The playbook of an origin such as "playbooks.onboarding"; NULL for any other. */
const struct playbook *playbook_of_origin(const playbook_list *list, struct str origin);
/* What a record of task was made of; NULL: of no playbook, or one that is gone. */
const struct playbook_task *playbook_task_of(const playbook_list *list, const struct row *task);

/* The calendar that a definition counts business days in: its own, else the model's only one, else empty. */
struct str play_calendar(const struct model *m, const struct node *definition);

/* The instant by which `worktime` ("3bd", "4h", "30d") has passed since `from`; of business days, the closing of the n-th. Without
 * a calendar every day from Monday to Friday of the company is open for 24 hours, and hours and days count as they are. */
struct instant play_due(struct reaction *r, struct str calendar, struct str worktime,
                        struct instant from);

/* ---- runs -------------------------------------------------------------------------------------------------------- */

/* Calls `visit` for each record of builtin object `number` whose reference `via` names `id`. */
void each_child(struct reaction *r, uint32_t number, const char *via, uint64_t id,
                void (*visit)(struct reaction *r, const struct row *child, void *ctx), void *ctx);
/* The active run of `name` over a record; NULL: none. */
const struct row *run_active(struct reaction *r, const struct object *o, uint64_t id,
                             const char *kind, struct str name);
/* Starts a run over a record, unless one is active or asked for already. `kind` is "playbook" or "sequence". */
void run_start(struct reaction *r, const char *kind, struct str name, const struct object *o,
               uint64_t id, struct str definition, struct str reason);
/* Ends a run: `state` done or stopped. */
void run_end(struct reaction *r, const struct row *run, const char *state, struct str definition,
             struct str reason);
/* Whether `row` is of builtin object `number`. */
bool row_is_of(const struct row *row, uint32_t number);
/* Was the field of the record in hand touched, and does it now have this word? */
bool became(const struct look *l, const char *field, const char *value);
/* The live row of a record; NULL: gone. */
const struct row *row_of(struct reaction *r, const struct object *o, uint64_t id);
/* "Acme", "Ember Pharma · Platform": what people call a record. */
struct str record_title(struct reaction *r, const struct row *row);
/* The record of `o` that is meant by `of`: itself, or the first of `o` that it refers to; 0: none. */
uint64_t subject_of(const struct row *of, const struct object *o);

/* ---- actions (actions.c): what `do` and `then` ask for -------------------------------------------------------------- */

/* Does everything in the list, in order, for the record in hand. `definition` is who asks: "automations.usage drop". */
void actions_run(struct reaction *r, const struct node *list, struct str definition,
                 struct str why);

#endif
