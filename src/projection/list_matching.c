/* list_matching.c - a condition without exact SQL, evaluated record by record. */
#include "projection/list.h"

#include "projection/keys.h"
#include "projection/match.h"

enum { MATCHING_STEP = 500, MATCHING_CHILDREN = 10000 };

struct reading {
    struct projection *p;
    struct arena *a; /* of the step */
};

static const struct object *object_of(const struct reading *r, const struct xobject *o)
{
    return model_object_numbered(projection_model(r->p), o->number);
}

static enum rc read_field(void *ctx, const struct xrecord *rec, const struct xfield *f,
                          struct value *out)
{
    struct reading *r = ctx;
    const struct row *row = rec->row;
    const struct field *field = object_field_numbered(row->object, f->number);
    *out = field->number == FN_ID ? (struct value){.type = VT_REF, .ref = row->id}
                                  : *row_value(row, field);
    return out->type == VT_REF ? redirects_resolve(r->p, &out->ref, 1) : RC_OK;
}

static enum rc follow(void *ctx, const struct xobject *o, uint64_t id, struct xrecord *out)
{
    struct reading *r = ctx;
    struct row *row = NULL;
    enum rc rc = redirects_resolve(r->p, &id, 1);
    if (rc == RC_OK)
        rc = rows_load(r->p, object_of(r, o), &id, 1, r->a, &row);
    if (rc == RC_OK && (!row || row->life != LIFE_LIVE))
        rc = RC_NOT_FOUND;
    *out = (struct xrecord){.object = o, .id = id, .row = row};
    return rc;
}

static enum rc visit_children(void *ctx, const struct xrecord *parent, const struct xchild *c,
                              const struct xwindow *w,
                              bool (*visit)(void *vctx, const struct xrecord *r), void *vctx)
{
    struct reading *r = ctx;
    const struct object *o = object_of(r, c->object);
    uint64_t *ids;
    size_t *at, n;
    (void)w;
    if (o->is_fact)
        return RC_UNSUPPORTED;
    enum rc rc = rows_children(r->p, o, object_field_numbered(o, c->via->number), &parent->id, 1,
                               MATCHING_CHILDREN, r->a, &ids, &at, &n);
    struct row **rows = ARENA_ARRAY(r->a, n + 1, struct row *);
    if (rc == RC_OK)
        rc = rows_load(r->p, o, ids, n, r->a, rows);
    for (size_t i = 0; rc == RC_OK && i < n; i++) {
        struct xrecord child = {.object = c->object, .id = ids[i], .row = rows[i]};
        if (rows[i] && !visit(vctx, &child))
            break;
    }
    return rc;
}

enum rc list_matching(struct projection *p, const struct list_query *q, const struct xhost *host,
                      struct arena *a, uint64_t **ids, size_t *n)
{
    struct reading r = {p, arena_new()};
    struct xreader reader = {&r, read_field, follow, visit_children};
    struct xbindings b = {.now = q->now, .today = zone_date(q->zone, q->now)};
    uint64_t step[MATCHING_STEP], after = 0;
    size_t got = MATCHING_STEP;
    enum rc rc = q->object->is_fact ? RC_UNSUPPORTED : RC_OK;
    *ids = ARENA_ARRAY(a, LIST_IDS_MAX, uint64_t);
    *n = 0;
    while (rc == RC_OK && got == MATCHING_STEP) {
        struct row *rows[MATCHING_STEP];
        arena_reset(r.a);
        rc = rows_after(p, q->object, after, MATCHING_STEP, step, &got);
        if (rc == RC_OK)
            rc = rows_load(p, q->object, step, got, r.a, rows);
        for (size_t i = 0; rc == RC_OK && i < got; i++) {
            struct xvalue why;
            b.self = (struct xrecord){.object = q->object->x, .id = step[i], .row = rows[i]};
            after = step[i];
            if (!rows[i] || expr_test(q->where, &reader, host, &b, r.a, &why) != XT_MET)
                continue;
            if (*n == LIST_IDS_MAX)
                rc = RC_LIMIT;
            else
                (*ids)[(*n)++] = step[i];
        }
    }
    arena_free(r.a);
    return rc;
}
