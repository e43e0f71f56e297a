#include "face/model_json.h"

#include "face/answer.h"
#include "insight/answer.h"
#include "model/tree.h"

/* ---- words -------------------------------------------------------------------------------------------------------- */

struct str place_text(const struct span *at, struct arena *a)
{
    if (at->source == NULL || at->source->name.n == 0)
        return STR_NONE;
    return str_printf(a, "%.*s:%u", STR_ARG(at->source->name), at->line);
}

struct str label_or(struct str label, struct str name)
{
    return label.n > 0 ? label : name;
}

static void put_flag(struct json_out *w, const char *key, bool on)
{
    if (on)
        json_field_bool(w, key, true);
}

static void put_owner(struct json_out *w, const struct person_seed *p)
{
    if (p != NULL)
        json_field_str(w, "owner", p->name);
}

static void put_place(struct json_out *w, const struct span *at, struct arena *a)
{
    json_optional(w, "at", place_text(at, a));
}

static void put_condition(struct json_out *w, const char *key, const struct expr *e)
{
    if (e != NULL)
        json_field_str(w, key, expr_text(e));
}

static void put_decimal(struct json_out *w, const char *key, struct decimal d)
{
    char room[32];
    json_key(w, key);
    json_put_number(w, decimal_text(d, room));
}

static void put_decimal_text(struct json_out *w, const char *key, struct decimal d)
{
    char room[32];
    json_field_str(w, key, decimal_text(d, room));
}

/* "90d" for whole days, else as CEL writes it. */
static void put_length(struct json_out *w, const char *key, struct duration d, struct arena *a)
{
    char room[40];
    if (d.us == 0)
        return;
    if (d.us % US_PER_DAY == 0)
        json_field_str(w, key, str_printf(a, "%lldd", (long long)(d.us / US_PER_DAY)));
    else
        json_field_str(w, key, duration_text(d, room));
}

/* ---- people and objects ------------------------------------------------------------------------------------------- */

static void put_person(struct json_out *w, const struct person_seed *p)
{
    json_begin_object(w);
    json_field_str(w, "name", p->name);
    json_field_str(w, "label", label_or(p->full_name, p->name));
    json_optional(w, "email", p->email);
    json_optional(w, "role", p->role);
    if (p->team != NULL)
        json_field_str(w, "team", p->team->name);
    if (p->manager != NULL)
        json_field_str(w, "manager", p->manager->name);
    json_field_bool(w, "active", p->active);
    json_end_object(w);
}

static const char *field_kind_name(enum field_kind k)
{
    static const char *const names[] = {"plain",    "system", "stage",
                                        "computed", "rollup", "derived"};
    return names[k];
}

static const char *aggregate_name(enum aggregate g)
{
    static const char *const names[] = {"count", "sum",    "average",        "min",
                                        "max",   "median", "count_distinct", "latest"};
    return names[g];
}

struct str rollup_sentence(const struct rollup *r, struct arena *a)
{
    struct buf b;
    buf_init(&b, 64u << 10);
    buf_cstr(&b, aggregate_name(r->aggregate));
    if (r->field != NULL)
        buf_printf(&b, " of %.*s over", STR_ARG(r->field->name));
    else
        buf_cstr(&b, " of");
    buf_printf(&b, " %.*s by %.*s", STR_ARG(label_or(r->of->plural, r->of->name)),
               STR_ARG(r->via->name));
    if (r->where != NULL)
        buf_printf(&b, " where %.*s", STR_ARG(expr_text(r->where)));
    if (r->window.us > 0)
        buf_printf(&b, ", of the last %lld days", (long long)(r->window.us / US_PER_DAY));
    struct str out = str_dup(a, buf_view(&b));
    buf_release(&b);
    return out;
}

static void put_values(struct json_out *w, const struct field *f)
{
    if (f->n_values == 0)
        return;
    json_key(w, "values");
    json_begin_array(w);
    for (size_t i = 0; i < f->n_values; i++) {
        const struct enum_value *v = &f->values[i];
        json_begin_object(w);
        json_field_str(w, "name", v->name);
        json_field_str(w, "label", label_or(v->label, v->name));
        put_flag(w, "retired", v->moved_to != NULL);
        json_end_object(w);
    }
    json_end_array(w);
}

static void put_field(struct json_out *w, const struct field *f, struct arena *a)
{
    static const char *const policies[] = {"refuse", "quarantine", "blank_and_flag"};
    json_begin_object(w);
    json_field_str(w, "name", f->name);
    json_field_str(w, "label", label_or(f->label, f->name));
    json_optional(w, "description", f->description);
    json_field_cstr(w, "type", field_type_info(f->type)->name);
    json_field_cstr(w, "kind", field_kind_name(f->kind));
    put_flag(w, "required", f->required);
    put_flag(w, "personal", f->personal);
    if (f->to != NULL)
        json_field_str(w, "to", f->to->name);
    put_values(w, f);
    if (f->has_min)
        put_decimal(w, "min", f->min);
    if (f->has_max)
        put_decimal(w, "max", f->max);
    json_optional(w, "source", f->source);
    put_length(w, "stale_after", f->stale_after, a);
    if (f->invalid != INVALID_REFUSE)
        json_field_cstr(w, "invalid", policies[f->invalid]);
    put_condition(w, "computed", f->computed);
    if (f->rollup != NULL)
        json_field_str(w, "rollup", rollup_sentence(f->rollup, a));
    put_place(w, &f->at, a);
    json_end_object(w);
}

static void put_keys(struct json_out *w, const struct object *o)
{
    json_key(w, "keys");
    json_begin_array(w);
    for (size_t i = 0; i < o->n_keys; i++) {
        json_begin_array(w);
        for (size_t k = 0; k < o->keys[i].n_fields; k++)
            json_put_str(w, o->keys[i].fields[k]->name);
        json_end_array(w);
    }
    json_end_array(w);
}

static void put_parts(struct json_out *w, const struct object *o, struct arena *a)
{
    json_key(w, "fields");
    json_begin_array(w);
    for (size_t i = 0; i < o->n_fields; i++)
        put_field(w, o->fields[i], a);
    json_end_array(w);
    json_key(w, "children");
    json_begin_array(w);
    for (size_t i = 0; i < o->n_children; i++) {
        json_begin_object(w);
        json_field_str(w, "name", o->children[i].name);
        json_field_str(w, "object", o->children[i].object->name);
        json_field_str(w, "via", o->children[i].via->name);
        json_end_object(w);
    }
    json_end_array(w);
    json_key(w, "processes");
    json_begin_array(w);
    for (size_t i = 0; i < o->n_processes; i++)
        json_put_str(w, o->processes[i]->name);
    json_end_array(w);
}

/* What a record of it becomes by conversion, in the order in which that happens. */
static void put_converts(struct json_out *w, const struct model *m, const struct object *o)
{
    const struct node *objects = node_items(m->root, "objects"), *to = NULL;
    for (size_t i = 0; i < objects->n; i++)
        if (str_eq(node_text(objects->items[i], "name"), o->name))
            to = node_get(objects->items[i], "convert_to");
    if (to == NULL || to->kind != NODE_MAP || to->n == 0)
        return;
    json_key(w, "converts");
    json_begin_array(w);
    for (size_t i = 0; i < to->n; i++) {
        const struct node *how = to->pairs[i].value;
        json_begin_object(w);
        json_field_str(w, "object", to->pairs[i].key);
        put_flag(w, "optional",
                 str_is(how->text, "optional") || str_is(node_text(how, "optional"), "true"));
        json_end_object(w);
    }
    json_end_array(w);
}

static void put_object(struct json_out *w, const struct model *m, const struct object *o,
                       uint64_t records, struct arena *a)
{
    const struct field *title = object_title(o);
    json_begin_object(w);
    json_field_str(w, "name", o->name);
    json_field_str(w, "plural", label_or(o->plural, o->name));
    json_field_str(w, "label", label_or(o->label, o->name));
    json_optional(w, "description", o->description);
    json_field_str(w, "prefix", o->prefix);
    json_field_cstr(w, "kind", o->is_fact ? "fact" : "record");
    json_field_cstr(w, "mode", o->mode == MODE_OVERLAY ? "overlay" : "record");
    put_flag(w, "builtin", o->builtin);
    put_owner(w, o->owner);
    if (o->parent != NULL)
        json_field_str(w, "parent", o->parent->name);
    if (title != NULL)
        json_field_str(w, "title", title->name);
    if (o->time_field != NULL)
        json_field_str(w, "time", o->time_field->name);
    put_keys(w, o);
    json_field_int(w, "records", (int64_t)records);
    put_parts(w, o, a);
    put_converts(w, m, o);
    put_place(w, &o->at, a);
    json_end_object(w);
}

/* ---- rules and processes ------------------------------------------------------------------------------------------ */

static const char *enforcement_word(enum enforcement e)
{
    static const char *const names[] = {"deny", "warn", "audit"};
    return names[e];
}

/* Doors at which it differs from the default. */
static void put_doors(struct json_out *w, const struct rule *r)
{
    bool any = false;
    for (int d = DOOR_NONE + 1; d < DOOR_COUNT; d++) {
        if (r->enforcement[d] == r->enforcement[DOOR_NONE])
            continue;
        if (!any) {
            json_key(w, "doors");
            json_begin_object(w);
        }
        any = true;
        json_field_cstr(w, door_name((enum door)d), enforcement_word(r->enforcement[d]));
    }
    if (any)
        json_end_object(w);
}

void rule_json(const struct rule *r, struct arena *a, struct json_out *w)
{
    char room[16];
    json_begin_object(w);
    json_field_str(w, "id", r->id);
    json_field_str(w, "object", r->object->name);
    put_condition(w, "when", r->when);
    put_condition(w, "require", r->require);
    if (r->field != NULL)
        json_field_str(w, "field", r->field->name);
    json_optional(w, "message", r->message);
    json_optional(w, "help", r->help);
    json_field_cstr(w, "enforcement", enforcement_word(r->enforcement[DOOR_NONE]));
    put_doors(w, r);
    if (r->applies_from.days != INT32_MIN)
        json_field_str(w, "applies_from", date_text(r->applies_from, room));
    put_owner(w, r->owner);
    put_place(w, &r->at, a);
    json_end_object(w);
}

static void put_gates(struct json_out *w, const char *key, struct rule *const *gates, size_t n,
                      struct arena *a)
{
    json_key(w, key);
    json_begin_array(w);
    for (size_t i = 0; i < n; i++)
        rule_json(gates[i], a, w);
    json_end_array(w);
}

static void put_stage(struct json_out *w, const struct process_def *p, const struct stage *s,
                      struct arena *a)
{
    static const char *const outcomes[] = {"open", "won", "lost"};
    static const char *const ways[] = {"manual", "auto", "handoff", "convert"};
    json_begin_object(w);
    json_field_str(w, "name", s->name);
    json_field_str(w, "label", label_or(s->label, s->name));
    json_optional(w, "description", s->description);
    if (p->kind == PROCESS_PIPELINE)
        put_decimal(w, "probability", s->probability);
    json_optional(w, "forecast", s->forecast);
    json_field_cstr(w, "outcome", outcomes[s->outcome]);
    json_field_cstr(w, "advance", ways[s->advance]);
    put_length(w, "max_age", s->max_age, a);
    put_flag(w, "initial", s->initial);
    put_flag(w, "requires_reason", s->requires_reason);
    put_gates(w, "enter", s->enter, s->n_enter, a);
    put_gates(w, "exit", s->exit, s->n_exit, a);
    json_end_object(w);
}

static void put_process(struct json_out *w, const struct process_def *p, struct arena *a)
{
    static const char *const moves[] = {"allow", "reason", "forbid"};
    json_begin_object(w);
    json_field_str(w, "name", p->name);
    json_field_cstr(w, "kind", p->kind == PROCESS_PIPELINE ? "pipeline" : "lifecycle");
    json_field_str(w, "label", label_or(p->label, p->name));
    json_optional(w, "description", p->description);
    json_field_str(w, "object", p->object->name);
    put_owner(w, p->owner);
    json_field_str(w, "field", p->field->name);
    json_field_cstr(w, "skip", moves[p->skip]);
    json_field_cstr(w, "back", moves[p->back]);
    json_key(w, "stages");
    json_begin_array(w);
    for (size_t i = 0; i < p->n_stages; i++)
        if (p->stages[i].moved_to == NULL)
            put_stage(w, p, &p->stages[i], a);
    json_end_array(w);
    put_place(w, &p->at, a);
    json_end_object(w);
}

/* ---- metrics ------------------------------------------------------------------------------------------------------ */

/* The latest of what is no amount is a text. */
static const char *shape_of(const struct metric *x)
{
    if (x->shape == SHAPE_MONEY)
        return "money";
    bool leaf = x->object != NULL && x->aggregate == AGG_LATEST && x->value.n_steps > 0;
    if (!leaf)
        return "number";
    enum value_type t = field_type_info(x->value.steps[x->value.n_steps - 1]->type)->stored;
    return t == VT_INT || t == VT_NUM || t == VT_MONEY ? "number" : "text";
}

static void put_dimensions(struct json_out *w, const struct metric *x)
{
    json_key(w, "dimensions");
    json_begin_array(w);
    for (size_t i = 0; i < x->n_dimensions; i++) {
        const struct path *p = &x->dimensions[i].path;
        const struct field *last = p->n_steps > 0 ? p->steps[p->n_steps - 1] : NULL;
        json_begin_object(w);
        json_field_str(w, "name", x->dimensions[i].name);
        json_field_str(w, "label",
                       last != NULL && p->n_steps == 1
                           ? label_or(last->label, x->dimensions[i].name)
                           : x->dimensions[i].name);
        json_end_object(w);
    }
    json_end_array(w);
}

static void put_aims(struct json_out *w, const struct metric *x)
{
    if (x->has_at_least || x->has_at_most) {
        json_key(w, "target");
        json_begin_object(w);
        if (x->has_at_least)
            put_decimal_text(w, "at_least", x->target_at_least);
        if (x->has_at_most)
            put_decimal_text(w, "at_most", x->target_at_most);
        json_end_object(w);
    }
    for (size_t i = 0; i < x->n_benchmarks; i++) {
        const struct benchmark *b = &x->benchmarks[i];
        if (b->value.n > 0)
            continue;
        json_key(w, "benchmark");
        json_begin_object(w);
        put_decimal_text(w, "low", b->low);
        put_decimal_text(w, "high", b->high);
        json_optional(w, "source", x->benchmark_source);
        json_end_object(w);
        return;
    }
}

static void put_calculation(struct json_out *w, const struct metric *x, struct arena *a)
{
    bool leaf = x->object != NULL;
    json_key(w, "inputs");
    json_begin_array(w);
    for (size_t i = 0; i < x->n_inputs; i++)
        json_put_str(w, x->inputs[i]->name);
    json_end_array(w);
    if (x->kind == METRIC_DERIVED || x->kind == METRIC_RATIO)
        json_field_str(w, "expr", metric_sentence(x, a));
    put_condition(w, "where", x->where);
    if (leaf && x->kind != METRIC_CONVERSION)
        json_field_cstr(w, "aggregate", aggregate_name(x->aggregate));
    if (x->value_expr != NULL)
        json_field_str(w, "value", expr_text(x->value_expr));
    else if (x->value.n_steps > 0)
        json_field_str(w, "value", x->value.text);
    if (x->time != NULL)
        json_field_str(w, "time", x->time->name);
}

void metric_json(const struct model *m, const struct metric *x, struct arena *a, struct json_out *w)
{
    json_begin_object(w);
    json_field_str(w, "name", x->name);
    json_field_str(w, "label", label_or(x->label, x->name));
    json_optional(w, "description", x->description);
    json_field_cstr(w, "kind", metric_kind_name(x->kind));
    json_field_cstr(w, "shape", shape_of(x));
    json_optional(w, "unit", metric_unit(m, x, a));
    json_field_str(w, "owner", x->owner != NULL ? x->owner->name : STR_NONE);
    if (x->object != NULL)
        json_field_str(w, "object", x->object->name);
    if (x->grain != PERIOD_NONE)
        json_field_cstr(w, "grain", period_unit_name(x->grain));
    put_dimensions(w, x);
    put_calculation(w, x, a);
    json_optional(w, "so_what", x->so_what);
    put_aims(w, x);
    json_field_str(w, "definition", metric_sentence(x, a));
    put_place(w, &x->at, a);
    json_end_object(w);
}

/* ---- the rest ------------------------------------------------------------------------------------------------------ */

static void put_company(struct json_out *w, const struct company *c, struct arena *a)
{
    char code[4];
    json_key(w, "company");
    json_begin_object(w);
    json_field_str(w, "name", c->name);
    json_field_str(w, "currency", currency_text(c->currency, code));
    json_field_str(w, "timezone", c->timezone);
    json_field_str(w, "fiscal_year_starts",
                   str_printf(a, "%02u-%02u", c->fiscal_month, c->fiscal_day));
    json_end_object(w);
}

static void put_dashboard(struct json_out *w, const struct dashboard *d, struct arena *a)
{
    json_begin_object(w);
    json_field_str(w, "name", d->name);
    json_field_str(w, "label", label_or(d->label, d->name));
    json_optional(w, "description", d->description);
    json_field_str(w, "audience", d->audience);
    json_optional(w, "refresh", d->refresh);
    put_owner(w, d->owner);
    json_field_int(w, "tiles", (int64_t)d->n_tiles);
    put_place(w, &d->at, a);
    json_end_object(w);
}

static void put_cell(struct json_out *w, const struct cell *c)
{
    json_begin_object(w);
    json_field_str(w, "pillar", c->pillar);
    json_field_str(w, "side", c->side);
    put_owner(w, c->owner);
    json_key(w, "artefacts");
    json_begin_array(w);
    for (size_t i = 0; i < c->n_artefacts; i++)
        json_put_str(w, c->artefacts[i]);
    json_end_array(w);
    json_optional(w, "feeds", c->feeds);
    json_end_object(w);
}

static void put_definition(struct json_out *w, const struct definition *d, struct arena *a)
{
    json_begin_object(w);
    json_field_str(w, "kind", d->kind);
    json_field_str(w, "name", d->name);
    put_owner(w, d->owner);
    if (d->object != NULL)
        json_field_str(w, "object", d->object->name);
    put_place(w, &d->at, a);
    json_end_object(w);
}

static void put_measures(struct json_out *w, const struct model *m, struct arena *a)
{
    json_key(w, "metrics");
    json_begin_array(w);
    for (size_t i = 0; i < m->n_metrics; i++)
        metric_json(m, m->metrics[i], a, w);
    json_end_array(w);
    json_key(w, "dashboards");
    json_begin_array(w);
    for (size_t i = 0; i < m->n_dashboards; i++)
        put_dashboard(w, &m->dashboards[i], a);
    json_end_array(w);
    json_key(w, "cells");
    json_begin_array(w);
    for (size_t i = 0; i < m->n_cells; i++)
        put_cell(w, &m->cells[i]);
    json_end_array(w);
    json_key(w, "definitions");
    json_begin_array(w);
    for (size_t i = 0; i < m->n_definitions; i++)
        put_definition(w, &m->definitions[i], a);
    json_end_array(w);
}

void model_json(const struct model *m, const uint64_t *records, struct arena *a, struct json_out *w)
{
    char hex[65];
    json_begin_object(w);
    json_field_int(w, "version", m->version);
    json_field_str(w, "digest", digest_hex(m->digest, hex));
    put_company(w, &m->company, a);
    json_key(w, "people");
    json_begin_array(w);
    for (size_t i = 0; i < m->n_people; i++)
        put_person(w, &m->people[i]);
    json_end_array(w);
    json_key(w, "objects");
    json_begin_array(w);
    for (size_t i = 0; i < m->n_objects; i++)
        put_object(w, m, m->objects[i], records[i], a);
    json_end_array(w);
    json_key(w, "rules");
    json_begin_array(w);
    for (size_t i = 0; i < m->n_rules; i++)
        rule_json(m->rules[i], a, w);
    json_end_array(w);
    json_key(w, "processes");
    json_begin_array(w);
    for (size_t i = 0; i < m->n_processes; i++)
        put_process(w, m->processes[i], a);
    json_end_array(w);
    put_measures(w, m, a);
    json_end_object(w);
}
