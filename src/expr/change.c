/* When can the answer change although nothing is written? Where a condition starts or stops something, now and today may
 * stand only in comparisons that are linear: ±now ± field + constant. Each such comparison flips at field + offset. */
#include "expr/path.h"

#include <string.h>

/* now × `now` + field × `sign` + offset, in microseconds or days. */
struct linear {
    int now, sign;
    const struct node *field;
    bool local_day; /* the field is a timestamp read as its company day */
    bool days;
    int64_t offset;
};

struct terms {
    struct expr *e;
    struct diags *ds;
    struct path_env env;
    bool failed;
};

static bool uses_time(const struct node *n)
{
    if (n->kind == N_IDENT && (n->root == R_NOW || n->root == R_TODAY))
        return true;
    for (uint32_t i = 0; i < n->n_args; i++)
        if (uses_time(n->args[i]))
            return true;
    return false;
}

static bool linear_of(const struct node *n, struct linear *out);

static bool linear_literal(const struct node *n, struct linear *out)
{
    switch ((int)n->value.kind) {
    case X_TIMESTAMP:
        out->offset = n->value.instant.us;
        return true;
    case X_DURATION:
        out->offset = n->value.duration.us;
        return true;
    case X_DATE:
        out->days = true;
        out->offset = n->value.date.days;
        return true;
    case X_INT:
        out->days = true;
        out->offset = n->value.integer;
        return out->offset > -4000000 && out->offset < 4000000;
    default:
        return false;
    }
}

static bool linear_sum(const struct node *n, int sign, struct linear *out)
{
    struct linear a, b;
    if (!linear_of(n->args[0], &a) || !linear_of(n->args[1], &b) || (a.field && b.field))
        return false;
    /* A duration added to a date counts in its days. */
    enum xkind left = n->args[0]->type.kind, right = n->args[1]->type.kind;
    if (left == X_DATE && right == X_DURATION)
        b = (struct linear){.days = true, .offset = b.offset / US_PER_DAY};
    else if (left == X_DURATION && right == X_DATE)
        a = (struct linear){.days = true, .offset = a.offset / US_PER_DAY};
    *out = a;
    out->days = a.days || b.days;
    out->now += sign * b.now;
    out->offset += sign * b.offset;
    if (b.field) {
        out->field = b.field;
        out->sign = sign * b.sign;
        out->local_day = b.local_day;
    }
    return true;
}

static bool linear_of(const struct node *n, struct linear *out)
{
    *out = (struct linear){0};
    if (n->kind == N_LITERAL)
        return linear_literal(n, out);
    if (n->kind == N_IDENT && (n->root == R_NOW || n->root == R_TODAY)) {
        out->now = 1;
        out->days = n->root == R_TODAY;
        return true;
    }
    if (n->kind == N_SELECT && n->field &&
        (n->type.kind == X_TIMESTAMP || n->type.kind == X_DATE)) {
        out->field = n;
        out->sign = 1;
        out->days = n->type.kind == X_DATE;
        return true;
    }
    if (n->kind == N_CALL && n->n_args == 2 && (str_is(n->name, "_+_") || str_is(n->name, "_-_")))
        return linear_sum(n, n->name.p[1] == '+' ? 1 : -1, out);
    if (n->kind == N_CALL && str_is(n->name, "date") && n->args[0]->type.kind == X_TIMESTAMP) {
        if (!linear_of(n->args[0], out) || out->offset || out->now)
            return false;
        out->days = out->local_day = true;
        return true;
    }
    return false;
}

static void add_change(struct terms *t, const struct linear *l, int64_t offset)
{
    struct xchange c = {.is_date = l->days, .local_day = l->local_day, .offset = offset};
    struct path_set paths = {0};
    if (!l->field) {
        *VEC_PUSH(t->e->arena, &t->e->changes) = c;
        return;
    }
    paths_of(&t->env, l->field->args[0], &paths);
    for (size_t i = 0; i < paths.v.n; i++) {
        c.at = paths.v.v[i];
        c.at.field = l->field->field;
        *VEC_PUSH(t->e->arena, &t->e->changes) = c;
    }
}

/* now × n.now + field × n.sign + n.offset  op  0: flips when now passes field + k, or one later for <= and >. */
static bool add_comparison(struct terms *t, const struct node *n)
{
    struct linear l;
    if (!linear_sum(n, -1, &l) || (l.now != 1 && l.now != -1) || (l.field && l.sign != -l.now))
        return false;
    int64_t at = l.now == 1 ? -l.offset : l.offset;
    char op = n->name.p[1];
    bool or_same = n->name.p[2] == '=', equality = op == '=' || op == '!';
    bool less = l.now == 1 ? op == '<' : op == '>'; /* as said of now */
    bool at_once = less != or_same;                 /* now < X and now >= X flip at X */
    if (equality || at_once)
        add_change(t, &l, at);
    if (equality || !at_once)
        add_change(t, &l, at + 1);
    return true;
}

static void refuse(struct terms *t, const struct node *n)
{
    t->failed = true;
    struct diag *d = diag_add(t->ds, SEV_ERROR, "X0122", expr_span(&t->e->source, n->from, n->to),
                              "the moment at which this changes cannot be derived");
    diag_help(t->ds, d,
              "in %s compare now or today with a stored time plus a constant, such as x.at > now - "
              "duration('72h')",
              xplace_info(t->e->place)->name);
}

static bool is_comparison(const struct node *n)
{
    return n->kind == N_CALL && n->n_args == 2 && n->name.n >= 3 && n->name.p[0] == '_' &&
           strchr("<>=!", n->name.p[1]);
}

static void walk(struct terms *t, const struct node *n)
{
    if (!uses_time(n))
        return;
    if (n->kind == N_IDENT) {
        refuse(t, n);
        return;
    }
    if (is_comparison(n)) {
        if (!add_comparison(t, n))
            refuse(t, n);
        return;
    }
    for (uint32_t i = 0; i < n->n_args; i++) {
        if (n->kind == N_MACRO && i == 1)
            paths_bind(&t->env, n);
        walk(t, n->args[i]);
    }
}

bool expr_time_terms(struct expr *e, struct diags *ds)
{
    struct terms t = {.e = e, .ds = ds, .env = {.arena = e->arena}};
    if (xplace_info(e->place)->timed)
        walk(&t, e->root);
    return !t.failed;
}
