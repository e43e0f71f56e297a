/* handoffs.c - see handoffs.h. */
#include "process/handoffs.h"

#include "process/answers.h"
#include "process/clocks.h"
#include "process/packet.h"
#include "process/pool.h"
#include "process/routes.h"
#include "process/target.h"

enum { ATTEMPTS_MAX = 3 }; /* offers of one kind that escalation makes for a record */

struct handoff {
    const struct definition *d;
    const struct expr *offer_when, *touch_when, *touch_reads;
    struct str name, touching; /* "handoffs.mql_to_sales"; remembered while a first touch is owed */
};

struct handoffs {
    VEC(struct handoff) list;
};

/* ---- offers of a record ------------------------------------------------------------------------------------------------ */

/* All offers of the kind for a record, ascending by id; the last one is the latest. */
static size_t offers(struct reaction *r, const struct handoff *h, const struct row *of,
                     const struct row ***out)
{
    const struct process_reader *rd = r->l->reader;
    const struct object *o = builtin_object(r->p, ON_HANDOFF);
    const struct field *via = about_field(o, of->object);
    const struct row **rows;
    size_t n = 0, kept = 0;
    *out = NULL;
    if (r->rc == RC_OK && via)
        r->rc = rd->children(rd->ctx, via, of->id, &rows, &n);
    for (size_t i = 0; r->rc == RC_OK && i < n; i++)
        if (str_eq(row_text(rows[i], "name"), h->d->name))
            rows[kept++] = rows[i];
    *out = kept ? rows : NULL;
    return kept;
}

static const struct row *latest(struct reaction *r, const struct handoff *h, const struct row *of)
{
    const struct row **rows, *last = NULL;
    size_t n = offers(r, h, of, &rows);
    for (size_t i = 0; i < n; i++)
        if (!last || row_int(rows[i], "attempt", 0) >= row_int(last, "attempt", 0))
            last = rows[i];
    return last;
}

/* A pool is drawn from; nobody: the offer waits. */
static bool find_receiver(struct reaction *r, const struct handoff *h, const struct row *of,
                          struct whom *out)
{
    struct str why;
    if (!target_find(r, node_get(h->d->node, "to"), of->object, of, out, &why))
        return false;
    if (!out->pool.n)
        return true;
    struct json_out w;
    struct buf unread;
    buf_init(&unread, 1 << 16);
    json_out_init(&w, &unread, false);
    out->person = pool_draw(r, out->pool, of->object, of, 0, &w);
    buf_release(&unread);
    return out->person != 0;
}

/* An offer being made: of which record, to whom. */
struct offering {
    const struct handoff *h;
    const struct row *of;
    struct whom to;
    int64_t attempt;
    struct instant accept_by;
};

static void tell_receiver(struct reaction *r, const struct offering *x, struct str missing)
{
    const struct process_reader *rd = r->l->reader;
    const struct row *team = NULL;
    uint64_t person = x->to.person ? x->to.person : x->to.answers;
    if (!person && x->to.team && r->rc == RC_OK) {
        r->rc = rd->row(rd->ctx, builtin_object(r->p, ON_TEAM), x->to.team, &team);
        person = row_ref(team, "lead");
    }
    struct str text = str_printf(r->l->arena, "A %.*s is offered: %.*s%s%.*s",
                                 STR_ARG(x->of->object->name), STR_ARG(x->h->d->name),
                                 missing.n ? "; missing: " : "", STR_ARG(missing));
    if (person)
        notify(r, person, "handoff_offered", x->of->object, x->of->id, text, x->h->name);
}

static size_t create_offer(struct reaction *r, const struct offering *x)
{
    const struct look *l = r->l;
    const struct definition *d = x->h->d;
    struct whom from;
    struct str why;
    struct packet p = packet_collect(r, d, x->of);
    struct asking a = ask_create(r, builtin_object(r->p, ON_HANDOFF), x->h->name);
    ask_text(&a, "name", d->name);
    ask_word(&a, "state", "offered");
    if (target_find(r, node_get(d->node, "from"), x->of->object, x->of, &from, &why))
        ask_ref(&a, "from", from.person);
    ask_ref(&a, "owner", x->to.person);
    ask_ref(&a, "team", x->to.team);
    ask_text(&a, "role", x->to.role);
    ask_text(&a, "queue", x->to.queue);
    ask_instant(&a, "offered_at", l->at);
    ask_instant(&a, "accept_by", x->accept_by);
    ask_int(&a, "attempt", x->attempt);
    ask_value(&a, "packet", (struct value){.type = VT_JSON, .text = p.json});
    ask_text(&a, "missing", p.missing);
    ask_int(&a, "missing_count", p.n_missing);
    ask_int(&a, "version", l->version);
    ask_about(&a, x->of->object, x->of->id);
    size_t made = ask(&a);
    tell_receiver(r, x, p.missing);
    return made;
}

/* False: it leads to nobody so far. */
static bool offer(struct reaction *r, const struct handoff *h, const struct row *of,
                  int64_t attempt)
{
    struct offering x = {.h = h, .of = of, .attempt = attempt, .accept_by = INSTANT_MAX};
    struct clock_wish w = {.object = of->object,
                           .id = of->id,
                           .name = h->d->name,
                           .kind = "accept",
                           .from = r->l->at,
                           .link = "handoff"};
    struct instant due;
    if (!find_receiver(r, h, of, &x.to))
        return false;
    w.owner = x.to.person ? x.to.person : x.to.answers;
    bool timed = handoff_limit(h->d, "accept_within", &w);
    if (timed)
        x.accept_by = clock_due(r, &w);
    w.linked_made = create_offer(r, &x);
    if (timed)
        (void)clock_start(r, &w, &due);
    return r->rc == RC_OK;
}

static void withdraw(struct reaction *r, const struct handoff *h, const struct row *offered,
                     struct str reason)
{
    struct asking a = ask_set(r, offered->object, offered->id, h->name);
    ask_word(&a, "state", "withdrawn");
    ask_text(&a, "note", reason);
    ask_reason(&a, reason);
    (void)ask(&a);
}

static bool begun_under(struct reaction *r, const struct handoff *h, const struct row *offered)
{
    return definition_begun(r->p, "handoffs", offered) == h->d;
}

/* ---- the record in hand ------------------------------------------------------------------------------------------------- */

static void begin(struct reaction *r, const struct handoff *h)
{
    const struct row *last = latest(r, h, r->l->now);
    if (last && row_is(last, "state", "offered"))
        return;
    if (!offer(r, h, r->l->now, row_int(last, "attempt", 0) + 1))
        trigger_keep(r, h->name);
}

/* Its owner, or what it refers to, changed: does the offer still lie with whom it should? */
static void follow(struct reaction *r, const struct handoff *h)
{
    const struct row *last = latest(r, h, r->l->now);
    struct whom to;
    struct str why;
    bool open = row_is(last, "state", "offered");
    if (!last || row_is(last, "state", "accepted") || (open && !begun_under(r, h, last)))
        return;
    bool found = target_find(r, node_get(h->d->node, "to"), r->l->object, r->l->now, &to, &why);
    if (found && (!to.person || to.person == row_owner(last)))
        return;
    if (open)
        withdraw(r, h, last, found ? STR("it is somebody else's now") : why);
    if (!found || !offer(r, h, r->l->now, row_int(last, "attempt", 0) + 1))
        trigger_keep(r, h->name);
}

static bool receiver_may_differ(const struct look *l)
{
    for (size_t i = 0; i < l->object->n_fields; i++)
        if (l->object->fields[i]->type == FT_REF && look_touched(l, l->object->fields[i]))
            return true;
    return false;
}

static void look_at_record(struct reaction *r, const struct handoff *h)
{
    bool was = trigger_was_on(r, h->name), rises;
    bool holds = trigger_holds(r, h->name, h->offer_when, &rises);
    if (r->l->quiet || r->rc != RC_OK)
        return;
    if (rises) {
        begin(r, h);
    } else if (holds && !look_is_new(r->l) && receiver_may_differ(r->l)) {
        follow(r, h);
    } else if (was && !holds) {
        const struct row *last = latest(r, h, r->l->now);
        if (row_is(last, "state", "offered") && begun_under(r, h, last))
            withdraw(r, h, last, STR("the condition of the offer no longer holds"));
    }
}

/* ---- first touch ---------------------------------------------------------------------------------------------------------- */

struct touching {
    struct reaction *r;
    const struct xfield *time;
    struct instant since, first;
};

static bool touch_one(void *ctx, const struct xrecord *record)
{
    struct touching *t = ctx;
    const struct xreader *rd = t->r->l->reader->records;
    struct value v;
    if (rd->field(rd->ctx, record, t->time, &v) == RC_OK && v.type == VT_INSTANT &&
        v.instant.us >= t->since.us && v.instant.us < t->first.us)
        t->first = v.instant;
    return true;
}

/* The earliest activity since the offer; INSTANT_MAX: none. */
static struct instant first_touch(struct reaction *r, const struct handoff *h, struct instant since)
{
    const struct xreader *rd = r->l->reader->records;
    const struct xread *reads;
    struct xrecord self = {r->l->object->x, r->l->now->id, r->l->now};
    struct touching t = {.r = r, .since = since, .first = INSTANT_MAX};
    struct xwindow window = {since.us, r->l->at.us};
    if (h->touch_when)
        return look_test(r, h->touch_when, NULL) == XT_MET ? r->l->at : INSTANT_MAX;
    size_t n = h->touch_reads ? expr_reads(h->touch_reads, &reads) : 0;
    for (size_t i = 0; i < n && r->rc == RC_OK; i++) {
        if (reads[i].n_steps != 1 || !reads[i].steps[0].child || !reads[i].field)
            continue;
        const struct xchild *child = reads[i].steps[0].child;
        t.time = reads[i].field;
        r->rc = rd->children(rd->ctx, &self, child, child->is_fact ? &window : NULL, touch_one, &t);
    }
    return t.first;
}

static void look_for_touch(struct reaction *r, const struct handoff *h)
{
    const struct row **rows;
    bool owed = false;
    if (r->l->quiet || !trigger_was_on(r, h->touching))
        return;
    if (h->touch_when)
        wake_for(r, h->touch_when);
    size_t n = offers(r, h, r->l->now, &rows);
    for (size_t i = 0; i < n && r->rc == RC_OK; i++) {
        if (!row_is(rows[i], "state", "accepted") ||
            row_instant(rows[i], "first_touch_at").us != INSTANT_MAX.us)
            continue;
        if (!begun_under(r, h, rows[i])) {
            owed = true;
            continue;
        }
        struct instant at = first_touch(r, h, row_instant(rows[i], "offered_at"));
        if (at.us > r->l->at.us) {
            owed = true;
            continue;
        }
        struct asking a = ask_set(r, rows[i]->object, rows[i]->id, h->name);
        ask_instant(&a, "first_touch_at", at);
        (void)ask(&a);
        clock_stop(r, clock_linked(r, "handoff", rows[i]->id, "first_touch"));
    }
    if (!owed)
        trigger_put(r, r->l->object, r->l->now->id, h->touching, false);
}

/* ---- escalation ------------------------------------------------------------------------------------------------------------- */

/* It went round often enough: it stays where it is, late, and whoever owns the handoff hears of it. */
static void tell_stuck(struct reaction *r, const struct row *handoff, const struct row *about)
{
    const struct definition *d = definition_begun(r->p, "handoffs", handoff);
    uint64_t owner = d && d->owner ? r->l->reader->person_id(r->l->reader->ctx, d->owner->name) : 0;
    const char *what = row_is(handoff, "state", "accepted") ? "nobody follows it up"
                                                            : "nobody accepts it";
    if (owner)
        notify(r, owner, "handoff_stuck", about->object, about->id,
               str_printf(r->l->arena, "%.*s: %s", STR_ARG(d->name), what),
               str_printf(r->l->arena, "handoffs.%.*s", STR_ARG(d->name)));
}

/* Offered and not answered, or accepted and not touched: what has been answered or touched does not go on. */
static bool is_owed(const struct row *handoff, const struct row *clock)
{
    if (row_is(clock, "kind", "first_touch"))
        return row_is(handoff, "state", "accepted") &&
               row_instant(handoff, "first_touch_at").us == INSTANT_MAX.us;
    return row_is(handoff, "state", "offered");
}

void handoff_rerouted(struct reaction *r, const struct row *clock, const struct row *about,
                      struct str route)
{
    const struct process_reader *rd = r->l->reader;
    const struct row *handoff = NULL;
    if (r->rc == RC_OK)
        r->rc = rd->row(rd->ctx, builtin_object(r->p, ON_HANDOFF), row_ref(clock, "handoff"),
                        &handoff);
    if (r->rc != RC_OK || !handoff || !is_owed(handoff, clock))
        return;
    if (row_int(handoff, "attempt", 1) >= ATTEMPTS_MAX) {
        tell_stuck(r, handoff, about);
        return;
    }
    bool accepted = row_is(handoff, "state", "accepted");
    uint64_t found = route_record(r, route, about, "reroute");
    if (found && found == row_owner(handoff))
        return; /* nobody else can take it: it stays, late */
    struct str why = accepted ? STR("accepted, but not followed up in time")
                              : STR("not accepted in time");
    struct asking a = ask_set(r, handoff->object, handoff->id, row_text(handoff, "name"));
    ask_word(&a, "state", "expired");
    if (accepted)
        ask_text(&a, "note", why);
    ask_at(&a, row_instant(clock, "due_at"));
    ask_reason(&a, why);
    (void)ask(&a);
}

/* What had been accepted went back to a route: whoever has the record now is offered it, whether or not it would be offered to
 * begin with, for the acceptance has moved it on. */
static void offer_again(struct reaction *r, const struct handoffs *all)
{
    const struct look *l = r->l;
    const struct object *o;
    const struct row *about = NULL;
    uint64_t id;
    if (l->quiet || !row_is(l->before, "state", "accepted") ||
        !row_is(l->now, "state", "expired") || !row_about(l->now, &o, &id))
        return;
    if (r->rc == RC_OK)
        r->rc = l->reader->row(l->reader->ctx, o, id, &about);
    for (size_t i = 0; about && r->rc == RC_OK && i < all->list.n; i++) {
        const struct handoff *h = &all->list.v[i];
        if (h->d->object != o || !str_eq(h->d->name, row_text(l->now, "name")))
            continue;
        const struct row *last = latest(r, h, about);
        if (!row_is(last, "state", "offered"))
            (void)offer(r, h, about, row_int(last, "attempt", 0) + 1);
    }
}

/* ---- under definitions as they were ----------------------------------------------------------------------------------------- */

static const struct handoff *live_handoff(struct reaction *r, const struct handoff *h)
{
    const struct handoffs *all = process_part(r->p, &handoffs_part);
    for (size_t i = 0; i < all->list.n; i++)
        if (all->list.v[i].d->object == h->d->object && str_eq(all->list.v[i].name, h->name))
            return &all->list.v[i];
    return NULL;
}

/* It lies with somebody who is no longer meant: what comes after it is offered as the live version says. */
static void keep_receiver(struct reaction *r, const struct handoff *h, const struct row *last)
{
    const struct handoff *live = live_handoff(r, h);
    struct whom to;
    struct str why;
    bool found = target_find(r, node_get(h->d->node, "to"), r->l->object, r->l->now, &to, &why);
    if (found && (!to.person || to.person == row_owner(last)))
        return;
    withdraw(r, h, last, found ? STR("it is somebody else's now") : why);
    if (live && look_test(r, live->offer_when, NULL) == XT_MET &&
        !offer(r, live, r->l->now, row_int(last, "attempt", 0) + 1))
        trigger_keep(r, live->name);
}

static void keep_offer(struct reaction *r, const struct handoff *h, uint32_t until)
{
    const struct row *last = latest(r, h, r->l->now);
    if (!row_is(last, "state", "offered") || !begun_under(r, h, last))
        return;
    struct str trigger = str_printf(r->l->arena, "%.*s@%u", STR_ARG(h->name), until);
    bool was = trigger_was_on(r, trigger), rises;
    bool holds = trigger_holds(r, trigger, h->offer_when, &rises);
    if (r->l->quiet || r->rc != RC_OK)
        return;
    if (was && !holds)
        withdraw(r, h, last, STR("the condition of the offer no longer holds"));
    else if (!look_is_new(r->l) && receiver_may_differ(r->l))
        keep_receiver(r, h, last);
}

static void keep(struct reaction *r, const void *past, uint32_t until)
{
    const struct handoffs *all = past;
    for (size_t i = 0; i < all->list.n; i++) {
        if (all->list.v[i].d->object != r->l->object)
            continue;
        keep_offer(r, &all->list.v[i], until);
        look_for_touch(r, &all->list.v[i]);
    }
}

/* ---- the part ----------------------------------------------------------------------------------------------------------------- */

static void *make(const struct process *p, const struct model *m, struct arena *a)
{
    struct handoffs *all = ARENA_NEW(a, struct handoffs);
    (void)p;
    for (size_t i = 0; i < m->n_definitions; i++) {
        const struct definition *d = &m->definitions[i];
        if (str_is(d->kind, "handoffs") && d->object && node_condition(d->node, "offer_when"))
            *VEC_PUSH(a, &all->list) = (struct handoff){
                .d = d,
                .offer_when = node_condition(d->node, "offer_when"),
                .touch_when = node_condition(d->node, "first_touch_when"),
                .touch_reads = d->implied,
                .name = str_printf(a, "handoffs.%.*s", STR_ARG(d->name)),
                .touching = str_printf(a, "handoffs.%.*s.touch", STR_ARG(d->name))};
    }
    return all;
}

static void fill(struct reaction *r, const void *self)
{
    (void)self;
    if (r->l->object->number == ON_HANDOFF)
        answer_fill(r);
}

static void judge(struct reaction *r, const void *self, const struct process_findings *f)
{
    (void)self;
    if (r->l->object->number == ON_HANDOFF)
        answer_judge(r, f);
}

static void react(struct reaction *r, const void *self)
{
    const struct handoffs *all = self;
    if (r->l->object->number == ON_HANDOFF) {
        answer_react(r);
        offer_again(r, all);
        return;
    }
    for (size_t i = 0; i < all->list.n; i++) {
        if (all->list.v[i].d->object != r->l->object)
            continue;
        look_at_record(r, &all->list.v[i]);
        look_for_touch(r, &all->list.v[i]);
    }
}

static void watch(const void *self, const struct object *o, struct arena *a, expr_list *out)
{
    const struct handoffs *all = self;
    for (size_t i = 0; i < all->list.n; i++) {
        const struct handoff *h = &all->list.v[i];
        if (h->d->object != o)
            continue;
        *VEC_PUSH(a, out) = h->offer_when;
        if (h->touch_when || h->touch_reads)
            *VEC_PUSH(a, out) = h->touch_when ? h->touch_when : h->touch_reads;
    }
}

const struct part handoffs_part = {.name = "handoffs",
                                   .make = make,
                                   .fill = fill,
                                   .judge = judge,
                                   .react = react,
                                   .keeps = true,
                                   .keep = keep,
                                   .watch = watch};
