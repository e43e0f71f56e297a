/* account_match.c - see account_match.h. */
#include "process/account_match.h"

#include "process/target.h"

#include <string.h>

enum { CANDIDATES_MAX = 100, LEVELS_MAX = 4 };

struct matching {
    struct reaction *r;
    const struct object *to;
    const struct row *found[CANDIDATES_MAX];
    size_t n;
};

static void add_found(struct matching *m, const struct row *row)
{
    for (size_t i = 0; i < m->n; i++)
        if (m->found[i]->id == row->id)
            return;
    if (m->n < CANDIDATES_MAX)
        m->found[m->n++] = row;
}

/* Everything below what was found: subsidiaries of an account. */
static void add_below(struct matching *m)
{
    const struct process_reader *rd = m->r->l->reader;
    size_t from = 0;
    for (int level = 0; level < LEVELS_MAX && from < m->n; level++) {
        size_t to = m->n;
        for (; from < to; from++)
            for (size_t k = 0; k < m->to->n_children && m->r->rc == RC_OK; k++) {
                const struct child *c = &m->to->children[k];
                const struct row **rows;
                size_t n = 0;
                if (c->object != m->to)
                    continue;
                m->r->rc = rd->children(rd->ctx, c->via, m->found[from]->id, &rows, &n);
                for (size_t i = 0; m->r->rc == RC_OK && i < n; i++)
                    add_found(m, rows[i]);
            }
    }
}

static const struct key_def *key_over(const struct object *o, const struct field *f)
{
    for (size_t i = 0; i < o->n_keys; i++)
        if (o->keys[i].n_fields == 1 && o->keys[i].fields[0] == f)
            return &o->keys[i];
    return NULL;
}

/* The record whose key is what the expression gives. */
static void find_by(struct matching *m, const struct pair *by, const struct row *of)
{
    const struct look *l = m->r->l;
    const struct field *f = object_field(m->to, by->key);
    const struct key_def *key = f ? key_over(m->to, f) : NULL;
    const struct row *row = NULL;
    struct xbindings b = {.now = l->at, .today = l->today, .self = {of->object->x, of->id, of}};
    struct xvalue x;
    struct value v;
    struct str why;
    if (!key || !by->value->expr || m->r->rc != RC_OK)
        return;
    expr_eval(by->value->expr, l->reader->records, l->reader->host, &b, NULL, l->arena, &x);
    if (x.result != XV_VALUE || xvalue_store(&x, f->x, l->arena, &v, &why) != RC_OK ||
        v.type == VT_ABSENT)
        return;
    m->r->rc = l->reader->by_key(l->reader->ctx, m->to, key, &v, &row);
    if (m->r->rc == RC_OK && row)
        add_found(m, row);
}

static bool older(const struct row *a, const struct row *b)
{
    return a->created_at.us != b->created_at.us ? a->created_at.us < b->created_at.us
                                                : a->id < b->id;
}

/* Keeps those that meet the condition, unless none does. */
static bool narrow(struct matching *m, const struct expr *e)
{
    const struct row *kept[CANDIDATES_MAX];
    size_t n = 0;
    for (size_t i = 0; e && i < m->n; i++)
        if (row_test(m->r, m->found[i], e, NULL) == XT_MET)
            kept[n++] = m->found[i];
    if (n == 0 || n == m->n)
        return false;
    memcpy(m->found, kept, n * sizeof *kept);
    m->n = n;
    return true;
}

static const struct row *prefer(struct matching *m, const struct node *list, struct json_out *log)
{
    json_key(log, "decided_by");
    json_begin_array(log);
    for (size_t i = 0; i < list->n && m->n > 1; i++)
        if (narrow(m, list->items[i]->expr))
            json_put_str(log, list->items[i]->text);
    const struct row *best = m->found[0];
    for (size_t i = 1; i < m->n; i++)
        if (older(m->found[i], best))
            best = m->found[i];
    if (m->n > 1)
        json_put_cstr(log, "oldest");
    json_end_array(log);
    return best;
}

static const struct row *filled(struct matching *m, const struct row *of, const struct field *f,
                                const struct row *found, const struct definition *route)
{
    struct reaction *r = m->r;
    struct value ref = {.type = VT_REF, .ref = found->id};
    struct asking a = ask_set(r, of->object, of->id,
                              str_printf(r->l->arena, "routes.%.*s", STR_ARG(route->name)));
    ask_field(&a, f, ref);
    ask_reason(&a, str_printf(r->l->arena, "matched by route %.*s", STR_ARG(route->name)));
    (void)ask(&a);
    struct row *copy = row_copy(of, r->l->arena);
    for (size_t i = 0; i < copy->object->n_fields; i++)
        if (copy->object->fields[i] == f)
            copy->values[i] = ref;
    return copy;
}

const struct row *account_matched(struct reaction *r, const struct definition *route,
                                  const struct row *of, struct json_out *log)
{
    const struct node *match = node_get(route->node, "match"), *by = node_get(match, "by");
    const struct field *f = match ? object_field(of->object, node_text(match, "field")) : NULL;
    struct matching m = {.r = r};
    char room[64];
    if (!f || !f->to || !by || by->kind != NODE_MAP || row_value(of, f)->type != VT_ABSENT)
        return of;
    m.to = f->to;
    for (size_t i = 0; i < by->n; i++)
        find_by(&m, &by->pairs[i], of);
    add_below(&m);
    json_key(log, "match");
    json_begin_object(log); /* keys in bytewise order */
    int64_t n = (int64_t)m.n;
    const struct row *found = m.n && r->rc == RC_OK ? prefer(&m, node_items(match, "prefer"), log)
                                                    : NULL;
    json_field_str(log, "field", f->name);
    json_field_int(log, "found", n);
    if (found)
        json_field_str(log, "taken", id_text(f->to->prefix, found->id, room));
    json_end_object(log);
    return found ? filled(&m, of, f, found, route) : of;
}
