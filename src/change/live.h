/* live.h - the model that is live: the last version in the ledger, compiled again.
 *
 * In:     the ledger.   Out: a compiled model with its version, sources and numbering.
 * Owns:   nothing; everything lives in the arena given.
 * Errors: RC_NOT_FOUND before the first apply; RC_CORRUPT when a stored version no longer compiles.
 * Rule:   text in the workspace that was not applied is not live; no verb but check and plan looks at it.
 */
#ifndef REVOS_CHANGE_LIVE_H
#define REVOS_CHANGE_LIVE_H

#include "ledger/ledger.h"
#include "model/model.h"
#include "model/numbering.h"

struct version {
    uint32_t number; /* 1, 2, … */
    uint64_t seq;    /* of its event */
    struct instant recorded_at;
    struct str actor;
    struct digest digest; /* of the model's meaning */
    struct source_set sources;
    struct numbering *numbering;
};

/* Version `number`, 0 for the live one; sources and numbering decoded. */
MUST_CHECK enum rc version_read(struct store *s, uint32_t number, struct arena *a,
                                struct version *out);
/* Versions, newest first, without sources and numbering. */
MUST_CHECK enum rc version_list(struct store *s, struct arena *a, struct version **out, size_t *n);
/* Compiles a version as it was applied. */
MUST_CHECK enum rc version_compile(const struct version *v, struct arena *a, struct model **out,
                                   struct diags *ds);
/* The live version and its model. */
MUST_CHECK enum rc live_load(struct store *s, struct arena *a, struct version *version,
                             struct model **model, struct diags *ds);

/* Canonical bytes of sources, format 1: count, then name and text of each, varint lengths. */
void sources_encode(const struct source_set *sources, struct buf *out);
MUST_CHECK enum rc sources_decode(struct str bytes, struct arena *a, struct source_set *out);

#endif
