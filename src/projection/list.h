/* list.h - current records by a condition, in an order, a page at a time.
 *
 * In:     an object, a compiled condition, a parent, a field to sort by; the place where the last page ended.
 * Out:    ids with the values they are sorted by; how many there are in all. Rows of fact objects too, those in force.
 * Order:  the field, empty ones last, then the id; without a field by id. Money sorts by its minor units, a text by its
 *         first 200 characters.
 * Errors: those of the store; RC_UNSUPPORTED when the condition has no exact SQL here: list_settle sees to it;
 *         RC_LIMIT when its text grows too long.
 * Never:  reads a clock; puts a value from outside into SQL text.
 */
#ifndef REVOS_PROJECTION_LIST_H
#define REVOS_PROJECTION_LIST_H

#include "base/zone.h"
#include "expr/sql.h"
#include "projection/rows.h"

/* What the stored value of a field is asked. */
enum list_asks {
    LIST_NOTHING,
    LIST_EMPTY,
    LIST_FILLED,
    LIST_AMONG,     /* one of `numbers`: values of an enum, stages */
    LIST_NOT_AMONG, /* filled with another one */
    LIST_OUTSIDE /* at or beyond `min` or `max` of the field: a little wider than the rule; any amount of money */
};
struct list_test {
    enum list_asks asks;
    const struct field *field;
    const uint32_t *numbers;
    size_t n;
};

struct list_query {
    const struct object *object;
    const struct expr *where; /* over the object; NULL: all */
    /* Rows that may break a rule: `when` (NULL: always) holds and `require` does not, or `when` is not known. NULL: all. */
    const struct expr *when, *require;
    struct list_test test;
    /* only rows whose reference `via` names `parent`, through merges; NULL: all */
    const struct field *via;
    uint64_t parent;
    const uint64_t *ids; /* only these; NULL: all */
    size_t n_ids;
    const struct field *sort; /* NULL: by id */
    bool descending;
    struct instant now; /* of conditions */
    struct zone *zone;  /* the company's */
};

/* Where a page ended: the value sorted by (absent: empty, or no field) and the id. */
struct list_place {
    struct value value;
    uint64_t id; /* 0: before the first */
};

enum { LIST_IDS_MAX = 20000 };

/* At most `limit` rows behind `after`; `*out` in the arena. */
MUST_CHECK enum rc list_page(struct projection *p, const struct list_query *q,
                             const struct list_place *after, size_t limit, struct arena *a,
                             struct list_place **out, size_t *n);
MUST_CHECK enum rc list_count(struct projection *p, const struct list_query *q, uint64_t *out);

/* The condition `text` over records of `o`, as every list takes it; its diagnostics call it `name`. `text` outlives `*out`. */
MUST_CHECK enum rc list_where(const struct model *m, const struct object *o, struct str name,
                              struct str text, struct arena *a, struct expr **out,
                              struct diags *ds);
/* Makes of `q` one that list_page and list_count answer: a condition without exact SQL is evaluated record by record, and
 * becomes q->ids. RC_LIMIT, RC_UNSUPPORTED as below. */
MUST_CHECK enum rc list_settle(struct projection *p, struct list_query *q, struct arena *a);

/* Ids of live records that meet q->where, evaluated record by record; RC_LIMIT beyond LIST_IDS_MAX, RC_UNSUPPORTED for
 * a fact object. */
MUST_CHECK enum rc list_matching(struct projection *p, const struct list_query *q,
                                 const struct xhost *host, struct arena *a, uint64_t **ids,
                                 size_t *n);

#endif
