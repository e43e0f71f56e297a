/* Answers that are owed: first and next response, with holidays and business days. */
#include "process/calendars.h"
#include "tests/process.h"

static const char model[] =
    "calendars: {hours: {timezone: America/New_York, open: {mon-fri: ['09:00-17:00']}}}\n"
    "objects:\n"
    "- name: ticket\n"
    "  owner: ben\n"
    "  keys: [ext]\n"
    "  fields:\n"
    "  - {name: ext, type: text}\n"
    "  - {name: asked_at, type: instant}\n"
    "  - {name: answered_at, type: instant}\n"
    "  - {name: asked_of_customer, type: boolean}\n"
    "slas:\n"
    "- name: answer\n"
    "  object: ticket\n"
    "  owner: ben\n"
    "  start_when: \"has(ticket.asked_at) && (!has(ticket.answered_at) || ticket.answered_at < "
    "ticket.asked_at)\"\n"
    "  within: 4h\n"
    "  next_within: 1bd\n"
    "  pause_when: ticket.asked_of_customer\n"
    "  calendar: hours\n"
    "  escalate: [{at: 100%, notify: [owner]}, {at: 150%, notify: [ben]}]\n";

static struct engine *start(void)
{
    static struct engine e; /* tidy: globals: one engine a test, opened anew */
    if (!engine_open_memory(&e, model)) {
        fail("the engine opens");
        exit(tap_done());
    }
    engine_write(&e, "person", "name=ben");
    e.env.now = utc("2026-03-06T20:00:00Z"); /* a Friday, 15:00 in New York, before clocks change */
    return &e;
}

static const char *clock_field(struct engine *e, size_t n, const char *field)
{
    return shown(e, nth(e, "clock", n), field);
}

static void first_and_next_answers(void)
{
    struct engine *e = start();
    uint64_t t = engine_write(e, "ticket", "ext=1;asked_at=2026-03-06T20:00:00Z;owner=ben").id;
    is_str(clock_field(e, 0, "kind"), "first_response", "a first answer is owed");
    is_str(clock_field(e, 0, "due_at"), "2026-03-09T15:00:00Z",
           "two hours on Friday, two on Monday, in summer time");
    run_to(e, "2026-03-09T14:00:00Z");
    engine_update(e, "ticket", t, "answered_at=2026-03-09T14:00:00Z");
    is_str(clock_field(e, 0, "state"), "met", "answered");
    engine_update(e, "ticket", t, "asked_at=2026-03-09T14:00:01Z");
    is_str(clock_field(e, 1, "kind"), "next_response", "asked again");
    is_str(clock_field(e, 1, "due_at"), "2026-03-10T21:00:00Z",
           "by the end of the next business day");
    is_int((long long)count_of(e, "clock"), 2, "one clock an answer");
    run_to(e, "2026-03-20T00:00:00Z");
    is_str(clock_field(e, 1, "state"), "breached", "nobody answered");
    is_str(clock_field(e, 1, "marks"), "2", "both marks passed, one beyond the due instant");
    is_str(clock_field(e, 1, "breached_at"), "2026-03-10T21:00:00Z", "dated at its due instant");
    engine_update(e, "ticket", t, "answered_at=2026-03-20T00:00:00Z");
    is_str(clock_field(e, 1, "state"), "breached", "a late answer mends nothing");
    ok(strcmp(clock_field(e, 1, "stopped_at"), "") != 0);
    engine_close(e);
}

static void a_clock_that_starts_in_a_pause_stands(void)
{
    struct engine *e = start();
    uint64_t t = engine_write(
                     e, "ticket",
                     "ext=1;asked_at=2026-03-06T20:00:00Z;asked_of_customer=true;owner=ben")
                     .id;
    is_str(clock_field(e, 0, "state"), "paused", "from the beginning");
    run_to(e, "2026-03-12T18:00:00Z");
    engine_update(e, "ticket", t, "asked_of_customer=false");
    is_str(clock_field(e, 0, "due_at"), "2026-03-13T14:00:00Z", "all four hours are left");
    engine_close(e);
}

static void calendars_open_once_and_know_their_names(void)
{
    struct engine *e = start();
    struct calendars *set = calendars_open(e->model, &e->env.env, ".");
    struct calendar *c, *again;
    struct duration d;
    ok(calendars_get(set, STR("hours"), &c) == RC_OK);
    ok(calendars_get(set, STR("hours"), &again) == RC_OK && again == c);
    ok(calendars_get(set, STR("nights"), &again) == RC_NOT_FOUND);
    ok(calendars_business_time(set, STR("hours"), utc("2026-03-06T20:00:00Z"),
                               utc("2026-03-09T14:00:00Z"), &d) == RC_OK);
    ok_int(d.us, INT64_C(3) * 3600 * US_PER_SECOND);
    ok(calendars_business_time(set, STR(""), utc("2026-03-06T20:00:00Z"),
                               utc("2026-03-06T21:00:00Z"), &d) == RC_OK);
    ok_int(d.us, INT64_C(3600) * US_PER_SECOND);
    calendars_close(set);
    engine_close(e);
}

int main(void)
{
    first_and_next_answers();
    a_clock_that_starts_in_a_pause_stands();
    calendars_open_once_and_know_their_names();
    return tap_done();
}
