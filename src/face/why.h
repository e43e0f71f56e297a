/* why.h - why a record stands where it stands, and what makes its scores: for people and for machines.
 *
 * In:     a look at a record, answers of its process.   Out: text or JSON into a buf.
 * Owns:   nothing.   Never: changes anything.
 */
#ifndef REVOS_FACE_WHY_H
#define REVOS_FACE_WHY_H

#include "base/json.h"
#include "process/scores.h"
#include "process/stages.h"

struct gate_why {
    const struct process_def *process;
    const struct stage *from, *to; /* `to` NULL: there is none after this */
    const struct gate_answer *v;
    size_t n;
    struct move_ask asks[MOVE_ASKS_MAX]; /* beside the criteria */
    size_t n_asks;
};

/* The gates into stage `name`, or into the next one when it is empty, as they are at a door. False: the object has no such
 * stage. */
bool gate_why_find(struct look *l, struct str name, enum door door, struct gate_why *out);
/* A criterion under deny is neither met nor waived, or the move is forbidden whatever the record holds. */
bool gate_why_refuses(const struct gate_why *w);
void gate_why_text(const struct gate_why *w, struct buf *out);
void gate_why_json(const struct gate_why *w, struct buf *out);
void score_why_text(const struct score_result *r, struct date today, struct buf *out);
void score_why_json(const struct score_result *r, struct date today, struct buf *out);

#endif
