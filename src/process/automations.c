/* automations.c - when something happens by itself, and when not again. */
#include "process/automations.h"
#include "process/plays.h"

#include "base/period.h"

struct automation {
    struct str origin; /* "automations.open renewal", "signals.heavy_use" */
    const struct definition *definition;
    const struct expr *when;
    const struct node *actions;
    bool signal, on_change;
    struct str once_per;         /* empty: each time it rises */
    const struct field *once_by; /* whose value; NULL: a period of the company's days */
    struct duration cooldown;
};

struct automations {
    VEC(struct automation) list;
};

static void read_one(struct automations *all, const struct definition *d, bool signal,
                     struct arena *a)
{
    const struct node *when = node_get(d->node, "when");
    struct str cooldown = node_text(d->node, "cooldown");
    if (!when || !when->expr || !d->object)
        return;
    struct automation *m = VEC_PUSH(a, &all->list);
    *m = (struct automation){
        .origin = str_printf(a, "%.*s.%.*s", STR_ARG(d->kind), STR_ARG(d->name)),
        .definition = d,
        .when = when->expr,
        .actions = node_items(d->node, signal ? "then" : "do"),
        .signal = signal,
        .on_change = (expr_uses(when->expr) & XU_OLD) != 0,
        .once_per = node_text(d->node, "once_per"),
        .once_by = object_field(d->object, node_text(d->node, "once_per"))};
    if (cooldown.n && !duration_parse(cooldown, &m->cooldown))
        m->cooldown = (struct duration){0};
}

static void *make(const struct process *p, const struct model *m, struct arena *a)
{
    struct automations *all = ARENA_NEW(a, struct automations);
    (void)p;
    for (size_t i = 0; i < m->n_definitions; i++) {
        const struct definition *d = &m->definitions[i];
        if (str_is(d->kind, "automations") || str_is(d->kind, "signals"))
            read_one(all, d, str_is(d->kind, "signals"), a);
    }
    return all;
}

/* ---- not again ----------------------------------------------------------------------------------------------------- */

/* The value that an automation acts for at most once: of a field, or a company day, week, month … */
static struct str once_value(const struct reaction *r, const struct automation *m)
{
    struct arena *a = r->l->arena;
    enum grain grain;
    char label[16];
    if (m->once_by) {
        struct buf b;
        buf_init(&b, VALUE_BYTES_MAX + 16);
        value_encode(row_value(r->l->now, m->once_by), &b);
        char hex[65];
        struct str text = str_dup(a, str_sub(digest_hex(digest_of(buf_view(&b)), hex), 0, 16));
        buf_release(&b);
        return text;
    }
    if (!grain_parse(m->once_per, &grain))
        return m->once_per;
    const struct company *co = &process_model(r->p)->company;
    struct fiscal f = {co->fiscal_month, co->fiscal_day};
    return str_dup(a, period_label(f, period_of(f, grain, r->l->today), label));
}

static bool acts_again(struct reaction *r, const struct automation *m)
{
    if (!m->once_per.n)
        return true;
    struct str value = once_value(r, m);
    struct str mark = str_printf(r->l->arena, "%.*s#%.*s", STR_ARG(m->origin), STR_ARG(value));
    if (trigger_was_on(r, mark))
        return false;
    trigger_put(r, r->l->object, r->l->now->id, mark, true);
    return true;
}

struct noticing {
    const struct automation *m;
    struct instant last;
};

static void find_last(struct reaction *r, const struct row *note, void *ctx)
{
    struct noticing *n = ctx;
    struct instant at = row_instant(note, "at");
    (void)r;
    if (row_is(note, "kind", "signal") && str_eq(row_text(note, "why"), n->m->origin) &&
        at.us != INSTANT_MAX.us && at.us > n->last.us)
        n->last = at;
}

static bool is_cooling(struct reaction *r, const struct automation *m)
{
    struct noticing n = {m, INSTANT_MIN};
    if (!m->cooldown.us)
        return false;
    each_child(r, ON_NOTIFICATION, str_c(r->l->arena, r->l->object->name), r->l->now->id, find_last,
               &n);
    return r->l->at.us - n.last.us < m->cooldown.us;
}

/* ---- acting -------------------------------------------------------------------------------------------------------- */

/* Who hears of a signal: the record's owner, else whose definition it is. */
static void notice_signal(struct reaction *r, const struct automation *m)
{
    const struct row *now = r->l->now;
    uint64_t owner = row_owner(now);
    struct str label = node_text(m->definition->node, "label");
    if (!owner && m->definition->owner)
        owner = r->l->reader->person_id(r->l->reader->ctx, m->definition->owner->name);
    notify(r, owner, "signal", now->object, now->id,
           str_printf(r->l->arena, "%.*s: %.*s", STR_ARG(label.n ? label : m->definition->name),
                      STR_ARG(record_title(r, now))),
           m->origin);
}

static bool is_set_off(struct reaction *r, const struct automation *m)
{
    if (!m->on_change)
        return trigger_rises(r, m->origin, m->when);
    return !r->l->quiet && !r->l->by_time && look_test(r, m->when, NULL) == XT_MET;
}

static void react(struct reaction *r, const void *self)
{
    const struct automations *all = self;
    for (size_t i = 0; i < all->list.n && r->rc == RC_OK; i++) {
        const struct automation *m = &all->list.v[i];
        if (m->definition->object != r->l->object || !is_set_off(r, m) || is_cooling(r, m) ||
            !acts_again(r, m))
            continue;
        if (m->signal)
            notice_signal(r, m);
        actions_run(r, m->actions, m->origin, m->origin);
    }
}

static void watch(const void *self, const struct object *o, struct arena *a, expr_list *out)
{
    const struct automations *all = self;
    for (size_t i = 0; i < all->list.n; i++)
        if (all->list.v[i].definition->object == o)
            *VEC_PUSH(a, out) = all->list.v[i].when;
}

const struct part automations_part = {
    .name = "automations", .make = make, .react = react, .watch = watch};
