/* answer.h - what a metric query answers. Data only; face/answer.h renders it.
 *
 * In:     filled by insight.c.   Out: read by faces, doors and tests.   Owns: nothing; all of it lives in one arena.
 * Rule:   a figure is exact; it is rounded once, by whoever prints it. "No value" has a reason and is never 0.
 */
#ifndef REVOS_INSIGHT_ANSWER_H
#define REVOS_INSIGHT_ANSWER_H

#include "base/period.h"
#include "base/ratio.h"
#include "model/model.h"

enum figure_kind { FIGURE_NONE, FIGURE_NUMBER, FIGURE_MONEY, FIGURE_TEXT };

/* Why there is no value. */
enum no_value {
    NV_NOT,          /* there is one */
    NV_NO_RECORDS,   /* the object has no records at all */
    NV_NEVER_FILLED, /* a field it needs is empty in all of them */
    NV_EMPTY,        /* no record met the condition, and the aggregate of none is not 0 */
    NV_ZERO_DIVISOR,
    NV_NO_INPUT, /* an input has no value */
    NV_FUTURE,   /* the bucket has not begun yet */
    NV_RANGE,    /* beyond 37 digits */
    NV_MIXED,    /* over groups of which it has no total: `only_by` */
    NV_COUNT
};
const char *no_value_name(enum no_value v); /* "zero_divisor" */

struct figure {
    enum figure_kind kind;
    struct ratio exact; /* FIGURE_NUMBER; FIGURE_MONEY in major units of the company's currency */
    struct str text;    /* FIGURE_TEXT */
    enum no_value why;  /* FIGURE_NONE */
    struct str because; /* FIGURE_NONE: one sentence */
    uint64_t rows;      /* records that count in it; of a derived figure, the sum of its inputs' */
};

struct answer_key {
    bool none;        /* the group of records without a value */
    struct str value; /* stable: a name, a number's text, the text of an id */
    struct str label; /* for people */
};

struct answer_row {
    const struct answer_key *keys; /* by dimension */
    bool has_bucket;
    struct period bucket;
    struct figure figure;
    bool has_compare;
    struct figure compare;
};

/* Records left out of an input, and why. */
enum left_out {
    LEFT_CONDITION, /* the condition is absent for them */
    LEFT_TIME,      /* no value in the time field */
    LEFT_VALUE,     /* nothing to aggregate */
    LEFT_RATE,      /* no rate of exchange */
    LEFT_LATER,     /* they took effect after the as-of */
    LEFT_COUNT
};
const char *left_out_name(enum left_out v);

struct exclusion {
    const struct metric *metric;
    enum left_out why;
    uint64_t count;
    struct str sentence;
};

/* "EUR", "days", "%", or what the model says; may be empty. */
struct str metric_unit(const struct model *m, const struct metric *metric, struct arena *a);

/* What the figures rest on. */
struct lineage {
    uint64_t seq; /* the ledger up to this event … */
    struct digest hash;
    uint32_t model_version; /* … read with this version of the definitions */
    bool has_as_of, has_known;
    struct instant as_of, known;
    struct instant now; /* what `now` meant in conditions */
    struct str zone;
    struct str rates; /* version of the rates of exchange, 12 hex digits; empty: none */
};

struct answer {
    const struct metric *metric;
    const struct model *model;
    struct lineage lineage;
    enum figure_kind kind;        /* of its figures */
    struct str unit;              /* "EUR", "days", "%"; may be empty */
    struct str where;             /* further condition of the query; may be empty */
    const struct str *dimensions; /* names */
    size_t n_dimensions;
    bool has_window;
    struct date from, to; /* [from, to) of company days */
    bool has_grain;
    enum grain grain;
    struct str compare;
    struct date compare_from, compare_to;
    struct answer_row *rows; /* by bucket, then keys; the group of none last */
    size_t n_rows;
    struct figure total; /* over all groups and buckets, where that means something */
    bool has_total;
    struct exclusion *left_out;
    size_t n_left_out;
    struct str population; /* sentence: which records count */
};

/* ---- explain ------------------------------------------------------------------------------------------------ */

/* A record behind a figure. */
struct explained_record {
    uint64_t id;
    struct str shown; /* "opp_…" */
    struct str title; /* what it is called, where the caller knows; may be empty */
    bool has_value;
    struct ratio
        value; /* what it adds: 1 of a count, its amount, its days; conversion: 1 or 0; cohort: at the start */
    bool has_second;
    struct ratio second; /* cohort: at the end */
};

/* One metric of the tree that makes a figure. */
struct explained {
    const struct metric *metric;
    size_t depth; /* 0: the metric asked for; its inputs follow it */
    struct figure figure;
    bool is_leaf; /* has records of its own */
    const struct object *object;
    struct str population;
    struct explained_record *records; /* this page, by id */
    size_t n_records;
    uint64_t total; /* records in all */
    struct str sql; /* what the records and the figure were read with */
};

struct explanation {
    struct answer answer; /* the one figure */
    struct explained *parts;
    size_t n_parts;
    size_t offset, limit;
};

/* ---- funnel --------------------------------------------------------------------------------------------------- */

struct funnel_stage {
    const struct stage *stage;
    uint64_t records;
    bool has_share, has_of_first;
    struct ratio share, of_first; /* of the stage before, of the first */
};

struct funnel {
    const struct process_def *process;
    struct funnel_stage *stages; /* as the process has them */
    bool has_window;
    struct date from, to;
    struct lineage lineage;
};

#endif
