/* shape.h - what may stand where in a workspace, as tables.
 *
 * In:     a tree (tree.h).
 * Out:    the same tree, every scalar readable as its shape says; broken nodes marked so that nobody complains twice.
 *         From the same tables: "did you mean", the JSON Schema, the key tables of docs/model.md.
 * Errors: M012x in `ds`.
 * Never:  resolves a name; resolve.c does that when the names are known.
 */
#ifndef REVOS_MODEL_SHAPE_H
#define REVOS_MODEL_SHAPE_H

#include "expr/types.h"
#include "model/tree.h"

enum shape_kind {
    /* scalars that stand for themselves */
    SH_TEXT,
    SH_NAME,
    SH_INT,
    SH_NUMBER,
    SH_BOOL,
    SH_DATE,
    SH_DURATION,
    SH_WORKTIME,
    SH_PERCENT,
    SH_PERIOD,
    SH_WORD,
    SH_CURRENCY,
    SH_ZONE,
    SH_SECRET,
    SH_FILE,
    SH_PRICE,
    SH_CLOCK,
    SH_CLOCKS,
    SH_MONTH_DAY,
    SH_BAND,
    /* scalars that name something */
    SH_PERSON, /* a person; or one of `words` */
    SH_OBJECT,
    SH_FIELD,    /* of the object at hand */
    SH_REF,      /* a reference field of the object at hand */
    SH_MEMBER,   /* a field or list of children of the object at hand */
    SH_FIELD_OF, /* object.field */
    SH_PATH,     /* fields from the object at hand: account.segment */
    SH_RECORD,   /* the object at hand by its name, or a reference from it: lead.account */
    SH_STAGE,    /* a stage of the object at hand */
    SH_DEF,      /* a definition under the top-level key `what`; or one of `words` */
    SH_ARTEFACT, /* any definition: pipelines.new_business */
    SH_CEL,      /* a condition or expression: `place`, `want` */
    /* structures */
    SH_LIST,   /* of `of` */
    SH_MAP,    /* with `keys` */
    SH_TABLE,  /* free names to `of`; `table_key` says what the names are */
    SH_SET,    /* fields of the object made or changed, to expressions */
    SH_EITHER, /* `of` when a scalar, `list` when a list, `keys` when a map */
    SH_ANY
};

enum shape_scope {
    SCOPE_SAME,      /* conditions inside are over the object outside */
    SCOPE_OBJECT,    /* the map's `object` or `subject` key says over what */
    SCOPE_TARGET,    /* the map's `object` key says what is made; a condition is over it */
    SCOPE_REFERENCE, /* the map's `field` key is a reference: what it leads to is the target */
    SCOPE_KEY        /* table: each name is the object */
};

struct key;

struct shape {
    enum shape_kind kind;
    enum shape_kind
        table_key; /* SH_TABLE: SH_NAME, SH_TEXT, SH_OBJECT, SH_FIELD, SH_PERSON, SH_FIELD_OF */
    enum shape_scope scope;
    const struct shape *of, *list;
    const struct key *keys;   /* ends with a NULL name */
    const char *const *words; /* ends with NULL */
    const char *what;         /* SH_DEF: top-level key */
    enum xplace place;        /* SH_CEL */
    enum xkind want;          /* SH_CEL */
    bool bounded;             /* SH_INT: min to max */
    int64_t min, max;
    bool nonempty; /* SH_LIST */
};

struct key {
    const char *name;
    const struct shape *shape;
    bool required;
    const char *doc; /* one line */
};

/* A top-level key. */
struct section {
    const char *name;
    const struct shape *shape;
    bool singular;
    bool core; /* compiled by a module of its own; else kept as definitions */
    const char *doc;
};
extern const struct section model_sections[]; /* ends with a NULL name */

/* Checks the whole tree against the sections. */
void shape_check(struct node *root, struct diags *ds);

/* The key tables of docs/model.md. */
void shape_markdown(struct buf *out);

#endif
