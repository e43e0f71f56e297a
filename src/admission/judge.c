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

static void found_broken(struct decision *d, const struct rule *r, const char *code,
                         enum xverdict result, const struct xvalue *why, const struct xbindings *b)
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
                          .enforcement = r->enforcement,
                          .state = CRITERION_UNMET,
                          .field = r->field,
                          .message = message,
                          .help = r->help,
                          .owner = r->owner ? r->owner->name : STR_NONE};
    if (result == XT_ABSENT) {
        f->state = CRITERION_ABSENT;
        f->absent = why->empty;
    } else if (result == XT_FAULT) {
        f->state = CRITERION_FAULT;
        f->message = str_printf(a, "%.*s (%s: %.*s)", STR_ARG(message), why->fault->code,
                                STR_ARG(why->fault->message));
    }
    if (!waive(d, r, f, b->self.id, b->now))
        finding_soften(d->w, f);
}

static void found_met(struct decision *d, const struct rule *r, const char *code)
{
    if (!d->w->command->explain || earlier(d, r))
        return;
    *VEC_PUSH(d->g->arena,
              &d->w->findings) = (struct finding){.code = code,
                                                  .criterion = r->id,
                                                  .enforcement = r->enforcement,
                                                  .state = CRITERION_MET,
                                                  .field = r->field,
                                                  .message = r->message,
                                                  .owner = r->owner ? r->owner->name : STR_NONE};
}

static void judge(struct decision *d, const struct rule *r, const char *code,
                  const struct xbindings *b)
{
    struct group *g = d->g;
    struct xvalue why;
    if (b->today.days < r->applies_from.days)
        return;
    if (r->when) {
        enum xverdict applies = expr_test(r->when, &g->reader, &g->host, b, g->arena, &why);
        if (applies == XT_FAULT)
            found_broken(d, r, code, applies, &why, b);
        if (applies != XT_MET)
            return;
    }
    enum xverdict result = expr_test(r->require, &g->reader, &g->host, b, g->arena, &why);
    if (result == XT_MET)
        found_met(d, r, code);
    else
        found_broken(d, r, code, result, &why, b);
}

void judge_rule(struct decision *d, const struct rule *r, const char *code, const struct state *s)
{
    struct xbindings b = bindings_of(d, s->before, s->now, s->at, s->today);
    judge(d, r, code, &b);
}

void judge_rules(struct decision *d, const struct state *s)
{
    const struct object_plan *p = d->w->plan;
    struct xbindings b = bindings_of(d, s->before, s->now, s->at, s->today);
    for (size_t i = 0; i < p->n_rules && d->g->rc == RC_OK; i++) {
        const struct criterion *c = &p->rules[i];
        if (s->before && !bits_meet(p, c->reads, s->touched))
            continue; /* its answer cannot have changed by this command */
        if (bits_meet(p, c->reads, d->w->bad))
            continue; /* it would be judged on a value that was not taken */
        judge(d, c->rule, "RULE", &b);
    }
}

/* ---- stages ------------------------------------------------------------------------------------------------------ */

static bool skips(const struct process_def *p, const struct stage *from, const struct stage *to)
{
    for (size_t i = from->position + 1; i < to->position; i++)
        if (p->stages[i].outcome == OUTCOME_OPEN)
            return true;
    return false;
}

static void move_refused(struct decision *d, const struct process_def *p, const char *code,
                         const struct stage *from, const struct stage *to, const char *message,
                         const char *help)
{
    struct finding *f = finding_add(d->g, d->w, code, p->field, "%s", message);
    f->criterion = p->name;
    f->owner = p->owner ? p->owner->name : STR_NONE;
    f->old_value = from ? from->name : STR_NONE;
    f->new_value = to ? to->name : STR_NONE;
    finding_help(d->g, f, "%s", help);
    finding_soften(d->w, f);
}

/* Out of a won or lost stage; its own exit gates and those of the target are asked too. */
static void judge_reopening(struct decision *d, const struct process_def *p,
                            const struct stage *from, const struct stage *to)
{
    if (p->reopen == MOVE_FORBID)
        move_refused(d, p, "REOPEN", from, to, "it is closed and stays so",
                     "Make a new record, or ask the owner of the pipeline.");
    else if (p->reopen == MOVE_REASON && d->w->command->reason.n == 0)
        move_refused(d, p, "REASON_REQUIRED", from, to, "opening it again asks for a reason",
                     "Say why.");
}

/* May it move at all? Being marked lost always may. */
static void judge_move(struct decision *d, const struct process_def *p, const struct stage *from,
                       const struct stage *to)
{
    bool reason = d->w->command->reason.n > 0;
    if (to->requires_reason && !to->reason && !reason)
        move_refused(d, p, "REASON_REQUIRED", from, to, "this stage asks for a reason", "Say why.");
    if (to->outcome == OUTCOME_LOST)
        return;
    if (from->outcome != OUTCOME_OPEN) {
        judge_reopening(d, p, from, to);
        return;
    }
    bool back = to->position < from->position;
    if (back && p->back == MOVE_FORBID)
        move_refused(d, p, "BACK", from, to, "it may not move back",
                     "Leave it where it is, or ask the owner of the pipeline.");
    else if (back && p->back == MOVE_REASON && !reason)
        move_refused(d, p, "REASON_REQUIRED", from, to, "moving back asks for a reason",
                     "Say why.");
    if (!back && skips(p, from, to)) {
        if (p->skip == MOVE_FORBID)
            move_refused(d, p, "SKIP", from, to, "a stage between may not be left out",
                         "Move it stage by stage.");
        else if (p->skip == MOVE_REASON && !reason)
            move_refused(d, p, "REASON_REQUIRED", from, to, "leaving out a stage asks for a reason",
                         "Say why.");
    }
}

static void judge_gates(struct decision *d, struct rule *const *gates, size_t n,
                        const struct xbindings *b)
{
    for (size_t i = 0; i < n && d->g->rc == RC_OK; i++)
        judge(d, gates[i], "GATE", b);
}

static void judge_stage(struct decision *d, const struct process_def *p, const struct state *s)
{
    size_t slot = slot_of(d->w->plan, p->field->number);
    if (!bits_has(s->touched, slot) || bits_has(d->w->bad, slot))
        return;
    const struct stage *from = stage_of(p, s->before), *to = stage_of(p, s->now);
    if (!to) {
        if (from && s->now->values[slot].type == VT_ABSENT)
            move_refused(d, p, "STAGE_EMPTY", from, NULL, "a record does not leave its stages",
                         "Move it to another stage, or delete the record.");
        else if (stage_process_holds(p, s->now) && s->now->values[slot].type == VT_ENUM)
            move_refused(d, p, "STAGE_OTHER", from, NULL, "this is a stage of another pipeline",
                         "Choose a stage of its own pipeline, or move it to the other one.");
        return;
    }
    if (from == to)
        return;
    struct xbindings b = bindings_of(d, s->before, s->now, s->at, s->today);
    if (from) {
        judge_move(d, p, from, to);
        if (to->outcome != OUTCOME_LOST)
            judge_gates(d, from->exit, from->n_exit, &b);
    }
    judge_gates(d, to->enter, to->n_enter, &b);
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
