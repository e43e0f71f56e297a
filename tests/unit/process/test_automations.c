/* test_automations.c - what happens by itself, on the real engine: automations, signals, recurring work, and who is told. */
#include "connect/outbox.h"
#include "tests/plays.h"

static const char model[] =
    "objects:\n"
    "- name: account\n"
    "  owner: ana\n"
    "  keys: [name]\n"
    "  fields:\n"
    "  - {name: name, type: text, required: true}\n"
    "  - {name: usage, type: integer}\n"
    "  - {name: mood, type: enum, values: [good, bad]}\n"
    "  - {name: flag, type: boolean}\n"
    "  - {name: note, type: text}\n"
    "- name: subscription\n"
    "  owner: ana\n"
    "  fields:\n"
    "  - {name: account, type: ref, to: account}\n"
    "  - {name: renewal, type: date}\n"
    "  - {name: term, type: integer}\n"
    "- name: deal\n"
    "  owner: ben\n"
    "  fields:\n"
    "  - {name: name, type: text}\n"
    "  - {name: renews, type: ref, to: subscription}\n"
    "  - {name: close_date, type: date}\n"
    "rules:\n"
    "- {id: DEAL-1, object: deal, owner: ben, require: has(deal.close_date), message: Say when.}\n"
    "playbooks:\n"
    "- {name: save, object: account, owner: ben, tasks: [{name: Call the sponsor, due: 2bd}]}\n"
    "automations:\n"
    "- name: open renewal\n"
    "  object: subscription\n"
    "  when: subscription.renewal <= today + days(120)\n"
    "  once_per: term\n"
    "  do: [{create: {object: deal, set: {renews: subscription, close_date: subscription.renewal, "
    "name: \"'Renewal'\"}}}]\n"
    "- name: mood drop\n"
    "  object: account\n"
    "  when: changed(account.mood) && account.mood == 'bad'\n"
    "  do: [{playbook: save}, {notify: [ben, owner]}, {set: {note: \"'was ' + account.name\"}}]\n"
    "- {name: no date, object: account, when: account.flag, do: [{create: {object: deal, set: "
    "{name: "
    "\"'x'\"}}}, {task: {name: Look into it, to: {person: ben}, due: 5bd}}]}\n"
    "signals:\n"
    "- {name: heavy_use, owner: ben, object: account, when: account.usage >= 100, cooldown: 30d, "
    "then: "
    "[{task: {name: Talk about more, due: 5bd}}]}\n"
    "hygiene:\n"
    "- {name: monthly check, every: month, do: audit, owner: ben}\n"
    "cadence:\n"
    "- {name: deal review, every: week, day: tue, at: \"10:00\", owner: ben}\n";

static void people(struct engine *e)
{
    engine_write(e, "person", "name=eva;email=eva@acme.example;active=true");
    engine_write(e, "person",
                 "name=ben;email=ben@acme.example;active=true;manager=eva;notify_by=mail, chat");
    engine_write(e, "person", "name=ana;email=ana@acme.example;active=true;manager=eva");
}

static const char *with_owner(struct engine *e, const char *fields, const char *owner)
{
    return str_c(e->arena, str_printf(e->arena, "%s;owner=%s", fields, owner));
}

static void test_change(struct engine *e)
{
    struct verdict v = engine_write(e, "account", with_owner(e, "name=Acme;mood=good", "ana"));
    uint64_t id = v.id;
    ok_str(plays_list(e, "enrolment", "name", "state"), "");
    v = engine_update(e, "account", id, "mood=bad");
    ok_str(plays_list(e, "enrolment", "name", "state"), "save=active");
    ok_str(plays_list(e, "task", "name", "state"), "Call the sponsor=open");
    ok_str(plays_list(e, "notification", "text", "channel"),
           "mood drop: Acme=app, mail, chat, mood drop: Acme=app, Call the sponsor, due "
           "2026-01-05=app");
    ok(row_is(engine_row(e, "account", id), "note", "was Acme"));
    struct row *notes[8];
    size_t n = plays_rows(e, "notification", notes, 8);
    ok(n == 3 && row_is(notes[0], "why", "automations.mood drop") &&
       str_starts(row_text(notes[0], "link"), STR("/records/account/acc_")));
    struct outbox_row *out;
    ok(outbox_page(e->store, e->vault, -1, 0, 10, e->arena, &out, &n) == RC_OK && n == 2);
    ok(n == 2 && str_is(out[0].channel, "mail") && str_is(out[1].channel, "chat"));
    v = engine_update(e, "account", id, "mood=good");
    v = engine_update(e, "account", id,
                      "mood=bad"); /* the play runs still: it is not started twice */
    ok_str(plays_list(e, "enrolment", "name", "state"), "save=active");
    ok_str(plays_list(e, "blocked", "definition", "state"), "");
}

static void test_time_and_once(struct engine *e)
{
    struct verdict v = engine_write(e, "account", with_owner(e, "name=Acme", "ana"));
    v = engine_write(e, "subscription", "account=Acme;renewal=2026-07-01;term=1");
    uint64_t id = v.id;
    ok_str(plays_list(e, "deal", "name", "name"), "");
    plays_pass_days(e, 58); /* 28 February: 123 days are left */
    ok_str(plays_list(e, "deal", "name", "name"), "");
    plays_pass_days(e, 5);
    ok_str(plays_list(e, "deal", "name", "name"), "Renewal=Renewal");
    ok(row_ref(plays_row(e, "deal", "Renewal"), "renews") == id);
    v = engine_update(e, "subscription", id, "renewal=2027-07-01");
    v = engine_update(e, "subscription", id, "renewal=2026-04-01"); /* the same term again */
    ok_str(plays_list(e, "deal", "name", "name"), "Renewal=Renewal");
    v = engine_update(e, "subscription", id, "renewal=2027-07-01;term=2");
    plays_pass_days(e, 365);
    ok_str(plays_list(e, "deal", "name", "name"), "Renewal=Renewal, Renewal=Renewal");
}

/* A rule refuses what an automation wants: its cause stands, what it wanted is kept, the rest of it is done. */
static void test_blocked(struct engine *e)
{
    struct verdict v = engine_write(e, "account", with_owner(e, "name=Acme;flag=true", "ana"));
    ok_str(verdict_outcome_name(v.outcome), "created");
    ok_str(plays_list(e, "deal", "name", "name"), "");
    ok_str(plays_list(e, "blocked", "definition", "state"), "automations.no date=open");
    ok_str(plays_list(e, "task", "name", "state"), "Look into it=open");
}

static void test_cooldown(struct engine *e)
{
    struct verdict v = engine_write(e, "account", with_owner(e, "name=Acme;usage=150", "ana"));
    uint64_t id = v.id;
    ok_str(plays_list(e, "task", "name", "state"), "Talk about more=open");
    v = engine_update(e, "account", id, "usage=10");
    v = engine_update(e, "account", id, "usage=200");
    ok_str(plays_list(e, "task", "name", "state"), "Talk about more=open");
    v = engine_update(e, "account", id, "usage=10");
    plays_pass_days(e, 31);
    v = engine_update(e, "account", id, "usage=200");
    struct row *tasks[64];
    size_t n = plays_rows(e, "task", tasks, 64), talks = 0;
    for (size_t i = 0; i < n; i++)
        talks += row_is(tasks[i], "name", "Talk about more");
    ok(talks == 2);
}

static void test_recurring(struct engine *e)
{
    plays_pass_days(
        e,
        13); /* from Thursday 1 January, 01:00, to the 14th: a first business day and two Tuesdays */
    ok_str(plays_list(e, "task", "name", "state"),
           "monthly check: records that break a rule (revos audit)=open, deal review=open, deal "
           "review=open");
    struct row *review = plays_row(e, "task", "deal review");
    ok_str(plays_when(e, review, "opened_at"), "2026-01-13 10:00");
    struct verdict v = engine_update(e, "task", review->id, "state=done");
    ok_str(engine_codes(e, &v), "TASK_DECISION:cadence.deal review");
    v = engine_update(e, "task", review->id, "state=done;note=drop the two old ones");
    ok_str(verdict_outcome_name(v.outcome), "updated");
    plays_pass_days(e, 21); /* until 3 February */
    struct row *tasks[64];
    size_t n = plays_rows(e, "task", tasks, 64), checks = 0;
    for (size_t i = 0; i < n; i++)
        checks += row_is(tasks[i], "origin", "hygiene.monthly check");
    ok(n == 7 && checks == 2);
}

static void test_absence(struct engine *e)
{
    engine_write(e, "absence", "person=ben;starts=2025-12-29;ends=2026-01-05;delegate=eva");
    engine_write(e, "account", with_owner(e, "name=Acme;mood=good", "ana"));
    struct verdict v = engine_write(e, "account", "name=Acme;mood=bad");
    ok_str(verdict_outcome_name(v.outcome), "updated");
    struct row *notes[8];
    size_t n = plays_rows(e, "notification", notes, 8);
    uint64_t ben = plays_row(e, "person", "ben")->id, eva = plays_row(e, "person", "eva")->id;
    ok(n == 4 && row_ref(notes[0], "owner") == ben && row_ref(notes[1], "owner") == eva);
    ok(row_is(notes[1], "why", "automations.mood drop; ben is away"));
}

static void test_choices(struct engine *e)
{
    struct verdict v = engine_write(e, "person", "name=ana;notify_by=mail, pigeon");
    ok_str(engine_codes(e, &v), "UNKNOWN_VALUE:notices");
    v = engine_write(e, "person", "name=ana;notify_by=mail;digest_at=25:00");
    ok_str(engine_codes(e, &v), "INVALID:notices");
    v = engine_write(e, "person", "name=ana;notify_by=mail;notify_hours=nights");
    ok_str(engine_codes(e, &v), "UNKNOWN_VALUE:notices");
    v = engine_write(e, "person", "name=ana;notify_by=mail;digest_at=08:30");
    ok_str(verdict_outcome_name(v.outcome), "updated");
    v = engine_write(e, "account", with_owner(e, "name=Acme;usage=150", "ana"));
    struct outbox_row *out;
    size_t n;
    char at[40];
    ok(outbox_page(e->store, e->vault, -1, 0, 10, e->arena, &out, &n) == RC_OK && n == 2);
    ok_str(str_c(e->arena, instant_text(out[0].next_at, at)), "2026-01-01T07:30:00Z");
    ok(out[0].together && out[1].together);
}

int main(void)
{
    static void (*const tests[])(struct engine *) = {
        test_change,    test_time_and_once, test_blocked, test_cooldown,
        test_recurring, test_absence,       test_choices};
    struct engine e;
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++) {
        ok(engine_open(&e, model));
        people(&e);
        tests[i](&e);
        engine_close(&e);
    }
    return tap_done();
}
