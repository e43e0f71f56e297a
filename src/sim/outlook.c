/* outlook.c - expected counts and amounts. */
#include "sim/outlook.h"

#define DEALS_PER_ACCOUNT_MONTH 0.055
#define SALES_SHARE 0.63
#define GROWTH_PER_YEAR 0.25
/* Months of gross margin that a new customer costs. */
#define PAYBACK_MONTHS 15.0
#define GROSS_MARGIN 0.80

enum {
    DEALS_PER_EXECUTIVE_MONTH = 4,
    LEADS_PER_DEVELOPER_MONTH = 180,
    CUSTOMERS_PER_MANAGER = 90,
    STAFF_MAX = 120
};

static const double season[12] = {0.90, 1.00, 1.15, 0.95, 1.00, 1.15,
                                  0.85, 0.70, 1.10, 1.10, 1.10, 0.90};
/* Shares of segments as the sizes of companies give them; see market.c. */
static const double segment_share[SEGMENTS] = {0.51, 0.42, 0.07};
static const double segment_mrr[SEGMENTS] = {700, 2600, 9000};
static const double channel_share[CHANNELS] = {
    [ORGANIC] = 0.32,  [PAID_SEARCH] = 0.30, [SOCIAL] = 0.12,  [EVENT] = 0.26,
    [REFERRAL] = 0.25, [PARTNER] = 0.25,     [OUTBOUND] = 0.50};
/* What a customer from a channel costs, as a multiple of the mean. */
static const double channel_cost[CHANNELS] = {
    [ORGANIC] = 0.6,  [PAID_SEARCH] = 1.3, [SOCIAL] = 1.5,  [EVENT] = 1.2,
    [REFERRAL] = 0.4, [PARTNER] = 0.7,     [OUTBOUND] = 1.3};

static size_t clamped(double x, size_t low, size_t high)
{
    return x < (double)low ? low : x > (double)high ? high : (size_t)x;
}

void outlook_make(struct outlook *p, size_t accounts, struct date from, struct date to,
                  size_t deals)
{
    *p = (struct outlook){.accounts = accounts,
                          .from = from,
                          .to = to,
                          .sales_share = SALES_SHARE,
                          .customers_at_start = 0.30};
    double months = (double)(to.days - from.days) / 30.44;
    double natural = (double)accounts * DEALS_PER_ACCOUNT_MONTH;
    double paces = 0;
    for (struct date d = from; d.days < to.days; d.days++)
        paces += outlook_workday(d) ? outlook_pace(p, d) : 0;
    p->deals_per_workday = natural / OUTLOOK_WORKDAYS_MONTH;
    double marketing = p->deals_per_workday * (1 - SALES_SHARE);
    p->leads_per_workday = marketing / (OUTLOOK_GOOD_LEADS * OUTLOOK_LEAD_TO_DEAL);
    if (deals && paces > 0) {
        p->deals_per_workday = (double)deals / paces;
        if (p->deals_per_workday < marketing)
            marketing = p->deals_per_workday * (1 - SALES_SHARE);
        p->leads_per_workday = marketing / (OUTLOOK_GOOD_LEADS * OUTLOOK_LEAD_TO_DEAL);
        p->sales_share = 1 - marketing / p->deals_per_workday;
        p->crowded = (double)deals > 2 * natural * months;
    }
    double per_month = p->deals_per_workday * OUTLOOK_WORKDAYS_MONTH;
    p->account_executives = clamped(per_month / DEALS_PER_EXECUTIVE_MONTH + 1, 2, STAFF_MAX);
    p->developers = clamped(
        p->leads_per_workday * OUTLOOK_WORKDAYS_MONTH / LEADS_PER_DEVELOPER_MONTH, 1, STAFF_MAX);
    p->success_managers = clamped((double)accounts * 0.5 / CUSTOMERS_PER_MANAGER, 1, STAFF_MAX);
}

double outlook_pace(const struct outlook *p, struct date day)
{
    double years = (double)(day.days - p->from.days) / 365.25;
    return (1 + GROWTH_PER_YEAR * years) * season[date_to_ymd(day).month - 1];
}

bool outlook_workday(struct date day)
{
    return date_weekday(day) < 5;
}

double outlook_mrr(enum segment s)
{
    return segment_mrr[s];
}

double outlook_average_deal(void)
{
    double sum = 0;
    for (size_t i = 0; i < SEGMENTS; i++)
        sum += segment_share[i] * segment_mrr[i];
    return 12 * sum * 1.06; /* the mean of a lognormal lies above its median */
}

enum segment outlook_segment(size_t employees)
{
    return employees < 100 ? SMB : employees < 1000 ? MID : ENTERPRISE;
}

double outlook_channel_share(enum channel c)
{
    return channel_share[c];
}

double outlook_spend(const struct outlook *p, struct date day, enum channel c)
{
    double side = c >= REFERRAL ? p->sales_share : 1 - p->sales_share;
    double wins = p->deals_per_workday * outlook_pace(p, day) * OUTLOOK_WIN_RATE * side *
                  channel_share[c];
    double cost = PAYBACK_MONTHS * GROSS_MARGIN * outlook_average_deal() / 12 * channel_cost[c];
    return wins * cost;
}
