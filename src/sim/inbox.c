/* inbox.c - what the process put before people, and the tasks among it. */
#include "sim/inbox.h"

#include "process/plays.h"
#include "projection/list.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { PAGE = 500, LOOKS_MAX = 40, CHILDREN_MAX = 10000 };

/* Of a task: somebody else's job after all, days late, never done. docs/simulate.md names the sources. */
#define SKIPPED 0.07
#define OVERDUE 0.14
#define NEVER 0.03
/* Skipped at first without saying why. */
#define NO_REASON 0.15
/* While somebody is away, their delegate does it. */
#define STOOD_IN 0.6

/* ---- reading ---------------------------------------------------------------------------------------------------------- */

const struct row *sim_row(struct sim *s, const struct object *o, uint64_t id)
{
    struct row *row = NULL;
    if (s->request->projection && o && id && s->desk.rc == RC_OK)
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

const struct row *sim_newest_child(struct sim *s, enum thing thing, const char *field,
                                   uint64_t parent)
{
    const struct object *o = s->desk.objects[thing];
    const struct field *via = o ? object_field(o, str_of(field)) : NULL;
    uint64_t *ids;
    size_t *at, n = 0;
    if (!via || !parent || !s->request->projection || s->desk.rc != RC_OK)
        return NULL;
    s->desk.rc = rows_children(s->request->projection, o, via, &parent, 1, CHILDREN_MAX, s->scratch,
                               &ids, &at, &n);
    return s->desk.rc == RC_OK && n ? sim_row(s, o, ids[n - 1]) : NULL;
}

struct str sim_person(struct sim *s, uint64_t person)
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

bool item_actor(struct sim *s, struct item *x, const struct row *row)
{
    struct str owner = sim_person(s, row_ref(row, "owner"));
    const struct row *team = sim_row(s, model_object(s->desk.model, STR("team")),
                                     row_ref(row, "team"));
    if (owner.n) {
        snprintf(x->by, sizeof x->by, "%.*s", STR_ARG(owner));
        return true;
    }
    return some_of_team(s, x, team ? row_text(team, "name") : row_text(row, "role"));
}

bool item_there(struct sim *s, struct item *x, void (*step)(struct sim *, struct story *))
{
    size_t rep = staff_find(s, str_of(x->by));
    struct instant back;
    if (!staff_away(s, rep, &back))
        return true;
    const struct rep *r = &s->reps[rep], *other = &s->reps[r->delegate];
    if (other != r && other->here && dice_chance(&s->people, STOOD_IN)) {
        snprintf(x->by, sizeof x->by, "%s", other->name);
        return true;
    }
    story_again(s, &x->story, step, back);
    return false;
}

struct form item_change(struct sim *s, const struct item *x)
{
    struct form f = form_open(&s->desk, x->thing, CMD_UPDATE, staff_named(s, x->by), s->now);
    form_target(&f, x->id);
    return f;
}

static void heard_answer(struct sim *s, struct story *l, const struct verdict *v)
{
    struct item *x = item_of(l);
    const struct finding *why = verdict_accepted(v) ? NULL : verdict_reason(v);
    (void)s;
    snprintf(x->code, sizeof x->code, "%s", why ? why->code : verdict_accepted(v) ? "" : "?");
}

void item_send(struct form *f, struct item *x)
{
    form_send(f, (struct reply){&x->story, heard_answer});
}

double item_hours(struct sim *s, double slow, double forgotten)
{
    struct dice *d = &s->people;
    double fate = dice_unit(d);
    if (fate < forgotten)
        return 40 + 80 * dice_unit(d);
    if (fate < forgotten + slow)
        return 5 + 20 * dice_unit(d);
    return dice_around(d, 0.4, 0.9);
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
    struct form f = item_change(s, x);
    if (x->erred || dice_chance(d, SKIPPED)) {
        bool says = x->erred || !dice_chance(d, NO_REASON);
        x->erred = true;
        form_word(&f, "state", "skipped");
        if (says)
            form_word(&f, "reason", skips[dice_below(d, 3)]);
        item_send(&f, x);
        return;
    }
    struct str outcome = growth_outcome(s, row, some_outcome(s, planned(s, row)));
    form_word(&f, "state", "done");
    form_text(&f, "outcome", outcome);
    if (str_starts(row_text(row, "origin"), STR("cadence.")))
        form_word(&f, "note", decisions[dice_below(d, 4)]);
    item_send(&f, x);
    growth_heard_of(s, row, outcome, x->by);
}

static void task_done(struct sim *s, struct story *l);
static void task_tried(struct sim *s, struct story *l);

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
    if (!row_is(row, "state", "open") || !item_actor(s, x, row)) {
        story_end(l);
    } else if (item_there(s, x, task_done)) {
        end_task(s, x, row);
        story_again(s, l, task_tried, s->tick_end);
    }
}

/* A skip without a reason was refused: they say it now. */
static void task_tried(struct sim *s, struct story *l)
{
    if (item_of(l)->code[0] && item_of(l)->looks++ < LOOKS_MAX)
        task_done(s, l);
    else
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

uint64_t item_about(const struct row *row)
{
    static const char *const kinds[] = {"lead", "meeting", "opportunity", "subscription",
                                        "account"};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (row_ref(row, kinds[i]))
            return row_ref(row, kinds[i]);
    return 0;
}

/* What comes to people, in which state it waits for them, how long they take; new colleagues are got to know. */
static const struct kind {
    enum thing thing;
    const char *waits;
    void (*step)(struct sim *, struct story *);
    double slow, forgotten;
} kinds[] = {{T_PERSON, NULL, NULL, 0, 0},
             {T_HANDOFF, "offered", offer_answered, 0.06, 0.03},
             {T_TASK, "open", task_seen, 0, 0},
             {T_WAIVER, "asked", waiver_decided, 0.15, 0.05},
             {T_APPROVAL, "pending", approval_decided, 0.12, 0.03},
             {T_BLOCKED, "open", blocked_seen, 0.3, 0.3}};

static void item_new(struct sim *s, const struct kind *k, const struct row *row)
{
    if (!k->waits) {
        staff_known(s, row);
        return;
    }
    bool waits = row_is(row, "state", k->waits) ||
                 (k->thing == T_TASK && row_is(row, "state", "waiting"));
    if (!waits)
        return;
    struct instant at = s->tick_end;
    if (k->thing != T_TASK)
        at = sim_worked(s, item_hours(s, k->slow, k->forgotten));
    struct item *x = story_new(s, sizeof *x, k->step, at);
    x->thing = k->thing;
    x->id = row->id;
    x->lead = k->thing == T_HANDOFF ? row_ref(row, "lead") : 0;
    x->about = item_about(row);
    snprintf(x->name, sizeof x->name, "%.*s", STR_ARG(row_text(row, "name")));
}

static void look_for(struct sim *s, const struct kind *k)
{
    struct list_query q = {.object = s->desk.objects[k->thing], .now = s->now, .zone = s->zone};
    uint64_t *last = &s->last_seen[k->thing];
    for (size_t n = PAGE; q.object && n == PAGE && s->desk.rc == RC_OK; arena_reset(s->scratch)) {
        struct list_place after = {.id = *last}, *page;
        s->desk.rc = list_page(s->request->projection, &q, &after, PAGE, s->scratch, &page, &n);
        for (size_t i = 0; s->desk.rc == RC_OK && i < n; i++) {
            const struct row *row = sim_row(s, q.object, page[i].id);
            *last = page[i].id;
            if (row)
                item_new(s, k, row);
        }
    }
}

void inbox_look(struct sim *s)
{
    if (!s->request->projection)
        return;
    s->now = s->tick_end;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        look_for(s, &kinds[i]);
}
