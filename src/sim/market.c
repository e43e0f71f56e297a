/* market.c - the companies of the market, the products sold to them, and what it costs to be heard. */
#include "sim/company.h"

#include <stdio.h>

enum { TRIES = 12 };

/* ---- companies --------------------------------------------------------------------------------------------------- */

void market_open(struct sim *s)
{
    struct dice *d = &s->market;
    s->companies = mem_new(s->outlook.accounts, sizeof *s->companies);
    for (size_t i = 0; i < s->outlook.accounts; i++) {
        struct firm *c = &s->companies[i];
        double size = dice_around(d, 95, 1.6);
        c->number = (uint32_t)i;
        c->employees = size < 3 ? 3 : size > 60000 ? 60000 : (uint32_t)size;
        c->industry = (uint8_t)dice_below(d, industries.n);
        snprintf(c->country, sizeof c->country, "%s", name_country(d));
    }
}

struct str firm_name(struct sim *s, const struct firm *c)
{
    return name_company(s->scratch, c->number);
}

struct str firm_domain(struct sim *s, const struct firm *c)
{
    return name_domain(s->scratch, c->number);
}

enum segment firm_segment(const struct firm *c)
{
    return outlook_segment(c->employees);
}

struct firm *market_prospect(struct sim *s, struct dice *d, size_t employees_min)
{
    for (size_t i = 0; i < TRIES; i++) {
        struct firm *c = &s->companies[dice_below(d, s->outlook.accounts)];
        bool free = s->outlook.crowded || (!c->customer && !c->in_play);
        if (free && c->employees >= employees_min)
            return c;
    }
    return NULL;
}

void firm_enter(struct sim *s, struct firm *c, struct story *l, struct actor by,
                void (*hear)(struct sim *, struct story *, const struct verdict *))
{
    struct form f = form_open(&s->desk, T_ACCOUNT, CMD_UPSERT, by, s->now);
    form_text(&f, "name", firm_name(s, c));
    form_text(&f, "domain", firm_domain(s, c));
    form_word(&f, "segment", segment_names[firm_segment(c)]);
    form_word(&f, "industry", industries.v[c->industry]);
    form_int(&f, "employees", c->employees);
    form_word(&f, "country", c->country);
    form_money(&f, "annual_revenue", (double)c->employees * 110000);
    form_key(&f, "owner", s->reps[c->owner].name);
    form_send(&f, (struct reply){l, hear});
    c->entering = true;
}

void firm_heard(struct firm *c, const struct verdict *v)
{
    c->entering = false;
    if (verdict_accepted(v))
        c->id = v->id;
}

void firm_contact(struct sim *s, struct firm *c, struct dice *d, struct story *l, struct actor by,
                  const char *source,
                  void (*hear)(struct sim *, struct story *, const struct verdict *))
{
    const char *first = name_first(d), *last = name_last(d);
    struct form f = form_open(&s->desk, T_CONTACT, CMD_UPSERT, by, s->now);
    form_text(&f, "email", name_mail(s->scratch, first, last, 0, firm_domain(s, c)));
    form_word(&f, "first_name", first);
    form_word(&f, "last_name", last);
    form_word(&f, "title", word(d, dice_chance(d, 0.6) ? &senior_titles : &junior_titles));
    if (dice_chance(d, 0.6))
        form_text(
            &f, "phone",
            str_printf(s->scratch, "+49 30 %07lld", (long long)dice_between(d, 1000000, 9999999)));
    form_ref(&f, "account", c->id);
    form_word(&f, "lead_source", source);
    form_bool(&f, "marketing_consent", dice_chance(d, 0.7));
    form_send(&f, (struct reply){l, hear});
}

void firm_contact_heard(struct firm *c, const struct verdict *v)
{
    if (!verdict_accepted(v) || c->n_contacts == CONTACTS_MAX)
        return;
    for (size_t i = 0; i < c->n_contacts; i++)
        if (c->contacts[i] == v->id)
            return;
    c->contacts[c->n_contacts++] = v->id;
}

/* ---- products ------------------------------------------------------------------------------------------------------ */

static void products(struct sim *s, struct story *l)
{
    static const struct {
        const char *name, *family;
        double price;
    } list[PRODUCTS] = {{"Platform", "platform", 49},
                        {"Insights", "add_on", 19},
                        {"Automation", "add_on", 15},
                        {"Onboarding", "service", 2500}};
    for (size_t i = 0; i < PRODUCTS; i++) {
        struct form f = form_open(&s->desk, T_PRODUCT, CMD_UPSERT, staff_named(s, "ana"), s->now);
        form_word(&f, "name", list[i].name);
        form_word(&f, "family", list[i].family);
        form_money(&f, "list_price", list[i].price);
        form_send(&f, (struct reply){0});
    }
    story_end(l);
}

/* ---- campaigns ----------------------------------------------------------------------------------------------------- */

struct campaigns {
    struct story story;
    uint64_t made[CHANNELS];
    size_t heard;
};

static void campaign_heard(struct sim *s, struct story *l, const struct verdict *v)
{
    struct campaigns *all = (struct campaigns *)l;
    enum channel c = (enum channel)(all->heard++ % CHANNELS);
    if (!verdict_accepted(v))
        return;
    size_t place = s->n_campaigns[c]++ % CAMPAIGNS_MAX;
    s->campaigns[c][place] = v->id;
}

static void campaigns_quarter(struct sim *s, struct story *l)
{
    static const char *const themes[] = {"Forecast you can trust", "One funnel", "Clean pipeline",
                                         "Renewals without surprises"};
    struct date day = sim_date(s, s->now);
    struct ymd ymd = date_to_ymd(day);
    for (size_t c = 0; c < CHANNELS; c++) {
        struct form f = form_open(&s->desk, T_CAMPAIGN, CMD_UPSERT, staff_named(s, "chloe"),
                                  s->now);
        form_text(&f, "name",
                  str_printf(s->scratch, "%d-%02d %s (%s)", ymd.year, ymd.month,
                             themes[(c + ymd.month) % 4], channel_names[c]));
        form_word(&f, "channel", channel_names[c]);
        form_money(&f, "budget", outlook_spend(&s->outlook, day, (enum channel)c) * 63);
        form_date(&f, "starts", day);
        form_date(&f, "ends", (struct date){date_add_months(day, 3).days - 1});
        form_key(&f, "owner", "chloe");
        form_send(&f, (struct reply){l, campaign_heard});
    }
    story_again(s, l, campaigns_quarter, sim_office(s, &s->market, date_add_months(day, 3)));
}

uint64_t market_campaign(struct sim *s, struct dice *d, enum channel c)
{
    size_t n = s->n_campaigns[c];
    if (n == 0)
        return 0;
    size_t back = n > 1 && dice_chance(d, 0.2) ? 2 : 1;
    return s->campaigns[c][(n - back) % CAMPAIGNS_MAX];
}

/* ---- spend --------------------------------------------------------------------------------------------------------- */

/* Media runs every day; people and tools are booked with it, by channel, so that acquisition cost can be split. */
static void spend_day(struct sim *s, struct story *l)
{
    static const char *const kinds[] = {"media", "people", "tools"};
    static const double paid[] = {0.60, 0.32, 0.08}, earned[] = {0.12, 0.76, 0.12};
    struct date day = sim_date(s, s->now);
    for (size_t c = 0; c < CHANNELS; c++) {
        const double *split = c == PAID_SEARCH || c == SOCIAL || c == EVENT ? paid : earned;
        double amount = outlook_spend(&s->outlook, day, (enum channel)c);
        for (size_t k = 0; k < 3; k++) {
            double part = amount * split[k] * dice_around(&s->market, 1, 0.15);
            if (!outlook_workday(day) || part < 1)
                continue;
            struct fact f = fact_open(&s->desk, T_SPEND);
            fact_ref(&f, "campaign", k == 0 ? market_campaign(s, &s->market, (enum channel)c) : 0);
            fact_word(&f, "channel", channel_names[c]);
            fact_word(&f, "kind", kinds[k]);
            fact_money(&f, "amount", part);
            fact_date(&f, "day", day);
        }
    }
    struct date next = {day.days + 1};
    story_again(s, l, spend_day, zone_instant(s->zone, next, (struct hms){.hour = 19}));
}

void market_start(struct sim *s)
{
    (void)story_new(s, sizeof(struct story), products, sim_minutes(s->now, 5));
    (void)story_new(s, sizeof(struct campaigns), campaigns_quarter, sim_minutes(s->now, 10));
    (void)story_new(s, sizeof(struct story), spend_day,
                    zone_instant(s->zone, s->outlook.from, (struct hms){.hour = 19}));
}
