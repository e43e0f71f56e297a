/* world.h - a compiled model over a ledger and a warehouse in memory, for tests of the warehouse and of insight.
 *
 * In:     model text; changes by field name.   Out: what the warehouse and metrics make of them.
 * Owns:   everything in struct world; world_close ends it.
 * Rule:   events go straight to the ledger, without admission: these tests are about reading.
 */
#ifndef TESTS_WORLD_H
#define TESTS_WORLD_H

#include "insight/insight.h"
#include "tests/tap.h"
#include "tests/world_values.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct world {
    struct arena *arena;
    struct diags ds;
    struct env_sim env;
    struct store *store;
    struct ledger *ledger;
    struct id_source ids;
    struct model *model;
    struct fx_rates rates;
    struct warehouse *warehouse;
    struct insight *insight;
};

struct set {
    const char *field;
    struct value value;
};

static inline void world_complain(struct world *w)
{
    for (size_t i = 0; i < w->ds.list.n && i < 5; i++)
        tap_diag("%s %.*s%s%.*s", w->ds.list.v[i].code, STR_ARG(w->ds.list.v[i].message),
                 w->ds.list.v[i].help.n ? "; " : "", STR_ARG(w->ds.list.v[i].help));
    diags_init(&w->ds, w->arena);
}

/* Must hold for the test to make sense. */
static inline void world_must(struct world *w, enum rc rc)
{
    if (rc == RC_OK)
        return;
    tap_diag("%s: %s", rc_info(rc)->name, w->store ? store_error(w->store) : "");
    world_complain(w);
    fail("the world of the test");
    exit(tap_done());
}

static inline void world_append(struct world *w, struct event *e, struct instant effective,
                                struct instant recorded)
{
    struct ledger_txn t;
    w->env.now = recorded;
    e->actor = STR("system");
    e->model_version = 1;
    world_must(w, ledger_begin_group(w->ledger));
    world_must(w, ledger_begin(w->ledger, recorded, &t));
    e->effective_at = effective.us > t.recorded_at.us ? t.recorded_at : effective;
    world_must(w, ledger_append(w->ledger, e));
    world_must(w, ledger_end(w->ledger));
    world_must(w, ledger_commit(w->ledger));
}

static inline void world_compile(struct world *w, const char *text)
{
    struct source *file = ARENA_NEW(w->arena, struct source);
    struct source_set *set = ARENA_NEW(w->arena, struct source_set);
    *file = (struct source){STR("revos.yaml"), str_of(text)};
    *set = (struct source_set){file, 1};
    enum rc rc = model_compile(set, NULL, w->arena, &w->model, &w->ds);
    if (w->ds.errors > 0)
        world_complain(w);
    world_must(w, rc);
    diags_init(&w->ds,
               w->arena); /* what a reviewer would say of the model is not this test's business */
}

/* False: DuckDB's library is absent. */
static inline bool world_open(struct world *w, const char *text, const char *fx,
                              struct instant start)
{
    *w = (struct world){.arena = arena_new()};
    diags_init(&w->ds, w->arena);
    env_sim_init(&w->env, 1, start);
    world_compile(w, text);
    struct source *rates = ARENA_NEW(w->arena, struct source);
    *rates = (struct source){STR("fx.csv"), str_of(fx)};
    world_must(w, fx_read(rates, w->model->company.currency, w->arena, &w->rates, &w->ds));
    world_must(w, store_open_temporary(&w->env.env, &w->store, &w->ds));
    world_must(w, ledger_open(w->store, NULL, &w->ledger));
    struct event genesis = {.kind = EV_GENESIS,
                            .genesis = {.zone = w->model->company.timezone, .format = 1}};
    world_append(w, &genesis, start, start);
    world_must(w, store_begin(w->store));
    for (size_t i = 0; i < w->model->n_objects; i++) {
        if (w->model->objects[i]->is_fact)
            world_must(w, ledger_evolve_facts(w->store, w->model->objects[i]));
    }
    world_must(w, store_commit(w->store));
    struct warehouse_settings s = {
        .env = &w->env.env, .model = w->model, .store = w->store, .rates = &w->rates};
    enum rc rc = warehouse_open(&s, &w->warehouse, &w->ds);
    if (rc == RC_UNSUPPORTED)
        return false;
    world_must(w, rc);
    world_must(w, insight_open(w->warehouse, &w->rates, &w->insight, &w->ds));
    return true;
}

static inline void world_close(struct world *w)
{
    insight_close(w->insight);
    warehouse_close(w->warehouse);
    ledger_close(w->ledger);
    store_close(w->store);
    arena_free(w->arena);
}

static inline struct patch_field *world_fields(struct world *w, const struct object *o,
                                               const struct set *sets, size_t n)
{
    struct patch_field *fields = ARENA_ARRAY(w->arena, n + 1, struct patch_field);
    for (size_t i = 0; i < n; i++) {
        const struct field *f = object_field(o, str_of(sets[i].field));
        if (!f)
            tap_diag("no field %s", sets[i].field);
        size_t at = i;
        for (; at > 0 && fields[at - 1].field > f->number; at--)
            fields[at] = fields[at - 1];
        fields[at] = (struct patch_field){.field = f->number, .value = sets[i].value};
    }
    return fields;
}

/* `id` 0: a new record. */
static inline uint64_t world_put(struct world *w, const char *object, uint64_t id,
                                 struct instant effective, struct instant recorded,
                                 const struct set *sets, size_t n)
{
    const struct object *o = model_object(w->model, str_of(object));
    struct event e = {.kind = id ? EV_PATCH : EV_CREATE, .object = o->number, .record = id};
    if (!id)
        e.record = e.patch.home = id_next(&w->ids, recorded);
    e.patch.fields = world_fields(w, o, sets, n);
    e.patch.n_fields = n;
    world_append(w, &e, effective, recorded);
    return e.record;
}
#define PUT(w, object, id, effective, recorded, ...)                           \
    world_put(w, object, id, effective, recorded, (struct set[]){__VA_ARGS__}, \
              sizeof((struct set[]){__VA_ARGS__}) / sizeof(struct set))

static inline void world_life(struct world *w, const char *object, uint64_t id,
                              enum event_kind kind, uint64_t into, struct instant at)
{
    struct event e = {
        .kind = kind, .object = model_object(w->model, str_of(object))->number, .record = id};
    if (kind == EV_REDIRECT)
        e.redirect.into = into;
    world_append(w, &e, at, at);
}

static inline void world_follow(struct world *w)
{
    world_must(w, warehouse_follow(w->warehouse, NULL, &w->ds));
}

/* One integer of the warehouse. */
static inline int64_t world_i64(struct world *w, const char *sql)
{
    struct duck_conn *c = NULL;
    int64_t out = 0;
    world_must(w, warehouse_connect(w->warehouse, &c, &w->ds));
    world_must(w, duck_get_i64(c, sql, &out, &w->ds));
    duck_disconnect(c);
    return out;
}

static inline struct value w_enum(const struct world *w, const char *object, const char *field,
                                  const char *name)
{
    const struct enum_value *v = field_value(
        object_field(model_object(w->model, str_of(object)), str_of(field)), str_of(name));
    return (struct value){.type = VT_ENUM, .number_of = v ? v->number : 0};
}

/* The figure of one answer as text, or its reason: "0.5", "zero_divisor". */
static inline const char *figure_shown(struct world *w, const struct figure *f, int digits)
{
    char room[RATIO_TEXT_MAX];
    if (f->kind == FIGURE_NONE)
        return no_value_name(f->why);
    return str_c(w->arena, f->kind == FIGURE_TEXT ? f->text : ratio_text(f->exact, digits, room));
}

static inline bool world_ask(struct world *w, const struct query *q, struct answer *out)
{
    struct query mine = *q;
    if (mine.now.us == 0)
        mine.now = w->env.now;
    diags_init(&w->ds, w->arena);
    enum rc rc = insight_query(w->insight, w->model, &mine, w->arena, out, &w->ds);
    if (rc != RC_OK)
        world_complain(w);
    return rc == RC_OK;
}

/* The one figure of a query. */
static inline const char *ask(struct world *w, struct query q, int digits)
{
    struct answer out;
    return world_ask(w, &q, &out) ? figure_shown(w, &out.total, digits) : "failed";
}

#endif
