/* keeping.h - the definitions that open records keep as an earlier version had them.
 *
 * In:     setting "kept", written when a version goes live: of each definition that changed or went while records were open under
 *         it, the last version that had it.
 * Out:    the process of the live model with those definitions, each version compiled once.
 * Owns:   the setting; models live in the arena given.
 * Errors: those of the store. A version that no longer compiles is left out: the live definition holds then.
 * Bound:  KEPT_VERSIONS different versions; a version that would be one more does not go live.
 */
#ifndef REVOS_ADMISSION_KEEPING_H
#define REVOS_ADMISSION_KEEPING_H

#include "process/process.h"
#include "store/setting.h"

enum { KEPT_VERSIONS = 8 };

struct keeping {
    struct str kind, name;
    uint32_t until;
};

MUST_CHECK enum rc keeping_read(struct store *s, struct arena *a, struct keeping **out, size_t *n);
/* Inside the caller's transaction. */
MUST_CHECK enum rc keeping_write(struct store *s, const struct keeping *list, size_t n);
/* Before `p` is used. */
MUST_CHECK enum rc keeping_load(struct store *s, struct process *p, struct arena *a);

#endif
