#include "face/record_json.h"

#include "admission/parse.h"
#include "face/model_json.h"

static void put_money(struct json_out *w, struct money m)
{
    char code[4], room[40];
    json_begin_object(w);
    json_field_int(w, "minor", m.minor);
    json_field_str(w, "currency", currency_text(m.currency, code));
    json_field_str(w, "text", money_text(m, room));
    json_end_object(w);
}

static struct str label_of(const struct field *f, const struct value *v, struct arena *a)
{
    const struct enum_value *e = field_value_numbered(f, v->number_of);
    return e != NULL ? label_or(e->label, e->name) : field_value_text(f, v, a);
}

static void put_value(const struct field *f, const struct value *v, struct arena *a,
                      struct json_out *w)
{
    char room[64];
    switch (v->type) {
    case VT_BOOL:
        json_put_bool(w, v->boolean);
        return;
    case VT_INT:
        json_put_int(w, v->integer);
        return;
    case VT_NUM:
        json_put_number(w, decimal_text(v->number, room));
        return;
    case VT_MONEY:
        put_money(w, v->money);
        return;
    case VT_ABSENT:
        json_put_null(w);
        return;
    case VT_SEALED: /* erased: the members say so */
        json_put_str(w, STR(""));
        return;
    case VT_TEXT:
    case VT_DATE:
    case VT_INSTANT:
    case VT_ENUM:
    case VT_REF:
    case VT_CURRENCY:
    case VT_JSON:
        break;
    }
    json_put_str(w, field_value_text(f, v, a));
}

void cell_members_json(const struct field *f, const struct value *v,
                       const struct record_names *names, struct arena *a, struct json_out *w)
{
    bool deleted = false;
    struct str text;
    json_key(w, "value");
    put_value(f, v, a, w);
    if (v->type == VT_ENUM)
        text = label_of(f, v, a);
    else if (v->type == VT_REF && f->to != NULL)
        text = names->title(names->self, f->to, v->ref, &deleted);
    else
        text = field_value_text(f, v, a);
    json_field_str(w, "text", text);
    if (deleted)
        json_field_bool(w, "deleted", true);
    if (v->type == VT_SEALED)
        json_field_bool(w, "erased", true);
}

void cell_json(const struct field *f, const struct value *v, const struct record_names *names,
               struct arena *a, struct json_out *w)
{
    json_begin_object(w);
    cell_members_json(f, v, names, a, w);
    json_end_object(w);
}

static void put_cell(const struct row *r, const struct field *f, const struct record_names *names,
                     struct arena *a, struct json_out *w)
{
    const struct value *v = row_value(r, f);
    if (v->type == VT_ABSENT || f->number == FN_ID)
        return;
    json_key_str(w, f->name);
    cell_json(f, v, names, a, w);
}

void row_json(const struct row *r, const struct field *const *fields, size_t n_fields,
              const struct record_names *names, struct arena *a, struct json_out *w)
{
    char room[64];
    json_begin_object(w);
    json_field_str(w, "id", id_text(r->object->prefix, r->id, room));
    json_field_int(w, "version", (int64_t)r->version);
    json_field_str(w, "title", row_title(r, names, a));
    json_key(w, "fields");
    json_begin_object(w);
    if (fields == NULL)
        for (size_t i = 0; i < r->object->n_fields; i++)
            put_cell(r, r->object->fields[i], names, a, w);
    for (size_t i = 0; fields != NULL && i < n_fields; i++)
        put_cell(r, fields[i], names, a, w);
    json_end_object(w);
    json_end_object(w);
}

void actor_json(struct str actor, struct json_out *w)
{
    struct str rest = actor, kind;
    if (!str_split(&rest, ':', &kind))
        kind = actor;
    json_begin_object(w);
    json_field_str(w, "kind", kind);
    json_field_str(w, "name", rest.n > 0 ? rest : kind);
    json_end_object(w);
}

void erased_json(const struct object *o, uint64_t record, const struct erased *e,
                 struct json_out *w)
{
    char room[64];
    json_begin_object(w);
    json_field_str(w, "id", id_text(o->prefix, record, room));
    json_field_int(w, "seq", (int64_t)e->seq);
    json_field_int(w, "records", (int64_t)e->records);
    json_field_int(w, "keys", (int64_t)e->persons);
    json_field_int(w, "refused_from_now_on", (int64_t)e->hashes);
    json_field_int(w, "quarantined_rows", (int64_t)e->held_rows);
    json_end_object(w);
}
