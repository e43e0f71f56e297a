/* canon.h - the meaning of a model as a flat list of items with properties: no order of files, comments or quotes.
 *
 * In:     a compiled model.
 * Out:    items sorted by kind and identity; the digest of a model; the difference of two (diff.h).
 * Owns:   nothing; texts live in the arena given.
 * Never:  contains a place in a file, or a number where a name says it.
 */
#ifndef REVOS_MODEL_CANON_H
#define REVOS_MODEL_CANON_H

#include "model/model.h"

enum item_kind {
    ITEM_COMPANY,
    ITEM_SECTION,
    ITEM_PERSON,
    ITEM_TEAM,
    ITEM_OBJECT,
    ITEM_FIELD,
    ITEM_VALUE,
    ITEM_KEY,
    ITEM_RULE,
    ITEM_PROCESS,
    ITEM_STAGE,
    ITEM_GATE,
    ITEM_METRIC,
    ITEM_DASHBOARD,
    ITEM_CELL,
    ITEM_DEFINITION,
    ITEM_SEED, /* a row of a file that begins a record */
    ITEM_KIND_COUNT
};
const char *item_kind_name(enum item_kind k); /* "stage" */

struct item_property {
    const char *name; /* "required", "require", "owner" … */
    struct str text;
};

struct item {
    enum item_kind kind;
    struct str identity; /* stays when the name changes: made of numbers where there are some */
    struct str parent;   /* identity of the item it belongs to; empty when it stands alone */
    struct str name;     /* as people know it: "opportunity.amount" */
    const void *
        of; /* struct object, field, enum_value, key_def, rule, process_def, stage, metric, dashboard, cell,
                            definition, person_seed, team_seed, seed_row; NULL for company and sections */
    VEC(struct item_property) properties; /* in a fixed order; empty ones left out */
};

struct item_list {
    struct arena *arena;
    VEC(struct item) list;
};

void model_items(const struct model *m, struct arena *a, struct item_list *out);
/* Digest of everything a metric's figure depends on: not its name, labels, owner or target. */
struct digest metric_digest(const struct metric *m, struct arena *a);

#endif
