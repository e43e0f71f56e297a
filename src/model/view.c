/* view.c - objects as expressions see them. */
#include "model/compile.h"

#include <string.h>

enum xkind field_xkind(const struct field *f)
{
    if (f->untyped)
        return X_DYN;
    switch (f->type) {
    case FT_INTEGER:
        return X_INT;
    case FT_NUMBER:
        return X_DOUBLE;
    case FT_BOOLEAN:
        return X_BOOL;
    case FT_MONEY:
        return X_MONEY;
    case FT_DATE:
        return X_DATE;
    case FT_INSTANT:
        return X_TIMESTAMP;
    case FT_REF:
        return X_RECORD;
    case FT_UTM:
    case FT_JSON:
        return X_STRUCT;
    case FT_TEXT:
    case FT_ENUM:
    case FT_EMAIL:
    case FT_PHONE:
    case FT_DOMAIN:
    case FT_URL:
    case FT_COUNTRY:
    case FT_CURRENCY:
    case FT_COUNT:
        break;
    }
    return X_STRING;
}

static void view_names(struct compile *c, const struct field *f, struct xfield *x)
{
    if (f->type != FT_ENUM)
        return;
    struct xname *names = ARENA_ARRAY(c->arena, f->n_values + 1, struct xname);
    for (size_t i = 0; i < f->n_values; i++)
        names[i] = (struct xname){f->values[i].number, f->values[i].name,
                                  f->values[i].moved_to != NULL};
    x->names = names;
    x->n_names = f->n_values;
}

static void view_field(struct compile *c, struct field *f, struct xfield *x)
{
    x->name = f->name;
    x->number = f->number;
    x->type.kind = field_xkind(f);
    c->untyped = c->untyped || f->untyped;
    x->type.object = f->type == FT_REF && f->to ? f->to->x
                     : f->type == FT_UTM        ? xobject_utm()
                     : f->type == FT_JSON       ? c->json
                                                : NULL;
    x->stored = field_type_info(f->type)->stored;
    x->derived = f->kind == FIELD_COMPUTED || f->kind == FIELD_ROLLUP || f->kind == FIELD_DERIVED;
    x->optional = !f->required && !x->derived && f->kind != FIELD_STAGE;
    view_names(c, f, x);
    f->x = x;
}

static void view_object(struct compile *c, struct object *o, struct xobject *x)
{
    struct xfield *fields = ARENA_ARRAY(c->arena, o->n_fields + 1, struct xfield);
    for (size_t i = 0; i < o->n_fields; i++)
        view_field(c, o->fields[i], &fields[i]);
    object_index(o, c->arena);
    x->fields = fields;
    x->n_fields = o->n_fields;
}

static void view_children(struct compile *c, const struct object *o, struct xobject *x)
{
    struct xchild *children = ARENA_ARRAY(c->arena, o->n_children + 1, struct xchild);
    for (size_t i = 0; i < o->n_children; i++) {
        const struct child *k = &o->children[i];
        children[i] = (struct xchild){k->name, k->object->x, k->via->x, k->object->is_fact,
                                      k->object->time_field ? k->object->time_field->x : NULL};
    }
    x->children = children;
    x->n_children = o->n_children;
}

void compile_view(struct compile *c)
{
    struct model *m = c->m;
    struct xobject *json = ARENA_NEW(c->arena, struct xobject);
    json->name = STR("json");
    c->json = json;
    struct xobject *views = ARENA_ARRAY(c->arena, m->n_objects + 1, struct xobject);
    for (size_t i = 0; i < m->n_objects; i++) {
        views[i].name = m->objects[i]->name;
        views[i].number = m->objects[i]->number;
        m->objects[i]->x = &views[i];
    }
    for (size_t i = 0; i < m->n_objects; i++)
        view_object(c, m->objects[i], &views[i]);
    for (size_t i = 0; i < m->n_objects; i++)
        view_children(c, m->objects[i], &views[i]);
}

static const struct object *object_called(const struct compile *c, const char *name)
{
    return map_find(&c->m->object_by_name, str_of(name));
}

static void pass_on(struct compile *c, const struct diag *told)
{
    struct diag *d = diag_add(c->ds, told->severity, told->code, told->at, "%.*s",
                              STR_ARG(told->message));
    d->help = told->help;
    d->also = told->also;
    d->also_message = told->also_message;
}

struct expr *compile_expr(struct compile *c, struct node *n, enum xplace place, enum xkind want,
                          const struct object *self)
{
    if (!n || n->broken || n->kind != NODE_SCALAR || !self || !c->complete)
        return NULL;
    struct xscope *scope = ARENA_NEW(c->arena, struct xscope);
    *scope = (struct xscope){.place = place,
                             .self = self->x,
                             .person = object_called(c, "person")->x,
                             .calendars = c->calendars,
                             .n_calendars = c->n_calendars,
                             .currency = c->m->company.currency,
                             .fiscal_month = c->m->company.fiscal_month,
                             .fiscal_day = c->m->company.fiscal_day};
    struct xtext text = {.text = n->text, .at = n->at};
    if (!n->inline_text) {
        text.place = node_place;
        text.ctx = n;
    }
    struct expr *e;
    struct diags told;
    diags_init(&told, c->arena);
    enum rc rc = expr_compile(&text, scope, want, c->arena, &e, &told);
    for (size_t i = 0; i < told.list.n; i++)
        if (!c->untyped || !str_is(str_of(told.list.v[i].code),
                                   "X0121")) /* needs types that are broken elsewhere */
            pass_on(c, &told.list.v[i]);
    if (rc != RC_OK) {
        n->broken = true;
        return NULL;
    }
    n->expr = e;
    return e;
}
