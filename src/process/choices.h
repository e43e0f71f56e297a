/* choices.h - what an answer to a record of the process may say: the words its judgement takes, for whoever shows it.
 *
 * In:     the live model, a stored row.   Out: words of the definition, in its order.
 * Owns:   nothing.   Errors: none; what the model does not know any more has no words.
 */
#ifndef REVOS_PROCESS_CHOICES_H
#define REVOS_PROCESS_CHOICES_H

#include "process/reaction.h"

struct choices {
    const struct node *words; /* a list; NULL or empty: any word */
    bool required;
};

/* Why a handoff may be given back. */
struct choices choices_of_return(const struct model *m, const struct row *handoff);
/* How a task may end that is done. */
struct choices choices_of_task(const struct model *m, const struct row *task, struct arena *a);
/* A review ends with what was decided. */
bool choices_task_decides(const struct row *task);

/* What travels with a handoff: the entries of its definition, in order, and whether it is not accepted without them; how many. */
size_t choices_packet(const struct model *m, const struct row *handoff, struct arena *a,
                      struct str **names, bool **blocks);
/* Routes over records of `o`. */
size_t choices_routes(const struct model *m, const struct object *o, struct arena *a,
                      struct str **names);

#endif
