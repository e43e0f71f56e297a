/* metric.h - metrics, dashboards and the nine cells, as part of a compiled model (model.h).
 *
 * In, out: constants once compiled; docs/model.md says what each kind computes.   Owns: nothing.
 * Never:   computes; insight does.
 */
#ifndef REVOS_MODEL_METRIC_H
#define REVOS_MODEL_METRIC_H

#include "base/hash.h"
#include "model/rule.h"

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
    struct str *only_by; /* names of dimensions without which, over whose groups, it has no value */
    size_t n_only_by;
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

#endif
