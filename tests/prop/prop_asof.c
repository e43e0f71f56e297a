/* What was reported on a day is what a ledger stopped on that day reports; and every figure equals a plain recomputation. */
#include "tests/prop.h"
#include "tests/world.h"

enum { STEPS = 40, ACCOUNTS = 3, DEALS = 6, DAYS = 150 };

static const char model[] =
    "version: 1\n"
    "company: {name: A, currency: EUR, timezone: Europe/Berlin, fiscal_year_starts: \"02-01\"}\n"
    "people: {ana: {name: Ana Ruiz, email: ana@a.example}}\n"
    "objects:\n"
    "- {name: account, owner: ana, fields: [{name: name, type: text}, {name: segment, type: enum, "
    "values: [smb, mid]}]}\n"
    "- {name: opportunity, owner: ana, fields: [{name: account, type: ref, to: account}, {name: "
    "amount, type: money},\n"
    "   {name: close_date, type: date}]}\n"
    "pipelines:\n"
    "- {name: sales, object: opportunity, owner: ana, stages: [{name: open}, {name: proposal}, "
    "{name: won, outcome: won}, "
    "{name: lost, outcome: lost}]}\n"
    "metrics:\n"
    "- {name: won, kind: simple, object: opportunity, where: \"opportunity.stage == 'won'\", time: "
    "close_date, owner: ana}\n"
    "- {name: lost, kind: simple, object: opportunity, where: \"opportunity.stage == 'lost'\", "
    "time: close_date, owner: ana}\n"
    "- {name: won_value, kind: simple, object: opportunity, value: amount, where: "
    "\"opportunity.stage == 'won'\", time: "
    "close_date, owner: ana}\n"
    "- {name: win_rate, kind: derived, expr: won / (won + lost), owner: ana}\n"
    "- {name: ever_won, kind: cumulative, metric: won, owner: ana}\n"
    "- {name: open_value, kind: snapshot, object: opportunity, value: amount, where: "
    "\"opportunity.stage == 'open'\", owner: ana}\n"
    "- {name: young, kind: snapshot, object: opportunity, where: \"opportunity.created_at > now - "
    "duration('480h')\", owner: ana}\n"
    "- {name: open_to_won, kind: conversion, process: sales, from: open, to: won, owner: ana}\n"
    "- {name: days_open, kind: stage_time, process: sales, stage: open, take: entered, owner: "
    "ana}\n"
    "- {name: kept, kind: cohort, start: open_value, measure: gross, window: 1 month, grain: "
    "month, owner: ana}\n";

enum act { ACT_PUT, ACT_DELETE, ACT_RESTORE, ACT_MERGE };

/* One change, drawn once and told to several worlds. Records are places in `ids`: accounts, then deals. */
struct step {
    enum act act;
    size_t record, into;
    struct instant effective, recorded;
    struct set sets[4];
    size_t refs[4]; /* 1 + place of the record a reference means; 0: no reference */
    size_t n;
    bool creates;
};

struct story {
    struct step steps[STEPS];
    size_t n;
};

static struct world probe; /* for numbers of enum values */

static struct value enum_named(const char *object, const char *field, const char *name)
{
    return w_enum(&probe, object, field, name);
}

static void set_enum(struct prop *p, struct step *s, const char *object, const char *field,
                     const char *const *names, uint64_t n)
{
    s->sets[s->n++] = (struct set){field, enum_named(object, field, names[prop_draw(p, n)])};
}

static void draw_fields(struct prop *p, struct step *s)
{
    static const char *const segments[] = {"smb", "mid"}, *const stages[] = {"open", "proposal",
                                                                             "won", "lost"};
    if (s->record < ACCOUNTS) {
        if (!prop_once_in(p, 4))
            set_enum(p, s, "account", "segment", segments, 2);
        return;
    }
    set_enum(p, s, "opportunity", "stage", stages, 4);
    if (!prop_once_in(p, 3))
        s->sets[s->n++] = (struct set){
            "amount",
            {.type = VT_MONEY, .money = {prop_range(p, 0, 99999), {'E' << 16 | 'U' << 8 | 'R'}}}};
    if (!prop_once_in(p, 3)) {
        struct value close = w_date("2026-01-01");
        close.date.days += (int32_t)prop_draw(p, DAYS + 40);
        s->sets[s->n++] = (struct set){"close_date", close};
    }
    if (!prop_once_in(p, 3)) {
        s->refs[s->n] = 1 + prop_draw(p, ACCOUNTS);
        s->sets[s->n++] = (struct set){.field = "account"};
    }
}

static bool known_before(const struct story *t, size_t record)
{
    for (size_t i = 0; i < t->n; i++) {
        if (t->steps[i].creates && t->steps[i].record == record)
            return true;
    }
    return false;
}

static void draw_step(struct prop *p, struct story *t, bool late, struct instant recorded)
{
    struct step s = {
        .record = prop_draw(p, ACCOUNTS + DEALS), .recorded = recorded, .effective = recorded};
    s.creates = !known_before(t, s.record);
    if (late && prop_once_in(p, 2))
        s.effective.us -= (int64_t)prop_draw(p, 60) * US_PER_DAY;
    uint64_t kind = s.creates ? 9 : prop_draw(p, 10);
    if (kind == 0)
        s.act = ACT_DELETE;
    else if (kind == 1)
        s.act = ACT_RESTORE;
    else if (kind == 2 && s.record < ACCOUNTS)
        s.act = ACT_MERGE;
    else
        draw_fields(p, &s);
    if (s.act == ACT_MERGE) {
        s.into = (s.record + 1) % ACCOUNTS;
        if (!known_before(t, s.into))
            return;
    }
    for (size_t i = 0; i < s.n; i++) {
        if (s.refs[i] > 0 && !known_before(t, s.refs[i] - 1))
            return; /* a reference to nobody is not what this is about */
    }
    if (s.act != ACT_PUT)
        s.effective = s.recorded;
    t->steps[t->n++] = s;
}

static void draw_story(struct prop *p, bool late, struct story *t)
{
    size_t steps = 5 + prop_length(p, STEPS - 6);
    struct instant now = at_day("2026-01-02");
    t->n = 0;
    for (size_t i = 0; i < steps; i++) {
        now.us += (int64_t)prop_draw(p, 2 * DAYS / STEPS) * US_PER_DAY + US_PER_SECOND;
        draw_step(p, t, late, now);
    }
}

static void tell(struct world *w, const struct story *t, struct instant until)
{
    uint64_t ids[ACCOUNTS + DEALS] = {0};
    for (size_t i = 0; i < t->n && t->steps[i].recorded.us <= until.us; i++) {
        struct step s = t->steps[i];
        const char *object = s.record < ACCOUNTS ? "account" : "opportunity";
        for (size_t k = 0; k < s.n; k++) {
            if (s.refs[k] > 0)
                s.sets[k].value = w_ref(ids[s.refs[k] - 1]);
        }
        if (s.act == ACT_PUT)
            ids[s.record] = world_put(w, object, ids[s.record], s.effective, s.recorded, s.sets,
                                      s.n);
        else
            world_life(w, object, ids[s.record],
                       s.act == ACT_DELETE    ? EV_DELETE
                       : s.act == ACT_RESTORE ? EV_RESTORE
                                              : EV_REDIRECT,
                       s.act == ACT_MERGE ? ids[s.into] : 0, s.recorded);
    }
    world_follow(w);
}

static bool open_world(struct world *w)
{
    return world_open(w, model, "", at_day("2026-01-01"));
}

/* ---- the same answers ------------------------------------------------------------------------------------------------- */

static struct str by_segment[] = {{"account.segment", 15}};
static const struct query questions[] = {
    {.metric = {"won", 3}, .by = by_segment, .n_by = 1},
    {.metric = {"won_value", 9},
     .by = by_segment,
     .n_by = 1,
     .grain = {"month", 5},
     .from = {"2026-01", 7},
     .to = {"2026-06", 7}},
    {.metric = {"win_rate", 8}},
    {.metric = {"won", 3}, .where = {"opportunity.account.segment == 'smb'", 36}},
    {.metric = {"open_value", 10}, .by = by_segment, .n_by = 1},
    {.metric = {"open_value", 10},
     .grain = {"month", 5},
     .from = {"2026-01", 7},
     .to = {"2026-06", 7}},
    {.metric = {"young", 5}, .grain = {"month", 5}, .from = {"2026-01", 7}, .to = {"2026-06", 7}},
    {.metric = {"ever_won", 8},
     .grain = {"quarter", 7},
     .from = {"2026-Q1", 7},
     .to = {"2026-Q3", 7}},
    {.metric = {"open_to_won", 11}},
    {.metric = {"days_open", 9}},
    {.metric = {"kept", 4}, .grain = {"month", 5}, .from = {"2026-02", 7}, .to = {"2026-06", 7}},
};
enum { QUESTIONS = sizeof(questions) / sizeof(questions[0]) };

static struct str answer_text(struct world *w, const struct answer *a)
{
    struct str out = STR_NONE;
    for (size_t i = 0; i < a->n_rows; i++) {
        const struct answer_row *r = &a->rows[i];
        out = str_printf(w->arena, "%.*s %d", STR_ARG(out),
                         r->has_bucket ? r->bucket.from.days : 0);
        for (size_t k = 0; k < a->n_dimensions; k++)
            out = str_printf(w->arena, "%.*s,%.*s", STR_ARG(out),
                             STR_ARG(r->keys[k].none ? STR("-") : r->keys[k].value));
        out = str_printf(w->arena, "%.*s=%s/%u", STR_ARG(out), figure_shown(w, &r->figure, 8),
                         (unsigned)r->figure.rows);
    }
    return str_printf(w->arena, "%.*s total=%s", STR_ARG(out), figure_shown(w, &a->total, 8));
}

static bool same_answers(struct prop *p, struct world *now, struct world *then, struct instant t,
                         bool known)
{
    char room[40];
    struct str at = str_dup(now->arena, instant_text(t, room));
    for (size_t i = 0; i < QUESTIONS; i++) {
        struct query looking_back = questions[i], on_the_day = questions[i];
        struct answer a, b;
        looking_back.as_of = at;
        looking_back.known = known ? at : STR_NONE;
        looking_back.now = at_day("2026-12-31");
        on_the_day.now = t;
        if (!world_ask(now, &looking_back, &a) || !world_ask(then, &on_the_day, &b))
            return false;
        struct str x = answer_text(now, &a), y = answer_text(then, &b);
        if (!str_eq(x, y)) {
            prop_note(p, "question %zu as of %.*s: %.*s", i, STR_ARG(at),
                      STR_ARG(questions[i].metric));
            prop_note(p, "looking back: %.*s", STR_ARG(x));
            prop_note(p, "on the day:   %.*s", STR_ARG(y));
            return false;
        }
    }
    return true;
}

static bool stopped(struct prop *p, bool late)
{
    struct story t;
    struct world now, then;
    draw_story(p, late, &t);
    struct instant at = at_day("2026-01-02");
    at.us += (int64_t)prop_draw(p, DAYS) * US_PER_DAY;
    if (!open_world(&now) || !open_world(&then))
        return false;
    tell(&now, &t, INSTANT_MAX);
    tell(&then, &t, at);
    bool same = same_answers(p, &now, &then, at, late);
    world_close(&now);
    world_close(&then);
    return same;
}

static bool reported_that_day(struct prop *p, void *context)
{
    (void)context;
    return stopped(p, true);
}

static bool true_that_day(struct prop *p, void *context)
{
    (void)context;
    return stopped(p, false);
}

/* ---- a plain recomputation ---------------------------------------------------------------------------------------------- */

/* The step that says what a field is, of those effective by `t` and recorded by `k`; NULL: never said. */
static const struct set *fact(const struct story *s, size_t record, const char *field, int64_t t,
                              int64_t k, size_t *ref)
{
    const struct set *best = NULL;
    int64_t best_at = INT64_MIN;
    for (size_t i = 0; i < s->n; i++) {
        const struct step *x = &s->steps[i];
        if (x->record != record || x->act != ACT_PUT || x->effective.us > t || x->recorded.us > k ||
            x->effective.us < best_at)
            continue;
        for (size_t f = 0; f < x->n; f++) {
            if (strcmp(x->sets[f].field, field) == 0) {
                best = &x->sets[f];
                best_at = x->effective.us;
                *ref = x->refs[f];
            }
        }
    }
    return best;
}

static bool is_live(const struct story *s, size_t record, int64_t t, int64_t k)
{
    bool live = false;
    int64_t best_at = INT64_MIN;
    for (size_t i = 0; i < s->n; i++) {
        const struct step *x = &s->steps[i];
        bool matters = x->record == record && (x->act != ACT_PUT || x->creates);
        if (!matters || x->effective.us > t || x->recorded.us > k || x->effective.us < best_at)
            continue;
        live = x->act == ACT_PUT || x->act == ACT_RESTORE;
        best_at = x->effective.us;
    }
    return live;
}

static bool in_stage(const struct set *stage, const char *name)
{
    return stage && stage->value.number_of == enum_named("opportunity", "stage", name).number_of;
}

struct plain {
    int64_t won, won_minor, lost, open_minor;
};

static void recompute(const struct story *s, int64_t t, int64_t k, struct plain *out)
{
    *out = (struct plain){0};
    for (size_t r = ACCOUNTS; r < ACCOUNTS + DEALS; r++) {
        size_t ref;
        const struct set *stage = fact(s, r, "stage", t, k, &ref),
                         *amount = fact(s, r, "amount", t, k, &ref),
                         *close = fact(s, r, "close_date", t, k, &ref);
        if (!is_live(s, r, t, k))
            continue;
        int64_t minor = amount ? amount->value.money.minor : 0;
        out->won += close && in_stage(stage, "won");
        out->lost += close && in_stage(stage, "lost");
        out->won_minor += close && in_stage(stage, "won") ? minor : 0;
        out->open_minor += in_stage(stage, "open") ? minor : 0;
    }
}

static bool is_ratio(struct prop *p, struct world *w, const char *metric, struct str at,
                     struct str known, int64_t num, int64_t den)
{
    struct answer a;
    struct query q = {
        .metric = str_of(metric), .as_of = at, .known = known, .now = at_day("2026-12-31")};
    struct ratio want;
    if (!world_ask(w, &q, &a) || !ratio_make(num, den, &want))
        return false;
    /* Where nothing could be added up the engine says why; the plain sum is then 0. */
    bool same = a.total.kind == FIGURE_NONE ? num == 0 : ratio_cmp(a.total.exact, want) == 0;
    if (!same)
        prop_note(p, "%s as of %.*s known %.*s: %s, recomputed %lld/%lld", metric, STR_ARG(at),
                  STR_ARG(known), figure_shown(w, &a.total, 4), (long long)num, (long long)den);
    return same;
}

static bool as_recomputed(struct prop *p, void *context)
{
    (void)context;
    struct story s;
    struct world w;
    struct plain x;
    char room[40];
    draw_story(p, true, &s);
    if (!open_world(&w))
        return false;
    tell(&w, &s, INSTANT_MAX);
    bool same = true;
    for (int i = 0; i < 4 && same; i++) {
        struct instant k = at_day("2026-01-02"), t;
        k.us += (int64_t)prop_draw(p, 2 * DAYS) * US_PER_DAY;
        t.us = k.us - (int64_t)prop_draw(p, 60) * US_PER_DAY;
        struct str known = str_dup(w.arena, instant_text(k, room)),
                   at = str_dup(w.arena, instant_text(t, room));
        recompute(&s, t.us, k.us, &x);
        same = is_ratio(p, &w, "won", at, known, x.won, 1) &&
               is_ratio(p, &w, "won_value", at, known, x.won_minor, 100) &&
               is_ratio(p, &w, "open_value", at, known, x.open_minor, 100) &&
               is_ratio(p, &w, "lost", at, known, x.lost, 1);
        if (same && x.won + x.lost > 0)
            same = is_ratio(p, &w, "win_rate", at, known, x.won, x.won + x.lost);
    }
    world_close(&w);
    return same;
}

/* ---- parts and wholes, figures and their records -------------------------------------------------------------------------- */

static bool parts_add_up(struct world *w, const char *metric, const char *grain)
{
    struct answer a;
    struct ratio sum = ratio_int(0);
    struct query q = {.metric = str_of(metric),
                      .by = by_segment,
                      .n_by = 1,
                      .grain = str_of(grain),
                      .now = at_day("2026-12-31")};
    if (!world_ask(w, &q, &a))
        return false;
    for (size_t i = 0; i < a.n_rows; i++) {
        if (a.rows[i].figure.kind != FIGURE_NONE && !ratio_add(sum, a.rows[i].figure.exact, &sum))
            return false;
    }
    return a.total.kind == FIGURE_NONE ? ratio_is_zero(sum) : ratio_cmp(sum, a.total.exact) == 0;
}

/* The records that explain opens, page by page, make the figure again. */
static bool records_make(struct prop *p, struct world *w, const char *metric)
{
    struct ratio sum = ratio_int(0);
    struct explanation x;
    uint64_t seen = 0;
    struct query q = {.metric = str_of(metric), .now = at_day("2026-12-31")};
    do {
        diags_init(&w->ds, w->arena);
        if (insight_explain(w->insight, w->model, &q, (size_t)seen, 2, w->arena, &x, &w->ds) !=
            RC_OK)
            return false;
        for (size_t i = 0; i < x.parts[0].n_records; i++) {
            const struct explained_record *r = &x.parts[0].records[i];
            if (r->has_value && !ratio_add(sum, r->value, &sum))
                return false;
        }
        seen += x.parts[0].n_records;
    } while (x.parts[0].n_records > 0 && seen < x.parts[0].total);
    bool mean = strcmp(metric, "days_open") == 0 || strcmp(metric, "open_to_won") == 0;
    const struct figure *f = &x.parts[0].figure;
    if (mean && x.parts[0].total > 0 && !ratio_div(sum, ratio_int((int64_t)x.parts[0].total), &sum))
        return false;
    bool same = f->kind == FIGURE_NONE ? ratio_is_zero(sum) : ratio_cmp(sum, f->exact) == 0;
    if (!same)
        prop_note(p, "%s is %s; its %u records make another figure", metric, figure_shown(w, f, 6),
                  (unsigned)x.parts[0].total);
    return same;
}

static bool adds_up(struct prop *p, void *context)
{
    (void)context;
    struct story s;
    struct world w;
    draw_story(p, true, &s);
    if (!open_world(&w))
        return false;
    tell(&w, &s, INSTANT_MAX);
    bool same = parts_add_up(&w, "won", "month") &&
                parts_add_up(&w, "won_value", "fiscal_quarter") &&
                parts_add_up(&w, "won", "none") && parts_add_up(&w, "open_value", "none");
    static const char *const metrics[] = {"won", "won_value", "open_value", "days_open",
                                          "open_to_won"};
    for (size_t i = 0; i < 5 && same; i++)
        same = records_make(p, &w, metrics[i]);
    world_close(&w);
    return same;
}

int main(int argc, char **argv)
{
    static const struct property properties[] = {
        {"as of T as known at T is what a ledger stopped at T says", reported_that_day, 12},
        {"without late rows, as of T alone is that too", true_that_day, 12},
        {"figures equal a plain recomputation", as_recomputed, 8},
        {"parts add to the whole and records to their figure", adds_up, 8},
    };
    if (!open_world(&probe))
        tap_skip_all("DuckDB's library is absent");
    int status = prop_main(argc, argv, properties, sizeof(properties) / sizeof(properties[0]),
                           NULL);
    world_close(&probe);
    return status;
}
