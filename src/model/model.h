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

#include "base/diag.h"
#include "base/hash.h"
#include "base/value.h"
#include "expr/expr.h"

struct object;
struct node; /* a YAML value with marks; model/tree.h */

/* ---- company and people ---------------------------------------------------------------------------------- */

struct team_seed;

struct person_seed {
    struct str name; /* the short name used as owner everywhere: "ana" */
    struct str full_name, email, role;
    const struct person_seed *manager; /* may be NULL */
    const struct team_seed *team;      /* may be NULL */
    bool active;
    struct span at;
};

struct team_seed {
    struct str name, label;
    const struct person_seed *lead;
    const struct person_seed **members;
    size_t n_members;
    struct span at;
};

struct company {
    struct str name;
    struct currency currency;
    struct str timezone;              /* IANA; fixed at init */
    uint8_t fiscal_month, fiscal_day; /* first day of the fiscal year */
    const struct person_seed *owner;  /* of what names none and has no object; may be NULL */
    struct str arr_band, motion;
};

struct fx_source {
    struct str file;                     /* path in the workspace; empty: one currency */
    struct str basis_open, basis_closed; /* "plan_rate" or a date field */
};

/* ---- objects ---------------------------------------------------------------------------------------------- */

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
    bool review; /* a person decides */
};

struct rule;
struct process_def;

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
    struct field **fields;          /* system fields first, then as written */
    size_t n_fields;
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
/* Builtin objects, at fixed numbers; the model may add fields and keys to them. Team members are the people whose
 * `team` it is. Fields of person: name (the short name), full_name, email, role, manager, team, active; of team: name,
 * label, lead. */
enum { ON_PERSON = 1, ON_TEAM = 2, ON_FIRST_FREE = 16 };

/* ---- rules, pipelines, lifecycles ------------------------------------------------------------------------- */

enum enforcement { ENFORCE_DENY, ENFORCE_WARN, ENFORCE_AUDIT };

struct rule {
    struct str id; /* "OPP-1", unique in the model */
    const struct object *object;
    struct expr *when; /* NULL: always */
    struct expr *require;
    const struct field *field; /* the one to show beside it; may be NULL */
    struct str message, help;
    enum enforcement enforcement;
    struct date applies_from; /* days INT32_MIN: always */
    const struct person_seed *owner;
    struct span at;
};

enum stage_outcome { OUTCOME_OPEN, OUTCOME_WON, OUTCOME_LOST };
enum advance { ADVANCE_MANUAL, ADVANCE_AUTO, ADVANCE_HANDOFF, ADVANCE_CONVERT };
enum move_policy { MOVE_ALLOW, MOVE_REASON, MOVE_FORBID };

struct stage {
    struct str name, label, description;
    uint32_t number; /* value of the stage field; one number per name within the object's field */
    size_t position;
    struct decimal probability; /* 0..1 */
    struct str forecast;        /* forecast category; may be empty */
    enum stage_outcome outcome;
    enum advance advance;
    struct duration max_age;
    struct rule **enter, **exit; /* gates */
    size_t n_enter, n_exit;
    bool initial, requires_reason;
    const struct stage *moved_to; /* retired, as an enum value; NULL while in force */
    struct span at;
};

enum process_kind { PROCESS_PIPELINE, PROCESS_LIFECYCLE };

/* A pipeline or a lifecycle: ordered stages of one object in one field. */
struct process_def {
    enum process_kind kind;
    struct str name, label, description;
    uint32_t number;
    const struct object *object;
    const struct person_seed *owner;
    struct field *field, *since,
        *closed_at; /* stage field and its two companions; closed_at NULL without outcomes */
    struct stage *stages;
    size_t n_stages;
    enum move_policy skip, back;
    struct span at;
};

/* ---- metrics, dashboards, matrix --------------------------------------------------------------------------- */

enum metric_kind {
    METRIC_SIMPLE,
    METRIC_RATIO,
    METRIC_DERIVED,
    METRIC_CUMULATIVE,
    METRIC_CONVERSION,
    METRIC_COHORT,
    METRIC_SNAPSHOT,
    METRIC_STAGE_TIME
};

/* A path from an object to a field: account.segment is {account, segment}. */
struct path {
    struct str text;
    const struct object *object; /* where it starts */
    const struct field **steps;  /* references, then the last field */
    size_t n_steps;
};

/* What a metric is offered by. Over a derived metric it has a name only; its inputs have the paths. */
struct dimension {
    struct str name;  /* the path's text unless named */
    struct path path; /* n_steps 0 for ratio, derived, cumulative and cohort metrics */
};

enum period_unit {
    PERIOD_NONE,
    PERIOD_DAY,
    PERIOD_WEEK,
    PERIOD_MONTH,
    PERIOD_QUARTER,
    PERIOD_YEAR,
    PERIOD_FISCAL_QUARTER,
    PERIOD_FISCAL_YEAR
};

/* A length of calendar time; base/period.h has the periods themselves. */
struct period_length {
    uint32_t count; /* 12 of "12 months"; 1 for a grain */
    enum period_unit unit;
};

enum metric_shape { SHAPE_NUMBER, SHAPE_MONEY };
enum cohort_measure { COHORT_NET, COHORT_GROSS, COHORT_LOGO, COHORT_FLOW };

/* Expected range; of everybody, or of one value of a dimension. */
struct benchmark {
    struct str value; /* empty: everybody */
    struct decimal low, high;
};

struct metric_term; /* arithmetic tree of a derived metric; model/metric_expr.h */

/* docs/model.md, "Metrics", says what each kind computes from these. */
struct metric {
    struct str name, label, description, so_what, unit;
    enum metric_kind kind;
    enum metric_shape shape;
    const struct person_seed *owner;
    const struct object *object; /* NULL for ratio, derived, cumulative, cohort */
    struct expr *where;          /* may be NULL */
    struct dimension *dimensions;
    size_t n_dimensions;
    bool dimension_at_event; /* `at: event` */
    enum period_unit grain;  /* default grain; PERIOD_NONE: one figure */
    /* simple, snapshot, stage_time */
    enum aggregate aggregate;
    struct path value;        /* aggregated field; n_steps 0 for count and for value_expr */
    struct expr *value_expr;  /* an expression instead of a path */
    const struct field *time; /* simple: decides the bucket */
    bool take_start;          /* snapshot: at the bucket's start; stage_time: bucket by entry */
    /* ratio, derived, cumulative, cohort */
    const struct metric *numerator, *denominator;
    struct metric_term *expr;     /* of ratio too: numerator / denominator */
    const struct metric **inputs; /* each once, in order of appearance */
    size_t n_inputs;
    /* cumulative: inputs[0] over `window`, or since the start of `to_date`, or since ever; cohort: length of `window` */
    struct period_length window;
    enum period_unit to_date;
    /* conversion, stage_time */
    const struct process_def *process;
    const struct stage *from, *to; /* stage_time: `from` */
    struct period_length within;   /* PERIOD_NONE: any time */
    bool per_visit, base_nearest;
    /* cohort */
    const struct metric *start;
    enum cohort_measure measure;
    const struct metric **plus, **minus;
    size_t n_plus, n_minus;
    struct path entity; /* n_steps 0: the record itself */
    /* what it should be */
    struct benchmark *benchmarks;
    size_t n_benchmarks;
    struct str benchmark_by, benchmark_source;
    bool has_at_least, has_at_most;
    struct decimal target_at_least, target_at_most;
    struct digest definition; /* of its meaning: equal digests, equal numbers */
    struct span at;
};

struct tile {
    struct str kind;    /* "metric", "funnel", "list", "queue" */
    struct str target;  /* name of the metric, lifecycle, list */
    struct path by;     /* dimension; n_steps 0 when none */
    struct str by_name; /* dimension as written; a derived metric has no path of its own */
    struct str compare, label,
        window; /* window: "this_quarter", "last_12_months" …; may be empty */
    enum period_unit grain;
    struct span at;
};

struct dashboard {
    struct str name, label, description, audience, refresh;
    const struct person_seed *owner;
    struct tile *tiles;
    size_t n_tiles;
    struct span at;
};

struct cell {
    struct str pillar, side; /* "data" | "process" | "insight", "sales" | "marketing" | "success" */
    const struct person_seed *owner;
    struct str *artefacts; /* "pipelines.new_business", each resolved */
    size_t n_artefacts;
    struct str feeds;
    struct span at;
};

/* A definition whose machinery comes later, already parsed, resolved and type-checked: scores, routes, handoffs … */
struct definition {
    struct str kind, name; /* "handoffs", "mql_to_sales" */
    const struct person_seed *owner;
    const struct object *object; /* may be NULL */
    const struct node *node;
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
    const struct node *root; /* the merged tree, for keys read by later rooms */
    const struct source_set *sources;
    const struct numbering *numbering; /* every number in force, old ones included */
    struct map object_by_name, metric_by_name, person_by_name;
};

/* ---- compile ------------------------------------------------------------------------------------------------ */

struct source_set {
    struct source *
        files; /* sorted by name; revos.yaml and every *.yaml below the workspace but tests/ maps/ .revos/ */
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
const struct field *object_field_numbered(const struct object *o, uint32_t number);
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
