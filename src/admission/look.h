/* look.h - a record as a process sees it, to explain it: nothing is decided, nothing is written.
 *
 * In:     an open admission, a record.   Out: a look at it, now, for as long as the call takes.
 * Owns:   nothing.
 * Errors: RC_NOT_FOUND, or those of the store.
 */
#ifndef REVOS_ADMISSION_LOOK_H
#define REVOS_ADMISSION_LOOK_H

#include "admission/admission.h"
#include "process/process.h"

MUST_CHECK enum rc admission_look(struct admission *a, const struct object *o, uint64_t id,
                                  struct arena *arena, void (*with)(void *self, struct look *l),
                                  void *self);

#endif
