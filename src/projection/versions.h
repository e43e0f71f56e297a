/* versions.h - models that went live, as the ledger has them: sources and numbering, compiled again.
 *
 * In:     the ledger.   Out: a version; its model as it was applied.
 * Owns:   nothing; everything lives in the arena given.
 * Errors: RC_NOT_FOUND: there is no such version; RC_CORRUPT when a stored one no longer compiles.
 */
#ifndef REVOS_PROJECTION_VERSIONS_H
#define REVOS_PROJECTION_VERSIONS_H

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

/* Canonical bytes of sources, format 1: count, then name and text of each, varint lengths. */
void sources_encode(const struct source_set *sources, struct buf *out);
MUST_CHECK enum rc sources_decode(struct str bytes, struct arena *a, struct source_set *out);

#endif
