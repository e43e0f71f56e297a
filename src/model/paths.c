/* paths.c - from an object through references to a field. */
#include "model/model.h"

#define STEPS_MAX 8

bool model_path(const struct object *from, struct str text, struct arena *arena, struct path *out)
{
    const struct field *steps[STEPS_MAX];
    struct str rest = text, name;
    const struct object *at = from;
    size_t n = 0;
    *out = (struct path){0};
    /* opportunity.amount means amount, unless the object has a field of its own name */
    if (str_split(&rest, '.', &name) &&
        !(rest.n && str_eq(name, from->name) && !object_field(from, name)))
        rest = text;
    while (str_split(&rest, '.', &name)) {
        const struct field *f = at ? object_field(at, name) : NULL;
        if (!f || n == STEPS_MAX)
            return false;
        steps[n++] = f;
        at = f->type == FT_REF ? f->to : NULL;
    }
    if (!n)
        return false;
    *out = (struct path){text, from, ARENA_ARRAY(arena, n, const struct field *), n};
    for (size_t i = 0; i < n; i++)
        out->steps[i] = steps[i];
    return true;
}

bool metric_dimension(const struct metric *m, struct str name, struct arena *arena,
                      struct path *out)
{
    *out = (struct path){0};
    for (size_t i = 0; i < m->n_dimensions; i++)
        if (str_eq(m->dimensions[i].name, name) && m->dimensions[i].path.n_steps) {
            *out = m->dimensions[i].path;
            return true;
        }
    return m->object && model_path(m->object, name, arena, out);
}
