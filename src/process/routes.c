/* routes.c - see routes.h. */
#include "process/routes.h"

#include "process/account_match.h"
#include "process/clocks.h"
#include "process/pool.h"
#include "process/seen.h"
#include "process/target.h"

#include <string.h>

enum { LOG_BYTES_MAX = 256 << 10, SOURCES_MAX = 16 };

struct route {
    const struct definition *d;
    const struct expr *trigger;
    struct str name, waiting; /* "routes.inbound"; remembered while a record waits */
};

struct routes {
    VEC(struct route) list;
};

/* ---- deciding --------------------------------------------------------------------------------------------------------- */

struct deciding {
    struct reaction *r;
    const struct definition *d;
    const struct row *of;  /* with what `match` found */
    uint64_t avoid, owner; /* passed over by pools; who has it */
    struct str rule, pool, queue;
    uint64_t person, answers;
    bool decided;
};

/* True: the target leads to somebody, or to a queue. Keys of the log are in bytewise order, as canonical JSON has them. */
static bool try_target(struct deciding *x, const struct node *target, struct json_out *log)
{
    struct whom whom;
    struct str why;
    bool found = target_find(x->r, target, x->of->object, x->of, &whom, &why);
    json_optional(log, "note", why);
    if (!found)
        return false;
    if (whom.pool.n) {
        json_key(log, "pool");
        x->person = pool_draw(x->r, whom.pool, x->of->object, x->of, x->avoid, log);
        x->pool = x->person ? whom.pool : STR_NONE;
        return x->person != 0;
    }
    x->person = whom.person;
    x->answers = whom.answers;
    x->queue = whom.queue.n ? whom.queue : whom.role.n ? whom.role : STR_NONE;
    if (whom.team)
        x->queue = node_text(target, "team");
    return x->person || x->queue.n;
}

static void try_rule(struct deciding *x, const struct node *rule, struct json_out *log)
{
    const struct node *when = node_get(rule, "when");
    static const char *const verdicts[] = {"met", "not_met", "absent", "fault"};
    struct xvalue why = {.result = XV_VALUE};
    enum xverdict v = when && when->expr ? row_test(x->r, x->of, when->expr, &why) : XT_NOT_MET;
    json_begin_object(log);
    if (v == XT_ABSENT)
        json_optional(log, "empty", why.empty);
    if (v == XT_MET && try_target(x, node_get(rule, "to"), log)) {
        x->decided = true;
        x->rule = node_text(rule, "name");
    }
    json_field_str(log, "rule", node_text(rule, "name"));
    if (when && when->expr) {
        json_key(log, "values");
        seen_values(x->r, when->expr, x->of, log);
    }
    json_field_cstr(log, "verdict", verdicts[v]);
    if (when && when->expr)
        json_field_str(log, "when", expr_text(when->expr));
    json_end_object(log);
}

/* Decides; `tried` and, when it comes to that, `otherwise` get their parts of the log. */
static void decide(struct deciding *x, struct json_out *tried, struct json_out *otherwise)
{
    const struct node *rules = node_items(x->d->node, "rules");
    json_begin_array(tried);
    for (size_t i = 0; i < rules->n && !x->decided && x->r->rc == RC_OK; i++)
        try_rule(x, rules->items[i], tried);
    json_end_array(tried);
    if (x->decided)
        return;
    json_begin_object(otherwise);
    x->decided = try_target(x, node_get(x->d->node, "otherwise"), otherwise);
    json_end_object(otherwise);
}

/* The rest of the log, which knows what matched already; false: it is too long. */
static bool decide_logged(struct deciding *x, struct json_out *log)
{
    struct buf tried, otherwise;
    struct json_out w, o;
    const struct process_reader *rd = x->r->l->reader;
    buf_init(&tried, LOG_BYTES_MAX);
    buf_init(&otherwise, LOG_BYTES_MAX);
    json_out_init(&w, &tried, false);
    json_out_init(&o, &otherwise, false);
    decide(x, &w, &o);
    if (!x->decided && x->d->owner) {
        x->person = rd->person_id(rd->ctx, x->d->owner->name);
        json_field_cstr(log, "note", "nobody else: the owner of the route");
    }
    if (otherwise.n) {
        json_key(log, "otherwise");
        json_put_raw(log, buf_view(&otherwise));
    }
    json_field_str(log, "route", x->d->name);
    json_key(log, "tried");
    json_put_raw(log, buf_view(&tried));
    bool whole = buf_ok(&tried) == RC_OK && buf_ok(&otherwise) == RC_OK;
    buf_release(&tried);
    buf_release(&otherwise);
    return whole;
}

/* ---- what follows ------------------------------------------------------------------------------------------------------- */

static void give(struct deciding *x)
{
    struct asking a = ask_set(x->r, x->of->object, x->of->id,
                              str_printf(x->r->l->arena, "routes.%.*s", STR_ARG(x->d->name)));
    ask_ref(&a, "owner", x->person);
    ask_reason(&a, str_printf(x->r->l->arena, "route %.*s: %.*s", STR_ARG(x->d->name),
                              STR_ARG(x->rule.n ? x->rule : STR("otherwise"))));
    if (x->person != x->owner)
        (void)ask(&a);
    struct str why = str_printf(x->r->l->arena, "routes.%.*s", STR_ARG(x->d->name));
    if (x->person && x->person != x->owner)
        notify(x->r, x->person, "assigned", x->of->object, x->of->id,
               str_printf(x->r->l->arena, "A %.*s is yours", STR_ARG(x->of->object->name)), why);
    else if (x->answers)
        notify(x->r, x->answers, "queued", x->of->object, x->of->id,
               str_printf(x->r->l->arena, "A %.*s waits in %.*s", STR_ARG(x->of->object->name),
                          STR_ARG(x->queue)),
               why);
}

/* `request` 0: a new record. */
static void write_log(struct deciding *x, const char *cause, uint64_t request, struct str log)
{
    struct reaction *r = x->r;
    const struct object *o = builtin_object(r->p, ON_ASSIGNMENT);
    struct str definition = str_printf(r->l->arena, "routes.%.*s", STR_ARG(x->d->name));
    struct asking a = request ? ask_set(r, o, request, definition) : ask_create(r, o, definition);
    if (!request) {
        ask_text(&a, "route", x->d->name);
        ask_about(&a, x->of->object, x->of->id);
    }
    ask_text(&a, "rule", x->rule);
    ask_text(&a, "pool", x->pool);
    ask_text(&a, "queue", x->queue);
    ask_ref(&a, "previous", x->owner);
    ask_ref(&a, "owner", x->person);
    ask_instant(&a, "at", r->l->at);
    ask_text(&a, "cause", str_of(cause));
    ask_value(&a, "log", (struct value){.type = VT_JSON, .text = log});
    (void)ask(&a);
}

static uint64_t run(struct reaction *r, const struct definition *d, const struct row *of,
                    const char *cause, uint64_t request)
{
    struct deciding x = {.r = r, .d = d, .owner = row_owner(of)};
    struct json_out log;
    struct buf b;
    bool first = strcmp(cause, "trigger") == 0 || strcmp(cause, "waited") == 0;
    x.avoid = first ? 0 : x.owner;
    buf_init(&b, LOG_BYTES_MAX);
    json_out_init(&log, &b, false);
    json_begin_object(&log);
    json_field_cstr(&log, "cause", cause);
    x.of = account_matched(r, d, of, &log);
    bool whole = decide_logged(&x, &log);
    json_end_object(&log);
    whole = whole && buf_ok(&b) == RC_OK;
    if (r->rc == RC_OK) {
        give(&x);
        write_log(&x, cause, request,
                  whole ? str_dup(r->l->arena, buf_view(&b)) : STR("{\"cut\":true}"));
    }
    buf_release(&b);
    return x.person;
}

uint64_t route_record(struct reaction *r, struct str route, const struct row *of, const char *cause)
{
    const struct definition *d = definition_named(r->p, "routes", route);
    return d && d->object == of->object ? run(r, d, of, cause, 0) : 0;
}

/* ---- waiting ----------------------------------------------------------------------------------------------------------------- */

static bool source_filled(const struct look *l, struct str source)
{
    for (size_t i = 0; i < l->object->n_fields; i++)
        if (str_eq(l->object->fields[i]->source, source) && l->now->values[i].type != VT_ABSENT)
            return true;
    return false;
}

/* The longest wait for a source that has filled nothing so far; 0: none is missing. */
static struct duration still_to_wait(const struct look *l, const struct definition *d)
{
    const struct node *list = node_get(d->node, "wait_for");
    struct duration longest = {0}, one;
    for (size_t i = 0; list && list->kind == NODE_MAP && i < list->n; i++)
        if (list->pairs[i].value->kind == NODE_SCALAR &&
            duration_parse(list->pairs[i].value->text, &one) && one.us > longest.us &&
            !source_filled(l, list->pairs[i].key))
            longest = one;
    return longest;
}

static const struct row *wait_clock(struct reaction *r, const struct route *x)
{
    const struct row *clocks[SOURCES_MAX];
    size_t n = clocks_named(r, r->l->object, r->l->now->id, x->d->name, clocks, SOURCES_MAX);
    for (size_t i = 0; i < n; i++)
        if (row_is(clocks[i], "kind", "wait"))
            return clocks[i];
    return NULL;
}

static void remember_waiting(struct reaction *r, const struct route *x, bool on)
{
    trigger_put(r, r->l->object, r->l->now->id, x->waiting, on);
}

static void begin_wait(struct reaction *r, const struct route *x, struct duration longest)
{
    struct clock_wish w = {.object = r->l->object,
                           .id = r->l->now->id,
                           .name = x->d->name,
                           .kind = "wait",
                           .allowed = longest,
                           .from = r->l->at};
    struct instant due;
    (void)clock_start(r, &w, &due);
    remember_waiting(r, x, true);
    wake_at(r, due);
}

static void go_on_waiting(struct reaction *r, const struct route *x, bool holds)
{
    const struct row *clock = wait_clock(r, x);
    struct instant due = row_instant(clock, "due_at");
    if (holds && clock && still_to_wait(r->l, x->d).us > 0 && r->l->at.us < due.us) {
        wake_at(r, due);
        return;
    }
    if (holds)
        clock_stop(r, clock);
    else
        clock_cancel(r, clock);
    remember_waiting(r, x, false);
    if (holds)
        (void)run(r, x->d, r->l->now, "waited", 0);
}

static void look_at_route(struct reaction *r, const struct route *x)
{
    bool rises, waiting = node_get(x->d->node, "wait_for") && trigger_was_on(r, x->waiting);
    bool holds = trigger_holds(r, x->name, x->trigger, &rises);
    if (r->l->quiet || r->rc != RC_OK)
        return;
    struct duration longest = still_to_wait(r->l, x->d);
    if (waiting)
        go_on_waiting(r, x, holds);
    else if (rises && longest.us > 0)
        begin_wait(r, x, longest);
    else if (rises)
        (void)run(r, x->d, r->l->now, "trigger", 0);
}

/* ---- asked for by a person ------------------------------------------------------------------------------------------------------ */

/* The record that a request names; NULL: none, or the route is not over it. */
static const struct row *requested(struct reaction *r, const struct definition **d)
{
    const struct object *o;
    const struct row *of = NULL;
    const struct process_reader *rd = r->l->reader;
    uint64_t id;
    *d = definition_named(r->p, "routes", row_text(r->l->now, "route"));
    if (!*d || !row_about(r->l->now, &o, &id) || o != (*d)->object || r->rc != RC_OK)
        return NULL;
    r->rc = rd->row(rd->ctx, o, id, &of);
    return r->rc == RC_OK ? of : NULL;
}

static bool is_request(const struct look *l)
{
    return look_is_new(l) && row_instant(l->now, "at").us == INSTANT_MAX.us;
}

static void judge(struct reaction *r, const void *self, const struct process_findings *f)
{
    const struct look *l = r->l;
    const struct definition *d;
    (void)self;
    if (l->object->number != ON_ASSIGNMENT)
        return;
    const struct field *route = builtin_field(l->object, "route");
    if (is_request(l) && !requested(r, &d))
        f->add(f->ctx, "ROUTE_UNKNOWN", ENFORCE_DENY, route, STR_NONE, STR_NONE,
               str_printf(l->arena, "there is no route '%.*s' over the record named",
                          STR_ARG(row_text(l->now, "route"))),
               STR("name a route of the model and a record of its object"));
    else if (!look_is_new(l) && look_touched(l, route))
        f->add(f->ctx, "ROUTE_DECIDED", ENFORCE_DENY, route, STR_NONE, STR_NONE,
               STR("this assignment is the log of a decision"),
               STR("make a new assignment to run a route again"));
}

/* ---- the part ------------------------------------------------------------------------------------------------------------------------ */

static void *make(const struct process *p, const struct model *m, struct arena *a)
{
    struct routes *all = ARENA_NEW(a, struct routes);
    (void)p;
    for (size_t i = 0; i < m->n_definitions; i++) {
        const struct definition *d = &m->definitions[i];
        const struct node *trigger = node_get(d->node, "trigger");
        if (str_is(d->kind, "routes") && d->object && trigger && trigger->expr)
            *VEC_PUSH(a, &all->list) = (struct route){
                d, trigger->expr, str_printf(a, "routes.%.*s", STR_ARG(d->name)),
                str_printf(a, "routes.%.*s.wait", STR_ARG(d->name))};
    }
    return all;
}

static void react(struct reaction *r, const void *self)
{
    const struct routes *all = self;
    const struct definition *d;
    if (r->l->object->number == ON_ASSIGNMENT && is_request(r->l)) {
        const struct row *of = requested(r, &d);
        if (of)
            (void)run(r, d, of, "hand", r->l->now->id);
        return;
    }
    for (size_t i = 0; i < all->list.n; i++)
        if (all->list.v[i].d->object == r->l->object)
            look_at_route(r, &all->list.v[i]);
}

static void watch(const void *self, const struct object *o, struct arena *a, expr_list *out)
{
    const struct routes *all = self;
    for (size_t i = 0; i < all->list.n; i++)
        if (all->list.v[i].d->object == o)
            *VEC_PUSH(a, out) = all->list.v[i].trigger;
}

const struct part routes_part = {
    .name = "routes", .make = make, .judge = judge, .react = react, .watch = watch};
