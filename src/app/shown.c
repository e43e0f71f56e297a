#include "app/shown.h"

#include "admission/parse.h"
#include "model/builtin.h"

/* Their key, which a verb takes wherever a person is asked for. */
static struct str short_name(const struct row *person)
{
    const struct field *f = person ? object_field(person->object, STR("name")) : NULL;
    const struct value *v = f ? row_value(person, f) : NULL;
    return v && v->type == VT_TEXT ? v->text : STR_NONE;
}

struct str shown_value(const struct titles *t, const struct field *f, const struct value *v,
                       struct arena *a)
{
    struct str text = field_value_text(f, v, a);
    if (v->type != VT_REF || !f->to)
        return text;
    if (f->to->number == ON_PERSON) {
        struct str name = short_name(titles_row(t, f->to, v->ref));
        return name.n ? name : text;
    }
    struct str title = titles_text(t, f->to, v->ref);
    return str_eq(title, text) ? text : str_printf(a, "%.*s (%.*s)", STR_ARG(title), STR_ARG(text));
}
