/* expr_world.h - records in memory over the model of expr_fixture.h, and their reader.
 *
 * In:     rows and values.   Out: what a store would answer.   Owns: rows live in the world's arrays.
 */
#ifndef TESTS_EXPR_WORLD_H
#define TESTS_EXPR_WORLD_H

#include "tests/expr_fixture.h"

enum { FX_ROWS_MAX = 256 };

struct fx_row {
    const struct xobject *object;
    uint64_t id;
    struct value v[FX_FIELDS_MAX]; /* in the order of the object's fields */
};

struct fx_world {
    struct fx_row rows[FX_ROWS_MAX];
    size_t n;
    size_t children_seen; /* rows handed out by the reader as children */
};

static inline struct fx_row *fx_add(struct fx_world *w, const struct xobject *o, uint64_t id)
{
    struct fx_row *r = &w->rows[w->n++];
    *r = (struct fx_row){.object = o, .id = id};
    return r;
}

static inline enum rc fx_field(void *ctx, const struct xrecord *r, const struct xfield *f,
                               struct value *out)
{
    (void)ctx;
    const struct fx_row *row = r->row;
    *out = row->v[f - row->object->fields];
    return RC_OK;
}

static inline enum rc fx_follow(void *ctx, const struct xobject *o, uint64_t id,
                                struct xrecord *out)
{
    struct fx_world *w = ctx;
    for (size_t i = 0; i < w->n; i++)
        if (w->rows[i].object == o && w->rows[i].id == id) {
            *out = (struct xrecord){o, id, &w->rows[i]};
            return RC_OK;
        }
    return RC_NOT_FOUND;
}

static inline enum rc fx_children(void *ctx, const struct xrecord *parent, const struct xchild *c,
                                  const struct xwindow *win,
                                  bool (*visit)(void *, const struct xrecord *), void *vctx)
{
    struct fx_world *w = ctx;
    for (size_t i = 0; i < w->n; i++) {
        struct fx_row *row = &w->rows[i];
        if (row->object != c->object)
            continue;
        const struct value *via = &row->v[c->via - c->object->fields];
        if (via->type != VT_REF || via->ref != parent->id)
            continue;
        const struct value *at = win ? &row->v[c->time - c->object->fields] : NULL;
        if (at && at->type == VT_INSTANT &&
            (at->instant.us < win->from || at->instant.us > win->to))
            continue;
        w->children_seen++;
        struct xrecord r = {row->object, row->id, row};
        if (!visit(vctx, &r))
            break;
    }
    return RC_OK;
}

static inline struct xreader fx_reader(struct fx_world *w)
{
    return (struct xreader){w, fx_field, fx_follow, fx_children};
}

static inline struct value fx_text(const char *s)
{
    return (struct value){.type = VT_TEXT, .text = str_of(s)};
}

static inline struct value fx_int(int64_t x)
{
    return (struct value){.type = VT_INT, .integer = x};
}

static inline struct value fx_bool(bool x)
{
    return (struct value){.type = VT_BOOL, .boolean = x};
}

static inline struct value fx_enum(uint32_t x)
{
    return (struct value){.type = VT_ENUM, .number_of = x};
}

static inline struct value fx_ref(uint64_t x)
{
    return (struct value){.type = VT_REF, .ref = x};
}

static inline struct value fx_number(const char *s)
{
    struct value v = {.type = VT_NUM};
    return decimal_parse(str_of(s), &v.number) ? v : VALUE_ABSENT;
}

static inline struct value fx_money(int64_t minor, const char *currency)
{
    struct value v = {.type = VT_MONEY, .money = {.minor = minor}};
    return currency_parse(str_of(currency), &v.money.currency) ? v : VALUE_ABSENT;
}

static inline struct value fx_date(const char *s)
{
    struct value v = {.type = VT_DATE};
    return date_parse(str_of(s), &v.date) ? v : VALUE_ABSENT;
}

static inline struct value fx_instant(const char *s)
{
    struct value v = {.type = VT_INSTANT};
    return instant_parse(str_of(s), &v.instant) ? v : VALUE_ABSENT;
}

#endif
