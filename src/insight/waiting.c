/* waiting.c - see waiting.h. */
#include "insight/waiting.h"

#include "process/standing.h"

enum { CLOCKS_MAX = 100000 };

static const struct value *value_of(const struct row *r, const char *field)
{
    static const struct value absent = {.type = VT_ABSENT};
    const struct field *f = object_field(r->object, str_of(field));
    return f ? row_value(r, f) : &absent;
}

static bool is_in(const struct row *clock, const char *state)
{
    const struct field *f = object_field(clock->object, STR("state"));
    const struct value *v = row_value(clock, f);
    return v->type == VT_ENUM && v->number_of == field_value(f, str_of(state))->number;
}

/* The record that a process record is about; a record of the model waits itself. */
static void find_about(struct waiting_item *i)
{
    const struct row *r = i->row;
    if (!r->object->builtin) {
        i->about_object = r->object;
        i->about = r->id;
        return;
    }
    for (size_t k = 0; k < r->object->n_fields; k++) {
        const struct field *f = r->object->fields[k];
        if (f->type != FT_REF || !f->to || f->to->builtin || r->values[k].type != VT_REF)
            continue;
        i->about_object = f->to;
        i->about = r->values[k].ref;
        return;
    }
}

static void find_due(struct waiting_item *i)
{
    static const char *const fields[] = {"accept_by", "due_at"};
    i->due = INSTANT_MAX;
    if (i->clock && value_of(i->clock, "due_at")->type == VT_INSTANT)
        i->due = value_of(i->clock, "due_at")->instant;
    for (size_t k = 0; i->due.us == INSTANT_MAX.us && k < 2; k++)
        if (value_of(i->row, fields[k])->type == VT_INSTANT)
            i->due = value_of(i->row, fields[k])->instant;
}

/* An item of an owner for whom the reader of the list answers. */
static const struct standing *standing_of(const struct work_list *list, const struct row *r)
{
    const struct field *f = object_field_numbered(r->object, FN_OWNER);
    const struct value *owner = f ? row_value(r, f) : NULL;
    for (size_t i = 0; owner && owner->type == VT_REF && i < list->n_standings; i++)
        if (list->standings[i].person == owner->ref)
            return &list->standings[i];
    return NULL;
}

/* Of the clocks of an item the one that runs, else the last that was missed. */
static void take_clock(struct waiting_item *i, const struct row *clock)
{
    bool runs = is_in(clock, "running") || is_in(clock, "paused");
    if (runs || (is_in(clock, "breached") && (!i->clock || is_in(i->clock, "breached"))))
        i->clock = clock;
}

/* Clocks that name one of the items in their field `via`. */
static enum rc read_clocks(struct projection *p, const struct field *via,
                           struct waiting_item *items, size_t n, struct arena *a)
{
    const struct object *o = model_object_numbered(projection_model(p), ON_CLOCK);
    uint64_t *parents = ARENA_ARRAY(a, n + 1, uint64_t), *ids;
    size_t *at, found = 0;
    for (size_t i = 0; i < n; i++)
        parents[i] = items[i].row->id;
    enum rc rc = rows_children(p, o, via, parents, n, CLOCKS_MAX, a, &ids, &at, &found);
    struct row **rows = ARENA_ARRAY(a, found + 1, struct row *);
    if (rc == RC_OK)
        rc = rows_load(p, o, ids, found, a, rows);
    for (size_t i = 0; rc == RC_OK && i < found; i++)
        if (rows[i] && rows[i]->life == LIFE_LIVE)
            take_clock(&items[at[i]], rows[i]);
    return rc;
}

static enum rc read_slice(struct projection *p, const struct work_slice *s, struct arena *a,
                          struct waiting *out)
{
    const struct object *clock = model_object_numbered(projection_model(p), ON_CLOCK);
    const struct field *via = clock && s->object->builtin ? object_field(clock, s->object->name)
                                                          : NULL;
    uint64_t *ids = ARENA_ARRAY(a, s->n_rows + 1, uint64_t);
    struct row **rows = ARENA_ARRAY(a, s->n_rows + 1, struct row *);
    size_t from = out->items.n;
    for (size_t i = 0; i < s->n_rows; i++)
        ids[i] = s->rows[i].id;
    enum rc rc = rows_load(p, s->object, ids, s->n_rows, a, rows);
    for (size_t i = 0; rc == RC_OK && i < s->n_rows; i++) {
        if (!rows[i] || rows[i]->life != LIFE_LIVE)
            continue;
        struct waiting_item *item = VEC_PUSH(a, &out->items);
        *item = (struct waiting_item){
            .slice = s, .row = rows[i], .clock = s->object == clock ? rows[i] : NULL};
        item->answers_for = standing_of(&out->slices, rows[i]);
        find_about(item);
    }
    if (rc == RC_OK && via && out->items.n > from)
        rc = read_clocks(p, via, &out->items.v[from], out->items.n - from, a);
    for (size_t i = from; i < out->items.n; i++)
        find_due(&out->items.v[i]);
    return rc;
}

enum rc waiting_read(struct projection *p, struct admission *judge, const struct work_query *q,
                     struct arena *a, struct waiting *out)
{
    *out = (struct waiting){0};
    enum rc rc = worklist_read(p, judge, q, a, &out->slices);
    for (size_t i = 0; rc == RC_OK && i < out->slices.slices.n; i++) {
        out->total += out->slices.slices.v[i].total;
        rc = read_slice(p, &out->slices.slices.v[i], a, out);
    }
    return rc;
}

struct str waiting_why(const struct waiting_item *i, struct arena *a)
{
    const struct standing *s = i->answers_for;
    char day[16];
    if (!s)
        return STR_NONE;
    if (s->stands_in)
        return str_printf(a, "for %.*s, who is away until %.*s", STR_ARG(s->name),
                          STR_ARG(date_text(s->until, day)));
    return str_printf(a, "%.*s reports to you%s", STR_ARG(s->name),
                      s->above > 1 ? ", further down" : "");
}

/* ---- deadlines ------------------------------------------------------------------------------------------------------ */

enum waiting_band waiting_band(const struct waiting_item *i, struct instant now, struct zone *zone)
{
    if (i->due.us == INSTANT_MAX.us)
        return WAITING_NEVER;
    if (i->clock && is_in(i->clock, "paused"))
        return WAITING_LATER;
    if (i->due.us <= now.us)
        return WAITING_OVERDUE;
    return zone_date(zone, i->due).days == zone_date(zone, now).days ? WAITING_TODAY
                                                                     : WAITING_LATER;
}

bool waiting_left(const struct waiting_item *i, struct calendars *c, struct instant now,
                  struct duration *out)
{
    struct calendar *calendar;
    if (!i->clock)
        return false;
    if (is_in(i->clock, "paused") && value_of(i->clock, "remaining")->type == VT_INT) {
        *out = (struct duration){value_of(i->clock, "remaining")->integer};
        return true;
    }
    const struct value *name = value_of(i->clock, "calendar");
    if (calendars_get(c, name->type == VT_TEXT ? name->text : STR_NONE, &calendar) != RC_OK)
        return false;
    *out = calendar_between(calendar, now, i->due);
    return true;
}
