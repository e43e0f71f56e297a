/* engine.h - a whole engine over a model written in a test: temporary folder, store, vault, ledger, admission.
 *
 * In:     YAML text of a workspace (without revos.yaml's head: ENGINE_HEAD gives a company and two people).
 * Out:    an open admission whose model is live, and short ways to send commands.
 * Owns:   the folder; engine_close removes it.
 */
#ifndef TESTS_ENGINE_H
#define TESTS_ENGINE_H

#include "admission/admission.h"
#include "admission/parse.h"
#include "ledger/ledger.h"
#include "ledger/vault.h"
#include "model/model.h"
#include "projection/rows.h"
#include "tests/tap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ENGINE_HEAD                                                               \
    "version: 1\n"                                                                \
    "company: {name: Acme, currency: EUR, timezone: Europe/Berlin, owner: ana}\n" \
    "people:\n"                                                                   \
    "  ana: {name: Ana Ruiz, email: ana@acme.example, role: revops}\n"            \
    "  ben: {name: Ben Cole, email: ben@acme.example, role: sales_lead}\n"

struct engine {
    struct arena *arena;
    struct env_sim env;
    struct diags ds;
    char dir[64];
    struct store *store;
    struct vault *vault;
    struct ledger *ledger;
    struct projection *projection;
    struct model *model;
    struct admission *adm;
};

static inline bool engine_model(struct engine *e, const char *yaml)
{
    struct source *file = ARENA_NEW(e->arena, struct source);
    struct source_set *set = ARENA_NEW(e->arena, struct source_set);
    *file = (struct source){STR("revos.yaml"), str_printf(e->arena, "%s%s", ENGINE_HEAD, yaml)};
    *set = (struct source_set){file, 1};
    diags_init(&e->ds, e->arena);
    if (model_compile(set, NULL, e->arena, &e->model, &e->ds) == RC_OK)
        return true;
    struct buf b;
    buf_init(&b, 1 << 20);
    diags_text(&e->ds, 20, &b);
    fprintf(stderr, "%.*s", STR_ARG(buf_view(&b)));
    buf_release(&b);
    return false;
}

/* The store and the keys in e->dir; in memory when there is none. */
static inline bool engine_files(struct engine *e)
{
    const struct env *env = &e->env.env;
    if (!e->dir[0])
        return store_open_temporary(env, &e->store, &e->ds) == RC_OK &&
               vault_open(env, STR(""), &e->vault, &e->ds) == RC_OK;
    struct str path = str_printf(e->arena, "%s/revos.db", e->dir);
    struct str keys = str_printf(e->arena, "%s/keys.db", e->dir);
    return store_open(env, path, STORE_WRITER, &e->store, &e->ds) == RC_OK &&
           vault_open(env, keys, &e->vault, &e->ds) == RC_OK;
}

/* All that stands over the store and the keys. */
static inline bool engine_rooms(struct engine *e)
{
    struct admission_parts parts = {.model = e->model, .env = &e->env.env};
    if (ledger_open(e->store, e->vault, &e->ledger) != RC_OK ||
        projection_open(e->store, e->model, &e->projection) != RC_OK)
        return false;
    e->model->version = 1;
    parts.store = e->store;
    parts.vault = e->vault;
    parts.ledger = e->ledger;
    parts.projection = e->projection;
    return admission_open(&parts, &e->adm) == RC_OK;
}

/* Another process takes over, also from a store in memory: nothing is remembered but what was written. */
static inline bool engine_restart(struct engine *e)
{
    admission_close(e->adm);
    projection_close(e->projection);
    ledger_close(e->ledger);
    e->adm = NULL;
    return engine_rooms(e);
}

/* Opens the store in e->dir; `live`: its model is there already. */
static inline bool engine_attach(struct engine *e, bool live)
{
    if (!engine_files(e) || !engine_rooms(e))
        return false;
    struct going_live what = {.sources = STR("s"), .numbering = STR("n")};
    return live || admission_go_live(e->adm, &what, e->arena, NULL) == RC_OK;
}

static inline void engine_detach(struct engine *e)
{
    admission_close(e->adm);
    projection_close(e->projection);
    ledger_close(e->ledger);
    vault_close(e->vault);
    store_close(e->store);
    e->adm = NULL;
}

static inline bool engine_open(struct engine *e, const char *yaml)
{
    *e = (struct engine){.arena = arena_new()};
    env_sim_init(&e->env, 1,
                 (struct instant){INT64_C(1767225600) * US_PER_SECOND}); /* 2026-01-01 */
    snprintf(e->dir, sizeof e->dir, "/tmp/revos-engine-XXXXXX");
    if (!mkdtemp(e->dir))
        return false;
    return engine_model(e, yaml) && engine_attach(e, false);
}

/* The same without files: nothing is synced, so that a property test can make thousands. */
static inline bool engine_open_memory(struct engine *e, const char *yaml)
{
    *e = (struct engine){.arena = arena_new()};
    env_sim_init(&e->env, 1, (struct instant){INT64_C(1767225600) * US_PER_SECOND});
    return engine_model(e, yaml) && engine_attach(e, false);
}

static inline void engine_close(struct engine *e)
{
    const struct env *env = &e->env.env;
    engine_detach(e);
    if (!e->dir[0]) {
        arena_free(e->arena);
        return;
    }
    struct str *names;
    size_t n;
    if (env->list(env->self, e->dir, e->arena, &names, &n) == RC_OK)
        for (size_t i = 0; i < n; i++)
            (void)!env->remove(env->self, str_c(e->arena, str_printf(e->arena, "%s/%.*s", e->dir,
                                                                     STR_ARG(names[i]))));
    (void)!env->remove(env->self, e->dir);
    arena_free(e->arena);
}

static inline const struct object *engine_object(const struct engine *e, const char *name)
{
    return model_object(e->model, str_of(name));
}

/* "name=Acme;country=DE": fields of a command, in the arena. */
static inline struct command engine_command(struct engine *e, enum command_kind kind,
                                            const char *object, const char *fields)
{
    struct command c = {.kind = kind, .object = engine_object(e, object)};
    struct str rest = str_dup(e->arena, str_of(fields)), part;
    struct field_input *list = ARENA_ARRAY(e->arena, 64, struct field_input);
    while (rest.n && str_split(&rest, ';', &part)) {
        struct str name;
        str_split(&part, '=', &name);
        list[c.n_fields++] = (struct field_input){
            .name = str_trim(name), .form = INPUT_TEXT, .text = part};
    }
    c.fields = list;
    return c;
}

static inline struct verdict engine_send(struct engine *e, const struct command *c)
{
    struct verdict v;
    enum rc rc = admission_group(e->adm, c, 1, NULL, e->arena, &v);
    if (rc != RC_OK) {
        fprintf(stderr, "admission_group: %s: %s\n", rc_info(rc)->name, store_error(e->store));
        memset(&v, 0, sizeof v);
        v.outcome = VERDICT_REFUSED;
    }
    e->env.now.us += US_PER_SECOND;
    return v;
}

static inline struct verdict engine_write(struct engine *e, const char *object, const char *fields)
{
    struct command c = engine_command(e, CMD_UPSERT, object, fields);
    return engine_send(e, &c);
}

static inline struct verdict engine_update(struct engine *e, const char *object, uint64_t id,
                                           const char *fields)
{
    struct command c = engine_command(e, CMD_UPDATE, object, fields);
    c.id = id;
    return engine_send(e, &c);
}

static inline struct row *engine_row(struct engine *e, const char *object, uint64_t id)
{
    struct row *r = NULL;
    if (rows_load(e->projection, engine_object(e, object), &id, 1, e->arena, &r) != RC_OK)
        return NULL;
    return r;
}

/* The codes of the broken findings, in order: "REQUIRED GATE:PROP-1". */
static inline const char *engine_codes(struct engine *e, const struct verdict *v)
{
    struct str s = STR("");
    for (size_t i = 0; i < v->n_findings; i++) {
        const struct finding *f = &v->findings[i];
        if (!finding_broken(f))
            continue;
        s = str_printf(e->arena, "%.*s%s%s%s%.*s", STR_ARG(s), s.n ? " " : "", f->code,
                       f->criterion.n ? ":" : "", STR_ARG(f->criterion));
    }
    return str_c(e->arena, s);
}

#endif
