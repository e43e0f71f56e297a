/* expr.h - CEL: a condition written once, checked, evaluated in C and emitted as SQL with the same answer.
 *
 * In:     text and a scope (types.h); at run time a reader of records and the bindings.
 * Out:    a plan; its type, what it reads, when its answer can change; values.
 * Owns:   nothing; plan and values live in the arenas given.
 * Errors: compile adds diagnostics X01xx (docs/codes/expr.md); evaluation never fails: absent and fault are values.
 * Never:  does I/O, reads a clock, allocates without bound.
 */
#ifndef REVOS_EXPR_EXPR_H
#define REVOS_EXPR_EXPR_H

#include "base/diag.h"
#include "base/zone.h"
#include "expr/types.h"

struct expr; /* a compiled expression */

/* Text of an expression and where it stands. For a scalar on one line `at` (start of its first character) is enough;
 * for folded and multi-line scalars `place` maps byte offsets of `text` to the file. */
struct xtext {
    struct str text;
    struct span at;
    struct span (*place)(const void *ctx, size_t from,
                         size_t to); /* NULL: same line, columns counted from `at` */
    const void *ctx;
};

/* Compiles `t`; `*out` is NULL on error. `want` is the kind the place needs (X_DYN: any). `t->text` is copied. */
MUST_CHECK enum rc expr_compile(const struct xtext *t, const struct xscope *scope, enum xkind want,
                                struct arena *arena, struct expr **out, struct diags *ds);

/* ---- what a plan is ---------------------------------------------------------------------------------------- */

const struct xtype *expr_type(const struct expr *e);
struct str expr_text(const struct expr *e); /* as written */
/* Canonical form: one spelling for every way of writing the same tree, for digests of meaning. */
struct str expr_canonical(const struct expr *e, struct arena *a);
uint64_t expr_cost(const struct expr *e); /* estimated steps, children counted as 100 */

enum xroot { XR_SELF, XR_OLD, XR_ACTOR };

/* One step of a path: exactly one of the two is set. */
struct xstep {
    const struct xfield *ref;
    const struct xchild *child;
};

/* A field that a plan reads: from `root` through references and children. `field` NULL: the records alone (count). */
struct xread {
    enum xroot root;
    const struct xstep *steps;
    size_t n_steps;
    const struct xfield *field;
};

/* Every read once, in order of first appearance; `*out` lives as long as the plan. */
size_t expr_reads(const struct expr *e, const struct xread **out);

enum xuses {
    XU_NOW = 1,
    XU_TODAY = 2,
    XU_OLD = 4,
    XU_ACTOR = 8,
    XU_FX = 16,
    XU_CALENDAR = 32,
    XU_ZONE = 64
};
unsigned expr_uses(const struct expr *e); /* sum of enum xuses */

/* The answer can change by the mere passing of time at: stored time `at` + offset. A term over dates counts in days and
 * takes effect at the start of that company day. The next instant is the least one after now over all records read. */
struct xchange {
    struct xread at; /* a timestamp or date field */
    bool is_date;    /* offset in days, else in microseconds */
    bool local_day;  /* a timestamp field read through date(): take its company day first */
    int64_t offset;  /* includes the 1 (µs or day) of <= and > */
};
size_t expr_changes(const struct expr *e, const struct xchange **out);

/* ---- evaluation -------------------------------------------------------------------------------------------- */

struct xrecord {
    const struct xobject *object; /* NULL: none */
    uint64_t id;
    const void *row; /* the reader's own; NULL: not loaded yet, follow() first */
};

/* Bounds on the time field of fact children that can matter, microseconds, inclusive. */
struct xwindow {
    int64_t from, to;
};

/* Records as the caller has them. References in fields are already read through redirects. Text it hands out must live as long as the arena of the evaluation. An rc other than
 * RC_OK becomes a fault, except RC_NOT_FOUND of follow(), which is absent. */
struct xreader {
    void *ctx;
    enum rc (*field)(void *ctx, const struct xrecord *r, const struct xfield *f, struct value *out);
    /* The record with `id`, read through redirects: `out->id` is the surviving id, `out->row` is set. */
    enum rc (*follow)(void *ctx, const struct xobject *o, uint64_t id, struct xrecord *out);
    /* Calls `visit` for each child in order of id until it returns false. Children outside `w` (NULL: all) may be left out. */
    enum rc (*children)(void *ctx, const struct xrecord *parent, const struct xchild *c,
                        const struct xwindow *w, bool (*visit)(void *vctx, const struct xrecord *r),
                        void *vctx);
};

/* What needs a calendar, a zone, rates or the org chart. A NULL callback makes its function a fault. */
struct xhost {
    void *ctx;
    struct zone *zone; /* company zone, for date(instant) */
    enum rc (*business_time)(void *ctx, struct str calendar, struct instant from, struct instant to,
                             struct duration *out);
    enum rc (*in_company)(void *ctx, struct money m, const struct xrecord *of,
                          struct money *out); /* RC_NOT_FOUND: no rate, absent */
    enum rc (*manages)(void *ctx, uint64_t manager, uint64_t person, bool *out);
};

enum xresult { XV_ABSENT, XV_FAULT, XV_VALUE };

struct xfault {
    const char *code;   /* stable: "X0201" */
    struct str message; /* one sentence */
    struct span at;     /* in the source of the expression */
};

struct xvalue;
struct xlist {
    const struct xvalue *v;
    size_t n;
};
struct xentry;
struct xmap {
    const struct xentry *v;
    size_t n;
};

struct xvalue {
    enum xresult result;
    enum xkind kind; /* of XV_VALUE; never X_DYN */
    uint16_t ns;     /* X_TIMESTAMP, X_DURATION: 0..999 beyond the microseconds (plain CEL only) */
    union {
        bool boolean;
        int64_t integer;
        uint64_t unsigned_integer;
        double number;
        struct str text; /* X_STRING, X_BYTES, X_TYPE (name of the type), X_STRUCT (JSON text) */
        struct duration duration;
        struct instant instant;
        struct date date;
        struct money money;
        struct xrecord record;
        struct xlist list;
        struct xmap map;
        struct str
            empty; /* XV_ABSENT: path of the field that was empty, as in the model; may be empty */
        const struct xfault *fault; /* XV_FAULT */
    };
};

struct xentry {
    struct xvalue key, value;
};

struct xbindings {
    struct xrecord self, old, actor; /* object NULL: none; all of `old` is then absent */
    struct instant now;
    struct date today;
    const struct xvalue *vars; /* as scope->vars, by position */
    size_t n_vars;
};

/* Evaluates. `limits` NULL: those of the scope. Costs at most limits->cost steps, then a fault. */
void expr_eval(const struct expr *e, const struct xreader *reader, const struct xhost *host,
               const struct xbindings *b, const struct xlimits *limits, struct arena *arena,
               struct xvalue *out);

enum xverdict { XT_MET, XT_NOT_MET, XT_ABSENT, XT_FAULT };
/* A condition at its top: absent is not met, but says which field was empty; a fault denies. `why` is the value. */
enum xverdict expr_test(const struct expr *e, const struct xreader *reader,
                        const struct xhost *host, const struct xbindings *b, struct arena *arena,
                        struct xvalue *why);

/* A part of a condition that does not hold: all of them together must change. */
struct xunmet {
    struct str text;     /* of the part, as written */
    enum xverdict state; /* never XT_MET */
    struct str absent;   /* of XT_ABSENT: the field that was empty */
    struct str field,
        needs; /* what would do: "lead.fit_score", ">= 60"; empty when that is not so simple */
};
/* The parts, along the conjunctions at its top; none when it holds. */
size_t expr_unmet(const struct expr *e, const struct xreader *reader, const struct xhost *host,
                  const struct xbindings *b, struct arena *arena, const struct xunmet **out);

/* Between stored values and values of expressions. An enum number unknown to `f` is a fault. */
void xvalue_of(const struct value *v, const struct xfield *f, struct arena *a, struct xvalue *out);
/* The value as one to be stored in `f`; RC_INVALID when it does not fit (kind, range, name, digits), `*why` says so. */
MUST_CHECK enum rc xvalue_store(const struct xvalue *v, const struct xfield *f, struct arena *a,
                                struct value *out, struct str *why);

/* One plain CEL expression with JSON bindings (an object, or empty) to JSON text, as `revos eval` prints. RC_INVALID with
 * diagnostics on errors of text, RC_REFUSED when the value is a fault or absent; `*out` is then its JSON form. */
MUST_CHECK enum rc expr_eval_text(struct str text, struct str json, struct arena *a,
                                  struct buf *out, struct diags *ds);

#endif
