/* unused.c - fields that nothing reads: no condition, key, metric, view or definition. */
#include "model/compile.h"

struct used {
    struct compile *c;
    struct map fields; /* "object.field" */
};

static void use(struct used *u, const struct object *o, const struct field *f)
{
    if (o && f)
        map_put(&u->fields,
                str_printf(u->c->arena, "%.*s.%.*s", STR_ARG(o->name), STR_ARG(f->name)), u);
}

static void use_path(struct used *u, const struct path *p)
{
    for (size_t i = 0; i < p->n_steps; i++)
        use(u, p->steps[i]->object, p->steps[i]);
}

static const struct object *object_of(const struct used *u, const struct xobject *x)
{
    return x ? map_find(&u->c->m->object_by_name, x->name) : NULL;
}

static void use_expr(struct used *u, const struct object *self, const struct expr *e)
{
    const struct xread *reads;
    size_t n = e ? expr_reads(e, &reads) : 0;
    for (size_t i = 0; i < n; i++) {
        const struct object *o = reads[i].root == XR_ACTOR
                                     ? map_find(&u->c->m->object_by_name, STR("person"))
                                     : self;
        for (size_t k = 0; o && k < reads[i].n_steps; k++) {
            const struct xstep *s = &reads[i].steps[k];
            if (s->ref)
                use(u, o, object_field(o, s->ref->name));
            o = object_of(u, s->child ? s->child->object : s->ref->type.object);
        }
        if (o && reads[i].field)
            use(u, o, object_field(o, reads[i].field->name));
    }
}

static void use_rule(struct used *u, const struct rule *r)
{
    use_expr(u, r->object, r->when);
    use_expr(u, r->object, r->require);
    use(u, r->object, r->field);
}

/* A dimension of metrics over metrics is a field of each metric behind them. */
static void use_dimension(struct used *u, const struct metric *m, struct str name)
{
    struct path p;
    if (m->object && metric_dimension(m, name, u->c->arena, &p))
        use_path(u, &p);
    for (size_t i = 0; i < m->n_inputs; i++)
        use_dimension(u, m->inputs[i], name);
}

static void use_metric(struct used *u, const struct metric *m)
{
    use_path(u, &m->value);
    use_expr(u, m->object, m->value_expr);
    use_expr(u, m->object, m->where);
    use(u, m->object, m->time);
    use_path(u, &m->entity);
    for (size_t i = 0; i < m->n_dimensions; i++)
        use_dimension(u, m, m->dimensions[i].name);
}

static void use_tile(struct used *u, const struct tile *t)
{
    const struct metric *m = str_is(t->kind, "metric") ? model_metric(u->c->m, t->target) : NULL;
    if (m && t->by_name.n)
        use_dimension(u, m, t->by_name);
}

static void use_object(struct used *u, const struct object *o)
{
    use(u, o, o->time_field);
    for (size_t i = 0; i < o->n_keys; i++)
        for (size_t k = 0; k < o->keys[i].n_fields; k++)
            use(u, o, o->keys[i].fields[k]);
    for (size_t i = 0; i < o->n_match; i++) {
        use(u, o, o->match[i].similar);
        for (size_t k = 0; k < o->match[i].n_exact; k++)
            use(u, o, o->match[i].exact[k]);
    }
    for (size_t i = 0; i < o->n_fields; i++) {
        const struct field *f = o->fields[i];
        use_expr(u, o, f->computed);
        if (!f->rollup)
            continue;
        use(u, f->rollup->of, f->rollup->field);
        use_expr(u, f->rollup->of, f->rollup->where);
    }
}

/* Conditions inside a later definition, and every word in it that is a field of its object or object.field. */
static void use_node(struct used *u, const struct object *o, const struct node *n)
{
    struct str rest = n->text, name;
    if (n->kind == NODE_SCALAR && n->expr) {
        const struct xread *reads;
        size_t count = expr_reads(n->expr, &reads);
        use_expr(u, count ? o : NULL, n->expr);
    } else if (n->kind == NODE_SCALAR && str_split(&rest, '.', &name)) {
        const struct object *other = rest.n ? map_find(&u->c->m->object_by_name, name) : o;
        if (other)
            use(u, other, object_field(other, rest.n ? rest : name));
    }
    for (size_t i = 0; n->kind == NODE_LIST && i < n->n; i++)
        use_node(u, o, n->items[i]);
    for (size_t i = 0; n->kind == NODE_MAP && i < n->n; i++) {
        const struct object *keyed = map_find(&u->c->m->object_by_name, n->pairs[i].key);
        if (o && object_field(o, n->pairs[i].key))
            use(u, o, object_field(o, n->pairs[i].key));
        use_node(u, keyed ? keyed : o, n->pairs[i].value);
    }
}

static void use_all(struct used *u)
{
    const struct model *m = u->c->m;
    for (size_t i = 0; i < m->n_objects; i++)
        use_object(u, m->objects[i]);
    for (size_t i = 0; i < m->n_rules; i++)
        use_rule(u, m->rules[i]);
    for (size_t i = 0; i < m->n_processes; i++)
        for (size_t k = 0; k < m->processes[i]->n_stages; k++) {
            const struct stage *s = &m->processes[i]->stages[k];
            for (size_t g = 0; g < s->n_enter; g++)
                use_rule(u, s->enter[g]);
            for (size_t g = 0; g < s->n_exit; g++)
                use_rule(u, s->exit[g]);
            use(u, m->processes[i]->object, s->reason);
            for (size_t l = 0; l < s->n_locks; l++)
                use(u, m->processes[i]->object, s->locks[l]);
        }
    for (size_t i = 0; i < m->n_metrics; i++)
        use_metric(u, m->metrics[i]);
    for (size_t i = 0; i < m->n_dashboards; i++)
        for (size_t k = 0; k < m->dashboards[i].n_tiles; k++)
            use_tile(u, &m->dashboards[i].tiles[k]);
    for (size_t i = 0; i < m->n_definitions; i++)
        use_node(u, m->definitions[i].object, m->definitions[i].node);
}

/* References hold records together, `name` is what people know a record by, and a description says what a field is for. */
static bool speaks_for_itself(const struct field *f)
{
    return f->type == FT_REF || f->description.n || str_is(f->name, "name") || !f->at.source ||
           (f->kind != FIELD_PLAIN && f->kind != FIELD_COMPUTED && f->kind != FIELD_ROLLUP);
}

void lint_unused(struct compile *c)
{
    struct used u = {.c = c};
    map_init(&u.fields, c->arena);
    use_all(&u);
    for (size_t i = 0; i < c->m->n_objects; i++)
        for (size_t k = 0; k < c->m->objects[i]->n_fields; k++) {
            const struct field *f = c->m->objects[i]->fields[k];
            struct str name = str_printf(c->arena, "%.*s.%.*s", STR_ARG(f->object->name),
                                         STR_ARG(f->name));
            if (speaks_for_itself(f) || map_find(&u.fields, name))
                continue;
            struct diag *d = problem(c->ds, M_UNUSED_FIELD, f->at,
                                     "'%.*s' is used in no rule, view or metric", STR_ARG(name));
            diag_help(c->ds, d, "remove it, or say in its description what it is for");
        }
}
