/* since.h - the version in which each metric got the definition it has: its figures are comparable from there on.
 *
 * In:     the versions in the ledger, the live model.
 * Out:    per metric the oldest version of the unbroken run in which its definition (metric.h) is the live one.
 * Owns:   nothing; lives in the arena given.
 * Errors: those of the store. A version that no longer compiles ends the walk: "or earlier" says so.
 * Note:   what an input's formula says is part of a definition; a label, an owner or a target is not.
 */
#ifndef REVOS_CHANGE_SINCE_H
#define REVOS_CHANGE_SINCE_H

#include "change/live.h"

enum { SINCE_VERSIONS_MAX = 200 };

struct metric_since {
    uint32_t version;
    struct instant recorded_at;
    struct str actor;
    bool or_earlier; /* older versions were not looked at */
};

struct metric_book {
    const struct model *model;
    struct metric_since *since; /* by position in model->metrics */
};

/* `live` is the model of the newest version in the ledger. */
MUST_CHECK enum rc metric_book_read(struct store *s, const struct model *live, struct arena *a,
                                    struct metric_book *out);
/* NULL: no book, or not one of its metrics. */
const struct metric_since *metric_book_find(const struct metric_book *book, const struct metric *m);

#endif
