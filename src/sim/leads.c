/* leads.c - people who come to the web site, a booth, a webinar; what becomes of them. */
#include "sim/company.h"

#include <math.h>

struct lead {
    struct story story;
    struct firm *company; /* NULL: outside the market we keep */
    uint64_t id;
    const char *first, *last;
    struct str mail; /* of the story's own memory */
    char mail_text[96];
    enum channel channel;
    size_t developer;
    uint32_t employees;
    bool good;  /* right kind of company, and they will ask for something */
    bool again; /* came back once */
    bool refused;
    bool lingered;
    bool asked, agreed; /* whether we may write to them */
    unsigned tries, waits;
    uint8_t senior;
};

#define ACCEPTED 0.88
/* Where the form asks, so many agree to be written to; of those some take it back. docs/simulate.md names the sources. */
#define ASKED 0.85
#define AGREED 0.62
#define AGREED_GOOD 0.78
#define WITHDRAWN 0.04
/* Of those sales accepted. */
#define QUALIFIED 0.29
/* Nobody gets round to the next step for weeks. */
#define LINGERS 0.08
#define BECOMES_DEAL 0.38

/* Days after which nobody waits any longer for an answer, or for the company to fit after all. */
enum { WAITS_MQL = 15, WAITS_RAW = 3 };

static void lead_qualify(struct sim *s, struct story *l);
static void lead_wait(struct sim *s, struct story *l);

static struct lead *lead_of(struct story *l)
{
    return (struct lead *)l;
}

/* ---- who comes -------------------------------------------------------------------------------------------------------- */

static void draw_mail(struct sim *s, struct lead *x)
{
    struct dice *d = &s->demand;
    size_t number = dice_chance(d, 0.5) ? 0 : ++s->mail_numbers;
    struct str domain;
    if (x->company)
        domain = firm_domain(s, x->company);
    else if (dice_chance(d, 0.45))
        domain = str_of(word(d, &freemail_hosts));
    else
        domain = name_domain(s->scratch,
                             s->outlook.accounts + dice_below(d, 4 * s->outlook.accounts));
    if (!x->company)
        number = ++s->mail_numbers;
    struct str mail = name_mail(s->scratch, x->first, x->last, number, domain);
    size_t n = mail.n < sizeof x->mail_text ? mail.n : sizeof x->mail_text - 1;
    for (size_t i = 0; i < n; i++)
        x->mail_text[i] = mail.p[i];
    x->mail = (struct str){x->mail_text, n};
}

static void lead_arrive(struct sim *s, struct story *l);

static void lead_new(struct sim *s, struct date day)
{
    static const enum channel found_us[] = {ORGANIC, PAID_SEARCH, SOCIAL, EVENT};
    struct dice *d = &s->demand;
    double weights[4];
    struct lead *x = story_new(s, sizeof *x, lead_arrive, sim_office(s, d, day));
    for (size_t i = 0; i < 4; i++)
        weights[i] = outlook_channel_share(found_us[i]);
    x->channel = found_us[dice_weighted(d, weights, 4)];
    x->good = dice_chance(d, OUTLOOK_GOOD_LEADS);
    x->company = x->good ? market_prospect(s, d, 50) : NULL;
    x->employees = x->company ? x->company->employees
                   : x->good  ? (uint32_t)dice_around(d, 160, 0.6) + 50
                              : (uint32_t)dice_around(d, 14, 0.8) + 1;
    x->senior = dice_chance(d, x->good ? 0.7 : 0.15);
    x->first = name_first(d);
    x->last = name_last(d);
    x->developer = staff_pick(s, d, DEVELOPER);
    x->asked = dice_chance(d, ASKED);
    x->agreed = dice_chance(d, x->good ? AGREED_GOOD : AGREED);
    draw_mail(s, x);
}

void leads_day(struct sim *s, struct date day)
{
    double weekend = outlook_workday(day) ? 1 : 0.15;
    double mean = s->outlook.leads_per_workday * outlook_pace(&s->outlook, day) * weekend;
    for (size_t n = dice_count(&s->demand, mean); n > 0; n--)
        lead_new(s, day);
}

/* ---- touches ----------------------------------------------------------------------------------------------------------- */

static void touch(struct sim *s, const struct lead *x, const char *channel, struct instant at)
{
    static const char *const pages[] = {"/", "/blog/forecast", "/pricing", "/product",
                                        "/customers"};
    struct dice *d = &s->demand;
    struct fact f = fact_open(&s->desk, T_TOUCH);
    fact_ref(&f, "lead", x->id);
    fact_ref(&f, "campaign", market_campaign(s, d, x->channel));
    fact_word(&f, "channel", channel);
    fact_text(&f, "content",
              str_printf(s->scratch, "https://acme.example%s", pages[dice_below(d, 5)]));
    if (x->channel == PAID_SEARCH)
        fact_word(&f, "utm", "utm_source=google&utm_medium=cpc&utm_campaign=brand");
    fact_instant(&f, "at", at);
}

static const char *some_channel(struct sim *s, const struct lead *x)
{
    struct dice *d = &s->demand;
    if (dice_chance(d, 0.55))
        return channel_names[x->channel];
    return dice_chance(d, 0.25) ? "webinar" : channel_names[dice_below(d, EVENT)];
}

/* What they looked at in the `days` before now, the more the nearer. */
static void touches_before(struct sim *s, const struct lead *x, size_t n, double days)
{
    for (size_t i = n; i > 0; i--) {
        double back = days * dice_unit(&s->demand) * dice_unit(&s->demand) * (double)i / (double)n;
        touch(s, x, some_channel(s, x), sim_minutes(s->now, -(int64_t)(back * 1440) - 1));
    }
}

/* ---- the way ----------------------------------------------------------------------------------------------------------- */

static void heard_lead(struct sim *s, struct story *l, const struct verdict *v)
{
    (void)s;
    lead_of(l)->id = verdict_accepted(v) ? v->id : 0;
}

static void heard_move(struct sim *s, struct story *l, const struct verdict *v)
{
    (void)s;
    lead_of(l)->refused = !verdict_accepted(v);
}

static struct form move(struct sim *s, const struct lead *x, const char *stage, struct actor by)
{
    struct form f = form_open(&s->desk, T_LEAD, CMD_UPDATE, by, s->now);
    form_target(&f, x->id);
    form_word(&f, "lifecycle_stage", stage);
    return f;
}

static void lead_back(struct sim *s, struct story *l)
{
    struct lead *x = lead_of(l);
    x->again = true;
    touch(s, x, "demo_request", sim_minutes(s->now, -30));
    story_again(s, l, lead_qualify, sim_later(s, &s->demand, 1));
}

static void maybe_back(struct sim *s, struct story *l)
{
    struct lead *x = lead_of(l);
    if (!x->again && dice_chance(&s->demand, 0.15))
        story_again(s, l, lead_back, sim_later(s, &s->demand, 45 + 60 * dice_unit(&s->demand)));
    else
        story_end(l);
}

static void recycle(struct sim *s, struct story *l)
{
    struct lead *x = lead_of(l);
    const char *why = word(&s->demand, &recycle_reasons);
    struct form f = move(s, x, "recycled", staff_actor(s, x->developer));
    form_word(&f, "recycle_reason", why);
    form_reason(&f, why);
    form_send(&f, (struct reply){0});
    maybe_back(s, l);
}

static bool lingers(struct sim *s, struct lead *x)
{
    bool yes = !x->lingered && dice_chance(&s->demand, LINGERS);
    x->lingered |= yes;
    return yes;
}

/* Their deal begins: an executive gets it, with the talk that the developer books. */
static void lead_deal(struct sim *s, struct story *l)
{
    struct lead *x = lead_of(l);
    struct firm *c = x->company;
    bool busy = !c || c->customer || (c->in_play && !s->outlook.crowded);
    if (!c) /* a company that we did not know: some other of the same kind stands for it */
        c = market_prospect(s, &s->demand, 50);
    if (!c || (busy && x->company) || !dice_chance(&s->demand, BECOMES_DEAL)) {
        recycle(s, l);
        return;
    }
    deal_of_lead(s, c, x->channel, x->id, x->developer);
    touches_before(s, x, 1 + dice_below(&s->demand, 3), 5);
    story_end(l);
}

static void lead_sql(struct sim *s, struct story *l);

/* Was it taken? Else the answers are asked for and filled in. */
static void lead_sql_look(struct sim *s, struct story *l)
{
    struct lead *x = lead_of(l);
    if (x->refused && x->tries++ < 2)
        lead_sql(s, l);
    else if (x->refused)
        story_end(l);
    else if (lingers(s, x))
        story_again(s, l, lead_deal, sim_later(s, &s->demand, 10 + 20 * dice_unit(&s->demand)));
    else
        lead_deal(s, l);
}

static void lead_sql(struct sim *s, struct story *l)
{
    struct lead *x = lead_of(l);
    struct dice *d = &s->demand;
    struct date by = {sim_date(s, s->now).days + 60 + (int32_t)dice_below(d, 60)};
    bool careful = x->tries || dice_chance(d, s->reps[x->developer].tidy);
    struct form f = move(s, x, "sql", staff_actor(s, x->developer));
    form_word(&f, "status", "working");
    form_bool(&f, "budget", true);
    form_bool(&f, "authority", true);
    form_bool(&f, "replied", true);
    if (careful)
        form_word(&f, "need", word(d, &needs));
    if (careful || dice_chance(d, 0.5))
        form_date(&f, "timeline", by);
    form_send(&f, (struct reply){l, heard_move});
    story_again(s, l, lead_sql_look, sim_later(s, d, 1 + 2 * dice_unit(d)));
}

static void lead_accepted(struct sim *s, struct story *l)
{
    struct lead *x = lead_of(l);
    x->tries = 0;
    if (lingers(s, x)) {
        story_again(s, l, lead_accepted, sim_later(s, &s->demand, 12 + 25 * dice_unit(&s->demand)));
        return;
    }
    if (dice_chance(&s->demand, QUALIFIED))
        lead_sql(s, l);
    else
        recycle(s, l);
}

/* Nothing is offered to anybody: whoever develops leads takes it, or does not. */
static void lead_taken(struct sim *s, struct story *l)
{
    struct lead *x = lead_of(l);
    struct dice *d = &s->demand;
    if (!dice_chance(d, ACCEPTED)) {
        recycle(s, l);
        return;
    }
    struct form f = move(s, x, "sal", staff_actor(s, x->developer));
    form_word(&f, "status", "working");
    form_send(&f, (struct reply){0});
    struct fact a = fact_open(&s->desk, T_ACTIVITY);
    fact_word(&a, "kind", "call");
    fact_ref(&a, "lead", x->id);
    fact_word(&a, "outcome", dice_chance(d, 0.4) ? "reached" : "no_answer");
    fact_instant(&a, "at", s->now);
    story_again(s, l, lead_accepted, sim_later(s, d, 1 + 6 * dice_unit(d)));
}

/* Fit and action made it marketing qualified, its receiver answers; the story goes on from where it stands. */
static void lead_wait(struct sim *s, struct story *l)
{
    struct lead *x = lead_of(l);
    struct str stage = sim_stage(s, T_LEAD, x->id, "lifecycle_stage");
    if (x->refused) {
        story_end(l);
    } else if (str_is(stage, "sal")) {
        story_again(s, l, lead_accepted, sim_later(s, &s->demand, 1 + 6 * dice_unit(&s->demand)));
    } else if (str_is(stage, "mql") && !s->last_seen[T_HANDOFF]) {
        lead_taken(s, l);
    } else if (x->waits++ < (str_is(stage, "mql") ? WAITS_MQL : WAITS_RAW)) {
        story_again(s, l, lead_wait, sim_later(s, &s->demand, 1));
    } else if (str_is(stage, "mql")) {
        recycle(s, l);
    } else if (str_is(stage, "recycled")) {
        maybe_back(s, l);
    } else {
        story_end(l);
    }
}

/* Somebody calls it qualified all the same: the gates may say no. */
static void lead_qualify(struct sim *s, struct story *l)
{
    struct lead *x = lead_of(l);
    struct form f = move(s, x, "mql", staff_named(s, "chloe"));
    if (x->again)
        form_reason(&f, "Came back with a request");
    form_send(&f, (struct reply){l, heard_move});
    x->waits = 0;
    story_again(s, l, lead_wait, sim_later(s, &s->demand, dice_unit(&s->demand) * 1.5));
}

/* They no longer want to be written to. */
static void withdraw(struct sim *s, const struct lead *x)
{
    struct form f = form_open(&s->desk, T_LEAD, CMD_UPDATE, sim_actor(ACTOR_TOKEN, "website"),
                              s->now);
    form_target(&f, x->id);
    form_bool(&f, "marketing_consent", false);
    form_date(&f, "consent_on", sim_date(s, s->now));
    form_send(&f, (struct reply){0});
}

static void lead_warm(struct sim *s, struct story *l)
{
    struct lead *x = lead_of(l);
    struct dice *d = &s->demand;
    if (x->asked && x->agreed && dice_chance(d, WITHDRAWN))
        withdraw(s, x);
    touches_before(s, x, 1 + dice_count(d, 1.8), 12);
    touch(s, x, dice_chance(d, 0.6) ? "demo_request" : "pricing", sim_minutes(s->now, -15));
    story_again(s, l, lead_wait, sim_later(s, d, 1));
}

/* The first touches are known as soon as the lead has an id. */
static void lead_first(struct sim *s, struct story *l)
{
    struct lead *x = lead_of(l);
    struct dice *d = &s->demand;
    if (!x->id) {
        story_end(l);
        return;
    }
    touches_before(s, x, 1 + dice_count(d, x->good ? 2.2 : 0.8), x->good ? 40 : 10);
    if (x->good)
        story_again(s, l, lead_warm, sim_later(s, d, 1 + dice_around(d, 6, 0.8)));
    else if (dice_chance(d, 0.05)) /* somebody wants them qualified all the same */
        story_again(s, l, lead_qualify, sim_later(s, d, 3));
    else
        story_end(l);
}

static void lead_arrive(struct sim *s, struct story *l)
{
    struct lead *x = lead_of(l);
    struct dice *d = &s->demand;
    struct form f = form_open(&s->desk, T_LEAD, CMD_UPSERT, sim_actor(ACTOR_TOKEN, "website"),
                              s->now);
    form_text(&f, "email", x->mail);
    form_word(&f, "first_name", x->first);
    form_word(&f, "last_name", x->last);
    form_word(&f, "title", word(d, x->senior ? &senior_titles : &junior_titles));
    if (x->company)
        form_text(&f, "company", firm_name(s, x->company));
    form_int(&f, "employees", x->employees);
    form_word(&f, "country", x->company ? x->company->country : name_country(d));
    form_word(&f, "lead_source", channel_names[x->channel]);
    if (x->channel == PAID_SEARCH)
        form_word(&f, "utm", "utm_source=google&utm_medium=ppc&utm_campaign=brand");
    else if (x->channel == ORGANIC && dice_chance(d, 0.8))
        form_word(&f, "utm", "utm_source=google&utm_medium=organic");
    else if (x->channel == SOCIAL || (x->channel == EVENT && dice_chance(d, 0.5)))
        form_word(&f, "utm",
                  x->channel == SOCIAL ? "utm_source=linkedin&utm_medium=sm"
                                       : "utm_source=events&utm_medium=email");
    form_ref(&f, "campaign", market_campaign(s, d, x->channel));
    form_ref(&f, "account", x->company ? x->company->id : 0);
    form_word(&f, "status", "new");
    if (x->asked) {
        form_bool(&f, "marketing_consent", x->agreed);
        form_date(&f, "consent_on", sim_date(s, s->now));
    }
    if (dice_chance(d, x->good ? 0.7 : 0.4))
        form_word(&f, "notes", word(d, &needs));
    form_key(&f, "owner", s->reps[x->developer].name);
    form_send(&f, (struct reply){l, heard_lead});
    story_again(s, l, lead_first, s->tick_end);
}
