#include "ledger/fold.h"

#include "base/map.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* ---- which events count ---------------------------------------------------------------------------------------- */

/* active[i]: events[i] is not retracted by one of events[0 … n). A retract names earlier events only, so going backwards each
 * is settled before it is applied. */
static void mark_active(const struct event *events, size_t n, bool *active)
{
    for (size_t i = 0; i < n; i++)
        active[i] = true;
    for (size_t i = n; i-- > 0;) {
        const struct event *e = &events[i];
        if (e->kind != EV_RETRACT || !active[i])
            continue;
        size_t at = i;
        for (size_t s = e->retract.n; s-- > 0;) { /* both ascending */
            while (at > 0 && events[at - 1].seq > e->retract.seqs[s])
                at--;
            if (at > 0 && events[at - 1].seq == e->retract.seqs[s])
                active[at - 1] = false;
        }
    }
}

static size_t slot_of(const struct fold_layout *layout, uint32_t field)
{
    size_t from = 0, to = layout->n;
    while (from < to) {
        size_t mid = from + (to - from) / 2;
        if (layout->fields[mid] < field)
            from = mid + 1;
        else
            to = mid;
    }
    return from < layout->n && layout->fields[from] == field ? from : layout->n;
}

static bool has_patch(const struct event *e)
{
    return e->kind == EV_CREATE || e->kind == EV_PATCH;
}

/* What an event makes of the record's existence; LIFE_NONE: nothing. */
static enum life life_of(const struct event *e)
{
    switch (e->kind) {
    case EV_CREATE:
    case EV_RESTORE:
        return LIFE_LIVE;
    case EV_DELETE:
        return LIFE_DELETED;
    case EV_REDIRECT:
        return LIFE_MERGED;
    case EV_GENESIS:
    case EV_PATCH:
    case EV_RETRACT:
    case EV_BATCH:
    case EV_VERSION:
    case EV_KEY:
    case EV_ERASE:
    case EV_IMPORT:
        break;
    }
    return LIFE_NONE;
}

/* ---- what it is now -------------------------------------------------------------------------------------------- */

static bool later(const struct event *e, struct stamp than)
{
    return than.seq == 0 || stamp_cmp(event_stamp(e), than) > 0;
}

static void fold_into(const struct fold_layout *layout, const struct event *e, struct fold_state *s)
{
    if (e->kind == EV_RETRACT)
        return;
    if (e->recorded_at.us > s->updated_at.us)
        s->updated_at = e->recorded_at;
    enum life life = life_of(e);
    if (life != LIFE_NONE && later(e, s->life_stamp)) {
        s->life = life;
        s->life_stamp = event_stamp(e);
    }
    if (e->kind == EV_CREATE && (!s->home || e->effective_at.us < s->created_at.us))
        s->created_at = e->effective_at;
    if (e->kind == EV_CREATE && !s->home)
        s->home = e->patch.home; /* never 0; the ledger asserts it */
    for (size_t i = 0; has_patch(e) && i < e->patch.n_fields; i++) {
        size_t slot = slot_of(layout, e->patch.fields[i].field);
        if (slot == layout->n || !later(e, s->stamps[slot]))
            continue;
        s->values[slot] = e->patch.fields[i].value;
        s->stamps[slot] = event_stamp(e);
    }
}

struct move {
    struct stamp at;
    uint32_t stage; /* 0: left without entering another */
};

static int by_stamp(const void *a, const void *b)
{
    return stamp_cmp(((const struct move *)a)->at, ((const struct move *)b)->at);
}

typedef VEC(struct fold_visit) visits;

static void visits_of(uint32_t field, const struct event *events, const bool *active, size_t n,
                      struct arena *a, visits *out)
{
    VEC(struct move) moves = {0};
    for (size_t i = 0; i < n; i++) {
        const struct value *v = active[i] && has_patch(&events[i]) ? event_field(&events[i], field)
                                                                   : NULL;
        if (v)
            *VEC_PUSH(a, &moves) = (struct move){event_stamp(&events[i]),
                                                 v->type == VT_ENUM ? v->number_of : 0};
    }
    if (!moves.n)
        return;
    qsort(moves.v, moves.n, sizeof *moves.v, by_stamp);
    const struct stamp open = {{TIME_OPEN}, 0};
    uint32_t in = 0;
    for (size_t i = 0; i < moves.n; i++) {
        if (moves.v[i].stage == in)
            continue;
        if (in)
            out->v[out->n - 1].left = moves.v[i].at;
        in = moves.v[i].stage;
        if (in)
            *VEC_PUSH(a, out) = (struct fold_visit){field, in, moves.v[i].at, open};
    }
}

static void fold_active(const struct fold_layout *layout, const struct event *events,
                        const bool *active, size_t n, struct arena *a, struct folded *out)
{
    struct fold_state *s = &out->state;
    *out = (struct folded){.active = active};
    s->updated_at.us = INT64_MIN;
    s->values = ARENA_ARRAY(a, layout->n, struct value);
    s->stamps = ARENA_ARRAY(a, layout->n, struct stamp);
    for (size_t i = 0; i < n; i++)
        if (active[i])
            fold_into(layout, &events[i], s);
    s->version = n ? events[n - 1].seq : 0;
    if (!s->home)
        s->life = LIFE_NONE; /* patches of a record whose create is gone bring nothing back */
    visits v = {0};
    for (size_t i = 0; i < layout->n_stages && s->life != LIFE_NONE; i++)
        visits_of(layout->stages[i], events, active, n, a, &v);
    out->visits = v.v;
    out->n_visits = v.n;
}

void fold_current(const struct fold_layout *layout, const struct event *events, size_t n,
                  struct arena *a, struct folded *out)
{
    bool *active = ARENA_ARRAY(a, n, bool);
    mark_active(events, n, active);
    fold_active(layout, events, active, n, a, out);
}

/* ---- what it was, in both times --------------------------------------------------------------------------------- */

/* A span of true time in which nothing changes, as known at some moment. Arrays are shared until written. */
struct span_state {
    int64_t from, to;
    int64_t known_from; /* since when it has been known so */
    enum life life;
    struct stamp life_stamp;
    bool created;
    struct instant created_at, updated_at;
    struct value *values;
    struct stamp *stamps;
};

struct timeline {
    const struct fold_layout *layout;
    struct arena *arena;
    VEC(struct span_state) spans; /* ascending, without gap */
};

static void timeline_init(struct timeline *t, const struct fold_layout *layout, struct arena *a)
{
    *t = (struct timeline){.layout = layout, .arena = a};
    *VEC_PUSH(a, &t->spans) = (struct span_state){
        .from = INT64_MIN,
        .to = TIME_OPEN,
        .updated_at = {INT64_MIN},
        .values = ARENA_ARRAY(a, layout->n, struct value),
        .stamps = ARENA_ARRAY(a, layout->n, struct stamp),
    };
}

/* Index of the span that begins at `t`, made by splitting where none does. */
static size_t split_at(struct timeline *t, int64_t at)
{
    size_t i = t->spans.n;
    while (t->spans.v[i - 1].from > at)
        i--;
    if (t->spans.v[i - 1].from == at)
        return i - 1;
    struct span_state *last = VEC_PUSH(t->arena, &t->spans);
    memmove(&t->spans.v[i + 1], &t->spans.v[i],
            (size_t)(last - &t->spans.v[i]) * sizeof(struct span_state));
    t->spans.v[i] = t->spans.v[i - 1];
    t->spans.v[i - 1].to = t->spans.v[i].from = at;
    return i;
}

static void patch_span(struct timeline *t, const struct event *e, struct span_state *s)
{
    bool own = false; /* arrays copied for this span */
    for (size_t i = 0; i < e->patch.n_fields; i++) {
        size_t slot = slot_of(t->layout, e->patch.fields[i].field);
        if (slot == t->layout->n || !later(e, s->stamps[slot]))
            continue;
        if (!own) {
            s->values = arena_copy(t->arena, s->values, t->layout->n * sizeof *s->values);
            s->stamps = arena_copy(t->arena, s->stamps, t->layout->n * sizeof *s->stamps);
            own = true;
        }
        s->values[slot] = e->patch.fields[i].value;
        s->stamps[slot] = event_stamp(e);
    }
}

static void timeline_apply(struct timeline *t, const struct event *e)
{
    if (e->kind == EV_RETRACT)
        return;
    enum life life = life_of(e);
    for (size_t i = split_at(t, e->effective_at.us); i < t->spans.n; i++) {
        struct span_state *s = &t->spans.v[i];
        if (e->recorded_at.us > s->updated_at.us)
            s->updated_at = e->recorded_at;
        if (life != LIFE_NONE && later(e, s->life_stamp)) {
            s->life = life;
            s->life_stamp = event_stamp(e);
        }
        if (e->kind == EV_CREATE && (!s->created || e->effective_at.us < s->created_at.us)) {
            s->created = true;
            s->created_at = e->effective_at;
        }
        if (has_patch(e))
            patch_span(t, e, s);
    }
}

static bool is_live(const struct span_state *s)
{
    return s->life == LIFE_LIVE && s->created;
}

static bool same_content(const struct span_state *a, const struct span_state *b, size_t n)
{
    if (is_live(a) != is_live(b))
        return false;
    if (!is_live(a))
        return true;
    if (a->created_at.us != b->created_at.us || a->updated_at.us != b->updated_at.us)
        return false;
    for (size_t i = 0; a->values != b->values && i < n; i++)
        if (!value_eq(&a->values[i], &b->values[i]))
            return false;
    return true;
}

typedef VEC(struct fold_row) fold_rows;

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* Nothing takes effect after it is recorded, so what was known until k says nothing about times after k that what was known
 * later does not: rows are cut there. A record that is only ever changed as of now has one row per change. */
static void emit(const struct span_state *s, int64_t known_to, struct arena *a, fold_rows *out)
{
    int64_t to = least(s->to, known_to);
    if (is_live(s) && s->known_from < known_to && s->from < to)
        *VEC_PUSH(a, out) = (struct fold_row){
            s->from, to, s->known_from, known_to, s->created_at, s->updated_at, s->values};
}

/* Neighbours that say the same become one, so that the rows depend on what is true and not on how it was written. */
static void join_equal(struct timeline *t)
{
    size_t kept = 0;
    for (size_t i = 1; i < t->spans.n; i++) {
        struct span_state *a = &t->spans.v[kept], *b = &t->spans.v[i];
        /* Stamps decide about later patches, so only spans that agree on them may be joined for good. */
        if (same_content(a, b, t->layout->n) &&
            memcmp(&a->life_stamp, &b->life_stamp, sizeof a->life_stamp) == 0 &&
            a->created == b->created && a->stamps == b->stamps)
            a->to = b->to;
        else
            t->spans.v[++kept] = *b;
    }
    t->spans.n = kept + 1;
}

/* Spans of `now` that were known before keep their known_from; those of `before` that are no more become rows. */
static void compare(const struct timeline *before, struct timeline *now, int64_t known,
                    fold_rows *out)
{
    size_t i = 0;
    for (size_t j = 0; j < now->spans.n; j++) {
        struct span_state *s = &now->spans.v[j];
        s->known_from = known;
        while (i < before->spans.n && before->spans.v[i].from < s->from)
            emit(&before->spans.v[i++], known, now->arena, out);
        if (i == before->spans.n || before->spans.v[i].from != s->from)
            continue;
        const struct span_state *old = &before->spans.v[i++];
        if (least(old->to, known) == least(s->to, known) && same_content(old, s, now->layout->n))
            s->known_from = old->known_from;
        else
            emit(old, known, now->arena, out);
    }
    while (i < before->spans.n)
        emit(&before->spans.v[i++], known, now->arena, out);
}

static struct timeline timeline_copy(const struct timeline *t)
{
    struct timeline copy = *t;
    copy.spans.v = arena_copy(t->arena, t->spans.v, t->spans.n * sizeof *t->spans.v);
    copy.spans.cap = t->spans.n;
    return copy;
}

static int by_known(const void *a, const void *b)
{
    const struct fold_row *x = a, *y = b;
    if (x->known_from != y->known_from)
        return x->known_from < y->known_from ? -1 : 1;
    return x->true_from < y->true_from ? -1 : x->true_from > y->true_from;
}

void fold_record(const struct fold_layout *layout, const struct event *events, size_t n,
                 struct arena *a, struct folded *out)
{
    bool *active = ARENA_ARRAY(a, n, bool);
    struct timeline now;
    fold_rows rows = {0};
    timeline_init(&now, layout, a);
    for (size_t i = 0; i < n;) {
        struct timeline before = timeline_copy(&now);
        int64_t known = events[i].recorded_at.us;
        size_t first = i;
        bool retracts = false;
        for (; i < n && events[i].recorded_at.us == known; i++)
            retracts = retracts || events[i].kind == EV_RETRACT;
        if (retracts) {
            mark_active(events, i, active);
            timeline_init(&now, layout, a);
            first = 0;
        }
        for (size_t j = first; j < i; j++)
            if (!retracts || active[j])
                timeline_apply(&now, &events[j]);
        join_equal(&now);
        compare(&before, &now, known, &rows);
    }
    for (size_t i = 0; i < now.spans.n; i++)
        emit(&now.spans.v[i], TIME_OPEN, a, &rows);
    mark_active(events, n, active);
    fold_active(layout, events, active, n, a, out);
    if (rows.n)
        qsort(rows.v, rows.n, sizeof *rows.v, by_known);
    out->rows = rows.v;
    out->n_rows = rows.n;
}
