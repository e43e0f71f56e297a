/* playbooks.c - from an enrolment to its tasks, and from their ends to its own. */
#include "process/playbooks.h"
#include "process/plays.h"

#include <assert.h>

struct playbooks {
    playbook_list list;
};

static void *make(const struct process *p, const struct model *m, struct arena *a)
{
    struct playbooks *s = ARENA_NEW(a, struct playbooks);
    (void)p;
    s->list = playbooks_read(m, a);
    return s;
}

/* ---- enrolments: what goes with them, what is refused -------------------------------------------------------------- */

static const char *kind_of(const struct process *p, struct str name, const struct object *about)
{
    static const char *const kinds[][2] = {{"playbooks", "playbook"}, {"sequences", "sequence"}};
    for (size_t i = 0; i < 2; i++) {
        const struct definition *d = definition_named(p, kinds[i][0], name);
        if (d && d->object == about)
            return kinds[i][1];
    }
    return NULL;
}

static void put_word(struct reaction *r, const char *field, const char *word)
{
    const struct enum_value *v = field_value(builtin_field(r->l->object, field), str_of(word));
    assert(v && "a builtin object lacks a word of its table");
    fill_put(r, field, (struct value){.type = VT_ENUM, .number_of = v->number});
}

static void fill(struct reaction *r, const void *self)
{
    struct look *l = r->l;
    const struct object *about = NULL;
    uint64_t id = 0;
    (void)self;
    struct value at = {.type = VT_INSTANT, .instant = l->at};
    if (!row_is_of(l->now, ON_ENROLMENT))
        return;
    if (look_is_new(l)) {
        const char *kind = row_about(l->now, &about, &id)
                               ? kind_of(r->p, row_text(l->now, "name"), about)
                               : NULL;
        const struct row *of = about ? row_of(r, about, id) : NULL;
        if (kind)
            put_word(r, "kind", kind);
        if (!row_text(l->now, "state").n)
            put_word(r, "state", "active");
        if (!row_owner(l->now) && of && row_owner(of))
            fill_put(r, "owner", (struct value){.type = VT_REF, .ref = row_owner(of)});
        fill_put(r, "started_at", at);
        fill_put(r, "step", (struct value){.type = VT_INT, .integer = 0});
        fill_put(r, "version", (struct value){.type = VT_INT, .integer = l->version});
    }
    if (!row_is(l->now, "state", "active") &&
        (!l->before || row_is(l->before, "state", "active"))) {
        fill_put(r, "ended_at", at);
        fill_put(r, "next_at", VALUE_ABSENT);
    }
}

static void judge_new(struct reaction *r, const struct process_findings *f)
{
    const struct look *l = r->l;
    const struct object *about = NULL;
    uint64_t id = 0;
    struct str name = row_text(l->now, "name");
    const struct field *field = builtin_field(l->object, "name");
    const char *kind = row_about(l->now, &about, &id) ? kind_of(r->p, name, about) : NULL;
    if (!kind) {
        f->add(f->ctx, "PLAY_UNKNOWN", ENFORCE_DENY, field, name, STR_NONE,
               about ? str_printf(l->arena, "'%.*s' is no playbook or sequence over %.*s",
                                  STR_ARG(name), STR_ARG(about->name))
                     : str_printf(l->arena, "'%.*s' runs over no record", STR_ARG(name)),
               STR("Name one of the model, and a record of its object"));
        return;
    }
    const struct row *active = run_active(r, about, id, kind, name);
    if (active && active->id != l->now->id)
        f->add(f->ctx, "PLAY_RUNS", ENFORCE_DENY, field, name, STR_NONE,
               str_printf(l->arena, "'%.*s' runs over this record already", STR_ARG(name)),
               STR("Wait for its end, or stop it first"));
}

static void judge(struct reaction *r, const void *self, const struct process_findings *f)
{
    const struct look *l = r->l;
    (void)self;
    if (!row_is_of(l->now, ON_ENROLMENT))
        return;
    if (look_is_new(l))
        judge_new(r, f);
    else if (!row_is(l->before, "state", "active") && row_is(l->now, "state", "active"))
        f->add(f->ctx, "PLAY_ENDED", ENFORCE_DENY, builtin_field(l->object, "state"),
               row_text(l->now, "name"), STR_NONE, STR("What ended does not run again"),
               STR("Start it anew"));
}

/* The playbook of a run, as it was when the run began. */
static const struct playbook *playbook_begun(struct reaction *r, const struct row *run)
{
    const struct playbooks *s = part_begun(r->p, &playbooks_part, "playbooks", run);
    return row_is(run, "kind", "playbook") ? playbook_named(&s->list, row_text(run, "name")) : NULL;
}

/* ---- tasks of a run ------------------------------------------------------------------------------------------------ */

static void ask_whom(struct reaction *r, struct asking *a, const struct playbook_task *t,
                     const struct row *of, uint64_t fallback)
{
    struct whom w = {0};
    struct str why;
    if (!t->to || !target_find(r, t->to, of->object, of, &w, &why)) {
        ask_ref(a, "owner", fallback);
        return;
    }
    ask_ref(a, "owner", w.person ? w.person : w.answers);
    ask_ref(a, "team", w.team);
    ask_text(a, "role", w.role);
    ask_text(a, "queue", w.queue);
}

static void make_tasks(struct reaction *r, const struct playbook *p)
{
    const struct row *run = r->l->now;
    const struct object *task = builtin_object(r->p, ON_TASK), *about = NULL;
    uint64_t id = 0;
    const struct row *of = row_about(run, &about, &id) ? row_of(r, about, id) : NULL;
    for (size_t i = 0; of && i < p->n_tasks; i++) {
        const struct playbook_task *t = &p->tasks[i];
        struct asking a = ask_create(r, task, p->origin);
        ask_text(&a, "name", t->name);
        ask_word(&a, "state", t->after ? "waiting" : "open");
        ask_text(&a, "origin", p->origin);
        ask_ref(&a, "enrolment", run->id);
        ask_int(&a, "step", (int64_t)i + 1);
        ask_about(&a, about, id);
        ask_whom(r, &a, t, of, row_owner(run));
        if (!t->after)
            ask_instant(&a, "due_at", play_due(r, p->calendar, t->due, r->l->at));
        (void)ask(&a);
    }
}

static bool is_left(const struct row *task)
{
    return row_is(task, "state", "open") || row_is(task, "state", "waiting");
}

static void cancel_task(struct reaction *r, const struct row *task, void *ctx)
{
    struct str origin = row_text(task, "origin");
    (void)ctx;
    if (!is_left(task))
        return;
    struct asking a = ask_set(r, task->object, task->id, origin);
    ask_word(&a, "state", "cancelled");
    ask_reason(&a, STR("its run was stopped"));
    (void)ask(&a);
}

static void react_to_run(struct reaction *r, const struct playbooks *s)
{
    const struct row *run = r->l->now;
    const struct playbook *p = playbook_named(&s->list, row_text(run, "name"));
    if (r->l->quiet || r->l->by_time)
        return;
    if (look_is_new(r->l) && p && row_is(run, "kind", "playbook") && row_is(run, "state", "active"))
        make_tasks(r, p);
    else if (became(r->l, "state", "stopped"))
        each_child(r, ON_TASK, "enrolment", run->id, cancel_task, NULL);
}

/* ---- a task ended -------------------------------------------------------------------------------------------------- */

struct after_end {
    const struct playbook *p;
    const struct row *ended;
    size_t left;
};

static void open_next(struct reaction *r, const struct row *task, void *ctx)
{
    struct after_end *e = ctx;
    int64_t step = row_int(task, "step", 0);
    if (task->id == e->ended->id || !is_left(task))
        return;
    e->left++;
    if (!row_is(task, "state", "waiting") || step < 1 || (size_t)step > e->p->n_tasks ||
        (int64_t)e->p->tasks[step - 1].after != row_int(e->ended, "step", 0))
        return;
    struct asking a = ask_set(r, task->object, task->id, e->p->origin);
    ask_word(&a, "state", "open");
    ask_instant(&a, "due_at", play_due(r, e->p->calendar, e->p->tasks[step - 1].due, r->l->at));
    ask_reason(&a, str_printf(r->l->arena, "'%.*s' ended", STR_ARG(row_text(e->ended, "name"))));
    (void)ask(&a);
}

/* What comes before was done already when its turn came: nothing waits for what holds. */
static void done_at_once(struct reaction *r, const struct playbook *p)
{
    const struct row *task = r->l->now;
    const struct object *about = NULL;
    uint64_t id = 0;
    int64_t step = row_int(task, "step", 0);
    if (step < 1 || (size_t)step > p->n_tasks || !p->tasks[step - 1].done_when ||
        !row_about(task, &about, &id))
        return;
    const struct row *of = row_of(r, about, id);
    if (!of || row_test(r, of, p->tasks[step - 1].done_when, NULL) != XT_MET)
        return;
    struct asking a = ask_set(r, task->object, task->id, p->origin);
    ask_word(&a, "state", "done");
    ask_reason(&a, STR("done_when holds"));
    (void)ask(&a);
}

static void react_to_task(struct reaction *r)
{
    const struct look *l = r->l;
    uint64_t enrolment = row_ref(l->now, "enrolment");
    if (!enrolment || l->quiet || l->by_time)
        return;
    const struct row *run = row_of(r, builtin_object(r->p, ON_ENROLMENT), enrolment);
    const struct playbook *p = run ? playbook_begun(r, run) : NULL;
    if (!p)
        return;
    if (became(l, "state", "open"))
        done_at_once(r, p);
    if (is_left(l->now) || (!look_is_new(l) && !is_left(l->before)))
        return;
    struct after_end e = {.p = p, .ended = l->now};
    if (!row_is(run, "state", "active"))
        return;
    each_child(r, ON_TASK, "enrolment", enrolment, open_next, &e);
    if (!e.left)
        run_end(r, run, "done", p->origin, STR("every task ended"));
}

/* ---- done by itself ------------------------------------------------------------------------------------------------ */

struct settling {
    const struct playbook *p;
    size_t step;
};

static void settle_task(struct reaction *r, const struct row *task, void *ctx)
{
    const struct settling *s = ctx;
    if (!row_is(task, "state", "open") || row_int(task, "step", 0) != (int64_t)s->step)
        return;
    struct asking a = ask_set(r, task->object, task->id, s->p->origin);
    ask_word(&a, "state", "done");
    ask_reason(&a, STR("done_when holds"));
    (void)ask(&a);
}

static void react_to_record(struct reaction *r, const struct playbooks *s)
{
    const struct row *now = r->l->now;
    for (size_t i = 0; i < s->list.n; i++) {
        const struct playbook *p = &s->list.v[i];
        for (size_t k = 0; p->definition->object == now->object && k < p->n_tasks; k++) {
            if (!p->tasks[k].done_when)
                continue;
            struct str trigger = str_printf(r->l->arena, "%.*s/%zu", STR_ARG(p->origin), k + 1);
            if (!trigger_rises(r, trigger, p->tasks[k].done_when))
                continue;
            const struct row *run = run_active(r, now->object, now->id, "playbook", p->name);
            struct settling settling = {p, k + 1};
            if (run && playbook_begun(r, run) == p)
                each_child(r, ON_TASK, "enrolment", run->id, settle_task, &settling);
        }
    }
}

/* The same for a run under the playbook as it was: each task that is open while its done_when holds. */
static void keep(struct reaction *r, const void *past, uint32_t until)
{
    const struct playbooks *s = past;
    const struct row *now = r->l->now;
    (void)until;
    for (size_t i = 0; i < s->list.n && !r->l->quiet; i++) {
        const struct playbook *p = &s->list.v[i];
        const struct row *run = p->definition->object == now->object
                                    ? run_active(r, now->object, now->id, "playbook", p->name)
                                    : NULL;
        if (!run || playbook_begun(r, run) != p)
            continue;
        for (size_t k = 0; k < p->n_tasks; k++) {
            struct settling settling = {p, k + 1};
            if (!p->tasks[k].done_when)
                continue;
            wake_for(r, p->tasks[k].done_when);
            if (look_test(r, p->tasks[k].done_when, NULL) == XT_MET)
                each_child(r, ON_TASK, "enrolment", run->id, settle_task, &settling);
        }
    }
}

/* ---- handoffs ------------------------------------------------------------------------------------------------------ */

static void react_to_handoff(struct reaction *r, const struct playbooks *s)
{
    const struct look *l = r->l;
    struct str name = row_text(l->now, "name");
    const struct definition *d = definition_begun(r->p, "handoffs", l->now);
    const struct playbook *p = d ? playbook_named(&s->list, node_text(d->node, "starts")) : NULL;
    const struct object *about = NULL;
    uint64_t id = 0;
    if (!p || l->quiet || !became(l, "state", "accepted") || !row_about(l->now, &about, &id))
        return;
    const struct row *of = row_of(r, about, id);
    uint64_t subject = of ? subject_of(of, p->definition->object) : 0;
    struct str definition = str_printf(l->arena, "handoffs.%.*s", STR_ARG(name));
    if (subject)
        run_start(r, "playbook", p->name, p->definition->object, subject, definition,
                  STR("the handoff was accepted"));
}

static void react(struct reaction *r, const void *self)
{
    const struct row *now = r->l->now;
    if (row_is_of(now, ON_ENROLMENT))
        react_to_run(r, self);
    else if (row_is_of(now, ON_TASK))
        react_to_task(r);
    else if (row_is_of(now, ON_HANDOFF))
        react_to_handoff(r, self);
    else
        react_to_record(r, self);
}

static void watch(const void *self, const struct object *o, struct arena *a, expr_list *out)
{
    const struct playbooks *s = self;
    for (size_t i = 0; i < s->list.n; i++)
        for (size_t k = 0; s->list.v[i].definition->object == o && k < s->list.v[i].n_tasks; k++)
            if (s->list.v[i].tasks[k].done_when)
                *VEC_PUSH(a, out) = s->list.v[i].tasks[k].done_when;
}

const struct part playbooks_part = {.name = "playbooks",
                                    .make = make,
                                    .fill = fill,
                                    .judge = judge,
                                    .react = react,
                                    .keeps = true,
                                    .keep = keep,
                                    .watch = watch};
