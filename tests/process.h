/* process.h - an engine whose clock moves on: what is due is worked off in order, as the clock room does.
 *
 * In:     an engine (engine.h), instants.   Out: records as they stand then; their texts by field name.
 * Owns:   nothing.
 */
#ifndef TESTS_PROCESS_H
#define TESTS_PROCESS_H

#include "admission/agenda.h"
#include "base/hash.h"
#include "projection/list.h"
#include "tests/engine.h"

/* What was seen, what it should be, and why. */
#define is_str(got, want, name) ok_str_at((name), (got), (want))
#define is_int(got, want, name) ok_int_at((name), (got), (want))

/* "2026-01-05T08:00:00Z" */
static inline struct instant utc(const char *text)
{
    struct instant t = {0};
    if (!instant_parse(str_of(text), &t))
        tap_diag("no instant: %s", text);
    return t;
}

/* Works off what is due up to `to`, each look dated at its own instant, then stands there. */
static inline void run_to(struct engine *e, const char *to)
{
    struct instant end = utc(to), next;
    for (int looks = 0; looks < 10000; looks++) {
        struct agenda_item *items;
        size_t n = 0;
        if (agenda_next(e->store, &next) != RC_OK || next.us > end.us)
            break;
        if (next.us > e->env.now.us)
            e->env.now = next;
        if (agenda_due(e->store, e->model, e->env.now, 1, e->arena, &items, &n) != RC_OK || n == 0)
            break;
        struct command c = {.kind = CMD_EXAMINE,
                            .object = items[0].object,
                            .id = items[0].record,
                            .agenda = items[0].kind,
                            .dated = true,
                            .effective_at = items[0].at,
                            .cause = items[0].cause,
                            .actor = {.kind = ACTOR_RULE, .name = STR("clock")}};
        struct verdict v;
        enum rc rc = admission_group(e->adm, &c, 1, NULL, e->arena, &v);
        if (rc != RC_OK) {
            tap_diag("a look failed: %s: %s", rc_info(rc)->name, store_error(e->store));
            break;
        }
    }
    if (e->env.now.us < end.us)
        e->env.now = end;
}

/* Works off what became due by now. */
static inline void settle_now(struct engine *e)
{
    char text[40];
    run_to(e, instant_text(e->env.now, text).p);
}

/* The n-th live record of an object by id, from 0; NULL when there are fewer. */
static inline struct row *nth(struct engine *e, const char *object, size_t n)
{
    struct list_query q = {.object = engine_object(e, object)};
    struct list_place after = {0}, *page;
    size_t found = 0;
    if (list_page(e->projection, &q, &after, 1000, e->arena, &page, &found) != RC_OK || found <= n)
        return NULL;
    uint64_t ids[1000];
    for (size_t i = 0; i < found; i++) {
        size_t k = i;
        for (; k > 0 && ids[k - 1] > page[i].id; k--)
            ids[k] = ids[k - 1];
        ids[k] = page[i].id;
    }
    return engine_row(e, object, ids[n]);
}

/* A field as text, for comparing; "" when empty, a person by short name. */
static inline const char *shown(struct engine *e, const struct row *r, const char *field)
{
    const struct field *f = r ? object_field(r->object, str_of(field)) : NULL;
    if (!f)
        return r ? "no such field" : "no record";
    const struct value *v = row_value(r, f);
    if (v->type == VT_REF && f->to->number == ON_PERSON)
        return shown(e, engine_row(e, "person", v->ref), "name");
    return str_c(e->arena, field_value_text(f, v, e->arena));
}

static inline size_t count_of(struct engine *e, const char *object)
{
    size_t n = 0;
    while (nth(e, object, n))
        n++;
    return n;
}

static inline uint64_t person_named(struct engine *e, const char *name)
{
    struct row *r;
    for (size_t i = 0; (r = nth(e, "person", i)); i++)
        if (strcmp(shown(e, r, "name"), name) == 0)
            return r->id;
    return 0;
}

/* One row of a fact object with a reference and a time `at`. */
static inline enum verdict_outcome write_fact(struct engine *e, const char *object, const char *via,
                                              uint64_t id, const char *at)
{
    const struct object *o = engine_object(e, object);
    struct field_input inputs[] = {
        {.name = str_of(via), .form = INPUT_VALUE, .value = {.type = VT_REF, .ref = id}},
        {.name = STR("at"), .form = INPUT_TEXT, .text = str_of(at)}};
    const struct field_input *rows[] = {inputs};
    struct fact_batch batch = {.object = o, .n_columns = 2, .inputs = rows, .n_rows = 1};
    struct verdict v = {0};
    if (admission_facts(e->adm, &batch, NULL, e->arena, &v) != RC_OK)
        tap_diag("facts: %s", store_error(e->store));
    else if (!verdict_accepted(&v))
        tap_diag("facts: %s", engine_codes(e, &v));
    return v.outcome;
}

/* An update by a person. */
static inline struct verdict act_as(struct engine *e, const char *person, const char *object,
                                    uint64_t id, const char *fields)
{
    struct command c = engine_command(e, CMD_UPDATE, object, fields);
    c.id = id;
    c.actor = (struct actor){
        .kind = ACTOR_PERSON, .name = str_of(person), .person = person_named(e, person)};
    return engine_send(e, &c);
}

#endif
