/* quotas.c - the share of a quota that a new hire is expected to make.
 *
 * Source of the formula: MODEL.md, `ramp`. Period k (from 0) since the one in which the first seat of the person began counts
 * with the k-th share; behind the list the whole quota counts. Half-even to the minor unit, or to the ninth digit of a count.
 */
#include "base/period.h"
#include "base/ratio.h"
#include "model/scalar.h"
#include "process/parts.h"

enum { COUNT_DIGITS = 9 }; /* of a number */

struct ramp {
    struct str name;
    enum grain grain;
    struct decimal *shares; /* of 1 */
    size_t n;
};

struct ramps {
    VEC(struct ramp) list;
    struct fiscal fiscal;
};

static void *make(const struct process *p, const struct model *m, struct arena *a)
{
    struct ramps *all = ARENA_NEW(a, struct ramps);
    (void)p;
    all->fiscal = (struct fiscal){m->company.fiscal_month, m->company.fiscal_day};
    for (size_t i = 0; i < m->n_definitions; i++) {
        const struct definition *d = &m->definitions[i];
        const struct node *shares = node_items(d->node, "ramp");
        struct ramp r = {.name = d->name};
        if (!str_is(d->kind, "quotas") || !shares->n ||
            !grain_parse(node_text(d->node, "period"), &r.grain))
            continue;
        r.shares = ARENA_ARRAY(a, shares->n, struct decimal);
        for (size_t k = 0; k < shares->n; k++)
            if (scalar_percent(shares->items[k]->text, true, &r.shares[r.n]))
                r.n++;
        *VEC_PUSH(a, &all->list) = r;
    }
    return all;
}

static const struct ramp *ramp_of(const struct ramps *all, struct str name)
{
    for (size_t i = 0; i < all->list.n; i++)
        if (str_eq(all->list.v[i].name, name))
            return &all->list.v[i];
    return NULL;
}

static const struct value *value_of(const struct row *r, const char *name)
{
    return row_value(r, builtin_field(r->object, name));
}

/* The first day of the first seat; false when they have none. */
static bool hired_on(struct reaction *r, uint64_t person, struct date *out)
{
    const struct object *seat = builtin_object(r->p, ON_SEAT);
    const struct row **rows;
    size_t n = 0;
    bool found = false;
    if (r->rc == RC_OK)
        r->rc = r->l->reader->children(r->l->reader->ctx, builtin_field(seat, "person"), person,
                                       &rows, &n);
    for (size_t i = 0; r->rc == RC_OK && i < n; i++) {
        const struct value *v = value_of(rows[i], "starts");
        if (v->type != VT_DATE || (found && v->date.days >= out->days))
            continue;
        *out = v->date;
        found = true;
    }
    return found;
}

/* How many periods after the one of `hired` the one of `day` is; at most `max`. */
static size_t periods_since(struct fiscal f, enum grain g, struct date hired, struct date day,
                            size_t max)
{
    struct period p = period_of(f, g, hired);
    size_t n = 0;
    while (n < max && p.to.days <= day.days && period_next(f, p, &p))
        n++;
    return n;
}

/* The share of the quota that counts; NULL: all of it. */
static const struct decimal *share_of(struct reaction *r, const struct ramps *all,
                                      const struct row *quota)
{
    const struct value *starts = value_of(quota, "starts");
    const struct ramp *ramp = ramp_of(all, row_text(quota, "name"));
    struct date hired;
    if (!ramp || starts->type != VT_DATE || !hired_on(r, row_ref(quota, "person"), &hired))
        return NULL;
    size_t k = periods_since(all->fiscal, ramp->grain, hired, starts->date, ramp->n);
    return k < ramp->n ? &ramp->shares[k] : NULL;
}

/* What is expected of the quota's person in its period, as money and as a count. */
struct expected {
    struct value money, count;
};

static struct expected expected_of(struct reaction *r, const struct ramps *all,
                                   const struct row *quota)
{
    struct expected e = {*value_of(quota, "amount"), *value_of(quota, "count")};
    const struct decimal *share = share_of(r, all, quota);
    struct ratio part;
    if (!share)
        return e;
    if (e.money.type == VT_MONEY &&
        !money_scale(e.money.money, *share, e.money.money.currency, &e.money.money))
        e.money = VALUE_ABSENT;
    if (e.count.type == VT_NUM &&
        (!ratio_mul(ratio_decimal(e.count.number), ratio_decimal(*share), &part) ||
         !ratio_to_decimal(part, COUNT_DIGITS, &e.count.number)))
        e.count = VALUE_ABSENT;
    return e;
}

static bool is_of(const struct look *l, uint32_t builtin)
{
    return l->object->builtin && l->object->number == builtin;
}

static void fill(struct reaction *r, const void *self)
{
    if (!is_of(r->l, ON_QUOTA))
        return;
    struct expected e = expected_of(r, self, r->l->now);
    fill_put(r, "ramped", e.money);
    fill_put(r, "ramped_count", e.count);
}

/* A seat that begins earlier, or later, moves the ramp of its person's quotas. */
static void react(struct reaction *r, const void *self)
{
    const struct look *l = r->l;
    const struct row **quotas;
    size_t n = 0;
    if (!is_of(l, ON_SEAT) || l->by_time)
        return;
    const struct object *quota = builtin_object(r->p, ON_QUOTA);
    if (r->rc == RC_OK)
        r->rc = l->reader->children(l->reader->ctx, builtin_field(quota, "person"),
                                    row_ref(l->now, "person"), &quotas, &n);
    for (size_t i = 0; i < n && r->rc == RC_OK; i++) {
        struct expected e = expected_of(r, self, quotas[i]);
        if (value_eq(&e.money, value_of(quotas[i], "ramped")) &&
            value_eq(&e.count, value_of(quotas[i], "ramped_count")))
            continue;
        struct asking a = ask_set(r, quota, quotas[i]->id, STR("people.quotas"));
        ask_value(&a, "ramped", e.money);
        ask_value(&a, "ramped_count", e.count);
        ask_reason(&a, STR("a seat changed"));
        (void)ask(&a);
    }
}

const struct part quotas_part = {.name = "quotas", .make = make, .fill = fill, .react = react};
