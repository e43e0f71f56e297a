#include "model/compile.h"

#include <string.h>

/* ---- dashboards -------------------------------------------------------------------------------- */

static const char *const subjects[] = {"metric", "funnel", "queue", "list"};

/* The one thing a tile shows; NULL after complaining. */
static struct node *tile_subject(struct compile *c, const struct node *n, struct tile *t)
{
    struct node *found = NULL;
    size_t count = 0;
    for (size_t i = 0; i < sizeof subjects / sizeof *subjects; i++) {
        struct node *s = node_get(n, subjects[i]);
        if (!s)
            continue;
        found = s;
        count++;
        t->kind = str_of(subjects[i]);
    }
    if (count == 1)
        return found;
    struct diag *d = problem(c->ds, M_TILE, n->at,
                             count ? "the tile shows %zu things" : "the tile shows nothing", count);
    diag_help(c->ds, d, "write one of metric, funnel, queue or list");
    return NULL;
}

static bool has_dimension(struct compile *c, const struct metric *m, struct str name)
{
    struct path p;
    if (m->object)
        return metric_dimension(m, name, c->arena, &p) || path_is_broken(m->object, name);
    for (size_t i = 0; i < m->n_inputs; i++)
        if (!has_dimension(c, m->inputs[i], name))
            return false;
    return true;
}

static void resolve_metric_tile(struct compile *c, struct tile *t, const struct node *n,
                                const struct node *subject)
{
    const struct metric *m = map_find(&c->m->metric_by_name, subject->text);
    const struct node *by = node_get(n, "by");
    if (!m) {
        if (!c->complete ||
            map_find(&c->artefacts, str_printf(c->arena, "metrics.%.*s", STR_ARG(subject->text))))
            return; /* it exists and is broken: told there */
        struct str *names = ARENA_ARRAY(c->arena, c->m->n_metrics + 1, struct str);
        for (size_t i = 0; i < c->m->n_metrics; i++)
            names[i] = c->m->metrics[i]->name;
        problem_unknown(c->ds, M_UNKNOWN_NAME, subject->at, "metric", subject->text, names,
                        c->m->n_metrics);
        return;
    }
    t->label = t->label.n ? t->label : m->label;
    for (size_t i = 0; i < m->n_only_by; i++)
        if (!str_eq(t->by_name, m->only_by[i])) {
            struct diag *d = problem(c->ds, M_DIMENSION, n->at, "'%.*s' has a value by %.*s alone",
                                     STR_ARG(m->name), STR_ARG(m->only_by[i]));
            diag_help(c->ds, d, "add by: %.*s", STR_ARG(m->only_by[i]));
        }
    if (!by || by->broken)
        return;
    if (m->object)
        (void)metric_dimension(m, by->text, c->arena, &t->by);
    if (!has_dimension(c, m, by->text)) {
        struct diag *d = problem(c->ds, M_DIMENSION, by->at, "'%.*s' has no dimension '%.*s'",
                                 STR_ARG(m->name), STR_ARG(by->text));
        if (m->n_dimensions)
            diag_help(c->ds, d, "it is offered by %.*s and others", STR_ARG(m->dimensions[0].name));
    }
}

static void resolve_funnel(struct compile *c, const struct node *subject)
{
    struct str *names = ARENA_ARRAY(c->arena, c->m->n_processes + 1, struct str);
    for (size_t i = 0; i < c->m->n_processes; i++) {
        names[i] = c->m->processes[i]->name;
        if (str_eq(names[i], subject->text))
            return;
    }
    if (c->complete)
        problem_unknown(c->ds, M_UNKNOWN_NAME, subject->at, "pipeline or lifecycle", subject->text,
                        names, c->m->n_processes);
}

static void compile_tile(struct compile *c, struct dashboard *b, const struct node *n)
{
    static const char *const units[] = {
        "", "day", "week", "month", "quarter", "year", "fiscal_quarter", "fiscal_year", NULL};
    struct tile t = {.at = n->at, .label = node_text(n, "label"), .by_name = node_text(n, "by")};
    t.compare = node_text(n, "compare");
    t.window = node_text(n, "window");
    t.grain = (enum period_unit)read_word(n, "grain", units, PERIOD_NONE);
    if (n->kind != NODE_MAP)
        return;
    const struct node *subject = tile_subject(c, n, &t);
    if (!subject || subject->broken)
        return;
    t.target = subject->text;
    if (str_is(t.kind, "metric"))
        resolve_metric_tile(c, &t, n, subject);
    else if (str_is(t.kind, "funnel"))
        resolve_funnel(c, subject);
    b->tiles[b->n_tiles++] = t;
}

void compile_dashboards(struct compile *c)
{
    const struct node *list = section_list(c, "dashboards");
    c->m->dashboards = ARENA_ARRAY(c->arena, list->n + 1, struct dashboard);
    for (size_t i = 0; i < list->n; i++) {
        struct node *n = list->items[i];
        struct str name = node_text(n, "name"), label = node_text(n, "label");
        if (!name.n)
            continue;
        struct dashboard *b = &c->m->dashboards[c->m->n_dashboards++];
        const struct node *tiles = node_items(n, "tiles");
        *b = (struct dashboard){
            .name = name, .label = label.n ? label : name, .at = node_get(n, "name")->at};
        b->description = node_text(n, "description");
        b->audience = node_text(n, "audience");
        b->refresh = node_text(n, "refresh");
        b->owner = node_get(n, "owner") ? compile_person(c, node_get(n, "owner"))
                                        : c->m->company.owner;
        b->tiles = ARENA_ARRAY(c->arena, tiles->n + 1, struct tile);
        for (size_t k = 0; k < tiles->n; k++)
            compile_tile(c, b, tiles->items[k]);
    }
}

/* ---- the matrix -------------------------------------------------------------------------------- */

static const char *const pillars[] = {"data", "process", "insight"};
static const char *const sides[] = {"sales", "marketing", "success"};

static void check_artefact(struct compile *c, struct cell *cell, const struct node *n)
{
    if (n->broken || n->kind != NODE_SCALAR)
        return;
    if (map_find(&c->artefacts, n->text)) {
        cell->artefacts[cell->n_artefacts++] = n->text;
        return;
    }
    if (!c->complete)
        return;
    struct str *names = ARENA_ARRAY(c->arena, c->artefacts.n + 1, struct str);
    for (size_t i = 0; i < c->artefacts.n; i++)
        names[i] = c->artefacts.entries[i].key;
    struct diag *d = problem(c->ds, M_ARTEFACT, n->at, "there is no artefact '%.*s'",
                             STR_ARG(n->text));
    struct str near = text_nearest(n->text, names, c->artefacts.n);
    if (near.n)
        diag_help(c->ds, d, "did you mean '%.*s'?", STR_ARG(near));
    else
        diag_help(c->ds, d, "write the top-level key and the name: pipelines.new_business");
}

static void compile_cell(struct compile *c, const char *pillar, const char *side, struct node *n)
{
    struct cell *cell = &c->m->cells[c->m->n_cells++];
    const struct node *list = node_items(n, "artefacts");
    *cell = (struct cell){.pillar = str_of(pillar), .side = str_of(side), .at = n->at};
    cell->feeds = node_text(n, "feeds");
    if (!node_get(n, "owner") && n->kind == NODE_MAP) {
        struct diag *d = problem(c->ds, M_CELL_OWNER, n->at, "the cell %s of %s has no owner",
                                 pillar, side);
        diag_help(c->ds, d, "add owner: with the short name of one person");
    }
    cell->owner = compile_person(c, node_get(n, "owner"));
    (void)compile_person(c, node_get(n, "enforcer"));
    cell->artefacts = ARENA_ARRAY(c->arena, list->n + 1, struct str);
    for (size_t i = 0; i < list->n; i++)
        check_artefact(c, cell, list->items[i]);
    if (!list->n && n->kind == NODE_MAP)
        problem(c->ds, M_CELL_EMPTY, n->at, "the cell %s of %s has no artefacts", pillar, side);
}

void compile_matrix(struct compile *c)
{
    const struct node *matrix = node_get(c->root, "matrix");
    c->m->cells = ARENA_ARRAY(c->arena, 9, struct cell);
    if (!matrix || matrix->kind != NODE_MAP)
        return;
    for (size_t p = 0; p < 3; p++)
        for (size_t s = 0; s < 3; s++) {
            struct node *n = node_get(node_get(matrix, pillars[p]), sides[s]);
            if (n)
                compile_cell(c, pillars[p], sides[s], n);
            else
                problem(c->ds, M_CELL_MISSING, matrix->at, "the matrix has no cell %s of %s",
                        pillars[p], sides[s]);
        }
}
