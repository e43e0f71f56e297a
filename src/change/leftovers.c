/* leftovers.c - stored values that the next model has no place for. */
#include "change/effect.h"

#include "admission/retire.h"
#include "projection/list.h"

struct leaving {
    const struct model *next;
    struct projection *live;
    struct arena *arena;
    VEC(struct leftover) list;
};

static enum rc count(struct leaving *l, struct leftover what, struct list_test test)
{
    struct list_query q = {.object = what.object, .test = test};
    enum rc rc = list_count(l->live, &q, &what.count);
    if (rc == RC_OK && what.count > 0)
        *VEC_PUSH(l->arena, &l->list) = what;
    return rc;
}

static struct str value_named(const struct field *f, uint32_t number)
{
    for (size_t i = 0; i < f->n_values; i++)
        if (f->values[i].number == number)
            return f->values[i].name;
    return STR_NONE;
}

/* Values and stages of `f` that `next`, the same field, retires or has no more. */
static enum rc count_values(struct leaving *l, const struct field *f, const struct field *next,
                            struct str name)
{
    enum rc rc = RC_OK;
    for (size_t i = 0; i < f->n_values && rc == RC_OK; i++) {
        const struct enum_value *v = &f->values[i];
        uint32_t to = retired_to(next, v->number);
        bool gone = value_named(next, v->number).n == 0;
        if (!gone && (!to || f->object->is_fact))
            continue; /* rows of facts keep the value they were written with */
        struct leftover left = {
            .kind = gone ? LEFT_IN_USE : LEFT_MOVED,
            .name = str_printf(l->arena, "%.*s: %.*s", STR_ARG(name), STR_ARG(v->name)),
            .what = gone ? STR("removed") : value_named(next, to),
            .object = f->object};
        struct list_test test = {.asks = LIST_AMONG, .field = f, .numbers = &v->number, .n = 1};
        rc = count(l, left, test);
    }
    return rc;
}

static enum rc count_field(struct leaving *l, const struct field *f, const struct object *next)
{
    const struct field *same = object_field_numbered(next, f->number);
    struct str name = str_printf(l->arena, "%.*s.%.*s", STR_ARG(f->object->name), STR_ARG(f->name));
    if (f->kind != FIELD_PLAIN && f->kind != FIELD_STAGE)
        return RC_OK; /* computed anew, or the system's */
    if (same)
        return count_values(l, f, same, name);
    const struct field *to = object_field(next, f->name);
    if (to && to->kind == FIELD_PLAIN && f->kind == FIELD_PLAIN && !f->object->is_fact)
        return RC_OK; /* a conversion */
    struct leftover left = {
        .name = name, .what = to ? STR("type changes") : STR("removed"), .object = f->object};
    return count(l, left, (struct list_test){.asks = LIST_FILLED, .field = f});
}

static enum rc count_object(struct leaving *l, const struct object *o)
{
    const struct object *next = model_object_numbered(l->next, o->number);
    struct leftover left = {.name = o->name, .what = STR("removed"), .object = o};
    if (!next)
        return count(l, left, (struct list_test){.asks = LIST_NOTHING});
    enum rc rc = RC_OK;
    for (size_t i = 0; i < o->n_fields && rc == RC_OK; i++)
        rc = count_field(l, o->fields[i], next);
    return rc;
}

enum rc effect_leftovers(const struct change_parts *parts, struct change_plan *p, struct arena *a)
{
    struct leaving l = {.next = p->next, .arena = a};
    if (!parts->model)
        return RC_OK;
    enum rc rc = projection_open(parts->store, parts->model, &l.live);
    for (size_t i = 0; i < parts->model->n_objects && rc == RC_OK; i++)
        rc = count_object(&l, parts->model->objects[i]);
    projection_close(l.live);
    p->left = l.list.v;
    p->n_left = l.list.n;
    return rc;
}
