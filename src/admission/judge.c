/* judge.c - field rules, rules and gates over a record as it would be. */
#include "admission/steps.h"
#include "process/stages.h"

#include <assert.h>

struct xbindings bindings_of(struct decision *d, const struct row *before, const struct row *now,
                             struct instant at, struct date today)
{
    struct xbindings b = {.now = at, .today = today};
    b.self = (struct xrecord){now->object->x, now->id, now};
    if (before)
        b.old = (struct xrecord){before->object->x, before->id, before};
    uint64_t person = d->w->command->actor.person;
    const struct object *o = person ? model_object(d->g->model, STR("person")) : NULL;
    if (o)
        b.actor = (struct xrecord){o->x, person, NULL};
    return b;
}

/* ---- fields ------------------------------------------------------------------------------------------------------ */

void judge_fields(struct decision *d, const struct state *s)
{
    const struct object_plan *p = d->w->plan;
    for (size_t i = 0; i < p->n_slots; i++) {
        const struct field *f = p->object->fields[i];
        bool ours = f->kind == FIELD_PLAIN || f->kind == FIELD_STAGE; /* others the engine fills */
        if (!f->required || !ours || s->now->values[i].type != VT_ABSENT || bits_has(d->w->bad, i))
            continue;
        if (s->before && !bits_has(s->touched, i))
            continue; /* it was empty before: audit lists it, this command did not do it */
        struct finding *found = finding_add(d->g, d->w, "REQUIRED", f, "%.*s is required",
                                            STR_ARG(f->name));
        found->state = CRITERION_ABSENT;
        finding_help(d->g, found, "Give %.*s a value.", STR_ARG(f->name));
        finding_soften(d->w, found);
    }
}

/* ---- criteria ---------------------------------------------------------------------------------------------------- */

/* Has the same criterion been found broken for an earlier moment? One reason each is enough. */
static struct finding *earlier(const struct decision *d, const struct rule *r)
{
    for (size_t i = 0; i < d->w->findings.n; i++)
        if (str_eq(d->w->findings.v[i].criterion, r->id))
            return &d->w->findings.v[i];
    return NULL;
}

/* The door by which the command in hand came. */
static enum door door_of(const struct decision *d)
{
    const struct command *c = d->w->command;
    return c->actor.kind == ACTOR_AGENT ? DOOR_AGENT : c->door;
}

/* What breaking the rule means here, for the record in hand. */
static enum enforcement enforcement_of(const struct decision *d, const struct rule *r,
                                       const struct state *s)
{
    struct date created = s->today;
    if (r->applies_from.days != INT32_MIN && s->now->created_at.us)
        created = zone_date(d->g->adm->parser.zone, s->now->created_at);
    enum enforcement e = rule_enforcement(r, door_of(d), created);
    return s->never_refuses && e == ENFORCE_DENY ? ENFORCE_WARN : e;
}

/* A laxer door does not hide: the finding says what it would mean elsewhere. */
static struct str help_of(const struct decision *d, const struct rule *r, const struct state *s,
                          enum enforcement here)
{
    enum enforcement otherwise = r->enforcement[DOOR_NONE];
    struct arena *a = d->g->arena;
    if (here <= otherwise || s->never_refuses)
        return r->help;
    const char *gap = r->help.n ? " " : "";
    char from[16];
    if (here > r->enforcement[door_of(d)])
        return str_printf(a, "%.*s%sIt was created before %.*s, since which this is enforced.",
                          STR_ARG(r->help), gap, STR_ARG(date_text(r->applies_from, from)));
    return str_printf(a, "%.*s%sBy default this is %s; by %s it is %s.", STR_ARG(r->help), gap,
                      enforcement_name(otherwise), door_name(door_of(d)), enforcement_name(here));
}

static void found_broken(struct decision *d, const struct rule *r, const char *code,
                         enum xverdict result, const struct xvalue *why, const struct state *s)
{
    struct finding *f = earlier(d, r);
    if (f && finding_broken(f))
        return;
    struct arena *a = d->g->arena;
    if (!f)
        f = VEC_PUSH(a, &d->w->findings);
    struct str message = r->message;
    if (message.n == 0)
        message = str_printf(a, "%.*s does not hold", STR_ARG(expr_text(r->require)));
    *f = (struct finding){.code = code,
                          .criterion = r->id,
                          .enforcement = enforcement_of(d, r, s),
                          .state = CRITERION_UNMET,
                          .field = r->field,
                          .message = message,
                          .owner = r->owner ? r->owner->name : STR_NONE};
    f->help = help_of(d, r, s, f->enforcement);
    if (result == XT_ABSENT) {
        f->state = CRITERION_ABSENT;
        f->absent = why->empty;
    } else if (result == XT_FAULT) {
        f->state = s->never_refuses ? CRITERION_UNMET : CRITERION_FAULT;
        f->message = str_printf(a, "%.*s (%s: %.*s)", STR_ARG(message), why->fault->code,
                                STR_ARG(why->fault->message));
    }
    if (!waive(d, f, r->object, s->now->id, s->at))
        finding_soften(d->w, f);
}

static void found_met(struct decision *d, const struct rule *r, const char *code,
                      const struct state *s)
{
    if (!d->w->command->explain || earlier(d, r))
        return;
    *VEC_PUSH(d->g->arena,
              &d->w->findings) = (struct finding){.code = code,
                                                  .criterion = r->id,
                                                  .enforcement = enforcement_of(d, r, s),
                                                  .state = CRITERION_MET,
                                                  .field = r->field,
                                                  .message = r->message,
                                                  .owner = r->owner ? r->owner->name : STR_NONE};
}

void judge_rule(struct decision *d, const struct rule *r, const char *code, const struct state *s)
{
    struct group *g = d->g;
    struct xbindings b = bindings_of(d, s->before, s->now, s->at, s->today);
    struct xvalue why;
    if (r->when) {
        enum xverdict applies = expr_test(r->when, &g->reader, &g->host, &b, g->arena, &why);
        if (applies == XT_FAULT)
            found_broken(d, r, code, applies, &why, s);
        if (applies != XT_MET)
            return;
    }
    enum xverdict result = expr_test(r->require, &g->reader, &g->host, &b, g->arena, &why);
    if (result == XT_MET)
        found_met(d, r, code, s);
    else
        found_broken(d, r, code, result, &why, s);
}

void judge_rules(struct decision *d, const struct state *s)
{
    const struct object_plan *p = d->w->plan;
    for (size_t i = 0; i < p->n_rules && d->g->rc == RC_OK; i++) {
        const struct criterion *c = &p->rules[i];
        if (s->before && !bits_meet(p, c->reads, s->touched))
            continue; /* its answer cannot have changed by this command */
        if (bits_meet(p, c->reads, d->w->bad))
            continue; /* it would be judged on a value that was not taken */
        judge_rule(d, c->rule, "RULE", s);
    }
}

/* ---- stages ------------------------------------------------------------------------------------------------------ */

static void move_refused(struct decision *d, const struct process_def *p,
                         const struct move_ask *ask, const struct stage *from,
                         const struct stage *to)
{
    struct finding *f = finding_add(d->g, d->w, ask->code, p->field, "%s", ask->message);
    f->criterion = p->name;
    f->owner = p->owner ? p->owner->name : STR_NONE;
    f->old_value = from ? from->name : STR_NONE;
    f->new_value = to ? to->name : STR_NONE;
    finding_help(d->g, f, "%s", ask->help);
    finding_soften(d->w, f);
}

/* May it move at all? Being marked lost always may; opened again, its own exit criteria and those of the target are asked. */
static void judge_move(struct decision *d, const struct process_def *p, const struct stage *from,
                       const struct stage *to)
{
    struct move_ask asks[MOVE_ASKS_MAX];
    size_t n = stage_asks(p, from, to, asks);
    for (size_t i = 0; i < n; i++)
        if (asks[i].forbidden || d->w->command->reason.n == 0)
            move_refused(d, p, &asks[i], from, to);
}

static void judge_gates(struct decision *d, struct rule *const *gates, size_t n,
                        const struct state *s)
{
    for (size_t i = 0; i < n && d->g->rc == RC_OK; i++)
        judge_rule(d, gates[i], "GATE", s);
}

static const struct move_ask no_stage = {"STAGE_EMPTY", "a record does not leave its stages",
                                         "Move it to another stage, or delete the record.", true},
                             other_pipeline = {
                                 "STAGE_OTHER", "this is a stage of another pipeline",
                                 "Choose a stage of its own pipeline, or move it to the other one.",
                                 true};

static void judge_stage(struct decision *d, const struct process_def *p, const struct state *s)
{
    size_t slot = slot_of(d->w->plan, p->field->number);
    if (!bits_has(s->touched, slot) || bits_has(d->w->bad, slot))
        return;
    const struct stage *from = stage_of(p, s->before), *to = stage_of(p, s->now);
    if (!to) {
        if (from && s->now->values[slot].type == VT_ABSENT)
            move_refused(d, p, &no_stage, from, NULL);
        else if (stage_process_holds(p, s->now) && s->now->values[slot].type == VT_ENUM)
            move_refused(d, p, &other_pipeline, from, NULL);
        return;
    }
    if (from == to)
        return;
    if (from) {
        judge_move(d, p, from, to);
        if (to->outcome != OUTCOME_LOST)
            judge_gates(d, from->exit, from->n_exit, s);
    }
    struct state into = *s;
    into.never_refuses = to->outcome == OUTCOME_LOST;
    judge_gates(d, to->enter, to->n_enter, &into);
}

void judge_stages(struct decision *d, const struct state *s)
{
    const struct object *o = d->w->plan->object;
    for (size_t i = 0; i < o->n_processes; i++)
        judge_stage(d, o->processes[i], s);
}

/* ---- what goes with a stage --------------------------------------------------------------------------------------- */

static const struct stage *initial_stage(const struct process_def *p)
{
    for (size_t i = 0; i < p->n_stages; i++)
        if (p->stages[i].initial)
            return &p->stages[i];
    return p->n_stages ? &p->stages[0] : NULL;
}

static void put(const struct object_plan *p, struct row *now, uint64_t *touched,
                const struct field *f, struct value v)
{
    size_t slot = slot_of(p, f->number);
    if (value_eq(&now->values[slot], &v))
        return;
    now->values[slot] = v;
    bits_set(touched, slot);
}

/* A new record that names a stage and no pipeline is in the pipeline of that stage. */
static void follow_pipeline(struct decision *d, struct row *now, uint64_t *touched)
{
    const struct object *o = now->object;
    const struct field *f = stage_pipeline_field(o);
    for (size_t i = 0; f && i < d->w->changes.n; i++)
        if (d->w->changes.v[i].field == f)
            return;
    for (size_t i = 0; f && i < o->n_processes; i++) {
        const struct process_def *p = o->processes[i];
        struct value named = {.type = VT_ENUM, .number_of = p->number};
        const struct value *v = row_value(now, p->field);
        if (p->kind != PROCESS_PIPELINE || v->type != VT_ENUM)
            continue;
        if (stage_of(p, now))
            return;
        if (!process_stage_numbered(p, v->number_of))
            continue;
        put(d->w->plan, now, touched, f, named);
        return;
    }
}

static void follow(struct decision *d, const struct process_def *p, const struct row *before,
                   struct row *now, uint64_t *touched, struct instant at)
{
    const struct object_plan *plan = d->w->plan;
    size_t slot = slot_of(plan, p->field->number);
    if (!before && now->values[slot].type == VT_ABSENT && !bits_has(d->w->bad, slot) &&
        stage_process_holds(p, now)) {
        const struct stage *first = initial_stage(p);
        if (first)
            put(plan, now, touched, p->field,
                (struct value){.type = VT_ENUM, .number_of = first->number});
    }
    const struct stage *from = stage_of(p, before), *to = stage_of(p, now);
    if (!to || from == to)
        return;
    struct value instant = {.type = VT_INSTANT, .instant = at};
    if (p->since)
        put(plan, now, touched, p->since, instant);
    if (!p->closed_at)
        return;
    bool was_closed = from && from->outcome != OUTCOME_OPEN;
    if (to->outcome == OUTCOME_OPEN)
        put(plan, now, touched, p->closed_at, VALUE_ABSENT);
    else if (!was_closed || from->outcome != to->outcome)
        put(plan, now, touched, p->closed_at, instant);
}

void stage_follow(struct decision *d, const struct row *before, struct row *now, uint64_t *touched,
                  struct instant at)
{
    const struct object *o = d->w->plan->object;
    if (!before)
        follow_pipeline(d, now, touched);
    for (size_t i = 0; i < o->n_processes; i++)
        follow(d, o->processes[i], before, now, touched, at);
}
