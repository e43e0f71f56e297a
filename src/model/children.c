#include "model/builtin.h"
#include "model/compile.h"

#include <string.h>

/* ---- plurals ----------------------------------------------------------------------------------- */

static struct str irregular_plural(struct str word)
{
    static const char *const pairs[][2] = {
        {"person", "people"},  {"man", "men"},           {"woman", "women"},
        {"child", "children"}, {"data", "data"},         {"series", "series"},
        {"index", "indexes"},  {"analysis", "analyses"}, {"criterion", "criteria"},
        {"quiz", "quizzes"},   {"staff", "staff"},       {"media", "media"}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        if (str_is(word, pairs[i][0]))
            return str_of(pairs[i][1]);
    return STR_NONE;
}

static bool is_vowel(char c)
{
    return c && strchr("aeiou", c);
}

/* Plural of the last word of a name: opportunity_line → opportunity_lines. */
struct str english_plural(struct arena *a, struct str name)
{
    size_t cut = name.n;
    while (cut && name.p[cut - 1] != '_')
        cut--;
    struct str head = str_sub(name, 0, cut), word = str_sub(name, cut, name.n),
               known = irregular_plural(word);
    if (known.n)
        return str_printf(a, "%.*s%.*s", STR_ARG(head), STR_ARG(known));
    if (word.n > 1 && word.p[word.n - 1] == 'y' && !is_vowel(word.p[word.n - 2]))
        return str_printf(a, "%.*s%.*sies", STR_ARG(head), (int)word.n - 1, word.p);
    bool hisses = str_ends(word, STR("s")) || str_ends(word, STR("x")) ||
                  str_ends(word, STR("z")) || str_ends(word, STR("ch")) ||
                  str_ends(word, STR("sh"));
    return str_printf(a, "%.*s%.*s%s", STR_ARG(head), STR_ARG(word), hisses ? "es" : "s");
}

/* ---- lists of children ------------------------------------------------------------------------- */

static struct str written_name(const struct object *o, const struct field *via)
{
    const struct node *fields = node_items(((const struct object_build *)o)->node, "fields");
    for (size_t i = 0; i < fields->n; i++)
        if (str_eq(node_text(fields->items[i], "name"), via->name))
            return node_text(fields->items[i], "children");
    return STR_NONE;
}

static const struct child *child_named(const struct object *o, struct str name)
{
    for (size_t i = 0; i < o->n_children; i++)
        if (str_eq(o->children[i].name, name))
            return &o->children[i];
    return NULL;
}

static void push_child(struct compile *c, struct object *to, struct str name, struct object *o,
                       const struct field *via)
{
    struct object_build *b = (struct object_build *)to;
    to->children = vec_room(c->arena, to->children, to->n_children, &b->children_cap,
                            sizeof *to->children);
    to->children[to->n_children++] = (struct child){name, o, via};
}

static void add_child(struct compile *c, struct object *o, const struct field *via)
{
    struct object *to = &((struct object_build *)map_find(&c->builds, via->to->name))->o;
    struct str name = written_name(o, via);
    bool builtin = !via->at.source;
    if (!name.n)
        name = str_is(via->name, "manager") && o->number == ON_PERSON ? STR("reports") : o->plural;
    const struct field *field = field_named(to, name);
    const struct child *first = child_named(to, name);
    if (!first && !field) {
        push_child(c, to, name, o, via);
    } else if (!builtin) {
        struct diag *d = problem(c->ds, M_CHILD_CLASH, via->at,
                                 "%.*s.%.*s makes a second '%.*s' of %.*s", STR_ARG(o->name),
                                 STR_ARG(via->name), STR_ARG(name), STR_ARG(to->name));
        diag_help(c->ds, d, "name this list: children: %.*s_%.*s", STR_ARG(via->name),
                  STR_ARG(o->plural));
        d->also = first ? first->via->at : field->at;
        d->also_message = STR("the first one");
    }
}

/* Written references first; an `owner` makes a list (person.accounts) only where its name is free. */
void compile_children(struct compile *c)
{
    for (int owners = 0; owners < 2; owners++)
        for (size_t i = 0; i < c->builds.n; i++) {
            struct object_build *b = c->builds.entries[i].value;
            for (size_t k = 0; k < b->o.n_fields; k++) {
                const struct field *f = b->o.fields[k];
                if (f->type == FT_REF && f->to && (f->number == FN_OWNER) == (owners == 1) &&
                    f->kind != FIELD_COMPUTED)
                    add_child(c, &b->o, f);
            }
        }
}

/* ---- keys, match rules, time of facts ---------------------------------------------------------- */

static bool can_be_key(const struct field *f)
{
    return f->kind == FIELD_PLAIN && f->type != FT_JSON && f->type != FT_UTM &&
           f->type != FT_BOOLEAN && f->type != FT_MONEY;
}

static const struct field *key_field(struct compile *c, const struct object *o, struct node *n)
{
    const struct field *f = compile_field(c, o, n);
    if (!f || can_be_key(f))
        return f;
    struct diag *d = problem(
        c->ds, M_KEY_FIELD, n->at, "the %s field '%.*s' cannot be part of a key",
        f->kind == FIELD_PLAIN ? field_type_info(f->type)->name : "computed", STR_ARG(f->name));
    diag_help(c->ds, d,
              "keys are made of fields that commands set and that identify: text, e-mail, domain, "
              "number, date, reference");
    return NULL;
}

static void add_key(struct compile *c, struct object *o, const struct field **fields, size_t n,
                    struct span at)
{
    struct str *names = ARENA_ARRAY(c->arena, n, struct str);
    for (size_t i = 0; i < n; i++) /* by name, so that the order of writing is no difference */
        for (size_t k = i; k > 0 && str_cmp(fields[k]->name, fields[k - 1]->name) < 0; k--) {
            const struct field *swap = fields[k];
            fields[k] = fields[k - 1];
            fields[k - 1] = swap;
        }
    for (size_t i = 0; i < n; i++)
        names[i] = fields[i]->name;
    struct str name = str_join(c->arena, names, n, STR("+"));
    for (size_t i = 0; i < o->n_keys; i++)
        if (str_eq(o->keys[i].name, name)) {
            problem(c->ds, M_TWICE, at, "the key '%.*s' of %.*s stands twice", STR_ARG(name),
                    STR_ARG(o->name));
            return;
        }
    o->keys[o->n_keys++] = (struct key_def){
        name, fields, n,
        numbering_give(c->numbers, (struct number_scope){NUM_KEY, o->number, 0}, name, STR_NONE,
                       STR_NONE)};
}

static void compile_key_list(struct compile *c, struct object *o, const struct node *list)
{
    const struct field **together = ARENA_ARRAY(c->arena, list->n + 1, const struct field *);
    size_t n = 0;
    bool has_ref = false;
    o->keys = ARENA_ARRAY(c->arena, list->n + 3, struct key_def);
    for (size_t i = 0; i < list->n; i++) {
        struct node *entry = list->items[i];
        if (entry->kind == NODE_SCALAR) {
            const struct field *f = key_field(c, o, entry);
            has_ref = has_ref || (f && f->type == FT_REF);
            if (f)
                together[n++] = f;
            continue;
        }
        const struct field **fields = ARENA_ARRAY(c->arena, entry->n + 1, const struct field *);
        size_t count = 0;
        for (size_t k = 0; entry->kind == NODE_LIST && k < entry->n; k++) {
            const struct field *f = key_field(c, o, entry->items[k]);
            if (f)
                fields[count++] = f;
        }
        if (count)
            add_key(c, o, fields, count, entry->at);
    }
    if (has_ref) { /* a reference never identifies alone: these are one key */
        add_key(c, o, together, n, list->at);
        return;
    }
    for (size_t i = 0; i < n; i++)
        add_key(c, o, &together[i], 1, list->items[i]->at);
}

static bool has_key(const struct object *o, struct str name)
{
    for (size_t k = 0; k < o->n_keys; k++)
        if (str_eq(o->keys[k].name, name))
            return true;
    return false;
}

/* People are known by name and by e-mail, teams by name; the others by the fields that the table marks, as one key. */
static void builtin_keys(struct compile *c, struct object *o)
{
    const struct builtin *b = builtins;
    if (!o->builtin)
        return;
    while (b->number != o->number)
        b++;
    if (!o->keys)
        o->keys = ARENA_ARRAY(c->arena, 3, struct key_def);
    const struct field **together = ARENA_ARRAY(c->arena, 4, const struct field *);
    size_t n = 0;
    for (const struct builtin_field *f = b->fields; f->name; f++) {
        bool known = (o->number == ON_PERSON || o->number == ON_TEAM) &&
                     (strcmp(f->name, "name") == 0 || strcmp(f->name, "email") == 0);
        const struct field **one = known ? ARENA_NEW(c->arena, const struct field *) : NULL;
        if (known) {
            *one = field_named(o, str_of(f->name));
            if (!has_key(o, (*one)->name))
                add_key(c, o, one, 1, o->at);
        }
        if (f->flags & BF_KEY)
            together[n++] = field_named(o, str_of(f->name));
    }
    if (n)
        add_key(c, o, together, n, o->at);
}

/* In millionths. */
static bool read_likeness(struct decimal d, uint32_t *out)
{
    static const int64_t tens[] = {1, 10, 100, 1000, 10000, 100000, 1000000};
    if (d.scale > 6 || d.mantissa < 0 || d.mantissa > 1000000)
        return false;
    int64_t n = d.mantissa * tens[6 - d.scale];
    *out = n >= 500000 && n <= 1000000 ? (uint32_t)n : 0;
    return *out > 0;
}

static void read_match_part(struct compile *c, const struct object *o, const struct node *n,
                            struct match_rule *r)
{
    const struct node *exact = node_items(n, "exact");
    VEC(const struct field *) fields = {r->exact, r->n_exact, r->n_exact};
    for (size_t i = 0; i < exact->n; i++) {
        const struct field *f = compile_field(c, o, exact->items[i]);
        if (f)
            *VEC_PUSH(c->arena, &fields) = f;
    }
    r->exact = fields.v;
    r->n_exact = fields.n;
    struct node *similar = node_get(n, "similar");
    if (!similar)
        return;
    if (r->similar)
        problem(c->ds, M_VALUE, similar->at, "a match rule compares one text: the other is %.*s",
                STR_ARG(r->similar->name));
    r->similar = compile_field(c, o, similar);
    if (r->similar && field_type_info(r->similar->type)->stored != VT_TEXT)
        problem(c->ds, M_VALUE, similar->at, "'%.*s' is not text: likeness is of texts",
                STR_ARG(r->similar->name));
    if (!read_decimal(n, "at_least", &r->at_least))
        problem(c->ds, M_MISSING_KEY, n->at,
                "'similar' needs 'at_least', the least likeness from 0.5 to 1");
    else if (!read_likeness(r->at_least, &r->likeness))
        problem(c->ds, M_VALUE, node_get(n, "at_least")->at,
                "a likeness to ask for is from 0.5 to 1, with at most six digits");
}

/* Whoever writes one should not wait for what it would find. */
static void acts_later(struct compile *c, const struct node *n, const char *word)
{
    struct diag *d = problem(c->ds, M_ACTS_LATER, n->at,
                             "a match rule with '%s' finds nothing yet: only those that merge do",
                             word);
    diag_help(c->ds, d, "keep it for later; until then doubles are found by rules without `then`");
}

static void compile_match(struct compile *c, struct object_build *b)
{
    const struct node *list = node_items(b->node, "match");
    b->o.match = ARENA_ARRAY(c->arena, list->n + 1, struct match_rule);
    for (size_t i = 0; i < list->n; i++) {
        const struct node *n = list->items[i], *all = node_items(n, "all");
        struct match_rule r = {.review = str_is(node_text(n, "then"), "review")};
        read_match_part(c, &b->o, n, &r);
        for (size_t k = 0; k < all->n; k++)
            read_match_part(c, &b->o, all->items[k], &r);
        if (!r.n_exact && !r.similar && !n->broken)
            problem(c->ds, M_MISSING_KEY, n->at,
                    "a match rule of '%.*s' says neither 'exact' nor 'similar'",
                    STR_ARG(b->o.name));
        else
            b->o.match[b->o.n_match++] = r;
        if (r.review)
            acts_later(c, n, "review");
    }
}

static bool is_time(const struct field *f)
{
    return f->type == FT_DATE || f->type == FT_INSTANT;
}

/* When a fact happened: `time:`, else `at`, else its only date or instant. */
static void compile_time(struct compile *c, struct object_build *b)
{
    struct object *o = &b->o;
    struct node *n = node_get(b->node, "time");
    if (n && !o->is_fact)
        problem(c->ds, M_FACT, n->at,
                "'%.*s' is no fact object: only facts have a time of their own", STR_ARG(o->name));
    if (!o->is_fact)
        return;
    const struct field *f = n ? compile_field(c, o, n) : field_named(o, STR("at"));
    size_t found = 0;
    for (size_t i = 0; i < o->n_fields && !n && !f; i++)
        if (is_time(o->fields[i]) && o->fields[i]->kind == FIELD_PLAIN)
            o->time_field = found++ ? NULL : o->fields[i];
    if (f && is_time(f))
        o->time_field = f;
    else if (f)
        problem(c->ds, M_TIME_FIELD, n ? n->at : f->at, "'%.*s' is no date or instant",
                STR_ARG(f->name));
    else if (!o->time_field && (!n || !n->broken)) {
        struct diag *d = problem(c->ds, M_FACT, o->at,
                                 "the fact object '%.*s' does not say when its rows happened",
                                 STR_ARG(o->name));
        diag_help(c->ds, d, "call a date or instant field `at`, or add time: with the name of one");
    }
}

static void check_survivor(struct compile *c, struct object_build *b)
{
    const struct node *n = node_get(b->node, "survivor");
    for (size_t i = 0; n && n->kind == NODE_MAP && i < n->n; i++)
        if (!str_is(n->pairs[i].key, "default") && !field_named(&b->o, n->pairs[i].key))
            unknown_field(c, &b->o, n->pairs[i].at, n->pairs[i].key);
}

static bool is_key(const struct object *o, const struct node *match)
{
    for (size_t i = 0; i < o->n_keys; i++) {
        size_t hits = 0;
        for (size_t k = 0; k < match->n; k++)
            for (size_t f = 0; f < o->keys[i].n_fields; f++)
                hits += str_eq(o->keys[i].fields[f]->name, match->items[k]->text);
        if (hits == match->n && hits == o->keys[i].n_fields)
            return true;
    }
    return false;
}

static void check_convert_match(struct compile *c, const struct object *to, const struct node *n)
{
    const struct node *match = node_items(n, "match");
    bool known = true;
    for (size_t k = 0; k < match->n; k++)
        known &= compile_field(c, to, match->items[k]) != NULL;
    if (!match->n || !known || is_key(to, match))
        return;
    struct diag *d = problem(c->ds, M_KEY_FIELD, match->at, "these fields are no key of %.*s",
                             STR_ARG(to->name));
    diag_help(c->ds, d, "add them to the keys of %.*s", STR_ARG(to->name));
}

static void check_convert_set(struct compile *c, const struct object *from, const struct object *to,
                              const struct node *set)
{
    for (size_t i = 0; set && set->kind == NODE_MAP && i < set->n; i++) {
        struct node key = {.kind = NODE_SCALAR, .text = set->pairs[i].key, .at = set->pairs[i].at};
        struct node *value = set->pairs[i].value;
        (void)compile_field(c, to, &key);
        if (value->kind == NODE_SCALAR)
            (void)compile_field(c, from, value);
        for (size_t k = 0; value->kind == NODE_LIST && k < value->n; k++)
            (void)compile_field(c, from, value->items[k]);
    }
}

static void check_convert(struct compile *c, struct object_build *b)
{
    const struct node *n = node_get(b->node, "convert_to");
    for (size_t i = 0; n && n->kind == NODE_MAP && i < n->n; i++) {
        struct node name = {.kind = NODE_SCALAR, .text = n->pairs[i].key, .at = n->pairs[i].at};
        const struct object *to = compile_object(c, &name);
        if (!to)
            continue;
        check_convert_match(c, to, n->pairs[i].value);
        check_convert_set(c, &b->o, to, node_get(n->pairs[i].value, "set"));
    }
}

void compile_keys(struct compile *c)
{
    for (size_t i = 0; i < c->builds.n; i++) {
        struct object_build *b = c->builds.entries[i].value;
        compile_key_list(c, &b->o, node_items(b->node, "keys"));
        builtin_keys(c, &b->o);
        compile_match(c, b);
        compile_time(c, b);
        check_survivor(c, b);
    }
    for (size_t i = 0; i < c->builds.n; i++)
        check_convert(c, c->builds.entries[i].value);
}
