/* shape_schema.c - the shapes as a draft-07 JSON Schema, for editors. */
#include "base/json.h"
#include "model/model.h"
#include "model/shape.h"

static void put_shape(struct json_out *w, const struct shape *s, const char *doc);

#define NAME_PATTERN "^[a-z][a-z0-9_]{0,62}$"

/* Text patterns of scalars; looser than the checker where a pattern cannot say it. */
static const char *pattern_of(enum shape_kind kind)
{
    switch ((int)kind) {
    case SH_NAME:
    case SH_OBJECT:
    case SH_FIELD:
    case SH_REF:
    case SH_MEMBER:
    case SH_STAGE:
    case SH_DEF:
    case SH_PERSON:
        return NAME_PATTERN;
    case SH_FIELD_OF:
        return "^[a-z][a-z0-9_]*\\.[a-z][a-z0-9_]*$";
    case SH_PATH:
    case SH_RECORD:
        return "^[a-z][a-z0-9_]*(\\.[a-z][a-z0-9_]*)*$";
    case SH_ARTEFACT:
        return "^[a-z][a-z0-9_]*(\\..+)?$";
    case SH_DATE:
        return "^[0-9]{4}-[0-9]{2}-[0-9]{2}$";
    case SH_CURRENCY:
        return "^[A-Za-z]{3}$";
    case SH_SECRET:
        return "^(env|file):.+$";
    case SH_CLOCK:
        return "^[0-2][0-9]:[0-5][0-9]$";
    case SH_CLOCKS:
        return "^[0-2][0-9]:[0-5][0-9]-[0-2][0-9]:[0-5][0-9]$";
    case SH_MONTH_DAY:
        return "^[0-1][0-9]-[0-3][0-9]$";
    default:
        return NULL;
    }
}

/* Text of any kind: YAML gives a bare true or 12 to an editor as a boolean or number. */
static void put_any_scalar(struct json_out *w)
{
    json_key(w, "type");
    json_begin_array(w);
    json_put_cstr(w, "string");
    json_put_cstr(w, "number");
    json_put_cstr(w, "boolean");
    json_end_array(w);
}

static void put_type(struct json_out *w, const char *a, const char *b)
{
    json_key(w, "type");
    if (!b) {
        json_put_cstr(w, a);
        return;
    }
    json_begin_array(w);
    json_put_cstr(w, a);
    json_put_cstr(w, b);
    json_end_array(w);
}

static void put_words(struct json_out *w, const char *const *words)
{
    json_key(w, "enum");
    json_begin_array(w);
    for (; *words; words++)
        json_put_cstr(w, *words);
    json_end_array(w);
}

static void put_scalar(struct json_out *w, const struct shape *s)
{
    const char *pattern = pattern_of(s->kind);
    switch ((int)s->kind) {
    case SH_WORD:
        put_words(w, s->words);
        return;
    case SH_INT:
        put_type(w, "integer", NULL);
        if (s->bounded) {
            json_field_int(w, "minimum", s->min);
            json_field_int(w, "maximum", s->max);
        }
        return;
    case SH_BOOL:
        put_type(w, "boolean", NULL);
        return;
    case SH_NUMBER:
        put_type(w, "number", NULL);
        return;
    case SH_TEXT:
    case SH_CEL:
        put_any_scalar(w);
        return;
    case SH_PERCENT:
        put_type(w, "string", "number");
        return;
    default:
        put_type(w, "string", NULL);
        if (pattern)
            json_field_cstr(w, "pattern", pattern);
    }
}

static void put_keys(struct json_out *w, const struct key *keys)
{
    put_type(w, "object", NULL);
    json_field_bool(w, "additionalProperties", false);
    json_key(w, "properties");
    json_begin_object(w);
    for (const struct key *k = keys; k->name; k++) {
        json_key(w, k->name);
        put_shape(w, k->shape, k->doc);
    }
    json_end_object(w);
    bool any = false;
    for (const struct key *k = keys; k->name; k++) {
        if (!k->required)
            continue;
        if (!any) {
            json_key(w, "required");
            json_begin_array(w);
        }
        any = true;
        json_put_cstr(w, k->name);
    }
    if (any)
        json_end_array(w);
}

static void put_table(struct json_out *w, const struct shape *s)
{
    put_type(w, "object", NULL);
    if (s->table_key != SH_TEXT) {
        json_key(w, "propertyNames");
        json_begin_object(w);
        json_field_cstr(w, "pattern", NAME_PATTERN);
        json_end_object(w);
    }
    if (s->of) {
        json_key(w, "additionalProperties");
        put_shape(w, s->of, NULL);
    }
}

static void put_either(struct json_out *w, const struct shape *s)
{
    json_key(w, "anyOf");
    json_begin_array(w);
    if (s->of)
        put_shape(w, s->of, NULL);
    if (s->list)
        put_shape(w, s->list, NULL);
    if (s->keys) {
        json_begin_object(w);
        put_keys(w, s->keys);
        json_end_object(w);
    }
    json_end_array(w);
}

static void put_shape(struct json_out *w, const struct shape *s, const char *doc)
{
    json_begin_object(w);
    if (doc)
        json_field_cstr(w, "description", doc);
    switch ((int)s->kind) {
    case SH_ANY:
        break;
    case SH_LIST:
        put_type(w, "array", NULL);
        json_key(w, "items");
        put_shape(w, s->of, NULL);
        if (s->nonempty)
            json_field_int(w, "minItems", 1);
        break;
    case SH_MAP:
        put_keys(w, s->keys);
        break;
    case SH_TABLE:
    case SH_SET:
        put_table(w, s);
        break;
    case SH_EITHER:
        put_either(w, s);
        break;
    default:
        put_scalar(w, s);
    }
    json_end_object(w);
}

void model_schema(struct buf *out)
{
    struct json_out w;
    json_out_init(&w, out, true);
    json_begin_object(&w);
    json_field_cstr(&w, "$schema", "http://json-schema.org/draft-07/schema#");
    json_field_cstr(&w, "title", "A Revos workspace file");
    put_type(&w, "object", NULL);
    json_field_bool(&w, "additionalProperties", false);
    json_key(&w, "properties");
    json_begin_object(&w);
    for (const struct section *s = model_sections; s->name; s++) {
        json_key(&w, s->name);
        put_shape(&w, s->shape, s->doc);
    }
    json_end_object(&w);
    json_end_object(&w);
    json_out_done(&w);
    buf_char(out, '\n');
}
