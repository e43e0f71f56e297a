/* Who gets a record: rules, pools, queues, waiting, matching, with the log that says why. */
#include "base/json.h"
#include "tests/process.h"

static const char model[] =
    "  sam: {name: Sam Ode, role: ae}\n"
    "  lou: {name: Lou Fabre, role: ae}\n"
    "  tia: {name: Tia Weber, role: sdr}\n"
    "calendars: {hours: {open: {mon-fri: ['09:00-17:00']}}, late: {open: {mon-fri: "
    "['07:00-08:00']}}}\n"
    "objects:\n"
    "- name: account\n"
    "  owner: ana\n"
    "  keys: [domain]\n"
    "  fields:\n"
    "  - {name: domain, type: domain}\n"
    "  - {name: customer, type: boolean}\n"
    "  - {name: parent_account, type: ref, to: account, children: subsidiaries}\n"
    "- name: lead\n"
    "  owner: ana\n"
    "  keys: [ext]\n"
    "  fields:\n"
    "  - {name: ext, type: text}\n"
    "  - {name: kind, type: text}\n"
    "  - {name: country, type: country}\n"
    "  - {name: domain, type: domain}\n"
    "  - {name: size, type: integer, source: enrichment}\n"
    "  - {name: account, type: ref, to: account}\n"
    "  - {name: mail, type: email, personal: true}\n"
    "pools:\n"
    "  weighted: {members: [sam, {person: lou, weight: 2}]}\n"
    "  fit: {object: lead, members: [{person: sam, when: lead.country == 'DE'}, {person: lou, "
    "when: lead.country == 'FR'}]}\n"
    "  full: {members: [tia, sam], capacity: {per_day: 1, per_week: 3}}\n"
    "  few: {members: [tia, sam], strategy: least_loaded, capacity: {open: 3}}\n"
    "  hours: {members: [sam, lou], calendar: hours}\n"
    "routes:\n"
    "- name: inbound\n"
    "  object: lead\n"
    "  owner: ana\n"
    "  trigger: has(lead.kind) && lead.kind != 'slow'\n"
    "  match: {field: account, by: {domain: lead.domain}, prefer: [account.customer]}\n"
    "  rules:\n"
    "  - {name: known, when: has(lead.account), to: {owner_of: lead.account}}\n"
    "  - {name: weighted, when: lead.kind == 'weighted', to: {pool: weighted}}\n"
    "  - {name: fit, when: \"lead.kind == 'fit' && (has(lead.mail) || true)\", to: {pool: fit}}\n"
    "  - {name: full, when: lead.kind == 'full', to: {pool: full}}\n"
    "  - {name: few, when: lead.kind == 'few', to: {pool: few}}\n"
    "  - {name: hours, when: lead.kind == 'hours', to: {pool: hours}}\n"
    "  otherwise: {queue: triage, owner: ben}\n"
    "- name: slow\n"
    "  object: lead\n"
    "  owner: ana\n"
    "  trigger: lead.kind == 'slow'\n"
    "  wait_for: {enrichment: 120s}\n"
    "  rules:\n"
    "  - {name: big, when: lead.size >= 100, to: {person: lou}}\n"
    "  otherwise: {person: sam}\n";

static struct engine *start(void)
{
    static struct engine e; /* tidy: globals: one engine a test, opened anew */
    if (!engine_open_memory(&e, model)) {
        fail("the engine opens");
        exit(tap_done());
    }
    for (const char *const *p = (const char *const[]){"ana", "ben", "sam", "lou", "tia", NULL}; *p;
         p++)
        engine_write(&e, "person", str_printf(e.arena, "name=%s", *p).p);
    e.env.now = utc("2026-01-05T08:30:00Z"); /* a Monday, 09:30 in Berlin */
    return &e;
}

static uint64_t lead(struct engine *e, const char *kind, int n, const char *more)
{
    struct verdict v = engine_write(
        e, "lead", str_printf(e->arena, "ext=%s%d;kind=%s;%s", kind, n, kind, more).p);
    if (!verdict_accepted(&v))
        tap_diag("lead refused: %s", engine_codes(e, &v));
    settle_now(e);
    return v.id;
}

static const char *owner(struct engine *e, uint64_t id)
{
    return shown(e, engine_row(e, "lead", id), "owner");
}

static const char *last_log(struct engine *e, const char *field)
{
    return shown(e, nth(e, "assignment", count_of(e, "assignment") - 1), field);
}

static bool is_canonical(struct engine *e, struct str text)
{
    struct json *j;
    struct buf b;
    if (json_read(text, NULL, e->arena, &j, NULL) != RC_OK)
        return false;
    buf_init(&b, VALUE_BYTES_MAX);
    json_canonical(j, &b);
    bool same = str_eq(buf_view(&b), text);
    buf_release(&b);
    return same;
}

/* The log of the last decision, whose keys are in order, holds these words. */
static bool log_has(struct engine *e, const char *text)
{
    const char *log = last_log(e, "log");
    if (strstr(log, text) && is_canonical(e, str_of(log)))
        return true;
    tap_diag("the log: %s", log);
    return false;
}

static void turns_go_by_weight_within_a_batch(void)
{
    struct engine *e = start();
    struct command c[30];
    struct verdict v[30];
    size_t sam = 0, lou = 0;
    for (int i = 0; i < 30; i++)
        c[i] = engine_command(e, CMD_UPSERT, "lead",
                              str_printf(e->arena, "ext=b%d;kind=weighted", i).p);
    ok(admission_group(e->adm, c, 30, NULL, e->arena, v) == RC_OK);
    for (int i = 0; i < 30; i++) {
        sam += strcmp(owner(e, v[i].id), "sam") == 0;
        lou += strcmp(owner(e, v[i].id), "lou") == 0;
    }
    is_int((long long)sam, 10, "a third of thirty imported at once");
    is_int((long long)lou, 20, "two thirds");
    ok_at("the log has the state of the pool before", log_has(e, "\"virtual_time\""));
    engine_close(e);
}

static void nobody_catches_up_after_an_absence(void)
{
    struct engine *e = start();
    uint64_t id = person_named(e, "sam");
    char text[64];
    id_text(STR("per"), id, text);
    engine_write(e, "absence",
                 str_printf(e->arena, "person=%s;starts=2026-01-05;ends=2026-01-05", text).p);
    for (int i = 0; i < 9; i++)
        is_str(owner(e, lead(e, "weighted", i, "")), "lou", "sam is away");
    ok_at("the log says so", log_has(e, "\"skipped\":\"away\""));
    run_to(e, "2026-01-06T08:30:00Z");
    is_str(owner(e, lead(e, "weighted", 9, "")), "sam", "back, and next");
    size_t sam = 1;
    for (int i = 10; i < 18; i++)
        sam += strcmp(owner(e, lead(e, "weighted", i, "")), "sam") == 0;
    is_int((long long)sam, 3, "back, with a third of the turns and no burst");
    engine_close(e);
}

static void the_fit_the_free_and_the_active(void)
{
    struct engine *e = start();
    is_str(owner(e, lead(e, "fit", 1, "country=FR;mail=a@b.example")), "lou", "who takes France");
    ok_at("the other was unfit", log_has(e, "not theirs to take"));
    ok_at("no personal value in the log", log_has(e, "\"lead.mail\":\"(personal)\""));
    is_str(owner(e, lead(e, "fit", 2, "country=IT")), "", "nobody takes Italy: the queue");
    is_str(last_log(e, "queue"), "triage", "which the assignment notes");
    is_str(owner(e, lead(e, "full", 1, "")), "sam", "one a day for sam");
    is_str(owner(e, lead(e, "full", 2, "")), "tia", "one for tia");
    is_str(owner(e, lead(e, "full", 3, "")), "", "then all are full");
    ok_at("for the day", log_has(e, "full for the day"));
    run_to(e, "2026-01-06T08:30:00Z");
    is_str(owner(e, lead(e, "full", 4, "")), "sam", "the next day goes on");
    run_to(e, "2026-01-07T08:30:00Z");
    lead(e, "full", 5, "");
    lead(e, "full", 6, "");
    run_to(e, "2026-01-08T08:30:00Z");
    lead(e, "full", 7, "");
    lead(e, "full", 8, "");
    ok_at("three a week", log_has(e, "full for the week"));
    engine_update(e, "person", person_named(e, "lou"), "active=false");
    is_str(owner(e, lead(e, "weighted", 1, "")), "sam", "who left is passed over");
    engine_close(e);
}

static void loads_are_levelled(void)
{
    struct engine *e = start();
    uint64_t first = lead(e, "few", 1, "");
    const char *who = owner(e, first);
    for (int i = 2; i <= 6; i++)
        lead(e, "few", i, "");
    is_str(owner(e, lead(e, "few", 7, "")), "", "three open each is the limit");
    engine_update(e, "lead", first, "owner=");
    is_str(owner(e, lead(e, "few", 8, "")), who, "room again");
    engine_close(e);
}

static void hours_decide_who_is_asked(void)
{
    struct engine *e = start();
    engine_update(e, "person", person_named(e, "lou"), "calendar=late");
    is_str(owner(e, lead(e, "hours", 1, "")), "sam", "lou is not at work at half past nine");
    is_str(owner(e, lead(e, "hours", 2, "")), "sam", "so sam again");
    run_to(e, "2026-01-05T20:00:00Z");
    is_str(owner(e, lead(e, "hours", 3, "")), "lou", "at night: who opens first");
    ok_at("the log says when", log_has(e, "\"opens_at\":\"2026-01-06T06:00:00Z\""));
    engine_close(e);
}

static void a_lead_finds_its_account(void)
{
    struct engine *e = start();
    struct verdict top = engine_write(e, "account", "domain=acme.example;owner=sam");
    char id[64];
    id_text(engine_object(e, "account")->prefix, top.id, id);
    struct verdict sub = engine_write(
        e, "account",
        str_printf(e->arena, "domain=acme.fr;owner=lou;customer=true;parent_account=%s", id).p);
    uint64_t l = lead(e, "weighted", 1, "domain=acme.example");
    is_str(owner(e, l), "lou", "the subsidiary is the customer");
    ok(row_value(engine_row(e, "lead", l), object_field(engine_object(e, "lead"), STR("account")))
           ->ref == sub.id);
    is_str(last_log(e, "rule"), "known", "the rule that decided");
    ok_at("why this one", log_has(e, "\"decided_by\":[\"account.customer\"]"));
    engine_close(e);
}

static void enrichment_is_waited_for(void)
{
    struct engine *e = start();
    uint64_t l = lead(e, "slow", 1, "");
    is_str(owner(e, l), "", "nobody so far");
    is_str(shown(e, nth(e, "clock", 0), "kind"), "wait", "it waits");
    engine_update(e, "lead", l, "size=500");
    is_str(owner(e, l), "lou", "enriched, it is routed");
    is_str(last_log(e, "cause"), "waited", "after waiting");
    uint64_t late = lead(e, "slow", 2, "");
    run_to(e, "2026-01-05T09:30:00Z");
    is_str(owner(e, late), "sam", "the limit passed");
    is_str(shown(e, nth(e, "clock", 1), "state"), "breached", "which its clock says");
    is_str(owner(e, lead(e, "slow", 3, "size=1")), "sam",
           "with a size there is nothing to wait for");
    engine_close(e);
}

static void a_person_asks_for_a_route(void)
{
    struct engine *e = start();
    uint64_t l = lead(e, "weighted", 1, "");
    char id[64];
    const char *before = owner(e, l);
    id_text(engine_object(e, "lead")->prefix, l, id);
    struct verdict v = engine_write(e, "assignment",
                                    str_printf(e->arena, "route=inbound;lead=%s", id).p);
    is_str(engine_codes(e, &v), "", "asked");
    ok(strcmp(owner(e, l), before) != 0);
    is_str(shown(e, engine_row(e, "assignment", v.id), "cause"), "hand", "the request is the log");
    v = engine_write(e, "assignment", str_printf(e->arena, "route=outbound;lead=%s", id).p);
    is_str(engine_codes(e, &v), "ROUTE_UNKNOWN", "there is no such route");
    v = engine_update(e, "assignment", nth(e, "assignment", 0)->id, "route=slow");
    is_str(engine_codes(e, &v), "ROUTE_DECIDED", "a log stays as it is");
    engine_close(e);
}

int main(void)
{
    turns_go_by_weight_within_a_batch();
    nobody_catches_up_after_an_absence();
    the_fit_the_free_and_the_active();
    loads_are_levelled();
    hours_decide_who_is_asked();
    a_lead_finds_its_account();
    enrichment_is_waited_for();
    a_person_asks_for_a_route();
    return tap_done();
}
