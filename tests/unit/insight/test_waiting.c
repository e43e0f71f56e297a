/* test_waiting.c - what waits for whom: one's own, one's team's and role's, a queue's; with deadlines and the words of answers. */
#include "insight/waiting.h"
#include "process/choices.h"
#include "tests/process.h"

static const char model[] =
    "  sam: {name: Sam Ode, role: ae}\n"
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
    "  - {name: odd, type: boolean}\n"
    "  - {name: waits, type: boolean}\n"
    "  - {name: notes, type: text}\n"
    "routes:\n"
    "- {name: inbound, object: lead, owner: ana, trigger: lead.odd, rules: [], otherwise: {queue: "
    "triage, owner: ana}}\n"
    "handoffs:\n"
    "- {name: to_sales, object: lead, owner: ana, from: ana, to: {owner_of: lead}, offer_when: "
    "lead.ready, packet: [ext, {field: notes, enforce: block}], sla: {calendar: hours, "
    "accept_within: 4h, pause_when: lead.waits}, return_reasons: [no_need, duplicate], starts: "
    "start}\n"
    "- {name: to_success, object: lead, owner: ana, from: ana, to: {team: csm}, offer_when: "
    "lead.won, packet: [ext]}\n"
    "playbooks:\n"
    "- {name: start, object: lead, owner: ana, tasks: [{name: Call, role: ae, due: 1bd, outcome: "
    "[held, moved]}, {name: Rest, role: ae, due: 2bd}]}\n";

struct bench {
    struct engine e;
    struct zone *zone;
    struct waiting w;
};

static bool read(struct bench *b, const char *name, const char *person, const char *team,
                 const char *queue)
{
    struct work_query q = {.model = b->e.model,
                           .kind = STR("queue"),
                           .name = str_of(name),
                           .person = str_of(person),
                           .team = str_of(team),
                           .queue = str_of(queue),
                           .now = b->e.env.now,
                           .zone = b->zone,
                           .limit = 50};
    return waiting_read(b->e.projection, b->e.adm, &q, b->e.arena, &b->w) == RC_OK;
}

/* Who is offered what, as "to_sales to_success". */
static const char *names(struct bench *b)
{
    struct str out = STR("");
    for (size_t i = 0; i < b->w.items.n; i++) {
        const struct row *r = b->w.items.v[i].row;
        out = str_printf(b->e.arena, "%.*s%s%s", STR_ARG(out), i ? " " : "",
                         shown(&b->e, r, r->object->builtin ? "name" : "ext"));
    }
    return str_c(b->e.arena, out);
}

static void start(struct bench *b)
{
    struct engine *e = &b->e;
    *b = (struct bench){0};
    if (!engine_open_memory(e, model) || zone_open(STR("Europe/Berlin"), &b->zone) != RC_OK) {
        fail("the engine opens");
        exit(tap_done());
    }
    engine_write(e, "person", "name=ana;role=revops");
    engine_write(e, "person", "name=ben");
    engine_write(e, "person", "name=sam;role=ae");
    uint64_t team = engine_write(e, "team", "name=csm").id;
    engine_write(e, "person",
                 str_printf(e->arena, "name=kim;role=csm;team=%llu", (unsigned long long)team).p);
    e->env.now = utc("2026-01-05T08:00:00Z"); /* a Monday, 09:00 in Berlin */
    engine_write(e, "lead", "ext=one;ready=true;owner=sam");
    engine_write(e, "lead", "ext=two;won=true;owner=ben");
    engine_write(e, "lead", "ext=three;odd=true");
    settle_now(e);
}

static void everybody_has_theirs(struct bench *b)
{
    ok(read(b, "mine", "sam", NULL, NULL));
    is_str(names(b), "to_sales", "an offer is its receiver's");
    ok(read(b, "mine", "kim", NULL, NULL));
    is_str(names(b), "to_success", "what is offered to a team is its members'");
    ok(read(b, "mine", "ben", NULL, NULL));
    is_str(names(b), "", "and nobody else's");
    ok(read(b, "team", NULL, "csm", NULL));
    is_str(names(b), "to_success", "asked for by the team");
    ok(read(b, "team", NULL, "other", NULL));
    is_str(names(b), "", "of another team nothing");
    ok(read(b, "mine", NULL, NULL, NULL));
    is_int(b->w.total, 2, "of nobody in particular, everything");
}

static void a_queue_is_everybodys(struct bench *b)
{
    ok(read(b, "triage", "sam", NULL, NULL));
    is_str(names(b), "three", "a record in a queue waits for whoever takes it");
    is_int(b->w.items.n ? b->w.items.v[0].about : 0, b->w.items.n ? b->w.items.v[0].row->id : 1,
           "it is about itself");
    ok(read(b, "triage", NULL, NULL, "triage"));
    is_str(names(b), "three", "asked for by name");
    ok(read(b, "triage", NULL, NULL, "other"));
    is_str(names(b), "", "another queue has nothing");
    act_as(&b->e, "sam", "lead", nth(&b->e, "lead", 2)->id, "owner=sam");
    ok(read(b, "triage", NULL, NULL, NULL));
    is_str(names(b), "", "taken, it is gone");
}

static int64_t minutes_left(struct bench *b, const struct waiting_item *i)
{
    struct calendars *c = calendars_open(b->e.model, &b->e.env.env, ".");
    struct duration left = {0};
    bool known = waiting_left(i, c, b->e.env.now, &left);
    calendars_close(c);
    return known ? left.us / (60 * US_PER_SECOND) : INT64_MIN;
}

static void a_deadline_counts_open_time(struct bench *b)
{
    struct engine *e = &b->e;
    e->env.now = utc("2026-01-05T10:00:00Z");
    ok(read(b, "mine", "sam", NULL, NULL));
    const struct waiting_item *i = b->w.items.v;
    is_int(waiting_band(i, e->env.now, b->zone), WAITING_TODAY, "due today");
    is_int(minutes_left(b, i), 120, "two hours of four are left");
    act_as(e, "sam", "lead", i->about, "waits=true");
    settle_now(e);
    e->env.now = utc("2026-01-05T13:00:00Z");
    ok(read(b, "mine", "sam", NULL, NULL));
    i = b->w.items.v;
    is_int(minutes_left(b, i), 120, "a pause keeps them");
    is_int(waiting_band(i, e->env.now, b->zone), WAITING_LATER, "and is never late");
    act_as(e, "sam", "lead", i->about, "waits=false");
    run_to(e, "2026-01-06T10:00:00Z");
    ok(read(b, "mine", "sam", NULL, NULL));
    i = b->w.items.v;
    is_int(waiting_band(i, e->env.now, b->zone), WAITING_OVERDUE, "missed");
    is_int(minutes_left(b, i), -180, "by three open hours, the night not counted");
    ok(read(b, "mine", "kim", NULL, NULL));
    is_int(waiting_band(b->w.items.v, e->env.now, b->zone), WAITING_NEVER,
           "an offer without a limit is never due");
}

static const char *whys(struct bench *b)
{
    struct str out = STR("");
    for (size_t i = 0; i < b->w.items.n; i++) {
        struct str why = waiting_why(&b->w.items.v[i], b->e.arena);
        out = str_printf(b->e.arena, "%.*s%s%.*s", STR_ARG(out), i ? "; " : "",
                         STR_ARG(why.n ? why : STR("own")));
    }
    return str_c(b->e.arena, out);
}

/* The offer to sam is late by now, and nobody answered it. */
static void others_answer_too(struct bench *b)
{
    struct engine *e = &b->e;
    engine_write(e, "person", "name=eva");
    engine_write(e, "person", "name=ben;manager=eva");
    engine_write(e, "person", "name=sam;manager=ben");
    ok(read(b, "mine", "ben", NULL, NULL));
    is_str(names(b), "to_sales", "what is late is their manager's too");
    is_str(whys(b), "sam reports to you", "and says why");
    ok(read(b, "mine", "eva", NULL, NULL));
    is_str(names(b), "", "but not for who is further up");
    ok(read(b, "deadlines", "ben", NULL, NULL));
    is_str(names(b), "", "nor is what nobody can answer for another");
    engine_write(e, "absence", "person=sam;starts=2026-01-06;ends=2026-01-07;delegate=kim");
    engine_write(e, "absence", "person=sam;starts=2026-01-05;ends=2026-01-09;delegate=ben");
    ok(read(b, "mine", "kim", NULL, NULL));
    is_str(names(b), "to_sales to_success", "who stands in sees what they may answer");
    is_str(whys(b), "for sam, who is away until 2026-01-09; own", "until the last of their days");
    ok(read(b, "mine", "ben", NULL, NULL));
    is_str(whys(b), "sam reports to you", "the first absence that names somebody counts");
    ok(read(b, "tasks", "kim", NULL, NULL));
    is_str(names(b), "", "tasks stay theirs");
}

static void answers_have_words(struct bench *b)
{
    struct engine *e = &b->e;
    const struct row *h = nth(e, "handoff", 0);
    struct choices c = choices_of_return(e->model, h);
    is_int(c.words ? c.words->n : 0, 2, "two reasons to return");
    struct str *names;
    bool *blocks;
    is_int(choices_packet(e->model, h, e->arena, &names, &blocks), 2, "two entries travel");
    ok(str_is(names[1], "notes") && blocks[1] && !blocks[0]);
    is_int(choices_routes(e->model, engine_object(e, "lead"), e->arena, &names), 1, "one route");
    is_int(choices_routes(e->model, engine_object(e, "person"), e->arena, &names), 0, "no route");
    act_as(e, "sam", "lead", nth(e, "lead", 0)->id, "notes=met");
    act_as(e, "sam", "handoff", h->id, "state=accepted");
    settle_now(e);
    c = choices_of_task(e->model, nth(e, "task", 0), e->arena);
    ok(c.words && c.words->n == 2 && c.required);
    c = choices_of_task(e->model, nth(e, "task", 1), e->arena);
    ok(!c.words && !c.required);
    ok(!choices_task_decides(nth(e, "task", 0)));
}

int main(void)
{
    struct bench b;
    start(&b);
    everybody_has_theirs(&b);
    a_queue_is_everybodys(&b);
    a_deadline_counts_open_time(&b);
    others_answer_too(&b);
    answers_have_words(&b);
    zone_close(b.zone);
    engine_close(&b.e);
    return tap_done();
}
