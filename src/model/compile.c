/* compile.c - the order in which a model comes about. */
#include "model/compile.h"

/* A doubled rule id within `rules` and a doubled name anywhere are told once, here, before anything is built on them. */
static void compile_names(struct compile *c)
{
    map_init(&c->m->person_by_name, c->arena);
    map_init(&c->teams, c->arena);
    collect_artefacts(c);
    compile_company(c);
    compile_people(c);
}

static void compile_records(struct compile *c)
{
    compile_objects(c);
    compile_fields(c);
    compile_stage_fields(c);
    compile_derived_fields(c);
    compile_children(c);
    compile_keys(c);
    compile_titles(c);
}

static void compile_conditions(struct compile *c)
{
    compile_view(c);
    compile_computed(c);
    compile_rules(c);
    compile_gates(c);
    compile_metrics(c);
    compile_dashboards(c);
    compile_matrix(c);
    compile_later(c);
    compile_seeds(c);
    compile_circles(c);
    compile_refusals(c);
}

enum rc model_compile(const struct source_set *src, const struct numbering *live,
                      struct arena *arena, struct model **out, struct diags *ds)
{
    *out = NULL;
    struct compile c = {.arena = arena, .ds = ds, .m = ARENA_NEW(arena, struct model)};
    size_t errors = ds->errors;
    c.numbers = numbering_new(live, arena);
    c.root = tree_read_model(src, arena, &c.complete, ds);
    shape_check(c.root, ds);
    c.m->sources = src;
    c.m->root = c.root;
    c.m->numbering = c.numbers;
    compile_names(&c);
    compile_records(&c);
    compile_conditions(&c);
    if (ds->errors > errors)
        return RC_INVALID;
    compile_digests(&c);
    compile_lints(&c);
    *out = c.m;
    return RC_OK;
}
