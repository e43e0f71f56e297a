/* readers.h - reading connections for the threads that answer requests: a few, lent one at a time.
 *
 * In:     paths of the data and the keys, the live model.
 * Out:    a reader inside one snapshot: what it reads is one moment of the ledger.
 * Owns:   every connection, until readers_close; a lent one belongs to its borrower until readers_put.
 * Errors: those of store_open on the first use of a connection; RC_BUSY when none came free in time.
 */
#ifndef REVOS_DOOR_READERS_H
#define REVOS_DOOR_READERS_H

#include "base/env.h"
#include "ledger/vault.h"
#include "projection/rows.h"

enum { READERS_MAX = 4, READERS_WAIT_SECONDS = 20 };

struct reader {
    struct store *store;
    struct vault *vault;
    struct projection *projection;
    struct zone *zone; /* the company's, of this thread while it holds the reader */
};

struct readers;

/* Nothing is opened yet. */
struct readers *readers_new(const struct env *env, struct str data, struct str keys,
                            const struct model *m);
void readers_close(struct readers *r); /* all must be back; NULL is allowed */

MUST_CHECK enum rc readers_take(struct readers *r, struct reader **out);
void readers_put(struct readers *r, struct reader *one); /* NULL is allowed */

#endif
