/* open_settle.c - ends what is open under an earlier version, and begins it anew where that is asked for. */
#include "change/open_impl.h"

#include "admission/admission.h"

#include <assert.h>

enum { SETTLE_BATCH = 100, SETTLE_FIELDS = 4 };

struct settling {
    const struct model *model;
    struct admission *adm;
    const struct open_wish *wish;
    struct actor actor;
    uint64_t cause;
    struct instant now;
    struct str reason, name;
    struct arena *arena; /* of the batch */
    struct open_rows rows;
    const struct open_kind *kind;
    VEC(struct command) commands;
    struct field_input *fields; /* of the last of them */
};

static struct command *command(struct settling *s, enum command_kind kind, const struct object *o,
                               uint64_t id)
{
    struct command *c = VEC_PUSH(s->arena, &s->commands);
    s->fields = ARENA_ARRAY(s->arena, SETTLE_FIELDS, struct field_input);
    *c = (struct command){.kind = kind,
                          .object = o,
                          .id = id,
                          .fields = s->fields,
                          .reason = s->reason,
                          .actor = s->actor,
                          .door = DOOR_AUTOMATION,
                          .cause = s->cause,
                          .effect = true};
    return c;
}

/* A field of the command just begun. */
static void put(struct settling *s, const struct field *f, struct value v)
{
    struct command *c = &s->commands.v[s->commands.n - 1];
    assert(c->n_fields < SETTLE_FIELDS);
    s->fields[c->n_fields++] = (struct field_input){.field = f, .form = INPUT_VALUE, .value = v};
}

static const struct field *field_of(const struct settling *s, const char *name)
{
    return object_field(s->commands.v[s->commands.n - 1].object, str_of(name));
}

static void put_text(struct settling *s, const char *field, struct str text)
{
    put(s, field_of(s, field), (struct value){.type = VT_TEXT, .text = text});
}

static void put_state(struct settling *s, const char *state)
{
    const struct field *f = field_of(s, "state");
    put(s, f, (struct value){.type = VT_ENUM, .number_of = field_value(f, str_of(state))->number});
}

static const struct value *value_of(const struct row *r, const char *field)
{
    return row_value(r, object_field(r->object, str_of(field)));
}

/* The record of the model that it is about; NULL: none. */
static const struct field *about_of(const struct row *r)
{
    for (size_t i = 0; i < r->object->n_fields; i++) {
        const struct field *f = r->object->fields[i];
        if (f->type == FT_REF && f->to && !f->to->builtin && r->values[i].type == VT_REF)
            return f;
    }
    return NULL;
}

/* The new run begins as by hand: under the live definition. */
static void run_again(struct settling *s, const struct row *run)
{
    const struct field *about = about_of(run);
    if (!about)
        return;
    (void)command(s, CMD_CREATE, run->object, 0);
    put_text(s, "name", s->name);
    put(s, about, *row_value(run, about));
}

/* A handoff that was accepted goes on under the live definition, with a new first touch. */
static void hand_over(struct settling *s, const struct row *clock)
{
    const struct value *of = value_of(clock, "handoff");
    if (of->type != VT_REF)
        return;
    (void)command(s, CMD_UPDATE, model_object(s->model, STR("handoff")), of->ref);
    put(s, field_of(s, "version"), (struct value){.type = VT_INT, .integer = s->model->version});
}

static void settle_row(struct settling *s, const struct row *r)
{
    bool clock = strcmp(s->kind->object, "clock") == 0;
    bool run = strcmp(s->kind->object, "enrolment") == 0;
    if (clock && s->wish->again)
        hand_over(s, r);
    command(s, CMD_UPDATE, r->object, r->id)->again = s->wish->again;
    if (clock)
        put(s, field_of(s, "stopped_at"), (struct value){.type = VT_INSTANT, .instant = s->now});
    else
        put_text(s, run ? "reason" : "note", s->reason);
    if (!clock || value_of(r, "breached_at")->type == VT_ABSENT)
        put_state(s, s->kind->ended);
    if (run && s->wish->again)
        run_again(s, r);
}

/* The next batch of one kind; `*after` goes on, 0 at the end. */
static enum rc settle_batch(struct settling *s, struct list_query *q, struct list_place *after,
                            struct open_done *out)
{
    struct list_place *page;
    struct row *rows[SETTLE_BATCH];
    uint64_t ids[SETTLE_BATCH];
    size_t n = 0;
    enum rc rc = list_page(s->rows.projection, q, after, SETTLE_BATCH, s->arena, &page, &n);
    for (size_t i = 0; rc == RC_OK && i < n; i++)
        ids[i] = page[i].id;
    if (rc == RC_OK && n)
        rc = rows_load(s->rows.projection, q->object, ids, n, s->arena, rows);
    s->commands.v = NULL;
    s->commands.n = s->commands.cap = 0;
    for (size_t i = 0; rc == RC_OK && i < n; i++)
        if (rows[i])
            settle_row(s, rows[i]);
    struct verdict *v = ARENA_ARRAY(s->arena, s->commands.n, struct verdict);
    if (rc == RC_OK && s->commands.n)
        rc = admission_group(s->adm, s->commands.v, s->commands.n, NULL, s->arena, v);
    for (size_t i = 0; rc == RC_OK && i < s->commands.n; i++) {
        if (verdict_accepted(&v[i]) || out->refused++)
            continue;
        const struct finding *f = verdict_reason(&v[i]);
        out->why = f ? f->message : STR_NONE;
    }
    out->records += rc == RC_OK ? n : 0;
    *after = n == SETTLE_BATCH ? page[n - 1] : (struct list_place){0};
    return rc;
}

static enum rc settle_kind(struct settling *s, uint32_t until, struct arena *a,
                           struct open_done *out)
{
    struct list_query q;
    struct list_place after = {0};
    enum rc rc = open_query(&s->rows, s->kind, s->name, 0, until, a, &q);
    if (rc == RC_NOT_FOUND)
        return RC_OK;
    if (rc == RC_OK)
        rc = list_settle(s->rows.projection, &q, a);
    do {
        struct str why = out->why;
        if (rc == RC_OK)
            rc = settle_batch(s, &q, &after, out);
        if (out->why.p != why.p)
            out->why = str_dup(a, out->why);
        arena_reset(s->arena);
    } while (rc == RC_OK && after.id);
    return rc;
}

enum rc open_settle(const struct change_parts *parts, struct admission *adm,
                    const struct open_wish *w, const struct actor *actor, struct arena *a,
                    struct open_done *out)
{
    struct str kind;
    struct settling s = {.model = parts->model,
                         .adm = adm,
                         .wish = w,
                         .actor = *actor,
                         .cause = parts->live->seq,
                         .now = parts->env->now(parts->env->self),
                         .name = w->definition,
                         .arena = arena_new()};
    *out = (struct open_done){0};
    assert(open_is_wish(w->definition));
    (void)str_split(&s.name, '.', &kind);
    s.actor.person = 0; /* it is the apply that decides, not whoever may answer */
    s.reason = str_printf(a, "version %u: %s", parts->live->number,
                          w->again ? "begun anew" : "ended");
    enum rc rc = open_rows_open(parts, &s.rows);
    for (s.kind = open_kind_next(kind, NULL); s.kind && rc == RC_OK;
         s.kind = open_kind_next(kind, s.kind))
        rc = settle_kind(&s, parts->live->number - 1, a, out);
    open_rows_close(&s.rows);
    arena_free(s.arena);
    return rc;
}

/* ---- owners hear of it ----------------------------------------------------------------------------------------------------- */

static enum rc tell_owner(struct settling *s, const struct open_under *o)
{
    const struct object *note = model_object(s->model, STR("notification"));
    if (!note || !o->old->owner || o->n_lost == 0)
        return RC_OK;
    struct command *c = command(s, CMD_CREATE, note, 0);
    struct verdict v;
    put_text(s, "kind", STR("definition_kept"));
    put_text(s, "why", o->definition);
    put_text(s, "text",
             str_printf(s->arena,
                        "%llu open under %.*s as it was read %.*s, which is gone: it counts as "
                        "empty",
                        (unsigned long long)o->count, STR_ARG(o->definition),
                        STR_ARG(str_join(s->arena, o->lost, o->n_lost, STR(", ")))));
    put(s, field_of(s, "owner"), VALUE_ABSENT);
    s->fields[c->n_fields - 1].form = INPUT_KEY;
    s->fields[c->n_fields - 1].text = o->old->owner->name;
    return admission_group(s->adm, c, 1, NULL, s->arena, &v);
}

enum rc open_tell(const struct change_plan *p, struct admission *adm, uint64_t cause,
                  struct arena *a)
{
    struct settling s = {.model = admission_model(adm),
                         .adm = adm,
                         .actor = {.kind = ACTOR_RULE, .name = STR("apply")},
                         .cause = cause,
                         .arena = a};
    enum rc rc = RC_OK;
    for (size_t i = 0; i < p->n_open && rc == RC_OK; i++)
        rc = tell_owner(&s, &p->open[i]);
    return rc;
}
