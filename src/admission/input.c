/* input.c - a command's fields: names resolved, texts parsed, sorted into moments. */
#include "admission/steps.h"

#include <assert.h>
#include <string.h>

enum { REF_KEYS_MAX = 8 };

/* A value that cannot be used is handled as its field says. */
static void bad_value(struct group *g, struct work *w, const struct field *f, const char *code,
                      struct str given, struct str why, struct str help)
{
    struct finding *found = finding_add(g, w, code, f, "%.*s", STR_ARG(why));
    found->new_value = str_dup(g->arena, str_sub(given, 0, 200));
    found->help = help;
    size_t slot = slot_of(w->plan, f->number);
    if (f->invalid == INVALID_BLANK_AND_FLAG || w->lenient) {
        found->enforcement = ENFORCE_WARN;
        found->help = str_printf(g->arena, "The field was left empty. %.*s", STR_ARG(help));
        return;
    }
    bits_set(w->bad, slot);
    w->quarantine |= f->invalid == INVALID_QUARANTINE;
}

static int compare_bound(const struct value *v, struct decimal bound, int digits)
{
    struct decimal d = {0};
    if (v->type == VT_NUM)
        return decimal_cmp(v->number, bound);
    if (v->type == VT_INT)
        d.mantissa = v->integer;
    else {
        d.mantissa = v->money.minor;
        d.scale = (uint8_t)digits;
    }
    return decimal_cmp(d, bound);
}

const char *range_broken(const struct field *f, const struct value *v, struct arena *a,
                         struct str *why)
{
    char room[32];
    if (v->type != VT_INT && v->type != VT_NUM && v->type != VT_MONEY)
        return NULL;
    int digits = v->type == VT_MONEY ? currency_digits(v->money.currency) : 0;
    if (f->has_min && compare_bound(v, f->min, digits) < 0) {
        *why = str_printf(a, "%.*s is below the least value %.*s", STR_ARG(f->name),
                          STR_ARG(decimal_text(f->min, room)));
        return "TOO_SMALL";
    }
    if (f->has_max && compare_bound(v, f->max, digits) > 0) {
        *why = str_printf(a, "%.*s is above the greatest value %.*s", STR_ARG(f->name),
                          STR_ARG(decimal_text(f->max, room)));
        return "TOO_LARGE";
    }
    return NULL;
}

static void check_range(struct group *g, struct work *w, struct change *ch, struct str given)
{
    const struct field *f = ch->field;
    struct str why = STR_NONE;
    const char *code = range_broken(f, &ch->value, g->arena, &why);
    if (!code)
        return;
    bad_value(g, w, f, code, given, why, STR("Correct the value, or ask the owner of the field."));
    if (bits_has(w->bad, ch->slot))
        ch->dropped = true;
    else
        ch->value = VALUE_ABSENT;
}

/* ---- one input --------------------------------------------------------------------------------------------------- */

static void parse_ref_key(struct group *g, struct work *w, struct change *ch)
{
    const struct field_input *in = ch->input;
    struct key_ref keys[REF_KEYS_MAX];
    struct str text = str_trim(in->text);
    if (text.n == 0) {
        ch->value = VALUE_ABSENT;
        return;
    }
    size_t n = ref_keys(&g->adm->parser, ch->field, in->key, in->key_source, text, g->arena, keys,
                        REF_KEYS_MAX);
    if (n == 0) {
        bad_value(g, w, ch->field, "REF_UNKNOWN", text,
                  str_printf(g->arena, "'%.*s' is no key of a %.*s", STR_ARG(text),
                             STR_ARG(ch->field->to->name)),
                  STR("Give an id, or a value of one of its keys."));
        ch->dropped = true;
        return;
    }
    ch->by_key = true;
    ch->keys = arena_copy(g->arena, keys, n * sizeof keys[0]);
    ch->n_keys = n;
}

static bool value_fits(const struct field *f, const struct value *v)
{
    if (v->type == VT_ABSENT)
        return true;
    if (v->type != field_type_info(f->type)->stored)
        return false;
    if (v->type != VT_ENUM)
        return true;
    return f->kind == FIELD_STAGE || field_value_numbered(f, v->number_of);
}

static void parse_typed(struct group *g, struct work *w, struct change *ch)
{
    ch->value = ch->input->value;
    if (value_fits(ch->field, &ch->value))
        return;
    bad_value(g, w, ch->field, "INVALID", STR_NONE,
              str_printf(g->arena, "the value is no %s", field_type_info(ch->field->type)->name),
              STR_NONE);
    ch->dropped = true;
}

static void parse_plain(struct group *g, struct work *w, struct change *ch)
{
    struct str why = STR_NONE, help = STR_NONE, text = str_trim(ch->input->text);
    if (text.n == 0) {
        ch->value = VALUE_ABSENT;
        return;
    }
    if (ch->field->type == FT_REF && !id_parse(text, ch->field->to->prefix, &ch->value.ref)) {
        parse_ref_key(g, w, ch); /* people write names, not ids */
        return;
    }
    if (parse_text(&g->adm->parser, ch->field, text, g->arena, &ch->value, &why, &help))
        return;
    bool closed = ch->field->type == FT_ENUM || ch->field->kind == FIELD_STAGE;
    bad_value(g, w, ch->field, closed ? "UNKNOWN_VALUE" : "INVALID", text, why, help);
    ch->value = VALUE_ABSENT;
    ch->dropped = bits_has(w->bad, ch->slot);
}

static void parse_input(struct group *g, struct work *w, struct change *ch)
{
    const struct field_input *in = ch->input;
    switch (in->form) {
    case INPUT_CLEAR:
        ch->value = VALUE_ABSENT;
        break;
    case INPUT_VALUE:
        parse_typed(g, w, ch);
        break;
    case INPUT_KEY:
        parse_ref_key(g, w, ch);
        break;
    case INPUT_PART:
        assert(ch->field->type == FT_REF);
        ch->by_key = true; /* by none: the record is known once its command is decided */
        break;
    case INPUT_TEXT:
        parse_plain(g, w, ch);
        break;
    case INPUT_BAD:
        bad_value(g, w, ch->field, "UNREADABLE", in->text, in->why,
                  STR("Correct the cell, or the mapping of its column."));
        ch->dropped = bits_has(w->bad, ch->slot);
        break;
    }
    if (!ch->dropped)
        check_range(g, w, ch, in->form == INPUT_TEXT ? in->text : STR_NONE);
}

/* ---- names -------------------------------------------------------------------------------------------------------- */

static const struct field *resolve_field(struct group *g, struct work *w,
                                         const struct field_input *in)
{
    const struct object *o = w->plan->object;
    const struct field *f = in->field ? in->field : object_field(o, in->name);
    if (f && f->object == o)
        return f;
    struct str name = in->field ? in->field->name : in->name;
    if (in->form == INPUT_BAD) { /* the row as a whole */
        finding_add(g, w, "UNREADABLE", NULL, "%.*s", STR_ARG(in->why))->name = name;
        return NULL;
    }
    struct finding *found = finding_add(g, w, "UNKNOWN_FIELD", NULL, "%.*s has no field '%.*s'",
                                        STR_ARG(o->name), STR_ARG(name));
    found->name = name;
    struct str *names = ARENA_ARRAY(g->arena, o->n_fields, struct str);
    for (size_t i = 0; i < o->n_fields; i++)
        names[i] = o->fields[i]->name;
    struct str near = text_nearest(name, names, o->n_fields);
    if (near.n)
        finding_help(g, found, "Did you mean '%.*s'?", STR_ARG(near));
    return NULL;
}

static bool is_writable(const struct command *c, const struct field *f)
{
    return (f->kind == FIELD_PLAIN || f->kind == FIELD_STAGE) && (!f->engine || c->effect);
}

/* A phone number without a country code is read as one of the country given beside it. */
static void find_country(struct group *g, const struct command *c)
{
    struct parser *p = &g->adm->parser;
    p->country = STR_NONE;
    for (size_t i = 0; i < c->n_fields; i++) {
        const struct field *f = c->fields[i].field;
        struct value v;
        struct str why, help;
        if (!f)
            f = object_field(c->object, c->fields[i].name);
        if (!f || f->type != FT_COUNTRY || c->fields[i].form != INPUT_TEXT)
            continue;
        if (parse_text(p, f, c->fields[i].text, g->arena, &v, &why, &help) && v.type == VT_TEXT)
            p->country = v.text;
        return;
    }
}

static void parse_fields(struct group *g, struct work *w)
{
    const struct command *c = w->command;
    find_country(g, c);
    if (w->changes.cap < c->n_fields) { /* mostly all of them are changes */
        w->changes.v = ARENA_ARRAY(g->arena, c->n_fields, struct change);
        w->changes.cap = c->n_fields;
    }
    for (size_t i = 0; i < c->n_fields; i++) {
        const struct field_input *in = &c->fields[i];
        const struct field *f = resolve_field(g, w, in);
        if (!f)
            continue;
        if (!is_writable(c, f)) {
            struct finding *found = finding_add(g, w, "READ_ONLY", f,
                                                "%.*s is filled by the system", STR_ARG(f->name));
            finding_help(g, found, "Leave it out.");
            continue;
        }
        struct change ch = {.field = f,
                            .slot = slot_of(w->plan, f->number),
                            .input = in,
                            .dated = in->dated || c->dated,
                            .at = in->dated ? in->effective_at : c->effective_at};
        parse_input(g, w, &ch);
        if (!ch.dropped)
            *VEC_PUSH(g->arena, &w->changes) = ch;
    }
}

/* ---- moments ------------------------------------------------------------------------------------------------------ */

/* Dated before undated, early before late, then by slot; equal ones as they came. */
static int change_cmp(const struct change *a, const struct change *b)
{
    if (a->dated != b->dated)
        return a->dated ? -1 : 1;
    if (a->dated && a->at.us != b->at.us)
        return a->at.us < b->at.us ? -1 : 1;
    return a->slot < b->slot ? -1 : a->slot > b->slot;
}

static bool same_moment(const struct change *a, const struct change *b)
{
    return a->dated == b->dated && (!a->dated || a->at.us == b->at.us);
}

static void sort_changes(struct work *w)
{
    for (size_t i = 1; i < w->changes.n; i++) {
        if (change_cmp(&w->changes.v[i - 1], &w->changes.v[i]) <= 0)
            continue;
        struct change ch = w->changes.v[i];
        size_t k = i;
        for (; k > 0 && change_cmp(&w->changes.v[k - 1], &ch) > 0; k--)
            w->changes.v[k] = w->changes.v[k - 1];
        w->changes.v[k] = ch;
    }
}

static void split_moments(struct group *g, struct work *w)
{
    const struct command *c = w->command;
    size_t n = w->changes.n, instants = 1;
    for (size_t i = 1; i < n; i++)
        instants += !same_moment(&w->changes.v[i], &w->changes.v[i - 1]);
    w->moments = ARENA_ARRAY(g->arena, instants, struct moment);
    for (size_t i = 0; i < n; i++) {
        const struct change *ch = &w->changes.v[i];
        if (i > 0 && same_moment(ch, ch - 1)) {
            if (ch->slot == ch[-1].slot)
                finding_add(g, w, "TWICE", ch->field, "%.*s is given twice for the same instant",
                            STR_ARG(ch->field->name));
            w->moments[w->n_moments - 1].n++;
            continue;
        }
        w->moments[w->n_moments++] = (struct moment){ch->dated, ch->at, i, 1};
    }
    if (w->n_moments == 0)
        w->moments[w->n_moments++] = (struct moment){c->dated, c->effective_at, 0, 0};
    if (w->n_moments > COMMAND_MOMENTS_MAX)
        finding_add(g, w, "LIMIT", NULL, "a command has at most %d effective instants",
                    COMMAND_MOMENTS_MAX);
}

/* ---- keys --------------------------------------------------------------------------------------------------------- */

static void parse_keys(struct group *g, struct work *w)
{
    const struct command *c = w->command;
    const struct object *o = w->plan->object;
    w->keys = ARENA_ARRAY(g->arena, c->n_keys + o->n_keys, struct key_ref);
    for (size_t i = 0; i < c->n_keys; i++) {
        struct str value = str_trim(c->keys[i].value);
        if (value.n)
            w->keys[w->n_keys++] = (struct key_ref){o->number, KEY_FOREIGN, c->keys[i].source,
                                                    value};
    }
    if (o->n_keys == 0)
        return;
    struct value *values = ARENA_ARRAY(g->arena, w->plan->n_slots, struct value);
    for (size_t i = 0; i < w->changes.n; i++)
        if (!w->changes.v[i].by_key)
            values[w->changes.v[i].slot] = w->changes.v[i].value;
    for (size_t i = 0; i < o->n_keys; i++)
        if (key_of_values(w->plan, &o->keys[i], values, g->arena, &w->keys[w->n_keys]))
            w->n_keys++;
}

void work_parse(struct group *g, struct work *w, const struct command *c)
{
    w->command = c;
    assert(c->object && (int)c->kind < CMD_KIND_COUNT);
    w->plan = plan_get(&g->adm->plans, c->object->number);
    assert(w->plan->object == c->object);
    w->bad = bits_new(w->plan, g->arena);
    w->lenient = c->object->mode == MODE_OVERLAY &&
                 (c->door == DOOR_IMPORT || c->door == DOOR_SYNC);
    if (c->n_fields > COMMAND_FIELDS_MAX || c->n_keys > COMMAND_KEYS_MAX) {
        finding_add(g, w, "LIMIT", NULL, "a command has at most %d fields and %d keys",
                    COMMAND_FIELDS_MAX, COMMAND_KEYS_MAX);
        split_moments(g, w);
        return;
    }
    parse_fields(g, w);
    sort_changes(w);
    split_moments(g, w);
    parse_keys(g, w);
}
