/* scene_reader.h - rows in memory as a process reads them: the reader of a scene (scene.h).
 *
 * In:     the rows of a scene, in the order of their ids.   Out: what struct process_reader asks for.
 * Owns:   nothing.
 * Never:  counts open records: no test of a part alone needs it.
 */
#ifndef TESTS_SCENE_READER_H
#define TESTS_SCENE_READER_H

#include "process/reaction.h"

#include <stdlib.h>

struct scene {
    struct arena *arena;
    struct diags ds;
    struct model *model;
    struct process *process;
    struct zone *zone;
    VEC(struct row *) rows;
    VEC(struct str) held; /* triggers that hold, as "name/record" */
    struct xreader records;
    struct xhost host;
    struct process_reader reader;
};

/* ---- the reader ---------------------------------------------------------------------------------------------------- */

static inline struct row *scene_find(struct scene *s, uint64_t id)
{
    for (size_t i = 0; i < s->rows.n; i++)
        if (s->rows.v[i]->id == id)
            return s->rows.v[i];
    return NULL;
}

static inline enum rc scene_field(void *ctx, const struct xrecord *r, const struct xfield *f,
                                  struct value *out)
{
    (void)ctx;
    const struct row *row = r->row;
    *out = *row_value(row, object_field_numbered(row->object, f->number));
    return RC_OK;
}

static inline enum rc scene_follow(void *ctx, const struct xobject *o, uint64_t id,
                                   struct xrecord *out)
{
    struct row *row = scene_find(ctx, id);
    if (!row || row->life != LIFE_LIVE || row->object->x != o)
        return RC_NOT_FOUND;
    *out = (struct xrecord){o, id, row};
    return RC_OK;
}

static inline enum rc scene_visit(void *ctx, const struct xrecord *parent, const struct xchild *c,
                                  const struct xwindow *w,
                                  bool (*visit)(void *, const struct xrecord *), void *vctx)
{
    struct scene *s = ctx;
    for (size_t i = 0; i < s->rows.n; i++) {
        struct row *row = s->rows.v[i];
        if (row->object->x != c->object || row->life != LIFE_LIVE)
            continue;
        const struct value *via = row_value(row,
                                            object_field_numbered(row->object, c->via->number));
        const struct value *at = w && c->time ? row_value(row, object_field_numbered(
                                                                   row->object, c->time->number))
                                              : NULL;
        struct xrecord r = {row->object->x, row->id, row};
        if (via->type != VT_REF || via->ref != parent->id)
            continue;
        if (at && at->type == VT_INSTANT && (at->instant.us < w->from || at->instant.us > w->to))
            continue;
        if (!visit(vctx, &r))
            break;
    }
    return RC_OK;
}

static inline enum rc scene_get(void *ctx, const struct object *o, uint64_t id,
                                const struct row **out)
{
    struct row *row = scene_find(ctx, id);
    *out = row && row->object == o && row->life == LIFE_LIVE ? row : NULL;
    return RC_OK;
}

static inline enum rc scene_children(void *ctx, const struct field *via, uint64_t parent,
                                     const struct row ***out, size_t *n)
{
    struct scene *s = ctx;
    *out = ARENA_ARRAY(s->arena, s->rows.n, const struct row *);
    *n = 0;
    for (size_t i = 0; i < s->rows.n; i++) {
        const struct row *row = s->rows.v[i];
        if (row->object == via->object && row->life == LIFE_LIVE &&
            row_value(row, via)->type == VT_REF && row_value(row, via)->ref == parent)
            (*out)[(*n)++] = row;
    }
    return RC_OK;
}

static inline enum rc scene_all(void *ctx, const struct object *o, const struct row ***out,
                                size_t *n)
{
    struct scene *s = ctx;
    *out = ARENA_ARRAY(s->arena, s->rows.n, const struct row *);
    *n = 0;
    for (size_t i = 0; i < s->rows.n; i++)
        if (s->rows.v[i]->object == o && s->rows.v[i]->life == LIFE_LIVE)
            (*out)[(*n)++] = s->rows.v[i];
    return RC_OK;
}

static inline enum rc scene_by_key(void *ctx, const struct object *o, const struct key_def *key,
                                   const struct value *values, const struct row **out)
{
    struct scene *s = ctx;
    *out = NULL;
    for (size_t i = 0; i < s->rows.n && !*out; i++) {
        const struct row *row = s->rows.v[i];
        bool same = row->object == o && row->life == LIFE_LIVE;
        for (size_t k = 0; same && k < key->n_fields; k++)
            same = value_eq(row_value(row, key->fields[k]), &values[k]);
        *out = same ? row : NULL;
    }
    return RC_OK;
}

static inline enum rc scene_remembered(void *ctx, struct str trigger, uint64_t record, bool *on)
{
    struct scene *s = ctx;
    struct str name = str_printf(s->arena, "%.*s/%llu", STR_ARG(trigger),
                                 (unsigned long long)record);
    *on = false;
    for (size_t i = 0; i < s->held.n; i++)
        *on |= str_eq(s->held.v[i], name);
    return RC_OK;
}

static inline uint64_t scene_person(void *ctx, struct str name)
{
    struct scene *s = ctx;
    for (size_t i = 0; i < s->rows.n; i++)
        if (s->rows.v[i]->object->number == ON_PERSON &&
            str_eq(row_text(s->rows.v[i], "name"), name))
            return s->rows.v[i]->id;
    return 0;
}

#endif
