/* api.h - the routes of docs/api.md over an open workspace.
 *
 * In:     the open engine in narrow parts.   Out: a table of routes for http_open, whose context is the api.
 * Owns:   reading connections and the warehouse's thread, until api_close.
 * Errors: RC_IO when a thread cannot be made.
 * Rule:   every write goes through the writer; the model is the one that was live when it was opened. When another goes live
 *         an api is opened for it, and this one serves on those requests that began with it.
 * Never:  decides; computes a figure; reads a file of the workspace but below maps/.
 */
#ifndef REVOS_DOOR_API_H
#define REVOS_DOOR_API_H

#include "admission/erase.h"
#include "admission/writer.h"
#include "change/live.h"
#include "connect/running.h"
#include "door/figures.h"
#include "door/http.h"
#include "door/readers.h"

struct api;

/* A private copy of the data for a dry run; `handle` is its maker's. */
struct api_copy {
    struct store *store;
    struct vault *vault;
    struct admission *admission;
    void *handle;
};

/* A person leaves; the texts live as long as the call. */
struct api_erasure {
    const struct object *object;
    uint64_t record;
    struct str reason;
    struct actor actor;
    bool allow_return;
};

struct api_parts {
    const struct env *env;
    const char *dir;       /* the workspace */
    struct str data, keys; /* paths of the store and of the keys of persons */
    const struct model *model;
    const struct version *version;
    struct writer *writer;
    struct store *store;     /* the writer's: for jobs in its thread only */
    struct running *running; /* imports under way */
    struct figures_settings figures;
    void *self; /* of what follows */
    /* Everybody begins anew without the person's key, this api's lease too. RC_INVALID, RC_NOT_FOUND, RC_LIMIT with
     * diagnostics; RC_CONFLICT, RC_BUSY of the writer. */
    enum rc (*erase)(void *self, const struct api_erasure *what, struct arena *a,
                     struct erased *out, struct diags *ds);
    /* One at a time: the second waits until the first is closed. */
    enum rc (*open_copy)(void *self, struct arena *a, struct api_copy *out);
    void (*close_copy)(void *self, struct api_copy *copy);
};

MUST_CHECK enum rc api_open(const struct api_parts *parts, struct api **out);
/* From now on long jobs end at their next step. */
void api_stop(struct api *api);
/* Another model is live: the warehouse is let go once the running query has ended. */
void api_retire(struct api *api);
struct figures *api_figures(struct api *api);
void api_close(struct api *api); /* after http_close; NULL is allowed */

const struct route *api_routes(size_t *n);

#endif
