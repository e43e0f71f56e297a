/* worklist.h - work that waits: the `list` and `queue` tiles of dashboards, as slices of current records.
 *
 * In:     a model, current rows, an admission that judges gates; the name of a list or queue, a person.
 * Out:    slices: a condition over one object in CEL, its records in order, how many there are; why, where a record is stuck.
 * Owns:   nothing; everything lives in the arena given.
 * Errors: those of the store; RC_NOT_FOUND: no such list or queue.
 * Never:  writes; repeats a rule: gates are judged by admission, everything else is a condition that /records answers too.
 *
 * gate_blocked  open records that cannot enter the next stage: a criterion there, or on the way out, refuses them today
 * stale         longer in their stage than its max_age          overdue   a date or deadline has passed
 * at_risk       in the worst band of a health definition        renewals  a renewal date in the next 90 days
 * waivers       asked for, and in force                         duplicates  equal by an exact match rule
 * quarantine    refused rows are no records: no slice
 * mine          offers, tasks, approvals and waivers that wait for an answer
 * team, triage  what is offered to a team; to a queue, and records of a queue that nobody has taken
 * deadlines     running clocks that no offer, task or approval shows already
 *
 * A person's are their own and, of what nobody has yet, what their team or role may take. A queue, and what nobody owns, is
 * everybody's. What waits for an answer (mine, handoffs, approvals) is theirs too when they may answer it for somebody: offers and
 * decisions of those they stand in for, decisions of everybody below them, offers to those who report to them that are late.
 */
#ifndef REVOS_INSIGHT_WORKLIST_H
#define REVOS_INSIGHT_WORKLIST_H

#include "admission/admission.h"
#include "projection/list.h"

enum { WORK_COLUMNS_MAX = 5, WORK_JUDGED_MAX = 20000, WORK_RENEWAL_DAYS = 90 };

struct work_query {
    const struct model *model;
    struct str kind, name; /* "list" "stale", "queue" "mine" */
    /* Short name: only what is theirs; empty: everyone's. Each passes worklist_word. */
    struct str person;
    struct str team, queue; /* of `team` and `triage`: only what waits there; empty: all */
    struct instant now;
    struct zone *zone;
    size_t limit; /* records of a slice */
};

struct work_row {
    uint64_t id;
    struct finding *findings; /* why it is stuck; in the arena */
    size_t n_findings;
};

struct work_slice {
    const struct object *object;
    struct str label;
    struct str where;         /* CEL that finds the same records; empty: none can say it */
    const struct field *sort; /* NULL: by id */
    const struct field *columns[WORK_COLUMNS_MAX];
    size_t n_columns;
    struct work_row *rows;
    size_t n_rows;
    uint64_t total;
    bool more;        /* there are more than `total`: judging stopped there */
    uint64_t unknown; /* of at_risk: live records without a health yet */
};

struct standing; /* process/standing.h */

struct work_list {
    VEC(struct work_slice) slices;
    /* For whom the person asked for answers beside themselves; what is only theirs because of that has such an owner. */
    const struct standing *standings;
    size_t n_standings;
};

MUST_CHECK enum rc worklist_read(struct projection *p, struct admission *judge,
                                 const struct work_query *q, struct arena *a,
                                 struct work_list *out);
/* What people call it: "Blocked at a gate"; STR_NONE when there is no such list or queue. */
struct str worklist_label(struct str kind, struct str name);
/* May a name stand in a query? */
bool worklist_word(struct str name);

#endif
