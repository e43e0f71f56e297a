/* worklist.c - lists and queues as conditions over current records. */
#include "insight/worklist_impl.h"

#include "admission/look.h"
#include "process/choices.h"
#include "process/standing.h"

#include <assert.h>

/* ---- slices -------------------------------------------------------------------------------------------------------- */

void slice_column(struct work_slice *s, const struct field *f)
{
    for (size_t i = 0; i < s->n_columns; i++)
        if (s->columns[i] == f)
            return;
    if (f && s->n_columns < WORK_COLUMNS_MAX)
        s->columns[s->n_columns++] = f;
}

/* Of a record that has no name of its own, the record it belongs to says which it is. */
struct work_slice *slice_new(struct worklist *w, const struct object *o, struct str label)
{
    struct work_slice *s = VEC_PUSH(w->a, &w->out->slices);
    *s = (struct work_slice){.object = o, .label = label};
    slice_column(s, object_field_numbered(o, FN_OWNER));
    return s;
}

static struct str narrow(struct worklist *w, const struct object *o, struct str where,
                         const char *path, struct str word)
{
    if (word.n == 0)
        return where;
    return str_printf(w->a, "(%.*s) && %.*s.%s == '%.*s'", STR_ARG(where), STR_ARG(o->name), path,
                      STR_ARG(word));
}

/* "(task.team.name == 'sdr' || task.role == 'ae')": what whoever takes it may take; empty: nothing of the kind. */
static struct str shared_with(struct worklist *w, const struct object *o)
{
    struct str n = o->name, team = STR_NONE, role = STR_NONE;
    if (o->builtin && w->team.n && object_field(o, STR("team")))
        team = str_printf(w->a, "%.*s.team.name == '%.*s'", STR_ARG(n), STR_ARG(w->team));
    if (o->builtin && w->role.n && object_field(o, STR("role")))
        role = str_printf(w->a, "%.*s.role == '%.*s'", STR_ARG(n), STR_ARG(w->role));
    if (!team.n || !role.n)
        return team.n ? team : role;
    return str_printf(w->a, "(%.*s || %.*s)", STR_ARG(team), STR_ARG(role));
}

/* "approval.owner.name in ['sam', 'tia']": those of them for whom `counts` says so; empty: none. */
static struct str owned_by(struct worklist *w, const struct object *o,
                           bool (*counts)(const struct standing *s))
{
    struct str list = STR_NONE;
    for (size_t i = 0; i < w->out->n_standings; i++) {
        const struct standing *s = &w->out->standings[i];
        if (counts(s) && s->name.n && worklist_word(s->name))
            list = str_printf(w->a, "%.*s%s'%.*s'", STR_ARG(list), list.n ? ", " : "",
                              STR_ARG(s->name));
    }
    if (!list.n)
        return list;
    return str_printf(w->a, "%.*s.owner.name in [%.*s]", STR_ARG(o->name), STR_ARG(list));
}

static bool is_stood_in_for(const struct standing *s)
{
    return s->stands_in;
}

static bool reports_directly(const struct standing *s)
{
    return s->above == 1 && !s->stands_in;
}

static bool is_near(const struct standing *s)
{
    return s->stands_in || s->above > 0;
}

/* What of others the person may answer, as judgements of these objects have it; empty: nothing. */
static struct str answered_for(struct worklist *w, const struct object *o)
{
    if (!w->answers)
        return STR_NONE;
    if (o->number == ON_WAIVER)
        return owned_by(w, o, is_stood_in_for);
    if (o->number == ON_APPROVAL)
        return owned_by(w, o, is_near);
    if (o->number != ON_HANDOFF)
        return STR_NONE;
    struct str away = owned_by(w, o, is_stood_in_for), late = owned_by(w, o, reports_directly);
    if (late.n)
        late = str_printf(w->a, "(handoff.accept_by < now && %.*s)", STR_ARG(late));
    if (!away.n || !late.n)
        return away.n ? away : late;
    return str_printf(w->a, "%.*s || %.*s", STR_ARG(away), STR_ARG(late));
}

static struct str and_mine(struct worklist *w, const struct object *o, struct str where)
{
    struct str n = o->name, shared = shared_with(w, o), others = answered_for(w, o);
    if (w->q->person.n == 0 || w->everybodys || !object_field_numbered(o, FN_OWNER))
        return where;
    if (!shared.n && !others.n)
        return narrow(w, o, where, "owner.name", w->q->person);
    struct str mine = str_printf(w->a, "%.*s.owner.name == '%.*s'", STR_ARG(n),
                                 STR_ARG(w->q->person));
    if (shared.n)
        mine = str_printf(w->a, "%.*s || (!has(%.*s.owner) && %.*s)", STR_ARG(mine), STR_ARG(n),
                          STR_ARG(shared));
    if (others.n)
        mine = str_printf(w->a, "%.*s || %.*s", STR_ARG(mine), STR_ARG(others));
    return str_printf(w->a, "(%.*s) && (%.*s)", STR_ARG(where), STR_ARG(mine));
}

/* A condition of ours over the live model: that it compiles is our promise. */
static struct expr *compile(struct worklist *w, const struct object *o, struct str where)
{
    struct expr *out = NULL;
    struct diags ds;
    diags_init(&ds, w->a);
    enum rc rc = list_where(w->q->model, o, STR("worklist"), where, w->a, &out, &ds);
    assert(rc == RC_OK && out);
    return out;
}

static struct list_query query_of(struct worklist *w, const struct work_slice *s)
{
    return (struct list_query){.object = s->object,
                               .where = compile(w, s->object, s->where),
                               .sort = s->sort,
                               .now = w->q->now,
                               .zone = w->q->zone};
}

enum rc slice_read(struct worklist *w, struct work_slice *s)
{
    struct list_place *places;
    size_t n = 0;
    s->where = and_mine(w, s->object, s->where);
    slice_column(s, s->sort);
    struct list_query q = query_of(w, s);
    enum rc rc = list_settle(w->p, &q, w->a);
    if (rc == RC_OK)
        rc = list_page(w->p, &q, NULL, w->q->limit, w->a, &places, &n);
    if (rc == RC_OK)
        rc = list_count(w->p, &q, &s->total);
    if (rc != RC_OK)
        return rc;
    s->rows = ARENA_ARRAY(w->a, n + 1, struct work_row);
    for (size_t i = 0; i < n; i++)
        s->rows[s->n_rows++].id = places[i].id;
    return RC_OK;
}

enum rc slice_keep_mine(struct worklist *w, const struct object *o, uint64_t *ids, size_t *n)
{
    struct list_place *mine;
    size_t n_mine = 0, kept = 0;
    if (w->q->person.n == 0 || *n == 0)
        return RC_OK;
    struct work_slice s = {.object = o, .where = and_mine(w, o, STR("true"))};
    struct list_query q = query_of(w, &s);
    q.ids = ids;
    q.n_ids = *n;
    enum rc rc = list_settle(w->p, &q, w->a);
    if (rc == RC_OK)
        rc = list_page(w->p, &q, NULL, *n, w->a, &mine, &n_mine); /* ascending, as `ids` */
    for (size_t i = 0, k = 0; rc == RC_OK && i < *n && k < n_mine; i++)
        if (ids[i] == mine[k].id) {
            ids[kept++] = ids[i];
            k++;
        }
    *n = kept;
    return rc;
}

/* ---- processes ------------------------------------------------------------------------------------------------------- */

struct str stage_label(const struct stage *s)
{
    return s->label.n ? s->label : s->name;
}

/* "lead_to_revenue" without a label reads "Lead to revenue". */
struct str process_label(const struct process_def *p, struct arena *a)
{
    struct str out = str_dup(a, p->name);
    char *c = arena_alloc(a, out.n + 1);
    if (p->label.n && !str_eq(p->label, p->name))
        return p->label;
    for (size_t i = 0; i < out.n; i++)
        c[i] = out.p[i] == '_' ? ' ' : out.p[i];
    if (out.n && c[0] >= 'a' && c[0] <= 'z')
        c[0] = (char)(c[0] - 'a' + 'A');
    return (struct str){c, out.n};
}

const struct stage *stage_after(const struct process_def *p, const struct stage *s)
{
    for (size_t i = s->position + 1; i < p->n_stages; i++)
        if (p->stages[i].outcome != OUTCOME_LOST && !p->stages[i].moved_to)
            return &p->stages[i];
    return NULL;
}

/* "deal.stage in ['open', 'offer']": in an open stage of the process. */
static struct str open_condition(struct worklist *w, const struct process_def *p)
{
    struct str list = STR("");
    for (size_t i = 0; i < p->n_stages; i++)
        if (p->stages[i].outcome == OUTCOME_OPEN && !p->stages[i].moved_to)
            list = str_printf(w->a, "%.*s%s'%.*s'", STR_ARG(list), list.n ? ", " : "",
                              STR_ARG(p->stages[i].name));
    return str_printf(w->a, "%.*s.%.*s in [%.*s]", STR_ARG(p->object->name),
                      STR_ARG(p->field->name), STR_ARG(list));
}

/* The first amount of money that people enter: what a record is about, for sums. */
static const struct field *amount_of(const struct object *o)
{
    for (size_t i = 0; i < o->n_fields; i++)
        if (o->fields[i]->type == FT_MONEY && o->fields[i]->kind == FIELD_PLAIN)
            return o->fields[i];
    return NULL;
}

static struct work_slice *process_slice(struct worklist *w, const struct process_def *p,
                                        const char *what)
{
    struct str label = str_printf(w->a, "%.*s: %s", STR_ARG(process_label(p, w->a)), what);
    struct work_slice *s = slice_new(w, p->object, label);
    slice_column(s, p->field);
    slice_column(s, amount_of(p->object));
    return s;
}

static enum rc stale(struct worklist *w, const struct process_def *p)
{
    struct str where = STR(""), object = p->object->name;
    for (size_t i = 0; i < p->n_stages; i++) {
        const struct stage *s = &p->stages[i];
        if (s->max_age.us <= 0 || s->outcome != OUTCOME_OPEN || s->moved_to)
            continue;
        where = str_printf(w->a,
                           "%.*s%s(%.*s.%.*s == '%.*s' && %.*s.%.*s < now - duration('%llds'))",
                           STR_ARG(where), where.n ? " || " : "", STR_ARG(object),
                           STR_ARG(p->field->name), STR_ARG(s->name), STR_ARG(object),
                           STR_ARG(p->since->name), (long long)(s->max_age.us / 1000000));
    }
    if (where.n == 0)
        return RC_OK;
    struct work_slice *s = process_slice(w, p, "longer in their stage than it allows");
    s->where = where;
    s->sort = p->since;
    return slice_read(w, s);
}

static enum rc late_closing(struct worklist *w, const struct process_def *p)
{
    const struct field *due = object_field(p->object, STR("close_date"));
    if (!due || due->type != FT_DATE || !p->closed_at)
        return RC_OK;
    struct work_slice *s = process_slice(w, p, "close date has passed");
    s->where = str_printf(w->a, "%.*s && %.*s.close_date < today", STR_ARG(open_condition(w, p)),
                          STR_ARG(p->object->name));
    s->sort = due;
    return slice_read(w, s);
}

static enum rc unowned(struct worklist *w, const struct process_def *p)
{
    struct work_slice *s = process_slice(w, p, "without an owner");
    s->where = str_printf(w->a, "%.*s && !has(%.*s.owner)", STR_ARG(open_condition(w, p)),
                          STR_ARG(p->object->name));
    return slice_read(w, s);
}

static enum rc of_processes(struct worklist *w,
                            enum rc (*each)(struct worklist *w, const struct process_def *p))
{
    enum rc rc = RC_OK;
    for (size_t i = 0; i < w->q->model->n_processes && rc == RC_OK; i++)
        rc = each(w, w->q->model->processes[i]);
    return rc;
}

/* ---- success --------------------------------------------------------------------------------------------------------- */

static enum rc renewals_of(struct worklist *w, const struct object *o)
{
    const struct field *date = object_field(o, STR("renewal_date"));
    if (!date || date->type != FT_DATE || o->is_fact)
        return RC_OK;
    struct str n = o->name;
    struct work_slice *s = slice_new(w, o,
                                     str_printf(w->a, "%.*s: renewal in the next %d days",
                                                STR_ARG(o->label.n ? o->label : n),
                                                WORK_RENEWAL_DAYS));
    slice_column(s, amount_of(o));
    s->sort = date;
    s->where = str_printf(w->a,
                          "%.*s.renewal_date >= today && %.*s.renewal_date < today + days(%d)",
                          STR_ARG(n), STR_ARG(n), WORK_RENEWAL_DAYS);
    const struct field *end = object_field(o, STR("end_date"));
    if (end && end->type == FT_DATE) /* what ends before renews no more */
        s->where = str_printf(w->a,
                              "%.*s && (!has(%.*s.end_date) || %.*s.end_date >= %.*s.renewal_date)",
                              STR_ARG(s->where), STR_ARG(n), STR_ARG(n), STR_ARG(n));
    return slice_read(w, s);
}

/* Bands of a health definition: its first one is the worst, "red" or whatever it is called. */
static enum rc risks_of(struct worklist *w, const struct object *o)
{
    enum rc rc = RC_OK;
    for (size_t i = 0; i < o->n_fields && rc == RC_OK; i++) {
        const struct field *f = o->fields[i];
        if (f->kind != FIELD_DERIVED || f->type != FT_ENUM || f->n_values == 0)
            continue;
        struct str n = o->name;
        struct work_slice *s = slice_new(w, o,
                                         str_printf(w->a, "%.*s: %.*s is %.*s",
                                                    STR_ARG(o->label.n ? o->label : n),
                                                    STR_ARG(f->name), STR_ARG(f->values[0].name)));
        slice_column(s, f);
        s->sort = object_field(o, str_printf(w->a, "%.*s_score", STR_ARG(f->name)));
        s->where = str_printf(w->a, "%.*s.%.*s == '%.*s'", STR_ARG(n), STR_ARG(f->name),
                              STR_ARG(f->values[0].name));
        struct list_query unknown = {
            .object = o, .zone = w->q->zone, .test = {LIST_EMPTY, f, NULL, 0}};
        rc = list_count(w->p, &unknown, &s->unknown);
        if (rc == RC_OK)
            rc = slice_read(w, s);
    }
    return rc;
}

static enum rc of_objects(struct worklist *w,
                          enum rc (*each)(struct worklist *w, const struct object *o))
{
    enum rc rc = RC_OK;
    for (size_t i = 0; i < w->q->model->n_objects && rc == RC_OK; i++)
        rc = each(w, w->q->model->objects[i]);
    return rc;
}

/* ---- records of the process engine --------------------------------------------------------------------------------- */

/* A condition over a builtin object, shown where the model has the object. */
struct builtin_slice {
    const char *list, *kind, *object, *label, *where, *sort, *column;
};

#define TASK_OPEN "task.state == 'open'"
#define HANDOFF_OPEN "handoff.state == 'offered'"
#define APPROVAL_OPEN "approval.state == 'pending'"
#define WAIVER_ASKED "waiver.state == 'asked'"

static const struct builtin_slice builtin_slices[] = {
    {"mine", "queue", "handoff", "Handoffs to accept", HANDOFF_OPEN, "accept_by", "from"},
    {"mine", "queue", "task", "Tasks", TASK_OPEN, "due_at", NULL},
    {"mine", "queue", "approval", "Approvals to decide", APPROVAL_OPEN, "asked_at", NULL},
    {"mine", "queue", "waiver", "Waivers to decide", WAIVER_ASKED, "created_at", "rule"},
    {"team", "queue", "handoff", "Handoffs offered to a team", HANDOFF_OPEN " && has(handoff.team)",
     "accept_by", "team"},
    {"team", "queue", "task", "Tasks of a team", TASK_OPEN " && has(task.team)", "due_at", "team"},
    {"triage", "queue", "handoff", "Handoffs in a queue", HANDOFF_OPEN " && has(handoff.queue)",
     "accept_by", "queue"},
    {"triage", "queue", "task", "Tasks in a queue", TASK_OPEN " && has(task.queue)", "due_at",
     "queue"},
    {"handoffs", "queue", "handoff", "Handoffs to accept", HANDOFF_OPEN, "accept_by", "from"},
    {"tasks", "queue", "task", "Tasks", TASK_OPEN, "due_at", NULL},
    {"approvals", "queue", "approval", "Approvals to decide", APPROVAL_OPEN, "asked_at", NULL},
    {"overdue", "list", "task", "Tasks past their due time", TASK_OPEN " && task.due_at < now",
     "due_at", NULL},
    {"overdue", "list", "handoff", "Handoffs not accepted in time",
     HANDOFF_OPEN " && handoff.accept_by < now", "accept_by", "from"},
    {"deadlines", "queue", "clock", "Deadlines",
     "clock.state in ['running', 'paused'] && clock.kind in ['first_touch', 'stage_age', "
     "'first_response', 'next_response']",
     "due_at", "kind"},
    {"waivers", "list", "waiver", "Waivers asked for", WAIVER_ASKED, NULL, "rule"},
    {"waivers", "list", "waiver", "Waivers in force",
     "waiver.state == 'approved' && (!has(waiver.expires_at) || waiver.expires_at > now)",
     "expires_at", "rule"},
};

static enum rc of_builtins(struct worklist *w)
{
    enum rc rc = RC_OK;
    for (size_t i = 0; i < sizeof builtin_slices / sizeof *builtin_slices && rc == RC_OK; i++) {
        const struct builtin_slice *b = &builtin_slices[i];
        const struct object *o = model_object(w->q->model, str_of(b->object));
        if (!str_is(w->q->name, b->list) || !str_is(w->q->kind, b->kind) || !o || !o->builtin)
            continue;
        if ((w->q->team.n && !object_field(o, STR("team"))) ||
            (w->q->queue.n && !object_field(o, STR("queue"))))
            continue;
        struct work_slice *s = slice_new(w, o, str_of(b->label));
        if (b->column)
            slice_column(s, object_field(o, str_of(b->column)));
        s->where = narrow(w, o, str_of(b->where), "team.name", w->q->team);
        s->where = narrow(w, o, s->where, "queue", w->q->queue);
        s->sort = b->sort ? object_field(o, str_of(b->sort)) : NULL;
        rc = slice_read(w, s);
    }
    return rc;
}

/* Records that a route put into a queue and nobody has taken since. */
static enum rc queued(struct worklist *w, const struct object *o)
{
    const struct child *log = object_child(o, STR("assignments"));
    struct str n = o->name, test = STR("has(a.queue)"), *routes;
    if (!log || log->object->number != ON_ASSIGNMENT ||
        choices_routes(w->q->model, o, w->a, &routes) == 0)
        return RC_OK;
    if (w->q->queue.n)
        test = str_printf(w->a, "a.queue == '%.*s'", STR_ARG(w->q->queue));
    struct work_slice *s = slice_new(
        w, o, str_printf(w->a, "%.*s: waiting in a queue", STR_ARG(o->label.n ? o->label : n)));
    s->where = str_printf(w->a, "!has(%.*s.owner) && %.*s.assignments.exists(a, %.*s)", STR_ARG(n),
                          STR_ARG(n), STR_ARG(test));
    slice_column(s, object_field(o, STR("created_at")));
    return slice_read(w, s);
}

/* ---- the lists ------------------------------------------------------------------------------------------------------- */

static const struct named_list {
    const char *kind, *name, *label;
    bool everybodys, answers;
} named_lists[] = {
    {"list", "gate_blocked", "Blocked at a gate", false, false},
    {"list", "stale", "Stale", false, false},
    {"list", "overdue", "Overdue", false, false},
    {"list", "at_risk", "At risk", false, false},
    {"list", "renewals", "Renewals", false, false},
    {"list", "quarantine", "Refused rows", false, false},
    {"list", "waivers", "Waivers", false, false},
    {"list", "duplicates", "Duplicates", false, false},
    {"queue", "mine", "My work", false, true},
    {"queue", "team", "Work of a team", false, false},
    {"queue", "triage", "Triage", true, false},
    {"queue", "unowned", "Without an owner", true, false},
    {"queue", "handoffs", "Handoffs", false, true},
    {"queue", "tasks", "Tasks", false, false},
    {"queue", "approvals", "Approvals", false, true},
    {"queue", "deadlines", "Deadlines", false, false},
};

static const struct named_list *list_named(struct str kind, struct str name)
{
    for (size_t i = 0; i < sizeof named_lists / sizeof *named_lists; i++)
        if (str_is(kind, named_lists[i].kind) && str_is(name, named_lists[i].name))
            return &named_lists[i];
    return NULL;
}

struct str worklist_label(struct str kind, struct str name)
{
    const struct named_list *l = list_named(kind, name);
    return l ? str_of(l->label) : STR_NONE;
}

static enum rc read_list(struct worklist *w)
{
    struct str name = w->q->name;
    if (str_is(name, "gate_blocked"))
        return work_gate_blocked(w);
    if (str_is(name, "stale"))
        return of_processes(w, stale);
    if (str_is(name, "at_risk"))
        return of_objects(w, risks_of);
    if (str_is(name, "renewals"))
        return of_objects(w, renewals_of);
    if (str_is(name, "duplicates"))
        return work_duplicates(w);
    if (str_is(name, "overdue")) {
        enum rc rc = of_builtins(w);
        return rc == RC_OK ? of_processes(w, late_closing) : rc;
    }
    if (str_is(name, "waivers"))
        return of_builtins(w);
    return RC_OK; /* quarantine: refused rows are no records */
}

static enum rc read_queue(struct worklist *w)
{
    if (str_is(w->q->name, "unowned"))
        return of_processes(w, unowned);
    enum rc rc = of_builtins(w);
    return rc == RC_OK && str_is(w->q->name, "triage") ? of_objects(w, queued) : rc;
}

struct near {
    struct worklist *w;
    enum rc rc;
};

static void see_standings(void *self, struct look *l)
{
    struct near *k = self;
    struct reaction r = {.l = l, .p = l->process};
    k->w->out->n_standings = standings_of(&r, l->now->id, &k->w->out->standings);
    k->rc = r.rc;
}

static enum rc read_standings(struct worklist *w, const struct object *people, uint64_t person)
{
    struct near k = {w, RC_OK};
    enum rc rc = admission_look(w->judge, people, person, w->a, see_standings, &k);
    return rc == RC_OK ? k.rc : rc;
}

/* Their team and role, as their record has them now, and for whom else they answer. */
static enum rc read_person(struct worklist *w)
{
    const struct object *o = model_object_numbered(w->q->model, ON_PERSON);
    struct str where = str_printf(w->a, "person.name == '%.*s'", STR_ARG(w->q->person));
    struct list_query q = {
        .object = o, .where = compile(w, o, where), .now = w->q->now, .zone = w->q->zone};
    const struct object *teams = model_object_numbered(w->q->model, ON_TEAM);
    struct list_place *place;
    struct row *person = NULL, *team = NULL;
    size_t n = 0;
    enum rc rc = list_page(w->p, &q, NULL, 1, w->a, &place, &n);
    if (rc == RC_OK && n)
        rc = rows_load(w->p, o, &place->id, 1, w->a, &person);
    if (rc != RC_OK || !person)
        return rc;
    const struct value *role = row_value(person, object_field(o, STR("role")));
    const struct value *of = row_value(person, object_field(o, STR("team")));
    if (role->type == VT_TEXT && worklist_word(role->text))
        w->role = role->text;
    if (of->type == VT_REF)
        rc = rows_load(w->p, teams, &of->ref, 1, w->a, &team);
    const struct value *name = team ? row_value(team, object_field(teams, STR("name"))) : NULL;
    if (name && name->type == VT_TEXT && worklist_word(name->text))
        w->team = name->text;
    return rc == RC_OK && w->answers ? read_standings(w, o, place->id) : rc;
}

enum rc worklist_read(struct projection *p, struct admission *judge, const struct work_query *q,
                      struct arena *a, struct work_list *out)
{
    const struct named_list *l = list_named(q->kind, q->name);
    struct worklist w = {.p = p, .judge = judge, .q = q, .a = a, .out = out};
    assert(worklist_word(q->person) && worklist_word(q->team) && worklist_word(q->queue));
    *out = (struct work_list){0};
    if (!l)
        return RC_NOT_FOUND;
    w.everybodys = l->everybodys;
    w.answers = l->answers;
    enum rc rc = q->person.n ? read_person(&w) : RC_OK;
    if (rc != RC_OK)
        return rc;
    return str_is(q->kind, "list") ? read_list(&w) : read_queue(&w);
}

bool worklist_word(struct str name)
{
    for (size_t i = 0; i < name.n; i++)
        if (name.p[i] == '\'' || name.p[i] == '\\' || (unsigned char)name.p[i] < ' ')
            return false;
    return name.n <= 200;
}
