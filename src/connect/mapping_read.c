/* Reading a mapping file: YAML nodes to struct mapping, every problem reported in one run. */
#include "connect/mapping.h"
#include "model/tree.h"

struct reading {
    const struct model *model;
    struct arena *a;
    struct diags *ds;
    struct mapping *map;
};

static const char *const top_keys[] = {"source",    "object",   "file",    "columns",
                                       "constants", "ignore",   "null",    "effective",
                                       "timezone",  "override", "waivers", NULL};
static const char *const waiver_keys[] = {"rule", "waiver", NULL};
static const char *const file_keys[] = {"encoding", "delimiter", "quote", "header", "skip", NULL};
static const char *const target_keys[] = {
    "to",   "by",      "format", "decimal", "group",     "unit",     "currency", "currency_column",
    "null", "aliases", "with",   "join",    "effective", "timezone", NULL};

static struct diag *bad(struct reading *r, const char *code, struct span at, const char *fmt, ...)
    PRINTF_LIKE(4, 5);

static struct diag *bad(struct reading *r, const char *code, struct span at, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    struct str text = str_vprintf(r->a, fmt, ap);
    va_end(ap);
    return diag_add(r->ds, SEV_ERROR, code, at, "%.*s", STR_ARG(text));
}

static size_t count_words(const char *const *words)
{
    size_t n = 0;
    while (words[n] != NULL) {
        n++;
    }
    return n;
}

static void check_keys(struct reading *r, const struct node *map, const char *const *known)
{
    size_t n_known = count_words(known);
    struct str *words = ARENA_ARRAY(r->a, n_known, struct str);
    for (size_t i = 0; i < n_known; i++) {
        words[i] = str_of(known[i]);
    }
    for (size_t i = 0; i < map->n; i++) {
        bool found = false;
        for (size_t k = 0; k < n_known && !found; k++) {
            found = str_eq(map->pairs[i].key, words[k]);
        }
        if (found) {
            continue;
        }
        struct diag *d = bad(r, "C0102", map->pairs[i].at, "unknown key '%.*s'",
                             STR_ARG(map->pairs[i].key));
        struct str near = text_nearest(map->pairs[i].key, words, n_known);
        if (near.n > 0) {
            diag_help(r->ds, d, "did you mean '%.*s'?", STR_ARG(near));
        }
    }
}

/* Text under `key`; a list or map there is an error. */
static struct str text_at(struct reading *r, const struct node *map, const char *key)
{
    const struct node *n = node_get(map, key);
    if (n == NULL) {
        return STR_NONE;
    }
    if (n->kind != NODE_SCALAR) {
        bad(r, "C0103", n->at, "'%s' takes one value", key);
        return STR_NONE;
    }
    return n->text;
}

static const struct str *texts_at(struct reading *r, const struct node *map, const char *key,
                                  size_t *count)
{
    const struct node *n = node_get(map, key);
    *count = 0;
    if (n == NULL) {
        return NULL;
    }
    if (n->kind == NODE_SCALAR) {
        struct str *one = ARENA_NEW(r->a, struct str);
        *one = n->text;
        *count = 1;
        return one;
    }
    if (n->kind != NODE_LIST) {
        bad(r, "C0103", n->at, "'%s' takes a list of texts", key);
        return NULL;
    }
    struct str *all = ARENA_ARRAY(r->a, n->n + 1, struct str);
    for (size_t i = 0; i < n->n; i++) {
        if (n->items[i]->kind != NODE_SCALAR) {
            bad(r, "C0103", n->items[i]->at, "'%s' takes a list of texts", key);
            continue;
        }
        all[(*count)++] = n->items[i]->text;
    }
    return all;
}

static void read_file_format(struct reading *r, const struct node *root)
{
    const struct node *file = node_get(root, "file");
    r->map->header = -1;
    if (file == NULL) {
        return;
    }
    if (file->kind != NODE_MAP) {
        bad(r, "C0103", file->at, "'file' takes keys such as encoding, delimiter, header");
        return;
    }
    check_keys(r, file, file_keys);
    r->map->encoding = text_at(r, file, "encoding");
    r->map->delimiter = text_at(r, file, "delimiter");
    r->map->quote = text_at(r, file, "quote");
    struct str header = text_at(r, file, "header");
    if (header.n > 0) {
        if (!str_is(header, "true") && !str_is(header, "false")) {
            bad(r, "C0103", node_get(file, "header")->at, "'header' is true or false");
        }
        r->map->header = str_is(header, "true") ? 1 : 0;
    }
    struct str skip = text_at(r, file, "skip");
    r->map->skip_given = skip.n > 0;
    if (skip.n > 0 &&
        (!str_to_i64(skip, &r->map->skip) || r->map->skip < 0 || r->map->skip > 1000)) {
        bad(r, "C0103", node_get(file, "skip")->at, "'skip' is a number of rows, 0 to 1000");
        r->map->skip = 0;
    }
    if (r->map->delimiter.n > 1 && !str_is(r->map->delimiter, "tab")) {
        bad(r, "C0103", node_get(file, "delimiter")->at, "'delimiter' is one character, or tab");
    }
    if (r->map->quote.n > 1 && !str_is(r->map->quote, "none")) {
        bad(r, "C0103", node_get(file, "quote")->at, "'quote' is one character, or none");
    }
}

static struct span key_span(const struct node *map, const char *key)
{
    const struct node *n = node_get(map, key);
    return n != NULL ? n->at : map->at;
}

static void read_field(struct reading *r, struct map_target *t, const struct node *map)
{
    struct str to = text_at(r, map, "to");
    const struct object *o = r->map->object;
    if (to.n == 0) {
        bad(r, "C0104", map->at, "say which field this column fills: to: FIELD");
        return;
    }
    if (str_is(to, "id")) {
        return;
    }
    t->field = object_field(o, to);
    if (t->field == NULL) {
        struct str *names = ARENA_ARRAY(r->a, o->n_fields, struct str);
        for (size_t i = 0; i < o->n_fields; i++) {
            names[i] = o->fields[i]->name;
        }
        struct diag *d = bad(r, "C0105", key_span(map, "to"), "%.*s has no field '%.*s'",
                             STR_ARG(o->name), STR_ARG(to));
        struct str near = text_nearest(to, names, o->n_fields);
        if (near.n > 0) {
            diag_help(r->ds, d, "did you mean '%.*s'?", STR_ARG(near));
        }
        return;
    }
    if (t->field->kind == FIELD_COMPUTED || t->field->kind == FIELD_ROLLUP ||
        t->field->kind == FIELD_DERIVED ||
        (t->field->kind == FIELD_SYSTEM && t->field->number != FN_OWNER)) {
        bad(r, "C0106", key_span(map, "to"), "field '%.*s' is computed; an import cannot fill it",
            STR_ARG(to));
    }
}

static void read_reference(struct reading *r, struct map_target *t, const struct node *map)
{
    struct str by = text_at(r, map, "by");
    if (by.n == 0 || t->field == NULL) {
        return;
    }
    if (t->field->type != FT_REF) {
        bad(r, "C0107", key_span(map, "by"), "'by' belongs to references; '%.*s' is %s",
            STR_ARG(t->field->name), field_type_info(t->field->type)->name);
        return;
    }
    if (str_is(by, "id")) {
        t->by_id = true;
        return;
    }
    const struct object *to = t->field->to;
    for (size_t i = 0; i < to->n_keys; i++) {
        if (str_eq(to->keys[i].name, by)) {
            t->by = &to->keys[i];
            return;
        }
    }
    struct diag *d = bad(r, "C0108", key_span(map, "by"), "'%.*s' is no key of %.*s", STR_ARG(by),
                         STR_ARG(to->name));
    diag_help(r->ds, d, "add it to 'keys' of %.*s, or name one that stands there",
              STR_ARG(to->name));
}

static void read_aliases(struct reading *r, struct map_target *t, const struct node *map)
{
    map_init(&t->aliases, r->a);
    const struct node *n = node_get(map, "aliases");
    if (n == NULL) {
        return;
    }
    if (n->kind != NODE_MAP) {
        bad(r, "C0103", n->at, "'aliases' takes 'text in the file: text to read instead'");
        return;
    }
    for (size_t i = 0; i < n->n; i++) {
        if (n->pairs[i].value->kind == NODE_SCALAR) {
            map_put(&t->aliases, n->pairs[i].key, &n->pairs[i].value->text);
        }
    }
}

static void compile_format(struct reading *r, struct str text, struct span at,
                           struct datetime_format *out)
{
    struct datetime_fault fault;
    if (!datetime_format_compile(text.n > 0 ? text : STR("auto"), out, &fault)) {
        bad(r, "C0114", at, "format '%.*s': %s", STR_ARG(text), fault.message);
    }
}

static struct zone *open_zone(struct reading *r, struct str name, struct span at)
{
    struct zone *z = NULL;
    if (zone_open(name, &z) != RC_OK) {
        struct diag *d = bad(r, "C0115", at, "'%.*s' is no time zone", STR_ARG(name));
        struct str near = zone_nearest(r->a, name);
        if (near.n > 0) {
            diag_help(r->ds, d, "did you mean '%.*s'?", STR_ARG(near));
        }
    }
    return z;
}

static void read_format(struct reading *r, struct map_target *t, const struct node *map)
{
    struct str format = text_at(r, map, "format");
    struct str zone = text_at(r, map, "timezone");
    bool timed = t->field != NULL && (t->field->type == FT_DATE || t->field->type == FT_INSTANT);
    compile_format(r, format, key_span(map, "format"), &t->format);
    if (format.n > 0 && t->field != NULL && !timed) {
        bad(r, "C0107", key_span(map, "format"),
            "'format' belongs to dates and instants; '%.*s' is %s", STR_ARG(t->field->name),
            field_type_info(t->field->type)->name);
    }
    if (zone.n > 0) {
        t->zone = open_zone(r, zone, key_span(map, "timezone"));
    }
}

static void read_numbers(struct reading *r, struct map_target *t, const struct node *map)
{
    struct str decimal = text_at(r, map, "decimal");
    struct str group = text_at(r, map, "group");
    struct str unit = text_at(r, map, "unit");
    struct str currency = text_at(r, map, "currency");
    t->numbers = number_format_plain();
    t->numbers.decimal = decimal.n == 1 ? decimal.p[0] : '.';
    t->numbers.grouping = group.n > 0 ? group.p[0] : '\0';
    if (unit.n > 0 && (!decimal_parse(unit, &t->factor) || t->factor.mantissa <= 0)) {
        t->factor = (struct decimal){0};
        t->numbers.unit = unit;
    }
    const char *fault = number_format_fault(&t->numbers);
    if (fault != NULL) {
        bad(r, "C0114", map->at, "%s", fault);
    }
    if (currency.n > 0 && !currency_parse(currency, &t->currency)) {
        bad(r, "C0103", key_span(map, "currency"), "'%.*s' is no ISO 4217 currency",
            STR_ARG(currency));
    }
    t->currency_column = (struct map_column){.name = text_at(r, map, "currency_column"),
                                             .at = MAPPING_UNBOUND,
                                             .place = key_span(map, "currency_column")};
}

static void read_columns_of(struct reading *r, struct map_target *t, struct str first,
                            struct span at, const struct node *map)
{
    size_t n;
    const struct str *with = texts_at(r, map, "with", &n);
    struct str join = text_at(r, map, "join");
    t->join = node_get(map, "join") != NULL ? join : STR(" ");
    t->columns = ARENA_ARRAY(r->a, n + 1, struct map_column);
    t->columns[0] = (struct map_column){.name = first, .at = MAPPING_UNBOUND, .place = at};
    for (size_t i = 0; i < n; i++) {
        t->columns[i + 1] = (struct map_column){
            .name = with[i], .at = MAPPING_UNBOUND, .place = key_span(map, "with")};
    }
    t->n_columns = n + 1;
}

static void read_target(struct reading *r, struct str column, struct span at,
                        const struct node *map)
{
    if (map->kind != NODE_MAP) {
        bad(r, "C0103", map->at, "a column takes keys: {to: FIELD}");
        return;
    }
    if (r->map->n_targets >= MAPPING_TARGETS_MAX) {
        bad(r, "C0109", at, "a mapping has at most %d targets", MAPPING_TARGETS_MAX);
        return;
    }
    check_keys(r, map, target_keys);
    struct map_target *t = &r->map->targets[r->map->n_targets++];
    t->place = at;
    read_field(r, t, map);
    read_columns_of(r, t, column, at, map);
    read_reference(r, t, map);
    read_aliases(r, t, map);
    read_format(r, t, map);
    read_numbers(r, t, map);
    t->nulls = texts_at(r, map, "null", &t->n_nulls);
    t->effective = (struct map_column){.name = text_at(r, map, "effective"),
                                       .at = MAPPING_UNBOUND,
                                       .place = key_span(map, "effective")};
}

/* What `override` says of a column, or NULL: a field, or nothing. */
static const struct pair *override_of(const struct node *root, struct str column)
{
    const struct node *o = node_get(root, "override");
    for (size_t i = 0; o != NULL && o->kind == NODE_MAP && i < o->n; i++) {
        if (str_eq_nocase(str_trim(o->pairs[i].key), str_trim(column))) {
            return &o->pairs[i];
        }
    }
    return NULL;
}

/* Columns that whoever imports gave another field than the file says, or none. */
static void read_override(struct reading *r, const struct node *root)
{
    const struct node *o = node_get(root, "override");
    if (o == NULL) {
        return;
    }
    if (o->kind != NODE_MAP) {
        bad(r, "C0103", o->at, "'override' takes 'column: field'");
        return;
    }
    struct str *ignored = ARENA_ARRAY(r->a, r->map->n_ignored + o->n + 1, struct str);
    for (size_t i = 0; i < r->map->n_ignored; i++) {
        ignored[i] = r->map->ignored[i];
    }
    r->map->ignored = ignored;
    for (size_t i = 0; i < o->n; i++) {
        const struct pair *p = &o->pairs[i];
        if (p->value->kind == NODE_SCALAR && p->value->text.n > 0) {
            struct pair *to = ARENA_NEW(r->a, struct pair);
            struct node *map = ARENA_NEW(r->a, struct node);
            *to = (struct pair){.key = STR("to"), .at = p->at, .value = p->value};
            *map = (struct node){.kind = NODE_MAP, .at = p->at, .pairs = to, .n = 1};
            read_target(r, p->key, p->at, map);
        } else {
            ignored[r->map->n_ignored++] = p->key;
        }
    }
}

static void read_columns(struct reading *r, const struct node *root)
{
    const struct node *columns = node_get(root, "columns");
    if (columns != NULL && columns->kind == NODE_SCALAR && columns->text.n == 0) {
        return; /* as a proposal writes it that knows no column */
    }
    if (columns == NULL || columns->kind != NODE_MAP) {
        bad(r, "C0110", columns != NULL ? columns->at : root->at,
            "'columns' maps column names to fields");
        return;
    }
    for (size_t i = 0; i < columns->n; i++) {
        const struct pair *p = &columns->pairs[i];
        if (override_of(root, p->key) != NULL) {
            continue;
        }
        if (p->value->kind == NODE_LIST) {
            for (size_t k = 0; k < p->value->n; k++) {
                read_target(r, p->key, p->at, p->value->items[k]);
            }
        } else {
            read_target(r, p->key, p->at, p->value);
        }
    }
}

static void read_constants(struct reading *r, const struct node *root)
{
    const struct node *constants = node_get(root, "constants");
    if (constants == NULL) {
        return;
    }
    if (constants->kind != NODE_MAP) {
        bad(r, "C0103", constants->at, "'constants' takes 'field: text'");
        return;
    }
    for (size_t i = 0; i < constants->n; i++) {
        const struct pair *p = &constants->pairs[i];
        const struct field *f = object_field(r->map->object, p->key);
        if (f == NULL || p->value->kind != NODE_SCALAR) {
            bad(r, "C0105", p->at, "%.*s has no field '%.*s' that takes a text",
                STR_ARG(r->map->object->name), STR_ARG(p->key));
            continue;
        }
        struct map_target *t = &r->map->targets[r->map->n_targets++];
        *t = (struct map_target){.field = f,
                                 .constant = p->value->text,
                                 .numbers = number_format_plain(),
                                 .place = p->at};
        compile_format(r, STR_NONE, p->at, &t->format);
        map_init(&t->aliases, r->a);
    }
}

/* Two targets for one field would leave it to chance which one holds. */
static void check_doubles(struct reading *r)
{
    for (size_t i = 0; i < r->map->n_targets; i++) {
        for (size_t k = 0; k < i; k++) {
            const struct map_target *a = &r->map->targets[k];
            const struct map_target *b = &r->map->targets[i];
            bool same_time = str_eq(a->effective.name, b->effective.name);
            if (a->field != NULL && a->field == b->field && same_time) {
                struct diag *d = bad(r, "C0111", b->place, "field '%.*s' is filled twice",
                                     STR_ARG(b->field->name));
                d->also = a->place;
                d->also_message = STR("first here");
            }
        }
    }
}

static size_t count_targets(const struct node *root)
{
    const struct node *columns = node_get(root, "columns");
    const struct node *constants = node_get(root, "constants");
    size_t n = 1;
    for (size_t i = 0; columns != NULL && columns->kind == NODE_MAP && i < columns->n; i++) {
        const struct node *v = columns->pairs[i].value;
        n += v->kind == NODE_LIST ? v->n : 1;
    }
    const struct node *overridden = node_get(root, "override");
    n += overridden != NULL && overridden->kind == NODE_MAP ? overridden->n : 0;
    return n + (constants != NULL && constants->kind == NODE_MAP ? constants->n : 0);
}

static bool read_object(struct reading *r, const struct node *root, const struct object *object)
{
    struct str name = text_at(r, root, "object");
    r->map->object = object;
    if (name.n == 0) {
        if (object == NULL) {
            bad(r, "C0112", root->at, "say which object the rows are: object: NAME");
        }
        return object != NULL;
    }
    const struct object *named = model_object(r->model, name);
    if (named == NULL) {
        bad(r, "C0112", key_span(root, "object"), "the live model has no object '%.*s'",
            STR_ARG(name));
        return false;
    }
    if (object != NULL && named != object) {
        bad(r, "C0112", key_span(root, "object"), "this mapping is for %.*s, not for %.*s",
            STR_ARG(name), STR_ARG(object->name));
        return false;
    }
    r->map->object = named;
    return true;
}

static void read_effective(struct reading *r, const struct node *root)
{
    const struct node *e = node_get(root, "effective");
    r->map->effective.at = MAPPING_UNBOUND;
    compile_format(r, STR_NONE, root->at, &r->map->effective_format);
    if (e == NULL) {
        return;
    }
    if (e->kind == NODE_SCALAR) {
        r->map->effective.name = e->text;
        r->map->effective.place = e->at;
        return;
    }
    struct str format = text_at(r, e, "format");
    r->map->effective.name = text_at(r, e, "column");
    r->map->effective.place = e->at;
    if (format.n > 0) {
        compile_format(r, format, key_span(e, "format"), &r->map->effective_format);
    }
}

/* One waiver by its id, or with the rule it is for beside it, for who reads the mapping. */
static void read_waiver(struct reading *r, const struct object *waiver, const struct node *n)
{
    struct mapping *map = r->map;
    struct str id = n->text, rule = STR_NONE;
    if (n->kind == NODE_MAP) {
        check_keys(r, n, waiver_keys);
        id = text_at(r, n, "waiver");
        rule = text_at(r, n, "rule");
    }
    if (!waiver || !id_parse(id, waiver->prefix, &map->waivers[map->n_waivers])) {
        struct diag *d = bad(r, "C0118", n->at, "'%.*s' is no waiver", STR_ARG(id));
        diag_help(r->ds, d, "ask for one: revos waive ask RULE --import MAPPING --reason TEXT");
        return;
    }
    map->said[map->n_waivers++] = (struct map_waiver){rule, n->at};
}

static void read_waivers(struct reading *r, const struct node *root)
{
    const struct node *list = node_get(root, "waivers");
    const struct object *waiver = model_object_numbered(r->model, ON_WAIVER);
    if (list == NULL) {
        return;
    }
    if (list->kind != NODE_LIST || list->n > MAPPING_WAIVERS_MAX) {
        bad(r, "C0103", list->at, "'waivers' takes a list of at most %d", MAPPING_WAIVERS_MAX);
        return;
    }
    if (r->map->object->is_fact) {
        struct diag *d = bad(r, "C0118", list->at,
                             "rows of the fact object %.*s pass no rule on a waiver",
                             STR_ARG(r->map->object->name));
        diag_help(
            r->ds, d,
            "a row of facts is never changed and cannot say later on what it passed; let the rule "
            "warn at this door, `enforcement: {default: deny, import: warn}`, or begin with "
            "`applies_from`");
        return;
    }
    r->map->waivers = ARENA_ARRAY(r->a, list->n + 1, uint64_t);
    r->map->said = ARENA_ARRAY(r->a, list->n + 1, struct map_waiver);
    for (size_t i = 0; i < list->n; i++) {
        read_waiver(r, waiver, list->items[i]);
    }
}

enum rc mapping_read(const struct source *text, const struct model *m, const struct object *object,
                     struct arena *a, struct mapping **out, struct diags *ds)
{
    struct source_set one = {.files = arena_copy(a, text, sizeof *text), .n = 1};
    size_t errors = ds->errors;
    bool complete;
    struct reading r = {.model = m, .a = a, .ds = ds, .map = ARENA_NEW(a, struct mapping)};
    struct node *root = tree_read(&one, a, &complete, ds);
    *out = NULL;
    if (!complete || ds->errors > errors) {
        return RC_INVALID;
    }
    check_keys(&r, root, top_keys);
    r.map->source = text_at(&r, root, "source");
    if (!read_object(&r, root, object)) {
        return RC_INVALID;
    }
    if (r.map->source.n == 0) {
        bad(&r, "C0113", root->at, "name the source of the rows: source: NAME");
    }
    r.map->targets = ARENA_ARRAY(a, count_targets(root), struct map_target);
    r.map->ignored = ARENA_NEW(a, struct str);
    const struct str *ignored = texts_at(&r, root, "ignore", &r.map->n_ignored);
    if (ignored != NULL) {
        r.map->ignored = arena_copy(a, ignored, r.map->n_ignored * sizeof *ignored);
    }
    r.map->nulls = texts_at(&r, root, "null", &r.map->n_nulls);
    r.map->usual = m->company.currency;
    struct str zone = text_at(&r, root, "timezone");
    r.map->zone = open_zone(&r, zone.n > 0 ? zone : m->company.timezone,
                            key_span(root, "timezone"));
    read_file_format(&r, root);
    read_effective(&r, root);
    read_columns(&r, root);
    read_override(&r, root);
    read_constants(&r, root);
    read_waivers(&r, root);
    check_doubles(&r);
    if (ds->errors > errors) {
        mapping_close(r.map);
        return RC_INVALID;
    }
    *out = r.map;
    return RC_OK;
}
