/* open_impl.h - what open.c and open_settle.c share: which records count as open, and how one finds them.
 *
 * In:     a kind of definition.   Out: a query over the built-in object.
 * Owns:   nothing.   Never: seen outside change/.
 */
#ifndef REVOS_CHANGE_OPEN_IMPL_H
#define REVOS_CHANGE_OPEN_IMPL_H

#include "change/open.h"
#include "projection/list.h"

#include <string.h>

struct open_kind {
    const char *kind;   /* of the definition: "handoffs" */
    const char *object; /* built-in, with `name`, `version` and `state` */
    const char *open;   /* condition */
    const char *ended;  /* state in which it ends */
};

/* Current rows, as a list asks them. */
struct open_rows {
    struct projection *projection;
    struct zone *zone;
    struct instant now;
};
MUST_CHECK enum rc open_rows_open(const struct change_parts *parts, struct open_rows *out);
void open_rows_close(struct open_rows *rows); /* a zeroed one is allowed */

/* The first of a kind, or the one behind `after`; NULL: none. */
const struct open_kind *open_kind_next(struct str kind, const struct open_kind *after);
/* Open records under `name` that began after version `from` and up to `until`; RC_NOT_FOUND: the model has no such object. */
MUST_CHECK enum rc open_query(const struct open_rows *rows, const struct open_kind *k,
                              struct str name, uint32_t from, uint32_t until, struct arena *a,
                              struct list_query *out);

#endif
