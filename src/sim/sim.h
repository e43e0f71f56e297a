/* sim.h - a company that never was, driven through the real engine.
 *
 * In:     a seed, a size, a span, an open admission whose clock is the simulated one.
 * Out:    the ledger; counts of what happened.
 * Errors: RC_NOT_FOUND the live model lacks an object (`missing`), RC_CANCELLED as `go_on` said, those of admission.
 * Same:   the same seed, span and binary on an empty ledger give the same bytes.
 */
#ifndef REVOS_SIM_SIM_H
#define REVOS_SIM_SIM_H

#include "sim/desk.h"

struct store;
struct projection;

struct sim_progress {
    uint64_t commands, facts, refused;
    int32_t days, days_total;
};

struct sim_request {
    struct admission *admission;
    struct store *store;           /* the writer's, for imports */
    struct projection *projection; /* of the same store: what people see; NULL: they see nothing */
    struct sim_clock *clock;
    uint64_t seed;
    size_t accounts;
    size_t deals;         /* 0: as many as such companies have */
    struct date from, to; /* company days [from, to) */
    struct date stop;   /* ends before this day, as if the rest had not happened; zero: the whole */
    bool late;          /* some changes are written down days after they happened */
    const char *folder; /* where lists that come in as files are written; NULL: none come */
    void *self;
    bool (*go_on)(void *self, const struct sim_progress *p); /* may be NULL */
};

struct sim_report {
    const char *missing;
    uint64_t commands, facts, imported, quarantined, warned;
    uint64_t outcomes[VERDICT_OUTCOME_COUNT];
    struct refusal_count refusals[REFUSALS_MAX]; /* texts in the arena given */
    size_t n_refusals;
};

enum { SIM_ACCOUNTS_MAX = 1000000, SIM_DEALS_MAX = 10000000, SIM_MONTHS_MAX = 120 };

MUST_CHECK enum rc sim_run(const struct sim_request *request, struct arena *arena,
                           struct sim_report *out);

#endif
