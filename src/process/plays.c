/* plays.c - runs of playbooks and sequences over records, and business days. */
#include "process/plays.h"
#include "model/scalar.h"
#include "projection/titles.h"

#include <assert.h>

/* ---- definitions ------------------------------------------------------------------------------------------------- */

struct str play_calendar(const struct model *m, const struct node *definition)
{
    struct str own = node_text(definition, "calendar");
    const struct node *all = node_get(m->root, "calendars");
    if (own.n)
        return own;
    return all && all->kind == NODE_MAP && all->n == 1 ? all->pairs[0].key : STR("");
}

/* `role: csm` as the target {role: csm}. */
static const struct node *role_target(const struct node *role, struct arena *a)
{
    struct node *n = ARENA_NEW(a, struct node);
    n->kind = NODE_MAP;
    n->at = role->at;
    n->pairs = ARENA_ARRAY(a, 1, struct pair);
    struct node *value = ARENA_NEW(a, struct node);
    *value = *role;
    n->pairs[0] = (struct pair){.key = STR("role"), .at = role->at, .value = value};
    n->n = 1;
    return n;
}

static void read_task(const struct node *n, struct playbook *p, struct arena *a)
{
    struct playbook_task *t = &p->tasks[p->n_tasks];
    const struct node *outcomes = node_get(n, "outcome"), *done = node_get(n, "done_when");
    *t = (struct playbook_task){.name = node_text(n, "name"),
                                .due = node_text(n, "due"),
                                .to = node_get(n, "to"),
                                .outcomes = outcomes && outcomes->n ? outcomes : NULL,
                                .done_when = done ? done->expr : NULL};
    if (!t->to && node_get(n, "role"))
        t->to = role_target(node_get(n, "role"), a);
    struct str after = node_text(n, "after");
    for (size_t i = 0; after.n && i < p->n_tasks; i++)
        if (str_eq(p->tasks[i].name, after))
            t->after = i + 1;
    p->n_tasks++;
}

playbook_list playbooks_read(const struct model *m, struct arena *a)
{
    playbook_list list = {NULL, 0, 0};
    for (size_t i = 0; i < m->n_definitions; i++) {
        const struct definition *d = &m->definitions[i];
        if (!str_is(d->kind, "playbooks"))
            continue;
        const struct node *tasks = node_items(d->node, "tasks");
        struct playbook *p = VEC_PUSH(a, &list);
        *p = (struct playbook){.name = d->name,
                               .origin = str_printf(a, "playbooks.%.*s", STR_ARG(d->name)),
                               .calendar = play_calendar(m, d->node),
                               .definition = d,
                               .tasks = ARENA_ARRAY(a, tasks->n + 1, struct playbook_task)};
        for (size_t k = 0; k < tasks->n; k++)
            read_task(tasks->items[k], p, a);
    }
    return list;
}

const struct playbook *playbook_named(const playbook_list *list, struct str name)
{
    for (size_t i = 0; i < list->n; i++)
        if (str_eq(list->v[i].name, name))
            return &list->v[i];
    return NULL;
}

const struct playbook *playbook_of_origin(const playbook_list *list, struct str origin)
{
    for (size_t i = 0; i < list->n; i++)
        if (str_eq(list->v[i].origin, origin))
            return &list->v[i];
    return NULL;
}

const struct playbook_task *playbook_task_of(const playbook_list *list, const struct row *task)
{
    const struct playbook *p = playbook_of_origin(list, row_text(task, "origin"));
    int64_t step = row_int(task, "step", 0);
    return p && step > 0 && (size_t)step <= p->n_tasks ? &p->tasks[step - 1] : NULL;
}

/* ---- business days ----------------------------------------------------------------------------------------------- */

enum { SATURDAY = 5 };

/* The end of the n-th day from Monday to Friday after that of `from`. */
static struct instant end_of_weekday(struct reaction *r, struct instant from, int32_t n)
{
    struct date d = zone_date(r->l->zone, from);
    while (n > 0 && d.days < DATE_MAX.days - 1) {
        d.days++;
        n -= date_weekday(d) < SATURDAY;
    }
    d.days++;
    return zone_midnight(r->l->zone, d);
}

/* The closing of the n-th business day after that of `from`. */
static struct instant end_of_business_day(struct reaction *r, struct calendar *c,
                                          struct instant from, int32_t n)
{
    struct date day;
    struct instant opens, closes;
    r->rc = calendar_add_days(c, zone_date(calendar_zone(c), from), n, &day);
    if (r->rc != RC_OK || !calendar_day_bounds(c, day, &opens, &closes))
        return INSTANT_MAX;
    return closes;
}

static struct instant later(struct instant from, struct duration d)
{
    int64_t us;
    return __builtin_add_overflow(from.us, d.us, &us) || us > INSTANT_MAX.us ? INSTANT_MAX
                                                                             : (struct instant){us};
}

struct instant play_due(struct reaction *r, struct str calendar, struct str worktime,
                        struct instant from)
{
    struct duration open;
    int32_t days;
    struct calendar *c = NULL;
    if (r->rc != RC_OK || !scalar_worktime(worktime, &open, &days))
        return from;
    if (days > 0 && !calendar.n)
        return end_of_weekday(r, from, days);
    /* Days and weeks pass for everybody; hours of a calendar pass while it is open. */
    if (days == 0 && (!calendar.n || open.us % US_PER_DAY == 0))
        return later(from, open);
    r->rc = calendars_get(r->l->calendars, calendar, &c);
    if (r->rc != RC_OK)
        return INSTANT_MAX;
    if (days > 0)
        return end_of_business_day(r, c, from, days);
    struct instant due;
    r->rc = calendar_add(c, from, open, &due);
    return r->rc == RC_OK ? due : INSTANT_MAX;
}

/* ---- rows -------------------------------------------------------------------------------------------------------- */

bool row_is_of(const struct row *row, uint32_t number)
{
    return row->object->builtin && row->object->number == number;
}

bool became(const struct look *l, const char *field, const char *value)
{
    return look_touched(l, builtin_field(l->object, field)) && row_is(l->now, field, value) &&
           !row_is(l->before, field, value);
}

const struct row *row_of(struct reaction *r, const struct object *o, uint64_t id)
{
    const struct row *row = NULL;
    if (r->rc == RC_OK && id)
        r->rc = r->l->reader->row(r->l->reader->ctx, o, id, &row);
    return r->rc == RC_OK ? row : NULL;
}

uint64_t subject_of(const struct row *of, const struct object *o)
{
    if (of->object == o)
        return of->id;
    for (size_t i = 0; i < of->object->n_fields; i++)
        if (of->object->fields[i]->to == o && of->values[i].type == VT_REF)
            return of->values[i].ref;
    return 0;
}

static struct str title_beyond(void *self, const struct object *o, uint64_t id, bool *deleted)
{
    struct reaction *r = self;
    const struct row *row = row_of(r, o, id);
    *deleted = !row;
    return row ? row_title(row, NULL, r->l->arena) : STR_NONE;
}

struct str record_title(struct reaction *r, const struct row *row)
{
    const struct record_names names = {r, title_beyond};
    return row_title(row, &names, r->l->arena);
}

void each_child(struct reaction *r, uint32_t number, const char *via, uint64_t id,
                void (*visit)(struct reaction *r, const struct row *child, void *ctx), void *ctx)
{
    const struct object *o = builtin_object(r->p, number);
    const struct field *f = o ? object_field(o, str_of(via)) : NULL;
    const struct row **rows;
    size_t n = 0;
    if (!f || r->rc != RC_OK)
        return;
    r->rc = r->l->reader->children(r->l->reader->ctx, f, id, &rows, &n);
    for (size_t i = 0; r->rc == RC_OK && i < n; i++)
        visit(r, rows[i], ctx);
}

/* ---- runs -------------------------------------------------------------------------------------------------------- */

struct finding_run {
    const char *kind;
    struct str name;
    const struct row *found;
};

static void find_run(struct reaction *r, const struct row *run, void *ctx)
{
    struct finding_run *f = ctx;
    (void)r;
    if (!f->found && row_is(run, "state", "active") && row_is(run, "kind", f->kind) &&
        str_eq(row_text(run, "name"), f->name))
        f->found = run;
}

const struct row *run_active(struct reaction *r, const struct object *o, uint64_t id,
                             const char *kind, struct str name)
{
    struct finding_run f = {.kind = kind, .name = name};
    each_child(r, ON_ENROLMENT, str_c(r->l->arena, o->name), id, find_run, &f);
    return f.found;
}

/* Asked for in this reaction already? */
static bool run_is_asked(const struct reaction *r, const struct field *about, uint64_t id,
                         struct str name)
{
    for (size_t i = 0; i < r->effects.n; i++) {
        const struct effect *e = &r->effects.v[i];
        bool same = false, named = false;
        if (e->kind != EFFECT_CREATE || e->object != about->object)
            continue;
        for (size_t k = 0; k < e->n_fields; k++) {
            const struct value *v = &e->fields[k].value;
            same |= e->fields[k].field == about && v->type == VT_REF && v->ref == id;
            named |= v->type == VT_TEXT && str_eq(v->text, name);
        }
        if (same && named)
            return true;
    }
    return false;
}

void run_start(struct reaction *r, const char *kind, struct str name, const struct object *o,
               uint64_t id, struct str definition, struct str reason)
{
    const struct object *enrolment = builtin_object(r->p, ON_ENROLMENT);
    const struct field *about = enrolment ? about_field(enrolment, o) : NULL;
    const struct row *of = row_of(r, o, id);
    if (!about || !of || run_is_asked(r, about, id, name) || run_active(r, o, id, kind, name))
        return;
    struct asking a = ask_create(r, enrolment, definition);
    ask_text(&a, "name", name);
    ask_word(&a, "kind", kind);
    ask_word(&a, "state", "active");
    ask_about(&a, o, id);
    ask_ref(&a, "owner", row_owner(of));
    ask_reason(&a, reason);
    (void)ask(&a);
}

void run_end(struct reaction *r, const struct row *run, const char *state, struct str definition,
             struct str reason)
{
    struct asking a = ask_set(r, run->object, run->id, definition);
    ask_word(&a, "state", state);
    ask_text(&a, "reason", reason);
    ask_instant(&a, "next_at", INSTANT_MAX);
    ask_reason(&a, reason);
    (void)ask(&a);
}
