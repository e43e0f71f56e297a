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

/* A leaf is a template: $1 $2 $3 are its operands, already in parentheses where needed. NULL: this dialect has no exact form. */
enum xleaf {
    XL_PARAM_BOOL, /* $1 is the placeholder of a parameter; the leaf gives it its type */
    XL_PARAM_INT,
    XL_PARAM_DOUBLE,
    XL_PARAM_TEXT,
    XL_INT_ADD,
    XL_INT_SUB,
    XL_INT_MUL,
    XL_INT_DIV,
    XL_INT_MOD,
    XL_INT_NEG, /* NULL on overflow and zero divisors, truncating */
    XL_DOUBLE_ADD,
    XL_DOUBLE_SUB,
    XL_DOUBLE_MUL,
    XL_DOUBLE_DIV,
    XL_DOUBLE_NEG,    /* NULL when the result is not finite */
    XL_INT_OF_DOUBLE, /* towards zero, NULL out of range */
    XL_INT_OF_TEXT,   /* decimal digits, NULL else */
    XL_DOUBLE_OF_INT,
    XL_DOUBLE_OF_TEXT,
    XL_TEXT_OF_INT,
    XL_TEXT_OF_BOOL,
    XL_TEXT_SIZE, /* code points */
    XL_TEXT_CONCAT,
    XL_TEXT_CONTAINS,
    XL_TEXT_STARTS,
    XL_TEXT_ENDS,
    XL_TEXT_MATCHES, /* $2 is a parameter with a pattern of the common subset of RE2 and PCRE2 */
    XL_TEXT_LOWER,   /* ASCII */
    XL_TEXT_FREEMAIL,
    XL_JSON_MEMBER, /* text member $2 (a literal name) of JSON text $1, NULL when missing */
    XL_DATE_YEAR,
    XL_DATE_MONTH,
    XL_DATE_DAY,
    XL_DATE_WEEKDAY,
    XL_DATE_YEARDAY,  /* of days since 1970; month 1-12, day 1-31, Sunday 0, first day 1 */
    XL_DATE_IN_RANGE, /* $1 days, NULL outside years 1..9999 */
    XL_INSTANT_IN_RANGE,
    XL_COUNT
};

struct xdialect {
    const char *name; /* "sqlite", "duckdb", "postgres" */
    char param;       /* '?' or '$': placeholder is this and the number */
    const char *leaf[XL_COUNT];
};

/* Functions that a driver registers with SQLite under these names; arguments and result as in base/value.h, NULL as absent. */
struct xfunction {
    const char *name; /* "x_iadd" */
    int n_args;
    void (*call)(const struct value *args, struct arena *a, struct value *out);
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
    /* Optional (NULL: refused): company day of an instant; money in company currency (minor units). */
    enum rc (*local_date)(void *ctx, struct str instant, struct buf *out);
    enum rc (*in_company)(void *ctx, struct str minor, struct str currency, struct str alias,
                          const struct xobject *o, struct buf *out);
};

enum xparam_kind {
    XQ_VALUE,
    XQ_NOW,
    XQ_TODAY,
    XQ_ACTOR
}; /* the last three are given by whoever runs the query */

struct xparam {
    enum xparam_kind kind;
    struct value value;
};

struct xjoin {
    struct str alias; /* the joined row */
    struct str on;    /* key of sharing: owner alias and reference field */
    const struct xobject *object;
};

/* One query under construction: several expressions and paths may share its joins and parameters. */
struct xquery {
    const struct xdialect *dialect;
    const struct xtables *tables;
    struct arena *arena;
    size_t max_bytes; /* of one emitted expression */
    uint32_t next_alias;
    struct xscope_sql *scopes; /* emitter's own */
    struct buf
        joins; /* " LEFT JOIN … ON …" to put behind the caller's FROM item; release with xquery_release */
    VEC(struct xparam) params; /* in order of their numbers */
    uint32_t first_param;      /* number of params.v[0] */
    const char *reason;        /* after RC_UNSUPPORTED or RC_LIMIT */
    struct span at;
};

/* `root` is the alias under which the caller's FROM holds rows of the expressions' object. */
void xquery_init(struct xquery *q, const struct xdialect *d, const struct xtables *t,
                 struct str root, uint32_t first_param, struct arena *a);
void xquery_release(struct xquery *q);

enum xshape {
    XS_CONDITION, /* for WHERE: true exactly when met; anything else may be false or NULL */
    XS_VALUE      /* three-valued; money appends its currency to `currency` */
};
/* Appends `e` to `out`; `currency` may be NULL unless the type is money. */
MUST_CHECK enum rc expr_emit(const struct expr *e, struct xquery *q, enum xshape shape,
                             struct buf *out, struct buf *currency);
/* Appends the column at the end of a path of references from the root, sharing joins. */
MUST_CHECK enum rc xquery_path(struct xquery *q, const struct xfield *const *steps, size_t n,
                               struct buf *out, struct buf *currency);

/* Would every dialect with all leaves take it? RC_OK, or RC_UNSUPPORTED with `*reason` and `*at`. What `check` asks. */
MUST_CHECK enum rc expr_sql_check(const struct expr *e, const char **reason, struct span *at);

#endif
