/* Offers, answers, deadlines and what follows, through the whole engine. */
#include "tests/process.h"

static const char model[] =
    "  sam: {name: Sam Ode, role: ae, manager: ben, calendar: hours}\n"
    "  lou: {name: Lou Fabre, role: ae, manager: ben}\n"
    "  kim: {name: Kim Sato, role: csm}\n"
    "teams: {csm: {lead: ben, members: [kim]}}\n"
    "calendars: {hours: {open: {mon-fri: ['09:00-17:00']}}}\n"
    "objects:\n"
    "- name: lead\n"
    "  owner: ana\n"
    "  keys: [ext]\n"
    "  fields:\n"
    "  - {name: ext, type: text}\n"
    "  - {name: ready, type: boolean}\n"
    "  - {name: won, type: boolean}\n"
    "  - {name: waits, type: boolean}\n"
    "  - {name: notes, type: text}\n"
    "  - {name: source, type: text}\n"
    "- name: activity\n"
    "  owner: ana\n"
    "  kind: fact\n"
    "  fields: [{name: lead, type: ref, to: lead}, {name: at, type: instant, required: true}]\n"
    "pools: {reps: {members: [sam, lou]}}\n"
    "routes:\n"
    "- {name: inbound, object: lead, owner: ana, trigger: lead.ready, rules: [], otherwise: {pool: "
    "reps}}\n"
    "handoffs:\n"
    "- name: to_sales\n"
    "  object: lead\n"
    "  owner: ana\n"
    "  from: ana\n"
    "  to: {owner_of: lead}\n"
    "  offer_when: lead.ready\n"
    "  packet: [source, {field: notes, enforce: block}, activities]\n"
    "  sla: {calendar: hours, accept_within: 4h, first_touch_within: 8h, pause_when: lead.waits}\n"
    "  escalate: [{at: 50%, notify: [owner]}, {at: 100%, notify: [owner, ben], then: {reroute: "
    "inbound}}]\n"
    "  return_reasons: [wrong_segment, duplicate]\n"
    "- name: to_success\n"
    "  object: lead\n"
    "  owner: ana\n"
    "  from: {owner_of: lead}\n"
    "  to: {team: csm}\n"
    "  offer_when: lead.won\n"
    "  packet: [source]\n"
    "  sla: {accept_within: 24h}\n";

static struct engine *start(void)
{
    static struct engine e; /* tidy: globals: one engine a test, opened anew */
    if (!engine_open_memory(&e, model)) {
        fail("the engine opens");
        exit(tap_done());
    }
    for (const char *const *p = (const char *const[]){"ana", "ben", "sam", "lou", "kim", NULL}; *p;
         p++)
        engine_write(&e, "person", str_printf(e.arena, "name=%s", *p).p);
    engine_write(&e, "team", "name=csm");
    e.env.now = utc("2026-01-05T08:00:00Z"); /* a Monday, 09:00 in Berlin */
    return &e;
}

static uint64_t make_lead(struct engine *e, const char *fields)
{
    struct verdict v = engine_write(e, "lead", fields);
    if (!verdict_accepted(&v))
        tap_diag("lead refused: %s", engine_codes(e, &v));
    settle_now(e);
    return v.id;
}

static const char *state(struct engine *e, size_t n)
{
    return shown(e, nth(e, "handoff", n), "state");
}

static void an_offer_goes_to_the_new_owner(void)
{
    struct engine *e = start();
    uint64_t lead = make_lead(e, "ext=1;ready=true;source=web");
    struct row *h = nth(e, "handoff", 0), *c = nth(e, "clock", 0);
    is_str(shown(e, engine_row(e, "lead", lead), "owner"), "sam", "the pool gave it to the first");
    is_str(shown(e, h, "owner"), "sam", "and it is offered to that owner");
    is_str(shown(e, h, "state"), "offered", "an offer");
    is_str(shown(e, h, "from"), "ana", "from marketing");
    is_str(shown(e, h, "missing"), "notes, activities", "what is missing is named");
    is_str(shown(e, h, "packet"),
           "{\"activities\":{\"count\":0},\"notes\":null,\"source\":\"web\"}", "the packet");
    is_str(shown(e, h, "accept_by"), "2026-01-05T12:00:00Z", "four open hours");
    is_str(shown(e, c, "due_at"), "2026-01-05T12:00:00Z", "which a clock holds");
    is_str(shown(e, c, "kind"), "accept", "of acceptance");
    is_int((long long)count_of(e, "assignment"), 1, "one decision is logged");
    engine_close(e);
}

static void acceptance_needs_the_packet_and_the_right_person(void)
{
    struct engine *e = start();
    uint64_t lead = make_lead(e, "ext=1;ready=true;source=web");
    uint64_t h = nth(e, "handoff", 0)->id;
    struct verdict v = act_as(e, "sam", "handoff", h, "state=accepted");
    is_str(engine_codes(e, &v), "PACKET_MISSING:handoffs.to_sales", "notes block acceptance");
    v = act_as(e, "kim", "handoff", h, "state=returned;reason=duplicate");
    is_str(engine_codes(e, &v), "HANDOFF_NOT_YOURS:handoffs.to_sales", "not hers to return");
    v = act_as(e, "sam", "handoff", h, "state=returned;reason=tired");
    is_str(engine_codes(e, &v), "HANDOFF_REASON:handoffs.to_sales", "reasons are a closed list");
    engine_update(e, "lead", lead, "notes=call after lunch");
    v = act_as(e, "sam", "handoff", h, "state=accepted");
    is_str(engine_codes(e, &v), "", "accepted once it is filled");
    struct row *r = engine_row(e, "handoff", h);
    is_str(shown(e, r, "missing"), "activities", "the packet is the one that travelled");
    is_str(shown(e, r, "touch_by"), "2026-01-05T16:00:00Z", "the first touch is owed");
    is_str(shown(e, nth(e, "clock", 0), "state"), "met", "accepted in time");
    is_str(shown(e, nth(e, "clock", 1), "kind"), "first_touch", "and the next deadline runs");
    v = act_as(e, "sam", "handoff", h, "state=returned;reason=duplicate");
    is_str(engine_codes(e, &v), "HANDOFF_ENDED:handoffs.to_sales", "answered once");
    engine_close(e);
}

static void a_late_acceptance_is_a_breach_before_anything_fired(void)
{
    struct engine *e = start();
    make_lead(e, "ext=1;ready=true;notes=x");
    e->env.now = utc("2026-01-05T12:00:01Z"); /* nothing was worked off meanwhile */
    act_as(e, "sam", "handoff", nth(e, "handoff", 0)->id, "state=accepted");
    struct row *c = nth(e, "clock", 0);
    is_str(shown(e, c, "state"), "breached", "late is late");
    is_str(shown(e, c, "breached_at"), "2026-01-05T12:00:00Z", "at its due instant");
    is_str(shown(e, nth(e, "handoff", 0), "breached"), "true", "the handoff says so");
    engine_close(e);
}

static void an_untouched_offer_expires_by_the_clock_and_goes_on(void)
{
    struct engine *e = start();
    uint64_t lead = make_lead(e, "ext=1;ready=true;notes=x");
    run_to(e, "2026-01-05T10:30:00Z");
    is_str(shown(e, nth(e, "clock", 0), "marks"), "1", "the warning mark passed");
    is_str(state(e, 0), "offered", "still offered");
    run_to(e, "2026-01-05T13:00:00Z");
    is_str(shown(e, nth(e, "clock", 0), "state"), "breached", "nobody saved anything, it fired");
    is_str(state(e, 0), "expired", "the first offer is over");
    is_str(shown(e, nth(e, "handoff", 0), "ended_at"), "2026-01-05T12:00:00Z",
           "at the due instant");
    is_str(shown(e, engine_row(e, "lead", lead), "owner"), "lou", "the next one has it");
    is_str(shown(e, nth(e, "handoff", 1), "owner"), "lou", "and is offered it");
    is_str(shown(e, nth(e, "handoff", 1), "attempt"), "2", "a second attempt");
    is_str(shown(e, nth(e, "assignment", 1), "cause"), "reroute", "which the log explains");
    run_to(e, "2026-02-05T13:00:00Z");
    is_int((long long)count_of(e, "clock"), (long long)count_of(e, "handoff"),
           "each offer has one deadline");
    size_t open = 0, n = count_of(e, "handoff");
    for (size_t i = 0; i < n; i++)
        open += strcmp(state(e, i), "offered") == 0;
    is_int((long long)open, 1, "one offer is open at most");
    engine_close(e);
}

static void what_was_accepted_and_left_alone_goes_to_somebody_else(void)
{
    struct engine *e = start();
    uint64_t lead = make_lead(e, "ext=1;ready=true;notes=x");
    act_as(e, "sam", "handoff", nth(e, "handoff", 0)->id, "state=accepted");
    engine_update(e, "lead", lead,
                  "ready=false"); /* the acceptance moved it on, as a stage would */
    run_to(e, "2026-01-05T15:59:59Z");
    is_str(state(e, 0), "accepted", "eight open hours are not over");
    run_to(e, "2026-01-05T16:30:00Z");
    is_str(state(e, 0), "expired", "they are: the accepted handoff ends");
    is_str(shown(e, nth(e, "handoff", 0), "note"), "accepted, but not followed up in time",
           "and says how");
    is_str(shown(e, nth(e, "handoff", 0), "ended_at"), "2026-01-05T16:00:00Z",
           "at the instant at which it was due");
    is_str(shown(e, nth(e, "handoff", 0), "breached"), "true", "as a breach");
    is_str(shown(e, nth(e, "clock", 1), "state"), "breached", "which its clock is");
    is_str(shown(e, nth(e, "clock", 1), "stopped_at"), "2026-01-05T16:00:00Z",
           "and no longer open");
    is_str(shown(e, engine_row(e, "lead", lead), "owner"), "lou", "somebody else has it");
    is_str(state(e, 1), "offered", "and is offered it, though offer_when no longer holds");
    is_str(shown(e, nth(e, "handoff", 1), "attempt"), "2", "as the second attempt");
    is_int((long long)count_of(e, "handoff"), 2, "once");
    struct verdict v = act_as(e, "lou", "handoff", nth(e, "handoff", 1)->id, "state=accepted");
    is_str(engine_codes(e, &v), "", "who accepts it as any offer");
    run_to(e, "2026-01-06T09:00:00Z");
    write_fact(e, "activity", "lead", lead, "2026-01-06T09:00:00Z");
    run_to(e, "2026-01-09T17:00:00Z");
    is_str(state(e, 1), "accepted", "what is touched stays");
    is_int((long long)count_of(e, "handoff"), 2, "and goes to nobody else");
    is_int((long long)count_of(e, "blocked"), 0, "nothing was refused");
    v = act_as(e, "lou", "handoff", nth(e, "handoff", 1)->id, "state=expired");
    is_str(engine_codes(e, &v), "HANDOFF_ENDED:handoffs.to_sales",
           "a person does not give it away");
    engine_close(e);
}

static void waiting_for_the_customer_stops_the_clock(void)
{
    struct engine *e = start();
    uint64_t lead = make_lead(e, "ext=1;ready=true;notes=x");
    e->env.now = utc("2026-01-05T09:00:00Z");
    engine_update(e, "lead", lead, "waits=true");
    is_str(shown(e, nth(e, "clock", 0), "state"), "paused", "it stands");
    is_str(shown(e, nth(e, "clock", 0), "remaining"), "10800000000", "with three hours left");
    run_to(e, "2026-01-06T15:00:00Z"); /* 16:00 in Berlin */
    is_str(shown(e, nth(e, "clock", 0), "state"), "paused", "however long");
    engine_update(e, "lead", lead, "waits=false");
    is_str(shown(e, nth(e, "clock", 0), "due_at"), "2026-01-07T10:00:00Z",
           "one hour today, two tomorrow");
    is_str(shown(e, nth(e, "handoff", 0), "accept_by"), "2026-01-07T10:00:00Z",
           "told to the offer");
    run_to(e, "2026-01-07T09:59:59Z");
    is_str(shown(e, nth(e, "clock", 0), "state"), "running", "to the second");
    is_str(shown(e, nth(e, "clock", 0), "marks"), "1", "half of the time had passed by then");
    run_to(e, "2026-01-07T10:00:00Z");
    is_str(shown(e, nth(e, "clock", 0), "state"), "breached", "then it is due");
    engine_close(e);
}

static void the_first_activity_is_the_first_touch(void)
{
    struct engine *e = start();
    uint64_t lead = make_lead(e, "ext=1;ready=true;notes=x");
    e->env.now = utc("2026-01-05T09:00:00Z");
    act_as(e, "sam", "handoff", nth(e, "handoff", 0)->id, "state=accepted");
    settle_now(e);
    is_str(shown(e, nth(e, "handoff", 0), "first_touch_at"), "", "none so far");
    e->env.now = utc("2026-01-05T10:00:00Z");
    is_int(write_fact(e, "activity", "lead", lead, "2026-01-05T09:30:00Z"), VERDICT_CREATED,
           "an activity");
    settle_now(e);
    is_str(shown(e, nth(e, "handoff", 0), "first_touch_at"), "2026-01-05T09:30:00Z", "the touch");
    is_str(shown(e, nth(e, "clock", 1), "state"), "met", "in time");
    engine_close(e);
}

static void a_team_offer_belongs_to_who_accepts(void)
{
    struct engine *e = start();
    uint64_t lead = make_lead(e, "ext=1;won=true;source=web;owner=sam");
    is_str(shown(e, nth(e, "handoff", 0), "owner"), "", "nobody's yet");
    struct verdict v = act_as(e, "lou", "handoff", nth(e, "handoff", 0)->id, "state=accepted");
    is_str(engine_codes(e, &v), "HANDOFF_NOT_YOURS:handoffs.to_success", "not of the team");
    act_as(e, "ana", "person", person_named(e, "kim"), "team=csm");
    v = act_as(e, "kim", "handoff", nth(e, "handoff", 0)->id, "state=accepted");
    is_str(engine_codes(e, &v), "", "a member may");
    is_str(shown(e, nth(e, "handoff", 0), "owner"), "kim", "it is hers");
    is_str(shown(e, engine_row(e, "lead", lead), "owner"), "kim", "and so is the record");
    engine_close(e);
}

static void what_falls_away_is_withdrawn_and_imports_start_nothing(void)
{
    struct engine *e = start();
    uint64_t lead = make_lead(e, "ext=1;ready=true");
    engine_update(e, "lead", lead, "ready=false");
    is_str(state(e, 0), "withdrawn", "the condition no longer holds");
    is_str(shown(e, nth(e, "clock", 0), "state"), "cancelled", "its deadline is over");
    struct command c = engine_command(e, CMD_UPSERT, "lead", "ext=2;won=true");
    c.dated = true;
    c.effective_at = utc("2025-06-01T08:00:00Z");
    engine_send(e, &c);
    settle_now(e);
    is_int((long long)count_of(e, "handoff"), 1, "a deal won last year is handed to nobody");
    engine_close(e);
}

static void a_replayed_verdict_tells_what_followed(void)
{
    struct engine *e = start();
    struct command c = engine_command(e, CMD_UPSERT, "lead", "ext=1;ready=true;notes=x");
    c.idempotency_key = STR("once");
    struct verdict first = engine_send(e, &c), again = engine_send(e, &c);
    is_int(again.replayed, true, "answered from what was remembered");
    is_int((long long)again.n_followed, (long long)first.n_followed, "with all that followed");
    ok_at("which is something", first.n_followed > 0);
    for (size_t i = 0; i < first.n_followed && i < again.n_followed; i++) {
        const struct followed *a = &first.followed[i], *b = &again.followed[i];
        ok_at("each as it was", a->object == b->object && a->id == b->id &&
                                    str_eq(a->definition, b->definition) &&
                                    strcmp(a->what, b->what) == 0);
    }
    engine_close(e);
}

static void nobody_makes_an_offer_by_hand(void)
{
    struct engine *e = start();
    struct verdict v = engine_write(e, "handoff", "name=to_sales;state=accepted");
    is_str(engine_codes(e, &v), "HANDOFF_BY_HAND:handoffs.to_sales",
           "offers come from the process");
    engine_close(e);
}

static void a_touch_late_from_the_start_is_a_breach_though_the_customer_waits(void)
{
    struct engine *e = start();
    make_lead(e, "ext=1;ready=true;notes=x;waits=true");
    is_str(shown(e, nth(e, "clock", 0), "state"), "paused", "the offer stands still");
    run_to(e, "2026-01-07T08:00:00Z"); /* more than eight open hours after the offer */
    act_as(e, "sam", "handoff", nth(e, "handoff", 0)->id, "state=accepted");
    settle_now(e);
    struct row *c = nth(e, "clock", 1);
    is_str(shown(e, c, "kind"), "first_touch", "the touch is owed since the offer");
    is_str(shown(e, c, "state"), "breached", "and late, not running for ever");
    is_str(shown(e, c, "breached_at"), shown(e, c, "due_at"), "as of its due instant");
    engine_close(e);
}

int main(void)
{
    an_offer_goes_to_the_new_owner();
    acceptance_needs_the_packet_and_the_right_person();
    a_late_acceptance_is_a_breach_before_anything_fired();
    an_untouched_offer_expires_by_the_clock_and_goes_on();
    what_was_accepted_and_left_alone_goes_to_somebody_else();
    waiting_for_the_customer_stops_the_clock();
    a_touch_late_from_the_start_is_a_breach_though_the_customer_waits();
    the_first_activity_is_the_first_touch();
    a_team_offer_belongs_to_who_accepts();
    what_falls_away_is_withdrawn_and_imports_start_nothing();
    nobody_makes_an_offer_by_hand();
    a_replayed_verdict_tells_what_followed();
    return tap_done();
}
