/* stated.c - JSON to a command: each member by its kind, each value by its field. */
#include "door/stated.h"

enum { VALUE_TEXT_MAX = 1 << 20, VERDICT_TEXT_MAX = 64 << 20 };

static bool wrong(struct stated *s, const char *member, struct str text)
{
    s->fault = (struct stated_fault){false, str_of(member), text};
    return false;
}

/* ---- values ------------------------------------------------------------------------------------------------------------ */

/* Money as it is answered: {"minor":…,"currency":…}. */
static bool read_money(const struct json *j, struct value *out)
{
    struct str code;
    *out = (struct value){.type = VT_MONEY};
    return json_int(json_get(j, "minor"), &out->money.minor) &&
           json_str(json_get(j, "currency"), &code) && currency_parse(code, &out->money.currency);
}

/* {"command": NAME}: the record of an earlier command of the same list. */
static bool read_part(const struct stated *s, const struct json *j, struct field_input *in)
{
    struct str name;
    if (!json_str(json_get(j, "command"), &name))
        return false;
    in->form = INPUT_PART;
    for (size_t i = 0; i < s->n_names; i++)
        if (str_eq(s->names[i], name)) {
            in->part = i;
            return true;
        }
    return false;
}

/* Texts and numbers are read by the field's type, as at every other door. False: `in->why` says how it is written. */
static bool read_value(struct stated *s, const struct json *j, struct field_input *in)
{
    char room[24];
    bool on = false;
    struct buf text;
    in->form = INPUT_TEXT;
    switch (j->type) {
    case JSON_NULL:
        in->form = INPUT_CLEAR;
        return true;
    case JSON_BOOL:
        (void)json_bool(j, &on);
        in->text = on ? STR("true") : STR("false");
        return true;
    case JSON_INT:
    case JSON_NUMBER:
        in->why = STR("is a number too long to be kept");
        if (!json_number(j, room, &in->text))
            return false;
        in->text = str_dup(s->arena, in->text);
        return true;
    case JSON_STRING:
        return json_str(j, &in->text);
    case JSON_OBJECT:
    case JSON_ARRAY:
        break;
    }
    const struct field *f = object_field(s->c.object, in->name);
    if (f != NULL && f->type == FT_MONEY) {
        in->form = INPUT_VALUE;
        in->why = STR("is money: \"1200.50 EUR\" or {\"minor\": 120050, \"currency\": \"EUR\"}");
        return read_money(j, &in->value);
    }
    if (f != NULL && f->type == FT_REF && s->names != NULL) {
        in->why = STR(
            "is an id, a key or {\"command\": NAME}, the name of an earlier command here");
        return read_part(s, j, in);
    }
    if (f != NULL && f->type != FT_JSON) {
        in->why = STR("is a text, a number, true, false or null, not an object or a list");
        return false;
    }
    buf_init(&text, VALUE_TEXT_MAX);
    json_canonical(j, &text);
    in->text = str_dup(s->arena, buf_view(&text));
    buf_release(&text);
    return true;
}

static bool read_fields(struct stated *s, const struct json *fields)
{
    if (!json_is(fields, JSON_OBJECT))
        return wrong(s, "fields",
                     STR("'fields' is an object of field names and values: {\"name\": \"Acme\"}"));
    if (fields->n > COMMAND_FIELDS_MAX)
        return wrong(s, "fields", STR("a command has at most 2,000 fields"));
    struct field_input *in = ARENA_ARRAY(s->arena, fields->n + 1, struct field_input);
    for (uint32_t i = 0; i < fields->n; i++) {
        in[i].name = fields->items[i].key;
        if (!read_value(s, &fields->items[i], &in[i]))
            return wrong(
                s, "fields",
                str_printf(s->arena, "'%.*s' %.*s", STR_ARG(in[i].name), STR_ARG(in[i].why)));
    }
    s->c.fields = in;
    s->c.n_fields = fields->n;
    return true;
}

/* ---- members ------------------------------------------------------------------------------------------------------------ */

static bool read_id(struct stated *s, const struct json *m)
{
    struct str text = STR_NONE, prefix = s->c.object->prefix;
    s->c.kind = CMD_UPDATE;
    if (json_str(m, &text) && id_parse(text, prefix, &s->c.id))
        return true;
    return wrong(s, "id",
                 str_printf(s->arena,
                            "'id' is the id of one %.*s, such as %.*s_…; a record that is known by "
                            "a key is found by its fields, without 'id'",
                            STR_ARG(s->c.object->name), STR_ARG(prefix)));
}

static bool read_version(struct stated *s, const struct json *m)
{
    int64_t number;
    bool good = json_int(m, &number) && number >= 0;
    s->c.has_seen_version = good;
    s->c.seen_version = good ? (uint64_t)number : 0;
    return good ||
           wrong(s, "version", STR("'version' is the number that the record was shown with"));
}

bool stated_member(struct stated *s, const struct json *m, bool *known)
{
    *known = true;
    if (str_is(m->key, "fields"))
        return read_fields(s, m);
    if (str_is(m->key, "id"))
        return read_id(s, m);
    if (str_is(m->key, "version"))
        return read_version(s, m);
    if (str_is(m->key, "reason"))
        return (json_str(m, &s->c.reason) && s->c.reason.n <= STATED_REASON_MAX) ||
               wrong(s, "reason", STR("'reason' is a text of at most 2,000 bytes"));
    *known = false;
    return true;
}

static bool read_name(struct stated *s, const struct json *m)
{
    if (!json_str(m, &s->name) || s->name.n == 0 || s->name.n > STATED_NAME_MAX)
        return wrong(s, "name",
                     STR("'name' is a text of 1 to 100 bytes, for the commands behind it"));
    for (size_t i = 0; i < s->n_names; i++)
        if (str_eq(s->names[i], s->name))
            return wrong(s, "name",
                         str_printf(s->arena, "another command before it is named '%.*s'",
                                    STR_ARG(s->name)));
    return true;
}

struct str stated_no_object(const struct model *m, struct str name, struct arena *a)
{
    struct str *names = ARENA_ARRAY(a, m->n_objects + 1, struct str);
    for (size_t i = 0; i < m->n_objects; i++)
        names[i] = m->objects[i]->name;
    struct str near = text_nearest(name, names, m->n_objects);
    return str_printf(a, "the live model has no object '%.*s'%s%.*s%s", STR_ARG(name),
                      near.n > 0 ? "; did you mean '" : "", STR_ARG(near), near.n > 0 ? "'?" : "");
}

bool stated_one(struct stated *s, const struct json *j)
{
    struct str object;
    if (!json_is(j, JSON_OBJECT))
        return wrong(s, "", STR("a command is an object with 'object' and 'fields'"));
    if (!json_str(json_get(j, "object"), &object))
        return wrong(s, "object",
                     STR("'object' is missing or no text: the name of an object of the model"));
    s->c.object = model_object(s->model, object);
    if (s->c.object == NULL) {
        (void)wrong(s, "object", stated_no_object(s->model, object, s->arena));
        s->fault.no_object = true;
        return false;
    }
    for (uint32_t i = 0; i < j->n; i++) {
        const struct json *m = &j->items[i];
        bool known = true;
        if (str_is(m->key, "object"))
            continue;
        if (str_is(m->key, "name") ? !read_name(s, m) : !stated_member(s, m, &known))
            return false;
        if (!known)
            return wrong(s, str_c(s->arena, m->key),
                         str_printf(s->arena,
                                    "a command has no member '%.*s': it has object, id, version, "
                                    "fields, reason and name",
                                    STR_ARG(m->key)));
    }
    return s->c.fields != NULL || wrong(s, "fields", STR("'fields' is missing"));
}

/* ---- answers ------------------------------------------------------------------------------------------------------------ */

size_t verdicts_refused(const struct verdict *v, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct finding *why = verdict_reason(&v[i]);
        bool other = why != NULL && str_is(str_of(why->code), "PARTS");
        if (!verdict_accepted(&v[i]) && !other)
            return i;
    }
    return n;
}

void verdicts_json(const struct verdict *v, size_t n, struct json_out *w)
{
    struct buf one;
    buf_init(&one, VERDICT_TEXT_MAX);
    json_begin_array(w);
    for (size_t i = 0; i < n; i++) {
        buf_clear(&one);
        verdict_json(&v[i], &one);
        json_put_raw(w, buf_view(&one));
    }
    json_end_array(w);
    buf_release(&one);
}

void verdicts_answer(const struct verdict *v, size_t n, struct json_out *w)
{
    size_t refused = verdicts_refused(v, n);
    json_begin_object(w);
    json_field_bool(w, "accepted", refused == n);
    if (refused < n)
        json_field_int(w, "refused", (int64_t)refused);
    json_key(w, "verdicts");
    verdicts_json(v, n, w);
    json_end_object(w);
}
