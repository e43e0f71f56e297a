/* pool.c - see pool.h. */
#include "process/pool.h"

#include "process/calendars.h"
#include "process/target.h"

enum strategy { BY_TURN, LEAST_LOADED, FIRST_AVAILABLE };

struct member {
    uint64_t person;
    struct str name;
    const struct row *row; /* of pool_member; NULL before the first turn */
    int64_t weight, turns, open, today, week;
    int64_t place, next; /* of the last turn; of the one to come */
    struct str skipped;  /* why not; empty: can take it */
    struct instant opens;
};

/* Where in the order of turns the last one was: turns come in order of (place, person). */
struct head {
    int64_t place;
    uint64_t person; /* 0: nobody had one */
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
    struct head head;
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

size_t pool_entries(struct reaction *r, struct str pool, struct pool_entry **out)
{
    const struct definition *def = definition_named(r->p, "pools", pool);
    const struct node *list = def ? node_items(def->node, "members") : NULL;
    const struct process_reader *rd = r->l->reader;
    const struct row **rows;
    size_t n_rows = def ? all_rows(r, ON_POOL_MEMBER, &rows) : 0, n_list = list ? list->n : 0,
           n = 0;
    *out = ARENA_ARRAY(r->l->arena, n_list + n_rows + 1, struct pool_entry);
    for (size_t i = 0; i < n_list && r->rc == RC_OK; i++) {
        const struct node *node = list->items[i];
        struct str name = node->kind == NODE_SCALAR ? node->text : node_text(node, "person");
        (*out)[n++] = (struct pool_entry){rd->person_id(rd->ctx, name), name, NULL, node};
    }
    for (size_t i = 0; i < n_rows && r->rc == RC_OK; i++) {
        uint64_t person = row_ref(rows[i], "person");
        size_t k = 0;
        if (!str_eq(row_text(rows[i], "pool"), pool))
            continue;
        while (k < n && (*out)[k].person != person)
            k++;
        if (k == n)
            (*out)[n++] = (struct pool_entry){person, person_name(r, person), NULL, NULL};
        (*out)[k].row = rows[i];
    }
    return r->rc == RC_OK ? n : 0;
}

static bool row_said_no(const struct row *r, const char *field)
{
    const struct value *v = r ? row_value(r, builtin_field(r->object, field)) : NULL;
    return v && v->type == VT_BOOL && !v->boolean;
}

static void read_state(struct draw *d, struct member *m, const struct node *entry)
{
    int64_t weight = 1;
    if (entry && entry->kind == NODE_MAP && node_get(entry, "weight"))
        (void)str_to_i64(node_text(entry, "weight"), &weight);
    weight = row_int(m->row, "weight", weight);
    m->weight = weight < POOL_WEIGHT_MAX ? weight : POOL_WEIGHT_MAX;
    m->place = row_int(m->row, "pass", 0);
    m->turns = row_int(m->row, "turns", 0);
    if (m->row && row_date(m->row, "today").days == d->r->l->today.days)
        m->today = row_int(m->row, "taken_today", 0);
    if (m->row && row_date(m->row, "week").days == d->monday.days)
        m->week = row_int(m->row, "taken_week", 0);
}

/* ---- who can take it ------------------------------------------------------------------------------------------------- */

struct str pool_entry_absent(struct reaction *r, const struct pool_entry *e)
{
    const struct row *person = person_row(r, e->person);
    struct date day = r->l->today,
                ends = e->row ? row_date(e->row, "ends") : (struct date){INT32_MIN};
    uint64_t delegate;
    if (!person || !person_is_active(person))
        return STR("no longer active");
    if (row_said_no(e->row, "active"))
        return STR("taken out of the pool");
    if (e->row && row_date(e->row, "starts").days > day.days)
        return STR("not in the pool yet");
    if (ends.days != INT32_MIN && ends.days < day.days)
        return STR("no longer in the pool");
    return person_is_away(r, e->person, day, &delegate) ? STR("away") : STR_NONE;
}

static bool is_unfit(struct draw *d, const struct node *entry)
{
    const struct node *when = entry && entry->kind == NODE_MAP ? node_get(entry, "when") : NULL;
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

static void judge_member(struct draw *d, struct member *m, const struct pool_entry *e,
                         uint64_t avoid)
{
    struct str absent = pool_entry_absent(d->r, e);
    if (absent.n)
        m->skipped = absent;
    else if (m->weight <= 0)
        m->skipped = STR("weight 0");
    else if (is_unfit(d, e->node))
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
    struct pool_entry *entries;
    size_t n = pool_entries(d->r, d->pool, &entries);
    d->members = ARENA_ARRAY(d->r->l->arena, n + 1, struct member);
    for (size_t i = 0; i < n && d->r->rc == RC_OK; i++) {
        struct member *m = &d->members[d->n++];
        m->name = entries[i].name;
        m->person = entries[i].person;
        m->row = entries[i].row;
        read_state(d, m, entries[i].node);
        read_load(d, m);
        judge_member(d, m, &entries[i], avoid);
        read_hours(d, m);
    }
}

/* ---- whose turn -------------------------------------------------------------------------------------------------------- */

/* Places a member can stand at: POOL_STEPS for each turn, so that one who joins does so at once. The n-th, rounded down: exact for
 * comparing, since those of two weights up to POOL_WEIGHT_MAX are equal or a unit apart at least. */
static int64_t place_numbered(int64_t weight, int64_t n)
{
    int64_t steps = POOL_STEPS * weight;
    return n / steps * POOL_ROUND + n % steps * POOL_ROUND / steps;
}

/* Number of the first of them at `least` or behind it. */
static int64_t first_from(int64_t weight, int64_t least)
{
    int64_t steps = POOL_STEPS * weight;
    int64_t part = least % POOL_ROUND * steps; /* below 10^15 */
    return least / POOL_ROUND * steps + (part + POOL_ROUND - 1) / POOL_ROUND;
}

/* A turn behind its last one (behind the nearest of its places before, when its weight was another then), unless the pool is further on. */
static int64_t next_place(const struct draw *d, const struct member *m)
{
    int64_t own = first_from(m->weight, m->place + 1) - 1 + POOL_STEPS;
    int64_t here = first_from(m->weight, d->head.place + (m->person <= d->head.person));
    return place_numbered(m->weight, own > here ? own : here);
}

static void find_places(struct draw *d)
{
    struct head *h = &d->head;
    for (size_t i = 0; i < d->n; i++) {
        const struct member *m = &d->members[i];
        if (m->turns > 0 &&
            (m->place > h->place || (m->place == h->place && m->person > h->person)))
            *h = (struct head){m->place, m->person};
    }
    for (size_t i = 0; i < d->n; i++)
        if (d->members[i].weight > 0)
            d->members[i].next = next_place(d, &d->members[i]);
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
    return a->next != b->next ? a->next < b->next : a->person < b->person;
}

static struct member *choose(struct draw *d)
{
    struct member *best = NULL;
    for (size_t i = 0; i < d->n; i++) {
        struct member *m = &d->members[i];
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
    ask_int(&a, "pass", m->next);
    ask_int(&a, "turns", m->turns + 1);
    ask_instant(&a, "last_turn_at", d->r->l->at);
    ask_value(&a, "today", (struct value){.type = VT_DATE, .date = d->r->l->today});
    ask_int(&a, "taken_today", m->today + 1);
    ask_value(&a, "week", (struct value){.type = VT_DATE, .date = d->monday});
    ask_int(&a, "taken_week", m->week + 1);
    (void)ask(&a);
}

/* ---- the log ------------------------------------------------------------------------------------------------------------ */

/* Keys in bytewise order, as canonical JSON has them. */
static void log_member(const struct draw *d, const struct member *m, struct json_out *w)
{
    char text[40];
    json_begin_object(w);
    if (needs_load(d))
        json_field_int(w, "open", m->open);
    if (!m->skipped.n && m->opens.us > d->r->l->at.us)
        json_field_str(w, "opens_at", instant_text(m->opens, text));
    json_field_int(w, "pass", m->next);
    json_field_str(w, "person", m->name);
    json_optional(w, "skipped", m->skipped);
    if (d->day_max < INT64_MAX)
        json_field_int(w, "today", m->today);
    json_field_int(w, "turns", m->turns);
    if (d->week_max < INT64_MAX)
        json_field_int(w, "week", m->week);
    json_field_int(w, "weight", m->weight);
    json_end_object(w);
}

static void log_draw(const struct draw *d, const struct member *drawn, struct json_out *w)
{
    static const char *const strategies[] = {"round_robin", "least_loaded", "first_available"};
    json_begin_object(w);
    if (drawn)
        json_field_str(w, "drawn", drawn->name);
    else
        json_field_null(w, "drawn");
    json_key(w, "members");
    json_begin_array(w);
    for (size_t i = 0; i < d->n; i++)
        log_member(d, &d->members[i], w);
    json_end_array(w);
    json_field_str(w, "pool", d->pool);
    json_field_cstr(w, "strategy", strategies[d->strategy]);
    json_field_int(w, "virtual_time", d->head.place);
    json_end_object(w);
}

uint64_t pool_draw(struct reaction *r, struct str pool, const struct object *o,
                   const struct row *of, uint64_t avoid, struct json_out *log)
{
    struct draw d = {.r = r, .pool = pool, .o = o, .of = of};
    struct member *drawn = NULL;
    if (open_draw(&d)) {
        read_members(&d, avoid);
        find_places(&d);
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

/* ---- members as data ------------------------------------------------------------------------------------------------------ */

static void judge(struct reaction *r, const void *self, const struct process_findings *f)
{
    const struct look *l = r->l;
    (void)self;
    if (l->object->number != ON_POOL_MEMBER)
        return;
    struct str pool = row_text(l->now, "pool");
    struct date starts = row_date(l->now, "starts"), ends = row_date(l->now, "ends");
    if (!definition_named(r->p, "pools", pool))
        f->add(f->ctx, "POOL_UNKNOWN", ENFORCE_DENY, builtin_field(l->object, "pool"), STR_NONE,
               STR_NONE, str_printf(l->arena, "there is no pool '%.*s'", STR_ARG(pool)),
               STR("name a pool of the model"));
    if (row_int(l->now, "weight", 1) < 0 || row_int(l->now, "weight", 1) > POOL_WEIGHT_MAX)
        f->add(f->ctx, "POOL_WEIGHT", ENFORCE_DENY, builtin_field(l->object, "weight"), STR_NONE,
               STR_NONE, STR("a weight is from 0 to 1000"), STR("0 takes no turns"));
    if (ends.days != INT32_MIN && ends.days < starts.days)
        f->add(f->ctx, "ENDS_FIRST", ENFORCE_DENY, builtin_field(l->object, "ends"), STR_NONE,
               STR_NONE, STR("it ends before it begins"),
               STR("Give the last day, not before the first."));
}

const struct part pool_part = {.name = "pools", .judge = judge};
