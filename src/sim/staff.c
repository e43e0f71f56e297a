/* staff.c - who sells, develops leads and looks after customers; who comes and who leaves. */
#include "sim/company.h"

#include <stdio.h>
#include <string.h>

struct hiring {
    struct story story;
    size_t looks;
};

static const char *const role_names[ROLES] = {"ae", "sdr", "csm"};
static const char *const managers[ROLES] = {"ben", "ben", "dev"};
/* People of the template that we play, by their role in it. */
static const struct {
    const char *name;
    enum role role;
} seeds[] = {{"sam", EXECUTIVE}, {"lou", EXECUTIVE}, {"tia", DEVELOPER}, {"jon", DEVELOPER},
             {"mia", DEVELOPER}, {"kim", SUCCESS},   {"ana", LEADER},    {"ben", LEADER},
             {"chloe", LEADER},  {"dev", LEADER}};

static struct rep *add(struct sim *s, struct str name, enum role role)
{
    if (s->n_reps == REPS_MAX)
        return NULL;
    struct rep *r = &s->reps[s->n_reps++];
    *r = (struct rep){.role = role, .here = true};
    snprintf(r->name, sizeof r->name, "%.*s", STR_ARG(name));
    r->skill = 0.75 + 0.5 * dice_unit(&s->staff);
    r->tidy = 0.70 + 0.28 * dice_unit(&s->staff);
    return r;
}

static void hire(struct sim *s, enum role role)
{
    const char *first = name_first(&s->staff), *last = name_last(&s->staff);
    struct str name = str_lower(s->scratch, str_printf(s->scratch, "%s.%zu", first, s->n_reps));
    struct rep *r = add(s, name, role);
    if (!r)
        return;
    struct form f = form_open(&s->desk, T_PERSON, CMD_CREATE, staff_named(s, "ana"), s->now);
    form_word(&f, "name", r->name);
    form_text(&f, "full_name", str_printf(s->scratch, "%s %s", first, last));
    form_text(&f, "email", name_mail(s->scratch, first, last, s->n_reps, STR("acme.example")));
    form_word(&f, "role", role_names[role]);
    form_key(&f, "manager", managers[role]);
    form_key(&f, "team", role_names[role]);
    form_bool(&f, "active", true);
    form_send(&f, (struct reply){0});
}

size_t staff_count(const struct sim *s, enum role role)
{
    size_t n = 0;
    for (size_t i = 0; i < s->n_reps; i++)
        n += s->reps[i].role == role && s->reps[i].here;
    return n;
}

static void fill(struct sim *s, enum role role, size_t wanted)
{
    for (size_t n = staff_count(s, role); n < wanted; n++)
        hire(s, role);
}

static size_t wanted(const struct sim *s, enum role role)
{
    return role == EXECUTIVE   ? s->outlook.account_executives
           : role == DEVELOPER ? s->outlook.developers
                               : s->outlook.success_managers;
}

/* The last one hired of a role goes; deals find their new owner at their next step. */
static void leave(struct sim *s, enum role role)
{
    for (size_t i = s->n_reps; i-- > 0 && staff_count(s, role) > 1;) {
        struct rep *r = &s->reps[i];
        if (r->role != role || !r->here)
            continue;
        r->here = false;
        struct form f = form_open(&s->desk, T_PERSON, CMD_UPSERT, staff_named(s, "ana"), s->now);
        form_word(&f, "name", r->name);
        form_bool(&f, "active", false);
        form_date(&f, "left_on", sim_date(s, s->now));
        form_send(&f, (struct reply){0});
        return;
    }
}

/* Looks at the staff once in a ninth of the time: first all are hired; twice somebody leaves, and is missing until the
 * next look. */
static void hiring(struct sim *s, struct story *l)
{
    struct hiring *h = (struct hiring *)l;
    double days = (double)(s->outlook.to.days - s->outlook.from.days);
    if (h->looks % 4 == 3)
        leave(s, EXECUTIVE);
    else
        for (size_t role = 0; role < ROLES; role++)
            fill(s, (enum role)role, wanted(s, (enum role)role));
    h->looks++;
    story_again(s, l, hiring, sim_later(s, &s->staff, days / 9));
}

void staff_start(struct sim *s)
{
    for (size_t i = 0; i < sizeof seeds / sizeof *seeds; i++)
        (void)add(s, str_of(seeds[i].name), seeds[i].role);
    (void)story_new(s, sizeof(struct hiring), hiring, s->now);
}

size_t staff_pick(struct sim *s, struct dice *d, enum role role)
{
    size_t found = 0, seen = 0;
    for (size_t i = 0; i < s->n_reps; i++)
        if (s->reps[i].role == role && s->reps[i].here && dice_below(d, ++seen) == 0)
            found = i;
    return found;
}

size_t staff_find(const struct sim *s, struct str name)
{
    size_t i = 0;
    while (i < s->n_reps && !str_is(name, s->reps[i].name))
        i++;
    return i;
}

bool staff_away(struct sim *s, size_t rep, struct instant *back)
{
    if (rep >= s->n_reps)
        return false;
    const struct rep *r = &s->reps[rep];
    struct date today = sim_date(s, s->now);
    if (today.days < r->away.days || today.days >= r->back.days)
        return false;
    *back = sim_office(s, &s->people, r->back);
    return true;
}

struct actor staff_actor(const struct sim *s, size_t rep)
{
    return (struct actor){
        .kind = ACTOR_PERSON, .name = str_of(s->reps[rep].name), .person = s->reps[rep].id};
}

struct actor staff_named(const struct sim *s, const char *name)
{
    size_t rep = staff_find(s, str_of(name));
    return rep < s->n_reps ? staff_actor(s, rep) : sim_actor(ACTOR_PERSON, name);
}

void staff_known(struct sim *s, const struct row *person)
{
    size_t rep = staff_find(s, row_text(person, "name"));
    if (rep < s->n_reps)
        s->reps[rep].id = person->id;
}
