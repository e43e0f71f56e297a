/* form.c - what a form of a record may change: each field open, locked and why, or made by something and by what. */
#include "admission/look.h"
#include "door/judging.h"
#include "face/model_json.h"
#include "process/health.h"
#include "process/locks.h"
#include "process/scores.h"

struct form {
    struct api *api;
    const struct request *q;
    const struct object *object;
    uint64_t id; /* 0: of a record that is to be made */
    uint64_t version;
    const struct field_lock *locks;
    size_t n_locks;
    enum rc rc;
};

/* ---- words ----------------------------------------------------------------------------------------------------------- */

/* "fit_score" and "fit_score_terms" are of the score fit_score; of a health definition there are four such fields. */
static struct str made_by_definition(const struct form *k, const struct field *f)
{
    const struct model *m = k->api->parts.model;
    struct arena *a = k->q->arena;
    for (size_t i = 0; i < m->n_definitions; i++) {
        const struct definition *d = &m->definitions[i];
        bool score = str_is(d->kind, "scores") &&
                     (str_eq(f->name, d->name) ||
                      str_eq(f->name, str_printf(a, "%.*s_terms", STR_ARG(d->name))));
        if (d->object == k->object && score)
            return str_printf(a, "the points of the score %.*s", STR_ARG(d->name));
    }
    for (size_t i = 0; i < m->n_definitions; i++)
        if (m->definitions[i].object == k->object && str_is(m->definitions[i].kind, "health"))
            return str_printf(a, "the inputs of %.*s", STR_ARG(m->definitions[i].name));
    return STR("a definition of the model");
}

/* What fills a field that nobody sets; empty: people do. */
static struct str maker(const struct form *k, const struct field *f)
{
    struct arena *a = k->q->arena;
    switch (f->kind) {
    case FIELD_PLAIN:
    case FIELD_STAGE:
        return f->engine ? STR("the process") : STR_NONE;
    case FIELD_SYSTEM:
        return STR("Revos");
    case FIELD_COMPUTED:
        return str_printf(a, "the formula %.*s", STR_ARG(expr_text(f->computed)));
    case FIELD_ROLLUP:
        return rollup_sentence(f->rollup, a);
    case FIELD_DERIVED:
        return made_by_definition(k, f);
    }
    return STR_NONE;
}

/* The first lock that holds; without one that does, the one that a waiver lifts. */
static const struct field_lock *lock_of(const struct form *k, const struct field *f)
{
    const struct field_lock *found = NULL;
    for (size_t i = 0; i < k->n_locks; i++)
        if (k->locks[i].field == f && (!found || (found->waiver && !k->locks[i].waiver)))
            found = &k->locks[i];
    return found;
}

/* ---- the answer ------------------------------------------------------------------------------------------------------ */

static void put_lock(const struct field_lock *lock, struct json_out *w)
{
    char room[64];
    json_field_str(w, "rule", lock->id);
    json_field_str(w, "because", lock->message);
    json_optional(w, "help", lock->help);
    json_optional(w, "owner", lock->owner);
    if (!lock->waiver)
        return;
    const struct object *o = lock->waiver->object;
    const struct value *until = row_value(lock->waiver, object_field(o, STR("expires_at")));
    json_key(w, "waiver");
    json_begin_object(w);
    json_field_str(w, "id", id_text(o->prefix, lock->waiver->id, room));
    if (until->type == VT_INSTANT)
        json_field_str(w, "until", instant_text(until->instant, room));
    json_end_object(w);
}

static bool is_key(const struct object *o, const struct field *f)
{
    for (size_t i = 0; i < o->n_keys; i++)
        for (size_t n = 0; n < o->keys[i].n_fields; n++)
            if (o->keys[i].fields[n] == f)
                return true;
    return false;
}

static void put_field(const struct form *k, const struct field *f, struct json_out *w)
{
    struct str made = maker(k, f);
    const struct field_lock *lock = lock_of(k, f);
    json_begin_object(w);
    json_field_str(w, "name", f->name);
    json_field_cstr(w, "state", made.n ? "made" : lock && !lock->waiver ? "locked" : "open");
    if (f->required && !made.n)
        json_field_bool(w, "required", true);
    if (is_key(k->object, f))
        json_field_bool(w, "key", true);
    if (made.n)
        json_field_str(w, "because", made);
    else if (lock)
        put_lock(lock, w);
    if (k->id == 0 && !made.n)
        json_optional(w, "default", f->default_text);
    json_end_object(w);
}

/* A record whose required field only the process fills is made by the process alone. */
static bool is_made_by_people(const struct object *o)
{
    for (size_t i = 0; i < o->n_fields; i++)
        if (o->fields[i]->engine && o->fields[i]->required)
            return false;
    return true;
}

static void put_form(const struct form *k, struct response *r)
{
    struct json_out w;
    char room[64];
    json_out_init(&w, &r->body, false);
    json_begin_object(&w);
    json_field_str(&w, "object", k->object->name);
    if (k->id) {
        json_field_str(&w, "id", id_text(k->object->prefix, k->id, room));
        json_field_int(&w, "version", (int64_t)k->version);
    } else {
        json_field_bool(&w, "by_people", is_made_by_people(k->object));
    }
    json_key(&w, "fields");
    json_begin_array(&w);
    for (size_t i = 0; i < k->object->n_fields; i++)
        put_field(k, k->object->fields[i], &w);
    json_end_array(&w);
    json_end_object(&w);
    json_out_done(&w);
}

void api_new_form(void *context, const struct request *q, struct response *r)
{
    struct form k = {.api = context, .q = q};
    k.object = api_object(context, q->args[0], r);
    if (k.object != NULL)
        put_form(&k, r);
}

static void see(void *self, struct look *l)
{
    struct form *k = self;
    k->version = l->now->version;
    k->rc = locks_find(l, &k->locks, &k->n_locks);
}

static enum rc look(struct form *k, struct reader *reader)
{
    struct judging judging;
    enum rc rc = judging_open(k->api, reader, &judging);
    if (rc == RC_OK)
        rc = admission_look(judging.admission, k->object, k->id, k->q->arena, see, k);
    judging_close(&judging);
    return rc == RC_OK ? k->rc : rc;
}

void api_form(void *context, const struct request *q, struct response *r)
{
    struct form k = {.api = context, .q = q};
    k.object = api_object(context, q->args[0], r);
    if (k.object == NULL)
        return;
    if (k.object->is_fact || !id_parse(q->args[1], k.object->prefix, &k.id)) {
        respond_problem(r, 404, "not_found", NULL, "there is no such record");
        return;
    }
    struct reader *reader = api_begin(context, r);
    if (reader == NULL)
        return;
    enum rc rc = look(&k, reader);
    if (rc == RC_OK)
        put_form(&k, r);
    else if (rc == RC_NOT_FOUND)
        respond_problem(r, 404, "not_found", NULL, "there is no such record");
    else
        respond_store(r, rc, reader->store);
    api_end(context, reader);
}
