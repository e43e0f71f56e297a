/* offers.c - what people do with a handoff that is offered to them: take it, give it back, forget it, err. */
#include "sim/inbox.h"

#include <string.h>

/* docs/simulate.md names the sources. */
#define RETURNED 0.11
/* After acceptance nobody calls for days. */
#define UNTOUCHED 0.05
/* A lead that went to the wrong person is routed again; else it goes back to marketing. */
#define ROUTED_AGAIN 0.4
/* Mistakes: words that are no reason, somebody else's offer, one that has ended meanwhile. */
#define OWN_WORDS 0.15
#define NOT_THEIRS 0.02
#define TOO_LATE 0.25

enum { TRIES_MAX = 4 };

static void item_touch(struct sim *s, struct story *l)
{
    const struct item *x = item_of(l);
    struct fact a = fact_open(&s->desk, T_ACTIVITY);
    fact_word(&a, "kind", dice_chance(&s->people, 0.6) ? "call" : "email");
    fact_ref(&a, "lead", x->lead);
    fact_word(&a, "outcome", dice_chance(&s->people, 0.4) ? "reached" : "no_answer");
    fact_instant(&a, "at", s->now);
    story_end(l);
}

/* ---- it is taken ------------------------------------------------------------------------------------------------------- */

/* What is missing is asked of whoever gave it. */
static void giver_fills(struct sim *s, const struct item *x, const struct row *offer)
{
    static const struct {
        const char *handoff, *field;
        enum thing thing;
        const struct words *words;
    } gaps[] = {{"won_to_onboarding", "promised_scope", T_OPPORTUNITY, &scopes},
                {"won_to_onboarding", "risks", T_OPPORTUNITY, &risks},
                {"sdr_to_ae", "need", T_MEETING, &needs},
                {"expansion_to_sales", "expansion_need", T_ACCOUNT, &needs}};
    struct str from = sim_person(s, row_ref(offer, "from"));
    struct actor giver = staff_named(s, from.n ? str_c(s->scratch, from) : "ana");
    for (size_t i = 0; i < sizeof gaps / sizeof *gaps; i++) {
        if (strcmp(gaps[i].handoff, x->name) != 0 || !x->about)
            continue;
        struct form f = form_open(&s->desk, gaps[i].thing, CMD_UPDATE, giver, s->now);
        form_target(&f, x->about);
        form_word(&f, gaps[i].field, word(&s->people, gaps[i].words));
        if (strcmp(gaps[i].field, "promised_scope") == 0)
            form_date(&f, "go_live_date", (struct date){sim_date(s, s->now).days + 30});
        form_send(&f, (struct reply){0});
    }
}

/* The customer is success's from now on. */
static void take_customer(struct sim *s, const struct item *x)
{
    uint64_t account = row_ref(sim_row(s, s->desk.objects[T_OPPORTUNITY], x->about), "account");
    if (!account)
        return;
    struct form f = form_open(&s->desk, T_ACCOUNT, CMD_UPDATE, staff_named(s, x->by), s->now);
    form_target(&f, account);
    form_key(&f, "owner", x->by);
    form_send(&f, (struct reply){0});
}

static void offer_accepted(struct sim *s, struct story *l)
{
    struct item *x = item_of(l);
    struct dice *d = &s->people;
    if (strcmp(x->code, "PACKET_MISSING") == 0 && x->looks++ < TRIES_MAX) {
        const struct row *row = sim_row(s, s->desk.objects[T_HANDOFF], x->id);
        giver_fills(s, x, row);
        story_again(s, l, offer_answered, sim_worked(s, dice_around(d, 3, 0.7)));
        return;
    }
    if (x->code[0] || !x->lead) {
        if (!x->code[0] && strcmp(x->name, "won_to_onboarding") == 0)
            take_customer(s, x);
        if (!x->code[0] && strcmp(x->name, "expansion_to_sales") == 0)
            growth_taken(s, x->about, x->by);
        story_end(l);
        return;
    }
    double hours = dice_chance(d, UNTOUCHED) ? 12 + 30 * dice_unit(d) : dice_around(d, 1.0, 0.9);
    story_again(s, l, item_touch, sim_worked(s, hours));
}

static void accept_offer(struct sim *s, struct story *l)
{
    struct item *x = item_of(l);
    struct form f = item_change(s, x);
    form_word(&f, "state", "accepted");
    item_send(&f, x);
    story_again(s, l, offer_accepted, s->tick_end);
}

/* ---- it goes back ------------------------------------------------------------------------------------------------------ */

/* Marketing gets it back; who it went to wrongly is corrected by the one who answers for the route. */
static void lead_goes_back(struct sim *s, const struct item *x)
{
    const char *why = strcmp(x->reason, "no_need") == 0       ? "timing"
                      : strcmp(x->reason, "bad_contact") == 0 ? "no_answer"
                                                              : "no_fit";
    if (strcmp(x->reason, "wrong_segment") == 0 && s->desk.objects[T_ASSIGNMENT] &&
        dice_chance(&s->people, ROUTED_AGAIN)) {
        struct form f = form_open(&s->desk, T_ASSIGNMENT, CMD_CREATE, staff_named(s, "ana"),
                                  s->now);
        form_word(&f, "route", "inbound");
        form_ref(&f, "lead", x->lead);
        form_send(&f, (struct reply){0});
        return;
    }
    struct form f = form_open(&s->desk, T_LEAD, CMD_UPDATE, staff_named(s, x->by), s->now);
    form_target(&f, x->lead);
    form_word(&f, "lifecycle_stage", "recycled");
    form_word(&f, "recycle_reason", why);
    form_reason(&f, "Returned");
    form_send(&f, (struct reply){0});
}

static void return_offer(struct sim *s, struct story *l);

/* Own words are no reason: one of the list is taken. */
static void offer_returned(struct sim *s, struct story *l)
{
    struct item *x = item_of(l);
    if (strcmp(x->code, "HANDOFF_REASON") == 0 && x->looks++ < TRIES_MAX) {
        return_offer(s, l);
        return;
    }
    if (!x->code[0] && x->lead)
        lead_goes_back(s, x);
    if (!x->code[0] && strcmp(x->name, "expansion_to_sales") == 0)
        growth_over(s, x->about);
    story_end(l);
}

/* As the template names them, the likely ones first; NULL: it is never given back. */
static const char *some_reason(struct sim *s, const char *handoff)
{
    static const struct {
        const char *handoff, *reasons[4];
    } known[] = {
        {"mql_to_sales", {"no_need", "wrong_segment", "bad_contact", "duplicate"}},
        {"sdr_to_ae", {"no_need", "wrong_contact", "no_need", "duplicate"}},
        {"won_to_onboarding", {"scope_unclear", "scope_unclear", "no_contact", "scope_unclear"}},
        {"renewal_to_sales", {"too_early", "too_early", "will_churn", "too_early"}},
        {"expansion_to_sales", {"too_early", "no_budget", "open_issue", "no_budget"}}};
    static const double weights[] = {40, 30, 20, 10};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(known[i].handoff, handoff) == 0)
            return known[i].reasons[dice_weighted(&s->people, weights, 4)];
    return NULL;
}

static void return_offer(struct sim *s, struct story *l)
{
    struct item *x = item_of(l);
    bool own_words = !x->erred && dice_chance(&s->people, OWN_WORDS);
    x->reason = x->reason ? x->reason : some_reason(s, x->name);
    if (!x->reason) {
        accept_offer(s, l);
        return;
    }
    x->erred = true;
    struct form f = item_change(s, x);
    form_word(&f, "state", "returned");
    form_word(&f, "reason", own_words ? "does not look right" : x->reason);
    item_send(&f, x);
    story_again(s, l, offer_returned, s->tick_end);
}

/* ---- it is answered ---------------------------------------------------------------------------------------------------- */

/* A colleague who thought that it was theirs. */
static void wrong_hands(struct sim *s, struct item *x)
{
    size_t other = staff_pick(s, &s->people, x->lead ? EXECUTIVE : DEVELOPER);
    struct form f = form_open(&s->desk, T_HANDOFF, CMD_UPDATE, staff_actor(s, other), s->now);
    form_target(&f, x->id);
    form_word(&f, "state", "accepted");
    form_send(&f, (struct reply){0});
    x->erred = true;
}

/* Their turn has come: is it still theirs? */
void offer_answered(struct sim *s, struct story *l)
{
    struct item *x = item_of(l);
    const struct row *row = sim_row(s, s->desk.objects[T_HANDOFF], x->id);
    bool waits = row_is(row, "state", "offered");
    if (!row || !item_actor(s, x, row) || (!waits && !dice_chance(&s->people, TOO_LATE))) {
        story_end(l);
        return;
    }
    if (!item_there(s, x, offer_answered))
        return;
    if (!x->erred && waits && row_ref(row, "owner") && dice_chance(&s->people, NOT_THEIRS)) {
        wrong_hands(s, x);
        story_again(s, l, offer_answered, sim_worked(s, 0.5));
        return;
    }
    if (waits && x->looks == 0 && dice_chance(&s->people, RETURNED))
        return_offer(s, l);
    else
        accept_offer(s, l);
}
