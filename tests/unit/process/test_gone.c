/* A record is deleted, restored, taken back: what its processes had open about it, through the whole engine. */
#include "model/builtin.h"
#include "tests/process.h"

static const char model[] =
    "  sam: {name: Sam Ode, role: ae, manager: ben, calendar: hours}\n"
    "calendars: {hours: {open: {mon-fri: ['09:00-17:00']}}}\n"
    "objects:\n"
    "- name: lead\n"
    "  owner: ana\n"
    "  keys: [ext]\n"
    "  fields:\n"
    "  - {name: ext, type: text}\n"
    "  - {name: ready, type: boolean}\n"
    "  - {name: nurtured, type: boolean}\n"
    "  - {name: asks, type: boolean}\n"
    "  - {name: discount, type: number}\n"
    "handoffs:\n"
    "- {name: to_sales, object: lead, owner: ana, from: ana, to: {owner_of: lead}, offer_when: "
    "lead.ready, packet: [ext], first_touch_when: lead.asks == false, sla: {calendar: hours, "
    "accept_within: 4h, first_touch_within: 8h}}\n"
    "sequences:\n"
    "- {name: nurture, object: lead, owner: ana, enrol_when: lead.nurtured, steps: [{task: Call, "
    "after: 0d}]}\n"
    "playbooks:\n"
    "- {name: onboarding, object: lead, owner: ana, tasks: [{name: Kickoff, role: ae, due: 3bd}, "
    "{name: Review, role: ae, due: 3bd, after: Kickoff}]}\n"
    "approvals:\n"
    "- {name: rebate, object: lead, owner: ben, needed_when: lead.discount > 0.15, chain: [{to: "
    "manager}], sla: {calendar: hours, decide_within: 8h}}\n"
    "slas:\n"
    "- {name: answer, object: lead, owner: ana, start_when: lead.asks, within: 4h, calendar: "
    "hours}\n";

static struct engine *start(void)
{
    static struct engine e; /* tidy: globals: one engine a test, opened anew */
    if (!engine_open_memory(&e, model)) {
        fail("the engine opens");
        exit(tap_done());
    }
    for (const char *const *p = (const char *const[]){"ana", "ben", "sam", NULL}; *p; p++)
        engine_write(&e, "person", str_printf(e.arena, "name=%s", *p).p);
    e.env.now = utc("2026-01-05T08:00:00Z"); /* a Monday, 09:00 in Berlin */
    return &e;
}

/* A lead of sam's with one of everything open about it. */
static uint64_t busy_lead(struct engine *e)
{
    struct command c = engine_command(e, CMD_CREATE, "lead",
                                      "ext=1;ready=true;nurtured=true;asks=true;discount=0.2");
    struct field_input *with = ARENA_ARRAY(e->arena, c.n_fields + 1, struct field_input);
    memcpy(with, c.fields, c.n_fields * sizeof *with);
    with[c.n_fields] = (struct field_input){
        .name = STR("owner"),
        .form = INPUT_VALUE,
        .value = {.type = VT_REF, .ref = person_named(e, "sam")}};
    c.fields = with;
    c.n_fields++;
    struct verdict v = engine_send(e, &c);
    settle_now(e);
    c = engine_command(e, CMD_CREATE, "enrolment", "name=onboarding");
    with = ARENA_ARRAY(e->arena, c.n_fields + 1, struct field_input);
    memcpy(with, c.fields, c.n_fields * sizeof *with);
    with[c.n_fields] = (struct field_input){
        .name = STR("lead"), .form = INPUT_VALUE, .value = {.type = VT_REF, .ref = v.id}};
    c.fields = with;
    c.n_fields++;
    engine_send(e, &c);
    settle_now(e);
    return v.id;
}

static struct verdict change_life(struct engine *e, enum command_kind kind, uint64_t lead)
{
    struct command c = engine_command(e, kind, "lead", "");
    c.id = lead;
    struct verdict v = engine_send(e, &c);
    settle_now(e);
    return v;
}

/* How many records of an object have this state. */
static size_t in_state(struct engine *e, const char *object, const char *state)
{
    size_t n = 0, found = 0;
    struct row *r;
    for (; (r = nth(e, object, n)); n++)
        found += strcmp(shown(e, r, "state"), state) == 0;
    return found;
}

static void a_deletion_ends_what_is_open(void)
{
    struct engine *e = start();
    uint64_t lead = busy_lead(e);
    is_int((long long)in_state(e, "handoff", "offered"), 1, "an offer");
    is_int((long long)in_state(e, "enrolment", "active"), 2, "a sequence and a playbook");
    is_int((long long)in_state(e, "approval", "pending"), 1, "a decision");
    is_int((long long)in_state(e, "task", "open"), 2, "two tasks");
    is_int((long long)in_state(e, "task", "waiting"), 1, "one behind them");
    size_t running = in_state(e, "clock", "running");
    is_int((long long)running, 5, "acceptance, decision, answer, two tasks: five deadlines");
    struct verdict v = change_life(e, CMD_DELETE, lead);
    is_int(v.outcome, VERDICT_DELETED, "the record goes");
    is_int((long long)in_state(e, "handoff", "withdrawn"), 1, "the offer is withdrawn");
    is_str(shown(e, nth(e, "handoff", 0), "note"), "the record was deleted", "with the cause");
    is_int((long long)in_state(e, "enrolment", "stopped"), 2, "the runs are stopped");
    is_str(shown(e, nth(e, "enrolment", 0), "reason"), "the record was deleted", "likewise");
    is_int((long long)in_state(e, "approval", "void"), 1, "nothing is left to decide");
    is_int((long long)in_state(e, "task", "cancelled"), 3, "nor to do");
    is_int((long long)in_state(e, "clock", "cancelled"), 5, "no deadline is open");
    is_int((long long)count_of(e, "blocked"), 0, "no effect was refused");
    run_to(e, "2026-02-05T08:00:00Z");
    is_int((long long)in_state(e, "clock", "breached"), 0, "and none is missed later");
    engine_close(e);
}

static void what_ended_by_a_deletion_names_it(void)
{
    struct engine *e = start();
    uint64_t lead = busy_lead(e);
    struct verdict v = change_life(e, CMD_DELETE, lead);
    struct event *events = NULL;
    size_t n = 0;
    struct row *h = nth(e, "handoff", 0);
    enum rc rc = ledger_of_record(e->store, NULL, h->object->number, h->id, e->arena, &events, &n);
    is_int(rc, RC_OK, "the history of the offer");
    const struct event *last = n ? &events[n - 1] : NULL;
    ok_int_at("follows from the deletion", last ? (long long)last->cause : 0,
              (long long)v.first_seq);
    engine_close(e);
}

static void a_restored_record_is_looked_at_again(void)
{
    struct engine *e = start();
    uint64_t lead = busy_lead(e);
    change_life(e, CMD_DELETE, lead);
    e->env.now = utc("2026-01-06T08:00:00Z");
    struct verdict v = change_life(e, CMD_RESTORE, lead);
    is_int(v.outcome, VERDICT_RESTORED, "it is back");
    is_int((long long)in_state(e, "handoff", "offered"), 1, "it is offered again");
    is_str(shown(e, nth(e, "handoff", 1), "attempt"), "2", "as another attempt");
    is_int((long long)in_state(e, "approval", "pending"), 1, "the decision is asked for again");
    is_int((long long)in_state(e, "enrolment", "active"), 1, "it is nurtured again");
    is_int((long long)in_state(e, "task", "open"), 1, "the playbook begins by hand alone");
    is_str(shown(e, nth(e, "clock", count_of(e, "clock") - 1), "started_at"),
           "2026-01-06T08:00:00Z", "deadlines run from the restoration");
    engine_close(e);
}

static void what_was_answered_is_not_offered_again(void)
{
    struct engine *e = start();
    uint64_t lead = busy_lead(e);
    act_as(e, "sam", "handoff", nth(e, "handoff", 0)->id, "state=accepted");
    change_life(e, CMD_DELETE, lead);
    is_str(shown(e, nth(e, "handoff", 0), "state"), "accepted", "an answer stays");
    is_int((long long)in_state(e, "clock", "running"), 0, "its first touch is owed no more");
    change_life(e, CMD_RESTORE, lead);
    is_int((long long)count_of(e, "handoff"), 1, "and nobody is asked twice");
    engine_close(e);
}

static void a_deletion_of_the_past_ends_it_too(void)
{
    struct engine *e = start();
    uint64_t lead = busy_lead(e);
    e->env.now = utc("2026-01-06T08:00:00Z");
    struct command c = engine_command(e, CMD_DELETE, "lead", "");
    c.id = lead;
    c.dated = true;
    c.effective_at = utc("2026-01-05T20:00:00Z");
    struct verdict v = engine_send(e, &c);
    is_str(engine_codes(e, &v), "", "deleted as of yesterday");
    is_int((long long)in_state(e, "clock", "running"), 0, "no deadline is left");
    is_int((long long)in_state(e, "task", "open"), 0, "no task either");
    engine_close(e);
}

static void a_deleted_task_has_no_deadline(void)
{
    struct engine *e = start();
    busy_lead(e);
    size_t running = in_state(e, "clock", "running");
    struct command c = engine_command(e, CMD_DELETE, "task", "");
    c.id = nth(e, "task", 0)->id;
    struct verdict v = engine_send(e, &c);
    is_int(v.outcome, VERDICT_DELETED, "a task is deleted");
    is_int((long long)in_state(e, "clock", "running"), (long long)running - 1,
           "its deadline goes with it");
    engine_close(e);
}

/* What the table of built-in objects says: the state that ends a record is one with which nothing is left to do, and a reference on
 * which a record hangs leads to a built-in object. */
static void the_table_is_sound(void)
{
    for (const struct builtin *b = builtins; b->name; b++)
        for (const struct builtin_field *f = b->fields; f->name; f++) {
            char closed[64];
            (void)snprintf(closed, sizeof closed, "|%s!", b->ended ? b->ended : "");
            if (b->ended && strcmp(f->name, "state") == 0)
                ok_at(b->name, strstr(f->of, closed) != NULL);
            if (f->flags & BF_HANGS)
                ok_at(f->name, f->type == FT_REF && b->ended);
        }
}

int main(void)
{
    the_table_is_sound();
    a_deletion_ends_what_is_open();
    what_ended_by_a_deletion_names_it();
    a_restored_record_is_looked_at_again();
    what_was_answered_is_not_offered_again();
    a_deletion_of_the_past_ends_it_too();
    a_deleted_task_has_no_deadline();
    return tap_done();
}
