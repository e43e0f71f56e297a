/* Walks the tree. Every node gives a value, an absence with the path that was empty, or a fault with its place. Calls are strict;
 * only &&, ||, ?: and the macros decide what to do with an argument that is no value. */
#include "expr/eval.h"

#include <math.h>
#include <string.h>

/* ---- outcomes ---- */

void run_fault(struct run *r, const struct node *n, struct xvalue *out, const char *code,
               const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    struct xfault *f = ARENA_NEW(r->arena, struct xfault);
    f->code = code;
    f->message = str_vprintf(r->arena, fmt, ap);
    f->at = expr_span(&r->e->source, n->from, n->to);
    va_end(ap);
    *out = (struct xvalue){.result = XV_FAULT, .fault = f};
}

bool run_spend(struct run *r, const struct node *n, uint64_t steps, struct xvalue *out)
{
    r->cost += steps;
    if (r->cost <= r->max_cost)
        return true;
    run_fault(r, n, out, "X0205", "the evaluation takes more than %llu steps",
              (unsigned long long)r->max_cost);
    return false;
}

static void set_absent(struct xvalue *out, struct str path)
{
    *out = (struct xvalue){.result = XV_ABSENT, .empty = path};
}

void keep_worse(struct xvalue *kept, const struct xvalue *v)
{
    if (kept->result == XV_VALUE || (kept->result == XV_ABSENT && v->result == XV_FAULT))
        *kept = *v;
}

bool eval_args(struct run *r, const struct node *n, struct xvalue *args, struct xvalue *out)
{
    *out = (struct xvalue){.result = XV_VALUE};
    for (uint32_t i = 0; i < n->n_args; i++) {
        eval_node(r, n->args[i], &args[i]);
        if (args[i].result != XV_VALUE)
            keep_worse(out, &args[i]);
    }
    return out->result == XV_VALUE;
}

/* ---- names and fields ---- */

static void record_value(const struct xrecord *rec, struct str path, struct xvalue *out)
{
    if (!rec->object)
        set_absent(out, path);
    else
        *out = (struct xvalue){.result = XV_VALUE, .kind = X_RECORD, .record = *rec};
}

static void eval_ident(struct run *r, const struct node *n, struct xvalue *out)
{
    switch (n->root) {
    case R_SELF:
        record_value(&r->b->self, n->path, out);
        break;
    case R_OLD:
        record_value(&r->b->old, n->path, out);
        break;
    case R_ACTOR:
        record_value(&r->b->actor, n->path, out);
        break;
    case R_NOW:
        *out = (struct xvalue){.result = XV_VALUE, .kind = X_TIMESTAMP, .instant = r->b->now};
        break;
    case R_TODAY:
        *out = (struct xvalue){.result = XV_VALUE, .kind = X_DATE, .date = r->b->today};
        break;
    case R_VAR:
        if (n->slot < r->b->n_vars)
            *out = r->b->vars[n->slot];
        else
            set_absent(out, n->name);
        break;
    case R_LOCAL:
        *out = r->locals[n->slot];
        break;
    case R_NONE:
        run_fault(r, n, out, "X0212", "nothing here is named '%.*s'", STR_ARG(n->name));
        break;
    }
}

static void reader_fault(struct run *r, const struct node *n, enum rc rc, struct xvalue *out)
{
    run_fault(r, n, out, "X0210", "'%.*s' could not be read: %s", STR_ARG(n->path),
              rc_info(rc)->name);
}

bool eval_load(struct run *r, const struct node *n, struct xrecord *rec, struct xvalue *out)
{
    if (!r->reader) {
        reader_fault(r, n, RC_UNSUPPORTED, out);
        return false;
    }
    if (rec->row)
        return true;
    struct xrecord found;
    enum rc rc = r->reader->follow(r->reader->ctx, rec->object, rec->id, &found);
    if (rc == RC_OK) {
        *rec = found;
        return true;
    }
    if (rc == RC_NOT_FOUND)
        set_absent(out, n->args[0]->path);
    else
        reader_fault(r, n, rc, out);
    return false;
}

static void eval_field(struct run *r, const struct node *n, struct xrecord rec, struct xvalue *out)
{
    struct value v;
    if (!eval_load(r, n, &rec, out))
        return;
    enum rc rc = r->reader->field(r->reader->ctx, &rec, n->field, &v);
    if (rc != RC_OK) {
        reader_fault(r, n, rc, out);
        return;
    }
    xvalue_of(&v, n->field, r->arena, out);
    if (out->result == XV_ABSENT)
        out->empty = n->path;
    else if (out->result == XV_FAULT)
        run_fault(r, n, out, "X0208", "'%.*s' holds a value that the model does not know",
                  STR_ARG(n->path));
}

static void map_member(struct run *r, const struct node *n, const struct xvalue *of,
                       struct xvalue *out)
{
    struct xvalue key = {.result = XV_VALUE, .kind = X_STRING, .text = n->name};
    const struct xvalue *v = xmap_find(&of->map, &key);
    if (v)
        *out = *v;
    else
        run_fault(r, n, out, "X0207", "no such key: '%.*s'", STR_ARG(n->name));
}

static void eval_select(struct run *r, const struct node *n, struct xvalue *out)
{
    struct xvalue of;
    char room[4];
    eval_node(r, n->args[0], &of);
    if (of.result != XV_VALUE) {
        *out = of;
    } else if (n->child) {
        eval_children(r, n, &of.record, NULL, out);
    } else if (of.kind == X_RECORD && n->field) {
        eval_field(r, n, of.record, out);
    } else if (of.kind == X_STRUCT) {
        if (!struct_member(of.text, n->name, r->arena, out))
            set_absent(out, n->path);
    } else if (of.kind == X_MAP) {
        map_member(r, n, &of, out);
    } else if (of.kind == X_MONEY && str_is(n->name, "currency")) {
        struct str code = str_dup(r->arena, currency_text(of.money.currency, room));
        *out = (struct xvalue){.result = XV_VALUE, .kind = X_STRING, .text = code};
    } else {
        run_fault(r, n, out, "X0206", "a %.*s has no fields", STR_ARG(kind_text(of.kind)));
    }
}

/* has(a.b.c) asks about c; when a.b is absent, so is the answer. */
static void eval_has(struct run *r, const struct node *n, struct xvalue *out)
{
    struct xvalue of, v;
    struct xvalue key = {.result = XV_VALUE, .kind = X_STRING, .text = n->name};
    eval_node(r, n->args[0], &of);
    if (of.result != XV_VALUE) {
        *out = of;
    } else if (n->child) {
        eval_children(r, n, &of.record, NULL, &v);
        if (v.result == XV_VALUE)
            set_bool(out, v.list.n > 0);
        else
            *out = v;
    } else if (of.kind == X_RECORD && n->field) {
        /* A reference counts as there when it is written, whatever became of its record; a record that is gone has no fields. */
        eval_field(r, n, of.record, &v);
        if (v.result == XV_FAULT || (v.result == XV_ABSENT && !str_eq(v.empty, n->path)))
            *out = v;
        else
            set_bool(out, v.result == XV_VALUE);
    } else if (of.kind == X_STRUCT) {
        set_bool(out, struct_member(of.text, n->name, r->arena, &v));
    } else if (of.kind == X_MAP) {
        set_bool(out, xmap_find(&of.map, &key) != NULL);
    } else {
        run_fault(r, n, out, "X0206", "a %.*s has no fields", STR_ARG(kind_text(of.kind)));
    }
}

/* changed(f): the field's value differs from the one before; empty before and after is no change. */
static void eval_changed(struct run *r, const struct node *n, struct xvalue *out)
{
    struct xvalue after, before;
    eval_node(r, n->args[0], &after);
    eval_node(r, n->args[1], &before);
    if (after.result == XV_FAULT || before.result == XV_FAULT)
        *out = after.result == XV_FAULT ? after : before;
    else if (after.result == XV_ABSENT || before.result == XV_ABSENT)
        set_bool(out, after.result != before.result);
    else /* a change of currency is a change, not a fault */
        set_bool(out, xvalue_equal(&after, &before, false) != EQ_YES);
}

/* ---- logic ---- */

/* && and ||: the deciding value (false, true) wins over whatever else is absent, faulty or no boolean. */
static void eval_logic(struct run *r, const struct node *n, bool deciding, struct xvalue *out)
{
    struct xvalue kept = {.result = XV_VALUE, .kind = X_BOOL, .boolean = !deciding};
    for (uint32_t i = 0; i < n->n_args; i++) {
        struct xvalue v;
        eval_node(r, n->args[i], &v);
        if (v.result == XV_VALUE && v.kind != X_BOOL)
            run_fault(r, n, &v, "X0206", "'%s' takes booleans", deciding ? "||" : "&&");
        if (v.result == XV_VALUE && v.boolean == deciding) {
            *out = v;
            return;
        }
        if (v.result != XV_VALUE)
            keep_worse(&kept, &v);
    }
    *out = kept;
}

static void eval_not(struct run *r, const struct node *n, struct xvalue *out)
{
    eval_node(r, n->args[0], out);
    if (out->result != XV_VALUE)
        return;
    if (out->kind != X_BOOL)
        run_fault(r, n, out, "X0206", "'!' takes a boolean");
    else
        out->boolean = !out->boolean;
}

static void eval_cond(struct run *r, const struct node *n, struct xvalue *out)
{
    eval_node(r, n->args[0], out);
    if (out->result != XV_VALUE)
        return;
    if (out->kind != X_BOOL)
        run_fault(r, n, out, "X0206", "the condition before '?' must be a boolean");
    else
        eval_node(r, n->args[out->boolean ? 1 : 2], out);
}

/* ---- comparison ---- */

static bool mixed_currency(struct run *r, const struct node *n, struct xvalue *out)
{
    run_fault(r, n, out, "X0204", "amounts of different currencies do not compare");
    return false;
}

bool eval_equal(struct run *r, const struct node *n, const struct xvalue *a, const struct xvalue *b,
                bool *equal, struct xvalue *out)
{
    switch (xvalue_equal(a, b, !r->e->plain)) {
    case EQ_YES:
        *equal = true;
        return true;
    case EQ_NO:
        *equal = false;
        return true;
    case EQ_CURRENCY:
        return mixed_currency(r, n, out);
    case EQ_NOT_FINITE:
        run_fault(r, n, out, "X0209", "the number is not finite");
        return false;
    }
    return false;
}

/* `op` is "_<_", "_<=_", "_>_", "_>=_". */
static void eval_order(struct run *r, const struct node *n, const struct xvalue *args,
                       struct xvalue *out)
{
    enum order o = xvalue_order(&args[0], &args[1]);
    bool less = n->name.p[1] == '<', or_same = n->name.p[2] == '=';
    if (o == ORDER_NONE)
        run_fault(r, n, out, "X0206", "a %.*s and a %.*s have no order",
                  STR_ARG(kind_text(args[0].kind)), STR_ARG(kind_text(args[1].kind)));
    else if (o == ORDER_CURRENCY)
        (void)mixed_currency(r, n, out);
    else
        set_bool(out, o == ORDER_SAME ? or_same : o == (less ? ORDER_LESS : ORDER_MORE));
}

static bool eval_comparison(struct run *r, const struct node *n, const struct xvalue *args,
                            struct xvalue *out)
{
    bool equal;
    if (str_is(n->name, "_==_") || str_is(n->name, "_!=_")) {
        if (eval_equal(r, n, &args[0], &args[1], &equal, out))
            set_bool(out, equal == (n->name.p[1] == '='));
        return true;
    }
    if (n->name.n >= 3 && n->name.p[0] == '_' && (n->name.p[1] == '<' || n->name.p[1] == '>')) {
        eval_order(r, n, args, out);
        return true;
    }
    return false;
}

static void eval_in(struct run *r, const struct node *n, struct xvalue *out)
{
    struct xvalue args[2];
    if (!eval_args(r, n, args, out))
        return;
    if (args[1].kind == X_MAP) {
        set_bool(out, xmap_find(&args[1].map, &args[0]) != NULL);
        return;
    }
    if (args[1].kind != X_LIST) {
        run_fault(r, n, out, "X0206", "'in' does not look into a %.*s",
                  STR_ARG(kind_text(args[1].kind)));
        return;
    }
    if (!run_spend(r, n, args[1].list.n, out))
        return;
    /* As exists(e, x == e) would: one that is equal wins over one that cannot be compared. */
    struct xvalue fault = {.result = XV_VALUE};
    bool found = false, equal = false;
    for (size_t i = 0; i < args[1].list.n && !found; i++)
        if (eval_equal(r, n, &args[0], &args[1].list.v[i], &equal, &fault))
            found = equal;
    if (!found && fault.result == XV_FAULT)
        *out = fault;
    else
        set_bool(out, found);
}

/* ---- calls ---- */

static void eval_call(struct run *r, const struct node *n, struct xvalue *out)
{
    struct xvalue args[3];
    if (n->n_args > 3) {
        run_fault(r, n, out, "X0206", "'%.*s' does not take %u arguments", STR_ARG(n->name),
                  n->n_args);
        return;
    }
    if (!eval_args(r, n, args, out) || eval_comparison(r, n, args, out))
        return;
    const struct overload *o = n->overload;
    if (!o) {
        enum xkind kinds[3] = {X_DYN, X_DYN, X_DYN};
        for (uint32_t i = 0; i < n->n_args; i++)
            kinds[i] = args[i].kind;
        o = overload_find(n->name, n->method, kinds, n->n_args);
    }
    if (o)
        o->call(r, n, args, out);
    else
        run_fault(r, n, out, "X0206", "no such overload: '%.*s' does not take a %.*s",
                  STR_ARG(n->name),
                  STR_ARG(n->n_args ? kind_text(args[n->n_args - 1].kind)
                                    : STR("call without arguments")));
}

/* ---- collections ---- */

static void eval_list(struct run *r, const struct node *n, struct xvalue *out)
{
    struct xvalue *v = ARENA_ARRAY(r->arena, n->n_args, struct xvalue);
    if (eval_args(r, n, v, out))
        *out = (struct xvalue){.result = XV_VALUE, .kind = X_LIST, .list = {v, n->n_args}};
}

static bool key_allowed(enum xkind k)
{
    return k == X_BOOL || k == X_INT || k == X_UINT || k == X_STRING;
}

static void eval_map(struct run *r, const struct node *n, struct xvalue *out)
{
    struct xvalue *v = ARENA_ARRAY(r->arena, n->n_args, struct xvalue);
    struct xentry *entries = ARENA_ARRAY(r->arena, n->n_args / 2, struct xentry);
    struct xmap m = {entries, 0};
    if (!eval_args(r, n, v, out))
        return;
    for (uint32_t i = 0; i + 1 < n->n_args; i += 2) {
        if (!key_allowed(v[i].kind)) {
            run_fault(r, n, out, "X0206", "a %.*s cannot be a key", STR_ARG(kind_text(v[i].kind)));
            return;
        }
        if (xmap_find(&m, &v[i])) {
            run_fault(r, n, out, "X0213", "the map has a key twice");
            return;
        }
        entries[m.n++] = (struct xentry){v[i], v[i + 1]};
    }
    *out = (struct xvalue){.result = XV_VALUE, .kind = X_MAP, .map = m};
}

/* A position: an int, or in plain CEL any number that is whole. */
static bool list_position(const struct xvalue *v, size_t n, size_t *out)
{
    double x = v->kind == X_DOUBLE ? v->number
               : v->kind == X_INT  ? (double)v->integer
                                   : (double)v->unsigned_integer;
    if (!kind_is_number(v->kind) || !(x >= 0) || x != floor(x) || x >= (double)n)
        return false;
    *out = (size_t)x;
    return true;
}

static void eval_index(struct run *r, const struct node *n, struct xvalue *out)
{
    struct xvalue args[2];
    size_t at;
    if (!eval_args(r, n, args, out))
        return;
    if (args[0].kind == X_MAP) {
        const struct xvalue *v = xmap_find(&args[0].map, &args[1]);
        if (v)
            *out = *v;
        else
            run_fault(r, n, out, "X0207", "no such key");
    } else if (args[0].kind != X_LIST) {
        run_fault(r, n, out, "X0206", "'[]' does not look into a %.*s",
                  STR_ARG(kind_text(args[0].kind)));
    } else if (list_position(&args[1], args[0].list.n, &at)) {
        *out = args[0].list.v[at];
    } else {
        run_fault(r, n, out, "X0207", "the list has no such position; it has %zu elements",
                  args[0].list.n);
    }
}

void eval_node(struct run *r, const struct node *n, struct xvalue *out)
{
    if (!run_spend(r, n, 1, out))
        return;
    switch (n->kind) {
    case N_LITERAL:
        *out = n->value;
        break;
    case N_IDENT:
        eval_ident(r, n, out);
        break;
    case N_SELECT:
        eval_select(r, n, out);
        break;
    case N_HAS:
        eval_has(r, n, out);
        break;
    case N_INDEX:
        eval_index(r, n, out);
        break;
    case N_CALL:
        eval_call(r, n, out);
        break;
    case N_NOT:
        eval_not(r, n, out);
        break;
    case N_AND:
        eval_logic(r, n, false, out);
        break;
    case N_OR:
        eval_logic(r, n, true, out);
        break;
    case N_COND:
        eval_cond(r, n, out);
        break;
    case N_IN:
        eval_in(r, n, out);
        break;
    case N_LIST:
        eval_list(r, n, out);
        break;
    case N_MAP:
        eval_map(r, n, out);
        break;
    case N_MACRO:
        eval_macro(r, n, out);
        break;
    case N_CHANGED:
        eval_changed(r, n, out);
        break;
    case N_FAULT:
        run_fault(r, n, out, "X0212", "nothing here is named '%.*s'", STR_ARG(n->name));
        break;
    }
}
