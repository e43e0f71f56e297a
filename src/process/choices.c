/* choices.c - see choices.h. */
#include "process/choices.h"

#include "process/plays.h"

static const struct definition *named(const struct model *m, const char *kind, struct str name)
{
    for (size_t i = 0; i < m->n_definitions; i++)
        if (str_is(m->definitions[i].kind, kind) && str_eq(m->definitions[i].name, name))
            return &m->definitions[i];
    return NULL;
}

struct choices choices_of_return(const struct model *m, const struct row *handoff)
{
    const struct definition *d = named(m, "handoffs", row_text(handoff, "name"));
    return (struct choices){d ? node_items(d->node, "return_reasons") : NULL, true};
}

struct choices choices_of_task(const struct model *m, const struct row *task, struct arena *a)
{
    playbook_list books = playbooks_read(m, a);
    const struct playbook_task *t = playbook_task_of(&books, task);
    if (!t || !t->outcomes)
        return (struct choices){0};
    return (struct choices){t->outcomes, !t->done_when};
}

bool choices_task_decides(const struct row *task)
{
    return str_starts(row_text(task, "origin"), STR("cadence."));
}

size_t choices_packet(const struct model *m, const struct row *handoff, struct arena *a,
                      struct str **names, bool **blocks)
{
    const struct definition *d = named(m, "handoffs", row_text(handoff, "name"));
    const struct node *entries = d ? node_items(d->node, "packet") : NULL;
    size_t n = entries ? entries->n : 0;
    *names = ARENA_ARRAY(a, n + 1, struct str);
    *blocks = ARENA_ARRAY(a, n + 1, bool);
    for (size_t i = 0; i < n; i++) {
        const struct node *e = entries->items[i];
        (*names)[i] = e->kind == NODE_SCALAR ? e->text : node_text(e, "field");
        (*blocks)[i] = str_is(node_text(e, "enforce"), "block");
    }
    return n;
}

size_t choices_routes(const struct model *m, const struct object *o, struct arena *a,
                      struct str **names)
{
    size_t n = 0;
    *names = ARENA_ARRAY(a, m->n_definitions + 1, struct str);
    for (size_t i = 0; i < m->n_definitions; i++)
        if (str_is(m->definitions[i].kind, "routes") && m->definitions[i].object == o)
            (*names)[n++] = m->definitions[i].name;
    return n;
}
