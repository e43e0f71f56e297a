/* inbox.c - what the process put before people: offers and tasks. Each is a story of whoever it waits for. */
#include "sim/company.h"

#include "process/plays.h"
#include "projection/list.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { PAGE = 500, LOOKS_MAX = 40 };

/* Chances of an offer: it comes back with a reason, waits for days, is forgotten until somebody asks. */
#define RETURNED 0.11
#define SLOW 0.06
#define FORGOTTEN 0.03
/* Of a task: somebody else's job after all, days late, never done. */
#define SKIPPED 0.07
#define OVERDUE 0.14
#define NEVER 0.03
/* After acceptance nobody calls for days. */
#define UNTOUCHED 0.07
/* A lead that went to the wrong person is routed again; else it goes back to marketing. */
#define ROUTED_AGAIN 0.4

struct item {
    struct story story;
    enum thing thing;
    uint64_t id;
    char name[48];
    char by[24]; /* who has taken it */
    uint64_t lead;
    unsigned looks;
};

static struct item *item_of(struct story *l)
{
    return (struct item *)l;
}

/* ---- reading ---------------------------------------------------------------------------------------------------------- */

const struct row *sim_row(struct sim *s, const struct object *o, uint64_t id)
{
    struct row *row = NULL;
    if (o && id && s->desk.rc == RC_OK)
        s->desk.rc = rows_load(s->request->projection, o, &id, 1, s->scratch, &row);
    return row && row->life == LIFE_LIVE ? row : NULL;
}

struct str sim_stage(struct sim *s, enum thing thing, uint64_t id, const char *field)
{
    const struct object *o = s->desk.objects[thing];
    const struct row *row = sim_row(s, o, id);
    for (size_t i = 0; row && i < o->n_processes; i++) {
        const struct process_def *p = o->processes[i];
        const struct value *v = row_value(row, p->field);
        const struct stage *at = v->type == VT_ENUM && str_is(p->field->name, field)
                                     ? process_stage_numbered(p, v->number_of)
                                     : NULL;
        if (at)
            return at->name;
    }
    return STR_NONE;
}

static struct str person_named(struct sim *s, uint64_t person)
{
    const struct row *row = sim_row(s, s->desk.objects[T_PERSON], person);
    return row ? row_text(row, "name") : STR_NONE;
}

/* ---- who acts --------------------------------------------------------------------------------------------------------- */

static bool some_of_team(struct sim *s, struct item *x, struct str team)
{
    static const char *const names[ROLES] = {"ae", "sdr", "csm"};
    for (size_t i = 0; i < ROLES; i++)
        if (str_is(team, names[i]) && staff_count(s, (enum role)i)) {
            size_t rep = staff_pick(s, &s->people, (enum role)i);
            snprintf(x->by, sizeof x->by, "%s", s->reps[rep].name);
            return true;
        }
    return false;
}

/* Who is to act on the record now; false: nobody that we play. */
static bool find_actor(struct sim *s, struct item *x, const struct row *row)
{
    struct str owner = person_named(s, row_ref(row, "owner"));
    const struct row *team = sim_row(s, model_object(s->desk.model, STR("team")),
                                     row_ref(row, "team"));
    if (owner.n) {
        snprintf(x->by, sizeof x->by, "%.*s", STR_ARG(owner));
        return true;
    }
    return some_of_team(s, x, team ? row_text(team, "name") : row_text(row, "role"));
}

static struct form change(struct sim *s, const struct item *x)
{
    struct form f = form_open(&s->desk, x->thing, CMD_UPDATE, sim_actor(ACTOR_PERSON, x->by),
                              s->now);
    form_target(&f, x->id);
    return f;
}

/* ---- offers ------------------------------------------------------------------------------------------------------------ */

static void item_touch(struct sim *s, struct story *l)
{
    const struct item *x = item_of(l);
    struct fact a = fact_open(&s->desk, T_ACTIVITY);
    fact_word(&a, "kind", dice_chance(&s->people, 0.6) ? "call" : "email");
    fact_ref(&a, "lead", x->lead);
    fact_word(&a, "outcome", dice_chance(&s->people, 0.4) ? "reached" : "no_answer");
    fact_instant(&a, "at", s->now);
    story_end(l);
}

static void accept_offer(struct sim *s, struct story *l)
{
    struct item *x = item_of(l);
    struct dice *d = &s->people;
    struct form f = change(s, x);
    form_word(&f, "state", "accepted");
    form_send(&f, (struct reply){l, NULL});
    if (!x->lead) {
        story_end(l);
        return;
    }
    double hours = dice_chance(d, UNTOUCHED) ? 12 + 30 * dice_unit(d) : dice_around(d, 1.0, 0.9);
    story_again(s, l, item_touch, sim_worked(s, hours));
}

/* Marketing gets it back; who it went to wrongly is corrected by the one who answers for the route. */
static void lead_goes_back(struct sim *s, const struct item *x, const char *reason)
{
    const char *why = strcmp(reason, "no_need") == 0       ? "timing"
                      : strcmp(reason, "bad_contact") == 0 ? "no_answer"
                                                           : "no_fit";
    if (strcmp(reason, "wrong_segment") == 0 && s->desk.objects[T_ASSIGNMENT] &&
        dice_chance(&s->people, ROUTED_AGAIN)) {
        struct form f = form_open(&s->desk, T_ASSIGNMENT, CMD_CREATE,
                                  sim_actor(ACTOR_PERSON, "ana"), s->now);
        form_word(&f, "route", "inbound");
        form_ref(&f, "lead", x->lead);
        form_send(&f, (struct reply){0});
        return;
    }
    struct form f = form_open(&s->desk, T_LEAD, CMD_UPDATE, sim_actor(ACTOR_PERSON, x->by), s->now);
    form_target(&f, x->lead);
    form_word(&f, "lifecycle_stage", "recycled");
    form_word(&f, "recycle_reason", why);
    form_reason(&f, "Returned");
    form_send(&f, (struct reply){0});
}

static void return_offer(struct sim *s, struct story *l)
{
    /* As the template names them, the likely ones first. */
    static const struct {
        const char *handoff, *reasons[3];
    } known[] = {{"mql_to_sales", {"no_need", "wrong_segment", "bad_contact"}},
                 {"sdr_to_ae", {"no_need", "wrong_contact", "duplicate"}},
                 {"won_to_onboarding", {"scope_unclear", "scope_unclear", "no_contact"}},
                 {"renewal_to_sales", {"too_early", "too_early", "will_churn"}}};
    struct item *x = item_of(l);
    const char *reason = NULL;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(known[i].handoff, x->name) == 0)
            reason = known[i].reasons[dice_below(&s->people, 3)];
    if (!reason) {
        accept_offer(s, l);
        return;
    }
    struct form f = change(s, x);
    form_word(&f, "state", "returned");
    form_word(&f, "reason", reason);
    form_send(&f, (struct reply){l, NULL});
    if (x->lead)
        lead_goes_back(s, x, reason);
    story_end(l);
}

/* Their turn has come: is it still theirs? */
static void offer_answered(struct sim *s, struct story *l)
{
    struct item *x = item_of(l);
    const struct row *row = sim_row(s, s->desk.objects[T_HANDOFF], x->id);
    if (!row_is(row, "state", "offered") || !find_actor(s, x, row)) {
        story_end(l);
        return;
    }
    if (dice_chance(&s->people, RETURNED))
        return_offer(s, l);
    else
        accept_offer(s, l);
}

static double hours_until_answered(struct sim *s)
{
    struct dice *d = &s->people;
    double fate = dice_unit(d);
    if (fate < FORGOTTEN)
        return 40 + 80 * dice_unit(d);
    if (fate < FORGOTTEN + SLOW)
        return 5 + 20 * dice_unit(d);
    return dice_around(d, 0.6, 0.9);
}

/* ---- tasks -------------------------------------------------------------------------------------------------------------- */

/* The task of a playbook that a row is one of; NULL: no playbook made it. */
static const struct playbook_task *planned(struct sim *s, const struct row *row)
{
    playbook_list all = playbooks_read(s->desk.model, s->scratch);
    const struct playbook *p = playbook_of_origin(&all, row_text(row, "origin"));
    int64_t step = row_int(row, "step", 0);
    return p && step > 0 && (size_t)step <= p->n_tasks ? &p->tasks[step - 1] : NULL;
}

/* One of the words that it may end with; the model names the wished one first. */
static struct str some_outcome(struct sim *s, const struct playbook_task *task)
{
    const struct node *words = task ? task->outcomes : NULL;
    if (!words || !words->n)
        return STR_NONE;
    return words->items[dice_chance(&s->people, 0.75) ? 0 : dice_below(&s->people, words->n)]->text;
}

static void end_task(struct sim *s, struct item *x, const struct row *row)
{
    static const char *const decisions[] = {"Nothing to change", "Criteria looked at again",
                                            "Two deals to go through one by one",
                                            "Owners reminded"};
    static const char *const skips[] = {"They do it themselves", "Done with another one",
                                        "No longer wanted"};
    struct dice *d = &s->people;
    struct form f = change(s, x);
    if (dice_chance(d, SKIPPED)) {
        form_word(&f, "state", "skipped");
        form_word(&f, "reason", skips[dice_below(d, 3)]);
        form_send(&f, (struct reply){&x->story, NULL});
        return;
    }
    form_word(&f, "state", "done");
    form_text(&f, "outcome", some_outcome(s, planned(s, row)));
    if (str_starts(row_text(row, "origin"), STR("cadence.")))
        form_word(&f, "note", decisions[dice_below(d, 4)]);
    form_send(&f, (struct reply){&x->story, NULL});
}

static void task_done(struct sim *s, struct story *l);

/* When it will be done: mostly before it is due, some days late, never. */
static void plan_task(struct sim *s, struct item *x, const struct row *row)
{
    struct dice *d = &s->people;
    struct instant due = row_instant(row, "due_at");
    double days = due.us == INSTANT_MAX.us ? 5 : (double)(due.us - s->now.us) / (double)US_PER_DAY;
    double fate = dice_unit(d);
    if (fate < NEVER) {
        story_end(&x->story);
        return;
    }
    days = fate < NEVER + OVERDUE ? fmax(days, 0) + 1 + 6 * dice_unit(d)
                                  : fmax(days, 1) * (0.15 + 0.6 * dice_unit(d));
    story_again(s, &x->story, task_done,
                days < 1 ? sim_worked(s, 8 * days) : sim_later(s, d, floor(days)));
}

static void task_done(struct sim *s, struct story *l)
{
    struct item *x = item_of(l);
    const struct row *row = sim_row(s, s->desk.objects[T_TASK], x->id);
    if (row_is(row, "state", "open") && find_actor(s, x, row)) {
        end_task(s, x, row);
    }
    story_end(l);
}

static bool ends_by_itself(struct sim *s, const struct row *row)
{
    const struct playbook_task *task = planned(s, row);
    return task && task->done_when;
}

/* One that waits for another is looked at again now and then. */
static void task_seen(struct sim *s, struct story *l)
{
    struct item *x = item_of(l);
    const struct row *row = sim_row(s, s->desk.objects[T_TASK], x->id);
    if (row_is(row, "state", "waiting") && x->looks++ < LOOKS_MAX)
        story_again(s, l, task_seen, sim_later(s, &s->people, 3));
    else if (row_is(row, "state", "open") && !ends_by_itself(s, row))
        plan_task(s, x, row);
    else
        story_end(l);
}

/* ---- what is new -------------------------------------------------------------------------------------------------------- */

static void item_new(struct sim *s, enum thing thing, const struct row *row)
{
    bool offer = thing == T_HANDOFF;
    if (offer ? !row_is(row, "state", "offered")
              : !row_is(row, "state", "open") && !row_is(row, "state", "waiting"))
        return;
    struct item *x = story_new(s, sizeof *x, offer ? offer_answered : task_seen,
                               offer ? sim_worked(s, hours_until_answered(s)) : s->tick_end);
    x->thing = thing;
    x->id = row->id;
    x->lead = offer ? row_ref(row, "lead") : 0;
    snprintf(x->name, sizeof x->name, "%.*s", STR_ARG(row_text(row, "name")));
}

static void look_for(struct sim *s, enum thing thing, uint64_t *last)
{
    struct list_query q = {.object = s->desk.objects[thing], .now = s->now, .zone = s->zone};
    for (size_t n = PAGE; q.object && n == PAGE && s->desk.rc == RC_OK; arena_reset(s->scratch)) {
        struct list_place after = {.id = *last}, *page;
        s->desk.rc = list_page(s->request->projection, &q, &after, PAGE, s->scratch, &page, &n);
        for (size_t i = 0; s->desk.rc == RC_OK && i < n; i++) {
            const struct row *row = sim_row(s, q.object, page[i].id);
            *last = page[i].id;
            if (row)
                item_new(s, thing, row);
        }
    }
}

void inbox_look(struct sim *s)
{
    if (!s->request->projection)
        return;
    s->now = s->tick_end;
    look_for(s, T_HANDOFF, &s->last_handoff);
    look_for(s, T_TASK, &s->last_task);
}
