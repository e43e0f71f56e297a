/* customers.c - subscriptions: month by month, term by term, until they leave. */
#include "sim/company.h"

#include <math.h>

/* Chances a month, for a subscription of average fit. */
#define EXPANDS 0.030 /* by themselves; sales brings the rest, see growth.c */
#define CONTRACTS 0.012
#define LEAVES_MONTHLY 0.014 /* billed monthly */
#define RETURNS 0.10         /* of those who left, some months later */
#define SIGNS_LATE 0.12      /* of those who stay: days or weeks after the term has ended */
#define FIRST_USE_DAYS 14.0
#define NOBODYS 0.08 /* of those taken over from an older system: without an owner */

/* Before a term ends: what sales will need is written down, the renewal is quoted, the customer decides. */
enum { PREPARED_DAYS = 122, QUOTED_DAYS = 91, DECIDED_DAYS = 35 };

/* Chance of leaving at the end of a yearly term. */
static const double leaves_yearly[SEGMENTS] = {0.15, 0.09, 0.05};
static const char *const plans[SEGMENTS] = {"starter", "growth", "scale"};

static void sub_month(struct sim *s, struct story *l);
static void sub_prepare(struct sim *s, struct subscription *x);
static void sub_quote(struct sim *s, struct story *l);
static void sub_end_of_term(struct sim *s, struct story *l);

static struct subscription *sub_of(struct story *l)
{
    return (struct subscription *)l;
}

static struct actor billing(void)
{
    return sim_actor(ACTOR_TOKEN, "billing");
}

static void movement(struct sim *s, const struct subscription *x, const char *kind, double mrr,
                     struct date at)
{
    struct fact f = fact_open(&s->desk, T_MOVEMENT);
    fact_ref(&f, "subscription", x->id);
    fact_ref(&f, "account", x->company->id);
    fact_word(&f, "kind", kind);
    fact_money(&f, "mrr", mrr);
    fact_date(&f, "at", at);
}

static struct form change(struct sim *s, const struct subscription *x)
{
    struct form f = form_open(&s->desk, T_SUBSCRIPTION, CMD_UPDATE, billing(), s->now);
    form_target(&f, x->id);
    return f;
}

/* ---- those who use it ----------------------------------------------------------------------------------------------- */

static void activate(struct sim *s, struct subscription *x)
{
    if (s->n_active == s->cap_active) {
        s->cap_active = s->cap_active ? 2 * s->cap_active : 256;
        s->active = mem_resize(s->active, s->cap_active, sizeof(struct subscription *));
    }
    x->place = s->n_active;
    s->active[s->n_active++] = x;
    x->live = true;
    x->company->customer = true;
}

static void deactivate(struct sim *s, struct subscription *x)
{
    struct subscription *last = s->active[--s->n_active];
    s->active[x->place] = last;
    last->place = x->place;
    x->live = false;
    x->company->customer = false;
}

/* ---- the beginning --------------------------------------------------------------------------------------------------- */

static void heard_subscription(struct sim *s, struct story *l, const struct verdict *v)
{
    (void)s;
    sub_of(l)->id = verdict_accepted(v) ? v->id : 0;
}

static struct instant next_month(struct sim *s)
{
    return sim_office(s, &s->customers, date_add_months(sim_date(s, s->now), 1));
}

static void sub_begins(struct sim *s, struct story *l)
{
    struct subscription *x = sub_of(l);
    if (!x->id) {
        story_end(l);
        return;
    }
    movement(s, x, "new", x->mrr, x->start);
    activate(s, x);
    story_again(s, l, sub_month, next_month(s));
}

static void sub_create(struct sim *s, struct story *l)
{
    struct subscription *x = sub_of(l);
    enum segment segment = firm_segment(x->company);
    if (!x->company->id) {
        story_end(l);
        return;
    }
    if (!x->base)
        x->start = sim_date(s, s->now);
    x->first_use = x->start;
    if (!x->base) /* until somebody has connected their systems and asked their people in */
        x->first_use.days += (int32_t)dice_around(&s->customers, FIRST_USE_DAYS, 0.8);
    x->renews = x->start;
    while (x->renews.days <= sim_date(s, s->now).days) {
        x->renews = date_add_months(x->renews, 12);
        x->term++;
    }
    struct form f = form_open(&s->desk, T_SUBSCRIPTION, CMD_CREATE, billing(), s->now);
    form_text(&f, "billing_id",
              str_printf(s->scratch, "SUB-%05llu", (unsigned long long)++s->billing_numbers));
    form_ref(&f, "account", x->company->id);
    form_ref(&f, "opportunity", x->deal);
    form_key(&f, "product", "Platform");
    form_word(&f, "plan", plans[segment]);
    form_word(&f, "status", "active");
    form_int(&f, "seats", x->seats);
    form_money(&f, "mrr", x->mrr);
    form_word(&f, "billing", x->monthly ? "monthly" : "annual");
    form_date(&f, "start_date", x->start);
    form_date(&f, "renewal_date", x->renews);
    form_int(&f, "term", x->term);
    x->success = staff_pick(s, &s->customers, SUCCESS);
    if (!x->base || !dice_chance(&s->customers, NOBODYS))
        form_key(&f, "owner", s->reps[x->success].name);
    form_send(&f, (struct reply){l, heard_subscription});
    story_again(s, l, sub_begins, s->tick_end);
}

static struct subscription *sub_new(struct sim *s, struct firm *c, struct instant at,
                                    void (*step)(struct sim *, struct story *))
{
    struct subscription *x = story_new(s, sizeof *x, step, at);
    x->company = c;
    x->fit = dice_unit(&s->customers);
    x->monthly = firm_segment(c) == SMB && dice_chance(&s->customers, 0.5);
    return x;
}

void customer_won(struct sim *s, const struct sale *sale)
{
    struct instant at = sim_later(s, &s->customers, 1 + dice_unit(&s->customers) * 9);
    struct subscription *x = sub_new(s, sale->company, at, sub_create);
    x->mrr = sale->mrr;
    x->seats = sale->seats;
    x->deal = sale->deal;
}

/* ---- those from before the first day --------------------------------------------------------------------------------- */

static void heard_account(struct sim *s, struct story *l, const struct verdict *v)
{
    (void)s;
    firm_heard(sub_of(l)->company, v);
}

static void heard_contact(struct sim *s, struct story *l, const struct verdict *v)
{
    (void)s;
    firm_contact_heard(sub_of(l)->company, v);
}

static void base_contact(struct sim *s, struct story *l)
{
    struct firm *c = sub_of(l)->company;
    if (!c->id) {
        story_end(l);
        return;
    }
    firm_contact(s, c, &s->customers, l, sim_actor(ACTOR_TOKEN, "migration"), "other",
                 heard_contact);
    story_again(s, l, sub_create, s->tick_end);
}

static void base_enter(struct sim *s, struct story *l)
{
    struct firm *c = sub_of(l)->company;
    c->owner = (uint16_t)staff_pick(s, &s->customers, SUCCESS);
    firm_enter(s, c, l, sim_actor(ACTOR_TOKEN, "migration"), heard_account);
    story_again(s, l, base_contact, s->tick_end);
}

void customers_start(struct sim *s)
{
    struct dice *d = &s->customers;
    for (size_t i = 0; i < s->outlook.accounts; i++) {
        struct firm *c = &s->companies[i];
        if (!dice_chance(d, s->outlook.customers_at_start))
            continue;
        struct subscription *x = sub_new(s, c, sim_minutes(s->now, 60 + (int64_t)(i % 300)),
                                         base_enter);
        enum segment segment = firm_segment(c);
        x->base = true;
        x->mrr = round(dice_around(d, outlook_mrr(segment), 0.35) / 10) * 10;
        x->seats = (int64_t)fmax(1, round(x->mrr / 42));
        x->start = (struct date){s->outlook.from.days - (int32_t)dice_between(d, 20, 900)};
        c->customer = true;
    }
}

double customer_pays(struct sim *s, uint64_t account)
{
    double sum = 0;
    for (size_t i = 0; i < s->n_active; i++)
        if (s->active[i]->company->id == account)
            sum += s->active[i]->mrr;
    return sum;
}

/* ---- month by month -------------------------------------------------------------------------------------------------- */

static void resize(struct sim *s, struct subscription *x, double factor)
{
    double mrr = fmax(50, round(x->mrr * factor / 10) * 10);
    double by = mrr - x->mrr;
    if (fabs(by) < 10)
        return;
    x->mrr = mrr;
    x->seats = (int64_t)fmax(1, round(mrr / 42));
    struct form f = change(s, x);
    form_money(&f, "mrr", mrr);
    form_int(&f, "seats", x->seats);
    form_word(&f, "usage_trend", by > 0 ? "up" : "down");
    form_send(&f, (struct reply){0});
    movement(s, x, by > 0 ? "expansion" : "contraction", fabs(by), sim_date(s, s->now));
}

bool customer_grows(struct sim *s, uint64_t account, double factor)
{
    for (size_t i = 0; i < s->n_active; i++)
        if (s->active[i]->company->id == account) {
            resize(s, s->active[i], factor);
            return true;
        }
    return false;
}

static void sub_returns(struct sim *s, struct story *l)
{
    struct subscription *x = sub_of(l);
    if (x->company->customer) { /* won anew by sales meanwhile */
        story_end(l);
        return;
    }
    struct form f = change(s, x);
    x->renews = date_add_months(sim_date(s, s->now), 12);
    x->term++;
    x->fit = 0.5 + dice_unit(&s->customers) / 2;
    x->leaving = false;
    form_word(&f, "status", "active");
    form_date(&f, "renewal_date", x->renews);
    form_int(&f, "term", x->term);
    form_text(&f, "churn_reason", STR(" "));
    form_text(&f, "end_date", STR(" "));
    form_send(&f, (struct reply){0});
    movement(s, x, "reactivation", x->mrr, sim_date(s, s->now));
    activate(s, x);
    story_again(s, l, sub_month, next_month(s));
}

static void churn(struct sim *s, struct story *l)
{
    static const double weights[] = {26, 24, 14, 8, 20, 8};
    struct subscription *x = sub_of(l);
    struct dice *d = &s->customers;
    struct form f = change(s, x);
    form_word(&f, "status", "cancelled");
    form_date(&f, "end_date", sim_date(s, s->now));
    if (dice_chance(d, 0.9))
        form_word(&f, "churn_reason", churn_reasons.v[dice_weighted(d, weights, churn_reasons.n)]);
    form_send(&f, (struct reply){0});
    movement(s, x, "churn", x->mrr, sim_date(s, s->now));
    deactivate(s, x);
    if (dice_chance(d, RETURNS))
        story_again(s, l, sub_returns, sim_later(s, d, 60 + dice_unit(d) * 120));
    else
        story_end(l);
}

/* Poor fit loses twice as often as good fit wins more. */
static double for_fit(const struct subscription *x, double chance, bool bad)
{
    return chance * (bad ? 1.8 - 1.6 * x->fit : 0.4 + 1.2 * x->fit);
}

static void sub_month(struct sim *s, struct story *l)
{
    struct subscription *x = sub_of(l);
    struct dice *d = &s->customers;
    if (x->monthly && dice_chance(d, for_fit(x, LEAVES_MONTHLY, true))) {
        churn(s, l);
        return;
    }
    if (dice_chance(d, for_fit(x, EXPANDS, false)))
        resize(s, x, 1.12 + 0.28 * dice_unit(d));
    else if (dice_chance(d, for_fit(x, CONTRACTS, true)))
        resize(s, x, 0.72 + 0.2 * dice_unit(d));
    int32_t left = x->renews.days - sim_date(s, s->now).days;
    if (!x->monthly && left <= PREPARED_DAYS && left > QUOTED_DAYS)
        sub_prepare(s, x);
    if (!x->monthly && left <= QUOTED_DAYS)
        sub_quote(s, l);
    else if (x->monthly && left <= 31)
        story_again(s, l, sub_end_of_term, sim_office(s, d, x->renews));
    else
        story_again(s, l, sub_month, next_month(s));
}

/* ---- renewals -------------------------------------------------------------------------------------------------------- */

/* Who looks after it; somebody else once they have left. */
static struct actor success(struct sim *s, struct subscription *x)
{
    if (!s->reps[x->success].here)
        x->success = staff_pick(s, &s->customers, SUCCESS);
    return staff_actor(s, x->success);
}

static struct form renewal_moves(struct sim *s, struct subscription *x, const char *stage,
                                 const char *category)
{
    struct form f = form_open(&s->desk, T_OPPORTUNITY, CMD_UPDATE, success(s, x), s->now);
    form_target(&f, x->renewal);
    form_word(&f, "stage", stage);
    form_word(&f, "forecast_category", category);
    return f;
}

/* What travels with the renewal when it is offered to sales; not everybody writes it down. */
static void sub_prepare(struct sim *s, struct subscription *x)
{
    struct dice *d = &s->customers;
    if (!dice_chance(d, 0.8))
        return;
    struct form f = form_open(&s->desk, T_SUBSCRIPTION, CMD_UPDATE, success(s, x), s->now);
    form_target(&f, x->id);
    form_word(&f, "usage_trend", x->fit > 0.6 ? "up" : x->fit > 0.25 ? "flat" : "down");
    if (dice_chance(d, 0.7))
        form_word(&f, "expansion_signals", x->fit > 0.5 ? "Asked for more seats" : "None so far");
    form_send(&f, (struct reply){0});
}

bool customer_renews_by_hand(struct sim *s, uint64_t subscription)
{
    struct subscription *x = NULL;
    for (size_t i = 0; i < s->n_active && !x; i++)
        x = s->active[i]->id == subscription ? s->active[i] : NULL;
    if (!x)
        return false;
    struct actor by = success(s, x);
    struct form f = form_open(&s->desk, T_SUBSCRIPTION, CMD_UPDATE, by, s->now);
    form_target(&f, x->id);
    form_key(&f, "owner", s->reps[x->success].name);
    form_send(&f, (struct reply){0});
    f = form_open(&s->desk, T_OPPORTUNITY, CMD_CREATE, by, s->now);
    form_word(&f, "pipeline", "renewal");
    form_word(&f, "stage", "renewal_due");
    form_ref(&f, "account", x->company->id);
    form_ref(&f, "renews", x->id);
    form_date(&f, "close_date", x->renews);
    form_word(&f, "forecast_category", "best_case");
    form_key(&f, "owner", s->reps[x->success].name);
    form_send(&f, (struct reply){0});
    return true;
}

static void sub_quoted(struct sim *s, struct story *l)
{
    struct subscription *x = sub_of(l);
    if (x->renewal) {
        struct form f = renewal_moves(s, x, "renewal_quoted", "commit");
        form_money(&f, "amount", x->mrr * 12);
        form_send(&f, (struct reply){0});
    }
    struct date day = x->renews;
    if (dice_chance(&s->customers, SIGNS_LATE))
        day.days += (int32_t)dice_between(&s->customers, 4, 28);
    story_again(s, l, sub_end_of_term, sim_office(s, &s->customers, day));
}

/* The process opened the renewal weeks ago: it gets a name and a number here. */
static void sub_quote(struct sim *s, struct story *l)
{
    struct subscription *x = sub_of(l);
    const struct row *due = sim_newest_child(s, T_OPPORTUNITY, "renews", x->id);
    bool open = due && str_is(sim_stage(s, T_OPPORTUNITY, due->id, "stage"), "renewal_due");
    x->renewal = open ? due->id : 0;
    if (open) {
        struct form f = form_open(&s->desk, T_OPPORTUNITY, CMD_UPDATE, success(s, x), s->now);
        form_target(&f, x->renewal);
        form_text(&f, "crm_id",
                  str_printf(s->scratch, "OPP-%06llu", (unsigned long long)++s->deal_numbers));
        form_text(&f, "name",
                  str_printf(s->scratch, "%.*s - renewal %lld", STR_ARG(firm_name(s, x->company)),
                             (long long)x->term));
        form_money(&f, "amount", x->mrr * 12);
        form_send(&f, (struct reply){0});
    }
    int32_t left = x->renews.days - sim_date(s, s->now).days;
    story_again(s, l, sub_quoted,
                sim_later(s, &s->customers, left > DECIDED_DAYS + 5 ? left - DECIDED_DAYS : 3));
}

static void sub_end_of_term(struct sim *s, struct story *l)
{
    struct subscription *x = sub_of(l);
    enum segment segment = firm_segment(x->company);
    x->leaving = !x->monthly &&
                 dice_chance(&s->customers, for_fit(x, leaves_yearly[segment], true));
    if (x->renewal) {
        struct form f = renewal_moves(s, x, x->leaving ? "closed_lost" : "closed_won",
                                      x->leaving ? "omitted" : "commit");
        form_date(&f, "close_date", sim_date(s, s->now));
        if (x->leaving)
            form_word(&f, "loss_reason", "no_decision");
        form_send(&f, (struct reply){0});
    }
    x->renewal = 0;
    if (x->leaving) {
        churn(s, l);
        return;
    }
    x->renews = date_add_months(x->renews, 12);
    x->term++;
    struct form f = change(s, x);
    form_date(&f, "renewal_date", x->renews);
    form_int(&f, "term", x->term);
    form_send(&f, (struct reply){0});
    story_again(s, l, sub_month, next_month(s));
}
