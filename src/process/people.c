/* people.c - who sits where, who is away, and where the work of somebody who left goes.
 *
 * Somebody leaves by a change of their record: inactive, with the day. Each open record they own is then looked at by itself, in
 * bounded transactions, and goes to the successor named, else to the first of their manager and their team's lead who is
 * still here. What went where stands in records of `assignment` with the cause `leaver`. Pools skip them from that moment.
 */
#include "process/people.h"

#include "model/builtin.h"
#include "process/parts.h"
#include "process/target.h"

/* ---- common ------------------------------------------------------------------------------------------------------------ */

static bool is_builtin(const struct object *o, uint32_t number)
{
    return o->builtin && o->number == number;
}

static bool has_left(const struct row *person)
{
    const struct field *f = object_field(person->object, STR("left_on"));
    return !person_is_active(person) && row_value(person, f)->type == VT_DATE;
}

bool row_is_open(const struct row *row)
{
    const struct object *o = row->object;
    if (o->builtin) {
        const struct field *f = object_field(o, STR("state"));
        const struct value *v = f ? row_value(row, f) : NULL;
        return v && v->type == VT_ENUM && !field_value_numbered(f, v->number_of)->closed;
    }
    for (size_t i = 0; i < o->n_processes; i++) {
        const struct value *v = row_value(row, o->processes[i]->field);
        const struct stage *s = v->type == VT_ENUM
                                    ? process_stage_numbered(o->processes[i], v->number_of)
                                    : NULL;
        if (s && s->outcome != OUTCOME_OPEN)
            return false;
    }
    return true;
}

struct span_of_days {
    int32_t from, to;
};

/* Both days count; without an end it goes on. */
static struct span_of_days days_of(const struct row *row)
{
    const struct value *from = row_value(row, object_field(row->object, STR("starts")));
    const struct value *to = row_value(row, object_field(row->object, STR("ends")));
    return (struct span_of_days){from->type == VT_DATE ? from->date.days : INT32_MIN,
                                 to->type == VT_DATE ? to->date.days : INT32_MAX};
}

/* ---- somebody left ------------------------------------------------------------------------------------------------------ */

/* What they own of the built-in objects that is about people or places is not work. */
static bool holds_work(const struct object *o)
{
    const struct builtin *b = builtin_of(o);
    return b ? b->work : !o->is_fact;
}

static void wake_work(struct reaction *r, const struct object *o)
{
    const struct row **rows;
    size_t n = 0;
    if (r->rc == RC_OK)
        r->rc = r->l->reader->children(r->l->reader->ctx, object_field(o, STR("owner")),
                                       r->l->now->id, &rows, &n);
    for (size_t i = 0; r->rc == RC_OK && i < n; i++)
        if (row_is_open(rows[i]))
            wake_record(r, o, rows[i]->id, r->l->at);
}

static void leave_pools(struct reaction *r)
{
    const struct object *member = builtin_object(r->p, ON_POOL_MEMBER);
    const struct row **rows;
    size_t n = 0;
    if (member && r->rc == RC_OK)
        r->rc = r->l->reader->children(r->l->reader->ctx, builtin_field(member, "person"),
                                       r->l->now->id, &rows, &n);
    for (size_t i = 0; member && r->rc == RC_OK && i < n; i++) {
        struct asking a = ask_set(r, member, rows[i]->id, STR("people.leaver"));
        ask_value(&a, "active", (struct value){.type = VT_BOOL, .boolean = false});
        ask_reason(&a, STR("left"));
        ask(&a);
    }
}

/* Their seats are free from the day after. */
static void leave_seats(struct reaction *r)
{
    const struct object *seat = builtin_object(r->p, ON_SEAT);
    struct date last = row_date(r->l->now, "left_on");
    const struct row **rows;
    size_t n = 0;
    if (seat && r->rc == RC_OK)
        r->rc = r->l->reader->children(r->l->reader->ctx, builtin_field(seat, "person"),
                                       r->l->now->id, &rows, &n);
    for (size_t i = 0; seat && r->rc == RC_OK && i < n; i++) {
        struct span_of_days d = days_of(rows[i]);
        if (d.to <= last.days || d.from > last.days)
            continue;
        struct asking a = ask_set(r, seat, rows[i]->id, STR("people.leaver"));
        ask_value(&a, "ends", (struct value){.type = VT_DATE, .date = last});
        ask_reason(&a, STR("left"));
        ask(&a);
    }
}

static void react_person(struct reaction *r)
{
    const struct look *l = r->l;
    const struct model *m = process_model(r->p);
    bool leaves = has_left(l->now) && (!l->before || !has_left(l->before));
    if (!leaves || l->quiet)
        return;
    for (size_t i = 0; i < m->n_objects && r->rc == RC_OK; i++)
        if (holds_work(m->objects[i]))
            wake_work(r, m->objects[i]);
    leave_pools(r);
    leave_seats(r);
}

enum {
    HEIRS_MAX = 16
}; /* people in a row who have left too, before the company's owner takes it */

static const struct row *heir_of(struct reaction *r, const struct row *person)
{
    const struct model *m = process_model(r->p);
    const struct row *team = reader_row(r, model_object_numbered(m, ON_TEAM),
                                        row_ref(person, "team"));
    uint64_t wishes[] = {row_ref(person, "successor"), row_ref(person, "manager"),
                         team ? row_ref(team, "lead") : 0};
    const struct row *first = NULL;
    for (size_t i = 0; i < sizeof wishes / sizeof *wishes; i++) {
        const struct row *to = wishes[i] != person->id ? person_row(r, wishes[i]) : NULL;
        if (to && person_is_active(to))
            return to;
        first = first ? first : to;
    }
    return first;
}

/* Who takes over: the successor, else the manager, else the team's lead; when they left too, whoever took over from them. */
static uint64_t successor_of(struct reaction *r, const struct row *person)
{
    const struct person_seed *last = process_model(r->p)->company.owner;
    const struct row *heir = heir_of(r, person);
    for (int i = 0; heir && !person_is_active(heir) && i < HEIRS_MAX; i++)
        heir = heir_of(r, heir);
    if (heir && person_is_active(heir))
        return heir->id;
    return last ? r->l->reader->person_id(r->l->reader->ctx, last->name) : 0;
}

/* The list of what went where: for records of the model, which have assignments. */
static void note_assignment(struct reaction *r, const struct hand_over *h)
{
    const struct object *assignment = builtin_object(r->p, ON_ASSIGNMENT);
    if (!assignment || !about_field(assignment, r->l->object))
        return;
    struct asking a = ask_create(r, assignment, h->definition);
    ask_text(&a, "route", h->route);
    ask_text(&a, "cause", str_of(h->cause));
    ask_ref(&a, "owner", h->to);
    ask_ref(&a, "previous", row_owner(r->l->now));
    ask_instant(&a, "at", r->l->at);
    ask_about(&a, r->l->object, r->l->now->id);
    ask(&a);
}

void hand_over(struct reaction *r, const struct hand_over *h)
{
    struct asking a = ask_set(r, r->l->object, r->l->now->id, h->definition);
    ask_ref(&a, "owner", h->to);
    ask_reason(&a, h->reason);
    ask(&a);
    note_assignment(r, h);
}

/* A look by time at something open whose owner has left; an ordinary change of it hands nothing over. */
static void react_owned(struct reaction *r)
{
    const struct look *l = r->l;
    if (!l->by_time || l->quiet || !holds_work(l->object) || !row_is_open(l->now))
        return;
    const struct row *owner = person_row(r, row_owner(l->now));
    if (!owner || !has_left(owner))
        return;
    uint64_t to = successor_of(r, owner);
    if (!to || to == owner->id)
        return;
    struct hand_over h = {to, "leaver", STR("leaver"), STR("people.leaver"),
                          str_printf(l->arena, "%.*s left", STR_ARG(row_text(owner, "name")))};
    hand_over(r, &h);
}

static size_t open_tasks(struct reaction *r, uint64_t person)
{
    const struct row **rows;
    size_t n = 0, open = 0;
    if (r->rc == RC_OK)
        r->rc = r->l->reader->children(r->l->reader->ctx,
                                       object_field(builtin_object(r->p, ON_TASK), STR("owner")),
                                       person, &rows, &n);
    for (size_t i = 0; r->rc == RC_OK && i < n; i++)
        open += row_is(rows[i], "state", "open");
    return open;
}

/* On its first day whoever stands in hears of what is open. The tasks stay whose they are: who does one of them ends it. */
static void react_absence(struct reaction *r)
{
    const struct look *l = r->l;
    struct span_of_days d = days_of(l->now);
    uint64_t person = row_ref(l->now, "person"), delegate = row_ref(l->now, "delegate");
    char last[16];
    if (d.from > l->today.days)
        wake_at(r, zone_midnight(l->zone, (struct date){d.from}));
    bool rises = trigger_follow(r, STR("people.absence"),
                                d.from <= l->today.days && l->today.days <= d.to);
    size_t n = rises && delegate && !row_is(l->now, "tasks", "wait") ? open_tasks(r, person) : 0;
    if (n)
        notify(r, delegate, "standing_in", l->object, l->now->id,
               str_printf(l->arena, "You stand in for %.*s until %.*s: %zu open task%s",
                          STR_ARG(person_name(r, person)),
                          STR_ARG(date_text((struct date){d.to}, last)), n, n == 1 ? "" : "s"),
               STR("people.absence"));
}

static bool timed(const void *self, const struct object *o)
{
    (void)self;
    return is_builtin(o, ON_ABSENCE);
}

static void react(struct reaction *r, const void *self)
{
    (void)self;
    if (is_builtin(r->l->object, ON_ABSENCE))
        react_absence(r);
    else if (is_builtin(r->l->object, ON_PERSON))
        react_person(r);
    else
        react_owned(r);
}

/* ---- absences and seats --------------------------------------------------------------------------------------------------- */

static bool same_kind(const struct row *a, const struct row *b)
{
    return !is_builtin(a->object, ON_SEAT) ||
           (str_eq(row_text(a, "seat"), row_text(b, "seat")) &&
            str_eq(row_text(a, "territory"), row_text(b, "territory")));
}

static void judge_overlap(struct reaction *r, const struct process_findings *f)
{
    const struct look *l = r->l;
    struct span_of_days d = days_of(l->now);
    const struct row **rows;
    size_t n = 0;
    if (r->rc == RC_OK)
        r->rc = l->reader->children(l->reader->ctx, builtin_field(l->object, "person"),
                                    row_ref(l->now, "person"), &rows, &n);
    for (size_t i = 0; r->rc == RC_OK && i < n; i++) {
        struct span_of_days o = days_of(rows[i]);
        if (rows[i]->id == l->now->id || o.from > d.to || d.from > o.to ||
            !same_kind(rows[i], l->now))
            continue;
        f->add(f->ctx, "OVERLAP", ENFORCE_WARN, builtin_field(l->object, "starts"), STR("people"),
               STR_NONE,
               str_printf(l->arena, "it overlaps another %.*s of the same person",
                          STR_ARG(l->object->name)),
               STR("End the earlier one the day before."));
        return;
    }
}

static void judge(struct reaction *r, const void *self, const struct process_findings *f)
{
    const struct look *l = r->l;
    (void)self;
    if (!is_builtin(l->object, ON_ABSENCE) && !is_builtin(l->object, ON_SEAT))
        return;
    struct span_of_days d = days_of(l->now);
    if (d.to < d.from) {
        f->add(f->ctx, "ENDS_FIRST", ENFORCE_DENY, builtin_field(l->object, "ends"), STR("people"),
               STR_NONE, STR("it ends before it begins"),
               STR("Give the last day, not before the first."));
        return;
    }
    uint64_t person = row_ref(l->now, "person");
    if (is_builtin(l->object, ON_ABSENCE) && person && row_ref(l->now, "delegate") == person)
        f->add(f->ctx, "DELEGATE_SELF", ENFORCE_DENY, builtin_field(l->object, "delegate"),
               STR("people"), STR_NONE, STR("nobody stands in for themselves"),
               STR("Name somebody else, or nobody."));
    judge_overlap(r, f);
}

const struct part people_part = {.name = "people", .judge = judge, .react = react, .timed = timed};
