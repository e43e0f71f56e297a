#include "admission/tally.h"

#include "admission/steps.h"
#include "projection/list.h"

struct tallying {
    const struct tally_scope *scope;
    const struct tally_report *report;
    struct arena *arena;
    struct tallies *out;
    size_t from; /* tallies of the object in hand begin here */
};

/* The tally of a criterion of the object in hand; checks of one field share theirs. */
static struct tally *tally_of(struct tallying *t, const struct rule *rule, const struct field *f)
{
    for (size_t i = t->from; i < t->out->list.n; i++) {
        struct tally *one = &t->out->list.v[i];
        if (rule ? one->rule == rule : one->kind == TALLY_FIELD && one->field == f)
            return one;
    }
    return NULL;
}

static const struct stage *stage_of(const struct object *o, const struct audit_criterion *c,
                                    const struct process_def **process)
{
    for (size_t i = 0; i < o->n_processes; i++) {
        const struct process_def *p = o->processes[i];
        const struct stage *s = process_stage_numbered(p, c->stage);
        for (size_t k = 0; s && k < s->n_enter; k++)
            if (s->enter[k] == c->rule) {
                *process = p;
                return s;
            }
    }
    return NULL;
}

static struct tally tally_from(struct tallying *t, const struct object *o,
                               const struct audit_criterion *c)
{
    struct tally out = {.object = o, .rule = c->rule, .enforcement = ENFORCE_DENY};
    if (!c->rule) {
        out.kind = TALLY_FIELD;
        out.field = c->field;
        out.id = str_printf(t->arena, "%.*s.%.*s", STR_ARG(o->name), STR_ARG(c->field->name));
        return out;
    }
    out.kind = c->kind == AUDIT_GATE ? TALLY_GATE : TALLY_RULE;
    out.id = c->rule->id;
    out.enforcement = c->rule->enforcement[DOOR_NONE];
    if (out.kind == TALLY_GATE)
        out.stage = stage_of(o, c, &out.process);
    return out;
}

/* The criteria of `o` that the scope asks for, each with a tally. */
static struct audit_choice choose(struct tallying *t, const struct object *o)
{
    struct audit_choice c = audit_everything(o, t->arena);
    struct audit_criterion *kept = ARENA_ARRAY(t->arena, c.n + 1, struct audit_criterion);
    size_t n = 0;
    t->from = t->out->list.n;
    for (size_t i = 0; i < c.n; i++) {
        struct tally one = tally_from(t, o, &c.criteria[i]);
        if (t->scope->id.n && !str_eq(one.id, t->scope->id))
            continue;
        kept[n++] = c.criteria[i];
        if (!tally_of(t, one.rule, one.field))
            *VEC_PUSH(t->arena, &t->out->list) = one;
    }
    c.criteria = kept;
    c.n = n;
    return c;
}

static struct tally *tally_of_finding(struct tallying *t, const struct finding *f)
{
    for (size_t i = t->from; i < t->out->list.n; i++) {
        struct tally *one = &t->out->list.v[i];
        if (f->criterion.n ? one->rule && str_eq(one->id, f->criterion)
                           : one->kind == TALLY_FIELD && one->field == f->field)
            return one;
    }
    return NULL;
}

static bool count(void *self, const struct object *o, uint64_t id, const struct finding *f)
{
    struct tallying *t = self;
    struct tally *one = tally_of_finding(t, f);
    (void)o;
    if (!one)
        return true;
    one->broken++;
    if (one->n_first < TALLY_FIRST)
        one->first[one->n_first++] = id;
    return !t->report->found || t->report->found(t->report->self, one, id, f);
}

/* A gate is asked of the records that stand behind it, everything else of all. */
static enum rc count_checked(struct admission *a, struct tallying *t, const struct object *o,
                             uint64_t seen)
{
    enum rc rc = RC_OK;
    for (size_t i = t->from; i < t->out->list.n && rc == RC_OK; i++) {
        struct tally *one = &t->out->list.v[i];
        one->checked = seen;
        if (one->kind != TALLY_GATE || o->is_fact)
            continue;
        struct list_query q = {.object = o, .zone = a->parser.zone};
        q.test = (struct list_test){LIST_AMONG, one->process->field, &one->stage->number, 1};
        rc = list_count(a->parts.projection, &q, &one->checked);
    }
    return rc;
}

static enum rc tally_object(struct admission *a, struct tallying *t, const struct object *o)
{
    struct audit_choice c = choose(t, o);
    struct audit_report report = {t, count};
    uint64_t seen = 0;
    enum rc rc = admission_audit(a, &c, &report, &seen);
    t->out->records += seen;
    return rc == RC_OK ? count_checked(a, t, o, seen) : rc;
}

enum rc admission_tally(struct admission *a, const struct tally_scope *scope,
                        const struct tally_report *report, struct arena *arena, struct tallies *out)
{
    const struct model *m = a->parts.model;
    struct tallying t = {.scope = scope, .report = report, .arena = arena, .out = out};
    enum rc rc = RC_OK;
    *out = (struct tallies){0};
    for (size_t i = 0; i < m->n_objects && rc == RC_OK; i++)
        if (!scope->object || scope->object == m->objects[i])
            rc = tally_object(a, &t, m->objects[i]);
    return rc == RC_OK && scope->id.n && out->list.n == 0 ? RC_NOT_FOUND : rc;
}

const char *tally_kind_name(enum tally_kind k)
{
    return k == TALLY_FIELD ? "field" : k == TALLY_RULE ? "rule" : "gate";
}
