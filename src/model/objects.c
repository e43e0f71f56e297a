#include "model/builtin.h"
#include "model/compile.h"
#include "model/scalar.h"

#include <string.h>

#define OBJECTS_MAX 1000
#define FIELDS_MAX 5000 /* of one object */

static const char *const mode_words[] = {"record", "overlay", NULL};
static const char *const on_delete_words[] = {"keep", "refuse", NULL};
static const char *const invalid_words[] = {"refuse", "quarantine", "blank_and_flag", NULL};

/* ---- fields ------------------------------------------------------------------------------------ */

/* Adds a field; NULL after complaining when the object has one of that name. */
struct field *add_field(struct compile *c, struct object *o, struct str name, enum field_type type,
                        enum field_kind kind, struct str was, struct span at)
{
    struct object_build *b = (struct object_build *)o;
    const struct field *first = map_find(&b->fields, name);
    if (first) {
        bool reserved = first->kind != FIELD_PLAIN && first->kind != FIELD_COMPUTED &&
                        first->kind != FIELD_ROLLUP;
        struct diag *d = problem(c->ds, reserved ? M_RESERVED : M_TWICE, at,
                                 reserved ? "'%.*s' of %.*s is made by Revos"
                                          : "'%.*s' stands twice in %.*s",
                                 STR_ARG(name), STR_ARG(o->name));
        if (reserved)
            diag_help(c->ds, d, "remove it, or choose another name");
        if (first->at.source) {
            d->also = first->at;
            d->also_message = STR("first here");
        }
        return NULL;
    }
    if (o->n_fields == FIELDS_MAX) {
        problem(c->ds, M_TOO_MANY, at, "%.*s has more than %d fields", STR_ARG(o->name),
                FIELDS_MAX);
        return NULL;
    }
    struct field *f = ARENA_NEW(c->arena, struct field);
    *f = (struct field){.name = name, .type = type, .kind = kind, .object = o, .at = at};
    f->number = numbering_give(c->numbers, (struct number_scope){NUM_FIELD, o->number, 0}, name,
                               was, str_of(field_type_info(type)->name));
    o->fields = vec_room(c->arena, o->fields, o->n_fields, &b->fields_cap, sizeof *o->fields);
    o->fields[o->n_fields++] = f;
    map_put(&b->fields, name, f);
    return f;
}

static struct field *add_system(struct compile *c, struct object *o, const char *name,
                                enum field_type type, uint32_t number)
{
    struct str n = str_of(name);
    numbering_fix(c->numbers, (struct number_scope){NUM_FIELD, o->number, 0}, n,
                  str_of(field_type_info(type)->name), number);
    return add_field(c, o, n, type, FIELD_SYSTEM, STR_NONE, (struct span){0});
}

/* An id is shown as text and stored as the record itself. */
static void add_system_fields(struct compile *c, struct object *o, const struct object *person)
{
    add_system(c, o, "id", FT_TEXT, FN_ID)->required = true;
    struct field *owner = add_system(c, o, "owner", FT_REF, FN_OWNER);
    owner->kind = FIELD_PLAIN; /* commands may set it; its name and number are fixed */
    owner->to = person;
    add_system(c, o, "created_at", FT_INSTANT, FN_CREATED_AT)->required = true;
    add_system(c, o, "updated_at", FT_INSTANT, FN_UPDATED_AT)->required = true;
}

/* ---- objects ----------------------------------------------------------------------------------- */

static struct object_build *object_new(struct compile *c, struct str name)
{
    struct object_build *b = ARENA_NEW(c->arena, struct object_build);
    b->o.name = name;
    map_init(&b->fields, c->arena);
    map_put(&c->builds, name, b);
    return b;
}

/* "opportunity_line" as "Opportunity line". */
static struct str label_of(struct arena *a, struct str name)
{
    char *p = arena_alloc(a, name.n + 1);
    for (size_t i = 0; i < name.n; i++)
        p[i] = name.p[i] == '_' ? ' ' : name.p[i];
    if (name.n && p[0] >= 'a' && p[0] <= 'z')
        p[0] = (char)(p[0] - 'a' + 'A');
    return (struct str){p, name.n};
}

/* ---- builtins ---------------------------------------------------------------------------------- */

static bool has_key_anywhere(const struct node *list, const char *key)
{
    for (size_t i = 0; i < list->n; i++) {
        const struct node *stages = node_items(list->items[i], "stages");
        if (node_get(list->items[i], key) || (stages->n && has_key_anywhere(stages, key)))
            return true;
    }
    return false;
}

/* Does the model ask for anything that takes its course in records: offers, deadlines, tasks, waivers? */
static bool has_process(const struct compile *c)
{
    static const char *const sections[] = {"pools",     "routes",    "handoffs",    "playbooks",
                                           "sequences", "approvals", "automations", "signals",
                                           "hygiene",   "cadence",   "territories", "quotas",
                                           "seats",     "slas",      "splits"};
    static const char *const keys[] = {"waivers", "max_age", "advance"};
    for (size_t i = 0; i < sizeof sections / sizeof *sections; i++)
        if (node_get(c->root, sections[i]))
            return true;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (has_key_anywhere(section_list(c, "pipelines"), keys[i]) ||
            has_key_anywhere(section_list(c, "lifecycles"), keys[i]))
            return true;
    return false;
}

static void add_builtins(struct compile *c)
{
    bool process = has_process(c);
    for (const struct builtin *b = builtins; b->name; b++) {
        numbering_fix(c->numbers, (struct number_scope){NUM_OBJECT, 0, 0}, str_of(b->name),
                      STR_NONE, b->number);
        if (b->process && !process)
            continue;
        struct object *o = &object_new(c, str_of(b->name))->o;
        o->builtin = true;
        o->number = b->number;
        o->prefix = str_of(b->prefix);
        o->plural = str_of(b->plural);
        o->label = str_of(b->label);
        add_system_fields(c, o, &((struct object_build *)map_find(&c->builds, STR("person")))->o);
    }
}

static void add_builtin_values(struct compile *c, struct field *f, struct str values)
{
    struct str name;
    f->values = ARENA_ARRAY(c->arena, values.n, struct enum_value);
    while (str_split(&values, '|', &name)) {
        bool closed = str_ends(name, STR("!"));
        name.n -= closed;
        f->values[f->n_values++] = (struct enum_value){
            .name = name,
            .label = label_of(c->arena, name),
            .closed = closed,
            .number = numbering_give(c->numbers,
                                     (struct number_scope){NUM_VALUE, f->object->number, f->number},
                                     name, STR_NONE, STR_NONE)};
    }
}

static void add_builtin_field(struct compile *c, struct object *o, const struct builtin_field *bf)
{
    struct field *f = add_field(c, o, str_of(bf->name), bf->type, FIELD_PLAIN, STR_NONE,
                                (struct span){0});
    f->label = label_of(c->arena, f->name);
    f->required = (bf->flags & BF_REQUIRED) != 0;
    f->personal = (bf->flags & BF_PERSONAL) != 0;
    f->engine = (bf->flags & BF_ENGINE) != 0;
    if (bf->type == FT_ENUM)
        add_builtin_values(c, f, str_of(bf->of));
    else if (bf->of)
        f->to = &((struct object_build *)map_find(&c->builds, str_of(bf->of)))->o;
}

/* Is there a process of any kind over records of this object? */
static bool takes_part(const struct compile *c, struct str name)
{
    static const char *const sections[] = {
        "lifecycles",  "pipelines", "routes", "handoffs",    "playbooks", "sequences", "approvals",
        "automations", "signals",   "scores", "territories", "rules",     "slas",      "splits"};
    for (size_t i = 0; i < sizeof sections / sizeof *sections; i++) {
        const struct node *list = section_list(c, sections[i]);
        for (size_t k = 0; k < list->n; k++)
            if (str_eq(node_text(list->items[k], "object"), name))
                return true;
    }
    return false;
}

/* Once all objects are known, since references among builtins and to the model's objects go both ways. */
static void fill_builtins(struct compile *c)
{
    for (const struct builtin *b = builtins; b->name; b++) {
        struct object_build *build = map_find(&c->builds, str_of(b->name));
        if (!build || !build->o.builtin)
            continue;
        for (const struct builtin_field *f = b->fields; f->name; f++)
            add_builtin_field(c, &build->o, f);
        for (size_t i = 0; b->about && i < c->builds.n; i++) {
            struct object_build *to = c->builds.entries[i].value;
            if (to->o.builtin || to->o.is_fact || !takes_part(c, to->o.name))
                continue;
            struct field *f = add_field(c, &build->o, to->o.name, FT_REF, FIELD_PLAIN, STR_NONE,
                                        (struct span){0});
            if (f) {
                f->to = &to->o;
                f->label = to->o.label;
            }
        }
    }
}

static bool prefix_taken(const struct compile *c, struct str prefix)
{
    for (size_t i = 0; i < c->builds.n; i++) {
        const struct object_build *b = c->builds.entries[i].value;
        if (str_eq(b->o.prefix, prefix))
            return true;
    }
    return false;
}

/* opportunity → opp, opportunity_line → oppl; a prefix in use takes more letters of the first word. */
static struct str default_prefix(struct compile *c, struct str name)
{
    struct str rest = name, word, first = {0};
    char initials[64];
    size_t n = 0;
    str_split(&rest, '_', &first);
    while (str_split(&rest, '_', &word))
        if (word.n && n < sizeof initials)
            initials[n++] = word.p[0];
    for (size_t letters = 3; letters <= first.n; letters++) {
        struct str p = str_printf(c->arena, "%.*s%.*s", (int)letters, first.p, (int)n, initials);
        if (!prefix_taken(c, p))
            return p;
    }
    return str_sub(name, 0, 40);
}

/* Gives an object its prefix once it has none; a clash of written ones is an error. */
static void give_prefix(struct compile *c, struct object_build *b)
{
    struct str written = node_text(b->node, "prefix");
    if (!written.n || b->o.builtin)
        return;
    if (prefix_taken(c, written))
        problem(c->ds, M_TWICE, node_get(b->node, "prefix")->at,
                "two objects have the prefix '%.*s'", STR_ARG(written));
    b->o.prefix = written;
}

static void read_object(struct compile *c, struct object_build *b)
{
    struct object *o = &b->o;
    struct node *n = b->node;
    struct str label = node_text(n, "label"), plural = node_text(n, "plural");
    o->at = node_get(n, "name")->at;
    o->label = label.n ? label : o->label.n ? o->label : label_of(c->arena, o->name);
    o->description = node_text(n, "description");
    o->plural = plural.n ? plural : o->plural.n ? o->plural : english_plural(c->arena, o->name);
    o->owner = compile_owner(c, n, NULL, NULL);
    o->mode = (enum object_mode)read_word(n, "mode", mode_words, MODE_RECORD);
    o->on_delete = (enum on_delete)read_word(n, "on_delete", on_delete_words, ON_DELETE_KEEP);
    o->is_fact = str_is(node_text(n, "kind"), "fact");
    if (o->is_fact && o->builtin)
        problem(c->ds, M_FACT, node_get(n, "kind")->at,
                "'%.*s' is made by Revos and cannot be a fact object", STR_ARG(o->name));
    o->is_fact = o->is_fact && !o->builtin;
    if (!o->builtin)
        o->number = numbering_give(c->numbers, (struct number_scope){NUM_OBJECT, 0, 0}, o->name,
                                   node_text(n, "was"), STR_NONE);
}

/* Names that conditions already use for something else. */
static bool name_is_taken(struct str name)
{
    static const char *const words[] = {"old",  "actor", "now",  "today", "true",  "false",
                                        "null", "in",    "size", "has",   "record"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_is(name, words[i]))
            return true;
    return false;
}

static void declare_object(struct compile *c, struct node *n)
{
    struct str name = node_text(n, "name");
    if (!name.n || n->kind != NODE_MAP)
        return;
    if (name_is_taken(name)) {
        problem(c->ds, M_RESERVED, node_get(n, "name")->at, "an object cannot be called '%.*s'",
                STR_ARG(name));
        return;
    }
    struct object_build *b = map_find(&c->builds, name);
    if (b && b->node)
        return; /* told as a double definition */
    if (c->builds.n == OBJECTS_MAX) {
        problem(c->ds, M_TOO_MANY, n->at, "more than %d objects", OBJECTS_MAX);
        return;
    }
    b = b ? b : object_new(c, name);
    b->node = n;
}

static void refuse_plural_clash(struct compile *c)
{
    struct map plurals;
    map_init(&plurals, c->arena);
    for (size_t i = 0; i < c->builds.n; i++) {
        struct object_build *b = c->builds.entries[i].value;
        const struct object_build *first = map_find(&plurals, b->o.plural);
        if (!first) {
            map_put(&plurals, b->o.plural, b);
            continue;
        }
        struct diag *d = problem(c->ds, M_CHILD_CLASH, b->o.at,
                                 "'%.*s' and '%.*s' have the same plural '%.*s'",
                                 STR_ARG(b->o.name), STR_ARG(first->o.name), STR_ARG(b->o.plural));
        diag_help(c->ds, d, "give one of them a plural of its own");
    }
}

/* ---- parents and order ------------------------------------------------------------------------- */

static void resolve_parent(struct compile *c, struct object_build *b)
{
    struct node *n = node_get(b->node, "parent");
    struct object *parent = compile_object(c, n);
    if (!parent)
        return;
    if (parent->is_fact) {
        problem(c->ds, M_FACT, n->at, "the fact object '%.*s' cannot be a parent",
                STR_ARG(parent->name));
        return;
    }
    b->o.parent = parent;
}

static void break_parent_cycles(struct compile *c)
{
    for (size_t i = 0; i < c->builds.n; i++) {
        struct object_build *b = c->builds.entries[i].value;
        size_t steps = 0;
        for (const struct object *p = b->o.parent; p && steps <= c->builds.n;
             p = p->parent, steps++) {
            if (p != &b->o)
                continue;
            problem(c->ds, M_PARENT_CYCLE, node_get(b->node, "parent")->at,
                    "'%.*s' is its own parent", STR_ARG(b->o.name));
            b->o.parent = NULL;
            break;
        }
    }
}

static void place_object(struct compile *c, struct object_build *b)
{
    if (b->placed)
        return;
    b->placed = true;
    if (b->o.parent)
        place_object(c, map_find(&c->builds, b->o.parent->name));
    c->m->objects[c->m->n_objects++] = &b->o;
    map_put(&c->m->object_by_name, b->o.name, &b->o);
}

void compile_objects(struct compile *c)
{
    map_init(&c->builds, c->arena);
    map_init(&c->m->object_by_name, c->arena);
    add_builtins(c);
    struct object *person = compile_object(
        c, &(struct node){.kind = NODE_SCALAR, .text = STR("person")});
    const struct node *list = section_list(c, "objects");
    for (size_t i = 0; i < list->n; i++)
        declare_object(c, list->items[i]);
    for (size_t i = 0; i < c->builds.n; i++) {
        struct object_build *b = c->builds.entries[i].value;
        if (b->node)
            read_object(c, b);
    }
    for (size_t i = 0; i < c->builds.n; i++)
        give_prefix(c, c->builds.entries[i].value);
    for (size_t i = 0; i < c->builds.n; i++) {
        struct object_build *b = c->builds.entries[i].value;
        if (!b->o.prefix.n)
            b->o.prefix = default_prefix(c, b->o.name);
        if (!b->o.builtin)
            add_system_fields(c, &b->o, person);
        if (b->node)
            resolve_parent(c, b);
    }
    fill_builtins(c);
    refuse_plural_clash(c);
    break_parent_cycles(c);
    c->m->objects = ARENA_ARRAY(c->arena, c->builds.n + 1, struct object *);
    for (size_t i = 0; i < c->builds.n; i++)
        place_object(c, c->builds.entries[i].value);
}

/* ---- fields as written ------------------------------------------------------------------------- */

static enum field_type read_type(const struct node *n, bool *known)
{
    struct str s = node_text(n, "type");
    *known = s.n > 0;
    for (int t = 0; s.n && t < FT_COUNT; t++)
        if (str_is(s, field_type_info((enum field_type)t)->name))
            return (enum field_type)t;
    return FT_TEXT;
}

/* Keys that only some types take. */
static void refuse_key(struct compile *c, const struct field *f, const struct node *n,
                       const char *key, bool fits, const char *where)
{
    const struct pair *p = node_pair(n, key);
    if (!p || fits)
        return;
    struct diag *d = problem(c->ds, M_FIELD_KEYS, p->at, "'%s' does not fit the %s field '%.*s'",
                             key, field_type_info(f->type)->name, STR_ARG(f->name));
    diag_help(c->ds, d, "%s", where);
}

static void refuse_keys(struct compile *c, const struct field *f, const struct node *n)
{
    bool counts = f->type == FT_INTEGER || f->type == FT_NUMBER || f->type == FT_MONEY;
    bool plain = f->kind == FIELD_PLAIN;
    refuse_key(c, f, n, "min", counts, "integer, number and money fields have bounds");
    refuse_key(c, f, n, "max", counts, "integer, number and money fields have bounds");
    refuse_key(c, f, n, "values", f->type == FT_ENUM, "only enum fields have values");
    refuse_key(c, f, n, "to", f->type == FT_REF, "only ref fields lead to an object");
    refuse_key(c, f, n, "children", f->type == FT_REF,
               "only ref fields make a list on the other side");
    if (plain)
        return;
    static const char *const filled[] = {"required", "source", "default", "invalid", "stale_after"};
    for (size_t i = 0; i < sizeof filled / sizeof *filled; i++) {
        const struct pair *p = node_pair(n, filled[i]);
        if (p)
            problem(c->ds, M_COMPUTED_REQUIRED, p->at, "'%.*s' is computed: '%s' has no meaning",
                    STR_ARG(f->name), filled[i]);
    }
}

static void read_bounds(struct compile *c, struct field *f, const struct node *n)
{
    f->has_min = read_decimal(n, "min", &f->min);
    f->has_max = read_decimal(n, "max", &f->max);
    if (f->has_min && f->has_max && decimal_cmp(f->min, f->max) > 0)
        problem(c->ds, M_BOUNDS, node_get(n, "min")->at,
                "the minimum of '%.*s' is above its maximum", STR_ARG(f->name));
}

static void add_value(struct compile *c, struct field *f, const struct node *n)
{
    bool bare = n->kind == NODE_SCALAR;
    struct str name = bare ? (n->broken ? STR_NONE : n->text) : node_text(n, "name");
    if (!name.n)
        return;
    for (size_t i = 0; i < f->n_values; i++)
        if (str_eq(f->values[i].name, name)) {
            problem(c->ds, M_TWICE, n->at, "the value '%.*s' of '%.*s' stands twice", STR_ARG(name),
                    STR_ARG(f->name));
            return;
        }
    struct enum_value *v = &f->values[f->n_values++];
    struct str label = node_text(n, "label");
    *v = (struct enum_value){
        .name = name, .label = label.n ? label : label_of(c->arena, name), .at = n->at};
    v->description = node_text(n, "description");
    v->number = numbering_give(c->numbers,
                               (struct number_scope){NUM_VALUE, f->object->number, f->number}, name,
                               node_text(n, "was"), STR_NONE);
}

static void read_moved_to(struct compile *c, struct field *f, const struct node *list)
{
    for (size_t i = 0; i < list->n; i++) {
        struct node *to = node_get(list->items[i], "moved_to");
        struct str from = node_text(list->items[i], "name");
        if (!to || to->broken)
            continue;
        struct enum_value *v = NULL;
        const struct enum_value *target = NULL;
        for (size_t k = 0; k < f->n_values; k++) {
            if (str_eq(f->values[k].name, from))
                v = &f->values[k];
            if (str_eq(f->values[k].name, to->text))
                target = &f->values[k];
        }
        if (v && target && target != v)
            v->moved_to = target;
        else
            problem(c->ds, M_MOVED_TO, to->at, "'%.*s' is no other value of '%.*s'",
                    STR_ARG(to->text), STR_ARG(f->name));
    }
    for (size_t k = 0; k < f->n_values; k++)
        if (f->values[k].moved_to && f->values[k].moved_to->moved_to)
            problem(c->ds, M_MOVED_TO, f->values[k].at,
                    "'%.*s' moves to '%.*s', which is retired itself", STR_ARG(f->values[k].name),
                    STR_ARG(f->values[k].moved_to->name));
}

static void read_values(struct compile *c, struct field *f, const struct node *n)
{
    const struct node *list = node_items(n, "values");
    if (f->type != FT_ENUM)
        return;
    if (!node_get(n, "values")) {
        struct diag *d = problem(c->ds, M_NO_VALUES, n->at, "the enum '%.*s' has no values",
                                 STR_ARG(f->name));
        diag_help(c->ds, d, "add values: [one, two], or make it a text field");
    }
    f->values = ARENA_ARRAY(c->arena, list->n + 1, struct enum_value);
    for (size_t i = 0; i < list->n; i++)
        add_value(c, f, list->items[i]);
    read_moved_to(c, f, list);
}

static void read_reference(struct compile *c, struct field *f, const struct node *n)
{
    if (f->type != FT_REF)
        return;
    f->untyped = true; /* until its object is found */
    struct node *to = node_get(n, "to");
    if (!to) {
        struct diag *d = problem(c->ds, M_REF_TO, n->at,
                                 "the reference '%.*s' does not say to what", STR_ARG(f->name));
        diag_help(c->ds, d, "add to: with the name of an object");
        return;
    }
    f->to = compile_object(c, to);
    f->untyped = !f->to;
    if (f->to && f->to->is_fact) {
        struct diag *d = problem(c->ds, M_FACT, to->at,
                                 "nothing can refer to a row of the fact object '%.*s'",
                                 STR_ARG(f->to->name));
        diag_help(c->ds, d,
                  "rows of facts are only counted; make it an object of kind record, or turn the "
                  "reference round");
        f->to = NULL;
        f->untyped = true;
    }
}

static bool default_fits(const struct compile *c, const struct field *f, struct str text)
{
    int64_t integer;
    bool boolean;
    struct decimal number;
    struct date date;
    struct money money;
    switch ((int)f->type) {
    case FT_INTEGER:
        return scalar_int(text, &integer);
    case FT_NUMBER:
        return decimal_parse(text, &number);
    case FT_BOOLEAN:
        return scalar_bool(text, &boolean);
    case FT_DATE:
        return date_parse(text, &date);
    case FT_MONEY:
        return money_parse(text, c->m->company.currency, &money);
    case FT_ENUM:
        return field_value(f, text) != NULL;
    default:
        return true;
    }
}

static void check_default(struct compile *c, const struct field *f, const struct node *n)
{
    const struct node *d = node_get(n, "default");
    if (d && !d->broken && d->kind == NODE_SCALAR && !default_fits(c, f, d->text))
        problem(c->ds, M_VALUE, d->at, "'%.*s' is no value of the %s field '%.*s'",
                STR_ARG(d->text), field_type_info(f->type)->name, STR_ARG(f->name));
}

static void compile_written_field(struct compile *c, struct object *o, struct node *n)
{
    struct str name = node_text(n, "name");
    if (n->kind != NODE_MAP || !name.n)
        return;
    bool typed;
    enum field_type type = read_type(n, &typed);
    enum field_kind kind = node_get(n, "computed") ? FIELD_COMPUTED
                           : node_get(n, "rollup") ? FIELD_ROLLUP
                                                   : FIELD_PLAIN;
    struct field *f = add_field(c, o, name, type, kind, node_text(n, "was"),
                                node_get(n, "name")->at);
    if (!f) {
        n->broken = true;
        return;
    }
    struct str label = node_text(n, "label");
    f->label = label.n ? label : label_of(c->arena, name);
    f->description = node_text(n, "description");
    f->required = read_bool(n, "required", false) && kind == FIELD_PLAIN;
    f->personal = read_bool(n, "personal", false) || node_get(n, "person_of");
    f->source = node_text(n, "source");
    f->person_of = node_text(n, "person_of");
    f->stale_after = read_duration(n, "stale_after");
    f->invalid = (enum invalid_policy)read_word(n, "invalid", invalid_words, INVALID_REFUSE);
    f->default_text = node_text(n, "default");
    f->untyped = !typed;
    if (!typed)
        return;
    if (kind != FIELD_PLAIN && node_get(n, "computed") && node_get(n, "rollup"))
        problem(c->ds, M_FIELD_KEYS, node_pair(n, "rollup")->at,
                "'%.*s' is either computed or a roll-up", STR_ARG(name));
    if (kind != FIELD_PLAIN && o->is_fact)
        problem(c->ds, M_FACT, n->at, "rows of the fact object '%.*s' have no computed fields",
                STR_ARG(o->name));
    refuse_keys(c, f, n);
    read_bounds(c, f, n);
    read_values(c, f, n);
    read_reference(c, f, n);
    check_default(c, f, n);
}

static void check_person_of(struct compile *c, const struct object *o, struct node *n)
{
    struct node *of = node_get(n, "person_of");
    const struct field *f = compile_field(c, o, of);
    if (f && f->type != FT_REF)
        problem(c->ds, M_PERSON_OF, of->at, "'%.*s' is no reference to a person or contact",
                STR_ARG(f->name));
}

/* `parent: opportunity` is a required reference of that name, unless it is written out. */
static void add_parent_field(struct compile *c, struct object_build *b)
{
    const struct object *parent = b->o.parent;
    if (!parent)
        return;
    const struct node *fields = node_items(b->node, "fields");
    for (size_t i = 0; i < fields->n; i++)
        if (str_eq(node_text(fields->items[i], "name"), parent->name))
            return;
    struct field *f = add_field(c, &b->o, parent->name, FT_REF, FIELD_PLAIN, STR_NONE,
                                node_get(b->node, "parent")->at);
    if (!f)
        return;
    f->to = parent;
    f->required = true;
    f->label = label_of(c->arena, f->name);
}

void compile_fields(struct compile *c)
{
    for (size_t i = 0; i < c->m->n_objects; i++)
        for (size_t k = 0; k < c->m->objects[i]->n_fields; k++) {
            struct field *f = c->m->objects[i]->fields[k];
            f->label = label_of(c->arena, f->name);
        }
    for (size_t i = 0; i < c->builds.n; i++) {
        struct object_build *b = c->builds.entries[i].value;
        add_parent_field(c, b);
        const struct node *fields = node_items(b->node, "fields");
        for (size_t k = 0; k < fields->n; k++)
            compile_written_field(c, &b->o, fields->items[k]);
        for (size_t k = 0; k < fields->n; k++)
            check_person_of(c, &b->o, fields->items[k]);
    }
}
