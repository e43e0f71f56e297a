/* pool.c - see pool.h. */
#include "process/pool.h"

#include "process/calendars.h"
#include "process/target.h"

#include <assert.h>

enum strategy { BY_TURN, LEAST_LOADED, FIRST_AVAILABLE };

struct member {
    uint64_t person;
    struct str name;
    const struct row *row; /* of pool_member; NULL before the first turn */
    int64_t weight, pass, turns, open, today, week;
    struct str skipped;         /* why not; empty: can take it */
    struct instant opens, last; /* of its turns */
};

struct draw {
    struct reaction *r;
    struct str pool;
    const struct node *node;
    const struct object *o, *state;
    const struct row *of;
    enum strategy strategy;
    int64_t open_max, day_max, week_max; /* INT64_MAX: no limit */
    struct date monday;
    struct member *members;
    size_t n;
    int64_t virtual_time;
    bool by_hours; /* the pool looks at working hours */
};

/* ---- what the model and the records say ---------------------------------------------------------------------------- */

static int64_t limit_of(const struct node *capacity, const char *key)
{
    int64_t n;
    return str_to_i64(node_text(capacity, key), &n) ? n : INT64_MAX;
}

static bool open_draw(struct draw *d)
{
    const struct definition *def = definition_named(d->r->p, "pools", d->pool);
    struct str strategy = def ? node_text(def->node, "strategy") : STR_NONE;
    const struct node *capacity = def ? node_get(def->node, "capacity") : NULL;
    d->state = builtin_object(d->r->p, ON_POOL_MEMBER);
    if (!def || !d->state)
        return false;
    d->node = def->node;
    d->strategy = str_is(strategy, "least_loaded")      ? LEAST_LOADED
                  : str_is(strategy, "first_available") ? FIRST_AVAILABLE
                                                        : BY_TURN;
    d->open_max = limit_of(capacity, "open");
    d->day_max = limit_of(capacity, "per_day");
    d->week_max = limit_of(capacity, "per_week");
    d->by_hours = node_text(def->node, "calendar").n > 0;
    d->monday = (struct date){d->r->l->today.days - date_weekday(d->r->l->today)};
    return true;
}

static const struct key_def *state_key(const struct object *state)
{
    for (size_t i = 0; i < state->n_keys; i++)
        if (str_is(state->keys[i].name, "person+pool"))
            return &state->keys[i];
    assert(false && "members of pools have their key from the table of builtin objects");
    return NULL;
}

static const struct row *state_of(struct draw *d, uint64_t person)
{
    const struct process_reader *rd = d->r->l->reader;
    const struct key_def *key = state_key(d->state);
    struct value values[2];
    const struct row *row = NULL;
    for (size_t i = 0; i < 2; i++)
        values[i] = str_is(key->fields[i]->name, "pool")
                        ? (struct value){.type = VT_TEXT, .text = d->pool}
                        : (struct value){.type = VT_REF, .ref = person};
    if (d->r->rc == RC_OK)
        d->r->rc = rd->by_key(rd->ctx, d->state, key, values, &row);
    return d->r->rc == RC_OK ? row : NULL;
}

static bool row_said_no(const struct row *r, const char *field)
{
    const struct value *v = r ? row_value(r, builtin_field(r->object, field)) : NULL;
    return v && v->type == VT_BOOL && !v->boolean;
}

static void read_state(struct draw *d, struct member *m, const struct node *entry)
{
    int64_t weight = 1;
    if (entry->kind == NODE_MAP && node_get(entry, "weight"))
        (void)str_to_i64(node_text(entry, "weight"), &weight);
    m->weight = row_int(m->row, "weight", weight);
    m->pass = row_int(m->row, "pass", 0);
    m->turns = row_int(m->row, "turns", 0);
    m->last = m->turns ? row_instant(m->row, "last_turn_at") : INSTANT_MIN;
    if (m->row && row_date(m->row, "today").days == d->r->l->today.days)
        m->today = row_int(m->row, "taken_today", 0);
    if (m->row && row_date(m->row, "week").days == d->monday.days)
        m->week = row_int(m->row, "taken_week", 0);
}

/* ---- who can take it ------------------------------------------------------------------------------------------------- */

static struct str away_until(struct draw *d, uint64_t person)
{
    uint64_t delegate;
    return person_is_away(d->r, person, d->r->l->today, &delegate) ? STR("away") : STR_NONE;
}

static bool is_unfit(struct draw *d, const struct node *entry)
{
    const struct node *when = entry->kind == NODE_MAP ? node_get(entry, "when") : NULL;
    const struct definition *def = definition_named(d->r->p, "pools", d->pool);
    if (!when || !when->expr)
        return false;
    return def->object != d->o || row_test(d->r, d->of, when->expr, NULL) != XT_MET;
}

static bool needs_load(const struct draw *d)
{
    return d->open_max < INT64_MAX || d->strategy == LEAST_LOADED;
}

static void read_load(struct draw *d, struct member *m)
{
    const struct process_reader *rd = d->r->l->reader;
    uint64_t n = 0;
    if (d->r->rc == RC_OK && needs_load(d))
        d->r->rc = rd->open_count(rd->ctx, d->o, m->person, &n);
    m->open = n > INT64_MAX ? INT64_MAX : (int64_t)n;
}

static void judge_member(struct draw *d, struct member *m, const struct node *entry, uint64_t avoid)
{
    const struct row *person = person_row(d->r, m->person);
    struct str away;
    if (!person || !person_is_active(person))
        m->skipped = STR("no longer active");
    else if (row_said_no(m->row, "active"))
        m->skipped = STR("taken out of the pool");
    else if (m->weight <= 0)
        m->skipped = STR("weight 0");
    else if ((away = away_until(d, m->person)).n)
        m->skipped = away;
    else if (is_unfit(d, entry))
        m->skipped = STR("the record is not theirs to take");
    else if (m->open >= d->open_max)
        m->skipped = STR("full: open records");
    else if (m->today >= d->day_max)
        m->skipped = STR("full for the day");
    else if (m->week >= d->week_max)
        m->skipped = STR("full for the week");
    else if (avoid && m->person == avoid)
        m->skipped = STR("had it before");
}

/* When the member is next at work; now, without hours. A calendar that cannot be read keeps nobody from working. */
static void read_hours(struct draw *d, struct member *m)
{
    struct calendar *c;
    struct str name = d->by_hours ? person_calendar(d->r, m->person) : STR_NONE;
    m->opens = d->r->l->at;
    if (!d->by_hours)
        return;
    if (!name.n)
        name = node_text(d->node, "calendar");
    if (calendars_get(d->r->l->calendars, name, &c) != RC_OK ||
        calendar_next_open(c, d->r->l->at, &m->opens) != RC_OK)
        m->opens = d->r->l->at;
}

static void read_members(struct draw *d, uint64_t avoid)
{
    const struct node *list = node_items(d->node, "members");
    const struct process_reader *rd = d->r->l->reader;
    d->members = ARENA_ARRAY(d->r->l->arena, list->n + 1, struct member);
    for (size_t i = 0; i < list->n && d->r->rc == RC_OK; i++) {
        const struct node *entry = list->items[i];
        struct member *m = &d->members[d->n++];
        m->name = entry->kind == NODE_SCALAR ? entry->text : node_text(entry, "person");
        m->person = rd->person_id(rd->ctx, m->name);
        m->row = m->person ? state_of(d, m->person) : NULL;
        read_state(d, m, entry);
        read_load(d, m);
        judge_member(d, m, entry, avoid);
        read_hours(d, m);
    }
}

/* ---- whose turn -------------------------------------------------------------------------------------------------------- */

static int64_t stride(const struct member *m)
{
    return m->weight > 0 ? POOL_TURN / m->weight : POOL_TURN;
}

/* Where the pool is: the place at which the last turn was taken. */
static void find_virtual_time(struct draw *d)
{
    for (size_t i = 0; i < d->n; i++) {
        const struct member *m = &d->members[i];
        int64_t at = m->pass - stride(m);
        if (m->turns > 0 && at > d->virtual_time)
            d->virtual_time = at;
    }
}

static bool comes_before(const struct draw *d, const struct member *a, const struct member *b)
{
    if (a->opens.us != b->opens.us)
        return a->opens.us < b->opens.us;
    if (d->strategy == FIRST_AVAILABLE)
        return false;
    /* Loads by weight, without division: a/wa < b/wb. */
    int64_t left = a->open * b->weight, right = b->open * a->weight;
    if (d->strategy == LEAST_LOADED && left != right)
        return left < right;
    if (a->pass != b->pass)
        return a->pass < b->pass;
    /* Of two whose turn it is, the one with more turns to come, then who waited longer: nobody runs ahead by more than one. */
    if (a->weight != b->weight)
        return a->weight > b->weight;
    return a->last.us != b->last.us ? a->last.us < b->last.us : a->person < b->person;
}

static struct member *choose(struct draw *d)
{
    struct member *best = NULL;
    for (size_t i = 0; i < d->n; i++) {
        struct member *m = &d->members[i];
        if (m->pass < d->virtual_time)
            m->pass = d->virtual_time;
        if (!m->skipped.n && (!best || comes_before(d, m, best)))
            best = m;
    }
    return best;
}

static void take_turn(struct draw *d, const struct member *m)
{
    struct str definition = str_printf(d->r->l->arena, "pools.%.*s", STR_ARG(d->pool));
    struct asking a = m->row ? ask_set(d->r, d->state, m->row->id, definition)
                             : ask_create(d->r, d->state, definition);
    if (!m->row) {
        ask_text(&a, "pool", d->pool);
        ask_ref(&a, "person", m->person);
        ask_int(&a, "weight", m->weight);
        ask_value(&a, "active", (struct value){.type = VT_BOOL, .boolean = true});
    }
    ask_int(&a, "pass", m->pass + stride(m));
    ask_int(&a, "turns", m->turns + 1);
    ask_instant(&a, "last_turn_at", d->r->l->at);
    ask_value(&a, "today", (struct value){.type = VT_DATE, .date = d->r->l->today});
    ask_int(&a, "taken_today", m->today + 1);
    ask_value(&a, "week", (struct value){.type = VT_DATE, .date = d->monday});
    ask_int(&a, "taken_week", m->week + 1);
    (void)ask(&a);
}

/* ---- the log ------------------------------------------------------------------------------------------------------------ */

static void log_member(const struct draw *d, const struct member *m, struct json_out *w)
{
    char text[40];
    json_begin_object(w);
    json_field_str(w, "person", m->name);
    json_field_int(w, "weight", m->weight);
    json_field_int(w, "pass", m->pass);
    json_field_int(w, "turns", m->turns);
    if (needs_load(d))
        json_field_int(w, "open", m->open);
    if (d->day_max < INT64_MAX)
        json_field_int(w, "today", m->today);
    if (d->week_max < INT64_MAX)
        json_field_int(w, "week", m->week);
    if (m->skipped.n)
        json_field_str(w, "skipped", m->skipped);
    else if (m->opens.us > d->r->l->at.us)
        json_field_str(w, "opens_at", instant_text(m->opens, text));
    json_end_object(w);
}

static void log_draw(const struct draw *d, const struct member *drawn, struct json_out *w)
{
    static const char *const strategies[] = {"round_robin", "least_loaded", "first_available"};
    json_begin_object(w);
    json_field_str(w, "pool", d->pool);
    json_field_cstr(w, "strategy", strategies[d->strategy]);
    json_field_int(w, "virtual_time", d->virtual_time);
    json_key(w, "members");
    json_begin_array(w);
    for (size_t i = 0; i < d->n; i++)
        log_member(d, &d->members[i], w);
    json_end_array(w);
    if (drawn)
        json_field_str(w, "drawn", drawn->name);
    else
        json_field_null(w, "drawn");
    json_end_object(w);
}

uint64_t pool_draw(struct reaction *r, struct str pool, const struct object *o,
                   const struct row *of, uint64_t avoid, struct json_out *log)
{
    struct draw d = {.r = r, .pool = pool, .o = o, .of = of};
    struct member *drawn = NULL;
    if (open_draw(&d)) {
        read_members(&d, avoid);
        find_virtual_time(&d);
        drawn = choose(&d);
        for (size_t i = 0; !drawn && avoid && i < d.n; i++)
            if (str_is(d.members[i].skipped, "had it before"))
                drawn = &d.members[i]; /* nobody else can */
    }
    log_draw(&d, drawn, log);
    if (r->rc != RC_OK || !drawn)
        return 0;
    take_turn(&d, drawn);
    return drawn->person;
}
