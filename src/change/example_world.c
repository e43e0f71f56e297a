/* example_world.c - the private company of one example. */
#include "change/example_world.h"

#include "admission/parse.h"
#include "change/apply.h"
#include "ledger/vault.h"
#include "model/builtin.h"
#include "projection/list.h"
#include <stdarg.h>
#include <stdio.h>

enum { FIELDS_MAX = 1000, ID_TEXT_MAX = 64, COMPLAINT_MAX = 512 };

enum rc world_complain(struct world *w, struct span at, const char *fmt, ...)
{
    char text[COMPLAINT_MAX];
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    (void)diag_add(w->ds, SEV_ERROR, "V0201", at, "%s", text);
    return RC_INVALID;
}

/* ---- the engine ------------------------------------------------------------------------------------------------------ */

static enum rc go_live(struct world *w, struct model *next)
{
    struct actor actor = {.kind = ACTOR_SYSTEM};
    struct change_plan plan;
    struct change_parts change = {
        .store = w->store, .ledger = w->ledger, .vault = w->vault, .env = &w->env.env};
    enum rc rc = change_plan_compiled(&change, next, w->arena, &plan, w->ds);
    return rc == RC_OK ? change_apply(&change, &plan, &actor, w->arena, w->ds) : rc;
}

enum rc world_open(struct world *w, const struct model *model, struct instant now, struct arena *a,
                   struct diags *ds)
{
    struct model *next = arena_copy(a, model, sizeof *model);
    *w = (struct world){.model = next, .arena = a, .ds = ds};
    env_sim_init(&w->env, 1, now);
    enum rc rc = store_open_temporary(&w->env.env, &w->store, ds);
    if (rc == RC_OK)
        rc = vault_open(&w->env.env, STR(""), &w->vault, ds);
    if (rc == RC_OK)
        rc = ledger_open(w->store, w->vault, &w->ledger);
    if (rc == RC_OK)
        rc = go_live(w, next);
    if (rc == RC_OK)
        rc = projection_open(w->store, next, &w->projection);
    struct admission_parts parts = {.store = w->store,
                                    .ledger = w->ledger,
                                    .projection = w->projection,
                                    .vault = w->vault,
                                    .model = next,
                                    .env = &w->env.env};
    return rc == RC_OK ? admission_open(&parts, &w->admission) : rc;
}

void world_close(struct world *w)
{
    admission_close(w->admission);
    projection_close(w->projection);
    ledger_close(w->ledger);
    vault_close(w->vault);
    store_close(w->store);
}

enum rc world_wait(struct world *w, struct span at, struct str text)
{
    struct duration d;
    if (!duration_parse(text, &d) || d.us <= 0)
        return world_complain(w, at, "say how long: 2h, 5d");
    w->env.now.us += d.us;
    struct firing f = {.until = w->env.now, .punctual = true, .max = GROUP_MAX};
    enum rc rc = RC_OK;
    for (size_t fired = f.max; fired == f.max && rc == RC_OK;)
        rc = admission_fire(w->admission, &f, w->arena, &fired);
    return rc;
}

/* ---- names ------------------------------------------------------------------------------------------------------------- */

static struct named_record *named(struct world *w, struct str name)
{
    for (size_t i = 0; i < w->n_names; i++)
        if (str_eq(w->names[i].name, name))
            return &w->names[i];
    return NULL;
}

enum rc world_name(struct world *w, struct span at, struct str name, const struct object *o,
                   uint64_t id)
{
    struct named_record *r = named(w, name);
    if (name.n == 0 || id == 0)
        return RC_OK;
    if (!r && w->n_names == WORLD_NAMES_MAX)
        return world_complain(w, at, "an example names at most 256 records");
    r = r ? r : &w->names[w->n_names++];
    *r = (struct named_record){name, o, id};
    return RC_OK;
}

static struct str id_of(struct world *w, const struct object *o, uint64_t id)
{
    return id_text(o->prefix, id, arena_alloc(w->arena, ID_TEXT_MAX));
}

/* `$deal` is the record made under `as: deal`; a reference may also be written as a key of what it names: sam. */
static enum rc meant(struct world *w, const struct object *o, const struct pair *p, struct str *out)
{
    const struct field *f = object_field(o, p->key);
    struct str text = p->value->text;
    uint64_t id;
    *out = text;
    if (text.n > 1 && text.p[0] == '$') {
        const struct named_record *r = named(w, str_sub(text, 1, text.n));
        if (!r)
            return world_complain(w, p->value->at, "nothing was named '%.*s' before",
                                  STR_ARG(str_sub(text, 1, text.n)));
        *out = id_of(w, r->object, r->id);
        return RC_OK;
    }
    if (!f || f->type != FT_REF || text.n == 0)
        return RC_OK;
    enum rc rc = admission_find(w->admission, f->to, text, w->arena, &id);
    if (rc == RC_OK)
        *out = id_of(w, f->to, id);
    return rc == RC_NOT_FOUND || rc == RC_CONFLICT ? RC_OK : rc;
}

/* ---- steps ------------------------------------------------------------------------------------------------------------- */

static bool is_word(struct str key)
{
    static const char *const words[] = {"as", "by", "reason", "through"};
    for (size_t w = 0; w < sizeof words / sizeof *words; w++)
        if (str_is(key, words[w]))
            return true;
    return false;
}

/* The one key that is no word of ours names the object, and its value is a map of fields. */
static enum rc read_object(struct world *w, const struct node *n, const struct object **o,
                           const struct node **fields)
{
    *o = NULL;
    for (size_t i = 0; n->kind == NODE_MAP && i < n->n; i++) {
        const struct pair *p = &n->pairs[i];
        if (is_word(p->key))
            continue;
        if (*o)
            return world_complain(w, p->at, "a step is about one object");
        *o = model_object(w->model, p->key);
        *fields = p->value;
        if (!*o)
            return world_complain(w, p->at, "there is no object '%.*s'", STR_ARG(p->key));
    }
    if (!*o)
        return world_complain(
            w, n->at, "write {account: {name: Acme}}, with `as: NAME` to speak of it later");
    if ((*fields)->kind != NODE_MAP || (*fields)->n > FIELDS_MAX)
        return world_complain(w, (*fields)->at, "give the fields as a map");
    for (size_t i = 0; i < (*fields)->n; i++)
        if ((*fields)->pairs[i].value->kind != NODE_SCALAR)
            return world_complain(w, (*fields)->pairs[i].at, "a field has one value here");
    return RC_OK;
}

static enum rc read_inputs(struct world *w, const struct object *o, const struct node *fields,
                           struct field_input **out)
{
    enum rc rc = RC_OK;
    *out = ARENA_ARRAY(w->arena, fields->n, struct field_input);
    for (size_t i = 0; i < fields->n && rc == RC_OK; i++) {
        struct field_input *in = &(*out)[i];
        *in = (struct field_input){.name = fields->pairs[i].key, .form = INPUT_TEXT};
        rc = meant(w, o, &fields->pairs[i], &in->text);
    }
    return rc;
}

static enum rc read_actor(struct world *w, const struct node *step, struct actor *out)
{
    const struct node *by = node_get(step, "by");
    *out = (struct actor){.kind = ACTOR_PERSON};
    if (!by)
        return RC_OK;
    enum rc rc = admission_find(w->admission, model_object_numbered(w->model, ON_PERSON), by->text,
                                w->arena, &out->person);
    return rc == RC_NOT_FOUND || rc == RC_CONFLICT
               ? world_complain(w, by->at, "there is no person '%.*s'", STR_ARG(by->text))
               : rc;
}

/* By which door a step comes; without a word rules mean what they mean by default. */
static enum rc read_door(struct world *w, const struct node *step, enum door *out)
{
    const struct node *through = node_get(step, "through");
    struct str names[DOOR_COUNT];
    *out = DOOR_NONE;
    if (!through || door_named(through->text, out))
        return RC_OK;
    for (int d = DOOR_NONE + 1; d < DOOR_COUNT; d++)
        names[d - 1] = str_of(door_name((enum door)d));
    return world_complain(w, through->at, "there is no door '%.*s'; there are %.*s",
                          STR_ARG(through->text),
                          STR_ARG(str_join(w->arena, names, DOOR_COUNT - 1, STR(", "))));
}

static enum rc write_fact(struct world *w, const struct command *c, const struct node *fields,
                          const struct field_input *inputs, struct verdict *out)
{
    const struct object *o = c->object;
    struct fact_column *columns = ARENA_ARRAY(w->arena, fields->n, struct fact_column);
    struct fact_cell *cells = ARENA_ARRAY(w->arena, fields->n, struct fact_cell);
    for (size_t i = 0; i < fields->n; i++) {
        columns[i] = (struct fact_column){.field = object_field(o, inputs[i].name)};
        if (!columns[i].field)
            return world_complain(w, fields->pairs[i].at, "%.*s has no field '%.*s'",
                                  STR_ARG(o->name), STR_ARG(inputs[i].name));
        cells[i] = (struct fact_cell){.form = INPUT_TEXT, .text = inputs[i].text};
    }
    struct fact_batch batch = {.object = o,
                               .columns = columns,
                               .n_columns = fields->n,
                               .cells = cells,
                               .n_rows = 1,
                               .actor = c->actor,
                               .door = c->door};
    return admission_facts(w->admission, &batch, NULL, w->arena, out);
}

enum rc world_write(struct world *w, const struct node *step, struct verdict *out)
{
    const struct node *fields = NULL;
    struct command c = {.kind = CMD_UPSERT, .reason = node_text(step, "reason")};
    struct field_input *inputs = NULL;
    struct str name = node_text(step, "as");
    enum rc rc = read_object(w, step, &c.object, &fields);
    if (rc == RC_OK)
        rc = read_inputs(w, c.object, fields, &inputs);
    if (rc == RC_OK)
        rc = read_actor(w, step, &c.actor);
    if (rc == RC_OK)
        rc = read_door(w, step, &c.door);
    if (rc != RC_OK)
        return rc;
    if (c.object->is_fact)
        return write_fact(w, &c, fields, inputs, out);
    const struct named_record *known = named(w, name);
    c.id = known && known->object == c.object ? known->id : 0;
    c.fields = inputs;
    c.n_fields = fields->n;
    rc = admission_group(w->admission, &c, 1, NULL, w->arena, out);
    return rc == RC_OK ? world_name(w, step->at, name, c.object, out->id) : rc;
}

/* ---- looking ------------------------------------------------------------------------------------------------------------ */

/* Instants are the same within the second that is written: each write of an example comes a microsecond after the last. */
static bool same_instant(const struct value *v, struct str wanted)
{
    struct instant t;
    return v->type == VT_INSTANT && instant_parse(wanted, &t) && v->instant.us >= t.us &&
           v->instant.us - t.us < US_PER_SECOND;
}

/* One field against what is wanted of it. */
static enum rc compare_field(struct world *w, const struct object *o, const struct row *row,
                             const struct pair *p, size_t *same, struct str *why)
{
    const struct field *f = object_field(o, p->key);
    struct str wanted;
    if (!f)
        return world_complain(w, p->at, "%.*s has no field '%.*s'", STR_ARG(o->name),
                              STR_ARG(p->key));
    enum rc rc = meant(w, o, p, &wanted);
    struct str is = field_value_text(f, row_value(row, f), w->arena);
    bool equal = rc == RC_OK && (str_eq(is, wanted) || same_instant(row_value(row, f), wanted));
    *same += equal;
    if (!equal && why->n == 0)
        *why = str_printf(w->arena, "expected %.*s: %.*s, but it is '%.*s'\n", STR_ARG(f->name),
                          STR_ARG(p->value->text), STR_ARG(is));
    return rc;
}

enum rc world_compare(struct world *w, const struct object *o, uint64_t id,
                      const struct node *fields, size_t *same, struct str *why)
{
    struct row *row = NULL;
    enum rc rc = rows_load(w->projection, o, &id, 1, w->arena, &row);
    bool there = row && row->life == LIFE_LIVE;
    *same = 0;
    *why = there ? STR_NONE : STR("expected a record, but there is none\n");
    for (size_t i = 0; i < fields->n && there && rc == RC_OK; i++)
        rc = compare_field(w, o, row, &fields->pairs[i], same, why);
    return rc;
}

enum rc world_find(struct world *w, const struct node *pattern, struct world_found *out)
{
    const struct node *fields = NULL;
    struct list_place *all = NULL;
    size_t n_all = 0, nearest = 0;
    *out = (struct world_found){0};
    enum rc rc = read_object(w, pattern, &out->object, &fields);
    if (rc != RC_OK)
        return rc;
    if (out->object->is_fact)
        return world_complain(w, pattern->at, "rows of facts are not looked for");
    struct list_query q = {.object = out->object, .now = w->env.now};
    rc = list_page(w->projection, &q, NULL, LIST_IDS_MAX, w->arena, &all, &n_all);
    for (size_t i = 0; i < n_all && rc == RC_OK; i++) {
        size_t same;
        struct str why;
        rc = world_compare(w, out->object, all[i].id, fields, &same, &why);
        if (why.n == 0 && out->n++ == 0)
            out->id = all[i].id;
        if (out->near.n == 0 || same > nearest) {
            out->near = why;
            nearest = same;
        }
    }
    return rc;
}
