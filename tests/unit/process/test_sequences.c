/* test_sequences.c - sequences on the real engine: steps over time, consent, hours, caps, and what stops them. */
#include "connect/outbox.h"
#include "tests/plays.h"

static const char model[] = "calendars:\n"
                            "  office: {open: {mon-fri: [\"09:00-17:00\"]}}\n"
                            "  never_mind: {open: {mon-sun: [\"00:00-24:00\"]}}\n"
                            "objects:\n"
                            "- name: lead\n"
                            "  owner: ana\n"
                            "  keys: [email]\n"
                            "  fields:\n"
                            "  - {name: email, type: email}\n"
                            "  - {name: first_name, type: text}\n"
                            "  - {name: fit, type: integer}\n"
                            "  - {name: replied, type: boolean}\n"
                            "  - {name: agreed, type: boolean}\n"
                            "  - {name: agreed_on, type: date}\n"
                            "  - {name: may_call, type: boolean}\n"
                            "  - {name: may_visit, type: boolean}\n"
                            "  - {name: ring, type: boolean}\n"
                            "sequences:\n"
                            "- name: nurture\n"
                            "  object: lead\n"
                            "  enrol_when: lead.fit >= 40\n"
                            "  stop_when: lead.replied\n"
                            "  purpose: letters\n"
                            "  quiet_hours: {calendar: office}\n"
                            "  cap: {per_week: 2}\n"
                            "  calendar: office\n"
                            "  steps:\n"
                            "  - {email: one.md, after: 0d}\n"
                            "  - {task: Call, after: 1bd}\n"
                            "  - {email: two.md, after: 1d}\n"
                            "  - {email: three.md, after: 1d}\n"
                            "  - {email: four.md, after: 0d}\n"
                            "- {name: ring, object: lead, enrol_when: lead.ring, steps: [{task: "
                            "Ring, after: 30d}]}\n"
                            "consents:\n"
                            "- {purpose: letters, subject: lead, basis: opt_in, field: agreed, "
                            "since: agreed_on, expires: 365d, "
                            "withdrawal_stops: [sequences.nurture]}\n"
                            "- {purpose: calls, subject: lead, basis: opt_in, field: may_call, "
                            "withdrawal_stops: [sequences.nurture, sequences.ring]}\n"
                            "- {purpose: visits, subject: lead, basis: opt_in, field: "
                            "may_visit}\n";

/* The ids and states of what stands in the outbox: "one.md waiting, two.md waiting". */
static const char *outbox_list(struct engine *e)
{
    struct outbox_row *rows;
    size_t n;
    struct str s = STR("");
    if (outbox_page(e->store, e->vault, -1, 0, 100, e->arena, &rows, &n) != RC_OK)
        return "cannot be read";
    for (size_t i = 0; i < n; i++)
        s = str_printf(e->arena, "%.*s%s%.*s %s", STR_ARG(s), i ? ", " : "",
                       STR_ARG(rows[i].texts.template_file), outbox_state_name(rows[i].state));
    return str_c(e->arena, s);
}

static const char *run_text(struct engine *e)
{
    struct row *run = plays_row(e, "enrolment", "nurture");
    if (!run)
        return "none";
    struct str why = row_text(run, "reason");
    return str_c(e->arena,
                 str_printf(e->arena, "%.*s %lld %s%s%.*s", STR_ARG(row_text(run, "state")),
                            (long long)row_int(run, "step", -1), plays_when(e, run, "next_at"),
                            why.n ? ", " : "", STR_ARG(why)));
}

static uint64_t lead(struct engine *e, const char *fields)
{
    struct verdict v = engine_write(e, "lead", fields);
    ok_str(verdict_outcome_name(v.outcome), "created");
    return v.id;
}

static void test_course(struct engine *e)
{
    lead(e, "email=jo@x.example;fit=50;agreed=true;agreed_on=2025-12-01");
    /* 2026-01-01 01:00 in Berlin: mails wait for the office to open. */
    ok_str(run_text(e), "active 0 2026-01-01 09:00, waits for the hours it may write in");
    ok_str(outbox_list(e), "");
    plays_pass_days(e, 1);
    ok_str(outbox_list(e), "one.md waiting");
    ok_str(run_text(e), "active 1 2026-01-02 17:00");
    plays_pass_days(e, 2);
    ok_str(plays_list(e, "task", "name", "state"), "Call=open");
    ok_str(run_text(e), "active 2 , waits for its task");
    plays_pass_days(e, 4); /* nothing goes on while the task is open */
    ok_str(outbox_list(e), "one.md waiting");
    struct verdict v = engine_update(e, "task", plays_row(e, "task", "Call")->id, "state=done");
    ok_str(verdict_outcome_name(v.outcome), "updated");
    ok_str(run_text(e), "active 2 2026-01-09 01:00");
    plays_pass_days(e, 3);
    ok_str(outbox_list(e), "one.md waiting, two.md waiting");
    plays_pass_days(e, 30);
    ok_str(outbox_list(e), "one.md waiting, two.md waiting, three.md waiting, four.md waiting");
    ok_str(run_text(e), "done 5 , every step was taken");
}

static void test_cap(struct engine *e)
{
    lead(e, "email=jo@x.example;fit=50;agreed=true;agreed_on=2025-12-01");
    plays_pass_days(e, 3);
    engine_update(e, "task", plays_row(e, "task", "Call")->id, "state=done");
    plays_pass_days(e, 4);
    /* Monday the 5th is the second mail of seven days; the third waits until the first is a week old. */
    ok_str(outbox_list(e), "one.md waiting, two.md waiting");
    ok_str(run_text(e), "active 3 2026-01-08 09:00, waits for its weekly cap");
}

static void test_stop(struct engine *e)
{
    uint64_t id = lead(e, "email=jo@x.example;fit=50;agreed=true;agreed_on=2025-12-01");
    plays_pass_days(e, 3);
    ok_str(plays_list(e, "task", "name", "state"), "Call=open");
    struct verdict v = engine_update(e, "lead", id, "replied=true");
    ok_str(verdict_outcome_name(v.outcome), "updated");
    ok_str(run_text(e), "stopped 2 , stop_when holds");
    ok_str(plays_list(e, "task", "name", "state"), "Call=cancelled");
    plays_pass_days(e, 60);
    ok_str(outbox_list(e), "one.md waiting");
}

static void test_consent(struct engine *e)
{
    uint64_t id = lead(e, "email=jo@x.example;fit=50");
    plays_pass_days(e, 2);
    ok_str(run_text(e), "active 0 , held: no consent for letters is known");
    ok_str(outbox_list(e), "");
    e->env.now.us += 8 * 3600 * US_PER_SECOND; /* Saturday becomes Monday below */
    plays_pass_days(e, 3);
    struct verdict v = engine_update(e, "lead", id, "agreed=true;agreed_on=2024-12-01");
    plays_pass(e, e->env.now);
    ok_str(run_text(e), "active 0 , held: consent for letters is older than it may be");
    v = engine_update(e, "lead", id, "agreed_on=2026-01-05;agreed=true");
    v = engine_update(e, "lead", id, "agreed=");
    v = engine_update(e, "lead", id, "agreed=true");
    plays_pass_days(e, 1);
    ok_str(outbox_list(e), "one.md waiting");
    v = engine_update(e, "lead", id, "agreed=false");
    ok_str(verdict_outcome_name(v.outcome), "updated");
    ok(str_starts(str_of(run_text(e)), STR("stopped 1")));
    plays_pass_days(e, 30);
    ok_str(outbox_list(e), "one.md waiting");
}

/* A withdrawal stops each sequence that it names, whatever the purpose of that one, and no other. */
static void test_withdrawal(struct engine *e)
{
    uint64_t id = lead(
        e, "email=jo@x.example;fit=50;agreed=true;agreed_on=2025-12-01;ring=true;may_visit=true");
    ok_str(plays_list(e, "enrolment", "name", "state"), "nurture=active, ring=active");
    struct verdict v = engine_update(e, "lead", id, "may_visit=false");
    ok(verdict_accepted(&v));
    ok_str(plays_list(e, "enrolment", "name", "state"), "nurture=active, ring=active");
    v = engine_update(e, "lead", id, "agreed=false");
    ok(verdict_accepted(&v));
    ok_str(plays_list(e, "enrolment", "name", "state"), "nurture=stopped, ring=active");
    v = engine_update(e, "lead", id, "may_call=false");
    ok(verdict_accepted(&v));
    ok_str(plays_list(e, "enrolment", "name", "state"), "nurture=stopped, ring=stopped");
    struct row *run = plays_row(e, "enrolment", "ring");
    ok(run && str_is(row_text(run, "reason"), "consent for calls was withdrawn"));
    ok_str(plays_list(e, "task", "name", "state"), "");
}

static void test_not_twice(struct engine *e)
{
    uint64_t id = lead(e, "email=jo@x.example;fit=50;agreed=true;agreed_on=2025-12-01");
    struct verdict v = engine_update(e, "lead", id, "fit=30");
    v = engine_update(e, "lead", id, "fit=60");
    v = engine_update(e, "lead", id, "fit=61");
    ok_str(verdict_outcome_name(v.outcome), "updated");
    ok_str(plays_list(e, "enrolment", "name", "state"), "nurture=active");
    /* Written into the past: nothing starts. */
    struct command c = engine_command(e, CMD_UPSERT, "lead", "email=old@x.example;fit=90");
    c.dated = true;
    c.effective_at = (struct instant){e->env.now.us - 40 * US_PER_DAY};
    v = engine_send(e, &c);
    plays_pass_days(e, 3);
    ok_str(plays_list(e, "enrolment", "name", "state"), "nurture=active");
}

int main(void)
{
    static void (*const tests[])(struct engine *) = {test_course,  test_cap,        test_stop,
                                                     test_consent, test_withdrawal, test_not_twice};
    struct engine e;
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++) {
        ok(engine_open(&e, model));
        tests[i](&e);
        engine_close(&e);
    }
    return tap_done();
}
