#include "projection/titles.h"

#include "model/builtin.h"
#include "projection/keys.h"

#include <assert.h>
#include <stdlib.h>

struct titled {
    uint64_t id;           /* as asked for */
    const struct row *row; /* NULL: none, or of facts */
    bool live;
};

struct wanted_ids {
    VEC(struct titled) v; /* sorted and without doubles after titles_load */
};

static size_t place_of(const struct titles *t, const struct object *o)
{
    const struct model *m = projection_model(t->projection);
    size_t i = 0;
    while (i < m->n_objects && m->objects[i] != o)
        i++;
    assert(i < m->n_objects);
    return i;
}

void titles_init(struct titles *t, struct projection *p, struct arena *a)
{
    size_t n = projection_model(p)->n_objects;
    *t = (struct titles){p, a, ARENA_ARRAY(a, n + 1, struct wanted_ids)};
}

void titles_want(struct titles *t, const struct object *o, uint64_t id)
{
    *VEC_PUSH(t->arena, &t->objects[place_of(t, o)].v) = (struct titled){.id = id};
}

void titles_want_row(struct titles *t, const struct row *r)
{
    for (size_t i = 0; i < r->object->n_fields; i++) {
        const struct field *f = r->object->fields[i];
        if (r->values[i].type == VT_REF && f->to != NULL && f->number != FN_ID)
            titles_want(t, f->to, r->values[i].ref);
    }
}

static const char person_kind[] = "person:";

static const struct object *people(const struct titles *t)
{
    return model_object_numbered(projection_model(t->projection), ON_PERSON);
}

/* 0: no record of a person. */
static uint64_t actor_person(struct str actor)
{
    uint64_t id = 0;
    size_t n = sizeof person_kind - 1;
    bool is = str_starts(actor, str_of(person_kind)) && str_to_u64(str_sub(actor, n, actor.n), &id);
    return is ? id : 0;
}

void titles_want_actor(struct titles *t, struct str actor)
{
    uint64_t id = actor_person(actor);
    if (id)
        titles_want(t, people(t), id);
}

static int by_id(const void *pa, const void *pb)
{
    const struct titled *a = pa, *b = pb;
    return a->id < b->id ? -1 : a->id > b->id;
}

static void sort_once(struct wanted_ids *w)
{
    size_t kept = 0;
    if (w->v.n == 0)
        return;
    qsort(w->v.v, w->v.n, sizeof *w->v.v, by_id);
    for (size_t i = 0; i < w->v.n; i++)
        if (kept == 0 || w->v.v[kept - 1].id != w->v.v[i].id)
            w->v.v[kept++] = w->v.v[i];
    w->v.n = kept;
}

static enum rc load_object(struct titles *t, const struct object *o, struct wanted_ids *w)
{
    uint64_t *ids = ARENA_ARRAY(t->arena, w->v.n + 1, uint64_t);
    struct row **rows = ARENA_ARRAY(t->arena, w->v.n + 1, struct row *);
    for (size_t i = 0; i < w->v.n; i++)
        ids[i] = w->v.v[i].id;
    enum rc rc = redirects_resolve(t->projection, ids, w->v.n);
    if (rc == RC_OK)
        rc = rows_load(t->projection, o, ids, w->v.n, t->arena, rows);
    for (size_t i = 0; rc == RC_OK && i < w->v.n; i++) {
        w->v.v[i].row = rows[i];
        w->v.v[i].live = rows[i] != NULL && rows[i]->life == LIFE_LIVE;
    }
    return rc;
}

enum rc titles_load(struct titles *t)
{
    const struct model *m = projection_model(t->projection);
    enum rc rc = RC_OK;
    for (size_t i = 0; i < m->n_objects && rc == RC_OK; i++) {
        struct wanted_ids *w = &t->objects[i];
        sort_once(w);
        for (size_t k = 0; m->objects[i]->is_fact && k < w->v.n; k++)
            w->v.v[k].live = true; /* facts have no titles and never go */
        if (w->v.n > 0 && !m->objects[i]->is_fact)
            rc = load_object(t, m->objects[i], w);
    }
    return rc;
}

static const struct titled *find(const struct titles *t, const struct object *o, uint64_t id)
{
    const struct wanted_ids *w = &t->objects[place_of(t, o)];
    const struct titled key = {.id = id};
    const struct titled *hit = w->v.n > 0 ? bsearch(&key, w->v.v, w->v.n, sizeof key, by_id) : NULL;
    assert(hit != NULL);
    return hit;
}

struct str titles_text(const struct titles *t, const struct object *o, uint64_t id)
{
    char room[64];
    const struct row *row = find(t, o, id)->row;
    const struct field *f = object_title(o);
    const struct value *v = row != NULL && f != NULL ? row_value(row, f) : NULL;
    if (v != NULL && v->type == VT_TEXT && v->text.n > 0)
        return v->text;
    return str_dup(t->arena, id_text(o->prefix, id, room));
}

bool titles_deleted(const struct titles *t, const struct object *o, uint64_t id)
{
    return !find(t, o, id)->live;
}

struct str titles_person(const struct titles *t, uint64_t id)
{
    const struct object *o = people(t);
    const struct row *row = find(t, o, id)->row;
    const struct value *v = row ? row_value(row, object_field(o, STR("name"))) : NULL;
    return v && v->type == VT_TEXT ? v->text : STR_NONE;
}

struct str titles_actor(const struct titles *t, struct str actor)
{
    uint64_t id = actor_person(actor);
    struct str name = id ? titles_person(t, id) : STR_NONE;
    return name.n ? str_printf(t->arena, "%s%.*s", person_kind, STR_ARG(name)) : actor;
}
