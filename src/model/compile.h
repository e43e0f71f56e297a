/* compile.h - the parts of model_compile(), in the order they run.
 *
 * In:     the tree after shape_check(); later parts rely on earlier ones.
 * Out:    members of c->m.
 * Errors: diagnostics; a part goes on with what it could make of the rest, and marks nodes `broken`.
 * Never:  seen outside src/model.
 */
#ifndef REVOS_MODEL_COMPILE_H
#define REVOS_MODEL_COMPILE_H

#include "model/codes.h"
#include "model/model.h"
#include "model/numbering.h"
#include "model/shape.h"
#include "model/tree.h"

/* An object while it is built; `o` is what the model keeps. */
struct object_build {
    struct object o;   /* first: a struct object of the model is one of these */
    struct node *node; /* its YAML; NULL for builtins that the model leaves as they are */
    bool placed;       /* in the final order */
    struct map fields; /* by name */
    size_t fields_cap, children_cap, rules_cap, processes_cap;
};

struct compile {
    struct arena *arena;
    struct diags *ds;
    struct model *m;
    struct node *root;
    struct numbering *numbers;
    bool complete;              /* every file could be read: a missing name is missing */
    bool untyped;               /* some field is: what needs its type stays quiet */
    struct map builds;          /* object name to struct object_build */
    struct map artefacts;       /* "pipelines.new_business" to its node */
    struct map teams;           /* name to struct team_seed */
    const struct xobject *json; /* what conditions see of a json field: nothing */
    struct str *calendars;
    size_t n_calendars;
};

/* people.c: company, fx, people, teams. */
void compile_company(struct compile *c);
void compile_people(struct compile *c);
/* The person named by a scalar node; NULL for a NULL or broken node, or after complaining. */
const struct person_seed *compile_person(struct compile *c, struct node *n);
/* `owner` of a definition, else `fallback`, else that of `o` (may be NULL), else the company's; complains when there is none. */
const struct person_seed *compile_owner(struct compile *c, struct node *def, const struct object *o,
                                        const struct person_seed *fallback);

/* names.c: what exists under which name. */
void collect_artefacts(struct compile *c);
/* Nodes of the list under top-level `key`; only maps, broken ones too. */
const struct node *section_list(const struct compile *c, const char *key);
struct object *compile_object(struct compile *c,
                              struct node *n); /* complains when unknown; NULL likewise */
/* A field of `o` by the text of `n`; complains. */
struct field *compile_field(struct compile *c, const struct object *o, struct node *n);
struct field *field_named(const struct object *o, struct str name);
/* Whether `text` leads through a field that is broken, which was told. */
bool path_is_broken(const struct object *o, struct str text);
void unknown_field(struct compile *c, const struct object *o, struct span at, struct str name);
/* Names of the fields or children of an object, for "did you mean". */
size_t field_names(const struct object *o, struct arena *a, struct str **out);

/* objects.c, fields.c, children.c: objects with all fields and numbers, then lists of children, then order. */
void compile_objects(struct compile *c);
struct field *add_field(struct compile *c, struct object *o, struct str name, enum field_type type,
                        enum field_kind kind, struct str was, struct span at);
void compile_fields(struct compile *c);
void compile_children(struct compile *c);
void compile_keys(struct compile *c);   /* keys, match rules, time fields */
void compile_titles(struct compile *c); /* titles.c: what records are called */
struct str english_plural(struct arena *a, struct str word);

/* processes.c: stage fields first, since conditions read them; gates later. */
void compile_stage_fields(struct compile *c);
void compile_gates(struct compile *c);

/* view.c: the objects as expressions see them. */
void compile_view(struct compile *c);
/* A condition or expression of `n` over `self`; NULL for a NULL or broken node, or after complaining. */
struct expr *compile_expr(struct compile *c, struct node *n, enum xplace place, enum xkind want,
                          const struct object *self);
enum xkind field_xkind(const struct field *f);

/* derived.c: computed fields and roll-ups. */
void compile_computed(struct compile *c);

/* rules.c */
void compile_rules(struct compile *c);
struct rule *compile_rule(struct compile *c, struct node *n, struct object *o, enum xplace place,
                          const struct person_seed *owner);

/* metrics.c */
void compile_metrics(struct compile *c);

/* boards.c: dashboards and the matrix. */
void compile_dashboards(struct compile *c);
void compile_matrix(struct compile *c);

/* scores.c: fields that scores and health add, and what shapes cannot say of them. */
void compile_derived_fields(struct compile *c);
void check_score(struct compile *c, const struct definition *d);
void check_health(struct compile *c, const struct definition *d);

/* later.c: every other definition. */
void compile_later(struct compile *c);

/* seeds.c: records that the workspace's files begin. */
void compile_seeds(struct compile *c);

/* derived.c: no field that Revos makes depends on itself. */
void compile_circles(struct compile *c);

/* refuse.c: errors between definitions. */
void compile_refusals(struct compile *c);

/* lint.c, unused.c: what a reviewer would raise, once everything else is right. */
void compile_lints(struct compile *c);
void lint_unused(struct compile *c);

/* canon.c: digests of meaning. */
void compile_digests(struct compile *c);

/* Small readers for scalars whose shape was checked. */
bool read_bool(const struct node *map, const char *key, bool fallback);
struct duration read_duration(const struct node *map, const char *key);
bool read_decimal(const struct node *map, const char *key, struct decimal *out);
/* Position of the word under `key` in `words` (ends with NULL); `fallback` when absent or broken. */
int read_word(const struct node *map, const char *key, const char *const *words, int fallback);

#endif
