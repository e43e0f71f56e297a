#include "model/compile.h"

#include "base/zone.h"
#include "model/scalar.h"

#define LANGUAGE_VERSION 1

static void compile_version(struct compile *c)
{
    const struct node *n = node_get(c->root, "version");
    int64_t version;
    if (!n || n->broken || n->kind != NODE_SCALAR || !scalar_int(n->text, &version) ||
        version == LANGUAGE_VERSION)
        return;
    struct diag *d = problem(c->ds, M_VERSION, n->at,
                             "the model is written in version %lld of the language",
                             (long long)version);
    diag_help(c->ds, d, "this program reads version %d", LANGUAGE_VERSION);
}

static void compile_fx(struct compile *c)
{
    const struct node *fx = node_get(c->root, "fx");
    const struct node *basis = node_get(fx, "basis");
    c->m->fx = (struct fx_source){.file = node_text(fx, "source"),
                                  .basis_open = node_text(basis, "open"),
                                  .basis_closed = node_text(basis, "closed")};
}

static void collect_calendars(struct compile *c)
{
    const struct node *n = node_get(c->root, "calendars");
    if (!n || n->kind != NODE_MAP)
        return;
    c->calendars = ARENA_ARRAY(c->arena, n->n, struct str);
    for (size_t i = 0; i < n->n; i++)
        c->calendars[c->n_calendars++] = n->pairs[i].key;
}

void compile_company(struct compile *c)
{
    struct company *co = &c->m->company;
    struct node *n = node_get(c->root, "company");
    co->fiscal_month = co->fiscal_day = 1;
    compile_version(c);
    compile_fx(c);
    collect_calendars(c);
    if (!n) {
        if (c->complete) {
            struct diag *d = problem(c->ds, M_NO_COMPANY, c->root->at, "no company is described");
            diag_help(c->ds, d, "add company: {name: …, currency: EUR, timezone: Europe/Berlin}");
        }
        return;
    }
    co->name = node_text(n, "name");
    co->timezone = node_text(n, "timezone");
    co->arr_band = node_text(n, "arr_band");
    co->motion = node_text(n, "motion");
    if (!currency_parse(node_text(n, "currency"), &co->currency))
        co->currency = (struct currency){0};
    struct str starts = node_text(n, "fiscal_year_starts");
    if (starts.n && !scalar_month_day(starts, &co->fiscal_month, &co->fiscal_day))
        co->fiscal_month = co->fiscal_day = 1;
}

/* ---- people ------------------------------------------------------------------------------------ */

const struct person_seed *compile_person(struct compile *c, struct node *n)
{
    if (!n || n->broken || n->kind != NODE_SCALAR)
        return NULL;
    const struct person_seed *p = map_find(&c->m->person_by_name, n->text);
    if (p || !c->complete)
        return p;
    n->broken = true;
    struct str *names = ARENA_ARRAY(c->arena, c->m->n_people + 1, struct str);
    for (size_t i = 0; i < c->m->n_people; i++)
        names[i] = c->m->people[i].name;
    problem_unknown(c->ds, M_UNKNOWN_PERSON, n->at, "person", n->text, names, c->m->n_people);
    return NULL;
}

const struct person_seed *compile_owner(struct compile *c, struct node *def, const struct object *o,
                                        const struct person_seed *fallback)
{
    struct node *n = node_get(def, "owner"), *name = node_get(def, "name");
    if (n)
        return compile_person(c, n);
    if (!fallback && o)
        fallback = o->owner;
    if (fallback || c->m->company.owner)
        return fallback ? fallback : c->m->company.owner;
    if (o && !o->builtin)
        return NULL; /* told at the object */
    name = name ? name : node_get(def, "id");
    struct diag *d = problem(c->ds, M_NO_OWNER, name ? name->at : def->at, "'%.*s' has no owner",
                             STR_ARG(name && name->text.n ? name->text : STR("this")));
    diag_help(c->ds, d, "add owner: with the short name of one person");
    return NULL;
}

/* The calendar of a person or team; empty when none is named. */
static struct str read_calendar(struct compile *c, const struct node *of)
{
    struct node *n = node_get(of, "calendar");
    if (!n || n->broken || n->kind != NODE_SCALAR)
        return STR_NONE;
    for (size_t i = 0; i < c->n_calendars; i++)
        if (str_eq(c->calendars[i], n->text))
            return c->calendars[i];
    if (c->complete)
        problem_unknown(c->ds, M_UNKNOWN_NAME, n->at, "calendar", n->text, c->calendars,
                        c->n_calendars);
    return STR_NONE;
}

static void add_person(struct compile *c, const struct pair *pair, struct map *emails)
{
    struct person_seed *p = &c->m->people[c->m->n_people++];
    struct node *n = pair->value;
    p->name = pair->key;
    p->full_name = node_text(n, "name");
    p->email = str_lower(c->arena, node_text(n, "email"));
    p->role = node_text(n, "role");
    p->calendar = read_calendar(c, n);
    p->active = read_bool(n, "active", true);
    p->at = pair->at;
    map_put(&c->m->person_by_name, p->name, p);
    if (!p->email.n)
        return;
    const struct person_seed *first = map_find(emails, p->email);
    if (!first) {
        map_put(emails, p->email, p);
        return;
    }
    struct diag *d = problem(c->ds, M_TWICE, node_get(n, "email")->at,
                             "%.*s has the e-mail address of %.*s", STR_ARG(p->name),
                             STR_ARG(first->name));
    d->also = first->at;
    d->also_message = STR("first here");
}

static void add_team(struct compile *c, const struct pair *pair)
{
    struct team_seed *t = &c->m->teams[c->m->n_teams++];
    t->name = pair->key;
    t->at = pair->at;
    t->label = node_text(pair->value, "label");
    t->calendar = read_calendar(c, pair->value);
    t->lead = compile_person(c, node_get(pair->value, "lead"));
    map_put(&c->teams, t->name, t);
}

static void join_team(struct compile *c, struct person_seed *p, struct team_seed *t, struct span at)
{
    if (p->team == t)
        return;
    if (p->team) {
        struct diag *d = problem(c->ds, M_TWICE, at, "%.*s is already in the team '%.*s'",
                                 STR_ARG(p->name), STR_ARG(p->team->name));
        diag_help(c->ds, d, "a person has one team; use pools to share work across teams");
        return;
    }
    p->team = t;
    VEC(const struct person_seed *) members = {t->members, t->n_members, t->n_members};
    *VEC_PUSH(c->arena, &members) = p;
    t->members = members.v;
    t->n_members = members.n;
}

static void fill_teams(struct compile *c, const struct node *people, const struct node *teams)
{
    for (size_t i = 0; i < c->m->n_teams; i++) {
        const struct node *list = node_items(teams->pairs[i].value, "members");
        for (size_t k = 0; k < list->n; k++) {
            const struct person_seed *p = compile_person(c, list->items[k]);
            if (p)
                join_team(c, &c->m->people[p - c->m->people], &c->m->teams[i], list->items[k]->at);
        }
    }
    for (size_t i = 0; i < c->m->n_people; i++) {
        struct node *n = node_get(people->pairs[i].value, "team");
        struct team_seed *t = n && !n->broken ? map_find(&c->teams, n->text) : NULL;
        if (t) {
            join_team(c, &c->m->people[i], t, n->at);
        } else if (n && !n->broken) {
            struct str *names = ARENA_ARRAY(c->arena, c->m->n_teams + 1, struct str);
            for (size_t k = 0; k < c->m->n_teams; k++)
                names[k] = c->m->teams[k].name;
            problem_unknown(c->ds, M_UNKNOWN_NAME, n->at, "team", n->text, names, c->m->n_teams);
        }
    }
}

/* A chain of managers that comes back to where it began would never end in a roll-up. */
static void refuse_manager_cycle(struct compile *c, const struct person_seed *p,
                                 const struct node *n)
{
    const struct person_seed *m = p->manager;
    for (size_t steps = 0; m && steps <= c->m->n_people; steps++, m = m->manager) {
        if (m != p)
            continue;
        problem(c->ds, M_PARENT_CYCLE, n->at, "%.*s is their own manager", STR_ARG(p->name));
        return;
    }
}

void compile_people(struct compile *c)
{
    static const struct node none = {.kind = NODE_MAP};
    const struct node *people = node_get(c->root, "people"), *teams = node_get(c->root, "teams");
    people = people && people->kind == NODE_MAP ? people : &none;
    teams = teams && teams->kind == NODE_MAP ? teams : &none;
    struct map emails;
    map_init(&emails, c->arena);
    c->m->people = ARENA_ARRAY(c->arena, people->n + 1, struct person_seed);
    c->m->teams = ARENA_ARRAY(c->arena, teams->n + 1, struct team_seed);
    for (size_t i = 0; i < people->n; i++)
        add_person(c, &people->pairs[i], &emails);
    for (size_t i = 0; i < teams->n; i++)
        add_team(c, &teams->pairs[i]);
    for (size_t i = 0; i < people->n; i++)
        c->m->people[i].manager = compile_person(c, node_get(people->pairs[i].value, "manager"));
    for (size_t i = 0; i < people->n; i++)
        if (c->m->people[i].manager)
            refuse_manager_cycle(c, &c->m->people[i], node_get(people->pairs[i].value, "manager"));
    fill_teams(c, people, teams);
    c->m->company.owner = compile_person(c, node_get(node_get(c->root, "company"), "owner"));
}
