/* packet.c - see packet.h. */
#include "process/packet.h"

#include "process/seen.h"

#include <stdlib.h>

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

struct wanted {
    struct str name;
    bool blocks, *filled; /* of copies, too */
};

static int by_name(const void *a, const void *b)
{
    return str_cmp(((const struct wanted *)a)->name, ((const struct wanted *)b)->name);
}

static struct wanted *wanted_of(const struct node *entries, struct arena *a)
{
    struct wanted *list = ARENA_ARRAY(a, entries->n, struct wanted);
    for (size_t i = 0; i < entries->n; i++) {
        const struct node *e = entries->items[i];
        list[i].name = e->kind == NODE_SCALAR ? e->text : node_text(e, "field");
        list[i].blocks = str_is(node_text(e, "enforce"), "block");
        list[i].filled = ARENA_NEW(a, bool);
    }
    return list;
}

/* Once each, in bytewise order, as canonical JSON has them. */
static struct str collected(struct reaction *r, const struct wanted *list, size_t n,
                            const struct row *of)
{
    struct arena *a = r->l->arena;
    struct wanted *sorted = arena_copy(a, list, n * sizeof *list);
    struct json_out w;
    struct buf b;
    if (n > 1)
        qsort(sorted, n, sizeof *sorted, by_name);
    buf_init(&b, PACKET_BYTES_MAX);
    json_out_init(&w, &b, false);
    json_begin_object(&w);
    for (size_t i = 0; i < n && r->rc == RC_OK; i++) {
        if (i > 0 && str_eq(sorted[i].name, sorted[i - 1].name))
            *sorted[i].filled = *sorted[i - 1].filled;
        else
            *sorted[i].filled = put_entry(r, sorted[i].name, of, &w);
    }
    json_end_object(&w);
    struct str text = buf_ok(&b) == RC_OK ? str_dup(a, buf_view(&b)) : STR("{}");
    buf_release(&b);
    return text;
}

struct packet packet_collect(struct reaction *r, const struct definition *handoff,
                             const struct row *of)
{
    const struct node *entries = node_items(handoff->node, "packet");
    struct arena *a = r->l->arena;
    const struct wanted *list = wanted_of(entries, a);
    struct packet p = {.json = collected(r, list, entries->n, of)};
    for (size_t i = 0; i < entries->n; i++) {
        if (*list[i].filled)
            continue;
        p.n_missing++;
        name_missing(a, &p.missing, list[i].name);
        if (list[i].blocks)
            name_missing(a, &p.blocking, list[i].name);
    }
    return p;
}
