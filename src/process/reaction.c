/* reaction.c - what the parts of a process have in common: reading rows, judging conditions, asking for effects. */
#include "process/reaction.h"

#include <assert.h>

/* ---- definitions --------------------------------------------------------------------------------------------------- */

const struct definition *definition_named(const struct process *p, const char *kind,
                                          struct str name)
{
    const struct model *m = process_model(p);
    for (size_t i = 0; i < m->n_definitions; i++)
        if (str_is(m->definitions[i].kind, kind) && str_eq(m->definitions[i].name, name))
            return &m->definitions[i];
    return NULL;
}

/* ---- rows ---------------------------------------------------------------------------------------------------------- */

const struct object *builtin_object(const struct process *p, uint32_t number)
{
    return model_object_numbered(process_model(p), number);
}

const struct field *builtin_field(const struct object *o, const char *name)
{
    const struct field *f = object_field(o, str_of(name));
    assert(f && "a builtin object lacks a field of its table");
    return f;
}

static const struct value *value_named(const struct row *r, const char *name)
{
    static const struct value absent = {.type = VT_ABSENT};
    size_t place = r ? object_place(r->object, str_of(name)) : 0;
    return r && place < r->object->n_fields ? &r->values[place] : &absent;
}

struct str row_text(const struct row *r, const char *field)
{
    const struct value *v = value_named(r, field);
    if (v->type == VT_TEXT || v->type == VT_JSON)
        return v->text;
    if (v->type != VT_ENUM)
        return STR_NONE;
    const struct field *f = r->object->fields[v - r->values];
    const struct enum_value *word = field_value_numbered(f, v->number_of);
    return word ? word->name : STR_NONE;
}

bool row_is(const struct row *r, const char *field, const char *value)
{
    return r && str_is(row_text(r, field), value);
}

int64_t row_int(const struct row *r, const char *field, int64_t absent)
{
    const struct value *v = value_named(r, field);
    return v->type == VT_INT ? v->integer : absent;
}

struct instant row_instant(const struct row *r, const char *field)
{
    const struct value *v = value_named(r, field);
    return v->type == VT_INSTANT ? v->instant : INSTANT_MAX;
}

uint64_t row_ref(const struct row *r, const char *field)
{
    const struct value *v = value_named(r, field);
    return v->type == VT_REF ? v->ref : 0;
}

struct date row_date(const struct row *r, const char *field)
{
    const struct value *v = value_named(r, field);
    return v->type == VT_DATE ? v->date : (struct date){INT32_MIN};
}

static bool is_about_field(const struct object *from, const struct field *f)
{
    return f->type == FT_REF && f->to && !f->to->builtin && str_eq(f->name, f->to->name) &&
           from->builtin;
}

bool row_about(const struct row *r, const struct object **o, uint64_t *id)
{
    for (size_t i = 0; i < r->object->n_fields; i++) {
        const struct field *f = r->object->fields[i];
        if (!is_about_field(r->object, f) || r->values[i].type != VT_REF)
            continue;
        *o = f->to;
        *id = r->values[i].ref;
        return true;
    }
    return false;
}

const struct field *about_field(const struct object *from, const struct object *to)
{
    const struct field *f = object_field(from, to->name);
    return f && is_about_field(from, f) ? f : NULL;
}

const struct row *reader_row(struct reaction *r, const struct object *o, uint64_t id)
{
    const struct row *row = NULL;
    if (id && r->rc == RC_OK)
        r->rc = r->l->reader->row(r->l->reader->ctx, o, id, &row);
    return r->rc == RC_OK ? row : NULL;
}

struct value ref_value(uint64_t id)
{
    return id ? (struct value){.type = VT_REF, .ref = id} : VALUE_ABSENT;
}

bool came_to(const struct reaction *r, const char *state)
{
    return row_is(r->l->now, "state", state) && !row_is(r->l->before, "state", state);
}

/* ---- conditions ------------------------------------------------------------------------------------------------------ */

const struct expr *node_condition(const struct node *n, const char *key)
{
    const struct node *c = node_get(n, key);
    return c ? c->expr : NULL;
}

struct xbindings look_bindings(const struct look *l)
{
    struct xbindings b = {.now = l->at, .today = l->today};
    b.self = (struct xrecord){l->object->x, l->now->id, l->now};
    if (l->before)
        b.old = (struct xrecord){l->object->x, l->before->id, l->before};
    return b;
}

enum xverdict look_test(struct reaction *r, const struct expr *e, struct xvalue *why)
{
    struct xvalue unused;
    struct xbindings b = look_bindings(r->l);
    if (r->rc != RC_OK)
        return XT_NOT_MET;
    return expr_test(e, r->l->reader->records, r->l->reader->host, &b, r->l->arena,
                     why ? why : &unused);
}

enum xverdict row_test(struct reaction *r, const struct row *of, const struct expr *e,
                       struct xvalue *why)
{
    struct xvalue unused;
    const struct look *l = r->l;
    struct xbindings b = {.now = l->at, .today = l->today, .self = {of->object->x, of->id, of}};
    if (r->rc != RC_OK)
        return XT_NOT_MET;
    return expr_test(e, l->reader->records, l->reader->host, &b, l->arena, why ? why : &unused);
}

bool look_touched(const struct look *l, const struct field *f)
{
    for (size_t i = 0; i < l->object->n_fields; i++)
        if (l->object->fields[i] == f)
            return (l->touched[i / 64] >> (i % 64) & 1) != 0;
    return false;
}

bool look_is_new(const struct look *l)
{
    return l->before == NULL;
}

/* ---- when an answer can change ----------------------------------------------------------------------------------------- */

struct waking {
    struct reaction *r;
    const struct xchange *c;
    size_t step;
    struct instant next;
};

/* The instant of a stored time plus the constant; false when it is empty. */
static bool change_at(struct waking *w, const struct value *v, struct instant *out)
{
    const struct xchange *c = w->c;
    if (v->type == VT_DATE || (v->type == VT_INSTANT && c->local_day)) {
        struct date d = v->type == VT_DATE ? v->date : zone_date(w->r->l->zone, v->instant);
        int64_t days = (int64_t)d.days + c->offset;
        if (days < INT32_MIN || days > INT32_MAX)
            return false;
        *out = zone_midnight(w->r->l->zone, (struct date){(int32_t)days});
        return true;
    }
    int64_t us;
    if (v->type != VT_INSTANT || __builtin_add_overflow(v->instant.us, c->offset, &us))
        return false;
    *out = (struct instant){us};
    return true;
}

static void walk_change(struct waking *w, const struct xrecord *at);

static bool walk_child(void *ctx, const struct xrecord *child)
{
    struct waking *w = ctx;
    w->step++;
    walk_change(w, child);
    w->step--;
    return w->r->rc == RC_OK;
}

/* Children whose change lies behind us need not be read. */
static struct xwindow change_window(const struct waking *w)
{
    const struct xchange *c = w->c;
    int64_t slack = c->is_date || c->local_day ? 2 * US_PER_DAY : 0, span = c->offset, from;
    if ((c->is_date || c->local_day) && __builtin_mul_overflow(span, US_PER_DAY, &span))
        span = INT64_MAX;
    if (__builtin_sub_overflow(w->r->l->at.us - slack, span, &from))
        from = INT64_MIN;
    return (struct xwindow){from, INT64_MAX};
}

static void walk_change(struct waking *w, const struct xrecord *at)
{
    struct reaction *r = w->r;
    const struct xreader *rd = r->l->reader->records;
    const struct xread *read = &w->c->at;
    struct value v;
    struct instant t;
    if (w->step == read->n_steps) {
        enum rc rc = rd->field(rd->ctx, at, read->field, &v);
        r->rc = rc == RC_OK ? r->rc : rc;
        if (rc == RC_OK && change_at(w, &v, &t) && t.us > r->l->at.us && t.us < w->next.us)
            w->next = t;
        return;
    }
    const struct xstep *s = &read->steps[w->step];
    if (s->child) {
        bool last = w->step + 1 == read->n_steps && s->child->time == read->field;
        struct xwindow window = change_window(w);
        enum rc rc = rd->children(rd->ctx, at, s->child, last ? &window : NULL, walk_child, w);
        r->rc = rc == RC_OK ? r->rc : rc;
        return;
    }
    struct xrecord next;
    enum rc rc = rd->field(rd->ctx, at, s->ref, &v);
    if (rc == RC_OK && v.type == VT_REF)
        rc = rd->follow(rd->ctx, s->ref->type.object, v.ref, &next);
    else
        return;
    if (rc == RC_OK)
        (void)walk_child(w, &next);
    else if (rc != RC_NOT_FOUND)
        r->rc = rc;
}

void wake_for(struct reaction *r, const struct expr *e)
{
    const struct xchange *changes;
    size_t n = expr_changes(e, &changes);
    struct waking w = {.r = r, .next = INSTANT_MAX};
    struct xrecord self = {r->l->object->x, r->l->now->id, r->l->now};
    for (size_t i = 0; i < n && r->rc == RC_OK; i++) {
        w.c = &changes[i];
        w.step = 0;
        if (changes[i].at.root == XR_SELF)
            walk_change(&w, &self);
    }
    if (w.next.us < INSTANT_MAX.us)
        wake_at(r, w.next);
}

void wake_at(struct reaction *r, struct instant at)
{
    wake_record(r, r->l->object, r->l->now->id, at);
}

void wake_record(struct reaction *r, const struct object *o, uint64_t record, struct instant at)
{
    if (r->rc == RC_OK && at.us < INSTANT_MAX.us)
        *VEC_PUSH(r->l->arena, &r->effects) = (struct effect){
            .kind = EFFECT_WAKE, .object = o, .record = record, .at = at};
}

/* ---- triggers ----------------------------------------------------------------------------------------------------------- */

void trigger_put(struct reaction *r, const struct object *o, uint64_t record, struct str trigger,
                 bool on)
{
    if (r->rc == RC_OK)
        *VEC_PUSH(r->l->arena, &r->effects) = (struct effect){.kind = EFFECT_REMEMBER,
                                                              .object = o,
                                                              .record = record,
                                                              .at = r->l->at,
                                                              .trigger = trigger,
                                                              .on = on};
}

bool trigger_was_on(struct reaction *r, struct str trigger)
{
    const struct process_reader *rd = r->l->reader;
    bool on = false;
    if (r->rc == RC_OK)
        r->rc = rd->remembered(rd->ctx, trigger, r->l->now->id, &on);
    return r->rc == RC_OK && on;
}

static void remember(struct reaction *r, struct str trigger, bool on)
{
    trigger_put(r, r->l->object, r->l->now->id, trigger, on);
}

bool trigger_follow(struct reaction *r, struct str trigger, bool holds)
{
    const struct process_reader *rd = r->l->reader;
    bool held = false;
    if (r->rc == RC_OK)
        r->rc = rd->remembered(rd->ctx, trigger, r->l->now->id, &held);
    if (r->rc != RC_OK)
        return false;
    if (holds != held)
        remember(r, trigger, holds);
    return holds && !held && !r->l->quiet;
}

bool trigger_holds(struct reaction *r, struct str trigger, const struct expr *e, bool *rises)
{
    bool holds = look_test(r, e, NULL) == XT_MET;
    *rises = trigger_follow(r, trigger, holds);
    wake_for(r, e);
    return r->rc == RC_OK && holds;
}

bool trigger_rises(struct reaction *r, struct str trigger, const struct expr *e)
{
    bool rises;
    (void)trigger_holds(r, trigger, e, &rises);
    return rises;
}

void trigger_keep(struct reaction *r, struct str trigger)
{
    if (r->rc == RC_OK)
        remember(r, trigger, false);
}

/* ---- effects --------------------------------------------------------------------------------------------------------------- */

static size_t position_of(const struct object *o, const char *name)
{
    size_t place = object_place(o, str_of(name));
    assert(place < o->n_fields && "no such field");
    return place;
}

void fill_put(struct reaction *r, const char *field, struct value v)
{
    struct look *l = r->l;
    size_t i = position_of(l->object, field);
    if (value_eq(&l->now->values[i], &v))
        return;
    l->now->values[i] = v;
    l->touched[i / 64] |= UINT64_C(1) << (i % 64);
}

static struct asking asking(struct reaction *r, enum effect_kind kind, const struct object *o,
                            uint64_t record, struct str definition)
{
    return (struct asking){
        .r = r,
        .e = {
            .kind = kind, .object = o, .record = record, .at = r->l->at, .definition = definition}};
}

struct asking ask_create(struct reaction *r, const struct object *o, struct str definition)
{
    return asking(r, EFFECT_CREATE, o, 0, definition);
}

struct asking ask_set(struct reaction *r, const struct object *o, uint64_t record,
                      struct str definition)
{
    return asking(r, EFFECT_SET, o, record, definition);
}

void ask_at(struct asking *a, struct instant at)
{
    a->e.at = at;
}

void ask_reason(struct asking *a, struct str reason)
{
    a->e.reason = reason;
}

void ask_field(struct asking *a, const struct field *f, struct value v)
{
    *VEC_PUSH(a->r->l->arena, &a->fields) = (struct effect_field){.field = f, .value = v};
}

void ask_value(struct asking *a, const char *field, struct value v)
{
    ask_field(a, a->e.object->fields[position_of(a->e.object, field)], v);
}

void ask_text(struct asking *a, const char *field, struct str s)
{
    ask_value(a, field, s.n ? (struct value){.type = VT_TEXT, .text = s} : VALUE_ABSENT);
}

void ask_word(struct asking *a, const char *field, const char *value)
{
    const struct field *f = a->e.object->fields[position_of(a->e.object, field)];
    const struct enum_value *v = field_value(f, str_of(value));
    assert(v && "no such value");
    ask_field(a, f, (struct value){.type = VT_ENUM, .number_of = v->number});
}

void ask_int(struct asking *a, const char *field, int64_t v)
{
    ask_value(a, field, (struct value){.type = VT_INT, .integer = v});
}

void ask_instant(struct asking *a, const char *field, struct instant t)
{
    bool never = t.us == INSTANT_MAX.us;
    ask_value(a, field, never ? VALUE_ABSENT : (struct value){.type = VT_INSTANT, .instant = t});
}

void ask_ref(struct asking *a, const char *field, uint64_t id)
{
    ask_value(a, field, ref_value(id));
}

void ask_made(struct asking *a, const char *field, size_t made)
{
    assert(made > 0 && made <= a->r->made);
    *VEC_PUSH(a->r->l->arena, &a->fields) = (struct effect_field){
        .field = a->e.object->fields[position_of(a->e.object, field)], .made = made};
}

void ask_about(struct asking *a, const struct object *o, uint64_t id)
{
    const struct field *f = about_field(a->e.object, o);
    if (f)
        ask_field(a, f, (struct value){.type = VT_REF, .ref = id});
}

size_t ask(struct asking *a)
{
    struct reaction *r = a->r;
    if (r->rc != RC_OK)
        return 0;
    a->e.fields = a->fields.v;
    a->e.n_fields = a->fields.n;
    *VEC_PUSH(r->l->arena, &r->effects) = a->e;
    return a->e.kind == EFFECT_CREATE ? ++r->made : 0;
}

void ask_message(struct reaction *r, const struct effect_message *m, struct str definition)
{
    struct arena *a = r->l->arena;
    if (r->rc == RC_OK)
        *VEC_PUSH(a, &r->effects) = (struct effect){.kind = EFFECT_SEND,
                                                    .object = r->l->object,
                                                    .record = r->l->now->id,
                                                    .at = r->l->at,
                                                    .definition = definition,
                                                    .message = arena_copy(a, m, sizeof *m)};
}
