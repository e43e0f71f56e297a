/* keys.h - external keys and redirects: from what others call a record to the record.
 *
 * In:     (object, key, source, normalised value), or ids as written.   Out: ids of records that survive today.
 * Errors: those of the store.   Never: normalises; admission does.
 */
#ifndef REVOS_PROJECTION_KEYS_H
#define REVOS_PROJECTION_KEYS_H

#include "projection/rows.h"

struct key_ref {
    uint32_t object, key; /* key: number of the key_def, KEY_FOREIGN for an outside system's id */
    struct str source;    /* empty for keys of the model */
    struct str value;
};

/* records[i] = the record that holds keys[i], redirects resolved; 0: none. One set statement. */
MUST_CHECK enum rc keys_find(struct projection *p, const struct key_ref *keys, size_t n,
                             uint64_t *records);
/* The keys a record holds, in the arena. */
MUST_CHECK enum rc keys_of(struct projection *p, uint32_t object, uint64_t record, struct arena *a,
                           struct key_ref **out, size_t *n);
/* `record` and all that were merged into it, through chains; in the arena. */
MUST_CHECK enum rc redirects_into(struct projection *p, uint64_t record, struct arena *a,
                                  uint64_t **ids, size_t *n);
/* Replaces each id by the record it was merged into, through chains; others stay. */
MUST_CHECK enum rc redirects_resolve(struct projection *p, uint64_t *ids, size_t n);

/* The redirect of `record` as the events that are being decided will make it: what is read through redirects sees it so. `survivor`
 * 0: it is a record of its own. */
MUST_CHECK enum rc redirect_stand(struct projection *p, uint32_t object, uint64_t record,
                                  uint64_t survivor, struct stamp at);

#endif
