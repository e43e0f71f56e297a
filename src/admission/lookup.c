/* lookup.c - keys, source rows and records, loaded for a whole group in set statements. */
#include "admission/steps.h"

#include <assert.h>
#include <string.h>

enum { KEPT_KEYS_MAX = 1 << 15 };

/* ---- keys ------------------------------------------------------------------------------------------------------ */

/* One text that stands for a key in a hash map: numbers, then source and value with the source's length before. */
static struct str key_name(const struct key_ref *k, struct arena *a)
{
    uint32_t head[3] = {k->object, k->key, (uint32_t)k->source.n};
    size_t n = sizeof head + k->source.n + k->value.n;
    char *p = arena_alloc(a, n ? n : 1);
    memcpy(p, head, sizeof head);
    if (k->source.n)
        memcpy(p + sizeof head, k->source.p, k->source.n);
    if (k->value.n)
        memcpy(p + sizeof head + k->source.n, k->value.p, k->value.n);
    return (struct str){p, n};
}

static struct known_key *key_enter(struct group *g, const struct key_ref *k, bool *is_new)
{
    struct arena *a = g->keys.arena;
    struct arena_mark mark = arena_mark(a);
    struct str name = key_name(k, a);
    struct known_key *known = map_find(&g->keys, name);
    *is_new = !known;
    if (known) {
        arena_release(a, mark);
        return known;
    }
    known = ARENA_NEW(a, struct known_key);
    map_put(&g->keys, name, known);
    return known;
}

static void load_known(struct group *g, struct known_key *const *known, const struct key_ref *refs,
                       size_t n)
{
    if (n == 0 || g->rc != RC_OK)
        return;
    uint64_t *records = ARENA_ARRAY(g->arena, n, uint64_t);
    g->rc = keys_find(g->projection, refs, n, records);
    for (size_t i = 0; g->rc == RC_OK && i < n; i++)
        known[i]->record = records[i];
}

void keys_load(struct group *g, const struct key_ref *keys, size_t n)
{
    struct known_key **fresh = ARENA_ARRAY(g->arena, n, struct known_key *);
    struct key_ref *refs = ARENA_ARRAY(g->arena, n, struct key_ref);
    size_t m = 0;
    for (size_t i = 0; i < n; i++) {
        bool is_new;
        fresh[m] = key_enter(g, &keys[i], &is_new);
        refs[m] = keys[i];
        m += is_new;
    }
    load_known(g, fresh, refs, m);
}

uint64_t key_record(struct group *g, const struct key_ref *key)
{
    bool is_new;
    struct known_key *known = key_enter(g, key, &is_new);
    if (is_new)
        load_known(g, &known, key, 1);
    return known->record;
}

void key_put(struct group *g, const struct key_ref *key, uint64_t record)
{
    bool is_new;
    key_enter(g, key, &is_new)->record = record;
}

void key_reload(struct group *g, const struct key_ref *key)
{
    bool is_new;
    struct known_key *known = key_enter(g, key, &is_new);
    known->record = 0;
    load_known(g, &known, key, 1);
}

void keys_recall(struct group *g)
{
    struct kept_keys *kept = &g->adm->kept;
    struct ledger_head head = ledger_head(g->adm->parts.ledger);
    if (!kept->arena)
        kept->arena = arena_new();
    if (!kept->stands || !digest_eq(kept->head, head.hash) || kept->keys.n > KEPT_KEYS_MAX) {
        arena_reset(kept->arena);
        map_init(&kept->keys, kept->arena);
    }
    kept->stands = false; /* until this batch is committed */
    g->keys = kept->keys;
}

void keys_keep(struct group *g)
{
    struct kept_keys *kept = &g->adm->kept;
    kept->keys = g->keys;
    kept->head = ledger_head(g->adm->parts.ledger).hash;
    kept->stands = true;
}

/* ---- source rows ------------------------------------------------------------------------------------------------- */

static struct str source_name(const struct command *c, struct arena *a)
{
    return str_printf(a, "%u %zu %.*s %.*s", c->object->number, c->source.n, STR_ARG(c->source),
                      STR_ARG(c->source_row));
}

struct source_load {
    struct group *g;
    struct work **works;
    struct str *rows; /* their names */
};

static void bind_source(void *self, struct stmt *st, size_t i)
{
    const struct source_load *l = self;
    const struct command *c = l->works[i]->command;
    stmt_int(st, 1, c->object->number);
    stmt_text(st, 2, c->source);
    stmt_blob(st, 3, l->rows[i]);
}

static enum rc read_source(void *self, struct stmt *st, size_t i)
{
    struct source_load *l = self;
    struct said_before *b = l->works[i]->before;
    b->record = stmt_get_u64(st, 0);
    struct str digest = stmt_get_blob(st, 1);
    if (digest.n != sizeof b->digest.b)
        return RC_CORRUPT;
    memcpy(b->digest.b, digest.p, digest.n);
    b->said = str_dup(l->g->arena, stmt_get_blob(st, 2));
    b->batch = stmt_get_u64(st, 3);
    return RC_OK;
}

static void load_sources(struct group *g)
{
    struct source_load l = {g, ARENA_ARRAY(g->arena, g->n, struct work *),
                            ARENA_ARRAY(g->arena, g->n, struct str)};
    size_t n = 0;
    for (size_t i = 0; i < g->n; i++) {
        struct work *w = &g->works[i];
        if (!w->plan || w->command->source_row.n == 0)
            continue;
        struct str name = source_name(w->command, g->arena);
        w->before = map_find(&g->sources, name);
        if (w->before)
            continue;
        w->before = ARENA_NEW(g->arena, struct said_before);
        map_put(&g->sources, name, w->before);
        l.works[n] = w;
        if (g->rc == RC_OK)
            g->rc = source_row_name(g->adm, w->command, g->arena, &l.rows[n]);
        n++;
    }
    struct stmt *st;
    if (n == 0 || g->rc != RC_OK)
        return;
    g->rc = store_named(g->adm->parts.store, SQL_SOURCE_ROW_GET, &st);
    if (g->rc == RC_OK)
        g->rc = stmt_each(st, n, &(struct stmt_set){&l, bind_source, read_source});
}

/* ---- records ----------------------------------------------------------------------------------------------------- */

typedef VEC(uint64_t) id_list;

static void want(struct group *g, id_list *lists, const struct object_plan *p, uint64_t id)
{
    if (id)
        *VEC_PUSH(g->arena, &lists[p->object->number]) = id;
}

static void want_record(struct group *g, id_list *lists, const struct work *w)
{
    want(g, lists, w->plan, w->command->id);
    if (w->before && !w->plan->object->is_fact)
        want(g, lists, w->plan, w->before->record);
    for (size_t k = 0; k < w->n_keys; k++)
        want(g, lists, w->plan, key_record(g, &w->keys[k]));
}

/* A key leads to a record that is there, so the record itself is read only where a condition reads through the reference. */
static void want_referred(struct group *g, id_list *lists, const struct work *w)
{
    for (size_t i = 0; i < w->changes.n; i++) {
        const struct change *ch = &w->changes.v[i];
        if (ch->field->type != FT_REF || !ch->field->to)
            continue;
        const struct object_plan *to = plan_get(&g->adm->plans, ch->field->to->number);
        if (!ch->by_key) {
            want(g, lists, to, ch->value.type == VT_REF ? ch->value.ref : 0);
            continue;
        }
        for (size_t k = 0; bits_has(w->plan->follows, ch->slot) && k < ch->n_keys; k++)
            want(g, lists, to, key_record(g, &ch->keys[k]));
    }
}

static void load_lists(struct group *g, id_list *lists)
{
    for (uint32_t k = 0; k <= g->adm->plans.max_number; k++) {
        if (lists[k].n)
            entries_load(g, plan_get(&g->adm->plans, k), lists[k].v, lists[k].n);
        lists[k].n = 0;
    }
}

void group_load(struct group *g)
{
    VEC(struct key_ref) keys = {NULL, 0, 0};
    for (size_t i = 0; i < g->n; i++) {
        const struct work *w = &g->works[i];
        for (size_t k = 0; k < w->n_keys; k++)
            *VEC_PUSH(g->arena, &keys) = w->keys[k];
        for (size_t c = 0; c < w->changes.n; c++)
            for (size_t k = 0; k < w->changes.v[c].n_keys; k++)
                *VEC_PUSH(g->arena, &keys) = w->changes.v[c].keys[k];
    }
    keys_load(g, keys.v, keys.n);
    if (g->rc == RC_OK)
        load_sources(g);
    id_list *lists = ARENA_ARRAY(g->arena, g->adm->plans.max_number + 1u, id_list);
    for (size_t i = 0; g->rc == RC_OK && i < g->n; i++)
        if (g->works[i].plan) {
            want_record(g, lists, &g->works[i]);
            want_referred(g, lists, &g->works[i]);
        }
    load_lists(g, lists);
}
