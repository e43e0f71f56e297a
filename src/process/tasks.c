/* tasks.c - what may become of a task, until when, and who is told. */
#include "process/tasks.h"
#include "process/clocks.h"
#include "process/plays.h"

#include <assert.h>

struct tasks {
    const struct model *m;
    playbook_list playbooks;
};

static void *make(const struct process *p, const struct model *m, struct arena *a)
{
    struct tasks *t = ARENA_NEW(a, struct tasks);
    (void)p;
    *t = (struct tasks){.m = m, .playbooks = playbooks_read(m, a)};
    return t;
}

static bool is_task(const struct look *l)
{
    return row_is_of(l->now, ON_TASK);
}

static bool has_ended(const struct row *task)
{
    return row_is(task, "state", "done") || row_is(task, "state", "skipped") ||
           row_is(task, "state", "cancelled");
}

static struct value word_value(const struct look *l, const char *field, const char *word)
{
    const struct enum_value *v = field_value(builtin_field(l->object, field), str_of(word));
    assert(v && "a builtin object lacks a word of its table");
    return (struct value){.type = VT_ENUM, .number_of = v->number};
}

/* ---- fill ---------------------------------------------------------------------------------------------------------- */

static void fill(struct reaction *r, const void *self)
{
    struct look *l = r->l;
    struct value now = {.type = VT_INSTANT, .instant = l->at};
    (void)self;
    if (!is_task(l))
        return;
    if (look_is_new(l)) {
        if (!row_text(l->now, "state").n)
            fill_put(r, "state", word_value(l, "state", "open"));
        /* What somebody notes down for nobody in particular is theirs. */
        if (!row_text(l->now, "origin").n && !row_owner(l->now) && l->actor)
            fill_put(r, "owner", (struct value){.type = VT_REF, .ref = l->actor});
    }
    if (became(l, "state", "open"))
        fill_put(r, "opened_at", now);
    if (has_ended(l->now) && !has_ended(l->before))
        fill_put(r, "ended_at", now);
}

/* ---- judge --------------------------------------------------------------------------------------------------------- */

static bool may_become(const struct row *before, const struct row *now)
{
    if (str_eq(row_text(before, "state"), row_text(now, "state")))
        return true;
    if (has_ended(before))
        return false;
    return has_ended(now) || row_is(before, "state", "waiting");
}

static struct str outcomes_text(const struct node *words, struct arena *a)
{
    struct str *list = ARENA_ARRAY(a, words->n + 1, struct str);
    for (size_t i = 0; i < words->n; i++)
        list[i] = words->items[i]->text;
    return str_join(a, list, words->n, STR(", "));
}

static bool is_outcome(const struct node *words, struct str outcome)
{
    for (size_t i = 0; i < words->n; i++)
        if (str_eq(words->items[i]->text, outcome))
            return true;
    return false;
}

/* As its playbook was when the run began. */
static const struct playbook_task *task_begun(struct reaction *r, const struct row *task)
{
    const struct row *run = row_of(r, builtin_object(r->p, ON_ENROLMENT),
                                   row_ref(task, "enrolment"));
    const struct tasks *t = run ? part_begun(r->p, &tasks_part, "playbooks", run) : NULL;
    return t ? playbook_task_of(&t->playbooks, task) : NULL;
}

static void judge_outcome(struct reaction *r, const struct process_findings *f)
{
    const struct row *now = r->l->now;
    const struct playbook_task *task = task_begun(r, now);
    const struct field *field = builtin_field(r->l->object, "outcome");
    struct str outcome = row_text(now, "outcome"), origin = row_text(now, "origin");
    if (!task || !task->outcomes)
        return;
    struct str words = outcomes_text(task->outcomes, r->l->arena);
    struct str help = str_printf(r->l->arena, "Say one of: %.*s", STR_ARG(words));
    if (outcome.n && !is_outcome(task->outcomes, outcome))
        f->add(f->ctx, "TASK_OUTCOME", ENFORCE_DENY, field, origin, STR_NONE,
               str_printf(r->l->arena, "'%.*s' cannot end as '%.*s'", STR_ARG(task->name),
                          STR_ARG(outcome)),
               help);
    /* What `done_when` ends has no outcome that somebody could know. */
    if (!outcome.n && !task->done_when && became(r->l, "state", "done"))
        f->add(f->ctx, "TASK_OUTCOME", ENFORCE_DENY, field, origin, STR_NONE,
               str_printf(r->l->arena, "'%.*s' ends with an outcome", STR_ARG(task->name)), help);
}

/* Reviews are held to decide something. */
static void judge_review(struct reaction *r, const struct process_findings *f)
{
    struct str origin = row_text(r->l->now, "origin");
    if (!str_starts(origin, STR("cadence.")) || !became(r->l, "state", "done") ||
        row_text(r->l->now, "note").n || row_text(r->l->now, "outcome").n)
        return;
    f->add(f->ctx, "TASK_DECISION", ENFORCE_DENY, builtin_field(r->l->object, "note"), origin,
           STR_NONE, STR("A review ends with what was decided"),
           STR("Write the decision into note, or an outcome"));
}

static void judge(struct reaction *r, const void *self, const struct process_findings *f)
{
    const struct look *l = r->l;
    struct str origin = row_text(l->now, "origin");
    (void)self;
    if (!is_task(l))
        return;
    const struct field *state = builtin_field(l->object, "state");
    if (look_is_new(l) ? has_ended(l->now) : !may_become(l->before, l->now))
        f->add(f->ctx, "TASK_MOVE", ENFORCE_DENY, state, origin, STR_NONE,
               look_is_new(l) ? STR("A task begins open, or waiting")
                              : str_printf(l->arena, "A task that is %.*s does not become %.*s",
                                           STR_ARG(row_text(l->before, "state")),
                                           STR_ARG(row_text(l->now, "state"))),
               STR("Make a new task"));
    if (became(l, "state", "skipped") && !row_text(l->now, "reason").n)
        f->add(f->ctx, "REASON_REQUIRED", ENFORCE_DENY, builtin_field(l->object, "reason"), origin,
               STR_NONE, STR("A task is skipped with a reason"), STR("Say why it is not done"));
    judge_outcome(r, f);
    judge_review(r, f);
}

/* ---- deadlines ------------------------------------------------------------------------------------------------------- */

static void find_open(struct reaction *r, const struct row *clock, void *ctx)
{
    const struct row **out = ctx;
    (void)r;
    if (clock_is_open(clock))
        *out = clock;
}

static void start_clock(struct reaction *r, struct instant due)
{
    const struct row *task = r->l->now;
    const struct object *o;
    uint64_t id;
    if (!row_about(task, &o, &id)) {
        wake_at(r, due); /* a deadline is about a record; this one is looked at itself */
        return;
    }
    struct clock_wish w = {.object = o,
                           .id = id,
                           .name = row_text(task, "name"),
                           .kind = "task",
                           .from = r->l->at,
                           .link = "task",
                           .linked = task->id,
                           .owner = row_owner(task)};
    w.allowed.us = due.us > r->l->at.us ? due.us - r->l->at.us : 0;
    struct instant unused;
    (void)clock_start(r, &w, &unused);
}

static void keep_clock(struct reaction *r)
{
    const struct look *l = r->l;
    const struct row *clock = NULL;
    struct instant due = row_instant(l->now, "due_at");
    bool opened = became(l, "state", "open");
    bool moved = !look_is_new(l) && look_touched(l, builtin_field(l->object, "due_at"));
    if (!look_is_new(l))
        each_child(r, ON_CLOCK, "task", l->now->id, find_open, (void *)&clock);
    if (clock && has_ended(l->now)) {
        if (row_is(l->now, "state", "done"))
            clock_stop(r, clock);
        else
            clock_cancel(r, clock);
        return;
    }
    if (clock && moved)
        clock_cancel(r, clock);
    if (row_is(l->now, "state", "open") && (opened || moved) && due.us != INSTANT_MAX.us &&
        !l->quiet)
        start_clock(r, due);
    else if (clock && !moved && row_owner(clock) != row_owner(l->now)) {
        struct asking a = ask_set(r, clock->object, clock->id, STR("tasks"));
        ask_ref(&a, "owner", row_owner(l->now));
        (void)ask(&a);
    }
}

/* ---- who is told --------------------------------------------------------------------------------------------------- */

static struct str due_text(struct reaction *r, const struct row *task)
{
    struct instant due = row_instant(task, "due_at");
    char day[16];
    if (due.us == INSTANT_MAX.us)
        return STR("");
    /* Due at the closing of a day that lasts until midnight: that day, not the next. */
    struct date d = zone_date(r->l->zone, (struct instant){due.us - 1});
    return str_printf(r->l->arena, ", due %.*s", STR_ARG(date_text(d, day)));
}

static void tell_owner(struct reaction *r)
{
    const struct look *l = r->l;
    uint64_t owner = row_owner(l->now), id = l->now->id;
    const struct object *o = l->object;
    bool handed = look_touched(l, builtin_field(l->object, "owner"));
    if (!row_is(l->now, "state", "open") || !(became(l, "state", "open") || handed) || !owner ||
        owner == l->actor)
        return;
    struct str origin = row_text(l->now, "origin");
    (void)row_about(l->now, &o, &id);
    notify(r, owner, "task_assigned", o, id,
           str_printf(l->arena, "%.*s%.*s", STR_ARG(row_text(l->now, "name")),
                      STR_ARG(due_text(r, l->now))),
           origin.n ? origin : STR("given to you"));
}

static uint64_t manager_of(struct reaction *r, uint64_t person)
{
    const struct row *p = row_of(r, builtin_object(r->p, ON_PERSON), person);
    return p ? row_ref(p, "manager") : 0;
}

static void tell_overdue(struct reaction *r, const struct row *task, uint64_t person,
                         const char *text)
{
    const struct object *o = task->object;
    uint64_t id = task->id;
    (void)row_about(task, &o, &id);
    if (person)
        notify(r, person, "task_overdue", o, id,
               str_printf(r->l->arena, "%.*s %s%.*s", STR_ARG(row_text(task, "name")), text,
                          STR_ARG(due_text(r, task))),
               STR("clock of the task"));
}

/* The owner heard at the due instant (clocks.c); the manager does one business day later, when nothing was done about it. */
static void react_to_breach(struct reaction *r, const struct tasks *t)
{
    const struct look *l = r->l;
    const struct object *object = builtin_object(r->p, ON_TASK);
    if (!row_is(l->now, "kind", "task") || !row_is(l->now, "state", "breached") || l->quiet)
        return;
    const struct row *task = row_of(r, object, row_ref(l->now, "task"));
    if (!task || !row_is(task, "state", "open"))
        return;
    struct instant then = play_due(r, play_calendar(t->m, NULL), STR("1bd"),
                                   row_instant(l->now, "breached_at"));
    if (l->at.us < then.us) {
        wake_at(r, then);
    } else if (!trigger_was_on(r, STR("tasks.manager"))) {
        trigger_put(r, r->l->object, r->l->now->id, STR("tasks.manager"), true);
        tell_overdue(r, task, manager_of(r, row_owner(task)), "is still overdue");
    }
}

/* A task about no record, as a review is, has no clock: it is looked at itself when it is due. */
static void react_to_due(struct reaction *r)
{
    const struct look *l = r->l;
    const struct object *o;
    uint64_t id;
    struct instant due = row_instant(l->now, "due_at");
    if (!row_is(l->now, "state", "open") || due.us == INSTANT_MAX.us || row_about(l->now, &o, &id))
        return;
    if (l->at.us < due.us) {
        wake_at(r, due);
    } else if (!trigger_was_on(r, STR("tasks.overdue"))) {
        trigger_put(r, l->object, l->now->id, STR("tasks.overdue"), true);
        tell_overdue(r, l->now, row_owner(l->now), "is overdue");
    }
}

static void react(struct reaction *r, const void *self)
{
    if (is_task(r->l) && !r->l->quiet)
        react_to_due(r);
    if (row_is_of(r->l->now, ON_CLOCK)) {
        react_to_breach(r, self);
    } else if (is_task(r->l) && !r->l->by_time) {
        keep_clock(r);
        if (!r->l->quiet)
            tell_owner(r);
    }
}

const struct part tasks_part = {
    .name = "tasks", .make = make, .fill = fill, .judge = judge, .react = react, .keeps = true};
