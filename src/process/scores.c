#include "process/scores.h"

#include "base/json.h"
#include "model/scalar.h"
#include "process/aging.h"
#include "process/decay.h"

struct score_list {
    const struct score **v;
    size_t n;
};

/* ---- definitions -------------------------------------------------------------------------------------------------- */

static struct score_term read_term(const struct object *o, const struct node *n)
{
    struct score_term t = {.because = node_text(n, "because"), .when = node_get(n, "when")->expr};
    struct duration half_life;
    (void)scalar_int(node_text(n, "add"), &t.points);
    (void)scalar_int(node_text(n, "cap"), &t.cap);
    if (duration_parse(node_text(n, "half_life"), &half_life))
        t.half_life = (uint32_t)(half_life.us / US_PER_DAY);
    if (node_get(n, "since"))
        t.since = object_field(o, node_text(n, "since"));
    if ((t.half_life && !t.since) || t.cap)
        t.list = aging_list(t.when);
    return t;
}

static const struct score *read_score(const struct definition *d, struct arena *a)
{
    struct score *s = ARENA_NEW(a, struct score);
    const struct node *points = node_items(d->node, "points"),
                      *range = node_items(d->node, "range");
    s->name = d->name;
    s->object = d->object;
    s->total = object_field(d->object, d->name);
    s->terms = object_field(d->object, str_printf(a, "%.*s_terms", STR_ARG(d->name)));
    (void)scalar_int(range->items[0]->text, &s->least);
    (void)scalar_int(range->items[1]->text, &s->greatest);
    struct score_term *terms = ARENA_ARRAY(a, points->n, struct score_term);
    for (size_t i = 0; i < points->n; i++)
        terms[s->n++] = read_term(d->object, points->items[i]);
    s->v = terms;
    return s;
}

static void *make(const struct process *p, const struct model *m, struct arena *a)
{
    (void)p;
    struct score_list *list = ARENA_NEW(a, struct score_list);
    list->v = ARENA_ARRAY(a, m->n_definitions, const struct score *);
    for (size_t i = 0; i < m->n_definitions; i++)
        if (str_is(m->definitions[i].kind, "scores"))
            list->v[list->n++] = read_score(&m->definitions[i], a);
    return list;
}

const struct score *score_named(const struct process *p, const struct object *o, struct str name)
{
    const struct score_list *list = process_part(p, &scores_part);
    for (size_t i = 0; i < list->n; i++)
        if (list->v[i]->object == o && str_eq(list->v[i]->name, name))
            return list->v[i];
    return NULL;
}

static void derived(const void *self, const struct object *o, struct arena *a, derived_list *out)
{
    const struct score_list *list = self;
    for (size_t i = 0; i < list->n; i++) {
        const struct score *s = list->v[i];
        if (s->object != o)
            continue;
        const struct expr **exprs = ARENA_ARRAY(a, s->n, const struct expr *);
        const struct field **fields = ARENA_ARRAY(a, s->n, const struct field *);
        struct process_derived d = {.exprs = exprs, .fields = fields};
        for (size_t k = 0; k < s->n; k++) {
            exprs[d.n_exprs++] = s->v[k].when;
            if (s->v[k].since)
                fields[d.n_fields++] = s->v[k].since;
            d.ages |= s->v[k].half_life > 0;
        }
        d.field = s->total;
        *VEC_PUSH(a, out) = d;
        d.field = s->terms;
        *VEC_PUSH(a, out) = d;
    }
}

/* ---- one term ------------------------------------------------------------------------------------------------------ */

/* The days of the children, or of the field, that a term ages from. */
struct days {
    const struct date *v;
    size_t n;
};

static int64_t age_on(struct date since, struct date day)
{
    return day.days > since.days ? (int64_t)day.days - since.days : 0;
}

static int64_t points_on(const struct score_term *t, const struct days *d, struct date day)
{
    int64_t sum = 0;
    for (size_t i = 0; i < d->n; i++)
        sum += t->half_life ? decay_points(t->points, age_on(d->v[i], day), t->half_life)
                            : t->points;
    if (t->cap && sum > t->cap)
        return t->cap;
    return t->cap && sum < -t->cap ? -t->cap : sum;
}

/* The least day after `day` on which one of the parts is worth something else; INT64_MAX: none. */
static int64_t next_part(const struct score_term *t, const struct days *d, struct date day)
{
    int64_t least = INT64_MAX;
    for (size_t i = 0; i < d->n; i++) {
        int64_t age = decay_next(t->points, age_on(d->v[i], day), t->half_life);
        if (age >= 0 && d->v[i].days + age < least)
            least = d->v[i].days + age;
    }
    return least;
}

/* The cap can hide what a part loses: on to the day on which the sum is another. */
static struct instant next_change(const struct look *l, const struct score_term *t,
                                  const struct days *d)
{
    int64_t now = points_on(t, d, l->today);
    struct date day = l->today;
    for (;;) {
        int64_t next = next_part(t, d, day);
        if (next > DATE_MAX.days)
            return INSTANT_MAX;
        day.days = (int32_t)next;
        if (points_on(t, d, day) != now)
            return zone_midnight(l->zone, day);
    }
}

static void give(const struct look *l, const struct score_term *t, const struct days *d,
                 struct score_given *out)
{
    out->points = points_on(t, d, l->today);
    out->times = d->n;
    out->whole = t->points * (int64_t)d->n;
    out->next = INSTANT_MAX;
    if (t->half_life) {
        out->ages = true;
        out->since = d->v[0];
        out->next = next_change(l, t, d);
    }
}

static struct days days_of(const struct look *l, const struct instant *at, size_t n)
{
    struct date *days = ARENA_ARRAY(l->arena, n, struct date);
    for (size_t i = 0; i < n; i++)
        days[i] = zone_date(l->zone, at[i]);
    return (struct days){days, n};
}

/* Met, and nothing ages it: the points once. */
static void give_once(const struct score_term *t, struct score_given *out)
{
    out->points = out->whole = t->points;
    if (t->cap && (t->points > t->cap || t->points < -t->cap))
        out->points = t->points > 0 ? t->cap : -t->cap;
    out->times = 1;
    out->next = INSTANT_MAX;
}

static void give_since_field(struct look *l, const struct score_term *t, struct score_given *out)
{
    const struct value *v = row_value(l->now, t->since);
    if (v->type == VT_ABSENT) {
        out->state = XT_ABSENT;
        out->why = (struct xvalue){.result = XV_ABSENT};
        out->why.empty = str_printf(l->arena, "%.*s.%.*s", STR_ARG(l->object->name),
                                    STR_ARG(t->since->name));
        return;
    }
    struct date day = v->type == VT_DATE ? v->date : zone_date(l->zone, v->instant);
    give(l, t, &(struct days){&day, 1}, out);
}

static void evaluate_term(struct look *l, const struct score_term *t, struct score_given *out)
{
    struct xbindings b = look_bindings(l);
    b.old = (struct xrecord){0}; /* a score sees the record as it is */
    struct aging *g = NULL;
    const struct instant *at;
    struct instant newest;
    size_t n;
    out->next = INSTANT_MAX;
    if (t->list)
        g = aging_open(l, t->when, t->list, &out->state, &out->why);
    else
        out->state = expr_test(t->when, l->reader->records, l->reader->host, &b, l->arena,
                               &out->why);
    if (out->state != XT_MET)
        return;
    if (t->cap && g && aging_each(g, &at, &n) && n > 0) {
        struct days d = days_of(l, at, n);
        give(l, t, &d, out);
    } else if (t->half_life && t->since) {
        give_since_field(l, t, out);
    } else if (t->half_life && g && aging_newest(g, &newest)) {
        struct days d = days_of(l, &newest, 1);
        give(l, t, &d, out);
    } else {
        give_once(t, out);
    }
}

void score_evaluate(struct look *l, const struct score *s, struct score_result *out)
{
    struct score_given *given = ARENA_ARRAY(l->arena, s->n, struct score_given);
    *out = (struct score_result){.score = s, .given = given};
    for (size_t i = 0; i < s->n; i++) {
        evaluate_term(l, &s->v[i], &given[i]);
        out->sum += given[i].points;
    }
    out->total = out->sum < s->least ? s->least : out->sum > s->greatest ? s->greatest : out->sum;
}

/* ---- as stored ------------------------------------------------------------------------------------------------------- */

/* Keys in bytewise order, as canonical JSON has them. */
static void put_term(struct json_out *w, const struct score_term *t, const struct score_given *g)
{
    char day[16];
    json_begin_object(w);
    json_field_str(w, "because", t->because);
    if (g->state == XT_FAULT)
        json_field_str(w, "fault", g->why.fault->message);
    if (g->whole != g->points)
        json_field_int(w, "of", g->whole);
    json_field_int(w, "points", g->points);
    if (g->ages)
        json_field_str(w, "since", date_text(g->since, day));
    if (t->cap && g->times > 1)
        json_field_int(w, "times", (int64_t)g->times);
    json_end_object(w);
}

static void put_clamp(struct json_out *w, const struct score_result *r, struct arena *a)
{
    const struct score *s = r->score;
    bool above = r->sum > s->greatest;
    json_begin_object(w);
    json_field_str(w, "because",
                   str_printf(a, above ? "At most %lld" : "At least %lld",
                              (long long)(above ? s->greatest : s->least)));
    json_field_int(w, "points", r->total - r->sum);
    json_field_bool(w, "range", true);
    json_end_object(w);
}

struct str score_terms_json(const struct score_result *r, struct arena *a)
{
    struct buf b;
    struct json_out w;
    buf_init(&b, VALUE_BYTES_MAX);
    json_out_init(&w, &b, false);
    json_begin_array(&w);
    for (size_t i = 0; i < r->score->n; i++)
        if (r->given[i].state == XT_MET || r->given[i].state == XT_FAULT)
            put_term(&w, &r->score->v[i], &r->given[i]);
    if (r->total != r->sum)
        put_clamp(&w, r, a);
    json_end_array(&w);
    json_out_done(&w);
    struct str text = str_dup(a, buf_view(&b));
    buf_release(&b);
    return text;
}

/* ---- the part ---------------------------------------------------------------------------------------------------------- */

static const struct score_result *result_of(struct look *l, const struct score *s)
{
    if (l->derived_of != s) {
        struct score_result *result = ARENA_NEW(l->arena, struct score_result);
        score_evaluate(l, s, result);
        l->derived_of = s;
        l->derived = result;
    }
    return l->derived;
}

static void derive(struct reaction *r, const void *self, const struct field *f, struct value *out,
                   struct str *why)
{
    (void)why;
    const struct score_list *list = self;
    for (size_t i = 0; i < list->n; i++) {
        const struct score *s = list->v[i];
        if (f == s->total)
            *out = (struct value){.type = VT_INT, .integer = result_of(r->l, s)->total};
        else if (f == s->terms)
            *out = (struct value){.type = VT_JSON,
                                  .text = score_terms_json(result_of(r->l, s), r->l->arena)};
    }
}

/* The instant at which it changed has passed, and somebody touched the record before it was worked off: this look takes the old wake
 * away. */
static bool is_stale(const struct look *l, const struct score *s)
{
    const struct value *stored = row_value(l->now, s->total);
    struct look own = *l;
    struct score_result now;
    score_evaluate(&own, s, &now);
    return stored->type == VT_INT && stored->integer != now.total;
}

/* Asks to be looked at when the passing of time alone changes a score: also after a quiet change, for a score is a
 * figure, not something that starts. */
static void react(struct reaction *r, const void *self)
{
    const struct score_list *list = self;
    if (r->l->now->life != LIFE_LIVE)
        return;
    for (size_t i = 0; i < list->n && r->rc == RC_OK; i++) {
        const struct score *s = list->v[i];
        bool timed = false;
        for (size_t k = 0; s->object == r->l->object && k < s->n; k++) {
            const struct xchange *changes;
            struct score_given g = {0};
            timed = timed || s->v[k].half_life || expr_changes(s->v[k].when, &changes) > 0;
            wake_for(r, s->v[k].when);
            if (!s->v[k].half_life)
                continue;
            evaluate_term(r->l, &s->v[k], &g);
            if (g.next.us < INSTANT_MAX.us)
                wake_at(r, g.next);
        }
        /* A wish for this very instant would count as met by this look. */
        if (timed && !r->l->by_time && is_stale(r->l, s))
            wake_at(r, (struct instant){r->l->at.us + 1});
    }
}

const struct part scores_part = {
    .name = "scores", .make = make, .react = react, .derived = derived, .derive = derive};
