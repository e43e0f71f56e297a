/* test_doors.c - one rule, several doors: what it means at each, that a laxer one hides nothing, and since when it holds. */
#include "admission/tally.h"
#include "tests/engine.h"

static const char model[] =
    "objects:\n"
    "- name: deal\n"
    "  owner: ben\n"
    "  keys: [code]\n"
    "  fields:\n"
    "  - {name: code, type: text}\n"
    "  - {name: amount, type: integer}\n"
    "  - {name: size, type: integer}\n"
    "  - {name: note, type: text}\n"
    "pipelines:\n"
    "- name: sales\n"
    "  object: deal\n"
    "  owner: ben\n"
    "  skip: reason\n"
    "  stages:\n"
    "  - {name: open}\n"
    "  - {name: offer, enter: [{id: G-1, require: deal.amount > 3, message: More., "
    "enforcement: {api: warn, agent: deny, default: audit}}]}\n"
    "  - {name: proof, enter: [{id: G-2, require: deal.size > 3, message: Size., "
    "applies_from: 2026-01-10}]}\n"
    "  - {name: won, outcome: won}\n"
    "  - {name: lost, outcome: lost, enter: [{id: G-3, require: has(deal.note), message: Note.}]}\n"
    "rules:\n"
    "- {id: R-1, object: deal, owner: ana, require: deal.amount > 1, message: Small., "
    "enforcement: {import: audit, form: warn}}\n"
    "- {id: R-2, object: deal, owner: ana, require: \"deal.code != 'x'\", message: Not x., "
    "applies_from: 2026-01-10}\n";

static struct verdict through(struct engine *e, enum door door, enum actor_kind actor,
                              const char *fields)
{
    struct command c = engine_command(e, CMD_UPSERT, "deal", fields);
    c.door = door;
    c.actor.kind = actor;
    return engine_send(e, &c);
}

static const struct finding *found(const struct verdict *v, const char *id)
{
    for (size_t i = 0; i < v->n_findings; i++)
        if (str_is(v->findings[i].criterion, id))
            return &v->findings[i];
    return NULL;
}

static const char *meaning(const struct verdict *v, const char *id)
{
    const struct finding *f = found(v, id);
    return f ? enforcement_name(f->enforcement) : "nothing";
}

static const struct tally *tally_of(struct engine *e, struct tallies *all, const char *id)
{
    struct tally_scope scope = {0};
    struct tally_report report = {0};
    ok(admission_tally(e->adm, &scope, &report, e->arena, all) == RC_OK);
    for (size_t i = 0; i < all->list.n; i++)
        if (str_is(all->list.v[i].id, id))
            return &all->list.v[i];
    return NULL;
}

static void test_each_door(struct engine *e)
{
    static const struct {
        enum door door;
        enum actor_kind actor;
        const char *means;
    } cases[] = {{DOOR_NONE, ACTOR_PERSON, "deny"},     {DOOR_CLI, ACTOR_PERSON, "deny"},
                 {DOOR_HTTP, ACTOR_PERSON, "deny"},     {DOOR_FORM, ACTOR_TOKEN, "warn"},
                 {DOOR_IMPORT, ACTOR_IMPORT, "audit"},  {DOOR_SYNC, ACTOR_TOKEN, "deny"},
                 {DOOR_AUTOMATION, ACTOR_RULE, "deny"}, {DOOR_AGENT, ACTOR_AGENT, "deny"},
                 {DOOR_IMPORT, ACTOR_AGENT, "deny"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct verdict v = through(e, cases[i].door, cases[i].actor,
                                   str_c(e->arena, str_printf(e->arena, "code=c%zu;amount=0", i)));
        ok_str(meaning(&v, "R-1"), cases[i].means);
        ok(verdict_accepted(&v) == (strcmp(cases[i].means, "deny") != 0));
    }
}

/* What came in by a laxer door is told in its verdict, and audited under the default. */
static void test_nothing_hides(struct engine *e)
{
    struct tallies all;
    struct verdict v = through(e, DOOR_IMPORT, ACTOR_IMPORT, "code=lax;amount=0");
    const struct finding *f = found(&v, "R-1");
    ok(verdict_accepted(&v) && f && finding_broken(f));
    ok(f && str_is(f->help, "By default this is deny; by import it is audit."));
    const struct tally *t = tally_of(e, &all, "R-1");
    ok(t && t->broken == 3 && t->enforcement == ENFORCE_DENY);
    v = through(e, DOOR_CLI, ACTOR_PERSON, "code=lax;note=later");
    ok(verdict_accepted(&v)); /* this change does not touch what it reads */
    v = through(e, DOOR_CLI, ACTOR_PERSON, "code=lax;amount=1");
    ok_str(meaning(&v, "R-1"), "deny");
}

static void test_gates(struct engine *e)
{
    struct verdict v = through(e, DOOR_HTTP, ACTOR_PERSON, "code=g;amount=2");
    ok(verdict_accepted(&v));
    v = through(e, DOOR_HTTP, ACTOR_AGENT, "code=g;stage=offer");
    ok_str(meaning(&v, "G-1"), "deny");
    v = through(e, DOOR_HTTP, ACTOR_PERSON, "code=g;stage=offer");
    ok_str(meaning(&v, "G-1"), "warn");
    ok(verdict_accepted(&v));
    v = through(e, DOOR_CLI, ACTOR_PERSON, "code=g;stage=lost");
    ok_str(meaning(&v, "G-3"), "warn"); /* nothing stops it from being lost */
    ok(verdict_accepted(&v));
}

/* The event that left out a stage says why for good. */
static void test_skip_with_reason(struct engine *e)
{
    struct command c = engine_command(e, CMD_UPSERT, "deal", "code=s;amount=9;size=9");
    struct verdict v = engine_send(e, &c);
    ok(verdict_accepted(&v));
    c = engine_command(e, CMD_UPSERT, "deal", "code=s;stage=proof");
    v = engine_send(e, &c);
    ok_str(engine_codes(e, &v), "REASON_REQUIRED:sales");
    c.reason = STR("They bought before");
    v = engine_send(e, &c);
    ok(verdict_accepted(&v));
    struct ledger_reader *r;
    struct event ev;
    bool more = false, kept = false;
    ok(ledger_read(e->store, e->vault, v.first_seq, v.last_seq, &r) == RC_OK);
    while (ledger_next(r, e->arena, &ev, &more) == RC_OK && more)
        kept |= ev.record == v.id && str_is(ev.patch.reason, "They bought before");
    ledger_read_end(r);
    ok(kept);
}

/* A day of the company, in Berlin: midnight is an hour earlier in UTC. */
static void test_applies_from(struct engine *e)
{
    struct tallies all;
    struct verdict v = through(e, DOOR_CLI, ACTOR_PERSON, "code=x;amount=5");
    ok_str(meaning(&v, "R-2"), "audit");
    v = through(e, DOOR_CLI, ACTOR_PERSON, "code=old;amount=5;stage=offer");
    e->env.now = (struct instant){INT64_C(1768000000) * US_PER_SECOND}; /* 2026-01-09T23:06Z */
    v = through(e, DOOR_CLI, ACTOR_PERSON, "code=old;stage=proof");
    ok_str(meaning(&v, "G-2"), "audit");
    ok(verdict_accepted(&v));
    v = through(e, DOOR_CLI, ACTOR_PERSON, "code=new;amount=5;stage=offer");
    v = through(e, DOOR_CLI, ACTOR_PERSON, "code=new;stage=proof");
    ok_str(meaning(&v, "G-2"), "deny");
    struct command c = engine_command(e, CMD_UPSERT, "deal", "code=past;amount=5;stage=proof");
    c.dated = true;
    c.effective_at = (struct instant){INT64_C(1767700000) * US_PER_SECOND};
    v = engine_send(e, &c); /* of the past: created then */
    ok_str(meaning(&v, "G-2"), "audit");
    ok(verdict_accepted(&v));
    const struct tally *t = tally_of(e, &all, "G-2");
    ok(t && t->broken == 2); /* listed all the same */
    t = tally_of(e, &all, "R-2");
    ok(t && t->broken == 1);
}

int main(void)
{
    struct engine e;
    if (!ok(engine_open_memory(&e, model)))
        return tap_done();
    test_each_door(&e);
    test_nothing_hides(&e);
    test_gates(&e);
    test_skip_with_reason(&e);
    test_applies_from(&e);
    engine_close(&e);
    return tap_done();
}
