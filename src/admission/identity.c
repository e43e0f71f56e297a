/* identity.c - which record a command is about, and the keys that follow its fields. */
#include "admission/steps.h"

#include <string.h>

enum { FIND_KEYS_MAX = 32 }; /* keys of one object that a text is tried as */
/* Components of a key that joins several fields: no normalised text holds this character. */
static const char KEY_JOIN = '\x1f';

struct str key_text(const struct value *v, struct arena *a)
{
    struct str text;
    if (v->type == VT_ENUM)
        return str_printf(a, "%u", v->number_of);
    if (v->type == VT_REF)
        return str_printf(a, "%llu", (unsigned long long)v->ref);
    return value_text(v, a, &text) ? text : STR_NONE;
}

bool key_of_values(const struct object_plan *p, const struct key_def *k, const struct value *values,
                   struct arena *a, struct key_ref *out)
{
    struct str joined = STR_NONE;
    for (size_t i = 0; i < k->n_fields; i++) {
        struct str part = key_text(&values[slot_of(p, k->fields[i]->number)], a);
        if (part.n == 0)
            return false;
        joined = i == 0 ? part
                        : str_printf(a, "%.*s%c%.*s", STR_ARG(joined), KEY_JOIN, STR_ARG(part));
    }
    *out = (struct key_ref){p->object->number, k->number, STR(""), joined};
    return k->n_fields > 0;
}

/* Text as a key of `k`: the parts of a joined key are written with '|' between them. */
static bool key_of_text(const struct parser *p, const struct object *o, const struct key_def *k,
                        struct str text, struct arena *a, struct key_ref *out)
{
    struct str joined = STR_NONE, rest = text, part;
    for (size_t i = 0; i < k->n_fields; i++) {
        bool last = i + 1 == k->n_fields;
        if (last)
            part = rest;
        else if (!str_split(&rest, '|', &part))
            return false;
        struct value v;
        struct str why, help;
        if (k->fields[i]->type == FT_REF) {
            v = (struct value){.type = VT_REF};
            if (!id_parse(str_trim(part), k->fields[i]->to->prefix, &v.ref))
                return false;
        } else if (!parse_text(p, k->fields[i], str_trim(part), a, &v, &why, &help)) {
            return false;
        }
        struct str one = key_text(&v, a);
        if (one.n == 0)
            return false;
        joined = i == 0 ? one
                        : str_printf(a, "%.*s%c%.*s", STR_ARG(joined), KEY_JOIN, STR_ARG(one));
    }
    *out = (struct key_ref){o->number, k->number, STR(""), joined};
    return k->n_fields > 0;
}

size_t ref_keys(const struct parser *p, const struct field *f, const struct key_def *key,
                struct str source, struct str text, struct arena *a, struct key_ref *out,
                size_t max)
{
    const struct object *to = f->to;
    size_t n = 0;
    if (source.n && n < max)
        out[n++] = (struct key_ref){to->number, KEY_FOREIGN, source, text};
    if (source.n)
        return n;
    for (size_t i = 0; i < to->n_keys && n < max; i++)
        if ((!key || key == &to->keys[i]) && key_of_text(p, to, &to->keys[i], text, a, &out[n]))
            n++;
    return n;
}

enum rc admission_find(struct admission *a, const struct object *o, struct str text,
                       struct arena *arena, uint64_t *record)
{
    struct key_ref keys[FIND_KEYS_MAX];
    uint64_t found[FIND_KEYS_MAX];
    const struct field named = {.type = FT_REF, .to = o}; /* as a reference would name it */
    struct row *row = NULL;
    *record = 0;
    if (id_parse(text, o->prefix, record)) {
        enum rc rc = redirects_resolve(a->parts.projection, record, 1);
        if (rc == RC_OK)
            rc = rows_load(a->parts.projection, o, record, 1, arena, &row);
        return rc == RC_OK && !row ? RC_NOT_FOUND : rc;
    }
    size_t n = ref_keys(&a->parser, &named, NULL, STR_NONE, text, arena, keys, FIND_KEYS_MAX);
    enum rc rc = keys_find(a->parts.projection, keys, n, found);
    for (size_t i = 0; i < n && rc == RC_OK; i++) {
        if (found[i] && *record && found[i] != *record)
            rc = RC_CONFLICT;
        else if (found[i])
            *record = found[i];
    }
    return rc == RC_OK && !*record ? RC_NOT_FOUND : rc;
}

/* ---- references -------------------------------------------------------------------------------------------------- */

static void wait_for_reference(struct decision *d, struct change *ch)
{
    const struct field_input *in = ch->input;
    *VEC_PUSH(d->g->arena, &d->w->pending) = (struct pending_ref){
        .field = ch->field,
        .key = in->key,
        .key_source = in->key_source,
        .text = str_trim(in->text),
        .dated = ch->dated,
        .effective_at = ch->at,
    };
    ch->dropped = true;
    bits_set(d->w->bad, ch->slot);
}

static void unknown_reference(struct decision *d, struct change *ch)
{
    const struct object *to = ch->field->to;
    struct str text = str_trim(ch->input->text);
    struct finding *f = finding_add(d->g, d->w, "REF_UNKNOWN", ch->field, "there is no %.*s '%.*s'",
                                    STR_ARG(to->name), STR_ARG(str_sub(text, 0, 200)));
    f->new_value = str_sub(text, 0, 200);
    finding_help(d->g, f, "Create the %.*s first, or map '%.*s' to an existing one.",
                 STR_ARG(to->name), STR_ARG(f->new_value));
    ch->dropped = true;
    bits_set(d->w->bad, ch->slot);
}

/* Only records that are there hold keys in the store; what the group did to a record since stands in its entry. */
static bool is_there(struct decision *d, const struct change *ch, uint64_t id)
{
    const struct object_plan *to = plan_get(&d->g->adm->plans, ch->field->to->number);
    if (d->w->command->effect)
        return true; /* its look has read that record, or what refers to it: it is not loaded for this alone */
    const struct entry *e = ch->by_key ? entry_known(d->g, id) : entry_get(d->g, to, id);
    if (ch->by_key && e && e->plan != to)
        e = NULL; /* the id was looked for among others before */
    return e ? entry_row(e) && entry_row(e)->life != LIFE_NONE : ch->by_key;
}

/* The record of an earlier command of the same call; 0: it was refused, or is of another object. */
static uint64_t record_of_part(struct decision *d, const struct change *ch)
{
    const struct group *g = d->g;
    size_t own = (size_t)(d->w - g->works), part = ch->input->part;
    if (!g->verdicts || part >= own || !verdict_accepted(&g->verdicts[part]))
        return 0;
    return g->verdicts[part].object == ch->field->to ? g->verdicts[part].id : 0;
}

static void resolve_part(struct decision *d, struct change *ch)
{
    uint64_t id = record_of_part(d, ch);
    if (id) {
        ch->value = (struct value){.type = VT_REF, .ref = id};
        return;
    }
    struct finding *f = finding_add(d->g, d->w, "REF_UNKNOWN", ch->field,
                                    "part %zu gives no %.*s to refer to", ch->input->part + 1,
                                    STR_ARG(ch->field->to->name));
    finding_help(d->g, f, "Name an earlier part that makes or finds one, and mend what it lacks.");
    ch->dropped = true;
    bits_set(d->w->bad, ch->slot);
}

static void resolve_reference(struct decision *d, struct change *ch)
{
    uint64_t id = 0;
    if (ch->input->form == INPUT_PART) {
        resolve_part(d, ch);
        return;
    }
    for (size_t i = 0; ch->by_key && i < ch->n_keys && !id; i++)
        id = key_record(d->g, &ch->keys[i]);
    if (ch->by_key && id)
        ch->value = (struct value){.type = VT_REF, .ref = id};
    else if (!ch->by_key)
        id = ch->value.ref;
    if (id && is_there(d, ch, id))
        return;
    if (ch->by_key && ch->input->may_wait)
        wait_for_reference(d, ch);
    else
        unknown_reference(d, ch);
}

void resolve_references(struct decision *d)
{
    for (size_t i = 0; i < d->w->changes.n; i++) {
        struct change *ch = &d->w->changes.v[i];
        if (!ch->dropped && (ch->by_key || ch->value.type == VT_REF))
            resolve_reference(d, ch);
    }
}

/* ---- which record ------------------------------------------------------------------------------------------------ */

static const char *shown_id(struct decision *d, uint64_t id)
{
    char room[64];
    return str_c(d->g->arena, id_text(d->w->plan->object->prefix, id, room));
}

static bool conflict(struct decision *d, uint64_t a, uint64_t b)
{
    struct finding *f = finding_add(d->g, d->w, "KEY_CONFLICT", NULL,
                                    "its keys belong to two records: %s and %s", shown_id(d, a),
                                    shown_id(d, b));
    finding_help(d->g, f, "Merge the two, or correct the key that is wrong.");
    d->v->id = a;
    d->v->other = b;
    return false;
}

/* Joins a hit to those before it; false when they differ. */
static bool hit(struct decision *d, uint64_t id)
{
    if (!id)
        return true;
    struct entry *e = entry_follow(d->g, d->w->plan, id);
    if (!entry_row(e) || entry_row(e)->life == LIFE_NONE)
        return true;
    if (d->target && d->target != e)
        return conflict(d, d->target->id, e->id);
    d->target = e;
    return true;
}

/* Keys over references given by key are known only now. */
static void complete_keys(struct decision *d)
{
    struct work *w = d->w;
    bool late = false;
    for (size_t i = 0; i < w->changes.n; i++)
        late |= w->changes.v[i].by_key && !w->changes.v[i].dropped;
    if (!late)
        return;
    const struct object *o = w->plan->object;
    struct value *values = ARENA_ARRAY(d->g->arena, w->plan->n_slots, struct value);
    for (size_t i = 0; i < w->changes.n; i++)
        if (!w->changes.v[i].dropped)
            values[w->changes.v[i].slot] = w->changes.v[i].value;
    while (w->n_keys > 0 && w->keys[w->n_keys - 1].key != KEY_FOREIGN)
        w->n_keys--;
    for (size_t i = 0; i < o->n_keys; i++)
        if (key_of_values(w->plan, &o->keys[i], values, d->g->arena, &w->keys[w->n_keys]))
            w->n_keys++;
}

static bool find_by_id(struct decision *d)
{
    uint64_t id = d->w->command->id;
    if (!id)
        return true;
    if (!hit(d, id))
        return false;
    if (d->target)
        return true;
    finding_add(d->g, d->w, "NOT_FOUND", NULL, "there is no %.*s %s",
                STR_ARG(d->w->plan->object->name), shown_id(d, id));
    return false;
}

static bool find_by_match(struct decision *d)
{
    uint64_t other = 0, found = 0;
    if (d->target || !d->w->plan->has_match || d->w->command->kind == CMD_UPDATE)
        return true;
    if (!match_find(d, &found, &other))
        return true;
    if (other) {
        struct finding *f = finding_add(d->g, d->w, "MATCH_AMBIGUOUS", NULL,
                                        "a match rule finds more than one record: %s and %s",
                                        shown_id(d, found), shown_id(d, other));
        finding_help(d->g, f, "Merge them, or name the record by a key.");
        d->v->id = found;
        d->v->other = other;
        return false;
    }
    d->matched = true;
    return hit(d, found);
}

bool identify(struct decision *d)
{
    struct work *w = d->w;
    complete_keys(d);
    if (!find_by_id(d))
        return false;
    /* The row was said before: it is about the record it was about then, unless a key says otherwise. */
    for (size_t i = 0; i < w->n_keys; i++)
        if (!hit(d, key_record(d->g, &w->keys[i])))
            return false;
    if (!d->target && w->before && !hit(d, w->before->record))
        return false;
    return find_by_match(d);
}

/* ---- keys follow fields -------------------------------------------------------------------------------------------- */

static bool key_taken(struct decision *d, const struct key_ref *k, uint64_t holder)
{
    struct str shown = k->value;
    struct finding *f = finding_add(d->g, d->w, "KEY_TAKEN", NULL, "key '%.*s' belongs to %s",
                                    STR_ARG(shown), shown_id(d, holder));
    finding_help(d->g, f, "Change that record instead, or merge the two.");
    d->v->other = holder;
    return false;
}

typedef VEC(struct event_key) event_keys;

static void key_change(struct decision *d, event_keys *keys, const struct key_ref *k, bool remove,
                       uint64_t person)
{
    *VEC_PUSH(d->g->arena, keys) = (struct event_key){
        .key = k->key, .remove = remove, .source = k->source, .value = k->value, .person = person};
    if (remove)
        *VEC_PUSH(d->g->arena, &d->key_drops) = *k;
    else
        *VEC_PUSH(d->g->arena, &d->key_puts) = *k;
}

static uint64_t key_person(const struct object_plan *p, const struct key_def *k,
                           const struct row *r)
{
    for (size_t i = 0; i < k->n_fields; i++)
        if (k->fields[i]->personal)
            return person_of(p, k->fields[i], r);
    return 0;
}

static bool follow_model_key(struct decision *d, struct entry *e, const struct key_def *k,
                             const struct row *before, event_keys *keys)
{
    const struct row *now = entry_row(e);
    struct key_ref old, new;
    bool had = before && before->life == LIFE_LIVE &&
               key_of_values(e->plan, k, before->values, d->g->arena, &old);
    bool has = key_of_values(e->plan, k, now->values, d->g->arena, &new);
    if (had && has && str_eq(old.value, new.value))
        return true;
    if (has) {
        uint64_t holder = key_record(d->g, &new);
        bool ours = holder == e->id || (d->lose && holder == d->lose->id);
        if (holder && !ours)
            return key_taken(d, &new, holder);
        has = !ours; /* a record merged into this one has it: it leads here already */
    }
    if (had)
        key_change(d, keys, &old, true, key_person(e->plan, k, before));
    if (has)
        key_change(d, keys, &new, false, key_person(e->plan, k, now));
    return true;
}

bool keys_follow(struct decision *d, struct entry *e, const struct row *before, struct event *ev)
{
    const struct object *o = e->plan->object;
    event_keys keys = {NULL, 0, 0};
    for (size_t i = 0; i < o->n_keys; i++)
        if (!follow_model_key(d, e, &o->keys[i], before, &keys))
            return false;
    for (size_t i = 0; e == d->target && i < d->w->n_keys; i++) {
        const struct key_ref *k = &d->w->keys[i];
        if (k->key == KEY_FOREIGN && key_record(d->g, k) == 0)
            key_change(d, &keys, k, false, 0);
    }
    ev->patch.keys = keys.v;
    ev->patch.n_keys = keys.n;
    return true;
}
