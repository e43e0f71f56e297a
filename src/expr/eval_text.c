/* `revos eval`: plain CEL text and JSON bindings in, JSON out. */
#include "expr/eval.h"

#include "base/json.h"

static void put_base64(struct json_out *w, struct str s)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    struct buf out;
    buf_init(&out, s.n * 2 + 8);
    for (size_t i = 0; i < s.n; i += 3) {
        uint32_t v = 0;
        for (size_t k = 0; k < 3; k++)
            v = v << 8 | (i + k < s.n ? (unsigned char)s.p[i + k] : 0);
        for (size_t k = 0; k < 4; k++)
            buf_char(&out, i + k > s.n ? '=' : digits[v >> (18 - 6 * k) & 63]);
    }
    json_put_str(w, buf_view(&out));
    buf_release(&out);
}

/* Text of a scalar, as it stands in a JSON string. */
static struct str scalar_text(const struct xvalue *v, struct arena *a)
{
    char room[64];
    switch ((int)v->kind) {
    case X_DOUBLE:
        return double_text(v->number, a);
    case X_TIMESTAMP:
        return moment_text(v, a);
    case X_DURATION:
        return span_text(v, a);
    case X_DATE:
        return str_dup(a, date_text(v->date, room));
    case X_MONEY:
        return str_dup(a, money_text(v->money, room));
    case X_INT:
        return str_printf(a, "%lld", (long long)v->integer);
    case X_UINT:
        return str_printf(a, "%llu", (unsigned long long)v->unsigned_integer);
    case X_BOOL:
        return v->boolean ? STR("true") : STR("false");
    default:
        return v->text;
    }
}

/* A double keeps its point, so that 2.0 does not read back as an int. */
static void put_double(struct json_out *w, double x, struct arena *a)
{
    struct str s = double_text(x, a);
    if (x - x != 0) { /* NaN and infinities are no JSON numbers */
        json_put_str(w, s);
        return;
    }
    bool marked = false;
    for (size_t i = 0; i < s.n; i++)
        marked = marked || s.p[i] == '.' || s.p[i] == 'e';
    json_put_number(w, marked ? s : str_printf(a, "%.*s.0", STR_ARG(s)));
}

static void put_value(struct json_out *w, const struct xvalue *v, struct arena *a)
{
    switch ((int)v->kind) {
    case X_NULL:
        json_put_null(w);
        break;
    case X_BOOL:
        json_put_bool(w, v->boolean);
        break;
    case X_INT:
        json_put_int(w, v->integer);
        break;
    case X_UINT:
        json_put_uint(w, v->unsigned_integer);
        break;
    case X_DOUBLE:
        put_double(w, v->number, a);
        break;
    case X_BYTES:
        put_base64(w, v->text);
        break;
    case X_LIST:
        json_begin_array(w);
        for (size_t i = 0; i < v->list.n; i++)
            put_value(w, &v->list.v[i], a);
        json_end_array(w);
        break;
    case X_MAP:
        json_begin_object(w);
        for (size_t i = 0; i < v->map.n; i++) {
            json_key_str(w, scalar_text(&v->map.v[i].key, a));
            put_value(w, &v->map.v[i].value, a);
        }
        json_end_object(w);
        break;
    default:
        json_put_str(w, scalar_text(v, a));
        break;
    }
}

static void put_failure(struct json_out *w, const struct xvalue *v)
{
    json_begin_object(w);
    if (v->result == XV_ABSENT) {
        json_field_str(w, "absent", v->empty);
    } else {
        json_key(w, "fault");
        json_begin_object(w);
        json_field_cstr(w, "code", v->fault->code);
        json_field_str(w, "message", v->fault->message);
        json_field_int(w, "line", v->fault->at.line);
        json_field_int(w, "column", v->fault->at.col);
        json_end_object(w);
    }
    json_end_object(w);
}

struct binding_set {
    VEC(struct xvar) vars;
    VEC(struct xvalue) values;
};

static enum rc read_bindings(struct str json, struct arena *a, struct binding_set *set,
                             struct diags *ds)
{
    struct json *j;
    struct json_fault fault;
    struct json_options o = {.depth = 64, .nodes = 100000};
    struct source *source = ARENA_NEW(a, struct source);
    *source = (struct source){STR("--bind"), json};
    if (!json.n)
        return RC_OK;
    enum rc rc = json_read(json, &o, a, &j, &fault);
    if (rc != RC_OK) {
        (void)json_fault_diag(&fault, source, 0, "X0130", ds);
        return rc;
    }
    if (!json_is(j, JSON_OBJECT)) {
        struct diag *d = diag_add(ds, SEV_ERROR, "X0130", json_span(source, j),
                                  "bindings are a JSON object, this is %s",
                                  json_type_name(j->type));
        diag_help(ds, d, "write {\"x\": 1}");
        return RC_INVALID;
    }
    for (uint32_t i = 0; i < j->n; i++) {
        *VEC_PUSH(a, &set->vars) = (struct xvar){.name = j->items[i].key, .type = {.kind = X_DYN}};
        struct str text = str_sub(json, j->items[i].at, j->items[i].end);
        if (!xvalue_of_json(text, a, VEC_PUSH(a, &set->values)))
            return RC_LIMIT;
    }
    return RC_OK;
}

enum rc expr_eval_text(struct str text, struct str json, struct arena *a, struct buf *out,
                       struct diags *ds)
{
    struct binding_set set = {0};
    enum rc rc = read_bindings(json, a, &set, ds);
    if (rc != RC_OK)
        return rc;
    struct source *source = ARENA_NEW(a, struct source);
    *source = (struct source){STR("expression"), text};
    struct xtext t = {.text = text, .at = span_at(source, 1, 1, 0)};
    struct xscope scope = {
        .place = XP_EVAL, .vars = set.vars.v, .n_vars = set.vars.n, .limits = expr_limits_eval()};
    struct expr *e;
    rc = expr_compile(&t, &scope, X_DYN, a, &e, ds);
    if (rc != RC_OK)
        return rc;
    struct xbindings b = {.vars = set.values.v, .n_vars = set.values.n};
    struct xvalue v;
    struct json_out w;
    expr_eval(e, NULL, NULL, &b, NULL, a, &v);
    json_out_init(&w, out, false);
    if (v.result == XV_VALUE)
        put_value(&w, &v, a);
    else
        put_failure(&w, &v);
    json_out_done(&w);
    return v.result == XV_VALUE ? buf_ok(out) : RC_REFUSED;
}
