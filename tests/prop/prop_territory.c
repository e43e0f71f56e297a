/* Gaps and overlaps of territories over random seats, last days and leavers: the spans told are those that a count day by day finds. */
#include "process/territory.h"
#include "tests/prop.h"
#include "tests/scene.h"

enum {
    FIRST = 20454 /* 2026-01-01 */,
    DAYS = 30,
    PEOPLE = 4,
    PLACES = 2, /* territories */
    ROLES = 2,
    SEATS_MAX = 8
};

static const char *const places[] = {"north", "south"}, *const roles[] = {"ae", "sdr"};

static const char yaml[] =
    "objects: [{name: account, owner: ana, fields: [{name: size, type: integer}]}]\n"
    "territories:\n"
    "- {name: north, object: account, owner: ana, covers: account.size > 1, seats: {ae: ana}, "
    "from: 2026-01-01}\n"
    "- {name: south, object: account, owner: ana, covers: account.size > 2, moves: [{seat: ae, "
    "object: account}]}\n";

/* Who holds what on which day, and on which days a territory is in force. */
struct calendar_of {
    bool held[PLACES][ROLES][PEOPLE][DAYS], in_force[PLACES][DAYS], known[PLACES][ROLES];
    int first[PLACES];
};

static struct value day_value(int day)
{
    return (struct value){.type = VT_DATE, .date = {FIRST + day}};
}

static void draw_people(struct prop *p, struct scene *s, int *last)
{
    for (int i = 0; i < PEOPLE; i++) {
        struct row *person = scene_row(s, "person", (uint64_t)(1 + i));
        last[i] = DAYS;
        if (!prop_once_in(p, 3))
            continue;
        last[i] = (int)prop_draw(p, DAYS);
        scene_put(person, "active", (struct value){.type = VT_BOOL, .boolean = false});
        scene_put(person, "left_on", day_value(last[i]));
    }
}

static void draw_seats(struct prop *p, struct scene *s, const int *last, struct calendar_of *c)
{
    for (size_t n = prop_length(p, SEATS_MAX), id = 100; n > 0; n--, id++) {
        struct row *seat = scene_row(s, "seat", id);
        int t = (int)prop_draw(p, PLACES), role = (int)prop_draw(p, ROLES);
        int who = (int)prop_draw(p, PEOPLE), from = (int)prop_draw(p, DAYS), to = DAYS;
        scene_ref(seat, "person", (uint64_t)(1 + who));
        scene_text(seat, "territory", places[t]);
        scene_text(seat, "seat", roles[role]);
        scene_put(seat, "starts", day_value(from));
        if (!prop_once_in(p, 4)) {
            to = from + (int)prop_draw(p, DAYS);
            scene_put(seat, "ends", day_value(to));
        }
        to = to < last[who] ? to : last[who];
        prop_note(p, "%s %s: person %d, %d to %d", places[t], roles[role], who, from, to);
        if (to < from)
            continue;
        c->known[t][role] = true;
        c->first[t] = from < c->first[t] ? from : c->first[t];
        for (int d = from; d <= to && d < DAYS; d++)
            c->held[t][role][who][d] = true;
    }
}

static void draw_places(struct prop *p, struct scene *s, struct calendar_of *c)
{
    for (int t = 0; t < PLACES; t++) {
        bool dated = prop_once_in(p, 2), ended = prop_once_in(p, 2);
        int from = dated ? (int)prop_draw(p, DAYS) : c->first[t];
        int to = ended ? from + (int)prop_draw(p, DAYS) : DAYS;
        struct row *place = scene_row(s, "territory", (uint64_t)(50 + t));
        scene_text(place, "name", places[t]);
        if (dated)
            scene_put(place, "starts", day_value(from));
        if (ended)
            scene_put(place, "ends", day_value(to));
        c->known[t][0] = true; /* by the model */
        for (int d = from; d <= to && d < DAYS; d++)
            c->in_force[t][d] = true;
    }
}

static bool told(const struct territory_finding *f, size_t n, enum territory_fault fault, int t,
                 int role, uint64_t a, uint64_t b, int day)
{
    for (size_t i = 0; i < n; i++) {
        bool people = fault == TERRITORY_GAP || (f[i].person == a && f[i].other_person == b) ||
                      (f[i].person == b && f[i].other_person == a);
        bool place = fault == TERRITORY_TWICE || str_is(f[i].territory, places[t]);
        if (f[i].fault == fault && people && place && str_is(f[i].seat, roles[role]) &&
            f[i].from.days <= FIRST + day && FIRST + day <= f[i].to.days)
            return true;
    }
    return false;
}

static bool place_agrees(const struct calendar_of *c, const struct territory_finding *f, size_t n,
                         int t, int role, int day)
{
    bool anybody = false;
    for (int i = 0; i < PEOPLE; i++) {
        anybody |= c->held[t][role][i][day];
        for (int k = i + 1; k < PEOPLE; k++)
            if (told(f, n, TERRITORY_SHARED, t, role, (uint64_t)(1 + i), (uint64_t)(1 + k), day) !=
                (c->held[t][role][i][day] && c->held[t][role][k][day]))
                return false;
    }
    return told(f, n, TERRITORY_GAP, t, role, 0, 0, day) ==
           (c->known[t][role] && c->in_force[t][day] && !anybody);
}

static bool agrees(const struct calendar_of *c, const struct territory_finding *f, size_t n)
{
    for (int day = 0; day < DAYS; day++)
        for (int role = 0; role < ROLES; role++) {
            for (int t = 0; t < PLACES; t++)
                if (!place_agrees(c, f, n, t, role, day))
                    return false;
            for (int i = 0; i < PEOPLE; i++)
                if (told(f, n, TERRITORY_TWICE, 0, role, (uint64_t)(1 + i), (uint64_t)(1 + i),
                         day) != (c->held[0][role][i][day] && c->held[1][role][i][day]))
                    return false;
        }
    return true;
}

static bool holds(struct prop *p, void *context)
{
    struct scene s;
    struct calendar_of c = {.first = {DAYS, DAYS}};
    int last[PEOPLE];
    struct territory_finding *found;
    (void)context;
    if (!scene_open(&s, yaml))
        return false;
    draw_people(p, &s, last);
    draw_seats(p, &s, last, &c);
    draw_places(p, &s, &c);
    struct row *place = s.rows.v[s.rows.n - 1];
    struct look l = scene_look(&s, place, place, (struct instant){0});
    struct reaction r = {.l = &l, .p = s.process};
    size_t n = territory_audit(&r, (struct date){FIRST + DAYS - 1}, &found);
    bool good = r.rc == RC_OK && agrees(&c, found, n);
    for (size_t i = 0; i < n && !good; i++)
        prop_note(p, "found %d %.*s %.*s: %d to %d", (int)found[i].fault,
                  STR_ARG(found[i].territory), STR_ARG(found[i].seat), found[i].from.days - FIRST,
                  found[i].to.days - FIRST);
    scene_close(&s);
    return good;
}

int main(int argc, char **argv)
{
    static const struct property properties[] = {{"gaps and overlaps day by day", holds, 0}};
    return prop_main(argc, argv, properties, 1, NULL);
}
