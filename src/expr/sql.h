/* sql.h - a compiled expression as SQL that means the same, or a refusal.
 *
 * In:     a plan, a dialect (leaves filled by the store driver), tables (by the store or the warehouse).
 * Out:    SQL text, the joins it needs, and bound parameters in order.
 * Owns:   nothing; text lives in the arena of the query.
 * Errors: RC_UNSUPPORTED with reason and place when the dialect cannot say it exactly; RC_LIMIT when the text grows too long.
 * Rule:   absent and fault are NULL; booleans are the dialect's; a faulty row never ends a query.
 */
#ifndef REVOS_EXPR_SQL_H
#define REVOS_EXPR_SQL_H

#include "expr/expr.h"

/* A leaf is a template: $1 $2 $3 are its operands, each safe to stand anywhere. NULL: this dialect has no exact form. */
enum xleaf {
    XL_PARAM_BOOL, /* $1 is the placeholder of a parameter; the leaf gives it its type */
    XL_PARAM_INT,
    XL_PARAM_DOUBLE,
    XL_PARAM_TEXT,
    XL_INT_ADD, /* integers: NULL on overflow and zero divisors, truncating */
    XL_INT_SUB,
    XL_INT_MUL,
    XL_INT_DIV,
    XL_INT_MOD,
    XL_INT_NEG,
    XL_DOUBLE_ADD, /* doubles: as IEEE 754, infinities may pass; division by zero is NULL */
    XL_DOUBLE_SUB,
    XL_DOUBLE_MUL,
    XL_DOUBLE_DIV,
    XL_DOUBLE_NEG,
    XL_FINITE,        /* $1, NULL when it is not finite */
    XL_WITHIN,        /* $1, NULL unless between the integers $2 and $3, both included */
    XL_FLOOR_DIV,     /* integer $1 by a positive constant $2, downwards */
    XL_INT_OF_DOUBLE, /* towards zero; NULL unless -2^63 < x < 2^63 */
    XL_INT_OF_TEXT,   /* [+-]digits, NULL else and out of range */
    XL_DOUBLE_OF_INT,
    XL_DOUBLE_OF_TEXT, /* digits with fraction and exponent, NULL else */
    XL_TEXT_OF_INT,
    XL_TEXT_OF_BOOL,
    XL_TEXT_SIZE, /* code points */
    XL_TEXT_CONCAT,
    XL_TEXT_CONTAINS,
    XL_TEXT_STARTS,
    XL_TEXT_ENDS,
    XL_TEXT_MATCHES, /* $2 is a parameter with a pattern of the common subset of RE2 and PCRE2 */
    XL_TEXT_LOWER,   /* A-Z only */
    XL_TEXT_DOMAIN,  /* what follows the last @, A-Z as a-z; '' when there is none */
    XL_JSON_MEMBER, /* text member of JSON text $1 named $2, a parameter; NULL when missing or empty */
    XL_DATE_YEAR, /* of days since 1970; month 1-12, day 1-31, Sunday 0, first day of the year 1 */
    XL_DATE_MONTH,
    XL_DATE_DAY,
    XL_DATE_WEEKDAY,
    XL_DATE_YEARDAY,
    XL_COUNT
};

struct xdialect {
    const char *name; /* "sqlite", "duckdb", "postgres" */
    char param;       /* '?' or '$': placeholder is this and the number */
    const char *leaf[XL_COUNT];
};

/* Pure functions that the SQLite driver registers as deterministic, so that its leaves have the evaluator's own meaning.
 * The driver checks nothing but NULL: an argument that is NULL gives NULL without a call. */
struct xfunction_arg {
    int64_t integer;
    double number;
    struct str text;
};
enum xfunction_kind { XF_INT, XF_DOUBLE, XF_TEXT, XF_BOOL };
struct xfunction {
    const char *name; /* "x_int_add" */
    int n_args;
    const char *args; /* kind of each: 'i' integer, 'd' double, 't' text */
    enum xfunction_kind result;
    bool (*call)(const struct xfunction_arg *args, struct arena *a,
                 struct xfunction_arg *out); /* false: NULL */
};
const struct xfunction *expr_functions(size_t *n);

/* Where records live. Each call appends SQL; `alias` names a row of `o`. */
struct xtables {
    void *ctx;
    /* The id of the row. */
    enum rc (*id)(void *ctx, struct str alias, const struct xobject *o, struct buf *out);
    /* A field as its stored form: integers for instants (µs), dates (days), enums and references; money fills both. Numbers as DOUBLE. */
    enum rc (*column)(void *ctx, struct str alias, const struct xobject *o, const struct xfield *f,
                      struct buf *out, struct buf *currency);
    /* The FROM item with its alias, and the condition that keeps living rows (or those of an as-of); `where` may stay empty. */
    enum rc (*table)(void *ctx, struct str alias, const struct xobject *o, struct buf *from,
                     struct buf *where);
    /* Optional (NULL: refused): company day of an instant; money in company currency (minor units); is person `id` below
     * `manager` in the reporting lines? */
    enum rc (*local_date)(void *ctx, struct str instant, struct buf *out);
    enum rc (*in_company)(void *ctx, struct str minor, struct str currency, struct str alias,
                          const struct xobject *o, struct buf *out);
    enum rc (*manages)(void *ctx, struct str manager, struct str person, struct buf *out);
};

/* A parameter: a literal, or a part of an expression that does not depend on the row (now, today, actor …). */
struct xparam {
    const struct expr *e; /* NULL: `value` is the literal */
    const struct node *node;
    bool currency;   /* of an amount, its code instead of its minor units */
    uint32_t number; /* as in the text; 0 while nothing uses it */
    struct value value;
};

struct xscope_sql;

/* One query under construction: several expressions and paths may share its joins and parameters. */
struct xquery {
    const struct xdialect *dialect;
    const struct xtables *tables;
    struct arena *arena;
    struct str root;  /* alias under which the caller's FROM holds rows of the object */
    size_t max_bytes; /* of one emitted expression; 64 KiB */
    uint32_t next_alias;
    struct xscope_sql *top; /* the emitter's own, as the next two */
    VEC(struct xparam) pending;
    struct buf new_joins;
    struct buf joins;          /* " LEFT JOIN ... ON ..." to put behind the caller's FROM item */
    VEC(struct xparam) params; /* in order of their numbers */
    uint32_t first_param;      /* number of params.v[0] */
    const char *reason;        /* after RC_UNSUPPORTED or RC_LIMIT */
    struct span at;
};

void xquery_init(struct xquery *q, const struct xdialect *d, const struct xtables *t,
                 struct str root, uint32_t first_param, struct arena *a);
void xquery_release(struct xquery *q);

enum xshape {
    XS_CONDITION, /* for WHERE: true exactly when met; anything else may be false or NULL */
    XS_VALUE /* three-valued; money appends its currency to `currency`, records give their id */
};
/* Appends `e` to `out`; `currency` may be NULL unless the type is money. Adds joins and parameters to `q`. */
MUST_CHECK enum rc expr_emit(const struct expr *e, struct xquery *q, enum xshape shape,
                             struct buf *out, struct buf *currency);
/* Appends the column at the end of a path of references from the root, sharing joins. */
MUST_CHECK enum rc xquery_path(struct xquery *q, const struct xobject *root,
                               const struct xfield *const *steps, size_t n, struct buf *out,
                               struct buf *currency);
/* Values of all parameters for one run; `values` has room for q->params.n. Absent and faulty ones are VT_ABSENT: NULL.
 * `reader` is asked for fields of the actor only. A stored value has no plain double, so those come apart. */
struct xbound {
    struct value value; /* VT_ABSENT when `is_double` */
    bool is_double;
    double number;
};
void xquery_bind(const struct xquery *q, const struct xreader *reader, const struct xhost *host,
                 const struct xbindings *b, struct arena *a, struct xbound *values);

/* Would every dialect with all leaves take it? RC_OK, or RC_UNSUPPORTED with `*reason` and `*at`. What `check` asks. */
MUST_CHECK enum rc expr_sql_check(const struct expr *e, const char **reason, struct span *at);

#endif
