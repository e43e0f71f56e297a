/* packet.c - see packet.h. */
#include "process/packet.h"

#include "process/seen.h"

enum { PACKET_BYTES_MAX = 1 << 20, CHILDREN_COUNTED = 1000 };

struct listing {
    struct reaction *r;
    const struct xchild *child;
    int64_t n;
    struct instant last;
};

static bool count_one(void *ctx, const struct xrecord *record)
{
    struct listing *l = ctx;
    const struct xreader *rd = l->r->l->reader->records;
    struct value v;
    if (l->child->time && rd->field(rd->ctx, record, l->child->time, &v) == RC_OK &&
        v.type == VT_INSTANT && v.instant.us > l->last.us)
        l->last = v.instant;
    return ++l->n < CHILDREN_COUNTED;
}

/* {"count": 3, "last": "2026-03-01T08:00:00Z"}; false: the list is empty. */
static bool put_list(struct reaction *r, const struct xchild *child, const struct row *of,
                     struct json_out *w)
{
    const struct xreader *rd = r->l->reader->records;
    struct xrecord self = {of->object->x, of->id, of};
    struct listing l = {.r = r, .child = child, .last = INSTANT_MIN};
    char text[40];
    if (r->rc == RC_OK)
        r->rc = rd->children(rd->ctx, &self, child, NULL, count_one, &l);
    json_begin_object(w);
    json_field_int(w, "count", l.n);
    if (l.last.us > INSTANT_MIN.us)
        json_field_str(w, "last", instant_text(l.last, text));
    json_end_object(w);
    return l.n > 0;
}

static bool put_entry(struct reaction *r, struct str name, const struct row *of, struct json_out *w)
{
    const struct field *f = object_field(of->object, name);
    const struct xchild *child = f ? NULL : xobject_child(of->object->x, name);
    json_key_str(w, name);
    if (child)
        return put_list(r, child, of, w);
    if (!f) {
        json_put_null(w);
        return false;
    }
    const struct value *v = row_value(of, f);
    seen_value(f, v, r->l->arena, w);
    return v->type != VT_ABSENT;
}

static void name_missing(struct arena *a, struct str *list, struct str name)
{
    *list = str_printf(a, "%.*s%s%.*s", STR_ARG(*list), list->n ? ", " : "", STR_ARG(name));
}

struct packet packet_collect(struct reaction *r, const struct definition *handoff,
                             const struct row *of)
{
    const struct node *entries = node_items(handoff->node, "packet");
    struct packet p = {.json = STR("{}")};
    struct arena *a = r->l->arena;
    struct json_out w;
    struct json *j;
    struct buf b, canonical;
    buf_init(&b, PACKET_BYTES_MAX);
    buf_init(&canonical, PACKET_BYTES_MAX);
    json_out_init(&w, &b, false);
    json_begin_object(&w);
    for (size_t i = 0; i < entries->n && r->rc == RC_OK; i++) {
        const struct node *e = entries->items[i];
        struct str name = e->kind == NODE_SCALAR ? e->text : node_text(e, "field");
        if (put_entry(r, name, of, &w))
            continue;
        p.n_missing++;
        name_missing(a, &p.missing, name);
        if (str_is(node_text(e, "enforce"), "block"))
            name_missing(a, &p.blocking, name);
    }
    json_end_object(&w);
    if (buf_ok(&b) == RC_OK && json_read(buf_view(&b), NULL, a, &j, NULL) == RC_OK) {
        json_canonical(j, &canonical);
        if (buf_ok(&canonical) == RC_OK)
            p.json = str_dup(a, buf_view(&canonical));
    }
    buf_release(&b);
    buf_release(&canonical);
    return p;
}
