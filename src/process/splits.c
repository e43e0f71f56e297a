/* splits.c - shares of a record's credit: they add up, stay once the record is locked, and carry what they are worth.
 *
 * A share is a record like any other. Nobody's word is needed: a record that comes to `locks_at` (without one: that is won) with no
 * share gets those of `default`, for whoever that is at that moment. From then on a change of owner changes no credit. What a share is
 * worth follows the amount, in events of its own.
 */
#include "process/splits.h"

#include "base/wide.h"
#include "model/scalar.h"
#include "process/parts.h"
#include "process/stages.h"
#include "process/target.h"

enum { SHARES_MAX = 1000 };

/* ---- parts of an amount -------------------------------------------------------------------------------------------------- */

/* In billionths. */
static i128 billionths(struct decimal d)
{
    return (i128)d.mantissa * (i128)wide_pow10(9 - d.scale);
}

bool split_credit(struct money whole, const struct decimal *percents, size_t n, struct arena *a,
                  struct money *out)
{
    const i128 hundred = 100 * (i128)wide_pow10(9);
    i128 sign = whole.minor < 0 ? -1 : 1, amount = sign * whole.minor, sum = 0, left;
    i128 *rest = ARENA_ARRAY(a, n + 1, i128);
    for (size_t i = 0; i < n; i++)
        sum += billionths(percents[i]);
    left = wide_div_half_even(amount * sum, hundred);
    for (size_t i = 0; i < n; i++) {
        i128 exact = amount * billionths(percents[i]);
        rest[i] = exact % hundred;
        left -= exact / hundred;
        out[i].currency = whole.currency;
        if (!wide_to_i64(sign * (exact / hundred), &out[i].minor) || out[i].minor == INT64_MIN)
            return false;
    }
    for (; left > 0; left--) {
        size_t most = 0;
        for (size_t i = 1; i < n; i++)
            most = rest[i] > rest[most] ? i : most;
        rest[most] = -1;
        if (out[most].minor == (sign > 0 ? INT64_MAX : INT64_MIN))
            return false;
        out[most].minor += (int64_t)sign;
    }
    return true;
}

/* ---- definitions --------------------------------------------------------------------------------------------------------- */

/* One entry of `default`. */
struct given {
    struct str who; /* `owner`, a field, a short name */
    struct decimal percent;
};

struct split {
    const struct object *object;
    const struct field *of, *time;
    struct str name, id, owner, locks_at; /* id: "splits.revenue" */
    struct decimal total;                 /* percent */
    struct given *given;
    size_t n_given;
};

struct splits {
    VEC(struct split) list;
};

static struct decimal percent_of(struct str text, struct decimal otherwise)
{
    struct decimal share, percent;
    if (!scalar_percent(text, true, &share) ||
        !decimal_of_scaled(share.mantissa * 100, share.scale, &percent))
        return otherwise;
    return percent;
}

static void read_given(struct split *s, const struct node *def, struct arena *a)
{
    const struct node *list = node_get(def, "default");
    if (!list || list->kind != NODE_MAP)
        return;
    s->given = ARENA_ARRAY(a, list->n + 1, struct given);
    for (size_t i = 0; i < list->n; i++)
        s->given[s->n_given++] = (struct given){
            list->pairs[i].key, percent_of(list->pairs[i].value->text, (struct decimal){0, 0})};
}

static void *make(const struct process *p, const struct model *m, struct arena *a)
{
    struct splits *all = ARENA_NEW(a, struct splits);
    (void)p;
    for (size_t i = 0; i < m->n_definitions; i++) {
        const struct definition *d = &m->definitions[i];
        struct str time = node_text(d->node, "time");
        if (!str_is(d->kind, "splits") || !d->object)
            continue;
        struct split *s = VEC_PUSH(a, &all->list);
        *s = (struct split){
            .object = d->object,
            .of = object_field(d->object, node_text(d->node, "of")),
            .time = object_field(d->object, time.n ? time : STR("close_date")),
            .name = d->name,
            .id = str_printf(a, "splits.%.*s", STR_ARG(d->name)),
            .owner = d->owner ? d->owner->name : STR_NONE,
            .locks_at = node_text(d->node, "locks_at"),
            .total = percent_of(node_text(d->node, "total"), (struct decimal){100, 0})};
        read_given(s, d->node, a);
    }
    return all;
}

static bool is_share(const struct look *l)
{
    return l->object->builtin && l->object->number == ON_SHARE;
}

/* Of the share in hand; NULL: it names none over its record. */
static const struct split *split_of(const struct splits *all, const struct row *share,
                                    uint64_t *record)
{
    const struct object *about = NULL;
    struct str name = row_text(share, "split");
    *record = 0;
    (void)row_about(share, &about, record);
    for (size_t i = 0; i < all->list.n; i++)
        if (all->list.v[i].object == about && str_eq(all->list.v[i].name, name))
            return &all->list.v[i];
    return NULL;
}

/* ---- shares of a record -------------------------------------------------------------------------------------------------- */

/* Does credit stand? From the stage of `locks_at` on; without one in a won stage, or at once where there are no stages. */
static bool stands(const struct split *s, const struct row *record)
{
    const struct object *o = s->object;
    bool staged = false;
    for (size_t i = 0; i < o->n_processes && record; i++) {
        const struct process_def *p = o->processes[i];
        const struct stage *from = process_stage(p, s->locks_at), *at = stage_of(p, record);
        staged = staged || !s->locks_at.n;
        if (!at || at->outcome == OUTCOME_LOST)
            continue;
        if (s->locks_at.n ? from && at->position >= from->position : at->outcome == OUTCOME_WON)
            return true;
    }
    return record && !staged && !s->locks_at.n;
}

struct shares {
    const struct row **v;
    size_t n;
};

/* By id, with the share in hand as it is now. */
static struct shares shares_of(struct reaction *r, const struct split *s, uint64_t record)
{
    const struct look *l = r->l;
    const struct process_reader *rd = l->reader;
    const struct field *via = about_field(builtin_object(r->p, ON_SHARE), s->object);
    const struct row **rows;
    struct shares out = {NULL, 0};
    size_t n = 0;
    bool in_hand = is_share(l) && !l->gone;
    if (r->rc == RC_OK)
        r->rc = rd->children(rd->ctx, via, record, &rows, &n);
    if (r->rc == RC_OK && n >= SHARES_MAX)
        r->rc = RC_LIMIT;
    if (r->rc != RC_OK)
        return out;
    out.v = ARENA_ARRAY(l->arena, n + 1, const struct row *);
    for (size_t i = 0; i < n; i++)
        if (str_eq(row_text(rows[i], "split"), s->name) &&
            !(is_share(l) && rows[i]->id == l->now->id))
            out.v[out.n++] = rows[i];
    const struct object *about = NULL;
    uint64_t id = 0;
    if (in_hand && str_eq(row_text(l->now, "split"), s->name) && row_about(l->now, &about, &id) &&
        about == s->object && id == record) {
        size_t i = out.n++;
        for (; i > 0 && out.v[i - 1]->id > l->now->id; i--)
            out.v[i] = out.v[i - 1];
        out.v[i] = l->now;
    }
    return out;
}

static struct decimal percent(const struct row *share)
{
    const struct value *v = row_value(share, builtin_field(share->object, "percent"));
    return v->type == VT_NUM ? v->number : (struct decimal){0, 0};
}

static i128 sum_of(struct shares list)
{
    i128 sum = 0;
    for (size_t i = 0; i < list.n; i++)
        sum += billionths(percent(list.v[i]));
    return sum;
}

/* "90", of billionths. */
static struct str percent_text(i128 sum, struct arena *a)
{
    struct decimal d = {0, 0};
    int64_t n;
    char room[32];
    if (wide_to_i64(sum, &n))
        (void)decimal_of_scaled(n, 9, &d);
    return str_printf(a, "%.*s", STR_ARG(decimal_text(d, room)));
}

static struct value worth(const struct money *credit)
{
    return credit ? (struct value){.type = VT_MONEY, .money = *credit} : VALUE_ABSENT;
}

/* What each of them is worth; NULL: the record has no amount, or there is none that fits. */
static const struct money *credits(struct reaction *r, const struct split *s,
                                   const struct row *record, struct shares list)
{
    const struct value *of = row_value(record, s->of);
    struct money *out = ARENA_ARRAY(r->l->arena, list.n + 1, struct money);
    struct decimal *percents = ARENA_ARRAY(r->l->arena, list.n + 1, struct decimal);
    for (size_t i = 0; i < list.n; i++)
        percents[i] = percent(list.v[i]);
    bool fits = of->type == VT_MONEY && split_credit(of->money, percents, list.n, r->l->arena, out);
    return fits ? out : NULL;
}

static struct value counts_on(const struct reaction *r, const struct split *s,
                              const struct row *record)
{
    const struct value *v = row_value(record, s->time);
    if (v->type != VT_INSTANT)
        return *v;
    return (struct value){.type = VT_DATE, .date = zone_date(r->l->zone, v->instant)};
}

static void fill(struct reaction *r, const void *self)
{
    struct look *l = r->l;
    uint64_t id;
    const struct split *s = is_share(l) ? split_of(self, l->now, &id) : NULL;
    const struct row *record = s ? reader_row(r, s->object, id) : NULL;
    if (!record)
        return;
    struct shares list = shares_of(r, s, id);
    const struct money *parts = credits(r, s, record, list);
    for (size_t i = 0; i < list.n; i++)
        if (list.v[i] == l->now)
            fill_put(r, "credit", worth(parts ? &parts[i] : NULL));
    fill_put(r, "counts_on", counts_on(r, s, record));
}

/* ---- what follows --------------------------------------------------------------------------------------------------------- */

static void credit_again(struct reaction *r, const struct split *s, const struct row *record,
                         const char *why)
{
    struct shares list = record ? shares_of(r, s, record->id) : (struct shares){NULL, 0};
    const struct money *parts = list.n ? credits(r, s, record, list) : NULL;
    struct value day = list.n ? counts_on(r, s, record) : VALUE_ABSENT;
    for (size_t i = 0; i < list.n; i++) {
        const struct object *o = list.v[i]->object;
        struct value credit = worth(parts ? &parts[i] : NULL);
        if (value_eq(&credit, row_value(list.v[i], builtin_field(o, "credit"))) &&
            value_eq(&day, row_value(list.v[i], builtin_field(o, "counts_on"))))
            continue;
        struct asking a = ask_set(r, o, list.v[i]->id, s->id);
        ask_value(&a, "credit", credit);
        ask_value(&a, "counts_on", day);
        ask_reason(&a, str_of(why));
        (void)ask(&a);
    }
}

static uint64_t given_to(struct reaction *r, const struct split *s, const struct given *g)
{
    const struct process_reader *rd = r->l->reader;
    const struct field *f = object_field(s->object, g->who);
    const struct value *v = f ? row_value(r->l->now, f) : NULL;
    if (f)
        return v->type == VT_REF ? v->ref : 0;
    return rd->person_id(rd->ctx, g->who);
}

/* The shares of `default` for whoever they are now: each is set anew in `old`, or made. */
static void give(struct reaction *r, const struct split *s, struct shares old)
{
    const struct object *share = builtin_object(r->p, ON_SHARE);
    for (size_t i = 0; i < s->n_given; i++) {
        uint64_t person = given_to(r, s, &s->given[i]);
        if (!person)
            continue;
        struct asking a = i < old.n ? ask_set(r, share, old.v[i]->id, s->id)
                                    : ask_create(r, share, s->id);
        if (i >= old.n) {
            ask_about(&a, s->object, r->l->now->id);
            ask_text(&a, "split", s->name);
            ask_value(&a, "percent", (struct value){.type = VT_NUM, .number = s->given[i].percent});
        }
        ask_ref(&a, "person", person);
        ask_ref(&a, "default_of", person);
        ask_reason(&a, STR("nobody said otherwise"));
        (void)ask(&a);
    }
}

/* Made by `default`, and left as they were. */
static bool are_given(const struct split *s, struct shares list)
{
    for (size_t i = 0; i < list.n; i++)
        if (!row_ref(list.v[i], "default_of") ||
            row_ref(list.v[i], "default_of") != row_ref(list.v[i], "person") || i >= s->n_given ||
            decimal_cmp(percent(list.v[i]), s->given[i].percent) != 0)
            return false;
    return list.n > 0;
}

static void react_record(struct reaction *r, const struct split *s)
{
    const struct look *l = r->l;
    bool stand = stands(s, l->now), comes = stand && !stands(s, l->before);
    bool moved = look_is_new(l) || look_touched(l, s->of) || look_touched(l, s->time);
    if (!stand && !moved)
        return;
    struct shares list = shares_of(r, s, l->now->id);
    bool given = list.n ? comes && are_given(s, list) : row_value(l->now, s->of)->type == VT_MONEY;
    if (stand && given)
        give(r, s, list);
    else if (moved)
        credit_again(r, s, l->now, "what is shared has changed");
}

static void react_share(struct reaction *r, const struct splits *all, const struct row *share)
{
    uint64_t id;
    const struct split *s = split_of(all, share, &id);
    if (s)
        credit_again(r, s, reader_row(r, s->object, id), "a share has changed");
}

static void react(struct reaction *r, const void *self)
{
    const struct splits *all = self;
    const struct look *l = r->l;
    for (size_t i = 0; i < all->list.n && r->rc == RC_OK; i++)
        if (all->list.v[i].object == l->object)
            react_record(r, &all->list.v[i]);
    if (!is_share(l) || l->by_time)
        return;
    const struct object *before = NULL, *now = NULL;
    uint64_t was = 0, is = 0;
    if (l->before && row_about(l->before, &before, &was) && row_about(l->now, &now, &is) &&
        (was != is || before != now))
        react_share(r, all, l->before);
    react_share(r, all, l->now);
}

static void lose(struct reaction *r, const void *self)
{
    if (is_share(r->l))
        react_share(r, self, r->l->now);
}

/* ---- verdicts ------------------------------------------------------------------------------------------------------------- */

struct judging {
    struct reaction *r;
    const struct process_findings *f;
    const struct split *s;
};

static void refuse(const struct judging *j, const char *code, const struct field *f,
                   struct str message, const char *help)
{
    j->f->add(j->f->ctx, code, ENFORCE_DENY, f, j->s ? j->s->id : STR("splits"),
              j->s ? j->s->owner : STR_NONE, message, str_of(help));
}

static const struct field *share_field(const struct judging *j, const char *name)
{
    return builtin_field(j->r->l->object, name);
}

static struct str adds_up(const struct judging *j, i128 sum)
{
    struct arena *a = j->r->l->arena;
    return str_printf(a, "the shares add up to %.*s %%, the total is %.*s %%",
                      STR_ARG(percent_text(sum, a)),
                      STR_ARG(percent_text(billionths(j->s->total), a)));
}

static void judge_sum(const struct judging *j, uint64_t record)
{
    struct look *l = j->r->l;
    struct shares list = shares_of(j->r, j->s, record);
    i128 sum = sum_of(list), total = billionths(j->s->total);
    struct decimal mine = percent(l->now);
    if (decimal_cmp(mine, (struct decimal){0, 0}) <= 0 ||
        decimal_cmp(mine, (struct decimal){SPLIT_PERCENT_MAX, 0}) > 0) {
        refuse(j, "SHARE_PERCENT", share_field(j, "percent"),
               STR("a share is more than 0 % and at most 1000 %"),
               "Delete the share of whoever has none.");
        return;
    }
    for (size_t i = 0; i < list.n; i++)
        if (list.v[i] != l->now && row_ref(list.v[i], "person") == row_ref(l->now, "person"))
            refuse(j, "SHARE_TWICE", share_field(j, "person"),
                   STR("this person has a share already"), "Change the share that is there.");
    if (sum > total)
        refuse(j, "SPLIT_SUM", share_field(j, "percent"), adds_up(j, sum),
               "Lower another share first.");
    else if (sum < total)
        j->f->add(j->f->ctx, "SPLIT_OPEN", ENFORCE_WARN, share_field(j, "percent"), j->s->id,
                  j->s->owner, adds_up(j, sum), STR("Say whose the rest is."));
}

/* Whose share it is stays, and how much; that of `default` is given by the process itself. */
static bool keeps_credit(const struct look *l)
{
    static const char *const fields[] = {"person", "percent", "split"};
    bool given = look_touched(l, builtin_field(l->object, "default_of"));
    const struct object *was = NULL, *is = NULL;
    uint64_t before = 0, now = 0;
    for (size_t i = 0; i < sizeof fields / sizeof *fields && !given; i++)
        if (look_touched(l, builtin_field(l->object, fields[i])))
            return false;
    bool moved = l->before && row_about(l->before, &was, &before) && row_about(l->now, &is, &now) &&
                 (was != is || before != now);
    return given || !moved;
}

static void judge_lock(const struct judging *j, const struct row *record)
{
    struct look *l = j->r->l;
    if (!record || !j->s->locks_at.n || !stands(j->s, record))
        return;
    refuse(j, "LOCKED", share_field(j, "percent"),
           str_printf(l->arena, "shares of %.*s stay as they are from %.*s on", STR_ARG(j->s->name),
                      STR_ARG(j->s->locks_at)),
           "Move the record back first, or ask for a waiver.");
}

static void judge_share(struct reaction *r, const struct splits *all,
                        const struct process_findings *f)
{
    const struct look *l = r->l;
    uint64_t id, was = 0;
    struct judging j = {r, f, split_of(all, l->now, &id)};
    if (!j.s) {
        refuse(&j, "SPLIT_UNKNOWN", share_field(&j, "split"),
               STR("the model has no split of this name for the record it is about"),
               "Name a split of the model, and one record of its object.");
        return;
    }
    judge_sum(&j, id);
    if (keeps_credit(l))
        return;
    judge_lock(&j, reader_row(r, j.s->object, id));
    struct judging from = {r, f, l->before ? split_of(all, l->before, &was) : NULL};
    if (from.s && was != id)
        judge_lock(&from, reader_row(r, from.s->object, was));
}

/* Credit that stands adds up. */
static void judge_record(struct reaction *r, const struct split *s,
                         const struct process_findings *f)
{
    const struct look *l = r->l;
    struct judging j = {r, f, s};
    if (!l->before || !s->locks_at.n || !stands(s, l->now) || stands(s, l->before))
        return;
    struct shares list = shares_of(r, s, l->now->id);
    i128 sum = sum_of(list);
    const struct field *stage = NULL;
    for (size_t i = 0; i < s->object->n_processes && !stage; i++)
        if (process_stage(s->object->processes[i], s->locks_at))
            stage = s->object->processes[i]->field;
    if (list.n && sum != billionths(s->total))
        refuse(&j, "SPLIT_SUM", stage, adds_up(&j, sum),
               "Give the shares so that they add up, or delete them all: then the default counts.");
}

static void judge(struct reaction *r, const void *self, const struct process_findings *f)
{
    const struct splits *all = self;
    if (is_share(r->l)) {
        judge_share(r, all, f);
        return;
    }
    for (size_t i = 0; i < all->list.n && r->rc == RC_OK; i++)
        if (all->list.v[i].object == r->l->object)
            judge_record(r, &all->list.v[i], f);
}

static void judge_loss(struct reaction *r, const void *self, const struct process_findings *f)
{
    uint64_t id;
    struct judging j = {r, f, is_share(r->l) ? split_of(self, r->l->now, &id) : NULL};
    if (j.s)
        judge_lock(&j, reader_row(r, j.s->object, id));
}

const struct part splits_part = {.name = "splits",
                                 .make = make,
                                 .fill = fill,
                                 .judge = judge,
                                 .judge_loss = judge_loss,
                                 .react = react,
                                 .lose = lose};
