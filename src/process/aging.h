/* aging.h - which children make a condition hold, and since when: what points that halve with time are counted from.
 *
 * In:     a look, a condition, the list of children that ages it.
 * Out:    the newest instant, or one instant per child.
 * Owns:   nothing; everything lives in the arena of the look.
 * Errors: those of the reader become faults of the condition, as everywhere.
 * Rule:   the newest instant is the latest T such that the condition still holds over the children from T on. For
 *         exists() that is the newest child that meets it, for size() >= 3 the third newest.
 * Never:  looks into the condition: it is asked again over fewer children, at most twice the logarithm of their number.
 */
#ifndef REVOS_PROCESS_AGING_H
#define REVOS_PROCESS_AGING_H

#include "process/process.h"

/* The first list of children that a condition reads; NULL: none. */
const struct xchild *aging_list(const struct expr *e);

struct aging;
/* Asks `e` over all children and remembers those of `list`. `*result` is its answer. */
struct aging *aging_open(struct look *l, const struct expr *e, const struct xchild *list,
                         enum xverdict *result, struct xvalue *why);
/* Of a condition that holds. False: it holds without any child of the list, so nothing ages it. */
bool aging_newest(struct aging *g, struct instant *at);
/* The instant of every child that makes it hold by itself, newest first; a condition that holds without any child gives
 * none and false. */
bool aging_each(struct aging *g, const struct instant **at, size_t *n);

#endif
