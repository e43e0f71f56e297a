/* worklist_impl.h - what the files of worklist share; included nowhere else. */
#ifndef REVOS_INSIGHT_WORKLIST_IMPL_H
#define REVOS_INSIGHT_WORKLIST_IMPL_H

#include "insight/worklist.h"

struct worklist {
    struct projection *p;
    struct admission *judge;
    const struct work_query *q;
    bool everybodys;       /* the list is not narrowed to a person */
    struct str team, role; /* of the person asked for; empty: none */
    bool answers;          /* the list is of what somebody answers, for others too */
    struct arena *a;
    struct work_list *out;
};

/* A slice without records yet. Its columns begin with the owner. */
struct work_slice *slice_new(struct worklist *w, const struct object *o, struct str label);
void slice_column(struct work_slice *s,
                  const struct field *f); /* NULL and repeated ones are left out */
/* Reads the records that meet the slice's condition, which it takes further for the person asked for. */
enum rc slice_read(struct worklist *w, struct work_slice *s);
/* Those of `ids` that belong to the person asked for, in their order; all when nobody was. */
enum rc slice_keep_mine(struct worklist *w, const struct object *o, uint64_t *ids, size_t *n);

struct str stage_label(const struct stage *s);
struct str process_label(const struct process_def *p, struct arena *a);
/* The stage that comes next, lost and retired ones aside; NULL: none. */
const struct stage *stage_after(const struct process_def *p, const struct stage *s);

enum rc work_gate_blocked(struct worklist *w); /* worklist_blocked.c */
enum rc work_duplicates(struct worklist *w);   /* worklist_doubles.c */

#endif
