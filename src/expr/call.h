/* call.h - operators and functions by the kinds of their arguments, and the running evaluation they work in.
 *
 * In:     argument kinds at check, argument values at run time.   Out: one row of the table; a value, absent or fault.
 * Owns:   nothing.   Never: is called with an absent or faulty argument; strictness is the evaluator's business.
 */
#ifndef REVOS_EXPR_CALL_H
#define REVOS_EXPR_CALL_H

#include "expr/sql.h"
#include "expr/tree.h"

/* One evaluation. */
struct run {
    const struct expr *e;
    const struct xreader *reader;
    const struct xhost *host;
    const struct xbindings *b;
    struct arena *arena;
    uint64_t cost, max_cost;
    struct xvalue *locals;
};

void eval_node(struct run *r, const struct node *n, struct xvalue *out);
/* Counts `steps`; false and a fault in `out` when the limit is passed. */
bool run_spend(struct run *r, const struct node *n, uint64_t steps, struct xvalue *out);
void run_fault(struct run *r, const struct node *n, struct xvalue *out, const char *code,
               const char *fmt, ...) PRINTF_LIKE(5, 6);

static inline void set_int(struct xvalue *out, int64_t x)
{
    *out = (struct xvalue){.result = XV_VALUE, .kind = X_INT, .integer = x};
}

static inline void set_uint(struct xvalue *out, uint64_t x)
{
    *out = (struct xvalue){.result = XV_VALUE, .kind = X_UINT, .unsigned_integer = x};
}

static inline void set_double(struct xvalue *out, double x)
{
    *out = (struct xvalue){.result = XV_VALUE, .kind = X_DOUBLE, .number = x};
}

static inline void set_bool(struct xvalue *out, bool x)
{
    *out = (struct xvalue){.result = XV_VALUE, .kind = X_BOOL, .boolean = x};
}

enum style { O_OPERATOR, O_GLOBAL, O_METHOD, O_EITHER };

/* What the SQL emitter must do beyond applying a leaf. */
enum sql_form {
    SQL_NONE, /* cannot be said */
    SQL_LEAF, /* leaf over the arguments */
    SQL_SAME, /* the argument itself: string(string), dyn(x) */
    SQL_TIME_ADD,
    SQL_TIME_SUB,
    SQL_SPAN_ADD,
    SQL_SPAN_SUB,
    SQL_TIME_DIFF, /* with a range check */
    SQL_DATE_ADD,
    SQL_DATE_SUB,
    SQL_DATE_DIFF,
    SQL_MONEY_ADD,
    SQL_MONEY_SUB,
    SQL_MONEY_SCALE,
    SQL_MONEY_SCALE_LEFT,
    SQL_MONEY_POSITIVE,
    SQL_MONEY_ZERO,
    SQL_IN_COMPANY,
    SQL_DAYS,
    SQL_LOCAL_DATE,
    SQL_DATE_PART,
    SQL_SPAN_PART,
    SQL_INSTANT_SECONDS,
    SQL_FISCAL_QUARTER,
    SQL_FISCAL_YEAR,
    SQL_FREEMAIL,
    SQL_MANAGES,
    SQL_LIST_SIZE
};

struct overload {
    const char *name;
    enum style style;
    uint8_t n_args;
    enum xkind args[3];
    enum xkind result;
    void (*call)(struct run *r, const struct node *n, const struct xvalue *args,
                 struct xvalue *out);
    enum sql_form sql;
    enum xleaf leaf; /* SQL_LEAF; the part of SQL_DATE_PART */
    uint8_t uses;    /* enum xuses; 0: pure, folded at check when its arguments are literals */
};

/* The row for these kinds (X_DYN fits all), or NULL. */
const struct overload *overload_find(struct str name, bool method, const enum xkind *kinds,
                                     size_t n);
/* A row that X_DYN arguments leave open is ambiguous: only the name and number of arguments are known. */
bool overload_ambiguous(struct str name, bool method, const enum xkind *kinds, size_t n);
/* Names of functions, for "did you mean"; operators left out. */
size_t overload_names(bool method, struct str *out, size_t room);
bool overload_known(struct str name, bool method);

extern const struct overload overloads[];
extern const size_t overload_count;

/* ---- compare.c ---- */
enum equal { EQ_NO, EQ_YES, EQ_CURRENCY /* money of two currencies */, EQ_NOT_FINITE };
/* `strict`: a double that is not finite compares with nothing. */
enum equal xvalue_equal(const struct xvalue *a, const struct xvalue *b, bool strict);
enum order {
    ORDER_LESS,
    ORDER_SAME,
    ORDER_MORE,
    ORDER_NAN,
    ORDER_NONE /* no such overload */,
    ORDER_CURRENCY
};
enum order xvalue_order(const struct xvalue *a, const struct xvalue *b);
/* Map entry with that key, or NULL; numbers of equal value are one key. */
const struct xvalue *xmap_find(const struct xmap *m, const struct xvalue *key);

/* ---- clock.c: text and parts of timestamps, durations, dates ---- */
bool span_parse(struct str s, struct xvalue *out);   /* CEL duration text to the nanosecond */
bool moment_parse(struct str s, struct xvalue *out); /* RFC 3339 to the nanosecond */
struct str span_text(const struct xvalue *v, struct arena *a);
struct str moment_text(const struct xvalue *v, struct arena *a);
bool span_in_range(int64_t us);
bool moment_in_range(int64_t us);

/* ---- regex.c ---- */
struct regex;
/* Is `pattern` in the common subset of RE2 and PCRE2? NULL, or what is wrong; *at is then the byte. */
const char *regex_problem(struct str pattern, size_t *at);
/* NULL when the pattern has a problem or does not compile. Lives in the arena. */
struct regex *regex_new(struct str pattern, struct arena *a);
/* RC_OK with *found, or RC_LIMIT (too much backtracking). */
MUST_CHECK enum rc regex_search(const struct regex *x, struct str text, bool *found);

/* ---- words.c ---- */
bool is_freemail(struct str address);
struct str mail_domain(struct str address); /* as written; empty without an @ */
extern const char *const freemail_domains[];
extern const size_t freemail_count;

/* Text of a double as CEL's string() gives it. */
struct str double_text(double x, struct arena *a);
/* Text of a value in canonical expressions and messages. */
void literal_put(const struct xvalue *v, struct buf *out);

/* Arithmetic shared by the evaluator and the functions given to SQLite; false is a fault. */
bool int_div(int64_t a, int64_t b, int64_t *out);
bool int_mod(int64_t a, int64_t b, int64_t *out);
bool int_of_double(double x, int64_t *out);
bool int_of_text(struct str s, int64_t *out);
bool double_of_text(struct str s, double *out);

#endif
