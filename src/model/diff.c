#include "model/diff.h"

#include <string.h>

struct diff {
    struct arena *a;
    struct map gone, made; /* identities of items removed and added */
    VEC(struct change) list;
};

static int compare(const struct item *a, const struct item *b)
{
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    return str_cmp(a->identity, b->identity);
}

static void note_alone(struct diff *d, const struct item *i, enum change_kind kind)
{
    struct map *set = kind == CHANGE_ADDED ? &d->made : &d->gone;
    map_put(set, i->identity, d);
    if (i->parent.n && map_find(set, i->parent))
        return; /* its parent's change says it */
    struct change *c = VEC_PUSH(d->a, &d->list);
    *c = (struct change){.kind = kind, .what = i->kind, .name = i->name};
    *(kind == CHANGE_ADDED ? &c->after : &c->before) = i->of;
}

static void note_property(struct diff *d, const struct item *old, const struct item *new_item,
                          const char *property, struct str from, struct str to)
{
    *VEC_PUSH(d->a, &d->list) = (struct change){.kind = CHANGE_CHANGED,
                                                .what = new_item->kind,
                                                .name = new_item->name,
                                                .property = property,
                                                .old_text = from,
                                                .new_text = to,
                                                .before = old->of,
                                                .after = new_item->of};
}

static const struct item_property *property_named(const struct item *i, const char *name,
                                                  size_t from)
{
    for (size_t k = from; k < i->properties.n; k++)
        if (strcmp(i->properties.v[k].name, name) == 0)
            return &i->properties.v[k];
    return NULL;
}

/* Properties stand in a fixed order, and a name that repeats (benchmark) repeats in place. */
static void compare_properties(struct diff *d, const struct item *old, const struct item *new_item)
{
    size_t o = 0;
    for (size_t n = 0; n < new_item->properties.n; n++) {
        const struct item_property *p = &new_item->properties.v[n];
        const struct item_property *was = property_named(old, p->name, o);
        for (; was && &old->properties.v[o] != was; o++)
            note_property(d, old, new_item, old->properties.v[o].name, old->properties.v[o].text,
                          STR_NONE);
        if (!was)
            note_property(d, old, new_item, p->name, STR_NONE, p->text);
        else if (!str_eq(was->text, p->text))
            note_property(d, old, new_item, p->name, was->text, p->text);
        o += was != NULL;
    }
    for (; o < old->properties.n; o++)
        note_property(d, old, new_item, old->properties.v[o].name, old->properties.v[o].text,
                      STR_NONE);
}

/* The last part of a name is its own; what stands before is its parent's, whose renaming is told there. */
static struct str own_name(struct str name)
{
    size_t cut = name.n;
    while (cut && name.p[cut - 1] != '.' && name.p[cut - 1] != ' ')
        cut--;
    return str_sub(name, cut, name.n);
}

static void compare_items(struct diff *d, const struct item *old, const struct item *new_item)
{
    bool renamed = new_item->parent.n ? !str_eq(own_name(old->name), own_name(new_item->name))
                                      : !str_eq(old->name, new_item->name);
    if (renamed)
        *VEC_PUSH(d->a, &d->list) = (struct change){.kind = CHANGE_RENAMED,
                                                    .what = new_item->kind,
                                                    .name = new_item->name,
                                                    .old_name = old->name,
                                                    .before = old->of,
                                                    .after = new_item->of};
    compare_properties(d, old, new_item);
}

void model_diff(const struct model *old, const struct model *new_model, struct arena *a,
                struct change_list *out)
{
    struct diff d = {.a = a};
    struct item_list before, after;
    map_init(&d.gone, a);
    map_init(&d.made, a);
    model_items(old, a, &before);
    model_items(new_model, a, &after);
    for (size_t i = 0, k = 0; i < before.list.n || k < after.list.n;) {
        const struct item *o = i < before.list.n ? &before.list.v[i] : NULL,
                          *n = k < after.list.n ? &after.list.v[k] : NULL;
        int order = !o ? 1 : !n ? -1 : compare(o, n);
        if (order < 0)
            note_alone(&d, o, CHANGE_REMOVED);
        else if (order > 0)
            note_alone(&d, n, CHANGE_ADDED);
        else
            compare_items(&d, o, n);
        i += order <= 0;
        k += order >= 0;
    }
    *out = (struct change_list){d.list.v, d.list.n};
}

void change_text(const struct change *c, struct buf *out)
{
    static const char signs[] = {'+', '-', '>', '~'};
    buf_printf(out, "%c %s ", signs[c->kind], item_kind_name(c->what));
    if (c->kind == CHANGE_RENAMED)
        buf_printf(out, "%.*s -> ", STR_ARG(c->old_name));
    buf_str(out, c->name);
    if (c->kind == CHANGE_CHANGED)
        buf_printf(out, " %s: %.*s -> %.*s", c->property,
                   STR_ARG(c->old_text.n ? c->old_text : STR("(none)")),
                   STR_ARG(c->new_text.n ? c->new_text : STR("(none)")));
    buf_char(out, '\n');
}
