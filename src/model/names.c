#include "model/compile.h"

#include "model/scalar.h"

/* ---- scalars ----------------------------------------------------------------------------------- */

bool read_bool(const struct node *map, const char *key, bool fallback)
{
    bool v;
    return scalar_bool(node_text(map, key), &v) ? v : fallback;
}

struct duration read_duration(const struct node *map, const char *key)
{
    struct duration d;
    return duration_parse(node_text(map, key), &d) ? d : (struct duration){0};
}

bool read_decimal(const struct node *map, const char *key, struct decimal *out)
{
    struct str s = node_text(map, key);
    return s.n && decimal_parse(s, out);
}

int read_word(const struct node *map, const char *key, const char *const *words, int fallback)
{
    struct str s = node_text(map, key);
    for (int i = 0; s.n && words[i]; i++)
        if (str_is(s, words[i]))
            return i;
    return fallback;
}

/* ---- definitions ------------------------------------------------------------------------------- */

const struct node *section_list(const struct compile *c, const char *key)
{
    return node_items(c->root, key);
}

/* The key that names an entry of a list section. */
static struct node *entry_name(const struct node *n)
{
    static const char *const keys[] = {"name", "id", "purpose", "tool"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        struct node *name = node_get(n, keys[i]);
        if (name)
            return name->kind == NODE_SCALAR && !name->broken ? name : NULL;
    }
    return NULL;
}

/* Names of metrics have a code of their own: two formulas under one name is what the product exists to prevent. */
static void add_artefact(struct compile *c, struct str section, struct str name, struct span at,
                         struct node *n)
{
    struct str full = str_printf(c->arena, "%.*s.%.*s", STR_ARG(section), STR_ARG(name));
    struct node *first = map_find(&c->artefacts, full);
    if (!first) {
        map_put(&c->artefacts, full, n);
        return;
    }
    n->broken = true;
    struct node *first_name = entry_name(first);
    struct diag *d = str_is(section, "metrics")
                         ? problem(c->ds, M_TWO_FORMULAS, at, "two formulas are called '%.*s'",
                                   STR_ARG(name))
                     : str_is(section, "rules")
                         ? problem(c->ds, M_RULE_ID, at, "two rules have the id '%.*s'",
                                   STR_ARG(name))
                         : problem(c->ds, M_TWICE, at, "'%.*s' is defined twice in %.*s",
                                   STR_ARG(name), STR_ARG(section));
    d->also = first_name ? first_name->at : first->at;
    d->also_message = STR("first here");
    if (str_is(section, "metrics"))
        diag_help(
            c->ds, d,
            "keep one, or give the other a name that says how it differs, such as %.*s_by_value",
            STR_ARG(name));
}

void collect_artefacts(struct compile *c)
{
    map_init(&c->artefacts, c->arena);
    for (size_t i = 0; i < c->root->n; i++) {
        const struct pair *p = &c->root->pairs[i];
        struct node *section = p->value;
        if (section->kind == NODE_LIST)
            for (size_t k = 0; k < section->n; k++) {
                struct node *name = entry_name(section->items[k]);
                if (name)
                    add_artefact(c, p->key, name->text, name->at, section->items[k]);
            }
        else if (section->kind == NODE_MAP)
            for (size_t k = 0; k < section->n; k++)
                add_artefact(c, p->key, section->pairs[k].key, section->pairs[k].at,
                             section->pairs[k].value);
        map_put(&c->artefacts, p->key, section);
    }
}

/* ---- objects and fields ------------------------------------------------------------------------ */

struct object *compile_object(struct compile *c, struct node *n)
{
    if (!n || n->broken || n->kind != NODE_SCALAR)
        return NULL;
    struct object_build *b = map_find(&c->builds, n->text);
    if (b || !c->complete)
        return b ? &b->o : NULL;
    n->broken = true;
    struct str *names = ARENA_ARRAY(c->arena, c->builds.n + 1, struct str);
    for (size_t i = 0; i < c->builds.n; i++)
        names[i] = c->builds.entries[i].key;
    problem_unknown(c->ds, M_UNKNOWN_OBJECT, n->at, "object", n->text, names, c->builds.n);
    return NULL;
}

struct field *field_named(const struct object *o, struct str name)
{
    return map_find(&((const struct object_build *)o)->fields, name);
}

size_t field_names(const struct object *o, struct arena *a, struct str **out)
{
    *out = ARENA_ARRAY(a, o->n_fields + o->n_children + 1, struct str);
    for (size_t i = 0; i < o->n_fields; i++)
        (*out)[i] = o->fields[i]->name;
    return o->n_fields;
}

void unknown_field(struct compile *c, const struct object *o, struct span at, struct str name)
{
    struct str *names;
    size_t n = field_names(o, c->arena, &names);
    struct str what = str_printf(c->arena, "field of %.*s", STR_ARG(o->name));
    problem_unknown(c->ds, M_UNKNOWN_FIELD, at, what.p, name, names, n);
}

struct field *compile_field(struct compile *c, const struct object *o, struct node *n)
{
    if (!o || !n || n->broken || n->kind != NODE_SCALAR)
        return NULL;
    struct field *f = field_named(o, n->text);
    if (f || !c->complete)
        return f;
    n->broken = true;
    unknown_field(c, o, n->at, n->text);
    return NULL;
}

bool path_is_broken(const struct object *o, struct str text)
{
    struct str rest = text, name;
    if (str_split(&rest, '.', &name) && !(rest.n && str_eq(name, o->name) && !field_named(o, name)))
        rest = text;
    while (o && str_split(&rest, '.', &name)) {
        const struct field *f = field_named(o, name);
        if (!f)
            return false;
        if (f->untyped)
            return true;
        o = f->to;
    }
    return false;
}
