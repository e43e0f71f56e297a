#include "model/model.h"

#include <assert.h>
#include <string.h>

const char *period_unit_name(enum period_unit u)
{
    static const char *const names[] = {"",        "day",  "week",           "month",
                                        "quarter", "year", "fiscal_quarter", "fiscal_year"};
    assert(u >= 0 && u <= PERIOD_FISCAL_YEAR);
    return names[u];
}

const struct object *model_object(const struct model *m, struct str name)
{
    return map_find(&m->object_by_name, name);
}

const struct object *model_object_numbered(const struct model *m, uint32_t number)
{
    for (size_t i = 0; i < m->n_objects; i++)
        if (m->objects[i]->number == number)
            return m->objects[i];
    return NULL;
}

const struct metric *model_metric(const struct model *m, struct str name)
{
    return map_find(&m->metric_by_name, name);
}

const struct person_seed *model_person(const struct model *m, struct str name)
{
    return map_find(&m->person_by_name, name);
}

const struct process_def *model_process(const struct model *m, struct str name)
{
    for (size_t i = 0; i < m->n_processes; i++)
        if (str_eq(m->processes[i]->name, name))
            return m->processes[i];
    return NULL;
}

/* The parts of a process ask for fields by name many times a record: three letters tell most names apart. */
static uint16_t *place_of(const struct object *o, struct str name)
{
    const char *p = name.p;
    size_t h = name.n;
    if (h)
        h += (unsigned char)p[0] * 31u + (unsigned char)p[h / 2] * 131u +
             (unsigned char)p[h - 1] * 7u;
    h &= o->n_places - 1;
    for (; o->places[h]; h = (h + 1) & (o->n_places - 1)) {
        struct str there = o->fields[o->places[h] - 1]->name;
        if (there.n == name.n && memcmp(there.p, name.p, name.n) == 0)
            break;
    }
    return &o->places[h];
}

void object_index(struct object *o, struct arena *a)
{
    assert(o->n_fields < UINT16_MAX);
    for (o->n_places = 16; o->n_places < o->n_fields * 4;)
        o->n_places *= 2;
    o->places = ARENA_ARRAY(a, o->n_places, uint16_t);
    for (size_t i = 0; i < o->n_fields; i++)
        *place_of(o, o->fields[i]->name) = (uint16_t)(i + 1);
}

size_t object_place(const struct object *o, struct str name)
{
    if (o->places) {
        uint16_t place = *place_of(o, name);
        return place ? place - 1u : o->n_fields;
    }
    size_t i = 0; /* while it is compiled */
    while (i < o->n_fields && !str_eq(o->fields[i]->name, name))
        i++;
    return i;
}

const struct field *object_field(const struct object *o, struct str name)
{
    size_t place = object_place(o, name);
    return place < o->n_fields ? o->fields[place] : NULL;
}

const struct field *object_field_numbered(const struct object *o, uint32_t number)
{
    for (size_t i = 0; i < o->n_fields; i++)
        if (o->fields[i]->number == number)
            return o->fields[i];
    return NULL;
}

const struct field *object_title(const struct object *o)
{
    return o->n_title == 1 && o->title[0]->type != FT_REF ? o->title[0] : NULL;
}

const struct child *object_child(const struct object *o, struct str plural)
{
    for (size_t i = 0; i < o->n_children; i++)
        if (str_eq(o->children[i].name, plural))
            return &o->children[i];
    return NULL;
}

const struct stage *process_stage(const struct process_def *p, struct str name)
{
    for (size_t i = 0; i < p->n_stages; i++)
        if (str_eq(p->stages[i].name, name))
            return &p->stages[i];
    return NULL;
}

const struct stage *process_stage_numbered(const struct process_def *p, uint32_t number)
{
    for (size_t i = 0; i < p->n_stages; i++)
        if (p->stages[i].number == number)
            return &p->stages[i];
    return NULL;
}

const struct enum_value *field_value(const struct field *f, struct str name)
{
    for (size_t i = 0; i < f->n_values; i++)
        if (str_eq(f->values[i].name, name))
            return &f->values[i];
    return NULL;
}

const struct enum_value *field_value_numbered(const struct field *f, uint32_t number)
{
    for (size_t i = 0; i < f->n_values; i++)
        if (f->values[i].number == number)
            return &f->values[i];
    return NULL;
}
