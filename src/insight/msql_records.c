/* msql_records.c - relations of single records: simple metrics by their time, snapshots at the ends of buckets.
 *
 * Kept: a figure and what explain opens read the same relation, so that the records opened add up to the figure.
 */
#include "insight/msql.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* ---- keys, pins, filter ------------------------------------------------------------------------------------------ */

/* What a column holds for the value an answer shows: an enum's number, a record's id. */
static struct str stored_text(struct msql *e, const struct field *f, struct str shown)
{
    uint64_t id;
    if (f->n_values > 0) {
        const struct enum_value *v = field_value(f, shown);
        return v ? str_printf(e->a, "%u", v->number) : shown;
    }
    if (f->type == FT_REF && id_parse(shown, STR_NONE, &id))
        return str_printf(e->a, "%" PRIu64, id);
    if (f->type == FT_REF && f->to && id_parse(shown, f->to->prefix, &id))
        return str_printf(e->a, "%" PRIu64, id);
    return shown;
}

static void msql_pin(struct place *pl, struct xquery *q, const struct query_pin *pin,
                     const struct plan_key *key, struct buf *where)
{
    struct str column = msql_path(pl, q, &key->path);
    if (pin->none) {
        buf_printf(where, " AND %.*s IS NULL", STR_ARG(column));
        return;
    }
    const struct field *f = key->path.steps[key->path.n_steps - 1];
    struct value text = {.type = VT_TEXT, .text = stored_text(pl->e, f, pin->value)};
    *VEC_PUSH(q->arena, &q->params) = (struct xparam){.value = text};
    buf_printf(where, " AND CAST(%.*s AS VARCHAR) = CAST($%u AS VARCHAR)", STR_ARG(column),
               q->first_param + (uint32_t)q->params.n - 1);
}

void msql_keys(struct place *pl, struct xquery *q, struct buf *columns, struct buf *where)
{
    const struct plan *p = pl->e->plan;
    for (size_t i = 0; i < p->n_by; i++) {
        struct str column = msql_path(pl, q, &pl->e->scan->keys[i].path);
        buf_printf(columns, ", %.*s AS k%zu", STR_ARG(column), i);
    }
    for (size_t i = 0; i < p->query->n_pins; i++)
        msql_pin(pl, q, &p->query->pins[i], &pl->e->scan->pins[i], where);
}

void msql_filter(struct msql *e, struct xquery *q, struct buf *where)
{
    if (!e->scan->filter)
        return;
    struct str text = msql_condition(e, q, e->scan->filter, XS_CONDITION);
    buf_printf(where, " AND (%.*s)", STR_ARG(text));
}

/* ", v0, p0, o0" of every measure: value, what was there before conversion, order of `latest`; and the condition they share.
 * A row without a time brings no value. */
static void msql_measures(struct place *pl, struct xquery *q, const char *order,
                          struct buf *columns, struct buf *where)
{
    struct msql *e = pl->e;
    const struct scan *s = e->scan;
    if (s->measures[0].metric->where) {
        struct str met = msql_condition(e, q, s->measures[0].metric->where, XS_CONDITION);
        buf_printf(where, " AND (%.*s)", STR_ARG(met));
    }
    bool untimed = e->untimed && !view_always_filled(e->facts->view, s->time);
    struct str day = untimed ? msql_day_of(e->a, "r", s->time) : STR_NONE;
    for (size_t i = 0; i < s->n_measures; i++) {
        const struct metric *m = s->measures[i].metric;
        struct value_sql v = msql_value(pl, q, m, "r");
        if (v.value.n > 0 && untimed)
            buf_printf(columns, ", CASE WHEN %.*s IS NOT NULL THEN (%.*s) END AS v%zu",
                       STR_ARG(day), STR_ARG(v.value), i);
        else if (v.value.n > 0)
            buf_printf(columns, ", (%.*s) AS v%zu", STR_ARG(v.value), i);
        if (v.present.n > 0)
            buf_printf(columns, ", (%.*s) AS p%zu", STR_ARG(v.present), i);
        if (m->aggregate == AGG_LATEST)
            buf_printf(columns, ", (%s, r.id) AS o%zu", order, i);
    }
}

/* ---- simple: records by their time -------------------------------------------------------------------------------- */

void msql_windows(struct msql *e, struct buf *out)
{
    const struct plan *p = e->plan;
    const struct scan *s = e->scan;
    struct period whole = {.grain = GRAIN_DAY, .from = p->window.from, .to = p->window.to};
    if (!p->window.bounded)
        whole = (struct period){GRAIN_DAY, {WAREHOUSE_DAY_FIRST}, {p->today.days + 1}};
    size_t n = p->has_grain ? p->n_buckets : 1;
    buf_cstr(out, "(VALUES ");
    for (size_t i = 0; i < n; i++) {
        struct period b = p->has_grain ? p->buckets[i] : whole;
        struct date from = {WAREHOUSE_DAY_FIRST};
        enum grain g;
        if (s->trailing.count > 0)
            from = date_shift(b.to, -(int32_t)s->trailing.count, s->trailing.unit);
        else if (unit_grain(s->to_date, &g))
            from = period_of(p->fiscal, g, (struct date){b.to.days - 1}).from;
        buf_printf(out, "%s(%d, %d, %d)", i ? ", " : "", p->has_grain ? b.from.days : 0, from.days,
                   b.to.days);
    }
    if (n == 0)
        buf_cstr(out, "(0, 0, 0)");
    buf_cstr(out, ") win(b, f, t)");
}

const char *msql_grain(enum grain g)
{
    static const char *const names[GRAIN_COUNT] = {
        [GRAIN_DAY] = "day",
        [GRAIN_WEEK] = "week",
        [GRAIN_MONTH] = "month",
        [GRAIN_QUARTER] = "quarter",
        [GRAIN_YEAR] = "year",
        [GRAIN_FISCAL_QUARTER] = "fiscal_quarter",
        [GRAIN_FISCAL_YEAR] = "fiscal_year",
    };
    return names[g];
}

/* The day a row lies on, and the window's bounds. Windows of a cumulative scan overlap: they are joined where the records are
 * added up. */
static void msql_bucket(struct msql *e, struct str day, struct buf *bucket, struct buf *where)
{
    const struct plan *p = e->plan;
    buf_printf(bucket, "%.*s", STR_ARG(day));
    if (p->window.bounded && !e->scan->cumulative)
        buf_printf(where, " AND %.*s >= %d AND %.*s < %d", STR_ARG(day), p->window.from.days,
                   STR_ARG(day), p->window.to.days);
    else if (!e->untimed)
        buf_printf(where, " AND %.*s IS NOT NULL", STR_ARG(day));
}

static bool by_event(const struct scan *s)
{
    return s->at_event && s->time;
}

/* Dimensions as they were at the record's bucket time: the same record, and what it refers to, at that instant. */
static void msql_keys_at_event(struct msql *e, struct buf *columns, struct buf *joins,
                               struct buf *where)
{
    const struct scan *s = e->scan;
    const struct object *o = s->object;
    char room[64];
    struct str column = msql_day_of(e->a, "r", s->time);
    struct place pl = {.e = e, .instant = room};
    if (s->time->type == FT_INSTANT) {
        snprintf(room, sizeof(room), "%.*s", (int)column.n - 2, column.p); /* without "_d" */
    } else {
        buf_printf(joins, " LEFT JOIN day ev ON ev.day = %.*s", STR_ARG(column));
        snprintf(room, sizeof(room), "(ev.to_us - 1)");
    }
    struct xtables t;
    struct xquery q;
    struct buf from, alive;
    buf_init(&from, MSQL_MAX);
    buf_init(&alive, MSQL_MAX);
    place_tables(&pl, &t);
    msql_begin(&pl, &q, &t, o->is_fact ? "r" : "e");
    if (!o->is_fact) {
        msql_source(&pl, o, "e", &from, &alive);
        buf_printf(joins, " LEFT JOIN %.*s ON e.id = r.id AND %.*s", STR_ARG(buf_view(&from)),
                   STR_ARG(buf_view(&alive)));
    }
    msql_keys(&pl, &q, columns, where);
    buf_str(joins, buf_view(&q.joins));
    msql_end(e, &q, e->plan->now);
    buf_release(&from);
    buf_release(&alive);
}

struct relation {
    struct buf columns, from, joins, where, bucket;
};

static void relation_init(struct relation *r)
{
    struct buf *all[] = {&r->columns, &r->from, &r->joins, &r->where, &r->bucket};
    for (size_t i = 0; i < 5; i++)
        buf_init(all[i], MSQL_MAX);
}

static void relation_put(struct msql *e, struct relation *r, struct buf *out)
{
    struct str from = msql_take(e, &r->from), joins = msql_take(e, &r->joins),
               where = msql_take(e, &r->where);
    struct str columns = msql_take(e, &r->columns), bucket = msql_take(e, &r->bucket);
    buf_printf(out, "SELECT r.id AS id, %.*s AS b%.*s FROM %.*s%.*s WHERE true%s%.*s",
               STR_ARG(bucket), STR_ARG(columns), STR_ARG(from), STR_ARG(joins),
               where.n > 0 && where.p[0] != ' ' ? " AND " : "", STR_ARG(where));
}

void msql_simple(struct msql *e, struct buf *out)
{
    const struct scan *s = e->scan;
    struct place pl = {.e = e};
    struct xtables t;
    struct xquery q;
    struct relation r;
    relation_init(&r);
    place_tables(&pl, &t);
    msql_begin(&pl, &q, &t, "r");
    msql_source(&pl, s->object, "r", &r.from, &r.where);
    struct str order = STR("r.id");
    if (s->time) {
        struct str day = msql_day_of(e->a, "r", s->time);
        msql_bucket(e, day, &r.bucket, &r.where);
        order = s->time->type == FT_INSTANT ? str_sub(day, 0, day.n - 2) : day;
    } else {
        buf_cstr(&r.bucket, "0");
    }
    msql_measures(&pl, &q, str_c(e->a, order), &r.columns, &r.where);
    msql_filter(e, &q, &r.where);
    if (!by_event(s))
        msql_keys(&pl, &q, &r.columns, &r.where);
    /* The emitter's joins stand first: they know the root only. */
    struct buf joins;
    buf_init(&joins, MSQL_MAX);
    buf_str(&joins, buf_view(&q.joins));
    buf_str(&joins, buf_view(&r.joins));
    buf_release(&r.joins);
    r.joins = joins;
    msql_end(e, &q, e->plan->now);
    if (by_event(s))
        msql_keys_at_event(e, &r.columns, &r.joins, &r.where);
    relation_put(e, &r, out);
}

/* ---- snapshot: records as they stood at one end of each bucket ---------------------------------------------------- */

/* In a series of snapshots a condition that asks for now or today means each one's own instant: what it makes of that is a
 * column of the series, p<number>. The parameter's number stays in the text, so that the others keep theirs. */
static struct str with_own_now(struct msql *e, const struct xquery *q, const bool *own,
                               struct str text)
{
    struct buf out;
    buf_init(&out, MSQL_MAX);
    for (size_t i = 0; i < text.n;) {
        uint64_t number = 0;
        size_t digits = 0;
        for (; text.p[i] == '$' && i + 1 + digits < text.n && text.p[i + 1 + digits] >= '0' &&
               text.p[i + 1 + digits] <= '9';
             digits++)
            number = number * 10 + (uint64_t)(text.p[i + 1 + digits] - '0');
        size_t at = (size_t)number - q->first_param;
        if (digits > 0 && number >= q->first_param && at < q->params.n && own[at])
            buf_printf(&out, "coalesce(t.p%" PRIu64 ", CAST($%" PRIu64 " AS BIGINT))", number,
                       number);
        else
            buf_put(&out, text.p + i, 1 + digits);
        i += 1 + digits;
    }
    return msql_take(e, &out);
}

static struct buf again(struct msql *e, struct xquery *q, const bool *own, struct buf *b)
{
    struct str text = with_own_now(e, q, own, msql_take(e, b));
    struct buf out;
    buf_init(&out, MSQL_MAX);
    buf_str(&out, text);
    return out;
}

/* The instant at which a bucket is looked at: never after the as-of. False for a bucket that has not begun. */
static bool instant_of(const struct plan *p, struct zone *z, struct period b, bool start,
                       struct instant *out)
{
    struct instant from, to;
    period_bounds(b, z, &from, &to);
    if (from.us > p->as_of.us)
        return false;
    out->us = start ? from.us : to.us - 1 < p->as_of.us ? to.us - 1 : p->as_of.us;
    return true;
}

/* Whole numbers only: instants, days and spans. Whatever else depends on now is the same in every bucket or refused. */
static bool is_whole(const struct xbound *v)
{
    return !v->is_double && v->value.type == VT_INT;
}

struct series {
    size_t n;
    struct period *buckets;
    struct instant *at;
    struct xbound **values; /* by bucket, then parameter */
    bool *own;              /* by parameter: differs between buckets */
};

static void series_of(struct msql *e, const struct xquery *q, bool start, struct series *out)
{
    const struct plan *p = e->plan;
    *out = (struct series){.buckets = ARENA_ARRAY(e->a, p->n_buckets, struct period),
                           .at = ARENA_ARRAY(e->a, p->n_buckets, struct instant),
                           .values = ARENA_ARRAY(e->a, p->n_buckets, struct xbound *),
                           .own = ARENA_ARRAY(e->a, q->params.n, bool)};
    for (size_t i = 0; i < p->n_buckets; i++) {
        struct instant at;
        if (!instant_of(p, p->zone, p->buckets[i], start, &at))
            continue;
        struct xbound *values = ARENA_ARRAY(e->a, q->params.n + 1, struct xbound);
        msql_bind(e, q, at, values);
        out->buckets[out->n] = p->buckets[i];
        out->at[out->n] = at;
        out->values[out->n++] = values;
        for (size_t k = 0; k < q->params.n; k++) {
            const struct xbound *first = &out->values[0][k];
            bool differs = is_whole(first) && is_whole(&values[k]) &&
                           first->value.integer != values[k].value.integer;
            out->own[k] = out->own[k] || differs;
        }
    }
}

static void msql_instants(const struct xquery *q, const struct series *s, struct buf *out)
{
    buf_cstr(out, "(VALUES ");
    for (size_t i = 0; i < (s->n ? s->n : 1); i++) {
        if (s->n == 0)
            buf_cstr(out, "(NULL::INTEGER, NULL::BIGINT");
        else
            buf_printf(out, "%s(%d, %" PRId64 "::BIGINT", i ? ", " : "", s->buckets[i].from.days,
                       s->at[i].us);
        for (size_t k = 0; k < q->params.n; k++) {
            if (s->own[k])
                buf_printf(out, ", %" PRId64 "::BIGINT", s->values[i][k].value.integer);
        }
        buf_char(out, ')');
    }
    buf_cstr(out, ") t(b, moment");
    for (size_t k = 0; k < q->params.n; k++) {
        if (s->own[k])
            buf_printf(out, ", p%zu", q->first_param + k);
    }
    buf_char(out, ')');
}

/* The row as it stands at the as-of, for its dimensions. */
static void msql_keys_at_as_of(struct msql *e, struct buf *columns, struct buf *joins,
                               struct buf *where)
{
    const struct object *o = e->scan->object;
    struct place pl = {.e = e};
    struct xtables t;
    struct xquery q;
    struct buf from, alive;
    buf_init(&from, MSQL_MAX);
    buf_init(&alive, MSQL_MAX);
    place_tables(&pl, &t);
    msql_begin(&pl, &q, &t, "d");
    msql_source(&pl, o, "d", &from, &alive);
    buf_printf(joins, " LEFT JOIN %.*s ON d.id = r.id%s%.*s", STR_ARG(buf_view(&from)),
               alive.n ? " AND " : "", STR_ARG(buf_view(&alive)));
    msql_keys(&pl, &q, columns, where);
    buf_str(joins, buf_view(&q.joins));
    msql_end(e, &q, e->plan->now);
    buf_release(&from);
    buf_release(&alive);
}

static bool any_key(const struct msql *e)
{
    return e->plan->n_by + e->plan->query->n_pins > 0;
}

void msql_snapshot(struct msql *e, struct buf *out)
{
    const struct plan *p = e->plan;
    const struct scan *s = e->scan;
    bool start = s->measures[0].metric->take_start, series = p->has_grain;
    char literal[32] = "";
    struct instant at = p->as_of;
    if (!series && p->window.bounded &&
        !instant_of(p, p->zone, (struct period){GRAIN_DAY, p->window.from, p->window.to}, start,
                    &at))
        at = INSTANT_MIN; /* nothing was there yet */
    bool as_of = !series && at.us == p->as_of.us;
    snprintf(literal, sizeof(literal), "%" PRId64 "::BIGINT", at.us);
    struct place pl = {.e = e, .instant = series ? "t.moment" : as_of ? NULL : literal};
    struct xtables t;
    struct xquery q;
    struct relation r;
    struct buf alive;
    relation_init(&r);
    buf_init(&alive, MSQL_MAX);
    place_tables(&pl, &t);
    msql_begin(&pl, &q, &t, "r");
    if (!series)
        msql_source(&pl, s->object, "r", &r.from, &r.where);
    buf_cstr(&r.bucket, series ? "t.b" : "0");
    msql_measures(&pl, &q, "r.id", &r.columns, &r.where);
    msql_filter(e, &q, &r.where);
    bool apart = any_key(e) && !s->at_event && !as_of && !s->object->is_fact;
    if (!apart)
        msql_keys(&pl, &q, &r.columns, &r.where);
    buf_str(&r.joins, buf_view(&q.joins));
    if (series) {
        struct series times;
        series_of(e, &q, start, &times);
        msql_instants(&q, &times, &r.from);
        buf_cstr(&r.from, " JOIN ");
        msql_source(&pl, s->object, "r", &r.from, &alive);
        buf_printf(&r.from, " ON %.*s", STR_ARG(buf_view(&alive)));
        r.columns = again(e, &q, times.own, &r.columns);
        r.joins = again(e, &q, times.own, &r.joins);
        r.where = again(e, &q, times.own, &r.where);
    }
    msql_end(e, &q, at);
    if (apart)
        msql_keys_at_as_of(e, &r.columns, &r.joins, &r.where);
    buf_release(&alive);
    relation_put(e, &r, out);
}
