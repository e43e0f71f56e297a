/* scores.c - what scores and health add to their objects, and that every point has something to age from. */
#include "model/compile.h"
#include "model/scalar.h"

/* ---- fields that definitions add --------------------------------------------------------------- */

/* A field that goes with the one of a definition: <field>_terms. */
static void add_beside(struct compile *c, struct object *o, const struct field *f, const char *what,
                       enum field_type type, struct str was)
{
    struct str name = str_printf(c->arena, "%.*s_%s", STR_ARG(f->name), what);
    if (was.n)
        was = str_printf(c->arena, "%.*s_%s", STR_ARG(was), what);
    struct field *beside = add_field(c, o, name, type, FIELD_DERIVED, was, f->at);
    if (beside)
        beside->label = name;
}

static void add_score_field(struct compile *c, const struct node *n)
{
    struct object *o = compile_object(c, node_get(n, "object"));
    struct str name = node_text(n, "name"), label = node_text(n, "label");
    if (!o || !name.n || n->broken)
        return;
    struct field *f = add_field(c, o, name, FT_INTEGER, FIELD_DERIVED, node_text(n, "was"),
                                node_get(n, "name")->at);
    if (!f)
        return;
    f->label = label.n ? label : name;
    add_beside(c, o, f, "terms", FT_JSON, node_text(n, "was"));
    const struct node *range = node_items(n, "range");
    struct decimal least, greatest;
    bool pair = range->n == 2 && range->items[0]->kind == NODE_SCALAR &&
                range->items[1]->kind == NODE_SCALAR;
    if (node_get(n, "range") &&
        (!pair || !decimal_parse(range->items[0]->text, &least) ||
         !decimal_parse(range->items[1]->text, &greatest) || decimal_cmp(least, greatest) >= 0)) {
        problem(c->ds, M_RANGE, node_get(n, "range")->at, "a range is [least, greatest]");
        return;
    }
    f->has_min = f->has_max = pair;
    if (pair) {
        f->min = least;
        f->max = greatest;
    }
}

static void add_health_fields(struct compile *c, const struct node *n)
{
    struct object *o = compile_object(c, node_get(n, "object"));
    struct str name = node_text(n, "field");
    const struct node *bands = node_get(n, "bands"), *at = node_get(n, "name");
    if (!o || !at || !bands || bands->kind != NODE_MAP)
        return;
    name = name.n ? name : STR("health");
    struct field *band = add_field(c, o, name, FT_ENUM, FIELD_DERIVED, STR_NONE, at->at);
    if (!band)
        return;
    band->label = name;
    add_beside(c, o, band, "score", FT_NUMBER, STR_NONE);
    add_beside(c, o, band, "terms", FT_JSON, STR_NONE);
    add_beside(c, o, band, "since", FT_INSTANT, STR_NONE);
    band->values = ARENA_ARRAY(c->arena, bands->n + 1, struct enum_value);
    for (size_t i = 0; i < bands->n; i++) {
        struct number_scope scope = {NUM_VALUE, o->number, band->number};
        struct str value = bands->pairs[i].key;
        band->values[band->n_values++] = (struct enum_value){
            .name = value,
            .label = value,
            .number = numbering_give(c->numbers, scope, value, STR_NONE, STR_NONE),
            .at = bands->pairs[i].at};
    }
}

void compile_derived_fields(struct compile *c)
{
    const struct node *scores = section_list(c, "scores"), *health = section_list(c, "health");
    for (size_t i = 0; i < scores->n; i++)
        add_score_field(c, scores->items[i]);
    for (size_t i = 0; i < health->n; i++)
        add_health_fields(c, health->items[i]);
}

/* ---- what a shape cannot say ------------------------------------------------------------------- */

/* The worst band first, each bound above the last, and `else` at the end, so that every value has one band. */
static void check_bands(struct compile *c, const struct node *def)
{
    const struct node *bands = node_get(def, "bands");
    struct decimal last = {0, 0}, bound;
    for (size_t i = 0; bands && bands->kind == NODE_MAP && i < bands->n; i++) {
        const struct node *n = bands->pairs[i].value;
        bool is_last = i + 1 == bands->n;
        if (n->broken || n->kind != NODE_SCALAR)
            return;
        if (str_is(n->text, "else") != is_last) {
            problem(c->ds, M_BANDS, n->at,
                    is_last ? "the last band must be `else`, so that every value has one"
                            : "`else` belongs to the last band");
            return;
        }
        if (!is_last && scalar_below(n->text, &bound)) {
            if (i && decimal_cmp(bound, last) <= 0)
                problem(c->ds, M_BANDS, n->at,
                        "no value lies in this band: an earlier one takes them all");
            last = bound;
        }
    }
}

void check_health(struct compile *c, const struct definition *d)
{
    check_bands(c, d->node);
}

enum { HALF_LIFE_DAYS_MAX = 3650 };

static bool reads_children(const struct expr *e)
{
    const struct xread *reads;
    size_t n = e ? expr_reads(e, &reads) : 0;
    for (size_t i = 0; i < n; i++)
        for (size_t s = 0; s < reads[i].n_steps; s++)
            if (reads[i].steps[s].child)
                return true;
    return false;
}

static void check_half_life(struct compile *c, const struct node *n)
{
    struct duration d;
    if (n->broken || !duration_parse(n->text, &d))
        return;
    if (d.us < US_PER_DAY || d.us % US_PER_DAY || d.us / US_PER_DAY > HALF_LIFE_DAYS_MAX)
        problem(c->ds, M_RANGE, n->at, "a half-life is whole days, from 1d to %dd",
                HALF_LIFE_DAYS_MAX);
}

/* Where the time of a term comes from: a field of the record, or the children that its condition asks for. */
static void check_point(struct compile *c, const struct object *o, const struct node *point)
{
    const struct node *when = node_get(point, "when"), *half_life = node_get(point, "half_life"),
                      *since = node_get(point, "since"), *cap = node_get(point, "cap");
    bool children = !when || when->broken || reads_children(when->expr);
    int64_t most;
    if (half_life)
        check_half_life(c, half_life);
    const struct field *f = since && o ? field_named(o, since->text) : NULL;
    if (f && f->type != FT_DATE && f->type != FT_INSTANT)
        problem(c->ds, M_AGING, since->at, "'%.*s' is no date or instant to age from",
                STR_ARG(f->name));
    if (since && !half_life)
        problem(c->ds, M_AGING, since->at, "`since` says from when points age: add half_life");
    if (half_life && !since && !children) {
        struct diag *d = problem(c->ds, M_AGING, half_life->at, "these points age from nothing");
        diag_help(c->ds, d, "ask for a child in `when`, or add since: with a date or instant");
    }
    if (cap && scalar_int(cap->text, &most) && most < 1)
        problem(c->ds, M_RANGE, cap->at, "a cap is at least 1; it holds for points below 0 too");
    if (cap && (since || !children))
        problem(c->ds, M_AGING, cap->at, "a cap counts the children that meet `when`%s",
                since ? ", not a field" : "");
}

void check_score(struct compile *c, const struct definition *d)
{
    const struct node *points = node_items(d->node, "points");
    for (size_t i = 0; i < points->n; i++)
        if (points->items[i]->kind == NODE_MAP)
            check_point(c, d->object, points->items[i]);
}
