#include "projection/titles.h"

#include "model/builtin.h"
#include "projection/keys.h"

#include <assert.h>
#include <stdlib.h>

struct titled {
    uint64_t id;           /* as asked for */
    const struct row *row; /* NULL: none, or of facts */
    bool live, known;      /* known: it was looked for */
};

struct wanted_ids {
    VEC(struct titled) v; /* sorted and without doubles after titles_load */
};

struct str row_title(const struct row *r, const struct record_names *names, struct arena *a)
{
    const struct object *o = r->object;
    struct str parts[TITLE_PARTS], out = STR_NONE;
    const char *between = " ";
    size_t n = 0;
    bool deleted;
    for (size_t i = 0; i < o->n_title; i++) {
        const struct field *f = o->title[i];
        const struct value *v = row_value(r, f);
        bool ref = f->type == FT_REF;
        between = ref ? " · " : between;
        if (v->type == VT_TEXT && v->text.n > 0)
            parts[n++] = v->text;
        else if (v->type == VT_REF && names)
            parts[n++] = names->title(names->self, f->to, v->ref, &deleted);
    }
    for (size_t i = 0; i < n; i++)
        if (parts[i].n > 0)
            out = out.n == 0
                      ? parts[i]
                      : str_printf(a, "%.*s%s%.*s", STR_ARG(out), between, STR_ARG(parts[i]));
    const struct value *v = out.n == 0 && o->title_else ? row_value(r, o->title_else) : NULL;
    char room[64];
    if (v && v->type == VT_TEXT && v->text.n > 0)
        return v->text;
    return out.n > 0 ? out : str_dup(a, id_text(o->prefix, r->id, room));
}

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

/* Of the same, what is known comes first. */
static int by_id(const void *pa, const void *pb)
{
    const struct titled *a = pa, *b = pb;
    return a->id != b->id ? (a->id < b->id ? -1 : 1) : b->known - a->known;
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

/* What the rows just found are called after. */
static void want_beyond(struct titles *t, const struct object *o, const struct row *r)
{
    for (size_t i = 0; i < o->n_title; i++) {
        const struct field *f = o->title[i];
        const struct value *v = f->type == FT_REF ? row_value(r, f) : NULL;
        if (v && v->type == VT_REF && f->to)
            titles_want(t, f->to, v->ref);
    }
}

static enum rc load_object(struct titles *t, const struct object *o, struct wanted_ids *w)
{
    uint64_t *ids = ARENA_ARRAY(t->arena, w->v.n + 1, uint64_t);
    struct row **rows = ARENA_ARRAY(t->arena, w->v.n + 1, struct row *);
    struct titled **of = ARENA_ARRAY(t->arena, w->v.n + 1, struct titled *);
    size_t n = 0;
    for (size_t i = 0; i < w->v.n; i++)
        if (!w->v.v[i].known) {
            of[n] = &w->v.v[i];
            ids[n++] = w->v.v[i].id;
        }
    enum rc rc = n ? redirects_resolve(t->projection, ids, n) : RC_OK;
    if (rc == RC_OK && n)
        rc = rows_load(t->projection, o, ids, n, t->arena, rows);
    for (size_t i = 0; rc == RC_OK && i < n; i++)
        *of[i] = (struct titled){of[i]->id, rows[i], rows[i] && rows[i]->life == LIFE_LIVE, true};
    for (size_t i = 0; rc == RC_OK && i < n; i++)
        if (rows[i])
            want_beyond(t, o, rows[i]); /* may move what `of` points to */
    return rc;
}

static bool has_unknown(const struct wanted_ids *w)
{
    for (size_t k = 0; k < w->v.n; k++)
        if (!w->v.v[k].known)
            return true;
    return false;
}

enum rc titles_load(struct titles *t)
{
    const struct model *m = projection_model(t->projection);
    enum rc rc = RC_OK;
    bool more = true;
    for (int step = 0; step <= TITLE_STEPS && more && rc == RC_OK; step++) {
        more = false;
        for (size_t i = 0; i < m->n_objects && rc == RC_OK; i++) {
            struct wanted_ids *w = &t->objects[i];
            if (!has_unknown(w))
                continue;
            more = true;
            sort_once(w);
            for (size_t k = 0; m->objects[i]->is_fact && k < w->v.n; k++)
                w->v.v[k].live = w->v.v[k].known = true; /* facts have no titles and never go */
            if (!m->objects[i]->is_fact)
                rc = load_object(t, m->objects[i], w);
        }
    }
    for (size_t i = 0; i < m->n_objects; i++)
        sort_once(&t->objects[i]);
    return rc;
}

static const struct titled *find(const struct titles *t, const struct object *o, uint64_t id)
{
    const struct wanted_ids *w = &t->objects[place_of(t, o)];
    const struct titled *hit = NULL;
    for (size_t low = 0, high = w->v.n; low < high && !hit;) {
        size_t mid = low + (high - low) / 2;
        if (w->v.v[mid].id == id)
            hit = &w->v.v[mid];
        else if (w->v.v[mid].id < id)
            low = mid + 1;
        else
            high = mid;
    }
    assert(hit != NULL);
    return hit;
}

struct step {
    const struct titles *t;
    int left;
};

static struct str title_at(void *self, const struct object *o, uint64_t id, bool *deleted)
{
    const struct step *s = self;
    struct step next = {s->t, s->left - 1};
    const struct record_names beyond = {&next, title_at};
    const struct titled *found = find(s->t, o, id);
    char room[64];
    *deleted = !found->live;
    return found->row ? row_title(found->row, s->left > 0 ? &beyond : NULL, s->t->arena)
                      : str_dup(s->t->arena, id_text(o->prefix, id, room));
}

struct str titles_text(const struct titles *t, const struct object *o, uint64_t id)
{
    struct step s = {t, TITLE_STEPS};
    bool deleted;
    return title_at(&s, o, id, &deleted);
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
