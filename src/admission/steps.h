/* steps.h - the steps of a decision, in the order in which decide.c takes them, and all they share.
 *
 * In:     a decision (engine.h).   Out: drafts and events, or findings that refuse it.
 * Owns:   nothing; all of it lives in the group's arena.
 * Errors: the first one of the store stands in group.rc; what follows does nothing.
 * Never:  seen outside admission.
 */
#ifndef REVOS_ADMISSION_STEPS_H
#define REVOS_ADMISSION_STEPS_H

#include "admission/followups.h"
#include "admission/lookups.h"

/* ---- decision (decide.c, moments.c, judge.c, derive.c, stage.c) ------------------------------------------------- */

void decide(struct decision *d);
/* Once all that follows is decided: what is to be remembered of the command. */
void decision_remember(struct decision *d);
void decide_retract(struct decision *d);
void decide_examine(struct decision *d);
void decide_merge(struct decision *d);
void decide_unmerge(struct decision *d);
/* The command was refused: the redirect is again what it was before. */
void redirect_take_back(struct decision *d);
/* Is the record as whoever sends the command saw it? A finding STALE. */
bool seen_version_holds(struct decision *d);
/* The keys of the target follow its draft, in its last event. */
void keys_settle(struct decision *d);
size_t fire_due(struct group *g, const struct firing *f); /* in an open group; returns how many */
/* Commands that are decided one on top of the other and committed, or taken back, together: what stood before, for the latter. */
struct together {
    struct id_source ids;
    uint64_t since_expiry;
};
MUST_CHECK enum rc together_begin(struct admission *a, struct together *before);
/* `rc` of what was done in between; `undo`: one was refused, or it was a rehearsal. */
MUST_CHECK enum rc together_end(struct admission *a, const struct together *before, bool undo,
                                enum rc rc);
/* Writes an open group, then as together_end. */
MUST_CHECK enum rc group_end(struct group *g, const struct together *before, bool undo);
/* A command that comes on top of those decided before it in an open group. */
struct work *work_new(struct group *g, const struct command *c);
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
/* The touched slots of `now`, perhaps none, as a patch of `e` by whoever sent the command. */
void patch_told(struct decision *d, struct entry *e, const struct row *now, const uint64_t *touched,
                struct str reason);
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
    bool never_refuses; /* into a lost stage: what its gates miss is told, and holds nobody back */
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

#endif
