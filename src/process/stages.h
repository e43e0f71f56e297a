/* stages.h - what moves records from stage to stage by itself, and who else may.
 *
 * In:     looks at records that have a pipeline or lifecycle.   Out: moves, findings on moves.
 * Owns:   nothing.   Errors: those of the reader.
 * Rule:   a record enters the next stage with `advance: auto` as soon as its gates are all met, one stage a round, until none
 *         is left. Gates on `audit` are not asked, those on `warn` are: nobody is there to be warned. A move that was refused
 *         is not tried again before its gates have fallen and hold once more.
 */
#ifndef REVOS_PROCESS_STAGES_H
#define REVOS_PROCESS_STAGES_H

#include "process/reaction.h"

extern const struct part stages_part;

/* Which of several pipelines a record is in; NULL: the object has one at most. */
const struct field *stage_pipeline_field(const struct object *o);
/* Is the record in this process? Always of a lifecycle; of one of several pipelines when it names that one, or none. */
bool stage_process_holds(const struct process_def *p, const struct row *r);
/* Where it stands in the process; NULL: nowhere. `r` may be NULL. */
const struct stage *stage_of(const struct process_def *p, const struct row *r);
/* The stage that comes next, in force; NULL: none, or it is closed. */
const struct stage *stage_next(const struct process_def *p, const struct stage *from);

/* What a move asks beside its criteria, whatever the record holds. */
struct move_ask {
    const char
        *code; /* "SKIP", "BACK", "REOPEN": it may not; "REASON_REQUIRED": with a reason it may */
    const char *message, *help;
    bool forbidden;
};
enum { MOVE_ASKS_MAX = 2 };
/* Of a record that stands in `from`; being marked lost is never forbidden. */
size_t stage_asks(const struct process_def *p, const struct stage *from, const struct stage *to,
                  struct move_ask out[MOVE_ASKS_MAX]);

/* One criterion on the way of a record into `to`, as it is now. */
struct gate_answer {
    const struct rule *rule;
    bool exit;                    /* of the stage in which it stands */
    bool applies;                 /* `when` holds */
    enum enforcement enforcement; /* for this record, at the door asked about */
    enum xverdict state;
    struct xvalue why;
    const struct xunmet *unmet; /* parts that do not hold */
    size_t n_unmet;
    const struct row *waiver; /* the waiver on which it would pass nevertheless; NULL: none */
};
/* All criteria, those out of where it stands first. None ask a record that is there already. */
void stage_explain(struct look *l, const struct process_def *p, const struct stage *to,
                   enum door door, struct gate_answer **out, size_t *n);

/* The handoff `name` about `record` was accepted: it moves into the stage that advances by it, unless it is there or beyond. */
void stage_accepted(struct reaction *r, const struct row *record, struct str name);

#endif
