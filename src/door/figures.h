/* figures.h - metrics while the ledger grows: a thread in which the warehouse follows, and insight for one request at a time.
 *
 * In:     the live model, paths, rates of exchange; a word after each commit.
 * Out:    insight, or a sentence why metrics cannot be asked now.
 * Owns:   thread, warehouse and connections, until figures_close.
 * Errors: none of its own: what goes wrong is its state, and the next figures_follow tries again.
 * Never:  holds up a writer.
 */
#ifndef REVOS_DOOR_FIGURES_H
#define REVOS_DOOR_FIGURES_H

#include "base/env.h"
#include "insight/insight.h"

struct figures_settings {
    const struct env *env;
    struct str data, keys;       /* the store and the keys of persons */
    const char *path, *temp_dir; /* of the warehouse */
    const struct model *model;
    const struct fx_rates *rates;
    struct str problem; /* metrics cannot be asked, whatever happens; empty: they can */
    struct str told;    /* the same as diagnostics are printed */
};

struct figures;

/* Texts of the settings outlive it. The warehouse follows from now on. */
MUST_CHECK enum rc figures_open(const struct figures_settings *s, struct figures **out);
void figures_close(struct figures *f); /* NULL is allowed; a running query is interrupted */
/* Another model is live: lets the warehouse go once the running query has ended; nothing is to be had from now on. */
void figures_retire(struct figures *f);

/* Something was committed. */
void figures_follow(struct figures *f);
/* Has the warehouse followed all that was committed when `*ticket` was drawn (0: drawn now), or failed to? Waits at most
 * `wait_ms`. */
bool figures_followed(struct figures *f, uint64_t *ticket, int wait_ms);

struct figures_state {
    uint64_t seq;       /* the warehouse follows the ledger up to here */
    struct str problem; /* in the arena; empty: metrics can be asked */
    struct str told;    /* the same as diagnostics are printed; may be empty */
    enum rc rc;         /* of the last round */
};
void figures_state(struct figures *f, struct arena *a, struct figures_state *out);

/* Insight for the caller alone until figures_release; RC_UNSUPPORTED with a sentence when there is none. */
MUST_CHECK enum rc figures_take(struct figures *f, struct arena *a, struct insight **out,
                                struct str *why);
void figures_release(struct figures *f);

#endif
