#include "model/canon.h"

#include "model/compile.h"
#include "model/metric_expr.h"
#include "model/seeds.h"

#include <assert.h>
#include <stdlib.h>

#define TEXT_MAX (1u << 20) /* of one property */

const char *item_kind_name(enum item_kind k)
{
    static const char *const names[ITEM_KIND_COUNT] = {
        "company", "section", "person", "team",   "object",    "field", "value",      "key", "rule",
        "process", "stage",   "gate",   "metric", "dashboard", "cell",  "definition", "seed"};
    assert(k >= 0 && k < ITEM_KIND_COUNT);
    return names[k];
}

/* ---- properties -------------------------------------------------------------------------------- */

struct canon {
    struct arena *a;
    const struct model *m;
    struct item_list *out;
};

static struct item *item_add(struct canon *c, enum item_kind kind, struct str identity,
                             struct str parent, struct str name, const void *of)
{
    struct item *i = VEC_PUSH(c->a, &c->out->list);
    *i = (struct item){
        .kind = kind, .identity = identity, .parent = parent, .name = name, .of = of};
    return i;
}

static void put(struct canon *c, struct item *i, const char *name, struct str text)
{
    if (text.n)
        *VEC_PUSH(c->a, &i->properties) = (struct item_property){name, text};
}

static void put_bool(struct canon *c, struct item *i, const char *name, bool v)
{
    if (v)
        put(c, i, name, STR("true"));
}

static void put_expr(struct canon *c, struct item *i, const char *name, const struct expr *e)
{
    if (e)
        put(c, i, name, expr_canonical(e, c->a));
}

static void put_decimal(struct canon *c, struct item *i, const char *name, struct decimal d,
                        bool there)
{
    char text[32];
    if (there)
        put(c, i, name, str_dup(c->a, decimal_text(d, text)));
}

static void put_duration(struct canon *c, struct item *i, const char *name, struct duration d)
{
    char text[40];
    if (d.us)
        put(c, i, name, str_dup(c->a, duration_text(d, text)));
}

static void put_owner(struct canon *c, struct item *i, const struct person_seed *p)
{
    if (p)
        put(c, i, "owner", p->name);
}

static void put_node(struct canon *c, struct item *i, const char *name, const struct node *n)
{
    struct buf b;
    if (!n)
        return;
    buf_init(&b, TEXT_MAX);
    node_canonical(n, c->a, &b);
    put(c, i, name, str_dup(c->a, buf_view(&b)));
    buf_release(&b);
}

static void put_count(struct canon *c, struct item *i, const char *name, size_t n)
{
    put(c, i, name, str_printf(c->a, "%zu", n));
}

static void put_texts(struct canon *c, struct item *i, const char *name, const struct str *list,
                      size_t n)
{
    put(c, i, name, str_join(c->a, list, n, STR(", ")));
}

/* ---- company, people --------------------------------------------------------------------------- */

static void add_company(struct canon *c)
{
    const struct company *co = &c->m->company;
    struct item *i = item_add(c, ITEM_COMPANY, STR("company"), STR_NONE, co->name, NULL);
    char code[4];
    put(c, i, "currency", str_dup(c->a, currency_text(co->currency, code)));
    put(c, i, "timezone", co->timezone);
    put(c, i, "fiscal_year_starts",
        str_printf(c->a, "%02u-%02u", co->fiscal_month, co->fiscal_day));
    put_owner(c, i, co->owner);
    put(c, i, "arr_band", co->arr_band);
    put(c, i, "motion", co->motion);
    put(c, i, "fx_source", c->m->fx.file);
    put(c, i, "fx_open", c->m->fx.basis_open);
    put(c, i, "fx_closed", c->m->fx.basis_closed);
    const struct node *calendars = node_get(c->m->root, "calendars");
    for (size_t k = 0; calendars && k < calendars->n; k++) {
        struct str name = str_printf(c->a, "calendars.%.*s", STR_ARG(calendars->pairs[k].key));
        put_node(c, item_add(c, ITEM_SECTION, name, STR_NONE, name, NULL), "definition",
                 calendars->pairs[k].value);
    }
}

static void add_people(struct canon *c)
{
    for (size_t k = 0; k < c->m->n_people; k++) {
        const struct person_seed *p = &c->m->people[k];
        struct item *i = item_add(c, ITEM_PERSON, p->name, STR_NONE, p->name, p);
        put(c, i, "full_name", p->full_name);
        put(c, i, "email", p->email);
        put(c, i, "role", p->role);
        put(c, i, "manager", p->manager ? p->manager->name : STR_NONE);
        put(c, i, "team", p->team ? p->team->name : STR_NONE);
        put(c, i, "calendar", p->calendar);
        put_bool(c, i, "inactive", !p->active);
    }
    for (size_t k = 0; k < c->m->n_teams; k++) {
        const struct team_seed *t = &c->m->teams[k];
        struct item *i = item_add(c, ITEM_TEAM, t->name, STR_NONE, t->name, t);
        put(c, i, "label", t->label);
        put(c, i, "lead", t->lead ? t->lead->name : STR_NONE);
        put(c, i, "calendar", t->calendar);
    }
}

/* ---- objects ----------------------------------------------------------------------------------- */

static struct str object_identity(struct canon *c, const struct object *o)
{
    return str_printf(c->a, "object/%06u", o->number);
}

static void put_rollup(struct canon *c, struct item *i, const struct rollup *r)
{
    static const char *const aggregates[] = {"count", "sum",    "average",        "min",
                                             "max",   "median", "count_distinct", "latest"};
    if (!r)
        return;
    put(c, i, "rollup",
        str_printf(c->a, "%s of %.*s%s%.*s via %.*s", aggregates[r->aggregate],
                   STR_ARG(r->of->name), r->field ? "." : "",
                   STR_ARG(r->field ? r->field->name : STR_NONE), STR_ARG(r->via->name)));
    put_expr(c, i, "rollup where", r->where);
    put_duration(c, i, "rollup window", r->window);
}

static void add_values(struct canon *c, const struct field *f, struct str parent, struct str name)
{
    for (size_t k = 0; k < f->n_values && f->kind == FIELD_PLAIN; k++) {
        const struct enum_value *v = &f->values[k];
        struct item *i = item_add(
            c, ITEM_VALUE, str_printf(c->a, "%.*s/%06u", STR_ARG(parent), v->number), parent,
            str_printf(c->a, "%.*s: %.*s", STR_ARG(name), STR_ARG(v->name)), v);
        put(c, i, "label", v->label);
        put(c, i, "description", v->description);
        put(c, i, "moved_to", v->moved_to ? v->moved_to->name : STR_NONE);
    }
}

static void add_field_item(struct canon *c, const struct object *o, const struct field *f)
{
    static const char *const invalid[] = {"", "quarantine", "blank_and_flag"};
    struct str parent = object_identity(c, o);
    struct str identity = str_printf(c->a, "%.*s/field/%06u", STR_ARG(parent), f->number);
    struct str name = str_printf(c->a, "%.*s.%.*s", STR_ARG(o->name), STR_ARG(f->name));
    struct item *i = item_add(c, ITEM_FIELD, identity, parent, name, f);
    put(c, i, "type", str_of(field_type_info(f->type)->name));
    put(c, i, "label", f->label);
    put(c, i, "description", f->description);
    put(c, i, "to", f->to ? f->to->name : STR_NONE);
    put_bool(c, i, "required", f->required);
    put_bool(c, i, "personal", f->personal);
    put(c, i, "person_of", f->person_of);
    put_decimal(c, i, "min", f->min, f->has_min);
    put_decimal(c, i, "max", f->max, f->has_max);
    put(c, i, "source", f->source);
    put_duration(c, i, "stale_after", f->stale_after);
    put(c, i, "invalid", str_of(invalid[f->invalid]));
    put(c, i, "default", f->default_text);
    put_expr(c, i, "computed", f->computed);
    put_rollup(c, i, f->rollup);
    add_values(c, f, identity, name);
}

static void put_match(struct canon *c, struct item *i, const struct object *o)
{
    struct buf b;
    char text[32];
    buf_init(&b, TEXT_MAX);
    for (size_t k = 0; k < o->n_match; k++) {
        const struct match_rule *r = &o->match[k];
        buf_cstr(&b, k ? "; " : "");
        for (size_t j = 0; j < r->n_exact; j++)
            buf_printf(&b, "%s%.*s", j ? " + " : "", STR_ARG(r->exact[j]->name));
        if (r->similar)
            buf_printf(&b, "%s%.*s like %.*s", r->n_exact ? " + " : "", STR_ARG(r->similar->name),
                       STR_ARG(decimal_text(r->at_least, text)));
        buf_cstr(&b, r->review ? " -> review" : "");
    }
    put(c, i, "match", str_dup(c->a, buf_view(&b)));
    buf_release(&b);
}

static void add_object_item(struct canon *c, const struct object *o)
{
    struct str identity = object_identity(c, o);
    const struct node *n = ((const struct object_build *)o)->node;
    struct item *i = item_add(c, ITEM_OBJECT, identity, STR_NONE, o->name, o);
    put(c, i, "label", o->label);
    put(c, i, "description", o->description);
    put(c, i, "plural", o->plural);
    put(c, i, "prefix", o->prefix);
    put_node(c, i, "title", node_get(n, "title"));
    put_owner(c, i, o->owner);
    put(c, i, "mode", o->mode == MODE_OVERLAY ? STR("overlay") : STR_NONE);
    put(c, i, "on_delete", o->on_delete == ON_DELETE_REFUSE ? STR("refuse") : STR_NONE);
    put_bool(c, i, "fact", o->is_fact);
    put(c, i, "parent", o->parent ? o->parent->name : STR_NONE);
    put(c, i, "time", o->time_field ? o->time_field->name : STR_NONE);
    put_match(c, i, o);
    put_node(c, i, "survivor", node_get(n, "survivor"));
    put_node(c, i, "convert_to", node_get(n, "convert_to"));
    for (size_t k = 0; k < o->n_keys; k++)
        (void)item_add(
            c, ITEM_KEY, str_printf(c->a, "%.*s/key/%06u", STR_ARG(identity), o->keys[k].number),
            identity, str_printf(c->a, "%.*s by %.*s", STR_ARG(o->name), STR_ARG(o->keys[k].name)),
            &o->keys[k]);
    for (size_t k = 0; k < o->n_fields; k++)
        add_field_item(c, o, o->fields[k]);
}

/* ---- rules and processes ----------------------------------------------------------------------- */

static void add_rule_item(struct canon *c, const struct rule *r, enum item_kind kind,
                          struct str parent, const char *side)
{
    static const char *const enforcements[] = {"deny", "warn", "audit"};
    struct str name = r->id.n ? r->id : STR("(no id)");
    struct item *i = item_add(c, kind, str_printf(c->a, "rule/%.*s", STR_ARG(name)), parent, name,
                              r);
    char date[16];
    put(c, i, "object", r->object->name);
    put(c, i, "side", str_of(side));
    put_expr(c, i, "when", r->when);
    put_expr(c, i, "require", r->require);
    put(c, i, "field", r->field ? r->field->name : STR_NONE);
    put(c, i, "message", r->message);
    put(c, i, "help", r->help);
    put(c, i, "enforcement", str_of(enforcements[r->enforcement[DOOR_NONE]]));
    for (int d = DOOR_NONE + 1; d < DOOR_COUNT; d++)
        if (r->enforcement[d] != r->enforcement[DOOR_NONE])
            put(c, i, str_c(c->a, str_printf(c->a, "enforcement.%s", door_name((enum door)d))),
                str_of(enforcements[r->enforcement[d]]));
    if (r->applies_from.days != INT32_MIN)
        put(c, i, "applies_from", str_dup(c->a, date_text(r->applies_from, date)));
    put_owner(c, i, r->owner);
}

static void add_stage_item(struct canon *c, const struct process_def *p, const struct stage *s,
                           struct str parent)
{
    static const char *const outcomes[] = {"", "won", "lost"}, *const advances[] = {"", "auto",
                                                                                    "handoff",
                                                                                    "convert"};
    struct str identity = str_printf(c->a, "%.*s/stage/%06u", STR_ARG(parent), s->number);
    struct item *i = item_add(c, ITEM_STAGE, identity, parent,
                              str_printf(c->a, "%.*s: %.*s", STR_ARG(p->name), STR_ARG(s->name)),
                              s);
    put_count(c, i, "position", s->position);
    put(c, i, "label", s->label);
    put(c, i, "description", s->description);
    put_decimal(c, i, "probability", s->probability, true);
    put(c, i, "forecast", s->forecast);
    put(c, i, "outcome", str_of(outcomes[s->outcome]));
    put(c, i, "advance", str_of(advances[s->advance]));
    put_duration(c, i, "max_age", s->max_age);
    put_bool(c, i, "initial", s->initial);
    put_bool(c, i, "requires_reason", s->requires_reason);
    put(c, i, "moved_to", s->moved_to ? s->moved_to->name : STR_NONE);
    put(c, i, "via", s->via);
    put(c, i, "reason_field", s->reason ? s->reason->name : STR_NONE);
    put_texts(c, i, "move", s->movers, s->n_movers);
    struct str *locks = ARENA_ARRAY(c->a, s->n_locks + 1, struct str);
    for (size_t k = 0; k < s->n_locks; k++)
        locks[k] = s->locks[k]->name;
    put_texts(c, i, "locks", locks, s->n_locks);
    for (size_t k = 0; k < s->n_enter; k++)
        add_rule_item(c, s->enter[k], ITEM_GATE, identity, "enter");
    for (size_t k = 0; k < s->n_exit; k++)
        add_rule_item(c, s->exit[k], ITEM_GATE, identity, "exit");
}

static void add_process_item(struct canon *c, const struct process_def *p)
{
    static const char *const moves[] = {"", "reason", "forbid"};
    struct str identity = str_printf(c->a, "process/%06u", p->number);
    struct item *i = item_add(c, ITEM_PROCESS, identity, STR_NONE, p->name, p);
    put(c, i, "kind", p->kind == PROCESS_PIPELINE ? STR("pipeline") : STR("lifecycle"));
    put(c, i, "object", p->object->name);
    put(c, i, "field", p->field->name);
    put(c, i, "label", p->label);
    put(c, i, "description", p->description);
    put(c, i, "skip", str_of(moves[p->skip]));
    put(c, i, "back", str_of(moves[p->back]));
    if (p->reopen != MOVE_REASON)
        put(c, i, "reopen", p->reopen == MOVE_ALLOW ? STR("allow") : STR("forbid"));
    put_texts(c, i, "move", p->movers, p->n_movers);
    put_owner(c, i, p->owner);
    for (size_t k = 0; k < p->n_stages; k++)
        add_stage_item(c, p, &p->stages[k], identity);
}

/* ---- metrics ----------------------------------------------------------------------------------- */

static void put_period(struct canon *c, struct item *i, const char *name, struct period_length p)
{
    if (p.count)
        put(c, i, name, str_printf(c->a, "%u %s", p.count, period_unit_name(p.unit)));
}

static void put_metric_names(struct canon *c, struct item *i, const char *name,
                             const struct metric *const *list, size_t n)
{
    struct str *names = ARENA_ARRAY(c->a, n + 1, struct str);
    for (size_t k = 0; k < n; k++)
        names[k] = list[k]->name;
    put(c, i, name, str_join(c->a, names, n, STR(", ")));
}

/* What decides the figure. */
static void put_formula(struct canon *c, struct item *i, const struct metric *m)
{
    static const char *const kinds[] = {"simple",     "ratio",  "derived",  "cumulative",
                                        "conversion", "cohort", "snapshot", "stage_time"};
    static const char *const aggregates[] = {"count", "sum",    "average",        "min",
                                             "max",   "median", "count_distinct", "latest"};
    static const char *const measures[] = {"net", "gross", "logo", "flow"};
    struct buf b;
    put(c, i, "kind", str_of(kinds[m->kind]));
    put(c, i, "object", m->object ? m->object->name : STR_NONE);
    if (m->object && m->kind != METRIC_CONVERSION)
        put(c, i, "aggregate", str_of(aggregates[m->aggregate]));
    put(c, i, "value", m->value.text);
    put_expr(c, i, "value", m->value_expr);
    put_expr(c, i, "where", m->where);
    put(c, i, "time", m->time ? m->time->name : STR_NONE);
    put_bool(c, i, "take_start", m->take_start);
    if (m->expr) {
        buf_init(&b, TEXT_MAX);
        metric_expr_text(m->expr, &b);
        put(c, i, "expr", str_dup(c->a, buf_view(&b)));
        buf_release(&b);
    }
    if (m->kind == METRIC_CUMULATIVE && m->n_inputs)
        put(c, i, "metric", m->inputs[0]->name);
    put_period(c, i, "window", m->window);
    put(c, i, "to_date", str_of(period_unit_name(m->to_date)));
    put(c, i, "process", m->process ? m->process->name : STR_NONE);
    put(c, i, "from", m->from ? m->from->name : STR_NONE);
    put(c, i, "to", m->to ? m->to->name : STR_NONE);
    put_period(c, i, "within", m->within);
    put_bool(c, i, "per_visit", m->per_visit);
    put_bool(c, i, "base_nearest", m->base_nearest);
    if (m->kind == METRIC_COHORT) {
        put(c, i, "start", m->start ? m->start->name : STR_NONE);
        put(c, i, "measure", str_of(measures[m->measure]));
        put_metric_names(c, i, "plus", m->plus, m->n_plus);
        put_metric_names(c, i, "minus", m->minus, m->n_minus);
        put(c, i, "entity", m->entity.text);
        put(c, i, "grain", str_of(period_unit_name(m->grain)));
    }
}

struct digest metric_digest(const struct metric *m, struct arena *a)
{
    struct item_list list = {.arena = a};
    struct canon c = {.a = a, .out = &list};
    struct item i = {0};
    struct hasher h;
    put_formula(&c, &i, m);
    hasher_init(&h);
    for (size_t k = 0; k < i.properties.n; k++) {
        hasher_put(&h, str_of(i.properties.v[k].name));
        hasher_put(&h, STR("="));
        hasher_put(&h, i.properties.v[k].text);
        hasher_put(&h, STR("\n"));
    }
    for (size_t k = 0; k < m->n_inputs; k++)
        hasher_put(&h, (struct str){(const char *)m->inputs[k]->definition.b,
                                    sizeof m->inputs[k]->definition.b});
    return hasher_done(&h);
}

static void put_dimensions(struct canon *c, struct item *i, const struct metric *m)
{
    struct str *names = ARENA_ARRAY(c->a, m->n_dimensions + 1, struct str);
    for (size_t k = 0; k < m->n_dimensions; k++) {
        const struct dimension *d = &m->dimensions[k];
        bool plain = !d->path.n_steps || str_eq(d->name, d->path.text);
        names[k] = plain ? d->name
                         : str_printf(c->a, "%.*s (%.*s)", STR_ARG(d->name), STR_ARG(d->path.text));
    }
    put(c, i, "dimensions", str_join(c->a, names, m->n_dimensions, STR(", ")));
}

static void add_metric_item(struct canon *c, const struct metric *m)
{
    uint32_t number = numbering_find(c->m->numbering, (struct number_scope){NUM_METRIC, 0, 0},
                                     m->name, STR_NONE);
    struct item *i = item_add(c, ITEM_METRIC, str_printf(c->a, "metric/%06u", number), STR_NONE,
                              m->name, m);
    char low[32], high[32];
    put(c, i, "label", m->label);
    put(c, i, "description", m->description);
    put_formula(c, i, m);
    put_dimensions(c, i, m);
    put(c, i, "only_by", str_join(c->a, m->only_by, m->n_only_by, STR(", ")));
    put_bool(c, i, "dimension_at_event", m->dimension_at_event);
    if (m->kind != METRIC_COHORT)
        put(c, i, "grain", str_of(period_unit_name(m->grain)));
    put(c, i, "unit", m->unit);
    put_decimal(c, i, "at_least", m->target_at_least, m->has_at_least);
    put_decimal(c, i, "at_most", m->target_at_most, m->has_at_most);
    for (size_t k = 0; k < m->n_benchmarks; k++)
        put(c, i, "benchmark",
            str_printf(c->a, "%.*s%s%.*s to %.*s", STR_ARG(m->benchmarks[k].value),
                       m->benchmarks[k].value.n ? ": " : "",
                       STR_ARG(decimal_text(m->benchmarks[k].low, low)),
                       STR_ARG(decimal_text(m->benchmarks[k].high, high))));
    put(c, i, "benchmark_source", m->benchmark_source);
    put(c, i, "so_what", m->so_what);
    put_owner(c, i, m->owner);
}

/* ---- the rest ---------------------------------------------------------------------------------- */

static void add_dashboards(struct canon *c)
{
    const struct node *list = node_items(c->m->root, "dashboards");
    for (size_t k = 0; k < c->m->n_dashboards; k++) {
        const struct dashboard *d = &c->m->dashboards[k];
        struct item *i = item_add(c, ITEM_DASHBOARD, d->name, STR_NONE, d->name, d);
        put(c, i, "label", d->label);
        put(c, i, "description", d->description);
        put(c, i, "audience", d->audience);
        put(c, i, "refresh", d->refresh);
        put_owner(c, i, d->owner);
        for (size_t j = 0; j < list->n; j++)
            if (str_eq(node_text(list->items[j], "name"), d->name))
                put_node(c, i, "tiles", node_get(list->items[j], "tiles"));
    }
}

static void add_cells(struct canon *c)
{
    for (size_t k = 0; k < c->m->n_cells; k++) {
        const struct cell *cell = &c->m->cells[k];
        struct str name = str_printf(c->a, "%.*s of %.*s", STR_ARG(cell->pillar),
                                     STR_ARG(cell->side));
        struct item *i = item_add(c, ITEM_CELL, name, STR_NONE, name, cell);
        const struct node *n = node_get(
            node_get(node_get(c->m->root, "matrix"), str_c(c->a, cell->pillar)),
            str_c(c->a, cell->side));
        put_node(c, i, "definition", n);
    }
}

static void add_definitions(struct canon *c)
{
    for (size_t k = 0; k < c->m->n_definitions; k++) {
        const struct definition *d = &c->m->definitions[k];
        struct str name = str_printf(c->a, "%.*s.%.*s", STR_ARG(d->kind), STR_ARG(d->name));
        put_node(c, item_add(c, ITEM_DEFINITION, name, STR_NONE, name, d), "definition", d->node);
    }
}

static void add_seeds(struct canon *c)
{
    for (size_t k = 0; k < c->m->n_seeds; k++) {
        const struct seed_row *r = &c->m->seeds[k];
        if (!r->listed)
            continue;
        struct item *i = item_add(c, ITEM_SEED, r->identity, STR_NONE, r->identity, r);
        for (size_t f = 0; f < r->object->n_fields; f++)
            for (size_t j = 0; j < r->n_cells; j++)
                if (r->cells[j].field == r->object->fields[f])
                    put(c, i, str_c(c->a, r->cells[j].field->name), r->cells[j].text);
    }
}

static int by_identity(const void *pa, const void *pb)
{
    const struct item *a = pa, *b = pb;
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    return str_cmp(a->identity, b->identity);
}

void model_items(const struct model *m, struct arena *a, struct item_list *out)
{
    *out = (struct item_list){.arena = a};
    struct canon c = {.a = a, .m = m, .out = out};
    add_company(&c);
    add_people(&c);
    for (size_t k = 0; k < m->n_objects; k++)
        add_object_item(&c, m->objects[k]);
    for (size_t k = 0; k < m->n_rules; k++)
        add_rule_item(&c, m->rules[k], ITEM_RULE, STR_NONE, "");
    for (size_t k = 0; k < m->n_processes; k++)
        add_process_item(&c, m->processes[k]);
    for (size_t k = 0; k < m->n_metrics; k++)
        add_metric_item(&c, m->metrics[k]);
    add_dashboards(&c);
    add_cells(&c);
    add_definitions(&c);
    add_seeds(&c);
    if (out->list.n > 1)
        qsort(out->list.v, out->list.n, sizeof *out->list.v, by_identity);
}

/* ---- digests ----------------------------------------------------------------------------------- */

static int by_name(const void *pa, const void *pb)
{
    const struct item *a = pa, *b = pb;
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    int order = str_cmp(a->name, b->name);
    return order ? order : str_cmp(a->identity, b->identity);
}

void compile_digests(struct compile *c)
{
    struct item_list items;
    struct hasher h;
    for (size_t i = 0; i < c->m->n_metrics; i++)
        c->m->metrics[i]->definition = metric_digest(c->m->metrics[i], c->arena);
    model_items(c->m, c->arena, &items);
    if (items.list.n > 1) /* by name: the numbers are not part of the meaning */
        qsort(items.list.v, items.list.n, sizeof *items.list.v, by_name);
    hasher_init(&h);
    for (size_t i = 0; i < items.list.n; i++) {
        const struct item *it = &items.list.v[i];
        hasher_put(&h,
                   str_printf(c->arena, "%s %.*s\n", item_kind_name(it->kind), STR_ARG(it->name)));
        for (size_t k = 0; k < it->properties.n; k++)
            hasher_put(&h, str_printf(c->arena, " %s=%.*s\n", it->properties.v[k].name,
                                      STR_ARG(it->properties.v[k].text)));
    }
    c->m->digest = hasher_done(&h);
}
