#include "process/health.h"

#include "base/json.h"
#include "model/scalar.h"
#include <math.h>

enum { MILLION = 1000000 };

struct health_list {
    const struct health **v;
    size_t n;
};

/* ---- definitions -------------------------------------------------------------------------------------------------- */

static const struct health_band *read_bands(const struct field *f, const struct node *bands,
                                            struct arena *a)
{
    struct health_band *out = ARENA_ARRAY(a, bands->n, struct health_band);
    for (size_t i = 0; i < bands->n; i++) {
        out[i].number = field_value(f, bands->pairs[i].key)->number;
        out[i].rest = !scalar_below(bands->pairs[i].value->text, &out[i].below);
    }
    return out;
}

static const struct health *read_health(const struct definition *d, struct arena *a)
{
    struct health *h = ARENA_NEW(a, struct health);
    const struct node *inputs = node_items(d->node, "inputs"), *bands = node_get(d->node, "bands");
    struct str field = node_text(d->node, "field");
    field = field.n ? field : STR("health");
    h->name = d->name;
    h->object = d->object;
    h->band = object_field(d->object, field);
    h->score = object_field(d->object, str_printf(a, "%.*s_score", STR_ARG(field)));
    h->terms = object_field(d->object, str_printf(a, "%.*s_terms", STR_ARG(field)));
    h->since = object_field(d->object, str_printf(a, "%.*s_since", STR_ARG(field)));
    struct health_input *v = ARENA_ARRAY(a, inputs->n, struct health_input);
    for (size_t i = 0; i < inputs->n; i++) {
        const struct node *n = inputs->items[i];
        v[i] = (struct health_input){.name = node_text(n, "name"),
                                     .value = node_get(n, "value")->expr};
        (void)scalar_int(node_text(n, "weight"), &v[i].weight);
    }
    h->inputs = v;
    h->n_inputs = inputs->n;
    h->bands = read_bands(h->band, bands, a);
    h->n_bands = bands->n;
    return h;
}

static void *make(const struct process *p, const struct model *m, struct arena *a)
{
    (void)p;
    struct health_list *list = ARENA_NEW(a, struct health_list);
    list->v = ARENA_ARRAY(a, m->n_definitions, const struct health *);
    for (size_t i = 0; i < m->n_definitions; i++)
        if (str_is(m->definitions[i].kind, "health"))
            list->v[list->n++] = read_health(&m->definitions[i], a);
    return list;
}

const struct health *health_named(const struct process *p, const struct object *o, struct str name)
{
    const struct health_list *list = process_part(p, &health_part);
    for (size_t i = 0; i < list->n; i++)
        if (list->v[i]->object == o && str_eq(list->v[i]->name, name))
            return list->v[i];
    return NULL;
}

static void derived(const void *self, const struct object *o, struct arena *a, derived_list *out)
{
    const struct health_list *list = self;
    for (size_t i = 0; i < list->n; i++) {
        const struct health *h = list->v[i];
        if (h->object != o)
            continue;
        const struct field *fields[] = {h->band, h->score, h->terms, h->since};
        const struct expr **exprs = ARENA_ARRAY(a, h->n_inputs, const struct expr *);
        for (size_t k = 0; k < h->n_inputs; k++)
            exprs[k] = h->inputs[k].value;
        for (size_t k = 0; k < sizeof fields / sizeof *fields; k++)
            *VEC_PUSH(a, out) = (struct process_derived){
                .field = fields[k], .exprs = exprs, .n_exprs = h->n_inputs};
    }
}

/* ---- a value ---------------------------------------------------------------------------------------------------------- */

/* In millionths: from here on everything is an integer, the same on every machine. */
static void hold(struct health_given *g)
{
    double v = g->value.number;
    g->held = !(v >= 0 && v <= 1); /* also what is no number */
    g->millionths = v >= 1 ? MILLION : v >= 0 ? llround(v * MILLION) : 0;
}

/* x / y to the nearest, halves up; both are positive or 0. */
static int64_t nearest(int64_t x, int64_t y)
{
    return (2 * x + y) / (2 * y);
}

static uint32_t band_of(const struct health *h, int64_t tenths)
{
    struct decimal score;
    size_t i = 0;
    (void)decimal_of_scaled(tenths, 1, &score);
    while (!h->bands[i].rest && decimal_cmp(score, h->bands[i].below) >= 0)
        i++;
    return h->bands[i].number;
}

void health_evaluate(struct look *l, const struct health *h, struct health_result *out)
{
    struct health_given *given = ARENA_ARRAY(l->arena, h->n_inputs, struct health_given);
    struct xbindings b = look_bindings(l);
    int64_t weight = 0, sum = 0, so_far = 0;
    b.old = (struct xrecord){0}; /* health sees the record as it is */
    *out = (struct health_result){.health = h, .given = given};
    for (size_t i = 0; i < h->n_inputs; i++) {
        expr_eval(h->inputs[i].value, l->reader->records, l->reader->host, &b, NULL, l->arena,
                  &given[i].value);
        if (given[i].value.result != XV_VALUE)
            continue;
        hold(&given[i]);
        weight += h->inputs[i].weight;
    }
    if (weight == 0)
        return;
    /* Each part is the difference of two rounded sums, so that the parts add up to the score. */
    for (size_t i = 0; i < h->n_inputs; i++) {
        if (given[i].value.result != XV_VALUE)
            continue;
        sum += given[i].millionths * h->inputs[i].weight;
        int64_t tenths = nearest(sum, weight * (MILLION / 1000));
        given[i].tenths = tenths - so_far;
        so_far = tenths;
    }
    out->known = true;
    out->tenths = so_far;
    out->band = band_of(h, so_far);
}

/* ---- as stored ---------------------------------------------------------------------------------------------------------- */

static void put_decimal(struct json_out *w, const char *key, int64_t n, int scale)
{
    struct decimal d;
    char text[32];
    (void)decimal_of_scaled(n, scale, &d);
    json_key(w, key);
    json_put_number(w, decimal_text(d, text));
}

/* Keys in bytewise order, as canonical JSON has them. */
static void put_input(struct json_out *w, const struct health_input *in,
                      const struct health_given *g)
{
    json_begin_object(w);
    if (g->value.result == XV_ABSENT)
        json_field_str(w, "absent", g->value.empty);
    if (g->value.result == XV_FAULT)
        json_field_str(w, "fault", g->value.fault->message);
    if (g->held)
        json_field_bool(w, "held", true);
    json_field_str(w, "input", in->name);
    if (g->value.result == XV_VALUE) {
        put_decimal(w, "points", g->tenths, 1);
        put_decimal(w, "value", g->millionths, 6);
    }
    json_field_int(w, "weight", in->weight);
    json_end_object(w);
}

struct str health_terms_json(const struct health_result *r, struct arena *a)
{
    struct buf b;
    struct json_out w;
    buf_init(&b, VALUE_BYTES_MAX);
    json_out_init(&w, &b, false);
    json_begin_array(&w);
    for (size_t i = 0; i < r->health->n_inputs; i++)
        put_input(&w, &r->health->inputs[i], &r->given[i]);
    json_end_array(&w);
    json_out_done(&w);
    struct str text = str_dup(a, buf_view(&b));
    buf_release(&b);
    return text;
}

/* ---- the part ---------------------------------------------------------------------------------------------------------- */

static struct value band_value(const struct health_result *r)
{
    return r->known ? (struct value){.type = VT_ENUM, .number_of = r->band} : VALUE_ABSENT;
}

/* The instant at which it came into the band in which it is. */
static struct value since_value(const struct look *l, const struct health_result *r)
{
    struct value band = band_value(r);
    const struct row *before = l->before;
    if (before && value_eq(row_value(before, r->health->band), &band))
        return *row_value(before, r->health->since);
    return r->known ? (struct value){.type = VT_INSTANT, .instant = l->at} : VALUE_ABSENT;
}

static struct value score_value(const struct health_result *r)
{
    struct value v = {.type = VT_NUM};
    if (!r->known)
        return VALUE_ABSENT;
    (void)decimal_of_scaled(r->tenths, 1, &v.number);
    return v;
}

static const struct health_result *result_of(struct look *l, const struct health *h)
{
    if (l->derived_of != h) {
        struct health_result *result = ARENA_NEW(l->arena, struct health_result);
        health_evaluate(l, h, result);
        l->derived_of = h;
        l->derived = result;
    }
    return l->derived;
}

static void derive(struct reaction *r, const void *self, const struct field *f, struct value *out,
                   struct str *why)
{
    (void)why;
    const struct health_list *list = self;
    for (size_t i = 0; i < list->n; i++) {
        const struct health *h = list->v[i];
        if (f == h->band)
            *out = band_value(result_of(r->l, h));
        else if (f == h->since)
            *out = since_value(r->l, result_of(r->l, h));
        else if (f == h->score)
            *out = score_value(result_of(r->l, h));
        else if (f == h->terms)
            *out = (struct value){.type = VT_JSON,
                                  .text = health_terms_json(result_of(r->l, h), r->l->arena)};
    }
}

/* As of a score: what changed with time before somebody touched the record is not left as it was. */
static bool is_stale(const struct look *l, const struct health *h)
{
    struct look own = *l;
    struct health_result result;
    health_evaluate(&own, h, &result);
    struct value now = score_value(&result);
    return !value_eq(row_value(l->now, h->score), &now);
}

static void react(struct reaction *r, const void *self)
{
    const struct health_list *list = self;
    if (r->l->now->life != LIFE_LIVE)
        return;
    for (size_t i = 0; i < list->n && r->rc == RC_OK; i++) {
        const struct health *h = list->v[i];
        bool timed = false;
        for (size_t k = 0; h->object == r->l->object && k < h->n_inputs; k++) {
            const struct xchange *changes;
            timed = timed || expr_changes(h->inputs[k].value, &changes) > 0;
            wake_for(r, h->inputs[k].value);
        }
        /* A wish for this very instant would count as met by this look. */
        if (timed && !r->l->by_time && is_stale(r->l, h))
            wake_at(r, (struct instant){r->l->at.us + 1});
    }
}

const struct part health_part = {
    .name = "health", .make = make, .react = react, .derived = derived, .derive = derive};
