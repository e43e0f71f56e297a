/* model.h - a checked, immutable revenue model.
 *
 * In:     source texts and the numbering of the live model (NULL for the first).
 * Out:    objects, fields, rules, pipelines, metrics … that every other room may trust: names resolved, types
 *         checked, conditions compiled, numbers given.
 * Owns:   nothing; every pointer lives in the arena given to model_compile().
 * Errors: adds to `ds` and returns RC_INVALID; `*out` is then NULL.
 * Never:  touches the store, the clock, files or the network.
 */
#ifndef REVOS_MODEL_MODEL_H
#define REVOS_MODEL_MODEL_H

#include "model/metric.h"

struct node; /* a YAML value with marks; model/tree.h */
struct seed_row;

/* A definition whose machinery comes later, already parsed, resolved and type-checked: scores, routes, handoffs … */
struct definition {
    struct str kind, name; /* "handoffs", "mql_to_sales" */
    const struct person_seed *owner;
    const struct object *object; /* may be NULL */
    const struct node *node;
    const struct expr *
        implied; /* handoffs: reads what can be a first touch, when the model does not say; else NULL */
    struct span at;
};

struct model {
    uint32_t version;     /* number given by apply; 0 while not live */
    struct digest digest; /* of the meaning: of the canonical form, not of the text */
    struct company company;
    struct fx_source fx;
    struct person_seed *people;
    size_t n_people;
    struct team_seed *teams;
    size_t n_teams;
    struct object **objects;
    size_t n_objects; /* parents before children, builtins first */
    struct rule **rules;
    size_t n_rules; /* stand-alone rules; gates hang on stages */
    struct process_def **processes;
    size_t n_processes;
    struct metric **metrics;
    size_t n_metrics; /* inputs before the metrics that use them */
    struct dashboard *dashboards;
    size_t n_dashboards;
    struct cell *cells;
    size_t n_cells;
    struct definition *definitions;
    size_t n_definitions;
    struct seed_row *seeds; /* records that the files begin; model/seeds.h */
    size_t n_seeds;
    const struct node *root; /* the merged tree, for keys read by later rooms */
    const struct source_set *sources;
    const struct numbering *numbering; /* every number in force, old ones included */
    struct map object_by_name, metric_by_name, person_by_name;
};

/* ---- compile ------------------------------------------------------------------------------------------------ */

struct source_set {
    struct source *
        files; /* sorted by name; revos.yaml, every *.yaml below the workspace but tests/ maps/ .revos/, the CSV
                  files of records that these name (seeds.h) */
    size_t n;
};

struct numbering; /* names to numbers, never reused; model/numbering.h */

/* Compiles `src`. `src`, `live` and `arena` must outlive `*out`. All problems are reported in one run. */
MUST_CHECK enum rc model_compile(const struct source_set *src, const struct numbering *live,
                                 struct arena *arena, struct model **out, struct diags *ds);

const struct object *model_object(const struct model *m, struct str name); /* NULL when unknown */
const struct object *model_object_numbered(const struct model *m, uint32_t number);
const struct metric *model_metric(const struct model *m, struct str name);
const struct person_seed *model_person(const struct model *m, struct str name);
const struct process_def *model_process(const struct model *m, struct str name);
const struct field *object_field(const struct object *o, struct str name);
/* Makes the table of names that the two below use, once all fields are there. */
void object_index(struct object *o, struct arena *a);
/* The position of that field in o->fields; o->n_fields when there is none. */
size_t object_place(const struct object *o, struct str name);
const struct field *object_field_numbered(const struct object *o, uint32_t number);
/* The one text field people call a record by; NULL: several, or what a reference leads to, or nothing but the id. */
const struct field *object_title(const struct object *o);
const struct child *object_child(const struct object *o, struct str plural);
const struct stage *process_stage(const struct process_def *p, struct str name);
const struct stage *process_stage_numbered(const struct process_def *p, uint32_t number);
const struct enum_value *field_value(const struct field *f, struct str name);
const struct enum_value *field_value_numbered(const struct field *f, uint32_t number);

/* The dimension `name` of a metric that has an object: a declared one, or any path that leads to a field. False and
 * `*out` zeroed when there is none. */
bool metric_dimension(const struct metric *m, struct str name, struct arena *arena,
                      struct path *out);
/* Resolves "account.segment" from `from`; a leading name of the object itself is allowed. */
bool model_path(const struct object *from, struct str text, struct arena *arena, struct path *out);
const char *period_unit_name(enum period_unit u); /* "fiscal_quarter"; "" for none */

/* The draft-07 JSON Schema of a workspace's YAML, for editors. */
void model_schema(struct buf *out);

#endif
