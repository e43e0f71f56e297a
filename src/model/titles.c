/* titles.c - what the records of an object are called: as `title` says, or the field that people would take. */
#include "model/compile.h"

static bool is_text(const struct field *f)
{
    return f && field_type_info(f->type)->stored == VT_TEXT;
}

static const struct field *text_named(const struct object *o, const char *name)
{
    const struct field *f = field_named(o, str_of(name));
    return is_text(f) ? f : NULL;
}

static bool add(struct object *o, const struct field *f)
{
    if (f)
        o->title[o->n_title++] = f;
    return f != NULL;
}

static void read_title(struct compile *c, struct object *o, struct node *n)
{
    struct node *one[] = {n};
    struct node **names = n->kind == NODE_LIST ? n->items : one;
    size_t count = n->kind == NODE_LIST ? n->n : 1;
    if (o->is_fact || count > TITLE_PARTS)
        problem(c->ds, M_VALUE, n->at,
                o->is_fact ? "rows of facts are not called anything"
                           : "a title is made of at most %d fields",
                TITLE_PARTS);
    for (size_t i = 0; i < count && i < TITLE_PARTS; i++) {
        const struct field *f = compile_field(c, o, names[i]);
        if (f && f->type != FT_REF && !is_text(f))
            problem(c->ds, M_VALUE, names[i]->at,
                    "'%.*s' is neither a text nor a reference: a title is made of these",
                    STR_ARG(f->name));
        else
            (void)add(o, f);
    }
}

/* People: by both names, or by their address. The title of who has an address is a job. */
static bool take_name(struct object *o)
{
    const struct field *first = text_named(o, "first_name"), *last = text_named(o, "last_name"),
                       *email = text_named(o, "email");
    if (add(o, text_named(o, "full_name")) || add(o, text_named(o, "name")))
        return true;
    if (first && last) {
        o->title_else = email;
        return add(o, first) && add(o, last);
    }
    return (!email && add(o, text_named(o, "title"))) || add(o, text_named(o, "subject")) ||
           add(o, email) || add(o, text_named(o, "domain"));
}

static const struct field *required(const struct object *o, bool ref)
{
    for (size_t i = 0; i < o->n_fields; i++) {
        const struct field *f = o->fields[i];
        if (f->kind != FIELD_SYSTEM && f->required && (ref ? f->type == FT_REF : is_text(f)))
            return f;
    }
    return NULL;
}

static const struct field *text_key(const struct object *o)
{
    for (size_t i = 0; i < o->n_keys; i++)
        if (o->keys[i].n_fields == 1 && is_text(o->keys[i].fields[0]))
            return o->keys[i].fields[0];
    return NULL;
}

/* Whose quota, share or place in a pool it is, says more than its name alone. */
static void add_person(struct object *o)
{
    const struct field *f = o->builtin ? required(o, true) : NULL;
    if (f && f != o->title[0])
        (void)add(o, f);
}

static void choose_title(struct object *o)
{
    if (take_name(o) || add(o, required(o, false)) || add(o, required(o, true)))
        o->title_else = o->title_else ? o->title_else : text_key(o);
    else
        (void)add(o, text_key(o));
    add_person(o);
}

void compile_titles(struct compile *c)
{
    for (size_t i = 0; i < c->builds.n; i++) {
        struct object_build *b = c->builds.entries[i].value;
        struct node *n = node_get(b->node, "title");
        if (n)
            read_title(c, &b->o, n);
        else if (!b->o.is_fact)
            choose_title(&b->o);
        if (n)
            b->o.title_else = text_key(&b->o);
    }
}
