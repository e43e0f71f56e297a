/* approvals.c - asked for, decided step by step, void when the record changes; what waits meanwhile. */
#include "process/approvals.h"

#include "process/parts.h"
#include "process/pool.h"
#include "process/target.h"
#include "process/waivers.h"

/* ---- definitions ------------------------------------------------------------------------------------------------------ */

struct approvals {
    VEC(struct approval_def) list;
};

static void find_gated(const struct model *m, struct approval_def *d, struct str stage)
{
    for (size_t i = 0; stage.n && i < m->n_processes && !d->gated; i++) {
        const struct process_def *p = m->processes[i];
        if (p->object != d->object)
            continue;
        d->gated = process_stage(p, stage);
        d->pipeline = d->gated ? p : NULL;
    }
}

static void read_locks(struct approval_def *d, const struct node *n, struct arena *a)
{
    const struct node *locks = node_items(n, "locks");
    d->locks = ARENA_ARRAY(a, locks->n, const struct field *);
    for (size_t i = 0; i < locks->n; i++) {
        const struct field *f = object_field(d->object, locks->items[i]->text);
        if (f)
            d->locks[d->n_locks++] = f;
    }
}

static void *make(const struct process *p, const struct model *m, struct arena *a)
{
    struct approvals *all = ARENA_NEW(a, struct approvals);
    (void)p;
    for (size_t i = 0; i < m->n_definitions; i++) {
        const struct definition *def = &m->definitions[i];
        const struct node *n = def->node, *sla = node_get(n, "sla");
        if (!str_is(def->kind, "approvals") || !def->object)
            continue;
        struct approval_def *d = VEC_PUSH(a, &all->list);
        *d = (struct approval_def){.name = def->name,
                                   .id = str_printf(a, "approvals.%.*s", STR_ARG(def->name)),
                                   .object = def->object,
                                   .needed = node_condition(n, "needed_when"),
                                   .voids = node_condition(n, "void_when"),
                                   .chain = node_items(n, "chain"),
                                   .calendar = node_text(sla, "calendar"),
                                   .decide_within = node_text(sla, "decide_within"),
                                   .owner = def->owner ? def->owner->name : STR_NONE,
                                   .delegates = !str_is(node_text(n, "delegate"), "never")};
        find_gated(m, d, node_text(n, "gates"));
        read_locks(d, n, a);
    }
    return all;
}

static void watch(const void *self, const struct object *o, struct arena *a, expr_list *out)
{
    const struct approvals *all = self;
    for (size_t i = 0; i < all->list.n; i++)
        if (all->list.v[i].object == o)
            *VEC_PUSH(a, out) = all->list.v[i].needed;
}

static const struct approval_def *named(const struct approvals *all, struct str name)
{
    for (size_t i = 0; i < all->list.n; i++)
        if (str_eq(all->list.v[i].name, name))
            return &all->list.v[i];
    return NULL;
}

const struct approval_def *approval_begun(struct reaction *r, const struct row *approval)
{
    return named(part_begun(r->p, &approvals_part, "approvals", approval),
                 row_text(approval, "name"));
}

/* ---- the record it is about --------------------------------------------------------------------------------------------- */

struct approvals_seen {
    const struct row **rows;
    size_t n;
};

static bool is_live(const struct row *a)
{
    return row_is(a, "state", "pending") || row_is(a, "state", "approved");
}

static struct approvals_seen seen_of(struct reaction *r, const struct object *o, uint64_t id)
{
    struct approvals_seen s = {NULL, 0};
    const struct object *approval = builtin_object(r->p, ON_APPROVAL);
    const struct field *via = approval ? about_field(approval, o) : NULL;
    if (via && r->rc == RC_OK)
        r->rc = r->l->reader->children(r->l->reader->ctx, via, id, &s.rows, &s.n);
    if (r->rc != RC_OK)
        s.n = 0;
    return s;
}

/* The live one of a definition; NULL: none. `*latest` is the last one made, whatever became of it. */
static const struct row *live_of(const struct approvals_seen *s, struct str name,
                                 const struct row **latest)
{
    const struct row *live = NULL;
    *latest = NULL;
    for (size_t i = 0; i < s->n; i++) {
        if (!str_eq(row_text(s->rows[i], "name"), name))
            continue;
        *latest = s->rows[i];
        live = is_live(s->rows[i]) ? s->rows[i] : live;
    }
    return live;
}

static const struct stage *stage_in(const struct process_def *p, const struct row *row)
{
    const struct value *v = row ? row_value(row, p->field) : NULL;
    return v && v->type == VT_ENUM ? process_stage_numbered(p, v->number_of) : NULL;
}

/* Closed records ask for nothing any more. */
static bool is_open(const struct approval_def *d, const struct row *row)
{
    const struct stage *s = d->pipeline ? stage_in(d->pipeline, row) : NULL;
    return !d->pipeline || !s || s->outcome == OUTCOME_OPEN;
}

/* ---- whose turn ------------------------------------------------------------------------------------------------------------ */

struct turn {
    size_t step; /* from 1; 0: the chain is at its end */
    uint64_t person, absent;
};

/* The first member of a team, or of a role, who is there: an approval is somebody's. */
static uint64_t anyone_of(struct reaction *r, const struct whom *w)
{
    const struct row **people;
    size_t n = all_rows(r, ON_PERSON, &people);
    uint64_t delegate;
    for (size_t i = 0; r->rc == RC_OK && i < n; i++) {
        bool theirs = (w->team && row_ref(people[i], "team") == w->team) ||
                      (w->role.n && str_eq(row_text(people[i], "role"), w->role));
        if (theirs && !person_is_away(r, people[i]->id, r->l->today, &delegate))
            return people[i]->id;
    }
    return w->answers;
}

/* The first member of a pool who is there. Turns are for records: a decision takes no turn. */
static uint64_t member_of(struct reaction *r, struct str pool)
{
    struct pool_entry *entries;
    size_t n = pool_entries(r, pool, &entries);
    for (size_t i = 0; i < n; i++)
        if (!pool_entry_absent(r, &entries[i]).n)
            return entries[i].person;
    return 0;
}

static uint64_t approver(struct reaction *r, const struct approval_def *d, const struct node *link,
                         const struct row *about)
{
    struct whom w;
    struct str why;
    if (target_find(r, node_get(link, "to"), d->object, about, &w, &why)) {
        if (w.person)
            return w.absent ? w.absent : w.person;
        if (w.pool.n)
            return member_of(r, w.pool);
        uint64_t one = anyone_of(r, &w);
        if (one)
            return one;
    }
    return r->l->reader->person_id(r->l->reader->ctx, d->owner);
}

/* The next link of the chain behind `step` whose condition holds for the record. */
static struct turn next_turn(struct reaction *r, const struct approval_def *d, size_t step,
                             const struct row *about)
{
    struct look *l = r->l;
    struct turn t = {0, 0, 0};
    for (size_t i = step; i < d->chain->n && r->rc == RC_OK; i++) {
        const struct node *link = d->chain->items[i];
        const struct expr *when = node_condition(link, "when");
        struct xbindings b = {.now = l->at, .today = l->today};
        b.self = (struct xrecord){d->object->x, about->id, about};
        struct xvalue why;
        if (when &&
            expr_test(when, l->reader->records, l->reader->host, &b, l->arena, &why) != XT_MET)
            continue;
        t.step = i + 1;
        t.person = approver(r, d, link, about);
        uint64_t delegate = d->delegates ? person_stand_in(r, t.person) : 0;
        if (delegate) {
            t.absent = t.person;
            t.person = delegate;
        }
        return t;
    }
    return t;
}

/* ---- asking --------------------------------------------------------------------------------------------------------------- */

/* About a record whose approval is needed and not there. */
static void ask_for(struct reaction *r, const struct approval_def *d)
{
    struct look *l = r->l;
    struct turn t = next_turn(r, d, 0, l->now);
    const struct object *approval = builtin_object(r->p, ON_APPROVAL);
    if (r->rc != RC_OK || t.step == 0)
        return;
    struct asking a = ask_create(r, approval, d->id);
    ask_text(&a, "name", d->name);
    ask_word(&a, "state", "pending");
    ask_int(&a, "step", (int64_t)t.step);
    ask_instant(&a, "asked_at", l->at);
    ask_ref(&a, "owner", t.person);
    ask_ref(&a, "delegated_from", t.absent);
    ask_int(&a, "version", l->version);
    ask_about(&a, d->object, l->now->id);
    ask(&a);
}

static void make_void(struct reaction *r, const struct approval_def *d, const struct row *approval,
                      bool changed)
{
    struct asking a = ask_set(r, approval->object, approval->id, d->id);
    ask_word(&a, "state", "void");
    ask_reason(&a, changed ? STR("the record changed") : STR("no longer needed"));
    ask(&a);
}

/* The subject changed: is an approval needed, is one void? */
static void react_subject(struct reaction *r, const struct approval_def *d)
{
    struct look *l = r->l;
    const struct row *latest;
    bool rises, needed = trigger_holds(r, d->id, d->needed, &rises);
    if (l->quiet || r->rc != RC_OK)
        return;
    struct approvals_seen seen = seen_of(r, d->object, l->now->id);
    const struct row *live = live_of(&seen, d->name, &latest);
    if (live && row_is(live, "state", "pending") && approval_begun(r, live) != d)
        return; /* asked for under another version, which decides on it */
    bool voided = live && l->before && d->voids && look_test(r, d->voids, NULL) == XT_MET;
    bool over = live && row_is(live, "state", "pending") && (!needed || !is_open(d, l->now));
    if (voided || over) {
        make_void(r, d, live, voided);
        live = NULL;
    }
    bool again = latest && (voided || row_is(latest, "state", "void"));
    if (needed && !live && (rises || again) && is_open(d, l->now))
        ask_for(r, d);
}

/* The pending one of a record that was asked for under `d`; NULL: none. */
static const struct row *pending_under(struct reaction *r, const struct approval_def *d)
{
    const struct row *latest;
    struct approvals_seen seen = seen_of(r, d->object, r->l->now->id);
    const struct row *live = live_of(&seen, d->name, &latest);
    return live && row_is(live, "state", "pending") && approval_begun(r, live) == d ? live : NULL;
}

/* The same for what was asked for under the definition as it was; what comes after it is asked for as the live version says. */
static void keep(struct reaction *r, const void *past, uint32_t until)
{
    const struct approvals *all = past, *live = process_part(r->p, &approvals_part);
    (void)until;
    for (size_t i = 0; i < all->list.n && !r->l->quiet; i++) {
        const struct approval_def *d = &all->list.v[i];
        const struct row *pending = d->object == r->l->object ? pending_under(r, d) : NULL;
        if (!pending)
            continue;
        bool needed = look_test(r, d->needed, NULL) == XT_MET && is_open(d, r->l->now);
        bool changed = r->l->before && d->voids && look_test(r, d->voids, NULL) == XT_MET;
        wake_for(r, d->needed);
        if (needed && !changed)
            continue;
        make_void(r, d, pending, changed);
        const struct approval_def *now = named(live, d->name);
        if (now && look_test(r, now->needed, NULL) == XT_MET && is_open(now, r->l->now))
            ask_for(r, now);
    }
}

/* ---- an approval's own life ------------------------------------------------------------------------------------------------ */

static bool is_approval(const struct reaction *r)
{
    return r->l->object->builtin && r->l->object->number == ON_APPROVAL;
}

static const struct row *subject_of(struct reaction *r)
{
    const struct object *o;
    const struct row *row = NULL;
    uint64_t id;
    if (row_about(r->l->now, &o, &id) && r->rc == RC_OK)
        r->rc = r->l->reader->row(r->l->reader->ctx, o, id, &row);
    return row;
}

static struct value state_value(const struct reaction *r, struct str state)
{
    const struct field *f = builtin_field(r->l->object, "state");
    return (struct value){.type = VT_ENUM, .number_of = field_value(f, state)->number};
}

/* One said yes: the next in the chain is asked, or it is approved. */
static void fill_next(struct reaction *r, const struct approval_def *d)
{
    struct look *l = r->l;
    const struct row *about = subject_of(r);
    struct turn t = {0, 0, 0};
    if (about)
        t = next_turn(r, d, (size_t)row_int(l->now, "step", 1), about);
    if (t.step == 0)
        return;
    fill_put(r, "state", state_value(r, STR("pending")));
    fill_put(r, "step", (struct value){.type = VT_INT, .integer = (int64_t)t.step});
    fill_put(r, "owner", ref_value(t.person));
    fill_put(r, "delegated_from", ref_value(t.absent));
}

static void fill(struct reaction *r, const void *self)
{
    struct look *l = r->l;
    if (!is_approval(r))
        return;
    (void)self;
    const struct approval_def *d = approval_begun(r, l->now);
    if (look_is_new(l)) {
        if (!row_text(l->now, "state").n)
            fill_put(r, "state", state_value(r, STR("pending")));
        if (row_instant(l->now, "asked_at").us == INSTANT_MAX.us)
            fill_put(r, "asked_at", (struct value){.type = VT_INSTANT, .instant = l->at});
        return;
    }
    if (came_to(r, "approved") || came_to(r, "refused")) {
        fill_put(r, "decided_by", ref_value(l->actor));
        fill_put(r, "decided_at", (struct value){.type = VT_INSTANT, .instant = l->at});
    }
    if (d && came_to(r, "approved"))
        fill_next(r, d);
}

/* Stops the deadlines of an approval; a new step has one of its own. */
static void stop_clocks(struct reaction *r)
{
    const struct object *clock = builtin_object(r->p, ON_CLOCK);
    const struct row **rows;
    size_t n = 0;
    if (r->rc == RC_OK)
        r->rc = r->l->reader->children(r->l->reader->ctx, builtin_field(clock, "approval"),
                                       r->l->now->id, &rows, &n);
    for (size_t i = 0; r->rc == RC_OK && i < n; i++) {
        if (!row_is(rows[i], "state", "running") && !row_is(rows[i], "state", "paused"))
            continue;
        if (row_is(r->l->now, "state", "void"))
            clock_cancel(r, rows[i]);
        else
            clock_stop(r, rows[i]);
    }
}

static void start_clock(struct reaction *r, const struct approval_def *d)
{
    struct clock_wish w = {.object = d->object,
                           .name = d->name,
                           .kind = "decide",
                           .calendar = d->calendar,
                           .from = r->l->at,
                           .link = "approval",
                           .linked = r->l->now->id,
                           .owner = row_ref(r->l->now, "owner"),
                           .version = (uint32_t)row_int(r->l->now, "version", 0)};
    const struct object *o;
    struct instant due;
    if (row_about(r->l->now, &o, &w.id) && d->decide_within.n &&
        worktime_parse(d->decide_within, &w.allowed, &w.business_days))
        (void)clock_start(r, &w, &due);
}

static void react_approval(struct reaction *r)
{
    struct look *l = r->l;
    const struct approval_def *d = approval_begun(r, l->now);
    const struct object *o = NULL;
    uint64_t id = 0;
    if (!d || l->quiet || l->by_time)
        return;
    bool pending = row_is(l->now, "state", "pending");
    bool asked = pending &&
                 (look_is_new(l) || row_int(l->now, "step", 1) != row_int(l->before, "step", 1));
    (void)row_about(l->now, &o, &id);
    if (l->before && (asked || (!pending && row_is(l->before, "state", "pending"))))
        stop_clocks(r);
    if (l->again && came_to(r, "void") && o)
        wake_record(r, o, id, l->at); /* which asks for it as the live version says */
    if (asked) {
        start_clock(r, d);
        notify(r, row_ref(l->now, "owner"), "approval_asked", o, id,
               str_printf(l->arena, "Your approval is asked for: %.*s", STR_ARG(d->name)), d->id);
    }
    const struct row *about = came_to(r, "approved") || came_to(r, "refused") ? subject_of(r)
                                                                              : NULL;
    if (about)
        notify(r, row_ref(about, "owner"), "approval_decided", o, id,
               str_printf(l->arena, "%.*s: %.*s", STR_ARG(d->name),
                          STR_ARG(row_text(l->now, "state"))),
               d->id);
}

static void react(struct reaction *r, const void *self)
{
    const struct approvals *all = self;
    if (is_approval(r)) {
        react_approval(r);
        return;
    }
    for (size_t i = 0; i < all->list.n && r->rc == RC_OK; i++)
        if (all->list.v[i].object == r->l->object)
            react_subject(r, &all->list.v[i]);
}

/* ---- verdicts ------------------------------------------------------------------------------------------------------------------ */

static void judge_locks(struct reaction *r, const struct approval_def *d, const struct row *pending,
                        const struct process_findings *f)
{
    struct look *l = r->l;
    for (size_t i = 0; i < d->n_locks; i++) {
        if (!l->before || !look_touched(l, d->locks[i]))
            continue;
        f->add(f->ctx, "LOCKED", ENFORCE_DENY, d->locks[i],
               approval_lock_id(l->arena, d->name, d->locks[i]), d->owner,
               str_printf(l->arena, "%.*s stays as it is while %.*s decides on %.*s",
                          STR_ARG(d->locks[i]->name), STR_ARG(person_name(r, row_owner(pending))),
                          STR_ARG(d->name)),
               STR("Wait for the decision, make the approval void first, or ask for a waiver."));
    }
}

/* Does the change move the record into the gated stage or over it? */
static bool passes_gate(const struct approval_def *d, const struct look *l)
{
    const struct stage *from = d->gated ? stage_in(d->pipeline, l->before) : NULL;
    const struct stage *to = d->gated ? stage_in(d->pipeline, l->now) : NULL;
    if (!to || to == from || to->outcome == OUTCOME_LOST || to->position < d->gated->position)
        return false;
    return !from || from->position < d->gated->position;
}

static void judge_gate(struct reaction *r, const struct approval_def *d, const struct row *live,
                       const struct process_findings *f)
{
    struct look *l = r->l;
    bool pending = live && row_is(live, "state", "pending");
    if (!passes_gate(d, l) || (live && !pending) || look_test(r, d->needed, NULL) != XT_MET)
        return;
    f->add(f->ctx, pending ? "APPROVAL_PENDING" : "APPROVAL_NEEDED", ENFORCE_DENY,
           d->pipeline->field, d->id, d->owner,
           pending ? str_printf(l->arena, "%.*s has not decided on %.*s yet",
                                STR_ARG(person_name(r, row_owner(live))), STR_ARG(d->name))
                   : str_printf(l->arena, "%.*s needs %.*s first", STR_ARG(d->gated->name),
                                STR_ARG(d->name)),
           pending ? STR("Wait for the decision.")
                   : STR("Save what needs approval first; it is then asked for, and the move can "
                         "follow the decision."));
}

static void judge_subject(struct reaction *r, const struct approval_def *d,
                          const struct process_findings *f)
{
    const struct row *latest;
    bool concerns = passes_gate(d, r->l);
    for (size_t i = 0; i < d->n_locks; i++)
        concerns = concerns || look_touched(r->l, d->locks[i]);
    if (!concerns || r->l->quiet)
        return;
    struct approvals_seen seen = seen_of(r, d->object, r->l->now->id);
    const struct row *live = live_of(&seen, d->name, &latest);
    bool pending = live && row_is(live, "state", "pending");
    if (pending && approval_begun(r, live) != d)
        return;
    if (pending)
        judge_locks(r, d, live, f);
    judge_gate(r, d, live, f);
}

/* What waits for an approval that was asked for under the definition as it was. */
static void judge_kept(struct reaction *r, const struct process_findings *f)
{
    for (size_t p = 0; p < process_pasts(r->p) && !r->l->quiet; p++) {
        const struct approvals *all = part_past(r->p, &approvals_part, p);
        for (size_t i = 0; i < all->list.n && r->rc == RC_OK; i++) {
            const struct approval_def *d = &all->list.v[i];
            const struct row *pending = d->object == r->l->object ? pending_under(r, d) : NULL;
            if (pending) {
                judge_locks(r, d, pending, f);
                judge_gate(r, d, pending, f);
            }
        }
    }
}

static void refuse(struct reaction *r, const struct process_findings *f, const char *code,
                   const char *message, const char *help)
{
    f->add(f->ctx, code, ENFORCE_DENY, builtin_field(r->l->object, "state"), STR("approvals"),
           STR_NONE, str_of(message), str_of(help));
}

/* The approver decides, whoever stands in for them, or anyone above them. */
static bool may_decide(struct reaction *r, const struct row *approval)
{
    uint64_t owner = row_ref(approval, "owner"), delegate = 0;
    if (!r->l->actor || r->l->actor == owner || r->l->actor == row_ref(approval, "delegated_from"))
        return true;
    if (owner && person_is_away(r, owner, r->l->today, &delegate) && delegate == r->l->actor)
        return true;
    const struct row *p = person_row(r, owner);
    for (int up = 0; p && up < 16; up++) {
        uint64_t manager = row_ref(p, "manager");
        if (manager == r->l->actor)
            return true;
        p = person_row(r, manager);
    }
    return false;
}

static void judge_approval(struct reaction *r, const struct process_findings *f)
{
    const struct look *l = r->l;
    if (!approval_begun(r, l->now))
        refuse(r, f, "APPROVAL_UNKNOWN", "the model has no approval of this name",
               "Take a name from `approvals:`.");
    if (!l->before || str_eq(row_text(l->before, "state"), row_text(l->now, "state"))) {
        bool step = l->before && row_int(l->before, "step", 1) != row_int(l->now, "step", 1);
        if (step && !may_decide(r, l->before))
            refuse(r, f, "NOT_YOURS", "someone else is asked to decide", "See `owner`.");
        return;
    }
    if (!row_is(l->before, "state", "pending") && !came_to(r, "void"))
        refuse(r, f, "APPROVAL_STATE", "it was decided already",
               "A new one is asked for when the record changes.");
    else if ((came_to(r, "approved") || came_to(r, "refused")) && !may_decide(r, l->before))
        refuse(r, f, "NOT_YOURS", "someone else is asked to decide", "See `owner`.");
    if (came_to(r, "refused") && !row_text(l->now, "note").n)
        refuse(r, f, "NOTE_REQUIRED", "a refusal says why", "Add a note.");
}

static void judge(struct reaction *r, const void *self, const struct process_findings *f)
{
    const struct approvals *all = self;
    if (is_approval(r)) {
        judge_approval(r, f);
        return;
    }
    judge_kept(r, f);
    for (size_t i = 0; i < all->list.n && r->rc == RC_OK; i++)
        if (all->list.v[i].object == r->l->object)
            judge_subject(r, &all->list.v[i], f);
}

const struct part approvals_part = {.name = "approvals",
                                    .make = make,
                                    .fill = fill,
                                    .judge = judge,
                                    .react = react,
                                    .keeps = true,
                                    .keep = keep,
                                    .watch = watch};
