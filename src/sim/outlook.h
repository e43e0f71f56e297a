/* outlook.h - how big the company is, how it grows, and what a day of it brings.
 *
 * In:     accounts, span, wanted deals.   Out: expected counts and amounts; nothing here is random.
 * Source: the ratios aim at what surveys of B2B software vendors report: win rate 20-30 %, cycle 40-90 days, MQL to won
 *         1-3 %, net retention 95-115 %, CAC payback 10-24 months.
 */
#ifndef REVOS_SIM_OUTLOOK_H
#define REVOS_SIM_OUTLOOK_H

#include "base/time.h"
#include "sim/names.h"

struct outlook {
    size_t accounts;
    struct date from, to;     /* [from, to) */
    double deals_per_workday; /* at the first day, without season */
    double sales_share;       /* of the deals: found by sales; the others come from leads */
    double leads_per_workday;
    bool crowded; /* more deals were asked for than companies can have one after the other */
    size_t account_executives, developers, success_managers;
    double customers_at_start; /* share of the accounts */
};

/* `deals` 0: as many as such companies have. */
void outlook_make(struct outlook *p, size_t accounts, struct date from, struct date to,
                  size_t deals);
/* Growth and season: 1 is the pace of the first day in an ordinary month. */
double outlook_pace(const struct outlook *p, struct date day);
bool outlook_workday(struct date day); /* Monday to Friday */
/* What sales and marketing cost on a workday in a channel. */
double outlook_spend(const struct outlook *p, struct date day, enum channel c);
double outlook_mrr(enum segment s); /* median of a new customer */
double outlook_average_deal(void);  /* annual value over the mix of segments */
enum segment outlook_segment(size_t employees);
/* Of the deals that marketing brings. */
double outlook_channel_share(enum channel c);

enum { OUTLOOK_WORKDAYS_MONTH = 21 };
#define OUTLOOK_WIN_RATE 0.25
#define OUTLOOK_GOOD_LEADS \
    0.30 /* of all leads: right kind of company, and they ask for something */
#define OUTLOOK_LEAD_TO_DEAL 0.1 /* of the good ones */

#endif
