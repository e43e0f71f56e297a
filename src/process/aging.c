#include "process/aging.h"

#include <stdlib.h>

struct young {
    struct xrecord record;
    struct instant at; /* INSTANT_MIN: undated, older than all */
};

struct aging {
    struct look *l;
    const struct expr *e;
    const struct xchild *list;
    struct xreader reader; /* the look's, with the list cut */
    uint64_t parent;       /* whose children they are; known at the first visit */
    bool loaded;
    VEC(struct young) young;  /* in order of id */
    struct instant from;      /* older ones are hidden */
    const struct young *only; /* all but this one are hidden; NULL: no such cut */
    struct instant *times;    /* of the children, newest first */
};

const struct xchild *aging_list(const struct expr *e)
{
    const struct xread *reads;
    size_t n = expr_reads(e, &reads);
    for (size_t i = 0; i < n; i++)
        for (size_t s = 0; reads[i].root == XR_SELF && s < reads[i].n_steps; s++)
            if (reads[i].steps[s].child)
                return reads[i].steps[s].child;
    return NULL;
}

/* ---- a reader that hides children --------------------------------------------------------------------------------- */

static const struct xreader *below(const struct aging *g)
{
    return g->l->reader->records;
}

static enum rc read_field(void *ctx, const struct xrecord *r, const struct xfield *f,
                          struct value *out)
{
    const struct xreader *in = below(ctx);
    return in->field(in->ctx, r, f, out);
}

static enum rc read_follow(void *ctx, const struct xobject *o, uint64_t id, struct xrecord *out)
{
    const struct xreader *in = below(ctx);
    return in->follow(in->ctx, o, id, out);
}

/* When a child happened: the time of a fact, the making of a record. */
static struct instant time_of(const struct aging *g, const struct xrecord *r)
{
    const struct xreader *in = below(g);
    const struct xfield *f = g->list->time ? g->list->time
                                           : xobject_field(g->list->object, STR("created_at"));
    struct value v;
    if (!f || in->field(in->ctx, r, f, &v) != RC_OK)
        return INSTANT_MIN;
    if (v.type == VT_DATE)
        return zone_midnight(g->l->zone, v.date);
    return v.type == VT_INSTANT ? v.instant : INSTANT_MIN;
}

static bool keep_young(void *ctx, const struct xrecord *r)
{
    struct aging *g = ctx;
    struct young *y = VEC_PUSH(g->l->arena, &g->young);
    *y = (struct young){.record = *r, .at = time_of(g, r)};
    return true;
}

static enum rc read_children(void *ctx, const struct xrecord *parent, const struct xchild *c,
                             const struct xwindow *w,
                             bool (*visit)(void *vctx, const struct xrecord *r), void *vctx)
{
    struct aging *g = ctx;
    const struct xreader *in = below(g);
    if (c != g->list || (g->loaded && g->parent != parent->id))
        return in->children(in->ctx, parent, c, w, visit, vctx);
    if (!g->loaded) {
        g->parent = parent->id;
        g->loaded = true;
        enum rc rc = in->children(in->ctx, parent, c, w, keep_young, g);
        if (rc != RC_OK)
            return rc;
    }
    for (size_t i = 0; i < g->young.n; i++) {
        const struct young *y = &g->young.v[i];
        bool seen = g->only ? y == g->only : y->at.us >= g->from.us;
        if (seen && !visit(vctx, &y->record))
            break;
    }
    return RC_OK;
}

/* ---- asking --------------------------------------------------------------------------------------------------------- */

static enum xverdict asked(struct aging *g, struct xvalue *why)
{
    const struct look *l = g->l;
    struct xbindings b = {.now = l->at, .today = l->today};
    b.self = (struct xrecord){l->object->x, l->now->id, l->now};
    return expr_test(g->e, &g->reader, l->reader->host, &b, l->arena, why);
}

static bool holds_from(struct aging *g, struct instant from)
{
    struct xvalue why;
    g->from = from;
    g->only = NULL;
    return asked(g, &why) == XT_MET;
}

struct aging *aging_open(struct look *l, const struct expr *e, const struct xchild *list,
                         enum xverdict *result, struct xvalue *why)
{
    struct aging *g = ARENA_NEW(l->arena, struct aging);
    *g = (struct aging){.l = l, .e = e, .list = list, .from = INSTANT_MIN};
    g->reader = (struct xreader){g, read_field, read_follow, read_children};
    *result = asked(g, why);
    return g;
}

static int newest_first(const void *a, const void *b)
{
    const struct instant *x = a, *y = b;
    return x->us < y->us ? 1 : x->us > y->us ? -1 : 0;
}

static void sort_times(struct aging *g)
{
    if (g->times || g->young.n == 0)
        return;
    g->times = ARENA_ARRAY(g->l->arena, g->young.n, struct instant);
    for (size_t i = 0; i < g->young.n; i++)
        g->times[i] = g->young.v[i].at;
    qsort(g->times, g->young.n, sizeof *g->times, newest_first);
}

bool aging_newest(struct aging *g, struct instant *at)
{
    size_t n = g->young.n, fails = 0, holds = 1;
    if (n == 0 || holds_from(g, INSTANT_MAX))
        return false;
    sort_times(g);
    /* Over the newest `fails` children it does not hold; doubled until it does, then halved between. */
    while (holds < n && !holds_from(g, g->times[holds - 1])) {
        fails = holds;
        holds = holds * 2 < n ? holds * 2 : n;
    }
    while (holds - fails > 1) {
        size_t middle = fails + (holds - fails) / 2;
        if (holds_from(g, g->times[middle - 1]))
            holds = middle;
        else
            fails = middle;
    }
    *at = g->times[holds - 1];
    return true;
}

bool aging_each(struct aging *g, const struct instant **at, size_t *n)
{
    *n = 0;
    if (g->young.n == 0 || holds_from(g, INSTANT_MAX))
        return false;
    struct instant *out = ARENA_ARRAY(g->l->arena, g->young.n, struct instant);
    for (size_t i = 0; i < g->young.n; i++) {
        struct xvalue why;
        g->only = &g->young.v[i];
        if (asked(g, &why) == XT_MET)
            out[(*n)++] = g->young.v[i].at;
    }
    qsort(out, *n, sizeof *out, newest_first);
    *at = out;
    return true;
}
