/* territory.c - see territory.h. */
#include "process/territory.h"

#include "process/parts.h"
#include "process/people.h"
#include "process/target.h"

#include <stdlib.h>

struct days {
    int32_t from, to; /* both count */
};

/* Without a first or last day it always was, or goes on. */
static struct days days_of(const struct row *row)
{
    int32_t from = row_date(row, "starts").days, to = row_date(row, "ends").days;
    return (struct days){from, to == INT32_MIN ? INT32_MAX : to};
}

static bool in_days(struct days d, struct date day)
{
    return d.from <= day.days && day.days <= d.to;
}

static bool is_seat_of(const struct row *seat, struct str territory, struct str name)
{
    return str_eq(row_text(seat, "territory"), territory) && str_eq(row_text(seat, "seat"), name);
}

/* ---- what a territory covers ------------------------------------------------------------------------------------------- */

static struct days territory_days(struct reaction *r, struct str name)
{
    const struct row **rows;
    size_t n = all_rows(r, ON_TERRITORY, &rows);
    for (size_t i = 0; i < n; i++)
        if (str_eq(row_text(rows[i], "name"), name))
            return days_of(rows[i]);
    return (struct days){INT32_MIN, INT32_MAX};
}

/* The record itself, or the first that it refers to, of the territory's object. */
static const struct row *covered_row(struct reaction *r, const struct definition *d,
                                     const struct row *of)
{
    const struct process_reader *rd = r->l->reader;
    const struct row *row = of->object == d->object ? of : NULL;
    for (size_t i = 0; i < of->object->n_fields && !row && r->rc == RC_OK; i++) {
        const struct value *v = &of->values[i];
        if (of->object->fields[i]->to == d->object && v->type == VT_REF)
            r->rc = rd->row(rd->ctx, d->object, v->ref, &row);
    }
    return r->rc == RC_OK ? row : NULL;
}

static bool covers(struct reaction *r, const struct definition *d, const struct row *of,
                   struct date day)
{
    const struct expr *e = node_condition(d->node, "covers");
    if (!e || !d->object || !in_days(territory_days(r, d->name), day))
        return false;
    const struct row *row = covered_row(r, d, of);
    return row && row_test(r, row, e, NULL) == XT_MET;
}

const struct definition *territory_of(struct reaction *r, const struct row *of, struct date day)
{
    const struct model *m = process_model(r->p);
    for (size_t i = 0; i < m->n_definitions && r->rc == RC_OK; i++)
        if (str_is(m->definitions[i].kind, "territories") && covers(r, &m->definitions[i], of, day))
            return &m->definitions[i];
    return NULL;
}

uint64_t territory_holder(struct reaction *r, struct str territory, struct str seat,
                          struct date day)
{
    const struct row **seats;
    size_t n = all_rows(r, ON_SEAT, &seats);
    uint64_t here = 0, delegate;
    for (size_t i = 0; i < n && r->rc == RC_OK; i++) {
        uint64_t person = row_ref(seats[i], "person");
        if (!is_seat_of(seats[i], territory, seat) || !in_days(days_of(seats[i]), day) ||
            !person_is_active(person_row(r, person)))
            continue;
        if (!person_is_away(r, person, day, &delegate))
            return person;
        here = here ? here : person;
    }
    return here;
}

/* ---- what moves ------------------------------------------------------------------------------------------------------------ */

typedef VEC(struct territory_move) move_list;

static bool is_held(const struct row *const *seats, size_t n, uint64_t person, struct str territory,
                    struct str seat, struct date day)
{
    for (size_t i = 0; i < n; i++)
        if (row_ref(seats[i], "person") == person && is_seat_of(seats[i], territory, seat) &&
            in_days(days_of(seats[i]), day))
            return true;
    return false;
}

/* Whose records of which object, and for whom. */
struct collecting {
    const struct definition *d;
    const struct node *move;
    const struct object *object;
    uint64_t to;
    bool first; /* only those that no territory before it covers */
};

static bool is_theirs(struct reaction *r, const struct collecting *c, const struct row *row)
{
    return c->first ? territory_of(r, row, r->l->today) == c->d : covers(r, c->d, row, r->l->today);
}

static void collect(struct reaction *r, const struct collecting *c, uint64_t from, move_list *out)
{
    const struct process_reader *rd = r->l->reader;
    const struct expr *keep = node_condition(c->move, "keep_when");
    const struct row **rows;
    size_t n = 0;
    if (r->rc == RC_OK)
        r->rc = rd->children(rd->ctx, object_field_numbered(c->object, FN_OWNER), from, &rows, &n);
    for (size_t i = 0; i < n && r->rc == RC_OK; i++) {
        if (!row_is_open(rows[i]) || !is_theirs(r, c, rows[i]))
            continue;
        bool kept = !c->to || (keep && row_test(r, rows[i], keep, NULL) == XT_MET);
        *VEC_PUSH(r->l->arena, out) = (struct territory_move){rows[i], from, c->to,
                                                              node_text(c->move, "seat"), kept};
    }
}

/* Those who held the seat `name` somewhere, and `former`, each once, but for those who hold this one. */
static size_t former_holders(struct reaction *r, struct str territory, struct str name, uint64_t to,
                             uint64_t former, uint64_t **out)
{
    const struct row **seats;
    size_t n_seats = all_rows(r, ON_SEAT, &seats), n = 0;
    *out = ARENA_ARRAY(r->l->arena, n_seats + 1, uint64_t);
    for (size_t i = 0; i <= n_seats; i++) {
        uint64_t person = i == n_seats ? former : row_ref(seats[i], "person");
        bool known = !person || person == to ||
                     is_held(seats, n_seats, person, territory, name, r->l->today);
        if (i < n_seats &&
            (!str_eq(row_text(seats[i], "seat"), name) || !row_text(seats[i], "territory").n))
            continue;
        for (size_t k = 0; k < n && !known; k++)
            known = (*out)[k] == person;
        if (!known)
            (*out)[n++] = person;
    }
    return n;
}

size_t territory_moves(struct reaction *r, const struct row *seat, uint64_t former,
                       struct territory_move **out)
{
    const struct definition *d = definition_named(r->p, "territories", row_text(seat, "territory"));
    const struct node *moves = d ? node_items(d->node, "moves") : NULL;
    move_list list = {NULL, 0, 0};
    uint64_t *people;
    uint64_t to = row_ref(seat, "person");
    size_t n = moves && moves->n ? former_holders(r, row_text(seat, "territory"),
                                                  row_text(seat, "seat"), to, former, &people)
                                 : 0;
    for (size_t i = 0; n && i < moves->n; i++) {
        const struct node *move = moves->items[i];
        struct collecting c = {
            .d = d,
            .move = move,
            .object = model_object(process_model(r->p), node_text(move, "object")),
            .to = to};
        bool ours = str_eq(node_text(move, "seat"), row_text(seat, "seat"));
        for (size_t k = 0; c.object && ours && k < n; k++)
            collect(r, &c, people[k], &list);
    }
    *out = list.v;
    return r->rc == RC_OK ? list.n : 0;
}

/* Everybody but the holders of the seat. */
static size_t all_others(struct reaction *r, struct str territory, struct str name, uint64_t **out)
{
    const struct row **people, **seats;
    size_t n_people = all_rows(r, ON_PERSON, &people), n_seats = all_rows(r, ON_SEAT, &seats);
    size_t n = 0;
    *out = ARENA_ARRAY(r->l->arena, n_people + 1, uint64_t);
    for (size_t i = 0; i < n_people; i++)
        if (!is_held(seats, n_seats, people[i]->id, territory, name, r->l->today))
            (*out)[n++] = people[i]->id;
    return n;
}

size_t territory_realignment(struct reaction *r, const struct definition *d, bool everybody,
                             struct territory_move **out)
{
    const struct node *moves = node_items(d->node, "moves");
    move_list list = {NULL, 0, 0};
    for (size_t i = 0; i < moves->n && r->rc == RC_OK; i++) {
        const struct node *move = moves->items[i];
        struct str seat = node_text(move, "seat");
        struct collecting c = {
            .d = d,
            .move = move,
            .object = model_object(process_model(r->p), node_text(move, "object")),
            .to = territory_holder(r, d->name, seat, r->l->today),
            .first = true};
        uint64_t *people;
        size_t n = everybody ? all_others(r, d->name, seat, &people)
                             : former_holders(r, d->name, seat, c.to, 0, &people);
        for (size_t k = 0; c.object && k < n; k++)
            collect(r, &c, people[k], &list);
    }
    *out = list.v;
    return r->rc == RC_OK ? list.n : 0;
}

/* ---- at the instant -------------------------------------------------------------------------------------------------------- */

/* Remembered on a record from when its seat changes hands until it was looked at. */
static struct str moving(struct arena *a, struct str territory, struct str seat)
{
    return str_printf(a, "territories.%.*s.%.*s", STR_ARG(territory), STR_ARG(seat));
}

/* Each is looked at by itself; whoever gets some is told once. Those of one seat stand together. */
static void begin_moves(struct reaction *r, struct str territory, const struct territory_move *m,
                        size_t n)
{
    const struct row *cause = r->l->now;
    for (size_t i = 0, end; i < n; i = end) {
        struct str trigger = moving(r->l->arena, territory, m[i].seat);
        size_t going = 0;
        for (end = i; end < n && str_eq(m[end].seat, m[i].seat); end++) {
            if (m[end].kept)
                continue;
            trigger_put(r, m[end].row->object, m[end].row->id, trigger, true);
            wake_record(r, m[end].row->object, m[end].row->id, r->l->at);
            going++;
        }
        if (going)
            notify(r, m[i].to, "assigned", cause->object, cause->id,
                   str_printf(r->l->arena, "You are %.*s of %.*s: %zu open records are yours now",
                              STR_ARG(m[i].seat), STR_ARG(territory), going),
                   trigger);
    }
}

static void react_seat(struct reaction *r)
{
    const struct look *l = r->l;
    struct days d = days_of(l->now);
    bool holds = in_days(d, l->today);
    uint64_t former = l->before ? row_ref(l->before, "person") : 0;
    bool handed = !l->quiet && holds && former && former != row_ref(l->now, "person");
    if (!row_text(l->now, "territory").n)
        return;
    if (d.from > l->today.days)
        wake_at(r, zone_midnight(l->zone, (struct date){d.from}));
    bool rises = trigger_follow(r, STR("territories.seat"), holds);
    if (!rises && !handed)
        return;
    struct territory_move *moves;
    size_t n = territory_moves(r, l->now, handed ? former : 0, &moves);
    begin_moves(r, row_text(l->now, "territory"), moves, n);
}

/* On the day that its record names, a territory's records go to who sits there. */
static void react_territory(struct reaction *r)
{
    const struct look *l = r->l;
    const struct definition *d = definition_named(r->p, "territories", row_text(l->now, "name"));
    struct date day = row_date(l->now, "realign_on");
    bool due = day.days != INT32_MIN && day.days <= l->today.days;
    if (day.days > l->today.days)
        wake_at(r, zone_midnight(l->zone, day));
    bool rises = trigger_follow(r, STR("territories.realign"), due);
    bool asked = due && !l->quiet && !l->by_time &&
                 look_touched(l, builtin_field(l->object, "realign_on"));
    if (!d || (!rises && !asked))
        return;
    struct territory_move *moves;
    size_t n = territory_realignment(r, d, row_is(l->now, "realign", "everybody"), &moves);
    begin_moves(r, d->name, moves, n);
}

/* One entry of `moves`. */
struct mover {
    const struct definition *d;
    const struct object *object;
    const struct expr *keep; /* may be NULL */
    struct str seat, trigger;
};

struct movers {
    VEC(struct mover) list;
};

static void *make(const struct process *p, const struct model *m, struct arena *a)
{
    struct movers *all = ARENA_NEW(a, struct movers);
    (void)p;
    for (size_t i = 0; i < m->n_definitions; i++) {
        const struct definition *d = &m->definitions[i];
        const struct node *moves = node_items(d->node, "moves");
        for (size_t k = 0; str_is(d->kind, "territories") && k < moves->n; k++) {
            const struct node *n = moves->items[k];
            struct str seat = node_text(n, "seat");
            *VEC_PUSH(a, &all->list) = (struct mover){d, model_object(m, node_text(n, "object")),
                                                      node_condition(n, "keep_when"), seat,
                                                      moving(a, d->name, seat)};
        }
    }
    return all;
}

/* An open record whose seat changed hands: it goes to who holds it now. */
static void move_record(struct reaction *r, const struct mover *m)
{
    struct look *l = r->l;
    struct str place = m->d->name;
    const struct row **seats;
    if (!trigger_was_on(r, m->trigger))
        return;
    trigger_put(r, l->object, l->now->id, m->trigger, false);
    size_t n = all_rows(r, ON_SEAT, &seats);
    uint64_t to = territory_holder(r, place, m->seat, l->today), from = row_owner(l->now);
    if (!to || to == from || is_held(seats, n, from, place, m->seat, l->today) ||
        !row_is_open(l->now) || !covers(r, m->d, l->now, l->today) ||
        (m->keep && row_test(r, l->now, m->keep, NULL) == XT_MET))
        return;
    struct hand_over h = {to, "territory", place,
                          str_printf(l->arena, "territories.%.*s", STR_ARG(place)),
                          str_printf(l->arena, "%.*s of %.*s is %.*s now", STR_ARG(m->seat),
                                     STR_ARG(place), STR_ARG(person_name(r, to)))};
    hand_over(r, &h);
}

static void react(struct reaction *r, const void *self)
{
    const struct movers *all = self;
    if (r->l->object->number == ON_SEAT) {
        react_seat(r);
        return;
    }
    if (r->l->object->number == ON_TERRITORY) {
        react_territory(r);
        return;
    }
    for (size_t i = 0; r->l->by_time && !r->l->quiet && i < all->list.n; i++)
        if (all->list.v[i].object == r->l->object)
            move_record(r, &all->list.v[i]);
}

static bool timed(const void *self, const struct object *o)
{
    (void)self;
    return o->number == ON_SEAT || o->number == ON_TERRITORY;
}

static void judge(struct reaction *r, const void *self, const struct process_findings *f)
{
    const struct look *l = r->l;
    (void)self;
    if (l->object->number == ON_TERRITORY && days_of(l->now).to < days_of(l->now).from)
        f->add(f->ctx, "ENDS_FIRST", ENFORCE_DENY, builtin_field(l->object, "ends"), STR("people"),
               STR_NONE, STR("it ends before it begins"),
               STR("Give the last day, not before the first."));
}

const struct part territory_part = {
    .name = "territories", .make = make, .judge = judge, .react = react, .timed = timed};

/* ---- gaps and overlaps ------------------------------------------------------------------------------------------------------ */

struct holding {
    struct days days;
    struct str territory, seat;
    uint64_t person;
};

struct auditing {
    struct reaction *r;
    struct holding *list; /* by territory, seat, first day */
    size_t n;
    VEC(struct territory_finding) found;
};

static int by_place(const void *pa, const void *pb)
{
    const struct holding *a = pa, *b = pb;
    int order = str_cmp(a->territory, b->territory);
    order = order ? order : str_cmp(a->seat, b->seat);
    if (order)
        return order;
    if (a->days.from != b->days.from)
        return a->days.from < b->days.from ? -1 : 1;
    return a->person < b->person ? -1 : a->person > b->person;
}

/* Seats of territories, each until its last day or that of a person who left. */
static void read_holdings(struct auditing *x)
{
    const struct row **seats;
    size_t n = all_rows(x->r, ON_SEAT, &seats);
    x->list = ARENA_ARRAY(x->r->l->arena, n + 1, struct holding);
    for (size_t i = 0; i < n && x->r->rc == RC_OK; i++) {
        const struct row *person = person_row(x->r, row_ref(seats[i], "person"));
        struct holding h = {days_of(seats[i]), row_text(seats[i], "territory"),
                            row_text(seats[i], "seat"), row_ref(seats[i], "person")};
        int32_t left = person ? row_date(person, "left_on").days : INT32_MIN;
        if (person && !person_is_active(person) && left != INT32_MIN && left < h.days.to)
            h.days.to = left;
        if (h.territory.n && h.days.from <= h.days.to)
            x->list[x->n++] = h;
    }
    if (x->n > 1)
        qsort(x->list, x->n, sizeof *x->list, by_place);
}

static void find(struct auditing *x, struct territory_finding f)
{
    if (x->found.n < TERRITORY_FINDINGS_MAX)
        *VEC_PUSH(x->r->l->arena, &x->found) = f;
}

static struct days meet(struct days a, struct days b)
{
    return (struct days){a.from > b.from ? a.from : b.from, a.to < b.to ? a.to : b.to};
}

/* Days of the territory on which nobody sits there. */
static void find_gaps(struct auditing *x, struct str territory, struct str seat, struct days window)
{
    int64_t next = window.from; /* the first day not looked at */
    for (size_t i = 0; i < x->n && next <= window.to; i++) {
        const struct holding *h = &x->list[i];
        if (!str_eq(h->territory, territory) || !str_eq(h->seat, seat) || h->days.to < next)
            continue;
        if (h->days.from > next && h->days.from <= window.to)
            find(x, (struct territory_finding){.fault = TERRITORY_GAP,
                                               .territory = territory,
                                               .seat = seat,
                                               .from = {(int32_t)next},
                                               .to = {h->days.from - 1}});
        else if (h->days.from > window.to)
            break;
        next = (int64_t)h->days.to + 1;
    }
    if (next <= window.to)
        find(x, (struct territory_finding){.fault = TERRITORY_GAP,
                                           .territory = territory,
                                           .seat = seat,
                                           .from = {(int32_t)next},
                                           .to = {window.to}});
}

static void find_overlaps(struct auditing *x, int32_t until)
{
    for (size_t i = 0; i < x->n; i++)
        for (size_t k = i + 1; k < x->n && x->found.n < TERRITORY_FINDINGS_MAX; k++) {
            const struct holding *a = &x->list[i], *b = &x->list[k];
            struct days both = meet(a->days, b->days);
            bool here = str_eq(a->territory, b->territory), same = a->person == b->person;
            if (!str_eq(a->seat, b->seat) || both.from > both.to || both.from > until ||
                here == same)
                continue;
            find(x, (struct territory_finding){.fault = here ? TERRITORY_SHARED : TERRITORY_TWICE,
                                               .territory = a->territory,
                                               .other = b->territory,
                                               .seat = a->seat,
                                               .person = a->person,
                                               .other_person = b->person,
                                               .from = {both.from},
                                               .to = {both.to < until ? both.to : until}});
        }
}

/* Seats that a territory has: those of the model, and those that somebody ever held; each once. */
static size_t seats_of(struct auditing *x, const struct definition *d, struct str **out)
{
    const struct node *seats = node_get(d->node, "seats"), *moves = node_items(d->node, "moves");
    size_t n_seats = seats && seats->kind == NODE_MAP ? seats->n : 0, n = 0;
    *out = ARENA_ARRAY(x->r->l->arena, n_seats + moves->n + x->n + 1, struct str);
    for (size_t i = 0; i < n_seats + moves->n + x->n; i++) {
        size_t k = 0;
        bool theirs = i < n_seats + moves->n ||
                      str_eq(x->list[i - n_seats - moves->n].territory, d->name);
        struct str name = i < n_seats              ? seats->pairs[i].key
                          : i < n_seats + moves->n ? node_text(moves->items[i - n_seats], "seat")
                                                   : x->list[i - n_seats - moves->n].seat;
        while (k < n && !str_eq((*out)[k], name))
            k++;
        if (theirs && k == n)
            (*out)[n++] = name;
    }
    return n;
}

/* The first day on which somebody held a seat there. */
static int32_t first_held(const struct auditing *x, struct str territory)
{
    int32_t first = INT32_MAX;
    for (size_t i = 0; i < x->n; i++)
        if (str_eq(x->list[i].territory, territory) && x->list[i].days.from < first)
            first = x->list[i].days.from;
    return first;
}

size_t territory_audit(struct reaction *r, struct date until, struct territory_finding **out)
{
    const struct model *m = process_model(r->p);
    struct auditing x = {.r = r};
    read_holdings(&x);
    for (size_t i = 0; i < m->n_definitions && r->rc == RC_OK; i++) {
        const struct definition *d = &m->definitions[i];
        struct str *seats;
        if (!str_is(d->kind, "territories"))
            continue;
        struct days window = meet(territory_days(r, d->name), (struct days){INT32_MIN, until.days});
        if (window.from == INT32_MIN)
            window.from = first_held(&x, d->name);
        size_t n = seats_of(&x, d, &seats);
        for (size_t k = 0; k < n; k++)
            find_gaps(&x, d->name, seats[k], window);
    }
    find_overlaps(&x, until.days);
    *out = x.found.v;
    return r->rc == RC_OK ? x.found.n : 0;
}
