/* company.h - what the files of this room share: the company while it runs.
 *
 * Rule:   a story acts in its step: it sends commands and says when it acts again, never in the same stretch of a day, so that
 *         it has heard the answers by then. An answer (`hear`) only remembers.
 */
#ifndef REVOS_SIM_COMPANY_H
#define REVOS_SIM_COMPANY_H

#include "base/zone.h"
#include "process/reaction.h"
#include "sim/desk.h"
#include "sim/outlook.h"
#include "sim/sim.h"

enum role { EXECUTIVE, DEVELOPER, SUCCESS, ROLES, LEADER = ROLES };

struct rep {
    char name[24]; /* the short name, as owners are written */
    uint64_t id;   /* of the person; 0: not seen yet */
    enum role role;
    double skill;    /* 1: average */
    double tidy;     /* how often all fields are filled at the first attempt */
    double promised; /* value of open deals that feel like won */
    bool here;
    struct date away, back; /* absent on days [away, back) */
    uint16_t delegate;      /* who answers meanwhile; index of a rep */
};

/* A company of the market. */
struct firm {
    uint64_t id; /* of its account; 0: not in the CRM */
    uint64_t contacts[3];
    uint32_t number, employees;
    uint16_t owner; /* index of a rep */
    uint8_t n_contacts, industry;
    char country[3];
    bool entering; /* the command that makes the account is under way */
    bool customer, in_play;
};

enum { REPS_MAX = 400, CONTACTS_MAX = 3, PRODUCTS = 4, CAMPAIGNS_MAX = 8 };

struct subscription;

struct sim {
    const struct sim_request *request;
    struct sim_report *report;
    struct desk desk;
    struct sim_clock *clock;
    struct queue queue;
    struct outlook outlook;
    struct zone *zone;
    struct instant end;
    struct instant now;      /* of the step under way */
    struct instant tick_end; /* no story acts again before this */
    struct dice market, demand, deals, customers, service, staff, dirt, people;
    struct arena *scratch; /* of one step */
    struct firm *companies;
    struct rep reps[REPS_MAX];
    size_t n_reps;
    uint64_t campaigns[CHANNELS][CAMPAIGNS_MAX]; /* the latest of each channel */
    size_t n_campaigns[CHANNELS];
    struct subscription **active; /* those whose usage is counted */
    size_t n_active, cap_active;
    uint64_t kept_up;           /* commands and rows at the last checkpoint */
    uint64_t last_seen[THINGS]; /* the latest of each kind that somebody has seen */
    uint64_t deal_numbers, billing_numbers, ticket_numbers, mail_numbers;
};

/* ---- stories and time (sim.c) -------------------------------------------------------------------------------------- */

/* A zeroed story of `size` bytes that steps first at `at`. */
void *story_new(struct sim *s, size_t size, void (*step)(struct sim *, struct story *),
                struct instant at);
void story_again(struct sim *s, struct story *l, void (*step)(struct sim *, struct story *),
                 struct instant at);
void story_end(struct story *l);
struct date sim_date(struct sim *s, struct instant at);
/* Some moment of office hours of the first workday at or after `day`. */
struct instant sim_office(struct sim *s, struct dice *d, struct date day);
/* The same, `days` after now. */
struct instant sim_later(struct sim *s, struct dice *d, double days);
/* After so many hours of work, counted from the opening when nobody is at work now. */
struct instant sim_worked(struct sim *s, double hours);
struct instant sim_minutes(struct instant t, int64_t minutes);

/* ---- people (staff.c) -------------------------------------------------------------------------------------------- */

void staff_start(struct sim *s);
/* Somebody of this role who is there. */
size_t staff_pick(struct sim *s, struct dice *d, enum role role);
size_t staff_count(const struct sim *s, enum role role); /* who are there */
struct actor staff_actor(const struct sim *s, size_t rep);
struct actor staff_named(const struct sim *s, const char *name);
/* Whose record this is: rules about who may do what go by it. */
void staff_known(struct sim *s, const struct row *person);
/* The rep of this short name; s->n_reps: nobody that we play. */
size_t staff_find(const struct sim *s, struct str name);
/* Is the rep away today? Then `*back` is a moment of the first morning after it. */
bool staff_away(struct sim *s, size_t rep, struct instant *back);
void absences_start(struct sim *s); /* absences.c */
struct actor sim_actor(enum actor_kind kind, const char *name);

/* ---- companies (market.c) ---------------------------------------------------------------------------------------- */

void market_open(struct sim *s);
void market_start(struct sim *s); /* products, campaigns, spend */
struct str firm_name(struct sim *s, const struct firm *c);
struct str firm_domain(struct sim *s, const struct firm *c);
enum segment firm_segment(const struct firm *c);
/* A company without account, deal or subscription under way; NULL: none was found. */
struct firm *market_prospect(struct sim *s, struct dice *d, size_t employees_min);
/* Sends the account; `heard` sets c->id. */
void firm_enter(struct sim *s, struct firm *c, struct story *l, struct actor by,
                void (*hear)(struct sim *, struct story *, const struct verdict *));
void firm_contact(struct sim *s, struct firm *c, struct dice *d, struct story *l, struct actor by,
                  const char *source,
                  void (*hear)(struct sim *, struct story *, const struct verdict *));
void firm_heard(struct firm *c, const struct verdict *v);
void firm_contact_heard(struct firm *c, const struct verdict *v);
uint64_t market_campaign(struct sim *s, struct dice *d, enum channel c); /* 0: none */

/* ---- what happens ------------------------------------------------------------------------------------------------ */

void leads_day(struct sim *s, struct date day); /* those who come on a day */
void deals_day(struct sim *s, struct date day); /* those that sales finds */
/* A deal begins with `c`, which is in play from now on. */
void deal_start(struct sim *s, struct firm *c, enum channel channel, struct instant at);
/* The same out of a lead, which is converted on the way; `developer` found it. */
void deal_of_lead(struct sim *s, struct firm *c, enum channel channel, uint64_t lead,
                  size_t developer);
/* A developer books a talk with the executive who has the deal. */
void talk_book(struct sim *s, uint64_t deal, uint64_t lead, size_t developer, size_t rep);
void customers_start(struct sim *s); /* those from before the first day */
struct sale {
    struct firm *company;
    uint64_t deal;
    double mrr;
    int64_t seats;
};
void customer_won(struct sim *s, const struct sale *sale);
/* What the account pays a month; 0: nothing any more. */
double customer_pays(struct sim *s, uint64_t account);
bool customer_grows(struct sim *s, uint64_t account, double factor); /* false: it has left */
/* Somebody opens the renewal that the process could not, and answers for the customer from now on; false: it has left. */
bool customer_renews_by_hand(struct sim *s, uint64_t subscription);
void service_start(struct sim *s);
void service_day(struct sim *s, struct date day);
void calls_day(struct sim *s, struct date day);
void dirt_start(struct sim *s);

/* ---- what waits for people (inbox.c) ------------------------------------------------------------------------------- */

/* Offers and tasks that were made since the last look become stories of whoever they wait for. */
void inbox_look(struct sim *s);
/* A live record as it stands, in the arena of the step; NULL: none. */
const struct row *sim_row(struct sim *s, const struct object *o, uint64_t id);
/* The short name of a person; empty: none. In the arena of the step. */
struct str sim_person(struct sim *s, uint64_t person);
/* The newest live record of `thing` whose reference `field` names `parent`; NULL: none. */
const struct row *sim_newest_child(struct sim *s, enum thing thing, const char *field,
                                   uint64_t parent);
/* The stage it stands in; empty: none. */
struct str sim_stage(struct sim *s, enum thing thing, uint64_t id, const char *field);

/* ---- customers who want more (growth.c) ----------------------------------------------------------------------------- */

/* How a task ends: talks about expansion end as customers feel, others as `drawn`. */
struct str growth_outcome(struct sim *s, const struct row *task, struct str drawn);
/* Somebody ended such a task: what they heard is written down at the account, and offered to sales. */
void growth_heard_of(struct sim *s, const struct row *task, struct str outcome, const char *by);
void growth_taken(struct sim *s, uint64_t account, const char *by); /* sales took it over */
void growth_over(struct sim *s, uint64_t account); /* success has the customer back */

/* A subscription, as service sees it. */
struct subscription {
    struct story story;
    struct firm *company;
    uint64_t id, deal, renewal;
    double mrr, fit; /* fit: 0 poor … 1 good; moves churn, use and scores */
    int64_t seats;
    struct date start, renews, first_use;
    size_t place;   /* in sim.active */
    size_t success; /* the rep who looks after it */
    int64_t term;
    bool monthly, leaving, live, base;
};

#endif
