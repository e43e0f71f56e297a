/* derived.c - computed fields and roll-ups: their expressions and types; and that nothing derived depends on itself. */
#include "model/compile.h"

static struct node *written_field(const struct object *o, const struct field *f)
{
    const struct node *fields = node_items(((const struct object_build *)o)->node, "fields");
    for (size_t i = 0; i < fields->n; i++)
        if (!fields->items[i]->broken && str_eq(node_text(fields->items[i], "name"), f->name))
            return fields->items[i];
    return NULL;
}

static void compile_one_computed(struct compile *c, struct object *o, struct field *f,
                                 const struct node *n)
{
    struct node *text = node_get(n, "computed");
    f->computed = compile_expr(c, text, XP_COMPUTED, field_xkind(f), o);
    if (!f->computed || f->type != FT_REF)
        return;
    const struct xtype *t = expr_type(f->computed);
    if (t->kind == X_RECORD && f->to && t->object != f->to->x)
        problem(c->ds, M_EXPR_TYPE, text->at,
                "'%.*s' is a reference to %.*s, the expression gives %.*s", STR_ARG(f->name),
                STR_ARG(f->to->name), STR_ARG(t->object->name));
}

/* ---- roll-ups ---------------------------------------------------------------------------------- */

static const char *const aggregate_words[] = {
    "count", "sum", "average", "min", "max", "median", "count_distinct", "latest", NULL};

/* The child list of `o` whose records are of object `name`, through `via` when several refer here. */
static const struct child *rollup_child(struct compile *c, const struct object *o,
                                        const struct node *n, struct str name)
{
    const struct node *of = node_get(n, "of");
    struct str via = node_text(n, "via");
    const struct child *found = NULL;
    size_t count = 0;
    for (size_t i = 0; i < o->n_children; i++) {
        const struct child *k = &o->children[i];
        if (k->via->number == FN_OWNER ||
            (!str_eq(k->object->name, name) && !str_eq(k->name, name)))
            continue;
        if (via.n && !str_eq(via, k->via->name))
            continue;
        found = k;
        count++;
    }
    if (count == 1)
        return found;
    if (count > 1) {
        struct diag *d = problem(c->ds, M_ROLLUP, of->at, "%.*s refers to %.*s in %zu ways",
                                 STR_ARG(name), STR_ARG(o->name), count);
        diag_help(c->ds, d, "add via: with the reference meant");
        return NULL;
    }
    struct str *names = ARENA_ARRAY(c->arena, o->n_children + 1, struct str);
    for (size_t i = 0; i < o->n_children; i++)
        names[i] = o->children[i].object->name;
    struct str what = str_printf(c->arena, "object that refers to %.*s", STR_ARG(o->name));
    problem_unknown(c->ds, M_ROLLUP, of->at, what.p, name, names, o->n_children);
    return NULL;
}

static bool adds_up(const struct field *f)
{
    return f->type == FT_INTEGER || f->type == FT_NUMBER || f->type == FT_MONEY;
}

static bool has_order(const struct field *f)
{
    return adds_up(f) || f->type == FT_DATE || f->type == FT_INSTANT;
}

/* What the aggregate makes of the child's field must be what our field holds. */
static void check_rollup_type(struct compile *c, const struct field *f, const struct rollup *r,
                              const struct node *n)
{
    struct span at = node_get(n, "aggregate")->at;
    bool counts = r->aggregate == AGG_COUNT || r->aggregate == AGG_COUNT_DISTINCT;
    const char *name = aggregate_words[r->aggregate];
    if (counts) {
        if (f->type != FT_INTEGER)
            problem(c->ds, M_EXPR_TYPE, at, "a count is an integer, '%.*s' is %s", STR_ARG(f->name),
                    field_type_info(f->type)->name);
        return;
    }
    if (!r->field)
        return;
    bool fits = r->aggregate == AGG_LATEST                           ? true
                : r->aggregate == AGG_MIN || r->aggregate == AGG_MAX ? has_order(r->field)
                                                                     : adds_up(r->field);
    if (!fits) {
        problem(c->ds, M_AGGREGATE, at, "there is no %s of the %s field '%.*s'", name,
                field_type_info(r->field->type)->name, STR_ARG(r->field->name));
        return;
    }
    bool mean = (r->aggregate == AGG_AVERAGE || r->aggregate == AGG_MEDIAN) &&
                r->field->type == FT_INTEGER;
    enum field_type gives = mean ? FT_NUMBER : r->field->type;
    if (gives != f->type)
        problem(c->ds, M_EXPR_TYPE, at, "the %s of '%.*s' is %s, '%.*s' is %s", name,
                STR_ARG(r->field->name), field_type_info(gives)->name, STR_ARG(f->name),
                field_type_info(f->type)->name);
}

static void compile_rollup(struct compile *c, const struct object *o, struct field *f,
                           const struct node *field)
{
    const struct node *n = node_get(field, "rollup");
    struct str rest = node_text(n, "of"), object;
    if (!rest.n || n->broken || !str_split(&rest, '.', &object))
        return;
    const struct child *k = rollup_child(c, o, n, object);
    if (!k)
        return;
    struct rollup *r = ARENA_NEW(c->arena, struct rollup);
    *r = (struct rollup){.of = k->object, .via = k->via, .window = read_duration(n, "window")};
    r->aggregate = (enum aggregate)read_word(n, "aggregate", aggregate_words, AGG_COUNT);
    if (rest.n) {
        r->field = field_named(k->object, rest);
        if (!r->field)
            unknown_field(c, k->object, node_get(n, "of")->at, rest);
    } else if (r->aggregate != AGG_COUNT) {
        struct diag *d = problem(c->ds, M_ROLLUP, node_get(n, "of")->at, "the %s of what?",
                                 aggregate_words[r->aggregate]);
        diag_help(c->ds, d, "name a field of the child: of: %.*s.amount", STR_ARG(object));
    }
    if (node_pair(n, "window") && !k->object->is_fact)
        problem(c->ds, M_ROLLUP, node_pair(n, "window")->at,
                "'%.*s' has no time of its own: a window is for fact objects",
                STR_ARG(k->object->name));
    r->where = compile_expr(c, node_get(n, "where"), XP_ROLLUP, X_BOOL, k->object);
    check_rollup_type(c, f, r, n);
    f->rollup = r;
}

/* ---- circles ----------------------------------------------------------------------------------- */

enum visit_state { UNSEEN, OPEN, DONE };

struct visit {
    struct compile *c;
    struct map state; /* field as "object.field" to enum visit_state in a byte */
};

static void visit_field(struct visit *v, const struct object *o, const struct field *f);

static const struct object *object_of_view(const struct compile *c, const struct xobject *x)
{
    return map_find(&c->m->object_by_name, x->name);
}

static void visit_reads(struct visit *v, const struct object *o, const struct expr *e)
{
    const struct xread *reads;
    size_t n = e ? expr_reads(e, &reads) : 0;
    for (size_t i = 0; i < n; i++) {
        const struct object *at = o;
        for (size_t k = 0; at && k < reads[i].n_steps; k++) {
            const struct xstep *s = &reads[i].steps[k];
            const struct field *ref = s->ref ? field_named(at, s->ref->name) : NULL;
            if (ref)
                visit_field(v, at, ref);
            at = object_of_view(v->c, s->child ? s->child->object : s->ref->type.object);
        }
        const struct field *f = at && reads[i].field ? field_named(at, reads[i].field->name) : NULL;
        if (f)
            visit_field(v, at, f);
    }
}

/* Everything that the points of a score or the inputs of a health definition read. */
static void visit_definition(struct visit *v, const struct object *o, const struct node *def,
                             const char *list, const char *key)
{
    const struct node *entries = node_items(def, list);
    for (size_t i = 0; i < entries->n; i++) {
        const struct node *n = node_get(entries->items[i], key);
        struct field *since = field_named(o, node_text(entries->items[i], "since"));
        visit_reads(v, o, n ? n->expr : NULL);
        if (since)
            visit_field(v, o, since);
    }
}

/* Does the definition write this field? Names beside it begin with its own. */
static bool writes(const struct definition *d, const char *kind, const struct field *f)
{
    bool health = str_is(d->kind, "health");
    struct str name = health ? node_text(d->node, "field") : d->name;
    if (health && !name.n)
        name = STR("health");
    if (!str_is(d->kind, kind) || d->object != f->object || !str_starts(f->name, name))
        return false;
    struct str rest = str_sub(f->name, name.n, f->name.n);
    return !rest.n || str_is(rest, "_terms") || str_is(rest, "_score") || str_is(rest, "_since");
}

static void visit_derived(struct visit *v, const struct object *o, const struct field *f)
{
    for (size_t i = 0; i < v->c->m->n_definitions; i++) {
        const struct definition *d = &v->c->m->definitions[i];
        if (writes(d, "scores", f))
            visit_definition(v, o, d->node, "points", "when");
        else if (writes(d, "health", f))
            visit_definition(v, o, d->node, "inputs", "value");
    }
}

static void visit_field(struct visit *v, const struct object *o, const struct field *f)
{
    if (!f->computed && !f->rollup && f->kind != FIELD_DERIVED)
        return;
    struct str key = str_printf(v->c->arena, "%.*s.%.*s", STR_ARG(o->name), STR_ARG(f->name));
    unsigned char *state = map_find(&v->state, key);
    if (!state) {
        state = arena_alloc(v->c->arena, 1);
        map_put(&v->state, key, state);
    }
    if (*state == OPEN) {
        struct diag *d = problem(v->c->ds, M_COMPUTED_CYCLE, f->at, "'%.*s' depends on itself",
                                 STR_ARG(key));
        diag_help(v->c->ds, d, "compute one of the fields in the circle from plain fields only");
    }
    if (*state != UNSEEN)
        return;
    *state = OPEN;
    visit_reads(v, o, f->computed);
    if (f->kind == FIELD_DERIVED)
        visit_derived(v, o, f);
    if (f->rollup) {
        visit_reads(v, f->rollup->of, f->rollup->where);
        if (f->rollup->field)
            visit_field(v, f->rollup->of, f->rollup->field);
    }
    *state = DONE;
}

void compile_computed(struct compile *c)
{
    for (size_t i = 0; i < c->m->n_objects; i++) {
        struct object *o = c->m->objects[i];
        for (size_t k = 0; k < o->n_fields; k++) {
            struct field *f = o->fields[k];
            const struct node *n = f->kind == FIELD_COMPUTED || f->kind == FIELD_ROLLUP
                                       ? written_field(o, f)
                                       : NULL;
            if (n && f->kind == FIELD_COMPUTED)
                compile_one_computed(c, o, f, n);
            else if (n)
                compile_rollup(c, o, f, n);
        }
    }
}

void compile_circles(struct compile *c)
{
    struct visit v = {.c = c};
    map_init(&v.state, c->arena);
    for (size_t i = 0; i < c->m->n_objects; i++)
        for (size_t k = 0; k < c->m->objects[i]->n_fields; k++)
            visit_field(&v, c->m->objects[i], c->m->objects[i]->fields[k]);
}
