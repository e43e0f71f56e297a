/* Models put together at random: the order of files and definitions is no difference, numbers never change their meaning. */
#include "model/diff.h"
#include "model/numbering.h"
#include "tests/prop.h"

#include <stdio.h>
#include <string.h>

enum { FIELDS_MAX = 8, OBJECTS_MAX = 4, VALUES_MAX = 4, PART_BYTES = 4096 };

static const char head[] = "version: 1\ncompany: {name: A, currency: EUR, timezone: UTC, owner: "
                           "ana}\npeople: {ana: {name: Ana}}\n";

/* A model as its parts, so that they can be written in any order. */
struct draft {
    size_t n_objects, n_fields[OBJECTS_MAX];
    unsigned type[OBJECTS_MAX][FIELDS_MAX];
    bool there[OBJECTS_MAX][FIELDS_MAX];
};

static const char *const types[] = {
    "text", "integer", "money", "date", "enum, values: [a, b, c]", "ref, to: object_0"};

static void draw(struct prop *p, struct draft *d)
{
    d->n_objects = 1 + (size_t)prop_draw(p, OBJECTS_MAX);
    for (size_t i = 0; i < d->n_objects; i++) {
        d->n_fields[i] = (size_t)prop_draw(p, FIELDS_MAX + 1);
        bool refers = false;
        for (size_t k = 0; k < d->n_fields[i]; k++) {
            d->type[i][k] = (unsigned)prop_draw(p, refers ? 5 : 6);
            refers = refers || d->type[i][k] == 5;
            d->there[i][k] = !prop_once_in(p, 4);
        }
    }
}

static void put_object(const struct draft *d, size_t i, bool backwards, struct buf *out)
{
    buf_printf(out, "- name: object_%zu\n  fields:\n  - {name: fixed, type: text}\n", i);
    for (size_t k = 0; k < d->n_fields[i]; k++) {
        size_t f = backwards ? d->n_fields[i] - 1 - k : k;
        if (d->there[i][f])
            buf_printf(out, "  - {name: f%zu, type: %s}\n", f, types[d->type[i][f]]);
    }
}

static struct str text_of(const struct draft *d, bool backwards, struct arena *a)
{
    struct buf b;
    buf_init(&b, OBJECTS_MAX * PART_BYTES);
    buf_cstr(&b, head);
    buf_cstr(&b, "objects:\n");
    for (size_t i = 0; i < d->n_objects; i++)
        put_object(d, backwards ? d->n_objects - 1 - i : i, backwards, &b);
    struct str text = str_dup(a, buf_view(&b));
    buf_release(&b);
    return text;
}

static struct model *compile(struct prop *p, struct str text, const struct numbering *live,
                             struct arena *a)
{
    struct source *file = ARENA_NEW(a, struct source);
    struct source_set *set = ARENA_NEW(a, struct source_set);
    struct model *m;
    struct diags ds;
    *file = (struct source){STR("revos.yaml"), text};
    *set = (struct source_set){file, 1};
    diags_init(&ds, a);
    if (model_compile(set, live, a, &m, &ds) != RC_OK)
        prop_note(p, "%.*s\n%s: %.*s", STR_ARG(text), ds.list.v[0].code,
                  STR_ARG(ds.list.v[0].message));
    return m;
}

static bool order_is_no_difference(struct prop *p, void *context)
{
    (void)context;
    struct arena *a = arena_new();
    struct draft d;
    struct change_list changes = {NULL, 1};
    draw(p, &d);
    const struct model *m = compile(p, text_of(&d, false, a), NULL, a);
    const struct model *back = m ? compile(p, text_of(&d, true, a), m->numbering, a) : NULL;
    if (back)
        model_diff(m, back, a, &changes);
    bool held = back && changes.n == 0 && digest_eq(m->digest, back->digest);
    if (back && changes.n)
        prop_note(p, "%zu changes, first %.*s %s", changes.n, STR_ARG(changes.v[0].name),
                  changes.v[0].property);
    arena_free(a);
    return held;
}

/* Every field of `m` has the number it had in `earlier`, unless it is new; no two share one. */
static bool numbers_agree(const struct model *earlier, const struct model *m)
{
    for (size_t i = 0; i < m->n_objects; i++) {
        const struct object *o = m->objects[i], *was = model_object(earlier, o->name);
        if (was && was->number != o->number)
            return false;
        for (size_t k = 0; k < o->n_fields; k++) {
            const struct field *f = o->fields[k], *before = was ? object_field(was, f->name) : NULL;
            if (before && before->type == f->type && before->number != f->number)
                return false;
            const struct field *holder = was ? object_field_numbered(was, f->number) : NULL;
            if (holder && (!str_eq(holder->name, f->name) || holder->type != f->type))
                return false;
        }
    }
    return true;
}

static bool numbers_keep_their_meaning(struct prop *p, void *context)
{
    (void)context;
    struct arena *a = arena_new();
    const struct model *versions[4];
    bool held = true;
    for (size_t i = 0; i < 4 && held; i++) {
        struct draft d;
        draw(p, &d);
        versions[i] = compile(p, text_of(&d, false, a), i ? versions[i - 1]->numbering : NULL, a);
        held = versions[i] != NULL;
        for (size_t k = 0; k < i && held; k++)
            held = numbers_agree(versions[k], versions[i]);
    }
    arena_free(a);
    return held;
}

int main(int argc, char **argv)
{
    static const struct property properties[] = {
        {"order_is_no_difference", order_is_no_difference, 0},
        {"numbers_keep_their_meaning", numbers_keep_their_meaning, 0},
    };
    return prop_main(argc, argv, properties, sizeof properties / sizeof *properties, NULL);
}
