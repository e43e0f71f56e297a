#include "base/map.h"
#include "projection/rows.h"
#include "projection/warehouse_impl.h"
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int32_t wh_day(struct warehouse *w, struct instant t)
{
    struct wh_day_cache *c = &w->day;
    if (t.us < c->from || t.us >= c->to) {
        struct date d = zone_date(w->zone, t);
        c->day = d.days;
        c->from = zone_midnight(w->zone, d).us;
        c->to = zone_midnight(w->zone, (struct date){d.days + 1}).us;
    }
    return c->day;
}

void wh_put_instant(struct warehouse *w, struct duck_append *out, const struct wh_columns *c,
                    enum wh_fixed at, enum wh_fixed day, struct instant t)
{
    duck_put_i64(out, (size_t)c->fixed[at], t.us);
    duck_put_i64(out, (size_t)c->fixed[day], wh_day(w, t));
}

void wh_put_value(struct warehouse *w, struct duck_append *out, const struct wh_columns *c,
                  size_t slot, const struct value *v)
{
    size_t at = (size_t)c->main[slot], second = (size_t)c->second[slot];
    char code[4];
    wh_seen_note(&c->seen[slot], v);
    switch (v->type) {
    case VT_ABSENT:
    case VT_SEALED: /* erased: the key is gone */
        return;
    case VT_BOOL:
        duck_put_bool(out, at, v->boolean);
        return;
    case VT_INT:
        duck_put_i64(out, at, v->integer);
        return;
    case VT_NUM:
        duck_put_i128(out, at, (i128)v->number.mantissa * (i128)wide_pow10(9 - v->number.scale));
        return;
    case VT_TEXT:
    case VT_JSON:
        duck_put_text(out, at, v->text);
        return;
    case VT_DATE:
        duck_put_i64(out, at, v->date.days);
        return;
    case VT_INSTANT:
        duck_put_i64(out, at, v->instant.us);
        duck_put_i64(out, second, wh_day(w, v->instant));
        return;
    case VT_MONEY:
        duck_put_i64(out, at, v->money.minor);
        duck_put_text(out, second, currency_text(v->money.currency, code));
        return;
    case VT_ENUM:
        duck_put_i64(out, at, v->number_of);
        return;
    case VT_REF:
        duck_put_i64(out, at, (int64_t)v->ref);
        return;
    case VT_CURRENCY:
        duck_put_text(out, at, currency_text(v->currency, code));
        return;
    }
}

enum rc wh_store_failed(struct warehouse *w, enum rc rc, struct diags *ds)
{
    diag_add(ds, SEV_ERROR, "W0005", span_none(), "the warehouse cannot read the ledger: %s",
             store_error(w->settings.store));
    return rc;
}

/* ---- the records of one object that a batch touches --------------------------------------------------------- */

struct work {
    struct warehouse *w;
    struct wh_table *t;
    struct arena *a;
    struct diags *ds;
    uint64_t end; /* last seq of the batch */
    struct duck_append *current, *history, *visits, *merges;
};

static int by_record(const void *pa, const void *pb)
{
    const struct event *a = pa, *b = pb;
    if (a->object != b->object)
        return a->object < b->object ? -1 : 1;
    if (a->record != b->record)
        return a->record < b->record ? -1 : 1;
    return (a->seq > b->seq) - (a->seq < b->seq);
}

static enum rc open_appenders(struct work *k)
{
    struct duck_conn *c = k->w->conn;
    enum rc rc = duck_append_open(c, k->t->columns[WH_CURRENT].name, &k->current, k->ds);
    if (rc == RC_OK)
        rc = duck_append_open(c, k->t->columns[WH_HISTORY].name, &k->history, k->ds);
    if (rc == RC_OK)
        rc = duck_append_open(c, k->t->columns[WH_VISITS].name, &k->visits, k->ds);
    if (rc == RC_OK)
        rc = duck_append_open(c, "redirect", &k->merges, k->ds);
    return rc;
}

static enum rc close_appenders(struct work *k, enum rc rc)
{
    struct duck_append *all[] = {k->current, k->history, k->visits, k->merges};
    for (size_t i = 0; i < 4; i++) {
        if (rc == RC_OK)
            rc = duck_append_close(all[i], k->ds);
        else
            duck_append_drop(all[i]);
    }
    return rc;
}

static enum rc put_current(struct work *k, uint64_t id, const struct fold_state *s)
{
    const struct wh_columns *c = &k->t->columns[WH_CURRENT];
    duck_put_i64(k->current, (size_t)c->fixed[WF_HOME], (int64_t)s->home);
    duck_put_i64(k->current, (size_t)c->fixed[WF_ID], (int64_t)id);
    wh_put_instant(k->w, k->current, c, WF_CREATED, WF_CREATED_D, s->created_at);
    wh_put_instant(k->w, k->current, c, WF_UPDATED, WF_UPDATED_D, s->updated_at);
    for (size_t i = 0; i < k->t->layout.n; i++)
        wh_put_value(k->w, k->current, c, i, &s->values[i]);
    return duck_put_row(k->current, k->ds);
}

static enum rc put_row(struct work *k, uint64_t id, uint64_t home, const struct fold_row *r)
{
    const struct wh_columns *c = &k->t->columns[WH_HISTORY];
    duck_put_i64(k->history, (size_t)c->fixed[WF_HOME], (int64_t)home);
    duck_put_i64(k->history, (size_t)c->fixed[WF_ID], (int64_t)id);
    duck_put_i64(k->history, (size_t)c->fixed[WF_TRUE_FROM], r->true_from);
    duck_put_i64(k->history, (size_t)c->fixed[WF_TRUE_TO], r->true_to);
    duck_put_i64(k->history, (size_t)c->fixed[WF_KNOWN_FROM], r->known_from);
    duck_put_i64(k->history, (size_t)c->fixed[WF_KNOWN_TO], r->known_to);
    wh_put_instant(k->w, k->history, c, WF_CREATED, WF_CREATED_D, r->created_at);
    wh_put_instant(k->w, k->history, c, WF_UPDATED, WF_UPDATED_D, r->updated_at);
    for (size_t i = 0; i < k->t->layout.n; i++)
        wh_put_value(k->w, k->history, c, i, &r->values[i]);
    return duck_put_row(k->history, k->ds);
}

/* A visit with its place among those of its record. */
struct placed_visit {
    const struct span_visit *visit;
    uint32_t nth;
};

static int by_entry(const void *pa, const void *pb)
{
    const struct span_visit *a = ((const struct placed_visit *)pa)->visit,
                            *b = ((const struct placed_visit *)pb)->visit;
    if (a->entered != b->entered)
        return a->entered < b->entered ? -1 : 1;
    return (a->seq > b->seq) - (a->seq < b->seq);
}

/* In order of entry; one visit told differently at two known instants has one place. */
static struct placed_visit *place_visits(struct work *k, const struct record_history *h)
{
    struct placed_visit *v = ARENA_ARRAY(k->a, h->n_visits + 1, struct placed_visit);
    for (size_t i = 0; i < h->n_visits; i++)
        v[i].visit = &h->visits[i];
    qsort(v, h->n_visits, sizeof(*v), by_entry);
    for (size_t i = 1; i < h->n_visits; i++)
        v[i].nth = v[i - 1].nth + (by_entry(&v[i - 1], &v[i]) != 0);
    return v;
}

static enum rc put_visit(struct work *k, uint64_t id, const struct fold_state *s,
                         const struct placed_visit *placed)
{
    const struct span_visit *v = placed->visit;
    const struct wh_columns *c = &k->t->columns[WH_VISITS];
    duck_put_i64(k->visits, (size_t)c->fixed[WF_HOME], (int64_t)s->home);
    duck_put_i64(k->visits, (size_t)c->fixed[WF_NTH], placed->nth);
    duck_put_bool(k->visits, (size_t)c->fixed[WF_ALIVE], s->life == LIFE_LIVE);
    duck_put_i64(k->visits, (size_t)c->fixed[WF_ID], (int64_t)id);
    duck_put_i64(k->visits, (size_t)c->fixed[WF_FIELD], v->field);
    duck_put_i64(k->visits, (size_t)c->fixed[WF_STAGE], v->stage);
    wh_put_instant(k->w, k->visits, c, WF_ENTERED, WF_ENTERED_D, (struct instant){v->entered});
    duck_put_i64(k->visits, (size_t)c->fixed[WF_ENTERED_SEQ], (int64_t)v->seq);
    if (v->left == TIME_OPEN)
        duck_put_i64(k->visits, (size_t)c->fixed[WF_LEFT], TIME_OPEN);
    else
        wh_put_instant(k->w, k->visits, c, WF_LEFT, WF_LEFT_D, (struct instant){v->left});
    duck_put_i64(k->visits, (size_t)c->fixed[WF_KNOWN_FROM], v->known_from);
    duck_put_i64(k->visits, (size_t)c->fixed[WF_KNOWN_TO], v->known_to);
    return duck_put_row(k->visits, k->ds);
}

static enum rc put_merge(struct work *k, uint64_t id, const struct span_merge *m)
{
    duck_put_i64(k->merges, 0, k->t->object->number);
    duck_put_i64(k->merges, 1, (int64_t)id);
    duck_put_i64(k->merges, 2, (int64_t)m->into);
    duck_put_i64(k->merges, 3, m->true_from);
    duck_put_i64(k->merges, 4, m->known_from);
    duck_put_i64(k->merges, 5, m->known_to);
    return duck_put_row(k->merges, k->ds);
}

static enum rc put_record(struct work *k, uint64_t id, const struct event *events, size_t n)
{
    struct record_history h;
    record_history(&k->t->layout, events, n, k->a, &h);
    enum rc rc = h.state.life == LIFE_LIVE ? put_current(k, id, &h.state) : RC_OK;
    for (size_t i = 0; i < h.n_rows && rc == RC_OK; i++)
        rc = put_row(k, id, h.state.home, &h.rows[i]);
    const struct placed_visit *visits = place_visits(k, &h);
    for (size_t i = 0; i < h.n_visits && rc == RC_OK; i++)
        rc = put_visit(k, id, &h.state, &visits[i]);
    for (size_t i = 0; i < h.n_merges && rc == RC_OK; i++)
        rc = put_merge(k, id, &h.merges[i]);
    return rc;
}

/* All events of a record up to the end of the batch; those in hand suffice for one that began in it. */
static enum rc whole_record(struct work *k, struct event *in_hand, size_t n, bool known,
                            struct event **out, size_t *total)
{
    *out = in_hand;
    *total = n;
    if (!known && in_hand[0].kind == EV_CREATE)
        return RC_OK;
    enum rc rc = ledger_of_record(k->w->settings.store, k->w->settings.vault, in_hand[0].object,
                                  in_hand[0].record, k->a, out, total);
    if (rc != RC_OK)
        return wh_store_failed(k->w, rc, k->ds);
    while (*total > 0 && (*out)[*total - 1].seq > k->end)
        (*total)--;
    return RC_OK;
}

/* ---- ids that have rows already ------------------------------------------------------------------------------ */

struct id_set {
    uint64_t *v; /* ascending */
    size_t n;
};

static int by_id(const void *pa, const void *pb)
{
    const uint64_t *a = pa, *b = pb;
    return (*a > *b) - (*a < *b);
}

static bool id_in(const struct id_set *s, uint64_t id)
{
    return s->n > 0 && bsearch(&id, s->v, s->n, sizeof(id), by_id) != NULL;
}

static enum rc put_touched(struct work *k, const struct event *events, size_t n)
{
    struct duck_append *out = NULL;
    enum rc rc = duck_exec(k->w->conn, "DELETE FROM touched", k->ds);
    if (rc == RC_OK)
        rc = duck_append_open(k->w->conn, "touched", &out, k->ds);
    if (rc != RC_OK)
        return rc;
    for (size_t i = 0; i < n && rc == RC_OK; i++) {
        if (i > 0 && events[i].record == events[i - 1].record)
            continue;
        duck_put_i64(out, 0, (int64_t)events[i].record);
        rc = duck_put_row(out, k->ds);
    }
    if (rc == RC_OK)
        return duck_append_close(out, k->ds);
    duck_append_drop(out);
    return rc;
}

static enum rc find_known(struct work *k, struct id_set *known)
{
    struct duck_stmt *stmt = NULL;
    struct duck_result *r = NULL;
    VEC(uint64_t) ids = {0};
    struct str sql = str_printf(
        k->a, "SELECT id FROM touched WHERE id IN (SELECT id FROM %s) ORDER BY id",
        k->t->columns[WH_HISTORY].name);
    enum rc rc = duck_prepare(k->w->conn, sql, &stmt, k->ds);
    if (rc == RC_OK)
        rc = duck_run(stmt, &r, k->ds);
    while (rc == RC_OK && duck_next(r))
        *VEC_PUSH(k->a, &ids) = (uint64_t)duck_i64(r, 0);
    duck_result_close(r);
    duck_finalize(stmt);
    *known = (struct id_set){ids.v, ids.n};
    return rc;
}

static enum rc forget_touched(struct work *k)
{
    struct str sql = str_printf(k->a,
                                "DELETE FROM %s WHERE id IN (SELECT id FROM touched); DELETE FROM "
                                "%s WHERE id IN (SELECT id FROM touched); "
                                "DELETE FROM %s WHERE id IN (SELECT id FROM touched); DELETE FROM "
                                "redirect WHERE id IN (SELECT id FROM touched)",
                                k->t->columns[WH_CURRENT].name, k->t->columns[WH_HISTORY].name,
                                k->t->columns[WH_VISITS].name);
    return duck_exec(k->w->conn, sql.p, k->ds);
}

/* Events of one object, by record, then seq. */
static enum rc apply_object(struct work *k, struct event *events, size_t n)
{
    struct id_set known = {0};
    enum rc rc = put_touched(k, events, n);
    if (rc == RC_OK)
        rc = find_known(k, &known);
    if (rc == RC_OK && known.n > 0)
        rc = forget_touched(k);
    if (rc == RC_OK)
        rc = open_appenders(k);
    for (size_t from = 0, to; from < n && rc == RC_OK; from = to) {
        struct arena_mark mark = arena_mark(k->a);
        struct event *whole;
        size_t total;
        for (to = from + 1; to < n && events[to].record == events[from].record;)
            to++;
        rc = whole_record(k, &events[from], to - from, id_in(&known, events[from].record), &whole,
                          &total);
        if (rc == RC_OK)
            rc = put_record(k, events[from].record, whole, total);
        arena_release(k->a, mark);
    }
    return close_appenders(k, rc);
}

static bool of_a_record(const struct event *e)
{
    return e->record != 0 && e->object != 0;
}

enum rc wh_apply(struct warehouse *w, struct event *events, size_t n, struct arena *a,
                 struct diags *ds)
{
    uint64_t end = n > 0 ? events[n - 1].seq : 0;
    enum rc rc = wh_apply_facts(w, events, n, ds);
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        if (of_a_record(&events[i]))
            events[kept++] = events[i];
    }
    if (kept > 0)
        qsort(events, kept, sizeof(*events), by_record);
    for (size_t from = 0, to; from < kept && rc == RC_OK; from = to) {
        for (to = from + 1; to < kept && events[to].object == events[from].object;)
            to++;
        struct work k = {
            .w = w, .t = wh_table_of(w, events[from].object), .a = a, .ds = ds, .end = end};
        if (k.t && !k.t->object->is_fact)
            rc = apply_object(&k, &events[from], to - from);
    }
    return rc;
}
