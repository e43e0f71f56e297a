/* seen.c - see seen.h. */
#include "process/seen.h"

#include <string.h>

#include "base/hash.h"

enum { CHILDREN_COUNTED = 100 };

static struct str enum_text(const struct field *f, uint32_t number)
{
    const struct enum_value *v = field_value_numbered(f, number);
    for (size_t i = 0; !v && i < f->x->n_names; i++)
        if (f->x->names[i].number == number)
            return f->x->names[i].name;
    return v ? v->name : STR("(removed)");
}

static struct str plain_text(const struct field *f, const struct value *v, struct arena *a)
{
    char room[64];
    if (v->type == VT_ENUM)
        return enum_text(f, v->number_of);
    if (v->type == VT_REF)
        return str_dup(a, id_text(f->to ? f->to->prefix : STR("rec"), v->ref, room));
    struct str text;
    return value_text(v, a, &text) ? text : STR("(erased)");
}

void seen_value(const struct field *f, const struct value *v, struct arena *a, struct json_out *out)
{
    if (v->type == VT_ABSENT) {
        json_put_null(out);
    } else if (f->personal) {
        json_put_cstr(out, "(personal)");
    } else if (v->type == VT_BOOL) {
        json_put_bool(out, v->boolean);
    } else if (v->type == VT_INT) {
        json_put_int(out, v->integer);
    } else if (v->type == VT_JSON) {
        json_put_raw(out, v->text);
    } else {
        json_put_str(out, plain_text(f, v, a));
    }
}

static bool count_child(void *ctx, const struct xrecord *child)
{
    size_t *n = ctx;
    (void)child;
    return ++*n < CHILDREN_COUNTED;
}

static void path_name(const struct row *of, const struct xread *read, struct buf *out)
{
    buf_str(out, of->object->name);
    for (size_t i = 0; i < read->n_steps; i++) {
        buf_char(out, '.');
        buf_str(out, read->steps[i].ref ? read->steps[i].ref->name : read->steps[i].child->name);
        if (!read->steps[i].ref)
            return;
    }
    if (read->field) {
        buf_char(out, '.');
        buf_str(out, read->field->name);
    }
}

/* The value at the end of references, or the length of the first list on the way. */
static void put_read(struct reaction *r, const struct xread *read, const struct row *of,
                     struct json_out *out)
{
    const struct xreader *rd = r->l->reader->records;
    const struct model *m = process_model(r->p);
    struct xrecord at = {of->object->x, of->id, of};
    struct value v;
    for (size_t i = 0; i < read->n_steps; i++) {
        const struct xstep *s = &read->steps[i];
        size_t n = 0;
        if (!s->ref) {
            if (rd->children(rd->ctx, &at, s->child, NULL, count_child, &n) == RC_OK)
                json_put_int(out, (int64_t)n);
            else
                json_put_null(out);
            return;
        }
        if (rd->field(rd->ctx, &at, s->ref, &v) != RC_OK || v.type != VT_REF ||
            rd->follow(rd->ctx, s->ref->type.object, v.ref, &at) != RC_OK) {
            json_put_null(out);
            return;
        }
    }
    const struct object *o = model_object_numbered(m, at.object->number);
    const struct field *f = o && read->field ? object_field_numbered(o, read->field->number) : NULL;
    if (f && rd->field(rd->ctx, &at, read->field, &v) == RC_OK)
        seen_value(f, &v, r->l->arena, out);
    else
        json_put_null(out);
}

static bool told_before(const struct row *of, const struct xread *reads, size_t i)
{
    struct buf mine, other;
    bool same = false;
    buf_init(&mine, 4096);
    buf_init(&other, 4096);
    path_name(of, &reads[i], &mine);
    for (size_t k = 0; k < i && !same; k++) {
        buf_clear(&other);
        path_name(of, &reads[k], &other);
        same = str_eq(buf_view(&mine), buf_view(&other));
    }
    buf_release(&mine);
    buf_release(&other);
    return same;
}

void seen_values(struct reaction *r, const struct expr *e, const struct row *of,
                 struct json_out *out)
{
    const struct xread *reads;
    size_t n = expr_reads(e, &reads);
    struct buf name;
    buf_init(&name, 4096);
    json_begin_object(out);
    for (size_t i = 0; i < n; i++) {
        if (reads[i].root != XR_SELF || told_before(of, reads, i))
            continue;
        buf_clear(&name);
        path_name(of, &reads[i], &name);
        json_key_str(out, buf_view(&name));
        put_read(r, &reads[i], of, out);
    }
    json_end_object(out);
    buf_release(&name);
}
