/* object.h - kinds of records and their fields, as part of a compiled model (model.h).
 *
 * In, out: constants once compiled, names resolved, numbers given.   Owns: nothing.
 * Never:   knows a table; columns are named by numbers elsewhere.
 */
#ifndef REVOS_MODEL_OBJECT_H
#define REVOS_MODEL_OBJECT_H

#include "expr/expr.h"
#include "model/people.h"

enum field_type {
    FT_TEXT,
    FT_INTEGER,
    FT_NUMBER,
    FT_BOOLEAN,
    FT_MONEY,
    FT_DATE,
    FT_INSTANT,
    FT_ENUM,
    FT_EMAIL,
    FT_PHONE,
    FT_DOMAIN,
    FT_URL,
    FT_COUNTRY,
    FT_CURRENCY,
    FT_REF,
    FT_UTM,
    FT_JSON,
    FT_COUNT
};

struct field_type_info {
    const char *name;       /* as written in YAML */
    enum value_type stored; /* what a value of it is in patches and columns */
};
const struct field_type_info *field_type_info(enum field_type t);

enum invalid_policy { INVALID_REFUSE, INVALID_QUARANTINE, INVALID_BLANK_AND_FLAG };

/* Who fills a field. */
enum field_kind {
    FIELD_PLAIN,    /* commands set it */
    FIELD_SYSTEM,   /* id, created_at, updated_at, <stage>_since, closed_at: the engine sets it */
    FIELD_STAGE,    /* the field of a pipeline or lifecycle: commands set it, gates guard it */
    FIELD_COMPUTED, /* `computed:` a CEL expression over the record, its references and children */
    FIELD_ROLLUP,   /* `rollup:` an aggregate over children */
    FIELD_DERIVED   /* written by a score or health definition */
};

enum aggregate {
    AGG_COUNT,
    AGG_SUM,
    AGG_AVERAGE,
    AGG_MIN,
    AGG_MAX,
    AGG_MEDIAN,
    AGG_COUNT_DISTINCT,
    AGG_LATEST
};

struct enum_value {
    struct str name, label, description;
    uint32_t number; /* > 0, never reused */
    bool closed;     /* of a builtin object's `state`: nothing is left to do about the record */
    const struct enum_value
        *moved_to; /* retired: what records that have it become; NULL while in force */
    struct span at;
};

struct rollup {
    const struct object *of;   /* children counted */
    const struct field *via;   /* their reference to us */
    const struct field *field; /* NULL for count */
    enum aggregate aggregate;
    struct expr *where;     /* may be NULL; over the child */
    struct duration window; /* 0: all time; facts only */
};

struct field {
    struct str name, label, description;
    uint32_t number; /* column number within the object, > 0, never reused */
    enum field_type type;
    enum field_kind kind;
    const struct object *object;
    const struct object *to;   /* FT_REF */
    struct enum_value *values; /* FT_ENUM and stage fields; ordered as written */
    size_t n_values;
    bool required, personal;
    bool engine; /* of a builtin object: only effects of the process set it */
    bool has_min, has_max;
    struct decimal min, max;
    struct str source; /* who is expected to fill it: "enrichment", an integration; empty: people */
    struct str person_of;        /* name of the reference field whose person this value is about */
    struct duration stale_after; /* 0: never */
    enum invalid_policy invalid;
    struct expr *computed;
    struct rollup *rollup;
    const struct xfield *x; /* the same field as expressions see it */
    bool untyped; /* its type or target could not be read; never in a model that compiled */
    struct str default_text;
    struct span at;
};

/* A list of records of another object that refer here: `lead.touches`. */
struct child {
    struct str name; /* plural */
    const struct object *object;
    const struct field *via;
};

enum object_mode { MODE_RECORD, MODE_OVERLAY };
enum on_delete { ON_DELETE_KEEP, ON_DELETE_REFUSE };

struct key_def {
    struct str name; /* the field, or fields joined by '+' in the order of their names */
    const struct field **fields;
    size_t n_fields;
    uint32_t number;
};

struct match_rule {
    const struct field **exact;
    size_t n_exact;
    const struct field *similar; /* NULL: exact only */
    struct decimal at_least;
    uint32_t likeness; /* at_least in millionths (base/likeness.h) */
    bool review;       /* a person decides */
};

struct rule;
struct process_def;

/* TITLE_STEPS: a record may be called after one that is called after another, so often. */
enum { TITLE_PARTS = 3, TITLE_STEPS = 3 };

struct object {
    struct str name, plural, label, description;
    struct str prefix; /* of shown ids: "opp" */
    uint32_t number;
    const struct person_seed *owner;
    enum object_mode mode;
    enum on_delete on_delete;
    bool is_fact;
    bool builtin;                /* person, team, … : there without being written in the model */
    const struct object *parent; /* `parent: opportunity` */
    const struct field *time_field; /* facts: when it happened */
    /* What a record is called: these of its fields that are filled, texts and what references lead to; or else that text. */
    const struct field *title[TITLE_PARTS];
    size_t n_title; /* 0: by its id */
    const struct field *title_else;
    struct field **fields; /* system fields first, then as written */
    size_t n_fields;
    uint16_t *
        places; /* hash of names: place in `fields` + 1; 0: free. NULL until all fields are there */
    size_t n_places; /* a power of two */
    struct child *children;
    size_t n_children;
    struct key_def *keys;
    size_t n_keys;
    struct match_rule *match;
    size_t n_match;
    struct rule **rules; /* rules whose object this is */
    size_t n_rules;
    struct process_def **processes; /* pipelines and lifecycles */
    size_t n_processes;
    const struct xobject *x;
    struct span at;
};

/* The fields every object has, at fixed numbers. */
enum { FN_ID = 1, FN_OWNER = 2, FN_CREATED_AT = 3, FN_UPDATED_AT = 4, FN_FIRST_FREE = 16 };
/* Builtin objects, at fixed numbers (builtin.h has their fields); the model may add fields and keys to them. Team members
 * are the people whose `team` it is. All but person and team exist only in a model with a process. */
enum {
    ON_PERSON = 1,
    ON_TEAM = 2,
    ON_HANDOFF = 3,
    ON_CLOCK = 4,
    ON_TASK = 5,
    ON_ENROLMENT = 6,
    ON_NOTIFICATION = 7,
    ON_WAIVER = 8,
    ON_APPROVAL = 9,
    ON_ASSIGNMENT = 10,
    ON_POOL_MEMBER = 11,
    ON_BLOCKED = 12,
    ON_ABSENCE = 13,
    ON_SEAT = 14,
    ON_QUOTA = 15,
    ON_TERRITORY = 16,
    ON_SHARE = 17,
    ON_FIRST_FREE = 64
};

#endif
