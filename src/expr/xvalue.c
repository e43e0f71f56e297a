/* Between what records store and what expressions compute. */
#include "expr/eval.h"

#include "base/json.h"

#include <math.h>
#include <stdio.h>

/* ---- stored value to value ---- */

static void from_json(const struct json *j, struct arena *a, struct xvalue *out)
{
    *out = (struct xvalue){.result = XV_VALUE, .kind = X_NULL};
    double x;
    switch (j->type) {
    case JSON_NULL:
        break;
    case JSON_BOOL:
        out->kind = X_BOOL;
        out->boolean = j->boolean;
        break;
    case JSON_INT:
        out->kind = X_INT;
        out->integer = j->integer;
        break;
    case JSON_NUMBER:
        out->kind = X_DOUBLE;
        out->number = double_of_text(j->text, &x) ? x : (double)NAN;
        break;
    case JSON_STRING:
        out->kind = X_STRING;
        out->text = j->text;
        break;
    case JSON_ARRAY: {
        struct xvalue *v = ARENA_ARRAY(a, j->n, struct xvalue);
        for (uint32_t i = 0; i < j->n; i++)
            from_json(&j->items[i], a, &v[i]);
        out->kind = X_LIST;
        out->list = (struct xlist){v, j->n};
        break;
    }
    case JSON_OBJECT: {
        struct xentry *e = ARENA_ARRAY(a, j->n, struct xentry);
        for (uint32_t i = 0; i < j->n; i++) {
            e[i].key = (struct xvalue){
                .result = XV_VALUE, .kind = X_STRING, .text = j->items[i].key};
            from_json(&j->items[i], a, &e[i].value);
        }
        out->kind = X_MAP;
        out->map = (struct xmap){e, j->n};
        break;
    }
    }
}

/* Bounds a JSON value's nesting, since from_json recurses. */
enum { JSON_DEPTH = 64 };

static struct json *read_json(struct str text, struct arena *a)
{
    struct json *j;
    struct json_options o = {.depth = JSON_DEPTH, .nodes = 100000};
    return json_read(text, &o, a, &j, NULL) == RC_OK ? j : NULL;
}

bool xvalue_of_json(struct str text, struct arena *a, struct xvalue *out)
{
    struct json *j = read_json(text, a);
    if (j)
        from_json(j, a, out);
    return j != NULL;
}

bool struct_member(struct str json, struct str name, struct arena *a, struct xvalue *out)
{
    struct str s;
    struct json *j = read_json(json, a);
    if (!json_str(json_find(j, name), &s) || !s.n)
        return false;
    *out = (struct xvalue){.result = XV_VALUE, .kind = X_STRING, .text = s};
    return true;
}

static bool name_of(const struct xfield *f, uint32_t number, struct str *out)
{
    for (size_t i = 0; i < f->n_names; i++)
        if (f->names[i].number == number) {
            *out = f->names[i].name;
            return true;
        }
    return false;
}

void xvalue_of(const struct value *v, const struct xfield *f, struct arena *a, struct xvalue *out)
{
    static const struct xfault unknown = {.code = "X0208",
                                          .message = {"the value is not known to the model", 35}};
    char room[4];
    *out = (struct xvalue){.result = XV_VALUE, .kind = f->type.kind};
    switch (v->type) {
    case VT_ABSENT:
    case VT_SEALED:
        *out = (struct xvalue){.result = XV_ABSENT, .empty = f->name};
        return;
    case VT_BOOL:
        out->kind = X_BOOL;
        out->boolean = v->boolean;
        return;
    case VT_INT:
        out->kind = X_INT;
        out->integer = v->integer;
        return;
    case VT_NUM:
        out->kind = X_DOUBLE;
        out->number = decimal_double(v->number);
        return;
    case VT_TEXT:
        out->kind = X_STRING;
        out->text = v->text;
        return;
    case VT_DATE:
        out->kind = X_DATE;
        out->date = v->date;
        return;
    case VT_INSTANT:
        out->kind = X_TIMESTAMP;
        out->instant = v->instant;
        return;
    case VT_MONEY:
        out->kind = X_MONEY;
        out->money = v->money;
        return;
    case VT_ENUM:
        out->kind = X_STRING;
        if (!name_of(f, v->number_of, &out->text))
            *out = (struct xvalue){.result = XV_FAULT, .fault = &unknown};
        return;
    case VT_REF:
        out->kind = X_RECORD;
        out->record = (struct xrecord){.object = f->type.object, .id = v->ref};
        return;
    case VT_CURRENCY:
        out->kind = X_STRING;
        out->text = str_dup(a, currency_text(v->currency, room));
        return;
    case VT_JSON:
        if (f->type.kind == X_STRUCT) {
            out->kind = X_STRUCT;
            out->text = v->text;
        } else if (!xvalue_of_json(v->text, a, out)) {
            *out = (struct xvalue){.result = XV_FAULT, .fault = &unknown};
        }
        return;
    }
}

/* ---- value to stored value ---- */

/* A double as the nearest decimal of at most 15 digits, 9 of them behind the point. */
static bool to_decimal(double x, struct decimal *out)
{
    char room[64];
    if (!isfinite(x) || fabs(x) >= 1e15)
        return false;
    int before = fabs(x) < 1 ? 1 : (int)floor(log10(fabs(x))) + 1;
    int after = 15 - before > 9 ? 9 : 15 - before;
    int n = snprintf(room, sizeof room, "%.*f", after, x);
    return decimal_parse((struct str){room, (size_t)n}, out);
}

static bool store_text(const struct xvalue *v, const struct xfield *f, struct arena *a,
                       struct value *out)
{
    if (v->kind != X_STRING)
        return false;
    if (f->stored == VT_CURRENCY)
        return currency_parse(v->text, &out->currency);
    if (f->stored == VT_TEXT) {
        out->text = str_dup(a, v->text);
        return true;
    }
    for (size_t i = 0; f->stored == VT_ENUM && i < f->n_names; i++)
        if (!f->names[i].retired && str_eq(f->names[i].name, v->text)) {
            out->number_of = f->names[i].number;
            return true;
        }
    return false;
}

static bool store_number(const struct xvalue *v, enum value_type t, struct value *out)
{
    char room[32];
    if (v->kind == X_UINT && v->unsigned_integer > INT64_MAX)
        return false;
    int64_t whole = v->kind == X_UINT ? (int64_t)v->unsigned_integer : v->integer;
    if (t == VT_INT) {
        out->integer = whole;
        return v->kind == X_INT || v->kind == X_UINT;
    }
    if (v->kind == X_DOUBLE)
        return to_decimal(v->number, &out->number);
    int n = snprintf(room, sizeof room, "%lld", (long long)whole);
    return kind_is_number(v->kind) && decimal_parse((struct str){room, (size_t)n}, &out->number);
}

static bool store(const struct xvalue *v, const struct xfield *f, struct arena *a,
                  struct value *out)
{
    *out = (struct value){.type = f->stored};
    switch (f->stored) {
    case VT_BOOL:
        out->boolean = v->boolean;
        return v->kind == X_BOOL;
    case VT_INT:
    case VT_NUM:
        return store_number(v, f->stored, out);
    case VT_TEXT:
    case VT_ENUM:
    case VT_CURRENCY:
        return store_text(v, f, a, out);
    case VT_DATE:
        out->date = v->date;
        return v->kind == X_DATE;
    case VT_INSTANT:
        out->instant = v->instant;
        return v->kind == X_TIMESTAMP;
    case VT_MONEY:
        out->money = v->money;
        return v->kind == X_MONEY;
    case VT_REF:
        out->ref = v->record.id;
        return v->kind == X_RECORD && v->record.object == f->type.object;
    case VT_JSON:
        out->text = str_dup(a, v->text);
        return v->kind == X_STRUCT;
    case VT_ABSENT:
    case VT_SEALED:
        return false;
    }
    return false;
}

enum rc xvalue_store(const struct xvalue *v, const struct xfield *f, struct arena *a,
                     struct value *out, struct str *why)
{
    struct buf text;
    *out = VALUE_ABSENT;
    if (v->result == XV_ABSENT)
        return RC_OK;
    if (v->result == XV_FAULT) {
        *why = v->fault->message;
        return RC_INVALID;
    }
    if (store(v, f, a, out))
        return RC_OK;
    *out = VALUE_ABSENT;
    buf_init(&text, 4096);
    literal_put(v, &text);
    *why = str_printf(a, "%.*s does not fit into %.*s", STR_ARG(buf_view(&text)), STR_ARG(f->name));
    buf_release(&text);
    return RC_INVALID;
}
