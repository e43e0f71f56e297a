/* followups.h - what goes with an accepted command: looks and effects, waivers, what is remembered, refused rows.
 *
 * In:     a decision (engine.h).   Out: further events, rows of state, in the same transaction.
 * Owns:   nothing; all of it lives in the group's arena.
 * Errors: the first one of the store stands in group.rc; what follows does nothing.
 * Never:  refuses the command that it follows.
 */
#ifndef REVOS_ADMISSION_FOLLOWUPS_H
#define REVOS_ADMISSION_FOLLOWUPS_H

#include "admission/engine.h"

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
/* Counts a look at a record that another look asked for. False: there were too many within a second. */
bool agenda_count(struct group *g, const struct agenda_item *item);
/* Who woke whom, from the record back: "lead lea_1 (Acme), woken by deal dea_2, woken by lead lea_1". */
struct str agenda_cycle(struct group *g, const struct agenda_item *item);
/* Counts of seconds that were over by then go. */
void agenda_calm(struct group *g, struct instant at);
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
bool waive(struct decision *d, struct finding *f, const struct object *o, uint64_t record,
           struct instant at);
/* The command's reason with what was waived. */
struct str waived_reason(struct decision *d);
/* Counts the use in the waivers' records, as effects of the command. */
void waivers_count(struct decision *d);
/* An event of the record in hand is taken back by event `cause`: so are the uses it was. */
void waivers_give_back(struct decision *d, const struct event *taken_back, uint64_t cause);
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
/* The best rank of a source that gave the field a value, of the record or one merged into it; `*source` is its name.
 * SIZE_MAX: none of them did. */
size_t said_rank(struct decision *d, uint64_t record, const struct survivor *s, uint32_t field,
                 struct str *source);
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
