/* test_playbooks.c - playbooks and their tasks on the real engine: due dates, order, ends, outcomes. */
#include "tests/plays.h"

static const char model[] =
    "objects:\n"
    "- name: account\n"
    "  owner: ana\n"
    "  keys: [name]\n"
    "  fields:\n"
    "  - {name: name, type: text, required: true}\n"
    "  - {name: usage, type: integer}\n"
    "playbooks:\n"
    "- name: onboarding\n"
    "  object: account\n"
    "  owner: ana\n"
    "  tasks:\n"
    "  - {name: Kickoff, due: 3bd, outcome: [held, moved]}\n"
    "  - {name: First value, due: 30d, after: Kickoff, done_when: account.usage > 0}\n"
    "  - {name: Review, due: 1bd, after: First value}\n";

static uint64_t start(struct engine *e)
{
    engine_write(e, "person", "name=ana;email=ana@acme.example;active=true");
    struct row *ana = plays_row(e, "person", "ana");
    struct verdict v = engine_write(
        e, "account",
        str_c(e->arena, str_printf(e->arena, "name=Acme;owner=%llu", (unsigned long long)ana->id)));
    uint64_t account = v.id;
    v = engine_write(e, "enrolment",
                     str_c(e->arena, str_printf(e->arena, "name=onboarding;account=%llu",
                                                (unsigned long long)account)));
    ok_str(verdict_outcome_name(v.outcome), "created");
    return account;
}

static void test_course(struct engine *e)
{
    uint64_t account = start(e);
    ok_str(plays_list(e, "task", "name", "state"),
           "Kickoff=open, First value=waiting, Review=waiting");
    /* 2026-01-01 is a Thursday: three business days later is Tuesday, until its end. */
    struct row *kickoff = plays_row(e, "task", "Kickoff");
    ok_str(plays_when(e, kickoff, "due_at"), "2026-01-07 00:00");
    ok(row_ref(kickoff, "owner") == plays_row(e, "person", "ana")->id);
    struct verdict v = engine_update(e, "task", kickoff->id, "state=done");
    ok_str(engine_codes(e, &v), "TASK_OUTCOME:playbooks.onboarding");
    v = engine_update(e, "task", kickoff->id, "state=done;outcome=lunch");
    ok_str(engine_codes(e, &v), "TASK_OUTCOME:playbooks.onboarding");
    v = engine_update(e, "task", kickoff->id, "state=skipped");
    ok_str(engine_codes(e, &v), "REASON_REQUIRED:playbooks.onboarding");
    v = engine_update(e, "task", kickoff->id, "state=done;outcome=held");
    ok_str(verdict_outcome_name(v.outcome), "updated");
    ok_str(plays_list(e, "task", "name", "state"),
           "Kickoff=done, First value=open, Review=waiting");
    v = engine_update(e, "task", kickoff->id, "state=open");
    ok_str(engine_codes(e, &v), "TASK_MOVE:playbooks.onboarding");
    v = engine_update(e, "account", account, "usage=3");
    ok_str(plays_list(e, "task", "name", "state"), "Kickoff=done, First value=done, Review=open");
    ok_str(plays_list(e, "enrolment", "name", "state"), "onboarding=active");
    v = engine_update(e, "task", plays_row(e, "task", "Review")->id,
                      "state=skipped;reason=no time");
    ok_str(plays_list(e, "enrolment", "name", "state"), "onboarding=done");
    ok(row_instant(plays_row(e, "enrolment", "onboarding"), "ended_at").us != INSTANT_MAX.us);
}

static void test_one_run(struct engine *e)
{
    uint64_t account = start(e);
    const char *again = str_c(e->arena, str_printf(e->arena, "name=onboarding;account=%llu",
                                                   (unsigned long long)account));
    struct verdict v = engine_write(e, "enrolment", again);
    ok_str(engine_codes(e, &v), "PLAY_RUNS:onboarding");
    v = engine_write(e, "enrolment",
                     str_c(e->arena, str_printf(e->arena, "name=offboarding;account=%llu",
                                                (unsigned long long)account)));
    ok_str(engine_codes(e, &v), "PLAY_UNKNOWN:offboarding");
    v = engine_update(e, "enrolment", plays_row(e, "enrolment", "onboarding")->id,
                      "state=stopped;reason=they left");
    ok_str(plays_list(e, "task", "name", "state"),
           "Kickoff=cancelled, First value=cancelled, Review=cancelled");
    v = engine_update(e, "enrolment", plays_row(e, "enrolment", "onboarding")->id, "state=active");
    ok_str(engine_codes(e, &v), "PLAY_ENDED:onboarding");
    v = engine_write(e, "enrolment", again);
    ok_str(verdict_outcome_name(v.outcome), "created");
}

/* What held already when the turn of a task came is done at once. */
static void test_done_before(struct engine *e)
{
    uint64_t account = start(e);
    struct verdict v = engine_update(e, "account", account, "usage=3");
    ok_str(plays_list(e, "task", "name", "state"),
           "Kickoff=open, First value=waiting, Review=waiting");
    v = engine_update(e, "task", plays_row(e, "task", "Kickoff")->id, "state=done;outcome=moved");
    ok_str(verdict_outcome_name(v.outcome), "updated");
    ok_str(plays_list(e, "task", "name", "state"), "Kickoff=done, First value=done, Review=open");
}

static const char *clock_list(struct engine *e)
{
    return plays_list(e, "clock", "name", "state");
}

/* Each open task has a deadline; who lets it pass hears of it, and their manager a business day later. */
static void test_deadlines(struct engine *e)
{
    engine_write(e, "person", "name=ben;active=true");
    start(e);
    engine_write(e, "person", "name=ana;manager=ben");
    ok_str(clock_list(e), "Kickoff=running");
    ok_str(plays_when(e, plays_row(e, "clock", "Kickoff"), "due_at"), "2026-01-07 00:00");
    plays_pass_days(e, 9);
    ok_str(clock_list(e), "Kickoff=breached");
    ok_str(plays_list(e, "notification", "kind", "state"),
           "task_assigned=unread, clock_breached=unread, task_overdue=unread");
    struct row *notes[8];
    ok(plays_rows(e, "notification", notes, 8) == 3 &&
       row_ref(notes[2], "owner") == plays_row(e, "person", "ben")->id);
    struct verdict v = engine_update(e, "task", plays_row(e, "task", "Kickoff")->id,
                                     "state=done;outcome=held");
    ok_str(verdict_outcome_name(v.outcome), "updated");
    ok_str(clock_list(e), "Kickoff=breached, First value=running");
    v = engine_update(e, "task", plays_row(e, "task", "First value")->id,
                      "due_at=2026-02-20T12:00:00Z");
    ok_str(clock_list(e), "Kickoff=breached, First value=cancelled, First value=running");
    v = engine_update(e, "task", plays_row(e, "task", "First value")->id, "state=done");
    ok_str(clock_list(e),
           "Kickoff=breached, First value=cancelled, First value=met, Review=running");
}

int main(void)
{
    static void (*const tests[])(struct engine *) = {test_course, test_one_run, test_done_before,
                                                     test_deadlines};
    struct engine e;
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++) {
        ok(engine_open(&e, model));
        tests[i](&e);
        engine_close(&e);
    }
    return tap_done();
}
