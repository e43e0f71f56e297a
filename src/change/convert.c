/* convert.c - see convert.h. */
#include "change/convert.h"

static bool is_stored(const struct field *f)
{
    return f->kind == FIELD_PLAIN;
}

static const struct field *successor(const struct object *o, const struct field *f,
                                     const struct object *next)
{
    const struct field *to = object_field(next, f->name);
    bool changes = is_stored(f) && to && is_stored(to) && !object_field_numbered(next, f->number) &&
                   !object_field_numbered(o, to->number);
    return changes ? to : NULL;
}

void conversions_find(const struct model *live, const struct model *next, struct arena *a,
                      struct conversion **out, size_t *n)
{
    VEC(struct conversion) all = {NULL, 0, 0};
    for (size_t i = 0; i < live->n_objects; i++) {
        const struct object *o = live->objects[i], *then = model_object_numbered(next, o->number);
        for (size_t k = 0; then && !o->is_fact && !then->is_fact && k < o->n_fields; k++) {
            const struct field *to = successor(o, o->fields[k], then);
            if (to)
                *VEC_PUSH(a,
                          &all) = (struct conversion){.object = o, .from = o->fields[k], .to = to};
        }
    }
    *out = all.v;
    *n = all.n;
}

/* An amount as a number says nothing of its currency, so it must be the usual one. */
static bool amount_text(const struct parser *p, const struct value *v, struct arena *a,
                        struct str *text, struct str *why)
{
    char room[40];
    struct str all = str_dup(a, money_text(v->money, room));
    if (v->money.currency.code != p->model->company.currency.code) {
        *why = str_printf(a, "%.*s is not in the company's currency", STR_ARG(all));
        return false;
    }
    return str_split(&all, ' ', text);
}

bool convert_value(const struct parser *p, const struct conversion *c, const struct value *v,
                   struct arena *a, struct value *out, struct str *why)
{
    enum field_type to = c->to->type;
    struct str text = field_value_text(c->from, v, a), help;
    *out = VALUE_ABSENT;
    *why = STR_NONE;
    if (v->type == VT_ABSENT)
        return true;
    if (v->type == VT_INSTANT && to == FT_DATE) {
        *out = (struct value){.type = VT_DATE, .date = zone_date(p->zone, v->instant)};
        return true;
    }
    if (v->type == VT_MONEY && (to == FT_NUMBER || to == FT_INTEGER) &&
        !amount_text(p, v, a, &text, why))
        return false;
    return parse_text(p, c->to, text, a, out, why, &help);
}
