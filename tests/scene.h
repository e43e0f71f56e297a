/* scene.h - a process over records in memory, for tests of its parts: no store, no admission.
 *
 * In:     YAML text of a workspace without its head; rows and their values by field name.
 * Out:    looks at records, what parts derive and ask for.
 * Owns:   one arena; scene_close ends it.
 * Rule:   rows stand in the list in the order of their ids, as a reader gives them.
 */
#ifndef TESTS_SCENE_H
#define TESTS_SCENE_H

#include "tests/scene_reader.h"
#include "tests/tap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SCENE_HEAD                                                                \
    "version: 1\n"                                                                \
    "company: {name: Acme, currency: EUR, timezone: Europe/Berlin, owner: ana}\n" \
    "people:\n"                                                                   \
    "  ana: {name: Ana Ruiz, email: ana@acme.example, role: revops}\n"            \
    "  ben: {name: Ben Cole, email: ben@acme.example, role: sales_lead}\n"

/* ---- the scene -------------------------------------------------------------------------------------------------------- */

static inline bool scene_open(struct scene *s, const char *yaml)
{
    *s = (struct scene){.arena = arena_new()};
    struct source *file = ARENA_NEW(s->arena, struct source);
    struct source_set *set = ARENA_NEW(s->arena, struct source_set);
    *file = (struct source){STR("revos.yaml"), str_printf(s->arena, "%s%s", SCENE_HEAD, yaml)};
    *set = (struct source_set){file, 1};
    diags_init(&s->ds, s->arena);
    if (model_compile(set, NULL, s->arena, &s->model, &s->ds) != RC_OK) {
        struct buf b;
        buf_init(&b, 1 << 20);
        diags_text(&s->ds, 20, &b);
        fprintf(stderr, "%.*s", STR_ARG(buf_view(&b)));
        buf_release(&b);
        return false;
    }
    if (zone_open(s->model->company.timezone, &s->zone) != RC_OK)
        return false;
    s->process = process_make(s->model, s->arena);
    s->records = (struct xreader){s, scene_field, scene_follow, scene_visit};
    s->host = (struct xhost){.zone = s->zone};
    s->reader = (struct process_reader){.ctx = s,
                                        .records = &s->records,
                                        .host = &s->host,
                                        .row = scene_get,
                                        .children = scene_children,
                                        .all = scene_all,
                                        .by_key = scene_by_key,
                                        .remembered = scene_remembered,
                                        .person_id = scene_person};
    return true;
}

static inline void scene_close(struct scene *s)
{
    zone_close(s->zone);
    arena_free(s->arena);
}

static inline const struct object *scene_object(const struct scene *s, const char *name)
{
    return model_object(s->model, str_of(name));
}

/* A live record, made now and then. Ids ascend. */
static inline struct row *scene_row(struct scene *s, const char *object, uint64_t id)
{
    struct row *r = row_new(scene_object(s, object), id, s->arena);
    r->life = LIFE_LIVE;
    *VEC_PUSH(s->arena, &s->rows) = r;
    return r;
}

static inline void scene_put(struct row *r, const char *field, struct value v)
{
    for (size_t i = 0; i < r->object->n_fields; i++)
        if (str_is(r->object->fields[i]->name, field)) {
            r->values[i] = v;
            return;
        }
    tap_diag("%.*s has no field %s", STR_ARG(r->object->name), field);
    abort();
}

static inline void scene_text(struct row *r, const char *field, const char *text)
{
    scene_put(r, field, (struct value){.type = VT_TEXT, .text = str_of(text)});
}

static inline void scene_int(struct row *r, const char *field, int64_t n)
{
    scene_put(r, field, (struct value){.type = VT_INT, .integer = n});
}

static inline void scene_ref(struct row *r, const char *field, uint64_t id)
{
    scene_put(r, field, (struct value){.type = VT_REF, .ref = id});
}

static inline void scene_at(struct row *r, const char *field, const char *instant)
{
    struct value v = {.type = VT_INSTANT};
    if (!instant_parse(str_of(instant), &v.instant))
        abort();
    scene_put(r, field, v);
}

static inline void scene_day(struct row *r, const char *field, const char *day)
{
    struct value v = {.type = VT_DATE};
    if (!date_parse(str_of(day), &v.date))
        abort();
    scene_put(r, field, v);
}

static inline void scene_word(struct row *r, const char *field, const char *word)
{
    const struct field *f = object_field(r->object, str_of(field));
    scene_put(r, field,
              (struct value){.type = VT_ENUM, .number_of = field_value(f, str_of(word))->number});
}

/* A look at `now`, of which `before` is the row before the change; NULL: it begins to exist. */
static inline struct look scene_look(struct scene *s, const struct row *before, struct row *now,
                                     struct instant at)
{
    const struct object *o = now->object;
    struct look l = {.process = s->process,
                     .reader = &s->reader,
                     .zone = s->zone,
                     .arena = s->arena,
                     .object = o,
                     .before = before,
                     .now = now,
                     .at = at,
                     .today = zone_date(s->zone, at)};
    l.touched = ARENA_ARRAY(s->arena, o->n_fields / 64 + 1, uint64_t);
    for (size_t i = 0; i < o->n_fields; i++)
        if (before ? !value_eq(&before->values[i], &now->values[i])
                   : now->values[i].type != VT_ABSENT)
            l.touched[i / 64] |= UINT64_C(1) << (i % 64);
    l.by_time = before == now;
    return l;
}

static inline struct instant scene_instant(const char *text)
{
    struct instant t;
    if (!instant_parse(str_of(text), &t))
        abort();
    return t;
}

/* What the process makes of a derived field; a fault of the reader ends the program. */
static inline struct value scene_derive(struct look *l, const char *field)
{
    struct value v;
    struct str why;
    l->derived_of = NULL; /* the test may have changed the record */
    if (process_derive(l, object_field(l->object, str_of(field)), &v, &why) != RC_OK)
        abort();
    return v;
}

/* The earliest wake that the parts ask for; INSTANT_MAX: none. */
static inline struct instant scene_wake(struct look *l)
{
    struct instant next = INSTANT_MAX;
    for (size_t part = 0; part < process_parts(); part++) {
        const struct effect *e;
        size_t n;
        if (process_react(l, part, &e, &n) != RC_OK)
            abort();
        for (size_t i = 0; i < n; i++)
            if (e[i].kind == EFFECT_WAKE && e[i].record == l->now->id && e[i].at.us < next.us)
                next = e[i].at;
    }
    return next;
}

#endif
