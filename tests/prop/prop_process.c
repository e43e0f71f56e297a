/* A year of a process, drawn: commands, time that jumps, deadlines worked off in portions, engines opened anew. Whatever the order, each
 * deadline ends once and as of its instant, no offer is doubled, turns stay fair, scores are the sum of their reasons, and what is
 * written into the past starts nothing. */
#include "base/json.h"
#include "care/doctor.h"
#include "clock/clock.h"
#include "process/decay.h"
#include "process/target.h"
#include "tests/process.h"
#include "tests/prop.h"

#include <inttypes.h>

enum { STEPS_MAX = 160, LEADS_MAX = 60, ROWS_MAX = 1000, SIZE_POINTS = 60, PRICING_POINTS = 40 };
enum { PRICING_HALF_LIFE = 45, STUDENT_POINTS = -50 };

static const char model[] =
    "  sam: {name: Sam Ode, role: ae, manager: ben, calendar: hours}\n"
    "  lou: {name: Lou Fabre, role: ae, manager: ben}\n"
    "  tia: {name: Tia Weber, role: ae, manager: ben}\n"
    "calendars: {hours: {open: {mon-fri: ['09:00-17:00']}}}\n"
    "objects:\n"
    "- name: lead\n"
    "  owner: ana\n"
    "  keys: [ext]\n"
    "  fields:\n"
    "  - {name: ext, type: text}\n"
    "  - {name: employees, type: integer}\n"
    "  - {name: title, type: text}\n"
    "  - {name: asked, type: boolean}\n"
    "  - {name: waits, type: boolean}\n"
    "  - {name: discount, type: integer}\n"
    "  - {name: notes, type: text}\n"
    "- name: touch\n"
    "  owner: ana\n"
    "  kind: fact\n"
    "  fields: [{name: lead, type: ref, to: lead}, {name: channel, type: text}, {name: at, type: "
    "instant, required: true}]\n"
    "lifecycles:\n"
    "- name: way\n"
    "  object: lead\n"
    "  owner: ana\n"
    "  waivers: {approver: ben, expires_after: 14d}\n"
    "  stages:\n"
    "  - {name: raw}\n"
    "  - name: mql\n"
    "    advance: auto\n"
    "    enter: [{id: FIT, require: lead.fit >= 60}, {id: ACT, require: \"lead.asked || "
    "lead.touches.exists(t, t.channel == 'pricing')\"}]\n"
    "  - {name: sal, advance: handoff, via: to_sales}\n"
    "  - {name: sql, enter: [{id: PRICE, require: \"has(lead.discount) && lead.discount <= "
    "20\"}]}\n"
    "scores:\n"
    "- name: fit\n"
    "  object: lead\n"
    "  owner: ana\n"
    "  range: [0, 100]\n"
    "  points:\n"
    "  - {add: 60, when: lead.employees >= 50, because: Size}\n"
    "  - {add: 40, when: \"lead.touches.exists(t, t.channel == 'pricing')\", because: Pricing, "
    "half_life: 45d}\n"
    "  - {add: -50, when: lead.title == 'student', because: Student}\n"
    "pools: {reps: {members: [sam, lou, {person: tia, weight: 2}]}}\n"
    "routes:\n"
    "- {name: inbound, object: lead, owner: ana, trigger: lead.lifecycle_stage == 'mql', rules: "
    "[], otherwise: {pool: reps}}\n"
    "handoffs:\n"
    "- name: to_sales\n"
    "  object: lead\n"
    "  owner: ana\n"
    "  from: ana\n"
    "  to: {owner_of: lead}\n"
    "  offer_when: lead.lifecycle_stage == 'mql'\n"
    "  packet: [fit, notes, touches]\n"
    "  sla: {calendar: hours, accept_within: 4h, first_touch_within: 8h, pause_when: lead.waits}\n"
    "  escalate: [{at: 50%, notify: [owner]}, {at: 100%, notify: [owner, ben], then: {reroute: "
    "inbound}}]\n"
    "  return_reasons: [wrong_segment, duplicate]\n"
    "playbooks:\n"
    "- {name: welcome, object: lead, owner: ben, tasks: [{name: Call, due: 2bd}, {name: Send, due: "
    "5d, after: Call}]}\n"
    "automations:\n"
    "- {name: greet, object: lead, when: lead.lifecycle_stage == 'sal', do: [{playbook: "
    "welcome}]}\n";

static const char *const sellers[] = {"sam", "lou", "tia"};
static const int64_t weights[] = {1, 1, 2};

struct lead {
    uint64_t id;
    bool past;              /* written into the past and never touched again */
    struct instant pricing; /* of the newest touch; INSTANT_MIN: none */
};

struct year {
    struct prop *p;
    struct engine e;
    struct arena *scratch; /* of one check */
    struct lead leads[LEADS_MAX];
    size_t n;
    uint64_t people[3];
    bool held;
};

struct rows {
    struct row *v[ROWS_MAX];
    size_t n;
};

static void broken(struct year *y, const char *what, uint64_t record)
{
    if (y->held)
        prop_note(y->p, "%s: record %" PRIu64, what, record);
    y->held = false;
}

/* All live records of an object by id. */
static struct rows *rows_of(struct year *y, const char *object)
{
    struct list_query q = {.object = engine_object(&y->e, object)};
    struct list_place after = {0}, *page;
    struct rows *out = ARENA_NEW(y->scratch, struct rows);
    uint64_t ids[ROWS_MAX];
    if (list_page(y->e.projection, &q, &after, ROWS_MAX, y->scratch, &page, &out->n) != RC_OK) {
        broken(y, "a list failed", 0);
        out->n = 0;
    }
    for (size_t i = 0; i < out->n; i++) {
        size_t k = i;
        for (; k > 0 && ids[k - 1] > page[i].id; k--)
            ids[k] = ids[k - 1];
        ids[k] = page[i].id;
    }
    if (out->n && rows_load(y->e.projection, q.object, ids, out->n, y->scratch, out->v) != RC_OK)
        broken(y, "rows cannot be read", 0);
    return out;
}

/* ---- what happens ---------------------------------------------------------------------------------------------- */

static struct verdict send(struct year *y, struct command *c, const char *person)
{
    if (person)
        c->actor = (struct actor){
            .kind = ACTOR_PERSON, .name = str_of(person), .person = person_named(&y->e, person)};
    return engine_send(&y->e, c);
}

static void update(struct year *y, const char *object, uint64_t id, const char *fields,
                   const char *person)
{
    struct command c = engine_command(&y->e, CMD_UPDATE, object, fields);
    c.id = id;
    struct verdict v = send(y, &c, person);
    prop_note(y->p, "%s %" PRIu64 " %s by %s: %s", object, id, fields, person ? person : "nobody",
              verdict_outcome_name(v.outcome));
}

static size_t records_made(struct year *y)
{
    static const char *const objects[] = {"handoff", "clock", "assignment", "task", "enrolment"};
    size_t n = 0;
    for (size_t i = 0; i < sizeof objects / sizeof *objects; i++)
        n += rows_of(y, objects[i])->n;
    return n;
}

static void create_lead(struct year *y, bool past)
{
    struct prop *p = y->p;
    if (y->n == LEADS_MAX)
        return;
    struct str fields = str_printf(
        y->e.arena, "ext=L%zu;employees=%d;asked=%s;title=%s;notes=%s", y->n,
        past || prop_once_in(p, 2) ? 60 : 10, past || prop_once_in(p, 2) ? "true" : "false",
        !past && prop_once_in(p, 8) ? "student" : "", prop_once_in(p, 2) ? "x" : "");
    struct command c = engine_command(&y->e, CMD_UPSERT, "lead", str_c(y->e.arena, fields));
    size_t before = past ? records_made(y) : 0;
    if (past) {
        c.dated = true;
        c.effective_at.us = y->e.env.now.us - (1 + (int64_t)prop_draw(p, 40)) * US_PER_DAY;
    }
    struct verdict v = engine_send(&y->e, &c);
    prop_note(p, "lead %.*s%s: %s %" PRIu64, STR_ARG(fields), past ? ", as of the past" : "",
              verdict_outcome_name(v.outcome), v.id);
    if (!verdict_accepted(&v)) {
        broken(y, "a lead is refused", y->n);
        return;
    }
    y->leads[y->n++] = (struct lead){.id = v.id, .past = past, .pricing = INSTANT_MIN};
    if (past && records_made(y) != before)
        broken(y, "a write into the past starts something", v.id);
}

/* One that people work on; NULL: none so far. */
static struct lead *some_lead(struct year *y)
{
    struct lead *l = y->n ? &y->leads[prop_draw(y->p, y->n)] : NULL;
    return l && !l->past ? l : NULL;
}

static void touch(struct year *y, struct lead *l)
{
    struct engine *e = &y->e;
    const struct object *o = engine_object(e, "touch");
    bool pricing = prop_once_in(y->p, 2);
    struct instant at = {e->env.now.us - (int64_t)prop_draw(y->p, 3) * US_PER_DAY};
    struct field_input inputs[] = {
        {.name = STR("lead"), .form = INPUT_VALUE, .value = {.type = VT_REF, .ref = l->id}},
        {.name = STR("channel"), .text = pricing ? STR("pricing") : STR("page")},
        {.name = STR("at"), .form = INPUT_VALUE, .value = {.type = VT_INSTANT, .instant = at}}};
    const struct field_input *rows[] = {inputs};
    struct fact_batch batch = {.object = o, .n_columns = 3, .inputs = rows, .n_rows = 1};
    struct verdict v = {0};
    if (admission_facts(e->adm, &batch, NULL, e->arena, &v) != RC_OK || !verdict_accepted(&v))
        broken(y, "a touch is refused", l->id);
    if (pricing && at.us > l->pricing.us)
        l->pricing = at;
    prop_note(y->p, "touch of %" PRIu64 ": %s", l->id, pricing ? "pricing" : "page");
    e->env.now.us += US_PER_SECOND;
}

static const char *name_of(const struct year *y, uint64_t person)
{
    for (size_t i = 0; i < 3; i++)
        if (y->people[i] == person)
            return sellers[i];
    return "ben";
}

static void answer(struct year *y, bool accept)
{
    struct rows *all = rows_of(y, "handoff");
    struct row *h = all->n ? all->v[prop_draw(y->p, all->n)] : NULL;
    if (h)
        update(y, "handoff", h->id, accept ? "state=accepted" : "state=returned;reason=duplicate",
               name_of(y, row_owner(h)));
}

static void end_task(struct year *y)
{
    static const char *const ends[] = {"state=done", "state=skipped;reason=no time"};
    struct rows *all = rows_of(y, "task");
    if (all->n)
        update(y, "task", all->v[prop_draw(y->p, all->n)]->id, ends[prop_draw(y->p, 2)], "ben");
}

static void go_away(struct year *y)
{
    char starts[16], ends[16];
    size_t who = (size_t)prop_draw(y->p, 3);
    struct date from = {(int32_t)(y->e.env.now.us / US_PER_DAY) + (int32_t)prop_draw(y->p, 3)};
    struct date to = {from.days + (int32_t)prop_draw(y->p, 15)};
    struct str f = str_printf(y->e.arena, "person=%" PRIu64 ";starts=%.*s;ends=%.*s",
                              y->people[who], STR_ARG(date_text(from, starts)),
                              STR_ARG(date_text(to, ends)));
    struct verdict v = engine_write(&y->e, "absence", str_c(y->e.arena, f));
    prop_note(y->p, "%s away: %s %s", sellers[who], f.p, verdict_outcome_name(v.outcome));
}

/* Asks for a waiver, or decides on one: sam asks, ben approves. */
static void waive_price(struct year *y, struct lead *l)
{
    struct rows *all = rows_of(y, "waiver");
    if (all->n && prop_once_in(y->p, 2)) {
        update(y, "waiver", all->v[prop_draw(y->p, all->n)]->id, "state=approved", "ben");
        return;
    }
    struct str f = str_printf(y->e.arena, "rule=PRICE;reason=a friend;lead=%" PRIu64, l->id);
    struct command c = engine_command(&y->e, CMD_CREATE, "waiver", str_c(y->e.arena, f));
    struct verdict v = send(y, &c, "sam");
    prop_note(y->p, "waiver for %" PRIu64 ": %s", l->id, verdict_outcome_name(v.outcome));
}

static void change_lead(struct year *y, struct lead *l)
{
    static const char *const changes[] = {"employees=60", "employees=5", "waits=true",
                                          "waits=false",  "asked=true",  "title=student",
                                          "title=",       "discount=30", "lifecycle_stage=sql",
                                          "notes=called", "owner=",      "lifecycle_stage=raw"};
    const char *f = changes[prop_draw(y->p, sizeof changes / sizeof *changes)];
    if (strcmp(f, "owner=") == 0)
        f = str_c(y->e.arena,
                  str_printf(y->e.arena, "owner=%" PRIu64, y->people[prop_draw(y->p, 3)]));
    struct command c = engine_command(&y->e, CMD_UPDATE, "lead", f);
    c.id = l->id;
    c.reason = STR("drawn");
    struct verdict v = send(y, &c, "ben");
    prop_note(y->p, "lead %" PRIu64 " %s: %s", l->id, f, verdict_outcome_name(v.outcome));
}

static void fire(struct year *y, uint64_t max)
{
    struct clock_target t = {.admission = y->e.adm};
    uint64_t fired = 0;
    if (clock_fire(&t, y->e.env.now, max, NULL, &fired) != RC_OK)
        broken(y, "what is due cannot be worked off", 0);
    prop_note(y->p, "worked off %" PRIu64, fired);
}

static void pass(struct year *y)
{
    static const uint64_t portions[] = {1, 3, 20, 100000};
    y->e.env.now.us += (int64_t)prop_draw(y->p, 20) * US_PER_DAY +
                       (int64_t)prop_draw(y->p, 48) * 30 * 60 * US_PER_SECOND;
    char text[40];
    prop_note(y->p, "it is %.*s", STR_ARG(instant_text(y->e.env.now, text)));
    for (size_t n = (size_t)prop_draw(y->p, 3); n > 0; n--)
        fire(y, portions[prop_draw(y->p, 4)]);
}

static void restart(struct year *y)
{
    if (!engine_restart(&y->e))
        abort();
    prop_note(y->p, "opened anew");
}

static void step(struct year *y)
{
    uint64_t kind = prop_draw(y->p, 20);
    struct lead *l = kind > 9 ? some_lead(y) : NULL;
    if (kind <= 1)
        create_lead(y, false);
    else if (kind <= 5)
        pass(y);
    else if (kind <= 7)
        answer(y, kind == 6 || prop_once_in(y->p, 3));
    else if (kind == 8)
        prop_once_in(y->p, 2) ? go_away(y) : restart(y);
    else if (kind == 9)
        prop_once_in(y->p, 2) ? create_lead(y, true) : end_task(y);
    else if (l && kind <= 12)
        touch(y, l);
    else if (l && kind <= 18)
        change_lead(y, l);
    else if (l)
        waive_price(y, l);
}

/* ---- what holds at any time ---------------------------------------------------------------------------------- */

static const struct value *value_of(const struct row *r, const char *field)
{
    return row_value(r, object_field(r->object, str_of(field)));
}

static void check_offers(struct year *y)
{
    struct rows *all = rows_of(y, "handoff");
    for (size_t i = 0; i < all->n; i++) {
        struct row *h = all->v[i];
        if (row_is(h, "state", "accepted") && value_of(h, "packet")->type == VT_ABSENT)
            broken(y, "accepted without a packet", h->id);
        for (size_t k = 0; k < i && row_is(h, "state", "offered"); k++)
            if (row_is(all->v[k], "state", "offered") &&
                row_ref(all->v[k], "lead") == row_ref(h, "lead"))
                broken(y, "two open offers", row_ref(h, "lead"));
    }
}

static void check_sum(struct year *y, const struct row *lead)
{
    struct json *j;
    struct str terms = value_of(lead, "fit_terms")->text;
    int64_t sum = 0, points;
    if (value_of(lead, "fit")->type != VT_INT ||
        json_read(terms, NULL, y->scratch, &j, NULL) != RC_OK) {
        broken(y, "no score", lead->id);
        return;
    }
    for (uint32_t i = 0; i < j->n; i++)
        if (json_int(json_get(&j->items[i], "points"), &points))
            sum += points;
    if (sum != row_int(lead, "fit", 0))
        broken(y, "the kept terms are not the score", lead->id);
}

static void check_always(struct year *y)
{
    arena_reset(y->scratch);
    check_offers(y);
    struct rows *leads = rows_of(y, "lead");
    for (size_t i = 0; i < leads->n; i++)
        check_sum(y, leads->v[i]);
    arena_reset(y->scratch);
}

/* ---- what holds when all that is due was worked off ---------------------------------------------------------- */

static int64_t score_from_scratch(struct year *y, const struct lead *l, const struct row *row)
{
    struct zone *z;
    int64_t sum = 0;
    if (zone_open(STR("Europe/Berlin"), &z) != RC_OK)
        abort();
    if (row_int(row, "employees", 0) >= 50)
        sum += SIZE_POINTS;
    if (str_is(row_text(row, "title"), "student"))
        sum += STUDENT_POINTS;
    if (l->pricing.us != INSTANT_MIN.us) {
        int64_t age = zone_date(z, y->e.env.now).days - zone_date(z, l->pricing).days;
        sum += decay_points(PRICING_POINTS, age > 0 ? age : 0, PRICING_HALF_LIFE);
    }
    zone_close(z);
    return sum < 0 ? 0 : sum > 100 ? 100 : sum;
}

static void check_scores(struct year *y)
{
    for (size_t i = 0; i < y->n; i++) {
        struct row *row = engine_row(&y->e, "lead", y->leads[i].id);
        int64_t want = row ? score_from_scratch(y, &y->leads[i], row) : -1;
        if (!row || row_int(row, "fit", -2) != want)
            broken(y, "a score computed from scratch differs", y->leads[i].id);
    }
}

/* What the ledger says of one clock. */
struct course {
    uint64_t id;
    struct instant due;
    int64_t marks;
    int ends, breaches;
};

static void follow_clock(struct year *y, const struct object *o, const struct event *e,
                         struct course *c)
{
    for (size_t i = 0; i < e->patch.n_fields; i++) {
        const struct patch_field *p = &e->patch.fields[i];
        const struct field *f = object_field_numbered(o, p->field);
        if (p->value.type == VT_ABSENT)
            continue;
        if (str_is(f->name, "due_at"))
            c->due = p->value.instant;
        if (str_is(f->name, "state")) {
            struct str s = field_value_text(f, &p->value, y->scratch);
            c->ends += !str_is(s, "running") && !str_is(s, "paused");
        }
        if (str_is(f->name, "marks")) {
            if (p->value.integer < c->marks)
                broken(y, "a mark passed twice", c->id);
            c->marks = p->value.integer;
        }
        if (str_is(f->name, "breached_at")) {
            c->breaches++;
            if (p->value.instant.us != c->due.us)
                broken(y, "breached at another instant than it was due", c->id);
        }
    }
}

static void check_clocks(struct year *y)
{
    const struct object *o = engine_object(&y->e, "clock");
    struct course *all = ARENA_ARRAY(y->scratch, ROWS_MAX, struct course);
    size_t n = 0;
    struct ledger_reader *r;
    struct event e;
    bool more = true;
    if (ledger_read(y->e.store, y->e.vault, 1, 0, &r) != RC_OK)
        abort();
    while (ledger_next(r, y->scratch, &e, &more) == RC_OK && more) {
        if (e.object != o->number || (e.kind != EV_CREATE && e.kind != EV_PATCH))
            continue;
        if (e.kind == EV_CREATE && n < ROWS_MAX)
            all[n++] = (struct course){.id = e.record};
        for (size_t i = n; i-- > 0;)
            if (all[i].id == e.record) {
                follow_clock(y, o, &e, &all[i]);
                break;
            }
    }
    ledger_read_end(r);
    for (size_t i = 0; i < n; i++) {
        if (all[i].ends != 1)
            broken(y, all[i].ends ? "a deadline ended twice" : "a deadline never ended", all[i].id);
        if (all[i].breaches > 1)
            broken(y, "a deadline was breached twice", all[i].id);
    }
}

/* Whether a member of the pool could take the turn that the log tells of. */
static bool could_take(struct year *y, const struct row *assignment, size_t member)
{
    struct json *log;
    if (json_read(value_of(assignment, "log")->text, NULL, y->scratch, &log, NULL) != RC_OK)
        abort();
    const struct json *pool = json_get(json_get(log, "otherwise"), "pool");
    const struct json *members = json_get(pool, "members");
    return members && member < members->n && !json_get(&members->items[member], "skipped");
}

/* In a run of turns that m could have taken nobody gets more than one turn beyond their share of it (prop_pool says more). */
static void check_turns(struct year *y)
{
    int64_t ahead[3][3] = {{0}}, least[3][3] = {{0}};
    struct rows *all = rows_of(y, "assignment");
    for (size_t i = 0; i < all->n; i++) {
        if (!str_is(row_text(all->v[i], "pool"), "reps"))
            continue;
        for (size_t m = 0; m < 3; m++) {
            bool could = could_take(y, all->v[i], m);
            for (size_t k = 0; k < 3; k++) {
                uint64_t who = row_owner(all->v[i]);
                ahead[k][m] += who == y->people[k] ? weights[m] : 0;
                ahead[k][m] -= who == y->people[m] ? weights[k] : 0;
                if (!could)
                    ahead[k][m] = least[k][m] = 0;
                if (ahead[k][m] < least[k][m])
                    least[k][m] = ahead[k][m];
                if (ahead[k][m] - least[k][m] > weights[k] * weights[m])
                    broken(y, "turns are not even", all->v[i]->id);
            }
        }
    }
}

static void check_past(struct year *y)
{
    static const char *const objects[] = {"handoff", "clock", "assignment", "task", "enrolment"};
    for (size_t o = 0; o < sizeof objects / sizeof *objects; o++) {
        struct rows *all = rows_of(y, objects[o]);
        for (size_t i = 0; i < all->n; i++)
            for (size_t k = 0; k < y->n; k++)
                if (y->leads[k].past && row_ref(all->v[i], "lead") == y->leads[k].id)
                    broken(y, "something began of a record of the past", y->leads[k].id);
    }
}

static void check_doctor(struct year *y)
{
    struct doctor_settings s = {.store = y->e.store, .vault = y->e.vault, .model = y->e.model};
    struct doctor_report report;
    struct diags ds;
    diags_init(&ds, y->scratch);
    if (doctor_run(&s, y->scratch, &report, &ds) != RC_OK || diags_rc(&ds) != RC_OK)
        broken(y, "a rebuild differs, or the ledger is not whole", 0);
}

/* Nobody waits for anything any more, and time goes on until every deadline has passed. */
static void let_it_end(struct year *y)
{
    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < y->n && round == 0; i++)
            if (!y->leads[i].past)
                update(y, "lead", y->leads[i].id, "waits=false", NULL);
        for (int month = 0; month < 3; month++) {
            fire(y, 100000);
            y->e.env.now.us += 30 * US_PER_DAY;
        }
    }
    fire(y, 100000);
}

static void begin(struct year *y)
{
    static const char *const people[] = {"ana", "ben", "sam", "lou", "tia"};
    if (!engine_open_memory(&y->e, model))
        abort();
    for (size_t i = 0; i < 5; i++) {
        struct str f = str_printf(y->e.arena, "name=%s;active=true", people[i]);
        struct verdict v = engine_write(&y->e, "person", str_c(y->e.arena, f));
        if (i >= 2)
            y->people[i - 2] = v.id;
    }
}

static bool a_year_holds(struct prop *p, void *context)
{
    struct year *y = context;
    *y = (struct year){.p = p, .scratch = arena_new(), .held = true};
    begin(y);
    size_t steps = 10 + (size_t)prop_draw(p, STEPS_MAX - 10);
    for (size_t i = 0; i < steps && y->held; i++) {
        step(y);
        check_always(y);
    }
    if (y->held) {
        let_it_end(y);
        check_always(y);
        check_scores(y);
        check_clocks(y);
        check_turns(y);
        check_past(y);
        check_doctor(y);
    }
    engine_close(&y->e);
    arena_free(y->scratch);
    return y->held;
}

int main(int argc, char **argv)
{
    static const struct property properties[] = {
        {.name = "a drawn year of a process ends as it should",
         .holds = a_year_holds,
         .divide = 25},
    };
    static struct year y; /* tidy: globals: one year at a time, too large for a stack */
    return prop_main(argc, argv, properties, 1, &y);
}
