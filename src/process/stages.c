#include "process/stages.h"

#include "process/waivers.h"

#include <string.h>

/* ---- where a record stands --------------------------------------------------------------------------------------- */

const struct field *stage_pipeline_field(const struct object *o)
{
    size_t n = 0;
    for (size_t i = 0; i < o->n_processes; i++)
        n += o->processes[i]->kind == PROCESS_PIPELINE;
    return n > 1 ? object_field(o, STR("pipeline")) : NULL;
}

bool stage_process_holds(const struct process_def *p, const struct row *r)
{
    const struct field *f = p->kind == PROCESS_PIPELINE ? stage_pipeline_field(p->object) : NULL;
    if (!f)
        return true;
    const struct value *v = row_value(r, f);
    return v->type != VT_ENUM || v->number_of == p->number;
}

const struct stage *stage_of(const struct process_def *p, const struct row *r)
{
    if (!r || !stage_process_holds(p, r))
        return NULL;
    const struct value *v = row_value(r, p->field);
    return v->type == VT_ENUM ? process_stage_numbered(p, v->number_of) : NULL;
}

const struct stage *stage_next(const struct process_def *p, const struct stage *from)
{
    if (from->outcome != OUTCOME_OPEN)
        return NULL;
    for (size_t i = from->position + 1; i < p->n_stages; i++)
        if (!p->stages[i].moved_to)
            return &p->stages[i];
    return NULL;
}

static struct str definition_of(struct arena *a, const struct process_def *p)
{
    return str_printf(a, "%s.%.*s", p->kind == PROCESS_PIPELINE ? "pipelines" : "lifecycles",
                      STR_ARG(p->name));
}

/* ---- moving by itself ----------------------------------------------------------------------------------------------- */

static void move(struct reaction *r, const struct process_def *p, const struct row *record,
                 const struct stage *to, struct str reason)
{
    struct arena *a = r->l->arena;
    struct asking q = ask_set(r, p->object, record->id, definition_of(a, p));
    ask_field(&q, p->field, (struct value){.type = VT_ENUM, .number_of = to->number});
    ask_reason(&q, reason);
    (void)ask(&q);
}

/* For the record in hand, at a door. */
static enum enforcement gate_enforcement(const struct look *l, const struct rule *g, enum door door)
{
    struct date created = {INT32_MAX};
    if (g->applies_from.days != INT32_MIN)
        created = zone_date(l->zone, l->now->created_at);
    return rule_enforcement(g, door, created);
}

static bool gate_met(struct reaction *r, const struct rule *g)
{
    if (gate_enforcement(r->l, g, DOOR_AUTOMATION) == ENFORCE_AUDIT)
        return true;
    if (g->when) {
        enum xverdict applies = look_test(r, g->when, NULL);
        if (applies == XT_NOT_MET || applies == XT_ABSENT)
            return true;
        if (applies == XT_FAULT)
            return false;
    }
    return look_test(r, g->require, NULL) == XT_MET;
}

static bool gates_met(struct reaction *r, struct rule *const *gates, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!gate_met(r, gates[i]))
            return false;
    return true;
}

static void wake_for_gates(struct reaction *r, struct rule *const *gates, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (gates[i]->when)
            wake_for(r, gates[i]->when);
        wake_for(r, gates[i]->require);
    }
}

static struct str met_text(struct arena *a, const struct stage *s)
{
    struct str *ids = ARENA_ARRAY(a, s->n_enter + 1, struct str);
    for (size_t i = 0; i < s->n_enter; i++)
        ids[i] = s->enter[i]->id;
    struct str list = str_join(a, ids, s->n_enter, STR(", "));
    return str_printf(a, "Criteria of %.*s are met: %.*s", STR_ARG(s->name), STR_ARG(list));
}

/* Whoever has just come into a stage is asked anew: what was remembered is of an earlier visit. */
static void advance(struct reaction *r, const struct process_def *p, const struct stage *from)
{
    struct look *l = r->l;
    const struct stage *to = stage_next(p, from);
    if (!to || to->advance != ADVANCE_AUTO)
        return;
    struct str definition = definition_of(l->arena, p);
    struct str trigger = str_printf(l->arena, "%.*s.%.*s", STR_ARG(definition), STR_ARG(to->name));
    bool fresh = stage_of(p, l->before) != from;
    bool met = gates_met(r, from->exit, from->n_exit) && gates_met(r, to->enter, to->n_enter);
    bool rises = trigger_follow(r, trigger, met);
    wake_for_gates(r, to->enter, to->n_enter);
    wake_for_gates(r, from->exit, from->n_exit);
    if (r->rc == RC_OK && met && (rises || (fresh && !l->quiet)))
        move(r, p, l->now, to, met_text(l->arena, to));
}

static void react(struct reaction *r, const void *self)
{
    const struct object *o = r->l->object;
    (void)self;
    if (r->l->now->life != LIFE_LIVE)
        return;
    for (size_t i = 0; i < o->n_processes && r->rc == RC_OK; i++) {
        const struct process_def *p = o->processes[i];
        const struct stage *s = stage_of(p, r->l->now);
        if (s)
            advance(r, p, s);
    }
}

void stage_accepted(struct reaction *r, const struct row *record, struct str name)
{
    const struct object *o = record->object;
    for (size_t i = 0; i < o->n_processes; i++) {
        const struct process_def *p = o->processes[i];
        const struct stage *from = stage_of(p, record);
        for (size_t k = from ? from->position + 1 : p->n_stages; k < p->n_stages; k++)
            if (p->stages[k].advance == ADVANCE_HANDOFF && str_eq(p->stages[k].via, name)) {
                move(r, p, record, &p->stages[k],
                     str_printf(r->l->arena, "Handoff %.*s accepted", STR_ARG(name)));
                break;
            }
    }
}

/* ---- explained ------------------------------------------------------------------------------------------------------- */

static bool skips(const struct process_def *p, const struct stage *from, const struct stage *to)
{
    for (size_t i = from->position + 1; i < to->position; i++)
        if (p->stages[i].outcome == OUTCOME_OPEN)
            return true;
    return false;
}

static const struct move_ask
    reopen_forbidden = {"REOPEN", "it is closed and stays so",
                        "Make a new record, or ask the owner of the pipeline.", true},
    reopen_reason = {"REASON_REQUIRED", "opening it again asks for a reason", "Say why.", false},
    back_forbidden = {"BACK", "it may not move back",
                      "Leave it where it is, or ask the owner of the "
                      "pipeline.",
                      true},
    back_reason = {"REASON_REQUIRED", "moving back asks for a reason", "Say why.", false},
    skip_forbidden = {"SKIP", "a stage between may not be left out", "Move it stage by stage.",
                      true},
    skip_reason = {"REASON_REQUIRED", "leaving out a stage asks for a reason", "Say why.", false};

static const struct move_ask *asked(enum move_policy policy, const struct move_ask *forbidden,
                                    const struct move_ask *reason)
{
    return policy == MOVE_FORBID ? forbidden : policy == MOVE_REASON ? reason : NULL;
}

size_t stage_asks(const struct process_def *p, const struct stage *from, const struct stage *to,
                  struct move_ask out[MOVE_ASKS_MAX])
{
    const struct move_ask *way = NULL;
    size_t n = 0;
    if (to->requires_reason && !to->reason)
        out[n++] = (struct move_ask){"REASON_REQUIRED", "this stage asks for a reason", "Say why.",
                                     false};
    if (to->outcome == OUTCOME_LOST)
        return n;
    if (from->outcome != OUTCOME_OPEN)
        way = asked(p->reopen, &reopen_forbidden, &reopen_reason);
    else if (to->position < from->position)
        way = asked(p->back, &back_forbidden, &back_reason);
    else if (skips(p, from, to))
        way = asked(p->skip, &skip_forbidden, &skip_reason);
    if (way)
        out[n++] = *way;
    return n;
}

static struct gate_answer answer(struct look *l, const struct rule *g, enum door door,
                                 bool never_refuses, bool exit)
{
    struct gate_answer a = {.rule = g, .exit = exit, .state = XT_MET};
    struct reaction r = {.l = l, .p = l->process};
    struct xbindings b = look_bindings(l);
    a.enforcement = gate_enforcement(l, g, door);
    if (never_refuses && a.enforcement == ENFORCE_DENY)
        a.enforcement = ENFORCE_WARN;
    if (g->when && look_test(&r, g->when, NULL) != XT_MET)
        return a;
    a.applies = true;
    a.state = look_test(&r, g->require, &a.why);
    if (a.state == XT_MET)
        return a;
    a.n_unmet = expr_unmet(g->require, l->reader->records, l->reader->host, &b, l->arena, &a.unmet);
    struct waiver_ask ask = {
        .rule = g->id, .object = g->object, .record = l->now->id, .at = l->at, .now = l->at};
    if (a.state != XT_FAULT && a.enforcement == ENFORCE_DENY &&
        waiver_find(l->process, l->reader, &ask, &a.waiver, NULL) != RC_OK)
        a.waiver = NULL; /* the reader keeps its error for whoever asked */
    return a;
}

void stage_explain(struct look *l, const struct process_def *p, const struct stage *to,
                   enum door door, struct gate_answer **out, size_t *n)
{
    const struct stage *from = stage_of(p, l->now);
    *n = 0;
    *out = ARENA_ARRAY(l->arena, to->n_enter + (from ? from->n_exit : 0) + 1, struct gate_answer);
    if (from == to)
        return;
    for (size_t i = 0; from && to->outcome != OUTCOME_LOST && i < from->n_exit; i++)
        (*out)[(*n)++] = answer(l, from->exit[i], door, false, true);
    for (size_t i = 0; i < to->n_enter; i++)
        (*out)[(*n)++] = answer(l, to->enter[i], door, to->outcome == OUTCOME_LOST, false);
}

static void watch(const void *self, const struct object *o, struct arena *a, expr_list *out)
{
    (void)self;
    for (size_t i = 0; i < o->n_processes; i++)
        for (size_t k = 0; k < o->processes[i]->n_stages; k++) {
            const struct stage *s = &o->processes[i]->stages[k];
            const struct stage *next = stage_next(o->processes[i], s);
            for (size_t g = 0; s->advance == ADVANCE_AUTO && g < s->n_enter; g++) {
                *VEC_PUSH(a, out) = s->enter[g]->require;
                if (s->enter[g]->when)
                    *VEC_PUSH(a, out) = s->enter[g]->when;
            }
            for (size_t g = 0; next && next->advance == ADVANCE_AUTO && g < s->n_exit; g++) {
                *VEC_PUSH(a, out) = s->exit[g]->require;
                if (s->exit[g]->when)
                    *VEC_PUSH(a, out) = s->exit[g]->when;
            }
        }
}

/* ---- who may move, and with what --------------------------------------------------------------------------------------- */

struct judging {
    struct reaction *r;
    const struct process_findings *f;
    const struct process_def *p;
    const struct stage *from, *to;
};

static void refuse(const struct judging *j, const char *code, const struct field *field,
                   struct str message, struct str help)
{
    struct str owner = j->p->owner ? j->p->owner->name : STR_NONE;
    j->f->add(j->f->ctx, code, ENFORCE_DENY, field, j->p->name, owner, message, help);
}

enum { MANAGERS_MAX = 32 }; /* a chain of managers is no longer, or turns in a circle */

static const struct row *person(struct reaction *r, uint64_t id)
{
    const struct process_reader *rd = r->l->reader;
    const struct row *row = NULL;
    const struct object *o = builtin_object(r->p, ON_PERSON);
    if (r->rc == RC_OK && id && o)
        r->rc = rd->row(rd->ctx, o, id, &row);
    return row;
}

static bool manages(struct reaction *r, uint64_t manager, uint64_t id)
{
    const struct row *who = person(r, id);
    for (int i = 0; who && i < MANAGERS_MAX; i++) {
        uint64_t above = row_ref(who, "manager");
        if (above == manager)
            return true;
        who = person(r, above);
    }
    return false;
}

static bool is_mover(struct reaction *r, const struct str *movers, size_t n)
{
    const struct look *l = r->l;
    const struct row *record = l->before ? l->before : l->now;
    uint64_t owner = row_ref(record, "owner");
    for (size_t i = 0; i < n; i++) {
        if (str_is(movers[i], "owner") ? owner == l->actor
            : str_is(movers[i], "manager")
                ? owner && manages(r, l->actor, owner)
                : str_eq(row_text(person(r, l->actor), "role"), movers[i]))
            return true;
    }
    return false;
}

/* The operator of the machine and what Revos does by itself have no name and may. Losing a record is only held back by the
 * lost stage's own list. */
static void judge_mover(const struct judging *j)
{
    const struct look *l = j->r->l;
    const struct str *movers = j->to->movers;
    size_t n = j->to->n_movers;
    if (n == 0 && j->to->outcome != OUTCOME_LOST) {
        movers = j->p->movers;
        n = j->p->n_movers;
    }
    if (n == 0 || !l->actor || is_mover(j->r, movers, n))
        return;
    struct str list = str_join(l->arena, movers, n, STR(", "));
    refuse(j, "MOVER", j->p->field,
           str_printf(l->arena, "%.*s may move it to %.*s", STR_ARG(list), STR_ARG(j->to->name)),
           STR("Ask one of them."));
}

static void judge_reason(const struct judging *j)
{
    const struct field *f = j->to->reason;
    struct arena *a = j->r->l->arena;
    if (!f || row_value(j->r->l->now, f)->type != VT_ABSENT)
        return;
    struct str *names = ARENA_ARRAY(a, f->n_values + 1, struct str);
    size_t n = 0;
    for (size_t i = 0; i < f->n_values; i++)
        if (!f->values[i].moved_to)
            names[n++] = f->values[i].name;
    refuse(j, "REASON_REQUIRED", f,
           str_printf(a, "%.*s asks for %.*s", STR_ARG(j->to->name), STR_ARG(f->name)),
           str_printf(a, "Choose one of %.*s.", STR_ARG(str_join(a, names, n, STR(", ")))));
}

static void judge_locks(const struct judging *j)
{
    const struct look *l = j->r->l;
    for (size_t i = 0; i < j->to->n_locks; i++) {
        const struct field *f = j->to->locks[i];
        if (!look_touched(l, f))
            continue;
        struct str owner = j->p->owner ? j->p->owner->name : STR_NONE;
        struct str id = stage_lock_id(l->arena, j->p, j->to, f);
        j->f->add(j->f->ctx, "LOCKED", ENFORCE_DENY, f, id, owner,
                  str_printf(l->arena, "%.*s stays as it is in %.*s", STR_ARG(f->name),
                             STR_ARG(j->to->name)),
                  str_printf(l->arena,
                             "Move the record first, or ask for a waiver: `revos waive ask %.*s`.",
                             STR_ARG(id)));
    }
}

/* Accepted since it came into the stage in which it is. */
static bool was_accepted(struct reaction *r, const struct process_def *p, const struct stage *to)
{
    const struct look *l = r->l;
    const struct object *handoff = builtin_object(r->p, ON_HANDOFF);
    const struct field *about = handoff ? about_field(handoff, l->object) : NULL;
    const struct row **list;
    size_t n = 0;
    struct instant since = p->since ? row_instant(l->before, str_c(l->arena, p->since->name))
                                    : INSTANT_MAX;
    if (about && r->rc == RC_OK)
        r->rc = l->reader->children(l->reader->ctx, about, l->now->id, &list, &n);
    for (size_t i = 0; r->rc == RC_OK && i < n; i++) {
        struct instant at = row_instant(list[i], "accepted_at");
        if (str_eq(row_text(list[i], "name"), to->via) && row_is(list[i], "state", "accepted") &&
            (since.us == INSTANT_MAX.us || at.us >= since.us))
            return true;
    }
    return false;
}

static void judge_way(const struct judging *j)
{
    struct arena *a = j->r->l->arena;
    if (!j->from || j->r->l->quiet)
        return; /* where it first appears, and what is written into the past, stands as it is told */
    if (j->to->advance == ADVANCE_HANDOFF && j->to->position > j->from->position &&
        !was_accepted(j->r, j->p, j->to))
        refuse(j, "HANDOFF", j->p->field,
               str_printf(a, "it comes to %.*s when the handoff %.*s is accepted",
                          STR_ARG(j->to->name), STR_ARG(j->to->via)),
               STR("Accept the handoff that is offered."));
}

static void judge(struct reaction *r, const void *self, const struct process_findings *f)
{
    struct look *l = r->l;
    (void)self;
    for (size_t i = 0; i < l->object->n_processes && r->rc == RC_OK; i++) {
        const struct process_def *p = l->object->processes[i];
        struct judging j = {r, f, p, stage_of(p, l->before), stage_of(p, l->now)};
        if (!j.to)
            continue;
        if (j.from == j.to) {
            judge_locks(&j);
            continue;
        }
        judge_mover(&j);
        judge_reason(&j);
        judge_way(&j);
    }
}

const struct part stages_part = {.name = "stages", .judge = judge, .react = react, .watch = watch};
