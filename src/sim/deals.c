/* deals.c - a deal from its first call to won or lost, as a rep works it. */
#include "sim/company.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum stage_step { DISCOVERY, PROPOSAL, NEGOTIATION, WON, LOST, STAGES };

struct deal {
    struct story story;
    struct firm *company;
    uint64_t id, lead;
    uint64_t number;  /* of the CRM id */
    size_t developer; /* who found the lead */
    enum channel channel;
    size_t rep;
    double mrr, amount, discount;
    int64_t seats;
    enum stage_step stage, wanted, last; /* `last`: where it is lost; WON: it is not */
    struct instant moved;                /* last move, so that a late one is not before it */
    struct date close;
    double pace; /* of its segment */
    unsigned tries, waits;
    double promised; /* to the rep's own forecast */
    bool refused, has_account, has_champion, has_buyer, has_amount, reopened;
    bool bare;               /* nothing is filled in this time: a waiver was asked for */
    bool waived, erred;      /* once a deal */
    bool priced;             /* the discount is settled */
    bool shared;             /* with who found it */
    char code[24], rule[24]; /* of the last refusal */
};

static const char *const stage_names[STAGES] = {"discovery", "proposal", "negotiation",
                                                "closed_won", "closed_lost"};
static const char *const categories[STAGES] = {"pipeline", "best_case", "commit", "commit",
                                               "omitted"};
static const double stage_days[STAGES] = {17, 19, 12, 0, 0};
static const double stage_pass[STAGES] = {0.55, 0.62, 0.73, 1, 1};
/* docs/simulate.md names the sources. Of the deals that reach negotiation: with a discount, of those beyond what a rep may give. */
#define DISCOUNTED 0.45
#define DEEP 0.35
/* Of the moves that a gate refused: a waiver is asked for. */
#define WAIVER_ASKED 0.30
/* Mistakes: a stage is skipped, a closed deal reopened without a word, a locked field changed. */
#define SKIPS 0.04
#define SILENT 0.4
#define LOCK_TRIED 0.3
#define SCOPE_WRITTEN 0.88
#define MAY_GIVE 0.15
/* Of the deals out of leads: the developer has a share of the credit, so many percent. */
#define SHARED 0.5
enum { WAITS_MAX = 8, FOUND_PERCENT = 10 };

static const double segment_pace[SEGMENTS] = {0.80, 1.15, 1.75};
static const double segment_luck[SEGMENTS] = {1.04, 1.0, 0.85};
static const double channel_luck[CHANNELS] = {1.05, 0.95, 0.9, 1.0, 1.3, 1.15, 0.85};

static void deal_enter(struct sim *s, struct story *l);
static void deal_ripe(struct sim *s, struct story *l);
static void deal_attempt(struct sim *s, struct story *l);

static struct deal *deal_of(struct story *l)
{
    return (struct deal *)l;
}

/* ---- how it will go ------------------------------------------------------------------------------------------------ */

static void draw_fate(struct sim *s, struct deal *x)
{
    double luck = segment_luck[firm_segment(x->company)] * channel_luck[x->channel] *
                  s->reps[x->rep].skill;
    luck = cbrt(luck); /* once at each of three stages */
    x->last = DISCOVERY;
    while (x->last < WON && dice_chance(&s->deals, fmin(0.95, stage_pass[x->last] * luck)))
        x->last++;
}

/* A rep senses which deals will be won, and counts them until they are closed. */
static void promise(struct sim *s, struct deal *x, double amount)
{
    s->reps[x->rep].promised += amount - x->promised;
    x->promised = amount;
}

static double days_in_stage(struct sim *s, const struct deal *x)
{
    double days = dice_around(&s->deals, stage_days[x->stage] * x->pace, 0.45);
    return fmax(2, x->stage == x->last ? 1.25 * days : days);
}

static struct deal *deal_new(struct sim *s, struct firm *c, enum channel channel, struct instant at)
{
    struct dice *d = &s->deals;
    struct deal *x = story_new(s, sizeof *x, deal_enter, at);
    enum segment segment = firm_segment(c);
    x->company = c;
    x->channel = channel;
    x->number = ++s->deal_numbers;
    x->rep = staff_pick(s, d, EXECUTIVE);
    x->mrr = round(dice_around(d, outlook_mrr(segment), 0.35) / 10) * 10;
    x->seats = (int64_t)fmax(1, round(x->mrr / 42));
    x->pace = segment_pace[segment];
    x->amount = x->mrr * 12 + (dice_chance(d, 0.2) ? 2500 : 0);
    draw_fate(s, x);
    c->in_play = true;
    return x;
}

void deal_start(struct sim *s, struct firm *c, enum channel channel, struct instant at)
{
    (void)deal_new(s, c, channel, at);
}

void deal_of_lead(struct sim *s, struct firm *c, enum channel channel, uint64_t lead,
                  size_t developer)
{
    struct deal *x = deal_new(s, c, channel, sim_minutes(s->now, 5));
    x->lead = lead;
    x->developer = developer;
}

void deals_day(struct sim *s, struct date day)
{
    static const enum channel found_by[] = {REFERRAL, PARTNER, OUTBOUND};
    struct dice *d = &s->deals;
    if (!outlook_workday(day))
        return;
    double mean = s->outlook.deals_per_workday * outlook_pace(&s->outlook, day) *
                  s->outlook.sales_share;
    for (size_t n = dice_count(d, mean); n > 0; n--) {
        double weights[3];
        for (size_t i = 0; i < 3; i++)
            weights[i] = outlook_channel_share(found_by[i]);
        enum channel channel = found_by[dice_weighted(d, weights, 3)];
        struct firm *c = market_prospect(s, d, 8);
        if (c)
            deal_start(s, c, channel, sim_office(s, d, day));
    }
}

/* ---- the beginning ------------------------------------------------------------------------------------------------- */

static void heard_account(struct sim *s, struct story *l, const struct verdict *v)
{
    (void)s;
    firm_heard(deal_of(l)->company, v);
}

static void heard_contact(struct sim *s, struct story *l, const struct verdict *v)
{
    (void)s;
    firm_contact_heard(deal_of(l)->company, v);
}

/* Of a conversion the deal is among what was made. */
static void heard_deal(struct sim *s, struct story *l, const struct verdict *v)
{
    struct deal *x = deal_of(l);
    const struct object *o = s->desk.objects[T_OPPORTUNITY];
    x->id = verdict_accepted(v) && v->object == o ? v->id : 0;
    for (size_t i = 0; verdict_accepted(v) && i < v->n_followed && !x->id; i++)
        if (v->followed[i].object == o)
            x->id = v->followed[i].id;
}

static void give_up(struct sim *s, struct story *l)
{
    promise(s, deal_of(l), 0);
    deal_of(l)->company->in_play = false;
    story_end(l);
}

/* What the rep knows about it besides the stage: people, what is sold, the first calls. */
static void furnish_people(struct sim *s, struct deal *x)
{
    static const char *const roles[] = {"champion", "technical", "user"};
    struct firm *c = x->company;
    for (size_t i = 0; i < c->n_contacts && i < 2; i++) {
        struct form f = form_open(&s->desk, T_ROLE, CMD_UPSERT, staff_actor(s, x->rep), s->now);
        form_ref(&f, "opportunity", x->id);
        form_ref(&f, "contact", c->contacts[i]);
        form_word(&f, "role", roles[i == 0 ? 0 : 1 + dice_below(&s->deals, 2)]);
        form_send(&f, (struct reply){0});
    }
}

static void furnish_line(struct sim *s, const struct deal *x, const char *product,
                         const char *charge, int64_t quantity, double arr)
{
    struct form f = form_open(&s->desk, T_LINE, CMD_CREATE, staff_actor(s, x->rep), s->now);
    form_ref(&f, "opportunity", x->id);
    form_key(&f, "product", product);
    form_word(&f, "charge", charge);
    form_int(&f, "quantity", quantity);
    form_money(&f, "arr", arr);
    form_date(&f, "starts", x->close);
    form_date(&f, "ends", (struct date){date_add_months(x->close, 12).days - 1});
    form_send(&f, (struct reply){0});
}

static void note_activity(struct sim *s, const struct deal *x, const char *kind,
                          const char *outcome)
{
    struct fact a = fact_open(&s->desk, T_ACTIVITY);
    fact_word(&a, "kind", kind);
    fact_ref(&a, "opportunity", x->id);
    fact_ref(&a, "contact", x->company->n_contacts ? x->company->contacts[0] : 0);
    fact_word(&a, "outcome", outcome);
    fact_instant(&a, "at", s->now);
}

static void deal_furnish(struct sim *s, struct story *l)
{
    struct deal *x = deal_of(l);
    if (!x->id) {
        give_up(s, l);
        return;
    }
    furnish_people(s, x);
    if (dice_chance(&s->deals, 0.95)) {
        furnish_line(s, x, "Platform", "recurring", x->seats, x->mrr * 12);
        if (x->amount > x->mrr * 12)
            furnish_line(s, x, "Onboarding", "one_off", 1, 0);
    }
    note_activity(s, x, "call", "reached");
    if (x->lead)
        talk_book(s, x->id, x->lead, x->developer, x->rep);
    x->moved = s->now;
    promise(s, x, x->last == WON ? x->amount : 0);
    story_again(s, l, deal_ripe, sim_later(s, &s->deals, days_in_stage(s, x)));
}

/* The developer names the company behind the lead; the conversion makes the contact and the deal. */
static struct form deal_out_of_lead(struct sim *s, struct deal *x)
{
    struct actor by = staff_actor(s, x->developer);
    struct form f = form_open(&s->desk, T_LEAD, CMD_UPDATE, by, s->now);
    form_target(&f, x->lead);
    form_ref(&f, "account", x->company->id);
    form_send(&f, (struct reply){0});
    x->has_account = true;
    return form_apart(&s->desk, T_OPPORTUNITY, by);
}

static void deal_open(struct sim *s, struct story *l)
{
    struct deal *x = deal_of(l);
    struct dice *d = &s->deals;
    struct firm *c = x->company;
    double cycle = (stage_days[0] + stage_days[1] + stage_days[2]) * x->pace;
    x->close = (struct date){sim_date(s, s->now).days + (int32_t)dice_around(d, cycle, 0.25)};
    x->has_amount = dice_chance(d, 0.85);
    x->has_account = dice_chance(d, 0.93);
    struct form f = x->lead ? deal_out_of_lead(s, x)
                            : form_open(&s->desk, T_OPPORTUNITY, CMD_CREATE, staff_actor(s, x->rep),
                                        s->now);
    form_text(&f, "crm_id", str_printf(s->scratch, "OPP-%06llu", (unsigned long long)x->number));
    form_text(&f, "name", str_printf(s->scratch, "%.*s - Platform", STR_ARG(firm_name(s, c))));
    form_word(&f, "pipeline", "new_business");
    form_word(&f, "stage", stage_names[DISCOVERY]);
    form_ref(&f, "account", x->has_account && !x->lead ? c->id : 0);
    form_ref(&f, "primary_contact", c->n_contacts ? c->contacts[0] : 0);
    if (x->has_amount)
        form_money(&f, "amount", x->amount);
    form_date(&f, "close_date", x->close);
    form_word(&f, "lead_source", channel_names[x->channel]);
    form_word(&f, "forecast_category", categories[DISCOVERY]);
    form_word(&f, "need", word(d, &needs));
    form_key(&f, "owner", s->reps[x->rep].name);
    if (x->lead)
        form_become(&f, T_LEAD, x->lead, (struct reply){l, heard_deal});
    else
        form_send(&f, (struct reply){l, heard_deal});
    story_again(s, l, deal_furnish, sim_later(s, d, dice_unit(d) * 2));
}

static void deal_meet(struct sim *s, struct story *l)
{
    struct deal *x = deal_of(l);
    struct firm *c = x->company;
    if (!c->id) {
        give_up(s, l);
        return;
    }
    for (size_t n = c->n_contacts; n < 2; n++)
        firm_contact(s, c, &s->deals, l, staff_actor(s, x->rep), channel_names[x->channel],
                     heard_contact);
    story_again(s, l, deal_open, sim_later(s, &s->deals, dice_unit(&s->deals) * 3));
}

static void deal_enter(struct sim *s, struct story *l)
{
    struct deal *x = deal_of(l);
    struct firm *c = x->company;
    if (!c->id && !c->entering) {
        c->owner = (uint16_t)x->rep;
        firm_enter(s, c, l, staff_actor(s, x->rep), heard_account);
    }
    story_again(s, l, deal_meet, s->tick_end);
}

/* ---- moves ---------------------------------------------------------------------------------------------------------- */

static void new_owner(struct sim *s, struct deal *x)
{
    if (s->reps[x->rep].here)
        return;
    double promised = x->promised;
    promise(s, x, 0);
    x->rep = staff_pick(s, &s->deals, EXECUTIVE);
    promise(s, x, promised);
    struct form f = form_open(&s->desk, T_OPPORTUNITY, CMD_UPDATE, staff_named(s, "ben"), s->now);
    form_target(&f, x->id);
    form_key(&f, "owner", s->reps[x->rep].name);
    form_reason(&f, "Colleague left");
    form_send(&f, (struct reply){0});
}

static void heard_move(struct sim *s, struct story *l, const struct verdict *v)
{
    struct deal *x = deal_of(l);
    const struct finding *why = verdict_accepted(v) ? NULL : verdict_reason(v);
    (void)s;
    x->refused = !verdict_accepted(v);
    snprintf(x->code, sizeof x->code, "%s", why ? why->code : "");
    struct str rule = why ? why->criterion : STR_NONE;
    snprintf(x->rule, sizeof x->rule, "%.*s", STR_ARG(rule));
}

static void name_buyer(struct sim *s, struct deal *x)
{
    struct firm *c = x->company;
    struct form f = form_open(&s->desk, T_ROLE, CMD_UPSERT, staff_actor(s, x->rep), s->now);
    form_ref(&f, "opportunity", x->id);
    form_ref(&f, "contact", c->contacts[c->n_contacts - 1]);
    form_word(&f, "role", "economic_buyer");
    form_send(&f, (struct reply){0});
    x->has_buyer = true;
}

/* Whoever is tidy, or has just been refused, fills what the gate asks for. */
static void fill_proposal(struct sim *s, struct deal *x, struct form *f, bool careful)
{
    if (!x->has_amount) {
        form_money(f, "amount", x->amount);
        x->has_amount = true;
    }
    if (careful && x->company->n_contacts)
        form_ref(f, "champion", x->company->contacts[0]);
    x->has_champion |= careful;
    if (careful && !x->has_account)
        form_ref(f, "account", x->company->id);
    x->has_account |= careful;
    if (dice_chance(&s->deals, 0.6))
        form_word(f, "next_step", word(&s->deals, &next_steps));
}

static void fill_negotiation(struct sim *s, struct deal *x, struct form *f)
{
    (void)x;
    if (dice_chance(&s->deals, 0.75))
        form_word(f, "next_step", word(&s->deals, &next_steps));
}

/* What success will need; some of it is left to be asked for. */
static void fill_won(struct sim *s, struct deal *x, struct form *f, struct date happened)
{
    struct dice *d = &s->deals;
    x->close = happened;
    form_date(f, "close_date", happened);
    if (!x->has_account)
        form_ref(f, "account", x->company->id);
    if (dice_chance(d, SCOPE_WRITTEN)) {
        form_word(f, "promised_scope", word(d, &scopes));
        form_date(f, "go_live_date", (struct date){happened.days + 30});
    }
    if (dice_chance(d, 0.75))
        form_word(f, "risks", word(d, &risks));
}

static void fill_lost(struct sim *s, struct deal *x, struct form *f, bool careful,
                      struct date happened)
{
    static const double weights[] = {22, 24, 20, 20, 9, 5};
    struct dice *d = &s->deals;
    x->close = happened;
    form_date(f, "close_date", happened);
    if (!careful)
        return;
    const char *why = loss_reasons.v[dice_weighted(d, weights, loss_reasons.n)];
    form_word(f, "loss_reason", why);
    if (str_is(str_of(why), "competitor") && dice_chance(d, 0.75))
        form_word(f, "competitor", word(d, &competitors));
}

/* Now, or some days ago for somebody who writes it down late. */
static struct instant happened(struct sim *s, const struct deal *x)
{
    if (!s->request->late || x->tries || !dice_chance(&s->deals, 0.06))
        return s->now;
    struct instant then = sim_minutes(s->now, -dice_between(&s->deals, 1, 4) * 24 * 60);
    return then.us > x->moved.us + US_PER_DAY ? then : s->now;
}

static void fill(struct sim *s, struct deal *x, struct form *f, bool careful, struct date day)
{
    switch (x->wanted) {
    case PROPOSAL:
        fill_proposal(s, x, f, careful);
        break;
    case NEGOTIATION:
        fill_negotiation(s, x, f);
        break;
    case WON:
        fill_won(s, x, f, day);
        break;
    case LOST:
        fill_lost(s, x, f, careful, day);
        break;
    case DISCOVERY:
    case STAGES:
        break;
    }
}

static void deal_look(struct sim *s, struct story *l);

static void deal_attempt(struct sim *s, struct story *l)
{
    struct deal *x = deal_of(l);
    bool careful = !x->bare && (x->tries > 0 || dice_chance(&s->deals, s->reps[x->rep].tidy));
    x->bare = false;
    struct instant then = happened(s, x);
    if (x->wanted == NEGOTIATION && careful && !x->has_buyer) {
        then = s->now; /* the buyer is named now */
        name_buyer(s, x);
    }
    struct form f = form_open(&s->desk, T_OPPORTUNITY, CMD_UPDATE, staff_actor(s, x->rep), s->now);
    form_target(&f, x->id);
    form_word(&f, "stage", stage_names[x->wanted]);
    form_word(&f, "forecast_category", categories[x->wanted]);
    fill(s, x, &f, careful, sim_date(s, then));
    if (then.us != s->now.us)
        form_late(&f, then);
    x->refused = false;
    form_send(&f, (struct reply){l, heard_move});
    note_activity(s, x, dice_chance(&s->deals, 0.5) ? "meeting" : "email", "done");
    story_again(s, l, deal_look, sim_later(s, &s->deals, 1 + dice_unit(&s->deals) * 3));
}

static void deal_reopen(struct sim *s, struct story *l)
{
    struct deal *x = deal_of(l);
    struct form f = form_open(&s->desk, T_OPPORTUNITY, CMD_UPDATE, staff_actor(s, x->rep), s->now);
    if (!x->reopened)
        x->erred = false;
    x->reopened = true;
    x->stage = DISCOVERY;
    x->priced = false;
    x->last = dice_chance(&s->deals, 0.3) ? WON : PROPOSAL;
    x->close = (struct date){sim_date(s, s->now).days + 45};
    form_target(&f, x->id);
    form_word(&f, "stage", stage_names[DISCOVERY]);
    form_word(&f, "forecast_category", categories[DISCOVERY]);
    form_date(&f, "close_date", x->close);
    bool silent = !x->erred && dice_chance(&s->deals, SILENT);
    if (!silent)
        form_reason(&f, "They called back: budget was found");
    x->erred = true;
    form_send(&f, (struct reply){0});
    x->moved = s->now;
    if (silent) { /* it is refused: they say why */
        story_again(s, l, deal_reopen, sim_worked(s, 1));
        return;
    }
    story_again(s, l, deal_ripe, sim_later(s, &s->deals, days_in_stage(s, x)));
}

static void deal_closed(struct sim *s, struct story *l)
{
    struct deal *x = deal_of(l);
    if (x->stage == WON) {
        struct sale sale = {x->company, x->id, x->mrr, x->seats};
        x->company->customer = true;
        customer_won(s, &sale);
    } else if (!x->reopened && dice_chance(&s->deals, 0.04)) {
        story_again(s, l, deal_reopen, sim_later(s, &s->deals, 30 + dice_unit(&s->deals) * 40));
        return;
    }
    give_up(s, l);
}

/* The rule stands, the case is special: they ask to pass it, and come back when that is decided. */
static void deal_waive(struct sim *s, struct story *l)
{
    static const char *const reasons[] = {"Their board decides before we can know",
                                          "Framework contract, named later by procurement",
                                          "Pilot of two teams, agreed by phone"};
    struct deal *x = deal_of(l);
    struct form f = form_open(&s->desk, T_WAIVER, CMD_CREATE, staff_actor(s, x->rep), s->now);
    form_word(&f, "rule", x->rule);
    form_word(&f, "reason", reasons[dice_below(&s->deals, 3)]);
    form_ref(&f, "opportunity", x->id);
    form_send(&f, (struct reply){0});
    x->waived = x->bare = true;
    story_again(s, l, deal_attempt, sim_later(s, &s->deals, 1 + 2 * dice_unit(&s->deals)));
}

static void discount(struct sim *s, struct deal *x, double share)
{
    double list = x->amount / (1 - x->discount), mrr = x->mrr / (1 - x->discount);
    x->discount = share;
    x->mrr = round(mrr * (1 - share) / 10) * 10;
    x->amount = round(list * (1 - share));
    struct form f = form_open(&s->desk, T_OPPORTUNITY, CMD_UPDATE, staff_actor(s, x->rep), s->now);
    form_target(&f, x->id);
    form_decimal(&f, "discount", share);
    form_money(&f, "amount", x->amount);
    form_send(&f, (struct reply){0});
}

/* The discount is not decided, or refused: they wait, or come down to what they may give. */
static void deal_waits(struct sim *s, struct story *l)
{
    struct deal *x = deal_of(l);
    struct dice *d = &s->deals;
    const struct row *asked = sim_newest_child(s, T_APPROVAL, "opportunity", x->id);
    if (!row_is(asked, "state", "pending"))
        discount(s, x, MAY_GIVE);
    else if (!x->erred && dice_chance(d, LOCK_TRIED)) {
        struct form f = form_open(&s->desk, T_OPPORTUNITY, CMD_UPDATE, staff_actor(s, x->rep),
                                  s->now);
        form_target(&f, x->id);
        form_decimal(&f, "discount", x->discount + 0.05);
        form_send(&f, (struct reply){0});
        x->erred = true;
    }
    story_again(s, l, deal_attempt, sim_later(s, d, 1 + dice_unit(d)));
}

/* Whoever found the customer has a part of the credit, by word of both. */
static void share_credit(struct sim *s, const struct deal *x)
{
    const size_t people[] = {x->rep, x->developer};
    const int64_t percents[] = {100 - FOUND_PERCENT, FOUND_PERCENT};
    for (size_t i = 0; i < 2; i++) {
        struct form f = form_open(&s->desk, T_SHARE, CMD_CREATE, staff_actor(s, x->rep), s->now);
        form_ref(&f, "opportunity", x->id);
        form_word(&f, "split", "revenue");
        form_key(&f, "person", s->reps[people[i]].name);
        form_decimal(&f, "percent", (double)percents[i]);
        form_send(&f, (struct reply){0});
    }
}

/* Was the move accepted? Then time passes in the new stage; else the form is filled properly. */
static void deal_look(struct sim *s, struct story *l)
{
    struct deal *x = deal_of(l);
    new_owner(s, x);
    if (x->refused && strncmp(x->code, "APPROVAL", 8) == 0 && x->waits++ < WAITS_MAX) {
        deal_waits(s, l);
        return;
    }
    if (x->refused && !x->waived && strcmp(x->code, "GATE") == 0 && s->desk.objects[T_WAIVER] &&
        dice_chance(&s->deals, WAIVER_ASKED)) {
        deal_waive(s, l);
        return;
    }
    if (x->refused && x->tries++ < 3) {
        deal_attempt(s, l);
        return;
    }
    if (x->refused) {
        give_up(s, l);
        return;
    }
    x->tries = 0;
    x->stage = x->wanted;
    x->moved = s->now;
    if (x->stage == PROPOSAL && x->lead && !x->shared && s->desk.objects[T_SHARE] &&
        dice_chance(&s->deals, SHARED)) {
        x->shared = true;
        share_credit(s, x);
    }
    if (x->stage >= WON)
        deal_closed(s, l);
    else
        story_again(s, l, deal_ripe, sim_later(s, &s->deals, days_in_stage(s, x)));
}

/* The expected day is moved when it cannot be met; not every rep does it. */
static void slip(struct sim *s, struct deal *x)
{
    struct date today = sim_date(s, s->now);
    int32_t left = (int32_t)(stage_days[x->stage] * x->pace);
    if (x->close.days >= today.days + left || !dice_chance(&s->deals, 0.7 * s->reps[x->rep].tidy))
        return;
    x->close.days = today.days + left + (int32_t)dice_between(&s->deals, 7, 30);
    struct form f = form_open(&s->desk, T_OPPORTUNITY, CMD_UPDATE, staff_actor(s, x->rep), s->now);
    form_target(&f, x->id);
    form_date(&f, "close_date", x->close);
    form_send(&f, (struct reply){0});
}

/* In a hurry: straight to negotiation, which the pipeline forbids. */
static void skip(struct sim *s, const struct deal *x)
{
    struct form f = form_open(&s->desk, T_OPPORTUNITY, CMD_UPDATE, staff_actor(s, x->rep), s->now);
    form_target(&f, x->id);
    form_word(&f, "stage", stage_names[NEGOTIATION]);
    form_send(&f, (struct reply){0});
}

/* Time is up in this stage: on, or out. */
static void deal_ripe(struct sim *s, struct story *l)
{
    struct deal *x = deal_of(l);
    struct instant back;
    new_owner(s, x);
    if (x->lead && str_starts(sim_stage(s, T_OPPORTUNITY, x->id, "stage"), STR("closed"))) {
        give_up(s, l); /* it was none: the first talk came back */
        return;
    }
    if (staff_away(s, x->rep, &back)) {
        story_again(s, l, deal_ripe, back);
        return;
    }
    x->wanted = x->stage == x->last ? LOST : x->stage + 1;
    if (x->wanted < WON)
        slip(s, x);
    if (x->wanted == PROPOSAL && dice_chance(&s->deals, SKIPS))
        skip(s, x);
    if (x->wanted != NEGOTIATION || x->priced || !dice_chance(&s->deals, DISCOUNTED)) {
        deal_attempt(s, l);
        return;
    }
    x->priced = true;
    discount(s, x,
             dice_chance(&s->deals, DEEP) ? (double)dice_between(&s->deals, 16, 32) / 100
                                          : (double)dice_between(&s->deals, 3, 15) / 100);
    story_again(s, l, deal_attempt, sim_later(s, &s->deals, 1));
}
