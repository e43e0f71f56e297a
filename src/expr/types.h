/* types.h - what an expression can see: types, objects, fields, children, and the place it stands in.
 *
 * In:     built by the model (objects, fields) and by whoever compiles an expression (scope).
 * Out:    the vocabulary of expr.h and sql.h.
 * Owns:   nothing; all of it must outlive every expression compiled against it.
 * Never:  knows a table, a YAML key or a store.
 */
#ifndef REVOS_EXPR_TYPES_H
#define REVOS_EXPR_TYPES_H

#include "base/value.h"

enum xkind {
    X_DYN, /* known at run time only */
    X_NULL,
    X_BOOL,
    X_INT, /* 64 bits, overflow is a fault */
    X_UINT,
    X_DOUBLE, /* also stored numbers (decimals), which a double carries without loss */
    X_STRING, /* text, enum and stage names, currencies, e-mail, country … */
    X_BYTES,
    X_DURATION,
    X_TIMESTAMP, /* stored instants */
    X_DATE,      /* a day without zone; never compares with a timestamp */
    X_MONEY,
    X_RECORD, /* a record of `object`; references are records */
    X_STRUCT, /* a stored JSON object with the known text members of `object` (utm) */
    X_LIST,   /* of `elem` */
    X_MAP,    /* from `key` to `elem` */
    X_TYPE,   /* a type as a value: type(1) == int */
    X_KIND_COUNT
};

struct xobject;

struct xtype {
    enum xkind kind;
    const struct xobject *object; /* X_RECORD, X_STRUCT */
    const struct xtype *elem;     /* X_LIST, X_MAP */
    const struct xtype *key;      /* X_MAP */
};

/* Number and name of an enum value or stage; retired ones included, since old records still hold them. */
struct xname {
    uint32_t number;
    struct str name;
    bool retired; /* may stand in a record, may not be written in an expression */
};

struct xfield {
    struct str name;
    uint32_t number; /* of the column */
    struct xtype type;
    enum value_type stored;
    bool optional;             /* may be empty; `check` warns when its absence is not thought of */
    bool derived;              /* computed, roll-up, score: nobody fills it by hand */
    const struct xname *names; /* VT_ENUM: the closed list */
    size_t n_names;
};

/* Records of another object that refer to us: `lead.touches`. */
struct xchild {
    struct str name; /* plural */
    const struct xobject *object;
    const struct xfield *via;  /* their reference to us */
    bool is_fact;              /* reached through an index on (parent, time), never loaded whole */
    const struct xfield *time; /* facts: when it happened; else NULL */
};

struct xobject {
    struct str name;
    uint32_t number;
    const struct xfield *fields;
    size_t n_fields;
    const struct xchild *children;
    size_t n_children;
};

const struct xfield *xobject_field(const struct xobject *o,
                                   struct str name); /* NULL when unknown */
const struct xchild *xobject_child(const struct xobject *o,
                                   struct str name); /* NULL when unknown */

/* The members of a utm field (source, medium, campaign, term, content), for its type {X_STRUCT, xobject_utm()}. */
const struct xobject *xobject_utm(void);

/* The type as a model author knows it: "string", "list(account)", into `out`. */
struct str xtype_text(const struct xtype *t, char out[96]);

/* Where an expression stands decides what it may use. */
enum xplace {
    XP_EVAL,      /* `revos eval`: plain CEL over `vars`, dynamically typed, IEEE doubles */
    XP_RULE,      /* when and require of a rule */
    XP_GATE,      /* criteria of a stage that people move into */
    XP_AUTO_GATE, /* criteria of a stage with `advance: auto` */
    XP_ROLE,      /* row rules of a role */
    XP_COMPUTED,  /* computed fields */
    XP_ROLLUP,    /* `where` of a roll-up, over the child */
    XP_METRIC,    /* `where` and value of a metric */
    XP_FILTER,    /* lists, --where, attribution channels, icp, territories */
    XP_TRIGGER, /* starts or stops something: trigger, offer_when, enrol_when, pause_when, done_when … */
    XP_AUTOMATION, /* `when` of an automation, void_when of an approval */
    XP_ROUTE,      /* rules of a route, approval chains: judged once, when they run */
    XP_SCORE,      /* points of a score, inputs of health */
    XP_COUNT
};

struct xplace_info {
    const char *name; /* for messages: "a computed field" */
    bool old;         /* `old` and changed() */
    bool actor;
    bool
        timed; /* now/today only against a stored time plus a constant, so that the next change is known */
    bool sql; /* must also run as SQL; more is an error at check */
};
const struct xplace_info *xplace_info(enum xplace p);

struct xvar {
    struct str name;
    struct xtype type;
};

/* Bounds of one expression. expr_limits_model() is for model text, expr_limits_eval() for `revos eval`. */
struct xlimits {
    size_t source_bytes;
    uint32_t depth; /* nesting of the tree */
    uint32_t nodes;
    uint32_t macro_depth; /* exists within exists … */
    uint64_t cost;        /* steps: estimated at check, counted at run time */
};
const struct xlimits *expr_limits_model(
    void); /* 4 KiB, depth 32, 512 nodes, macros 2 deep, 100,000 steps */
const struct xlimits *expr_limits_eval(void);

/* Names in scope: the object by its own name, `now`, `today`, `old` and `actor` where the place allows, `vars`. */
struct xscope {
    enum xplace place;
    const struct xobject *self;   /* NULL: only `vars` */
    const struct xobject *person; /* type of `actor` */
    const struct xvar *vars;      /* further names; values at run time by position */
    size_t n_vars;
    const struct str *calendars; /* names that business_hours_between() may take */
    size_t n_calendars;
    struct currency currency;         /* of the company: money('100') without a code */
    uint8_t fiscal_month, fiscal_day; /* first day of the fiscal year; 0: 1 January */
    bool selects;                     /* a `when`: warn of optional fields that nothing guards */
    const struct xlimits *limits;     /* NULL: expr_limits_model() */
};

#endif
