/* seen.c - see seen.h. */
#include "process/seen.h"

#include <stdlib.h>

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

static struct str path_name(const struct row *of, const struct xread *read, struct arena *a)
{
    struct str name = of->object->name;
    for (size_t i = 0; i < read->n_steps; i++) {
        const struct xstep *s = &read->steps[i];
        name = str_printf(a, "%.*s.%.*s", STR_ARG(name),
                          STR_ARG(s->ref ? s->ref->name : s->child->name));
        if (!s->ref)
            return name;
    }
    return read->field ? str_printf(a, "%.*s.%.*s", STR_ARG(name), STR_ARG(read->field->name))
                       : name;
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

struct seen {
    struct str path;
    const struct xread *read;
};

static int by_path(const void *a, const void *b)
{
    return str_cmp(((const struct seen *)a)->path, ((const struct seen *)b)->path);
}

void seen_values(struct reaction *r, const struct expr *e, const struct row *of,
                 struct json_out *out)
{
    const struct xread *reads;
    size_t n_reads = expr_reads(e, &reads), n = 0;
    struct seen *seen = ARENA_ARRAY(r->l->arena, n_reads, struct seen);
    for (size_t i = 0; i < n_reads; i++)
        if (reads[i].root == XR_SELF)
            seen[n++] = (struct seen){path_name(of, &reads[i], r->l->arena), &reads[i]};
    if (n > 1)
        qsort(seen, n, sizeof *seen, by_path);
    json_begin_object(out);
    for (size_t i = 0; i < n; i++) {
        if (i > 0 && str_eq(seen[i].path, seen[i - 1].path))
            continue;
        json_key_str(out, seen[i].path);
        put_read(r, seen[i].read, of, out);
    }
    json_end_object(out);
}
