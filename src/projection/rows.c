/* rows.c - a record in memory: made, copied, folded. */
#include "projection/internal.h"

#include <assert.h>

/* Positions that repeat members of the row. */
static void refresh(struct row *r)
{
    for (size_t i = 0; i < r->object->n_fields; i++) {
        struct value *v = &r->values[i];
        switch (r->object->fields[i]->number) {
        case FN_ID:
            *v = (struct value){.type = VT_REF, .ref = r->id};
            break;
        case FN_CREATED_AT:
            *v = (struct value){.type = VT_INSTANT, .instant = r->created_at};
            break;
        case FN_UPDATED_AT:
            *v = (struct value){.type = VT_INSTANT, .instant = r->updated_at};
            break;
        default:
            break;
        }
    }
}

struct row *row_new(const struct object *o, uint64_t id, struct arena *a)
{
    struct row *r = ARENA_NEW(a, struct row);
    *r = (struct row){.object = o,
                      .id = id,
                      .updated_at = {INT64_MIN},
                      .values = ARENA_ARRAY(a, o->n_fields, struct value),
                      .stamps = ARENA_ARRAY(a, o->n_fields, struct stamp),
                      .visits = ARENA_NEW(a, struct row_visits)};
    for (size_t i = 0; i < o->n_fields; i++)
        if (o->fields[i]->number == FN_ID)
            r->values[i] = (struct value){.type = VT_REF, .ref = id};
    return r;
}

struct row *row_copy(const struct row *r, struct arena *a)
{
    struct row *copy = arena_copy(a, r, sizeof *r);
    copy->values = arena_copy(a, r->values, r->object->n_fields * sizeof *r->values);
    copy->stamps = arena_copy(a, r->stamps, r->object->n_fields * sizeof *r->stamps);
    copy->visits = arena_copy(a, r->visits, sizeof *r->visits);
    copy->visits->moves.cap = copy->visits->moves.n; /* the next push copies the list */
    return copy;
}

void row_leave(struct row *copy, const struct row *r)
{
    size_t written = r->visits->moves.n;
    assert(copy->visits->moves.n >= written);
    copy->stored = true;
    copy->visits->moves.n -= written;
    copy->visits->moves.cap -= written;
    if (written)
        copy->visits->moves.v += written;
}

const struct value *row_value(const struct row *r, const struct field *f)
{
    for (size_t i = 0; i < r->object->n_fields; i++)
        if (r->object->fields[i] == f)
            return &r->values[i];
    assert(false && "a field of another object");
    return NULL;
}

static bool later(const struct event *e, struct stamp than)
{
    return than.seq == 0 || stamp_cmp(event_stamp(e), than) > 0;
}

static void note_move(struct row *r, size_t i, const struct event *e, const struct value *to,
                      struct arena *a)
{
    const struct value *from = &r->values[i];
    if (value_eq(from, to))
        return;
    *VEC_PUSH(a, &r->visits->moves) = (struct row_move){.field = r->object->fields[i]->number,
                                                        .stage = to->type == VT_ENUM ? to->number_of
                                                                                     : 0,
                                                        .at = event_stamp(e)};
}

static void fold_field(struct row *r, size_t i, const struct event *e, const struct value *v,
                       struct arena *a)
{
    bool stage = r->object->fields[i]->kind == FIELD_STAGE;
    if (!later(e, r->stamps[i])) {
        r->visits->refold = r->visits->refold || stage;
        return;
    }
    if (stage)
        note_move(r, i, e, v, a);
    if (r->object->fields[i]->type == FT_REF && !value_eq(&r->values[i], v))
        r->visits->references = true;
    r->values[i] = *v;
    r->stamps[i] = event_stamp(e);
}

/* Patches and fields both mostly ascend by number, so the search goes on where the last one ended. */
static void fold_patch(struct row *r, const struct event *e, struct arena *a)
{
    const struct object *o = r->object;
    size_t at = 0;
    for (size_t k = 0; k < e->patch.n_fields; k++) {
        const struct patch_field *f = &e->patch.fields[k];
        for (size_t steps = 0; steps < o->n_fields; steps++, at = at + 1 < o->n_fields ? at + 1 : 0)
            if (o->fields[at]->number == f->field) {
                if (column_own(o->fields[at]))
                    fold_field(r, at, e, &f->value, a);
                break;
            }
    }
}

static void fold_life(struct row *r, const struct event *e)
{
    enum life life = e->kind == EV_DELETE     ? LIFE_DELETED
                     : e->kind == EV_REDIRECT ? LIFE_MERGED
                                              : LIFE_LIVE;
    if (!later(e, r->life_stamp))
        return;
    r->life = life;
    r->life_stamp = event_stamp(e);
}

bool row_fold(struct row *r, const struct event *e, struct arena *a)
{
    assert(e->object == r->object->number && e->record == r->id && e->seq > r->version);
    if (e->kind == EV_RETRACT)
        return false;
    bool lives = e->kind == EV_CREATE || e->kind == EV_RESTORE || e->kind == EV_DELETE ||
                 e->kind == EV_REDIRECT;
    /* Before its create a record is nothing; what came before it waits in the ledger for a refold. */
    if (e->kind == EV_CREATE && r->home == 0) {
        if (r->version)
            return false;
        r->home = e->patch.home;
        r->created_at = e->effective_at;
    } else if (e->kind == EV_CREATE && e->effective_at.us < r->created_at.us) {
        r->created_at = e->effective_at;
    }
    if (lives && r->home)
        fold_life(r, e);
    if (e->kind == EV_CREATE || e->kind == EV_PATCH)
        fold_patch(r, e, a);
    r->version = e->seq;
    if (e->recorded_at.us > r->updated_at.us)
        r->updated_at = e->recorded_at;
    r->dirty = true;
    refresh(r);
    return true;
}
