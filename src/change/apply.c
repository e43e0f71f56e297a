/* apply.c - makes a plan live. */
#include "change/apply.h"

#include "admission/admission.h"
#include "change/backfill.h"
#include "change/open.h"
#include "change/widen.h"
#include "model/seeds.h"
#include "projection/warehouse.h"
#include "store/setting.h"
#include <assert.h>
#include <stdio.h>

enum { VERSION_BYTES_MAX = 32 << 20, SEED_FIELDS = 8 }; /* fields of a person or team */

/* ---- records that the model's text begins ------------------------------------------------------------------------ */

/* A row that says what it said at the last apply says nothing: what people changed since then stays. One that says something
 * new about a field says only that. */
struct seeding {
    const struct model *model;
    struct arena *arena;
    struct command *commands;
    struct span *places; /* of each command's row; none for people and teams */
    size_t n;
};

/* One command under construction. */
struct seed {
    struct command *command;
    struct field_input *fields;
};

static void seed_text(struct seed *s, const char *name, struct str text, enum input_form form)
{
    assert(s->command->n_fields < SEED_FIELDS);
    s->fields[s->command->n_fields++] = (struct field_input){
        .name = str_of(name), .form = form, .text = text};
}

static struct seed seed_new(struct seeding *s, const char *object, const char *kind,
                            struct str name)
{
    struct seed made = {&s->commands[s->n++],
                        ARENA_ARRAY(s->arena, SEED_FIELDS, struct field_input)};
    *made.command = (struct command){
        .kind = CMD_UPSERT,
        .object = model_object(s->model, str_of(object)),
        .fields = made.fields,
        .source = STR("model"),
        .source_row = str_printf(s->arena, "%s:%.*s", kind, STR_ARG(name)),
    };
    assert(made.command->object);
    seed_text(&made, "name", name, INPUT_TEXT);
    return made;
}

static void seed_person(struct seeding *s, const struct person_seed *p)
{
    struct seed made = seed_new(s, "person", "person", p->name);
    seed_text(&made, "full_name", p->full_name, INPUT_TEXT);
    seed_text(&made, "email", p->email, INPUT_TEXT);
    seed_text(&made, "role", p->role, INPUT_TEXT);
    seed_text(&made, "calendar", p->calendar, INPUT_TEXT);
    seed_text(&made, "active", p->active ? STR("true") : STR("false"), INPUT_TEXT);
}

static void seed_team(struct seeding *s, const struct team_seed *t)
{
    struct seed made = seed_new(s, "team", "team", t->name);
    if (t->lead)
        seed_text(&made, "lead", t->lead->name, INPUT_KEY);
    seed_text(&made, "calendar", t->calendar, INPUT_TEXT);
}

/* Whom a person works for: said apart, because the others have to be there first. */
static void seed_place(struct seeding *s, const struct person_seed *p)
{
    if (!p->manager && !p->team)
        return;
    struct seed made = seed_new(s, "person", "place", p->name);
    if (p->manager)
        seed_text(&made, "manager", p->manager->name, INPUT_KEY);
    if (p->team)
        seed_text(&made, "team", p->team->name, INPUT_KEY);
}

static void seed_row(struct seeding *s, const struct seed_row *r)
{
    struct field_input *fields = ARENA_ARRAY(s->arena, r->n_cells, struct field_input);
    for (size_t i = 0; i < r->n_cells; i++)
        fields[i] = (struct field_input){
            .field = r->cells[i].field,
            .form = r->cells[i].field->type == FT_REF && r->cells[i].text.n ? INPUT_KEY
                                                                            : INPUT_TEXT,
            .text = r->cells[i].text};
    s->places[s->n] = r->at;
    s->commands[s->n++] = (struct command){.kind = CMD_UPSERT,
                                           .object = r->object,
                                           .fields = fields,
                                           .n_fields = r->n_cells,
                                           .source = STR("model"),
                                           .source_row = r->identity};
}

/* A row of the live version that the next one lacks: its record stays, out of use. */
static void seed_retired(struct seeding *s, const struct seed_row *r)
{
    const struct object *o = model_object_numbered(s->model, r->object->number);
    if (!o)
        return; /* nothing in the next model asks for such records */
    struct seed_row last = {.object = o,
                            .identity = r->identity,
                            .cells = ARENA_ARRAY(s->arena, r->n_cells, struct seed_cell)};
    for (size_t i = 0; i < r->n_cells; i++) {
        struct str name = r->cells[i].field->name;
        bool active = str_is(name, "active");
        if (active || r->cells[i].field->required)
            last.cells[last.n_cells++] = (struct seed_cell){
                object_field(o, name), active ? STR("false") : r->cells[i].text};
    }
    seed_row(s, &last);
}

static void seed_rows(struct seeding *s, const struct model *live)
{
    const struct model *m = s->model;
    struct map kept;
    map_init(&kept, s->arena);
    for (size_t i = 0; i < m->n_seeds; i++) {
        seed_row(s, &m->seeds[i]);
        map_put(&kept, m->seeds[i].identity, &m->seeds[i]);
    }
    size_t n_live = live ? live->n_seeds : 0;
    for (size_t i = 0; i < n_live; i++)
        if (live->seeds[i].retires && !map_find(&kept, live->seeds[i].identity))
            seed_retired(s, &live->seeds[i]);
}

static struct seeding seeds_of(const struct model *m, const struct model *live, struct arena *a)
{
    struct seeding s = {.model = m, .arena = a};
    size_t most = 2 * m->n_people + m->n_teams + m->n_seeds + (live ? live->n_seeds : 0) + 1;
    s.commands = ARENA_ARRAY(a, most, struct command);
    s.places = ARENA_ARRAY(a, most, struct span);
    for (size_t i = 0; i < m->n_people; i++)
        seed_person(&s, &m->people[i]);
    for (size_t i = 0; i < m->n_teams; i++)
        seed_team(&s, &m->teams[i]);
    for (size_t i = 0; i < m->n_people; i++)
        seed_place(&s, &m->people[i]);
    seed_rows(&s, live);
    return s;
}

static void tell_refused(const struct seeding *s, const struct verdict *v, struct diags *ds)
{
    for (size_t i = 0; i < s->n; i++) {
        const struct finding *f = verdict_reason(&v[i]);
        if (!f)
            continue;
        struct str name = f->field ? f->field->name : f->name;
        struct diag *d = diag_add(
            ds, SEV_ERROR, "V0102", s->places[i], "a %.*s of the model was refused: %s %.*s: %.*s",
            STR_ARG(v[i].object->name), f->code, STR_ARG(name), STR_ARG(f->message));
        diag_help(ds, d, "%.*s", STR_ARG(f->help));
    }
}

/* ---- apply -------------------------------------------------------------------------------------------------------- */

/* A value or stage in use does not vanish: it says what it becomes. */
static enum rc check_in_use(const struct change_plan *plan, struct diags *ds)
{
    enum rc rc = RC_OK;
    for (size_t i = 0; i < plan->n_left; i++) {
        const struct leftover *l = &plan->left[i];
        if (l->kind != LEFT_IN_USE)
            continue;
        struct diag *d = diag_add(
            ds, SEV_ERROR, "V0103", span_none(), "%.*s is removed, but %llu %.*s it",
            STR_ARG(l->name), (unsigned long long)l->count,
            STR_ARG(str_printf(ds->arena, "%.*s %s",
                               STR_ARG(l->count == 1 ? l->object->name : l->object->plural),
                               l->count == 1 ? "has" : "have")));
        diag_help(ds, d, "keep it in the list with `moved_to:` and the one that follows it");
        rc = RC_REFUSED;
    }
    return rc;
}

/* External keys are events of their own, which a new column does not make. */
static enum rc check_keys(const struct change_plan *plan, struct diags *ds)
{
    enum rc rc = RC_OK;
    for (size_t i = 0; i < plan->n_conversions; i++) {
        const struct conversion *c = &plan->conversions[i];
        const struct object *o = c->to->object;
        bool in_key = false;
        for (size_t k = 0; k < o->n_keys && !in_key; k++)
            for (size_t j = 0; j < o->keys[k].n_fields; j++)
                in_key = in_key || o->keys[k].fields[j] == c->to;
        if (!in_key || c->converts + c->fails == 0)
            continue;
        struct diag *d = diag_add(ds, SEV_ERROR, "V0104", span_none(),
                                  "%.*s.%.*s is part of a key and cannot change its type",
                                  STR_ARG(o->name), STR_ARG(c->to->name));
        diag_help(ds, d, "add a field of the new type, fill it, and make that the key");
        rc = RC_REFUSED;
    }
    return rc;
}

/* Rows that a warehouse has passed were written anew: one that stands before this version starts over. */
static enum rc say_anew(const struct change_plan *plan, struct store *store)
{
    char room[32];
    int size = snprintf(room, sizeof room, "%u", plan->next->version);
    return setting_put(store, STR(WAREHOUSE_ANEW), (struct str){room, (size_t)size});
}

/* What stands in settings once the plan is live. */
struct saying {
    const struct change_plan *plan;
    const struct model *live; /* NULL: none so far */
    const struct keeping *kept;
    size_t n_kept;
};

static enum rc say_settings(void *self, struct store *store, const struct verdict *verdicts,
                            size_t n)
{
    const struct saying *s = self;
    (void)verdicts, (void)n;
    enum rc rc = widen_say(store);
    if (rc == RC_OK)
        rc = keeping_write(store, s->kept, s->n_kept);
    return rc == RC_OK && change_plan_refills(s->plan) ? say_anew(s->plan, store) : rc;
}

static enum rc go_live(struct saying *saying, const struct actor *actor, struct admission *adm,
                       struct arena *a, struct diags *ds)
{
    struct buf sources, numbering;
    const struct change_plan *plan = saying->plan;
    const struct companion with = {saying, say_settings};
    struct seeding s = seeds_of(plan->next, saying->live, a);
    buf_init(&sources, VERSION_BYTES_MAX);
    buf_init(&numbering, VERSION_BYTES_MAX);
    sources_encode(plan->next->sources, &sources);
    numbering_encode(plan->next->numbering, &numbering);
    struct going_live what = {.digest = plan->digest,
                              .sources = buf_view(&sources),
                              .numbering = buf_view(&numbering),
                              .actor = *actor,
                              .seeds = s.commands,
                              .n_seeds = s.n,
                              .with = &with};
    struct verdict *verdicts = ARENA_ARRAY(a, s.n, struct verdict);
    enum rc rc = buf_ok(&sources);
    if (rc == RC_OK)
        rc = buf_ok(&numbering);
    if (rc == RC_OK)
        rc = admission_go_live(adm, &what, a, verdicts);
    if (rc == RC_REFUSED)
        tell_refused(&s, verdicts, ds);
    buf_release(&sources);
    buf_release(&numbering);
    return rc;
}

enum rc change_apply(const struct change_parts *parts, const struct change_plan *plan,
                     const struct actor *actor, struct arena *a, struct diags *ds)
{
    uint32_t live = parts->model ? parts->live->number : 0;
    if (plan->base != live || (live && !digest_eq(plan->base_digest, parts->live->digest)))
        return RC_CONFLICT;
    struct projection *next = NULL;
    struct admission *adm = NULL;
    struct saying saying = {.plan = plan, .live = parts->model};
    struct keeping *kept = NULL;
    enum rc rc = check_in_use(plan, ds);
    if (rc == RC_OK)
        rc = check_keys(plan, ds);
    if (rc == RC_OK)
        rc = open_kept(parts, plan, a, &kept, &saying.n_kept, ds);
    saying.kept = kept;
    if (rc == RC_OK)
        rc = backfill_run(parts, plan, NULL, ds);
    if (rc == RC_OK)
        rc = projection_open(parts->store, plan->next, &next);
    struct admission_parts with = {.store = parts->store,
                                   .ledger = parts->ledger,
                                   .projection = next,
                                   .vault = parts->vault,
                                   .model = plan->next,
                                   .env = parts->env,
                                   .workspace = parts->workspace};
    if (rc == RC_OK)
        rc = admission_open(&with, &adm);
    if (rc == RC_OK)
        rc = go_live(&saying, actor, adm, a, ds);
    admission_close(adm);
    projection_close(next);
    return rc;
}

enum rc change_rollback(const struct change_parts *parts, uint32_t number, struct arena *a,
                        struct change_plan *out, struct diags *ds)
{
    struct version *old = ARENA_NEW(a, struct version);
    struct model *next;
    assert(parts->model);
    enum rc rc = version_read(parts->store, number, a, old);
    if (rc != RC_OK)
        return rc;
    const struct numbering *names = numbering_rolled_back(parts->live->numbering, old->numbering,
                                                          a);
    rc = model_compile(&old->sources, names, a, &next, ds);
    return rc == RC_OK ? change_plan_compiled(parts, next, a, out, ds) : rc;
}
