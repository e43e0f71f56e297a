#include "app/shown.h"

#include "admission/parse.h"
#include "model/builtin.h"

struct str shown_record(const struct titles *t, const struct object *o, uint64_t id,
                        struct arena *a)
{
    char room[64];
    struct str title = titles_text(t, o, id), text = id_text(o->prefix, id, room);
    return str_eq(title, text) ? title
                               : str_printf(a, "%.*s (%.*s)", STR_ARG(title), STR_ARG(text));
}

struct str shown_value(const struct titles *t, const struct field *f, const struct value *v,
                       struct arena *a)
{
    struct str text = field_value_text(f, v, a);
    if (v->type != VT_REF || !f->to)
        return text;
    if (f->to->number == ON_PERSON) {
        struct str name = titles_person(t, v->ref);
        return name.n ? name : text;
    }
    return shown_record(t, f->to, v->ref, a);
}
