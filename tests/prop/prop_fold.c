/* The fold against a slow reading of its rule, word by word. */
#include "ledger/fold.h"
#include "tests/prop.h"

#include <stdio.h>
#include <string.h>

enum { EVENTS_MAX = 24, FIELDS = 3, STAGE = 30 };

static const uint32_t numbers[FIELDS] = {10, 20, STAGE};
static const uint32_t stages[] = {STAGE};
static const struct fold_layout layout = {numbers, FIELDS, stages, 1};

struct history {
    struct event events[EVENTS_MAX];
    struct patch_field fields[EVENTS_MAX][FIELDS + 1];
    uint64_t targets[EVENTS_MAX][3];
    size_t n;
};

/* ---- a random history of one record ----------------------------------------------------------------------------- */

static struct value draw_value(struct prop *p, uint32_t field)
{
    uint64_t x = prop_draw(p, 4);
    if (x == 0)
        return VALUE_ABSENT;
    if (field == STAGE)
        return (struct value){.type = VT_ENUM, .number_of = (uint32_t)x};
    return (struct value){.type = VT_INT, .integer = (int64_t)x};
}

static void draw_fields(struct prop *p, struct history *h, struct event *e)
{
    static const uint32_t known[] = {10, 15, 20, STAGE}; /* 15 is not in the layout */
    size_t n = 0;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (prop_once_in(p, 2))
            h->fields[h->n][n++] = (struct patch_field){.field = known[i],
                                                        .value = draw_value(p, known[i])};
    e->patch.fields = h->fields[h->n];
    e->patch.n_fields = n;
}

static void draw_retract(struct prop *p, struct history *h, struct event *e)
{
    size_t n = 0;
    for (size_t i = 0; i < h->n && n < 3; i++)
        if (prop_once_in(p, 3))
            h->targets[h->n][n++] = h->events[i].seq;
    e->retract.seqs = h->targets[h->n];
    e->retract.n = n;
}

static void draw_history(struct prop *p, struct history *h)
{
    static const enum event_kind kinds[] = {EV_PATCH,   EV_PATCH,    EV_PATCH,   EV_PATCH,
                                            EV_CREATE,  EV_DELETE,   EV_RESTORE, EV_RETRACT,
                                            EV_RETRACT, EV_REDIRECT, EV_KEY};
    uint64_t seq = 0;
    int64_t now = 0;
    h->n = 0;
    size_t n = 1 + prop_length(p, EVENTS_MAX - 1);
    while (h->n < n) {
        struct event *e = &h->events[h->n];
        if (h->n == 0 || prop_once_in(p, 2))
            now += 1 + (int64_t)prop_draw(p, 3); /* else: the same transaction */
        seq += 1 + prop_draw(p, 2);
        *e = (struct event){.seq = seq,
                            .recorded_at = {now},
                            .object = 1,
                            .record = 1,
                            .kind = h->n == 0 && !prop_once_in(p, 10)
                                        ? EV_CREATE
                                        : kinds[prop_draw(p, sizeof kinds / sizeof *kinds)]};
        e->effective_at.us = prop_once_in(p, 3) ? now - (int64_t)prop_draw(p, 6) : now;
        if (e->kind == EV_CREATE)
            e->patch.home = 1;
        if (e->kind == EV_CREATE || e->kind == EV_PATCH)
            draw_fields(p, h, e);
        if (e->kind == EV_RETRACT)
            draw_retract(p, h, e);
        h->n++;
    }
}

static void note_history(struct prop *p, const struct history *h)
{
    for (size_t i = 0; i < h->n; i++) {
        const struct event *e = &h->events[i];
        char text[200] = "";
        int n = 0;
        if (e->kind == EV_CREATE || e->kind == EV_PATCH)
            for (size_t j = 0; j < e->patch.n_fields; j++)
                n += snprintf(
                    text + n, sizeof text - (size_t)n, " f%u=%lld", e->patch.fields[j].field,
                    e->patch.fields[j].value.type ? (long long)e->patch.fields[j].value.integer
                                                  : -1LL);
        if (e->kind == EV_RETRACT)
            for (size_t j = 0; j < e->retract.n; j++)
                n += snprintf(text + n, sizeof text - (size_t)n, " #%llu",
                              (unsigned long long)e->retract.seqs[j]);
        prop_note(p, "#%llu recorded %lld effective %lld %s%s", (unsigned long long)e->seq,
                  (long long)e->recorded_at.us, (long long)e->effective_at.us,
                  event_kind_name(e->kind), text);
    }
}

/* ---- the rule, read slowly --------------------------------------------------------------------------------------- */

static bool retracted(const struct history *h, size_t i, int64_t known)
{
    for (size_t j = i + 1; j < h->n; j++) {
        const struct event *r = &h->events[j];
        if (r->kind != EV_RETRACT || r->recorded_at.us > known || retracted(h, j, known))
            continue;
        for (size_t k = 0; k < r->retract.n; k++)
            if (r->retract.seqs[k] == h->events[i].seq)
                return true;
    }
    return false;
}

static bool counts(const struct history *h, size_t i, int64_t t, int64_t known)
{
    const struct event *e = &h->events[i];
    return e->kind != EV_RETRACT && e->effective_at.us <= t && e->recorded_at.us <= known &&
           !retracted(h, i, known);
}

static struct value slow_value(const struct history *h, uint32_t field, int64_t t, int64_t known)
{
    const struct event *best = NULL;
    for (size_t i = 0; i < h->n; i++)
        if (counts(h, i, t, known) && event_field(&h->events[i], field) &&
            (!best || stamp_cmp(event_stamp(&h->events[i]), event_stamp(best)) > 0))
            best = &h->events[i];
    return best ? *event_field(best, field) : VALUE_ABSENT;
}

struct slow {
    bool created;
    enum life life;
    int64_t created_at, updated_at;
};

static struct slow slow_life(const struct history *h, int64_t t, int64_t known)
{
    struct slow s = {.created_at = INT64_MAX, .updated_at = INT64_MIN};
    const struct event *best = NULL;
    for (size_t i = 0; i < h->n; i++) {
        const struct event *e = &h->events[i];
        if (!counts(h, i, t, known))
            continue;
        s.updated_at = e->recorded_at.us > s.updated_at ? e->recorded_at.us : s.updated_at;
        if (e->kind == EV_CREATE) {
            s.created = true;
            s.created_at = e->effective_at.us < s.created_at ? e->effective_at.us : s.created_at;
        }
        bool lives = e->kind == EV_CREATE || e->kind == EV_RESTORE || e->kind == EV_DELETE ||
                     e->kind == EV_REDIRECT;
        if (lives && (!best || stamp_cmp(event_stamp(e), event_stamp(best)) > 0))
            best = e;
    }
    if (best && s.created)
        s.life = best->kind == EV_DELETE     ? LIFE_DELETED
                 : best->kind == EV_REDIRECT ? LIFE_MERGED
                                             : LIFE_LIVE;
    return s;
}

/* ---- comparisons -------------------------------------------------------------------------------------------------- */

static bool rows_agree(struct prop *p, const struct history *h, const struct folded *f, int64_t t,
                       int64_t known)
{
    const struct fold_row *in = NULL;
    size_t found = 0;
    for (size_t i = 0; i < f->n_rows; i++) {
        const struct fold_row *r = &f->rows[i];
        if (t < r->true_from || t >= r->true_to || known < r->known_from || known >= r->known_to)
            continue;
        in = r;
        found++;
    }
    struct slow s = slow_life(h, t, known);
    bool good = found == (s.life == LIFE_LIVE);
    if (good && in) {
        good = in->created_at.us == s.created_at && in->updated_at.us == s.updated_at;
        for (size_t i = 0; i < FIELDS; i++) {
            struct value want = slow_value(h, numbers[i], t, known);
            good = good && value_eq(&in->values[i], &want);
        }
    }
    if (!good)
        prop_note(p, "at true %lld known %lld: %zu rows, life %d", (long long)t, (long long)known,
                  found, s.life);
    return good;
}

static bool state_agrees(struct prop *p, const struct history *h, const struct fold_state *s)
{
    struct slow want = slow_life(h, INT64_MAX - 1, INT64_MAX - 1);
    bool good = s->life == want.life && s->version == h->events[h->n - 1].seq;
    if (want.created)
        good = good && s->created_at.us == want.created_at && s->updated_at.us == want.updated_at &&
               s->home == 1;
    for (size_t i = 0; i < FIELDS; i++) {
        struct value v = slow_value(h, numbers[i], INT64_MAX - 1, INT64_MAX - 1);
        good = good && value_eq(&s->values[i], &v);
    }
    if (!good)
        prop_note(p, "the current state differs: life %d, should be %d", s->life, want.life);
    return good;
}

/* At every time the record is in the stage that the rule names, and neighbours in time differ. */
static bool visits_agree(struct prop *p, const struct history *h, const struct folded *f, int64_t t)
{
    struct value want = slow_value(h, STAGE, t, INT64_MAX - 1);
    uint32_t in = 0;
    for (size_t i = 0; i < f->n_visits; i++) {
        const struct fold_visit *v = &f->visits[i];
        if (v->entered.effective_at.us <= t && t < v->left.effective_at.us)
            in = v->stage;
        if (i && v->entered.seq == v[-1].left.seq && v->stage == v[-1].stage)
            return false;
    }
    bool good = f->state.life == LIFE_NONE ? in == 0
                                           : in == (want.type == VT_ENUM ? want.number_of : 0);
    if (!good)
        prop_note(p, "at true %lld: visit of stage %u", (long long)t, in);
    return good;
}

static bool same_folded(const struct folded *a, const struct folded *b)
{
    return a->state.life == b->state.life && a->n_visits == b->n_visits &&
           (a->n_visits == 0 || memcmp(a->visits, b->visits, a->n_visits * sizeof *a->visits) == 0);
}

static bool fold_keeps_the_rule(struct prop *p, void *context)
{
    (void)context;
    static struct history h;
    struct arena *a = arena_new();
    struct folded full, current;
    draw_history(p, &h);
    note_history(p, &h);
    fold_record(&layout, h.events, h.n, a, &full);
    fold_current(&layout, h.events, h.n, a, &current);
    bool good = state_agrees(p, &h, &full.state) && same_folded(&full, &current);
    int64_t last = h.events[h.n - 1].recorded_at.us;
    for (int64_t t = -6; t <= last + 1 && good; t++) {
        good = visits_agree(p, &h, &full, t);
        for (int64_t known = t > 0 ? t : 0; known <= last + 1 && good; known++)
            good = rows_agree(p, &h, &full, t, known);
    }
    arena_free(a);
    return good;
}

/* Changed only as of now, without retracts: one row per transaction that changed something, no rectangle twice. */
static bool live_changes_take_one_row(struct prop *p, void *context)
{
    (void)context;
    struct arena *a = arena_new();
    struct event events[EVENTS_MAX];
    struct patch_field fields[EVENTS_MAX];
    size_t n = 1 + prop_length(p, EVENTS_MAX - 1);
    for (size_t i = 0; i < n; i++) {
        fields[i] = (struct patch_field){.field = 10,
                                         .value = {.type = VT_INT, .integer = (int64_t)i}};
        events[i] = (struct event){.seq = i + 1,
                                   .recorded_at = {(int64_t)i * 10},
                                   .effective_at = {(int64_t)i * 10},
                                   .kind = i ? EV_PATCH : EV_CREATE,
                                   .patch = {.home = 1, .fields = &fields[i], .n_fields = 1}};
    }
    struct folded f;
    fold_record(&layout, events, n, a, &f);
    bool good = f.n_rows == n;
    for (size_t i = 0; i < f.n_rows && good; i++)
        good = f.rows[i].known_to == TIME_OPEN && f.rows[i].values[0].integer == (int64_t)i;
    prop_note(p, "%zu changes, %zu rows", n, f.n_rows);
    arena_free(a);
    return good;
}

int main(int argc, char **argv)
{
    static const struct property properties[] = {
        {.name = "rows, state and visits keep the rule of the fold", .holds = fold_keeps_the_rule},
        {.name = "changes as of now take one row each", .holds = live_changes_take_one_row},
    };
    return prop_main(argc, argv, properties, sizeof properties / sizeof *properties, NULL);
}
