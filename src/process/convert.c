#include "process/convert.h"

#include "base/norm.h"
#include "process/stages.h"

struct conversions {
    struct conversion *v;
    size_t n;
};

/* ---- definitions -------------------------------------------------------------------------------------------------- */

/* A reference called as what it refers to, else the only one. */
static const struct field *reference_to(const struct object *from, const struct object *to)
{
    const struct field *found = NULL;
    size_t n = 0;
    for (size_t i = 0; i < from->n_fields; i++) {
        const struct field *f = from->fields[i];
        if (f->type != FT_REF || f->to != to || f->number == FN_OWNER)
            continue;
        if (str_eq(f->name, to->name))
            return f;
        found = f;
        n++;
    }
    return n == 1 ? found : NULL;
}

/* The key with exactly these fields; the model was checked to have one. */
static const struct key_def *key_of(const struct object *o, const struct node *match)
{
    for (size_t i = 0; i < o->n_keys; i++) {
        size_t hits = 0;
        for (size_t k = 0; k < match->n; k++)
            for (size_t f = 0; f < o->keys[i].n_fields; f++)
                hits += str_eq(o->keys[i].fields[f]->name, match->items[k]->text);
        if (hits == match->n && hits == o->keys[i].n_fields)
            return &o->keys[i];
    }
    return NULL;
}

static bool copies(const struct field *to, const struct field *from)
{
    return from && from->type == to->type && (to->type != FT_REF || from->to == to->to);
}

static struct conversion_source read_source(const struct object *o, const struct field *f,
                                            const struct node *set, struct arena *a)
{
    const struct node *n = node_get(set, str_c(a, f->name));
    const struct field *same = object_field(o, f->name);
    struct conversion_source s = {.v = ARENA_ARRAY(a, n ? n->n + 1 : 1, const struct field *)};
    if (n && n->kind == NODE_SCALAR)
        s.v[s.n++] = object_field(o, n->text);
    for (size_t i = 0; n && n->kind == NODE_LIST && i < n->n; i++)
        s.v[s.n++] = object_field(o, n->items[i]->text);
    if (!n && f->kind == FIELD_PLAIN && copies(f, same))
        s.v[s.n++] = same;
    return s;
}

static struct conversion_target read_target(const struct model *m, const struct object *o,
                                            const struct pair *pair, struct arena *a)
{
    struct conversion_target t = {.object = model_object(m, pair->key)};
    const struct node *n = pair->value, *optional = node_get(n, "optional");
    t.optional = str_is(n->text, "optional") || (optional && str_is(optional->text, "true"));
    t.link = reference_to(o, t.object);
    if (node_get(n, "match"))
        t.key = key_of(t.object, node_items(n, "match"));
    struct conversion_source *sources = ARENA_ARRAY(a, t.object->n_fields,
                                                    struct conversion_source);
    for (size_t i = 0; i < t.object->n_fields; i++)
        sources[i] = read_source(o, t.object->fields[i], node_get(n, "set"), a);
    t.sources = sources;
    return t;
}

static void read_stage(struct conversion *c)
{
    for (size_t i = 0; i < c->object->n_processes && !c->stage; i++)
        for (size_t k = 0; k < c->object->processes[i]->n_stages; k++)
            if (c->object->processes[i]->stages[k].advance == ADVANCE_CONVERT) {
                c->process = c->object->processes[i];
                c->stage = &c->process->stages[k];
            }
}

static void *make(const struct process *p, const struct model *m, struct arena *a)
{
    struct conversions *all = ARENA_NEW(a, struct conversions);
    const struct node *objects = node_items(m->root, "objects");
    (void)p;
    all->v = ARENA_ARRAY(a, objects->n + 1, struct conversion);
    for (size_t i = 0; i < objects->n; i++) {
        const struct node *to = node_get(objects->items[i], "convert_to");
        const struct object *o = model_object(m, node_text(objects->items[i], "name"));
        if (!o || !to || to->kind != NODE_MAP)
            continue;
        struct conversion *c = &all->v[all->n++];
        struct conversion_target *targets = ARENA_ARRAY(a, to->n, struct conversion_target);
        *c = (struct conversion){.object = o, .targets = targets, .n = to->n};
        for (size_t k = 0; k < to->n; k++)
            targets[k] = read_target(m, o, &to->pairs[k], a);
        read_stage(c);
    }
    return all;
}

static const struct conversion *find(const struct conversions *all, const struct object *o)
{
    for (size_t i = 0; i < all->n; i++)
        if (all->v[i].object == o)
            return &all->v[i];
    return NULL;
}

const struct conversion *conversion_of(const struct process *p, const struct object *o)
{
    return find(process_part(p, &convert_part), o);
}

/* ---- what becomes of a record --------------------------------------------------------------------------------------- */

bool conversion_is_done(const struct conversion *c, const struct row *record)
{
    return c->stage && stage_of(c->process, record) == c->stage;
}

/* The domain of a company's address says which company it is. */
static struct value domain_of(const struct row *record)
{
    for (size_t i = 0; i < record->object->n_fields; i++) {
        const struct value *v = &record->values[i];
        if (record->object->fields[i]->type != FT_EMAIL || v->type != VT_TEXT)
            continue;
        ptrdiff_t at = str_find(v->text, STR("@"), 0);
        struct str domain = at >= 0 ? str_sub(v->text, (size_t)at + 1, v->text.n) : STR_NONE;
        if (domain.n && !norm_domain_is_freemail(domain))
            return (struct value){.type = VT_TEXT, .text = domain};
    }
    return VALUE_ABSENT;
}

/* An enum value is carried over by its name. */
static struct value carried(const struct field *to, const struct field *from, const struct value *v)
{
    if (from->type != FT_ENUM || to->type != FT_ENUM || v->type != VT_ENUM)
        return *v;
    const struct enum_value *was = field_value_numbered(from, v->number_of);
    const struct enum_value *is = was ? field_value(to, was->name) : NULL;
    return is ? (struct value){.type = VT_ENUM, .number_of = is->number} : VALUE_ABSENT;
}

static struct value source_value(const struct field *to, const struct conversion_source *s,
                                 const struct row *record)
{
    struct value v = VALUE_ABSENT;
    for (size_t i = 0; i < s->n && v.type == VT_ABSENT; i++)
        v = carried(to, s->v[i], row_value(record, s->v[i]));
    if (v.type == VT_ABSENT && to->type == FT_DOMAIN)
        v = domain_of(record);
    return v;
}

static size_t position_of(const struct object *o, const struct field *f)
{
    size_t i = 0;
    while (o->fields[i] != f)
        i++;
    return i;
}

bool conversion_key(const struct conversion_target *t, const struct row *record, struct value *out,
                    const struct field **lacks)
{
    for (size_t i = 0; i < t->key->n_fields; i++) {
        const struct field *f = t->key->fields[i];
        out[i] = source_value(f, &t->sources[position_of(t->object, f)], record);
        if (out[i].type == VT_ABSENT) {
            *lacks = f;
            return false;
        }
    }
    return true;
}

/* A reference to the record itself, or to a target before. */
static struct value linked(const struct conversion *c, size_t i, const struct field *f,
                           const struct row *record, const uint64_t *ids)
{
    const struct object *o = c->targets[i].object;
    if (f->type != FT_REF || f->kind != FIELD_PLAIN)
        return VALUE_ABSENT;
    if (f == reference_to(o, c->object))
        return (struct value){.type = VT_REF, .ref = record->id};
    for (size_t k = 0; k < i; k++)
        if (ids[k] && f == reference_to(o, c->targets[k].object))
            return (struct value){.type = VT_REF, .ref = ids[k]};
    return VALUE_ABSENT;
}

void conversion_take(const struct conversion *c, size_t i, const struct row *record,
                     const struct row *existing, const uint64_t *ids, struct arena *a,
                     conversion_fields *out)
{
    const struct conversion_target *t = &c->targets[i];
    for (size_t k = 0; k < t->object->n_fields; k++) {
        const struct field *f = t->object->fields[k];
        if (f->kind != FIELD_PLAIN || (existing && existing->values[k].type != VT_ABSENT))
            continue;
        struct value v = linked(c, i, f, record, ids);
        if (v.type == VT_ABSENT)
            v = source_value(f, &t->sources[k], record);
        if (v.type != VT_ABSENT)
            *VEC_PUSH(a, out) = (struct effect_field){.field = f, .value = v};
    }
}

void conversion_close(const struct conversion *c, const uint64_t *ids, struct arena *a,
                      conversion_fields *out)
{
    for (size_t i = 0; i < c->n; i++)
        if (c->targets[i].link && ids[i])
            *VEC_PUSH(a, out) = (struct effect_field){.field = c->targets[i].link,
                                                      .value = {.type = VT_REF, .ref = ids[i]}};
    if (c->stage)
        *VEC_PUSH(a, out) = (struct effect_field){
            .field = c->process->field, .value = {.type = VT_ENUM, .number_of = c->stage->number}};
}

/* ---- the part ---------------------------------------------------------------------------------------------------------- */

/* By hand a record comes to that stage only when it refers to all that it should have become. */
static void judge(struct reaction *r, const void *self, const struct process_findings *f)
{
    struct look *l = r->l;
    const struct conversion *c = find(self, l->object);
    if (!c || !c->stage || l->quiet || !stage_of(c->process, l->before) ||
        stage_of(c->process, l->before) == c->stage || stage_of(c->process, l->now) != c->stage)
        return;
    for (size_t i = 0; i < c->n; i++) {
        const struct conversion_target *t = &c->targets[i];
        if (t->optional || !t->link || row_value(l->now, t->link)->type == VT_REF)
            continue;
        f->add(
            f->ctx, "CONVERT", ENFORCE_DENY, t->link, c->process->name,
            c->process->owner ? c->process->owner->name : STR_NONE,
            str_printf(l->arena, "it comes to %.*s by conversion: it has no %.*s",
                       STR_ARG(c->stage->name), STR_ARG(t->link->name)),
            str_printf(l->arena, "Convert it: revos convert %.*s ID.", STR_ARG(l->object->name)));
    }
}

const struct part convert_part = {.name = "convert", .make = make, .judge = judge};
