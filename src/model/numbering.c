#include "model/numbering.h"

#include "base/map.h"
#include "base/value.h"
#include <assert.h>

#define FORMAT 1
#define FIELDS_FROM 16  /* numbers below are fixed: system fields (model.h) */
#define OBJECTS_FROM 64 /* numbers below are fixed: builtin objects */

struct entry {
    struct number_scope scope;
    struct str name, type;
    uint32_t number;
};

struct numbering {
    struct arena *arena;
    VEC(struct entry *) list;
    struct map by_name;   /* scope, name and type to entry; only current names */
    struct map by_number; /* scope and number to entry */
    struct map last;      /* scope to the entry with its greatest number */
};

static struct str entry_key(struct arena *a, struct number_scope s, struct str name,
                            struct str type)
{
    return str_printf(a, "%d/%u/%u/%.*s/%.*s", (int)s.kind, s.object, s.field, STR_ARG(type),
                      STR_ARG(name));
}

static struct entry *entry_find(const struct numbering *n, struct number_scope s, struct str name,
                                struct str type)
{
    struct arena_mark mark = arena_mark(n->arena);
    struct entry *e = map_find(&n->by_name, entry_key(n->arena, s, name, type));
    arena_release(n->arena, mark);
    return e;
}

/* Number 0 asks for the scope itself. */
static struct str number_key(struct arena *a, struct number_scope s, uint32_t number)
{
    return str_printf(a, "%d/%u/%u#%u", (int)s.kind, s.object, s.field, number);
}

static struct entry *number_find(const struct numbering *n, const struct map *map,
                                 struct number_scope s, uint32_t number)
{
    struct arena_mark mark = arena_mark(n->arena);
    struct entry *e = map_find(map, number_key(n->arena, s, number));
    arena_release(n->arena, mark);
    return e;
}

static void entry_add(struct numbering *n, const struct entry *e)
{
    struct entry *own = ARENA_NEW(n->arena, struct entry);
    *own = *e;
    *VEC_PUSH(n->arena, &n->list) = own;
    map_put(&n->by_name, entry_key(n->arena, e->scope, e->name, e->type), own);
    map_put(&n->by_number, number_key(n->arena, e->scope, e->number), own);
    const struct entry *last = number_find(n, &n->last, e->scope, 0);
    if (!last || last->number < e->number)
        map_put(&n->last, number_key(n->arena, e->scope, 0), own);
}

static struct numbering *numbering_empty(struct arena *a)
{
    struct numbering *n = ARENA_NEW(a, struct numbering);
    n->arena = a;
    map_init(&n->by_name, a);
    map_init(&n->by_number, a);
    map_init(&n->last, a);
    return n;
}

struct numbering *numbering_new(const struct numbering *live, struct arena *a)
{
    struct numbering *n = numbering_empty(a);
    for (size_t i = 0; live && i < live->list.n; i++)
        entry_add(n, live->list.v[i]);
    return n;
}

static uint32_t next_number(const struct numbering *n, struct number_scope scope)
{
    uint32_t next = scope.kind == NUM_FIELD    ? FIELDS_FROM
                    : scope.kind == NUM_OBJECT ? OBJECTS_FROM
                                               : 1;
    const struct entry *last = number_find(n, &n->last, scope, 0);
    if (last && last->number >= next)
        next = last->number + 1;
    return next;
}

/* Renames keep the map in step: the old name no longer leads to the entry. */
static void entry_rename(struct numbering *n, struct entry *e, struct str name)
{
    map_put(&n->by_name, entry_key(n->arena, e->scope, e->name, e->type), NULL);
    e->name = name;
    map_put(&n->by_name, entry_key(n->arena, e->scope, e->name, e->type), e);
}

uint32_t numbering_give(struct numbering *n, struct number_scope scope, struct str name,
                        struct str was, struct str type)
{
    struct entry *e = entry_find(n, scope, name, type);
    if (!e && was.n) {
        e = entry_find(n, scope, was, type);
        if (e)
            entry_rename(n, e, name);
    }
    if (!e) {
        struct entry fresh = {scope, name, type, next_number(n, scope)};
        entry_add(n, &fresh);
        return fresh.number;
    }
    return e->number;
}

void numbering_fix(struct numbering *n, struct number_scope scope, struct str name, struct str type,
                   uint32_t number)
{
    assert(number);
    if (entry_find(n, scope, name, type))
        return;
    struct entry fresh = {scope, name, type, number};
    entry_add(n, &fresh);
}

uint32_t numbering_find(const struct numbering *n, struct number_scope scope, struct str name,
                        struct str type)
{
    const struct entry *e = entry_find(n, scope, name, type);
    return e ? e->number : 0;
}

struct str numbering_name(const struct numbering *n, struct number_scope scope, uint32_t number)
{
    const struct entry *e = number_find(n, &n->by_number, scope, number);
    return e ? e->name : STR_NONE;
}

struct numbering *numbering_rolled_back(const struct numbering *live, const struct numbering *old,
                                        struct arena *a)
{
    struct numbering *n = numbering_empty(a);
    for (size_t i = 0; i < live->list.n; i++) {
        struct entry e = *live->list.v[i];
        struct str before = numbering_name(old, e.scope, e.number);
        if (before.n)
            e.name = before;
        entry_add(n, &e);
    }
    return n;
}

/* Entries stand in order of first asking, which never changes: old ones first. */
void numbering_encode(const struct numbering *n, struct buf *out)
{
    buf_char(out, FORMAT);
    varint_put(out, n->list.n);
    for (size_t i = 0; i < n->list.n; i++) {
        const struct entry *e = n->list.v[i];
        varint_put(out, (uint64_t)e->scope.kind);
        varint_put(out, e->scope.object);
        varint_put(out, e->scope.field);
        varint_put(out, e->number);
        varint_put(out, e->name.n);
        buf_str(out, e->name);
        varint_put(out, e->type.n);
        buf_str(out, e->type);
    }
}

static bool get_text(struct str *in, struct str *out)
{
    uint64_t n;
    if (!varint_get(in, &n) || n > in->n)
        return false;
    *out = str_sub(*in, 0, (size_t)n);
    *in = str_sub(*in, (size_t)n, in->n);
    return true;
}

static bool get_entry(struct str *in, struct entry *e)
{
    uint64_t kind, object, field, number;
    if (!varint_get(in, &kind) || !varint_get(in, &object) || !varint_get(in, &field) ||
        !varint_get(in, &number))
        return false;
    if (kind < NUM_OBJECT || kind > NUM_KEY || object > UINT32_MAX || field > UINT32_MAX ||
        !number || number > UINT32_MAX)
        return false;
    e->scope = (struct number_scope){(enum number_kind)kind, (uint32_t)object, (uint32_t)field};
    e->number = (uint32_t)number;
    return get_text(in, &e->name) && e->name.n && get_text(in, &e->type);
}

enum rc numbering_decode(struct str bytes, struct arena *a, struct numbering **out)
{
    *out = NULL;
    uint64_t count;
    struct str in = str_dup(a, bytes);
    if (!in.n || in.p[0] != FORMAT)
        return RC_CORRUPT;
    in = str_sub(in, 1, in.n);
    if (!varint_get(&in, &count))
        return RC_CORRUPT;
    struct numbering *n = numbering_empty(a);
    for (uint64_t i = 0; i < count; i++) {
        struct entry e = {0};
        if (!get_entry(&in, &e) || entry_find(n, e.scope, e.name, e.type) ||
            numbering_name(n, e.scope, e.number).n)
            return RC_CORRUPT;
        entry_add(n, &e);
    }
    if (in.n)
        return RC_CORRUPT;
    *out = n;
    return RC_OK;
}
