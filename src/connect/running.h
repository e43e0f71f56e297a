/* running.h - the imports that run in this process: one run a file, and how far each is.
 *
 * In:     runs that begin, go on and end, from any thread.   Out: progress by batch.
 * Owns:   a table of RUNNING_MAX runs, until running_free.
 * Errors: running_enter is false when the file is under way already, or too many are.
 * Why:    the cursor of an import is that of its file: two runs at once would overwrite each other's counts.
 */
#ifndef REVOS_CONNECT_RUNNING_H
#define REVOS_CONNECT_RUNNING_H

#include "base/hash.h"

#include <stdbool.h>
#include <stddef.h>

enum { RUNNING_MAX = 64 };

struct import_progress {
    uint64_t rows; /* done, those of an earlier run included */
    uint64_t bytes_done, bytes_total;
    uint64_t quarantined;
};

struct running;

struct running *running_new(void);
void running_free(struct running *r); /* every run has left; NULL is allowed */

/* A run of this file into this object as this source; `*slot` is its place until running_leave. */
bool running_enter(struct running *r, uint32_t object, struct str source, struct digest file,
                   size_t *slot);
void running_leave(struct running *r, size_t slot);
/* How far it is; false when somebody asked it to stop. */
bool running_tell(struct running *r, size_t slot, uint64_t batch, const struct import_progress *p);
/* Asks the run of `batch` to stop at its next step; false when there is none. */
bool running_stop(struct running *r, uint64_t batch);

/* Is a run of `batch` (0: of any) under way? `*out` may be NULL. */
bool running_find(struct running *r, uint64_t batch, struct import_progress *out);

#endif
