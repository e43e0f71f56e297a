/* growth.c - customers who want more: success hears of it, sales takes it over, a deal of its own follows. */
#include "sim/company.h"

#include <math.h>
#include <stdio.h>

/* docs/simulate.md names the sources. */
#define INTERESTED 0.45
#define WON 0.60
#define NEED_KNOWN 0.85

struct growth {
    struct story story;
    uint64_t account, deal;
    char sales[24];
    double factor; /* of what they pay now */
};

static struct growth *growth_of(struct story *l)
{
    return (struct growth *)l;
}

static struct form account_change(struct sim *s, uint64_t account, const char *by)
{
    struct form f = form_open(&s->desk, T_ACCOUNT, CMD_UPDATE, staff_named(s, by), s->now);
    form_target(&f, account);
    return f;
}

/* ---- what is heard of it ----------------------------------------------------------------------------------------------- */

struct str growth_outcome(struct sim *s, const struct row *task, struct str drawn)
{
    if (str_is(row_text(task, "name"), "Bring in sales")) {
        const struct object *o = s->desk.objects[T_ACCOUNT];
        const struct row *account = sim_row(s, o, row_ref(task, "account"));
        bool under_way = row_is(account, "expansion", "interested") ||
                         row_is(account, "expansion", "in_sales");
        return under_way ? STR("offered") : STR("not_needed");
    }
    if (!str_is(row_text(task, "name"), "Talk about expansion"))
        return drawn;
    return dice_chance(&s->people, INTERESTED) ? STR("interested")
           : dice_chance(&s->people, 0.5)      ? STR("later")
                                               : STR("not_interested");
}

void growth_heard_of(struct sim *s, const struct row *task, struct str outcome, const char *by)
{
    uint64_t account = row_ref(task, "account");
    if (!str_is(row_text(task, "name"), "Talk about expansion") || !str_is(outcome, "interested") ||
        !account)
        return;
    struct form f = account_change(s, account, by);
    form_word(&f, "expansion", "interested");
    if (dice_chance(&s->people, NEED_KNOWN))
        form_word(&f, "expansion_need", word(&s->people, &needs));
    form_send(&f, (struct reply){0});
}

void growth_over(struct sim *s, uint64_t account)
{
    const char *by = s->reps[staff_pick(s, &s->people, SUCCESS)].name;
    struct form f = account_change(s, account, by);
    form_word(&f, "expansion", "closed");
    form_key(&f, "owner", by);
    form_send(&f, (struct reply){0});
}

/* ---- the deal ---------------------------------------------------------------------------------------------------------- */

static struct form deal_change(struct sim *s, const struct growth *g, const char *stage,
                               const char *category)
{
    struct form f = form_open(&s->desk, T_OPPORTUNITY, CMD_UPDATE, staff_named(s, g->sales),
                              s->now);
    form_target(&f, g->deal);
    form_word(&f, "stage", stage);
    form_word(&f, "forecast_category", category);
    return f;
}

static void growth_closed(struct sim *s, struct story *l)
{
    struct growth *g = growth_of(l);
    bool won = dice_chance(&s->people, WON) && customer_grows(s, g->account, g->factor);
    struct form f = deal_change(s, g, won ? "closed_won" : "closed_lost",
                                won ? "commit" : "omitted");
    form_date(&f, "close_date", sim_date(s, s->now));
    if (!won)
        form_word(&f, "loss_reason", dice_chance(&s->people, 0.5) ? "timing" : "price");
    form_send(&f, (struct reply){0});
    growth_over(s, g->account);
    story_end(l);
}

static void growth_quoted(struct sim *s, struct story *l)
{
    const struct growth *g = growth_of(l);
    if (!g->deal) {
        story_end(l);
        return;
    }
    struct form f = deal_change(s, g, "expansion_quoted", "best_case");
    form_word(&f, "next_step", word(&s->people, &next_steps));
    form_send(&f, (struct reply){0});
    story_again(s, l, growth_closed, sim_later(s, &s->people, dice_around(&s->people, 18, 0.5)));
}

static void heard_deal(struct sim *s, struct story *l, const struct verdict *v)
{
    (void)s;
    growth_of(l)->deal = verdict_accepted(v) ? v->id : 0;
}

static void growth_begins(struct sim *s, struct story *l)
{
    struct growth *g = growth_of(l);
    struct dice *d = &s->people;
    const struct row *account = sim_row(s, s->desk.objects[T_ACCOUNT], g->account);
    double mrr = customer_pays(s, g->account);
    if (!account || mrr <= 0) {
        story_end(l);
        return;
    }
    g->factor = 1.1 + 0.3 * dice_unit(d);
    struct form f = form_open(&s->desk, T_OPPORTUNITY, CMD_CREATE, staff_named(s, g->sales),
                              s->now);
    form_text(&f, "crm_id",
              str_printf(s->scratch, "OPP-%06llu", (unsigned long long)++s->deal_numbers));
    form_text(&f, "name",
              str_printf(s->scratch, "%.*s - expansion", STR_ARG(row_text(account, "name"))));
    form_word(&f, "pipeline", "expansion");
    form_word(&f, "stage", "expansion_found");
    form_ref(&f, "account", g->account);
    form_money(&f, "amount", round(12 * mrr * (g->factor - 1)));
    form_date(&f, "close_date", (struct date){sim_date(s, s->now).days + 40});
    form_word(&f, "forecast_category", "pipeline");
    form_word(&f, "need", word(d, &needs));
    form_key(&f, "owner", g->sales);
    form_send(&f, (struct reply){l, heard_deal});
    f = account_change(s, g->account, g->sales);
    form_word(&f, "expansion", "in_sales");
    form_send(&f, (struct reply){0});
    story_again(s, l, growth_quoted, sim_later(s, d, dice_around(d, 9, 0.5)));
}

void growth_taken(struct sim *s, uint64_t account, const char *by)
{
    struct growth *g = story_new(s, sizeof *g, growth_begins, s->tick_end);
    g->account = account;
    snprintf(g->sales, sizeof g->sales, "%s", by);
}
