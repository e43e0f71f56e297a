/* answers.c - see answers.h. */
#include "process/answers.h"

#include "process/clocks.h"
#include "process/packet.h"
#include "process/routes.h"
#include "process/stages.h"
#include "process/target.h"

/* An answered handoff with its definition and the record it is about. */
struct answer {
    struct reaction *r;
    const struct row *handoff, *about;
    const struct definition *d;
    struct str definition; /* "handoffs.mql_to_sales" */
};

static struct answer answer_of(struct reaction *r)
{
    const struct look *l = r->l;
    const struct process_reader *rd = l->reader;
    struct answer a = {.r = r, .handoff = l->now};
    const struct object *o;
    uint64_t id;
    struct str name = row_text(l->now, "name");
    a.d = definition_begun(r->p, "handoffs", l->now);
    a.definition = str_printf(l->arena, "handoffs.%.*s", STR_ARG(name));
    if (row_about(l->now, &o, &id) && r->rc == RC_OK)
        r->rc = rd->row(rd->ctx, o, id, &a.about);
    return a;
}

/* Most looks at a handoff are no answers: nothing is read for them. */
static bool is_answered(const struct look *l)
{
    return l->before && !str_eq(row_text(l->before, "state"), row_text(l->now, "state"));
}

/* The state changes with this event, and to `state`. */
static bool becomes(const struct look *l, const char *state)
{
    return row_is(l->now, "state", state) && l->before && !row_is(l->before, "state", state);
}

bool handoff_limit(const struct definition *d, const char *key, struct clock_wish *w)
{
    const struct node *sla = d ? node_get(d->node, "sla") : NULL;
    w->calendar = node_text(sla, "calendar");
    return node_text(sla, key).n > 0 &&
           worktime_parse(node_text(sla, key), &w->allowed, &w->business_days);
}

/* ---- fields that go with an answer ------------------------------------------------------------------------------------- */

static struct value at_instant(struct instant t)
{
    return (struct value){.type = VT_INSTANT, .instant = t};
}

static bool touch_wish(const struct answer *a, struct clock_wish *w)
{
    const struct look *l = a->r->l;
    if (!a->about)
        return false;
    *w = (struct clock_wish){.object = a->about->object,
                             .id = a->about->id,
                             .name = row_text(a->handoff, "name"),
                             .kind = "first_touch",
                             .from = row_instant(a->handoff, "offered_at"),
                             .link = "handoff",
                             .linked = l->now->id,
                             .owner = row_owner(l->now),
                             .version = (uint32_t)row_int(a->handoff, "version", 0)};
    return handoff_limit(a->d, "first_touch_within", w);
}

static void fill_accepted(struct answer *a)
{
    struct reaction *r = a->r;
    const struct look *l = r->l;
    struct clock_wish w;
    fill_put(r, "accepted_at", at_instant(l->at));
    if (!row_owner(l->now) && l->actor)
        fill_put(r, "owner", (struct value){.type = VT_REF, .ref = l->actor});
    if (!a->d || !a->about)
        return;
    struct packet p = packet_collect(r, a->d, a->about);
    fill_put(r, "packet", (struct value){.type = VT_JSON, .text = p.json});
    fill_put(r, "missing",
             p.missing.n ? (struct value){.type = VT_TEXT, .text = p.missing} : VALUE_ABSENT);
    fill_put(r, "missing_count", (struct value){.type = VT_INT, .integer = p.n_missing});
    if (touch_wish(a, &w))
        fill_put(r, "touch_by", at_instant(clock_due(r, &w)));
}

void answer_fill(struct reaction *r)
{
    const struct look *l = r->l;
    if (!is_answered(l))
        return;
    struct answer a = answer_of(r);
    if (becomes(l, "accepted"))
        fill_accepted(&a);
    else if (becomes(l, "returned") || becomes(l, "expired") || becomes(l, "withdrawn"))
        fill_put(r, "ended_at", at_instant(l->at));
}

/* ---- findings ------------------------------------------------------------------------------------------------------------ */

struct judging {
    const struct answer *a;
    const struct process_findings *f;
};

static void refuse(const struct judging *j, const char *code, const char *field, struct str message,
                   struct str help)
{
    const struct look *l = j->a->r->l;
    j->f->add(j->f->ctx, code, ENFORCE_DENY, builtin_field(l->object, field), j->a->definition,
              j->a->d && j->a->d->owner ? j->a->d->owner->name : STR_NONE, message, help);
}

static void judge_reason(const struct judging *j)
{
    const struct look *l = j->a->r->l;
    const struct node *reasons = j->a->d ? node_items(j->a->d->node, "return_reasons") : NULL;
    struct str given = row_text(l->now, "reason"), list = STR_NONE;
    for (size_t i = 0; reasons && i < reasons->n; i++) {
        if (str_eq(reasons->items[i]->text, given))
            return;
        list = str_printf(l->arena, "%.*s%s%.*s", STR_ARG(list), i ? ", " : "",
                          STR_ARG(reasons->items[i]->text));
    }
    if (given.n && !list.n)
        return; /* any reason will do */
    refuse(j, "HANDOFF_REASON", "reason",
           given.n ? str_printf(l->arena, "'%.*s' is no reason to return this", STR_ARG(given))
                   : STR("a return needs a reason"),
           list.n ? str_printf(l->arena, "one of %.*s", STR_ARG(list))
                  : STR("say why it is given back"));
}

static void judge_packet(const struct judging *j)
{
    const struct answer *a = j->a;
    if (!a->d || !a->about)
        return;
    struct packet p = packet_collect(a->r, a->d, a->about);
    if (p.blocking.n)
        refuse(j, "PACKET_MISSING", "missing",
               str_printf(a->r->l->arena, "what must travel with it is missing: %.*s",
                          STR_ARG(p.blocking)),
               str_printf(a->r->l->arena, "fill it on the %.*s, or return the handoff",
                          STR_ARG(a->about->object->name)));
}

/* Whoever it was offered to, and their manager; of a team or role its members; of a queue anybody. */
static bool may_answer(const struct answer *a, uint64_t actor)
{
    struct reaction *r = a->r;
    const struct row *offered = a->r->l->before ? a->r->l->before : a->handoff;
    uint64_t owner = row_owner(offered), team = row_ref(offered, "team");
    struct str role = row_text(offered, "role");
    const struct row *person = person_row(r, actor);
    uint64_t delegate;
    if (owner)
        return owner == actor || row_ref(person_row(r, owner), "manager") == actor ||
               (person_is_away(r, owner, r->l->today, &delegate) && delegate == actor);
    if (team)
        return row_ref(person, "team") == team;
    if (role.n)
        return str_eq(row_text(person, "role"), role);
    return true;
}

static void judge_actor(const struct judging *j)
{
    const struct look *l = j->a->r->l;
    bool own = row_is(l->now, "state", "withdrawn") && row_ref(l->now, "from") == l->actor;
    bool by_clock = row_is(l->now, "state", "expired") || row_is(l->now, "state", "withdrawn");
    if (!l->actor || own || (!by_clock && may_answer(j->a, l->actor)))
        return; /* nobody known: the process itself, or the operator of the workspace */
    refuse(j, "HANDOFF_NOT_YOURS", "state",
           str_printf(l->arena, "it is offered to %.*s",
                      STR_ARG(person_name(j->a->r, row_owner(l->before)))),
           STR("whoever it is offered to answers, or their manager"));
}

/* Accepted, its first touch still owed: the process may give it to somebody else, as nobody in particular. */
static bool is_given_away(const struct look *l)
{
    return !l->actor && row_is(l->before, "state", "accepted") &&
           row_is(l->now, "state", "expired") &&
           row_instant(l->before, "first_touch_at").us == INSTANT_MAX.us;
}

void answer_judge(struct reaction *r, const struct process_findings *f)
{
    const struct look *l = r->l;
    if (!look_is_new(l) && !is_answered(l))
        return;
    struct answer a = answer_of(r);
    struct judging j = {&a, f};
    if (look_is_new(l)) {
        if (row_instant(l->now, "offered_at").us == INSTANT_MAX.us)
            refuse(&j, "HANDOFF_BY_HAND", "state", STR("handoffs are offered by the process"),
                   STR("change the record so that offer_when of the handoff holds"));
        return;
    }
    if (!row_is(l->before, "state", "offered") && !is_given_away(l)) {
        refuse(&j, "HANDOFF_ENDED", "state",
               str_printf(l->arena, "it is %.*s already", STR_ARG(row_text(l->before, "state"))),
               STR("a handoff is answered once; a new offer is a new handoff"));
        return;
    }
    judge_actor(&j);
    if (row_is(l->now, "state", "accepted"))
        judge_packet(&j);
    else if (row_is(l->now, "state", "returned"))
        judge_reason(&j);
}

/* ---- what follows ---------------------------------------------------------------------------------------------------------- */

static void tell_giver(struct answer *a, const char *kind, const char *what)
{
    struct reaction *r = a->r;
    uint64_t from = row_ref(a->handoff, "from");
    struct str reason = row_text(a->handoff, "reason");
    if (from && a->about)
        notify(r, from, kind, a->about->object, a->about->id,
               str_printf(r->l->arena, "%.*s was %s%s%.*s", STR_ARG(row_text(a->handoff, "name")),
                          what, reason.n ? ": " : "", STR_ARG(reason)),
               a->definition);
}

/* A won deal stays with who won it: what changes hands with it is the customer. */
static bool is_closed(const struct row *row)
{
    for (size_t i = 0; i < row->object->n_processes; i++) {
        const struct process_def *p = row->object->processes[i];
        const struct stage *s = stage_process_holds(p, row) ? stage_of(p, row) : NULL;
        if (s && s->outcome != OUTCOME_OPEN)
            return true;
    }
    return false;
}

static void accepted(struct answer *a)
{
    struct reaction *r = a->r;
    struct clock_wish w;
    struct instant due;
    uint64_t owner = row_owner(a->handoff);
    bool shared = row_ref(a->handoff, "team") || row_text(a->handoff, "role").n ||
                  row_text(a->handoff, "queue").n;
    clock_stop(r, clock_linked(r, "handoff", a->handoff->id, "accept"));
    if (!a->about)
        return;
    if (touch_wish(a, &w)) {
        (void)clock_start(r, &w, &due);
        trigger_put(r, a->about->object, a->about->id,
                    str_printf(r->l->arena, "%.*s.touch", STR_ARG(a->definition)), true);
        wake_record(r, a->about->object, a->about->id, r->l->at);
    }
    if (shared && owner && owner != row_owner(a->about) && !is_closed(a->about)) {
        struct asking s = ask_set(r, a->about->object, a->about->id, a->definition);
        ask_ref(&s, "owner", owner);
        ask_reason(&s, STR("accepted the handoff"));
        (void)ask(&s);
    }
    stage_accepted(r, a->about, row_text(a->handoff, "name"));
    tell_giver(a, "handoff_accepted", "accepted");
}

static void back_to_stage(struct answer *a, struct str name)
{
    const struct object *o = a->about->object;
    for (size_t i = 0; i < o->n_processes; i++) {
        const struct stage *s = process_stage(o->processes[i], name);
        if (!s)
            continue;
        struct asking e = ask_set(a->r, o, a->about->id, a->definition);
        ask_field(&e, o->processes[i]->field,
                  (struct value){.type = VT_ENUM, .number_of = s->number});
        ask_reason(&e, str_printf(a->r->l->arena, "returned: %.*s",
                                  STR_ARG(row_text(a->handoff, "reason"))));
        (void)ask(&e);
        return;
    }
}

static void returned(struct answer *a)
{
    const struct node *then = a->d ? node_get(a->d->node, "on_return") : NULL;
    struct str stage = node_text(then, "stage"), route = node_text(then, "reroute");
    clock_stop(a->r, clock_linked(a->r, "handoff", a->handoff->id, "accept"));
    if (a->about && stage.n)
        back_to_stage(a, stage);
    if (a->about && route.n)
        (void)route_record(a->r, route, a->about, "reroute");
    tell_giver(a, "handoff_returned", "returned");
}

void answer_react(struct reaction *r)
{
    const struct look *l = r->l;
    if (l->quiet || !is_answered(l))
        return;
    struct answer a = answer_of(r);
    if (r->rc != RC_OK)
        return;
    if (becomes(l, "accepted")) {
        accepted(&a);
    } else if (becomes(l, "returned")) {
        returned(&a);
    } else if (becomes(l, "expired") || becomes(l, "withdrawn")) {
        clock_cancel(r, clock_linked(r, "handoff", l->now->id, "accept"));
        clock_cancel(r, clock_linked(r, "handoff", l->now->id, "first_touch"));
        if (l->again && a.about) {
            trigger_put(r, a.about->object, a.about->id, a.definition, false);
            wake_record(r, a.about->object, a.about->id, l->at);
        }
    }
}
