/* writer.h - the one thread that writes: a queue in front of admission.
 *
 * In:     commands and jobs from any thread.   Out: verdicts, after the commit.
 * Rule:   takes what has gathered (at most 256 commands) as one group; never waits to fill one.
 * Owns:   the thread; admission is used by nobody else while the writer is open.
 * Errors: RC_BUSY when the queue is full, or its turn did not come for WRITER_PATIENCE_MS: nothing was done, and nothing will
 *         be (the door answers 503). After an RC_IO of the store nothing is acknowledged
 *         any more: every waiting and later call gets RC_IO, and `on_broken` is called once from the writer's thread,
 *         which ends the process. RC_CONFLICT once the writer was retired: what was asked was meant for another model.
 */
#ifndef REVOS_ADMISSION_WRITER_H
#define REVOS_ADMISSION_WRITER_H

#include "admission/admission.h"

struct writer;

enum { WRITER_GROUP_MAX = 256, WRITER_QUEUE_MAX = 4096, WRITER_PATIENCE_MS = 30000 };

struct writer_broken {
    void *self;
    void (*call)(void *self, enum rc rc); /* must not return to acknowledge anything */
};

MUST_CHECK enum rc writer_open(struct admission *a, struct writer_broken on_broken,
                               struct writer **out);
/* Called from the writer's thread after every commit and job, until the writer is closed: must return at once. The answer
 * to a command may be out before: whoever takes the watch away waits until the last call has returned, and frees then. */
struct writer_watch {
    void *self;
    void (*call)(void *self);
};
void writer_watch(struct writer *w,
                  struct writer_watch watch); /* from any thread but the writer's */
/* From now on callers wait so long for their turn, and no longer. */
void writer_patience(struct writer *w, int64_t ms);
/* Finishes what is queued, ends the thread. NULL is allowed. */
void writer_close(struct writer *w);
/* Called by a job whose commit made another model live: all that waits, and all that comes, gets RC_CONFLICT. */
void writer_retire(struct writer *w);

/* Waits for the commit. The commands stay in order and in one group when n <= WRITER_GROUP_MAX. */
MUST_CHECK enum rc writer_submit(struct writer *w, const struct command *commands, size_t n,
                                 struct arena *arena, struct verdict *out);

/* Runs `job` in the writer's thread between groups (fact batches, apply, retract) and returns what it returned. */
MUST_CHECK enum rc writer_run(struct writer *w, enum rc (*job)(void *self, struct admission *a),
                              void *self);

/* The same for work that is done in turns, so that others write between them, and which waits for each however long that
 * takes: with `w` NULL this thread is the only one
 * that writes, and `job` runs here and now, with `a`. */
MUST_CHECK enum rc writer_turn(struct writer *w, struct admission *a,
                               enum rc (*job)(void *self, struct admission *a), void *self);

#endif
