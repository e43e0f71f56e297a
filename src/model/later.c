/* later.c - definitions that rooms built later read from their nodes: names resolved, conditions compiled, as shapes say. */
#include "model/calendars.h"
#include "model/compile.h"
#include "model/scalar.h"

#include <string.h>

/* What names and conditions at a place are about. */
struct about {
    const struct object *self;   /* conditions are over it; NULL: unknown, already told */
    const struct object *target; /* fields of a `set` are its */
    struct str section;          /* "handoffs" */
    const struct node *definition;
};

static void resolve(struct compile *c, struct node *n, const struct shape *s,
                    const struct about *about);

/* ---- names ------------------------------------------------------------------------------------- */

/* All names under one top-level key. */
static size_t names_under(const struct compile *c, const char *section, struct str *out)
{
    struct str prefix = str_printf(c->arena, "%s.", section);
    size_t n = 0;
    for (size_t i = 0; i < c->artefacts.n; i++)
        if (str_starts(c->artefacts.entries[i].key, prefix))
            out[n++] = str_sub(c->artefacts.entries[i].key, prefix.n,
                               c->artefacts.entries[i].key.n);
    return n;
}

/* "handoffs" as "handoff" */
static const char *one_of_section(const char *section)
{
    static const char *const names[][2] = {
        {"calendars", "calendar"}, {"teams", "team"},           {"pools", "pool"},
        {"routes", "route"},       {"playbooks", "playbook"},   {"sequences", "sequence"},
        {"pipelines", "pipeline"}, {"dashboards", "dashboard"}, {"metrics", "metric"}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(section, names[i][0]) == 0)
            return names[i][1];
    return "definition";
}

static void resolve_definition(struct compile *c, struct node *n, const char *section)
{
    if (!c->complete ||
        map_find(&c->artefacts, str_printf(c->arena, "%s.%.*s", section, STR_ARG(n->text))))
        return;
    struct str *names = ARENA_ARRAY(c->arena, c->artefacts.n + 1, struct str);
    size_t count = names_under(c, section, names);
    problem_unknown(c->ds, M_UNKNOWN_NAME, n->at, one_of_section(section), n->text, names, count);
}

static void resolve_artefact(struct compile *c, struct node *n)
{
    if (!c->complete || map_find(&c->artefacts, n->text))
        return;
    struct str *names = ARENA_ARRAY(c->arena, c->artefacts.n + 1, struct str);
    for (size_t i = 0; i < c->artefacts.n; i++)
        names[i] = c->artefacts.entries[i].key;
    struct diag *d = problem(c->ds, M_ARTEFACT, n->at, "there is no artefact '%.*s'",
                             STR_ARG(n->text));
    struct str near = text_nearest(n->text, names, c->artefacts.n);
    if (near.n)
        diag_help(c->ds, d, "did you mean '%.*s'?", STR_ARG(near));
    else
        diag_help(c->ds, d, "write the top-level key and the name: splits.revenue");
}

static bool is_word(const struct shape *s, struct str text)
{
    for (size_t i = 0; s->words && s->words[i]; i++)
        if (str_is(text, s->words[i]))
            return true;
    return false;
}

static void resolve_person(struct compile *c, struct node *n, const struct shape *s)
{
    if (!is_word(s, n->text))
        (void)compile_person(c, n);
}

/* ---- fields, paths, stages --------------------------------------------------------------------- */

static void resolve_reference(struct compile *c, struct node *n, const struct about *about)
{
    const struct field *f = compile_field(c, about->self, n);
    if (f && (f->type != FT_REF || (f->to && f->to != about->self)))
        problem(c->ds, M_PARENT_CYCLE, n->at, "'%.*s' is no reference from %.*s to %.*s",
                STR_ARG(f->name), STR_ARG(about->self->name), STR_ARG(about->self->name));
}

/* A field or a list of children. */
static void resolve_member(struct compile *c, struct node *n, const struct about *about)
{
    const struct object *o = about->self;
    if (!o || !c->complete || field_named(o, n->text) || object_child(o, n->text))
        return;
    struct str *names;
    size_t count = field_names(o, c->arena, &names);
    for (size_t i = 0; i < o->n_children; i++)
        names[count++] = o->children[i].name;
    struct str what = str_printf(c->arena, "field or list of %.*s", STR_ARG(o->name));
    problem_unknown(c->ds, M_UNKNOWN_FIELD, n->at, what.p, n->text, names, count);
}

/* contact.lead_source; gives the field. */
static const struct field *resolve_field_of(struct compile *c, struct node *n)
{
    struct str rest = n->text, name;
    if (!str_split(&rest, '.', &name) || !rest.n) {
        problem(c->ds, M_VALUE, n->at, "'%.*s' is not object.field", STR_ARG(n->text));
        return NULL;
    }
    struct node object = {.kind = NODE_SCALAR, .text = name, .at = n->at};
    const struct object *o = compile_object(c, &object);
    const struct field *f = o ? field_named(o, rest) : NULL;
    if (o && !f && c->complete)
        unknown_field(c, o, n->at, rest);
    return f;
}

/* A path to a field, from the object at hand or, without one, from the object that its first name says. */
static void resolve_path(struct compile *c, struct node *n, const struct about *about)
{
    struct str rest = n->text, name;
    const struct object *from = about->self;
    if (!from && str_split(&rest, '.', &name) && rest.n) {
        struct node object = {.kind = NODE_SCALAR, .text = name, .at = n->at};
        from = compile_object(c, &object);
        if (!from)
            return;
    }
    struct path p;
    if (from && c->complete && !path_is_broken(from, n->text) &&
        !model_path(from, n->text, c->arena, &p))
        problem(c->ds, M_UNKNOWN_FIELD, n->at, "'%.*s' does not lead to a field from %.*s",
                STR_ARG(n->text), STR_ARG(from->name));
}

/* lead, or lead.account: the record at hand or one it refers to. */
static void resolve_record(struct compile *c, struct node *n, const struct about *about)
{
    const struct object *o = about->self;
    struct path p;
    if (!o || !c->complete || str_eq(n->text, o->name) || path_is_broken(o, n->text))
        return;
    if (model_path(o, n->text, c->arena, &p) && p.steps[p.n_steps - 1]->type == FT_REF)
        return;
    struct diag *d = problem(c->ds, M_UNKNOWN_FIELD, n->at,
                             "'%.*s' is neither %.*s nor a reference from it", STR_ARG(n->text),
                             STR_ARG(o->name));
    diag_help(c->ds, d, "write %.*s, or a path of references such as %.*s.account",
              STR_ARG(o->name), STR_ARG(o->name));
}

static void resolve_stage(struct compile *c, struct node *n, const struct about *about)
{
    const struct object *o = about->self;
    struct str names[256];
    size_t count = 0;
    if (!o || !c->complete)
        return;
    for (size_t i = 0; i < o->n_processes; i++)
        for (size_t k = 0; k < o->processes[i]->n_stages; k++) {
            struct str name = o->processes[i]->stages[k].name;
            if (str_eq(name, n->text))
                return;
            if (count < sizeof names / sizeof *names)
                names[count++] = name;
        }
    struct str what = str_printf(c->arena, "stage of %.*s", STR_ARG(o->name));
    problem_unknown(c->ds, M_UNKNOWN_NAME, n->at, what.p, n->text, names, count);
}

/* ---- walking ----------------------------------------------------------------------------------- */

static void resolve_scalar(struct compile *c, struct node *n, const struct shape *s,
                           const struct about *about)
{
    switch ((int)s->kind) {
    case SH_PERSON:
        resolve_person(c, n, s);
        break;
    case SH_OBJECT:
        (void)compile_object(c, n);
        break;
    case SH_FIELD:
        (void)compile_field(c, about->self, n);
        break;
    case SH_REF:
        resolve_reference(c, n, about);
        break;
    case SH_MEMBER:
        resolve_member(c, n, about);
        break;
    case SH_FIELD_OF:
        (void)resolve_field_of(c, n);
        break;
    case SH_PATH:
        resolve_path(c, n, about);
        break;
    case SH_RECORD:
        resolve_record(c, n, about);
        break;
    case SH_STAGE:
        resolve_stage(c, n, about);
        break;
    case SH_DEF:
        if (!is_word(s, n->text))
            resolve_definition(c, n, s->what);
        break;
    case SH_ARTEFACT:
        resolve_artefact(c, n);
        break;
    case SH_CEL:
        (void)compile_expr(c, n, s->place, s->want,
                           s->scope == SCOPE_TARGET ? about->target : about->self);
        break;
    default:
        break;
    }
}

static const struct shape *key_shape(const struct key *keys, struct str name)
{
    for (const struct key *k = keys; k->name; k++)
        if (str_is(name, k->name))
            return k->shape;
    return NULL;
}

/* What the reference under `field` leads to; what stands under `by` must each be a key of it. */
static const struct object *resolve_match(struct compile *c, const struct node *n,
                                          const struct object *self)
{
    const struct node *field = node_get(n, "field"), *by = node_get(n, "by");
    const struct field *f = self && field && !field->broken ? field_named(self, field->text) : NULL;
    if (!f)
        return NULL; /* told where the name is resolved */
    if (f->type != FT_REF || !f->to) {
        problem(c->ds, M_KEY_FIELD, field->at, "'%.*s' is no reference", STR_ARG(f->name));
        return NULL;
    }
    for (size_t i = 0; by && by->kind == NODE_MAP && i < by->n; i++) {
        bool found = !field_named(f->to, by->pairs[i].key);
        for (size_t k = 0; k < f->to->n_keys && !found; k++)
            found = f->to->keys[k].n_fields == 1 &&
                    str_eq(f->to->keys[k].fields[0]->name, by->pairs[i].key);
        if (!found)
            problem(c->ds, M_KEY_FIELD, by->pairs[i].at, "'%.*s' alone is no key of %.*s",
                    STR_ARG(by->pairs[i].key), STR_ARG(f->to->name));
    }
    return f->to;
}

static void resolve_map(struct compile *c, struct node *n, const struct shape *s,
                        const struct about *outer)
{
    struct about about = *outer;
    struct node *object = node_get(n, "object") ? node_get(n, "object") : node_get(n, "subject");
    if (s->scope == SCOPE_OBJECT && object)
        about.self = about.target = compile_object(c, object);
    else if (s->scope == SCOPE_TARGET)
        about.target = compile_object(c, object);
    else if (s->scope == SCOPE_REFERENCE)
        about.target = resolve_match(c, n, outer->self);
    for (size_t i = 0; i < n->n; i++) {
        const struct shape *k = key_shape(s->keys, n->pairs[i].key);
        if (k)
            resolve(c, n->pairs[i].value, k, &about);
    }
}

static void resolve_table(struct compile *c, struct node *n, const struct shape *s,
                          const struct about *outer)
{
    for (size_t i = 0; i < n->n; i++) {
        struct about about = *outer;
        struct node key = {.kind = NODE_SCALAR, .text = n->pairs[i].key, .at = n->pairs[i].at};
        if (s->table_key == SH_FIELD)
            (void)compile_field(c, about.self, &key);
        if (s->scope == SCOPE_KEY)
            about.self = compile_object(c, &key);
        resolve(c, n->pairs[i].value, s->of, &about);
    }
}

/* Fields of what is made or changed, to expressions over the record at hand. */
static void resolve_set(struct compile *c, struct node *n, const struct about *about)
{
    for (size_t i = 0; i < n->n; i++) {
        struct node key = {.kind = NODE_SCALAR, .text = n->pairs[i].key, .at = n->pairs[i].at};
        struct node *value = n->pairs[i].value;
        const struct field *f = compile_field(c, about->target, &key);
        if (!f)
            continue;
        if (f->kind != FIELD_PLAIN && f->kind != FIELD_STAGE) {
            problem(c->ds, M_COMPUTED_REQUIRED, key.at, "'%.*s' is made by Revos and cannot be set",
                    STR_ARG(f->name));
            continue;
        }
        const struct expr *e = compile_expr(c, value, XP_ROUTE, field_xkind(f), about->self);
        const struct xtype *t = e ? expr_type(e) : NULL;
        if (t && t->kind == X_RECORD && f->to && t->object != f->to->x)
            problem(c->ds, M_EXPR_TYPE, value->at, "'%.*s' refers to %.*s, not %.*s",
                    STR_ARG(f->name), STR_ARG(f->to->name), STR_ARG(t->object->name));
    }
}

static void resolve(struct compile *c, struct node *n, const struct shape *s,
                    const struct about *about)
{
    if (n->kind == NODE_SCALAR) {
        const struct shape *scalar = s->kind == SH_EITHER ? s->of : s;
        if (!n->broken && scalar)
            resolve_scalar(c, n, scalar, about);
        return;
    }
    const struct shape *list = s->kind == SH_EITHER ? s->list : s;
    if (n->kind == NODE_LIST) {
        for (size_t i = 0; list && list->kind == SH_LIST && i < n->n; i++)
            resolve(c, n->items[i], list->of, about);
        return;
    }
    if (s->keys)
        resolve_map(c, n, s, about);
    else if (s->kind == SH_TABLE && s->of)
        resolve_table(c, n, s, about);
    else if (s->kind == SH_SET)
        resolve_set(c, n, about);
}

/* ---- what a shape cannot say ------------------------------------------------------------------- */

static void check_playbook_order(struct compile *c, const struct node *def)
{
    const struct node *tasks = node_items(def, "tasks");
    for (size_t i = 0; i < tasks->n; i++) {
        const struct node *after = node_get(tasks->items[i], "after");
        bool found = !after || after->broken;
        for (size_t k = 0; k < i && !found; k++)
            found = str_eq(node_text(tasks->items[k], "name"), after->text);
        if (!found) {
            struct diag *d = problem(c->ds, M_ORDER, after->at,
                                     "no task before this one is called '%.*s'",
                                     STR_ARG(after->text));
            diag_help(c->ds, d, "`after` names an earlier task of the same playbook");
        }
    }
}

static void check_total(struct compile *c, const struct node *def)
{
    const struct node *shares = node_get(def, "default");
    struct decimal total, share;
    if (!shares || shares->kind != NODE_MAP)
        return;
    if (!scalar_percent(node_text(def, "total"), true, &total))
        total = (struct decimal){1, 0};
    double sum =
        0; /* at most a few shares of two digits: exact enough to compare within a millionth */
    for (size_t i = 0; i < shares->n; i++)
        if (shares->pairs[i].value->kind == NODE_SCALAR &&
            scalar_percent(shares->pairs[i].value->text, true, &share))
            sum += decimal_double(share);
    double off = sum - decimal_double(total);
    if (off > 1e-6 || off < -1e-6)
        problem(c->ds, M_SHARES, shares->at, "the shares add up to %g%%, the total is %g%%",
                sum * 100, decimal_double(total) * 100);
}

static void refuse_split(struct compile *c, struct span at, struct str what, const char *wrong,
                         const char *help)
{
    struct diag *g = problem(c->ds, M_SPLIT, at, "'%.*s' %s", STR_ARG(what), wrong);
    diag_help(c->ds, g, "%s", help);
}

/* Of an object that names none, the date people report deals by. */
static const struct field *split_time(const struct definition *d)
{
    struct str name = node_text(d->node, "time");
    return object_field(d->object, name.n ? name : STR("close_date"));
}

static void check_split(struct compile *c, const struct definition *d)
{
    const struct node *of = node_get(d->node, "of"), *shares = node_get(d->node, "default");
    const struct node *at = node_get(d->node, "time");
    check_total(c, d->node);
    if (!d->object || !c->complete || !of || of->broken)
        return;
    const struct field *f = object_field(d->object, of->text), *time = split_time(d);
    if (f && f->type != FT_MONEY)
        refuse_split(c, of->at, of->text, "is no amount of money",
                     "what is shared is a money field: amount");
    if (at ? time && time->type != FT_DATE && time->type != FT_INSTANT : !time)
        refuse_split(c, at ? at->at : d->at, at ? at->text : d->name,
                     at ? "is no date or instant" : "does not say when its shares count",
                     "add time: with a date field");
    for (size_t i = 0; shares && shares->kind == NODE_MAP && i < shares->n; i++) {
        struct str who = shares->pairs[i].key;
        const struct field *to = object_field(d->object, who);
        bool person = to && to->type == FT_REF && to->to && to->to->number == ON_PERSON;
        if (!person && !model_person(c->m, who))
            refuse_split(c, shares->pairs[i].at, who, "is nobody",
                         "write owner, a field that refers to a person, or a short name");
    }
}

/* Who is credited for a quota shares what its metric adds up. */
static void check_credit(struct compile *c, const struct definition *d)
{
    const struct node *credit = node_get(d->node, "credit");
    const struct node *metric = map_find(
        &c->artefacts, str_printf(c->arena, "metrics.%.*s", STR_ARG(node_text(d->node, "metric"))));
    const struct node *split = credit ? map_find(&c->artefacts, credit->text) : NULL;
    if (!credit || credit->broken || !split)
        return;
    if (!str_starts(credit->text, STR("splits."))) {
        refuse_split(c, credit->at, credit->text, "is no split",
                     "a quota is credited by one: splits.revenue");
        return;
    }
    if (!metric || (str_eq(node_text(metric, "object"), node_text(split, "object")) &&
                    str_eq(node_text(metric, "value"), node_text(split, "of"))))
        return;
    refuse_split(c, credit->at, credit->text, "does not share what the metric adds up",
                 "name a split of the same object, whose `of` is the metric's `value`");
}

/* Two systems may own different fields of a record, never one field. */
static void check_ownership(struct compile *c)
{
    const struct node *list = section_list(c, "integrations");
    struct map owners;
    map_init(&owners, c->arena);
    for (size_t i = 0; i < list->n; i++) {
        const struct node *fields = node_items(list->items[i], "truth_for");
        for (size_t k = 0; k < fields->n; k++) {
            struct node *f = fields->items[k];
            if (f->kind != NODE_SCALAR || f->broken)
                continue;
            const struct node *first = map_find(&owners, f->text);
            if (!first) {
                map_put(&owners, f->text, f);
                continue;
            }
            struct diag *d = problem(c->ds, M_BOTH_WAYS, f->at, "two systems are master of '%.*s'",
                                     STR_ARG(f->text));
            d->also = first->at;
            d->also_message = STR("first here");
        }
    }
}

static void check_calendars(struct compile *c)
{
    const struct node *calendars = node_get(c->root, "calendars");
    for (size_t i = 0; calendars && calendars->kind == NODE_MAP && i < calendars->n; i++) {
        const struct node *n = calendars->pairs[i].value;
        struct calendar_spec spec;
        struct span at;
        if (n->kind != NODE_MAP || n->broken || !node_get(n, "open") ||
            node_get(n, "open")->broken || !zone_known(c->m->company.timezone))
            continue;
        if (!calendar_read(n, c->m->company.timezone, &spec, &at)) {
            struct diag *d = problem(c->ds, M_CALENDAR, at,
                                     "these hours cannot be read, or a day stands twice");
            diag_help(c->ds, d,
                      "write days such as mon-fri or sat, each day once, with at most %d "
                      "ranges such as \"09:00-12:30\"",
                      CALENDAR_RANGES_MAX);
            continue;
        }
        const char *why = zone_known(spec.timezone) ? calendar_fault(&spec) : NULL;
        if (why)
            problem(c->ds, M_CALENDAR, calendars->pairs[i].at, "%s", why);
    }
}

/* Conditions of members need to know over what they are. */
static void check_pool(struct compile *c, const struct definition *d)
{
    const struct node *members = node_items(d->node, "members");
    for (size_t i = 0; i < members->n; i++) {
        const struct node *when = node_get(members->items[i], "when");
        if (!when || node_get(d->node, "object"))
            continue;
        struct diag *g = problem(c->ds, M_MISSING_KEY, when->at,
                                 "the pool '%.*s' does not say over which object this is",
                                 STR_ARG(d->name));
        diag_help(c->ds, g, "add object: to the pool");
        return;
    }
}

/* What moves with a territory is what it covers, or refers to that. */
static void check_moves(struct compile *c, const struct definition *d)
{
    const struct node *moves = node_items(d->node, "moves");
    for (size_t i = 0; i < moves->n; i++) {
        const struct node *n = node_get(moves->items[i], "object");
        const struct object_build *b = n && !n->broken && n->kind == NODE_SCALAR
                                           ? map_find(&c->builds, n->text)
                                           : NULL;
        bool found = !b || !d->object || &b->o == d->object;
        for (size_t k = 0; b && k < b->o.n_fields && !found; k++)
            found = b->o.fields[k]->type == FT_REF && b->o.fields[k]->to == d->object;
        if (!found)
            problem(c->ds, M_UNKNOWN_FIELD, n->at, "%.*s has no reference to %.*s",
                    STR_ARG(b->o.name), STR_ARG(d->object->name));
    }
}

/* ---- first touch of a handoff ------------------------------------------------------------------ */

/* Without `first_touch_when` an activity or meeting since the offer is the first touch; a touch where there are none of these.
 * The condition names the lists and their times, so that a new row in them asks for a look. */
static void imply_first_touch(struct compile *c, struct definition *d)
{
    static const char *const lists[] = {"activities", "meetings", "touches"};
    const struct node *sla = node_get(d->node, "sla");
    struct str text = STR_NONE;
    if (!d->object || !node_get(sla, "first_touch_within") || node_get(d->node, "first_touch_when"))
        return;
    for (size_t i = 0; i < sizeof lists / sizeof *lists && !(i == 2 && text.n); i++) {
        const struct child *k = object_child(d->object, str_of(lists[i]));
        if (!k)
            continue;
        struct str time = k->object->time_field ? k->object->time_field->name : STR("created_at");
        text = str_printf(c->arena, "%.*s%s%.*s.%s.exists(a, has(a.%.*s))", STR_ARG(text),
                          text.n ? " || " : "", STR_ARG(d->object->name), lists[i], STR_ARG(time));
    }
    if (!text.n) {
        struct diag *g = problem(c->ds, M_FIRST_TOUCH, d->at,
                                 "nothing says what the first touch of '%.*s' is",
                                 STR_ARG(d->name));
        diag_help(c->ds, g, "add first_touch_when: with a condition over %.*s",
                  STR_ARG(d->object->name));
        return;
    }
    struct node *n = ARENA_NEW(c->arena, struct node);
    *n = (struct node){.kind = NODE_SCALAR, .at = d->at, .text = text};
    d->implied = compile_expr(c, n, XP_TRIGGER, X_BOOL, d->object);
}

/* ---- consents ---------------------------------------------------------------------------------- */

static bool refers_to(const struct object *from, const struct object *to)
{
    for (size_t i = 0; i < from->n_fields; i++)
        if (from->fields[i]->to == to)
            return true;
    return from == to;
}

/* What a withdrawal is to stop: a sequence whose records lead to whoever withdrew. */
static void check_stopped(struct compile *c, const struct definition *d, const struct node *n)
{
    const struct node *def = map_find(&c->artefacts, n->text);
    struct str sequence = n->text, kind;
    if (n->broken || !def)
        return;
    bool is_sequence = str_split(&sequence, '.', &kind) && str_is(kind, "sequences");
    const struct object_build *over = map_find(&c->builds, node_text(def, "object"));
    if (is_sequence && (!over || !d->object || refers_to(&over->o, d->object)))
        return;
    struct diag *g = problem(c->ds, M_STOPS_NOTHING, n->at,
                             "a withdrawal of '%.*s' does not stop %.*s", STR_ARG(d->name),
                             STR_ARG(n->text));
    if (is_sequence)
        diag_help(c->ds, g, "it runs over %.*s, which has no reference to %.*s",
                  STR_ARG(over->o.name), STR_ARG(d->object->name));
    else
        diag_help(c->ds, g, "it stops sequences: sequences.NAME");
}

static void check_consent(struct compile *c, const struct definition *d)
{
    const struct node *expires = node_get(d->node, "expires"),
                      *stops = node_items(d->node, "withdrawal_stops");
    if (expires && node_get(d->node, "field") && !node_get(d->node, "since")) {
        struct diag *g = problem(c->ds, M_CONSENT_UNDATED, expires->at,
                                 "'%.*s' expires, and nothing says since when it counts",
                                 STR_ARG(d->name));
        diag_help(c->ds, g, "add since: with the date or instant of the yes");
    }
    for (size_t i = 0; i < stops->n; i++)
        check_stopped(c, d, stops->items[i]);
}

/* ---- definitions ------------------------------------------------------------------------------- */

/* Kinds that people answer for even when the sketch of a company names nobody yet. */
static bool needs_owner(struct str section)
{
    static const char *const may_lack[] = {"roles",    "pools",        "taxonomy", "seats",
                                           "forecast", "integrations", "mail",     "chat"};
    for (size_t i = 0; i < sizeof may_lack / sizeof *may_lack; i++)
        if (str_is(section, may_lack[i]))
            return false;
    return true;
}

static const struct node *name_node(const struct node *n)
{
    static const char *const keys[] = {"name", "purpose", "tool"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (node_get(n, keys[i]))
            return node_get(n, keys[i]);
    return NULL;
}

static void add_definition(struct compile *c, const struct section *s, const struct shape *shape,
                           struct str name, struct node *n)
{
    struct node *object = node_get(n, "object") ? node_get(n, "object") : node_get(n, "subject");
    struct node touch = {.kind = NODE_SCALAR, .text = STR("touch"), .at = n->at};
    bool touches = str_is(str_of(s->name), "attribution") && !object &&
                   (node_get(n, "touches") || node_get(n, "channels"));
    struct definition d = {.kind = str_of(s->name),
                           .name = name,
                           .node = n,
                           .at = name_node(n) ? name_node(n)->at : n->at};
    d.object = compile_object(c, touches ? &touch : object);
    if (object && !d.object)
        object->broken = true; /* told: its fields are no news */
    const struct person_seed *fallback = d.object ? d.object->owner : NULL;
    if (needs_owner(d.kind))
        d.owner = compile_owner(c, n, d.object, NULL);
    else
        d.owner = node_get(n, "owner") ? compile_person(c, node_get(n, "owner"))
                  : fallback           ? fallback
                                       : c->m->company.owner;
    resolve(c, n, shape, &(struct about){d.object, d.object, d.kind, n});
    c->m->definitions[c->m->n_definitions++] = d;
}

static void compile_section(struct compile *c, const struct section *s)
{
    struct node *n = node_get(c->root, s->name);
    if (!n || n->broken)
        return;
    if (s->shape->kind == SH_LIST && n->kind == NODE_LIST) {
        for (size_t i = 0; i < n->n; i++)
            if (n->items[i]->kind == NODE_MAP) {
                const struct node *name = name_node(n->items[i]);
                add_definition(c, s, s->shape->of,
                               name && name->kind == NODE_SCALAR ? name->text : STR_NONE,
                               n->items[i]);
            }
    } else if (s->shape->kind == SH_TABLE && n->kind == NODE_MAP) {
        for (size_t i = 0; i < n->n; i++)
            add_definition(c, s, s->shape->of, n->pairs[i].key, n->pairs[i].value);
    } else if (n->kind == NODE_MAP) {
        add_definition(c, s, s->shape, str_of(s->name), n);
    }
}

static size_t count_definitions(const struct compile *c)
{
    size_t n = 0;
    for (const struct section *s = model_sections; s->name; s++) {
        const struct node *node = s->core ? NULL : node_get(c->root, s->name);
        n += node ? node->n + 1 : 0;
    }
    return n;
}

void compile_later(struct compile *c)
{
    c->m->definitions = ARENA_ARRAY(c->arena, count_definitions(c) + 1, struct definition);
    for (const struct section *s = model_sections; s->name; s++)
        if (!s->core)
            compile_section(c, s);
    for (size_t i = 0; i < c->m->n_definitions; i++) {
        struct definition *d = &c->m->definitions[i];
        if (str_is(d->kind, "playbooks"))
            check_playbook_order(c, d->node);
        else if (str_is(d->kind, "pools"))
            check_pool(c, d);
        else if (str_is(d->kind, "territories"))
            check_moves(c, d);
        else if (str_is(d->kind, "handoffs"))
            imply_first_touch(c, d);
        else if (str_is(d->kind, "health"))
            check_health(c, d);
        else if (str_is(d->kind, "scores"))
            check_score(c, d);
        else if (str_is(d->kind, "splits"))
            check_split(c, d);
        else if (str_is(d->kind, "quotas"))
            check_credit(c, d);
        else if (str_is(d->kind, "consents"))
            check_consent(c, d);
    }
    check_ownership(c);
    check_calendars(c);
}
