/* host.h - a workspace that is served: one engine, the model that is live in it, and who works with it.
 *
 * In:     sessions of verbs and requests, from any thread.
 * Out:    leases: the live model with its writer and its api, which stay whole while they are held.
 * Owns:   the engine, every model that is still leased, until host_close.
 * Errors: those of session_open; a line was written to app->err.
 * Rule:   when another model goes live, leases that are held keep theirs for reading, can write no more (RC_CONFLICT), and
 *         every later one has the new model; the old one is freed with its last lease. Who could not write waits for the
 *         next model (lease_renewed) and begins again with it: a verb that has said nothing so far is begun again by attend.
 */
#ifndef REVOS_APP_HOST_H
#define REVOS_APP_HOST_H

#include "app/session.h"
#include "door/api.h"

struct host;

enum { LEASE_PATIENCE_MS = 30000 };

MUST_CHECK enum rc host_open(struct app *app, struct host **out);
/* Long jobs end at their next step. */
void host_stop(struct host *h);
bool host_stopping(struct host *h);
void host_close(struct host *h); /* no lease is held; NULL is allowed */

/* A session of its own for a verb: a reading connection inside one snapshot. */
MUST_CHECK enum rc host_session(struct host *h, struct app *app, struct session *out);
/* The server's own folder and machine, with the voice and the arena of `app`. */
struct app *host_app(const struct host *h, const struct app *app);
/* A workspace has room for one private copy. */
void host_begin_copy(struct host *h);
void host_end_copy(struct host *h);

/* ---- leases ---------------------------------------------------------------------------------------------------------- */

struct lease *host_lease(struct host *h);
void lease_end(struct lease *l);
struct host *lease_host(struct lease *l);
struct api *lease_api(struct lease *l);
/* Waits until another model than that of `l` is live, which is held: its writer said RC_CONFLICT. False: it takes longer than
 * LEASE_PATIENCE_MS. */
bool lease_renewed(struct lease *l);
/* The parts that write, for the writer's turns alone. */
struct session *lease_writing(struct lease *l);
/* Something was committed: figures follow. */
void lease_written(struct lease *l);
/* What is so after a job that returned RC_OK. With all but the first the lease is renewed, as for another model. */
enum turn_end {
    TURN_PLAIN,
    TURN_LIVE,   /* another model is live */
    TURN_FORGETS /* keys of persons are gone: who has seen them, and the warehouse, begins anew */
};
/* session_write, session_go_live and session_forget of a leased session. */
MUST_CHECK enum rc lease_write(struct session *s, enum rc (*job)(void *self, struct session *w),
                               void *self, enum turn_end end);

#endif
