/* refuse.c - errors between definitions that each are right alone. */
#include "model/compile.h"

/* ---- renames ----------------------------------------------------------------------------------- */

static void check_was(struct compile *c, const struct node *list)
{
    struct map names;
    map_init(&names, c->arena);
    for (size_t i = 0; i < list->n; i++) {
        struct str name = list->items[i]->kind == NODE_SCALAR ? list->items[i]->text
                                                              : node_text(list->items[i], "name");
        if (name.n)
            map_put(&names, name, list->items[i]);
    }
    for (size_t i = 0; i < list->n; i++) {
        const struct node *was = node_get(list->items[i], "was");
        const struct node *there = was && was->kind == NODE_SCALAR ? map_find(&names, was->text)
                                                                   : NULL;
        if (!there)
            continue;
        struct diag *d = problem(c->ds, M_WAS, was->at, "'%.*s' is still there",
                                 STR_ARG(was->text));
        diag_help(c->ds, d,
                  "`was` is the name before a rename: remove the old definition, or remove was:");
        d->also = there->at;
        d->also_message = STR("here");
    }
}

static void check_renames(struct compile *c)
{
    static const char *const sections[] = {"objects", "pipelines",  "lifecycles",
                                           "metrics", "dashboards", "scores"};
    for (size_t s = 0; s < sizeof sections / sizeof *sections; s++) {
        const struct node *list = section_list(c, sections[s]);
        check_was(c, list);
        for (size_t i = 0; i < list->n; i++) {
            const struct node *fields = node_items(list->items[i], "fields");
            check_was(c, fields);
            check_was(c, node_items(list->items[i], "stages"));
            for (size_t k = 0; k < fields->n; k++)
                check_was(c, node_items(fields->items[k], "values"));
        }
    }
}

/* ---- integrations ------------------------------------------------------------------------------ */

struct mapped {
    const struct node *node;
    bool in;
};

/* Two systems may own different fields of one record, never one field; and no field goes both ways. */
static void check_directions(struct compile *c)
{
    const struct node *list = section_list(c, "integrations");
    struct map fields;
    map_init(&fields, c->arena);
    for (size_t i = 0; i < list->n; i++) {
        const struct node *map = node_get(list->items[i], "map");
        bool in = str_is(node_text(list->items[i], "direction"), "in");
        for (size_t k = 0; map && map->kind == NODE_MAP && k < map->n; k++) {
            const struct node *f = map->pairs[k].value;
            if (f->kind != NODE_SCALAR || f->broken)
                continue;
            const struct mapped *first = map_find(&fields, f->text);
            if (first && (in || first->in)) {
                struct diag *d = problem(c->ds, M_BOTH_WAYS, f->at, "'%.*s' %s", STR_ARG(f->text),
                                         in && first->in ? "comes in from two places"
                                                         : "goes both ways");
                diag_help(c->ds, d, "one system is master of a field: map it in once, or only out");
                d->also = first->node->at;
                d->also_message = STR("first here");
            } else if (!first) {
                struct mapped *m = ARENA_NEW(c->arena, struct mapped);
                *m = (struct mapped){f, in};
                map_put(&fields, f->text, m);
            }
        }
    }
}

/* ---- automations ------------------------------------------------------------------------------- */

struct automation {
    const struct definition *d;
    const struct expr *when;
    enum { UNSEEN, OPEN, DONE } state;
};

/* Whether an action of `a` writes what sets `b` off. */
static bool sets_off(const struct automation *a, const struct automation *b)
{
    const struct node *actions = node_items(a->d->node, "do");
    const struct xread *reads;
    size_t n = b->when ? expr_reads(b->when, &reads) : 0;
    if (!b->d->object)
        return false;
    for (size_t i = 0; i < actions->n; i++) {
        if (str_eq(node_text(node_get(actions->items[i], "create"), "object"), b->d->object->name))
            return true;
        const struct node *set = node_get(actions->items[i], "set");
        for (size_t k = 0; set && a->d->object == b->d->object && k < set->n; k++)
            for (size_t r = 0; r < n; r++)
                if (reads[r].field && !reads[r].n_steps &&
                    str_eq(reads[r].field->name, set->pairs[k].key))
                    return true;
    }
    return false;
}

static void visit_automation(struct compile *c, struct automation *all, size_t n,
                             struct automation *a)
{
    a->state = OPEN;
    for (size_t i = 0; i < n; i++) {
        struct automation *b = &all[i];
        if (b->state == DONE || node_get(b->d->node, "once_per") || !sets_off(a, b))
            continue;
        if (b->state == OPEN) {
            struct diag *d = problem(c->ds, M_AUTOMATION_CYCLE, a->d->at,
                                     "'%.*s' sets off '%.*s' again and again", STR_ARG(a->d->name),
                                     STR_ARG(b->d->name));
            diag_help(c->ds, d,
                      "add once_per: to one of them, or make it not read what the other writes");
            d->also = b->d->at;
            d->also_message = STR("the other one");
        } else {
            visit_automation(c, all, n, b);
        }
    }
    a->state = DONE;
}

#define AUTOMATIONS_MAX 500 /* bounds the depth of the walk */

static void check_automations(struct compile *c)
{
    struct automation *all = ARENA_ARRAY(c->arena, c->m->n_definitions + 1, struct automation);
    size_t n = 0;
    for (size_t i = 0; i < c->m->n_definitions && n < AUTOMATIONS_MAX; i++) {
        const struct definition *d = &c->m->definitions[i];
        const struct node *when = node_get(d->node, "when");
        if (str_is(d->kind, "automations") && when && when->expr)
            all[n++] = (struct automation){.d = d, .when = when->expr};
    }
    for (size_t i = 0; i < n; i++)
        if (all[i].state == UNSEEN && !node_get(all[i].d->node, "once_per"))
            visit_automation(c, all, n, &all[i]);
}

void compile_refusals(struct compile *c)
{
    check_renames(c);
    check_directions(c);
    check_automations(c);
}
