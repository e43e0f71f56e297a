/* fixture.h - a small model made by hand and a workspace in a temporary folder, for tests of store, ledger and projection.
 *
 * In:     nothing.   Out: objects account, contact (personal fields), opportunity (reference, money, stage) and the fact object
 *         touch; an open store, vault and ledger with its genesis event.
 * Owns:   the folder; fixture_close removes it.
 */
#ifndef TESTS_FIXTURE_H
#define TESTS_FIXTURE_H

#include "ledger/ledger.h"
#include "ledger/vault.h"
#include "tests/tap.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    OBJ_ACCOUNT = 1,
    OBJ_CONTACT = 2,
    OBJ_OPPORTUNITY = 3,
    OBJ_TOUCH = 4,
    F_NAME = 16,
    F_DOMAIN = 17, /* account */
    F_EMAIL = 16,
    F_ACCOUNT = 17,
    F_CITY = 18, /* contact; account too in opportunity */
    F_AMOUNT = 16,
    F_STAGE = 18,
    F_CLOSE = 19,
    F_SCORE = 20,
    F_OPEN = 21, /* opportunity */
    F_CONTACT = 16,
    F_CHANNEL = 17,
    F_AT = 18,
    F_NUMBER = 19,
    F_NOTE = 20, /* touch */
};
#define EUR ((struct currency){'E' << 16 | 'U' << 8 | 'R'})

struct fixture {
    struct arena *arena;
    struct env_sim env;
    const struct env *machine; /* where the files are; NULL: `env` over the real one */
    struct diags ds;
    struct model model;
    struct object *account, *contact, *opportunity, *touch;
    char dir[64];
    struct str path, keys_path;
    struct store *store;
    struct vault *vault;
    struct ledger *ledger;
    struct id_source ids;
};

static inline struct field *fixture_field(struct fixture *f, struct object *o, const char *name,
                                          uint32_t number, enum field_type type,
                                          const struct object *to)
{
    struct field *made = ARENA_NEW(f->arena, struct field);
    *made = (struct field){
        .name = str_of(name), .number = number, .type = type, .object = o, .to = to};
    o->fields[o->n_fields++] = made;
    return made;
}

static inline struct object *fixture_object(struct fixture *f, const char *name, uint32_t number,
                                            bool is_fact)
{
    struct object *o = ARENA_NEW(f->arena, struct object);
    *o = (struct object){
        .name = str_of(name), .prefix = str_of(name), .number = number, .is_fact = is_fact};
    o->fields = ARENA_ARRAY(f->arena, 64, struct field *);
    fixture_field(f, o, "id", FN_ID, FT_REF, o)->kind = FIELD_SYSTEM;
    fixture_field(f, o, "owner", FN_OWNER, FT_REF, NULL);
    fixture_field(f, o, "created_at", FN_CREATED_AT, FT_INSTANT, NULL)->kind = FIELD_SYSTEM;
    fixture_field(f, o, "updated_at", FN_UPDATED_AT, FT_INSTANT, NULL)->kind = FIELD_SYSTEM;
    f->model.objects[f->model.n_objects++] = o;
    return o;
}

static inline void fixture_key(struct fixture *f, struct object *o, uint32_t number,
                               const struct field *field)
{
    struct key_def *k = ARENA_NEW(f->arena, struct key_def);
    const struct field **fields = ARENA_NEW(f->arena, const struct field *);
    fields[0] = field;
    *k = (struct key_def){.name = field->name, .fields = fields, .n_fields = 1, .number = number};
    o->keys = k;
    o->n_keys = 1;
}

static inline void fixture_model(struct fixture *f)
{
    f->model.objects = ARENA_ARRAY(f->arena, 8, struct object *);
    f->model.version = 1;
    struct object *o = f->account = fixture_object(f, "account", OBJ_ACCOUNT, false);
    fixture_field(f, o, "name", F_NAME, FT_TEXT, NULL);
    fixture_key(f, o, 1, fixture_field(f, o, "domain", F_DOMAIN, FT_DOMAIN, NULL));
    o = f->contact = fixture_object(f, "contact", OBJ_CONTACT, false);
    struct field *email = fixture_field(f, o, "email", F_EMAIL, FT_EMAIL, NULL);
    email->personal = true;
    fixture_key(f, o, 1, email);
    fixture_field(f, o, "account", F_ACCOUNT, FT_REF, f->account);
    fixture_field(f, o, "city", F_CITY, FT_TEXT, NULL)->personal = true;
    o = f->opportunity = fixture_object(f, "opportunity", OBJ_OPPORTUNITY, false);
    fixture_field(f, o, "amount", F_AMOUNT, FT_MONEY, NULL);
    fixture_field(f, o, "account", F_ACCOUNT, FT_REF, f->account);
    fixture_field(f, o, "stage", F_STAGE, FT_ENUM, NULL)->kind = FIELD_STAGE;
    fixture_field(f, o, "close_date", F_CLOSE, FT_DATE, NULL);
    fixture_field(f, o, "score", F_SCORE, FT_NUMBER, NULL);
    fixture_field(f, o, "open", F_OPEN, FT_BOOLEAN, NULL);
    o = f->touch = fixture_object(f, "touch", OBJ_TOUCH, true);
    fixture_field(f, o, "contact", F_CONTACT, FT_REF, f->contact);
    fixture_field(f, o, "channel", F_CHANNEL, FT_TEXT, NULL);
    o->time_field = fixture_field(f, o, "at", F_AT, FT_INSTANT, NULL);
    fixture_key(f, o, 1, fixture_field(f, o, "number", F_NUMBER, FT_INTEGER, NULL));
    struct field *note = fixture_field(f, o, "note", F_NOTE, FT_TEXT, NULL);
    note->personal = true;
    note->person_of = STR("contact");
}

static inline void fixture_engine(struct fixture *f)
{
    const struct env *machine = f->machine ? f->machine : &f->env.env;
    ok_int(store_open(machine, f->path, STORE_WRITER, &f->store, &f->ds), RC_OK);
    ok_int(vault_open(machine, f->keys_path, &f->vault, &f->ds), RC_OK);
    ok_int(ledger_open(f->store, f->vault, &f->ledger), RC_OK);
}

static inline void fixture_stop(struct fixture *f)
{
    ledger_close(f->ledger);
    vault_close(f->vault);
    store_close(f->store);
    f->ledger = NULL;
    f->vault = NULL;
    f->store = NULL;
}

static inline void fixture_genesis(struct fixture *f)
{
    struct ledger_txn t;
    struct event e = {.kind = EV_GENESIS,
                      .actor = STR("system"),
                      .effective_at = f->env.now,
                      .genesis = {.zone = STR("Europe/Berlin"), .format = 1}};
    ok_int(ledger_begin_group(f->ledger), RC_OK);
    ok_int(ledger_begin(f->ledger, f->env.now, &t), RC_OK);
    ok_int(ledger_append(f->ledger, &e), RC_OK);
    ok_int(ledger_end(f->ledger), RC_OK);
    for (size_t i = 0; i < f->model.n_objects; i++)
        if (f->model.objects[i]->is_fact)
            ok_int(ledger_evolve_facts(f->store, f->model.objects[i]), RC_OK);
    ok_int(ledger_commit(f->ledger), RC_OK);
}

static inline void fixture_open(struct fixture *f, const char *name)
{
    *f = (struct fixture){.arena = arena_new()};
    env_sim_init(&f->env, 1, (struct instant){INT64_C(1750000000000000)});
    diags_init(&f->ds, f->arena);
    fixture_model(f);
    snprintf(f->dir, sizeof f->dir, "/tmp/revos-%s-XXXXXX", name);
    if (!mkdtemp(f->dir))
        abort();
    f->path = str_printf(f->arena, "%s/revos.db", f->dir);
    f->keys_path = str_printf(f->arena, "%s/keys.db", f->dir);
    fixture_engine(f);
    fixture_genesis(f);
}

static inline void fixture_close(struct fixture *f)
{
    static const char *const names[] = {"revos.db", "revos.db-wal", "revos.db-shm",
                                        "keys.db",  "keys.db-wal",  "keys.db-shm"};
    fixture_stop(f);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        remove(str_printf(f->arena, "%s/%s", f->dir, names[i]).p);
    remove(f->dir);
    arena_free(f->arena);
}

static inline uint64_t fixture_id(struct fixture *f)
{
    return id_next(&f->ids, f->env.now);
}

static inline struct value v_text(const char *s)
{
    return (struct value){.type = VT_TEXT, .text = str_of(s)};
}
static inline struct value v_int(int64_t x)
{
    return (struct value){.type = VT_INT, .integer = x};
}
static inline struct value v_enum(uint32_t x)
{
    return (struct value){.type = VT_ENUM, .number_of = x};
}
static inline struct value v_ref(uint64_t x)
{
    return (struct value){.type = VT_REF, .ref = x};
}
static inline struct value v_bool(bool x)
{
    return (struct value){.type = VT_BOOL, .boolean = x};
}
static inline struct value v_date(int32_t x)
{
    return (struct value){.type = VT_DATE, .date = {x}};
}
static inline struct value v_money(int64_t x)
{
    return (struct value){.type = VT_MONEY, .money = {x, EUR}};
}

#endif
