/* breaches.c - live records that break what is new or tighter. */
#include "change/effect.h"

#include "admission/audit.h"
#include "change/convert.h"
#include "projection/match.h"
#include <string.h>

enum { CONVERT_PAGE = 500 };

/* The criteria of one object whose breaches are counted. */
struct watch {
    const struct object *object;
    VEC(struct audit_criterion) criteria;
};

struct counting {
    struct arena *arena;
    const struct model *live;
    struct projection *was, *next; /* the rows as they are, and as they will be */
    struct conversion *conversions;
    size_t n_conversions;
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
    for (int d = DOOR_NONE; was && d < DOOR_COUNT; d++)
        if (r->enforcement[d] < was->enforcement[d])
            return true;
    return false;
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

/* ---- values under another type -------------------------------------------------------------------------------------- */

/* The value of one record, counted, and put where the next model looks for it. */
static void convert_row(const struct counting *c, struct conversion *conv, const struct parser *p,
                        const struct row *was, struct row *next, struct arena *a)
{
    const struct value *v = row_value(was, conv->from);
    struct value to;
    struct str why;
    if (v->type == VT_ABSENT)
        return;
    if (!convert_value(p, conv, v, a, &to, &why)) {
        if (conv->n_first < BREACH_FIRST)
            conv->first[conv->n_first++] = (struct unconverted){
                was->id, str_dup(c->arena, str_sub(field_value_text(conv->from, v, a), 0, 100)),
                str_dup(c->arena, why)};
        conv->fails++;
        return;
    }
    conv->converts++;
    for (size_t i = 0; i < next->object->n_fields; i++)
        if (next->object->fields[i] == conv->to)
            next->values[i] = to;
    next->dirty = true;
}

static enum rc convert_page(struct counting *c, struct conversion *conv, const struct parser *p,
                            const uint64_t *ids, size_t n, struct arena *a)
{
    struct row **was = ARENA_ARRAY(a, n, struct row *), **next = ARENA_ARRAY(a, n, struct row *);
    enum rc rc = rows_load(c->was, conv->object, ids, n, a, was);
    if (rc == RC_OK)
        rc = rows_load(c->next, conv->to->object, ids, n, a, next);
    for (size_t i = 0; i < n && rc == RC_OK; i++)
        if (was[i] && next[i])
            convert_row(c, conv, p, was[i], next[i], a);
    return rc == RC_OK ? rows_write(c->next, next, n) : rc;
}

static enum rc convert_all(struct counting *c)
{
    uint64_t ids[CONVERT_PAGE];
    struct parser p = {0};
    struct arena *a = arena_new();
    enum rc rc = parser_open(projection_model(c->next), c->arena, &p);
    for (size_t i = 0; i < c->n_conversions && rc == RC_OK; i++) {
        uint64_t after = 0;
        for (size_t n = CONVERT_PAGE; n == CONVERT_PAGE && rc == RC_OK;) {
            arena_reset(a);
            rc = rows_after(c->was, c->conversions[i].object, after, CONVERT_PAGE, ids, &n);
            if (rc == RC_OK && n > 0)
                rc = convert_page(c, &c->conversions[i], &p, ids, n, a);
            after = n ? ids[n - 1] : 0;
        }
    }
    parser_close(&p);
    arena_free(a);
    return rc;
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
    enum rc rc = c->n_conversions ? convert_all(c) : RC_OK;
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
    struct admission *adm = NULL;
    enum rc rc = projection_open(parts->store, p->next, &c->next);
    if (rc == RC_OK)
        rc = projection_open(parts->store, parts->model, &c->was);
    struct admission_parts with = {.store = parts->store,
                                   .ledger = parts->ledger,
                                   .projection = c->next,
                                   .vault = parts->vault,
                                   .model = p->next,
                                   .env = parts->env,
                                   .workspace = parts->workspace};
    if (rc == RC_OK)
        rc = admission_open(&with, &adm);
    if (rc == RC_OK)
        rc = admission_rehearse(adm, count_breaches, c);
    admission_close(adm);
    projection_close(c->was);
    projection_close(c->next);
    return rc;
}

enum rc effect_breaches(const struct change_parts *parts, struct change_plan *p, struct arena *a)
{
    struct counting c = {.arena = a, .live = parts->model};
    if (!parts->model)
        return RC_OK;
    conversions_find(parts->model, p->next, a, &c.conversions, &c.n_conversions);
    for (size_t i = 0; i < p->next->n_objects; i++)
        watch_object(&c, p, p->next->objects[i]);
    enum rc rc = c.watches.n + c.n_conversions ? rehearse(parts, p, &c) : RC_OK;
    p->breaches = c.breaches.v;
    p->n_breaches = c.breaches.n;
    p->uncounted = c.uncounted.v;
    p->n_uncounted = c.uncounted.n;
    p->conversions = c.conversions;
    p->n_conversions = c.n_conversions;
    return rc;
}
