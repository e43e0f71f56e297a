/* session.h - a workspace opened for work: lock, store, vault, ledger, live model, rows, admission.
 *
 * In:     the folder of struct app.   Out: the open engine in narrow parts.
 * Owns:   everything in it, until session_close.
 * Errors: RC_NOT_FOUND nothing is live yet, RC_BUSY held by another process, RC_IO, RC_CORRUPT; one line was written
 *         to app->err.
 * Layout: .revos/revos.db, .revos/keys.db, .revos/lock.
 */
#ifndef REVOS_APP_SESSION_H
#define REVOS_APP_SESSION_H

#include "admission/admission.h"
#include "app/app.h"
#include "change/live.h"
#include "ledger/vault.h"
#include "projection/rows.h"

struct session {
    const struct env *env;
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
    SESSION_ANY   /* plan and apply work on an empty ledger too */
};

MUST_CHECK enum rc session_open(struct app *app, enum session_need need, struct session *out);
/* A private copy of an open workspace, for dry runs; it is gone when it is closed. */
MUST_CHECK enum rc session_open_copy(struct app *app, struct session *of, struct session *out);
/* Who changes things at this terminal: the local operator. */
struct actor session_operator(void);
void session_close(struct session *s); /* a zeroed one is allowed */

#endif
