/* session.h - a workspace opened for work: lock, store, vault, ledger, live model, rows, admission.
 *
 * In:     the folder of struct app.   Out: the open engine in narrow parts.
 * Owns:   everything in it, until session_close.
 * Errors: RC_NOT_FOUND nothing is live yet, RC_BUSY held by another process, RC_IO, RC_CORRUPT; one line was written
 *         to app->err.
 * Served: the same verb runs in this process alone, or in `revos serve` for a caller at the socket. There the parts stand on
 *         a reading connection of the session's own, inside one snapshot, and only the one writer writes: a verb reads with
 *         the parts and changes things in a job of session_write, with the parts that job is given.
 * Layout: .revos/revos.db, .revos/keys.db, .revos/lock.
 */
#ifndef REVOS_APP_SESSION_H
#define REVOS_APP_SESSION_H

#include "admission/admission.h"
#include "app/caller.h"
#include "change/live.h"
#include "ledger/vault.h"
#include "projection/rows.h"

struct host;
struct running;
struct writer;
struct lease; /* of a served workspace's live model; host.h */

struct change_parts;

enum { SESSION_ERROR_MAX = 256 };

struct session {
    const struct env *env;
    const char *workspace; /* the folder with the files of the model; a copy has its original's */
    struct lease *lease;   /* NULL: this process is alone */
    struct host *
        copying; /* of a copy in a served workspace: it may make the next one when this is closed */
    struct writer *writer;       /* NULL: this process is alone, as writer_turn() takes it */
    struct running *running;     /* imports under way; NULL likewise */
    const struct caller *caller; /* of a served session: whose verb it is; NULL: nobody's */
    char error
        [SESSION_ERROR_MAX]; /* what the writer said of the last job that failed; empty: ask the store */
    struct env_file *lock;
    struct app *copy_of; /* a private copy, removed when closed; NULL: the workspace itself */
    struct store *store;
    struct vault *vault;
    struct ledger *ledger;
    struct version version;        /* the live one; number 0 while nothing is live */
    struct model *model;           /* NULL while nothing is live */
    struct projection *projection; /* of the live model; NULL likewise */
    struct admission *admission;   /* likewise */
};

enum session_need {
    SESSION_LIVE, /* a model must be live: else one line says "run `revos apply`" */
    /* The same for a verb that looks at records or changes them: what fell due by now has happened, as session_due says, so
     * that no answer shows a deadline as open that is over. */
    SESSION_NOW,
    SESSION_ANY, /* likewise, but plan and apply work on an empty ledger too */
    SESSION_DATA /* lock, store, vault and ledger alone */
};

MUST_CHECK enum rc session_open(struct app *app, enum session_need need, struct session *out);
/* The live model over the data of an open session, into `app`'s arena; what is `of`'s own stays so. RC_NOT_FOUND: none is live. */
MUST_CHECK enum rc session_open_live(struct app *app, const struct session *of,
                                     struct session *out);
/* Closes what session_open_live opened. */
void session_close_live(struct session *s);
/* A private copy of an open workspace, for dry runs; it is gone when it is closed. In a served one there is one at a time: the
 * second caller waits. */
MUST_CHECK enum rc session_open_copy(struct app *app, struct session *of, struct session *out);

/* Lets happen what fell due while nobody was here, or by what a verb wrote. While the workspace is served it does
 * nothing: there it happens in time. Tells how far it is at a terminal; stays within a bound, the next verb goes on. */
MUST_CHECK enum rc session_due(struct app *app, struct session *s);
/* Runs `job` while nobody else writes, with the parts that may write, and returns what it returned; afterwards `s` sees what
 * was written. RC_CONFLICT: another model went live since `s` was opened. What a job prints appears once it has ended; it
 * must not read the caller's files or ask. */
MUST_CHECK enum rc session_write(struct session *s, enum rc (*job)(void *self, struct session *w),
                                 void *self);
/* The same for a job that makes another model live: on RC_OK everybody works with that one, and `s` can only be closed. */
MUST_CHECK enum rc session_go_live(struct session *s, enum rc (*job)(void *self, struct session *w),
                                   void *self);
/* The same for a job that destroys keys of persons: everybody begins anew without them, and `s` can only be closed. */
MUST_CHECK enum rc session_forget(struct session *s, enum rc (*job)(void *self, struct session *w),
                                  void *self);
/* The parts that may write, for writer_turn() alone. */
struct session *session_writing(struct session *s);
/* Something was committed through session_writing(). */
void session_written(struct session *s);
/* What the store said last, for "cannot …: %s". */
const char *session_error(const struct session *s);
/* Who changes things at this terminal: the local operator. */
struct actor session_operator(void);
void session_close(struct session *s); /* a zeroed one is allowed */

/* What change/ works on. */
struct change_parts session_parts(const struct session *s);

#endif
