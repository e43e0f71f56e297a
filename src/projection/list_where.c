/* list_where.c - a condition from text to something that a list can be asked. */
#include "projection/list.h"

#include <stdlib.h>

enum rc list_where(const struct model *m, const struct object *o, struct str name, struct str text,
                   struct arena *a, struct expr **out, struct diags *ds)
{
    const struct company *c = &m->company;
    struct source *source = ARENA_NEW(a, struct source); /* its diagnostics point into it */
    *source = (struct source){.name = name, .text = text};
    struct xscope scope = {.place = XP_FILTER,
                           .self = o->x,
                           .currency = c->currency,
                           .fiscal_month = c->fiscal_month,
                           .fiscal_day = c->fiscal_day};
    struct xtext t = {.text = text, .at = span_at(source, 1, 1, (uint32_t)text.n)};
    *out = NULL;
    return expr_compile(&t, &scope, X_BOOL, a, out, ds);
}

static int by_id(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* Of `met`, ascending, those that are wanted too; how many. */
static size_t keep_wanted(uint64_t *met, size_t n, const struct list_query *q, struct arena *a)
{
    size_t kept = 0;
    uint64_t *wanted = ARENA_ARRAY(a, q->n_ids + 1, uint64_t);
    for (size_t i = 0; i < q->n_ids; i++)
        wanted[i] = q->ids[i];
    qsort(wanted, q->n_ids, sizeof *wanted, by_id);
    for (size_t i = 0; i < n; i++)
        if (bsearch(&met[i], wanted, q->n_ids, sizeof *wanted, by_id))
            met[kept++] = met[i];
    return kept;
}

enum rc list_settle(struct projection *p, struct list_query *q, struct arena *a)
{
    struct xhost host = {.zone = q->zone};
    struct list_place *first;
    uint64_t *ids;
    size_t n;
    if (!q->where)
        return RC_OK;
    enum rc rc = list_page(p, q, NULL, 1, a, &first, &n);
    if (rc != RC_UNSUPPORTED)
        return rc;
    rc = list_matching(p, q, &host, a, &ids, &n);
    if (rc != RC_OK)
        return rc;
    q->n_ids = q->ids ? keep_wanted(ids, n, q, a) : n;
    q->ids = ids;
    q->where = NULL;
    return RC_OK;
}
