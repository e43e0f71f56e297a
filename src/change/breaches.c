/* breaches.c - live records that break what is new or tighter. */
#include "change/effect.h"

#include "admission/audit.h"
#include <string.h>

/* The criteria of one object whose breaches are counted. */
struct watch {
    const struct object *object;
    VEC(struct audit_criterion) criteria;
};

struct counting {
    struct arena *arena;
    const struct model *live;
    VEC(struct watch) watches;
    VEC(struct breach) breaches;
    VEC(struct str) uncounted;
};

/* ---- what is new or tighter -------------------------------------------------------------------------------------- */

static bool is_one_of(const char *s, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(s, words[i]) == 0)
            return true;
    return false;
}

static bool change_tightens(const struct change *ch, const struct rule *r)
{
    static const char *const meaning[] = {"when", "require", "applies_from", "object", "side"};
    if ((ch->what != ITEM_RULE && ch->what != ITEM_GATE) || ch->after != r)
        return false;
    if (ch->kind == CHANGE_ADDED)
        return true;
    if (ch->kind != CHANGE_CHANGED)
        return false;
    if (is_one_of(ch->property, meaning, sizeof meaning / sizeof meaning[0]))
        return true;
    const struct rule *was = ch->before;
    return strcmp(ch->property, "enforcement") == 0 && was && r->enforcement < was->enforcement;
}

static bool rule_tightens(const struct change_plan *p, const struct rule *r)
{
    for (size_t i = 0; i < p->changes.n; i++)
        if (change_tightens(&p->changes.v[i], r))
            return true;
    return false;
}

static bool range_tightens(const struct field *f, const struct field *was)
{
    if (!was)
        return true;
    return (f->has_min && (!was->has_min || decimal_cmp(f->min, was->min) > 0)) ||
           (f->has_max && (!was->has_max || decimal_cmp(f->max, was->max) < 0));
}

static bool knows_value(const struct field *f, uint32_t number)
{
    for (size_t i = 0; i < f->n_values; i++)
        if (f->values[i].number == number)
            return true;
    return false;
}

static bool loses_value(const struct field *f, const struct field *was)
{
    for (size_t i = 0; was && i < was->n_values; i++)
        if (!knows_value(f, was->values[i].number))
            return true;
    return false;
}

/* A stage that is new or changed by itself comes with its gates; records may move into it by `moved_to`. */
static bool stage_is_new(const struct field *was, uint32_t stage)
{
    return !was || !knows_value(was, stage);
}

static bool tightens(const struct change_plan *p, const struct audit_criterion *c,
                     const struct object *live)
{
    const struct field *was = c->field ? object_field_numbered(live, c->field->number) : NULL;
    switch (c->kind) {
    case AUDIT_REQUIRED:
        return !was || !was->required;
    case AUDIT_RANGE:
        return range_tightens(c->field, was);
    case AUDIT_VALUE:
        return loses_value(c->field, was);
    case AUDIT_GATE:
        return rule_tightens(p, c->rule) || stage_is_new(was, c->stage);
    case AUDIT_RULE:
        break;
    }
    return rule_tightens(p, c->rule);
}

static void watch_object(struct counting *c, const struct change_plan *p, const struct object *o)
{
    const struct object *live = model_object_numbered(c->live, o->number);
    struct audit_criterion *all;
    size_t n;
    if (!live)
        return; /* new: it has no records */
    struct watch w = {.object = o};
    audit_criteria(o, c->arena, &all, &n);
    for (size_t i = 0; i < n; i++) {
        if (!tightens(p, &all[i], live))
            continue;
        if (all[i].rule && !audit_can_ask(all[i].rule))
            *VEC_PUSH(c->arena, &c->uncounted) = all[i].rule->id;
        else
            *VEC_PUSH(c->arena, &w.criteria) = all[i];
    }
    if (w.criteria.n > 0)
        *VEC_PUSH(c->arena, &c->watches) = w;
}

/* ---- counting ------------------------------------------------------------------------------------------------------ */

static struct breach *breach_of(struct counting *c, const struct object *o, const struct finding *f)
{
    struct str id = f->criterion;
    if (id.n == 0)
        id = str_printf(c->arena, "%.*s.%.*s", STR_ARG(o->name), STR_ARG(f->field->name));
    for (size_t i = 0; i < c->breaches.n; i++)
        if (strcmp(c->breaches.v[i].code, f->code) == 0 && str_eq(c->breaches.v[i].criterion, id))
            return &c->breaches.v[i];
    struct breach *b = VEC_PUSH(c->arena, &c->breaches);
    *b = (struct breach){.criterion = str_dup(c->arena, id),
                         .code = f->code,
                         .object = o,
                         .enforcement = f->enforcement,
                         .message = str_dup(c->arena, f->message)};
    return b;
}

static bool count_breach(void *self, const struct object *o, uint64_t id, const struct finding *f)
{
    struct breach *b = breach_of(self, o, f);
    b->count++;
    if (b->n_first < BREACH_FIRST)
        b->first[b->n_first++] = id;
    return true;
}

static enum rc count_breaches(void *self, struct admission *adm)
{
    struct counting *c = self;
    struct audit_report report = {c, count_breach};
    enum rc rc = RC_OK;
    for (size_t i = 0; i < c->watches.n && rc == RC_OK; i++) {
        const struct watch *w = &c->watches.v[i];
        struct audit_choice choice = {
            .object = w->object, .criteria = w->criteria.v, .n = w->criteria.n};
        rc = admission_audit(adm, &choice, &report, NULL);
    }
    return rc;
}

/* Judges with the next model on tables as it needs them, inside a transaction that is rolled back. */
static enum rc rehearse(const struct change_parts *parts, const struct change_plan *p,
                        struct counting *c)
{
    struct projection *next = NULL;
    struct admission *adm = NULL;
    enum rc rc = projection_open(parts->store, p->next, &next);
    struct admission_parts with = {.store = parts->store,
                                   .ledger = parts->ledger,
                                   .projection = next,
                                   .vault = parts->vault,
                                   .model = p->next,
                                   .env = parts->env};
    if (rc == RC_OK)
        rc = admission_open(&with, &adm);
    if (rc == RC_OK)
        rc = admission_rehearse(adm, count_breaches, c);
    admission_close(adm);
    projection_close(next);
    return rc;
}

enum rc effect_breaches(const struct change_parts *parts, struct change_plan *p, struct arena *a)
{
    struct counting c = {.arena = a, .live = parts->model};
    if (!parts->model)
        return RC_OK;
    for (size_t i = 0; i < p->next->n_objects; i++)
        watch_object(&c, p, p->next->objects[i]);
    enum rc rc = c.watches.n ? rehearse(parts, p, &c) : RC_OK;
    p->breaches = c.breaches.v;
    p->n_breaches = c.breaches.n;
    p->uncounted = c.uncounted.v;
    p->n_uncounted = c.uncounted.n;
    return rc;
}
