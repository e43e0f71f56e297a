#include "projection/warehouse_spans.h"

#include "base/map.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* The spans [x, to_a) known before r and [x, to_b) known from r on say the same for all T <= K: before r nobody may ask
 * beyond r. One that ended before r and goes on as known from r on - what ended it was taken back - does not. */
static bool joins(int64_t to_a, int64_t known_to_a, int64_t to_b)
{
    return least(to_b, known_to_a) == least(to_a, known_to_a);
}

static int by_truth(const void *pa, const void *pb)
{
    const struct fold_row *a = pa, *b = pb;
    if (a->true_from != b->true_from)
        return a->true_from < b->true_from ? -1 : 1;
    return (a->known_from > b->known_from) - (a->known_from < b->known_from);
}

static bool same_values(const struct fold_row *a, const struct fold_row *b, size_t slots)
{
    if (a->created_at.us != b->created_at.us || a->updated_at.us != b->updated_at.us)
        return false;
    if (a->values == b->values)
        return true;
    for (size_t i = 0; i < slots; i++) {
        if (!value_eq(&a->values[i], &b->values[i]))
            return false;
    }
    return true;
}

static void squeeze_rows(struct record_history *h, size_t slots)
{
    if (h->n_rows == 0)
        return;
    qsort(h->rows, h->n_rows, sizeof(*h->rows), by_truth);
    size_t kept = 0;
    for (size_t i = 1; i < h->n_rows; i++) {
        struct fold_row *last = &h->rows[kept], *next = &h->rows[i];
        if (last->true_from == next->true_from && last->known_to == next->known_from &&
            joins(last->true_to, last->known_to, next->true_to) && same_values(last, next, slots)) {
            last->true_to = next->true_to;
            last->known_to = next->known_to;
        } else {
            h->rows[++kept] = *next;
        }
    }
    h->n_rows = kept + 1;
}

struct tracker {
    struct arena *a;
    VEC(struct span_visit) visits; /* open ones have known_to TIME_OPEN */
    VEC(struct span_merge) merges;
};

static struct span_visit *find_open(struct tracker *t, const struct fold_visit *v, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct span_visit *s = &t->visits.v[i];
        if (s->known_to == TIME_OPEN && s->field == v->field && s->seq == v->entered.seq &&
            s->stage == v->stage && s->entered == v->entered.effective_at.us)
            return s;
    }
    return NULL;
}

static int64_t left_of(const struct fold_visit *v)
{
    return v->left.seq == 0 ? TIME_OPEN : v->left.effective_at.us;
}

/* What is known from `known` on: spans that still hold stay, others end there, new ones begin. */
static void know_visits(struct tracker *t, const struct folded *f, int64_t known)
{
    size_t before = t->visits.n;
    bool *held = ARENA_ARRAY(t->a, before, bool);
    for (size_t i = 0; i < f->n_visits; i++) {
        const struct fold_visit *v = &f->visits[i];
        struct span_visit *open = find_open(t, v, before);
        int64_t left = left_of(v);
        if (open && joins(open->left, known, left)) {
            open->left = left;
            held[open - t->visits.v] = true;
            continue;
        }
        *VEC_PUSH(t->a, &t->visits) = (struct span_visit){.field = v->field,
                                                          .stage = v->stage,
                                                          .seq = v->entered.seq,
                                                          .entered = v->entered.effective_at.us,
                                                          .left = left,
                                                          .known_from = known,
                                                          .known_to = TIME_OPEN};
    }
    for (size_t i = 0; i < before; i++) {
        if (t->visits.v[i].known_to == TIME_OPEN && !held[i])
            t->visits.v[i].known_to = known;
    }
}

static void know_merge(struct tracker *t, const struct fold_state *s, const struct event *events,
                       size_t n, int64_t known)
{
    struct span_merge *open = t->merges.n ? &t->merges.v[t->merges.n - 1] : NULL;
    if (open && open->known_to != TIME_OPEN)
        open = NULL;
    uint64_t into = 0;
    for (size_t i = 0; s->life == LIFE_MERGED && i < n; i++) {
        if (events[i].seq == s->life_stamp.seq)
            into = events[i].redirect.into;
    }
    int64_t from = s->life_stamp.effective_at.us;
    if (open && open->into == into && open->true_from == from)
        return;
    if (open)
        open->known_to = known;
    if (into != 0)
        *VEC_PUSH(t->a, &t->merges) = (struct span_merge){
            .into = into, .true_from = from, .known_from = known, .known_to = TIME_OPEN};
}

static bool has_field(const struct event *e, const uint32_t *fields, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (event_field(e, fields[i]))
            return true;
    }
    return false;
}

/* Only these can change visits or merges; the rest need no look at what was known when. */
static bool matters(const struct fold_layout *layout, const struct event *e)
{
    switch (e->kind) {
    case EV_CREATE:
    case EV_DELETE:
    case EV_RESTORE:
    case EV_RETRACT:
    case EV_REDIRECT:
        return true;
    case EV_PATCH:
        return has_field(e, layout->stages, layout->n_stages);
    case EV_GENESIS:
    case EV_BATCH:
    case EV_VERSION:
    case EV_KEY:
    case EV_ERASE:
    case EV_IMPORT:
        return false;
    }
    return false;
}

static void track(const struct fold_layout *layout, const struct event *events, size_t n,
                  struct tracker *t)
{
    /* Folding only the stage fields keeps the repeated folds small. */
    struct fold_layout stages = {layout->stages, layout->n_stages, layout->stages,
                                 layout->n_stages};
    bool dirty = false;
    for (size_t i = 0; i < n; i++) {
        dirty = dirty || matters(layout, &events[i]);
        bool last_known = i + 1 == n || events[i + 1].recorded_at.us != events[i].recorded_at.us;
        if (!dirty || !last_known)
            continue;
        struct folded f;
        fold_current(&stages, events, i + 1, t->a, &f);
        know_visits(t, &f, events[i].recorded_at.us);
        know_merge(t, &f.state, events, i + 1, events[i].recorded_at.us);
        dirty = false;
    }
}

void record_history(const struct fold_layout *layout, const struct event *events, size_t n,
                    struct arena *a, struct record_history *out)
{
    struct folded f;
    fold_record(layout, events, n, a, &f);
    *out = (struct record_history){.state = f.state, .rows = f.rows, .n_rows = f.n_rows};
    squeeze_rows(out, layout->n);
    struct tracker t = {.a = a};
    track(layout, events, n, &t);
    out->visits = t.visits.v;
    out->n_visits = t.visits.n;
    out->merges = t.merges.v;
    out->n_merges = t.merges.n;
}
