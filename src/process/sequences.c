/* sequences.c - who enters a sequence, what comes next, and what ends it. */
#include "process/sequences.h"
#include "process/consent.h"
#include "process/plays.h"

#include <assert.h>

struct step {
    struct str email, task, after; /* one of email and task */
};

/* A consent of which a run hears: that of its purpose, and each whose withdrawal stops the sequence. */
struct tie {
    struct consent consent;
    bool stops;
};

struct sequence {
    struct str name, origin; /* "nurture", "sequences.nurture" */
    struct str stop_trigger, calendar, quiet_hours;
    const struct definition *definition;
    const struct expr *enrol_when, *stop_when; /* stop_when may be NULL */
    struct consent consent;                    /* of its purpose; none without one */
    struct tie *ties;
    size_t n_ties;
    const struct field *address;
    int64_t per_week; /* 0: no cap */
    struct step *steps;
    size_t n_steps;
};

struct sequences {
    const struct model *m;
    VEC(struct sequence) list;
};

/* ---- definitions ------------------------------------------------------------------------------------------------- */

static const struct field *address_of(const struct definition *d)
{
    struct str named = node_text(d->node, "address");
    for (size_t i = 0; i < d->object->n_fields; i++) {
        const struct field *f = d->object->fields[i];
        if (named.n ? str_eq(f->name, named) : f->type == FT_EMAIL)
            return f;
    }
    return NULL;
}

static void read_steps(struct sequence *s, const struct node *list, struct arena *a)
{
    s->steps = ARENA_ARRAY(a, list->n + 1, struct step);
    for (size_t i = 0; i < list->n; i++)
        s->steps[s->n_steps++] = (struct step){.email = node_text(list->items[i], "email"),
                                               .task = node_text(list->items[i], "task"),
                                               .after = node_text(list->items[i], "after")};
}

static void tie(struct sequence *s, const struct consent *c)
{
    if (c->field)
        s->ties[s->n_ties++] = (struct tie){*c, consent_withdrawal_stops(c, s->origin)};
}

static void read_ties(const struct model *m, struct sequence *s, struct arena *a)
{
    s->ties = ARENA_ARRAY(a, m->n_definitions + 1, struct tie);
    tie(s, &s->consent);
    for (size_t i = 0; i < m->n_definitions; i++) {
        const struct definition *d = &m->definitions[i];
        if (!str_is(d->kind, "consents") || str_eq(d->name, s->consent.purpose))
            continue;
        struct consent c = consent_of(m, d->name, s->definition->object);
        if (consent_withdrawal_stops(&c, s->origin))
            tie(s, &c);
    }
}

static void read_sequence(struct sequences *all, const struct definition *d, struct arena *a)
{
    const struct node *enrol = node_get(d->node, "enrol_when"),
                      *stop = node_get(d->node, "stop_when");
    struct sequence *s = VEC_PUSH(a, &all->list);
    *s = (struct sequence){.name = d->name,
                           .origin = str_printf(a, "sequences.%.*s", STR_ARG(d->name)),
                           .stop_trigger = str_printf(a, "sequences.%.*s/stop", STR_ARG(d->name)),
                           .calendar = play_calendar(all->m, d->node),
                           .quiet_hours = node_text(node_get(d->node, "quiet_hours"), "calendar"),
                           .definition = d,
                           .enrol_when = enrol ? enrol->expr : NULL,
                           .stop_when = stop ? stop->expr : NULL,
                           .consent = consent_of(all->m, node_text(d->node, "purpose"), d->object),
                           .address = address_of(d)};
    if (!str_to_i64(node_text(node_get(d->node, "cap"), "per_week"), &s->per_week))
        s->per_week = 0;
    read_steps(s, node_items(d->node, "steps"), a);
    read_ties(all->m, s, a);
}

static void *make(const struct process *p, const struct model *m, struct arena *a)
{
    struct sequences *s = ARENA_NEW(a, struct sequences);
    (void)p;
    s->m = m;
    for (size_t i = 0; i < m->n_definitions; i++)
        if (str_is(m->definitions[i].kind, "sequences") && m->definitions[i].object)
            read_sequence(s, &m->definitions[i], a);
    return s;
}

static const struct sequence *sequence_of(const struct sequences *s, const struct row *run)
{
    struct str name = row_text(run, "name");
    for (size_t i = 0; i < s->list.n; i++)
        if (str_eq(s->list.v[i].name, name))
            return &s->list.v[i];
    return NULL;
}

/* As it was when the run began. */
static const struct sequence *sequence_begun(struct reaction *r, const struct row *run)
{
    return sequence_of(part_begun(r->p, &sequences_part, "sequences", run), run);
}

/* The active run of a record that began under `s`; NULL: none. */
static const struct row *run_under(struct reaction *r, const struct sequence *s,
                                   const struct row *of)
{
    const struct row *run = run_active(r, of->object, of->id, "sequence", s->name);
    return run && sequence_begun(r, run) == s ? run : NULL;
}

/* ---- what ends it -------------------------------------------------------------------------------------------------- */

static void cancel_open(struct reaction *r, const struct row *task, void *ctx)
{
    (void)ctx;
    if (!row_is(task, "state", "open"))
        return;
    struct asking a = ask_set(r, task->object, task->id, row_text(task, "origin"));
    ask_word(&a, "state", "cancelled");
    ask_reason(&a, STR("its sequence ended"));
    (void)ask(&a);
}

static void stop(struct reaction *r, const struct row *run, const struct sequence *s,
                 struct str reason)
{
    run_end(r, run, "stopped", s->origin, reason);
}

/* ---- the record: in and out ---------------------------------------------------------------------------------------- */

/* The subject said yes or no: runs over it, and over records that refer to it, stop or go on. */
static void follow_consent(struct reaction *r, const struct sequence *s, const struct tie *t,
                           const struct row *of)
{
    const struct row *run = run_under(r, s, of);
    if (!run)
        return;
    if (t->stops && consent_ask(r, &t->consent, of, NULL) == CONSENT_NO)
        stop(
            r, run, s,
            str_printf(r->l->arena, "consent for %.*s was withdrawn", STR_ARG(t->consent.purpose)));
    else
        wake_record(r, run->object, run->id, r->l->at);
}

static void follow_subject(struct reaction *r, const struct sequence *s, const struct tie *t)
{
    const struct look *l = r->l;
    const struct consent *c = &t->consent;
    const struct row **rows;
    size_t n = 0;
    if (c->field->object != l->object || look_is_new(l) || l->by_time || !look_touched(l, c->field))
        return;
    if (!c->via) {
        follow_consent(r, s, t, l->now);
        return;
    }
    r->rc = l->reader->children(l->reader->ctx, c->via, l->now->id, &rows, &n);
    for (size_t i = 0; r->rc == RC_OK && i < n; i++)
        follow_consent(r, s, t, rows[i]);
}

static void enter_and_leave(struct reaction *r, const struct sequence *s)
{
    const struct row *now = r->l->now;
    bool stops = false, stopped = false;
    if (s->stop_when)
        stopped = trigger_holds(r, s->stop_trigger, s->stop_when, &stops);
    if (trigger_rises(r, s->origin, s->enrol_when) && !stopped)
        run_start(r, "sequence", s->name, now->object, now->id, s->origin, STR("enrol_when holds"));
    const struct row *run = stops ? run_under(r, s, now) : NULL;
    if (run)
        stop(r, run, s, STR("stop_when holds"));
}

static void keep(struct reaction *r, const void *past, uint32_t until)
{
    const struct sequences *all = past;
    (void)until;
    for (size_t i = 0; i < all->list.n && r->rc == RC_OK; i++) {
        const struct sequence *s = &all->list.v[i];
        bool over = s->definition->object == r->l->object && s->stop_when && !r->l->quiet;
        const struct row *run = over ? run_under(r, s, r->l->now) : NULL;
        if (run && look_test(r, s->stop_when, NULL) == XT_MET)
            stop(r, run, s, STR("stop_when holds"));
        else if (run)
            wake_for(r, s->stop_when);
        for (size_t k = 0; k < s->n_ties && r->rc == RC_OK; k++)
            follow_subject(r, s, &s->ties[k]);
    }
}

static void react_to_record(struct reaction *r, const struct sequences *all)
{
    for (size_t i = 0; i < all->list.n && r->rc == RC_OK; i++) {
        const struct sequence *s = &all->list.v[i];
        if (s->definition->object == r->l->object)
            enter_and_leave(r, s);
        for (size_t k = 0; k < s->n_ties && r->rc == RC_OK; k++)
            follow_subject(r, s, &s->ties[k]);
    }
}

/* ---- the next step ------------------------------------------------------------------------------------------------- */

/* A step in hand: of which run, over which record. */
struct stepping {
    const struct sequence *s;
    const struct row *run, *of;
    size_t step; /* from 1 */
};

static void wait_until(struct reaction *r, const struct stepping *st, struct instant at,
                       struct str reason)
{
    const struct row *run = st->run;
    bool same = row_instant(run, "next_at").us == at.us && str_eq(row_text(run, "reason"), reason);
    wake_at(r, at);
    if (same)
        return;
    struct asking a = ask_set(r, run->object, run->id, st->s->origin);
    ask_instant(&a, "next_at", at);
    ask_text(&a, "reason", reason);
    ask_reason(&a, reason);
    (void)ask(&a);
}

/* Mails asked for within a week, and the oldest of them. */
struct counting {
    struct instant since, oldest;
    int64_t n;
};

static void count_mail(struct reaction *r, const struct row *note, void *ctx)
{
    struct counting *c = ctx;
    struct instant at = row_instant(note, "at");
    (void)r;
    if (!row_is(note, "kind", "message") || at.us <= c->since.us || at.us == INSTANT_MAX.us)
        return;
    c->n++;
    if (at.us < c->oldest.us)
        c->oldest = at;
}

/* May a mail go out now? Else the run waits, or is held until something changes, and says why. */
static bool may_send(struct reaction *r, const struct stepping *st)
{
    const struct sequence *s = st->s;
    struct look *l = r->l;
    struct str why = STR("");
    struct instant open = l->at;
    struct calendar *c;
    if (!s->address || row_value(st->of, s->address)->type != VT_TEXT) {
        stop(r, st->run, s, STR("there is no address to write to"));
        return false;
    }
    if (consent_ask(r, &s->consent, st->of, &why) != CONSENT_YES) {
        wait_until(r, st, INSTANT_MAX, str_printf(l->arena, "held: %.*s", STR_ARG(why)));
        return false;
    }
    if (s->quiet_hours.n && r->rc == RC_OK) {
        r->rc = calendars_get(l->calendars, s->quiet_hours, &c);
        r->rc = r->rc == RC_OK ? calendar_next_open(c, l->at, &open) : r->rc;
    }
    if (open.us > l->at.us) {
        wait_until(r, st, open, STR("waits for the hours it may write in"));
        return false;
    }
    struct counting count = {.since = {l->at.us - 7 * US_PER_DAY}, .oldest = INSTANT_MAX};
    if (s->per_week)
        each_child(r, ON_NOTIFICATION, str_c(l->arena, st->of->object->name), st->of->id,
                   count_mail, &count);
    if (s->per_week && count.n >= s->per_week) {
        wait_until(r, st, (struct instant){count.oldest.us + 7 * US_PER_DAY},
                   STR("waits for its weekly cap"));
        return false;
    }
    return r->rc == RC_OK;
}

static void send_mail(struct reaction *r, const struct stepping *st)
{
    const struct sequence *s = st->s;
    const struct object *o = builtin_object(r->p, ON_NOTIFICATION);
    struct effect_message m = {.channel = STR("mail"),
                               .template_file = s->steps[st->step - 1].email,
                               .address_field = s->address,
                               .purpose = s->consent.purpose,
                               .run = st->run->id,
                               .id = str_printf(r->l->arena, "sequence-%llu-%zu",
                                                (unsigned long long)st->run->id, st->step)};
    ask_message(r, &m, s->origin);
    if (r->rc != RC_OK)
        return;
    struct effect *e = &r->effects.v[r->effects.n - 1];
    e->object = st->of->object;
    e->record = st->of->id;
    struct asking a = ask_create(r, o, s->origin);
    ask_text(&a, "kind", STR("message"));
    ask_text(&a, "text", m.template_file);
    ask_text(&a, "why", str_printf(r->l->arena, "%.*s, step %zu", STR_ARG(s->origin), st->step));
    ask_text(&a, "channel", STR("mail"));
    ask_word(&a, "state", "read");
    ask_instant(&a, "at", r->l->at);
    ask_about(&a, st->of->object, st->of->id);
    (void)ask(&a);
}

static void give_task(struct reaction *r, const struct stepping *st)
{
    const struct step *step = &st->s->steps[st->step - 1];
    struct asking a = ask_create(r, builtin_object(r->p, ON_TASK), st->s->origin);
    uint64_t owner = row_owner(st->of);
    ask_text(&a, "name", step->task);
    ask_word(&a, "state", "open");
    ask_text(&a, "origin", st->s->origin);
    ask_ref(&a, "enrolment", st->run->id);
    ask_int(&a, "step", (int64_t)st->step);
    ask_about(&a, st->of->object, st->of->id);
    ask_ref(&a, "owner", owner ? owner : row_owner(st->run));
    ask_instant(&a, "due_at", play_due(r, st->s->calendar, STR("1bd"), r->l->at));
    (void)ask(&a);
}

/* The step was done at `at`: the wait for the next one begins, or the run is over. */
static void step_done(struct reaction *r, const struct stepping *st, struct instant at)
{
    const struct sequence *s = st->s;
    if (st->step >= s->n_steps) {
        struct asking a = ask_set(r, st->run->object, st->run->id, s->origin);
        ask_int(&a, "step", (int64_t)st->step);
        ask_word(&a, "state", "done");
        ask_text(&a, "reason", STR("every step was taken"));
        (void)ask(&a);
        return;
    }
    struct instant next = play_due(r, s->calendar, s->steps[st->step].after, at);
    struct asking a = ask_set(r, st->run->object, st->run->id, s->origin);
    ask_int(&a, "step", (int64_t)st->step);
    ask_instant(&a, "next_at", next);
    ask_text(&a, "reason", STR(""));
    (void)ask(&a);
    wake_record(r, st->run->object, st->run->id, next);
}

static void take_step(struct reaction *r, const struct stepping *st)
{
    if (st->s->steps[st->step - 1].email.n) {
        if (!may_send(r, st))
            return;
        send_mail(r, st);
        step_done(r, st, r->l->at);
        return;
    }
    give_task(r, st);
    struct asking a = ask_set(r, st->run->object, st->run->id, st->s->origin);
    ask_int(&a, "step", (int64_t)st->step);
    ask_instant(&a, "next_at", INSTANT_MAX);
    ask_text(&a, "reason", STR("waits for its task"));
    (void)ask(&a);
}

static void find_open(struct reaction *r, const struct row *task, void *ctx)
{
    bool *open = ctx;
    (void)r;
    *open |= row_is(task, "state", "open");
}

static void react_to_run(struct reaction *r)
{
    const struct look *l = r->l;
    const struct row *run = l->now;
    const struct sequence *s = sequence_begun(r, run);
    const struct object *about = NULL;
    uint64_t id = 0;
    bool busy = false;
    if (!s || !row_is(run, "kind", "sequence") || l->quiet)
        return;
    if (became(l, "state", "stopped") && !look_is_new(l))
        each_child(r, ON_TASK, "enrolment", run->id, cancel_open, NULL);
    if (!row_is(run, "state", "active") || !row_about(run, &about, &id))
        return;
    const struct row *of = row_of(r, about, id);
    struct stepping st = {s, run, of, (size_t)row_int(run, "step", 0) + 1};
    if (look_is_new(l)) {
        wait_until(r, &st, play_due(r, s->calendar, s->steps[0].after, l->at), STR(""));
        return;
    }
    struct instant next = row_instant(run, "next_at");
    bool held = next.us == INSTANT_MAX.us && str_starts(row_text(run, "reason"), STR("held: "));
    if (next.us > l->at.us && !held) {
        wake_at(r, next);
        return;
    }
    if (!of || (s->stop_when && row_test(r, of, s->stop_when, NULL) == XT_MET)) {
        stop(r, run, s, of ? STR("stop_when holds") : STR("the record is gone"));
        return;
    }
    each_child(r, ON_TASK, "enrolment", run->id, find_open, &busy);
    if (!busy && st.step <= s->n_steps)
        take_step(r, &st);
}

/* A task of a step ended: the wait for the next begins. */
static void react_to_task(struct reaction *r)
{
    const struct look *l = r->l;
    uint64_t enrolment = row_ref(l->now, "enrolment");
    if (!enrolment || l->quiet || l->by_time || look_is_new(l) ||
        !row_is(l->before, "state", "open") || row_is(l->now, "state", "open"))
        return;
    const struct row *run = row_of(r, builtin_object(r->p, ON_ENROLMENT), enrolment);
    const struct sequence *s = run ? sequence_begun(r, run) : NULL;
    if (!s || !row_is(run, "kind", "sequence") || !row_is(run, "state", "active"))
        return;
    struct stepping st = {s, run, NULL, (size_t)row_int(run, "step", 0)};
    if (st.step > 0 && row_int(l->now, "step", 0) == (int64_t)st.step)
        step_done(r, &st, l->at);
}

static void react(struct reaction *r, const void *self)
{
    if (row_is_of(r->l->now, ON_ENROLMENT))
        react_to_run(r);
    else if (row_is_of(r->l->now, ON_TASK))
        react_to_task(r);
    else
        react_to_record(r, self);
}

static void watch(const void *self, const struct object *o, struct arena *a, expr_list *out)
{
    const struct sequences *all = self;
    for (size_t i = 0; i < all->list.n; i++) {
        const struct sequence *s = &all->list.v[i];
        if (s->definition->object != o)
            continue;
        *VEC_PUSH(a, out) = s->enrol_when;
        if (s->stop_when)
            *VEC_PUSH(a, out) = s->stop_when;
    }
}

const struct part sequences_part = {
    .name = "sequences", .make = make, .react = react, .keeps = true, .keep = keep, .watch = watch};
