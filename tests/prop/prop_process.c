/* A year of a process, drawn: commands, time that jumps, deadlines worked off in portions, messages sent, engines opened anew, and the
 * power cut at any moment: between two commits, within one, between a message's claim and its sending, or its sending and its
 * settling. Whatever the order, what was acknowledged stays, each deadline ends once and as of its instant, no offer is doubled,
 * every message goes out under one id, turns stay fair, scores are the sum of their reasons, and what is written into the past
 * starts nothing. */
#include "base/json.h"
#include "care/doctor.h"
#include "clock/clock.h"
#include "connect/outbox.h"
#include "process/decay.h"
#include "process/target.h"
#include "tests/courses.h"
#include "tests/crash/crashfs.h"
#include "tests/hook.h"
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
    struct crashfs *fs;
    struct engine e; /* over files of fs */
    struct hook *hook;
    struct arena *scratch; /* of one check */
    struct lead leads[LEADS_MAX];
    size_t n;
    uint64_t people[3];
    bool held;
    struct ledger_head kept; /* what was acknowledged last */
    /* What is being done: nobody knows whether it counts when the power goes. */
    bool making_past;
    struct lead *touching;
    struct instant touched;
    /* Of the messages to come this one fares so, and the power may go with it. */
    struct instant delivered; /* when, last */
    bool sending;
    size_t odd;
    enum hook_fate fate;
    bool cut;
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

/* What was said to be done must be there after a cut, also when the power went before the answer was heard. */
static bool acknowledge(struct year *y, enum rc rc, const char *what)
{
    if (rc == RC_OK)
        y->kept = ledger_head(y->e.ledger);
    else if (!crashfs_is_off(y->fs))
        broken(y, what, 0);
    return rc == RC_OK;
}

/* As nobody where `person` is NULL; refused too when the power went. */
static struct verdict command(struct year *y, struct command *c, const char *person)
{
    struct verdict v = {.outcome = VERDICT_REFUSED};
    if (person)
        c->actor = (struct actor){
            .kind = ACTOR_PERSON, .name = str_of(person), .person = person_named(&y->e, person)};
    enum rc rc = admission_group(y->e.adm, c, 1, NULL, y->e.arena, &v);
    y->e.env.now.us += US_PER_SECOND;
    if (!acknowledge(y, rc, "a command cannot be decided"))
        v.outcome = VERDICT_REFUSED;
    return v;
}

static void update(struct year *y, const char *object, uint64_t id, const char *fields,
                   const char *person)
{
    struct command c = engine_command(&y->e, CMD_UPDATE, object, fields);
    c.id = id;
    struct verdict v = command(y, &c, person);
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
    y->making_past = past;
    struct verdict v = command(y, &c, NULL);
    prop_note(p, "lead %.*s%s: %s %" PRIu64, STR_ARG(fields), past ? ", as of the past" : "",
              verdict_outcome_name(v.outcome), v.id);
    if (crashfs_is_off(y->fs))
        return; /* come_back knows whether it is there */
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

static void end_touch(struct year *y, bool counts)
{
    if (counts && y->touching && y->touched.us > y->touching->pricing.us)
        y->touching->pricing = y->touched;
    y->touching = NULL;
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
    y->touching = pricing ? l : NULL;
    y->touched = at;
    enum rc rc = admission_facts(e->adm, &batch, NULL, e->arena, &v);
    if (acknowledge(y, rc, "a touch cannot be written"))
        end_touch(y, true);
    if (rc == RC_OK && !verdict_accepted(&v))
        broken(y, "a touch is refused", l->id);
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
    struct command c = engine_command(&y->e, CMD_UPSERT, "absence", str_c(y->e.arena, f));
    struct verdict v = command(y, &c, NULL);
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
    struct verdict v = command(y, &c, "sam");
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
    struct verdict v = command(y, &c, "ben");
    prop_note(y->p, "lead %" PRIu64 " %s: %s", l->id, f, verdict_outcome_name(v.outcome));
}

static void fire(struct year *y, uint64_t max)
{
    struct clock_target t = {.admission = y->e.adm};
    uint64_t fired = 0;
    (void)acknowledge(y, clock_fire(&t, y->e.env.now, max, NULL, &fired),
                      "what is due cannot be worked off");
    prop_note(y->p, "worked off %" PRIu64, fired);
}

/* In the hook's thread, while deliver() waits for it. */
static enum hook_fate fare(void *self)
{
    struct year *y = self;
    if (y->odd != 0)
        y->odd--;
    if (y->odd != 0)
        return HOOK_TAKES;
    if (y->cut)
        crashfs_cut_now(y->fs);
    y->odd = SIZE_MAX;
    return y->fate;
}

static void deliver(struct year *y, uint64_t odd)
{
    struct outbox o = {
        .env = &y->e.env.env,
        .workspace = ".",
        .admission = y->e.adm,
        .store = y->e.store,
        .vault = y->e.vault,
        .projection = y->e.projection,
        .model = y->e.model,
        .settings = {.has_chat = true,
                     .chat = str_printf(y->e.arena, "http://127.0.0.1:%d/", y->hook->port)}};
    struct outbox_counts counts;
    y->odd = odd ? (size_t)odd : SIZE_MAX;
    y->fate = prop_once_in(y->p, 2) ? HOOK_MUTE : HOOK_LOSES;
    y->cut = prop_once_in(y->p, 2);
    y->sending = true;
    if (acknowledge(y, outbox_deliver(&o, 1000, &counts), "messages cannot be sent")) {
        y->sending = false;
        if (!counts.waiting)
            y->delivered = y->e.env.now;
    }
    prop_note(y->p, "sent %" PRIu64 ", to be tried again %" PRIu64, counts.sent, counts.waiting);
}

static void pass(struct year *y)
{
    static const uint64_t portions[] = {1, 3, 20, 100000};
    y->e.env.now.us += (int64_t)prop_draw(y->p, 20) * US_PER_DAY +
                       (int64_t)prop_draw(y->p, 48) * 30 * 60 * US_PER_SECOND;
    char text[40];
    prop_note(y->p, "it is %.*s", STR_ARG(instant_text(y->e.env.now, text)));
    for (size_t n = (size_t)prop_draw(y->p, 3); n > 0 && !crashfs_is_off(y->fs); n--)
        fire(y, portions[prop_draw(y->p, 4)]);
    /* The text of a message does not wait for ever. */
    if (y->e.env.now.us - y->delivered.us > 15 * US_PER_DAY && !crashfs_is_off(y->fs))
        deliver(y, 0);
}

static void restart(struct year *y)
{
    if (!engine_restart(&y->e))
        abort();
    prop_note(y->p, "opened anew");
}

/* The lead that was being made when the power went, when it is there. */
static void find_lead(struct year *y)
{
    struct rows *all = rows_of(y, "lead");
    if (all->n > y->n + 1)
        broken(y, "leads that nobody made", 0);
    for (size_t i = 0; i < all->n && y->n < LEADS_MAX; i++) {
        bool known = false;
        for (size_t k = 0; k < y->n; k++)
            known = known || y->leads[k].id == all->v[i]->id;
        if (!known)
            y->leads[y->n++] = (struct lead){
                .id = all->v[i]->id, .past = y->making_past, .pricing = INSTANT_MIN};
    }
}

/* Power again. What was acknowledged is there, and of what was under way all or nothing. */
static void come_back(struct year *y)
{
    struct ledger_check check;
    struct diags ds;
    const struct ledger_since since = {y->kept.seq, y->kept.hash};
    engine_detach(&y->e);
    crashfs_reboot(y->fs, prop_draw(y->p, 1000));
    prop_note(y->p, "the power went, and is back");
    if (!engine_attach(&y->e, true))
        abort();
    arena_reset(y->scratch);
    diags_init(&ds, y->scratch);
    if (ledger_verify(y->e.store, &since, NULL, &check, &ds) != RC_OK || diags_rc(&ds) != RC_OK)
        broken(y, "something acknowledged is gone", 0);
    end_touch(y, check.head.seq > y->kept.seq);
    find_lead(y);
    y->kept = check.head;
    if (y->sending) { /* once the claims have ended */
        y->e.env.now.us += 7 * 3600 * US_PER_SECOND;
        deliver(y, 0);
    }
}

static void step(struct year *y)
{
    uint64_t kind = prop_draw(y->p, 22);
    if (prop_once_in(y->p, 12))
        crashfs_cut_at(y->fs, 1 + prop_draw(y->p, 6));
    if (kind >= 20) {
        deliver(y, prop_draw(y->p, 4));
        return;
    }
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

/* One stage at a time, the one that the record says. */
static void check_stage(struct year *y, const struct row *lead)
{
    struct fold_visit *visits;
    size_t n, open = 0;
    const struct value *stage = value_of(lead, "lifecycle_stage");
    if (rows_visits(y->e.projection, lead->object, lead->id, y->scratch, &visits, &n) != RC_OK)
        abort();
    for (size_t i = 0; i < n; i++) {
        bool stays = visits[i].left.seq == 0;
        open += stays;
        if ((stays && visits[i].stage != stage->number_of) ||
            (i > 0 && stamp_cmp(visits[i - 1].left, visits[i].entered) > 0))
            broken(y, "a visit that is none", lead->id);
    }
    if (open != 1)
        broken(y, "not in one stage", lead->id);
}

static void check_always(struct year *y)
{
    arena_reset(y->scratch);
    check_offers(y);
    struct rows *leads = rows_of(y, "lead");
    for (size_t i = 0; i < leads->n; i++) {
        check_sum(y, leads->v[i]);
        check_stage(y, leads->v[i]);
    }
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

static void check_clocks(struct year *y)
{
    struct courses c = {.e = &y->e, .a = y->scratch};
    courses_follow(&c);
    if (c.broken)
        broken(y, c.broken, c.id);
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

/* The same words to the same person about the same thing at the same instant are one message. */
static bool is_said(const struct rows *notices, size_t i)
{
    static const char *const same[] = {"owner", "kind", "text", "lead", "at"};
    for (size_t k = 0; k < i; k++) {
        size_t n = 0;
        while (n < 5 &&
               value_eq(value_of(notices->v[i], same[n]), value_of(notices->v[k], same[n])))
            n++;
        if (n == 5)
            return true;
    }
    return false;
}

/* Each notice that names chat is one message, which went out, under its own id or with others. */
static void check_messages(struct year *y)
{
    struct outbox_row *rows;
    size_t n = 0, asked = 0;
    struct rows *notices = rows_of(y, "notification");
    for (size_t i = 0; i < notices->n; i++)
        asked += str_find(row_text(notices->v[i], "channel"), STR("chat"), 0) >= 0 &&
                 !is_said(notices, i);
    if (outbox_page(y->e.store, y->e.vault, -1, 0, ROWS_MAX, y->scratch, &rows, &n) != RC_OK)
        abort();
    for (size_t i = 0; i < n; i++) {
        const struct outbox_row *m = &rows[i];
        if (m->state == OUTBOX_SENT && (m->together || hook_heard(y->hook, m->name)))
            continue;
        prop_note(y->p, "%.*s: %s %.*s", STR_ARG(m->name), outbox_state_name(m->state),
                  STR_ARG(m->error));
        broken(y, "a message did not go out", m->record);
    }
    if (n != asked || y->hook->clash)
        broken(y, y->hook->clash ? "one id with two texts" : "messages are lost or made up", n);
}

/* The digests of a few days, and what is tried again. */
static void settle_down(struct year *y)
{
    for (int day = 0; day < 3; day++) {
        fire(y, 100000);
        deliver(y, 0);
        y->e.env.now.us += US_PER_DAY;
    }
    fire(y, 100000);
}

/* Nobody waits for anything any more, and time goes on until every deadline has passed. */
static void let_it_end(struct year *y)
{
    crashfs_cut_at(y->fs, 0);
    settle_down(y);
    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < y->n && round == 0; i++)
            if (!y->leads[i].past)
                update(y, "lead", y->leads[i].id, "waits=false", NULL);
        for (int month = 0; month < 3; month++) {
            fire(y, 100000);
            deliver(y, 0);
            y->e.env.now.us += 30 * US_PER_DAY;
        }
        settle_down(y);
    }
}

/* An engine on a disk that loses power. */
static void open_engine(struct year *y)
{
    y->fs = crashfs_new(prop_draw(y->p, 1000));
    y->e = (struct engine){.arena = arena_new(), .dir = "."};
    env_sim_init(&y->e.env, 1, (struct instant){INT64_C(1767225600) * US_PER_SECOND});
    y->e.env.env = *crashfs_env(y->fs);
    crashfs_follow(y->fs, &y->e.env.now);
    if (!engine_model(&y->e, model) || !engine_attach(&y->e, false))
        abort();
}

/* lou hears of things in chat, ben once a day. */
static void begin(struct year *y)
{
    static const char *const people[] = {"ana", "ben", "sam", "lou", "tia"};
    static const char *const ways[] = {"", ";notify_by=chat;digest_at=08:30", "", ";notify_by=chat",
                                       ""};
    open_engine(y);
    for (size_t i = 0; i < 5; i++) {
        struct str f = str_printf(y->e.arena, "name=%s;active=true%s", people[i], ways[i]);
        struct verdict v = engine_write(&y->e, "person", str_c(y->e.arena, f));
        if (i >= 2)
            y->people[i - 2] = v.id;
    }
    y->kept = ledger_head(y->e.ledger);
    y->delivered = y->e.env.now;
}

static bool a_year_holds(struct prop *p, void *context)
{
    struct year *y = context;
    struct hook *hook = y->hook;
    *y = (struct year){.p = p, .hook = hook, .scratch = arena_new(), .held = true};
    hook_forget(hook);
    begin(y);
    size_t steps = 10 + (size_t)prop_draw(p, STEPS_MAX - 10);
    for (size_t i = 0; i < steps && y->held; i++) {
        step(y);
        if (crashfs_is_off(y->fs))
            come_back(y);
        check_always(y);
    }
    if (y->held) {
        let_it_end(y);
        check_always(y);
        check_scores(y);
        check_clocks(y);
        check_turns(y);
        check_past(y);
        check_messages(y);
        check_doctor(y);
    }
    engine_detach(&y->e);
    crashfs_free(y->fs);
    arena_free(y->e.arena);
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
    static struct year y;    /* tidy: globals: one year at a time, too large for a stack */
    static struct hook hook; /* tidy: globals: likewise */
    if (!hook_open(&hook))
        abort();
    hook.self = &y;
    hook.fate = fare;
    y.hook = &hook;
    int status = prop_main(argc, argv, properties, 1, &y);
    hook_close(&hook);
    return status;
}
